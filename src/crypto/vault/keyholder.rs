//! The kinds of ways into a vault.

use std::fmt;
use std::str::FromStr;

/// A way into a vault that lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyholderKind {
    /// The consumer's password.
    Password,
    /// The operator, for a consumer who forgot it and did not refuse this help.
    Escrow,
    /// A passkey that gives a secret to this site (the PRF extension).
    Passkey,
    /// A code on paper that the consumer keeps.
    Kit,
}

impl KeyholderKind {
    /// Its name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Escrow => "escrow",
            Self::Passkey => "passkey",
            Self::Kit => "kit",
        }
    }
}

impl fmt::Display for KeyholderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyholderKind {
    type Err = UnknownKeyholder;

    fn from_str(text: &str) -> Result<Self, UnknownKeyholder> {
        match text {
            "password" => Ok(Self::Password),
            "escrow" => Ok(Self::Escrow),
            "passkey" => Ok(Self::Passkey),
            "kit" => Ok(Self::Kit),
            _ => Err(UnknownKeyholder),
        }
    }
}

/// The text names no kind of keyholder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a kind of keyholder")]
pub struct UnknownKeyholder;
