//! What somebody wants changed of an agreement, as a form says it.

use super::assembly::choice_with;
use crate::domain::negotiation::Choice;
use crate::domain::retention::{CountsFrom, Retention};
use crate::domain::tier::TierChoice;
use crate::service::grants::{GrantView, Wanted};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// What someone wants changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    /// Another tier.
    pub(super) tier: Option<TierChoice>,
    /// Another limit; the inner `None` is as long as plan and profile allow.
    pub(super) retention: Option<Option<Retention>>,
    /// From when on it counts.
    pub(super) counts_from: Option<CountsFrom>,
}

impl Wish {
    /// Reads a form; `None` if it says something that is not on offer.
    pub(super) fn read(params: &Params, offered: &[Retention]) -> Option<Self> {
        if params
            .duplicate(["tier", "retention", "counts_from", "agreed", "seen"])
            .is_some()
        {
            return None;
        }
        let tier = match params.get("tier") {
            Some(text) => Some(text.parse().ok()?),
            None => None,
        };
        let has_retention = params.iter().any(|(name, _)| name == "retention");
        let retention = match params.get("retention") {
            Some(text) => Some(Some(
                text.parse()
                    .ok()
                    .filter(|period| offered.contains(period))?,
            )),
            None => has_retention.then_some(None),
        };
        let counts_from = match params.get("counts_from") {
            Some(text) => Some(text.parse().ok()?),
            None => None,
        };
        let says = tier.is_some() || retention.is_some() || counts_from.is_some();
        says.then_some(Self {
            tier,
            retention,
            counts_from,
        })
    }

    /// What that is of an agreement. Without another tier, what was agreed stays.
    pub(super) fn wanted(&self, consumer: &Consumer, view: &GrantView) -> Wanted {
        let choice = self.choice(consumer, view);
        match self.tier {
            Some(_) => Wanted::Choice(choice),
            None => Wanted::Time {
                limit: choice.retention,
                counts_from: choice.counts_from,
            },
        }
    }

    /// The choice that leads there.
    pub(super) fn choice(&self, consumer: &Consumer, view: &GrantView) -> Choice {
        let tier = self.tier.unwrap_or(view.grant.terms.tier);
        let choice = if self.tier.is_some() {
            choice_with(consumer, view, tier)
        } else {
            view.grant.terms.choice()
        };
        Choice {
            retention: self.retention.unwrap_or(choice.retention),
            counts_from: self.counts_from.unwrap_or(choice.counts_from),
            ..choice
        }
    }
}
