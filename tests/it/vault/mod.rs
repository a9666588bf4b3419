//! What the vault keeps from whoever has the database, on both engines and
//! after a full journey.

mod attacker;
mod backup;
mod crash;
mod dump;
mod erasing;
mod journey;
mod kill;
mod loot;
mod rotation;

pub(crate) use dump::cells;
