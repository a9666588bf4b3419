//! `/account/profiles`: the three profiles, as water levels.
//!
//! # The form
//! Posted to `/account/profiles`; fields `csrf`, `placement-{claim}` and
//! `permission-{permission}` (`low`, `medium`, `high` or `never`), and
//! `retention-{tier}` (an ISO 8601 period).

use askama::Template;

use super::overview::Done;
use crate::domain::attribute::Source;
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::profile::Placement;
use crate::domain::retention::Retention;
use crate::domain::tier::Tier;
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::web::page::Shell;

/// The page.
#[derive(Clone, Template)]
#[template(path = "profiles.html")]
pub struct ProfilesPage {
    /// Around it.
    pub shell: Shell,
    /// What to say about what was just done.
    pub done: Option<Done>,
    /// Every claim of the catalogue, in its order.
    pub attributes: Vec<AttributeRow>,
    /// Every permission, in order, and where it is placed.
    pub permissions: Vec<(Permission, Placement)>,
    /// The longest retention that each tier allows, lowest first.
    pub retention: Vec<(Tier, Retention)>,
}

/// A claim, what the account holds for it, and where it starts to appear.
#[derive(Clone)]
pub struct AttributeRow {
    /// Which.
    pub claim: Claim,
    /// From which tier.
    pub placement: Placement,
    /// What is held, if anything.
    pub held: Option<HeldValue>,
}

/// An attribute as it is held.
#[derive(Clone)]
pub struct HeldValue {
    /// The value, as people write it; lines are parted by `\n`.
    pub value: String,
    /// Where it came from.
    pub source: Source,
    /// When someone last said that it is right.
    pub confirmed_at: Timestamp,
    /// When it was proven to be right.
    pub verified_at: Option<Timestamp>,
}

/// The periods that a profile may allow.
const PERIODS: [&str; 10] = [
    "P1D", "P7D", "P14D", "P1M", "P2M", "P3M", "P6M", "P1Y", "P2Y", "P5Y",
];

impl ProfilesPage {
    /// The bands of the page: each placement with what starts there.
    #[must_use]
    pub fn bands(&self) -> Vec<(Placement, Vec<&AttributeRow>)> {
        Placement::ALL
            .into_iter()
            .map(|placement| {
                let rows = self
                    .attributes
                    .iter()
                    .filter(|row| row.placement == placement)
                    .collect();
                (placement, rows)
            })
            .collect()
    }

    /// Every placement, for the selects.
    #[must_use]
    pub fn placements(&self) -> [Placement; 4] {
        Placement::ALL
    }

    /// The longest retention of the tier in which a placement starts.
    #[must_use]
    pub fn retention_of(&self, placement: &Placement) -> Option<(Tier, Retention)> {
        self.retention
            .iter()
            .find(|(tier, _)| Some(*tier) == placement.tier())
            .copied()
    }

    /// The periods to choose from, and whether each is the current one; one
    /// that is not among them comes first.
    #[must_use]
    pub fn periods(&self, current: &Retention) -> Vec<(Retention, bool)> {
        let usual = PERIODS.iter().filter_map(|period| period.parse().ok());
        let mut all: Vec<Retention> = usual.collect();
        if !all.contains(current) {
            all.insert(0, *current);
        }
        all.into_iter()
            .map(|period| (period, period == *current))
            .collect()
    }
}
