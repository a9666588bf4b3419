//! The tests that see several parts at once: one binary, so that it is linked
//! once and one PostgreSQL serves them all.

mod cli;
mod harness;
mod html;
mod pages;
mod postgres;
mod protocol;
mod tidy;
mod vault;
