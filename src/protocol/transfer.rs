//! `GET /account-transfer`: all of an account, for another provider, once.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};

use super::bearer::{PresentedToken, refuse};
use super::error::OAuthError;
use crate::app::App;
use crate::service::departures;

/// The endpoint. Its token is bound to a key, and is shown in the header alone.
pub(super) async fn fetch(
    State(app): State<App>,
    request: Request,
) -> Result<Response, OAuthError> {
    let PresentedToken { token, proof } = PresentedToken::in_header(&app, &request)?;
    let pieces = departures::fetch(&app, &token, proof.as_ref())
        .await
        .map_err(|error| refuse(error, proof.is_some()))?;
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}
