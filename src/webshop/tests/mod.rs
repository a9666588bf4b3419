//! Tests of the demonstration, against a provider that does as it is told.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod fake_provider;
mod journeys;
mod mishaps;
mod plans;
mod visitor;
