//! The rules of the negotiation, for every input.

mod ceiling;
mod reasons;
mod rules;
mod wider;
