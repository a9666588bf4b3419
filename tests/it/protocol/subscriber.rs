//! A business that hears what happens: what it asks, and where it is told.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::business::{claims_of, text};
use super::client_credentials::open_with;
use super::{Business, Told};
use crate::harness::TestApp;

pub(super) const PUSH: &str = "urn:ietf:rfc:8935";
pub(super) const POLL: &str = "urn:ietf:rfc:8936";
pub(super) const OURS: &str = "https://schemas.sluis.example/secevent/consent/event-type/";
pub(super) const BOTH: &str = "ssf.manage ssf.read";
pub(super) const NOBODYS: &str = "0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f";

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

    /// A shop that is told at a letterbox, and its stream.
    pub(super) async fn told(app: &TestApp) -> (Self, Letterbox, String) {
        let shop = Self::open(app, "shop").await;
        let letterbox = Letterbox::open().await;
        let id = shop.subscribe(letterbox.delivery()).await;
        (shop, letterbox, id)
    }

    /// A shop that fetches what there is to tell, and its stream.
    pub(super) async fn fetching(app: &TestApp) -> (Self, String) {
        let shop = Self::open(app, "shop").await;
        let id = shop.subscribe(json!({"method": POLL})).await;
        (shop, id)
    }

    /// Asks an endpoint with a token of its own.
    pub(super) async fn ask(&self, method: Method, path: &str, body: &Value) -> Told {
        let token = self.shop.own_token(BOTH).await;
        self.shop.ask_json(&token, method, path, body).await
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
