//! Accounts: consumers at this provider.

use serde::{Deserialize, Serialize};

use super::id::AccountId;
use super::language::Language;
use super::time::Timestamp;

/// What is known of an account without opening its vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Which.
    pub id: AccountId,
    /// The language of its pages and mail.
    pub language: Language,
    /// When it was made.
    pub created_at: Timestamp,
}

/// How someone showed who they are (RFC 8176 `amr` values).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthenticationMethod {
    /// By password.
    Pwd,
}

impl AuthenticationMethod {
    /// The `amr` value.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pwd => "pwd",
        }
    }

    /// Every method.
    pub const ALL: [Self; 1] = [Self::Pwd];

    /// The `acr` value: what it proves, by a name of our own, since no
    /// published class promises exactly that.
    #[must_use]
    pub const fn acr(self) -> &'static str {
        match self {
            Self::Pwd => "https://schemas.sluis.example/acr/password",
        }
    }
}

/// When and how someone showed who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// When: `auth_time`. Never refreshed by use.
    pub at: Timestamp,
    /// How: `amr`.
    pub method: AuthenticationMethod,
}
