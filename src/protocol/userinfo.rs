//! `GET` and `POST /userinfo`: OpenID Connect Core 1.0 §5.3.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use serde_json::Value;

use super::bearer::BearerToken;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::service::releases::{self, ReleaseError};

/// The endpoint.
pub(super) async fn userinfo(
    State(app): State<App>,
    BearerToken(token): BearerToken,
) -> Result<Response, OAuthError> {
    let release = releases::read(&app, &token).await?;
    let mut claims = release.claims;
    claims.insert("sub".to_owned(), Value::String(release.subject.to_string()));
    let mut response = Json(claims).into_response();
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

impl From<ReleaseError> for OAuthError {
    fn from(error: ReleaseError) -> Self {
        match error {
            ReleaseError::Fault(fault) => fault.into(),
            ReleaseError::InvalidToken => Self::bearer(Code::InvalidToken, error.to_string()),
            ReleaseError::Paused => Self::bearer(Code::InsufficientScope, error.to_string()),
        }
    }
}
