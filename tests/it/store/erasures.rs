//! The end of accounts: who waits for it, what goes, and what stays for a while.

use sluis::crypto::vault::KeyholderKind;
use sluis::domain::account::LinkPurpose;
use sluis::domain::grant::Move;
use sluis::domain::id::{AccountId, BusinessId, GrantId};
use sluis::domain::receipt::{ChainEnd, Hash};
use sluis::domain::subject::{Sector, Subject};
use sluis::store::due::{Page, Place};
use sluis::store::erasures::{self, ErasureRow};
use sluis::store::grants::{self, GrantRow};
use sluis::store::mail_links::NewLink;
use sluis::store::{accounts, guesses, keyholders, mail_links, receipts, sessions, tokens};

use super::bench::{
    Bench, NOW, SIGNED_IN, all_at_once, grant, keep, keyholder, later, on_both_engines, token,
    uuid, winners,
};

fn waits(at: i64) -> ErasureRow {
    ErasureRow {
        due_at: later(at),
        paused: vec![GrantId::new(uuid(7)), GrantId::new(uuid(8))],
    }
}

fn id(number: u8) -> AccountId {
    AccountId::new(uuid(number))
}

fn ids(page: &Page<AccountId>) -> Vec<AccountId> {
    let row = |row: &Result<AccountId, _>| *row.as_ref().expect("it can be read");
    page.rows.iter().map(row).collect()
}

/// What a person leaves in the tables, each row of which goes with the account.
const GO: [&str; 8] = [
    "keyholders",
    "vaults",
    "sessions",
    "subjects",
    "mail_links",
    "codes",
    "access_tokens",
    "erasures",
];

/// Fills an account with something in each of [`GO`], and an agreement that is over.
async fn lived(bench: &Bench, number: u8) -> GrantRow {
    let account = bench.account(number).await;
    let row = grant(account, "bakkerij".parse().expect("an id"), number);
    let (kept, grant_id) = (row.clone(), row.grant.id);
    let sector = Sector::of_host(BusinessId::new(uuid(100)), "bakkerij.example");
    let link = NewLink {
        account_id: account,
        hash: [number; 32],
        purpose: LinkPurpose::Recover,
        address_sealed: vec![number; 40],
        created_at: NOW,
        expires_at: later(3_600),
    };
    keep!(bench.store, |tx| async {
        let way = keyholder(account, number, KeyholderKind::Password);
        keyholders::insert(tx, &way).await?;
        accounts::insert_vault(tx, account, vec![number; 80]).await?;
        sessions::insert(tx, account, [number; 32], vec![1; 60], SIGNED_IN, later(60)).await?;
        let subject = Subject::from_random([number; 16]);
        grants::subject(tx, account, &sector, subject, NOW).await?;
        assert!(mail_links::keep(tx, &link, NOW).await?);
        guesses::record_failure(tx, [number; 32], NOW).await?;
        grants::insert(tx, &kept).await?;
        receipts::insert(tx, grant_id, 1, "the first", NOW).await?;
        let code = super::tokens::binding();
        tokens::insert_code(tx, &token(grant_id, number), &code, NOW).await?;
        let scopes = super::tokens::scopes();
        tokens::insert_access(tx, &token(grant_id, number), scopes, NOW).await?;
        assert!(erasures::start(tx, account, &waits(60), NOW).await?);
        Ok::<_, sluis::store::StoreError>(())
    })
    .expect("a life");
    row
}

async fn over(bench: &Bench, row: &GrantRow) {
    let made = row.grant.make(Move::Erase, later(1)).expect("a move");
    let over = GrantRow {
        grant: made.grant,
        chain: ChainEnd {
            seq: 2,
            hash: Hash::of(b"2"),
            at: later(1),
        },
        ..row.clone()
    };
    let found = row.found();
    assert!(keep!(bench.store, |tx| grants::update(tx, &over, &found, false)).expect("a write"));
}

on_both_engines! {
    async fn an_account_waits_for_its_end_once_until_that_is_called_off(bench: Bench) {
        let account = bench.account(1).await;
        let store = bench.store.clone();
        let results = all_at_once(8, move |number| {
            let (store, row) = (store.clone(), waits(number.into()));
            async move { keep!(store, |tx| erasures::start(tx, account, &row, NOW)) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        let winner = results.iter().position(|result| matches!(result, Ok(true)));
        let at = i64::try_from(winner.expect("one won")).expect("of eight");
        let find = async || {
            let mut connection = bench.store.read().await.expect("a connection");
            erasures::find(&mut connection, account).await.expect("a read")
        };
        assert_eq!(find().await, Some(waits(at)));
        for (now, due) in [(at - 1, false), (at, true)] {
            let mut connection = bench.store.read().await.expect("a connection");
            let is_due = erasures::is_due(&mut connection, account, later(now)).await;
            assert_eq!(is_due.expect("a read"), due, "{now}");
        }
        for stopped in [Some(waits(at).paused), None] {
            let done = keep!(bench.store, |tx| erasures::stop(tx, account));
            assert_eq!(done.expect("a write"), stopped);
            assert_eq!(find().await, None);
        }
    }

    async fn those_whose_wait_is_over_are_told_in_its_order_page_by_page(bench: Bench) {
        for (number, at) in [(4, 10), (2, 20), (3, 20), (1, 30), (5, 40)] {
            let account = bench.account(number).await;
            let row = waits(at);
            assert!(keep!(bench.store, |tx| erasures::start(tx, account, &row, NOW)).expect("a write"));
        }
        let mut connection = bench.store.read().await.expect("a connection");
        let mut due = async |now, after: &Place, most| {
            erasures::due(&mut connection, later(now), after, most).await.expect("a read")
        };
        assert!(due(9, &Place::START, 9).await.rows.is_empty());
        assert_eq!(ids(&due(10, &Place::START, 9).await), [id(4)], "to the moment");
        let first = due(30, &Place::START, 2).await;
        assert_eq!(ids(&first), [id(4), id(2)]);
        let second = due(30, &first.next.expect("there is more"), 2).await;
        assert_eq!(ids(&second), [id(3), id(1)]);
        let last = due(30, &second.next.expect("it was full"), 2).await;
        assert_eq!((ids(&last).len(), last.next), (0, None));
        // A wait gets longer, and never shorter.
        for (until, still) in [(50, 4), (5, 4)] {
            keep!(bench.store, |tx| erasures::put_off(tx, id(4), later(until))).expect("a write");
            assert_eq!(ids(&due(40, &Place::START, 9).await).len(), still);
        }
        assert_eq!(ids(&due(50, &Place::START, 9).await).last(), Some(&id(4)));
    }

    async fn an_account_that_is_erased_takes_all_of_its_own_along_and_nothing_else(bench: Bench) {
        bench.client().await;
        let (mine, theirs) = (lived(&bench, 1).await, lived(&bench, 2).await);
        for table in GO {
            assert_eq!(bench.count(table).await, 2, "{table}");
        }
        over(&bench, &mine).await;
        let read = async || bench.store.read().await.expect("a connection");
        for (number, live) in [(1, false), (2, true), (3, false)] {
            let has = erasures::has_live(&mut *read().await, id(number)).await;
            assert_eq!(has.expect("a read"), live, "{number}");
        }
        for first in [true, false] {
            let erased = keep!(bench.store, |tx| erasures::erase(tx, id(1), later(5)));
            assert_eq!(erased.expect("a write"), first);
        }
        for table in GO {
            assert_eq!(bench.count(table).await, 1, "{table}");
            if !matches!(table, "codes" | "access_tokens") {
                let theirs = format!("{table} WHERE account_id = '{}'", id(2));
                assert_eq!(bench.count(&theirs).await, 1, "{table}");
            }
        }
        // No address leads to it, and none is kept.
        for (number, erased) in [(1, true), (2, false), (3, false)] {
            let found = erasures::is_erased(&mut *read().await, id(number)).await;
            assert_eq!(found.expect("a read"), erased, "{number}");
            let of_address = accounts::by_index(&mut *read().await, [number; 32]).await;
            let has_one = (number == 2).then(|| id(2));
            assert_eq!(of_address.expect("a read"), has_one, "{number}");
            let failures = guesses::failures(&mut *read().await, [number; 32]).await;
            assert_eq!(failures.expect("a read").is_some(), number == 2, "{number}");
        }
        assert_eq!(bench.count("accounts WHERE LENGTH(contact_sealed) = 0").await, 1);
        // The agreement stays as evidence, and opens nothing.
        for (row, keys) in [(&mine, None), (&theirs, Some(vec![1; 60]))] {
            let found = grants::find(&mut *read().await, row.grant.account_id, row.grant.id).await;
            let found = found.expect("a read").expect("it stays");
            assert_eq!(found.grant_key_wrapped, keys);
            assert_eq!(found.released_sealed.is_some(), keys.is_some());
        }
        assert_eq!(bench.count("receipts").await, 2);
    }

    async fn what_is_left_of_an_account_is_forgotten_in_its_time(bench: Bench) {
        bench.client().await;
        for number in 1..=3 {
            let row = lived(&bench, number).await;
            if number < 3 {
                over(&bench, &row).await;
                let at = later(number.into());
                let erased = keep!(bench.store, |tx| erasures::erase(tx, id(number), at));
                assert!(erased.expect("a write"));
            }
        }
        let mut connection = bench.store.read().await.expect("a connection");
        for (by, found) in [(0, vec![]), (1, vec![id(1)]), (9, vec![id(1), id(2)])] {
            let past = erasures::past(&mut connection, later(by), &Place::START, 9).await;
            assert_eq!(ids(&past.expect("a read")), found, "by {by}");
        }
        let first = erasures::past(&mut connection, later(9), &Place::START, 1).await;
        let next = first.expect("a read").next.expect("it was full");
        let second = erasures::past(&mut connection, later(9), &next, 9).await;
        assert_eq!(ids(&second.expect("a read")), [id(2)]);
        keep!(bench.store, |tx| erasures::forget(tx, id(1))).expect("a write");
        for table in ["accounts", "grants", "receipts"] {
            assert_eq!(bench.count(table).await, 2, "{table}");
        }
        let past = erasures::past(&mut connection, later(9), &Place::START, 9).await;
        assert_eq!(ids(&past.expect("a read")), [id(2)]);
    }
}
