//! `sluis client`: the sites and apps of businesses.

use std::path::PathBuf;

use super::Failure;
use crate::config::Config;

/// What can be done with clients.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Register a client
    Add(AddArgs),
}

/// The arguments of `sluis client add`.
#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// The client metadata of RFC 7591, with its business, as JSON
    pub file: PathBuf,

    /// The data plan, as JSON
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
}

/// Does what the arguments name.
#[expect(clippy::unused_async, reason = "every subcommand has the same shape")]
pub async fn run(command: Command, _config: &Config) -> Result<(), Failure> {
    match command {
        Command::Add(_) => Err(Failure::new("`sluis client add` is not built yet")),
    }
}
