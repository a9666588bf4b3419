//! Businesses, clients and their plans.

use sluis::domain::id::{BusinessId, ClientId};
use sluis::domain::plan::{Plan, PlanVersion};
use sluis::domain::receipt::Hash;
use sluis::domain::scope::Scope;
use sluis::domain::subject::Sector;
use sluis::store::{StoreError, clients};

use super::bench::{
    Bench, NOW, all_at_once, business, client, keep, on_both_engines, plan, uuid, winners,
};

on_both_engines! {
    async fn a_business_is_what_it_said_of_itself(bench: Bench) {
        let id = bench.business().await;
        let mut connection = bench.store.read().await.expect("a connection");
        let found = clients::business(&mut connection, id).await.expect("a read");
        assert_eq!(found, Some(business()));
        let nobody = BusinessId::new(uuid(101));
        assert_eq!(clients::business(&mut connection, nobody).await.expect("a read"), None);
    }

    async fn a_client_comes_with_its_business_and_its_newest_plan(bench: Bench) {
        let id = bench.client().await;
        let find = async || {
            let mut connection = bench.store.read().await.expect("a connection");
            clients::find(&mut connection, &id).await.expect("a read").expect("it is there")
        };
        let found = find().await;
        assert_eq!(found.client, client(business().id));
        assert_eq!(found.business, business());
        assert_eq!((found.plan_version, found.plan), (PlanVersion(0), None));
        for (version, plan) in [(0, plan()), (1, Plan::from_scopes(Scope::Email.into()))] {
            let (client, plan) = (id.clone(), plan.clone());
            let published = keep!(bench.store, |tx| {
                clients::publish_plan(tx, &client, PlanVersion(version), &plan, NOW)
            });
            assert!(published.expect("a write"));
        }
        let found = find().await;
        let newest = Plan::from_scopes(Scope::Email.into());
        let hash = Hash::of(newest.to_json().as_bytes());
        assert_eq!((found.plan_version, found.plan), (PlanVersion(2), Some((newest, hash))));
        let mut connection = bench.store.read().await.expect("a connection");
        let first = clients::plan(&mut connection, &id, PlanVersion(1)).await.expect("a read");
        assert_eq!(first.map(|(plan, _)| plan), Some(plan()));
        let none = clients::plan(&mut connection, &id, PlanVersion(3)).await.expect("a read");
        assert_eq!(none, None);
        let stranger: ClientId = "stranger".parse().expect("an id");
        assert_eq!(clients::find(&mut connection, &stranger).await.expect("a read"), None);
    }

    async fn a_public_client_has_no_secret_and_no_sector_of_its_own(bench: Bench) {
        let mut public = client(bench.business().await);
        public.secret_hash = None;
        public.sector = Sector::of_business(public.business_id);
        let kept = public.clone();
        keep!(bench.store, |tx| clients::insert(tx, &kept, NOW)).expect("a client");
        let mut connection = bench.store.read().await.expect("a connection");
        let found = clients::find(&mut connection, &public.id).await.expect("a read");
        assert_eq!(found.expect("it is there").client, public);
    }

    async fn a_client_id_is_taken_once(bench: Bench) {
        bench.client().await;
        let again = client(business().id);
        let refused = keep!(bench.store, |tx| clients::insert(tx, &again, NOW));
        assert!(matches!(refused, Err(StoreError::Duplicate)));
        let mut orphan = client(BusinessId::new(uuid(101)));
        orphan.id = "orphan".parse().expect("an id");
        let refused = keep!(bench.store, |tx| clients::insert(tx, &orphan, NOW));
        assert!(matches!(refused, Err(StoreError::Database(_))), "it has no business");
        assert_eq!(bench.count("clients").await, 1);
    }

    async fn of_many_editions_published_at_once_one_is_kept(bench: Bench) {
        let id = bench.client().await;
        let store = bench.store.clone();
        let results = all_at_once(8, move |_| {
            let (store, id) = (store.clone(), id.clone());
            async move {
                keep!(store, |tx| clients::publish_plan(tx, &id, PlanVersion(0), &plan(), NOW))
            }
        })
        .await;
        assert_eq!(winners(&results), 1);
        assert_eq!(bench.count("plans").await, 1);
    }

    async fn a_plan_that_is_gone_is_not_taken_for_none(bench: Bench) {
        let id = bench.client().await;
        let client = id.clone();
        let published = keep!(bench.store, |tx| clients::publish_plan(tx, &client, PlanVersion(0), &plan(), NOW));
        assert!(published.expect("a write"));
        keep!(bench.store, |tx| sqlx::query("DELETE FROM plans").execute(tx)).expect("a write");
        let mut connection = bench.store.read().await.expect("a connection");
        let found = clients::find(&mut connection, &id).await;
        assert!(matches!(found, Err(StoreError::Corrupt("plan_version"))));
    }
}
