//! What another edition of a plan does to terms.

use enumset::EnumSet;
use proptest::prelude::*;

use super::wider::terms;
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::plan::{Ask, Grown, LegalBasis, Plan, Purpose, Recipient};
use crate::domain::retention::Retention;
use crate::domain::strategies::{config, plan, scene};
use crate::domain::time::Timestamp;

proptest! {
    #![proptest_config(config())]

    /// Rule 4, written down: the record says what may be read.
    #[test]
    fn narrowed_terms_are_what_the_plan_releases(scene in scene(), next in plan(), hours in 0_i64..9_000) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        let narrowed = terms.narrowed_to(&next);
        let now = Timestamp::from_micros(scene.now.as_micros() + hours * 3_600_000_000);
        prop_assert_eq!(narrowed.claims(now), terms.claims_within(&next, now));
        prop_assert_eq!(narrowed.claims_within(&next, now), terms.claims_within(&next, now));
        prop_assert!(!narrowed.is_wider_than(&terms));
        prop_assert_eq!(narrowed.narrowed_to(&next), narrowed);
    }

    #[test]
    fn the_same_plan_asks_nothing_anew_and_takes_nothing(scene in scene()) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        prop_assert!(terms.asked_anew(&scene.plan, &scene.plan).is_empty());
        prop_assert_eq!(&terms.narrowed_to(&scene.plan).purposes, &terms.purposes);
        prop_assert!(!scene.plan.is_wider_than(&scene.plan));
        prop_assert!(!scene.plan.is_narrower_than(&scene.plan));
    }

    /// Whoever is asked nothing anew has nothing to gain from being asked: no
    /// claim, permission or time of what they agreed to is beyond the old plan.
    #[test]
    fn where_nothing_is_asked_anew_nothing_has_grown(scene in scene(), next in plan()) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        let asked = terms.asked_anew(&scene.plan, &next);
        for after in next.purposes() {
            let is_asked = asked.iter().any(|grown| grown.after.id == after.id);
            let (before, agreed) = (scene.plan.purpose(&after.id), terms.purpose(&after.id));
            if let (false, Some(before), Some(_)) = (is_asked, before, agreed) {
                prop_assert!(after.all_claims().is_subset(before.all_claims()));
                prop_assert!(after.permissions.is_subset(before.permissions));
                prop_assert_eq!(&after.text, &before.text);
            }
            prop_assert!(is_asked || before.is_some(), "a new purpose is asked");
        }
    }

    #[test]
    fn an_edition_that_is_neither_wider_nor_narrower_changes_no_terms(scene in scene(), next in plan()) {
        let Some(terms) = terms(&scene) else { return Ok(()) };
        if !next.is_narrower_than(&scene.plan) {
            prop_assert_eq!(terms.narrowed_to(&next).all_claims(), terms.all_claims());
        }
    }

    #[test]
    fn what_is_in_both_is_beyond_neither(one in plan(), other in plan()) {
        let extent = |it: &Grown<'_>| !it.claims().is_empty() || !it.permissions().is_empty() || it.before.is_none();
        let both = one.within(&other);
        prop_assert!(!both.beyond(&one).iter().any(extent));
        prop_assert!(!both.beyond(&other).iter().any(extent));
    }
}

fn purpose() -> Purpose {
    let plan = Plan::parse(
        r#"{"purposes": [{"id": "news", "purpose": "dpv:DirectMarketing",
        "title": {"nl": "Nieuws", "en": "News"}, "text": {"nl": "Nieuws.", "en": "News."},
        "basis": "consent", "required": false, "claims": ["email"],
        "voluntary_claims": ["name"], "channels": ["email"], "retention": "P3M"}]}"#,
    );
    plan.expect("a plan").purposes()[0].clone()
}

fn of(purpose: Purpose) -> Plan {
    Plan::new(vec![purpose]).expect("one purpose")
}

/// Each way of asking more than a purpose does.
fn more_than(before: &Purpose) -> Vec<(Ask, Purpose)> {
    let belgium = Recipient {
        name: "Postduif".to_owned(),
        country: "BE".to_owned(),
    };
    let mut words = before.clone();
    words.text.nl = "Meer nieuws.".to_owned();
    let offered = Plan::parse(&of(before.clone()).to_json().replace(
        r#""recipients""#,
        r#""offer":{"nl":"5%","en":"5%"},"recipients""#,
    ));
    let offered = offered.expect("a plan").purposes()[0].clone();
    let (claim, channel) = (Claim::Birthdate, Permission::ContactPost);
    vec![
        (
            Ask::Required,
            Purpose {
                required: true,
                ..before.clone()
            },
        ),
        (Ask::Words, words),
        (
            Ask::Basis,
            Purpose {
                basis: LegalBasis::LegitimateInterest,
                ..before.clone()
            },
        ),
        (
            Ask::Claims,
            Purpose {
                claims: before.claims | claim,
                ..before.clone()
            },
        ),
        (
            Ask::Claims,
            Purpose {
                voluntary_claims: before.voluntary_claims | claim,
                ..before.clone()
            },
        ),
        (
            Ask::Needed,
            Purpose {
                claims: before.all_claims(),
                voluntary_claims: EnumSet::empty(),
                ..before.clone()
            },
        ),
        (
            Ask::Permissions,
            Purpose {
                permissions: before.permissions | channel,
                ..before.clone()
            },
        ),
        (
            Ask::Retention,
            Purpose {
                retention: Retention::months(4).expect("months"),
                ..before.clone()
            },
        ),
        (
            Ask::Recipients,
            Purpose {
                recipients: vec![belgium],
                ..before.clone()
            },
        ),
        (
            Ask::Storage,
            Purpose {
                storage: vec!["US".to_owned()],
                ..before.clone()
            },
        ),
        (Ask::Offer, offered),
    ]
}

#[test]
fn each_way_of_asking_more_is_noticed() {
    let before = purpose();
    let cases = more_than(&before);
    let old = of(before);
    for (ask, after) in cases {
        let new = of(after);
        let grown = new.beyond(&old);
        assert_eq!(grown.len(), 1, "{ask:?}");
        assert_eq!(grown[0].asks, EnumSet::only(ask));
        assert!(
            new.is_wider_than(&old) && !new.is_narrower_than(&old),
            "{ask:?}"
        );
        let less = matches!(
            ask,
            Ask::Claims | Ask::Permissions | Ask::Retention | Ask::Recipients | Ask::Storage
        );
        assert_eq!(old.is_narrower_than(&new), less, "{ask:?}");
    }
}
