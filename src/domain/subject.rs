//! Who an account is to a client (OpenID Connect Core 1.0 §8).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::id::BusinessId;

/// A subject identifier: random, kept per account and sector. Nothing can be
/// computed from it, and losing or changing a salt never identifies anyone
/// anew.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(String);

impl Subject {
    /// Takes 128 random bits as an identifier.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        use base64::Engine as _;
        Self(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Takes back what the store kept.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The `sub` claim.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The clients among which an account is the same subject: those of one
/// business whose redirect URIs share a host (OpenID Connect Core 1.0 §8.1), or
/// all its clients with public subjects. No two businesses ever share one.
///
/// The host alone would not do: two businesses may share a platform, and every
/// app on a device is called back at the loopback address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sector(String);

impl Sector {
    /// The sector of a business's clients that registered `subject_type`
    /// `public`: one identifier, whatever their hosts.
    #[must_use]
    pub fn of_business(business: BusinessId) -> Self {
        Self(business.to_string())
    }

    /// The sector of a business's clients at a host.
    #[must_use]
    pub fn of_host(business: BusinessId, host: &str) -> Self {
        Self(format!("{business}/{}", host.to_ascii_lowercase()))
    }

    /// Takes back what the store kept.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The text that the store keeps.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
