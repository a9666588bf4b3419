//! Data plans: what a client declares, per purpose. A [`Plan`] that exists is
//! a valid one: [`Plan::parse`] reports whatever is wrong with a document, and
//! [`Plan::lint`] what is allowed and still unwise.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::claim::Claim;
use super::language::LocalizedText;
use super::permission::Permission;
use super::retention::Retention;

mod canonical;
mod document;
mod fault;
mod growth;
mod json;
mod lint;
mod offer;
mod reader;
mod scopes;

#[cfg(test)]
mod tests;

pub use document::{MAX_PLAN, MAX_PURPOSES, MAX_TITLE, SCHEMA};
pub use fault::{PlanFault, PlanProblem};
pub use growth::{Ask, Grown};
pub use lint::{Advice, Concern};
pub use offer::{AtLeast, Offer, TierOffer};

/// Identifier of a purpose within its plan: `[a-z][a-z0-9-]{0,31}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PurposeId(String);

impl PurposeId {
    /// The identifier as it stands in the plan.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PurposeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PurposeId {
    type Err = InvalidPurposeId;

    fn from_str(text: &str) -> Result<Self, InvalidPurposeId> {
        let mut bytes = text.bytes();
        let starts = bytes.next().is_some_and(|b| b.is_ascii_lowercase());
        let goes_on = bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if starts && goes_on && text.len() <= 32 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidPurposeId)
        }
    }
}

impl From<PurposeId> for String {
    fn from(id: PurposeId) -> Self {
        id.0
    }
}

impl TryFrom<String> for PurposeId {
    type Error = InvalidPurposeId;

    fn try_from(text: String) -> Result<Self, InvalidPurposeId> {
        text.parse()
    }
}

/// The text is not a purpose identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is a lower-case letter and then at most 31 of a-z, 0-9 and -")]
pub struct InvalidPurposeId;

/// The ground of GDPR art. 6(1) on which a purpose rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LegalBasis {
    /// (a) the data subject agrees.
    Consent,
    /// (b) needed to perform a contract with the data subject.
    Contract,
    /// (c) the law demands it.
    LegalObligation,
    /// (d) a life depends on it.
    VitalInterests,
    /// (e) a task of public authority.
    PublicTask,
    /// (f) an interest that outweighs the data subject's.
    LegitimateInterest,
}

impl LegalBasis {
    /// Every ground, in the order of the law.
    pub const ALL: [Self; 6] = [
        Self::Consent,
        Self::Contract,
        Self::LegalObligation,
        Self::VitalInterests,
        Self::PublicTask,
        Self::LegitimateInterest,
    ];

    /// The word in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Contract => "contract",
            Self::LegalObligation => "legal_obligation",
            Self::VitalInterests => "vital_interests",
            Self::PublicTask => "public_task",
            Self::LegitimateInterest => "legitimate_interest",
        }
    }

    /// The term of the DPV extension `eu-gdpr`.
    #[must_use]
    pub const fn dpv(self) -> &'static str {
        match self {
            Self::Consent => "eu-gdpr:A6-1-a",
            Self::Contract => "eu-gdpr:A6-1-b",
            Self::LegalObligation => "eu-gdpr:A6-1-c",
            Self::VitalInterests => "eu-gdpr:A6-1-d",
            Self::PublicTask => "eu-gdpr:A6-1-e",
            Self::LegitimateInterest => "eu-gdpr:A6-1-f",
        }
    }
}

/// Who else gets the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipient {
    /// Name of the legal entity.
    pub name: String,
    /// ISO 3166-1 alpha-2 code of its country.
    pub country: String,
}

/// One stated use of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Its name within the plan.
    pub id: PurposeId,
    /// W3C DPV purpose code, such as `dpv:DeliveryOfGoods`.
    pub code: String,
    /// A few words.
    pub title: LocalizedText,
    /// Why, in a sentence or two.
    pub text: LocalizedText,
    /// On what ground.
    pub basis: LegalBasis,
    /// Whether the business does without a login that lacks it.
    pub required: bool,
    /// The claims without which the purpose cannot be met.
    pub claims: EnumSet<Claim>,
    /// Claims that help, and never block.
    pub voluntary_claims: EnumSet<Claim>,
    /// The processing and contact that it asks leave for. Never a condition:
    /// each is a switch that starts off.
    pub permissions: EnumSet<Permission>,
    /// How long the business wants to keep the data.
    pub retention: Retention,
    /// What the consumer gets in return.
    pub offer: Option<Offer>,
    /// Who else gets the data.
    pub recipients: Vec<Recipient>,
    /// ISO 3166-1 alpha-2 codes of the countries where the data are kept.
    pub storage: Vec<String>,
}

impl Purpose {
    /// Every claim that it may be given.
    #[must_use]
    pub fn all_claims(&self) -> EnumSet<Claim> {
        self.claims | self.voluntary_claims
    }

    /// Whether it stands with leave for these: one that is optional and asks leave
    /// for something takes some of it.
    #[must_use]
    pub fn stands_with(&self, permissions: EnumSet<Permission>) -> bool {
        self.required || self.permissions.is_empty() || !permissions.is_disjoint(self.permissions)
    }
}

/// The longest that a business may take to delete (`product.md` section 6).
const LONGEST_DELETION: Retention = match Retention::days(30) {
    Some(days) => days,
    None => Retention::MAX,
};

/// A valid data plan: ids are unique, every purpose has text in both
/// languages, and what contacts does not also process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    requested: Option<EnumSet<Claim>>,
    delete_within: Option<Retention>,
    purposes: Vec<Purpose>,
    offers: Vec<TierOffer>,
}

impl Plan {
    /// Takes purposes as a plan when their ids differ; the other rules are
    /// checked where a document is parsed.
    #[must_use]
    pub fn new(purposes: Vec<Purpose>) -> Option<Self> {
        let ids: BTreeSet<&PurposeId> = purposes.iter().map(|purpose| &purpose.id).collect();
        if ids.len() == purposes.len() {
            Some(Self {
                requested: None,
                delete_within: None,
                purposes,
                offers: Vec::new(),
            })
        } else {
            None
        }
    }

    /// The same plan, that promises to delete as quickly as another.
    #[must_use]
    pub fn deleting_as(self, other: &Self) -> Self {
        Self {
            delete_within: other.delete_within,
            ..self
        }
    }

    /// Within what time after an agreement the business deletes what it had:
    /// 30 days, unless it promises to be quicker.
    #[must_use]
    pub fn delete_within(&self) -> Retention {
        self.delete_within.unwrap_or(LONGEST_DELETION)
    }

    /// Every claim that some purpose uses.
    #[must_use]
    pub fn used_claims(&self) -> EnumSet<Claim> {
        self.purposes
            .iter()
            .fold(EnumSet::empty(), |used, purpose| {
                used | purpose.all_claims()
            })
    }

    /// Those of `claims` that no purpose uses. Besides the plan's own list, a
    /// caller may hold the claims of a client's registered scopes against it.
    #[must_use]
    pub fn unused_of(&self, claims: EnumSet<Claim>) -> EnumSet<Claim> {
        claims - self.used_claims()
    }

    /// The purposes, in the order in which the business declared them.
    #[must_use]
    pub fn purposes(&self) -> &[Purpose] {
        &self.purposes
    }

    /// One purpose by its id.
    #[must_use]
    pub fn purpose(&self, id: &PurposeId) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.id == *id)
    }
}

/// Which edition of a client's plan; counts from 1. Zero is the plan that
/// Sluis reads into the standard scopes of a client that declared none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanVersion(pub u32);
