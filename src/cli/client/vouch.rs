//! `sluis client vouch`: the operator knows who it is.

use std::path::PathBuf;

use serde::Serialize;

use crate::app::Migrations;
use crate::cli::business::read_document;
use crate::cli::opening::open;
use crate::cli::{Failure, print_json};
use crate::config::Config;
use crate::domain::business::BusinessDocument;
use crate::domain::id::{BusinessId, ClientId};
use crate::service::vetting::{VouchError, vouch};

/// The arguments of `sluis client vouch`.
#[derive(Debug, clap::Args)]
pub struct VouchArgs {
    /// The client, by the id that it was told when it registered
    pub client_id: ClientId,

    /// Whose it is, as JSON: what `sluis business add` reads
    pub file: PathBuf,
}

/// What is printed.
#[derive(Serialize)]
struct Vouched<'a> {
    client_id: &'a ClientId,
    business: BusinessId,
    #[serde(flatten)]
    document: &'a BusinessDocument,
}

pub(super) async fn run(args: VouchArgs, config: &Config) -> Result<(), Failure> {
    let document = read_document(&args.file)?;
    let app = open(config, Migrations::Apply).await?;
    let vouched = vouch(&app, &args.client_id, document).await;
    app.close().await;
    let business = vouched?;
    print_json(&Vouched {
        client_id: &args.client_id,
        business: business.id,
        document: &business.document,
    })
}

impl From<VouchError> for Failure {
    fn from(error: VouchError) -> Self {
        match error {
            VouchError::Fault(fault) => fault.into(),
            error => Self::new(error.to_string()),
        }
    }
}
