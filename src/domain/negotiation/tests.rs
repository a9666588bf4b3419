//! The rules of the negotiation, for every input.

mod ceiling;
mod reasons;
mod renewal;
mod rules;
mod wider;
