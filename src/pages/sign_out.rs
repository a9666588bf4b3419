//! `/sign-out`.
//!
//! # The form
//! Posted to `/sign-out`; fields `csrf`, `request` (when a business asked, by
//! `/logout`), and `answer`: `sign-out` or `cancel`, by the button pressed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::way::see_other;
use crate::i18n::t;
use crate::service::sessions;
use crate::web::cookies::Cookies;
use crate::web::form::VisitorForm;
use crate::web::page::{Asker, Shell, respond};
use crate::web::visitor::Visitor;

/// The page that asks whether to sign out.
#[derive(Clone, Template)]
#[template(path = "sign_out.html")]
pub struct SignOutPage {
    /// Around it.
    pub shell: Shell,
    /// The business that asked, if one did.
    pub asker: Option<Asker>,
    /// What the business's request is known by; comes back as `request`.
    pub request: String,
}

/// The page after signing out.
#[derive(Clone, Template)]
#[template(path = "signed_out.html")]
pub struct SignedOutPage {
    /// Around it.
    pub shell: Shell,
}

/// `GET /sign-out`: asks, or says that it is done.
pub async fn show(visitor: Visitor) -> Response {
    let shell = visitor.shell();
    if visitor.signed_in.is_none() {
        return respond(StatusCode::OK, &SignedOutPage { shell });
    }
    let page = SignOutPage {
        shell,
        asker: None,
        request: String::new(),
    };
    respond(StatusCode::OK, &page)
}

/// `POST /sign-out`. Only the one button signs out.
pub async fn submit(form: VisitorForm) -> Response {
    let VisitorForm { visitor, params } = form;
    if params.get("answer") != Some("sign-out") {
        return see_other("/account");
    }
    if let Some(signed_in) = &visitor.signed_in
        && let Err(fault) = sessions::sign_out(&visitor.app, signed_in).await
    {
        return visitor.fault(&fault);
    }
    let mut response = see_other("/sign-out");
    Cookies::of(visitor.app.config()).clear_session(response.headers_mut());
    response
}
