//! `sluis receipt`: what anybody can check without asking Sluis.

use std::path::{Path, PathBuf};

use enumset::EnumSet;
use serde::Serialize;

use super::files::{read_text, refuse};
use super::opening::open;
use super::published::published_keys;
use super::{Failure, print_json, settings};
use crate::app::Migrations;
use crate::domain::claim::Claim;
use crate::domain::grant::EventKind;
use crate::domain::id::{ClientId, GrantId, ReceiptId};
use crate::domain::plan::PurposeId;
use crate::domain::receipt::Receipt;
use crate::domain::subject::Subject;
use crate::domain::tier::TierChoice;
use crate::service::receipts::{Checked, check_file};

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

    /// The provider's published keys [default: those of this instance]
    #[arg(long, value_name = "FILE-or-URL")]
    pub jwks: Option<String>,
}

/// Does what the arguments name. `file` is the settings file, for whoever
/// names no keys.
pub async fn run(command: Command, file: Option<&Path>) -> Result<(), Failure> {
    match command {
        Command::Verify(args) => verify(&args, file).await,
    }
}

async fn verify(args: &VerifyArgs, file: Option<&Path>) -> Result<(), Failure> {
    let text = read_text(&args.file)?;
    let checked = if let Some(source) = &args.jwks {
        check_file(&text, &published_keys(source).await?)
    } else {
        let app = open(&settings(file)?, Migrations::Refuse).await?;
        let keys = app.keys().await;
        app.close().await;
        check_file(&text, keys?.public_keys())
    };
    match checked {
        Ok(checked) => print_json(&Verified::of(&checked)),
        Err(error) => Err(refuse(&args.file, &format!("does not hold: {error}"))),
    }
}

/// What was verified.
#[derive(Serialize)]
struct Verified<'a> {
    verified: &'static str,
    says: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    parties: Option<Parties<'a>>,
    receipts: Vec<Event<'a>>,
}

#[derive(Serialize)]
struct Parties<'a> {
    issuer: &'a str,
    business: &'a str,
    client_id: &'a ClientId,
    subject: &'a Subject,
    grant_id: GrantId,
}

/// One receipt, in short.
#[derive(Serialize)]
struct Event<'a> {
    number: u32,
    receipt_id: ReceiptId,
    event: EventKind,
    at: &'a str,
    tier: TierChoice,
    claims: EnumSet<Claim>,
    purposes: Vec<&'a PurposeId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<&'a str>,
}

impl<'a> Verified<'a> {
    fn of(checked: &'a Checked) -> Self {
        let (verified, receipts) = match checked {
            Checked::Receipt(receipt) => ("receipt", std::slice::from_ref(&**receipt)),
            Checked::Chain(receipts) => ("chain", receipts.as_slice()),
        };
        Self {
            verified,
            says: in_words(checked),
            parties: receipts.first().map(Parties::of),
            receipts: receipts.iter().map(Event::of).collect(),
        }
    }
}

fn in_words(checked: &Checked) -> String {
    match checked {
        Checked::Receipt(receipt) => format!(
            "This receipt is genuine: {} signed it, and not one byte was changed. It is number {} \
             of its agreement, and by itself says nothing of what came before or after it.",
            receipt.iss, receipt.seq
        ),
        Checked::Chain(receipts) => {
            let issuer = receipts.first().map_or("", |receipt| &receipt.iss);
            let last = receipts
                .last()
                .map_or("given", |receipt| receipt.event.kind.as_str());
            format!(
                "All receipts of this agreement up to the moment of the download are here ({}), \
                 genuine, unchanged and in order: {issuer} signed each of them, and the end of \
                 the chain. The last event is `{last}`.",
                receipts.len()
            )
        }
    }
}

impl<'a> Parties<'a> {
    fn of(receipt: &'a Receipt) -> Self {
        Self {
            issuer: &receipt.iss,
            business: receipt.parties.first().map_or("", |party| &party.name),
            client_id: &receipt.aud,
            subject: &receipt.sub,
            grant_id: receipt.grant_id,
        }
    }
}

impl<'a> Event<'a> {
    fn of(receipt: &'a Receipt) -> Self {
        Self {
            number: receipt.seq,
            receipt_id: receipt.jti,
            event: receipt.event.kind,
            at: &receipt.event.at,
            tier: receipt.profile.tier,
            claims: receipt.profile.claims,
            purposes: receipt
                .processes
                .iter()
                .map(|process| &process.id)
                .collect(),
            valid_until: receipt.event.valid_until.as_deref(),
        }
    }
}
