//! The rules of the negotiation, for every input.

mod ceiling;
mod editions;
mod less;
mod minors;
mod missing;
mod offers;
mod reasons;
mod renewal;
mod rules;
mod wider;
