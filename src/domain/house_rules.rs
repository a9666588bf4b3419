//! House rules: an account's standing answers (`product.md` section 3).
//!
//! A rule says, for a kind of business, with which profile to log in, for how
//! long, and what is allowed. It fills in the form that a new business would
//! have the consumer fill in, and nothing else: what it makes is a [`Choice`](super::negotiation::Choice),
//! the negotiation stays [`negotiate`](super::negotiation::negotiate), and the consumer presses the button.
//! What a rule does not name is [`Answers::open`]: off, and asked.

use std::collections::BTreeMap;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::business::BusinessSector;
use super::permission::Permission;
use super::profile::Profiles;
use super::retention::Retention;
use super::tier::TierChoice;

mod answers;
mod example;
#[cfg(test)]
mod tests;

pub use answers::{Answers, Asks, Question};
pub use example::example_plan;

/// The rules of an account: at most one for each kind of business. That for
/// [`BusinessSector::Other`] holds for every business whose kind has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HouseRules(BTreeMap<BusinessSector, Rule>);

/// What is answered for one kind of business. A rule may name nothing: then
/// such a business asks everything, also when there is a rule for any other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// The profile to log in with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<TierChoice>,
    /// How long the business may keep anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Keeping>,
    /// The permissions and channels that are answered, each by itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub permissions: BTreeMap<Permission, Standing>,
    /// Whether other purposes that may be refused are. There is no yes to what
    /// a business has yet to think of.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refuses_the_rest: bool,
}

/// A standing answer about one permission or channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// It is allowed.
    Yes,
    /// It is not.
    No,
}

/// A standing answer about retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Keeping {
    /// As long as profile and plan allow.
    Longest,
    /// No longer than this either.
    #[serde(untagged)]
    AtMost(Retention),
}

impl Keeping {
    /// The limit that it puts on a choice.
    #[must_use]
    pub const fn limit(self) -> Option<Retention> {
        match self {
            Self::Longest => None,
            Self::AtMost(limit) => Some(limit),
        }
    }
}

impl HouseRules {
    /// Whether there is no rule.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every rule, in the order of pages.
    pub fn iter(&self) -> impl Iterator<Item = (BusinessSector, &Rule)> {
        self.0.iter().map(|(sector, rule)| (*sector, rule))
    }

    /// The rule that was made for this very kind of business.
    #[must_use]
    pub fn own(&self, sector: BusinessSector) -> Option<&Rule> {
        self.0.get(&sector)
    }

    /// The rule that holds for a business of this kind, and for which kind it
    /// was made.
    #[must_use]
    pub fn of(&self, sector: BusinessSector) -> Option<(BusinessSector, &Rule)> {
        [sector, BusinessSector::Other]
            .into_iter()
            .find_map(|kind| Some((kind, self.own(kind)?)))
    }

    /// Makes a rule, in place of the one that there is.
    pub fn set(&mut self, sector: BusinessSector, rule: Rule) {
        self.0.insert(sector, rule);
    }

    /// Takes a rule away.
    pub fn remove(&mut self, sector: BusinessSector) {
        self.0.remove(&sector);
    }

    /// What the rules say to a business of this kind that asks this; `None`
    /// when there is no rule for it.
    #[must_use]
    pub fn answer(&self, sector: BusinessSector, asks: &Asks<'_>) -> Option<Answers> {
        let (kind, rule) = self.of(sector)?;
        Some(rule.answer(kind, asks))
    }
}

impl Rule {
    /// What it says of a permission, if it names it.
    #[must_use]
    pub fn says(&self, permission: Permission) -> Option<Standing> {
        self.permissions.get(&permission).copied()
    }

    /// The permissions that it answers in this way.
    #[must_use]
    pub fn answered(&self, standing: Standing) -> EnumSet<Permission> {
        self.permissions
            .iter()
            .filter(|(_, said)| **said == standing)
            .map(|(permission, _)| *permission)
            .collect()
    }

    /// The permissions that it gives although the profile that it names does
    /// not have them: there, they stay off.
    #[must_use]
    pub fn beyond_its_tier(&self, profiles: &Profiles) -> EnumSet<Permission> {
        self.tier.map_or(EnumSet::empty(), |tier| {
            self.answered(Standing::Yes) - profiles.permissions(tier)
        })
    }
}
