//! The seven rules of `product.md` section 5. (The sixth, on legal bases, is
//! about what is told, and is tested with the receipts.)

use enumset::EnumSet;
use proptest::prelude::*;

use super::super::{AgreedPurpose, Ceiling, Choice, Missing, Outcome, Terms, negotiate};
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::plan::{Plan, Purpose};
use crate::domain::profile::Profiles;
use crate::domain::strategies::{self, Scene, config, plan, scene};
use crate::domain::tier::TierChoice;
use crate::domain::time::Timestamp;

pub(super) fn outcome(scene: &Scene) -> Outcome {
    negotiate(
        &scene.plan,
        &scene.profiles,
        scene.held,
        Ceiling::NONE,
        &scene.choice,
        scene.now,
    )
}

fn terms(scene: &Scene) -> Option<Terms> {
    outcome(scene).terms()
}

/// Terms, and each agreed purpose beside what the plan says of it.
fn agreed(scene: &Scene) -> Vec<(AgreedPurpose, Purpose)> {
    let purposes = terms(scene).map_or_else(Vec::new, |terms| terms.purposes);
    purposes
        .into_iter()
        .map(|agreed| {
            let declared = scene.plan.purpose(&agreed.id).expect("it is in the plan");
            (agreed, declared.clone())
        })
        .collect()
}

/// What the consumer lets the business have, said without the negotiation.
pub(super) fn within_reach(scene: &Scene) -> EnumSet<Claim> {
    let TierChoice::Tier(tier) = scene.choice.tier else {
        return EnumSet::empty();
    };
    let in_tier = |claim| {
        let lowest = scene.profiles.claim_placement(claim).tier();
        lowest.is_some_and(|lowest| lowest <= tier)
    };
    Claim::all()
        .iter()
        .filter(|claim| in_tier(*claim) || scene.choice.added.contains(*claim))
        .filter(|claim| scene.held.contains(*claim))
        .filter(|claim| !scene.choice.withheld.contains(*claim))
        .collect()
}

/// Whether the consumer's own hand is on the switch of a permission.
fn switched_on(choice: &Choice, purpose: &Purpose, permission: Permission) -> bool {
    match choice.permissions.get(&purpose.id) {
        Some(chosen) => chosen.contains(permission),
        None => purpose.permissions.len() == 1 && choice.purposes.contains(&purpose.id),
    }
}

proptest! {
    #![proptest_config(config())]

    // Rule 1.

    #[test]
    fn what_is_released_is_in_the_plan_and_the_tier_and_not_withheld(scene in scene()) {
        let reach = within_reach(&scene);
        for (agreed, declared) in agreed(&scene) {
            prop_assert_eq!(agreed.claims, declared.all_claims() & reach);
        }
    }

    #[test]
    fn anonymous_releases_and_permits_nothing(mut scene in scene()) {
        scene.choice.tier = TierChoice::Anonymous;
        for (agreed, _) in agreed(&scene) {
            prop_assert!(agreed.claims.is_empty() && agreed.permissions.is_empty());
            prop_assert_eq!(agreed.until, None);
        }
    }

    // Rule 2.

    #[test]
    fn a_claim_goes_with_the_last_purpose_that_carried_it(scene in scene(), gone in 0_usize..5) {
        let Some(mut terms) = terms(&scene) else { return Ok(()) };
        if gone < terms.purposes.len() {
            terms.purposes.remove(gone);
        }
        for claim in Claim::all() {
            let carried = terms.purposes.iter().any(|purpose| {
                purpose.claims.contains(claim) && purpose.until.is_none_or(|end| scene.now < end)
            });
            prop_assert_eq!(terms.claims(scene.now).contains(claim), carried);
            prop_assert_eq!(terms.claims_within(&scene.plan, scene.now).contains(claim), carried);
        }
    }

    #[test]
    fn terms_hold_only_purposes_that_are_required_or_were_switched_on(scene in scene()) {
        for (agreed, declared) in agreed(&scene) {
            let switched = scene.choice.purposes.contains(&agreed.id)
                || declared.permissions.iter().any(|p| switched_on(&scene.choice, &declared, p));
            prop_assert!(declared.required || switched);
        }
    }

    // Rule 3.

    #[test]
    fn retention_is_the_shortest_of_plan_tier_and_choice(scene in scene()) {
        for (agreed, declared) in agreed(&scene) {
            let Some(until) = agreed.until else {
                prop_assert!(agreed.claims.is_empty() && agreed.permissions.is_empty());
                continue;
            };
            let tier = scene.choice.tier.tier().expect("anonymous holds nothing");
            let shortest = [
                Some(declared.retention),
                Some(scene.profiles.retention(tier, scene.now)),
                scene.choice.retention,
            ];
            let shortest = shortest.into_iter().flatten().map(|r| r.end(scene.now)).min();
            prop_assert_eq!(Some(until), shortest);
            prop_assert_eq!(until, agreed.retention.end(scene.now));
        }
    }

    #[test]
    fn nothing_is_released_after_its_time_whatever_the_plan_becomes(
        scene in scene(),
        later in plan(),
        moment in strategies::moment(),
    ) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        let now = moment.max(scene.now);
        let in_time = terms
            .purposes
            .iter()
            .filter(|purpose| purpose.until.is_some_and(|end| now < end))
            .fold(EnumSet::empty(), |all, purpose| all | purpose.claims);
        prop_assert!(terms.claims_within(&later, now).is_subset(in_time));
    }

    #[test]
    fn terms_that_last_longer_are_wider(scene in scene(), days in 1_u64..400) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        for place in 0..terms.purposes.len() {
            let mut longer = terms.clone();
            let Some(until) = longer.purposes[place].until else { continue };
            let more = std::time::Duration::from_secs(days * 86_400);
            longer.purposes[place].until = Some(until.plus(more));
            prop_assert!(longer.is_wider_than(&terms));
        }
    }

    // Rule 4.

    #[test]
    fn a_higher_tier_never_yields_less(scene in scene()) {
        let mut before: Option<Terms> = None;
        for tier in TierChoice::ALL {
            let choice = Choice { tier, ..scene.choice.clone() };
            let terms = terms(&Scene { choice, ..scene.clone() });
            if let Some(before) = before {
                let terms = terms.as_ref().expect("a lower tier met it");
                prop_assert!(!before.is_wider_than(terms), "{before:?} is wider than {terms:?}");
            }
            before = terms;
        }
    }

    #[test]
    fn a_later_plan_never_widens_a_grant(scene in scene(), later in plan(), days in 0_u64..500) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        let now = scene.now.plus(std::time::Duration::from_secs(days * 86_400));
        prop_assert!(terms.claims_within(&later, now).is_subset(terms.claims(now)));
    }

    #[test]
    fn a_narrower_plan_narrows_a_grant_at_once(
        scene in scene(),
        later in plan(),
        days in 0_u64..500,
    ) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        let now = scene.now.plus(std::time::Duration::from_secs(days * 86_400));
        let allowed = terms.purposes.iter().fold(EnumSet::empty(), |all, agreed| {
            let still = later.purpose(&agreed.id);
            let still = still.filter(|purpose| now < purpose.retention.end(scene.now));
            all | still.map_or(EnumSet::empty(), |p| p.all_claims() & agreed.claims)
        });
        prop_assert!(terms.claims_within(&later, now).is_subset(allowed));
    }

    #[test]
    fn a_plan_that_wants_it_shorter_has_it_shorter_at_once(
        scene in scene(),
        shorter in strategies::retention(),
    ) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        let purposes = scene.plan.purposes().iter().cloned();
        let purposes = purposes.map(|purpose| Purpose { retention: shorter, ..purpose });
        let later = Plan::new(purposes.collect()).expect("the same ids");
        let end = shorter.end(scene.now);
        prop_assert!(terms.claims_within(&later, end).is_empty());
        let just_before = Timestamp::from_micros(end.as_micros() - 1);
        prop_assert_eq!(terms.claims_within(&later, just_before), terms.claims(just_before));
    }

    #[test]
    fn a_later_plan_turns_no_switch_on(scene in scene(), later in plan()) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        let choice = terms.choice();
        let next = Scene { plan: later, choice, ..scene };
        for (agreed, declared) in agreed(&next) {
            let old = terms.purpose(&agreed.id);
            prop_assert!(declared.required || old.is_some());
            let permitted = old.map_or(EnumSet::empty(), |old| old.permissions);
            prop_assert!(agreed.permissions.is_subset(permitted));
        }
    }

    #[test]
    fn the_choice_behind_terms_leads_to_them_again(scene in scene()) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        let again = Scene { choice: terms.choice(), ..scene };
        prop_assert_eq!(outcome(&again).terms(), Some(terms));
    }

    // Rule 5.

    #[test]
    fn optional_purposes_can_be_refused_and_login_succeeds(mut scene in scene()) {
        let with = outcome(&scene);
        scene.choice.purposes.clear();
        scene.choice.permissions.clear();
        let without = outcome(&scene);
        let stops = |outcome: &Outcome| match outcome {
            Outcome::Agreed(_) | Outcome::TooHigh => false,
            Outcome::Unmet(unmet) => unmet.iter().any(|unmet| {
                unmet.required
                    && unmet.missing.iter().any(|m| !matches!(m, Missing::PermissionNotInTier { .. }))
            }),
        };
        prop_assert_eq!(stops(&with), stops(&without), "refusing decides nothing else");
        if let Outcome::Unmet(unmet) = without {
            prop_assert!(unmet.iter().all(|unmet| unmet.required));
        }
    }

   // Rule 7.

    #[test]
    fn nothing_is_on_that_the_consumer_did_not_turn_on(scene in scene()) {
        for (agreed, declared) in agreed(&scene) {
            for permission in agreed.permissions {
                prop_assert!(switched_on(&scene.choice, &declared, permission));
                prop_assert!(declared.permissions.contains(permission));
            }
        }
    }

    #[test]
    fn a_tier_alone_turns_nothing_on(mut scene in scene()) {
        scene.choice = Choice::of(scene.choice.tier);
        for (agreed, declared) in agreed(&scene) {
            prop_assert!(declared.required && agreed.permissions.is_empty());
        }
    }

    #[test]
    fn each_switch_moves_one_permission(scene in scene(), permission in 0_usize..7) {
        let permission = Permission::all().iter().nth(permission).expect("one of seven");
        let Some(before) = terms(&scene) else { return Ok(()) };
        for purpose in scene.plan.purposes() {
            let mut off = scene.clone();
            let Some(switches) = off.choice.permissions.get_mut(&purpose.id) else { continue };
            switches.remove(permission);
            let Some(after) = terms(&off) else { continue };
            for old in &before.purposes {
                let new = after.purpose(&old.id).map_or(EnumSet::empty(), |new| new.permissions);
                let mut expected = old.permissions;
                if old.id == purpose.id {
                    expected.remove(permission);
                }
                prop_assert_eq!(new, expected);
            }
        }
    }
}

#[test]
fn analysis_and_marketing_are_never_one_permission() {
    assert!((Permission::processing() & Permission::contact()).is_empty());
    assert_eq!(
        Permission::processing() | Permission::contact(),
        Permission::all()
    );
}

/// A plan without purposes lets anyone in.
#[test]
fn a_plan_that_asks_nothing_is_met_by_anyone() {
    let plan = Plan::new(Vec::new()).expect("no ids");
    let choice = Choice::of(TierChoice::Anonymous);
    let now = Timestamp::from_seconds(1_790_000_000);
    let outcome = negotiate(
        &plan,
        &Profiles::default(),
        EnumSet::empty(),
        Ceiling::NONE,
        &choice,
        now,
    );
    let terms = outcome.terms().expect("nothing is missing");
    assert_eq!(terms.expires_at(), None);
    assert!(terms.claims(now).is_empty());
}
