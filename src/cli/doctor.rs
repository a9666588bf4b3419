//! `sluis doctor`: what is wrong with this deployment, and how to mend it.

use super::Failure;

/// The arguments of `sluis doctor`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Checks the deployment.
#[expect(clippy::unused_async, reason = "every subcommand has the same shape")]
pub async fn run(_args: Args, _file: Option<&std::path::Path>) -> Result<(), Failure> {
    Err(Failure::new("`sluis doctor` is not built yet"))
}
