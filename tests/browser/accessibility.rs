//! Nobody is kept out: not by a screen reader, a phone of 320 pixels, letters
//! of twice the size, a dark room, or hands that use no mouse.
//!
//! The pages are those that `pages::render_test` leaves in `target/preview`:
//! whoever adds a sample has it examined here.

mod axe;
mod keyboard;
mod live;
mod samples;
