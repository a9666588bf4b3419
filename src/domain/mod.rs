//! The pure heart: no SQL, no HTTP, no clock. `now` is a parameter.
//!
//! Types make wrong states impossible: what cannot be said cannot go wrong.

pub mod account;
pub mod age;
pub mod asked;
pub mod attribute;
pub mod authorization;
pub mod bounce;
pub mod browser;
pub mod business;
pub mod claim;
pub mod client;
pub mod details;
pub mod device;
pub mod dpop;
pub mod duty;
pub mod export;
pub mod grant;
pub mod holding;
pub mod house_rules;
pub mod id;
pub mod import;
pub mod language;
pub mod logo;
pub mod message;
pub mod negotiation;
pub mod permission;
pub mod plan;
pub mod profile;
pub mod reach;
pub mod reading;
pub mod receipt;
pub mod retention;
pub mod rights;
pub mod scope;
pub mod signal;
#[cfg(test)]
mod strategies;
pub mod stream;
pub mod subject;
pub mod subject_identifier;
pub mod tier;
pub mod time;
pub mod token;
pub mod transfer;
pub mod vcard;
mod word;
