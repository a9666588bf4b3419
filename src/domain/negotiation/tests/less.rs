//! What is left when something is taken back, and the same for another time.

use enumset::EnumSet;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::{Ceiling, Outcome, Terms, negotiate};
use super::wider::terms;
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::retention::CountsFrom;
use crate::domain::strategies::{Scene, config, profiles, retention, scene};

fn permissions() -> impl Strategy<Value = EnumSet<Permission>> {
    any::<u8>().prop_map(EnumSet::from_u8_truncated)
}

fn choosing(scene: &Scene, terms: &Terms) -> Scene {
    Scene {
        choice: terms.choice(),
        ..scene.clone()
    }
}

proptest! {
    #![proptest_config(config())]

    /// So whoever took something back can go on from what is left.
    #[test]
    fn what_is_left_is_what_its_choice_leads_to(scene in scene(), taken in permissions()) {
        let Some(agreed) = terms(&scene) else { return Ok(()) };
        let left = agreed.without(taken, &scene.plan);
        prop_assert!(!left.is_wider_than(&agreed));
        prop_assert!(left.permissions().is_disjoint(taken));
        prop_assert_eq!(&left.still_permitted(&scene.plan), &left);
        prop_assert_eq!(terms(&choosing(&scene, &left)), Some(left));
    }

    #[test]
    fn only_what_was_permitted_goes_with_a_permission(scene in scene(), taken in permissions()) {
        let Some(agreed) = terms(&scene) else { return Ok(()) };
        let left = agreed.without(taken, &scene.plan);
        for before in &agreed.purposes {
            let kept = left.purpose(&before.id).is_some();
            let rested = !before.permissions.is_empty();
            prop_assert!(kept || rested && before.permissions.is_subset(taken));
        }
        prop_assert_eq!(agreed.without(EnumSet::empty(), &scene.plan), agreed);
    }

    #[test]
    fn the_same_for_another_time_is_what_that_choice_leads_to(
        scene in scene(),
        limit in proptest::option::of(retention()),
        counts_from in select(CountsFrom::ALL.to_vec()),
    ) {
        let Some(agreed) = terms(&scene) else { return Ok(()) };
        let lasting = agreed.lasting(&scene.plan, &scene.profiles, limit, counts_from, scene.now);
        let mut choosing = choosing(&scene, &agreed);
        choosing.choice.retention = limit;
        choosing.choice.counts_from = counts_from;
        prop_assert_eq!(terms(&choosing), Some(lasting));
    }

    /// Whatever the profile holds by then.
    #[test]
    fn another_time_gives_nothing_but_time(
        scene in scene(),
        later in profiles(),
        held in any::<u32>(),
        limit in proptest::option::of(retention()),
    ) {
        let Some(agreed) = terms(&scene) else { return Ok(()) };
        let held: EnumSet<Claim> = EnumSet::from_u32_truncated(held);
        let Scene { plan, now, .. } = &scene;
        let lasting = agreed.lasting(plan, &later, limit, agreed.counts_from, *now);
        let part = lasting.part_of(plan, *now);
        let negotiated = negotiate(&part, &later, held, Ceiling::NONE, &lasting.choice(), *now);
        let mut all = vec![lasting];
        if let Outcome::Agreed(terms) = negotiated {
            all.push(terms);
        }
        for terms in all {
            for purpose in &terms.purposes {
                let before = agreed.purpose(&purpose.id).expect("it was agreed to");
                prop_assert!(purpose.claims.is_subset(before.claims));
                prop_assert!(purpose.permissions.is_subset(before.permissions));
            }
        }
    }
}
