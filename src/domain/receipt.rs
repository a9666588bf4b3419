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

use super::business::Business;
use super::claim::Claim;
use super::grant::{EventKind, Grant};
use super::id::{ClientId, GrantId, ReceiptId};
use super::language::{Language, LocalizedText};
use super::negotiation::AgreedPurpose;
use super::permission::Permission;
use super::plan::{LegalBasis, Plan, PlanVersion, Purpose, PurposeId, Recipient};
use super::retention::Retention;
use super::subject::Subject;
use super::tier::TierChoice;
use super::time::Timestamp;

/// `typ` of a receipt's JWS.
pub const RECEIPT_TYP: &str = "consent-receipt+jwt";
/// `typ` of the JWS that closes a chain.
pub const CHAIN_TYP: &str = "consent-receipt-chain+jwt";
/// Edition of the receipt's shape.
pub const RECEIPT_SCHEMA: &str = "https://schemas.sluis.example/consent-receipt/v1";

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

/// Where a chain has got to: how many receipts, and the hash of the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainEnd {
    /// The sequence number of the last receipt; counts from 1.
    pub seq: u32,
    /// The hash of its compact JWS.
    pub hash: Hash,
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
    /// What the consumer can do about it.
    pub controls: Controls,
    /// What happened.
    pub event: Event,
    /// What proves what was on the screen.
    pub evidence: Evidence,
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

/// How long data are kept, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// ISO 8601 period.
    pub duration: Retention,
    /// When it ends, RFC 3339.
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
    /// `dpv:ExplicitlyExpressedConsent`.
    #[serde(rename = "type")]
    pub consent_type: String,
    /// When, RFC 3339.
    pub at: String,
    /// Until when it holds, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<String>,
    /// Whose act it was.
    pub by: String,
    /// How it was done.
    pub method: String,
}

/// What proves what was on the screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Hash of the terms that were shown, which the form carried.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen_hash: Option<Hash>,
}

/// How an act came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Act {
    /// What happened.
    pub kind: EventKind,
    /// On which page or by which job.
    pub method: Method,
    /// In which language.
    pub language: Language,
    /// Hash of what was on the screen.
    pub screen_hash: Option<Hash>,
}

/// The way in which an event came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The consumer, on the consent page.
    ConsentPage,
    /// The consumer, on the page of the grant.
    AccountPage,
    /// Time.
    Schedule,
    /// The business.
    Business,
    /// An operator's command, for samples and load tests.
    Command,
}

impl Method {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ConsentPage => "consent-page",
            Self::AccountPage => "account-page",
            Self::Schedule => "schedule",
            Self::Business => "business",
            Self::Command => "command",
        }
    }

    const fn by(self) -> &'static str {
        match self {
            Self::ConsentPage | Self::AccountPage => "dpv:DataSubject",
            Self::Business => "dpv:DataController",
            Self::Schedule | Self::Command => "dpv:DataProcessor",
        }
    }
}

/// What a receipt is written from, besides the grant.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The issuer, byte for byte.
    pub issuer: &'a str,
    /// Who is answerable.
    pub business: &'a Business,
    /// The client's privacy policy.
    pub policy_uri: Option<&'a str>,
    /// The plan that the grant answers.
    pub plan: &'a Plan,
    /// Hash of the plan's document.
    pub plan_hash: &'a Hash,
}

impl Receipt {
    /// Writes the next receipt of a grant's chain.
    #[must_use]
    pub fn write(
        id: ReceiptId,
        after: Option<&ChainEnd>,
        grant: &Grant,
        act: Act,
        context: &Context<'_>,
        now: Timestamp,
    ) -> Self {
        let business = &context.business.document;
        Self {
            iss: context.issuer.to_owned(),
            aud: grant.client_id.clone(),
            sub: grant.subject.clone(),
            iat: now.as_seconds(),
            jti: id,
            schema: RECEIPT_SCHEMA.to_owned(),
            conforms_to: vec!["https://w3id.org/dpv/schema/dpv-27560#receipt-eu-gdpr".to_owned()],
            grant_id: grant.id,
            seq: after.map_or(1, |end| end.seq + 1),
            prev: after.map(|end| end.hash.clone()),
            jurisdiction: business.country.clone(),
            applicable_law: "eu-gdpr:GDPR".to_owned(),
            notice: Notice {
                uri: context.policy_uri.map(str::to_owned),
                lang: act.language,
                plan_version: grant.plan_version,
                plan_hash: context.plan_hash.clone(),
            },
            parties: vec![Party {
                id: context.business.id.to_string(),
                role: "dpv:DataController".to_owned(),
                name: business.name.clone(),
                address: business.address.clone(),
                contact: business.contact.clone(),
                registration: business.registration.clone(),
            }],
            profile: ReceiptProfile {
                tier: grant.terms.tier,
                claims: grant.terms.all_claims(),
            },
            processes: grant
                .terms
                .purposes
                .iter()
                .filter_map(|agreed| {
                    context
                        .plan
                        .purpose(&agreed.id)
                        .map(|purpose| Process::of(agreed, purpose))
                })
                .collect(),
            controls: Controls {
                withdraw: format!("{}/account/businesses/{}", context.issuer, grant.id),
                right_types: RIGHTS.iter().map(|right| (*right).to_owned()).collect(),
                authority: authority_of(&business.country).to_owned(),
            },
            event: Event {
                kind: act.kind,
                state: act.kind.dpv().to_owned(),
                consent_type: "dpv:ExplicitlyExpressedConsent".to_owned(),
                at: now.to_string(),
                valid_until: grant.expires_at().map(|end| end.to_string()),
                by: act.method.by().to_owned(),
                method: act.method.as_str().to_owned(),
            },
            evidence: Evidence {
                screen_hash: act.screen_hash,
            },
        }
    }
}

const RIGHTS: [&str; 9] = [
    "eu-gdpr:A7-3",
    "eu-gdpr:A13",
    "eu-gdpr:A15",
    "eu-gdpr:A16",
    "eu-gdpr:A17",
    "eu-gdpr:A18",
    "eu-gdpr:A20",
    "eu-gdpr:A21",
    "eu-gdpr:A77",
];

fn authority_of(country: &str) -> &'static str {
    match country {
        "NL" => "Autoriteit Persoonsgegevens",
        "BE" => "Gegevensbeschermingsautoriteit",
        _ => "The data protection authority of the place where you live or work",
    }
}

impl Process {
    fn of(agreed: &AgreedPurpose, purpose: &Purpose) -> Self {
        let mut data: Vec<String> = agreed
            .claims
            .iter()
            .map(|claim| claim.dpv().to_owned())
            .collect();
        data.dedup();
        Self {
            id: agreed.id.clone(),
            purpose: purpose.code.clone(),
            title: purpose.title.clone(),
            text: purpose.text.clone(),
            legal_basis: purpose.basis.dpv().to_owned(),
            basis: purpose.basis,
            claims: agreed.claims,
            data,
            necessity: if purpose.required {
                "required"
            } else {
                "optional"
            }
            .to_owned(),
            permissions: (agreed.permissions & Permission::processing())
                .iter()
                .collect(),
            channels: (agreed.permissions & Permission::contact())
                .iter()
                .collect(),
            operations: ["dpv:Collect", "dpv:Use", "dpv:Store"]
                .map(str::to_owned)
                .to_vec(),
            source: "dpv:DataSubjectDataSource".to_owned(),
            storage: Storage {
                duration: agreed.retention,
                until: agreed.until.map(|until| until.to_string()),
                delete_within: Retention::days(30).unwrap_or(Retention::MAX),
                locations: purpose.storage.clone(),
            },
            recipients: purpose.recipients.clone(),
            offer: purpose.offer.clone(),
        }
    }
}

/// The claims of the JWS that closes a chain which is handed out: how many
/// receipts there were at that moment, and the hash of the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainHead {
    /// The provider.
    pub iss: String,
    /// When it was signed, in seconds.
    pub iat: i64,
    /// The agreement.
    pub grant_id: GrantId,
    /// How many receipts the chain has.
    pub count: u32,
    /// Hash of the last of them.
    pub last: Hash,
}

/// Checks that receipts, each with the hash of its own compact JWS, form the
/// whole chain that `head` closes. Signatures are checked before.
pub fn check_chain(receipts: &[(Receipt, Hash)], head: &ChainHead) -> Result<(), BrokenChain> {
    let mut before: Option<(&Receipt, &Hash)> = None;
    for (position, (receipt, hash)) in (1..).zip(receipts) {
        let at = |what| BrokenChain { position, what };
        if receipt.seq != position {
            return Err(at(Break::Sequence));
        }
        if receipt.prev.as_ref() != before.map(|(_, hash)| hash) {
            return Err(at(Break::Link));
        }
        if receipt.grant_id != head.grant_id || receipt.iss != head.iss {
            return Err(at(Break::Foreign));
        }
        if let Some((earlier, _)) = before {
            if earlier.aud != receipt.aud || earlier.sub != receipt.sub {
                return Err(at(Break::Foreign));
            }
            if earlier.iat > receipt.iat {
                return Err(at(Break::Time));
            }
            let after_end =
                earlier.event.kind.is_final() && receipt.event.kind != EventKind::Erased;
            if after_end || receipt.event.kind == EventKind::Given {
                return Err(at(Break::Life));
            }
        } else if receipt.event.kind != EventKind::Given {
            return Err(at(Break::Life));
        }
        before = Some((receipt, hash));
    }
    let position = u32::try_from(receipts.len()).unwrap_or(u32::MAX);
    match before {
        Some((_, hash)) if position == head.count && *hash == head.last => Ok(()),
        _ => Err(BrokenChain {
            position,
            what: Break::End,
        }),
    }
}

/// Where and how a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("receipt {position}: {what}")]
pub struct BrokenChain {
    /// Which receipt, counted from 1.
    pub position: u32,
    /// What is wrong with it.
    pub what: Break,
}

/// In what way a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Break {
    /// The numbers do not follow each other.
    #[error("its number does not follow the one before")]
    Sequence,
    /// The hash is not that of the receipt before.
    #[error("it does not follow the receipt before it")]
    Link,
    /// It is of another agreement, issuer or party.
    #[error("it belongs to another agreement")]
    Foreign,
    /// It is older than the one before.
    #[error("it is older than the receipt before it")]
    Time,
    /// Such an event cannot come here.
    #[error("such an event cannot happen at this point of an agreement")]
    Life,
    /// The chain does not end where its head says.
    #[error("the chain does not end where it should")]
    End,
}
