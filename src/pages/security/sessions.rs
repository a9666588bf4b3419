//! Where somebody is signed in, and the end of it.

use axum::response::Response;

use super::done::SecurityDone;
use crate::service::Fault;
use crate::service::browsers::{self, OpenSession};
use crate::web::error_page;
use crate::web::form::ConsumerForm;
use crate::web::visitor::Consumer;

/// The section: the session that looks at it first, then the newest.
pub(super) async fn section(consumer: &Consumer) -> Result<Vec<OpenSession>, Fault> {
    browsers::open_sessions(&consumer.visitor.app, &consumer.signed_in).await
}

/// `POST /account/security/sessions/end`: ends the one that the form names.
pub async fn end(form: ConsumerForm) -> Response {
    let ConsumerForm { consumer, params } = form;
    let Some(name) = params.get("session").and_then(|text| text.parse().ok()) else {
        return consumer.error(error_page::Fault::Malformed);
    };
    match browsers::end(&consumer.visitor.app, &consumer.signed_in, name).await {
        Ok(true) => SecurityDone::Ended.told(),
        Ok(false) => SecurityDone::NotThere.told(),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /account/security/sessions/end-others`
pub async fn end_others(ConsumerForm { consumer, .. }: ConsumerForm) -> Response {
    match browsers::end_others(&consumer.visitor.app, &consumer.signed_in).await {
        Ok(()) => SecurityDone::EndedOthers.told(),
        Err(fault) => consumer.fault(&fault),
    }
}
