//! `sluis seed`: a database of the size that a load test needs.

use std::path::PathBuf;

use super::Failure;
use crate::config::Config;

/// The arguments of `sluis seed`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many accounts to make
    #[arg(long, value_name = "N")]
    pub accounts: u64,

    /// How many grants to make [default: one per account]
    #[arg(long, value_name = "M")]
    pub grants: Option<u64>,

    /// Where to write live tokens, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub tokens: Option<PathBuf>,
}

/// Fills the database.
#[expect(clippy::unused_async, reason = "every subcommand has the same shape")]
pub async fn run(_args: Args, _config: &Config) -> Result<(), Failure> {
    Err(Failure::new("`sluis seed` is not built yet"))
}
