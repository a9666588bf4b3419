//! What goes wrong, and how the visitor goes on.

use axum::http::{StatusCode, header};
use serde_json::json;
use tokio::net::TcpListener;

use super::fake_provider::FakeProvider;
use super::visitor::{Visitor, grant_everything};
use crate::webshop::Site;

#[tokio::test]
async fn a_callback_that_comes_twice_leads_home() {
    let provider = FakeProvider::start().await;
    let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
    let callback = visitor.go_to_provider("/login").await;
    visitor.get(&callback).await;
    let again = visitor.get(&callback).await;
    assert_eq!(again.location.as_deref(), Some("/"));
    assert!(visitor.get("/").await.has("id=\"logout\""));
}

#[tokio::test]
async fn a_callback_that_nobody_waits_for_offers_a_new_start() {
    let provider = FakeProvider::start().await;
    let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
    for callback in [
        "/callback",
        "/callback?code=x&state=guessed",
        "/callback?state=a&state=b&code=x",
    ] {
        let page = visitor.get(callback).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST);
        assert!(page.has("data-code=\"stale-login\"") && page.has("id=\"try-again\""));
    }
}

#[tokio::test]
async fn a_callback_of_another_browser_is_not_accepted() {
    let provider = FakeProvider::start().await;
    let mut attacker = Visitor::of(Site::Shop, &provider.issuer);
    let callback = attacker.go_to_provider("/login").await;
    attacker.cookies.clear();
    let page = attacker.get(&callback).await;
    assert!(page.has("data-code=\"stale-login\""));
    assert!(attacker.get("/").await.has("id=\"login\""));
}

#[tokio::test]
async fn two_tabs_may_log_in_side_by_side() {
    let provider = FakeProvider::start().await;
    let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
    let first = visitor.go_to_provider("/login").await;
    let second = visitor.go_to_provider("/login?back=/checkout").await;
    assert_eq!(visitor.get(&first).await.location.as_deref(), Some("/"));
    let landed = visitor.get(&second).await;
    assert_eq!(landed.location.as_deref(), Some("/checkout"));
}

#[tokio::test]
async fn who_says_no_goes_on_as_a_guest() {
    let provider = FakeProvider::start().await;
    provider.set(|mood| mood.error = Some("access_denied"));
    let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
    visitor.post("/basket", &[("product", "bel")]).await;
    let page = visitor.log_in().await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.has("data-code=\"denied\"") && page.has("id=\"try-again\""));
    assert!(visitor.get("/").await.has("id=\"remove-bel\""));
}

#[tokio::test]
async fn another_error_is_told_and_not_repeated_raw() {
    let provider = FakeProvider::start().await;
    provider.set(|mood| mood.error = Some("<b>server_error</b>"));
    let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
    let page = visitor.log_in().await;
    assert!(page.has("data-code=\"login-refused\"") && !page.has("<b>server_error"));
}

#[tokio::test]
async fn an_answer_in_the_name_of_another_issuer_is_not_believed() {
    let provider = FakeProvider::start().await;
    let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
    let callback = visitor.go_to_provider("/login").await;
    let (mixed_up, _) = callback.split_once("iss=").unwrap();
    let page = visitor
        .get(&format!("{mixed_up}iss=https%3A%2F%2Fevil.example&code=x"))
        .await;
    assert!(page.has("data-code=\"unbelievable\""));
}

#[tokio::test]
async fn an_id_token_that_does_not_hold_logs_nobody_in() {
    let provider = FakeProvider::start().await;
    let faults: [fn(&mut serde_json::Value); 5] = [
        |claims| claims["nonce"] = "another".into(),
        |claims| claims["aud"] = json!(["someone-else"]),
        |claims| claims["iss"] = "https://evil.example".into(),
        |claims| claims["exp"] = 1_000_000.into(),
        |claims| claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA".into(),
    ];
    for fault in faults {
        provider.set(|mood| mood.id_token = fault);
        let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
        let page = visitor.log_in().await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY);
        assert!(page.has("data-code=\"unbelievable\""));
        assert!(visitor.get("/").await.has("id=\"login\""));
    }
}

#[tokio::test]
async fn user_info_about_another_is_not_believed() {
    let provider = FakeProvider::start().await;
    provider.set(|mood| mood.id_token = |claims| claims["sub"] = "someone-else".into());
    let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
    assert!(visitor.log_in().await.has("data-code=\"unbelievable\""));
}

#[tokio::test]
async fn a_rotated_key_is_looked_up() {
    let provider = FakeProvider::start().await;
    let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
    visitor.log_in().await;
    provider.set(|mood| mood.rotated = true);
    let landed = visitor.log_in().await;
    assert_eq!(landed.status, StatusCode::SEE_OTHER, "{}", landed.text);
}

#[tokio::test]
async fn a_code_that_expired_is_told_as_such() {
    let provider = FakeProvider::start().await;
    let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
    let callback = visitor.go_to_provider("/login").await;
    provider.set(|mood| mood.withdrawn = true);
    let page = visitor.get(&callback).await;
    assert!(page.has("data-code=\"code-expired\""));
}

#[tokio::test]
async fn trouble_at_the_token_endpoint_is_not_taken_for_a_withdrawal() {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
    visitor.log_in().await;
    provider.set(|mood| mood.token_error = Some("server_error"));
    let page = visitor.post("/my-data/refresh", &[]).await;
    assert!(page.has("data-code=\"login-refused\"") && page.has("server_error"));
    assert!(visitor.get("/").await.has("<b>Sanne</b>"));
}

#[tokio::test]
async fn a_receipt_that_does_not_hold_is_not_relied_on() {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let check = async || {
        let mut visitor = Visitor::of(Site::Shop, &provider.issuer);
        visitor.log_in().await;
        let page = visitor.get("/my-data").await;
        assert!(page.has("id=\"facts\""));
        (page.has("does not hold"), page.has("id=\"receipt-id\""))
    };
    assert_eq!(check().await, (false, true));
    provider.set(|mood| mood.forge_receipt = true);
    assert_eq!(check().await, (true, false));
    let faults: [fn(&mut serde_json::Value); 3] = [
        |receipt| receipt["iss"] = "https://evil.example".into(),
        |receipt| receipt["aud"] = "someone-else".into(),
        |receipt| receipt["sub"] = "someone-else".into(),
    ];
    for fault in faults {
        provider.set(|mood| {
            mood.forge_receipt = false;
            mood.receipt = fault;
        });
        assert_eq!(check().await, (true, false));
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_yet_is_asked_again_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut visitor = Visitor::of(Site::Shop, &format!("http://{address}"));
    visitor.post("/basket", &[("product", "bel")]).await;
    let page = visitor.get("/login").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.has("data-code=\"unreachable\"") && page.has("id=\"try-again\""));

    let provider = FakeProvider::start_on(TcpListener::bind(address).await.unwrap());
    grant_everything(&provider);
    assert_eq!(visitor.log_in().await.status, StatusCode::SEE_OTHER);
    let home = visitor.get("/").await;
    assert!(home.has("<b>Sanne</b>") && home.has("id=\"remove-bel\""));
}

#[tokio::test]
async fn a_form_from_elsewhere_changes_nothing() {
    let mut visitor = Visitor::of(Site::Shop, "http://127.0.0.1:9");
    visitor.get("/").await;
    let forged = [("product", "bel"), ("csrf", "guessed")];
    let page = visitor.post_raw("/basket", &forged).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.has("data-code=\"stale-form\""));
    let page = visitor.post_raw("/basket", &[("product", "bel")]).await;
    assert!(page.has("data-code=\"bad-form\""));
    assert!(!visitor.get("/").await.has("id=\"remove-bel\""));
}

#[tokio::test]
async fn the_session_moves_to_a_new_id_at_login() {
    let provider = FakeProvider::start().await;
    let mut visitor = Visitor::of(Site::Newspaper, &provider.issuer);
    visitor.get("/").await;
    let before = visitor.cookies["news-session"].clone();
    let landed = visitor.log_in().await;
    let cookie = landed.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"));
    assert_ne!(visitor.cookies["news-session"], before);

    assert!(visitor.get("/").await.has("id=\"logout\""));
    let mut thief = visitor.beside();
    thief.cookies.insert("news-session".to_owned(), before);
    assert!(thief.get("/").await.has("id=\"login\""));
}
