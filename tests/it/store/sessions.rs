//! Sessions, and authorization requests that wait.

use sluis::domain::account::Authentication;
use sluis::domain::authorization::{Answer, REQUEST_LIFETIME};
use sluis::domain::id::RequestId;
use sluis::domain::language::Language;
use sluis::domain::token::Sid;
use sluis::store::authorizations::{self, StoredRequest};
use sluis::store::grants::GrantRow;
use sluis::store::session_clients::{self, ClientSession};
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

/// That the account of a grant is logged in to its client.
fn at(grant: &GrantRow, sid: u8) -> ClientSession {
    ClientSession {
        client_id: grant.grant.client_id.clone(),
        grant_id: grant.grant.id,
        subject: grant.grant.subject.clone(),
        sid: Sid::from_bytes(&[sid; 32]),
    }
}

on_both_engines! {
    async fn the_clients_of_a_session_go_with_it_to_one_taker(bench: Bench) {
        let grant = bench.grant().await;
        let owner = grant.grant.account_id;
        for number in [1, 2] {
            keep!(bench.store, |tx| {
                sessions::insert(tx, owner, [number; 32], vec![5; 60], SIGNED_IN, later(100))
            })
            .expect("a session");
        }
        let link = async |session: u8, sid: u8, second: i64| {
            let client = at(&grant, sid);
            keep!(bench.store, |tx| {
                session_clients::link(tx, owner, [session; 32], &client, later(second))
            })
            .expect("a write")
        };
        assert!(link(1, 7, 0).await && link(1, 7, 0).await && link(1, 8, 99).await);
        assert!(link(2, 9, 0).await);
        assert!(!link(1, 9, 100).await, "it has expired");
        assert!(!link(3, 9, 0).await, "there is none");
        let mut connection = bench.store.read().await.expect("a connection");
        let mut clients = session_clients::of_session(&mut connection, owner, [1; 32]).await.expect("clients");
        clients.sort_by_key(|client| client.sid.to_string());
        assert_eq!(clients, [at(&grant, 7), at(&grant, 8)]);
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let store = store.clone();
            async move { keep!(store, |tx| sessions::end(tx, owner, [1; 32])) }
        })
        .await;
        let mut counts: Vec<_> = results.iter().map(|ended| ended.as_ref().expect("no error").len()).collect();
        counts.sort_unstable();
        assert_eq!(counts, [0, 0, 0, 0, 0, 0, 0, 2]);
        assert!(!link(1, 7, 0).await, "it has ended");
        assert_eq!(bench.count("session_clients").await, 1, "another session's");
    }

    async fn nobody_joins_a_session_while_it_ends(bench: Bench) {
        let grant = bench.grant().await;
        let owner = grant.grant.account_id;
        for round in 0..10 {
            keep!(bench.store, |tx| {
                sessions::insert(tx, owner, [round; 32], vec![5; 60], SIGNED_IN, later(100))
            })
            .expect("a session");
            let (store, client) = (bench.store.clone(), at(&grant, round));
            let results = all_at_once(6, move |number| {
                let (store, client) = (store.clone(), client.clone());
                async move {
                    if number == 3 {
                        let ended = keep!(store, |tx| sessions::end(tx, owner, [round; 32]))?;
                        Ok((false, ended.len()))
                    } else {
                        let client = ClientSession { sid: Sid::from_bytes(&[number + 100; 32]), ..client };
                        let joined = keep!(store, |tx| {
                            session_clients::link(tx, owner, [round; 32], &client, NOW)
                        })?;
                        Ok((joined, 0))
                    }
                }
            })
            .await;
            let results: Vec<_> = results.into_iter().map(|one| one.expect("no error")).collect();
            let joined = results.iter().filter(|(joined, _)| *joined).count();
            let told: usize = results.iter().map(|(_, told)| told).sum();
            assert_eq!(joined, told, "whoever joined is told");
            assert_eq!(bench.count("session_clients").await, 0);
        }
    }

    async fn the_clients_of_a_session_stay_with_the_one_that_takes_its_place(bench: Bench) {
        let grant = bench.grant().await;
        let owner = grant.grant.account_id;
        for (number, until) in [(1, 100), (2, 200)] {
            keep!(bench.store, |tx| {
                sessions::insert(tx, owner, [number; 32], vec![5; 60], SIGNED_IN, later(until))
            })
            .expect("a session");
            let client = at(&grant, number);
            let kept = keep!(bench.store, |tx| session_clients::link(tx, owner, [number; 32], &client, NOW));
            assert!(kept.expect("a write"));
        }
        keep!(bench.store, |tx| sessions::replace(tx, owner, [1; 32], [2; 32])).expect("a write");
        assert_eq!(bench.count("sessions").await, 1);
        let mut connection = bench.store.read().await.expect("a connection");
        assert!(sessions::expired(&mut connection, later(199), 10).await.expect("a list").is_empty());
        let expired = sessions::expired(&mut connection, later(200), 10).await;
        assert_eq!(expired.expect("a list"), [(owner, [2; 32])]);
        drop(connection);
        // A sign-in does not sweep away one of which somebody has to be told.
        keep!(bench.store, |tx| {
            let late = Authentication { at: later(300), ..SIGNED_IN };
            sessions::insert(tx, owner, [3; 32], vec![5; 60], late, later(400))
        })
        .expect("a session");
        let ended = keep!(bench.store, |tx| sessions::end(tx, owner, [2; 32])).expect("a write");
        assert_eq!(ended.len(), 2);
    }

    async fn the_end_of_an_agreement_forgets_its_sessions(bench: Bench) {
        let grant = bench.grant().await;
        let owner = grant.grant.account_id;
        keep!(bench.store, |tx| {
            sessions::insert(tx, owner, [1; 32], vec![5; 60], SIGNED_IN, later(100))
        })
        .expect("a session");
        let client = at(&grant, 7);
        let kept = keep!(bench.store, |tx| session_clients::link(tx, owner, [1; 32], &client, NOW));
        assert!(kept.expect("a write"));
        let (id, other) = (grant.grant.id, bench.account(2).await);
        let unlinked = keep!(bench.store, |tx| session_clients::unlink_grant(tx, other, id));
        assert_eq!(unlinked.expect("a write"), []);
        let unlinked = keep!(bench.store, |tx| session_clients::unlink_grant(tx, owner, id));
        assert_eq!(unlinked.expect("a write"), [at(&grant, 7)]);
        assert_eq!(bench.count("session_clients").await, 0);
    }

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
        keep!(bench.store, |tx| sessions::end(tx, other, [1; 32])).expect("a write");
        let found = sessions::find(&mut connection, owner, [1; 32], NOW).await;
        assert!(found.expect("a read").is_some(), "another's session is not theirs to end");
        keep!(bench.store, |tx| sessions::end(tx, owner, [1; 32])).expect("a write");
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
