//! Journeys in a real browser.

mod driver;
mod harness;
mod journey;
mod parties;
