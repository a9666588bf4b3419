//! Offers: they follow what is agreed, and never lead it.

use std::collections::BTreeSet;

use enumset::EnumSet;
use proptest::prelude::*;

use super::super::{
    AgreedPurpose, Ceiling, Choice, OfferFor, OfferStanding, Outcome, Shortfall, Terms, negotiate,
    promises, stands,
};
use super::wider::{apply, cut, terms};
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::plan::{Plan, Purpose};
use crate::domain::profile::Profiles;
use crate::domain::retention::{CountsFrom, Retention};
use crate::domain::strategies::{Scene, config, plan, retention, scene};
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;

/// A plan as it is, and as it is without anything in return.
fn without_offers(plan: &Plan) -> Plan {
    let purposes = plan.purposes().iter().map(|purpose| Purpose {
        offer: None,
        ..purpose.clone()
    });
    Plan::new(purposes.collect()).expect("the ids differ")
}

fn outcome(scene: &Scene, plan: &Plan) -> Outcome {
    let Scene {
        profiles,
        held,
        choice,
        now,
        ..
    } = scene;
    negotiate(plan, profiles, *held, Ceiling::NONE, choice, *now)
}

/// Terms that give all that a plan asks.
fn everything(plan: &Plan, scene: &Scene) -> Terms {
    let agreed = plan.purposes().iter().map(|purpose| AgreedPurpose {
        id: purpose.id.clone(),
        claims: purpose.all_claims(),
        permissions: purpose.permissions,
        retention: purpose.retention,
        until: Some(purpose.retention.end(scene.now)),
    });
    Terms {
        tier: TierChoice::Tier(Tier::High),
        purposes: agreed.collect(),
        since: scene.now,
        retention_limit: None,
        counts_from: CountsFrom::Consent,
        withheld: EnumSet::empty(),
        added: EnumSet::empty(),
        offline: false,
        asked: EnumSet::empty(),
        named: BTreeSet::new(),
    }
}

/// Shortens what was agreed for one purpose.
fn shorten(terms: &mut Terms, at: usize, to: Retention) {
    let count = terms.purposes.len();
    if count > 0 {
        let purpose = &mut terms.purposes[at % count];
        purpose.retention = purpose.retention.shorter(to, terms.since);
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_offer_never_changes_what_is_agreed(scene in scene()) {
        let plain = without_offers(&scene.plan);
        prop_assert_eq!(outcome(&scene, &scene.plan), outcome(&scene, &plain));
    }

    #[test]
    fn less_never_makes_an_offer_stand_and_more_never_makes_it_fall(
        scene in scene(), cut in cut(), at: usize, to in retention(), tier in 0_usize..4,
    ) {
        let Some(more) = terms(&scene) else { return Ok(()) };
        let mut less = more.clone();
        apply(&cut, &mut less);
        shorten(&mut less, at, to);
        less.tier = less.tier.min(TierChoice::ALL[tier]);
        for promise in promises(&scene.plan) {
            if stands(&promise, &less).stands() {
                prop_assert!(stands(&promise, &more).stands(), "{:?}", promise);
            }
        }
    }

    #[test]
    fn whoever_gives_all_that_is_asked_gets_all_that_is_offered(scene in scene(), plan in plan()) {
        // What a document may not say, a plan is read without.
        let document = without_what_nobody_asks(&plan);
        let terms = everything(&document, &scene);
        for promise in promises(&document) {
            prop_assert_eq!(stands(&promise, &terms), OfferStanding::Stands, "{:?}", promise);
        }
    }

    #[test]
    fn what_is_said_to_lack_is_what_lacks(scene in scene()) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        for promise in promises(&scene.plan) {
            let OfferStanding::Falls(lacking) = stands(&promise, &terms) else { continue };
            prop_assert!(!lacking.is_empty());
            let least = promise.offer.at_least;
            for shortfall in lacking {
                let lacks = match shortfall {
                    Shortfall::Purpose => match &promise.of {
                        OfferFor::Purpose(id) => terms.purpose(id).is_none(),
                        OfferFor::Tier(_) => false,
                    },
                    Shortfall::Tier(tier) => terms.tier < TierChoice::Tier(tier),
                    Shortfall::Claim(claim) => least.claims.contains(claim),
                    Shortfall::Permission(permission) => least.switches().contains(permission),
                    Shortfall::Retention(period) => least.retention == Some(period),
                };
                prop_assert!(lacks, "{:?}", shortfall);
            }
        }
    }
}

/// A plan of which each offer takes no more than is asked.
fn without_what_nobody_asks(plan: &Plan) -> Plan {
    let permissions = plan
        .purposes()
        .iter()
        .fold(EnumSet::<Permission>::empty(), |all, purpose| {
            all | purpose.permissions
        });
    let offers = plan.tier_offers().iter().map(|offered| {
        let mut offered = offered.clone();
        offered.offer = offered.offer.within(plan.used_claims(), permissions);
        if plan.purposes().is_empty() {
            offered.offer.at_least.retention = None;
        }
        offered
    });
    let offers = offers.collect();
    let purposes = plan.purposes().to_vec();
    Plan::new(purposes)
        .expect("the ids differ")
        .with_offers(offers)
}

/// A shop's newsletter, with 5% off for whoever lets it know a birthdate.
fn newsletter() -> Plan {
    Plan::parse(
        r#"{"purposes": [{"id": "news", "purpose": "dpv:DirectMarketing",
        "title": {"nl": "Nieuws", "en": "News"}, "text": {"nl": "Nieuws.", "en": "News."},
        "basis": "consent", "required": false, "claims": ["email"],
        "voluntary_claims": ["birthdate"], "channels": ["email", "post"], "retention": "P6M",
        "offer": {"nl": "5%", "en": "5% off"},
        "at_least": {"claims": ["birthdate"], "channels": ["email"], "retention": "P3M"}}],
        "offers": [{"tier": "high", "offer": {"nl": "Taart", "en": "Cake"}}]}"#,
    )
    .expect("a plan")
}

#[test]
fn each_thing_that_lacks_is_named() {
    let plan = newsletter();
    let mut promised = promises(&plan);
    let (purpose, tier) = (promised.next().expect("one"), promised.next().expect("two"));
    let scene = Scene {
        plan: plan.clone(),
        profiles: Profiles::default(),
        held: Claim::all(),
        choice: Choice::of(TierChoice::Tier(Tier::Low)),
        now: Timestamp::from_seconds(1_790_000_000),
    };
    let mut terms = everything(&plan, &scene);
    assert!(stands(&purpose, &terms).stands() && stands(&tier, &terms).stands());
    terms.tier = TierChoice::Tier(Tier::Medium);
    terms.purposes[0].claims = Claim::Email.into();
    terms.purposes[0].permissions = Permission::ContactPost.into();
    terms.purposes[0].retention = Retention::months(1).expect("a month");
    assert_eq!(
        stands(&purpose, &terms),
        OfferStanding::Falls(vec![
            Shortfall::Claim(Claim::Birthdate),
            Shortfall::Permission(Permission::ContactEmail),
            Shortfall::Retention(Retention::months(3).expect("three months")),
        ])
    );
    let falls = OfferStanding::Falls(vec![Shortfall::Tier(Tier::High)]);
    assert_eq!(stands(&tier, &terms), falls);
    terms.purposes.clear();
    let falls = OfferStanding::Falls(vec![Shortfall::Purpose]);
    assert_eq!(stands(&purpose, &terms), falls);
}
