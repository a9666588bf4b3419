//! An account comes from another provider, which has no time for it.

use std::iter::repeat_with;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::arriving::{bring_back, false_provider, start};
use super::export::exported;
use crate::harness::{SANNE, TestApp, on_both_databases};
use crate::protocol::{open_to_everybody, registered};

on_both_databases! {
    a_provider_that_is_busy_is_asked_again,
    a_provider_that_stays_busy_is_said_to_be,
    a_provider_that_does_not_answer_holds_up_whoever_named_it_alone,
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

async fn a_provider_that_does_not_answer_holds_up_whoever_named_it_alone(app: TestApp) {
    let app = open_to_everybody(app).await;
    let sanne = app.person("Sanne", SANNE).await;
    let mut bram = app.person("Bram", "bram@example.com").await;
    let (_server, issuer) = false_provider(|_, _| ()).await;
    // A site of another business, which has to be asked for as well.
    let site = MockServer::start().await;
    let back = "https://shop.example/back";
    let sector = ResponseTemplate::new(200).set_body_json([back]);
    let sector = Mock::given(path("/sector.json")).respond_with(sector);
    sector.mount(&site).await;
    let sector_identifier_uri = format!("{}/sector.json", site.uri());
    let metadata = json!({"redirect_uris": [back],
        "sector_identifier_uri": sector_identifier_uri});
    // The kernel answers for it that it has heard, and it never speaks.
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let address = format!("http://{}", silent.local_addr().expect("an address"));
    let tabs = repeat_with(|| {
        let (mut tab, address) = (sanne.clone(), address.clone());
        tokio::spawn(async move { start(&mut tab, &address).await })
    });
    let tabs: Vec<_> = tabs.take(16).collect();
    let _call = silent.accept().await.expect("a call");
    for _ in 0..30 {
        registered(&app, None, &metadata).await;
    }
    start(&mut bram, &issuer).await.says(&issuer);
    assert!(tabs.iter().any(|tab| !tab.is_finished()), "it still hangs");
    for tab in tabs {
        tab.abort();
    }
}
