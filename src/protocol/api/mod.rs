//! `/api/v1/…`: what a business does with what it owes. Each client sees what
//! is its own; what is another's is as unknown as what there is not.

mod duties;
mod requests;

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::call::Call;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::domain::claim::Claim;
use crate::domain::scope::Scope;
use crate::store::clients::RegisteredClient;
use crate::web::params::Params;

/// The routes.
pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/api/v1/duties", get(duties::list))
        .route("/api/v1/duties/{id}", get(duties::read))
        .route("/api/v1/duties/{id}/confirm", post(duties::confirm))
        .route("/api/v1/requests", get(requests::list))
        .route("/api/v1/requests/{id}", get(requests::read))
        .route("/api/v1/requests/{id}/answer", post(requests::answer))
}

impl Call {
    /// The client, if its token is for this.
    async fn client(&self, app: &App, needed: Scope) -> Result<Arc<RegisteredClient>, OAuthError> {
        self.client_with(app, needed, needed.into()).await
    }

    /// The body: a JSON object, whose members are all known. A list would do for
    /// a reader that knows the members by their order.
    fn document<T: DeserializeOwned>(&self) -> Result<T, OAuthError> {
        let Ok(Value::Object(members)) = serde_json::from_slice(&self.body) else {
            return Err(bad("the body must be a JSON object"));
        };
        T::deserialize(Value::Object(members)).map_err(|error| bad(format!("the body: {error}")))
    }

    fn params(&self) -> Result<Params, OAuthError> {
        Params::parse(&self.query).ok_or_else(|| bad("the query cannot be read"))
    }
}

/// One parameter of a query, if it is there.
fn optional<T: std::str::FromStr>(params: &Params, name: &str) -> Result<Option<T>, OAuthError> {
    let text = params.get(name);
    text.map(|text| {
        text.parse()
            .map_err(|_| bad(format!("{name} cannot be read")))
    })
    .transpose()
}

/// Claims by the names that they have in responses and events.
fn names(claims: enumset::EnumSet<Claim>) -> Vec<&'static str> {
    claims.iter().map(Claim::claim_name).collect()
}

/// The request is not one that can be understood or granted.
fn bad(description: impl Into<String>) -> OAuthError {
    OAuthError::new(Code::InvalidRequest, description)
}

/// Also of what is another client's: that it is there is not this one's to know.
fn unknown(description: impl Into<String>) -> OAuthError {
    OAuthError::not_found(Code::InvalidRequest, description)
}

/// An answer that nobody keeps.
fn answer(document: &impl Serialize) -> Response {
    let caching = [(CACHE_CONTROL, "no-store")];
    (StatusCode::OK, caching, Json(document)).into_response()
}
