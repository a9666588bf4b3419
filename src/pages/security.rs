//! `/account/security`: who can open the vault, told as it is.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::crypto::vault::KeyholderKind;
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::service::{Fault, accounts};
use crate::web::page::{Section, Shell, respond};
use crate::web::visitor::Consumer;

/// The page.
#[derive(Clone, Template)]
#[template(path = "security.html")]
pub struct SecurityPage {
    /// Around it.
    pub shell: Shell,
    /// The address for notices.
    pub contact_email: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Whether the operator holds a key with which to help after a forgotten
    /// password.
    pub escrow: bool,
    /// Since when this session is open.
    pub session_since: Timestamp,
    /// When it ends by itself.
    pub session_until: Timestamp,
}

/// `GET /account/security`
pub async fn show(consumer: Consumer) -> Response {
    match page(&consumer).await {
        Ok(page) => respond(StatusCode::OK, &page),
        Err(fault) => consumer.fault(&fault),
    }
}

async fn page(consumer: &Consumer) -> Result<SecurityPage, Fault> {
    let app = &consumer.visitor.app;
    let signed_in = &consumer.signed_in;
    let keyholders = accounts::keyholders(app, signed_in.account.id).await?;
    Ok(SecurityPage {
        shell: consumer.shell(Some(Section::Security)),
        contact_email: accounts::contact(app, signed_in.account.id).await?.email,
        created_at: signed_in.account.created_at,
        escrow: keyholders.contains(&KeyholderKind::Escrow),
        session_since: signed_in.authentication.at,
        session_until: signed_in.expires_at,
    })
}
