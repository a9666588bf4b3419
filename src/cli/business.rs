//! `sluis business`: the legal entities behind clients.

use std::fmt::Display;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::files::{read_json, refuse};
use super::opening::open;
use super::{Failure, print_json};
use crate::app::Migrations;
use crate::config::Config;
use crate::domain::business::BusinessDocument;
use crate::domain::id::BusinessId;
use crate::service::clients;

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
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    match command {
        Command::Add(args) => add(args, config).await,
    }
}

/// What is printed: the document, with the identifier that clients name.
#[derive(Serialize)]
struct Added<'a> {
    id: BusinessId,
    #[serde(flatten)]
    document: &'a BusinessDocument,
}

/// Reads a business from a file, or says what is wrong with it.
pub(super) fn read_document(file: &Path) -> Result<BusinessDocument, Failure> {
    let unusable = |why: &dyn Display| refuse(file, &format!("cannot be used: {why}"));
    let document: BusinessDocument =
        serde_json::from_value(read_json(file)?).map_err(|error| unusable(&error))?;
    document.check().map_err(|error| unusable(&error))?;
    Ok(document)
}

async fn add(args: AddArgs, config: &Config) -> Result<(), Failure> {
    let document = read_document(&args.file)?;
    let app = open(config, Migrations::Apply).await?;
    let added = clients::add_business(&app, document).await;
    app.close().await;
    let business = added?;
    print_json(&Added {
        id: business.id,
        document: &business.document,
    })
}
