//! Sessions, and authorization requests that wait.

use sluis::domain::account::Authentication;
use sluis::domain::authorization::{Answer, REQUEST_LIFETIME};
use sluis::domain::id::RequestId;
use sluis::domain::language::Language;
use sluis::store::authorizations::{self, StoredRequest};
use sluis::store::sessions;

use super::bench::{
    Bench, NOW, SIGNED_IN, all_at_once, keep, later, on_both_engines, uuid, winners,
};

fn request(number: u8) -> StoredRequest {
    StoredRequest {
        id: RequestId::new(uuid(number)),
        browser_hash: [number; 32],
        request_sealed: vec![number; 300],
        created_at: later(number.into()),
        answer: None,
    }
}

on_both_engines! {
    async fn a_session_is_found_until_it_expires(bench: Bench) {
        let (owner, other) = (bench.account(1).await, bench.account(2).await);
        keep!(bench.store, |tx| {
            sessions::insert(tx, owner, [1; 32], vec![5; 60], SIGNED_IN, later(100))
        })
        .expect("a session");
        let mut connection = bench.store.read().await.expect("a connection");
        let found = sessions::find(&mut connection, owner, [1; 32], later(99)).await;
        let found = found.expect("a read").expect("it is there");
        assert_eq!((found.account.id, found.account.language), (owner, Language::Nl));
        assert_eq!(found.authentication, SIGNED_IN);
        assert_eq!(found.vault_key_wrapped, [5; 60]);
        assert_eq!(found.expires_at, later(100));
        for (account, hash, at) in [
            (owner, [1; 32], later(100)),
            (owner, [2; 32], NOW),
            (other, [1; 32], NOW),
        ] {
            let found = sessions::find(&mut connection, account, hash, at).await;
            assert!(found.expect("a read").is_none());
        }
        keep!(bench.store, |tx| sessions::delete(tx, other, [1; 32])).expect("a write");
        let found = sessions::find(&mut connection, owner, [1; 32], NOW).await;
        assert!(found.expect("a read").is_some(), "another's session is not theirs to end");
        keep!(bench.store, |tx| sessions::delete(tx, owner, [1; 32])).expect("a write");
        let found = sessions::find(&mut connection, owner, [1; 32], NOW).await;
        assert!(found.expect("a read").is_none());
    }

    async fn expired_sessions_go_with_the_next_sign_in(bench: Bench) {
        let owner = bench.account(1).await;
        for (number, at, left) in [(1, NOW, 1), (2, later(99), 2), (3, later(100), 2)] {
            let authentication = Authentication { at, ..SIGNED_IN };
            let until = if number == 1 { later(100) } else { later(900) };
            keep!(bench.store, |tx| {
                sessions::insert(tx, owner, [number; 32], vec![5; 60], authentication, until)
            })
            .expect("a session");
            assert_eq!(bench.count("sessions").await, left, "at {at}");
        }
    }

    async fn a_request_waits_for_one_answer(bench: Bench) {
        let stored = request(1);
        let id = stored.id;
        keep!(bench.store, |tx| authorizations::insert(tx, &stored)).expect("a request");
        let find = async || {
            let mut connection = bench.store.read().await.expect("a connection");
            authorizations::find(&mut connection, id).await.expect("a read").expect("it waits")
        };
        let found = find().await;
        let expected = request(1);
        assert_eq!(found.id, expected.id);
        assert_eq!(found.browser_hash, expected.browser_hash);
        assert_eq!(found.request_sealed, expected.request_sealed);
        assert_eq!(found.created_at, expected.created_at);
        assert_eq!(found.answer, None);
        let store = bench.store.clone();
        let results = all_at_once(8, move |number| {
            let (store, answer) = (store.clone(), Answer::Denied);
            async move { keep!(store, |tx| authorizations::answer(tx, id, &answer, later(number.into()))) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        assert_eq!(find().await.answer, Some(Answer::Denied));
    }

    async fn a_request_that_waited_too_long_goes_with_the_next(bench: Bench) {
        let old = request(1);
        let mut next = request(2);
        next.created_at = old.created_at.plus(REQUEST_LIFETIME);
        let mut last = request(3);
        last.created_at = later(2).plus(REQUEST_LIFETIME);
        for (stored, left) in [(old, 1), (next, 2), (last, 2)] {
            keep!(bench.store, |tx| authorizations::insert(tx, &stored)).expect("a request");
            assert_eq!(bench.count("authorization_requests").await, left);
        }
        let mut connection = bench.store.read().await.expect("a connection");
        let gone = authorizations::find(&mut connection, request(1).id).await;
        assert!(gone.expect("a read").is_none());
    }
}
