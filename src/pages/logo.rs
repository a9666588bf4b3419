//! `/clients/{client_id}/logos/{hash}`: what a client looks like. Fetched by us
//! beforehand, so that a page loads nothing from a business, which would learn
//! who looks at it.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use crate::app::App;
use crate::domain::id::ClientId;
use crate::domain::receipt::Hash;
use crate::service::logos::picture;

/// A picture stays what it is under its hash, but not in the caches of others
/// for ever once its client is gone.
const CACHING: &str = "public, max-age=86400, immutable";
/// It is opened by itself as well, and somebody else made it.
const POLICY: &str = "default-src 'none'; sandbox";

/// Where a logo of a client is.
pub(super) fn path(client: &ClientId, hash: &Hash) -> String {
    format!("/clients/{client}/logos/{}", hash.as_str())
}

/// `GET /clients/{client_id}/logos/{hash}`
pub(super) async fn show(
    State(app): State<App>,
    Path((client, hash)): Path<(String, String)>,
) -> Response {
    let Ok(client) = client.parse::<ClientId>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match picture(&app, &client, &Hash::from_stored(hash)).await {
        Ok(Some(picture)) => (
            [
                (header::CONTENT_TYPE, picture.media_type.as_str()),
                (header::CACHE_CONTROL, CACHING),
                (header::CONTENT_SECURITY_POLICY, POLICY),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (
                    header::HeaderName::from_static("cross-origin-resource-policy"),
                    "same-origin",
                ),
            ],
            picture.bytes,
        )
            .into_response(),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a logo cannot be read");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
