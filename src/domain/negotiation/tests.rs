//! The rules of the negotiation, for every input.

mod reasons;
mod rules;
mod wider;
