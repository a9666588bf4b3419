//! Second factors, passkeys, challenges and half-done sign-ins.

use sluis::crypto::passkey::StoredPasskey;
use sluis::domain::account::Factors;
use sluis::domain::id::{AccountId, CeremonyId, PasskeyId};
use sluis::store::factors::TotpRow;
use sluis::store::half_sign_ins::HalfRow;
use sluis::store::known_browsers::Memory;
use sluis::store::passkeys::{CeremonyKind, CeremonyRow, PasskeyRow};
use sluis::store::{StoreError, factors, half_sign_ins, known_browsers, passkeys};

use super::bench::{
    Bench, NOW, SIGNED_IN, all_at_once, keep, later, on_both_engines, uuid, winners,
};

fn passkey(account_id: AccountId, number: u8) -> PasskeyRow {
    PasskeyRow {
        account_id,
        id: PasskeyId::new(uuid(number)),
        key: StoredPasskey {
            credential_id: vec![number; 20],
            credential: "{}".to_owned(),
            sign_count: 5,
        },
        name_sealed: vec![number; 40],
        keyholder_id: None,
        created_at: later(number.into()),
        last_used_at: None,
        doubted_at: None,
    }
}

on_both_engines! {
    async fn a_step_of_an_app_is_taken_by_one_and_never_an_older_one(bench: Bench) {
        let id = bench.account(1).await;
        let row = TotpRow { secret_wrapped: vec![1; 48], created_at: NOW };
        keep!(bench.store, |tx| factors::put_totp(tx, id, &row, 10)).expect("a write");
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let store = store.clone();
            async move { keep!(store, |tx| factors::take_step(tx, id, 11)) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        for (step, taken) in [(11, false), (10, false), (13, true), (12, false)] {
            let result = keep!(bench.store, |tx| factors::take_step(tx, id, step));
            assert_eq!(result.expect("a write"), taken, "{step}");
        }
        keep!(bench.store, |tx| factors::delete_totp(tx, id)).expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        assert!(factors::totp(&mut connection, id).await.expect("a read").is_none());
    }

    async fn all_that_there_is_besides_password_and_passkeys_goes_at_once(bench: Bench) {
        let id = bench.account(1).await;
        let row = TotpRow { secret_wrapped: vec![1; 48], created_at: NOW };
        keep!(bench.store, |tx| factors::put_totp(tx, id, &row, 10)).expect("a write");
        keep!(bench.store, |tx| factors::replace_codes(tx, id, &[[1; 32]], NOW)).expect("a write");
        keep!(bench.store, |tx| factors::forget_all(tx, id)).expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        let left = factors::of_account(&mut connection, id).await.expect("a read");
        assert_eq!(left, Factors::default());
    }

    async fn a_recovery_code_is_used_by_one(bench: Bench) {
        let id = bench.account(1).await;
        keep!(bench.store, |tx| factors::replace_codes(tx, id, &[[1; 32], [2; 32]], NOW))
            .expect("a write");
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let store = store.clone();
            async move { keep!(store, |tx| factors::use_code(tx, id, [1; 32], NOW)) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let mut connection = bench.store.read().await.expect("a connection");
        let found = factors::of_account(&mut connection, id).await.expect("a read");
        assert_eq!(found, Factors { recovery_codes: 1, ..Factors::default() });
    }

    async fn failures_are_counted_one_after_the_other(bench: Bench) {
        let id = bench.account(1).await;
        let browser = [7; 32];
        let memory = Memory { since: NOW, most: 9 };
        keep!(bench.store, |tx| known_browsers::meet(tx, id, browser, NOW, memory)).expect("a write");
        let store = bench.store.clone();
        let counted = all_at_once(8, move |_| {
            let store = store.clone();
            async move {
                keep!(store, |tx| async {
                    let (at_codes, _) = factors::hold_failures(tx, id, NOW).await?;
                    factors::record_failures(tx, id, at_codes + 1, NOW).await?;
                    let held = known_browsers::hold_failures(tx, id, browser).await?;
                    let (there, _) = held.expect("it is known");
                    known_browsers::record_failures(tx, id, browser, there + 1, later(1)).await
                })
            }
        })
        .await;
        assert!(counted.iter().all(Result::is_ok));
        let left = keep!(bench.store, |tx| async {
            factors::take_back_failure(tx, id).await?;
            let taken_back = factors::hold_failures(tx, id, NOW).await?;
            assert_eq!(taken_back, (7, NOW));
            factors::clear_failures(tx, id).await?;
            let at_codes = factors::hold_failures(tx, id, NOW).await?;
            known_browsers::take_back_failure(tx, id, browser).await?;
            let there = known_browsers::hold_failures(tx, id, browser).await?;
            let elsewhere = known_browsers::hold_failures(tx, id, [8; 32]).await?;
            Ok::<_, StoreError>((at_codes, there, elsewhere))
        });
        assert_eq!(left.expect("a write"), ((0, NOW), Some((7, later(1))), None));
    }

    async fn a_passkey_is_one_persons_and_its_counter_never_goes_back(bench: Bench) {
        let (ada, eve) = (bench.account(1).await, bench.account(2).await);
        let row = passkey(ada, 1);
        keep!(bench.store, |tx| passkeys::insert(tx, &row)).expect("a write");
        let stolen = PasskeyRow { account_id: eve, ..passkey(ada, 1) };
        let refused = keep!(bench.store, |tx| passkeys::insert(tx, &stolen));
        assert!(matches!(refused, Err(StoreError::Duplicate)));
        let id = PasskeyId::new(uuid(1));
        for (count, at) in [(9, later(10)), (3, later(20))] {
            let used = keep!(bench.store, |tx| passkeys::used(tx, ada, id, (count, "{}".to_owned()), at));
            assert!(used.expect("a write"));
        }
        keep!(bench.store, |tx| passkeys::doubt(tx, ada, id, later(20))).expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        let found = passkeys::by_credential(&mut connection, &[1; 20]).await.expect("a read");
        let found = found.expect("it is there");
        assert_eq!((found.key.sign_count, found.last_used_at), (9, Some(later(20))));
        assert_eq!(found.doubted_at, Some(later(20)));
        drop(connection);
        keep!(bench.store, |tx| passkeys::delete(tx, ada, id)).expect("a write");
        let used = keep!(bench.store, |tx| passkeys::used(tx, ada, id, (10, "{}".to_owned()), NOW));
        assert!(!used.expect("a write"));
    }

    async fn a_challenge_is_taken_once_by_its_browser_in_its_time(bench: Bench) {
        let row = CeremonyRow {
            id: CeremonyId::new(uuid(1)),
            browser_hash: [1; 32],
            kind: CeremonyKind::Authenticate,
            account_id: None,
            state: "{}".to_owned(),
            expires_at: later(600),
        };
        keep!(bench.store, |tx| passkeys::insert_ceremony(tx, &row, NOW)).expect("a write");
        let id = CeremonyId::new(uuid(1));
        let authenticate = CeremonyKind::Authenticate;
        for (browser, kind, at, taken) in [
            ([2; 32], authenticate, NOW, false),
            ([1; 32], CeremonyKind::Register, NOW, false),
            ([1; 32], authenticate, later(600), false),
            ([1; 32], authenticate, later(599), true),
            ([1; 32], authenticate, NOW, false),
        ] {
            let result = keep!(bench.store, |tx| passkeys::take_ceremony(tx, id, browser, kind, at));
            assert_eq!(result.expect("a write").is_some(), taken);
        }
    }

    async fn half_a_sign_in_is_found_by_its_browser_and_finished_once(bench: Bench) {
        let id = bench.account(1).await;
        let row = HalfRow { vault_key_wrapped: None, authentication: SIGNED_IN };
        keep!(bench.store, |tx| half_sign_ins::insert(tx, id, [1; 32], [2; 32], &row, later(600)))
            .expect("a write");
        let found = async |browser, at| {
            let mut connection = bench.store.read().await.expect("a connection");
            let row = half_sign_ins::find(&mut connection, id, [1; 32], browser, at).await;
            row.expect("a read").is_some()
        };
        assert!(found([2; 32], NOW).await);
        assert!(!found([3; 32], NOW).await);
        assert!(!found([2; 32], later(600)).await);
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let store = store.clone();
            async move { keep!(store, |tx| half_sign_ins::take(tx, id, [1; 32])) }
        })
        .await;
        assert_eq!(winners(&results), 1);
    }
}
