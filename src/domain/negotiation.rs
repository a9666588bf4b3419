//! The rule at the heart: `grant = plan ∩ profile(tier) ∩ choice`
//! (`product.md` section 5).
//!
//! [`negotiate`] is the only place that decides what may be agreed. Consent
//! page, tokens, UserInfo, account pages and receipts all show its [`Terms`].

use std::collections::{BTreeMap, BTreeSet};

use enumset::EnumSet;

use super::claim::Claim;
use super::permission::Permission;
use super::plan::{Plan, Purpose, PurposeId};
use super::profile::Profiles;
use super::retention::{CountsFrom, Retention};
use super::tier::{Tier, TierChoice};
use super::time::Timestamp;

mod ceiling;
mod less;
mod offers;
mod terms;
#[cfg(test)]
mod tests;

pub use ceiling::{Ceiling, Closed};
pub use offers::{OfferFor, OfferStanding, Promise, Shortfall, promises, stands};
pub use terms::{AgreedPurpose, Terms};

/// What a consumer answers to a plan. Everything that is not said is off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The profile to log in with.
    pub tier: TierChoice,
    /// The optional purposes that were switched on.
    pub purposes: BTreeSet<PurposeId>,
    /// The processing and contact channels that were switched on, per purpose.
    /// An entry, even an empty one, says precisely which. Without one, the
    /// switch of an optional purpose with a single permission is that of the
    /// permission.
    pub permissions: BTreeMap<PurposeId, EnumSet<Permission>>,
    /// Claims of the tier that this business does not get.
    pub withheld: EnumSet<Claim>,
    /// Claims outside the tier that this business gets all the same.
    pub added: EnumSet<Claim>,
    /// The longest that the business may keep anything; as long as plan and
    /// profile allow when not said.
    pub retention: Option<Retention>,
    /// From when on that counts.
    pub counts_from: CountsFrom,
}

impl Choice {
    /// A tier and nothing else: every switch off.
    #[must_use]
    pub fn of(tier: TierChoice) -> Self {
        Self {
            tier,
            purposes: BTreeSet::new(),
            permissions: BTreeMap::new(),
            withheld: EnumSet::empty(),
            added: EnumSet::empty(),
            retention: None,
            counts_from: CountsFrom::default(),
        }
    }

    /// Whether the consumer switched a purpose on, by itself or through one
    /// of its permissions.
    #[must_use]
    pub fn wants(&self, purpose: &Purpose) -> bool {
        self.purposes.contains(&purpose.id) || !self.switched_on(purpose).is_empty()
    }

    /// The permissions of a purpose whose switches are on.
    fn switched_on(&self, purpose: &Purpose) -> EnumSet<Permission> {
        let one_switch = !purpose.required && purpose.permissions.len() == 1;
        match self.permissions.get(&purpose.id) {
            Some(chosen) => *chosen & purpose.permissions,
            None if one_switch && self.purposes.contains(&purpose.id) => purpose.permissions,
            None => EnumSet::empty(),
        }
    }
}

/// What came of a choice.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// These terms.
    Agreed(Terms),
    /// Some purpose that is required, or was switched on, lacks something.
    Unmet(Vec<Unmet>),
    /// The tier is above the ceiling ([`Ceiling::closes`] says why).
    TooHigh,
}

impl Outcome {
    /// The terms, if there are any.
    #[must_use]
    pub fn terms(self) -> Option<Terms> {
        match self {
            Self::Agreed(terms) => Some(terms),
            Self::Unmet(_) | Self::TooHigh => None,
        }
    }
}

/// A purpose that cannot be met, and precisely why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// Which.
    pub purpose: PurposeId,
    /// Whether the login stops without it.
    pub required: bool,
    /// What is missing. Never empty.
    pub missing: Vec<Missing>,
}

/// One thing that a purpose lacks, and what would mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// The claim is not in the chosen tier. `from` is the lowest that has it.
    NotInTier {
        /// The claim.
        claim: Claim,
        /// The lowest tier that has it, if one does.
        from: Option<Tier>,
    },
    /// The account holds no value for it.
    NotFilledIn {
        /// The claim.
        claim: Claim,
    },
    /// The consumer kept it back.
    Withheld {
        /// The claim.
        claim: Claim,
    },
    /// The claim is above the client's ceiling: nothing adds it here.
    AboveCeiling {
        /// The claim.
        claim: Claim,
        /// Why it is.
        closed: Closed,
    },
    /// The permission is above the client's ceiling.
    PermissionAboveCeiling {
        /// The permission.
        permission: Permission,
        /// Why it is.
        closed: Closed,
    },
    /// The permission is not in the chosen tier.
    PermissionNotInTier {
        /// The permission.
        permission: Permission,
        /// The lowest tier that has it, if one does.
        from: Option<Tier>,
    },
    /// A purpose with several permissions was switched on, but none of them.
    NoPermissionChosen,
}

/// Decides what comes of a choice. Pure: the same input gives the same terms,
/// on the consent page, in a token and in a receipt.
///
/// - `held` are the claims for which the account has a value.
/// - `ceiling` is the most that the client may be granted.
/// - `now` is when retention starts to run.
///
/// Costs no allocation beyond its result.
pub fn negotiate(
    plan: &Plan,
    profiles: &Profiles,
    held: EnumSet<Claim>,
    ceiling: Ceiling,
    choice: &Choice,
    now: Timestamp,
) -> Outcome {
    if !ceiling.allows(choice.tier) {
        return Outcome::TooHigh;
    }
    let table = Table::lay(profiles, held, ceiling, choice, now);
    let wanted = || {
        plan.purposes()
            .iter()
            .filter(|purpose| purpose.required || choice.wants(purpose))
    };
    let unmet: Vec<Unmet> = wanted()
        .filter_map(|purpose| table.unmet(purpose))
        .collect();
    if !unmet.is_empty() {
        return Outcome::Unmet(unmet);
    }
    Outcome::Agreed(Terms {
        tier: choice.tier,
        purposes: wanted().map(|purpose| table.agree(purpose)).collect(),
        since: now,
        retention_limit: choice.retention,
        counts_from: choice.counts_from,
        withheld: choice.withheld,
        // An item is added for what this plan asks: one that asks for more
        // later must ask anew.
        added: table.added & plan.used_claims(),
        offline: false,
        asked: EnumSet::empty(),
        named: BTreeSet::new(),
    })
}

impl Choice {
    /// Whether it gives what the medium profile does not hold: the high one, or
    /// an item of it, or one that is in none. That takes somebody who was here a
    /// moment ago, whatever the profile is called.
    #[must_use]
    pub fn gives_most(&self, profiles: &Profiles) -> bool {
        let medium = profiles.claims(TierChoice::Tier(Tier::Medium));
        self.tier == TierChoice::Tier(Tier::High)
            || self.tier != TierChoice::Anonymous && !(self.added - medium).is_empty()
    }
}

/// The longest that a profile and its owner allow, if either says so.
fn longest(
    profiles: &Profiles,
    tier: TierChoice,
    chosen: Option<Retention>,
    now: Timestamp,
) -> Option<Retention> {
    let allowed = tier.tier().map(|tier| profiles.retention(tier, now));
    match (allowed, chosen) {
        (Some(allowed), Some(chosen)) => Some(allowed.shorter(chosen, now)),
        (allowed, chosen) => allowed.or(chosen),
    }
}

/// What lies on the table once the tier is chosen: computed once per
/// negotiation, so that a purpose costs a few set operations.
struct Table<'a> {
    profiles: &'a Profiles,
    choice: &'a Choice,
    now: Timestamp,
    held: EnumSet<Claim>,
    ceiling: Ceiling,
    in_reach: EnumSet<Claim>,
    added: EnumSet<Claim>,
    permitted: EnumSet<Permission>,
    limit: Option<Retention>,
}

impl<'a> Table<'a> {
    fn lay(
        profiles: &'a Profiles,
        held: EnumSet<Claim>,
        ceiling: Ceiling,
        choice: &'a Choice,
        now: Timestamp,
    ) -> Self {
        let tier_claims = profiles.claims(choice.tier);
        // Anonymous means no data: there is nothing to add an item to.
        let added = match choice.tier {
            TierChoice::Anonymous => EnumSet::empty(),
            TierChoice::Tier(_) => (choice.added - tier_claims) & ceiling.claims(profiles),
        };
        Self {
            profiles,
            choice,
            now,
            held,
            ceiling,
            in_reach: tier_claims | added,
            added,
            permitted: profiles.permissions(choice.tier) & ceiling.permissions(profiles),
            limit: longest(profiles, choice.tier, choice.retention, now),
        }
    }

    fn available(&self) -> EnumSet<Claim> {
        (self.in_reach & self.held) - self.choice.withheld
    }

    fn unmet(&self, purpose: &Purpose) -> Option<Unmet> {
        let chosen = self.choice.switched_on(purpose);
        let lacking = purpose.claims - self.available();
        let beyond = chosen - self.permitted;
        let undecided = !purpose.stands_with(chosen);
        if lacking.is_empty() && beyond.is_empty() && !undecided {
            return None;
        }
        let missing = lacking
            .iter()
            .map(|claim| self.why(claim))
            .chain(beyond.iter().map(|permission| self.why_not(permission)))
            .chain(undecided.then_some(Missing::NoPermissionChosen))
            .collect();
        Some(Unmet {
            purpose: purpose.id.clone(),
            required: purpose.required,
            missing,
        })
    }

    fn why_not(&self, permission: Permission) -> Missing {
        match self.ceiling.closes_permission(permission, self.profiles) {
            Some(closed) => Missing::PermissionAboveCeiling { permission, closed },
            None => Missing::PermissionNotInTier {
                permission,
                from: self.profiles.permission_placement(permission).tier(),
            },
        }
    }

    fn why(&self, claim: Claim) -> Missing {
        if let Some(closed) = self.ceiling.closes_claim(claim, self.profiles) {
            Missing::AboveCeiling { claim, closed }
        } else if self.choice.withheld.contains(claim) && self.in_reach.contains(claim) {
            Missing::Withheld { claim }
        } else if !self.held.contains(claim) {
            Missing::NotFilledIn { claim }
        } else {
            Missing::NotInTier {
                claim,
                from: self.profiles.claim_placement(claim).tier(),
            }
        }
    }

    fn agree(&self, purpose: &Purpose) -> AgreedPurpose {
        let claims = purpose.all_claims() & self.available();
        let permissions = self.choice.switched_on(purpose) & self.permitted;
        let retention = self.limit.map_or(purpose.retention, |limit| {
            purpose.retention.shorter(limit, self.now)
        });
        let holds_something = !claims.is_empty() || !permissions.is_empty();
        AgreedPurpose {
            id: purpose.id.clone(),
            claims,
            permissions,
            retention,
            until: holds_something.then(|| retention.end(self.now)),
        }
    }
}
