//! Introspection: RFC 7662, and RFC 9701 for the signed answer.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluis::crypto::jwt::{PublicKeys, Typ};

use super::Business;
use super::business::{FORM, claims_of, press, text};
use crate::harness::{ADA, TestApp, id_of, on_both_databases};

const SIGNED: &str = "application/token-introspection+jwt";

on_both_databases!(
    a_client_learns_what_its_tokens_stand_for,
    what_does_not_work_is_inactive_and_nothing_more,
    another_clients_token_is_inactive,
    the_answer_comes_from_the_grant_as_it_stands,
    a_client_that_cannot_authenticate_finds_out_nothing,
    the_answer_is_signed_for_whoever_wants_it_so,
    no_token_outlives_terms_that_became_shorter,
);

async fn a_client_learns_what_its_tokens_stand_for(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let issued = claims_of(text(&tokens, "id_token"));
    app.wait(Duration::from_secs(60));
    let told = shop.introspect(text(&tokens, "access_token")).await.ok();
    let iat = issued["iat"].as_i64().expect("a time");
    let grant = ada.newest_grant().await;
    let grant_id = id_of(&grant);
    assert_eq!(
        told,
        json!({
            "active": true, "iss": "http://localhost:8000", "sub": issued["sub"],
            "client_id": "shop", "scope": tokens["scope"], "token_type": "Bearer",
            "iat": iat, "exp": iat + 3_600, "grant_id": grant_id,
        })
    );
    let told = shop.introspect(text(&tokens, "refresh_token")).await.ok();
    assert_eq!(
        (&told["active"], &told["sub"]),
        (&json!(true), &issued["sub"])
    );
    assert_eq!(told.get("token_type"), None, "it opens no resource");
}

async fn what_does_not_work_is_inactive_and_nothing_more(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop.code(&mut ada, "low", &[("scope", "openid")]).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let rotated = text(&tokens, "refresh_token");
    let fresh = shop.refresh(rotated).await.ok();
    let altered = text(&tokens, "access_token").replace("slat_", "slat_A");
    for dead in [
        "x",
        "slat_x",
        &code,
        rotated,
        text(&tokens, "id_token"),
        &altered,
    ] {
        assert_eq!(
            shop.introspect(dead).await.ok(),
            json!({"active": false}),
            "{dead}"
        );
    }
    app.wait(Duration::from_secs(3_600));
    let told = shop.introspect(text(&fresh, "access_token")).await;
    assert_eq!(told.ok(), json!({"active": false}), "its hour is over");
    let told = shop.introspect(text(&fresh, "refresh_token")).await;
    assert_eq!(told.ok()["active"], true);
    let missing = shop.post("/introspect", &[]).await;
    assert_eq!(missing.error(), "invalid_request");
}

async fn another_clients_token_is_inactive(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let thief = Business::open(&app, "thief").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    for token in ["access_token", "refresh_token"] {
        let told = thief.introspect(text(&tokens, token)).await;
        assert_eq!(told.ok(), json!({"active": false}), "{token}");
        let told = shop.introspect(text(&tokens, token)).await;
        assert_eq!(told.ok()["active"], true, "{token}");
    }
}

async fn the_answer_comes_from_the_grant_as_it_stands(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let active = || async {
        let mut active = Vec::new();
        for token in ["access_token", "refresh_token"] {
            let told = shop.introspect(text(&tokens, token)).await;
            active.push(told.ok()["active"].clone());
        }
        active
    };
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "pause").await;
    assert_eq!(active().await, [false, false], "paused");
    press(&mut ada, &grant, "resume").await;
    assert_eq!(active().await, [true, true]);
    press(&mut ada, &grant, "withdraw").await;
    assert_eq!(active().await, [false, false], "withdrawn");
}

async fn a_client_that_cannot_authenticate_finds_out_nothing(app: TestApp) {
    let public = json!({"token_endpoint_auth_method": "none"});
    let app_of_shop = Business::with(&app, "shop", public, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = app_of_shop.log_in(&mut ada, "medium").await;
    let told = app_of_shop.introspect(text(&tokens, "access_token")).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::UNAUTHORIZED, "invalid_client")
    );
    let headers = [FORM];
    let body = "token=x".to_owned();
    let told = app_of_shop
        .ask(Method::POST, "/introspect", &headers, body)
        .await;
    assert_eq!(told.error(), "invalid_client");
}

async fn the_answer_is_signed_for_whoever_wants_it_so(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let es256 = json!({"introspection_signed_response_alg": "ES256"});
    let bank = Business::with(&app, "bank", es256, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let keys = app.app.keys().await.expect("keys").jwks_json().to_owned();
    let keys = PublicKeys::parse(&keys).expect("keys");
    for (business, alg) in [(&shop, "RS256"), (&bank, "ES256")] {
        let tokens = business.log_in(&mut ada, "medium").await;
        let token = text(&tokens, "access_token");
        let plain = business.introspect(token).await.ok();
        for (accept, signed) in [
            (SIGNED, true),
            (
                "application/json, application/Token-Introspection+jwt;q=0.5",
                true,
            ),
            ("application/json", false),
            ("application/token-introspection+jwt;q=0, */*", false),
            ("*/*", false),
        ] {
            let told = business.introspect_as(token, accept).await;
            let is_signed = told.header("content-type") == SIGNED;
            assert_eq!(is_signed, signed, "{accept}");
            assert_eq!(told.header("cache-control"), "no-store");
            if !signed {
                continue;
            }
            let header = text_of_header(&told.body);
            assert_eq!(
                (&header["alg"], &header["typ"]),
                (&json!(alg), &json!("token-introspection+jwt"))
            );
            let verified = keys.verify(&told.body, Typ::Introspection).expect("ours");
            let claims: Value = verified.claims().expect("claims");
            let expected = json!({
                "iss": "http://localhost:8000", "aud": business.client.id,
                "iat": 1_790_000_000, "token_introspection": plain,
            });
            assert_eq!(claims, expected);
        }
        let told = business.introspect_as("x", SIGNED).await;
        assert_eq!(
            claims_of(&told.body)["token_introspection"],
            json!({"active": false})
        );
    }
}

fn text_of_header(jwt: &str) -> Value {
    let payload = jwt.split('.').next().expect("a header");
    claims_of(&format!(".{payload}."))
}

async fn no_token_outlives_terms_that_became_shorter(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    // A month at most is what the tier low allows.
    let until = |told: &Value| told["exp"].as_i64().expect("a time") - 1_790_000_000;
    let before = shop.introspect(text(&tokens, "refresh_token")).await.ok();
    let left = tokens["authorization_expires_in"]
        .as_i64()
        .expect("seconds");
    assert_eq!(until(&before), left);
    let grant = ada.newest_grant().await;
    super::business::change_tier(&mut ada, &grant, "low").await;
    let after = shop.introspect(text(&tokens, "refresh_token")).await.ok();
    assert!(until(&after) < until(&before), "{after}");
    let renewed = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    assert_eq!(renewed["authorization_expires_in"], until(&after));
}
