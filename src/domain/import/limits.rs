//! How much may be in a document: more than anybody has, and less than would
//! hurt.

use std::time::Duration;

use super::{Archive, BadImport};
use crate::domain::attribute::is_control;
use crate::domain::claim::Claim;
use crate::domain::duty::{MAX_KEPT, MAX_LAW};
use crate::domain::export::{ExportedDuty, ExportedGrant, ExportedRequest, MOST_RECEIPTS};
use crate::domain::receipt::MAX_RECEIPT;
use crate::domain::rights::MAX_TEXT;
use crate::domain::time::Timestamp;

pub(super) const MOST_GRANTS: usize = 5_000;
const MOST_READS: usize = 500_000;
pub(super) const MOST_OTHERS: usize = 20_000;
pub(super) const MOST_ANSWERS: usize = 8;
/// Of all archives together: they stay in memory as long as one is looked at.
pub(super) const MOST_KEYS: usize = 1_000;
pub(super) const MAX_NAME: usize = 512;
pub(super) const MAX_URI: usize = 2_048;
/// A client that registers itself may name its site instead of a contact.
pub(super) const MAX_CONTACT: usize = MAX_URI;
/// How far the clock of another provider may be ahead.
const AHEAD: Duration = Duration::from_hours(1);

/// Whether all of it is within the limits.
pub(super) fn check(archives: &[Archive], now: Timestamp) -> Result<(), BadImport> {
    let total = |count: fn(&Archive) -> usize| archives.iter().map(count).sum::<usize>();
    few("grants", total(|one| one.grants.len()), MOST_GRANTS)?;
    few(
        "receipts",
        total(|one| one.counts().receipts),
        MOST_RECEIPTS,
    )?;
    few("reads", total(|one| one.reads.len()), MOST_READS)?;
    few("duties", total(|one| one.duties.len()), MOST_OTHERS)?;
    few("requests", total(|one| one.requests.len()), MOST_OTHERS)?;
    few("flaws", total(|one| one.flaws.len()), MOST_RECEIPTS)?;
    few("keys", total(|one| one.jwks.count()), MOST_KEYS)?;
    let latest = now.plus(AHEAD);
    for archive in archives {
        if archive.exported_at.0 > latest || archive.account.created_at.0 > latest {
            return Err(BadImport::Future);
        }
        if archive.reads.iter().any(|read| read.at.0 > latest) {
            return Err(BadImport::Future);
        }
        one(archive)?;
    }
    Ok(())
}

fn one(archive: &Archive) -> Result<(), BadImport> {
    short("provider", &archive.provider, MAX_NAME)?;
    short("contact_email", &archive.account.contact_email, MAX_NAME)?;
    few("attributes", archive.attributes.len(), Claim::all().len())?;
    archive.grants.iter().try_for_each(grant)?;
    archive.duties.iter().try_for_each(duty)?;
    archive.requests.iter().try_for_each(request)?;
    for departure in &archive.departures {
        short("redirect_uri", &departure.redirect_uri, MAX_URI)?;
    }
    for flaw in &archive.flaws {
        short("business", &flaw.business, MAX_NAME)?;
    }
    Ok(())
}

fn grant(grant: &ExportedGrant) -> Result<(), BadImport> {
    short("business", &grant.business, MAX_NAME)?;
    short("contact", &grant.contact, MAX_CONTACT)?;
    short("subject", grant.subject.as_str(), MAX_NAME)?;
    for title in grant.purposes.iter().filter_map(|one| one.title.as_ref()) {
        short("title", &title.nl, MAX_NAME)?;
        short("title", &title.en, MAX_NAME)?;
    }
    let long = grant.receipts.iter().any(|jws| jws.len() > MAX_RECEIPT);
    if long {
        return Err(BadImport::Text("a receipt"));
    }
    Ok(())
}

fn duty(duty: &ExportedDuty) -> Result<(), BadImport> {
    few("parts that are kept", duty.kept.len(), MAX_KEPT)?;
    duty.kept
        .iter()
        .try_for_each(|kept| short("law", &kept.law, MAX_LAW))
}

fn request(request: &ExportedRequest) -> Result<(), BadImport> {
    few("answers", request.answers.len(), MOST_ANSWERS)?;
    let texts = request.answers.iter().filter_map(|one| one.text.as_ref());
    for text in texts {
        let hidden = |c: char| is_control(c) && c != '\n';
        if text.chars().count() > MAX_TEXT || text.chars().any(hidden) {
            return Err(BadImport::Text("an answer"));
        }
    }
    Ok(())
}

fn few(what: &'static str, count: usize, most: usize) -> Result<(), BadImport> {
    if count > most {
        return Err(BadImport::TooMany(what));
    }
    Ok(())
}

fn short(what: &'static str, text: &str, most: usize) -> Result<(), BadImport> {
    if text.chars().count() > most || text.chars().any(is_control) {
        return Err(BadImport::Text(what));
    }
    Ok(())
}
