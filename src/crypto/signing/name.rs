//! What keys are called: their algorithm, their use, their identifier.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::KeyAlgorithm;
use serde::{Deserialize, Serialize};

use crate::domain::client::SigningAlgorithm;
use crate::domain::id::InvalidId;

/// The signature algorithms that Sluis signs with and accepts (RFC 7518 §3.1,
/// RFC 8037 §3.1). `none` and the HMAC family have no place here, so no
/// configuration can admit them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256: the default.
    #[serde(rename = "ES256")]
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256: what OpenID Connect Core §15.1 obliges to support.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// The Edwards curve algorithm on Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Algorithm {
    /// Every algorithm, in the order of preference.
    pub const ALL: [Self; 4] = [Self::Es256, Self::Rs256, Self::Ps256, Self::EdDsa];

    /// Its registered name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// The `at_hash` of an access token beside an ID token signed with this
    /// algorithm (OpenID Connect Core §3.1.3.6): the left half of the hash
    /// that the algorithm uses, which for Ed25519 is SHA-512 (RFC 8032 §5.1).
    #[must_use]
    pub fn at_hash(self, access_token: &str) -> String {
        let hash = match self {
            Self::Es256 | Self::Rs256 | Self::Ps256 => &digest::SHA256,
            Self::EdDsa => &digest::SHA512,
        };
        let digest = digest::digest(hash, access_token.as_bytes());
        URL_SAFE_NO_PAD.encode(&digest.as_ref()[..digest.as_ref().len() / 2])
    }

    pub(in crate::crypto) const fn in_jsonwebtoken(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::Es256 => jsonwebtoken::Algorithm::ES256,
            Self::Rs256 => jsonwebtoken::Algorithm::RS256,
            Self::Ps256 => jsonwebtoken::Algorithm::PS256,
            Self::EdDsa => jsonwebtoken::Algorithm::EdDSA,
        }
    }

    pub(super) const fn in_jwk(self) -> KeyAlgorithm {
        match self {
            Self::Es256 => KeyAlgorithm::ES256,
            Self::Rs256 => KeyAlgorithm::RS256,
            Self::Ps256 => KeyAlgorithm::PS256,
            Self::EdDsa => KeyAlgorithm::EdDSA,
        }
    }
}

impl From<SigningAlgorithm> for Algorithm {
    fn from(registered: SigningAlgorithm) -> Self {
        match registered {
            SigningAlgorithm::ES256 => Self::Es256,
            SigningAlgorithm::RS256 => Self::Rs256,
            SigningAlgorithm::PS256 => Self::Ps256,
            SigningAlgorithm::EdDsa => Self::EdDsa,
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let named = |algorithm: &Self| algorithm.as_str() == text;
        Self::ALL.into_iter().find(named).ok_or(UnknownName)
    }
}

/// What a key signs. A key has one use, so that a leak of the keys that sign
/// logins by the thousand leaves the evidence standing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    /// ID tokens, and what else goes to clients at a login.
    IdToken,
    /// Receipts, and the heads of their chains.
    Receipt,
}

impl KeyUse {
    /// Its name in the store and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::IdToken => "id_token",
            Self::Receipt => "receipt",
        }
    }
}

impl fmt::Display for KeyUse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyUse {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        match text {
            "id_token" => Ok(Self::IdToken),
            "receipt" => Ok(Self::Receipt),
            _ => Err(UnknownName),
        }
    }
}

/// The text names no algorithm or use that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this algorithm or use of a key is not known")]
pub struct UnknownName;

/// A key's `kid`. Ours are RFC 7638 thumbprints, so a key has the same one
/// everywhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyId(String);

impl KeyId {
    /// The identifier as it stands in headers.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::try_from(text.to_owned())
    }
}

impl TryFrom<String> for KeyId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        let fits = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
        if fits { Ok(Self(text)) } else { Err(InvalidId) }
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
