//! `sluis business`: the legal entities behind clients.

use std::path::PathBuf;

use super::Failure;
use crate::config::Config;

/// What can be done with businesses.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a business
    Add(AddArgs),
}

/// The arguments of `sluis business add`.
#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// The business, as JSON
    pub file: PathBuf,
}

/// Does what the arguments name.
#[expect(clippy::unused_async, reason = "every subcommand has the same shape")]
pub async fn run(command: Command, _config: &Config) -> Result<(), Failure> {
    match command {
        Command::Add(_) => Err(Failure::new("`sluis business add` is not built yet")),
    }
}
