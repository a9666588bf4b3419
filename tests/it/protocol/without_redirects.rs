//! Clients to which nobody is ever sent back: devices and machines.

use serde_json::{Value, json};

use super::Business;
use super::business::{claims_of, text};
use super::registrar::{open, register, registered};
use super::rfc8628::allow;
use crate::harness::{ADA, TestApp, on_both_databases};

on_both_databases!(
    a_device_registers_and_somebody_signs_in_on_it,
    a_machine_registers_and_acts_for_itself,
    who_registered_no_codes_gets_none,
    who_gets_codes_says_where_they_go,
);

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A business that registered itself with metadata of its own.
async fn with(app: &TestApp, metadata: &Value) -> Business {
    let mut told = registered(app, None, metadata).await;
    assert_eq!(told["response_types"], json!([]));
    assert_eq!(told["redirect_uris"], json!([]));
    // Where an answer would go that never comes.
    told["redirect_uris"] = json!(["https://nowhere.example/"]);
    Business::registered(app, &told)
}

async fn a_device_registers_and_somebody_signs_in_on_it(app: TestApp) {
    let app = open(app).await;
    let metadata = json!({
        "client_name": "Television",
        "grant_types": [DEVICE, "refresh_token"],
        "token_endpoint_auth_method": "none",
    });
    let (one, other) = (with(&app, &metadata).await, with(&app, &metadata).await);
    let mut ada = app.person("Ada", ADA).await;
    let mut subjects = Vec::new();
    for tv in [one, other] {
        let device = tv.begin(&[]).await.ok();
        allow(&mut ada, &device, "low").await;
        let tokens = tv.poll(&device).await.ok();
        subjects.push(claims_of(text(&tokens, "id_token"))["sub"].clone());
        tv.refresh(text(&tokens, "refresh_token")).await.ok();
    }
    assert_ne!(subjects[0], subjects[1], "two businesses, two subjects");
}

async fn a_machine_registers_and_acts_for_itself(app: TestApp) {
    let app = open(app).await;
    let metadata = json!({"client_name": "Machine", "grant_types": ["client_credentials"]});
    let machine = with(&app, &metadata).await;
    machine.own_token("grant_management_query").await;
}

async fn who_registered_no_codes_gets_none(app: TestApp) {
    let metadata = json!({
        "grant_types": [DEVICE],
        "redirect_uris": ["https://tv.example/back?from=sluis"],
    });
    let tv = Business::with(&app, "tv", metadata, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.get(&tv.client.request(&[])).await;
    assert_eq!(tv.client.answer(&page)["error"], "unauthorized_client");
    let told = tv.redeem("slac_x").await;
    assert_eq!(told.error(), "unauthorized_client");
}

async fn who_gets_codes_says_where_they_go(app: TestApp) {
    let app = open(app).await;
    for (metadata, error) in [
        (json!({"client_name": "Shop"}), "invalid_redirect_uri"),
        (
            json!({"client_name": "Shop", "grant_types": ["authorization_code", DEVICE]}),
            "invalid_redirect_uri",
        ),
        (json!({"grant_types": [DEVICE]}), "invalid_client_metadata"),
        (
            json!({"client_name": "Shop", "grant_types": ["refresh_token"]}),
            "invalid_client_metadata",
        ),
        (
            json!({"client_name": "TV", "grant_types": [DEVICE], "response_types": ["code", "token"]}),
            "invalid_client_metadata",
        ),
    ] {
        let told = register(&app, None, &metadata).await;
        assert_eq!(told.error(), error, "{metadata}");
    }
}
