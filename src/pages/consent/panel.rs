//! What each choice of a tier would release, and each claim by itself.

use super::Return;
use crate::domain::claim::Claim;
use crate::domain::negotiation::{self, Closed, Missing};
use crate::domain::plan::{Plan, PurposeId};
use crate::domain::profile::Placement;
use crate::domain::retention::Retention;
use crate::domain::tier::{Tier, TierChoice};
use crate::i18n::Texts;

/// What happens with a choice.
#[derive(Clone)]
pub struct TierPanel {
    /// Which.
    pub choice: TierChoice,
    /// Whether the consumer chose it: on this page before, in the grant that
    /// is being changed, or by their house rules. Never otherwise.
    pub chosen: bool,
    /// Whether it is the house rules that name it.
    pub by_rules: bool,
    /// Why it cannot be chosen here, if it cannot.
    pub too_high: Option<Closed>,
    /// What would be released, with the consumer's own values.
    pub values: Vec<OwnValue>,
    /// What would be released as well, were the optional purposes on that ask
    /// for it.
    pub values_if_on: Vec<OwnValue>,
    /// What this choice cannot meet as it stands.
    pub unmet: Vec<Unmet>,
    /// How long the business may keep it at most; `None` where there is
    /// nothing to keep.
    pub retention: Option<Retention>,
    /// What people get for choosing it or a lower one, and what they would get
    /// for a higher one.
    pub returns: Vec<Return>,
    /// The lowest higher tier that meets every required purpose.
    pub next: Option<Tier>,
}

impl TierPanel {
    /// A choice that is not available.
    pub(super) const fn too_high(choice: TierChoice, closed: Option<Closed>) -> Self {
        Self {
            choice,
            chosen: false,
            by_rules: false,
            too_high: closed,
            values: Vec::new(),
            values_if_on: Vec::new(),
            unmet: Vec::new(),
            retention: None,
            returns: Vec::new(),
            next: None,
        }
    }
}

/// A claim and what the consumer's own value of it is.
#[derive(Clone)]
pub struct OwnValue {
    /// The claim.
    pub claim: Claim,
    /// Its value, as people write it; lines are parted by `\n`.
    pub value: String,
}

/// A purpose that cannot be met: a required one, or one that was switched on.
#[derive(Clone)]
pub struct Unmet {
    /// Which.
    pub id: PurposeId,
    /// Its title.
    pub title: String,
    /// Whether the login stops without it.
    pub required: bool,
    /// What is missing. Never empty.
    pub missing: Vec<Missing>,
}

impl Unmet {
    /// What a negotiation found, with the title of the purpose in the plan.
    #[must_use]
    pub fn new(unmet: &negotiation::Unmet, plan: &Plan, texts: Texts) -> Self {
        let title = plan
            .purpose(&unmet.purpose)
            .map_or_else(String::new, |purpose| {
                purpose.title.get(texts.language()).to_owned()
            });
        Self {
            id: unmet.purpose.clone(),
            title,
            required: unmet.required,
            missing: unmet.missing.clone(),
        }
    }

    /// The claims that it lacks.
    #[must_use]
    pub fn claims(&self) -> Vec<Claim> {
        self.missing.iter().filter_map(claim_of).collect()
    }
}

fn claim_of(missing: &Missing) -> Option<Claim> {
    match missing {
        Missing::NotInTier { claim, .. }
        | Missing::AboveCeiling { claim, .. }
        | Missing::NotFilledIn { claim }
        | Missing::Withheld { claim } => Some(*claim),
        Missing::PermissionNotInTier { .. }
        | Missing::PermissionAboveCeiling { .. }
        | Missing::NoPermissionChosen => None,
    }
}

/// A claim that the plan names, and what the consumer may do with it.
#[derive(Clone)]
pub struct AskedClaim {
    /// Which.
    pub claim: Claim,
    /// The consumer's own value; `None` when the account has none.
    pub value: Option<String>,
    /// From which tier the consumer's profiles have it.
    pub placement: Placement,
    /// Titles of the purposes that it serves.
    pub purposes: Vec<String>,
    /// Whether a required purpose cannot do without it.
    pub needed: bool,
    /// Titles of the optional purposes of which one must be on before it goes
    /// along; empty when a required purpose takes it.
    pub only_with: Vec<String>,
    /// Why it cannot go along, whatever is ticked.
    pub too_high: Option<Closed>,
    /// Whether the consumer ticked it on this page before.
    pub ticked: bool,
}
