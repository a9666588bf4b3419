//! `/ssf/…`: the transmitter of OpenID Shared Signals Framework 1.0. A
//! business sets its stream of events up, and hears by it what happens to the
//! agreements that people have with it.

mod poll;
mod status;
mod stream;
mod subjects;
mod verify;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::domain::id::StreamId;
use crate::domain::scope::Scope;
use crate::domain::stream::Delivery;
use crate::service::streams::StreamError;
use crate::store::clients::RegisteredClient;
use crate::web::params::Params;

/// The endpoints, but for the metadata.
pub(super) fn routes(app: &App) -> Router<App> {
    let polls = poll::Polls::of(app);
    Router::new()
        .route(
            "/ssf/stream",
            get(stream::read)
                .post(stream::create)
                .patch(stream::update)
                .put(stream::replace)
                .delete(stream::delete),
        )
        .route("/ssf/status", get(status::read).post(status::update))
        .route("/ssf/subjects:add", post(subjects::add))
        .route("/ssf/subjects:remove", post(subjects::remove))
        .route("/ssf/verify", post(verify::verify))
        .route("/ssf/poll/{id}", post(poll::poll).with_state(polls))
}

/// `GET /.well-known/ssf-configuration` (§7.1): exactly what is true. The
/// issuer is an origin, so that there is no path to insert this before.
pub(super) async fn configuration(State(app): State<App>) -> Response {
    let issuer = &app.config().issuer;
    let metadata = json!({
        "spec_version": "1_0",
        "issuer": issuer.as_str(),
        "jwks_uri": issuer.at("/jwks"),
        "delivery_methods_supported": Delivery::METHODS,
        "configuration_endpoint": issuer.at("/ssf/stream"),
        "status_endpoint": issuer.at("/ssf/status"),
        "add_subject_endpoint": issuer.at("/ssf/subjects:add"),
        "remove_subject_endpoint": issuer.at("/ssf/subjects:remove"),
        "verification_endpoint": issuer.at("/ssf/verify"),
        // Whoever passes it over would end every login of somebody, and not one.
        "critical_subject_members": ["session"],
        "authorization_schemes": [
            {"spec_urn": "urn:ietf:rfc:6749"},
            {"spec_urn": "urn:ietf:rfc:9449"},
        ],
        "default_subjects": "ALL",
    });
    ([(CACHE_CONTROL, "public, max-age=300")], Json(metadata)).into_response()
}

impl Call {
    /// The client, if its token lets it set its stream up.
    async fn manager(&self, app: &App) -> Result<Arc<RegisteredClient>, OAuthError> {
        self.client_with(app, Scope::SsfManage, Scope::SsfManage.into())
            .await
    }

    /// The client, if its token lets it look. One that lets it set up does.
    async fn reader(&self, app: &App) -> Result<Arc<RegisteredClient>, OAuthError> {
        self.client_with(app, Scope::SsfRead, Scope::SsfRead | Scope::SsfManage)
            .await
    }

    /// The body. Members that are not known are passed over.
    fn members(&self) -> Result<Members, OAuthError> {
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(members)) => Ok(Members(members)),
            _ => Err(bad("the body must be a JSON object")),
        }
    }

    /// The stream that the query names, if it names one.
    fn queried(&self) -> Result<Option<StreamId>, OAuthError> {
        let params = Params::parse(&self.query).ok_or_else(|| bad("the query cannot be read"))?;
        match params.get("stream_id") {
            None => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| unknown()),
        }
    }
}

/// The members of a body.
struct Members(Map<String, Value>);

impl Members {
    /// A member: `None` when it is not there, `Some(None)` when it is `null`.
    fn given<T: DeserializeOwned>(&self, name: &str) -> Result<Option<Option<T>>, OAuthError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(value) => T::deserialize(value)
                .map(|value| Some(Some(value)))
                .map_err(|error| bad(format!("{name}: {error}"))),
        }
    }

    /// A member that may be missing; `null` is missing too.
    fn optional<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, OAuthError> {
        Ok(self.given(name)?.flatten())
    }

    /// A member that must be there.
    fn required<T: DeserializeOwned>(&self, name: &str) -> Result<T, OAuthError> {
        self.optional(name)?
            .ok_or_else(|| bad(format!("{name} is missing")))
    }

    /// The stream that it names.
    fn stream_id(&self) -> Result<StreamId, OAuthError> {
        let text: String = self.required("stream_id")?;
        text.parse().map_err(|_| unknown())
    }
}

/// The request is not one that can be understood or granted.
fn bad(description: impl Into<String>) -> OAuthError {
    OAuthError::new(Code::InvalidRequest, description)
}

/// Also of a stream of another client: that it is there is not this client's to
/// know.
fn unknown() -> OAuthError {
    told(StreamError::Unknown)
}

fn told(error: StreamError) -> OAuthError {
    let status = match &error {
        StreamError::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
        StreamError::Exists => StatusCode::CONFLICT,
        StreamError::Unknown => StatusCode::NOT_FOUND,
        StreamError::TooSoon { .. } => StatusCode::TOO_MANY_REQUESTS,
        StreamError::Endpoint(_) | StreamError::Disabled => StatusCode::BAD_REQUEST,
    };
    match error {
        StreamError::Fault(fault) => fault.into(),
        error => bad(error.to_string()).with_status(status),
    }
}

/// An answer that nobody keeps.
fn answer(status: StatusCode, document: &impl Serialize) -> Response {
    (status, [(CACHE_CONTROL, "no-store")], Json(document)).into_response()
}

/// An answer that says nothing.
fn done(status: StatusCode) -> Response {
    (status, [(CACHE_CONTROL, "no-store")]).into_response()
}
