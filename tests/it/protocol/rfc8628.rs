//! Devices on which nobody can sign in.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::business::{claims_of, press, text};
use super::holder::Holder;
use super::{Business, SCOPES, Told};
use crate::harness::{ADA, Actor, Page, TestApp, on_both_databases};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

on_both_databases!(
    a_device_gets_its_tokens_once_somebody_said_yes,
    a_no_reaches_the_device,
    a_device_waits_as_long_as_it_is_told,
    a_device_that_nobody_answered_begins_again,
    a_code_counts_once_and_for_its_client,
    a_withdrawal_comes_before_the_device_does,
    codes_and_answers_work_on_every_node,
    tokens_of_a_device_are_bound_to_its_key,
    a_device_asks_with_details,
    only_who_registered_gets_a_code,
);

pub(super) async fn television(app: &TestApp, id: &str, more: Value) -> Business {
    let mut metadata = json!({
        "grant_types": ["authorization_code", "refresh_token", GRANT],
        "token_endpoint_auth_method": "none",
    });
    for (name, value) in more.as_object().expect("members") {
        metadata[name] = value.clone();
    }
    Business::with(app, id, metadata, None).await
}

impl Business {
    pub(super) async fn begin(&self, more: &[(&str, &str)]) -> Told {
        let mut params = vec![("scope", SCOPES)];
        params.extend_from_slice(more);
        self.post("/device_authorization", &params).await
    }

    pub(super) async fn poll(&self, device: &Value) -> Told {
        let code = text(device, "device_code");
        self.token(&[("grant_type", GRANT), ("device_code", code)])
            .await
    }
}

/// Types a code, up to the page that says who asks.
pub(super) async fn type_in(actor: &mut Actor, code: &str) -> Page {
    let form = actor.get("/device").await.form("device");
    actor
        .submit(form.with("user_code", code).press("device-submit"))
        .await
}

/// Goes on to the ordinary question.
pub(super) async fn go_on(actor: &mut Actor, page: &Page) -> Page {
    let form = page.form("device-confirm").press("device-continue");
    let page = actor.submit(form).await;
    actor.follow(page).await
}

/// Says yes, with a tier.
pub(super) async fn allow(actor: &mut Actor, device: &Value, tier: &str) {
    let page = type_in(actor, text(device, "user_code")).await;
    let page = go_on(actor, &page).await;
    let form = page.allowing(tier);
    let page = actor.submit(form).await;
    assert_eq!(page.location(), "/device/done?answer=allowed");
    actor.follow(page).await.says("Done: look at your device");
}

async fn a_device_gets_its_tokens_once_somebody_said_yes(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let device = tv.begin(&[]).await.ok();
    assert_eq!(device["expires_in"], 600);
    assert_eq!(device["interval"], 5);
    assert_eq!(device["verification_uri"], "http://localhost:8000/device");
    let shown = text(&device, "user_code");
    assert_eq!(shown.len(), 9);
    assert_eq!(
        device["verification_uri_complete"],
        format!("http://localhost:8000/device?user_code={shown}")
    );
    let told = tv.poll(&device).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::BAD_REQUEST, "authorization_pending")
    );
    allow(&mut ada, &device, "low").await;
    let tokens = tv.poll(&device).await.ok();
    let told = tv.userinfo(text(&tokens, "access_token")).await.ok();
    assert_eq!(
        (&told["name"], &told["email"]),
        (&json!("Ada"), &json!(ADA))
    );
    let id = claims_of(text(&tokens, "id_token"));
    assert_eq!((&id["aud"], &id["sub"]), (&json!("tv"), &told["sub"]));
    assert!(
        ada.newest_grant()
            .await
            .ends_with(text(&tokens, "grant_id"))
    );
    assert!(tokens["consent_receipt"].is_string());
    tv.refresh(text(&tokens, "refresh_token")).await.ok();
}

async fn a_no_reaches_the_device(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let device = tv.begin(&[]).await.ok();
    let page = type_in(&mut ada, text(&device, "user_code")).await;
    let page = ada
        .submit(page.form("device-confirm").press("device-cancel"))
        .await;
    assert_eq!(page.location(), "/device/done?answer=denied");
    ada.follow(page).await.says("The device was refused");
    assert_eq!(tv.poll(&device).await.error(), "access_denied");
    // And so does one on the page of the question.
    let device = tv.begin(&[]).await.ok();
    let page = type_in(&mut ada, text(&device, "user_code")).await;
    let page = go_on(&mut ada, &page).await;
    let page = ada.submit(page.form("consent").press("deny")).await;
    assert_eq!(page.location(), "/device/done?answer=denied");
    assert_eq!(tv.poll(&device).await.error(), "access_denied");
    assert_eq!(tv.poll(&device).await.error(), "access_denied", "as ever");
}

async fn a_device_waits_as_long_as_it_is_told(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let device = tv.begin(&[]).await.ok();
    let after = async |seconds| {
        app.wait(Duration::from_secs(seconds));
        tv.poll(&device).await.error().to_owned()
    };
    assert_eq!(after(0).await, "authorization_pending");
    assert_eq!(after(5).await, "authorization_pending");
    assert_eq!(after(1).await, "slow_down", "ten seconds from now on");
    assert_eq!(after(5).await, "slow_down", "fifteen");
    assert_eq!(after(15).await, "authorization_pending");
    allow(&mut ada, &device, "low").await;
    tv.poll(&device).await.ok();
}

async fn a_device_that_nobody_answered_begins_again(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let device = tv.begin(&[]).await.ok();
    let page = type_in(&mut ada, text(&device, "user_code")).await;
    let question = go_on(&mut ada, &page).await;
    app.wait(Duration::from_secs(600));
    assert_eq!(tv.poll(&device).await.error(), "expired_token");
    let page = type_in(&mut ada, text(&device, "user_code")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // An answer that comes too late is none.
    let form = question.allowing("low");
    let page = ada.submit(form).await;
    assert_eq!(page.location(), "/device/done?answer=before");
    assert_eq!(tv.poll(&device).await.error(), "expired_token");
    let device = tv.begin(&[]).await.ok();
    allow(&mut ada, &device, "low").await;
    tv.poll(&device).await.ok();
}

async fn a_code_counts_once_and_for_its_client(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let other = television(&app, "other", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let device = tv.begin(&[]).await.ok();
    assert_eq!(other.poll(&device).await.error(), "invalid_grant");
    allow(&mut ada, &device, "low").await;
    assert_eq!(other.poll(&device).await.error(), "invalid_grant");
    let code = text(&device, "device_code");
    assert_eq!(
        tv.redeem(code).await.error(),
        "invalid_grant",
        "it is no code"
    );
    let tokens = tv.poll(&device).await.ok();
    assert_eq!(tv.poll(&device).await.error(), "invalid_grant");
    let told = tv.userinfo(text(&tokens, "access_token")).await;
    assert_eq!(
        told.error(),
        "invalid_token",
        "one of the two was not the device"
    );
    for wrong in [
        "x",
        text(&device, "user_code"),
        &code.replace("sldc_", "slac_"),
    ] {
        let params = [("grant_type", GRANT), ("device_code", wrong)];
        assert_eq!(tv.token(&params).await.error(), "invalid_grant", "{wrong}");
    }
    let told = tv.token(&[("grant_type", GRANT)]).await;
    assert_eq!(told.error(), "invalid_request");
    // A code that nobody fetched in time is none either.
    let device = tv.begin(&[]).await.ok();
    allow(&mut ada, &device, "low").await;
    app.wait(Duration::from_secs(600));
    assert_eq!(tv.poll(&device).await.error(), "invalid_grant");
}

async fn a_withdrawal_comes_before_the_device_does(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let device = tv.begin(&[]).await.ok();
    allow(&mut ada, &device, "low").await;
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "withdraw").await;
    assert_eq!(tv.poll(&device).await.error(), "invalid_grant");
}

async fn codes_and_answers_work_on_every_node(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let other_node = tv.clone().at(app.second_node().await);
    let mut ada = app.person("Ada", ADA).await;
    let device = other_node.begin(&[]).await.ok();
    assert_eq!(tv.poll(&device).await.error(), "authorization_pending");
    assert_eq!(other_node.poll(&device).await.error(), "slow_down");
    allow(&mut ada, &device, "low").await;
    other_node.poll(&device).await.ok();
}

async fn tokens_of_a_device_are_bound_to_its_key(app: TestApp) {
    let secret = json!({
        "token_endpoint_auth_method": "client_secret_basic", "dpop_bound_access_tokens": true,
    });
    let tv = television(&app, "tv", secret).await;
    let mut ada = app.person("Ada", ADA).await;
    let mut holder = Holder::new();
    let device = tv.begin(&[]).await.ok();
    allow(&mut ada, &device, "low").await;
    assert_eq!(tv.poll(&device).await.error(), "invalid_dpop_proof");
    let params = [
        ("grant_type", GRANT),
        ("device_code", text(&device, "device_code")),
    ];
    let told = tv
        .send("/token", &[("dpop", &holder.for_token(&app))], &params)
        .await;
    assert_eq!(told.error(), "use_dpop_nonce");
    holder.nonce = Some(told.header("dpop-nonce").to_owned());
    let proof = holder.for_token(&app);
    let tokens = tv.send("/token", &[("dpop", &proof)], &params).await.ok();
    assert_eq!(text(&tokens, "token_type"), "DPoP");
}

async fn a_device_asks_with_details(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let kind = "https://schemas.sluis.example/rar/profile_release/v1";
    let asked = json!([{"type": kind, "claims": ["email"]}]).to_string();
    let device = tv.begin(&[("authorization_details", &asked)]).await.ok();
    allow(&mut ada, &device, "low").await;
    let tokens = tv.poll(&device).await.ok();
    assert_eq!(
        tokens["authorization_details"][0]["claims"],
        json!(["email"])
    );
    let told = tv.begin(&[("authorization_details", "[{}]")]).await;
    assert_eq!(told.error(), "invalid_authorization_details");
}

async fn only_who_registered_gets_a_code(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let paper = Business::open(&app, "paper").await;
    assert_eq!(paper.begin(&[]).await.error(), "unauthorized_client");
    let params = [("grant_type", GRANT), ("device_code", "x")];
    assert_eq!(paper.token(&params).await.error(), "unauthorized_client");
    let pushes = json!({"require_pushed_authorization_requests": true});
    let pushes = television(&app, "pushes", pushes).await;
    assert_eq!(pushes.begin(&[]).await.error(), "unauthorized_client");
    let told = tv
        .post("/device_authorization", &[("scope", "email")])
        .await;
    assert_eq!(told.error(), "invalid_scope");
    let told = tv
        .ask(Method::GET, "/device_authorization", &[], String::new())
        .await;
    assert_eq!(told.status, StatusCode::METHOD_NOT_ALLOWED);
    let unknown = [("client_id", "nobody"), ("scope", SCOPES)];
    let body = super::business::form(&unknown);
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let told = tv
        .ask(Method::POST, "/device_authorization", &headers, body)
        .await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::UNAUTHORIZED, "invalid_client")
    );
}
