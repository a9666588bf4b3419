//! Permissions under an agreement: each is taken back with one button.

use axum::extract::Path;
use axum::response::Response;
use enumset::EnumSet;

use super::exchange::simple;
use crate::domain::permission::Permission;
use crate::pages::overview::Done;
use crate::service::grants::{GrantView, Request};
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;

/// What a business may do or use under an agreement, all purposes together.
pub(super) fn permissions(view: &GrantView) -> EnumSet<Permission> {
    let purposes = view.grant.terms.purposes.iter();
    purposes.fold(EnumSet::empty(), |all, agreed| all | agreed.permissions)
}

/// `POST /account/businesses/{grant_id}/stop`
pub async fn stop(Path(id): Path<String>, form: ConsumerForm) -> Response {
    match form.params.get("permission").map(str::parse) {
        Some(Ok(permission)) => simple(&id, form, Request::Stop(permission), Done::Stopped).await,
        _ => form.consumer.error(Fault::NotFound),
    }
}
