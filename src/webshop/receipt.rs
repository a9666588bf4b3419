//! The consent receipt that comes with the tokens: our copy of what was agreed.

use std::sync::Arc;

use openidconnect::core::CoreJsonWebKey;
use serde::Deserialize;
use serde_json::Value;

use super::jws::{self, BadJws};
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
    #[serde(default)]
    aud: Value,
    sub: String,
    #[serde(default)]
    pub(super) jti: String,
    #[serde(default)]
    pub(super) profile: Profile,
    #[serde(default)]
    pub(super) processes: Vec<Process>,
    /// What we offered, and whether it stands.
    #[serde(default)]
    offers: Option<Vec<Offered>>,
    #[serde(default)]
    pub(super) event: Event,
    #[serde(default)]
    pub(super) controls: Controls,
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

/// Something that we offered: for a purpose, or for a profile.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Offered {
    purpose: Option<String>,
    tier: Option<String>,
    stands: bool,
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

    /// Whether what we offered for a purpose is theirs. It may take more than
    /// the purpose itself, so that both sides go by what the receipt says; one
    /// that says nothing of offers leaves it to who agreed.
    pub(super) fn earns_by_purpose(&self, purpose: &str) -> bool {
        match &self.offers {
            None => self.process(purpose).is_some(),
            Some(offers) => {
                let mut meant = offers
                    .iter()
                    .filter(|offer| offer.purpose.as_deref() == Some(purpose));
                meant.any(|offer| offer.stands)
            }
        }
    }

    /// Whether what we offered for a profile is theirs.
    pub(super) fn earns_by_tier(&self, tier: &str) -> bool {
        let mut meant = self
            .offers
            .iter()
            .flatten()
            .filter(|offer| offer.tier.as_deref() == Some(tier));
        meant.any(|offer| offer.stands)
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
    #[error(transparent)]
    Jws(#[from] BadJws),
    #[error("there is no receipt in it")]
    Malformed,
    #[error("it is from, for or about another")]
    NotOurs,
}

/// Checks a receipt against the keys that the provider publishes.
pub(super) fn verify(
    jws: &str,
    keys: &[CoreJsonWebKey],
    expected: &Expected<'_>,
) -> Result<Receipt, BadReceipt> {
    let payload = jws::open(jws, TYPE, keys)?;
    let receipt = Receipt::deserialize(payload).map_err(|_| BadReceipt::Malformed)?;
    let for_us = jws::is_for(&receipt.aud, expected.client_id);
    if receipt.iss == expected.issuer && for_us && receipt.sub == expected.subject {
        Ok(receipt)
    } else {
        Err(BadReceipt::NotOurs)
    }
}
