//! `sluis plan`: help with writing a data plan.

use std::path::PathBuf;

use super::Failure;

/// What can be done with data plans.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Say in plain words what is wrong with a data plan
    Check(CheckArgs),
}

/// The arguments of `sluis plan check`.
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// The data plan, as JSON
    pub file: PathBuf,
}

/// Does what the arguments name.
#[expect(clippy::unused_async, reason = "every subcommand has the same shape")]
pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Check(_) => Err(Failure::new("`sluis plan check` is not built yet")),
    }
}
