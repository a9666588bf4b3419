//! Editions of plans, and the agreements that are held against them.

use sluis::domain::id::ClientId;
use sluis::domain::plan::PlanVersion;
use sluis::domain::time::Timestamp;
use sluis::store::clients;
use sluis::store::editions::{self, Step};
use sluis::store::grants::{self, GrantRow};

use super::bench::{
    Bench, NOW, all_at_once, business, client, grant, keep, later, on_both_engines, plan, winners,
};

/// A client of the same business, of another name.
async fn another(bench: &Bench, name: &str) -> ClientId {
    let mut client = client(business().id);
    client.id = name.parse().expect("an id");
    let id = client.id.clone();
    keep!(bench.store, |tx| clients::insert(tx, &client, NOW)).expect("a client");
    id
}

async fn publish(bench: &Bench, client: &ClientId, before: u32, at: Timestamp) {
    let (client, plan) = (client.clone(), plan());
    let published = keep!(bench.store, |tx| {
        clients::publish_plan(tx, &client, PlanVersion(before), &plan, at)
    });
    assert!(published.expect("a write"));
}

/// Grants of accounts of their own.
async fn given(bench: &Bench, client: &ClientId, numbers: &[u8]) -> Vec<GrantRow> {
    let mut rows = Vec::new();
    for number in numbers {
        let row = grant(bench.account(*number).await, client.clone(), *number);
        let kept = row.clone();
        keep!(bench.store, |tx| grants::insert(tx, &kept)).expect("a grant");
        rows.push(row);
    }
    rows
}

async fn held(bench: &Bench, row: &GrantRow, seq: u32, edition: u32) -> bool {
    let grant = row.grant.clone();
    keep!(bench.store, |tx| editions::hold(
        tx,
        &grant,
        seq,
        PlanVersion(edition)
    ))
    .expect("a write")
}

on_both_engines! {
    async fn editions_are_counted_from_a_moment_on(bench: Bench) {
        let client = bench.client().await;
        let other = another(&bench, "other").await;
        let mut connection = bench.store.read().await.expect("a connection");
        let current = editions::current(&mut connection, &client).await.expect("a read");
        assert_eq!(current, Some(PlanVersion(0)));
        for (before, at) in [(0, 1), (1, 2), (2, 3)] {
            publish(&bench, &client, before, later(at)).await;
        }
        publish(&bench, &other, 0, later(3)).await;
        let current = editions::current(&mut connection, &client).await.expect("a read");
        assert_eq!(current, Some(PlanVersion(3)));
        for (since, count) in [(0, 3), (1, 2), (2, 1), (3, 0)] {
            let found = editions::published_since(&mut connection, &client, later(since)).await;
            assert_eq!(found.expect("a read"), count, "after {since}");
        }
        let stranger: ClientId = "stranger".parse().expect("an id");
        let current = editions::current(&mut connection, &stranger).await.expect("a read");
        assert_eq!(current, None);
    }

    async fn what_is_behind_an_edition_is_told_page_by_page(bench: Bench) {
        let client = bench.client().await;
        let rows = given(&bench, &client, &[3, 1, 4, 2, 5]).await;
        let other = another(&bench, "other").await;
        given(&bench, &other, &[6]).await;
        // Some were held against an edition in between, and come after the others.
        assert!(held(&bench, &rows[1], 1, 1).await);
        assert!(held(&bench, &rows[3], 1, 2).await);
        let mut connection = bench.store.read().await.expect("a connection");
        let mut step = Some(Step::START);
        let mut pages = Vec::new();
        while let Some(after) = step {
            let behind = editions::behind(&mut connection, &client, PlanVersion(2), &after, 2).await;
            let behind = behind.expect("a read");
            let ids = behind.rows.iter().map(|row| row.as_ref().expect("it can be read").grant.id);
            pages.push(ids.collect::<Vec<_>>());
            step = behind.next;
        }
        let [three, one, four, _, five] = [0, 1, 2, 3, 4].map(|at: usize| rows[at].grant.id);
        assert_eq!(pages, [vec![three, four], vec![five, one], vec![]]);
        for (edition, any) in [(1, true), (2, true), (0, false)] {
            let found = editions::is_any_behind(&mut connection, &client, PlanVersion(edition)).await;
            assert_eq!(found.expect("a read"), any, "{edition}");
        }
    }

    async fn of_many_nodes_that_hold_an_agreement_against_an_edition_one_does(bench: Bench) {
        let client = bench.client().await;
        let row = given(&bench, &client, &[1]).await.remove(0);
        assert!(!held(&bench, &row, 2, 5).await, "somebody moved it");
        let (store, grant) = (bench.store.clone(), row.grant.clone());
        let results = all_at_once(8, move |_| {
            let (store, grant) = (store.clone(), grant.clone());
            async move { keep!(store, |tx| editions::hold(tx, &grant, 1, PlanVersion(5))) }
        })
        .await;
        assert_eq!(winners(&results), 1);
        assert!(!held(&bench, &row, 1, 4).await, "never back");
        let mut connection = bench.store.read().await.expect("a connection");
        for (edition, any) in [(5, false), (6, true)] {
            let found = editions::is_any_behind(&mut connection, &client, PlanVersion(edition)).await;
            assert_eq!(found.expect("a read"), any, "{edition}");
        }
    }

    async fn what_was_refused_is_the_newest_that_was(bench: Bench) {
        let client = bench.client().await;
        let row = given(&bench, &client, &[1]).await.remove(0);
        for (edition, refused) in [(3, 3), (2, 3), (4, 4)] {
            let grant = row.grant.clone();
            keep!(bench.store, |tx| editions::refuse(tx, &grant, PlanVersion(edition))).expect("a write");
            let mut connection = bench.store.read().await.expect("a connection");
            let found = grants::find(&mut connection, row.grant.account_id, row.grant.id).await;
            let found = found.expect("a read").expect("it is there").grant;
            assert_eq!(found.refused, PlanVersion(refused), "after {edition}");
        }
    }

    async fn clients_with_something_left_to_do_are_told_when_it_may_be_done(bench: Bench) {
        let baker = bench.client().await;
        let (paper, shop) = (another(&bench, "paper").await, another(&bench, "shop").await);
        publish(&bench, &baker, 0, later(10)).await;
        publish(&bench, &paper, 0, later(20)).await;
        // By a clock that was ahead.
        publish(&bench, &shop, 0, later(9_000)).await;
        let mut connection = bench.store.read().await.expect("a connection");
        let mut unsettled = async |after: Option<&ClientId>, until, most| {
            let beyond = later(5_000);
            let found = editions::unsettled(&mut connection, after, later(until), beyond, most).await;
            found.expect("a read")
        };
        assert_eq!(unsettled(None, 9, 9).await, std::slice::from_ref(&shop));
        assert_eq!(unsettled(None, 10, 9).await, [baker.clone(), shop.clone()]);
        assert_eq!(unsettled(None, 20, 2).await, [baker.clone(), paper.clone()]);
        assert_eq!(unsettled(Some(&baker), 20, 9).await, [paper.clone(), shop.clone()]);
        let settle = async |client: &ClientId, edition| {
            let client = client.clone();
            keep!(bench.store, |tx| editions::settle(tx, &client, PlanVersion(edition))).expect("a write");
        };
        settle(&paper, 1).await;
        settle(&paper, 0).await;
        assert_eq!(unsettled(None, 20, 9).await, [baker.clone(), shop.clone()]);
        // The next edition leaves something to do again.
        publish(&bench, &paper, 1, later(30)).await;
        assert_eq!(unsettled(None, 29, 9).await, [baker.clone(), shop.clone()]);
        assert_eq!(unsettled(None, 30, 9).await, [baker, paper, shop]);
    }
}
