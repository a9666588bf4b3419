//! `/account/data/transfer`: fetch an account from another provider, without a
//! file.
//!
//! # The form
//! On `/account/data/import`; fields `csrf` and `provider`, the address of the
//! other provider.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::way::see_other;
use super::import::{refuse, refuse_for};
use crate::i18n::t;
use crate::service::arrivals::{ArrivalError, Back, begin, finish};
use crate::web::error_page::Fault;
use crate::web::fresh::FreshForm;
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// The page that leads to the other provider.
#[derive(Clone, Template)]
#[template(path = "transfer_onward.html")]
pub struct OnwardPage {
    /// Around it.
    pub shell: Shell,
    /// The other provider.
    pub provider: String,
    /// Its page.
    pub url: String,
}

/// `GET /account/data/transfer`: the form is elsewhere.
pub async fn to_form() -> Response {
    see_other("/account/data/import")
}

/// `POST /account/data/transfer`
///
/// A page with a link: browsers hold what a form leads to against the page that
/// the form is on, which cannot know where somebody comes from.
pub async fn start(form: FreshForm) -> Response {
    let FreshForm { consumer, params } = form;
    let app = &consumer.visitor.app;
    let from = (&consumer.visitor.browser, consumer.visitor.network);
    let address = params.get("provider").unwrap_or_default();
    match begin(app, &consumer.signed_in, from, address).await {
        Ok(onward) => {
            let page = OnwardPage {
                shell: consumer.shell(Some(Section::Profiles)),
                provider: onward.issuer.as_str().to_owned(),
                url: onward.url.into(),
            };
            respond(StatusCode::OK, &page)
        }
        Err(error) => tell(&consumer, error),
    }
}

/// `GET /account/data/transfer/back`: with the answer of the other provider.
pub async fn back(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    let Some(params) = Params::parse(&query.unwrap_or_default()) else {
        return consumer.error(Fault::Malformed);
    };
    let once = ["state", "iss", "code", "error"];
    let (None, Some(state)) = (params.duplicate(once), params.get("state")) else {
        return consumer.error(Fault::Malformed);
    };
    let (app, browser) = (&consumer.visitor.app, &consumer.visitor.browser);
    let answer = Back {
        state,
        iss: params.get("iss"),
        code: params.get("code"),
        error: params.get("error"),
    };
    let from = (browser, consumer.visitor.network);
    match finish(app, &consumer.signed_in, from, answer).await {
        Ok(id) => see_other(&format!("/account/data/import/{id}")),
        Err(error) => tell(&consumer, error),
    }
}

/// Says why nothing comes along, and what to do about it: there is always the
/// file.
fn tell(consumer: &Consumer, error: ArrivalError) -> Response {
    let texts = consumer.visitor.texts();
    if error.is_busy() {
        let what = t!(texts, "arrival-busy");
        let mut response = refuse_for(consumer, what, t!(texts, "arrival-file"));
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        return response;
    }
    let what = match error {
        ArrivalError::Import(error) => return refuse(consumer, error),
        ArrivalError::Fault(fault) => return consumer.fault(&fault),
        ArrivalError::NotAProvider => t!(texts, "arrival-address"),
        ArrivalError::Unreachable(_) => t!(texts, "arrival-unreachable"),
        ArrivalError::Closed => t!(texts, "arrival-closed"),
        ArrivalError::Refused => t!(texts, "arrival-refused"),
        ArrivalError::Stray => t!(texts, "arrival-stray"),
        ArrivalError::Denied => t!(texts, "arrival-denied"),
    };
    refuse_for(consumer, what, t!(texts, "arrival-file"))
}
