//! `POST /revoke`: RFC 7009.

use axum::extract::State;
use http::header::CACHE_CONTROL;
use http::{HeaderName, StatusCode};

use super::client_authentication::AuthenticatedClient;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::service::tokens;

/// The endpoint. A token says itself what kind it is, so `token_type_hint`
/// has nothing to add; and whatever is no token of ours is as good as revoked
/// (§2.2).
pub(super) async fn revoke(
    State(app): State<App>,
    AuthenticatedClient { client, params }: AuthenticatedClient,
) -> Result<(StatusCode, [(HeaderName, &'static str); 1]), OAuthError> {
    let token = params
        .get("token")
        .ok_or_else(|| OAuthError::new(Code::InvalidRequest, "token is missing"))?;
    tokens::revoke(&app, &client, token).await?;
    Ok((StatusCode::OK, [(CACHE_CONTROL, "no-store")]))
}
