//! What a stream of events is refused, and who.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::business::text;
use super::holder::Holder;
use super::subscriber::{BOTH, NOBODYS, POLL, PUSH, Subscriber};
use crate::harness::{TestApp, on_both_databases};

on_both_databases!(
    what_is_ours_to_say_must_be_right,
    what_cannot_be_understood_is_refused,
    each_endpoint_wants_its_scope,
    the_api_wants_the_key_that_the_token_is_bound_to,
);

async fn what_is_ours_to_say_must_be_right(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    for wrong in [
        json!({"iss": "https://else.example"}),
        json!({"aud": "bank"}),
        json!({"events_supported": []}),
        json!({"min_verification_interval": 1}),
        json!({"stream_id": NOBODYS}),
    ] {
        let told = shop.post("/ssf/stream", &wrong).await;
        assert_eq!(
            (told.status, told.error()),
            (StatusCode::BAD_REQUEST, "invalid_request"),
            "{wrong}"
        );
    }
    let id = shop.subscribe(json!({"method": POLL})).await;
    let before = shop.read(&id).await;
    for wrong in [
        json!({"iss": "https://else.example"}),
        json!({"aud": ["shop", "bank"]}),
        json!({"events_delivered": []}),
        json!({"inactivity_timeout": 5}),
        json!({"delivery": {"method": POLL, "endpoint_url": "https://shop.example/mine"}}),
    ] {
        for method in [Method::PATCH, Method::PUT] {
            let mut body = wrong.clone();
            body["stream_id"] = json!(id);
            let told = shop.ask(method, "/ssf/stream", &body).await;
            assert_eq!(told.status, StatusCode::BAD_REQUEST, "{wrong}");
        }
    }
    let right = json!({"aud": ["shop"], "description": "x"});
    assert_eq!(shop.patch(&id, right).await["description"], "x");
    let again = shop.patch(&id, json!({"description": null})).await;
    assert_eq!(again, before);
}

async fn what_cannot_be_understood_is_refused(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let token = shop.shop.own_token(BOTH).await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    for path in [
        "/ssf/stream",
        "/ssf/status",
        "/ssf/verify",
        "/ssf/subjects:add",
        &format!("/ssf/poll/{id}"),
    ] {
        for body in [
            "",
            "{",
            "[]",
            "\"x\"",
            "{\"stream_id\": 7}",
            "{\"stream_id\": \u{1}}",
        ] {
            if path.contains("poll") && body.contains("stream_id\": 7") {
                continue;
            }
            let told = shop
                .shop
                .ask(Method::POST, path, &headers, body.to_owned())
                .await;
            assert_eq!(told.status, StatusCode::BAD_REQUEST, "{path} {body}");
            assert_eq!(told.error(), "invalid_request");
        }
    }
    let long = "x".repeat(1_025);
    let many: Vec<String> = (0..65).map(|number| format!("urn:x:{number}")).collect();
    let push = |uri: &str| json!({"delivery": {"method": PUSH, "endpoint_url": uri}});
    for wrong in [
        json!({"delivery": "push"}),
        json!({"delivery": {}}),
        json!({"delivery": {"method": "urn:ietf:rfc:1"}}),
        json!({"delivery": {"method": PUSH}}),
        push("shop.example"),
        push("http://shop.example/events"),
        push("https://ada:x@shop.example/events"),
        push("https://10.0.0.1/events"),
        push("https://[::ffff:192.168.1.1]/events"),
        json!({"delivery": {"method": PUSH, "endpoint_url": "https://shop.example/",
                            "authorization_header": "a\r\nb: c"}}),
        json!({"events_requested": "urn:x"}),
        json!({"events_requested": [7]}),
        json!({"events_requested": ["a b"]}),
        json!({"events_requested": many}),
        json!({"description": 7}),
        json!({"description": long}),
        json!({"description": "a\u{1b}[2J"}),
    ] {
        let mut body = wrong.clone();
        body["stream_id"] = json!(id);
        let told = shop.ask(Method::PATCH, "/ssf/stream", &body).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(told.error(), "invalid_request");
    }
    for (path, wrong) in [
        ("/ssf/status", json!({"status": "stopped"})),
        ("/ssf/status", json!({})),
        ("/ssf/status", json!({"status": "paused", "reason": long})),
        ("/ssf/subjects:add", json!({})),
        ("/ssf/subjects:add", json!({"subject": "ada"})),
        (
            "/ssf/subjects:remove",
            json!({"subject": {"format": "nonsense"}}),
        ),
        ("/ssf/verify", json!({"state": 7})),
        ("/ssf/verify", json!({"state": long})),
    ] {
        let mut body = wrong.clone();
        body["stream_id"] = json!(id);
        let told = shop.post(path, &body).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{path} {wrong}");
    }
    for path in ["/ssf/status", "/ssf/stream"] {
        let method = if path.ends_with("status") {
            Method::GET
        } else {
            Method::DELETE
        };
        let told = shop.ask(method, path, &Value::Null).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "which?");
    }
    let acknowledged: Vec<String> = vec![NOBODYS.to_owned(); 1_001];
    for wrong in [
        json!({"maxEvents": -1}),
        json!({"maxEvents": "7"}),
        json!({"ack": "all"}),
        json!({"ack": acknowledged}),
        json!({"setErrs": []}),
        json!({"setErrs": {NOBODYS: "no"}}),
    ] {
        let told = shop.post(&format!("/ssf/poll/{id}"), &wrong).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{wrong:.60}");
    }
    let huge = json!({"stream_id": id, "description": "x".repeat(70_000)});
    let told = shop.ask(Method::PATCH, "/ssf/stream", &huge).await;
    assert_eq!(told.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(shop.status(&id).await["status"], "enabled");
}

async fn each_endpoint_wants_its_scope(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let reading = shop.shop.own_token("ssf.read").await;
    let managing = shop.shop.own_token("ssf.manage").await;
    let other = shop.shop.own_token("grant_management_query").await;
    let named = json!({"stream_id": id});
    let poll = format!("/ssf/poll/{id}");
    let look = json!({"returnImmediately": true});
    for (method, path, body) in [
        (Method::GET, "/ssf/stream", &Value::Null),
        (Method::POST, &poll, &look),
    ] {
        for token in [&reading, &managing] {
            shop.shop
                .ask_json(token, method.clone(), path, body)
                .await
                .ok();
        }
        let told = shop.shop.ask_json(&other, method, path, body).await;
        assert_eq!(
            (told.status, told.error()),
            (StatusCode::FORBIDDEN, "insufficient_scope")
        );
    }
    for (method, path) in [
        (Method::POST, "/ssf/stream"),
        (Method::PATCH, "/ssf/stream"),
        (Method::PUT, "/ssf/stream"),
        (Method::DELETE, "/ssf/stream"),
        (Method::POST, "/ssf/status"),
        (Method::POST, "/ssf/subjects:add"),
        (Method::POST, "/ssf/subjects:remove"),
        (Method::POST, "/ssf/verify"),
    ] {
        for token in [&reading, &other] {
            let told = shop
                .shop
                .ask_json(token, method.clone(), path, &named)
                .await;
            assert_eq!(
                (told.status, told.error()),
                (StatusCode::FORBIDDEN, "insufficient_scope")
            );
        }
        let told = shop
            .shop
            .ask_json("nonsense", method.clone(), path, &named)
            .await;
        assert_eq!(
            (told.status, told.error()),
            (StatusCode::UNAUTHORIZED, "invalid_token")
        );
    }
    app.wait(Duration::from_secs(3_600));
    let told = shop
        .shop
        .ask_json(&managing, Method::GET, "/ssf/stream", &Value::Null)
        .await;
    assert_eq!(
        told.status,
        StatusCode::UNAUTHORIZED,
        "an hour and no longer"
    );
}

async fn the_api_wants_the_key_that_the_token_is_bound_to(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await.shop;
    let (holder, thief) = (Holder::new(), Holder::new());
    let params = [("grant_type", "client_credentials"), ("scope", BOTH)];
    let proof = holder.for_token(&app);
    let told = shop.send("/token", &[("dpop", &proof)], &params).await.ok();
    let token = text(&told, "access_token");
    let ask = async |holder: &Holder| {
        let mut claims = holder.claims_for_userinfo(&app, token);
        claims["htm"] = json!("GET");
        claims["htu"] = json!("http://localhost:8000/ssf/stream");
        let (proof, shown) = (holder.sign(&claims), format!("DPoP {token}"));
        let headers = [("authorization", shown.as_str()), ("dpop", &proof)];
        shop.ask(Method::GET, "/ssf/stream", &headers, String::new())
            .await
    };
    ask(&holder).await.ok();
    assert_eq!(ask(&thief).await.error(), "invalid_token");
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let told = shop
        .ask(Method::GET, "/ssf/stream", &headers, String::new())
        .await;
    assert_eq!(told.error(), "invalid_token", "not as a bearer token");
}
