//! How clients show who they are, and how we sign for them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How a client proves who it is at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// `client_secret_basic`: the default of RFC 7591 §2.
    #[default]
    ClientSecretBasic,
    /// `client_secret_post`.
    ClientSecretPost,
    /// `private_key_jwt`: an assertion under its private key (OpenID Connect Core 1.0 §9).
    PrivateKeyJwt,
    /// `client_secret_jwt`: an assertion under its secret.
    ClientSecretJwt,
    /// A public client, which has no secret.
    None,
}

impl AuthMethod {
    /// The registered name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::None => "none",
        }
    }
}

/// The algorithms with which ID tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum SigningAlgorithm {
    /// The default here: small and quick.
    #[default]
    ES256,
    /// For clients that ask (OpenID Connect Core 1.0 §15.1 has every provider support it).
    RS256,
    /// For clients that ask.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ES256 => "ES256",
            Self::RS256 => "RS256",
            Self::EdDsa => "EdDSA",
        })
    }
}
