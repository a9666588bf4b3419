//! Browsers that are known, links that are mailed, and ways back in that wait.

use std::time::Duration;

use sluis::domain::account::{LinkPurpose, RecoveryWay};
use sluis::domain::id::AccountId;
use sluis::store::known_browsers::{Acquaintance, Memory};
use sluis::store::mail_links::NewLink;
use sluis::store::mailings::{self, Mailing};
use sluis::store::{known_browsers, mail_links, recoveries};

use super::bench::{Bench, NOW, keep, later, on_both_engines};

const WAY: RecoveryWay = RecoveryWay::Escrow;
const DAY: Duration = Duration::from_hours(24);

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
        keep!(bench.store, |tx| mailings::forget(tx, later(5))).expect("a write");
        let mailing = to(1, 9);
        let left = keep!(bench.store, |tx| mailings::recent(tx, &mailing, later(-9)));
        assert_eq!(bench.count("mailings WHERE mailed_at = 0").await, 3);
        keep!(bench.store, |tx| mailings::forget_turns(tx)).expect("a write");
        assert_eq!(bench.count("mailings WHERE mailed_at = 0").await, 2);
        assert_eq!(left.expect("a read"), 1);
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
