//! What a write promises: all of it is durable once it says so, nothing of it
//! is there when it refuses, and none harms another.

use std::time::Duration;

use sluis::store::{Store, StoreError, accounts, guesses};

use super::bench::{Bench, NOW, all_at_once, keep, on_both_engines};
use crate::harness::Engine;

/// A write whose trace can be looked for.
async fn mark(store: &Store, number: u8) -> Result<(), StoreError> {
    keep!(store, |tx| guesses::record_failure(tx, [number; 32], NOW))
}

async fn is_marked(store: &Store, number: u8) -> bool {
    let mut connection = store.read().await.expect("a connection");
    let found = guesses::failures(&mut connection, [number; 32]).await;
    found.expect("a read").is_some()
}

on_both_engines! {
    async fn of_many_writes_at_once_refusals_leave_nothing_and_others_last(bench: Bench) {
        let store = bench.store.clone();
        let results = all_at_once(64, move |number| {
            let store = store.clone();
            async move {
                store
                    .write(move |tx| {
                        Box::pin(async move {
                            guesses::record_failure(tx, [number; 32], NOW).await?;
                            if number % 3 == 0 {
                                return Err(StoreError::Corrupt("a refusal of its own"));
                            }
                            Ok(number)
                        })
                    })
                    .await
            }
        })
        .await;
        let seen = bench.reopened().await;
        for (number, result) in (0..).zip(results) {
            let refused = matches!(result, Err(StoreError::Corrupt("a refusal of its own")));
            assert_eq!(refused, number % 3 == 0);
            assert_eq!(is_marked(&seen, number).await, !refused, "write {number}");
        }
    }

    async fn a_statement_that_fails_undoes_its_own_write_alone(bench: Bench) {
        bench.account(1).await;
        let store = bench.store.clone();
        let results = all_at_once(32, move |number| {
            let store = store.clone();
            async move {
                store
                    .write(move |tx| {
                        Box::pin(async move {
                            guesses::record_failure(tx, [number; 32], NOW).await?;
                            if number % 2 == 0 {
                                let twice = super::super::bench::account(1);
                                accounts::insert(tx, &twice, [1; 32]).await?;
                            }
                            Ok(())
                        })
                    })
                    .await
            }
        })
        .await;
        let seen = bench.reopened().await;
        for (number, result) in (0..).zip(results) {
            let refused = matches!(result, Err(StoreError::Duplicate));
            assert_eq!(refused, number % 2 == 0);
            assert_eq!(is_marked(&seen, number).await, !refused, "write {number}");
        }
    }

    async fn a_write_that_panics_harms_no_other(bench: Bench) {
        let tasks: Vec<_> = (0..32_u8)
            .map(|number| {
                let store = bench.store.clone();
                tokio::spawn(async move {
                    store
                        .write(move |tx| {
                            Box::pin(async move {
                                guesses::record_failure(tx, [number; 32], NOW).await?;
                                assert!(number % 4 != 0, "this panic is part of the test");
                                Ok::<_, StoreError>(())
                            })
                        })
                        .await
                })
            })
            .collect();
        let mut done = Vec::new();
        for task in tasks {
            // Whether it reaches the caller as a panic or as an error is the engine's.
            done.push(matches!(task.await, Ok(Ok(()))));
        }
        let seen = bench.reopened().await;
        for (number, done) in (0..).zip(done) {
            assert_eq!(done, number % 4 != 0);
            assert_eq!(is_marked(&seen, number).await, done, "write {number}");
        }
        mark(&bench.store, 200).await.expect("life goes on");
    }

    async fn nobody_is_told_what_is_not_so(bench: Bench) {
        // A constraint that is checked at the commit makes the commit itself fail.
        let poison = match bench.engine {
            Engine::Sqlite => "PRAGMA defer_foreign_keys = ON",
            Engine::Postgres => "SELECT 1",
        };
        let store = bench.store.clone();
        let results = all_at_once(40, move |number| {
            let store = store.clone();
            async move {
                store
                    .write(move |tx| {
                        Box::pin(async move {
                            guesses::record_failure(tx, [number; 32], NOW).await?;
                            if number == 20 {
                                sqlx::raw_sql(poison).execute(&mut *tx).await?;
                                let nobody = sluis::domain::id::AccountId::new(super::super::bench::uuid(9));
                                accounts::insert_vault(tx, nobody, vec![0; 80]).await?;
                            }
                            Ok(())
                        })
                    })
                    .await
            }
        })
        .await;
        assert!(results[20].is_err());
        let seen = bench.reopened().await;
        for (number, result) in (0..).zip(results) {
            assert_eq!(is_marked(&seen, number).await, result.is_ok(), "write {number}");
        }
        mark(&bench.store, 200).await.expect("life goes on");
    }

    async fn a_caller_that_went_away_harms_nobody(bench: Bench) {
        for number in 0..16 {
            let (store, patience) = (bench.store.clone(), Duration::from_micros(u64::from(number) * 40));
            let _ = tokio::time::timeout(patience, mark(&store, number)).await;
        }
        mark(&bench.store, 200).await.expect("life goes on");
        assert!(is_marked(&bench.store, 200).await);
    }

    async fn what_was_accepted_is_finished_before_closing(bench: Bench) {
        let (store, closing) = (bench.store.clone(), bench.store.clone());
        let writing = tokio::spawn(async move {
            all_at_once(64, move |number| {
                let store = store.clone();
                async move { mark(&store, number).await }
            })
            .await
        });
        tokio::task::yield_now().await;
        closing.close().await;
        let seen = bench.reopened().await;
        for (number, result) in (0..).zip(writing.await.expect("no panic")) {
            assert_eq!(is_marked(&seen, number).await, result.is_ok(), "write {number}");
        }
        assert!(mark(&bench.store, 200).await.is_err(), "it is closed");
    }

    async fn a_write_is_seen_by_whoever_reads_after_it(bench: Bench) {
        for number in 0..50 {
            mark(&bench.store, number).await.expect("a write");
            assert!(is_marked(&bench.store, number).await);
        }
    }
}

#[tokio::test]
async fn a_server_that_dropped_its_connections_is_found_again() {
    let bench = Bench::on(Engine::Postgres).await;
    mark(&bench.store, 1).await.expect("a write");
    let other = bench.reopened().await;
    let mut connection = other.read().await.expect("a connection");
    sqlx::query(
        "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity \
         WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .execute(&mut *connection)
    .await
    .expect("they are gone");
    // A connection that was in use a moment ago is not tried first.
    #[expect(
        clippy::disallowed_methods,
        reason = "the pool asks a connection that stood idle by the machine's time"
    )]
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    mark(&bench.store, 2).await.expect("a new connection");
    assert!(is_marked(&bench.store, 2).await);
}
