//! Accounts: consumers at this provider.

use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::id::{AccountId, InvalidId};
use super::language::Language;
use super::time::Timestamp;

/// What a link that was mailed to someone is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkPurpose {
    /// To say that they read mail at the address.
    Confirm,
    /// None: it is counted how often they are mailed that somebody tried to
    /// sign up with their address.
    Tried,
    /// To find a way back in without the password.
    Recover,
    /// To stop such a way back in.
    Stop,
    /// To set a new password, once it has waited.
    Ready,
}

impl LinkPurpose {
    const ALL: [Self; 5] = [
        Self::Confirm,
        Self::Tried,
        Self::Recover,
        Self::Stop,
        Self::Ready,
    ];

    /// Its name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Tried => "tried",
            Self::Recover => "recover",
            Self::Stop => "stop",
            Self::Ready => "ready",
        }
    }

    /// How long it holds.
    #[must_use]
    pub const fn lasts(self) -> Duration {
        match self {
            Self::Confirm | Self::Tried => Duration::from_hours(24),
            Self::Recover => Duration::from_hours(1),
            // Longer than the wait that it stops.
            Self::Stop => Duration::from_hours(5 * 24),
            Self::Ready => Duration::from_hours(3 * 24),
        }
    }

    /// How many of them are mailed in how much time at most.
    #[must_use]
    pub const fn limit(self) -> (u32, Duration) {
        match self {
            Self::Tried => (1, Duration::from_hours(24)),
            Self::Confirm | Self::Recover => (4, Duration::from_hours(1)),
            Self::Stop | Self::Ready => (10, Duration::from_hours(1)),
        }
    }
}

impl FromStr for LinkPurpose {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        Self::ALL
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
            .ok_or(InvalidId)
    }
}

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
