//! Whether a stream tells, and whether it can be heard.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::business::press;
use super::subscriber::{Letterbox, Subscriber, event_of, kind_of};
use crate::harness::{TestApp, on_both_databases};
use crate::life::deliver;

on_both_databases!(
    a_paused_stream_keeps_what_there_is_to_tell_in_order,
    a_disabled_stream_keeps_nothing,
    a_paused_stream_is_not_fetched_from_either,
    a_verification_is_heard_with_its_state,
    a_verification_can_be_asked_for_once_a_minute,
    a_deleted_stream_tells_nothing_more,
);

async fn a_paused_stream_keeps_what_there_is_to_tell_in_order(app: TestApp) {
    let (shop, letterbox, id) = Subscriber::told(&app).await;
    let (mut ada, grant) = shop.shop.customer(&app, "Ada").await;
    press(&mut ada, &grant, "pause").await;
    let body = json!({"stream_id": id, "status": "paused", "reason": "maintenance"});
    let told = shop.post("/ssf/status", &body).await.ok();
    assert_eq!(told, body);
    assert_eq!(shop.status(&id).await, body);
    press(&mut ada, &grant, "resume").await;
    press(&mut ada, &grant, "withdraw").await;
    deliver(&app).await;
    app.wait(Duration::from_hours(30));
    deliver(&app).await;
    assert!(
        letterbox.tokens().await.is_empty(),
        "not what had happened before either"
    );
    let told = shop.set_status(&id, "enabled").await;
    assert_eq!(told, json!({"stream_id": id, "status": "enabled"}));
    deliver(&app).await;
    assert_eq!(
        letterbox.kinds().await,
        [
            "processing-restricted",
            "processing-restricted",
            "consent-withdrawn",
            "session-revoked"
        ]
    );
    let restricted: Vec<Value> = letterbox.claims().await[..2]
        .iter()
        .map(|claims| event_of(claims)["restricted"].clone())
        .collect();
    assert_eq!(restricted, [json!(true), json!(false)]);
}

async fn a_disabled_stream_keeps_nothing(app: TestApp) {
    let (shop, letterbox, id) = Subscriber::told(&app).await;
    let (mut ada, grant) = shop.shop.customer(&app, "Ada").await;
    press(&mut ada, &grant, "pause").await;
    assert_eq!(shop.set_status(&id, "disabled").await["status"], "disabled");
    app.wait(Duration::from_secs(1));
    press(&mut ada, &grant, "resume").await;
    deliver(&app).await;
    shop.set_status(&id, "enabled").await;
    deliver(&app).await;
    // A client that did it itself is not told of it.
    assert!(letterbox.tokens().await.is_empty());
    press(&mut ada, &grant, "pause").await;
    deliver(&app).await;
    assert_eq!(letterbox.kinds().await, ["processing-restricted"]);
}

async fn a_paused_stream_is_not_fetched_from_either(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let (mut ada, grant) = shop.shop.customer(&app, "Ada").await;
    press(&mut ada, &grant, "pause").await;
    shop.set_status(&id, "paused").await;
    let (path, body) = (
        format!("/ssf/poll/{id}"),
        json!({"returnImmediately": true}),
    );
    let none = json!({"sets": {}, "moreAvailable": false});
    assert_eq!(shop.post(&path, &body).await.ok(), none);
    shop.set_status(&id, "enabled").await;
    let told = shop.post(&path, &body).await.ok();
    assert_eq!(told["sets"].as_object().expect("sets").len(), 1);
}

async fn a_verification_is_heard_with_its_state(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let letterbox = Letterbox::open().await;
    let mut delivery = letterbox.delivery();
    delivery["authorization_header"] = json!("Bearer abc");
    let id = shop.subscribe(delivery).await;
    let body = json!({"stream_id": id, "state": "VGhpcyBpcyBhbiBleGFtcGxl é"});
    let told = shop.post("/ssf/verify", &body).await;
    assert_eq!(
        (told.status, told.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    deliver(&app).await;
    let heard = letterbox.claims().await;
    assert_eq!(heard.len(), 1);
    assert_eq!(kind_of(&heard[0]), "verification");
    assert_eq!(event_of(&heard[0]), json!({"state": body["state"]}));
    assert_eq!(heard[0]["sub_id"], json!({"format": "opaque", "id": id}));
    assert_eq!(heard[0]["aud"], "shop");
    assert_eq!(
        letterbox.requests().await[0].headers["authorization"],
        "Bearer abc"
    );
    // Without a state it has none.
    app.wait(Duration::from_mins(1));
    shop.post("/ssf/verify", &json!({"stream_id": id})).await;
    deliver(&app).await;
    assert_eq!(event_of(&letterbox.claims().await[1]), json!({}));
}

async fn a_verification_can_be_asked_for_once_a_minute(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let ask = async || shop.post("/ssf/verify", &json!({"stream_id": id})).await;
    assert_eq!(ask().await.status, StatusCode::NO_CONTENT);
    app.wait(Duration::from_secs(59));
    let told = ask().await;
    assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(told.header("retry-after"), "60");
    assert!(!told.error().is_empty());
    app.wait(Duration::from_secs(1));
    assert_eq!(ask().await.status, StatusCode::NO_CONTENT);
    // What was refused was not kept.
    assert_eq!(app.tallies().await[0].waiting, 2);
}

async fn a_deleted_stream_tells_nothing_more(app: TestApp) {
    let (shop, letterbox, id) = Subscriber::told(&app).await;
    let (mut ada, grant) = shop.shop.customer(&app, "Ada").await;
    press(&mut ada, &grant, "pause").await;
    let path = format!("/ssf/stream?stream_id={id}");
    let told = shop
        .ask(axum::http::Method::DELETE, &path, &Value::Null)
        .await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    press(&mut ada, &grant, "resume").await;
    deliver(&app).await;
    assert!(letterbox.tokens().await.is_empty());
    assert_eq!(app.tallies().await, [], "nothing is left lying");
    // A new one begins anew.
    shop.subscribe(letterbox.delivery()).await;
    deliver(&app).await;
    assert!(letterbox.tokens().await.is_empty());
}
