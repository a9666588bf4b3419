//! What is said of who has what.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::duty::{Duty, Kept};
use crate::domain::grant::Move;
use crate::domain::id::DutyId;
use crate::domain::plan::LegalBasis;
use crate::domain::strategies::{config, given, scene};

fn kept(claim: Claim) -> Kept {
    Kept {
        claims: claim.into(),
        basis: LegalBasis::LegalObligation,
        law: "Art. 52 AWR".to_owned(),
        until: "2033-12-31".parse().expect("a day"),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn told_is_never_shown_as_deleted(scene in scene(), paused in any::<bool>()) {
        let Some(grant) = given(&scene) else { return Ok(()) };
        let claims = grant.terms.all_claims();
        let all = holdings([&grant], [], scene.now);
        prop_assert_eq!(all.len(), claims.len());
        prop_assert!(all.values().all(|(holding, by)| *holding == Holding::Granted && *by == grant.id));
        let before = if paused {
            let Ok(made) = grant.make(Move::Pause, scene.now) else { return Ok(()) };
            let all = holdings([&made.grant], [], scene.now);
            prop_assert!(all.values().all(|(holding, _)| *holding == Holding::Paused));
            made.grant
        } else {
            grant.clone()
        };
        let Ok(made) = before.make(Move::Withdraw, scene.now) else { return Ok(()) };
        let id = DutyId::new(Uuid::from_u128(1));
        let duty = Duty::opened_by(made.event, &before, &made.grant, &scene.plan, id, scene.now);
        let mut duty = duty.expect("a duty");
        let is = |duty: &Duty, wanted: Holding| {
            holdings([&made.grant], [duty], scene.now).values().all(|(holding, _)| *holding == wanted)
        };
        prop_assert!(is(&duty, Holding::Deleting(duty.delete_by)));
        duty.told_at = Some(scene.now);
        duty.seen_at = Some(scene.now);
        prop_assert!(is(&duty, Holding::Deleting(duty.delete_by)));
        let late = Duty { overdue_at: Some(duty.delete_by), ..duty.clone() };
        prop_assert!(is(&late, Holding::Overdue(duty.delete_by)));
        prop_assert!(is(&duty.clone().answered(Vec::new(), scene.now), Holding::Deleted));
        // Whoever gets it again has it, whatever was deleted before.
        let again = holdings([&made.grant, &grant], [&duty.answered(Vec::new(), scene.now)], scene.now);
        prop_assert!(again.values().all(|(holding, _)| *holding == Holding::Granted));
    }

    #[test]
    fn what_a_law_keeps_is_told_claim_by_claim(scene in scene()) {
        let Some(grant) = given(&scene) else { return Ok(()) };
        let claims = grant.terms.all_claims();
        let Some(some) = claims.iter().next() else { return Ok(()) };
        let Ok(made) = grant.make(Move::End, scene.now) else { return Ok(()) };
        let id = DutyId::new(Uuid::from_u128(1));
        let duty = Duty::opened_by(made.event, &grant, &made.grant, &scene.plan, id, scene.now);
        let duty = duty.expect("a duty").answered(vec![kept(some)], scene.now);
        let all = holdings([&made.grant], [&duty], scene.now);
        for claim in claims {
            let expected = if claim == some { "kept" } else { "deleted" };
            prop_assert_eq!(all[&claim].0.as_str(), expected);
        }
    }
}
