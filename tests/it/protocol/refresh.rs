//! Refresh tokens: rotation, lost answers, theft, and their end.

use std::time::Duration;

use serde_json::Value;

use super::business::{claims_of, press, text};
use super::{Business, SCOPES};
use crate::harness::{ADA, TestApp, on_both_databases};

const DAY: u64 = 24 * 3_600;

on_both_databases!(
    a_refresh_rotates_and_tells_of_the_same_sign_in,
    a_lost_answer_is_given_again_for_thirty_seconds,
    a_rotated_token_after_thirty_seconds_ends_the_family,
    a_rotated_token_whose_successor_was_used_ends_the_family_at_once,
    reuse_is_found_out_whatever_else_is_wrong_with_the_request,
    reuse_is_found_out_while_the_agreement_is_paused,
    another_client_gets_nothing_and_breaks_nothing,
    scope_may_be_narrowed_and_never_widened,
    a_refresh_ends_with_its_grant,
    no_token_outlives_the_retention_that_was_agreed,
    tokens_of_an_anonymous_login_have_an_end_as_well,
);

/// Neither token of an answer is good for anything.
async fn dead(shop: &Business, tokens: &Value) {
    let refreshed = shop.refresh(text(tokens, "refresh_token")).await;
    assert_eq!(refreshed.error(), "invalid_grant");
    let read = shop.userinfo(text(tokens, "access_token")).await;
    assert_eq!(read.error(), "invalid_token");
}

async fn a_refresh_rotates_and_tells_of_the_same_sign_in(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let first = shop.log_in(&mut ada, "medium").await;
    app.wait(Duration::from_secs(600));
    let second = shop.refresh(text(&first, "refresh_token")).await.ok();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(first["scope"], second["scope"]);
    let (before, after) = (
        claims_of(text(&first, "id_token")),
        claims_of(text(&second, "id_token")),
    );
    for same in ["iss", "sub", "aud", "auth_time", "amr"] {
        assert_eq!(
            before[same], after[same],
            "OpenID Connect Core 1.0 §12.2: {same}"
        );
    }
    assert_eq!(
        after["iat"].as_i64().expect("a time"),
        before["iat"].as_i64().expect("a time") + 600
    );
    assert_eq!(after.get("nonce"), None);
    shop.userinfo(text(&first, "access_token")).await.ok();
    shop.userinfo(text(&second, "access_token")).await.ok();
}

async fn a_lost_answer_is_given_again_for_thirty_seconds(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let first = shop.log_in(&mut ada, "medium").await;
    let lost = shop.refresh(text(&first, "refresh_token")).await.ok();
    for wait in [0, 20, 10] {
        app.wait(Duration::from_secs(wait));
        let again = shop.refresh(text(&first, "refresh_token")).await.ok();
        assert_eq!(again["refresh_token"], lost["refresh_token"]);
        shop.userinfo(text(&again, "access_token")).await.ok();
    }
    shop.refresh(text(&lost, "refresh_token")).await.ok();
}

async fn a_rotated_token_after_thirty_seconds_ends_the_family(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let other = shop.log_in(&mut ada, "medium").await;
    let first = shop.log_in(&mut ada, "medium").await;
    let second = shop.refresh(text(&first, "refresh_token")).await.ok();
    app.wait(Duration::from_secs(31));
    assert_eq!(
        shop.refresh(text(&first, "refresh_token")).await.error(),
        "invalid_grant"
    );
    for tokens in [&first, &second] {
        dead(&shop, tokens).await;
    }
    shop.refresh(text(&other, "refresh_token")).await.ok();
}

async fn a_rotated_token_whose_successor_was_used_ends_the_family_at_once(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let first = shop.log_in(&mut ada, "medium").await;
    let second = shop.refresh(text(&first, "refresh_token")).await.ok();
    let third = shop.refresh(text(&second, "refresh_token")).await.ok();
    // The thief may ask for whatever: what counts is that it is back.
    let told = shop
        .refresh_with(text(&first, "refresh_token"), &[("scope", "openid")])
        .await;
    assert_eq!(told.error(), "invalid_grant");
    for tokens in [&first, &second, &third] {
        dead(&shop, tokens).await;
    }
}

async fn reuse_is_found_out_whatever_else_is_wrong_with_the_request(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop
        .code(
            &mut ada,
            "medium",
            &[("scope", "openid email offline_access")],
        )
        .await;
    let first = shop.redeem(&code).await.ok();
    let second = shop.refresh(text(&first, "refresh_token")).await.ok();
    let third = shop.refresh(text(&second, "refresh_token")).await.ok();
    let told = shop
        .refresh_with(text(&first, "refresh_token"), &[("scope", "openid phone")])
        .await;
    assert_eq!(told.error(), "invalid_grant");
    assert_eq!(
        shop.refresh(text(&third, "refresh_token")).await.error(),
        "invalid_grant"
    );
}

async fn reuse_is_found_out_while_the_agreement_is_paused(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let first = shop.log_in(&mut ada, "medium").await;
    let grant = ada.newest_grant().await;
    let second = shop.refresh(text(&first, "refresh_token")).await.ok();
    press(&mut ada, &grant, "pause").await;
    // In time, an answer may have been lost: nothing is given, and nothing ends.
    let told = shop.refresh(text(&first, "refresh_token")).await;
    assert_eq!(told.error(), "invalid_grant");
    press(&mut ada, &grant, "resume").await;
    let third = shop.refresh(text(&second, "refresh_token")).await.ok();
    press(&mut ada, &grant, "pause").await;
    let told = shop.refresh(text(&first, "refresh_token")).await;
    assert_eq!(told.error(), "invalid_grant");
    press(&mut ada, &grant, "resume").await;
    for tokens in [&second, &third] {
        dead(&shop, tokens).await;
    }
}

async fn another_client_gets_nothing_and_breaks_nothing(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let thief = Business::open(&app, "thief").await;
    let mut ada = app.person("Ada", ADA).await;
    let first = shop.log_in(&mut ada, "medium").await;
    assert_eq!(
        thief.refresh(text(&first, "refresh_token")).await.error(),
        "invalid_grant"
    );
    let second = shop.refresh(text(&first, "refresh_token")).await.ok();
    app.wait(Duration::from_secs(60));
    assert_eq!(
        thief.refresh(text(&first, "refresh_token")).await.error(),
        "invalid_grant"
    );
    shop.refresh(text(&second, "refresh_token")).await.ok();
}

async fn scope_may_be_narrowed_and_never_widened(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop.code(&mut ada, "medium", &[("scope", SCOPES)]).await;
    let first = shop.redeem(&code).await.ok();
    let told = shop
        .refresh_with(
            text(&first, "refresh_token"),
            &[("scope", "openid email phone")],
        )
        .await;
    assert_eq!(told.error(), "invalid_scope");
    let narrow = shop
        .refresh_with(text(&first, "refresh_token"), &[("scope", "openid email")])
        .await
        .ok();
    assert_eq!(narrow["scope"], "openid email");
    let claims = shop.userinfo(text(&narrow, "access_token")).await.ok();
    assert_eq!(claims["email"], ADA);
    assert_eq!(claims.get("name"), None);
    // What was granted stays what was granted.
    let wide = shop.refresh(text(&narrow, "refresh_token")).await.ok();
    assert_eq!(wide["scope"], SCOPES);
    let claims = shop.userinfo(text(&wide, "access_token")).await.ok();
    assert_eq!(claims["name"], "Ada");
}

async fn a_refresh_ends_with_its_grant(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let first = shop.log_in(&mut ada, "medium").await;
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "pause").await;
    assert_eq!(
        shop.refresh(text(&first, "refresh_token")).await.error(),
        "invalid_grant"
    );
    press(&mut ada, &grant, "resume").await;
    let second = shop.refresh(text(&first, "refresh_token")).await.ok();
    press(&mut ada, &grant, "withdraw").await;
    dead(&shop, &second).await;
    // Another agreement is another grant: what died stays dead.
    shop.log_in(&mut ada, "medium").await;
    dead(&shop, &second).await;
}

async fn no_token_outlives_the_retention_that_was_agreed(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop
        .code(&mut ada, "low", &[("scope", "openid email offline_access")])
        .await;
    let mut tokens = shop.redeem(&code).await.ok();
    // The tier low allows a month: 31 days from 21 September is too long.
    app.wait(Duration::from_secs(30 * DAY - 600));
    tokens = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    let left = tokens["expires_in"].as_u64().expect("seconds");
    assert_eq!(left, 600, "an access token ends with its grant");
    app.wait(Duration::from_secs(600));
    dead(&shop, &tokens).await;
}

async fn tokens_of_an_anonymous_login_have_an_end_as_well(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop
        .code(&mut ada, "anonymous", &[("scope", "openid offline_access")])
        .await;
    let mut tokens = shop.redeem(&code).await.ok();
    for _ in 0..17 {
        app.wait(Duration::from_secs(10 * DAY));
        tokens = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    }
    app.wait(Duration::from_secs(10 * DAY));
    assert_eq!(
        shop.refresh(text(&tokens, "refresh_token")).await.error(),
        "invalid_grant"
    );
}
