//! Revocation: RFC 7009.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Business;
use super::business::text;
use crate::harness::{ADA, TestApp, on_both_databases};

on_both_databases!(
    an_access_token_ends_alone,
    a_refresh_token_ends_with_all_that_came_of_it,
    another_clients_token_is_left_as_it_is,
    what_is_no_token_is_as_good_as_revoked,
    a_public_client_ends_its_tokens_too,
    nobody_revokes_without_showing_who_they_are,
);

async fn works(shop: &Business, tokens: &Value) -> [bool; 2] {
    let mut works = [false; 2];
    for (number, token) in ["access_token", "refresh_token"].into_iter().enumerate() {
        let told = shop.introspect(text(tokens, token)).await.ok();
        works[number] = told["active"] == true;
    }
    works
}

async fn an_access_token_ends_alone(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let told = shop.revoke(text(&tokens, "access_token"), &[]).await;
    assert_eq!((told.status, told.body.as_str()), (StatusCode::OK, ""));
    assert_eq!(told.header("cache-control"), "no-store");
    let dead = shop.userinfo(text(&tokens, "access_token")).await;
    assert_eq!(dead.error(), "invalid_token");
    let renewed = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    shop.userinfo(text(&renewed, "access_token")).await.ok();
}

async fn a_refresh_token_ends_with_all_that_came_of_it(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let other = shop.log_in(&mut ada, "medium").await;
    // By the newest of a family, or by one that has given way.
    for by_successor in [true, false] {
        let first = shop.log_in(&mut ada, "medium").await;
        let second = shop.refresh(text(&first, "refresh_token")).await.ok();
        app.wait(Duration::from_secs(60));
        let presented = if by_successor { &second } else { &first };
        let hint = [("token_type_hint", "access_token")];
        let told = shop.revoke(text(presented, "refresh_token"), &hint).await;
        assert_eq!(told.status, StatusCode::OK, "a wrong hint is only a hint");
        assert_eq!(works(&shop, &first).await, [false, false]);
        assert_eq!(works(&shop, &second).await, [false, false]);
    }
    assert_eq!(works(&shop, &other).await, [true, true], "another login");
}

async fn another_clients_token_is_left_as_it_is(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let thief = Business::open(&app, "thief").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    for token in ["access_token", "refresh_token"] {
        let told = thief.revoke(text(&tokens, token), &[]).await;
        assert_eq!(told.status, StatusCode::OK, "and told nothing");
    }
    assert_eq!(works(&shop, &tokens).await, [true, true]);
}

async fn what_is_no_token_is_as_good_as_revoked(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    for odd in ["x", "slat_x", "slrt_", text(&tokens, "id_token")] {
        let told = shop.revoke(odd, &[("token_type_hint", "pink")]).await;
        assert_eq!(told.status, StatusCode::OK, "{odd}");
    }
    for _ in 0..2 {
        let told = shop.revoke(text(&tokens, "access_token"), &[]).await;
        assert_eq!(told.status, StatusCode::OK);
    }
    assert_eq!(shop.post("/revoke", &[]).await.error(), "invalid_request");
}

async fn a_public_client_ends_its_tokens_too(app: TestApp) {
    let public = json!({"token_endpoint_auth_method": "none"});
    let shop = Business::with(&app, "shop", public, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    shop.revoke(text(&tokens, "refresh_token"), &[]).await;
    let dead = shop.refresh(text(&tokens, "refresh_token")).await;
    assert_eq!(dead.error(), "invalid_grant");
    let dead = shop.userinfo(text(&tokens, "access_token")).await;
    assert_eq!(dead.error(), "invalid_token");
}

async fn nobody_revokes_without_showing_who_they_are(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    for who in ["", "&client_id=shop", "&client_id=shop&client_secret=x"] {
        let body = format!("token={}{who}", text(&tokens, "access_token"));
        let told = shop.ask(Method::POST, "/revoke", &headers, body).await;
        assert_eq!(told.error(), "invalid_client", "{who}");
    }
    let told = shop.ask(Method::GET, "/revoke", &[], String::new()).await;
    assert_eq!(told.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(works(&shop, &tokens).await, [true, true]);
}
