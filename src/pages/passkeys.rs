//! What pages and browsers say to each other about passkeys: a challenge is
//! fetched by the script, and the answer comes with an ordinary form.
//!
//! # The forms
//! Fields `ceremony` (which challenge), `credential` (the answer, as JSON) and
//! `secret` (what the passkey gave this site, in base64url, if it did).

use axum::Json;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::half::half_of;
use crate::crypto::passkey::PrfOutput;
use crate::domain::account::Freshness;
use crate::domain::attribute::Email;
use crate::service::passkeys::{self, Answer, Challenge, PasskeyError};
use crate::web::form::{ConsumerForm, VisitorForm};
use crate::web::fresh;
use crate::web::headers::UsesPasskeys;
use crate::web::params::Params;
use crate::web::visitor::log_fault;

/// The names of the fields.
pub(super) const FIELDS: [&str; 3] = ["ceremony", "credential", "secret"];

/// What a form says that an authenticator answered; `None` when it says nothing.
pub(super) fn answer_of(params: &Params) -> Option<Answer> {
    Some(Answer {
        ceremony: params.get("ceremony")?.parse().ok()?,
        credential: params.get("credential")?.to_owned(),
        secret: params.get("secret").and_then(PrfOutput::parse),
    })
}

/// Lets a page run the script for passkeys.
pub(super) fn let_ask(mut response: Response) -> Response {
    response.extensions_mut().insert(UsesPasskeys);
    response
}

/// `POST /sign-in/passkey/options`: with `of=mine`, for the passkeys of whoever is
/// signed in; with `of=half`, of whoever is halfway, who may be somebody else.
pub async fn options(headers: HeaderMap, form: VisitorForm) -> Response {
    let VisitorForm { visitor, params } = form;
    let of = match (params.get("of"), &visitor.signed_in) {
        (None, _) => None,
        (Some("mine"), Some(signed_in)) => Some(signed_in.account.id),
        // A page of a version before says `mine` of whoever is halfway as well.
        (Some(_), _) => match half_of(&visitor, &headers).await {
            Ok(Some(half)) => Some(half.account_id),
            Ok(None) => return tell(Err(PasskeyError::Refused)),
            Err(fault) => return tell(Err(fault.into())),
        },
    };
    tell(passkeys::ask(&visitor.app, &visitor.browser, of).await)
}

/// `POST /account/security/passkeys/options`
pub async fn new_options(form: ConsumerForm) -> Response {
    let consumer = form.consumer;
    match fresh::freshness(&consumer).await {
        Ok(Freshness::Fresh) => {}
        Ok(Freshness::Stale | Freshness::NotBefore(_)) => {
            return StatusCode::FORBIDDEN.into_response();
        }
        Err(fault) => return tell(Err(fault.into())),
    }
    let (app, browser) = (&consumer.visitor.app, &consumer.visitor.browser);
    tell(passkeys::ask_for_new(app, browser, &consumer.signed_in).await)
}

/// `POST /sign-up/passkey/options`: with the address, by which the authenticator
/// shows what it makes.
pub async fn sign_up_options(form: VisitorForm) -> Response {
    let VisitorForm { visitor, params } = form;
    let email = Email::parse(params.get("email").unwrap_or_default());
    let Ok(email) = email else {
        return tell(Err(PasskeyError::Refused));
    };
    tell(passkeys::ask_to_sign_up(&visitor.app, &visitor.browser, email.as_str()).await)
}

fn tell(challenge: Result<Challenge, PasskeyError>) -> Response {
    match challenge {
        Ok(challenge) => Json(json!({
            "ceremony": challenge.id.to_string(),
            "options": challenge.options,
        }))
        .into_response(),
        Err(PasskeyError::Fault(fault)) => {
            log_fault(&fault);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::UNPROCESSABLE_ENTITY.into_response(),
    }
}
