//! What clients sign and push, each of which counts once.

use sluis::domain::authorization::REQUEST_LIFETIME;
use sluis::domain::id::RequestId;
use sluis::store::pushed_requests::PushedRow;
use sluis::store::{assertions, clients, pushed_requests};

use super::bench::{
    Bench, NOW, all_at_once, business, client, keep, later, on_both_engines, uuid, winners,
};

on_both_engines! {
    async fn of_many_takers_of_an_assertion_one_gets_it(bench: Bench) {
        let id = bench.client().await;
        let store = bench.store.clone();
        let taken = id.clone();
        let results = all_at_once(8, move |_| {
            let (store, id) = (store.clone(), taken.clone());
            async move {
                keep!(store, |tx| assertions::use_up(tx, &id, [1; 32], later(60), NOW))
            }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let mut other = client(business().id);
        other.id = "other".parse().expect("an id");
        let (theirs, row) = (other.id.clone(), other);
        keep!(bench.store, |tx| clients::insert(tx, &row, NOW)).expect("a client");
        let fresh = keep!(bench.store, |tx| {
            assertions::use_up(tx, &theirs, [1; 32], later(60), NOW)
        });
        assert!(fresh.expect("a write"), "another client's jti is its own");
        assert_eq!(bench.count("client_assertions").await, 2);
        let mine = id.clone();
        let next = keep!(bench.store, |tx| {
            assertions::use_up(tx, &mine, [2; 32], later(200), later(60))
        });
        assert!(next.expect("a write"));
        assert_eq!(bench.count("client_assertions").await, 3, "to the last moment");
        let again = keep!(bench.store, |tx| {
            assertions::use_up(tx, &id, [3; 32], later(200), later(61))
        });
        assert!(again.expect("a write"));
        assert_eq!(bench.count("client_assertions").await, 2, "the expired are gone");
    }

    async fn a_pushed_request_is_answered_once(bench: Bench) {
        let row = PushedRow {
            client_id: bench.client().await,
            request_sealed: vec![7; 300],
            expires_at: later(90),
            is_used: false,
        };
        let kept = row.clone();
        keep!(bench.store, |tx| pushed_requests::insert(tx, [1; 32], &kept, NOW)).expect("a row");
        let find = async |hash: [u8; 32]| {
            let mut connection = bench.store.read().await.expect("a connection");
            pushed_requests::find(&mut connection, hash).await.expect("a read")
        };
        assert_eq!(find([1; 32]).await.as_ref(), Some(&row));
        assert_eq!(find([2; 32]).await, None);
        let store = bench.store.clone();
        let results = all_at_once(8, move |number| {
            let (store, by) = (store.clone(), RequestId::new(uuid(number)));
            async move { keep!(store, |tx| pushed_requests::use_up(tx, [1; 32], by)) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        assert!(find([1; 32]).await.expect("a row").is_used);
        let first = results.iter().position(|won| matches!(won, Ok(true))).expect("a winner");
        let by = RequestId::new(uuid(u8::try_from(first).expect("a small number")));
        let again = keep!(bench.store, |tx| pushed_requests::use_up(tx, [1; 32], by));
        assert!(again.expect("a write"), "the same authorization, by a second click");
        let missing = keep!(bench.store, |tx| pushed_requests::use_up(tx, [2; 32], by));
        assert!(!missing.expect("a write"));
        let long_after = later(91).plus(REQUEST_LIFETIME);
        let next = row.clone();
        keep!(bench.store, |tx| pushed_requests::insert(tx, [2; 32], &next, long_after))
            .expect("a row");
        assert_eq!(find([1; 32]).await, None, "gone with the next");
    }
}
