//! Chains of receipts with real signatures: whatever a grant goes through, its
//! chain verifies, and no other bytes do.

pub(crate) mod records;

use std::sync::LazyLock;

use enumset::EnumSet;
use proptest::prelude::*;
use sluis::crypto::jwt::Typ;
use sluis::crypto::signing::{Algorithm, KeySet, KeyUse, SigningKey};
use sluis::domain::business::{Business, BusinessDocument, Vetting};
use sluis::domain::claim::Claim;
use sluis::domain::grant::{EventKind, Grant, GrantState, Move};
use sluis::domain::id::{AccountId, BusinessId, GrantId, ReceiptId};
use sluis::domain::language::Language;
use sluis::domain::negotiation::{Ceiling, Choice, Terms, negotiate};
use sluis::domain::plan::{Plan, PlanVersion};
use sluis::domain::profile::Profiles;
use sluis::domain::receipt::{Act, ChainEnd, ChainHead, Context, Hash, Method, Receipt};
use sluis::domain::retention::Retention;
use sluis::domain::scope::Scope;
use sluis::domain::subject::Subject;
use sluis::domain::tier::TierChoice;
use sluis::domain::time::Timestamp;
use sluis::service::receipts::{Checked, check_file};
use uuid::Uuid;

const ISSUER: &str = "https://op.example";
const START: i64 = crate::harness::START.as_seconds();

static KEYS: LazyLock<KeySet> = LazyLock::new(keys);
static PLAN: LazyLock<Plan> = LazyLock::new(|| Plan::from_scopes(Scope::all()));
/// A chain of four receipts, to be tampered with.
static CHAIN: LazyLock<String> = LazyLock::new(|| {
    let moves = [Move::Pause, Move::Resume, Move::Withdraw];
    file(&life(1, &moves.map(minute_after)))
});

fn keys() -> KeySet {
    let key = SigningKey::generate(KeyUse::Receipt, Algorithm::Es256).expect("a key");
    KeySet::new(vec![key], &[]).expect("a set")
}

fn terms(tier: TierChoice, withheld: EnumSet<Claim>, months: u16, now: Timestamp) -> Terms {
    let mut choice = Choice::of(tier);
    choice.withheld = withheld;
    choice.retention = Retention::months(months);
    let plan = Plan::from_scopes(EnumSet::only(Scope::Openid));
    let full = negotiate(
        &PLAN,
        &Profiles::default(),
        EnumSet::all(),
        Ceiling::NONE,
        &choice,
        now,
    );
    let bare = || {
        negotiate(
            &plan,
            &Profiles::default(),
            EnumSet::all(),
            Ceiling::NONE,
            &choice,
            now,
        )
    };
    full.terms()
        .or_else(|| bare().terms())
        .expect("the bare plan asks nothing")
}

/// What can come into the life of a grant.
#[derive(Clone, Debug)]
enum Deed {
    /// It moves.
    Make(Move),
    /// Something is recorded beside it.
    Record(EventKind),
}

fn minute_after(mv: Move) -> (Deed, i64) {
    (Deed::Make(mv), 60)
}

/// The grant after a deed, and what happened; `None` where it cannot be done.
fn done(grant: &Grant, deed: &Deed, now: Timestamp) -> Option<(Grant, EventKind)> {
    let done = match deed {
        Deed::Make(mv) => grant.make(mv.clone(), now).ok()?,
        // Of an account that is gone nobody asks any more, and what becomes of
        // duties and of requests by right is told after the end as well.
        Deed::Record(_) if grant.state == GrantState::Erased => return None,
        Deed::Record(EventKind::Declined) if grant.state.is_over() => return None,
        Deed::Record(event) => grant.record(*event),
    };
    Some((done.grant, done.event))
}

/// The receipts of a grant that does those of these deeds that it can, each
/// some seconds after (or, by a clock that lags, before) the last.
fn life(grant: u128, deeds: &[(Deed, i64)]) -> Vec<String> {
    let mut now = START;
    let at = Timestamp::from_seconds;
    let high = TierChoice::ALL[3];
    let mut grant = Grant::give(
        GrantId::new(Uuid::from_u128(grant)),
        AccountId::new(Uuid::from_u128(2)),
        "shop".parse().expect("an id"),
        Subject::from_random([3; 16]),
        terms(high, EnumSet::empty(), 3, at(now)),
        PlanVersion(1),
        at(now),
    );
    let mut end = None;
    let mut chain = vec![sign(&grant, EventKind::Given, &mut end, at(now))];
    for (deed, seconds) in deeds {
        now += seconds;
        if let Some((after, event)) = done(&grant, deed, at(now)) {
            if event.is_record() {
                assert_eq!(after, grant, "what is recorded leaves it as it is");
            }
            grant = after;
            chain.push(sign(&grant, event, &mut end, at(now)));
        }
    }
    chain
}

fn sign(grant: &Grant, kind: EventKind, end: &mut Option<ChainEnd>, now: Timestamp) -> String {
    let business = Business {
        id: BusinessId::new(Uuid::from_u128(7)),
        document: BusinessDocument {
            name: "Bakkerij".to_owned(),
            address: "Dorpsstraat 1".to_owned(),
            contact: "privacy@bakkerij.example".to_owned(),
            registration: None,
            country: "NL".to_owned(),
            sector: None,
        },
        vetting: Vetting::Vetted,
    };
    let context = Context {
        issuer: ISSUER,
        business: &business,
        policy_uri: None,
        plan: &PLAN,
        plan_hash: &Hash::of(b"plan"),
    };
    let act = Act {
        kind,
        method: Method::AccountPage,
        language: Language::Nl,
        authentication: None,
        screen_hash: None,
        record: records::of(kind, grant, now),
    };
    let id = ReceiptId::new(Uuid::from_u128(u128::from(
        end.as_ref().map_or(0, |end| end.seq),
    )));
    let receipt = Receipt::write(id, end.as_ref(), grant, act, &context, now);
    let jws = KEYS
        .sign(Typ::Receipt, Algorithm::Es256, &receipt)
        .expect("a signature");
    *end = Some(ChainEnd {
        seq: receipt.seq,
        hash: Hash::of(jws.as_bytes()),
        at: Timestamp::from_seconds(receipt.iat),
    });
    jws
}

/// The file in which a chain is handed out.
fn file(chain: &[String]) -> String {
    let first: Receipt = read(&chain[0]);
    let head = ChainHead {
        iss: ISSUER.to_owned(),
        iat: START,
        grant_id: first.grant_id,
        count: u32::try_from(chain.len()).expect("few"),
        last: Hash::of(chain.last().expect("one at least").as_bytes()),
    };
    let head = KEYS
        .sign(Typ::ReceiptChain, Algorithm::Es256, &head)
        .expect("a signature");
    chain
        .iter()
        .chain([&head])
        .map(|line| format!("{line}\n"))
        .collect()
}

fn read(jws: &str) -> Receipt {
    let verified = KEYS
        .public_keys()
        .verify(jws, Typ::Receipt)
        .expect("genuine");
    verified.claims().expect("a receipt")
}

/// How many receipts a file proves to be a whole chain, if it does.
fn whole(text: &str) -> Option<usize> {
    match check_file(text, KEYS.public_keys()) {
        Ok(Checked::Chain(receipts)) => Some(receipts.len()),
        Ok(Checked::Receipt(_)) | Err(_) => None,
    }
}

fn deeds() -> impl Strategy<Value = Vec<(Deed, i64)>> {
    let claims: Vec<Claim> = Claim::all().iter().collect();
    let withheld = proptest::sample::subsequence(claims, 0..4).prop_map(EnumSet::from_iter);
    let tier = proptest::sample::select(TierChoice::ALL.to_vec());
    let others =
        (tier, withheld, 1_u16..13, 0..40_i64).prop_map(|(tier, withheld, months, days)| {
            let from = Timestamp::from_seconds(START + days * 86_400);
            terms(tier, withheld, months, from)
        });
    let mv = prop_oneof![
        4 => others.clone().prop_map(|terms| Move::Change(terms, PlanVersion(2))),
        3 => others.prop_map(|terms| Move::Narrow(terms, PlanVersion(3))),
        2 => (1_u16..7, 0_i64..2_000_000).prop_map(|(months, since)| {
            let from = Timestamp::from_seconds(START + since);
            Move::Renew(terms(TierChoice::ALL[3], EnumSet::empty(), months, from))
        }),
        3 => Just(Move::Pause),
        3 => Just(Move::Resume),
        1 => Just(Move::Withdraw),
        1 => Just(Move::End),
        2 => Just(Move::Expire),
        1 => Just(Move::Erase),
    ];
    let record = proptest::sample::select(records::ALL.to_vec());
    let deed = prop_oneof![
        3 => mv.prop_map(Deed::Make),
        1 => record.prop_map(Deed::Record),
    ];
    let pause = prop_oneof![-10_i64..100, 0_i64..3_000_000];
    proptest::collection::vec((deed, pause), 0..12)
}

/// Nothing is written beside the sources when a property fails.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        cases: 128,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_chain_of_any_life_verifies(deeds in deeds()) {
        let chain = life(1, &deeds);
        prop_assert_eq!(whole(&file(&chain)), Some(chain.len()));
    }

    #[test]
    fn a_chain_that_lacks_a_receipt_is_refused(deeds in deeds(), at: prop::sample::Index) {
        let chain = life(1, &deeds);
        let text = file(&chain);
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        lines.remove(at.index(lines.len()));
        prop_assert_eq!(whole(&lines.concat()), None);
    }

    #[test]
    fn a_chain_in_another_order_is_refused(deeds in deeds(), one: prop::sample::Index, other: prop::sample::Index) {
        let text = file(&life(1, &deeds));
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        let (one, other) = (one.index(lines.len()), other.index(lines.len()));
        lines.swap(one, other);
        prop_assert_eq!(whole(&lines.concat()).is_some(), one == other);
    }

    #[test]
    fn a_chain_with_a_receipt_of_another_is_refused(deeds in deeds(), at: prop::sample::Index) {
        let chain = life(1, &deeds);
        let stranger = life(9, &deeds);
        let at = at.index(chain.len());
        let mut mixed = chain.clone();
        mixed[at].clone_from(&stranger[at]);
        let text = file(&chain);
        let head = text.lines().last().expect("a head");
        let lines: String = mixed.iter().map(String::as_str).chain([head]).map(|l| format!("{l}\n")).collect();
        prop_assert_eq!(whole(&lines), None);
    }

    #[test]
    fn no_byte_can_be_changed(at: prop::sample::Index, with: u8) {
        let mut bytes = CHAIN.clone().into_bytes();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != with);
        bytes[at] = with;
        // What is no text is refused when it is read.
        if let Ok(text) = String::from_utf8(bytes) {
            prop_assert_eq!(whole(&text), None);
        }
    }

    #[test]
    fn nothing_can_be_put_in(at: prop::sample::Index, what in "[\\x00-\\x7f]|é") {
        let mut text = CHAIN.clone();
        text.insert_str(at.index(CHAIN.len() + 1), &what);
        prop_assert_eq!(whole(&text), None);
    }
}

#[test]
fn no_single_bit_can_be_flipped() {
    assert_eq!(whole(&CHAIN), Some(4));
    // Every bit of one receipt costs seconds; of every byte one bit, in turn.
    for at in 0..CHAIN.len() {
        let mut bytes = CHAIN.clone().into_bytes();
        bytes[at] ^= 1 << (at % 7);
        let text = String::from_utf8(bytes).expect("ASCII stays ASCII");
        assert_eq!(whole(&text), None, "byte {at}");
    }
}

#[test]
fn no_byte_can_be_left_out() {
    for at in (0..CHAIN.len()).step_by(3) {
        let mut text = CHAIN.clone();
        text.remove(at);
        assert_eq!(whole(&text), None, "byte {at}");
    }
}

#[test]
fn a_chain_cut_short_is_no_chain() {
    for end in 0..CHAIN.len() {
        assert_eq!(whole(&CHAIN[..end]), None, "{end} bytes");
    }
    // What is left of it can still be one genuine receipt, and says no more.
    let first = CHAIN.split_inclusive('\n').next().expect("a line");
    assert!(matches!(
        check_file(first, KEYS.public_keys()),
        Ok(Checked::Receipt(_))
    ));
}

#[test]
fn keys_of_another_provider_prove_nothing() {
    assert!(check_file(&CHAIN, keys().public_keys()).is_err());
}

#[test]
fn a_head_of_a_shorter_chain_does_not_close_a_longer_one() {
    let chain = life(1, &[Move::Pause, Move::Withdraw].map(minute_after));
    let earlier = file(&chain[..2]);
    let old_head = earlier.lines().last().expect("a head");
    let longer: String = chain
        .iter()
        .map(String::as_str)
        .chain([old_head])
        .map(|l| format!("{l}\n"))
        .collect();
    assert_eq!(whole(&longer), None);
    assert_eq!(
        whole(&earlier),
        Some(2),
        "what was handed out earlier was whole then"
    );
}
