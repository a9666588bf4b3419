//! Published JSON Schemas.

use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use crate::domain::{business, details, export, plan, receipt, signal};

/// `GET /schemas/business/v1.json`.
pub(super) async fn business() -> Response {
    (
        [(CONTENT_TYPE, "application/schema+json")],
        business::SCHEMA,
    )
        .into_response()
}

/// `GET /schemas/data-plan/v1.json`.
pub(super) async fn data_plan() -> Response {
    ([(CONTENT_TYPE, "application/schema+json")], plan::SCHEMA).into_response()
}

/// `GET /schemas/export/v1.json`.
pub(super) async fn export() -> Response {
    ([(CONTENT_TYPE, "application/schema+json")], export::SCHEMA).into_response()
}

/// `GET /schemas/profile-release/v1.json`.
pub(super) async fn profile_release() -> Response {
    ([(CONTENT_TYPE, "application/schema+json")], details::SCHEMA).into_response()
}

/// `GET /schemas/consent-events/v1.json`.
pub(super) async fn consent_events() -> Response {
    ([(CONTENT_TYPE, "application/schema+json")], signal::SCHEMA).into_response()
}

/// `GET /schemas/consent-receipt/v1.json`.
pub(super) async fn consent_receipt() -> Response {
    ([(CONTENT_TYPE, "application/schema+json")], receipt::SCHEMA).into_response()
}

/// `GET /schemas/consent-receipt/v1/vocabulary`: what each member means, in the
/// terms of others (JSON-LD 1.1).
pub(super) async fn consent_receipt_vocabulary() -> Response {
    ([(CONTENT_TYPE, "application/ld+json")], receipt::VOCABULARY).into_response()
}
