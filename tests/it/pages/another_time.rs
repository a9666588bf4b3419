//! What was agreed, for another time: nothing else changes with it.

use std::time::Duration;

use axum::http::StatusCode;

use crate::harness::{SANNE, TestApp, on_both_databases};

on_both_databases! {
    another_retention_brings_nothing_else_along,
    what_the_profile_gives_no_more_is_had_for_less_long_and_not_for_longer,
}

async fn another_retention_brings_nothing_else_along(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne de Vries", SANNE).await;
    actor.live_in_amsterdam().await;
    let grant = actor.agree(&shop, "medium").await;
    // The shop would have had it, had it been there.
    actor.edit("phone_number", "020 555 0123").await;
    let form = actor.get(&grant).await.form("/change");
    let page = actor.submit(form.with("retention", "P7D")).await;
    assert_eq!(page.location(), format!("{grant}?done=narrowed"));
    let form = actor.follow(page).await.form("/change");
    let page = actor.submit(form.with("retention", "P1M")).await;
    page.says("until 21 October 2026");
    page.says_not("phone number");
    let page = actor.submit(page.form("confirmation").press("allow")).await;
    assert_eq!(page.location(), format!("{grant}?done=saved"));
    app.wait(Duration::from_secs(120));
    let form = actor.get(&grant).await.form("/renew").press("renew");
    let page = actor.submit(form).await;
    assert_eq!(page.location(), format!("{grant}?done=renewed"));
    let chain = app.chain(&mut actor, &grant).await;
    assert_eq!(chain.len(), 4);
    for receipt in &chain {
        assert_eq!(receipt.profile.claims, chain[0].profile.claims);
    }
    actor.get(&grant).await.says_not("+31 20 555 0123");
}

async fn what_the_profile_gives_no_more_is_had_for_less_long_and_not_for_longer(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne de Vries", SANNE).await;
    actor.live_in_amsterdam().await;
    let grant = actor.agree(&shop, "medium").await;
    let profiles = actor.get("/account/profiles").await.form("profiles");
    let form = profiles.with("placement-delivery_address", "high");
    actor.submit(form.press("profiles-save")).await;
    let form = actor.get(&grant).await.form("/change");
    let page = actor.submit(form.with("retention", "P7D")).await;
    assert_eq!(page.location(), format!("{grant}?done=narrowed"));
    let form = actor.follow(page).await.form("/change");
    let page = actor.submit(form.with("retention", "P1M")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("delivery address is not in that profile");
    page.says("28 September 2026");
}
