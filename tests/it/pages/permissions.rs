//! Permissions under an agreement: each is a consent of its own, and is taken
//! back by itself.

use std::time::Duration;

use axum::http::StatusCode;
use enumset::EnumSet;
use sluis::domain::grant::EventKind;
use sluis::domain::id::GrantId;
use sluis::domain::permission::Permission;
use sluis::domain::receipt::Receipt;
use sluis::store::grants;

use super::consent::asked;
use crate::harness::{Actor, SANNE, TestApp, id_of, on_both_databases};

on_both_databases! {
    each_permission_is_taken_back_by_itself,
    what_rested_on_a_permission_goes_with_it_and_the_rest_goes_on,
    an_agreement_from_before_that_was_left_without_a_permission_goes_on,
}

/// Someone who lets the shop write, and show other things.
async fn reader(app: &TestApp) -> (Actor, String) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne de Vries", SANNE).await;
    actor.live_in_amsterdam().await;
    actor.edit("preferences", "Tulips").await;
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

/// Longer than it takes to press a button twice.
const LATER: Duration = Duration::from_secs(120);

/// Has it for less long, counts it from each login, and for as long again.
async fn goes_on(app: &TestApp, actor: &mut Actor, grant: &str) {
    let form = actor.get(grant).await.form("/change");
    let page = actor.submit(form.with("retention", "P14D")).await;
    assert_eq!(page.location(), format!("{grant}?done=narrowed"));
    app.wait(LATER);
    let form = actor.get(grant).await.form("/renew").press("renew");
    let page = actor.submit(form).await;
    assert_eq!(page.location(), format!("{grant}?done=renewed"));
    let form = actor.get(grant).await.form("/change");
    let page = actor.submit(form.with("counts_from", "last_login")).await;
    let page = actor.submit(page.form("confirmation").press("allow")).await;
    assert_eq!(page.location(), format!("{grant}?done=saved"));
}

async fn what_rested_on_a_permission_goes_with_it_and_the_rest_goes_on(app: TestApp) {
    let (mut actor, grant) = reader(&app).await;
    let page = actor.get(&grant).await;
    page.says("Tulips");
    let form = page.form("/stop").press("stop-personalisation");
    let page = actor.submit(form).await;
    let page = actor.follow(page).await;
    // What was shown for that alone is read for nothing else.
    page.says_not("Tulips");
    page.says_not("Show what fits you");
    page.says("News from us");
    let form = page.form("/stop").press("stop-email");
    actor.submit(form).await;
    let page = actor.get(&grant).await;
    page.says_not("News from us");
    page.says(SANNE);
    goes_on(&app, &mut actor, &grant).await;
    let page = actor.get(&grant).await;
    page.says("Deliver your order");
    page.says_not("News from us");
}

async fn an_agreement_from_before_that_was_left_without_a_permission_goes_on(app: TestApp) {
    let (mut actor, grant) = reader(&app).await;
    let id: GrantId = id_of(&grant).parse().expect("an id");
    let client = "shop".parse().expect("an id");
    // As a version left it that took the permission away alone.
    let mut connection = app.app.store().read().await.expect("a connection");
    let row = grants::of_client(&mut connection, &client, id).await;
    let mut row = row.expect("a read").expect("a grant");
    drop(connection);
    let found = row.found();
    for purpose in &mut row.grant.terms.purposes {
        purpose.permissions = EnumSet::empty();
    }
    let written = app.app.store().write_statement(move |tx| {
        Box::pin(async move { grants::update(tx, &row, &found, false).await })
    });
    assert!(written.await.expect("a write"));
    app.wait(LATER);
    // The first time, what nothing permits any more ends with it.
    let page = actor.get(&grant).await;
    page.says("Tulips");
    let page = actor.submit(page.form("/renew").press("renew")).await;
    assert_eq!(page.location(), format!("{grant}?done=renewed"));
    let (given, narrowed) = (EventKind::Given, EventKind::Narrowed);
    assert_eq!(
        app.events(&mut actor, &grant).await,
        [given, narrowed, EventKind::Renewed]
    );
    let page = actor.get(&grant).await;
    page.says_not("Tulips");
    page.says_not("Show what fits you");
    let page = actor.get("/account/who-has-what").await;
    assert_eq!(page.html.matches("class=\"holding-deleting\"").count(), 1);
    goes_on(&app, &mut actor, &grant).await;
}
