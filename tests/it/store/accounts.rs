//! Accounts, keyholders, vaults and failed sign-ins.

use sluis::crypto::vault::KeyholderKind;
use sluis::domain::id::AccountId;
use sluis::domain::language::Language;
use sluis::store::known_browsers::Memory;
use sluis::store::{StoreError, accounts, guesses, keyholders, known_browsers};

use super::bench::{
    Bench, NOW, account, all_at_once, keep, keyholder, later, on_both_engines, uuid, winners,
};

on_both_engines! {
    async fn an_account_is_found_by_its_id(bench: Bench) {
        let id = bench.account(1).await;
        keep!(bench.store, |tx| accounts::set_language(tx, id, Language::En)).expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        let row = accounts::by_id(&mut connection, id).await.expect("a read").expect("it is there");
        assert_eq!(row.account.id, id);
        assert_eq!(row.account.language, Language::En);
        assert_eq!(row.account.created_at, NOW);
        assert_eq!(row.contact_sealed, account(1).contact_sealed);
        let nobody = AccountId::new(uuid(2));
        assert!(accounts::by_id(&mut connection, nobody).await.expect("a read").is_none());
    }

    async fn an_address_has_one_account(bench: Bench) {
        let store = bench.store.clone();
        let results = all_at_once(8, move |number| {
            let (store, row) = (store.clone(), account(number));
            async move { keep!(store, |tx| accounts::insert(tx, &row, [7; 32])) }
        })
        .await;
        let refused = |result: &&Result<_, _>| matches!(result, Err(StoreError::Duplicate));
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        assert_eq!(results.iter().filter(refused).count(), 7);
        assert_eq!(bench.count("accounts").await, 1);
    }

    async fn ways_into_a_vault_are_told_oldest_first(bench: Bench) {
        let id = bench.account(1).await;
        for row in [
            keyholder(id, 2, KeyholderKind::Escrow),
            keyholder(id, 1, KeyholderKind::Password),
        ] {
            keep!(bench.store, |tx| keyholders::insert(tx, &row)).expect("a write");
        }
        let mut connection = bench.store.read().await.expect("a connection");
        let rows = keyholders::of_account(&mut connection, id).await.expect("a read");
        let kinds: Vec<_> = rows.iter().map(|row| row.kind).collect();
        assert_eq!(kinds, [KeyholderKind::Password, KeyholderKind::Escrow]);
        let expected = keyholder(id, 1, KeyholderKind::Password);
        let found = keyholders::of_address(&mut connection, [1; 32], 9).await.expect("a read");
        assert_eq!(found.len(), 1);
        assert!(found[0].has_address);
        for row in [&rows[0], &found[0].keyholder] {
            assert_eq!(row.account_id, id);
            assert_eq!(row.id, expected.id);
            assert_eq!(row.params, expected.params);
            assert_eq!(row.verifier, expected.verifier);
            assert_eq!(row.vault_key_wrapped, expected.vault_key_wrapped);
            assert_eq!(row.created_at, expected.created_at);
        }
        assert_eq!(rows[1].verifier, None);
        let nobody = keyholders::of_address(&mut connection, [2; 32], 9).await;
        assert!(nobody.expect("a read").is_empty());
    }

    async fn an_address_is_whose_confirmed_it_and_any_number_may_claim_it(bench: Bench) {
        let memory = Memory { since: NOW, most: 9 };
        for number in 1..=3 {
            let row = account(number);
            let id = row.account.id;
            keep!(bench.store, |tx| async {
                accounts::insert_claiming(tx, &row, [number; 32], [7; 32]).await?;
                known_browsers::meet(tx, id, [number; 32], NOW, memory).await?;
                keyholders::insert(tx, &keyholder(id, number, KeyholderKind::Password)).await
            })
            .expect("a write");
        }
        let of_address = async || {
            let mut connection = bench.store.read().await.expect("a connection");
            let found = keyholders::of_address(&mut connection, [7; 32], 9).await.expect("a read");
            let first = accounts::by_address(&mut connection, [7; 32]).await.expect("a read");
            assert_eq!(first, found.first().map(|one| one.keyholder.account_id));
            let has = accounts::by_index(&mut connection, [7; 32]).await.expect("a read");
            let knowing = known_browsers::at_address(&mut connection, [7; 32], 9).await;
            let knowing: Vec<_> = knowing.expect("a read").into_iter().map(|(id, _)| id).collect();
            assert_eq!(knowing, found.iter().map(|one| one.keyholder.account_id).collect::<Vec<_>>());
            let has_it = found.iter().find(|one| one.has_address);
            assert_eq!(has, has_it.map(|one| one.keyholder.account_id));
            found.iter().map(|one| one.keyholder.account_id).collect::<Vec<_>>()
        };
        let [one, two, three] = [1, 2, 3].map(|number| account(number).account.id);
        assert_eq!(of_address().await, [one, two, three]);
        keep!(bench.store, |tx| accounts::take_address(tx, two, [7; 32], NOW)).expect("a write");
        assert_eq!(of_address().await, [two, one, three]);
        let late = keep!(bench.store, |tx| accounts::take_address(tx, one, [7; 32], NOW));
        assert!(matches!(late, Err(StoreError::Duplicate)));
        keep!(bench.store, |tx| accounts::take_address(tx, two, [8; 32], NOW)).expect("a write");
        assert_eq!(of_address().await, [one, three]);
    }

    async fn of_many_browsers_at_an_address_its_owners_and_those_used_last_count(bench: Bench) {
        let memory = Memory { since: NOW, most: 9 };
        for (number, used_at) in [(1, 30), (2, 10), (3, 40), (4, 20)] {
            let row = account(number);
            let id = row.account.id;
            keep!(bench.store, |tx| async {
                accounts::insert_claiming(tx, &row, [number; 32], [7; 32]).await?;
                known_browsers::meet(tx, id, [number; 32], later(used_at), memory).await
            })
            .expect("a write");
        }
        let [one, two, three, four] = [1, 2, 3, 4].map(|number| account(number).account.id);
        keep!(bench.store, |tx| accounts::take_address(tx, two, [7; 32], NOW)).expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        for (most, expected) in [
            (1, vec![two]),
            (2, vec![two, three]),
            (3, vec![two, one, three]),
            (9, vec![two, one, three, four]),
        ] {
            let found = known_browsers::at_address(&mut connection, [7; 32], most).await;
            let found: Vec<_> = found.expect("a read").into_iter().map(|(id, _)| id).collect();
            assert_eq!(found, expected, "{most}");
        }
    }

    async fn of_two_devices_that_edit_a_vault_one_is_told_to_look_again(bench: Bench) {
        let id = bench.account(1).await;
        keep!(bench.store, |tx| accounts::insert_vault(tx, id, vec![0; 80])).expect("a vault");
        let store = bench.store.clone();
        let results = all_at_once(8, move |number| {
            let store = store.clone();
            async move { keep!(store, |tx| accounts::update_vault(tx, id, 1, vec![number; 90])) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let winner = results.iter().position(|result| matches!(result, Ok(true)));
        let mut connection = bench.store.read().await.expect("a connection");
        let row = accounts::vault(&mut connection, id).await.expect("a read").expect("a vault");
        assert_eq!(row.revision, 2);
        assert_eq!(Some(usize::from(row.contents_sealed[0])), winner);
        let none = accounts::vault(&mut connection, AccountId::new(uuid(9))).await;
        assert!(none.expect("a read").is_none());
    }

    async fn failed_sign_ins_are_counted_and_forgotten(bench: Bench) {
        let failures = async |index| {
            let mut connection = bench.store.read().await.expect("a connection");
            guesses::failures(&mut connection, index).await.expect("a read")
        };
        assert_eq!(failures([1; 32]).await, None);
        for (index, at) in [([1; 32], NOW), ([1; 32], later(10)), ([2; 32], later(10))] {
            keep!(bench.store, |tx| guesses::record_failure(tx, index, at)).expect("a write");
        }
        assert_eq!(failures([1; 32]).await, Some((2, later(10))));
        assert_eq!(failures([2; 32]).await, Some((1, later(10))));
        keep!(bench.store, |tx| guesses::clear_failures(tx, [1; 32])).expect("a write");
        assert_eq!(failures([1; 32]).await, None);
        // What was last seen long ago counts no more, and goes with the next one.
        let hold = async |index: u8| {
            let before = keep!(bench.store, |tx| async {
                let before = guesses::hold_failures(tx, [index; 32], later(99), later(11)).await?;
                guesses::record_failure(tx, [index; 32], later(99)).await?;
                Ok::<_, StoreError>(before)
            });
            before.expect("a write")
        };
        assert_eq!(hold(2).await, (0, later(10)));
        assert_eq!(hold(2).await, (1, later(99)));
        assert_eq!(hold(3).await, (0, later(99)));
        keep!(bench.store, |tx| guesses::forget_failures(tx, later(99))).expect("a write");
        assert_eq!(failures([3; 32]).await, Some((1, later(99))));
        keep!(bench.store, |tx| guesses::forget_failures(tx, later(100))).expect("a write");
        assert_eq!((failures([2; 32]).await, failures([3; 32]).await), (None, None));
    }

    async fn no_failure_is_lost_among_many_at_once(bench: Bench) {
        let store = bench.store.clone();
        let results = all_at_once(16, move |_| {
            let store = store.clone();
            async move { keep!(store, |tx| guesses::record_failure(tx, [1; 32], NOW)) }
        })
        .await;
        assert!(results.iter().all(Result::is_ok));
        let mut connection = bench.store.read().await.expect("a connection");
        let counted = guesses::failures(&mut connection, [1; 32]).await.expect("a read");
        assert_eq!(counted, Some((16, NOW)));
    }
}
