//! `sluis migrate`: brings the database up to this version.

use super::Failure;
use crate::config::Config;

/// The arguments of `sluis migrate`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Applies the migrations and exits.
#[expect(clippy::unused_async, reason = "every subcommand has the same shape")]
pub async fn run(_args: Args, _config: &Config) -> Result<(), Failure> {
    Err(Failure::new("`sluis migrate` is not built yet"))
}
