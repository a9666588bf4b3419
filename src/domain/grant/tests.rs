//! The life of a grant: which moves lead where, and what is released there.

use enumset::EnumSet;
use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::domain::negotiation::Ceiling;
use crate::domain::strategies::{config, given, scene};

/// A move, and how many hours before or after the last one.
fn moves() -> impl Strategy<Value = Vec<(Move, i64)>> {
    let mv = prop_oneof![
        3 => scene().prop_filter_map("terms", |scene| Some(Move::Change(given(&scene)?.terms, PlanVersion(2)))),
        1 => scene().prop_filter_map("terms", |scene| Some(Move::Narrow(given(&scene)?.terms, PlanVersion(2)))),
        1 => scene().prop_filter_map("terms", |scene| Some(Move::Renew(given(&scene)?.terms))),
        2 => Just(Move::Pause),
        2 => Just(Move::Resume),
        1 => Just(Move::Withdraw),
        1 => Just(Move::End),
        2 => Just(Move::Expire),
        1 => Just(Move::Erase),
    ];
    vec((mv, -200_i64..1_000), 0..8)
}

fn later(now: Timestamp, hours: i64) -> Timestamp {
    Timestamp::from_micros(now.as_micros() + hours * 3_600_000_000)
}

/// The table of moves, said once more by other means.
fn leads_to(state: GrantState, mv: &Move) -> Option<GrantState> {
    use GrantState::{Active, Ended, Erased, Expired, Paused, Withdrawn};
    match mv {
        Move::Change(..) | Move::Renew(_) => (state == Active).then_some(Active),
        // Also of what is paused.
        Move::Narrow(..) => (!state.is_over()).then_some(state),
        Move::Pause => (state == Active).then_some(Paused),
        Move::Resume => (state == Paused).then_some(Active),
        Move::Withdraw => (!state.is_over()).then_some(Withdrawn),
        Move::End => (!state.is_over()).then_some(Ended),
        Move::Expire => (state == Expired).then_some(Expired),
        Move::Erase => (state != Erased).then_some(Erased),
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_move_leads_where_the_table_says(scene in scene(), moves in moves()) {
        let Some(mut grant) = given(&scene) else { return Ok(()) };
        let mut now = scene.now;
        for (mv, hours) in moves {
            now = later(now, hours);
            let (before, state) = (grant.clone(), grant.state_at(now));
            let mut expected = leads_to(state, &mv);
            if mv == Move::Expire && grant.state == GrantState::Expired {
                expected = None;
            }
            match grant.make(mv.clone(), now) {
                Ok(transition) => {
                    prop_assert_eq!(Some(transition.grant.state), expected);
                    prop_assert!(transition.grant.updated_at >= before.updated_at);
                    prop_assert_eq!(transition.event.is_final(), transition.grant.state.is_over());
                    if !matches!(mv, Move::Change(..) | Move::Narrow(..) | Move::Renew(_)) {
                        // Rule 3: time never grows without a new agreement.
                        prop_assert_eq!(&transition.grant.terms, &before.terms);
                    }
                    grant = transition.grant;
                }
                Err(refused) => {
                    prop_assert_eq!(expected, None);
                    prop_assert_eq!(refused.state, state);
                }
            }
        }
    }

    /// Rule 2: what is released follows the grant, and not what was once given.
    #[test]
    fn only_a_grant_in_force_releases_anything(scene in scene(), moves in moves()) {
        let Some(mut grant) = given(&scene) else { return Ok(()) };
        let mut now = scene.now;
        for (mv, hours) in moves {
            now = later(now, hours);
            if let Ok(transition) = grant.make(mv, now) {
                grant = transition.grant;
            }
            let releasable = grant.releasable(&scene.plan, Ceiling::NONE, now);
            let ran_out = grant.expires_at().is_some_and(|end| end <= now);
            if grant.state != GrantState::Active || ran_out {
                prop_assert!(releasable.is_empty());
            } else {
                prop_assert_eq!(releasable, grant.terms.claims_within(&scene.plan, now));
            }
        }
    }

    #[test]
    fn a_change_is_called_wider_when_it_is(scene in scene(), other in scene()) {
        let (Some(grant), Some(other)) = (given(&scene), given(&other)) else { return Ok(()) };
        let wider = other.terms.is_wider_than(&grant.terms);
        let Ok(made) = grant.make(Move::Change(other.terms.clone(), PlanVersion(2)), scene.now) else {
            return Ok(());
        };
        prop_assert_eq!(made.event == EventKind::Widened, wider);
        prop_assert_eq!(made.event == EventKind::Narrowed, !wider);
        prop_assert_eq!(made.grant.terms, other.terms);
        prop_assert_eq!(made.grant.plan_version, PlanVersion(2));
        prop_assert_eq!(made.grant.subject, grant.subject);
    }

    #[test]
    fn a_token_gets_the_standard_claims_of_its_scopes_and_all_others(
        scene in scene(),
        bits in 0_u16..256,
        asked in 0_u32..8_192,
    ) {
        let Some(grant) = given(&scene) else { return Ok(()) };
        let scopes = EnumSet::<Scope>::from_u16(bits);
        let asked = EnumSet::<Claim>::from_u32(asked);
        let released = grant.releasable_to(&scene.plan, Ceiling::NONE, scopes, asked, scene.now);
        for claim in Claim::all() {
            let named_by = |scopes| Scope::claims_of(scopes).contains(claim);
            let in_scope = named_by(scopes) || !named_by(Scope::all()) || asked.contains(claim);
            let releasable = grant.releasable(&scene.plan, Ceiling::NONE, scene.now).contains(claim);
            prop_assert_eq!(released.contains(claim), releasable && in_scope);
        }
    }
}

#[test]
fn states_and_events_have_words_of_their_own() {
    for state in GrantState::ALL {
        assert_eq!(state.as_str().parse(), Ok(state));
    }
    assert_eq!("gone".parse::<GrantState>(), Err(UnknownState));
    // DPV: withdrawing is the data subject's act, revoking someone else's.
    assert_eq!(
        EventKind::Withdrawn.dpv(GrantState::Withdrawn),
        "dpv:ConsentWithdrawn"
    );
    assert_eq!(
        EventKind::Ended.dpv(GrantState::Ended),
        "dpv:ConsentRevoked"
    );
    assert_eq!(
        EventKind::Expired.dpv(GrantState::Expired),
        "dpv:ConsentExpired"
    );
    assert_eq!(
        EventKind::Widened.dpv(GrantState::Active),
        "dpv:RenewedConsentGiven"
    );
    assert_eq!(
        EventKind::Renewed.dpv(GrantState::Active),
        "dpv:RenewedConsentGiven"
    );
}
