//! Who may register: whoever has an initial access token, everybody, or nobody.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use sluis::config::Registration;

use super::business::Business;
use super::registrar::{answer, initial_token, least, manage, register, registered, send, with};
use crate::harness::{ADA, TestApp, on_both_databases};

on_both_databases!(
    an_initial_access_token_registers_as_often_as_it_says_and_no_longer,
    of_many_that_come_at_once_as_many_register_as_the_token_says,
    a_refused_registration_uses_up_nothing,
    without_a_token_nobody_registers_where_one_is_needed,
    where_registration_is_off_nobody_registers,
    for_transfers_alone_nobody_needs_a_token,
    who_registered_for_transfers_asks_for_nothing_else,
);

async fn an_initial_access_token_registers_as_often_as_it_says_and_no_longer(app: TestApp) {
    let token = initial_token(&app, 2).await;
    for _ in 0..2 {
        registered(&app, Some(&token), &least()).await;
    }
    let told = register(&app, Some(&token), &least()).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::UNAUTHORIZED, "invalid_token")
    );
    assert!(
        told.header("www-authenticate")
            .starts_with("Bearer realm=\"sluis\", error=")
    );
    let late = initial_token(&app, 2).await;
    registered(&app, Some(&late), &least()).await;
    app.wait(Duration::from_mins(1));
    assert_eq!(
        register(&app, Some(&late), &least()).await.error(),
        "invalid_token"
    );
    for wrong in [
        "slit_x",
        &late.replace("slit_", "slat_"),
        &format!("{late}A"),
    ] {
        let told = register(&app, Some(wrong), &least()).await;
        assert_eq!(told.error(), "invalid_token", "{wrong}");
    }
}

async fn of_many_that_come_at_once_as_many_register_as_the_token_says(app: TestApp) {
    let token = initial_token(&app, 3).await;
    let metadata = least();
    let tries = (0..8).map(|_| register(&app, Some(&token), &metadata));
    let told = futures_util::future::join_all(tries).await;
    let made = told
        .iter()
        .filter(|told| told.status == StatusCode::CREATED);
    assert_eq!(made.count(), 3);
    for told in told
        .iter()
        .filter(|told| told.status != StatusCode::CREATED)
    {
        assert_eq!(told.error(), "invalid_token");
    }
}

async fn a_refused_registration_uses_up_nothing(app: TestApp) {
    let token = initial_token(&app, 1).await;
    let wrong = with(&json!({"subject_type": "other"}));
    let told = register(&app, Some(&token), &wrong).await;
    assert_eq!(told.error(), "invalid_client_metadata");
    registered(&app, Some(&token), &least()).await;
}

async fn without_a_token_nobody_registers_where_one_is_needed(app: TestApp) {
    let told = register(&app, None, &least()).await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    told.error();
    assert_eq!(told.header("www-authenticate"), "Bearer realm=\"sluis\"");
    for scheme in ["Basic c2hvcDp4", "DPoP slit_x", "Bearer"] {
        let request = Request::post("/register")
            .header("content-type", "application/json")
            .header("authorization", scheme)
            .body(Body::from(least().to_string()))
            .expect("a request");
        let told = answer(&app.router, request).await;
        assert!(
            told.header("www-authenticate").starts_with("Bearer"),
            "{scheme}"
        );
    }
}

/// As another provider registers itself.
fn for_transfers(more: &Value) -> Value {
    let mut members = with(&json!({
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code"],
        "authorization_details_types": ["https://schemas.sluis.example/rar/account_transfer/v1"],
    }));
    for (name, value) in more.as_object().expect("members") {
        members[name] = value.clone();
    }
    members
}

async fn for_transfers_alone_nobody_needs_a_token(app: TestApp) {
    let told = registered(&app, None, &for_transfers(&json!({}))).await;
    assert_eq!(told["scope"], "");
    let release = "https://schemas.sluis.example/rar/profile_release/v1";
    for more in [
        json!({"token_endpoint_auth_method": "client_secret_basic"}),
        json!({"grant_types": ["authorization_code", "refresh_token"]}),
        json!({"authorization_details_types": []}),
        json!({"authorization_details_types": [release]}),
        json!({"scope": "openid email"}),
    ] {
        let told = register(&app, None, &for_transfers(&more)).await;
        assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{more}");
    }
    // Nor does it become another afterwards.
    let mut members = for_transfers(&json!({"client_name": "Elsewhere"}));
    members["client_id"] = told["client_id"].clone();
    let told = manage(&app, Method::PUT, &told, Some(&members)).await.ok();
    assert_eq!(
        (&told["client_name"], &told["scope"]),
        (&json!("Elsewhere"), &json!(""))
    );
    members["scope"] = json!("openid email");
    let told = manage(&app, Method::PUT, &told, Some(&members)).await;
    assert_eq!(told.error(), "invalid_client_metadata");
}

async fn who_registered_for_transfers_asks_for_nothing_else(app: TestApp) {
    let told = registered(&app, None, &for_transfers(&json!({}))).await;
    let other = Business::registered(&app, &told);
    let mut ada = app.person("Ada", ADA).await;
    let claims = json!({"userinfo": {"email": null}}).to_string();
    for more in [
        vec![("scope", "openid")],
        vec![("scope", "openid email"), ("claims", claims.as_str())],
    ] {
        let page = ada.visit(&other.client.request(&more)).await;
        assert_eq!(other.client.answer(&page)["error"], "unauthorized_client");
    }
}

async fn where_registration_is_off_nobody_registers(app: TestApp) {
    let token = initial_token(&app, 1).await;
    let app = app
        .with(|config| config.registration = Registration::Off)
        .await;
    for token in [None, Some(token.as_str())] {
        let told = register(&app, token, &least()).await;
        assert_eq!(
            (told.status, told.error()),
            (StatusCode::FORBIDDEN, "access_denied")
        );
    }
    let path = "/.well-known/openid-configuration";
    let metadata = send(&app.router, Method::GET, path, None, None).await;
    assert_eq!(metadata.status, StatusCode::OK);
    assert!(metadata.json.get("registration_endpoint").is_none());
}
