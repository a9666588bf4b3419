//! Terms as time goes by: renewing them, counting anew from a login, and when
//! to warn of their end.

use std::collections::BTreeSet;
use std::time::Duration;

use enumset::EnumSet;
use proptest::prelude::*;

use super::super::{AgreedPurpose, Ceiling, Terms, negotiate};
use crate::domain::retention::{CountsFrom, Retention};
use crate::domain::strategies::{Scene, config, moment, scene};
use crate::domain::tier::TierChoice;
use crate::domain::time::Timestamp;

fn agreed(scene: &Scene) -> Option<Terms> {
    let Scene {
        plan,
        profiles,
        held,
        choice,
        now,
    } = scene;
    negotiate(plan, profiles, *held, Ceiling::NONE, choice, *now).terms()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn renewed_terms_differ_in_time_alone(scene in scene(), later in moment()) {
        let Some(terms) = agreed(&scene) else { return Ok(()) };
        let renewed = terms.renewed(later);
        prop_assert!(renewed.renew(&terms));
        prop_assert_eq!(renewed.renewed(terms.since), terms.clone());
        prop_assert_eq!(renewed.choice(), terms.choice());
        for purpose in &renewed.purposes {
            if let Some(until) = purpose.until {
                prop_assert_eq!(until, purpose.retention.end(later));
            }
        }
        // What the plan asked for then, it asks for still.
        prop_assert!(renewed.are_asked_by(&scene.plan, later) || scene.plan.purposes().iter().any(
            // Of a month and thirty days, the month says which is the shorter.
            |purpose| terms.purpose(&purpose.id).is_some_and(|agreed| agreed.retention != purpose.retention)
        ));
    }

    #[test]
    fn other_terms_are_no_renewal(scene in scene(), other in scene()) {
        let (Some(terms), Some(other)) = (agreed(&scene), agreed(&other)) else { return Ok(()) };
        if other.all_claims() != terms.all_claims() || other.tier != terms.tier {
            prop_assert!(!other.renew(&terms));
        }
        let turned = Terms { counts_from: match terms.counts_from {
            CountsFrom::Consent => CountsFrom::LastLogin,
            CountsFrom::LastLogin => CountsFrom::Consent,
        }, ..terms.clone() };
        prop_assert!(!turned.renew(&terms));
    }

    #[test]
    fn a_login_moves_the_end_only_where_it_counts_and_never_back(scene in scene(), login in moment()) {
        let Some(terms) = agreed(&scene) else { return Ok(()) };
        match terms.at_login(login) {
            Some(moved) => {
                prop_assert_eq!(terms.counts_from, CountsFrom::LastLogin);
                prop_assert!(login > terms.since);
                prop_assert!(moved.expires_at() > terms.expires_at());
                prop_assert_eq!(moved, terms.left_at(login).renewed(login));
            }
            None => prop_assert!(
                terms.counts_from == CountsFrom::Consent
                    || terms.left_at(login).renewed(login).expires_at() <= terms.expires_at()
            ),
        }
    }

    #[test]
    fn counting_from_each_login_is_more_than_counting_once(scene in scene()) {
        let Some(terms) = agreed(&scene) else { return Ok(()) };
        let of = |counts_from| Terms { counts_from, ..terms.clone() };
        let (once, anew) = (of(CountsFrom::Consent), of(CountsFrom::LastLogin));
        prop_assert_eq!(anew.is_wider_than(&once), terms.expires_at().is_some());
        prop_assert!(!once.is_wider_than(&anew));
        prop_assert!(!anew.is_wider_than(&anew));
    }

    #[test]
    fn the_warning_comes_before_the_end_and_at_most_a_week(scene in scene()) {
        let Some(terms) = agreed(&scene) else { return Ok(()) };
        let Some(end) = terms.expires_at() else {
            prop_assert_eq!(terms.warn_at(), None);
            return Ok(());
        };
        let warning = terms.warn_at().expect("there is an end");
        prop_assert!(terms.since < warning && warning < end);
        let before = end.since(warning);
        prop_assert!(before <= Duration::from_secs(7 * 24 * 60 * 60));
        prop_assert!(before <= end.since(terms.since) / 4);
    }

    #[test]
    fn terms_that_do_not_say_it_count_from_the_consent(scene in scene()) {
        let Some(terms) = agreed(&scene) else { return Ok(()) };
        let json = serde_json::to_value(&terms).expect("JSON");
        let said = json.get("counts_from").and_then(serde_json::Value::as_str);
        let word = (!terms.counts_from.is_consent()).then_some("last_login");
        prop_assert_eq!(said, word);
        let read: Terms = serde_json::from_value(json).expect("terms");
        prop_assert_eq!(read, terms);
    }
}

#[test]
fn a_month_is_warned_of_a_week_before_and_a_day_six_hours() {
    let since = Timestamp::from_seconds(1_790_000_000);
    let terms = |period: &str| Terms {
        tier: TierChoice::Anonymous,
        purposes: vec![AgreedPurpose {
            id: "letter".parse().expect("an id"),
            claims: EnumSet::empty(),
            permissions: EnumSet::empty(),
            retention: period.parse().expect("a period"),
            until: Some(period.parse::<Retention>().expect("a period").end(since)),
        }],
        since,
        retention_limit: None,
        counts_from: CountsFrom::Consent,
        withheld: EnumSet::empty(),
        added: EnumSet::empty(),
        offline: false,
        asked: EnumSet::empty(),
        named: BTreeSet::new(),
    };
    let hours = |period: &str| {
        let terms = terms(period);
        let before = terms
            .expires_at()
            .expect("an end")
            .since(terms.warn_at().expect("a warning"));
        before.as_secs() / 3_600
    };
    assert_eq!(["P1D", "P14D", "P1M", "P1Y"].map(hours), [6, 84, 168, 168]);
}
