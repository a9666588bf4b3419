//! How far a client may be let in at most, whatever the consumer chooses:
//! one that nobody vouches for could be anybody.

use enumset::EnumSet;

use super::Terms;
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::profile::Profiles;
use crate::domain::tier::TierChoice;

/// The most that a client may be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling(Option<TierChoice>);

impl Ceiling {
    /// No more than the consumer chooses.
    pub const NONE: Self = Self(None);

    /// No more than the profile of this tier.
    #[must_use]
    pub const fn at(most: TierChoice) -> Self {
        Self(Some(most))
    }

    /// The highest tier, if there is one.
    #[must_use]
    pub const fn tier(self) -> Option<TierChoice> {
        self.0
    }

    /// Whether a tier may be chosen.
    #[must_use]
    pub fn allows(self, tier: TierChoice) -> bool {
        self.0.is_none_or(|most| tier <= most)
    }

    /// The claims that may be released, by their places in the consumer's profiles.
    #[must_use]
    pub fn claims(self, profiles: &Profiles) -> EnumSet<Claim> {
        self.0.map_or(EnumSet::all(), |most| profiles.claims(most))
    }

    /// The permissions that may be given.
    pub(super) fn permissions(self, profiles: &Profiles) -> EnumSet<Permission> {
        self.0
            .map_or(EnumSet::all(), |most| profiles.permissions(most))
    }

    /// Whether terms that were agreed before are below it still. At the ceiling
    /// itself, an item that was added to the tier is above it.
    #[must_use]
    pub fn covers(self, terms: &Terms) -> bool {
        let below = self.0 != Some(terms.tier);
        self.allows(terms.tier) && (below || terms.added.is_empty())
    }
}
