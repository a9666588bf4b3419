//! OpenID Shared Signals Framework 1.0: how a business sets its stream up.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::Business;
use super::business::text;
use super::subscriber::{Letterbox, NOBODYS, OURS, POLL, PUSH, Subscriber};
use crate::harness::{Engine, TestApp, on_both_databases};
use crate::life::deliver;

on_both_databases!(
    a_stream_is_made_read_changed_replaced_and_deleted,
    a_client_has_one_stream_and_sees_no_other,
    what_the_receiver_wants_to_be_shown_is_not_told_again,
    a_client_that_is_removed_takes_its_stream_along,
);

fn supported() -> Value {
    let ours = [
        "consent-withdrawn",
        "consent-changed",
        "processing-restricted",
        "retention-expired",
        "profile-changed",
        "data-subject-request",
        "processing-objected",
    ];
    let mut all: Vec<String> = ours.iter().map(|kind| format!("{OURS}{kind}")).collect();
    for theirs in [
        "caep/event-type/session-revoked",
        "caep/event-type/credential-change",
        "risc/event-type/account-purged",
        "risc/event-type/recovery-activated",
        "risc/event-type/recovery-information-changed",
    ] {
        all.push(format!("https://schemas.openid.net/secevent/{theirs}"));
    }
    json!(all)
}

#[tokio::test]
async fn the_metadata_say_what_is_there() {
    let app = TestApp::start(Engine::Sqlite).await;
    let shop = Business::open(&app, "shop").await;
    let path = "/.well-known/ssf-configuration";
    let told = shop.ask(Method::GET, path, &[], String::new()).await;
    assert_eq!(told.status, 200);
    assert_eq!(told.header("content-type"), "application/json");
    let at = |path: &str| format!("http://localhost:8000{path}");
    assert_eq!(
        told.json,
        json!({
            "spec_version": "1_0", "issuer": at(""), "jwks_uri": at("/jwks"),
            "delivery_methods_supported": [PUSH, POLL],
            "configuration_endpoint": at("/ssf/stream"), "status_endpoint": at("/ssf/status"),
            "add_subject_endpoint": at("/ssf/subjects:add"),
            "remove_subject_endpoint": at("/ssf/subjects:remove"),
            "verification_endpoint": at("/ssf/verify"),
            "critical_subject_members": ["session"],
            "authorization_schemes": [{"spec_urn": "urn:ietf:rfc:6749"}, {"spec_urn": "urn:ietf:rfc:9449"}],
            "default_subjects": "ALL",
        })
    );
    for (name, url) in told.json.as_object().expect("members") {
        if name.ends_with("_endpoint") {
            let path = url
                .as_str()
                .expect("a URL")
                .strip_prefix("http://localhost:8000");
            let told = shop
                .ask(Method::POST, path.expect("ours"), &[], "{}".to_owned())
                .await;
            assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{name}");
        }
    }
    let path = "/schemas/consent-events/v1.json";
    let told = shop.ask(Method::GET, path, &[], String::new()).await;
    assert_eq!(told.header("content-type"), "application/schema+json");
    assert_eq!(told.json["title"], "Sluis consent events, version 1");
}

async fn a_stream_is_made_read_changed_replaced_and_deleted(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let none = shop
        .ask(Method::GET, "/ssf/stream", &Value::Null)
        .await
        .ok();
    assert_eq!(none, json!([]));
    let asked = json!([format!("{OURS}profile-changed"), "urn:example:else"]);
    let body = json!({
        "delivery": {"method": PUSH, "endpoint_url": "https://shop.example/events",
                     "authorization_header": "Bearer s3cret"},
        "events_requested": asked, "description": "Klanten", "format": "iss_sub",
    });
    let told = shop.post("/ssf/stream", &body).await;
    assert_eq!(told.status, StatusCode::CREATED);
    assert_eq!(told.header("cache-control"), "no-store");
    let id = text(&told.json, "stream_id").to_owned();
    let mut expected = json!({
        "stream_id": id, "iss": "http://localhost:8000", "aud": "shop",
        "events_supported": supported(), "events_requested": asked,
        "events_delivered": [format!("{OURS}profile-changed")],
        "delivery": {"method": PUSH, "endpoint_url": "https://shop.example/events"},
        "min_verification_interval": 60, "description": "Klanten",
    });
    assert_eq!(told.json, expected);
    assert_eq!(shop.read(&id).await, expected);
    let all = shop
        .ask(Method::GET, "/ssf/stream", &Value::Null)
        .await
        .ok();
    assert_eq!(all, json!([expected]));
    // What is not named stays.
    let told = shop
        .patch(&id, json!({"description": "Klanten en leden"}))
        .await;
    expected["description"] = json!("Klanten en leden");
    assert_eq!(told, expected);
    let told = shop
        .patch(&id, json!({"description": null, "events_requested": null}))
        .await;
    let members = expected.as_object_mut().expect("members");
    members.remove("description");
    members.remove("events_requested");
    expected["events_delivered"] = supported();
    assert_eq!(told, expected, "all that there is");
    // What is not named is taken away.
    let body = json!({"stream_id": id, "events_requested": []});
    let told = shop.ask(Method::PUT, "/ssf/stream", &body).await.ok();
    expected["events_requested"] = json!([]);
    expected["events_delivered"] = json!([]);
    let poll = format!("http://localhost:8000/ssf/poll/{id}");
    expected["delivery"] = json!({"method": POLL, "endpoint_url": poll});
    expected["inactivity_timeout"] = json!(604_800);
    assert_eq!(told, expected);
    // What was read may be sent back.
    let told = shop.ask(Method::PUT, "/ssf/stream", &expected).await.ok();
    assert_eq!(told, expected);
    let path = format!("/ssf/stream?stream_id={id}");
    let told = shop.ask(Method::DELETE, &path, &Value::Null).await;
    assert_eq!(
        (told.status, told.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    for method in [Method::GET, Method::DELETE] {
        let told = shop.ask(method, &path, &Value::Null).await;
        assert_eq!(
            (told.status, told.error()),
            (StatusCode::NOT_FOUND, "invalid_request")
        );
    }
    let told = shop.post("/ssf/stream", &json!({})).await;
    assert_eq!(told.status, StatusCode::CREATED, "and another");
    assert_ne!(text(&told.json, "stream_id"), id);
}

async fn a_client_has_one_stream_and_sees_no_other(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let bank = Subscriber::open(&app, "bank").await;
    let id = shop.subscribe(json!({"method": POLL})).await;
    let told = shop.post("/ssf/stream", &json!({})).await;
    assert_eq!(told.status, StatusCode::CONFLICT);
    assert!(!told.error().is_empty());
    let query = format!("?stream_id={id}");
    let with = |more: Value| {
        let mut body = json!({"stream_id": id});
        for (name, value) in more.as_object().expect("members") {
            body[name] = value.clone();
        }
        body
    };
    let somebody = json!({"subject": {"format": "opaque", "id": "x"}});
    let asked = [
        (Method::GET, format!("/ssf/stream{query}"), Value::Null),
        (Method::PATCH, "/ssf/stream".to_owned(), with(json!({}))),
        (Method::PUT, "/ssf/stream".to_owned(), with(json!({}))),
        (Method::DELETE, format!("/ssf/stream{query}"), Value::Null),
        (Method::GET, format!("/ssf/status{query}"), Value::Null),
        (
            Method::POST,
            "/ssf/status".to_owned(),
            with(json!({"status": "paused"})),
        ),
        (
            Method::POST,
            "/ssf/subjects:add".to_owned(),
            with(somebody.clone()),
        ),
        (
            Method::POST,
            "/ssf/subjects:remove".to_owned(),
            with(somebody),
        ),
        (Method::POST, "/ssf/verify".to_owned(), with(json!({}))),
        (
            Method::POST,
            format!("/ssf/poll/{id}"),
            json!({"returnImmediately": true}),
        ),
    ];
    for (method, path, body) in asked {
        let told = bank.ask(method.clone(), &path, &body).await;
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{method} {path}");
        assert_eq!(told.error(), "invalid_request");
        let elsewhere = body.to_string().replace(&id, NOBODYS);
        let elsewhere: Value = serde_json::from_str(&elsewhere).expect("JSON");
        let told = shop
            .ask(method.clone(), &path.replace(&id, NOBODYS), &elsewhere)
            .await;
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{method} {path}");
    }
    let none = bank
        .ask(Method::GET, "/ssf/stream", &Value::Null)
        .await
        .ok();
    assert_eq!(none, json!([]));
    assert_eq!(
        shop.status(&id).await,
        json!({"stream_id": id, "status": "enabled"})
    );
}

async fn what_the_receiver_wants_to_be_shown_is_not_told_again(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let letterbox = Letterbox::open().await;
    let secret = "Bearer very-s3cret";
    let mut delivery = letterbox.delivery();
    delivery["authorization_header"] = json!(secret);
    let id = shop.subscribe(delivery.clone()).await;
    let heard = async || {
        app.wait(Duration::from_secs(60));
        letterbox.answer(ResponseTemplate::new(202)).await;
        let told = shop.post("/ssf/verify", &json!({"stream_id": id})).await;
        assert_eq!(told.status, StatusCode::NO_CONTENT);
        deliver(&app).await;
        let requests = letterbox.requests().await;
        assert_eq!(requests.len(), 1);
        let header = requests[0].headers.get("authorization");
        header.map(|value| value.to_str().expect("text").to_owned())
    };
    assert_eq!(heard().await.as_deref(), Some(secret));
    let told = shop.read(&id).await;
    assert!(!told.to_string().contains("s3cret"));
    // It stays with its address when that is named again, and goes with it.
    shop.patch(&id, json!({"delivery": letterbox.delivery()}))
        .await;
    assert_eq!(heard().await.as_deref(), Some(secret));
    let elsewhere = json!({"method": PUSH, "endpoint_url": format!("{}?2", letterbox.uri())});
    shop.patch(&id, json!({"delivery": elsewhere})).await;
    assert_eq!(heard().await, None);
    shop.patch(&id, json!({"delivery": delivery})).await;
    assert_eq!(heard().await.as_deref(), Some(secret));
    let mut without = letterbox.delivery();
    without["authorization_header"] = Value::Null;
    shop.patch(&id, json!({"delivery": without})).await;
    assert_eq!(heard().await, None);
    shop.patch(&id, json!({"delivery": delivery})).await;
    let body = json!({"stream_id": id, "delivery": letterbox.delivery()});
    shop.ask(Method::PUT, "/ssf/stream", &body).await.ok();
    assert_eq!(heard().await, None, "a replacement is all that there is");
    // Nothing in the database is it, or says it.
    shop.patch(&id, json!({"delivery": delivery})).await;
    let engine = if app.app.config().database_url.expose().starts_with("sqlite") {
        Engine::Sqlite
    } else {
        Engine::Postgres
    };
    for cell in crate::vault::cells(&app, engine).await {
        let found = cell.bytes.windows(6).any(|bytes| bytes == b"s3cret");
        assert!(!found, "{}", cell.place);
    }
}

async fn a_client_that_is_removed_takes_its_stream_along(app: TestApp) {
    let app = app
        .with(|config| config.registration = sluis::config::Registration::Open)
        .await;
    let members = json!({
        "redirect_uris": ["https://new.example/back?from=sluis"],
        "grant_types": ["authorization_code", "client_credentials"],
        "client_name": "The new",
    });
    let asking = Business::open(&app, "asking").await;
    let headers = [("content-type", "application/json")];
    let told = asking
        .ask(Method::POST, "/register", &headers, members.to_string())
        .await;
    assert_eq!(told.status, StatusCode::CREATED, "{:?}", told.json);
    let shop = Subscriber {
        shop: Business::registered(&app, &told.json),
    };
    let letterbox = Letterbox::open().await;
    let id = shop.subscribe(letterbox.delivery()).await;
    let told_again = shop.post("/ssf/verify", &json!({"stream_id": id})).await;
    assert_eq!(told_again.status, StatusCode::NO_CONTENT);
    let bearer = format!("Bearer {}", text(&told.json, "registration_access_token"));
    let path = text(&told.json, "registration_client_uri").replace("http://localhost:8000", "");
    let gone = asking
        .ask(
            Method::DELETE,
            &path,
            &[("authorization", &bearer)],
            String::new(),
        )
        .await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    deliver(&app).await;
    assert!(
        letterbox.tokens().await.is_empty(),
        "nobody is told any more"
    );
    let mut connection = app.app.store().read().await.expect("a connection");
    let left = sluis::store::streams::page(&mut connection, None, 10).await;
    assert_eq!(left.expect("streams"), []);
    drop(connection);
    assert_eq!(app.tallies().await, []);
}
