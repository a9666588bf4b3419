//! What the fake provider offers businesses: a stream of events, duties,
//! requests and the plan.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::fake_provider::FakeProvider;

type Op = State<Arc<FakeProvider>>;

/// What there is, and what was done with it.
#[derive(Default)]
pub(super) struct Api {
    /// The stream as the client wished it, with how often it was wished.
    pub(super) stream: Option<Value>,
    pub(super) wishes: u32,
    pub(super) duties: Vec<Value>,
    /// Confirmations: which duty, and what was said.
    pub(super) confirmed: Vec<(String, Value)>,
    /// Confirmations are answered with this.
    pub(super) confirm_status: Option<StatusCode>,
    pub(super) requests: Vec<Value>,
    pub(super) answers: Vec<(String, Value)>,
    pub(super) plan: Value,
    pub(super) version: u64,
    /// Somebody else publishes just before the client does.
    pub(super) overtakes: bool,
}

pub(super) fn routes() -> Router<Arc<FakeProvider>> {
    let wish = post(wish).patch(wish_again).get(streams);
    Router::new()
        .route("/.well-known/ssf-configuration", get(configuration))
        .route("/ssf/stream", wish)
        .route("/api/v1/duties", get(duties))
        .route("/api/v1/duties/{id}/confirm", post(confirm))
        .route("/api/v1/requests", get(requests))
        .route("/api/v1/requests/{id}/answer", post(answer))
        .route("/api/v1/plan", get(plan).put(publish))
}

fn no() -> Response {
    StatusCode::UNAUTHORIZED.into_response()
}

async fn configuration(State(op): Op) -> Json<Value> {
    let endpoint = format!("{}/ssf/stream", op.issuer);
    Json(json!({"issuer": op.issuer, "configuration_endpoint": endpoint}))
}

async fn streams(State(op): Op, headers: HeaderMap) -> Response {
    if !op.is_own(&headers) {
        return no();
    }
    Json(op.api(|api| Vec::from_iter(api.stream.clone()))).into_response()
}

async fn wish(State(op): Op, headers: HeaderMap, Json(mut wish): Json<Value>) -> Response {
    if !op.is_own(&headers) {
        return no();
    }
    op.api(|api| {
        assert!(api.stream.is_none(), "one stream is enough");
        wish["stream_id"] = "s-1".into();
        api.stream = Some(wish.clone());
        api.wishes += 1;
    });
    (StatusCode::CREATED, Json(wish)).into_response()
}

async fn wish_again(State(op): Op, headers: HeaderMap, Json(wish): Json<Value>) -> Response {
    if !op.is_own(&headers) {
        return no();
    }
    op.api(|api| {
        assert_eq!(wish["stream_id"], "s-1");
        api.stream = Some(wish.clone());
        api.wishes += 1;
    });
    Json(wish).into_response()
}

/// Two at a time, so that there is a next page.
fn page(
    op: &FakeProvider,
    headers: &HeaderMap,
    query: &[(String, String)],
    what: &str,
    id: &str,
    all: impl FnOnce(&mut Api) -> Vec<Value>,
) -> Response {
    if !op.is_own(headers) {
        return no();
    }
    let get = |name: &str| query.iter().find(|(key, _)| key == name);
    let state = &get("state").unwrap().1;
    let all: Vec<Value> = op
        .api(all)
        .into_iter()
        .filter(|one| one["state"] == state.as_str())
        .collect();
    let from = get("after").map_or(0, |(_, after)| {
        all.iter()
            .position(|one| one[id] == after.as_str())
            .unwrap()
            + 1
    });
    let rest = &all[from..];
    let shown = &rest[..rest.len().min(2)];
    let mut body = json!({what: shown});
    if rest.len() > 2 {
        body["next"] = shown[1][id].clone();
    }
    Json(body).into_response()
}

async fn duties(
    State(op): Op,
    headers: HeaderMap,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    page(&op, &headers, &query, "duties", "duty_id", |api| {
        api.duties.clone()
    })
}

async fn requests(
    State(op): Op,
    headers: HeaderMap,
    Query(query): Query<Vec<(String, String)>>,
) -> Response {
    page(&op, &headers, &query, "requests", "request_id", |api| {
        api.requests.clone()
    })
}

async fn confirm(
    State(op): Op,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(said): Json<Value>,
) -> Response {
    if !op.is_own(&headers) {
        return no();
    }
    op.api(|api| {
        if let Some(status) = api.confirm_status {
            return (status, Json(json!({"error": "invalid_request"}))).into_response();
        }
        for duty in &mut api.duties {
            if duty["duty_id"] == id.as_str() {
                duty["state"] = "confirmed".into();
            }
        }
        api.confirmed.push((id, said));
        Json(json!({"state": "confirmed"})).into_response()
    })
}

async fn answer(
    State(op): Op,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(said): Json<Value>,
) -> Response {
    if !op.is_own(&headers) {
        return no();
    }
    op.api(|api| {
        api.requests
            .retain(|request| request["request_id"] != id.as_str());
        api.answers.push((id, said));
    });
    Json(json!({})).into_response()
}

async fn plan(State(op): Op, headers: HeaderMap) -> Response {
    if !op.is_own(&headers) {
        return no();
    }
    op.api(|api| {
        let mut plan = api.plan.clone();
        plan["version"] = api.version.into();
        let etag = [("etag", format!("\"{}\"", api.version))];
        (etag, Json(plan)).into_response()
    })
}

async fn publish(State(op): Op, headers: HeaderMap, Json(plan): Json<Value>) -> Response {
    if !op.is_own(&headers) {
        return no();
    }
    op.api(|api| {
        if api.overtakes {
            api.version += 1;
        }
        if headers["if-match"] != format!("\"{}\"", api.version).as_str() {
            return StatusCode::PRECONDITION_FAILED.into_response();
        }
        let purposes = |plan: &Value| plan["purposes"].as_array().map_or(0, Vec::len);
        let (before, after) = (purposes(&api.plan), purposes(&plan));
        api.plan = plan;
        api.version += 1;
        Json(json!({"version": api.version, "narrower": after < before, "wider": after > before}))
            .into_response()
    })
}
