//! `sluis serve`: the provider.

use super::Failure;
use crate::config::Config;

/// The arguments of `sluis serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Refuse to start on a database that lacks a migration
    #[arg(long)]
    pub no_migrate: bool,
}

/// Starts the provider and serves until it is asked to stop.
#[expect(clippy::unused_async, reason = "every subcommand has the same shape")]
pub async fn run(_args: Args, _config: &Config) -> Result<(), Failure> {
    Err(Failure::new("`sluis serve` is not built yet"))
}
