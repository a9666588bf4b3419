//! The tests that see several parts at once: one binary, so that it is linked
//! once and one PostgreSQL serves them all.

mod cli;
mod postgres;
mod tidy;
