//! How long a logo is shown: as long as its client names it, and a while
//! longer than it can be fetched.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluis::service::vetting::vouch;
use wiremock::ResponseTemplate;

use super::business::{Business, text};
use super::logos::{asked, fetch, load, logo_at, picture, png, seen, seen_by, shows, studio};
use super::registrar::{initial_token, manage, open, registered, with};
use crate::harness::{DAY, TestApp, business_document, on_both_databases};

on_both_databases!(
    a_logo_that_cannot_be_fetched_stays_for_a_week,
    a_logo_that_was_changed_or_taken_away_is_gone_at_once,
    a_client_that_stays_with_its_logo_does_not_say_when_it_is_fetched,
    a_client_that_is_removed_leaves_no_logo,
    a_logo_that_nobody_vouches_for_is_not_fetched_and_not_shown,
);

async fn a_logo_that_cannot_be_fetched_stays_for_a_week(app: TestApp) {
    let server = studio(picture(png(64))).await;
    let shop = Business::with(&app, "shop", logo_at(&server), None).await;
    fetch(&app).await;
    let logo = seen(&app, &shop).await;
    assert!(logo.is_some());
    shows(&server, ResponseTemplate::new(503)).await;
    for _ in 0..6 {
        app.wait(DAY);
        fetch(&app).await;
        assert_eq!(seen(&app, &shop).await, logo, "the one of before");
    }
    assert_eq!(asked(&server).await, 6);
    app.wait(DAY);
    fetch(&app).await;
    assert_eq!(seen(&app, &shop).await, None, "not for ever");
    shows(&server, picture(png(64))).await;
    app.wait(Duration::from_hours(1));
    fetch(&app).await;
    assert_eq!(seen(&app, &shop).await, logo, "it is back");
}

/// Replaces what a client registered, but for this; says what it is told.
async fn replace(app: &TestApp, told: &Value, more: &Value) -> Value {
    let mut metadata = with(more);
    metadata["client_id"] = told["client_id"].clone();
    let told = manage(app, Method::PUT, told, Some(&metadata)).await;
    told.ok()
}

async fn a_logo_that_was_changed_or_taken_away_is_gone_at_once(app: TestApp) {
    let (first, second) = (
        studio(picture(png(64))).await,
        studio(picture(png(65))).await,
    );
    let token = initial_token(&app, 1).await;
    let told = registered(&app, Some(&token), &with(&logo_at(&first))).await;
    let shop = Business::registered(&app, &told);
    fetch(&app).await;
    let old = seen(&app, &shop).await.expect("a logo");
    let told = replace(&app, &told, &logo_at(&second)).await;
    assert_eq!(
        seen(&app, &shop).await,
        None,
        "a letter, until it is fetched"
    );
    assert_eq!(load(&app, &old).await.0, StatusCode::NOT_FOUND);
    fetch(&app).await;
    let new = seen(&app, &shop).await.expect("a logo");
    assert_eq!(load(&app, &new).await.2, png(65));
    assert_eq!((asked(&first).await, asked(&second).await), (1, 1));
    let told = replace(&app, &told, &json!({"client_name": "Shop"})).await;
    assert_eq!(seen(&app, &shop).await, None, "it has none any more");
    fetch(&app).await;
    assert_eq!(load(&app, &new).await.0, StatusCode::NOT_FOUND);
    // One that comes back was not kept meanwhile.
    replace(&app, &told, &logo_at(&second)).await;
    assert_eq!(seen(&app, &shop).await, None);
    let other = app.browser().at_node(app.second_node().await);
    fetch(&app).await;
    assert_eq!(seen_by(other, &shop).await, Some(new));
}

async fn a_client_that_stays_with_its_logo_does_not_say_when_it_is_fetched(app: TestApp) {
    let server = studio(picture(png(64))).await;
    let token = initial_token(&app, 1).await;
    let mut told = registered(&app, Some(&token), &with(&logo_at(&server))).await;
    fetch(&app).await;
    for _ in 0..3 {
        told = replace(&app, &told, &logo_at(&server)).await;
        fetch(&app).await;
    }
    assert_eq!(asked(&server).await, 1);
    app.wait(DAY);
    fetch(&app).await;
    assert_eq!(asked(&server).await, 2);
}

async fn a_client_that_is_removed_leaves_no_logo(app: TestApp) {
    let server = studio(picture(png(64))).await;
    let token = initial_token(&app, 1).await;
    let told = registered(&app, Some(&token), &with(&logo_at(&server))).await;
    let shop = Business::registered(&app, &told);
    fetch(&app).await;
    let logo = seen(&app, &shop).await.expect("a logo");
    let removed = manage(&app, Method::DELETE, &told, None).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(load(&app, &logo).await.0, StatusCode::NOT_FOUND);
    app.wait(DAY);
    fetch(&app).await;
    assert_eq!(asked(&server).await, 1);
}

async fn a_logo_that_nobody_vouches_for_is_not_fetched_and_not_shown(app: TestApp) {
    let app = open(app).await;
    let server = studio(picture(png(64))).await;
    let mut more = logo_at(&server);
    more["client_name"] = json!("Bank");
    let told = registered(&app, None, &with(&more)).await;
    let bank = Business::registered(&app, &told);
    for _ in 0..2 {
        fetch(&app).await;
        assert_eq!(seen(&app, &bank).await, None);
        app.wait(DAY);
    }
    assert_eq!(asked(&server).await, 0);
    let id = text(&told, "client_id").parse().expect("an id");
    let vouched = vouch(&app.app, &id, business_document("bank")).await;
    vouched.expect("a client");
    fetch(&app).await;
    assert!(seen(&app, &bank).await.is_some());
    assert_eq!(asked(&server).await, 1);
}
