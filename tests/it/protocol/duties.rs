//! Deletion duties: `/api/v1/duties`.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::business::{claims_of, press, text};
use super::client_credentials::open;
use super::subscriber::NOBODYS;
use super::{Business, Told};
use crate::harness::{ADA, Actor, HOUR, TestApp, on_both_databases};

pub(crate) const SCOPE: &str = "deletion_duties";

on_both_databases!(
    a_business_confirms_and_says_what_it_keeps,
    the_first_answer_stands,
    an_answer_is_about_the_duty_and_the_future,
    a_duty_is_nobody_elses,
    duties_are_listed_page_by_page,
    confirming_twice_at_once_is_confirming_once,
);

impl Business {
    pub(super) async fn duty_api(&self, method: Method, path: &str, body: &Value) -> Told {
        let token = self.own_token(SCOPE).await;
        self.ask_json(&token, method, path, body).await
    }

    /// Its duties, the oldest first.
    pub(crate) async fn duties(&self, query: &str) -> Vec<Value> {
        let path = format!("/api/v1/duties{query}");
        let told = self.duty_api(Method::GET, &path, &Value::Null).await.ok();
        told["duties"].as_array().expect("a list").clone()
    }

    pub(crate) async fn confirm(&self, id: &str, body: &Value) -> Told {
        let path = format!("/api/v1/duties/{id}/confirm");
        self.duty_api(Method::POST, &path, body).await
    }
}

/// What a business may keep of an invoice.
pub(super) fn invoice() -> Value {
    json!({"claims": ["name"], "basis": "legal_obligation", "law": "Art. 52 AWR",
           "until": "2033-12-31"})
}

/// Somebody who logged in and withdrew, and the duty that came of it.
async fn withdrawn(app: &TestApp, shop: &Business) -> (Actor, String, Value) {
    let (ada, grant) = shop.withdrawn(app, "Ada").await;
    let duty = shop.duties("").await.remove(0);
    (ada, grant, duty)
}

/// The last second of the day of a moment: a day that is named holds to its end.
pub(super) fn end_of_day(seconds: i64) -> i64 {
    seconds - seconds % 86_400 + 86_399
}

/// The last receipt of an agreement.
pub(crate) async fn last_receipt(actor: &mut Actor, grant: &str) -> Value {
    let chain = actor.get(&format!("{grant}/receipts")).await.html;
    let receipts: Vec<&str> = chain.lines().collect();
    // The head closes the chain.
    claims_of(receipts[receipts.len() - 2])
}

async fn a_business_confirms_and_says_what_it_keeps(app: TestApp) {
    let shop = open(&app, "shop").await;
    let (mut ada, grant, duty) = withdrawn(&app, &shop).await;
    let id = text(&duty, "duty_id");
    app.wait(HOUR);
    let told = shop.confirm(id, &json!({"kept": [invoice()]})).await;
    assert_eq!(told.header("cache-control"), "no-store");
    let told = told.ok();
    assert_eq!(told["state"], "confirmed");
    let answered = app.app.now().as_seconds();
    assert_eq!(
        told["answer"],
        json!({"answered_at": answered, "kept": [invoice()]})
    );
    let path = format!("/api/v1/duties/{id}");
    let read = shop.duty_api(Method::GET, &path, &Value::Null).await.ok();
    assert_eq!(read, told);
    // Both hold the receipt of it.
    let receipt = last_receipt(&mut ada, &grant).await;
    assert_eq!(receipt["event"]["kind"], "answered");
    assert_eq!(receipt["event"]["state"], "dpv:ConsentWithdrawn");
    assert_eq!(receipt["event"]["by"], "dpv:DataController");
    assert_eq!(receipt["duty"]["duty_id"], duty["duty_id"]);
    assert_eq!(receipt["duty"]["kept"][0]["law"], "Art. 52 AWR");
    let page = ada.get(&grant).await;
    page.says("Art. 52 AWR");
    page.says("31 December 2033");
}

async fn the_first_answer_stands(app: TestApp) {
    let shop = open(&app, "shop").await;
    let (mut ada, grant, duty) = withdrawn(&app, &shop).await;
    let id = text(&duty, "duty_id");
    let kept = json!({"kept": [invoice()]});
    let first = shop.confirm(id, &kept).await.ok();
    app.wait(HOUR);
    assert_eq!(shop.confirm(id, &kept).await.ok(), first, "said again");
    for other in [json!({}), json!({"kept": []}), Value::Null] {
        let told = shop.confirm(id, &other).await;
        assert_eq!(
            (told.status, told.error()),
            (StatusCode::CONFLICT, "invalid_request"),
            "{other}"
        );
    }
    assert_eq!(shop.duties("?state=confirmed").await, [first]);
    let receipts = ada.get(&format!("{grant}/receipts")).await.html;
    assert_eq!(
        receipts.lines().count(),
        4,
        "given, withdrawn, answered, head"
    );
}

async fn an_answer_is_about_the_duty_and_the_future(app: TestApp) {
    let shop = open(&app, "shop").await;
    let (_, _, duty) = withdrawn(&app, &shop).await;
    let id = text(&duty, "duty_id");
    let with = |member: &str, value: Value| {
        let mut part = invoice();
        part[member] = value;
        json!({"kept": [part]})
    };
    let mut without_ground = invoice();
    without_ground
        .as_object_mut()
        .expect("an object")
        .remove("basis");
    let many: Vec<Value> = (0..17).map(|_| invoice()).collect();
    for body in [
        with("claims", json!(["birthdate"])),
        with("claims", json!(["shoe_size"])),
        with("claims", json!([])),
        with("basis", json!("consent")),
        with("basis", json!("because")),
        with("law", json!("")),
        with("law", json!("x".repeat(201))),
        with("law", json!("a\u{0}b")),
        with("until", json!("2026-09-21")),
        with("until", json!("1999-01-01")),
        with("until", json!("soon")),
        with("until", json!(1_900_000_000)),
        with("more", json!(1)),
        json!({"kept": [without_ground]}),
        json!({"kept": many}),
        json!({"kept": "all"}),
        json!({"deleted": true}),
        json!([]),
        json!("yes"),
    ] {
        let told = shop.confirm(id, &body).await;
        assert_eq!(
            (told.status, told.error()),
            (StatusCode::BAD_REQUEST, "invalid_request"),
            "{body}"
        );
    }
    let told = shop.confirm(id, &json!({"kept": "x".repeat(70_000)})).await;
    assert_eq!(told.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(
        shop.duties("?state=open").await,
        [duty],
        "nothing was answered"
    );
}

async fn a_duty_is_nobody_elses(app: TestApp) {
    let shop = open(&app, "shop").await;
    let other = open(&app, "other").await;
    let (_, _, duty) = withdrawn(&app, &shop).await;
    let id = text(&duty, "duty_id").to_owned();
    assert!(other.duties("").await.is_empty());
    for id in [id.as_str(), NOBODYS, "x"] {
        let told = other.confirm(id, &json!({})).await;
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{id}");
        let path = format!("/api/v1/duties/{id}");
        let told = other.duty_api(Method::GET, &path, &Value::Null).await;
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{id}");
    }
    let path = format!("/api/v1/duties/{id}");
    let token = shop.own_token("grant_management_query").await;
    let told = shop
        .ask_json(&token, Method::GET, &path, &Value::Null)
        .await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::FORBIDDEN, "insufficient_scope")
    );
    let told = shop.ask_json("x", Method::GET, &path, &Value::Null).await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    let told = shop.ask(Method::GET, &path, &[], String::new()).await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    assert_eq!(shop.duties("?state=open").await.len(), 1);
}

async fn duties_are_listed_page_by_page(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    for _ in 0..103 {
        shop.log_in(&mut ada, "low").await;
        let grant = ada.newest_grant().await;
        press(&mut ada, &grant, "withdraw").await;
        app.wait(Duration::from_secs(1));
    }
    let path = "/api/v1/duties";
    let first = shop.duty_api(Method::GET, path, &Value::Null).await.ok();
    let duties = first["duties"].as_array().expect("a list");
    assert_eq!(duties.len(), 100);
    let next = text(&first, "next");
    assert_eq!(duties[99]["duty_id"], next);
    let path = format!("/api/v1/duties?after={next}");
    let rest = shop.duty_api(Method::GET, &path, &Value::Null).await.ok();
    assert_eq!(rest["duties"].as_array().map(Vec::len), Some(3));
    assert_eq!(rest.get("next"), None);
    // Each time that she came back, the one before had nothing left.
    assert_eq!(shop.duties("?state=lapsed").await, *duties);
    let open = shop.duties("?state=open").await;
    assert_eq!(open, rest["duties"].as_array().expect("a list")[2..]);
    shop.confirm(text(&open[0], "duty_id"), &json!({}))
        .await
        .ok();
    assert!(shop.duties("?state=open").await.is_empty());
    assert_eq!(shop.duties("?state=confirmed").await.len(), 1);
    assert!(shop.duties("?state=overdue").await.is_empty());
    for query in ["?state=done", "?after=x", "?state=", "?after=%00"] {
        let path = format!("/api/v1/duties{query}");
        let told = shop.duty_api(Method::GET, &path, &Value::Null).await;
        let lenient = query == "?state=";
        assert_eq!(told.status == StatusCode::OK, lenient, "{query}");
    }
}

async fn confirming_twice_at_once_is_confirming_once(app: TestApp) {
    let shop = open(&app, "shop").await;
    let other_node = shop.clone().at(app.second_node().await);
    let (mut ada, grant, duty) = withdrawn(&app, &shop).await;
    let id = text(&duty, "duty_id");
    let body = json!({});
    let (one, other) = tokio::join!(shop.confirm(id, &body), other_node.confirm(id, &body));
    assert_eq!(one.ok(), other.ok());
    let receipts = ada.get(&format!("{grant}/receipts")).await.html;
    assert_eq!(receipts.lines().count(), 4);
}
