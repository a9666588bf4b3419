//! Where the answer to a request goes, and how.

use serde::{Deserialize, Serialize};

use crate::domain::device::DeviceKey;
use crate::domain::id::ClientId;

/// How the answer to a request reaches the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum ResponseMode {
    /// In the query of a redirect.
    #[default]
    #[serde(rename = "query")]
    Query,
    /// By a form that the browser posts (OAuth 2.0 Form Post Response Mode).
    #[serde(rename = "form_post")]
    FormPost,
    /// Signed, in the query of a redirect (JARM §2.3.1).
    #[serde(rename = "query.jwt")]
    QueryJwt,
    /// Signed, by a form that the browser posts (JARM §2.3.3).
    #[serde(rename = "form_post.jwt")]
    FormPostJwt,
}

impl ResponseMode {
    /// What a request may name. `jwt` is what suits the response type: the query.
    pub const NAMES: [(&str, Self); 5] = [
        ("query", Self::Query),
        ("form_post", Self::FormPost),
        ("query.jwt", Self::QueryJwt),
        ("form_post.jwt", Self::FormPostJwt),
        ("jwt", Self::QueryJwt),
    ];

    /// Reads `response_mode`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let named = Self::NAMES.into_iter().find(|(name, _)| *name == text);
        named.map(|(_, mode)| mode)
    }

    /// Whether the answer is signed.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::QueryJwt | Self::FormPostJwt)
    }

    /// Whether the browser posts a form.
    #[must_use]
    pub const fn is_posted(self) -> bool {
        matches!(self, Self::FormPost | Self::FormPostJwt)
    }
}

/// Where the answer to a request goes, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Whose it is.
    pub client_id: ClientId,
    /// Registered by that client.
    pub redirect_uri: String,
    /// Handed back as it came.
    pub state: Option<String>,
    /// How it gets there.
    pub response_mode: ResponseMode,
    /// Whether a device asks for it itself, and there is nowhere to go.
    pub is_device: bool,
}

/// A device that asked (RFC 8628), as whoever answers finds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceTarget {
    /// SHA-256 of its code.
    pub hash: [u8; 32],
    /// What its grant is sealed to.
    pub key: DeviceKey,
}
