//! Behind the counter.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::events::withdrawn;
use super::fake_provider::FakeProvider;
use super::visitor::{Visitor, grant_everything};
use crate::webshop::Site;

fn plan() -> Value {
    serde_json::from_str(Site::Shop.plan_json()).unwrap()
}

async fn shop() -> (std::sync::Arc<FakeProvider>, Visitor) {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    provider.api(|api| {
        api.plan = plan();
        api.version = 1;
    });
    let sanne = Visitor::of(Site::Shop, &provider.issuer);
    (provider, sanne)
}

#[tokio::test]
async fn the_page_says_whose_side_it_is_and_how_things_stand() {
    let (_provider, mut sanne) = shop().await;
    let page = sanne.get("/keeper").await;
    assert!(page.has("The shopkeeper’s side") && page.has("only its staff see this"));
    assert!(page.has("the stream of events is set up"));
    assert!(page.has("version 1") && page.has("id=\"stands-usual\""));
    assert!(page.has("id=\"no-people\"") && page.has("id=\"no-duties\""));
    sanne.log_in().await;
    assert!(
        sanne
            .get("/keeper")
            .await
            .has("Kanaalstraat 12, 3531 CJ Utrecht, NL")
    );
}

#[tokio::test]
async fn the_plan_changes_on_a_button() {
    let (provider, mut sanne) = shop().await;
    sanne.post("/keeper/plan", &[("edition", "narrower")]).await;
    let page = sanne.get("/keeper").await;
    assert!(page.has("id=\"note\"") && page.has("Version 2 stands."));
    assert!(page.has("holds at once for everybody") && page.has("id=\"stands-narrower\""));
    let published = provider.api(|api| api.plan.clone());
    let ids = |plan: &Value| -> Vec<String> {
        let purposes = plan["purposes"].as_array().unwrap().iter();
        purposes
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert!(!ids(&published).contains(&"birthday".to_owned()));
    assert_eq!(published["purposes"][0]["retention"], "P1M");
    assert!(
        !sanne.get("/keeper").await.has("id=\"note\""),
        "it is told once"
    );

    sanne.post("/keeper/plan", &[("edition", "wider")]).await;
    let page = sanne.get("/keeper").await;
    assert!(page.has("Sluis puts before people") && page.has("id=\"stands-wider\""));
    sanne.post("/keeper/plan", &[("edition", "usual")]).await;
    assert_eq!(provider.api(|api| api.plan.clone()), plan());
    sanne
        .post("/keeper/plan", &[("edition", "everything")])
        .await;
    assert_eq!(provider.api(|api| api.version), 4);
}

#[tokio::test]
async fn whoever_published_in_between_is_not_overwritten() {
    let (provider, mut sanne) = shop().await;
    provider.api(|api| api.overtakes = true);
    sanne.post("/keeper/plan", &[("edition", "wider")]).await;
    let page = sanne.get("/keeper").await;
    assert!(page.has("Sluis did not take it. Nothing was changed."));
    assert_eq!(provider.api(|api| api.plan.clone()), plan());
}

#[tokio::test]
async fn a_shopkeeper_who_waits_is_told_and_has_not_deleted() {
    let (provider, mut sanne) = shop().await;
    sanne.log_in().await;
    sanne.post("/keeper/habit", &[("waits", "true")]).await;
    assert!(sanne.get("/keeper").await.has("id=\"waits\""));
    let token = provider.sign("secevent+jwt", &withdrawn(&provider, "1"));
    assert_eq!(sanne.push(token).await.status, StatusCode::ACCEPTED);

    // Told, out of use, and not deleted: nobody says otherwise.
    let home = sanne.get("/").await;
    assert!(home.has("id=\"lost-held\"") && !home.has("<b>Sanne</b>"));
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("data-stage=\"told\"") && keeper.has("Nothing is deleted yet"));
    assert!(keeper.has("23 September 2026 (30 days left)"));
    assert!(keeper.has("Sanne de Vries"));
    assert!(provider.api(|api| api.confirmed.is_empty()));
    sanne.wait(31 * 24 * 60 * 60);
    assert!(sanne.get("/keeper").await.has("(overdue)"));

    sanne.post("/keeper/duty", &[("duty", "1")]).await;
    assert_eq!(provider.api(|api| api.confirmed.len()), 1);
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("data-stage=\"confirmed\"") && keeper.has("id=\"no-people\""));
    assert!(sanne.get("/").await.has("id=\"lost-confirmed\""));
    sanne.post("/keeper/duty", &[("duty", "1")]).await;
    sanne.post("/keeper/duty", &[("duty", "99")]).await;
    assert_eq!(provider.api(|api| api.confirmed.len()), 1, "once is enough");
}

#[tokio::test]
async fn a_request_shows_its_clock_and_is_answered() {
    let (provider, mut sanne) = shop().await;
    provider.api(|api| {
        api.requests = vec![json!({"request_id": "r-1", "number": 41, "grant_id": "g-1",
            "sub": "pairwise-1", "right": "rectification", "claims": ["name"],
            "opened_at": "2026-08-20T10:00:00Z", "due": "2026-09-20T10:00:00Z", "state": "open",
            "answers": []})];
    });
    let page = sanne.get("/keeper").await;
    assert!(page.has("41 · Rectification") && page.has("Rectification (GDPR art. 16)"));
    assert!(page.has("<dd>name</dd>"));
    assert!(page.has("20 September 2026 (26 days left)"));
    let form = [
        ("request", "r-1"),
        ("outcome", "done"),
        ("words", " Mended. "),
    ];
    sanne.post("/keeper/request", &form).await;
    let (id, said) = provider.api(|api| api.answers.pop()).unwrap();
    assert_eq!(id, "r-1");
    assert_eq!(said, json!({"outcome": "done", "text": "Mended."}));
    assert!(sanne.get("/keeper").await.has("Sluis has your answer."));

    // One that nobody asked is not answered.
    let form = [
        ("request", "../duties/d-1/confirm"),
        ("outcome", "done"),
        ("words", "x"),
    ];
    sanne.post("/keeper/request", &form).await;
    assert!(provider.api(|api| api.answers.is_empty()));
}

#[tokio::test]
async fn a_button_from_elsewhere_does_nothing() {
    let (provider, mut sanne) = shop().await;
    sanne.get("/keeper").await;
    for (path, field, value) in [
        ("/keeper/plan", "edition", "wider"),
        ("/keeper/habit", "waits", "true"),
        ("/keeper/duty", "duty", "1"),
    ] {
        let page = sanne
            .post_raw(path, &[(field, value), ("csrf", "guessed")])
            .await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(provider.api(|api| api.version), 1);
    assert!(sanne.get("/keeper").await.has("id=\"deletes\""));
}

#[tokio::test]
async fn a_provider_that_is_away_leaves_a_page_that_says_so() {
    let mut sanne = Visitor::of(Site::Shop, "http://127.0.0.1:9");
    let page = sanne.get("/keeper").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("Sluis does not tell us right now") && page.has("Sluis tells us nothing yet"));
}
