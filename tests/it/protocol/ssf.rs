//! OpenID Shared Signals Framework 1.0: how a business sets its stream up.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::business::{claims_of, text};
use super::client_credentials::open_with;
use super::holder::Holder;
use super::{Business, Told};
use crate::harness::{Engine, TestApp, on_both_databases};

pub(super) const PUSH: &str = "urn:ietf:rfc:8935";
pub(super) const POLL: &str = "urn:ietf:rfc:8936";
pub(super) const OURS: &str = "https://schemas.sluis.example/secevent/consent/event-type/";
pub(super) const BOTH: &str = "ssf.manage ssf.read";
const NOBODYS: &str = "0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f";

on_both_databases!(
    a_stream_is_made_read_changed_replaced_and_deleted,
    a_client_has_one_stream_and_sees_no_other,
    what_is_ours_to_say_must_be_right,
    what_cannot_be_understood_is_refused,
    each_endpoint_wants_its_scope,
    the_api_wants_the_key_that_the_token_is_bound_to,
    what_the_receiver_wants_to_be_shown_is_not_told_again,
    a_client_that_is_removed_takes_its_stream_along,
);

/// A business with tokens of its own.
#[derive(Clone)]
pub(super) struct Subscriber {
    pub(super) shop: Business,
}

impl Subscriber {
    pub(super) async fn open(app: &TestApp, id: &str) -> Self {
        Self::with(app, id, json!({}), None).await
    }

    pub(super) async fn with(app: &TestApp, id: &str, more: Value, plan: Option<&str>) -> Self {
        Self {
            shop: open_with(app, id, more, plan).await,
        }
    }

    /// Asks an endpoint with a token of its own.
    pub(super) async fn ask(&self, method: Method, path: &str, body: &Value) -> Told {
        let token = self.shop.own_token(BOTH).await;
        self.ask_with(&token, method, path, body).await
    }

    pub(super) async fn ask_with(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Told {
        let bearer = format!("Bearer {token}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.shop.ask(method, path, &headers, body).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Told {
        self.ask(Method::POST, path, body).await
    }

    /// Makes a stream, and says which.
    pub(super) async fn subscribe(&self, delivery: Value) -> String {
        let told = self
            .post("/ssf/stream", &json!({"delivery": delivery}))
            .await;
        assert_eq!(told.status, StatusCode::CREATED, "{:?}", told.json);
        text(&told.json, "stream_id").to_owned()
    }

    pub(super) async fn read(&self, id: &str) -> Value {
        let path = format!("/ssf/stream?stream_id={id}");
        self.ask(Method::GET, &path, &Value::Null).await.ok()
    }

    pub(super) async fn patch(&self, id: &str, body: Value) -> Value {
        let mut body = body;
        body["stream_id"] = json!(id);
        self.ask(Method::PATCH, "/ssf/stream", &body).await.ok()
    }

    pub(super) async fn set_status(&self, id: &str, status: &str) -> Value {
        let body = json!({"stream_id": id, "status": status});
        self.post("/ssf/status", &body).await.ok()
    }

    pub(super) async fn status(&self, id: &str) -> Value {
        let path = format!("/ssf/status?stream_id={id}");
        self.ask(Method::GET, &path, &Value::Null).await.ok()
    }
}

/// Where events are pushed to, and what came.
pub(super) struct Letterbox(MockServer);

impl Letterbox {
    pub(super) async fn open() -> Self {
        let letterbox = Self(MockServer::start().await);
        letterbox.answer(ResponseTemplate::new(202)).await;
        letterbox
    }

    /// Forgets what came, and answers so from now on.
    pub(super) async fn answer(&self, template: ResponseTemplate) {
        self.0.reset().await;
        let mock = Mock::given(any()).respond_with(template);
        mock.mount(&self.0).await;
    }

    pub(super) fn uri(&self) -> String {
        format!("{}/events", self.0.uri())
    }

    pub(super) fn delivery(&self) -> Value {
        json!({"method": PUSH, "endpoint_url": self.uri()})
    }

    pub(super) async fn requests(&self) -> Vec<wiremock::Request> {
        self.0.received_requests().await.expect("a list")
    }

    /// The tokens that came, in order.
    pub(super) async fn tokens(&self) -> Vec<String> {
        let text = |request: wiremock::Request| String::from_utf8(request.body).expect("text");
        self.requests().await.into_iter().map(text).collect()
    }

    pub(super) async fn claims(&self) -> Vec<Value> {
        let tokens = self.tokens().await;
        tokens.iter().map(|token| claims_of(token)).collect()
    }

    pub(super) async fn kinds(&self) -> Vec<String> {
        self.claims().await.iter().map(kind_of).collect()
    }
}

/// The last word of the event type of a token.
pub(super) fn kind_of(claims: &Value) -> String {
    let events = claims["events"].as_object().expect("events");
    assert_eq!(events.len(), 1, "{claims}");
    let uri = events.keys().next().expect("an event");
    uri.rsplit('/').next().expect("a word").to_owned()
}

/// The one event of a token.
pub(super) fn event_of(claims: &Value) -> Value {
    let events = claims["events"].as_object().expect("events");
    events.values().next().expect("an event").clone()
}

fn supported() -> Value {
    let ours = [
        "consent-withdrawn",
        "consent-changed",
        "processing-restricted",
        "retention-expired",
        "profile-changed",
    ];
    let mut all: Vec<String> = ours.iter().map(|kind| format!("{OURS}{kind}")).collect();
    all.push("https://schemas.openid.net/secevent/caep/event-type/session-revoked".to_owned());
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
    let shop = Subscriber::open(&app, "shop").await;
    let id = shop.subscribe(json!({"method": POLL})).await;
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
    let shop = Subscriber::open(&app, "shop").await;
    let id = shop.subscribe(json!({"method": POLL})).await;
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
            shop.ask_with(token, method.clone(), path, body).await.ok();
        }
        let told = shop.ask_with(&other, method, path, body).await;
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
            let told = shop.ask_with(token, method.clone(), path, &named).await;
            assert_eq!(
                (told.status, told.error()),
                (StatusCode::FORBIDDEN, "insufficient_scope")
            );
        }
        let told = shop
            .ask_with("nonsense", method.clone(), path, &named)
            .await;
        assert_eq!(
            (told.status, told.error()),
            (StatusCode::UNAUTHORIZED, "invalid_token")
        );
    }
    app.wait(Duration::from_secs(3_600));
    let told = shop
        .ask_with(&managing, Method::GET, "/ssf/stream", &Value::Null)
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
        super::backchannel_logout::deliver(&app).await;
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
    super::backchannel_logout::deliver(&app).await;
    assert!(
        letterbox.tokens().await.is_empty(),
        "nobody is told any more"
    );
    let mut connection = app.app.store().read().await.expect("a connection");
    let left = sluis::store::streams::page(&mut connection, None, 10).await;
    assert_eq!(left.expect("streams"), []);
    let left = sluis::store::outbox::tallies(&mut connection).await;
    assert_eq!(left.expect("tallies"), []);
}
