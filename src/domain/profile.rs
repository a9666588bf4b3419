//! Profiles: an account's own content of each tier. `low ⊆ medium ⊆ high`
//! holds by construction, since a claim or permission has one lowest tier
//! from which it appears, and a tier's profile is all that appears by then.

use std::collections::BTreeMap;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::claim::Claim;
use super::permission::Permission;
use super::retention::Retention;
use super::tier::{Tier, TierChoice, UnknownTier};
use super::time::Timestamp;
use super::word::words;

/// The lowest tier in which something appears; or none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Placement {
    /// From the low tier up.
    Low,
    /// From the medium tier up.
    Medium,
    /// In the high tier alone.
    High,
    /// In no tier: it can still be added for one business.
    Never,
}

impl Placement {
    /// Every placement, lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Never];

    /// The word in forms.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Never => "never",
        }
    }

    /// The lowest tier that has it.
    #[must_use]
    pub const fn tier(self) -> Option<Tier> {
        match self {
            Self::Low => Some(Tier::Low),
            Self::Medium => Some(Tier::Medium),
            Self::High => Some(Tier::High),
            Self::Never => None,
        }
    }

    /// Whether something that goes there from `before` is given more easily from
    /// then on: without showing again who one is, which the high profile and what
    /// is in none take.
    #[must_use]
    pub const fn unguards(self, before: Self) -> bool {
        matches!(self, Self::Low | Self::Medium) && matches!(before, Self::High | Self::Never)
    }

    fn is_within(self, tier: Tier) -> bool {
        self.tier().is_some_and(|lowest| lowest <= tier)
    }
}

impl From<Tier> for Placement {
    fn from(tier: Tier) -> Self {
        match tier {
            Tier::Low => Self::Low,
            Tier::Medium => Self::Medium,
            Tier::High => Self::High,
        }
    }
}

words!(UnknownTier: Placement);

/// The three profiles of an account, as the differences from those that a new
/// account gets.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profiles {
    #[serde(default)]
    claims: BTreeMap<Claim, Placement>,
    #[serde(default)]
    permissions: BTreeMap<Permission, Placement>,
    #[serde(default)]
    retention: BTreeMap<Tier, Retention>,
}

impl Profiles {
    /// The lowest tier in which a claim appears.
    #[must_use]
    pub fn claim_placement(&self, claim: Claim) -> Placement {
        self.claims
            .get(&claim)
            .copied()
            .unwrap_or_else(|| claim.default_tier().into())
    }

    /// The lowest tier in which a permission appears.
    #[must_use]
    pub fn permission_placement(&self, permission: Permission) -> Placement {
        self.permissions
            .get(&permission)
            .copied()
            .unwrap_or_else(|| permission.default_tier().into())
    }

    /// Whether its owner said where a claim appears.
    #[must_use]
    pub fn places_claim(&self, claim: Claim) -> bool {
        self.claims.contains_key(&claim)
    }

    /// Whether its owner said where a permission appears.
    #[must_use]
    pub fn places_permission(&self, permission: Permission) -> bool {
        self.permissions.contains_key(&permission)
    }

    /// Whether its owner said how long any tier allows.
    #[must_use]
    pub fn limits_retention(&self) -> bool {
        !self.retention.is_empty()
    }

    /// How long the tiers allow that its owner said it of.
    pub fn stated_retention(&self) -> impl Iterator<Item = (Tier, Retention)> {
        self.retention
            .iter()
            .map(|(tier, retention)| (*tier, *retention))
    }

    /// Moves a claim.
    pub fn place_claim(&mut self, claim: Claim, placement: Placement) {
        self.claims.insert(claim, placement);
    }

    /// Moves a permission.
    pub fn place_permission(&mut self, permission: Permission, placement: Placement) {
        self.permissions.insert(permission, placement);
    }

    /// Sets the longest retention that a tier allows.
    pub fn set_retention(&mut self, tier: Tier, retention: Retention) {
        self.retention.insert(tier, retention);
    }

    /// The claims of a tier.
    #[must_use]
    pub fn claims(&self, choice: TierChoice) -> EnumSet<Claim> {
        choice.tier().map_or(EnumSet::empty(), |tier| {
            Claim::all()
                .iter()
                .filter(|claim| self.claim_placement(*claim).is_within(tier))
                .collect()
        })
    }

    /// The permissions that a tier lets a business ask for.
    #[must_use]
    pub fn permissions(&self, choice: TierChoice) -> EnumSet<Permission> {
        choice.tier().map_or(EnumSet::empty(), |tier| {
            Permission::all()
                .iter()
                .filter(|permission| self.permission_placement(*permission).is_within(tier))
                .collect()
        })
    }

    /// The longest retention that a tier allows at `now`: its own, or that of
    /// a lower tier if longer, so that a higher tier never yields less.
    #[must_use]
    pub fn retention(&self, tier: Tier, now: Timestamp) -> Retention {
        Tier::ALL
            .into_iter()
            .filter(|lower| *lower <= tier)
            .map(|lower| self.own_retention(lower))
            .reduce(|longest, next| {
                if next.end(now) > longest.end(now) {
                    next
                } else {
                    longest
                }
            })
            .unwrap_or(Retention::MAX)
    }

    fn own_retention(&self, tier: Tier) -> Retention {
        self.retention
            .get(&tier)
            .copied()
            .unwrap_or_else(|| default_retention(tier))
    }
}

/// The retention that a tier of a new account allows (`product.md` section 4).
#[must_use]
pub fn default_retention(tier: Tier) -> Retention {
    let months = match tier {
        Tier::Low => 1,
        Tier::Medium => 3,
        Tier::High => 6,
    };
    Retention::months(months).unwrap_or(Retention::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::strategies::{config, moment, profiles};
    use super::*;

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn each_tier_contains_the_one_below_it(profiles in profiles(), now in moment()) {
            for pair in TierChoice::ALL.windows(2) {
                prop_assert!(profiles.claims(pair[0]).is_subset(profiles.claims(pair[1])));
                prop_assert!(profiles.permissions(pair[0]).is_subset(profiles.permissions(pair[1])));
            }
            for pair in Tier::ALL.windows(2) {
                let [lower, higher] = [pair[0], pair[1]].map(|tier| profiles.retention(tier, now));
                prop_assert!(lower.end(now) <= higher.end(now));
            }
        }

        #[test]
        fn profiles_survive_the_vault(profiles in profiles()) {
            let text = serde_json::to_string(&profiles).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Profiles>(&text).ok(), Some(profiles));
        }
    }

    #[test]
    fn a_new_account_gets_the_tiers_of_the_product() {
        let profiles = Profiles::default();
        let [low, medium, high] = Tier::ALL.map(TierChoice::Tier);
        assert!(profiles.claims(TierChoice::Anonymous).is_empty());
        assert!(profiles.claims(low).contains(Claim::Email));
        assert!(!profiles.claims(low).contains(Claim::Address));
        let added =
            Claim::Address | Claim::DeliveryAddress | Claim::PhoneNumber | Claim::PaymentAccount;
        assert_eq!(profiles.claims(medium) - profiles.claims(low), added);
        assert_eq!(profiles.claims(high), Claim::all());
        assert!(profiles.permissions(medium).is_empty());
        assert_eq!(profiles.permissions(high), Permission::all());
        let longest = Tier::ALL.map(|tier| default_retention(tier).to_string());
        assert_eq!(longest, ["P1M", "P3M", "P6M"]);
    }

    #[test]
    fn what_is_placed_nowhere_is_in_no_tier() {
        let mut profiles = Profiles::default();
        profiles.place_claim(Claim::Email, Placement::Never);
        profiles.place_permission(Permission::Analytics, Placement::Low);
        let high = TierChoice::Tier(Tier::High);
        assert!(!profiles.claims(high).contains(Claim::Email));
        assert_eq!(
            profiles.permissions(TierChoice::Tier(Tier::Low)),
            Permission::Analytics
        );
    }
}
