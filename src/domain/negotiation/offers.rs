//! Whether an offer stands for terms. It is told from the terms, after they
//! are made: no offer ever changes what is agreed.

use enumset::EnumSet;

use super::super::claim::Claim;
use super::super::permission::Permission;
use super::super::plan::{Offer, Plan, PurposeId};
use super::super::retention::Retention;
use super::super::tier::{Tier, TierChoice};
use super::super::time::Timestamp;
use super::{AgreedPurpose, Terms};

/// For what something is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferFor {
    /// A purpose.
    Purpose(PurposeId),
    /// The choice of a profile, or of a higher one.
    Tier(Tier),
}

/// Something that a plan offers, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise<'a> {
    /// For what.
    pub of: OfferFor,
    /// What, and the least that it takes.
    pub offer: &'a Offer,
    /// The longest that the business asks to keep anything for it: an offer
    /// takes no more, on whichever calendar.
    longest: Option<Retention>,
}

/// Whether an offer stands.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OfferStanding {
    /// It does.
    Stands,
    /// It does not, for this is lacking. Never empty.
    Falls(Vec<Shortfall>),
}

impl OfferStanding {
    /// Whether it does.
    #[must_use]
    pub const fn stands(&self) -> bool {
        matches!(self, Self::Stands)
    }
}

/// One thing that an offer takes, and that the terms do not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortfall {
    /// The purpose itself.
    Purpose,
    /// This profile, or a higher one.
    Tier(Tier),
    /// The claim.
    Claim(Claim),
    /// The permission or the channel.
    Permission(Permission),
    /// This much time.
    Retention(Retention),
}

/// All that a plan offers: for its purposes, then for profiles.
pub fn promises(plan: &Plan) -> impl Iterator<Item = Promise<'_>> {
    let for_purposes = plan.purposes().iter().filter_map(|purpose| {
        Some(Promise {
            of: OfferFor::Purpose(purpose.id.clone()),
            offer: purpose.offer.as_ref()?,
            longest: Some(purpose.retention),
        })
    });
    let for_tiers = plan.tier_offers().iter().map(|offered| Promise {
        of: OfferFor::Tier(offered.tier),
        offer: &offered.offer,
        longest: longest(plan),
    });
    for_purposes.chain(for_tiers)
}

fn longest(plan: &Plan) -> Option<Retention> {
    let epoch = Timestamp::from_seconds(0);
    let periods = plan.purposes().iter().map(|purpose| purpose.retention);
    periods.max_by_key(|period| period.end(epoch))
}

/// Whether an offer stands for terms. Terms that give more never make one fall,
/// and terms that give less never make one stand.
pub fn stands(promise: &Promise<'_>, terms: &Terms) -> OfferStanding {
    let agreed: Vec<&AgreedPurpose> = match &promise.of {
        OfferFor::Purpose(id) => terms.purpose(id).into_iter().collect(),
        OfferFor::Tier(_) => terms.purposes.iter().collect(),
    };
    let least = promise.offer.at_least;
    let mut lacking = Vec::new();
    match promise.of {
        // Without it, there is nothing that the rest could be lacking in.
        OfferFor::Purpose(_) if agreed.is_empty() => {
            return OfferStanding::Falls(vec![Shortfall::Purpose]);
        }
        OfferFor::Tier(tier) if terms.tier < TierChoice::Tier(tier) => {
            lacking.push(Shortfall::Tier(tier));
        }
        OfferFor::Purpose(_) | OfferFor::Tier(_) => {}
    }
    let claims = agreed
        .iter()
        .fold(EnumSet::empty(), |all, one| all | one.claims);
    let switches = agreed
        .iter()
        .fold(EnumSet::empty(), |all, one| all | one.permissions);
    lacking.extend((least.claims - claims).iter().map(Shortfall::Claim));
    lacking.extend(
        (least.switches() - switches)
            .iter()
            .map(Shortfall::Permission),
    );
    if let Some(period) = least.retention {
        let needed = promise
            .longest
            .map_or(period, |longest| period.shorter(longest, terms.since));
        let kept = |one: &&AgreedPurpose| one.retention.end(terms.since) >= needed.end(terms.since);
        if !agreed.iter().any(kept) {
            lacking.push(Shortfall::Retention(period));
        }
    }
    if lacking.is_empty() {
        OfferStanding::Stands
    } else {
        OfferStanding::Falls(lacking)
    }
}
