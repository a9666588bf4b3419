//! Tokens of clients' own, and devices that wait.

use std::time::Duration;

use enumset::EnumSet;
use sluis::domain::authorization::AuthorizationRequest;
use sluis::domain::id::GrantId;
use sluis::domain::scope::Scope;
use sluis::store::client_tokens::{self, ClientTokenRow};
use sluis::store::devices::{self, DeviceRow};
use sluis::store::{Store, StoreError};

use super::bench::{Bench, NOW, all_at_once, keep, later, on_both_engines, uuid, winners};

const REQUEST: &[u8] =
    br#"{"client_id": "bakkerij", "redirect_uri": "", "scopes": ["openid"], "prompt": 0}"#;

fn device(client_id: sluis::domain::id::ClientId, number: u8) -> DeviceRow {
    DeviceRow {
        hash: [number; 32],
        client_id,
        request: AuthorizationRequest::from_bytes(REQUEST).expect("a request"),
        expires_at: later(600),
        interval: Duration::from_secs(5),
        polled_at: None,
        answered_at: None,
        grant_id: None,
    }
}

async fn insert(store: &Store, row: DeviceRow, index: u8, at: i64) -> Result<(), StoreError> {
    keep!(store, |tx| devices::insert(
        tx,
        &row,
        [index; 32],
        later(at)
    ))
}

on_both_engines! {
    async fn a_client_token_is_found_until_its_client_ends_it(bench: Bench) {
        let row = ClientTokenRow {
            client_id: bench.client().await,
            scopes: Scope::GrantManagementQuery.into(),
            issued_at: NOW,
            expires_at: later(60),
            key: None,
        };
        let kept = row.clone();
        keep!(bench.store, |tx| client_tokens::insert(tx, [100; 32], &kept)).expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        let found = client_tokens::find(&mut connection, [100; 32]).await.expect("a read");
        assert_eq!(found.as_ref(), Some(&row));
        let none = client_tokens::find(&mut connection, [101; 32]).await.expect("a read");
        assert_eq!(none, None);
        drop(connection);
        let other = "other".parse().expect("an id");
        keep!(bench.store, |tx| client_tokens::end(tx, [100; 32], &other)).expect("a write");
        assert_eq!(bench.count("client_tokens").await, 1);
        let own = row.client_id.clone();
        keep!(bench.store, |tx| client_tokens::end(tx, [100; 32], &own)).expect("a write");
        assert_eq!(bench.count("client_tokens").await, 0);
        for (number, at) in [(101, 0), (102, 60), (3, 61)] {
            let row = ClientTokenRow {
                issued_at: later(at),
                expires_at: later(at + 60),
                scopes: EnumSet::empty(),
                ..row.clone()
            };
            keep!(bench.store, |tx| client_tokens::insert(tx, [number; 32], &row)).expect("a write");
        }
        assert_eq!(bench.count("client_tokens").await, 2, "one has expired");
    }

    async fn of_many_answers_to_a_device_one_counts(bench: Bench) {
        let row = device(bench.client().await, 1);
        insert(&bench.store, row, 2, 0).await.expect("a device");
        let store = bench.store.clone();
        let results = all_at_once(12, move |number| {
            let store = store.clone();
            let grant = (number % 2 == 0).then(|| GrantId::new(uuid(9)));
            async move { keep!(store, |tx| devices::answer(tx, [1; 32], grant, later(10))) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let mut connection = bench.store.read().await.expect("a connection");
        let found = devices::by_user_code(&mut connection, [2; 32]).await.expect("a read");
        assert_eq!(found.expect("a device").answered_at, Some(later(10)));
        drop(connection);
        // Once it is answered, asking changes nothing.
        keep!(bench.store, |tx| devices::poll(tx, [1; 32], Duration::from_secs(9), later(11)))
            .expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        let found = devices::by_hash(&mut connection, [1; 32]).await.expect("a read");
        assert_eq!(found.expect("a device").polled_at, None);
    }

    async fn a_device_waits_for_its_time_and_is_forgotten(bench: Bench) {
        let client = bench.client().await;
        insert(&bench.store, device(client.clone(), 1), 1, 0).await.expect("a device");
        let again = insert(&bench.store, device(client.clone(), 2), 1, 0).await;
        assert!(matches!(again, Err(StoreError::Duplicate)), "{again:?}");
        keep!(bench.store, |tx| devices::poll(tx, [1; 32], Duration::from_secs(10), later(7)))
            .expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        let found = devices::by_hash(&mut connection, [1; 32]).await.expect("a read");
        let found = found.expect("a device");
        assert_eq!((found.polled_at, found.interval), (Some(later(7)), Duration::from_secs(10)));
        drop(connection);
        let late = keep!(bench.store, |tx| devices::answer(tx, [1; 32], None, later(600)));
        assert!(!late.expect("a write"), "too late");
        let next = |number| DeviceRow { expires_at: later(9_000), ..device(client.clone(), number) };
        insert(&bench.store, next(3), 3, 4_200).await.expect("a device");
        assert_eq!(bench.count("device_codes").await, 2, "to the last moment");
        insert(&bench.store, next(4), 4, 4_201).await.expect("a device");
        assert_eq!(bench.count("device_codes").await, 2, "the first is forgotten");
    }
}
