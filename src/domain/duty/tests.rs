//! What opens a duty, and what answers are taken.

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::grant::Move;
use crate::domain::plan::{LegalBasis, PlanVersion};
use crate::domain::strategies::{config, given, moment, scene};

const NOW: Timestamp = Timestamp::from_seconds(1_790_000_000);

fn id() -> DutyId {
    DutyId::new(Uuid::from_u128(1))
}

fn kept(claims: EnumSet<Claim>) -> Kept {
    Kept {
        claims,
        basis: LegalBasis::LegalObligation,
        law: "Art. 52 AWR".to_owned(),
        until: "2033-12-31".parse().expect("a day"),
    }
}

proptest! {
    #![proptest_config(config())]

    /// Whatever ends a grant opens a duty for all that it covered, and the
    /// business has all of its time.
    #[test]
    fn every_end_opens_a_duty_for_all_that_was_covered(scene in scene(), which in 0..2) {
        let Some(grant) = given(&scene) else { return Ok(()) };
        let mv = if which == 0 { Move::Withdraw } else { Move::End };
        let Ok(made) = grant.make(mv, scene.now) else { return Ok(()) };
        let duty = Duty::opened_by(made.event, &grant, &made.grant, &scene.plan, id(), scene.now);
        let duty = duty.expect("a duty");
        prop_assert_eq!(duty.claims, grant.terms.all_claims());
        prop_assert_eq!(duty.delete_by, scene.plan.delete_within().last_moment(scene.now));
        prop_assert!(duty.delete_by > duty.opened_at && duty.is_of_all());
        prop_assert_eq!((duty.state(), duty.stage(Reach::anywhere())), (DutyState::Open, Stage::Asked));
    }

    #[test]
    fn a_change_opens_a_duty_for_what_is_covered_no_longer(scene in scene(), other in scene()) {
        let (Some(grant), Some(other)) = (given(&scene), given(&other)) else { return Ok(()) };
        let mv = Move::Change(other.terms.clone(), PlanVersion(2));
        let Ok(made) = grant.make(mv, scene.now) else { return Ok(()) };
        let dropped = grant.terms.all_claims() - other.terms.all_claims();
        let duty = Duty::opened_by(made.event, &grant, &made.grant, &scene.plan, id(), scene.now);
        prop_assert_eq!(duty.as_ref().map(|duty| duty.claims), Some(dropped).filter(|d| !d.is_empty()));
        prop_assert!(duty.is_none_or(|duty| !duty.is_of_all()));
    }

    #[test]
    fn what_another_agreement_covers_need_not_be_deleted(scene in scene(), other in scene()) {
        let (Some(grant), Some(other)) = (given(&scene), given(&other)) else { return Ok(()) };
        let Ok(made) = grant.make(Move::End, scene.now) else { return Ok(()) };
        let duty = Duty::opened_by(made.event, &grant, &made.grant, &scene.plan, id(), scene.now);
        let covered = other.terms.all_claims();
        let left = duty.and_then(|duty| duty.besides(covered));
        let expected = grant.terms.all_claims() - covered;
        prop_assert_eq!(left.is_some(), !expected.is_empty());
        if let Some(left) = left {
            prop_assert_eq!(left.claims, expected);
            prop_assert!(!left.is_of_all(), "the account goes on");
        }
    }

    /// Whoever comes back lets the business have again what they agree to.
    #[test]
    fn what_is_agreed_to_anew_is_owed_no_longer(scene in scene(), other in scene()) {
        let (Some(grant), Some(other)) = (given(&scene), given(&other)) else { return Ok(()) };
        let Ok(made) = grant.make(Move::Withdraw, scene.now) else { return Ok(()) };
        let duty = Duty::opened_by(made.event, &grant, &made.grant, &scene.plan, id(), scene.now);
        let duty = duty.expect("a duty");
        let covered = other.terms.all_claims();
        let left = duty.claims - covered;
        let relieved = duty.clone().relieved_by(covered, scene.now).expect("the account goes on");
        if left.is_empty() {
            prop_assert_eq!((relieved.state(), relieved.stage(Reach::default())), (DutyState::Lapsed, Stage::Lapsed));
            prop_assert_eq!(relieved.claims, duty.claims, "it says what it was about");
        } else {
            prop_assert_eq!((relieved.state(), relieved.claims), (DutyState::Open, left));
            prop_assert!(!relieved.is_of_all());
        }
        prop_assert_eq!(relieved.relieved_by(covered, scene.now), None, "once");
        let answered = duty.answered(Vec::new(), scene.now);
        prop_assert_eq!(answered.relieved_by(covered, scene.now), None);
    }

    /// A clock that jumps back answers no duty before it was opened.
    #[test]
    fn no_answer_is_older_than_its_duty(scene in scene(), at in moment()) {
        let Some(grant) = given(&scene) else { return Ok(()) };
        let Ok(made) = grant.make(Move::Withdraw, scene.now) else { return Ok(()) };
        let duty = Duty::opened_by(made.event, &grant, &made.grant, &scene.plan, id(), scene.now);
        let duty = duty.expect("a duty").answered(Vec::new(), at);
        let answered_at = duty.answer.as_ref().map(|answer| answer.answered_at);
        prop_assert!(answered_at >= Some(duty.opened_at));
        prop_assert_eq!((duty.state(), duty.stage(Reach::default())), (DutyState::Confirmed, Stage::Confirmed));
    }

    #[test]
    fn the_order_of_an_answer_does_not_matter(bits in any::<u32>(), turn in 0..4_usize) {
        let all = EnumSet::<Claim>::all();
        let some = EnumSet::from_u32_truncated(bits & all.as_u32()) | Claim::Name;
        let mut parts = vec![kept(some), kept(Claim::Email.into()), kept(Claim::Name.into()), kept(some)];
        let once = Kept::check(parts.clone(), all, NOW);
        parts.rotate_left(turn);
        prop_assert_eq!(&Kept::check(parts, all, NOW), &once);
        let once = once.expect("an answer");
        prop_assert_eq!(Kept::in_order(once.clone()), once);
    }

    #[test]
    fn no_text_is_taken_for_a_day_that_is_none(text in ".{0,14}") {
        if let Ok(day) = text.parse::<Day>() {
            prop_assert_eq!(day.to_string(), text);
        }
    }
}

#[test]
fn told_is_never_shown_as_deleted() {
    let mut duty = Duty {
        id: id(),
        account_id: AccountId::new(Uuid::from_u128(2)),
        grant_id: GrantId::new(Uuid::from_u128(3)),
        client_id: "shop".parse().expect("an id"),
        subject: Subject::from_random([4; 16]),
        claims: Claim::Name | Claim::Email,
        reason: Reason::Withdrawn,
        opened_at: NOW,
        delete_by: NOW,
        told_at: None,
        seen_at: None,
        overdue_at: None,
        lapsed_at: None,
        letter_at: None,
        answer: None,
    };
    assert_eq!(duty.stage(Reach::default()), Stage::Unreachable);
    assert_eq!(duty.stage(Reach::anywhere()), Stage::Asked);
    duty.told_at = Some(NOW);
    assert_eq!(duty.stage(Reach::default()), Stage::Told);
    duty.seen_at = Some(NOW);
    assert_eq!(duty.stage(Reach::default()), Stage::Seen);
    duty.overdue_at = Some(NOW);
    assert_eq!(duty.stage(Reach::default()), Stage::Overdue);
    assert!(!duty.stage(Reach::default()).is_answered());
    let kept = duty.clone().answered(vec![kept(Claim::Name.into())], NOW);
    assert_eq!(kept.stage(Reach::default()), Stage::Kept);
    assert_eq!(
        duty.answered(Vec::new(), NOW).stage(Reach::default()),
        Stage::Confirmed
    );
}

#[test]
fn what_cannot_be_kept_is_refused() {
    let claims = Claim::Name | Claim::Email;
    let check = |change: fn(&mut Kept)| {
        let mut part = kept(Claim::Name.into());
        change(&mut part);
        Kept::check(vec![part], claims, NOW).map(|_| ())
    };
    assert_eq!(check(|_| {}), Ok(()));
    assert_eq!(
        check(|part| part.claims = EnumSet::empty()),
        Err(InvalidAnswer::NoClaims)
    );
    assert_eq!(
        check(|part| part.claims = Claim::Name | Claim::Birthdate),
        Err(InvalidAnswer::Foreign(Claim::Birthdate))
    );
    assert_eq!(
        check(|part| part.basis = LegalBasis::Consent),
        Err(InvalidAnswer::Consent)
    );
    for law in ["", "  ", "a\nb", "\u{202e}x"] {
        let mut part = kept(Claim::Name.into());
        law.clone_into(&mut part.law);
        let refused = Kept::check(vec![part], claims, NOW);
        assert_eq!(refused, Err(InvalidAnswer::Law), "{law:?}");
    }
    assert_eq!(
        check(|part| part.law = "x".repeat(MAX_LAW + 1)),
        Err(InvalidAnswer::Law)
    );
    for day in ["2026-09-20", "2026-09-21", "1999-01-01", "2127-01-01"] {
        let mut part = kept(Claim::Name.into());
        part.until = day.parse().expect("a day");
        let refused = Kept::check(vec![part], claims, NOW);
        assert_eq!(refused, Err(InvalidAnswer::Until), "{day}");
    }
    let many = vec![kept(Claim::Name.into()); MAX_KEPT + 1];
    assert_eq!(Kept::check(many, claims, NOW), Err(InvalidAnswer::Many));
    for text in [
        "2033-02-30",
        "2033-1-1",
        "20330101",
        "2033-12-31T00:00:00Z",
        "",
    ] {
        assert_eq!(text.parse::<Day>(), Err(InvalidAnswer::NotADay), "{text}");
    }
}

#[test]
fn words_read_as_they_are_written() {
    for reason in Reason::ALL {
        assert_eq!(reason.as_str().parse(), Ok(reason));
    }
    for state in DutyState::ALL {
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    assert_eq!("done".parse::<DutyState>(), Err(UnknownWord));
}
