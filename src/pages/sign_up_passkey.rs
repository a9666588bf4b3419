//! `/sign-up/passkey`.
//!
//! # The forms
//! Posted to `/sign-up/passkey`; fields `csrf`, `next`, `name`, `email` and those
//! of [`super::passkeys`]. A passkey that does not open a vault comes back in a
//! form that asks for a `password` besides.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use axum::response::Response;

use super::passkeys::{answer_of, let_ask};
use super::security::totp::RecoveryCodesPage;
use super::sign_in::start;
use super::sign_up::{read_password, read_person, wants_new_account, welcome};
use super::way::{Way, WayForm, see_other, with_next};
use crate::crypto::recovery_code::RecoveryCode;
use crate::crypto::secret::{Opaque, Session};
use crate::i18n::t;
use crate::service::passkeys::{self, PasskeyError, SignedUp};
use crate::service::{Fault, sessions};
use crate::web::error_page;
use crate::web::page::{Asker, FieldError, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Visitor;

/// The page.
#[derive(Clone, Template)]
#[template(path = "sign_up_passkey.html")]
pub struct SignUpPasskeyPage {
    /// Around it.
    pub shell: Shell,
    /// The business that the consumer is about to log in at.
    pub asker: Option<Asker>,
    /// Path to go on to; comes back as `next`.
    pub next: String,
    /// The name as it was typed.
    pub name: String,
    /// The e-mail address as it was typed.
    pub email: String,
    /// What is wrong, at `name`, `email` or `password`.
    pub errors: Vec<FieldError>,
    /// Whether the passkey was not taken.
    pub failed: bool,
    /// A passkey that waits for a password.
    pub made: Option<MadePasskey>,
}

/// A passkey that was made and does not open a vault, as the form carries it.
#[derive(Clone)]
pub struct MadePasskey {
    /// Which challenge it answers.
    pub ceremony: String,
    /// The answer.
    pub credential: String,
}

impl SignUpPasskeyPage {
    /// Where to sign up with a password, on the same way.
    #[must_use]
    pub fn with_password(&self) -> String {
        with_next("/sign-up", &self.next)
    }
}

/// `GET /sign-up/passkey`
pub async fn show(mut visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    if !passkeys::are_possible(&visitor.app) {
        return visitor.error(error_page::Fault::NotFound);
    }
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let way = match Way::find(&mut visitor, &params).await {
        Ok(way) => way,
        Err(page) => return page,
    };
    if visitor.signed_in.is_some() && !wants_new_account(&way) {
        return see_other(&with_next("/sign-in", &way.next()));
    }
    let page = page(&visitor, &way);
    way.let_lead(let_ask(respond(StatusCode::OK, &page)))
}

fn page(visitor: &Visitor, way: &Way) -> SignUpPasskeyPage {
    let next = way.next();
    SignUpPasskeyPage {
        shell: Shell {
            here: with_next("/sign-up/passkey", &next),
            ..visitor.shell()
        },
        asker: way.asker(visitor),
        next,
        name: String::new(),
        email: String::new(),
        errors: Vec::new(),
        failed: false,
        made: None,
    }
}

/// `POST /sign-up/passkey`
pub async fn submit(form: WayForm) -> Response {
    let WayForm {
        visitor,
        params,
        way,
    } = form;
    let typed = |name| params.get(name).unwrap_or_default().to_owned();
    let again = SignUpPasskeyPage {
        name: typed("name"),
        email: typed("email"),
        ..page(&visitor, &way)
    };
    let made = || MadePasskey {
        ceremony: typed("ceremony"),
        credential: typed("credential"),
    };
    let page = match attempt(&visitor, &params).await {
        Ok(SignedUp::Done { session, codes }) => {
            return go_on(visitor, &session, &codes, way).await;
        }
        Ok(SignedUp::NeedsPassword) => SignUpPasskeyPage {
            made: Some(made()),
            ..again
        },
        Err(Unfit::Typed(errors)) => SignUpPasskeyPage {
            // Of what is wrong with the password alone, the passkey goes along.
            made: (errors.iter().all(|error| error.field == "password")).then(made),
            errors,
            ..again
        },
        Err(Unfit::Passkey) => SignUpPasskeyPage {
            failed: true,
            ..again
        },
        Err(Unfit::Fault(fault)) => return visitor.fault(&fault),
    };
    way.let_lead(let_ask(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)))
}

/// Why there is no account.
enum Unfit {
    Typed(Vec<FieldError>),
    Passkey,
    Fault(Fault),
}

async fn attempt(visitor: &Visitor, params: &Params) -> Result<SignedUp, Unfit> {
    let new = read_person(visitor, params).map_err(Unfit::Typed)?;
    let password = match params.get("password") {
        None => None,
        Some(_) => {
            let password = read_password(visitor, params);
            Some(password.map_err(|error| Unfit::Typed(vec![error]))?)
        }
    };
    let answer = answer_of(params).ok_or(Unfit::Passkey)?;
    let name = t!(visitor.texts(), "passkey-name-default");
    let answer = (answer, name.as_str());
    let place = visitor.place();
    match passkeys::sign_up(&visitor.app, &place, new, answer, password).await {
        Ok(signed_up) => Ok(signed_up),
        Err(PasskeyError::Fault(fault)) => Err(Unfit::Fault(fault)),
        Err(_) => Err(Unfit::Passkey),
    }
}

/// Shows the recovery codes, in the session that has just begun; from there it
/// goes on to where somebody was on their way to.
async fn go_on(
    mut visitor: Visitor,
    session: &Opaque<Session>,
    codes: &[RecoveryCode],
    way: Way,
) -> Response {
    let on = match welcome(way).next() {
        next if next.starts_with("/consent/") => with_next("/sign-in", &next),
        next => next,
    };
    let signed_in = match sessions::resume(&visitor.app, &session.reveal()).await {
        Ok(signed_in) => signed_in,
        Err(fault) => return visitor.fault(&fault),
    };
    let before = std::mem::replace(&mut visitor.signed_in, signed_in);
    let page = RecoveryCodesPage::new(visitor.shell(), None, codes, on);
    visitor.signed_in = before;
    let started = start(visitor, session, &Way::to("/account")).await;
    // Anything else says what went wrong.
    if !started.status().is_redirection() {
        return started;
    }
    let mut response = respond(StatusCode::OK, &page);
    for cookie in started.headers().get_all(SET_COOKIE) {
        response.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    response
}
