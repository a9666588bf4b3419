//! What tokens are bound to, besides their grant.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::details::ProfileRelease;
use super::id::InvalidId;

/// What a token is bound to besides its grant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenBinding {
    /// The key that must be shown with it; a bearer token has none.
    pub key: Option<Thumbprint>,
    /// What was asked for claim by claim, under the grant key.
    pub asked_sealed: Option<Vec<u8>>,
    /// What of the client's plan it is for, if not all.
    pub details: Option<ProfileRelease>,
    /// The session that it comes from.
    pub sid: Option<Sid>,
}

/// The SHA-256 thumbprint of a public key (RFC 7638), as `jkt` has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Thumbprint(String);

/// What a client knows a session as (OpenID Connect Back-Channel Logout 1.0
/// §2.1): says nothing to anybody else, and opens nothing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sid(String);

impl Sid {
    /// The label that these bytes spell.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }
}

macro_rules! digests {
    ($($name:ident),+) => {$(
        impl $name {
            /// The text in tokens and parameters.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            /// Takes 32 bytes of canonical base64url.
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                match URL_SAFE_NO_PAD.decode(text) {
                    Ok(digest) if digest.len() == 32 => Ok(Self(text.to_owned())),
                    _ => Err(InvalidId),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(digest: $name) -> Self {
                digest.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

digests!(Thumbprint, Sid);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thumbprint_is_thirty_two_bytes_with_one_spelling() {
        // RFC 9449 §6.1.
        let text = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
        assert_eq!(
            text.parse::<Thumbprint>().expect("it is one").as_str(),
            text
        );
        for wrong in [
            "",
            "0ZcO",
            &format!("{text}="),
            &text.replace('-', "+"),
            &format!("{}J", &text[..42]),
        ] {
            assert_eq!(wrong.parse::<Thumbprint>(), Err(InvalidId), "{wrong}");
        }
    }
}
