//! Tests of the demonstration, against a provider that does as it is told.

mod fake_provider;
mod journeys;
mod mishaps;
mod plans;
mod visitor;
