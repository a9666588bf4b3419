//! The tests that see several parts at once: one binary, so that it is linked
//! once and one PostgreSQL serves them all.

mod chain;
mod cli;
mod corpora;
mod guides;
mod harness;
mod html;
mod life;
mod open;
mod ordinary_user;
mod pages;
mod people;
mod postgres;
mod protocol;
mod store;
mod tidy;
mod vault;
mod ways_in;
