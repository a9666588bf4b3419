//! `/sign-out`.
//!
//! # The form
//! Posted to `/sign-out`; fields `csrf`, `request` (when a business asked, by
//! `/logout`), and `answer`: `sign-out` or `cancel`, by the button pressed.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::asker;
use super::way::see_other;
use crate::i18n::t;
use crate::service::sessions;
use crate::web::cookies::Cookies;
use crate::web::form::VisitorForm;
use crate::web::headers::leads_to;
use crate::web::logout_request::LogoutRequest;
use crate::web::page::{Asker, Shell, respond};
use crate::web::params::Params;
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
pub async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let shell = visitor.shell();
    if visitor.signed_in.is_none() {
        return respond(StatusCode::OK, &SignedOutPage { shell });
    }
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let request = asked(&visitor, &params);
    let asker = match &request {
        Some(request) => match visitor.app.client(&request.client_id).await {
            Ok(client) => client.map(|client| {
                let leads_to = request.leads_to.as_deref();
                asker(&client, leads_to, visitor.language)
            }),
            Err(error) => return visitor.fault(&error.into()),
        },
        None => None,
    };
    let text = request
        .as_ref()
        .map(|request| request.to_text(&visitor.app));
    let page = SignOutPage {
        shell,
        asker,
        request: text.unwrap_or_default(),
    };
    let mut response = respond(StatusCode::OK, &page);
    // The form of this page ends in a redirect to the client.
    let leads_to = request.and_then(|request| leads_to(&request.leads_to?));
    if let Some(leads_to) = leads_to {
        response.extensions_mut().insert(leads_to);
    }
    response
}

/// What a business asked for, if one did and it is not too late.
fn asked(visitor: &Visitor, params: &Params) -> Option<LogoutRequest> {
    LogoutRequest::from_text(&visitor.app, params.get("request")?)
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
    let leads_to = asked(&visitor, &params).and_then(|request| request.leads_to);
    let mut response = see_other(leads_to.as_deref().unwrap_or("/sign-out"));
    Cookies::of(visitor.app.config()).clear_session(response.headers_mut());
    response
}
