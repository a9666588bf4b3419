//! The instance, its signing keys, and its schema.

use sluis::store::keyholders;
use sluis::store::keys::{self, SigningKeyRow};
use sluis::store::{StoreError, instance};

use super::bench::{
    Bench, NOW, all_at_once, keep, keyholder, later, on_both_engines, uuid, winners,
};
use crate::harness::Engine;

fn key(number: u8) -> SigningKeyRow {
    SigningKeyRow {
        kid: format!("key {number}"),
        key_use: "receipt".to_owned(),
        alg: "ES256".to_owned(),
        public_jwk: "{}".to_owned(),
        private_wrapped: vec![number; 90],
        created_at: NOW,
        active_from: later((9 - number).into()),
        retired_at: None,
    }
}

/// What a database says of its own schema.
async fn migrations(bench: &Bench) -> Vec<(i64, Vec<u8>)> {
    let mut connection = bench.store.read().await.expect("a connection");
    sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version")
        .fetch_all(&mut *connection)
        .await
        .expect("a list")
}

on_both_engines! {
    async fn one_of_many_nodes_founds_the_instance(bench: Bench) {
        assert_eq!(bench.store.master_check().await.expect("a read"), None);
        let store = bench.store.clone();
        let results = all_at_once(8, move |number| {
            let store = store.clone();
            async move { keep!(store, |tx| instance::insert(tx, &[number; 50], NOW)) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let winner = results.iter().position(|result| matches!(result, Ok(true)));
        let check = bench.store.master_check().await.expect("a read").expect("it is founded");
        assert_eq!(Some(usize::from(check[0])), winner);
        instance::check_writable(&bench.store, later(1)).await.expect("it takes a write");
    }

    async fn keys_are_told_oldest_first_and_stay(bench: Bench) {
        for number in [1, 2] {
            keep!(bench.store, |tx| keys::insert(tx, &key(number))).expect("a key");
        }
        for at in [later(20), later(30)] {
            keep!(bench.store, |tx| keys::retire(tx, "key 1", at)).expect("a write");
        }
        let mut connection = bench.store.read().await.expect("a connection");
        let all = keys::all(&mut connection).await.expect("a read");
        let seen: Vec<_> = all.iter().map(|key| (key.kid.as_str(), key.retired_at)).collect();
        assert_eq!(seen, [("key 2", None), ("key 1", Some(later(20)))]);
        let (found, expected) = (&all[1], key(1));
        assert_eq!(found.key_use, expected.key_use);
        assert_eq!(found.alg, expected.alg);
        assert_eq!(found.public_jwk, expected.public_jwk);
        assert_eq!(found.private_wrapped, expected.private_wrapped);
        assert_eq!((found.created_at, found.active_from), (NOW, expected.active_from));
    }

    async fn migrating_again_changes_nothing(bench: Bench) {
        assert!(bench.store.is_migrated().await.expect("a read"));
        let before = migrations(&bench).await;
        assert!(!before.is_empty());
        bench.store.migrate().await.expect("nothing to do");
        assert_eq!(migrations(&bench).await, before);
    }

    async fn a_newer_database_is_left_alone(bench: Bench) {
        bench.account(1).await;
        keep!(bench.store, |tx| {
            sqlx::query(
                "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 SELECT 9999, 'from the future', success, checksum, 0 FROM _sqlx_migrations \
                 WHERE version = 1",
            )
            .execute(tx)
        })
        .expect("a write");
        let before = migrations(&bench).await;
        let store = bench.reopened().await;
        assert!(matches!(store.migrate().await, Err(StoreError::Newer)));
        assert!(matches!(store.is_migrated().await, Err(StoreError::Newer)));
        assert_eq!(migrations(&bench).await, before);
        assert_eq!(bench.count("accounts").await, 1);
    }

    async fn a_migration_that_was_altered_is_noticed(bench: Bench) {
        keep!(bench.store, |tx| {
            sqlx::query("UPDATE _sqlx_migrations SET checksum = $1 WHERE version = 1")
                .bind(vec![0_u8; 48])
                .execute(tx)
        })
        .expect("a write");
        let before = migrations(&bench).await;
        assert!(matches!(bench.store.migrate().await, Err(StoreError::Altered(1))));
        assert_eq!(migrations(&bench).await, before);
    }

    async fn what_belongs_to_nobody_is_refused(bench: Bench) {
        use sluis::crypto::vault::KeyholderKind;
        use sluis::domain::id::AccountId;
        use sluis::store::{accounts, tokens};
        let nobody = AccountId::new(uuid(9));
        let row = keyholder(nobody, 1, KeyholderKind::Escrow);
        let refused = keep!(bench.store, |tx| keyholders::insert(tx, &row));
        assert!(matches!(refused, Err(StoreError::Database(_))), "a keyholder");
        let refused = keep!(bench.store, |tx| accounts::insert_vault(tx, nobody, vec![1; 80]));
        assert!(matches!(refused, Err(StoreError::Database(_))), "a vault");
        let token = crate::store::bench::token(sluis::domain::id::GrantId::new(uuid(9)), 1);
        let scopes = sluis::domain::scope::Scope::all();
        let refused = keep!(bench.store, |tx| tokens::insert_access(tx, &token, scopes, NOW));
        assert!(matches!(refused, Err(StoreError::Database(_))), "a token");
        let account = bench.account(1).await;
        keep!(bench.store, |tx| accounts::insert_vault(tx, account, vec![1; 80])).expect("a vault");
        let deleted = keep!(bench.store, |tx| sqlx::query("DELETE FROM accounts").execute(tx));
        assert!(matches!(deleted, Err(StoreError::Database(_))), "an account with a vault");
    }
}

#[tokio::test]
async fn a_database_without_tables_is_not_migrated() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let bench = Bench::empty(engine).await;
        assert!(
            !bench.store.is_migrated().await.expect("a read"),
            "{engine:?}"
        );
        assert_eq!(
            bench.store.master_check().await.expect("a read"),
            None,
            "{engine:?}"
        );
        let tables = "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'public'";
        let tables = match engine {
            Engine::Sqlite => "SELECT COUNT(*) FROM sqlite_master",
            Engine::Postgres => tables,
        };
        let mut connection = bench.store.read().await.expect("a connection");
        let count: i64 = sqlx::query_scalar(tables)
            .fetch_one(&mut *connection)
            .await
            .expect("a count");
        assert_eq!(count, 0, "looking made something on {engine:?}");
    }
}
