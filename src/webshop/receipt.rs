//! The consent receipt that comes with the tokens: our copy of what was agreed.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKey as _, JsonWebKeyId};
use serde::Deserialize;
use serde_json::Value;

use super::lang::Lang;

const TYPE: &str = "consent-receipt+jwt";

/// What became of the receipt.
#[derive(Clone)]
pub(super) enum Held {
    /// The provider gave none.
    Nothing,
    /// The provider signed it, for us, about this person.
    Verified(Arc<Receipt>),
    /// It does not hold; it proves nothing.
    Broken,
}

impl Held {
    pub(super) fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Verified(receipt) => Some(receipt),
            Self::Nothing | Self::Broken => None,
        }
    }
}

/// The payload, as far as our pages tell it.
#[derive(Deserialize)]
pub(super) struct Receipt {
    iss: String,
    aud: Audience,
    sub: String,
    #[serde(default)]
    pub(super) jti: String,
    #[serde(default)]
    pub(super) profile: Profile,
    #[serde(default)]
    pub(super) processes: Vec<Process>,
    #[serde(default)]
    pub(super) event: Event,
    #[serde(default)]
    pub(super) controls: Controls,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// The tier that was chosen.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Profile {
    pub(super) tier: String,
}

/// One purpose that was agreed.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Process {
    pub(super) id: String,
    title: Text,
    text: Text,
    pub(super) legal_basis: String,
    pub(super) claims: Vec<String>,
    pub(super) necessity: String,
    pub(super) channels: Vec<String>,
    pub(super) permissions: Vec<String>,
    pub(super) storage: Storage,
}

/// How long data are kept.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Storage {
    pub(super) duration: Option<String>,
    pub(super) until: Option<String>,
}

/// What happened.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Event {
    pub(super) valid_until: Option<String>,
}

/// What the person can do about it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Controls {
    /// The page of the provider where this agreement is changed or withdrawn.
    pub(super) withdraw: Option<String>,
}

/// Text in one language or more.
#[derive(Deserialize)]
#[serde(untagged)]
enum Text {
    Plain(String),
    Localized {
        #[serde(default)]
        nl: String,
        #[serde(default)]
        en: String,
    },
}

impl Default for Text {
    fn default() -> Self {
        Self::Plain(String::new())
    }
}

impl Text {
    fn say(&self, lang: Lang) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Localized { nl, en } => lang.t(nl, en),
        }
    }
}

impl Process {
    /// What it is for, in a few words.
    pub(super) fn title(&self, lang: Lang) -> &str {
        match self.title.say(lang) {
            "" => &self.id,
            title => title,
        }
    }

    /// Why, in a sentence or two.
    pub(super) fn text(&self, lang: Lang) -> &str {
        self.text.say(lang)
    }
}

impl Receipt {
    /// The purpose of that name, if the person agreed to it.
    pub(super) fn process(&self, id: &str) -> Option<&Process> {
        self.processes.iter().find(|process| process.id == id)
    }
}

/// Whom a receipt has to be from, for and about.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) subject: &'a str,
}

/// Why a receipt proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadReceipt {
    #[error("it is not a compact JWS with a receipt in it")]
    Malformed,
    #[error("its algorithm is not one that a receipt may have")]
    Algorithm,
    #[error("the provider does not publish the key that signed it")]
    UnknownKey,
    #[error("its signature is wrong")]
    Signature,
    #[error("it is from, for or about another")]
    NotOurs,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// Checks a receipt against the keys that the provider publishes.
pub(super) fn verify(
    jws: &str,
    keys: &[CoreJsonWebKey],
    expected: &Expected<'_>,
) -> Result<Receipt, BadReceipt> {
    let (message, signature) = jws.rsplit_once('.').ok_or(BadReceipt::Malformed)?;
    let (header, payload) = message.split_once('.').ok_or(BadReceipt::Malformed)?;
    let header: Header = decode(header)?;
    if header.typ != TYPE {
        return Err(BadReceipt::Malformed);
    }
    // RFC 8725 §3.1: the header does not decide which algorithms we trust.
    let algorithm = match header.alg.as_str() {
        "ES256" => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        "EdDSA" => CoreJwsSigningAlgorithm::EdDsa,
        "RS256" => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        _ => return Err(BadReceipt::Algorithm),
    };
    let key_id = JsonWebKeyId::new(header.kid);
    let key = keys
        .iter()
        .find(|key| key.key_id() == Some(&key_id))
        .ok_or(BadReceipt::UnknownKey)?;
    let signature = BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| BadReceipt::Malformed)?;
    key.verify_signature(&algorithm, message.as_bytes(), &signature)
        .map_err(|_| BadReceipt::Signature)?;
    let receipt: Receipt = decode(payload)?;
    let for_us = match &receipt.aud {
        Audience::One(audience) => audience == expected.client_id,
        Audience::Many(audiences) => audiences.iter().any(|one| one == expected.client_id),
    };
    if receipt.iss == expected.issuer && for_us && receipt.sub == expected.subject {
        Ok(receipt)
    } else {
        Err(BadReceipt::NotOurs)
    }
}

fn decode<T: for<'de> Deserialize<'de>>(part: &str) -> Result<T, BadReceipt> {
    let bytes = BASE64_URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| BadReceipt::Malformed)?;
    // Through `Value`, so that a member that stands twice is an error nowhere
    // and the last one counts everywhere, as in every other reader.
    let value: Value = serde_json::from_slice(&bytes).map_err(|_| BadReceipt::Malformed)?;
    T::deserialize(value).map_err(|_| BadReceipt::Malformed)
}
