//! The document in which an account leaves: all that it holds and all that came
//! of it, for its owner or for another provider (GDPR art. 15 and 20).
//! `docs/schemas/export-v1.json` describes it.

use std::collections::BTreeMap;

use enumset::EnumSet;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::attribute::{Attributes, Source};
use super::claim::Claim;
use super::duty::{Duty, DutyState, Kept, Reason};
use super::grant::{Grant, GrantState};
use super::house_rules::HouseRules;
use super::id::{ClientId, DutyId, GrantId};
use super::language::{Language, LocalizedText};
use super::negotiation::AgreedPurpose;
use super::permission::Permission;
use super::plan::{Plan, PurposeId};
use super::profile::Profiles;
use super::retention::Retention;
use super::subject::Subject;
use super::tier::TierChoice;
use super::time::Timestamp;

/// The JSON Schema of the document.
pub const SCHEMA: &str = include_str!("../../docs/schemas/export-v1.json");
/// The `format` of this edition.
pub const FORMAT: &str = "https://schemas.sluis.example/export/v1";

/// A moment as RFC 3339 writes it, to the microsecond.
#[derive(Clone, Copy)]
pub struct Moment(pub Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.to_jiff())
    }
}

/// The document.
#[derive(Serialize)]
pub struct Export {
    /// [`FORMAT`].
    pub format: &'static str,
    /// The issuer that wrote it.
    pub provider: String,
    /// When.
    pub exported_at: Moment,
    /// The account itself.
    pub account: AccountFacts,
    /// What it holds.
    pub attributes: Vec<HeldAttribute>,
    /// What it shows in each tier, where that is not as in a new account.
    pub profiles: Profiles,
    /// What it answers to businesses that are new to it.
    pub rules: HouseRules,
    /// Each agreement, the newest first.
    pub grants: Vec<ExportedGrant>,
    /// Who read what, the newest first.
    pub reads: Vec<ExportedRead>,
    /// Whether those are all the reads.
    pub reads_complete: bool,
    /// What businesses have to delete, the newest first.
    pub duties: Vec<ExportedDuty>,
    /// The keys with which the receipts verify (RFC 7517 §5).
    pub jwks: Value,
}

/// What is known of the account besides what it holds.
#[derive(Serialize)]
pub struct AccountFacts {
    /// When it was made.
    pub created_at: Moment,
    /// The language of its pages and mail.
    pub language: Language,
    /// Where notices go.
    pub contact_email: String,
}

/// An attribute.
#[derive(Serialize)]
pub struct HeldAttribute {
    claim: Claim,
    value: Value,
    source: Source,
    confirmed_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_at: Option<Moment>,
}

impl HeldAttribute {
    /// All that an account holds, in the shapes of OpenID Connect.
    #[must_use]
    pub fn all(attributes: &Attributes) -> Vec<Self> {
        let all = attributes.iter().map(|(claim, held)| Self {
            claim,
            value: held.value.to_claim(),
            source: held.source,
            confirmed_at: Moment(held.confirmed_at),
            verified_at: held.verified_at.map(Moment),
        });
        all.collect()
    }
}

/// An agreement, with its receipts.
#[derive(Serialize)]
pub struct ExportedGrant {
    grant_id: GrantId,
    client_id: ClientId,
    business: String,
    contact: String,
    subject: Subject,
    state: GrantState,
    tier: TierChoice,
    created_at: Moment,
    updated_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retention_limit: Option<Retention>,
    withheld: EnumSet<Claim>,
    added: EnumSet<Claim>,
    offline: bool,
    purposes: Vec<ExportedPurpose>,
    receipts: Vec<String>,
}

impl ExportedGrant {
    /// An agreement with a business of this name that is asked there.
    #[must_use]
    pub fn new(
        (business, contact): (&str, &str),
        grant: &Grant,
        plan: &Plan,
        receipts: Vec<String>,
        now: Timestamp,
    ) -> Self {
        let terms = &grant.terms;
        let purpose = |agreed: &AgreedPurpose| ExportedPurpose {
            id: agreed.id.clone(),
            title: plan
                .purpose(&agreed.id)
                .map(|purpose| purpose.title.clone()),
            claims: agreed.claims,
            permissions: agreed.permissions,
            retention: agreed.retention,
            until: agreed.until.map(Moment),
        };
        Self {
            grant_id: grant.id,
            client_id: grant.client_id.clone(),
            business: business.to_owned(),
            contact: contact.to_owned(),
            subject: grant.subject.clone(),
            state: grant.state_at(now),
            tier: terms.tier,
            created_at: Moment(grant.created_at),
            updated_at: Moment(grant.updated_at),
            expires_at: grant.expires_at().map(Moment),
            retention_limit: terms.retention_limit,
            withheld: terms.withheld,
            added: terms.added,
            offline: terms.offline,
            purposes: terms.purposes.iter().map(purpose).collect(),
            receipts,
        }
    }
}

/// A purpose as agreed.
#[derive(Serialize)]
pub struct ExportedPurpose {
    id: PurposeId,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<LocalizedText>,
    claims: EnumSet<Claim>,
    permissions: EnumSet<Permission>,
    retention: Retention,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Moment>,
}

/// A read.
#[derive(Serialize)]
pub struct ExportedRead {
    /// By which agreement.
    pub grant_id: GrantId,
    /// When.
    pub at: Moment,
    /// What was handed over.
    pub claims: EnumSet<Claim>,
    /// What for.
    pub purposes: Vec<PurposeId>,
}

/// A deletion duty.
#[derive(Serialize)]
pub struct ExportedDuty {
    duty_id: DutyId,
    grant_id: GrantId,
    claims: EnumSet<Claim>,
    reason: Reason,
    state: DutyState,
    moments: BTreeMap<&'static str, Moment>,
    kept: Vec<Kept>,
}

impl From<&Duty> for ExportedDuty {
    fn from(duty: &Duty) -> Self {
        let answer = duty.answer.as_ref();
        let moments = [
            ("opened_at", Some(duty.opened_at)),
            ("delete_by", Some(duty.delete_by)),
            ("told_at", duty.told_at),
            ("seen_at", duty.seen_at),
            ("overdue_at", duty.overdue_at),
            ("letter_at", duty.letter_at),
            ("lapsed_at", duty.lapsed_at),
            ("answered_at", answer.map(|answer| answer.answered_at)),
        ];
        Self {
            duty_id: duty.id,
            grant_id: duty.grant_id,
            claims: duty.claims,
            reason: duty.reason,
            state: duty.state(),
            moments: moments
                .into_iter()
                .filter_map(|(name, at)| Some((name, Moment(at?))))
                .collect(),
            kept: answer.map_or_else(Vec::new, |answer| answer.kept.clone()),
        }
    }
}
