//! Grants whose time comes: page by page, and once each.

use sluis::domain::grant::Move;
use sluis::domain::id::{ClientId, GrantId};
use sluis::domain::receipt::{ChainEnd, Hash};
use sluis::domain::time::Timestamp;
use sluis::store::due::{self, DueRow, Page, Place};
use sluis::store::grants::{self, GrantRow};

use super::bench::{Bench, all_at_once, grant, keep, later, on_both_engines, uuid, winners};

/// A grant of an account of its own, whose purposes end after so many seconds.
async fn given(bench: &Bench, client: &ClientId, number: u8, ends: &[i64]) -> GrantRow {
    let mut row = grant(bench.account(number).await, client.clone(), number);
    let purpose = row.grant.terms.purposes[0].clone();
    row.grant.terms.purposes = (b'a'..)
        .zip(ends)
        .map(|(letter, end)| {
            let mut purpose = purpose.clone();
            purpose.id = char::from(letter).to_string().parse().expect("an id");
            purpose.until = Some(later(*end));
            purpose
        })
        .collect();
    let kept = row.clone();
    keep!(bench.store, |tx| grants::insert(tx, &kept)).expect("a grant");
    row
}

fn id(number: u8) -> GrantId {
    GrantId::new(uuid(number))
}

fn ids(page: &Page<DueRow>) -> Vec<GrantId> {
    let row = |row: &Result<DueRow, _>| row.as_ref().expect("it can be read").grant_id();
    page.rows.iter().map(row).collect()
}

/// Withdraws a grant.
async fn over(bench: &Bench, row: &GrantRow) {
    let made = row.grant.make(Move::Withdraw, later(1)).expect("a move");
    let over = GrantRow {
        grant: made.grant,
        chain: ChainEnd {
            seq: row.chain.seq + 1,
            hash: Hash::of(b"2"),
            at: later(1),
        },
        ..row.clone()
    };
    let found = row.found();
    assert!(keep!(bench.store, |tx| grants::update(tx, &over, &found, false)).expect("a write"));
}

const END: i64 = 90 * 86_400;

on_both_engines! {
    async fn what_ran_out_is_told_in_the_order_of_its_end_and_page_by_page(bench: Bench) {
        let client = bench.client().await;
        for (number, end) in [(4, END), (2, END + 1), (3, END + 1), (1, END + 2), (5, END + 3)] {
            given(&bench, &client, number, &[end]).await;
        }
        let gone = given(&bench, &client, 6, &[END]).await;
        over(&bench, &gone).await;
        let mut connection = bench.store.read().await.expect("a connection");
        let mut page = async |now: Timestamp, after: &Place, most: u32| {
            due::expired(&mut connection, now, after, most).await.expect("a read")
        };
        let before = page(later(END).minus(std::time::Duration::from_micros(1)), &Place::START, 9).await;
        assert_eq!((ids(&before).len(), before.next), (0, None));
        assert_eq!(ids(&page(later(END), &Place::START, 9).await), [id(4)], "to the moment");
        // Two end at the same moment: a page may end between them.
        let now = later(END + 2);
        let first = page(now, &Place::START, 2).await;
        assert_eq!(ids(&first), [id(4), id(2)]);
        let second = page(now, &first.next.expect("there is more"), 2).await;
        assert_eq!(ids(&second), [id(3), id(1)]);
        let last = page(now, &second.next.expect("it was full"), 2).await;
        assert_eq!((ids(&last).len(), last.next), (0, None));
        let row = second.rows[0].as_ref().expect("it can be read");
        assert_eq!(row.due_at, later(END + 1));
    }

    async fn of_many_nodes_that_warn_somebody_one_does(bench: Bench) {
        let client = bench.client().await;
        let row = given(&bench, &client, 1, &[END]).await;
        given(&bench, &client, 2, &[2 * END]).await;
        let warn_at = row.grant.warn_at().expect("it ends");
        assert_eq!(warn_at, later(END - 7 * 86_400));
        let mut connection = bench.store.read().await.expect("a connection");
        let mut to_warn = async |now| {
            let page = due::to_warn(&mut connection, now, &Place::START, 9).await;
            ids(&page.expect("a read"))
        };
        assert!(to_warn(warn_at.minus(std::time::Duration::from_micros(1))).await.is_empty());
        assert_eq!(to_warn(warn_at).await, [id(1)]);
        // As it was found, and no other.
        for (seq, before) in [(2, warn_at), (1, later(1))] {
            let grant = row.grant.clone();
            let set = keep!(bench.store, |tx| due::set_warning(tx, &grant, seq, before, None));
            assert!(!set.expect("a write"));
        }
        let (store, grant) = (bench.store.clone(), row.grant.clone());
        let results = all_at_once(8, move |_| {
            let (store, grant) = (store.clone(), grant.clone());
            async move { keep!(store, |tx| due::set_warning(tx, &grant, 1, warn_at, None)) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        assert!(to_warn(warn_at).await.is_empty());
        // Put off, and not called off.
        let other = given(&bench, &client, 3, &[END]).await.grant;
        let put_off = keep!(bench.store, |tx| {
            due::set_warning(tx, &other, 1, warn_at, Some(later(END - 1)))
        });
        assert!(put_off.expect("a write"));
        assert!(to_warn(warn_at).await.is_empty());
        assert_eq!(to_warn(later(END - 1)).await, [id(3)]);
    }

    async fn nobody_is_warned_of_what_is_over(bench: Bench) {
        let client = bench.client().await;
        let row = given(&bench, &client, 1, &[END / 2, END]).await;
        over(&bench, &row).await;
        let (grant, warn_at) = (row.grant.clone(), row.grant.warn_at().expect("it ends"));
        let set = keep!(bench.store, |tx| due::set_warning(tx, &grant, 2, warn_at, None));
        assert!(!set.expect("a write"));
        let mut connection = bench.store.read().await.expect("a connection");
        let long_after = later(9 * END);
        let pages = [
            due::expired(&mut connection, long_after, &Place::START, 9).await,
            due::to_warn(&mut connection, long_after, &Place::START, 9).await,
            due::lapsed(&mut connection, long_after, &Place::START, 9).await,
        ];
        for page in pages {
            assert!(page.expect("a read").rows.is_empty());
        }
    }

    async fn a_purpose_that_ran_out_is_told_until_the_next_is_set(bench: Bench) {
        let client = bench.client().await;
        given(&bench, &client, 9, &[END]).await;
        let row = given(&bench, &client, 1, &[END, END / 3, END / 2]).await;
        let mut connection = bench.store.read().await.expect("a connection");
        let mut lapsed = async |now| {
            let page = due::lapsed(&mut connection, now, &Place::START, 9).await.expect("a read");
            let due_at = |row: &Result<DueRow, _>| row.as_ref().expect("it can be read").due_at;
            page.rows.iter().map(due_at).collect::<Vec<_>>()
        };
        assert!(lapsed(later(END / 3 - 1)).await.is_empty());
        assert_eq!(lapsed(later(END)).await, [later(END / 3)]);
        let mut left = row.grant.clone();
        left.terms = left.terms.left_at(later(END / 3));
        for (seq, before) in [(2, END / 3), (1, END / 2)] {
            let left = left.clone();
            keep!(bench.store, |tx| due::set_lapse(tx, &left, seq, later(before))).expect("a write");
            assert_eq!(lapsed(later(END)).await, [later(END / 3)], "it was not as it was found");
        }
        keep!(bench.store, |tx| due::set_lapse(tx, &left, 1, later(END / 3))).expect("a write");
        assert_eq!(lapsed(later(END)).await, [later(END / 2)]);
        // Of the last purpose alone, it is the grant that ends.
        let mut last = row.grant.clone();
        last.terms = last.terms.left_at(later(END / 2));
        assert_eq!(last.terms.lapses_at(), None);
        keep!(bench.store, |tx| due::set_lapse(tx, &last, 1, later(END / 2))).expect("a write");
        assert!(lapsed(later(END)).await.is_empty());
        assert_eq!(bench.count("grants WHERE lapses_at IS NULL").await, 2);
    }
}
