//! What the consumer ticked, turned and chose on the consent page.

use std::collections::{BTreeMap, BTreeSet};

use enumset::EnumSet;

use super::Switch;
use crate::domain::claim::Claim;
use crate::domain::house_rules::Answers;
use crate::domain::negotiation::{AgreedPurpose, Choice, Terms};
use crate::domain::permission::Permission;
use crate::domain::plan::{Plan, Purpose, PurposeId};
use crate::domain::profile::Profiles;
use crate::domain::retention::{CountsFrom, Retention};
use crate::domain::tier::TierChoice;
use crate::web::params::Params;

/// What is ticked. Nothing, unless the consumer ticked it: on the page, in the
/// agreement that there is already, or by their house rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::pages) struct Ticks {
    /// The profile.
    pub(in crate::pages) tier: Option<TierChoice>,
    /// The items that depart from it.
    pub(in crate::pages) claims: EnumSet<Claim>,
    /// The names of the switches that are on.
    pub(in crate::pages) switches: BTreeSet<String>,
    /// How long at most.
    pub(in crate::pages) retention: Option<Retention>,
    /// From when on that counts.
    pub(in crate::pages) counts_from: CountsFrom,
}

/// What a form said, and what of it is not to be understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Read {
    /// What is ticked.
    pub(super) ticks: Ticks,
    /// Whether the retention is not one of those on offer.
    pub(super) retention_wrong: bool,
}

/// A tick that is not plainly one. Consent has to be unambiguous
/// (GDPR art. 4(11)), so nothing is made of it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ambiguous;

impl Ticks {
    /// Reads a form. What is not of this plan is passed over.
    pub(super) fn read(
        params: &Params,
        plan: &Plan,
        profiles: &Profiles,
        offered: &[Retention],
    ) -> Result<Read, Ambiguous> {
        let asked = plan.used_claims();
        let mut claims = EnumSet::empty();
        for claim in Claim::all() {
            if is_on(params, &format!("claim-{claim}"))? && asked.contains(claim) {
                claims.insert(claim);
            }
        }
        let mut switches = BTreeSet::new();
        for purpose in plan.purposes() {
            for switch in Switch::of(purpose, profiles, &BTreeSet::new()) {
                if is_on(params, &switch.id)? {
                    switches.insert(switch.id);
                }
            }
        }
        let once = ["tier", "retention", "counts_from", "answer"];
        if params.duplicate(once).is_some() {
            return Err(Ambiguous);
        }
        let counts_from = match params.get("counts_from") {
            Some(text) => text.parse().map_err(|_| Ambiguous)?,
            None => CountsFrom::default(),
        };
        let period = params.get("retention");
        let retention = period
            .and_then(|text| text.parse().ok())
            .filter(|period| offered.contains(period));
        Ok(Read {
            ticks: Self {
                tier: params.get("tier").and_then(|tier| tier.parse().ok()),
                claims,
                switches,
                retention,
                counts_from,
            },
            retention_wrong: period.is_some() && retention.is_none(),
        })
    }

    /// What was agreed before, to start from when more is asked. A switch of
    /// a purpose that has grown since is off: what it says now was not agreed.
    pub(in crate::pages) fn of_terms(
        terms: &Terms,
        before: Option<&Plan>,
        plan: &Plan,
        profiles: &Profiles,
    ) -> Self {
        let grown = before.map_or_else(Vec::new, |before| terms.asked_anew(before, plan));
        let agreed = |purpose: &Purpose| {
            terms.purpose(&purpose.id).filter(|agreed| {
                !has_grown(purpose, agreed) && grown.iter().all(|it| it.after.id != purpose.id)
            })
        };
        let mut switches = BTreeSet::new();
        for purpose in plan.purposes() {
            let Some(agreed) = agreed(purpose) else {
                continue;
            };
            for switch in Switch::of(purpose, profiles, &BTreeSet::new()) {
                if switch
                    .permission
                    .is_none_or(|permission| agreed.permissions.contains(permission))
                {
                    switches.insert(switch.id);
                }
            }
        }
        let mut departures = (terms.withheld | terms.added) & plan.used_claims();
        if before.is_some() {
            // What the profile did not hold then, and does by now, was neither
            // agreed nor is it asked: it is kept back until somebody says so.
            let asked = grown.iter().fold(EnumSet::empty(), |all, grown| {
                all | grown.claims() | grown.needed()
            });
            let required = plan.purposes().iter().filter(|purpose| purpose.required);
            let needed = required.fold(asked, |all, purpose| all | purpose.claims);
            let in_reach = profiles.claims(terms.tier) & plan.used_claims();
            departures |= in_reach - terms.all_claims() - needed;
        }
        Self {
            tier: Some(terms.tier),
            claims: departures,
            switches,
            retention: terms.retention_limit,
            counts_from: terms.counts_from,
        }
    }

    /// What the consumer's house rules say: what they do not name is off.
    pub(in crate::pages) fn of_rules(rules: &Answers, plan: &Plan, profiles: &Profiles) -> Self {
        let mut switches = BTreeSet::new();
        for purpose in plan.purposes() {
            for switch in Switch::of(purpose, profiles, &BTreeSet::new()) {
                if rules.turn_on(&purpose.id, switch.permission) {
                    switches.insert(switch.id);
                }
            }
        }
        Self {
            tier: rules.tier(),
            claims: EnumSet::empty(),
            switches,
            retention: rules.limit,
            // A rule names no other start, and nothing but the consumer moves it.
            counts_from: CountsFrom::default(),
        }
    }

    /// The fields with which a form says all of this.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let on = |name: String| (name, "on".to_owned());
        let claims = self.claims.iter().map(|claim| on(format!("claim-{claim}")));
        let switches = self.switches.iter().cloned().map(on);
        let tier = self.tier.map(|tier| ("tier".to_owned(), tier.to_string()));
        let retention = self
            .retention
            .map(|period| ("retention".to_owned(), period.to_string()));
        tier.into_iter()
            .chain(retention)
            .chain(claims)
            .chain(switches)
            .collect()
    }

    /// What remains when the plan has changed under the page: whatever does
    /// not depend on what the purposes say.
    pub(super) fn on_another_plan(self) -> Self {
        Self {
            tier: self.tier,
            retention: self.retention,
            counts_from: self.counts_from,
            ..Self::default()
        }
    }

    /// The choice that these ticks make with a tier.
    pub(in crate::pages) fn choice(
        &self,
        tier: TierChoice,
        plan: &Plan,
        profiles: &Profiles,
    ) -> Choice {
        let of_tier = profiles.claims(tier);
        let departures = match tier {
            TierChoice::Anonymous => EnumSet::empty(),
            TierChoice::Tier(_) => self.claims,
        };
        let mut purposes = BTreeSet::new();
        let mut permissions: BTreeMap<PurposeId, EnumSet<Permission>> = BTreeMap::new();
        for purpose in plan.purposes() {
            for switch in Switch::of(purpose, profiles, &self.switches) {
                match switch.permission {
                    _ if !switch.on => {}
                    None => {
                        purposes.insert(purpose.id.clone());
                    }
                    Some(permission) => {
                        *permissions.entry(purpose.id.clone()).or_default() |= permission;
                    }
                }
            }
        }
        Choice {
            tier,
            purposes,
            permissions,
            withheld: departures & of_tier,
            added: departures - of_tier,
            retention: self.retention,
            counts_from: self.counts_from,
        }
    }
}

fn has_grown(purpose: &Purpose, agreed: &AgreedPurpose) -> bool {
    !purpose.claims.is_subset(agreed.claims)
}

/// A box says `on` or is not there.
fn is_on(params: &Params, name: &str) -> Result<bool, Ambiguous> {
    let mut values = params
        .iter()
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (None, _) => Ok(false),
        (Some("on"), None) => Ok(true),
        _ => Err(Ambiguous),
    }
}
