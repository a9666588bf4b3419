//! `sluis migrate`: brings the database up to this version.

use super::opening::open;
use super::{Failure, tell};
use crate::app::Migrations;
use crate::config::Config;

/// The arguments of `sluis migrate`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Applies the migrations and exits. Also makes a new instance: its database,
/// its master key, its signing keys.
pub async fn run(_args: Args, config: &Config) -> Result<(), Failure> {
    let app = open(config, Migrations::Apply).await?;
    app.close().await;
    tell("the database is up to date");
    Ok(())
}
