//! Every function of the store, on SQLite and on PostgreSQL, with the real
//! migrations; and what the store does when its database does not do its part.

mod accounts;
mod assertions;
mod bench;
mod clients;
mod devices;
mod factors;
mod file;
mod grants;
mod instance;
mod outbox;
mod people;
mod portability;
mod proofs;
mod registrations;
mod sessions;
mod statements;
mod streams;
mod tokens;
mod writes;
