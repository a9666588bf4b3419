//! What clients are told that call too often (RFC 6585 §4).

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::OAuthError;
use crate::app::App;
use crate::web::limits::NetworkLimit;

/// Holds an endpoint to a limit.
pub(super) async fn limit(
    State((app, limit)): State<(App, NetworkLimit)>,
    request: Request,
    next: Next,
) -> Response {
    if !limit.is_exceeded(&app, &request) {
        return next.run(request).await;
    }
    let mut response = OAuthError::too_many().into_response();
    limit.tell_when(&mut response);
    response
}
