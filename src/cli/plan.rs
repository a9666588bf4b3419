//! `sluis plan`: help with writing a data plan.

use std::path::PathBuf;

use enumset::EnumSet;
use serde::Serialize;
use serde_json::json;

use super::files::{read_text, refuse_all};
use super::{Failure, print_json, tell};
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::plan::{LegalBasis, Plan, Purpose, PurposeId};
use crate::domain::retention::Retention;

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
pub fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Check(args) => check(&args),
    }
}

fn check(args: &CheckArgs) -> Result<(), Failure> {
    match Plan::parse(&read_text(&args.file)?) {
        Ok(plan) => {
            advise(&plan);
            print_json(&summary(&plan))
        }
        Err(problems) => {
            let list: Vec<_> = problems
                .iter()
                .map(
                    |problem| json!({ "path": problem.path, "problem": problem.fault.to_string() }),
                )
                .collect();
            print_json(&json!({ "valid": false, "problems": list }))?;
            Err(refuse_all(&args.file, "is not a data plan yet:", problems))
        }
    }
}

/// Says what is allowed and still unwise.
pub(super) fn advise(plan: &Plan) {
    for advice in plan.lint() {
        tell(&format!("advice: {advice}"));
    }
}

#[derive(Serialize)]
struct Summary<'a> {
    valid: bool,
    /// The lowest tier of a new account with which the required purposes can
    /// be met, when the account holds every claim.
    login_from: &'static str,
    claims: EnumSet<Claim>,
    purposes: Vec<PurposeSummary<'a>>,
    advice: Vec<String>,
}

#[derive(Serialize)]
struct PurposeSummary<'a> {
    id: &'a PurposeId,
    basis: LegalBasis,
    required: bool,
    claims: EnumSet<Claim>,
    voluntary_claims: EnumSet<Claim>,
    permissions: EnumSet<Permission>,
    retention: Retention,
}

fn summary(plan: &Plan) -> Summary<'_> {
    Summary {
        valid: true,
        login_from: login_from(plan),
        claims: plan.used_claims(),
        purposes: plan.purposes().iter().map(of_purpose).collect(),
        advice: plan.lint().iter().map(ToString::to_string).collect(),
    }
}

fn of_purpose(purpose: &Purpose) -> PurposeSummary<'_> {
    PurposeSummary {
        id: &purpose.id,
        basis: purpose.basis,
        required: purpose.required,
        claims: purpose.claims,
        voluntary_claims: purpose.voluntary_claims,
        permissions: purpose.permissions,
        retention: purpose.retention,
    }
}

fn login_from(plan: &Plan) -> &'static str {
    plan.purposes()
        .iter()
        .filter(|purpose| purpose.required)
        .flat_map(|purpose| purpose.claims)
        .map(Claim::default_tier)
        .max()
        .map_or("anonymous", |tier| tier.as_str())
}
