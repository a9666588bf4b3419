//! The most that a client may be granted which nobody vouches for, whatever
//! is asked and chosen.

use enumset::EnumSet;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::{Ceiling, Choice, Missing, Outcome, negotiate};
use crate::domain::claim::Claim;
use crate::domain::strategies::{Scene, config, scene};
use crate::domain::tier::TierChoice;

fn outcome(scene: &Scene, ceiling: Ceiling, choice: &Choice) -> Outcome {
    let Scene {
        plan,
        profiles,
        held,
        now,
        ..
    } = scene;
    negotiate(plan, profiles, *held, ceiling, choice, *now)
}

fn most() -> impl Strategy<Value = TierChoice> {
    select(TierChoice::ALL.to_vec())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_is_agreed_above_the_ceiling(scene in scene(), most in most()) {
        let ceiling = Ceiling::at(most);
        let reach = scene.profiles.claims(most);
        let permitted = scene.profiles.permissions(most);
        match outcome(&scene, ceiling, &scene.choice) {
            Outcome::TooHigh => prop_assert!(scene.choice.tier > most),
            Outcome::Unmet(_) => prop_assert!(scene.choice.tier <= most),
            Outcome::Agreed(terms) => {
                prop_assert!(terms.tier <= most && ceiling.covers(&terms));
                prop_assert!(terms.all_claims().is_subset(reach));
                prop_assert!(terms.added.is_subset(reach));
                for purpose in &terms.purposes {
                    prop_assert!(purpose.permissions.is_subset(permitted));
                }
            }
        }
    }

    #[test]
    fn below_the_ceiling_all_is_as_without_it(scene in scene(), most in most()) {
        let choice = Choice {
            tier: scene.choice.tier.min(most),
            added: scene.choice.added & scene.profiles.claims(most),
            ..scene.choice.clone()
        };
        let with = outcome(&scene, Ceiling::at(most), &choice);
        let without = outcome(&scene, Ceiling::NONE, &choice);
        match (with, without) {
            (Outcome::Agreed(with), Outcome::Agreed(without)) => prop_assert_eq!(with, without),
            // The reasons differ where the ceiling is one.
            (Outcome::Unmet(with), Outcome::Unmet(without)) => {
                let lacking = |unmet: &[super::super::Unmet]| -> Vec<usize> {
                    unmet.iter().map(|unmet| unmet.missing.len()).collect()
                };
                prop_assert_eq!(lacking(&with), lacking(&without));
            }
            (with, without) => prop_assert!(false, "{with:?} {without:?}"),
        }
    }

    #[test]
    fn what_the_ceiling_withholds_is_told_as_such(scene in scene(), most in most()) {
        let choice = Choice { tier: scene.choice.tier.min(most), ..scene.choice.clone() };
        let Outcome::Unmet(unmet) = outcome(&scene, Ceiling::at(most), &choice) else {
            return Ok(());
        };
        let (reach, permitted) = (scene.profiles.claims(most), scene.profiles.permissions(most));
        for missing in unmet.iter().flat_map(|unmet| &unmet.missing) {
            match missing {
                Missing::AboveCeiling { claim, .. } => prop_assert!(!reach.contains(*claim)),
                Missing::NotInTier { claim, .. }
                | Missing::NotFilledIn { claim }
                | Missing::Withheld { claim } => prop_assert!(reach.contains(*claim)),
                Missing::PermissionAboveCeiling { permission, .. } => {
                    prop_assert!(!permitted.contains(*permission));
                }
                Missing::PermissionNotInTier { permission, .. } => {
                    prop_assert!(permitted.contains(*permission));
                }
                Missing::NoPermissionChosen => {}
            }
        }
    }

    #[test]
    fn terms_from_before_are_covered_only_below_the_ceiling(scene in scene(), most in most()) {
        let Outcome::Agreed(terms) = outcome(&scene, Ceiling::NONE, &scene.choice) else {
            return Ok(());
        };
        prop_assert!(Ceiling::NONE.covers(&terms));
        if Ceiling::at(most).covers(&terms) && terms.tier == most {
            let above: EnumSet<Claim> = terms.all_claims() - scene.profiles.claims(most);
            prop_assert!(above.is_empty());
        }
        prop_assert!(terms.tier <= most || !Ceiling::at(most).covers(&terms));
    }
}
