//! From a plan, a vault and perhaps an answer to what the page shows; and from
//! the form that comes back to a choice. The two must agree, so they live
//! together.

use enumset::EnumSet;

use super::panel::{AskedClaim, OwnValue, TierPanel, Unmet};
use super::purpose::{AskedPurpose, switch_of, switch_of_permission};
use super::{Problem, RetentionChoice};
use crate::domain::attribute::Attributes;
use crate::domain::claim::Claim;
use crate::domain::negotiation::{Choice, Outcome, negotiate};
use crate::domain::plan::{Plan, Purpose};
use crate::domain::profile::Profiles;
use crate::domain::retention::Retention;
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::i18n::Texts;

/// The periods that the page offers, longest first.
const PERIODS: [&str; 9] = [
    "P2Y", "P1Y", "P6M", "P3M", "P2M", "P1M", "P14D", "P7D", "P1D",
];

/// Everything that the question depends on.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// What is asked.
    pub plan: &'a Plan,
    /// The consumer's profiles.
    pub profiles: &'a Profiles,
    /// The consumer's attributes.
    pub attributes: &'a Attributes,
    /// What the consumer answered before, on this page or in the grant that is
    /// being changed: everything that is ticked comes from here.
    pub answer: Option<&'a Choice>,
    /// When.
    pub now: Timestamp,
    /// The language of the page.
    pub texts: Texts,
}

impl Asking<'_> {
    /// The four choices.
    #[must_use]
    pub fn tiers(&self) -> Vec<TierPanel> {
        TierChoice::ALL
            .into_iter()
            .map(|tier| self.tier(tier))
            .collect()
    }

    fn tier(&self, tier: TierChoice) -> TierPanel {
        let answered = self.answer.filter(|answer| answer.tier == tier);
        let choice = answered.cloned().unwrap_or_else(|| Choice::of(tier));
        let added = if tier == TierChoice::Anonymous {
            EnumSet::empty()
        } else {
            choice.added
        };
        let in_reach = (self.profiles.claims(tier) | added) & self.attributes.held();
        let in_reach = in_reach - choice.withheld;
        let always = self.claims_of(|purpose| purpose.required || choice.wants(&purpose.id));
        let if_on = self.claims_of(|purpose| !purpose.required) - always;
        let unmet = self.unmet(&choice);
        TierPanel {
            choice: tier,
            chosen: answered.is_some(),
            values: self.values(in_reach & always),
            values_if_on: self.values(in_reach & if_on),
            next: if unmet.is_empty() {
                None
            } else {
                self.next(tier)
            },
            unmet,
            retention: self.longest(tier),
        }
    }

    fn claims_of(&self, which: impl Fn(&Purpose) -> bool) -> EnumSet<Claim> {
        let purposes = self.plan.purposes().iter().filter(|purpose| which(purpose));
        purposes.fold(EnumSet::empty(), |all, purpose| all | purpose.all_claims())
    }

    fn values(&self, claims: EnumSet<Claim>) -> Vec<OwnValue> {
        claims
            .iter()
            .filter_map(|claim| {
                let value = self.value(claim)?;
                Some(OwnValue { claim, value })
            })
            .collect()
    }

    fn value(&self, claim: Claim) -> Option<String> {
        let attribute = self.attributes.get(claim)?;
        let lines = attribute.value.display_lines(self.texts.language());
        Some(lines.join("\n"))
    }

    fn negotiate(&self, choice: &Choice) -> Outcome {
        let held = self.attributes.held();
        negotiate(self.plan, self.profiles, held, choice, self.now)
    }

    fn unmet(&self, choice: &Choice) -> Vec<Unmet> {
        match self.negotiate(choice) {
            Outcome::Agreed(_) => Vec::new(),
            Outcome::Unmet(unmet) => unmet
                .iter()
                .map(|unmet| Unmet::new(unmet, self.plan, self.texts))
                .collect(),
        }
    }

    /// The lowest higher tier that meets all that is required, with the
    /// switches as they are.
    fn next(&self, tier: TierChoice) -> Option<Tier> {
        Tier::ALL.into_iter().find(|higher| {
            let choice = Choice {
                tier: TierChoice::Tier(*higher),
                ..self.answer.cloned().unwrap_or_else(|| Choice::of(tier))
            };
            TierChoice::Tier(*higher) > tier
                && matches!(self.negotiate(&choice), Outcome::Agreed(_))
        })
    }

    /// The longest that anything could be kept with a tier.
    fn longest(&self, tier: TierChoice) -> Option<Retention> {
        let limit = self.profiles.retention(tier.tier()?, self.now);
        let asked = self.plan.purposes().iter().map(|purpose| purpose.retention);
        let longest = asked.max_by_key(|period| period.end(self.now))?;
        Some(limit.shorter(longest, self.now))
    }

    /// Every claim that the plan names.
    #[must_use]
    pub fn claims(&self) -> Vec<AskedClaim> {
        let asked = self.claims_of(|_| true);
        asked.iter().map(|claim| self.claim(claim)).collect()
    }

    fn claim(&self, claim: Claim) -> AskedClaim {
        let asking: Vec<&Purpose> = self
            .plan
            .purposes()
            .iter()
            .filter(|purpose| purpose.all_claims().contains(claim))
            .collect();
        let titles = |which: &[&Purpose]| {
            let titles = which
                .iter()
                .map(|purpose| format!("“{}”", purpose.title.get(self.texts.language())));
            titles.collect::<Vec<_>>()
        };
        let is_required = asking.iter().any(|purpose| purpose.required);
        AskedClaim {
            claim,
            value: self.value(claim),
            placement: self.profiles.claim_placement(claim),
            needed: asking
                .iter()
                .any(|purpose| purpose.required && purpose.claims.contains(claim)),
            only_with: if is_required {
                Vec::new()
            } else {
                titles(&asking)
            },
            purposes: titles(&asking),
            ticked: self.answer.is_some_and(|answer| {
                answer.withheld.contains(claim) || answer.added.contains(claim)
            }),
        }
    }

    /// Every purpose.
    #[must_use]
    pub fn purposes(&self) -> Vec<AskedPurpose> {
        let purposes = self.plan.purposes().iter();
        purposes
            .map(|purpose| AskedPurpose::new(purpose, self.profiles, self.answer, self.texts))
            .collect()
    }

    /// The retentions to choose from: shorter ones than the longest that any
    /// tier would give.
    #[must_use]
    pub fn retention(&self) -> RetentionChoice {
        let longest = self.longest(TierChoice::Tier(Tier::High));
        let is_shorter = |period: &Retention| {
            longest.is_some_and(|longest| period.end(self.now) < longest.end(self.now))
        };
        let chosen = self.answer.and_then(|answer| answer.retention);
        let mut shorter: Vec<Retention> = PERIODS
            .iter()
            .filter_map(|period| period.parse().ok())
            .filter(is_shorter)
            .collect();
        if let Some(chosen) = chosen.filter(|chosen| !shorter.contains(chosen)) {
            shorter.insert(0, chosen);
        }
        RetentionChoice { shorter, chosen }
    }

    /// What a choice lacks, as the page says it.
    #[must_use]
    pub fn problems(&self, choice: &Choice) -> Vec<Problem> {
        let unmet = self.unmet(choice).into_iter();
        let next = self.next(choice.tier);
        unmet.map(|unmet| Problem::Unmet { unmet, next }).collect()
    }
}

/// The choice in a form: `field` gives what a field holds. What the plan does
/// not ask for is not looked at, so nothing can be slipped in.
pub fn read_choice<'f>(
    plan: &Plan,
    profiles: &Profiles,
    field: impl Fn(&str) -> Option<&'f str>,
) -> Result<Choice, Problem> {
    let tier = field("tier")
        .and_then(|tier| tier.parse().ok())
        .ok_or(Problem::NoTier)?;
    let mut choice = Choice::of(tier);
    choice.retention = match field("retention").unwrap_or_default() {
        "" => None,
        period => Some(period.parse().map_err(|_| Problem::Retention)?),
    };
    let is_on = |name: &str| field(name) == Some("on");
    for purpose in plan.purposes() {
        if !purpose.required && is_on(&switch_of(purpose)) {
            choice.purposes.insert(purpose.id.clone());
        }
        let on: EnumSet<_> = purpose
            .permissions
            .iter()
            .filter(|permission| is_on(&switch_of_permission(purpose, *permission)))
            .collect();
        if !on.is_empty() {
            choice.permissions.insert(purpose.id.clone(), on);
        }
        for claim in purpose.all_claims() {
            if is_on(&format!("claim-{claim}")) {
                let in_tier = profiles.claims(tier).contains(claim);
                let ticked = if in_tier {
                    &mut choice.withheld
                } else {
                    &mut choice.added
                };
                ticked.insert(claim);
            }
        }
    }
    Ok(choice)
}
