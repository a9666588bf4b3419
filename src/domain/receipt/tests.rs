//! What a receipt says, and what makes a chain whole. Chains with signatures
//! are in `tests/it/chain.rs`.

mod schema;

use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::account::Authentication;
use crate::domain::business::{Business, BusinessDocument, Vetting};
use crate::domain::grant::{Grant, Move};
use crate::domain::id::BusinessId;
use crate::domain::strategies::{Scene, config, given, scene};
use crate::domain::time::Timestamp;

fn business() -> Business {
    Business {
        id: BusinessId::new(Uuid::from_u128(7)),
        document: BusinessDocument {
            name: "Bakkerij De Vries".to_owned(),
            address: "Dorpsstraat 1, 1234 AB Dorp".to_owned(),
            contact: "privacy@bakkerij.example".to_owned(),
            registration: None,
            country: "NL".to_owned(),
            sector: None,
        },
        vetting: Vetting::Vetted,
    }
}

fn write(
    scene: &Scene,
    grant: &Grant,
    kind: EventKind,
    after: Option<&ChainEnd>,
    now: Timestamp,
) -> Receipt {
    write_act(scene, grant, (kind, None), after, now)
}

fn write_act(
    scene: &Scene,
    grant: &Grant,
    (kind, record): (EventKind, Option<Record>),
    after: Option<&ChainEnd>,
    now: Timestamp,
) -> Receipt {
    let business = business();
    let context = Context {
        issuer: "https://op.example",
        business: &business,
        policy_uri: None,
        plan: &scene.plan,
        plan_hash: &Hash::of(b"plan"),
    };
    let act = Act {
        kind,
        method: Method::ConsentPage,
        language: Language::Nl,
        authentication: Some(Authentication::by_password(now)),
        screen_hash: None,
        record,
    };
    Receipt::write(
        ReceiptId::new(Uuid::from_u128(9)),
        after,
        grant,
        act,
        &context,
        now,
    )
}

proptest! {
    #![proptest_config(config())]

    /// Rule 6.
    #[test]
    fn each_purpose_is_told_with_its_own_legal_basis(scene in scene()) {
        let Some(grant) = given(&scene) else { return Ok(()) };
        let receipt = write(&scene, &grant, EventKind::Given, None, scene.now);
        prop_assert_eq!(receipt.processes.len(), grant.terms.purposes.len());
        for process in &receipt.processes {
            let declared = scene.plan.purpose(&process.id).expect("it is in the plan");
            prop_assert_eq!(process.basis, declared.basis);
            prop_assert_eq!(&process.legal_basis, declared.basis.dpv());
            prop_assert_eq!(process.necessity == "required", declared.required);
        }
        let rests_on_consent = receipt.processes.iter().any(|p| p.basis == LegalBasis::Consent);
        prop_assert_eq!(receipt.event.consent_type.is_some(), rests_on_consent);
    }

    #[test]
    fn a_receipt_says_what_was_agreed(scene in scene()) {
        let Some(grant) = given(&scene) else { return Ok(()) };
        let receipt = write(&scene, &grant, EventKind::Given, None, scene.now);
        prop_assert_eq!(receipt.profile.claims, grant.terms.all_claims());
        prop_assert_eq!(&receipt.event.valid_until, &grant.expires_at().map(|end| end.to_string()));
        for (process, agreed) in receipt.processes.iter().zip(&grant.terms.purposes) {
            prop_assert_eq!(process.claims, agreed.claims);
            let uses = process.permissions.iter().chain(&process.channels);
            prop_assert_eq!(uses.copied().collect::<EnumSet<_>>(), agreed.permissions);
            prop_assert!(process.channels.iter().all(|channel| channel.is_contact()));
            prop_assert_eq!(process.storage.duration, agreed.retention);
        }
        let text = serde_json::to_string(&receipt).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<Receipt>(&text).ok(), Some(receipt));
    }

    #[test]
    fn what_is_over_has_no_end_of_validity(scene in scene()) {
        let Some(grant) = given(&scene) else { return Ok(()) };
        let Ok(made) = grant.make(Move::Withdraw, scene.now) else { return Ok(()) };
        let receipt = write(&scene, &made.grant, made.event, None, scene.now);
        prop_assert_eq!(receipt.event.valid_until, None);
        prop_assert_eq!(receipt.event.consent_type, None);
        prop_assert_eq!(receipt.event.state, "dpv:ConsentWithdrawn");
    }
}

#[test]
fn a_member_that_nobody_knows_is_refused() {
    let hash = Hash::of(b"");
    let text = format!(
        r#"{{"iss": "i", "iat": 1, "grant_id": "{}", "count": 1, "last": "{}""#,
        Uuid::nil(),
        hash.as_str()
    );
    assert!(serde_json::from_str::<ChainHead>(&format!("{text}}}")).is_ok());
    assert!(serde_json::from_str::<ChainHead>(&format!(r#"{text}, "x": 1}}"#)).is_err());
}

/// A chain of three and its head, to be broken in one way each.
fn chain() -> (Vec<(Receipt, Hash)>, ChainHead) {
    let now = Timestamp::from_seconds(1_790_000_000);
    let plan = crate::domain::plan::Plan::from_scopes(crate::domain::scope::Scope::Openid.into());
    let scene = Scene {
        plan,
        profiles: crate::domain::profile::Profiles::default(),
        held: EnumSet::empty(),
        choice: crate::domain::negotiation::Choice::of(TierChoice::Anonymous),
        now,
    };
    let mut grant = given(&scene).expect("it asks nothing");
    let first = write(&scene, &grant, EventKind::Given, None, now);
    let mut chain = vec![(first, Hash::of(b"1"))];
    for (mv, jws) in [(Move::Pause, b"2"), (Move::Withdraw, b"3")] {
        let made = grant.make(mv, now).expect("a move");
        let (before, hash) = chain.last().expect("one at least").clone();
        let end = ChainEnd {
            seq: before.seq,
            hash,
            at: now,
        };
        chain.push((
            write(&scene, &made.grant, made.event, Some(&end), now),
            Hash::of(jws),
        ));
        grant = made.grant;
    }
    let head = ChainHead {
        iss: "https://op.example".to_owned(),
        iat: now.as_seconds(),
        grant_id: grant.id,
        count: 3,
        last: Hash::of(b"3"),
    };
    (chain, head)
}

fn broken(change: impl FnOnce(&mut Vec<(Receipt, Hash)>, &mut ChainHead)) -> Option<(u32, Break)> {
    let (mut receipts, mut head) = chain();
    change(&mut receipts, &mut head);
    let refused = check_chain(&receipts, &head).err()?;
    Some((refused.position, refused.what))
}

#[test]
fn a_chain_is_whole_or_says_where_it_breaks() {
    assert_eq!(broken(|_, _| ()), None);
    assert_eq!(broken(|chain, _| chain.clear()), Some((0, Break::End)));
    assert_eq!(broken(|chain, _| drop(chain.pop())), Some((2, Break::End)));
    assert_eq!(
        broken(|chain, _| drop(chain.remove(0))),
        Some((1, Break::Sequence))
    );
    assert_eq!(
        broken(|chain, _| drop(chain.remove(1))),
        Some((2, Break::Sequence))
    );
    assert_eq!(
        broken(|chain, _| chain.swap(0, 1)),
        Some((1, Break::Sequence))
    );
    assert_eq!(
        broken(|chain, _| chain[1].1 = Hash::of(b"x")),
        Some((3, Break::Link))
    );
    assert_eq!(
        broken(|chain, _| chain[1].0.prev = None),
        Some((2, Break::Link))
    );
    assert_eq!(
        broken(|chain, _| chain[0].0.prev = Some(Hash::of(b""))),
        Some((1, Break::Link))
    );
    assert_eq!(broken(|_, head| head.count = 2), Some((3, Break::End)));
    assert_eq!(
        broken(|_, head| head.last = Hash::of(b"2")),
        Some((3, Break::End))
    );
}

#[test]
fn a_chain_is_of_one_agreement() {
    let other = |chain: &mut Vec<(Receipt, Hash)>| chain[1].0.aud = "news".parse().expect("an id");
    assert_eq!(broken(|chain, _| other(chain)), Some((2, Break::Foreign)));
    let other = |chain: &mut Vec<(Receipt, Hash)>| chain[1].0.sub = Subject::from_random([4; 16]);
    assert_eq!(broken(|chain, _| other(chain)), Some((2, Break::Foreign)));
    assert_eq!(
        broken(|_, head| head.iss.push('/')),
        Some((1, Break::Foreign))
    );
    let stranger = GrantId::new(Uuid::from_u128(8));
    assert_eq!(
        broken(|_, head| head.grant_id = stranger),
        Some((1, Break::Foreign))
    );
}

#[test]
fn a_chain_tells_a_life_that_can_be() {
    let kind = |chain: &mut Vec<(Receipt, Hash)>, at: usize, kind| chain[at].0.event.kind = kind;
    assert_eq!(
        broken(|c, _| kind(c, 0, EventKind::Paused)),
        Some((1, Break::Life))
    );
    assert_eq!(
        broken(|c, _| kind(c, 1, EventKind::Given)),
        Some((2, Break::Life))
    );
    assert_eq!(
        broken(|c, _| kind(c, 1, EventKind::Expired)),
        Some((3, Break::Life))
    );
    let erased_twice = |chain: &mut Vec<(Receipt, Hash)>| {
        kind(chain, 1, EventKind::Erased);
        kind(chain, 2, EventKind::Erased);
    };
    assert_eq!(
        broken(|chain, _| erased_twice(chain)),
        Some((3, Break::Life))
    );
    let erased_after = |chain: &mut Vec<(Receipt, Hash)>| {
        kind(chain, 1, EventKind::Withdrawn);
        kind(chain, 2, EventKind::Erased);
    };
    assert_eq!(broken(|chain, _| erased_after(chain)), None);
    assert_eq!(
        broken(|chain, _| chain[1].0.iat -= 1),
        Some((2, Break::Time))
    );
}
