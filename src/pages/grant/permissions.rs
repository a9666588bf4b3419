//! Permissions under an agreement: each is taken back with one button.

use axum::extract::Path;
use axum::response::Response;

use super::exchange::simple;
use crate::pages::overview::Done;
use crate::service::grants::Request;
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;

/// `POST /account/businesses/{grant_id}/stop`
pub async fn stop(Path(id): Path<String>, form: ConsumerForm) -> Response {
    match form.params.get("permission").map(str::parse) {
        Some(Ok(permission)) => simple(&id, form, Request::Stop(permission), Done::Stopped).await,
        _ => form.consumer.error(Fault::NotFound),
    }
}
