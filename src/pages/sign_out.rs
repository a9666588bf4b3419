//! `/sign-out`.
//!
//! # The form
//! Posted to `/sign-out`; fields `csrf`, `request` (when a business asked, by
//! `/logout`), and `answer`: `sign-out` or `cancel`, by the button pressed.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::{asker, domain};
use super::way::see_other;
use crate::i18n::t;
use crate::service::sessions;
use crate::store::StoreError;
use crate::web::cookies::Cookies;
use crate::web::form::VisitorForm;
use crate::web::headers::{Visits, leads_to};
use crate::web::logout_request::{LogoutRequest, SignedOut, after_sign_out};
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
    /// Addresses of sites that the browser tells, without showing them.
    pub visits: Vec<String>,
    /// Where it goes afterwards, if a business asked.
    pub onward: Option<Onward>,
}

/// The way back to a business.
#[derive(Clone)]
pub struct Onward {
    /// Where to.
    pub url: String,
    /// Where that is, in words.
    pub name: String,
}

/// `GET /sign-out`: asks, or says that it is done.
pub async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let shell = visitor.shell();
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    if visitor.signed_in.is_none() {
        return match signed_out(&visitor, &params).await {
            Ok(response) => response,
            Err(error) => visitor.fault(&error.into()),
        };
    }
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

/// Says that it is done, and lets the browser tell the sites that want to be
/// told in that way. Neither the page nor going on waits for any of them.
async fn signed_out(visitor: &Visitor, params: &Params) -> Result<Response, StoreError> {
    let app = &visitor.app;
    let done = params
        .get("after")
        .and_then(|text| SignedOut::from_text(app, text));
    let (sites, leads_to) = match done {
        Some(done) => (done.visits, done.leads_to),
        None => (Vec::new(), None),
    };
    let mut policy = Visits {
        goes_on: leads_to.is_some(),
        ..Visits::default()
    };
    let mut visits = Vec::new();
    for (client_id, sid) in sites {
        let client = app.client(&client_id).await?;
        let visit = client.and_then(|one| {
            let metadata = &one.client.metadata;
            metadata.frontchannel_logout(app.issuer(), &sid)
        });
        if let Some((url, origin)) = visit {
            visits.push(url.into());
            policy.origins.insert(origin);
        }
    }
    let page = SignedOutPage {
        shell: Shell {
            // Another language is no reason to visit them all again.
            here: "/sign-out".to_owned(),
            ..visitor.shell()
        },
        visits,
        onward: leads_to.map(|url| Onward {
            name: domain(&url),
            url,
        }),
    };
    let mut response = respond(StatusCode::OK, &page);
    response.extensions_mut().insert(policy);
    Ok(response)
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
    let app = &visitor.app;
    let ended = match &visitor.signed_in {
        Some(signed_in) => match sessions::sign_out(app, signed_in).await {
            Ok(ended) => ended,
            Err(fault) => return visitor.fault(&fault),
        },
        None => Vec::new(),
    };
    let leads_to = asked(&visitor, &params).and_then(|request| request.leads_to);
    let onward = match after_sign_out(app, ended, leads_to).await {
        Ok(onward) => onward,
        Err(error) => return visitor.fault(&error.into()),
    };
    let mut response = see_other(&onward);
    Cookies::of(visitor.app.config()).clear_session(response.headers_mut());
    response
}
