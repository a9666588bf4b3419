//! The main job, as people do it: log in at a shop with a profile of their
//! choice, and take it back. `sluis demo` is the stage, Chromium walks.

mod clumsy;
mod ending;
mod forms;
mod house_rules;
mod living;
mod main_job;
mod pictures;
pub(crate) mod stage;
pub(crate) mod steps;
mod ways_in;
