//! Grants, subjects, reads and receipts.

use sluis::domain::grant::{GrantState, Move};
use sluis::domain::id::{AccountId, BusinessId, GrantId, ReadId};
use sluis::domain::plan::PlanVersion;
use sluis::domain::receipt::{ChainEnd, Hash};
use sluis::domain::subject::{Sector, Subject};
use sluis::store::grants::{self, GrantRow};
use sluis::store::reads::{self, ReadRow};
use sluis::store::{StoreError, editions, receipts};

use super::bench::{Bench, NOW, all_at_once, grant, keep, later, on_both_engines, uuid, winners};

/// The same grant after a move.
fn moved(row: &GrantRow, mv: Move, receipt: &[u8]) -> GrantRow {
    let made = row.grant.make(mv, later(5)).expect("a move");
    GrantRow {
        released_sealed: row
            .released_sealed
            .clone()
            .filter(|_| !made.grant.state.is_over()),
        grant: made.grant,
        grant_key_wrapped: row.grant_key_wrapped.clone(),
        chain: ChainEnd {
            seq: row.chain.seq + 1,
            hash: Hash::of(receipt),
            at: later(1),
        },
    }
}

fn same(one: &GrantRow, other: &GrantRow) -> bool {
    one.grant == other.grant
        && one.grant_key_wrapped == other.grant_key_wrapped
        && one.released_sealed == other.released_sealed
        && one.chain == other.chain
}

fn read(grant_id: GrantId, number: u8) -> ReadRow {
    ReadRow {
        id: ReadId::new(uuid(number)),
        grant_id,
        read_at: later(number.into()),
        read_sealed: vec![number; 50],
    }
}

on_both_engines! {
    async fn a_grant_is_found_by_its_owner_alone(bench: Bench) {
        let row = bench.grant().await;
        let (owner, id) = (row.grant.account_id, row.grant.id);
        let other = bench.account(2).await;
        let mut connection = bench.store.read().await.expect("a connection");
        let found = grants::find(&mut connection, owner, id).await.expect("a read");
        assert!(same(&found.expect("it is there"), &row));
        assert!(grants::find(&mut connection, other, id).await.expect("a read").is_none());
        let live = grants::live(&mut connection, owner, &row.grant.client_id).await;
        assert!(same(&live.expect("a read").expect("it is there"), &row));
        let live = grants::live(&mut connection, other, &row.grant.client_id).await;
        assert!(live.expect("a read").is_none());
        assert_eq!(grants::of_account(&mut connection, owner).await.expect("a read").len(), 1);
        assert!(grants::of_account(&mut connection, other).await.expect("a read").is_empty());
    }

    async fn an_account_and_a_client_have_one_live_grant(bench: Bench) {
        let (account, client) = (bench.account(1).await, bench.client().await);
        let store = bench.store.clone();
        let name = client.clone();
        let results = all_at_once(8, move |number| {
            let (store, row) = (store.clone(), grant(account, name.clone(), number));
            async move { keep!(store, |tx| grants::insert(tx, &row)) }
        })
        .await;
        let refused = |result: &&Result<_, _>| matches!(result, Err(StoreError::Duplicate));
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(refused).count(), 7);

        // One that is over makes room for the next.
        let mut connection = bench.store.read().await.expect("a connection");
        let live = grants::live(&mut connection, account, &client).await.expect("a read");
        let live = live.expect("one won");
        let (over, found) = (moved(&live, Move::Withdraw, b"2"), live.found());
        assert!(keep!(bench.store, |tx| grants::update(tx, &over, &found, true)).expect("a write"));
        assert!(grants::live(&mut connection, account, &client).await.expect("a read").is_none());
        let mut next = grant(account, client, 50);
        next.grant.created_at = later(9);
        let kept = next.clone();
        keep!(bench.store, |tx| grants::insert(tx, &kept)).expect("there is room");
        let all = grants::of_account(&mut connection, account).await.expect("a read");
        let states: Vec<_> = all.iter().map(|row| row.grant.state).collect();
        assert_eq!(states, [GrantState::Active, GrantState::Withdrawn], "the newest first");
        assert_eq!(all[1].released_sealed, None);
    }

    async fn of_many_who_move_a_grant_one_does(bench: Bench) {
        let row = bench.grant().await;
        let (store, first) = (bench.store.clone(), row.clone());
        let results = all_at_once(12, move |number| {
            let mv = if number % 2 == 0 { Move::Pause } else { Move::Withdraw };
            let (store, next) = (store.clone(), moved(&first, mv, &[number]));
            let found = first.found();
            async move { keep!(store, |tx| grants::update(tx, &next, &found, false)) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let winner = results.iter().position(|result| matches!(result, Ok(true)));
        let mut connection = bench.store.read().await.expect("a connection");
        let found = grants::find(&mut connection, row.grant.account_id, row.grant.id).await;
        let chain = found.expect("a read").expect("it is there").chain;
        let number = u8::try_from(winner.expect("one won")).expect("of twelve");
        assert_eq!(chain, ChainEnd { seq: 2, hash: Hash::of(&[number]), at: later(1) });
    }

    async fn what_moved_without_the_chain_is_not_put_back(bench: Bench) {
        let row = bench.grant().await;
        let (account, id) = (row.grant.account_id, row.grant.id);
        let mut connection = bench.store.read().await.expect("a connection");
        // Somebody logs in, and the plan has a new edition, while others look at it.
        let mut later_end = row.clone();
        later_end.grant.terms = row.grant.terms.renewed(later(86_400));
        let extended = later_end.grant.clone();
        keep!(bench.store, |tx| grants::extend(tx, &extended, 1)).expect("a write");
        let (paused, found) = (moved(&row, Move::Pause, b"2"), row.found());
        let kept = keep!(bench.store, |tx| grants::update(tx, &paused, &found, false));
        assert!(!kept.expect("a write"), "it ends later by now");
        let mut held = later_end.grant.clone();
        held.plan_version = PlanVersion(3);
        let kept = keep!(bench.store, |tx| editions::hold(tx, &held, 1, PlanVersion(3)));
        assert!(kept.expect("a write"));
        let (paused, found) = (moved(&later_end, Move::Pause, b"2"), later_end.found());
        let kept = keep!(bench.store, |tx| grants::update(tx, &paused, &found, false));
        assert!(!kept.expect("a write"), "it answers another edition by now");
        let now = grants::find(&mut connection, account, id).await.expect("a read");
        let now = now.expect("it is there");
        assert_eq!(now.grant.terms, later_end.grant.terms);
        assert_eq!((now.grant.plan_version, now.grant.state), (PlanVersion(3), GrantState::Active));
        // Whoever looks again is heard; also where there is no end to look at.
        let mut endless = moved(&now, Move::Pause, b"2");
        endless.grant.terms.purposes.clear();
        let (kept, found) = (endless.clone(), now.found());
        let kept = keep!(bench.store, |tx| grants::update(tx, &kept, &found, false));
        assert!(kept.expect("a write"));
        let (resumed, found) = (moved(&endless, Move::Resume, b"3"), endless.found());
        let kept = keep!(bench.store, |tx| grants::update(tx, &resumed, &found, false));
        assert!(kept.expect("a write"));
    }

    async fn released_values_are_resealed_on_the_grant_as_it_was_seen(bench: Bench) {
        let row = bench.grant().await;
        let (account, id) = (row.grant.account_id, row.grant.id);
        let reseal = async |seq: u32, with: u8| {
            keep!(bench.store, |tx| grants::reseal(tx, account, id, seq, vec![with; 70]))
                .expect("a write")
        };
        assert!(reseal(1, 5).await);
        assert!(!reseal(2, 6).await, "another edition of the grant");
        let mut connection = bench.store.read().await.expect("a connection");
        let found = grants::find(&mut connection, account, id).await.expect("a read");
        let found = found.expect("it is there");
        assert_eq!(found.released_sealed, Some(vec![5; 70]));
        // Whoever moves it as it was before the edit leaves the new values alone.
        let (paused, before) = (moved(&row, Move::Pause, b"2"), row.found());
        let kept = keep!(bench.store, |tx| grants::update(tx, &paused, &before, false));
        assert!(kept.expect("a write"));
        let found = grants::find(&mut connection, account, id).await.expect("a read");
        let found = found.expect("it is there");
        assert_eq!(found.released_sealed, Some(vec![5; 70]));
        let (over, before) = (moved(&found, Move::Withdraw, b"3"), found.found());
        let kept = keep!(bench.store, |tx| grants::update(tx, &over, &before, true));
        assert!(kept.expect("a write"));
        assert!(!reseal(2, 7).await, "what is over releases nothing any more");
        let found = grants::find(&mut connection, account, id).await.expect("a read");
        assert_eq!(found.expect("it is there").released_sealed, None);
    }

    async fn an_account_is_one_subject_per_sector(bench: Bench) {
        let (account, other) = (bench.account(1).await, bench.account(2).await);
        let business = BusinessId::new(uuid(100));
        let (store, sector) = (bench.store.clone(), Sector::of_host(business, "a.example"));
        let results = all_at_once(8, move |number| {
            let (store, sector) = (store.clone(), sector.clone());
            let fresh = Subject::from_random([number; 16]);
            async move { keep!(store, |tx| grants::subject(tx, account, &sector, fresh, NOW)) }
        })
        .await;
        let subjects: Vec<Subject> = results.into_iter().map(|s| s.expect("a subject")).collect();
        assert!(subjects.iter().all(|subject| *subject == subjects[0]));
        for (account, host) in [(other, "a.example"), (account, "b.example")] {
            let sector = Sector::of_host(business, host);
            let number = u8::try_from(host.len()).expect("short") + host.as_bytes()[0];
            let fresh = Subject::from_random([number; 16]);
            let subject = keep!(bench.store, |tx| grants::subject(tx, account, &sector, fresh, NOW));
            assert_ne!(subject.expect("a subject"), subjects[0]);
        }
    }

    async fn reads_are_told_newest_first(bench: Bench) {
        let grant = bench.grant().await;
        let (id, seen) = (grant.grant.id, grant.seen());
        let owner = AccountId::new(uuid(1));
        let mut connection = bench.store.read().await.expect("a connection");
        assert!(reads::last(&mut connection, owner).await.expect("a read").is_empty());
        for number in [1, 3, 2] {
            let (row, seen) = (read(id, number), seen.clone());
            let kept = keep!(bench.store, |tx| reads::insert(tx, &row, &seen));
            assert!(kept.expect("a write"));
        }
        let paused = moved(&grant, Move::Pause, b"2");
        let rekeyed = GrantRow { grant_key_wrapped: Some(vec![9; 61]), ..grant.clone() };
        for other in [paused.seen(), rekeyed.seen()] {
            let late = read(id, 9);
            let kept = keep!(bench.store, |tx| reads::insert(tx, &late, &other));
            assert!(!kept.expect("a write"), "the grant is another by now");
        }
        let told = reads::of_grant(&mut connection, id, 2).await.expect("a read");
        let seen: Vec<_> = told.iter().map(|read| (read.read_at, read.read_sealed[0])).collect();
        assert_eq!(seen, [(later(3), 3), (later(2), 2)]);
        assert!(told.iter().all(|read| read.grant_id == id));
        let last = reads::last(&mut connection, owner).await.expect("a read");
        assert_eq!(last, [(id, later(3))]);
    }

    async fn receipts_are_told_in_the_order_of_their_chain(bench: Bench) {
        let id = bench.grant().await.grant.id;
        let mut connection = bench.store.read().await.expect("a connection");
        assert_eq!(receipts::newest(&mut connection, id).await.expect("a read"), None);
        for seq in [2, 1, 10] {
            let jws = format!("receipt {seq}");
            keep!(bench.store, |tx| receipts::insert(tx, id, seq, &jws, NOW)).expect("a write");
        }
        let again = keep!(bench.store, |tx| receipts::insert(tx, id, 10, "another", NOW));
        assert!(matches!(again, Err(StoreError::Duplicate)));
        let chain = receipts::of_grant(&mut connection, id).await.expect("a read");
        assert_eq!(chain, ["receipt 1", "receipt 2", "receipt 10"]);
        let newest = receipts::newest(&mut connection, id).await.expect("a read");
        assert_eq!(newest.as_deref(), Some("receipt 10"));
    }
}
