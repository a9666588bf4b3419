//! Browsers that are known, links that are mailed, and ways back in that wait.

use sluis::domain::account::{Baseline, LONGEST_CHANGE, LinkPurpose, RecoveryWay};
use sluis::domain::id::AccountId;
use sluis::store::address_changes::{self, NewChange, Taken};
use sluis::store::known_browsers::{Acquaintance, Memory};
use sluis::store::mail_links::NewLink;
use sluis::store::mailings::{self, Mailing};
use sluis::store::{accounts, claimants, known_browsers, mail_links, recoveries};

use super::bench::{Bench, NOW, account, keep, later, on_both_engines, uuid};
use crate::harness::DAY;

const WAY: RecoveryWay = RecoveryWay::Escrow;

fn link(account_id: AccountId, number: u8, at: i64) -> NewLink {
    NewLink {
        account_id,
        hash: [number; 32],
        purpose: LinkPurpose::Recover,
        address_sealed: vec![number; 40],
        created_at: later(at),
        expires_at: later(at + 3_600),
    }
}

on_both_engines! {
    async fn of_too_many_browsers_the_one_used_longest_ago_is_forgotten(bench: Bench) {
        let id = bench.account(1).await;
        let memory = Memory { since: NOW.minus(DAY), most: 3 };
        for (at, number, met) in [
            (1, 1, Acquaintance::Only),
            (2, 2, Acquaintance::New),
            (3, 3, Acquaintance::New),
            (4, 1, Acquaintance::Known),
            (5, 4, Acquaintance::New),
        ] {
            let now = later(at);
            let result = keep!(bench.store, |tx| known_browsers::meet(tx, id, [number; 32], now, memory));
            assert_eq!(result.expect("a write"), met, "{number}");
        }
        let mut connection = bench.store.read().await.expect("a connection");
        for (number, knows) in [(1, true), (2, false), (3, true), (4, true)] {
            let known = known_browsers::knows(&mut connection, id, [number; 32]).await;
            assert_eq!(known.expect("a read"), knows, "{number}");
        }
    }

    async fn a_link_that_is_mailed_again_holds_unless_a_newer_one_took_its_place(bench: Bench) {
        let id = bench.account(1).await;
        for (number, at, holds) in [(1, 0, true), (1, 7_200, true), (2, 7_201, true), (1, 7_202, false)] {
            let new = link(id, number, at);
            let kept = keep!(bench.store, |tx| mail_links::keep(tx, &new, NOW.minus(DAY)));
            assert_eq!(kept.expect("a write"), holds, "{number} at {at}");
        }
        let mut connection = bench.store.read().await.expect("a connection");
        for (number, holds) in [(1, false), (2, true)] {
            let found = mail_links::find(&mut connection, id, [number; 32], later(7_300)).await;
            assert_eq!(found.expect("a read").is_some(), holds, "{number}");
        }
    }

    async fn a_mail_to_a_mailbox_counts_once_and_not_for_ever(bench: Bench) {
        let to = |mailbox: u8, number: u8| Mailing {
            address_index: [mailbox; 32],
            purpose: LinkPurpose::Confirm,
            hash: [number; 32],
        };
        for (mailbox, number, at) in [(1, 1, 0), (1, 1, 5), (1, 2, 10), (2, 3, 10)] {
            let mailing = to(mailbox, number);
            keep!(bench.store, |tx| mailings::keep(tx, &mailing, later(at))).expect("a write");
        }
        let other = Mailing { purpose: LinkPurpose::Recover, ..to(1, 9) };
        for (mailing, since, recent) in [
            (to(1, 9), 0, 2),
            (to(1, 2), 0, 1),
            (to(1, 9), 5, 1),
            (to(2, 9), 0, 1),
            (other, 0, 0),
        ] {
            let counted = keep!(bench.store, |tx| mailings::recent(tx, &mailing, later(since)));
            assert_eq!(counted.expect("a read"), recent, "{mailing:?} since {since}");
        }
        // Whose turn it is stays, as long as anything counts.
        keep!(bench.store, |tx| mailings::forget(tx, later(5))).expect("a write");
        assert_eq!(bench.count("mailings WHERE mailed_at = 0").await, 3);
        keep!(bench.store, |tx| mailings::forget_turns(tx)).expect("a write");
        assert_eq!(bench.count("mailings WHERE mailed_at = 0").await, 2);
        let mailing = to(1, 9);
        let left = keep!(bench.store, |tx| mailings::recent(tx, &mailing, later(-9)));
        assert_eq!(left.expect("a read"), 1);
    }

    async fn of_those_who_say_that_an_address_is_theirs_the_newest_goes_before(bench: Bench) {
        for number in 1..=3 {
            let row = account(number);
            let claims = keep!(bench.store, |tx| accounts::insert_claiming(tx, &row, [number; 32], [7; 32]));
            claims.expect("a write");
        }
        let elsewhere = bench.account(4).await;
        let id = |number| account(number).account.id;
        let before = async |id, since| {
            let mut connection = bench.store.read().await.expect("a connection");
            let others = claimants::before(&mut connection, id, later(since), LinkPurpose::Recover);
            others.await.expect("a read")
        };
        for (whose, others) in [(id(1), 2), (id(2), 1), (id(3), 0), (elsewhere, 0)] {
            assert_eq!(before(whose, -1).await, others);
            assert_eq!(before(whose, 1).await, 0, "that was long ago");
        }
        // Whoever was mailed theirs waits no more.
        let mailed = link(id(3), 3, 0);
        assert!(keep!(bench.store, |tx| mail_links::keep(tx, &mailed, NOW)).expect("a write"));
        assert_eq!(before(id(1), -1).await, 1);
    }

    async fn a_change_waits_no_longer_by_being_asked_for_once_more(bench: Bench) {
        let id = bench.account(1).await;
        let ask = async |index: u8, at: i64| {
            let new = NewChange {
                account_id: id,
                address_index: [index; 32],
                address_sealed: vec![index; 40],
                baseline: Baseline { at: later(at), second_factors: 0 },
                expires_at: later(at + 86_400),
            };
            keep!(bench.store, |tx| address_changes::ask(tx, &new)).expect("a write");
            let mut connection = bench.store.read().await.expect("a connection");
            let waits = address_changes::waiting(&mut connection, id, later(at)).await;
            let waits = waits.expect("a read").expect("a change");
            (waits.asked_at, waits.expires_at)
        };
        let found = async |id, index: u8| {
            let mut connection = bench.store.read().await.expect("a connection");
            address_changes::find(&mut connection, id, [index; 32]).await.expect("a read")
        };
        assert_eq!(found(id, 1).await, Taken::Unknown);
        assert_eq!(ask(1, 0).await, (NOW, later(86_400)));
        assert_eq!(ask(1, 80_000).await, (NOW, later(166_400)));
        assert_eq!(ask(1, 160_000).await, (NOW, later(246_400)));
        assert_eq!(ask(1, 240_000).await, (NOW, NOW.plus(LONGEST_CHANGE)));
        // Over, and another: each begins anew.
        assert_eq!(ask(1, 300_000).await, (later(300_000), later(386_400)));
        assert_eq!(ask(2, 310_000).await, (later(310_000), later(396_400)));
        let waits = Taken::Waited(Baseline { at: later(310_000), second_factors: 0 });
        assert_eq!((found(id, 2).await, found(id, 1).await), (waits, Taken::Over));
        let other = AccountId::new(uuid(9));
        assert_eq!(found(other, 2).await, Taken::Unknown);
    }

    async fn what_a_link_would_undo_that_holds_is_not_forgotten(bench: Bench) {
        let id = bench.account(1).await;
        for (number, at) in [(1, 0), (2, 5_000)] {
            let undo = NewLink { purpose: LinkPurpose::Undo, ..link(id, number, at) };
            assert!(keep!(bench.store, |tx| mail_links::keep(tx, &undo, NOW)).expect("a write"));
        }
        let baseline = Baseline { at: NOW, second_factors: 0 };
        for number in 1..=3 {
            let times = (later(10), later(6_000));
            let kept = keep!(bench.store, |tx| async {
                address_changes::keep_undo(tx, id, [number; 32], baseline, times).await
            });
            kept.expect("a write");
        }
        let mut connection = bench.store.read().await.expect("a connection");
        for (number, there) in [(1, false), (2, true), (3, true)] {
            let found = address_changes::baseline(&mut connection, id, [number; 32]).await;
            assert_eq!(found.expect("a read").is_some(), there, "{number}");
        }
    }

    async fn a_wait_is_over_when_it_was_told_and_not_before(bench: Bench) {
        let id = bench.account(1).await;
        let ready_at = later(86_400);
        keep!(bench.store, |tx| recoveries::start(tx, id, WAY, NOW, ready_at)).expect("a write");
        let much_later = later(200_000);
        let finished = keep!(bench.store, |tx| recoveries::finish(tx, id, WAY, much_later));
        assert!(!finished.expect("a write"));
        // Of a wait before this one, nobody has to be told any more.
        for (announced, until) in [(later(5), later(6)), (ready_at, later(150_000))] {
            keep!(bench.store, |tx| recoveries::heard(tx, id, announced, (later(63_600), until)))
                .expect("a write");
        }
        let finished = keep!(bench.store, |tx| recoveries::finish(tx, id, WAY, later(149_999)));
        assert!(!finished.expect("a write"));
        let mut connection = bench.store.read().await.expect("a connection");
        let ready = recoveries::ready(&mut connection, later(150_000), 10).await;
        assert_eq!(ready.expect("a read"), [id]);
        drop(connection);
        let finished = keep!(bench.store, |tx| recoveries::finish(tx, id, WAY, later(150_000)));
        assert!(finished.expect("a write"));
    }
}
