//! Clients that registered themselves, and the tokens that let them.

use sluis::domain::business::{BusinessDocument, Vetting};
use sluis::domain::client::{Client, ClientName};
use sluis::domain::id::{BusinessId, ClientId};
use sluis::domain::time::Timestamp;
use sluis::store::registrations::{self, RegistrationKey, RegistrationRow};
use sluis::store::{Store, assertions, clients, vetting};

use super::bench::{
    Bench, NOW, all_at_once, business, client, keep, later, on_both_engines, uuid, winners,
};

const TOKEN: [u8; 32] = [5; 32];

fn key(byte: u8) -> RegistrationKey {
    RegistrationKey {
        hash: [byte; 32],
        secret_sealed: Some(vec![byte; 3]),
    }
}

/// A client that manages its registration.
async fn registered(bench: &Bench) -> ClientId {
    let id = bench.client().await;
    let (named, key) = (id.clone(), key(1));
    keep!(bench.store, |tx| registrations::keep(tx, &named, &key)).expect("kept");
    id
}

async fn find(store: &Store, id: &ClientId) -> Option<RegistrationRow> {
    let mut connection = store.read().await.expect("a connection");
    registrations::find(&mut connection, id)
        .await
        .expect("a read")
}

async fn replace(store: &Store, client: &Client, before: u8, after: u8) -> bool {
    let (row, says, after) = (client.clone(), says(), key(after));
    let replaced = keep!(store, |tx| {
        registrations::replace(tx, &row, &says, [before; 32], &after, (true, later(5)))
    });
    replaced.expect("a write")
}

fn says() -> BusinessDocument {
    BusinessDocument {
        name: "Somebody else".to_owned(),
        ..business().document
    }
}

on_both_engines! {
    async fn a_business_is_vouched_for_once(bench: Bench) {
        let id = bench.business().await;
        let vouch = async || keep!(bench.store, |tx| vetting::vouch(tx, id, &says())).expect("a write");
        assert!(!vouch().await, "somebody vouches for it");
        let mut nobodys = business();
        nobodys.id = BusinessId::new(uuid(77));
        nobodys.vetting = Vetting::Unvetted;
        let (id, row) = (nobodys.id, nobodys.clone());
        keep!(bench.store, |tx| clients::insert_business(tx, &row, NOW)).expect("a business");
        let vouch = async || keep!(bench.store, |tx| vetting::vouch(tx, id, &says())).expect("a write");
        assert!(vouch().await);
        assert!(!vouch().await);
        let mut connection = bench.store.read().await.expect("a connection");
        let found = clients::business(&mut connection, id).await.expect("a read").expect("it is there");
        assert_eq!((found.document, found.vetting), (says(), Vetting::Vetted));
    }

    async fn unused_clients_that_nobody_vouches_for_are_forgotten_oldest_first(bench: Bench) {
        for number in 0..3_u8 {
            let mut nobodys = business();
            nobodys.id = BusinessId::new(uuid(70 + number));
            nobodys.vetting = Vetting::Unvetted;
            let mut unused = client(nobodys.id);
            unused.id = format!("unused-{number}").parse().expect("an id");
            keep!(bench.store, |tx| clients::insert_business(tx, &nobodys, later(number.into())))
                .expect("a business");
            let assertion = unused.id.clone();
            keep!(bench.store, |tx| clients::insert(tx, &unused, later(number.into()))).expect("a client");
            assert!(keep!(bench.store, |tx| {
                assertions::use_up(tx, &assertion, [1; 32], later(60), NOW)
            })
            .expect("a write"));
        }
        let vetted = bench.client().await;
        let forget = async |before, most| {
            let forgotten = keep!(bench.store, |tx| vetting::forget_unused(tx, before, most));
            forgotten.expect("a write").iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(forget(Timestamp::from_seconds(0), 9).await.is_empty());
        assert_eq!(forget(later(1), 1).await, ["unused-0"]);
        assert_eq!(forget(later(1), 9).await, ["unused-1"]);
        assert_eq!((bench.count("clients").await, bench.count("businesses").await), (2, 2));
        assert_eq!(forget(later(9), 9).await, ["unused-2"]);
        let mut connection = bench.store.read().await.expect("a connection");
        assert!(clients::find(&mut connection, &vetted).await.expect("a read").is_some());
    }

    async fn of_many_takers_as_many_get_a_use_as_there_are(bench: Bench) {
        let id = bench.business().await;
        keep!(bench.store, |tx| registrations::insert_token(tx, TOKEN, id, 3, later(60), NOW))
            .expect("a token");
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let store = store.clone();
            async move { keep!(store, |tx| registrations::use_token(tx, TOKEN, NOW)) }
        })
        .await;
        assert_eq!(winners(&results), 3);
        let mut connection = bench.store.read().await.expect("a connection");
        let left = registrations::business_of_token(&mut connection, TOKEN, NOW).await;
        assert_eq!(left.expect("a read"), None);
    }

    async fn a_token_is_good_until_its_time_and_then_dropped(bench: Bench) {
        let id = bench.business().await;
        keep!(bench.store, |tx| registrations::insert_token(tx, TOKEN, id, 3, later(60), NOW))
            .expect("a token");
        let of = async |hash: [u8; 32], now: Timestamp| {
            let mut connection = bench.store.read().await.expect("a connection");
            let found = registrations::business_of_token(&mut connection, hash, now).await;
            found.expect("a read")
        };
        assert_eq!(of(TOKEN, later(59)).await, Some(id));
        assert_eq!(of(TOKEN, later(60)).await, None);
        assert_eq!(of([6; 32], NOW).await, None);
        assert!(!keep!(bench.store, |tx| registrations::use_token(tx, TOKEN, later(60)))
            .expect("a write"));
        keep!(bench.store, |tx| {
            registrations::insert_token(tx, [6; 32], id, 1, later(120), later(60))
        })
        .expect("another");
        assert_eq!(bench.count("initial_access_tokens").await, 1);
    }

    async fn a_replacement_is_kept_under_the_token_that_it_replaces(bench: Bench) {
        let id = registered(&bench).await;
        let found = find(&bench.store, &id).await.expect("it is there");
        assert_eq!((found.key, found.created_at, found.removed_at), (key(1), NOW, None));
        let mut changed = client(business().id);
        changed.metadata.client_name = ClientName::new("Other");
        assert!(replace(&bench.store, &changed, 1, 2).await);
        assert!(!replace(&bench.store, &changed, 1, 3).await, "too late");
        let found = find(&bench.store, &id).await.expect("it is there");
        assert_eq!((found.key, found.metadata), (key(2), changed.metadata));
        // The business is known: it does not go by what its client says.
        let mut connection = bench.store.read().await.expect("a connection");
        let of = clients::business(&mut connection, business().id).await.expect("a read");
        assert_eq!(of, Some(business()));
    }

    async fn a_client_is_removed_once_and_forgotten_after(bench: Bench) {
        let id = registered(&bench).await;
        let remove = async |byte: u8| {
            let named = id.clone();
            let removed = keep!(bench.store, |tx| {
                registrations::remove(tx, &named, [byte; 32], later(9))
            });
            removed.expect("a write")
        };
        assert!(!remove(2).await, "with another's token");
        assert!(remove(1).await);
        assert!(!remove(1).await);
        let found = find(&bench.store, &id).await.expect("until it is forgotten");
        assert_eq!(found.removed_at, Some(later(9)));
        assert!(!replace(&bench.store, &client(business().id), 1, 2).await);
        let named = id.clone();
        keep!(bench.store, |tx| registrations::forget(tx, &named)).expect("a write");
        assert_eq!(find(&bench.store, &id).await, None);
        let mut connection = bench.store.read().await.expect("a connection");
        let left = clients::find(&mut connection, &id).await.expect("a read").expect("the row");
        assert_eq!((left.removed_at, left.client.secret_hash), (Some(later(9)), None));
    }

    async fn a_client_that_is_there_is_not_forgotten(bench: Bench) {
        let id = registered(&bench).await;
        let named = id.clone();
        keep!(bench.store, |tx| registrations::forget(tx, &named)).expect("a write");
        assert!(find(&bench.store, &id).await.is_some());
    }
}
