//! `docs/shared-signals.md` shows what is true: each of its examples is sent
//! here, or is what is answered.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::ALL_SCOPES;
use super::business::text;
use super::subscriber::{Letterbox, Subscriber, kind_of};
use crate::guides::examples;
use crate::harness::{ADA, Engine, TestApp};
use crate::life::deliver;

const GUIDE: &str = include_str!("../../../docs/shared-signals.md");
const IN_GUIDE: &str = "https://sluis.example";
const HERE: &str = "http://localhost:8000";
const STREAM: &str = "0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f";

/// An example that names this issuer and this stream.
fn here(example: &Value, stream_id: &str) -> Value {
    let text = example.to_string();
    let text = text.replace(IN_GUIDE, HERE).replace(STREAM, stream_id);
    serde_json::from_str(&text).expect("JSON")
}

/// The same for all tokens: what is another each time is left out.
fn shape(value: &Value) -> Value {
    const ANOTHER: [&str; 7] = [
        "iat",
        "jti",
        "txn",
        "sub",
        "id",
        "grant_id",
        "event_timestamp",
    ];
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| {
                let left_out = ANOTHER.contains(&name.as_str());
                let is_text = || json!(value.is_string());
                let shown = if left_out { is_text() } else { shape(value) };
                (name.clone(), shown)
            })
            .collect(),
        other => other.clone(),
    }
}

#[tokio::test]
async fn every_example_of_the_guide_is_true() {
    let app = TestApp::start(Engine::Sqlite).await;
    let mut examples = examples(GUIDE);
    let mut example = |name: &str| examples.remove(name).expect("an example");
    let shop = Subscriber::open(&app, "shop").await;
    let told = shop.post("/ssf/stream", &example("create-push")).await;
    assert_eq!(told.status, StatusCode::CREATED, "{}", told.body);
    let gone = format!("/ssf/stream?stream_id={}", text(&told.json, "stream_id"));
    shop.ask(Method::DELETE, &gone, &Value::Null).await;
    let told = shop.post("/ssf/stream", &example("create-poll")).await;
    let id = text(&told.json, "stream_id").to_owned();
    assert_eq!(told.json, here(&example("created-poll"), &id));
    let told = shop
        .post("/ssf/verify", &here(&example("verify"), &id))
        .await;
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.body);
    let poll = format!("/ssf/poll/{id}");
    let told = shop.post(&poll, &example("poll")).await.ok();
    let names = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .expect("members")
            .keys()
            .cloned()
            .collect()
    };
    assert_eq!(names(&told), names(&example("polled")));
    shop.post(&poll, &example("ack")).await.ok();
    let told = shop
        .post("/ssf/subjects:remove", &here(&example("subject"), &id))
        .await;
    assert_eq!(told.status, StatusCode::NO_CONTENT, "{}", told.body);
    let status = here(&example("status"), &id);
    assert_eq!(shop.post("/ssf/status", &status).await.ok(), status);
    shop.set_status(&id, "enabled").await;

    let letterbox = Letterbox::open().await;
    shop.patch(&id, json!({"delivery": letterbox.delivery()}))
        .await;
    let mut ada = app.person("Ada", ADA).await;
    let mut address = [
        ("street_address", "Prinsengracht 263"),
        ("postal_code", "1016 GV"),
        ("locality", "Amsterdam"),
    ];
    ada.fill_in("address", &address).await;
    ada.edit("phone_number", "06 1234 5678").await;
    shop.shop.log_in_for(&mut ada, "medium", ALL_SCOPES).await;
    address[0].1 = "Herengracht 1";
    ada.fill_in("address", &address).await;
    let page = ada.get("/sign-out").await;
    ada.submit(page.form("sign-out").press("sign-out-confirm"))
        .await;
    deliver(&app).await;
    let heard = letterbox.claims().await;
    let of = |kind: &str| {
        heard
            .iter()
            .find(|claims| kind_of(claims) == kind)
            .expect(kind)
    };
    assert_eq!(
        shape(of("profile-changed")),
        shape(&here(&example("token"), &id))
    );
    assert_eq!(
        shape(&of("session-revoked")["sub_id"]),
        shape(&here(&example("session"), &id))
    );
    assert!(examples.is_empty(), "{examples:?} is not tried");
}

/// What the guide says in words that the code says in numbers.
#[test]
fn the_guide_says_how_long_and_how_many() {
    for said in [
        "for seven days",
        "five seconds",
        "up to ten seconds",
        "100,000",
        "at\nmost 100 at a time",
        "at most 1,000",
    ] {
        assert!(GUIDE.contains(said), "{said}");
    }
}
