//! Tests of the demonstration, against a provider that does as it is told.

mod doors;
mod events;
mod fake_api;
mod fake_provider;
mod journeys;
mod keeper;
mod mishaps;
mod plans;
mod visitor;
