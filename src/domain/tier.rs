//! The three data tiers, and the choice to show none of them.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::word::words;

/// A data tier. Each contains the one below it: `Low < Medium < High`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Who someone is: name and e-mail address.
    Low,
    /// And where and how they are reached and pay.
    Medium,
    /// And what they are like, and what may be done with it.
    High,
}

impl Tier {
    /// All tiers, lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The word used in forms, documents and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a consumer logs in with: a tier, or nothing but a pairwise subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "&'static str", try_from = "String")]
pub enum TierChoice {
    /// No data at all.
    Anonymous,
    /// The profile of this tier.
    Tier(Tier),
}

impl TierChoice {
    /// All choices, the most reticent first.
    pub const ALL: [Self; 4] = [
        Self::Anonymous,
        Self::Tier(Tier::Low),
        Self::Tier(Tier::Medium),
        Self::Tier(Tier::High),
    ];

    /// The word used in forms, documents and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::Tier(tier) => tier.as_str(),
        }
    }

    /// The tier, if it is one.
    #[must_use]
    pub const fn tier(self) -> Option<Tier> {
        match self {
            Self::Anonymous => None,
            Self::Tier(tier) => Some(tier),
        }
    }
}

impl From<TierChoice> for &'static str {
    fn from(choice: TierChoice) -> Self {
        choice.as_str()
    }
}

words!(UnknownTier: TierChoice);

impl TryFrom<String> for TierChoice {
    type Error = UnknownTier;

    fn try_from(text: String) -> Result<Self, UnknownTier> {
        text.parse()
    }
}

/// The text names no tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not one of anonymous, low, medium, high")]
pub struct UnknownTier;
