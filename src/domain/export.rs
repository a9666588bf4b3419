//! The document in which an account leaves: all that it holds and all that came
//! of it, for its owner or for another provider (GDPR art. 15 and 20).
//! `docs/schemas/export-v1.json` describes it.
//!
//! Each part is written by itself, so that the document never has to be in
//! memory as a whole, and reads back as it was written
//! ([`import`](super::import)).

use enumset::EnumSet;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::attribute::{Attributes, Source};
use super::claim::Claim;
use super::grant::{Grant, GrantState};
use super::id::{ClientId, GrantId};
use super::language::{Language, LocalizedText};
use super::negotiation::AgreedPurpose;
use super::permission::Permission;
use super::plan::{MAX_PURPOSES, Plan, PurposeId};
use super::retention::{CountsFrom, Retention};
use super::subject::Subject;
use super::tier::TierChoice;
use super::time::Timestamp;

pub(super) mod bounded;
mod owed;

pub use bounded::KeySet;
pub use owed::{DutyMoments, ExportedAnswer, ExportedDuty, ExportedRequest};

/// The JSON Schema of the document.
pub const SCHEMA: &str = include_str!("../../docs/schemas/export-v1.json");
/// The `format` of this edition.
pub const FORMAT: &str = "https://schemas.sluis.example/export/v1";

/// The most purposes of an agreement: it has none that its plan has not.
pub(super) const MOST_PURPOSES: usize = MAX_PURPOSES;
/// The most receipts of an agreement. Each costs a signature.
pub(super) const MOST_RECEIPTS: usize = 20_000;

/// A moment as RFC 3339 writes it, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment(pub Timestamp);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.to_jiff())
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Timestamp::from_rfc3339(&text)
            .map(Self)
            .ok_or_else(|| serde::de::Error::custom("this is not a moment of RFC 3339"))
    }
}

/// The members of the document, and of what came along from another provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Member {
    /// Agreements with their receipts.
    Grants,
    /// Who read what.
    Reads,
    /// What businesses have to delete.
    Duties,
    /// What was asked of businesses by right.
    Requests,
}

impl Member {
    /// Each, in the order of the document.
    pub const ALL: [Self; 4] = [Self::Grants, Self::Reads, Self::Duties, Self::Requests];

    /// Its name in the document.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Grants => "grants",
            Self::Reads => "reads",
            Self::Duties => "duties",
            Self::Requests => "requests",
        }
    }
}

/// What is known of the account besides what it holds.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountFacts {
    /// When it was made.
    pub created_at: Moment,
    /// The language of its pages and mail.
    pub language: Language,
    /// Where notices go.
    pub contact_email: String,
}

/// An attribute.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldAttribute {
    /// Which.
    pub claim: Claim,
    /// As the claim of an OpenID Connect response has it.
    #[serde(deserialize_with = "bounded::value")]
    pub value: Value,
    /// Where it came from.
    pub source: Source,
    /// When it was last said to be right.
    pub confirmed_at: Moment,
    /// When it was proven to be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Moment>,
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

    /// What there is to know of it, without the value.
    #[must_use]
    pub const fn facts(&self) -> AttributeFacts {
        AttributeFacts {
            claim: self.claim,
            source: self.source,
            confirmed_at: self.confirmed_at,
            verified_at: self.verified_at,
        }
    }
}

/// What another provider knew of an attribute besides its value, which the
/// account here holds, or does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeFacts {
    /// Which.
    pub claim: Claim,
    /// Where it came from there.
    pub source: Source,
    /// When it was last said to be right there.
    pub confirmed_at: Moment,
    /// When it was proven to be right there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified_at: Option<Moment>,
}

/// That all of the account went along to another provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedDeparture {
    /// Which client asked for it.
    pub client_id: ClientId,
    /// Where the answer went.
    pub redirect_uri: String,
    /// When it was fetched.
    pub at: Moment,
}

/// An agreement, with its receipts.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedGrant {
    /// Which.
    pub grant_id: GrantId,
    /// With which client.
    pub client_id: ClientId,
    /// Of which business.
    pub business: String,
    /// Where that is asked.
    pub contact: String,
    /// Who the account is to it.
    pub subject: Subject,
    /// How it stood.
    pub state: GrantState,
    /// With which profile.
    pub tier: TierChoice,
    /// Since when.
    pub created_at: Moment,
    /// When it last changed.
    pub updated_at: Moment,
    /// Since when its retention counts; not in documents of an older edition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Moment>,
    /// Whether it counts anew from each login; not in those either.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts_from: Option<CountsFrom>,
    /// Until when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Moment>,
    /// The limit that its owner put on retention.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention_limit: Option<Retention>,
    /// What its owner withheld.
    pub withheld: EnumSet<Claim>,
    /// What its owner added to the tier.
    pub added: EnumSet<Claim>,
    /// Whether the business may read while its owner is away.
    pub offline: bool,
    /// What it is for.
    #[serde(deserialize_with = "bounded::at_most::<MOST_PURPOSES, _, _>")]
    pub purposes: Vec<ExportedPurpose>,
    /// Compact JWS, in the order of the chain.
    #[serde(deserialize_with = "bounded::texts::<MOST_RECEIPTS, _, _>")]
    pub receipts: Vec<String>,
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
            since: Some(Moment(terms.since)),
            counts_from: Some(terms.counts_from),
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
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedPurpose {
    /// Which of the plan.
    pub id: PurposeId,
    /// In a few words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<LocalizedText>,
    /// What goes along for it.
    pub claims: EnumSet<Claim>,
    /// What is allowed for it.
    pub permissions: EnumSet<Permission>,
    /// How long it may be kept.
    pub retention: Retention,
    /// Until when that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
}

/// A read.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedRead {
    /// By which agreement.
    pub grant_id: GrantId,
    /// When.
    pub at: Moment,
    /// What was handed over.
    pub claims: EnumSet<Claim>,
    /// What for.
    #[serde(deserialize_with = "bounded::texts::<MOST_PURPOSES, _, _>")]
    pub purposes: Vec<PurposeId>,
}
