//! Permissions under an agreement: each is a consent of its own, and is taken
//! back by itself.

use axum::http::StatusCode;
use enumset::EnumSet;
use sluis::domain::grant::EventKind;
use sluis::domain::permission::Permission;
use sluis::domain::receipt::Receipt;

use super::consent::asked;
use crate::harness::{Actor, TestApp, on_both_databases};

on_both_databases! {
    each_permission_is_taken_back_by_itself,
}

/// Someone who lets the shop write, and show other things.
async fn reader(app: &TestApp) -> (Actor, String) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne de Vries", "sanne@example.com").await;
    actor.live_in_amsterdam().await;
    actor.fill_in("preferences", &[("value", "Tulips")]).await;
    let page = asked(&mut actor, &shop).await;
    let form = page.form("consent").with("tier", "high");
    let form = form
        .with("purpose-news", "on")
        .with("purpose-suggest", "on")
        .with("permission-suggest-personalisation", "on");
    let page = actor.submit(form.press("allow")).await;
    assert!(shop.answer(&page).contains_key("code"), "{}", page.words());
    let grant = actor.newest_grant().await;
    (actor, grant)
}

async fn each_permission_is_taken_back_by_itself(app: TestApp) {
    let (mut actor, grant) = reader(&app).await;
    let allowed = |receipt: &Receipt| {
        let purposes = receipt.processes.iter();
        let permissions = purposes.flat_map(|one| one.permissions.iter().chain(&one.channels));
        permissions.copied().collect::<EnumSet<_>>()
    };
    let both = Permission::ContactEmail | Permission::Personalisation;
    let stale = actor.get(&grant).await.form("/stop");
    // What is not allowed cannot be taken back, nor what is none.
    let unknown = stale.clone().forged("permission", "carrier-pigeon");
    assert_eq!(actor.submit(unknown).await.status, StatusCode::NOT_FOUND);
    let page = actor.submit(stale.clone().press("stop-email")).await;
    let page = actor.follow(page).await;
    page.says("Switched off");
    page.says("Less allowed");
    assert!(!page.html.contains("stop-email"));
    // A second click is the same; another button of the old page is out of date.
    let again = actor.submit(stale.clone().press("stop-email")).await;
    assert!(again.redirect().is_some());
    let old = actor.submit(stale.press("stop-personalisation")).await;
    assert_eq!(old.status, StatusCode::CONFLICT);
    let chain = app.chain(&mut actor, &grant).await;
    assert_eq!(chain.len(), 2);
    assert_eq!(allowed(&chain[0]), both);
    assert_eq!(allowed(&chain[1]), Permission::Personalisation);
    assert_eq!(chain[0].profile.claims, chain[1].profile.claims);
    assert_eq!(chain[1].event.kind, EventKind::Narrowed);
    let form = actor
        .get(&grant)
        .await
        .form("/stop")
        .press("stop-personalisation");
    let page = actor.submit(form).await;
    assert!(!actor.follow(page).await.has_form("/stop"));
}
