//! Data plans, and what they come to when they are negotiated.

use enumset::EnumSet;
use sluis::domain::negotiation::{Ceiling, Choice, Terms, negotiate};
use sluis::domain::plan::{MAX_PURPOSES, Plan, Purpose};
use sluis::domain::profile::Profiles;
use sluis::domain::tier::TierChoice;

use super::parties::NOW;

pub(super) fn judge(input: &str) -> bool {
    let plan = match Plan::parse(input) {
        Ok(plan) => plan,
        Err(problems) => {
            assert!(!problems.is_empty());
            assert!(
                problems
                    .iter()
                    .all(|problem| !problem.to_string().is_empty())
            );
            return false;
        }
    };
    assert!((1..=MAX_PURPOSES).contains(&plan.purposes().len()));
    let written = plan.to_json();
    let again = Plan::parse(&written).expect("what was written");
    assert_eq!(again, plan);
    assert_eq!(again.to_json(), written, "one plan has one document");
    for advice in plan.lint() {
        assert!(plan.purpose(&advice.purpose).is_some());
    }
    let mut lower = EnumSet::empty();
    for tier in TierChoice::ALL {
        for everything in [false, true] {
            let mut choice = Choice::of(tier);
            if everything {
                choice.purposes = plan.purposes().iter().map(|one| one.id.clone()).collect();
                let on = |one: &Purpose| (one.id.clone(), one.permissions);
                choice.permissions = plan.purposes().iter().map(on).collect();
            }
            let profiles = Profiles::default();
            let all = EnumSet::all();
            let outcome = negotiate(&plan, &profiles, all, Ceiling::NONE, &choice, NOW);
            let Some(terms) = outcome.terms() else {
                continue;
            };
            check_terms(&plan, &profiles, tier, &terms);
            if !everything {
                let claims = terms.all_claims();
                assert!(lower.is_subset(claims), "a higher tier never yields less");
                lower = claims;
            }
        }
    }
    true
}

/// `product.md` section 5, rules 1, 2, 3 and 7.
fn check_terms(plan: &Plan, profiles: &Profiles, tier: TierChoice, terms: &Terms) {
    assert!(terms.all_claims().is_subset(profiles.claims(tier)));
    for agreed in &terms.purposes {
        let purpose = plan.purpose(&agreed.id).expect("one of the plan's");
        assert!(agreed.claims.is_subset(purpose.all_claims()));
        assert!(agreed.permissions.is_subset(purpose.permissions));
        assert!(agreed.permissions.is_subset(profiles.permissions(tier)));
        assert!(agreed.retention.end(NOW) <= purpose.retention.end(NOW));
        if let Some(tier) = tier.tier() {
            let most = profiles.retention(tier, NOW).end(NOW);
            assert!(agreed.retention.end(NOW) <= most);
        }
    }
}
