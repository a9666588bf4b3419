//! What goes along to other providers, and what comes from them.

use sluis::domain::duty::{Duty, Reason};
use sluis::domain::id::{DutyId, ImportId, TransferId};
use sluis::domain::rights::{Outcome, Taken};
use sluis::domain::transfer::{Departing, DepartureBinding};
use sluis::store::arrivals::{self, NewArrival};
use sluis::store::departures::{self, CodeUse, NewDeparture, Redeemed};
use sluis::store::imports::{self, ImportRow, PieceRow};
use sluis::store::rights::{ReplyRow, RequestRow};
use sluis::store::{accounts, duties, rights};

use super::bench::{Bench, NOW, account, all_at_once, keep, later, on_both_engines, uuid, winners};
use crate::chain::records::{duty, request};

fn import(number: u8) -> (ImportRow, Vec<PieceRow>) {
    let row = ImportRow {
        id: ImportId::new(uuid(number)),
        created_at: NOW,
        kept_at: None,
        head_sealed: vec![number],
    };
    let pieces = (1..=3).map(|seq| PieceRow {
        seq,
        piece_sealed: vec![number, 9],
    });
    (row, pieces.collect())
}

fn departure(account: sluis::domain::id::AccountId, number: u8) -> NewDeparture {
    let jkt = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    NewDeparture {
        id: TransferId::new(uuid(number)),
        account_id: account,
        departing: Departing {
            client_id: "elsewhere".parse().expect("an id"),
            binding: DepartureBinding {
                redirect_uri: "https://elsewhere.example/back".to_owned(),
                code_challenge: sluis::domain::authorization::CodeChallenge::parse(
                    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
                )
                .expect("a challenge"),
                dpop_jkt: jkt.parse().expect("a thumbprint"),
            },
        },
        code_hash: [number; 32],
        vault_key_wrapped: vec![1],
        created_at: NOW,
        expires_at: later(60),
    }
}

on_both_engines! {
    async fn an_import_waits_alone_and_is_kept_once(bench: Bench) {
        let owner = bench.account(1).await;
        for number in [1, 2] {
            let (row, pieces) = import(number);
            keep!(bench.store, |tx| imports::insert(tx, owner, (&row, vec![8]), &pieces)).expect("a write");
        }
        assert_eq!(bench.count("imports").await, 1, "the second took its place");
        assert_eq!(bench.count("import_pieces").await, 3);
        let id = ImportId::new(uuid(2));
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let store = store.clone();
            async move { keep!(store, |tx| imports::keep(tx, owner, id, vec![7], later(5))) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let (row, pieces) = import(3);
        keep!(bench.store, |tx| imports::insert(tx, owner, (&row, vec![8]), &pieces)).expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        let kept = imports::kept(&mut connection, owner).await.expect("a read");
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].kept_at, &kept[0].summary_sealed), (later(5), &Some(vec![8])));
        let row = imports::find(&mut connection, owner, id).await.expect("a read").expect("it");
        assert_eq!((row.kept_at, row.head_sealed), (Some(later(5)), vec![7]));
        let some = imports::pieces(&mut connection, owner, id, 1, 1).await.expect("a read");
        assert_eq!(some[0].seq, 2);
        let left = imports::left_behind(&mut connection, later(1), 9).await.expect("a read");
        assert_eq!(left, [(owner, ImportId::new(uuid(3)))]);
        drop(connection);
        // Whoever throws away what waits comes too late for this one.
        let gone = keep!(bench.store, |tx| imports::remove_waiting(tx, owner, id));
        assert!(!gone.expect("a write"));
        assert_eq!(bench.count("import_pieces").await, 6, "all are there");
        let gone = keep!(bench.store, |tx| imports::remove(tx, owner, id)).expect("a write");
        assert!(gone);
        assert_eq!(bench.count("import_pieces").await, 3, "those of the other");
    }

    async fn code_and_token_of_a_departure_are_good_once(bench: Bench) {
        let owner = bench.account(1).await;
        let new = departure(owner, 5);
        let id = new.id;
        keep!(bench.store, |tx| departures::insert(tx, &new)).expect("a write");
        let redeemed = Redeemed {
            token_hash: [6; 32],
            vault_key_wrapped: vec![2],
            expires_at: later(300),
        };
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let (store, redeemed) = (store.clone(), redeemed.clone());
            async move {
                let code = [5; 32];
                keep!(store, |tx| departures::redeem(tx, id, code, redeemed, later(10)))
                    .map(|outcome| outcome == CodeUse::Won)
            }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let wrong = keep!(bench.store, |tx| departures::fetch(tx, id, [7; 32], later(20)));
        assert!(!wrong.expect("a write"));
        let late = keep!(bench.store, |tx| departures::fetch(tx, id, [6; 32], later(300)));
        assert!(!late.expect("a write"));
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let store = store.clone();
            async move { keep!(store, |tx| departures::fetch(tx, id, [6; 32], later(20))) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let mut connection = bench.store.read().await.expect("a connection");
        let row = departures::find(&mut connection, id).await.expect("a read").expect("a row");
        assert_eq!((row.vault_key_wrapped, row.token_hash), (None, Some([6; 32])));
        let told = departures::of_account(&mut connection, owner, 9).await.expect("a read");
        assert_eq!(told[0].2, later(20));
        drop(connection);
        let stale = departure(owner, 7);
        let stale_id = stale.id;
        keep!(bench.store, |tx| departures::insert(tx, &stale)).expect("a write");
        keep!(bench.store, |tx| departures::end_stale(tx, later(59))).expect("a write");
        let open = |id| {
            let store = bench.store.clone();
            async move {
                let mut connection = store.read().await.expect("a connection");
                let row = departures::find(&mut connection, id).await.expect("a read");
                row.expect("a row").vault_key_wrapped.is_some()
            }
        };
        assert!(open(stale_id).await);
        keep!(bench.store, |tx| departures::end_stale(tx, later(60))).expect("a write");
        assert!(!open(stale_id).await);
    }

    async fn a_code_that_was_replaced_is_not_redeemed_and_steals_nothing(bench: Bench) {
        let owner = bench.account(1).await;
        let (first, second) = (departure(owner, 5), departure(owner, 6));
        let (id, codes) = (first.id, [first.code_hash, second.code_hash]);
        keep!(bench.store, |tx| departures::insert(tx, &first)).expect("a write");
        let second = NewDeparture { id, ..second };
        let renewed = keep!(bench.store, |tx| departures::renew(tx, &second, later(1)));
        assert!(renewed.expect("a write"));
        let outcomes = [
            (codes[0], CodeUse::Replaced),
            (codes[1], CodeUse::Won),
            (codes[1], CodeUse::Before),
            (codes[0], CodeUse::Replaced),
        ];
        for (code, outcome) in outcomes {
            let redeemed = Redeemed {
                token_hash: [7; 32],
                vault_key_wrapped: vec![2],
                expires_at: later(300),
            };
            let told = keep!(bench.store, |tx| departures::redeem(tx, id, code, redeemed, later(2)));
            assert_eq!(told.expect("a write"), outcome);
        }
    }

    async fn an_arrival_is_claimed_once_where_it_began(bench: Bench) {
        let owner = bench.account(1).await;
        let new = NewArrival {
            account_id: owner,
            id: TransferId::new(uuid(8)),
            state_hash: [1; 32],
            browser_hash: [2; 32],
            created_at: NOW,
            journey_sealed: vec![3],
        };
        keep!(bench.store, |tx| arrivals::insert(tx, &new)).expect("a write");
        let claim = |hashes, after: i64| {
            let store = bench.store.clone();
            async move {
                keep!(store, |tx| arrivals::claim(tx, owner, hashes, later(after), later(9)))
                    .expect("a write")
                    .is_some()
            }
        };
        assert!(!claim(([9; 32], [2; 32]), -60).await, "another state");
        assert!(!claim(([1; 32], [9; 32]), -60).await, "another browser");
        assert!(!claim(([1; 32], [2; 32]), 0).await, "too late");
        assert!(claim(([1; 32], [2; 32]), -60).await);
        assert!(!claim(([1; 32], [2; 32]), -60).await, "again");
        let issuer = "https://elsewhere.example";
        for name in ["one", "two"] {
            keep!(bench.store, |tx| arrivals::set_own_client(tx, issuer, name, NOW))
                .expect("a write");
        }
        let mut connection = bench.store.read().await.expect("a connection");
        let own = arrivals::own_client(&mut connection, issuer).await.expect("a read");
        assert_eq!(own.as_deref(), Some("two"));
    }

    async fn duties_are_read_to_the_last(bench: Bench) {
        let grant = bench.grant().await.grant;
        for number in 0..5 {
            let duty = Duty {
                id: DutyId::new(uuid(100 + number)),
                claims: enumset::EnumSet::empty(),
                reason: Reason::Withdrawn,
                delete_by: later(60),
                ..duty(&grant, NOW)
            };
            keep!(bench.store, |tx| duties::insert(tx, &duty)).expect("a write");
        }
        let mut connection = bench.store.read().await.expect("a connection");
        let (mut after, mut found) = (None, Vec::new());
        loop {
            let some = duties::after(&mut connection, grant.account_id, after, 2).await;
            let some = some.expect("a read");
            let Some(last) = some.last() else { break };
            after = Some(last.id);
            found.extend(some.iter().map(|duty| duty.id));
        }
        assert_eq!(found, (0..5).map(|n| DutyId::new(uuid(100 + n))).collect::<Vec<_>>());
        let weight = duties::weight(&mut connection, grant.account_id).await;
        assert_eq!(weight.expect("a read"), (5, 0), "nobody has answered");
    }

    async fn requests_weigh_what_their_answers_say(bench: Bench) {
        let grant = bench.grant().await.grant;
        let row = RequestRow {
            request: request(&grant, NOW),
            reply_key: vec![1; 32],
            reply_key_wrapped: vec![2; 60],
        };
        let new = row.clone();
        keep!(bench.store, |tx| rights::insert(tx, &new)).expect("a write");
        for (seq, outcome) in [(1, Outcome::Extended), (2, Outcome::Done)] {
            let until = (outcome == Outcome::Extended).then(|| later(60));
            let taken = Taken { outcome, at: NOW, until };
            let reply = ReplyRow { seq, taken, text_sealed: vec![3; 40] };
            let asked = row.request.clone();
            let kept = keep!(bench.store, |tx| rights::answer(tx, &asked, &reply));
            assert!(kept.expect("a write"));
        }
        let mut connection = bench.store.read().await.expect("a connection");
        let weight = rights::weight(&mut connection, grant.account_id).await;
        assert_eq!(weight.expect("a read"), (1, 80));
    }

    async fn a_snapshot_sees_nothing_that_comes_after_it(bench: Bench) {
        let before = bench.account(1).await;
        let mut snapshot = bench.store.snapshot().await.expect("a view");
        let from = snapshot.connection();
        assert!(accounts::by_id(from, before).await.expect("a read").is_some());
        let late = account(9);
        let id = late.account.id;
        keep!(bench.store, |tx| accounts::insert(tx, &late, [9; 32])).expect("a write");
        assert!(accounts::by_id(from, id).await.expect("a read").is_none());
        drop(snapshot);
        let mut snapshot = bench.store.snapshot().await.expect("a view");
        let from = snapshot.connection();
        assert!(accounts::by_id(from, id).await.expect("a read").is_some());
    }
}
