//! Clients that register themselves, as tests play them.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use sluis::config::Registration;
use sluis::domain::business::BusinessDocument;
use sluis::domain::id::BusinessId;
use sluis::service::clients::add_business;
use sluis::service::registration::make_token;
use tower::ServiceExt as _;

use super::business::{Told, text};
use crate::harness::{TestApp, business_document};

/// The least that a client can say, and be played afterwards.
pub(super) fn least() -> Value {
    json!({"redirect_uris": ["https://shop.example/back?from=sluis"]})
}

/// The least and more.
pub(super) fn with(more: &Value) -> Value {
    let mut members = least();
    for (name, value) in more.as_object().expect("members") {
        members[name] = value.clone();
    }
    members
}

/// The instance, open to everybody.
pub(crate) async fn open(app: TestApp) -> TestApp {
    app.with(|config| config.registration = Registration::Open)
        .await
}

/// A business that the operator knows.
pub(super) async fn known_business(app: &TestApp) -> BusinessId {
    let document = BusinessDocument {
        name: "Known BV".to_owned(),
        ..business_document("known")
    };
    add_business(&app.app, document)
        .await
        .expect("a business")
        .id
}

/// An initial access token of a business that the operator knows, good for a
/// minute.
pub(super) async fn initial_token(app: &TestApp, uses: u32) -> String {
    let business = known_business(app).await;
    let end = app.app.now().plus(std::time::Duration::from_mins(1));
    let token = make_token(&app.app, business, uses, end).await;
    token.expect("a token").reveal().to_string()
}

/// Sends JSON, or nothing.
pub(super) async fn send(
    router: &Router,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Told {
    let mut request = Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, "localhost:8000");
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    if body.is_some() {
        request = request.header(CONTENT_TYPE, "application/json");
    }
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    answer(router, request.body(body).expect("a request")).await
}

pub(super) async fn answer(router: &Router, request: Request<Body>) -> Told {
    let response = router.clone().oneshot(request).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, 1 << 22).await.expect("a body");
    Told {
        status: parts.status,
        headers: parts.headers,
        json: serde_json::from_slice(&body).unwrap_or(Value::Null),
        body: String::from_utf8(body.to_vec()).expect("text"),
    }
}

/// Tries to register.
pub(super) async fn register(app: &TestApp, token: Option<&str>, metadata: &Value) -> Told {
    send(
        &app.router,
        Method::POST,
        "/register",
        token,
        Some(metadata),
    )
    .await
}

/// Registers, and says what it was told.
pub(crate) async fn registered(app: &TestApp, token: Option<&str>, metadata: &Value) -> Value {
    let told = register(app, token, metadata).await;
    assert_eq!(told.status, StatusCode::CREATED, "{:?}", told.json);
    assert_eq!(told.header("cache-control"), "no-store");
    assert_eq!(told.header("content-type"), "application/json");
    told.json
}

/// Where a client manages its registration, as a path.
pub(super) fn place(told: &Value) -> &str {
    let uri = text(told, "registration_client_uri");
    uri.strip_prefix("http://localhost:8000")
        .unwrap_or_else(|| panic!("{uri} is elsewhere"))
}

/// Asks at the place where a client manages its registration.
pub(super) async fn manage(
    app: &TestApp,
    method: Method,
    told: &Value,
    body: Option<&Value>,
) -> Told {
    let token = text(told, "registration_access_token");
    send(&app.router, method, place(told), Some(token), body).await
}
