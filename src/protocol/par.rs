//! `POST /par`: pushed authorization requests, RFC 9126.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde::Serialize;

use super::authorize::{PUSHED, to_push};
use super::client_authentication::AuthenticatedClient;
use super::error::OAuthError;
use crate::app::App;
use crate::service::authorizations::push;

/// RFC 9126 §2.2.
#[derive(Serialize)]
struct Body {
    request_uri: String,
    expires_in: u64,
}

/// The endpoint.
pub(super) async fn par(
    State(app): State<App>,
    AuthenticatedClient { client, params }: AuthenticatedClient,
) -> Result<Response, OAuthError> {
    let request = to_push(&app, &client, &params).await?;
    let pushed = push(&app, &request).await?;
    let body = Body {
        request_uri: format!("{PUSHED}{}", *pushed.name.reveal()),
        expires_in: pushed.expires_in.as_secs(),
    };
    let caching = [(CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, caching, Json(body)).into_response())
}
