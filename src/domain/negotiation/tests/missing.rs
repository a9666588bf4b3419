//! What cannot be met is named, and there is a way out of it.

use enumset::EnumSet;
use proptest::prelude::*;

use super::super::{Missing, Outcome, Unmet};
use super::rules::{outcome, within_reach};
use crate::domain::claim::Claim;
use crate::domain::strategies::{Scene, config, scene};
use crate::domain::tier::{Tier, TierChoice};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_missing_is_named_precisely(scene in scene()) {
        let Outcome::Unmet(unmet) = outcome(&scene) else { return Ok(()) };
        prop_assert!(!unmet.is_empty());
        for Unmet { purpose, required, missing } in unmet {
            let purpose = scene.plan.purpose(&purpose).expect("it is in the plan");
            prop_assert_eq!(required, purpose.required);
            prop_assert!(!missing.is_empty());
            let claims: EnumSet<Claim> = missing.iter().filter_map(claim_of).collect();
            prop_assert_eq!(claims, purpose.claims - within_reach(&scene));
            for missing in missing {
                prop_assert!(is_true(&scene, missing), "{missing:?}");
            }
        }
    }

    #[test]
    fn there_is_always_a_way_out(scene in scene()) {
        let mut scene = scene;
        // Filling in, then fetching from elsewhere, then letting go.
        for _ in 0..4 {
            let Outcome::Unmet(unmet) = outcome(&scene) else { return Ok(()) };
            for Unmet { purpose, missing, .. } in unmet {
                for missing in missing {
                    mend(&mut scene, &purpose, missing);
                }
            }
        }
        prop_assert!(matches!(outcome(&scene), Outcome::Agreed(_)));
    }
}

fn claim_of(missing: &Missing) -> Option<Claim> {
    match *missing {
        Missing::NotInTier { claim, .. }
        | Missing::NotFilledIn { claim }
        | Missing::AboveCeiling { claim, .. }
        | Missing::Withheld { claim } => Some(claim),
        Missing::PermissionNotInTier { .. }
        | Missing::PermissionAboveCeiling { .. }
        | Missing::NoPermissionChosen => None,
    }
}

/// Whether a reason is so, and the tier that it points at the lowest.
fn is_true(scene: &Scene, missing: Missing) -> bool {
    let lowest = |has: &dyn Fn(TierChoice) -> bool| {
        Tier::ALL
            .into_iter()
            .find(|tier| has(TierChoice::Tier(*tier)))
    };
    match missing {
        Missing::NotInTier { claim, from } => {
            from == lowest(&|tier| scene.profiles.claims(tier).contains(claim))
                && from.is_none_or(|from| TierChoice::Tier(from) > scene.choice.tier)
        }
        Missing::PermissionNotInTier { permission, from } => {
            from == lowest(&|tier| scene.profiles.permissions(tier).contains(permission))
                && from.is_none_or(|from| TierChoice::Tier(from) > scene.choice.tier)
        }
        Missing::NotFilledIn { claim } => !scene.held.contains(claim),
        Missing::Withheld { claim } => scene.choice.withheld.contains(claim),
        Missing::NoPermissionChosen => true,
        // Whoever is vouched for has no ceiling.
        Missing::AboveCeiling { .. } | Missing::PermissionAboveCeiling { .. } => false,
    }
}

/// Takes the way out that a reason offers.
fn mend(scene: &mut Scene, purpose: &crate::domain::plan::PurposeId, missing: Missing) {
    let anonymous = scene.choice.tier == TierChoice::Anonymous;
    match missing {
        Missing::NotFilledIn { claim } => scene.held |= claim,
        Missing::Withheld { claim } => scene.choice.withheld -= claim,
        Missing::NotInTier {
            from: Some(tier), ..
        } if anonymous => {
            scene.choice.tier = TierChoice::Tier(tier);
        }
        Missing::NotInTier { claim, .. } => {
            if anonymous {
                scene.choice.tier = TierChoice::Tier(Tier::Low);
            }
            scene.choice.added |= claim;
        }
        Missing::PermissionNotInTier { permission, .. } => {
            let switches = scene.choice.permissions.entry(purpose.clone());
            *switches.or_default() -= permission;
        }
        Missing::NoPermissionChosen => {
            scene.choice.purposes.remove(purpose);
            scene.choice.permissions.remove(purpose);
        }
        Missing::AboveCeiling { .. } | Missing::PermissionAboveCeiling { .. } => {}
    }
}
