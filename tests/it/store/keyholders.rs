//! Ways into vaults, and the vaults that they open: what is changed is what was
//! looked at, and nothing that took its place.

use sluis::crypto::vault::KeyholderKind;
use sluis::domain::id::{AccountId, KeyholderId};
use sluis::store::keyholders::{self, KeyholderRow};
use sluis::store::{StoreError, accounts};

use super::bench::{
    Bench, account, all_at_once, keep, keyholder, later, on_both_engines, uuid, winners,
};

const ADDRESS: [u8; 32] = [7; 32];

/// Accounts that claim an address, each with a password of its own.
async fn claiming(bench: &Bench, numbers: &[u8]) {
    for number in numbers.iter().copied() {
        let row = account(number);
        let way = keyholder(row.account.id, number, KeyholderKind::Password);
        keep!(bench.store, |tx| async {
            accounts::insert_claiming(tx, &row, [number; 32], ADDRESS).await?;
            keyholders::insert(tx, &way).await
        })
        .expect("a write");
    }
}

fn id(number: u8) -> AccountId {
    AccountId::new(uuid(number))
}

async fn kinds(bench: &Bench, id: AccountId) -> Vec<(KeyholderKind, String)> {
    let mut connection = bench.store.read().await.expect("a connection");
    let rows = keyholders::of_account(&mut connection, id)
        .await
        .expect("a read");
    rows.into_iter().map(|row| (row.kind, row.params)).collect()
}

async fn holds(bench: &Bench, row: &KeyholderRow) -> bool {
    let row = row.clone();
    keep!(bench.store, |tx| keyholders::hold(tx, &row)).expect("a write")
}

on_both_engines! {
    async fn of_those_who_say_that_an_address_is_theirs_the_password_tells_which(bench: Bench) {
        claiming(&bench, &[1, 2, 3]).await;
        // Somebody else's password that derives to the same.
        let elsewhere = bench.account(4).await;
        let way = keyholder(elsewhere, 2, KeyholderKind::Password);
        keep!(bench.store, |tx| keyholders::insert(tx, &way)).expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        let mut matching = async |address, params: &str, verifier| {
            let params = params.to_owned();
            let hashed = (params, verifier);
            let found = keyholders::matching(&mut connection, address, hashed, 9).await;
            found.expect("a read").first().map(|one| (one.keyholder.account_id, one.has_address))
        };
        assert_eq!(matching(ADDRESS, "params 2", [2; 32]).await, Some((id(2), false)));
        assert_eq!(matching(ADDRESS, "params 1", [2; 32]).await, None, "hashed in another way");
        assert_eq!(matching(ADDRESS, "params 2", [3; 32]).await, None);
        assert_eq!(matching([8; 32], "params 2", [2; 32]).await, None);
        keep!(bench.store, |tx| accounts::take_address(tx, id(2), ADDRESS, later(1))).expect("a write");
        assert_eq!(matching(ADDRESS, "params 2", [2; 32]).await, Some((id(2), true)));
    }

    async fn of_two_with_one_password_whoever_has_the_address_comes_first(bench: Bench) {
        claiming(&bench, &[1, 2]).await;
        let same = keyholder(id(2), 1, KeyholderKind::Password);
        keep!(bench.store, |tx| async {
            keyholders::delete(tx, same.account_id, KeyholderId::new(uuid(2))).await?;
            keyholders::insert(tx, &same).await
        })
        .expect("a write");
        let matching = async || {
            let mut connection = bench.store.read().await.expect("a connection");
            let hashed = ("params 1".to_owned(), [1; 32]);
            let mut found = Vec::new();
            for most in 1..=3 {
                let rows = keyholders::matching(&mut connection, ADDRESS, hashed.clone(), most);
                let rows = rows.await.expect("a read").into_iter();
                found.push(rows.map(|one| one.keyholder.account_id).collect::<Vec<_>>());
            }
            assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2, 2]);
            found[0].first().copied()
        };
        assert_eq!(matching().await, Some(id(1)), "who said so first");
        keep!(bench.store, |tx| accounts::take_address(tx, id(2), ADDRESS, later(1))).expect("a write");
        assert_eq!(matching().await, Some(id(2)));
    }

    async fn a_password_is_counted_once_and_a_new_one_begins_anew(bench: Bench) {
        claiming(&bench, &[1, 2]).await;
        let first = keyholder(id(1), 1, KeyholderKind::Password);
        let (store, row) = (bench.store.clone(), first.clone());
        let counted = all_at_once(8, move |_| {
            let (store, row) = (store.clone(), row.clone());
            async move { keep!(store, |tx| keyholders::count_once(tx, &row)) }
        })
        .await;
        assert_eq!(winners(&counted), 1);
        let mut next = keyholder(id(1), 9, KeyholderKind::Password);
        next.id = first.id;
        let (store, row) = (bench.store.clone(), next.clone());
        let replaced = all_at_once(8, move |_| {
            let (store, row) = (store.clone(), row.clone());
            async move { keep!(store, |tx| keyholders::replace_password(tx, &row, vec![1; 32])) }
        })
        .await;
        assert_eq!(winners(&replaced), 1, "the one that was checked is gone");
        assert!(!holds(&bench, &first).await);
        assert!(holds(&bench, &next).await);
        assert_eq!(kinds(&bench, id(1)).await, [(KeyholderKind::Password, "params 9".to_owned())]);
        for first in [true, false] {
            let row = next.clone();
            let counted = keep!(bench.store, |tx| keyholders::count_once(tx, &row));
            assert_eq!(counted.expect("a write"), first);
        }
        let other = keyholder(id(2), 2, KeyholderKind::Password);
        assert!(keep!(bench.store, |tx| keyholders::count_once(tx, &other)).expect("a write"));
    }

    async fn a_way_in_is_confirmed_in_the_state_that_it_was_seen_in(bench: Bench) {
        let id = bench.account(1).await;
        let mut waiting = keyholder(id, 1, KeyholderKind::Kit);
        waiting.params = "waiting".to_owned();
        let which = (waiting.id, KeyholderKind::Kit);
        keep!(bench.store, |tx| keyholders::insert(tx, &waiting)).expect("a write");
        let stranger = bench.account(2).await;
        for (whose, which, before) in [
            (stranger, which, "waiting"),
            (id, (which.0, KeyholderKind::Password), "waiting"),
            (id, (KeyholderId::new(uuid(9)), which.1), "waiting"),
            (id, which, "confirmed"),
        ] {
            let states = (before, "confirmed");
            let done = keep!(bench.store, |tx| keyholders::confirm(tx, whose, which, states));
            assert!(!done.expect("a write"));
        }
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let store = store.clone();
            let states = ("waiting", "confirmed");
            async move { keep!(store, |tx| keyholders::confirm(tx, id, which, states)) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        assert_eq!(kinds(&bench, id).await, [(KeyholderKind::Kit, "confirmed".to_owned())]);
    }

    async fn ways_in_are_taken_away_by_kind_by_state_or_all(bench: Bench) {
        let (one, two) = (bench.account(1).await, bench.account(2).await);
        for (owner, number, kind, params) in [
            (one, 1, KeyholderKind::Password, "p"),
            (one, 2, KeyholderKind::Kit, "waiting"),
            (one, 3, KeyholderKind::Kit, "confirmed"),
            (one, 4, KeyholderKind::Escrow, "e"),
            (two, 5, KeyholderKind::Kit, "waiting"),
        ] {
            let mut row = keyholder(owner, number, kind);
            row.params = params.to_owned();
            keep!(bench.store, |tx| keyholders::insert(tx, &row)).expect("a write");
        }
        let kit = KeyholderKind::Kit;
        for (params, gone, left) in [(Some("waiting"), 1, 3), (Some("waiting"), 0, 3), (None, 1, 2)] {
            let done = keep!(bench.store, |tx| keyholders::delete_all(tx, one, kit, params));
            assert_eq!(done.expect("a write"), gone);
            assert_eq!(kinds(&bench, one).await.len(), left);
        }
        keep!(bench.store, |tx| keyholders::delete_every(tx, one)).expect("a write");
        assert!(kinds(&bench, one).await.is_empty());
        assert_eq!(kinds(&bench, two).await.len(), 1);
    }

    async fn a_vault_is_held_at_the_revision_that_was_read(bench: Bench) {
        let id = bench.account(1).await;
        keep!(bench.store, |tx| accounts::insert_vault(tx, id, vec![0; 80])).expect("a vault");
        let hold = async |revision| {
            keep!(bench.store, |tx| accounts::hold_vault(tx, id, revision)).expect("a write")
        };
        assert!(hold(1).await);
        assert!(hold(1).await, "to hold is not to edit");
        assert!(!hold(2).await);
        assert!(keep!(bench.store, |tx| accounts::update_vault(tx, id, 1, vec![1; 81])).expect("a write"));
        assert!(!hold(1).await);
        keep!(bench.store, |tx| accounts::replace_vault(tx, id, vec![2; 82])).expect("a write");
        assert!(hold(3).await, "whoever edits meanwhile is told to look again");
        for (whose, at) in [(id, Some(3)), (AccountId::new(uuid(9)), None)] {
            let any = keep!(bench.store, |tx| accounts::hold_any_vault(tx, whose));
            assert_eq!(any.expect("a write"), at);
        }
        let late = keep!(bench.store, |tx| accounts::update_vault(tx, id, 2, vec![3; 83]));
        assert!(!late.expect("a write"));
        let mut connection = bench.store.read().await.expect("a connection");
        let row = accounts::vault(&mut connection, id).await.expect("a read").expect("a vault");
        assert_eq!((row.revision, row.contents_sealed), (3, vec![2; 82]));
    }

    async fn whoever_holds_a_vault_has_no_edit_come_between(bench: Bench) {
        let id = bench.account(1).await;
        keep!(bench.store, |tx| accounts::insert_vault(tx, id, vec![0; 80])).expect("a vault");
        // Each edits what it held: of those that held the same, all but one start over.
        let store = bench.store.clone();
        let results = all_at_once(8, move |number| {
            let store = store.clone();
            async move {
                keep!(store, |tx| async {
                    if !accounts::hold_vault(tx, id, 1).await? {
                        return Ok::<_, StoreError>(false);
                    }
                    let edited = accounts::update_vault(tx, id, 1, vec![number; 90]).await?;
                    assert!(edited, "it was held");
                    Ok(true)
                })
            }
        })
        .await;
        assert_eq!(winners(&results), 1);
    }
}
