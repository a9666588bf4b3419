//! Clients that came by themselves: somebody vouches for them, or they are
//! forgotten.

use std::time::Duration;

use serde_json::{Value, json};
use sluis::domain::business::BusinessDocument;
use sluis::domain::id::ClientId;
use sluis::service::vetting::{VouchError, vouch};

use super::business::{Business, text};
use super::registrar::{open, registered, with};
use crate::harness::{ADA, DAY, TestApp, business_document, on_both_databases};

on_both_databases!(
    who_is_vouched_for_is_as_any_other,
    nobody_vouches_twice_or_for_nobody,
    who_is_never_used_is_forgotten_in_the_end,
);

fn document() -> BusinessDocument {
    BusinessDocument {
        name: "Bank NV".to_owned(),
        address: "Gracht 1, Amsterdam".to_owned(),
        registration: Some("KvK 12345678".to_owned()),
        ..business_document("bank")
    }
}

fn id_of(told: &Value) -> ClientId {
    text(told, "client_id").parse().expect("an id")
}

async fn stranger(app: &TestApp) -> Value {
    registered(app, None, &with(&json!({"client_name": "Bank"}))).await
}

async fn who_is_vouched_for_is_as_any_other(app: TestApp) {
    let app = open(app).await;
    let told = stranger(&app).await;
    let bank = Business::registered(&app, &told);
    let mut ada = app.person("Ada", ADA).await;
    let ask = bank.client.request(&[("scope", "openid email")]);
    ada.visit(&ask).await.says("Nobody vouches for Bank");
    let business = vouch(&app.app, &id_of(&told), document()).await;
    assert_eq!(business.expect("a business").document, document());
    let page = ada.visit(&ask).await;
    page.says_not("vouches");
    page.says("Bank NV");
    page.says("Gracht 1, Amsterdam");
    // What it says of itself later does not change who it is.
    let mut metadata = with(&json!({"client_name": "Another bank"}));
    metadata["client_id"] = told["client_id"].clone();
    let path = format!("/register/{}", text(&told, "client_id"));
    let token = text(&told, "registration_access_token");
    let put = axum::http::Method::PUT;
    super::registrar::send(&app.router, put, &path, Some(token), Some(&metadata))
        .await
        .ok();
    ada.visit(&ask).await.says("Bank NV");
}

async fn nobody_vouches_twice_or_for_nobody(app: TestApp) {
    let app = open(app).await;
    let id = id_of(&stranger(&app).await);
    let nobody: ClientId = "nobody".parse().expect("an id");
    let told = vouch(&app.app, &nobody, document()).await;
    assert!(
        matches!(told, Err(VouchError::UnknownClient(_))),
        "{told:?}"
    );
    let nameless = BusinessDocument {
        name: String::new(),
        ..document()
    };
    let told = vouch(&app.app, &id, nameless).await;
    assert!(matches!(told, Err(VouchError::Business(_))), "{told:?}");
    vouch(&app.app, &id, document()).await.expect("a business");
    let told = vouch(&app.app, &id, document()).await;
    assert!(matches!(told, Err(VouchError::Vouched)), "{told:?}");
}

async fn who_is_never_used_is_forgotten_in_the_end(app: TestApp) {
    let app = open(app).await;
    let mut ada = app.person("Ada", ADA).await;
    let idle = stranger(&app).await;
    let known = stranger(&app).await;
    vouch(&app.app, &id_of(&known), document())
        .await
        .expect("a business");
    let used = stranger(&app).await;
    let business = Business::registered(&app, &used);
    let code = business.code(&mut ada, "low", &[]).await;
    business.redeem(&code).await.ok();
    let is_there = async |told: &Value| {
        let found = app.app.client(&id_of(told)).await.expect("a read");
        found.is_some()
    };
    app.wait(DAY * 89);
    let later = stranger(&app).await;
    assert!(is_there(&idle).await, "it has a day left");
    app.wait(DAY * 2);
    stranger(&app).await;
    // What this node knows of clients may be two seconds old.
    app.wait(Duration::from_secs(3));
    assert!(!is_there(&idle).await);
    assert!(is_there(&known).await && is_there(&used).await && is_there(&later).await);
}
