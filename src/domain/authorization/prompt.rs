//! What must, or must not, be shown.

use enumset::{EnumSet, EnumSetType};
use serde::{Deserialize as _, Deserializer, Serializer};

/// A value of `prompt` (OpenID Connect Core 1.0 §3.1.2.1; `create` is of
/// Initiating User Registration 1.0).
#[derive(Debug, Hash, EnumSetType)]
#[enumset(repr = "u8")]
pub enum Prompt {
    /// Show nothing.
    None,
    /// Sign in, even if signed in.
    Login,
    /// Ask, even if asked.
    Consent,
    /// Choose who to be.
    SelectAccount,
    /// Sign up.
    Create,
}

impl Prompt {
    /// Every value, for the metadata.
    #[must_use]
    pub fn all() -> EnumSet<Self> {
        EnumSet::all()
    }

    /// The word in requests and metadata.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
            Self::Create => "create",
        }
    }
}

impl std::str::FromStr for Prompt {
    type Err = UnknownPrompt;

    fn from_str(text: &str) -> Result<Self, UnknownPrompt> {
        EnumSet::<Self>::all()
            .iter()
            .find(|prompt| prompt.as_str() == text)
            .ok_or(UnknownPrompt)
    }
}

/// The text is no value of `prompt`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a value of prompt that Sluis knows")]
pub struct UnknownPrompt;

/// For a stored request: a set is its bits.
pub(super) fn serialize<S: Serializer>(
    set: &EnumSet<Prompt>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_u8(set.as_repr())
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<EnumSet<Prompt>, D::Error> {
    Ok(EnumSet::from_repr_truncated(u8::deserialize(deserializer)?))
}
