//! `sluis demo`: everything at once, to be shown.

use super::Failure;
use crate::config::Config;

/// The arguments of `sluis demo`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Starts the provider and the webshop in a scratch folder.
#[expect(clippy::unused_async, reason = "every subcommand has the same shape")]
pub async fn run(_args: Args, _config: &Config) -> Result<(), Failure> {
    Err(Failure::new("`sluis demo` is not built yet"))
}
