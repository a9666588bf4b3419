//! Receipts: the signed record of one event in a grant's life, with the
//! fields of ISO/IEC TS 27560 in W3C DPV terms (`product.md` section 7).
//!
//! A receipt holds no personal-data values and does not expire. Each names
//! the hash of the one before it, so that a grant's receipts form a chain; a
//! chain that is handed out closes with a signed [`ChainHead`], so that also
//! its end cannot be dropped unseen.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::claim::Claim;
use super::grant::EventKind;
use super::id::{ClientId, GrantId, ReceiptId};
use super::language::{Language, LocalizedText};
use super::permission::Permission;
use super::plan::{AtLeast, LegalBasis, MAX_PLAN, PlanVersion, PurposeId, Recipient};
use super::retention::{CountsFrom, Retention};
use super::subject::Subject;
use super::tier::{Tier, TierChoice};
use super::time::Timestamp;

mod chain;
mod record;
#[cfg(test)]
mod tests;
mod write;

pub use chain::{Break, BrokenChain, ChainHead, check_chain};
pub use record::{DeclinedEdition, DutyRecord, Record, RequestRecord};
pub use write::{Act, Context, Method};

/// Edition of the receipt's shape.
pub const RECEIPT_SCHEMA: &str = "https://schemas.sluis.example/consent-receipt/v1";

/// The longest compact JWS of a receipt. Its claims say what the plan says, and
/// the offers twice; what they say besides, of the parties and around each purpose,
/// is less than another plan. Base64 makes four characters of three bytes, and
/// there are a header and a signature.
pub const MAX_RECEIPT: usize = (2 * MAX_PLAN).div_ceil(3) * 4 + 1024;

/// The published JSON Schema of a receipt's claims.
pub const SCHEMA: &str = include_str!("../../docs/schemas/consent-receipt-v1.json");
/// What each member means in the terms of ISO/IEC TS 27560 and W3C DPV, and a
/// JSON-LD context.
pub const VOCABULARY: &str =
    include_str!("../../docs/schemas/consent-receipt-v1-vocabulary.jsonld");

/// `sha-256:` and the base64url SHA-256 of some bytes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hash(String);

impl Hash {
    /// The hash of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let digest = digest::digest(&digest::SHA256, bytes);
        Self(format!("sha-256:{}", URL_SAFE_NO_PAD.encode(digest)))
    }

    /// Takes back what the store kept.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The text form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a chain has got to: how many receipts, and what the next one names of
/// the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainEnd {
    /// The sequence number of the last receipt; counts from 1.
    pub seq: u32,
    /// The hash of its compact JWS.
    pub hash: Hash,
    /// When it was signed: the next is no older.
    pub at: Timestamp,
}

/// The claims of a receipt's JWS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// The provider.
    pub iss: String,
    /// The client: the other party, which keeps the same bytes.
    pub aud: ClientId,
    /// The consumer, as this client knows them.
    pub sub: Subject,
    /// When it was signed, in seconds.
    pub iat: i64,
    /// Identifier of this receipt.
    pub jti: ReceiptId,
    /// Edition of this shape.
    pub schema: String,
    /// The published profile of ISO/IEC TS 27560 that it follows.
    pub conforms_to: Vec<String>,
    /// The agreement whose life it records.
    pub grant_id: GrantId,
    /// Its place in the chain; counts from 1.
    pub seq: u32,
    /// Hash of the receipt before it; absent in the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev: Option<Hash>,
    /// Whose law.
    pub jurisdiction: String,
    /// Which law.
    pub applicable_law: String,
    /// What was read.
    pub notice: Notice,
    /// Who is answerable.
    pub parties: Vec<Party>,
    /// With which profile, and which claims.
    pub profile: ReceiptProfile,
    /// For what.
    pub processes: Vec<Process>,
    /// All that was offered, and whether it stands for what was chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<Offered>,
    /// What the consumer can do about it.
    pub controls: Controls,
    /// What happened.
    pub event: Event,
    /// What proves what was on the screen.
    pub evidence: Evidence,
    /// The deletion duty that it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duty: Option<DutyRecord>,
    /// The request by right that it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestRecord>,
    /// The edition of the plan that was declined, where one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declined: Option<DeclinedEdition>,
}

/// The text that the consumer had before them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The business's privacy policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// In which language.
    pub lang: Language,
    /// Edition of the data plan.
    pub plan_version: PlanVersion,
    /// Hash of the data plan.
    pub plan_hash: Hash,
}

/// A party that is answerable for the data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Party {
    /// Identifier of the business.
    pub id: String,
    /// `dpv:DataController`.
    pub role: String,
    /// Its name.
    pub name: String,
    /// Its postal address.
    pub address: String,
    /// Where to turn.
    pub contact: String,
    /// Its entry in a trade register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<String>,
}

/// The profile behind a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReceiptProfile {
    /// What was chosen.
    pub tier: TierChoice,
    /// Everything that is released.
    pub claims: EnumSet<Claim>,
}

/// One purpose as agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// Its id in the plan.
    pub id: PurposeId,
    /// W3C DPV purpose code.
    pub purpose: String,
    /// A few words.
    pub title: LocalizedText,
    /// Why.
    pub text: LocalizedText,
    /// On what ground, as `eu-gdpr:A6-1-…`.
    pub legal_basis: String,
    /// The same as a word.
    pub basis: LegalBasis,
    /// What is released for it.
    pub claims: EnumSet<Claim>,
    /// The same as DPV concepts.
    pub data: Vec<String>,
    /// `required` or `optional`.
    pub necessity: String,
    /// Processing that was permitted.
    pub permissions: Vec<Permission>,
    /// Channels through which contact was permitted.
    pub channels: Vec<Permission>,
    /// What is done.
    pub operations: Vec<String>,
    /// Where the data come from.
    pub source: String,
    /// How long and where.
    pub storage: Storage,
    /// Who else gets them.
    pub recipients: Vec<Recipient>,
    /// What the consumer gets in return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<LocalizedText>,
}

/// Something that was offered, also for what was not chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offered {
    /// For this purpose of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PurposeId>,
    /// For this profile or a higher one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// What.
    pub offer: LocalizedText,
    /// The least that it takes besides.
    #[serde(default, skip_serializing_if = "AtLeast::is_nothing")]
    pub at_least: AtLeast,
    /// Whether it stands.
    pub stands: bool,
}

/// How long data are kept, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// ISO 8601 period.
    pub duration: Retention,
    /// From when on it counts. Where nothing is said, from the consent.
    #[serde(default, skip_serializing_if = "CountsFrom::is_consent")]
    pub counts_from: CountsFrom,
    /// When it ends, RFC 3339: unless there is a later login, if it counts from
    /// the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Within what time after the end the data must be gone.
    pub delete_within: Retention,
    /// ISO 3166-1 alpha-2 codes.
    pub locations: Vec<String>,
}

/// What the consumer can do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controls {
    /// Where consent is withdrawn.
    pub withdraw: String,
    /// Where the other rights are used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<String>,
    /// The rights of the GDPR that apply.
    pub right_types: Vec<String>,
    /// Who supervises.
    pub authority: String,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// In Sluis's word.
    pub kind: EventKind,
    /// In DPV's: the status of the consent from now on.
    pub state: String,
    /// `dpv:ExplicitlyExpressedConsent`, when something that was agreed rests on
    /// consent: what a contract or the law needs is not dressed up as it.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub consent_type: Option<String>,
    /// When, RFC 3339.
    pub at: String,
    /// Until when it holds, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// Whose act it was.
    pub by: String,
    /// How it was done.
    pub method: String,
    /// How surely it was the consumer, where it was an act of theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// How they showed who they are (RFC 8176).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
}

/// What proves what was on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Hash of the terms that were shown, which the form carried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen_hash: Option<Hash>,
}
