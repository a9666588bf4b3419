//! `sluis keys`: the keys that sign.

use super::Failure;
use crate::config::Config;

/// What can be done with signing keys.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the signing keys
    List,
    /// Make new signing keys; the old ones stay published
    Rotate,
}

/// Does what the arguments name.
#[expect(clippy::unused_async, reason = "every subcommand has the same shape")]
pub async fn run(command: Command, _config: &Config) -> Result<(), Failure> {
    match command {
        Command::List => Err(Failure::new("`sluis keys list` is not built yet")),
        Command::Rotate => Err(Failure::new("`sluis keys rotate` is not built yet")),
    }
}
