//! Published JSON Schemas.

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use crate::domain::plan;

/// `GET /schemas/data-plan/v1.json`.
pub(super) async fn data_plan() -> Response {
    ([(CONTENT_TYPE, "application/schema+json")], plan::SCHEMA).into_response()
}
