//! An account comes from another provider, which has no time for it.

use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::arriving::{bring_back, false_provider};
use super::export::exported;
use crate::harness::{SANNE, TestApp, on_both_databases};

on_both_databases! {
    a_provider_that_is_busy_is_asked_again,
    a_provider_that_stays_busy_is_said_to_be,
}

/// Hands out a document, after it was the turn of others so many times.
async fn busy(server: &MockServer, times: u64, document: &Value) {
    let others = Mock::given(method("GET")).and(path("/account-transfer"));
    let others = others.respond_with(ResponseTemplate::new(503));
    let others = others.up_to_n_times(times).with_priority(1);
    others.mount(server).await;
    let answer = ResponseTemplate::new(200).set_body_json(document);
    let answer = Mock::given(method("GET"))
        .and(path("/account-transfer"))
        .respond_with(answer);
    answer.mount(server).await;
}

async fn a_provider_that_is_busy_is_asked_again(app: TestApp) {
    let mut sanne = app.person("Sanne", SANNE).await;
    let mut document = exported(&mut sanne).await;
    let (server, issuer) = false_provider(|_, _| ()).await;
    document["provider"] = json!(issuer);
    busy(&server, 2, &document).await;
    let preview = bring_back(&mut sanne, (&server, &issuer), "code=c").await;
    preview.says("This would come along");
}

async fn a_provider_that_stays_busy_is_said_to_be(app: TestApp) {
    let mut sanne = app.person("Sanne", SANNE).await;
    let document = exported(&mut sanne).await;
    let (server, issuer) = false_provider(|_, _| ()).await;
    busy(&server, 9, &document).await;
    let page = bring_back(&mut sanne, (&server, &issuer), "code=c").await;
    assert_eq!(page.status, 503);
    page.says("It was busy, here or at your old provider");
    page.says_not("no Sluis at that address");
    assert!(page.has_form("arrive"), "they begin again where they are");
}
