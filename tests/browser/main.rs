//! Journeys in a real browser.

mod accessibility;
mod driver;
mod harness;
mod journey;
mod parties;
