//! Which clients may register themselves, and what becomes of them.

use std::str::FromStr;

use super::Refusal;
use crate::domain::tier::TierChoice;

/// Which clients may register themselves (RFC 7591).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Registration {
    /// All. Nobody vouches for those that come without an initial access token.
    Open,
    /// Those of businesses that were given an initial access token.
    #[default]
    Token,
    /// None: `sluis client add` alone registers clients.
    Off,
}

impl FromStr for Registration {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        match text {
            "open" => Ok(Self::Open),
            "token" => Ok(Self::Token),
            "off" => Ok(Self::Off),
            _ => Err(Refusal::new(
                format!("{text:?} is none of open, token, off"),
                "write token to have clients register with an initial access token, \
                 open to let every client register, or off",
            )),
        }
    }
}

/// The most that a client may be granted which nobody vouches for.
pub(super) struct UnvettedTier(pub(super) TierChoice);

impl FromStr for UnvettedTier {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        text.parse().map(Self).map_err(|_| {
            Refusal::new(
                format!("{text:?} is not a tier"),
                "write low, or anonymous to let such clients see nothing, medium, or high",
            )
        })
    }
}
