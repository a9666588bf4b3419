//! `sluis receipt`: what anybody can check without asking Sluis.

use std::path::PathBuf;

use super::Failure;

/// What can be done with receipts.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Check one receipt, or a whole chain, offline
    Verify(VerifyArgs),
}

/// The arguments of `sluis receipt verify`.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The receipt or the chain, as downloaded
    pub file: PathBuf,

    /// The provider's published keys
    #[arg(long, value_name = "FILE-or-URL")]
    pub jwks: Option<String>,
}

/// Does what the arguments name.
#[expect(clippy::unused_async, reason = "every subcommand has the same shape")]
pub async fn run(command: Command, _file: Option<&std::path::Path>) -> Result<(), Failure> {
    match command {
        Command::Verify(_) => Err(Failure::new("`sluis receipt verify` is not built yet")),
    }
}
