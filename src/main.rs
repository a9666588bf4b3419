//! The `sluis` command.

fn main() {}
