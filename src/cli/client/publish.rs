//! `sluis client plan`: another edition of a client's data plan.

use std::path::PathBuf;

use serde::Serialize;

use super::super::files::{read_text, refuse_all};
use super::super::opening::open;
use super::super::plan::advise;
use super::super::{Failure, print_json};
use crate::app::Migrations;
use crate::config::Config;
use crate::domain::id::ClientId;
use crate::domain::plan::{Plan, PlanVersion};
use crate::service::plans::{self, PublishError};

/// The arguments of `sluis client plan`.
#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// The id of the client
    pub client_id: ClientId,

    /// The data plan, as JSON
    pub file: PathBuf,
}

#[derive(Serialize)]
struct Answer<'a> {
    client_id: &'a ClientId,
    version: PlanVersion,
    narrower: bool,
    wider: bool,
}

pub(super) async fn run(args: PlanArgs, config: &Config) -> Result<(), Failure> {
    let plan = Plan::parse(&read_text(&args.file)?)
        .map_err(|problems| refuse_all(&args.file, "is not a data plan yet:", problems))?;
    let app = open(config, Migrations::Apply).await?;
    let published = plans::publish(&app, &args.client_id, &plan, None).await;
    app.close().await;
    let published = published.map_err(|error| match error {
        PublishError::Fault(fault) => fault.into(),
        PublishError::Misfits(misfits) => {
            let lines = misfits
                .iter()
                .map(|misfit| format!("{}: {}", misfit.path, misfit.problem));
            refuse_all(&args.file, "does not fit the client:", lines)
        }
        error @ PublishError::Unknown => {
            Failure::new(error.to_string()).remedy("`sluis client add` printed its `client_id`")
        }
        error => Failure::new(error.to_string()),
    })?;
    advise(&plan);
    print_json(&Answer {
        client_id: &args.client_id,
        version: published.version,
        narrower: published.narrower,
        wider: published.wider,
    })
}
