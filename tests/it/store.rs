//! The functions of the store, on SQLite and on PostgreSQL, with the real
//! migrations (`named` holds the few that only journeys run); and what the store
//! does when its database does not do its part.

mod accounts;
mod assertions;
mod bench;
mod clients;
mod devices;
mod due;
mod editions;
mod erasures;
mod factors;
mod file;
mod grants;
mod instance;
mod keyholders;
mod mail_links;
mod named;
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
