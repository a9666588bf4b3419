//! `/sign-in`.
//!
//! # The form
//! Posted to `/sign-in`; fields `csrf`, `next`, `email`, `password`. A passkey
//! is posted to `/sign-in/passkey`, with the fields of [`super::passkeys`].

use std::time::Duration;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::half::enter;
use super::passkeys::{answer_of, let_ask};
use super::way::{Way, WayForm, with_next};
use crate::crypto::password::Password;
use crate::crypto::secret::{Opaque, Session};
use crate::domain::attribute::Email;
use crate::i18n::t;
use crate::service::passkeys::{self, PasskeyError};
use crate::service::sessions::{self, SignedIn};
use crate::service::sign_in::{SignInError, sign_in};
use crate::service::{Fault, addresses, browsers};
use crate::web::cookies::Cookies;
use crate::web::error_page;
use crate::web::page::{Asker, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Visitor;

/// The page that asks who someone is.
#[derive(Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// Around it.
    pub shell: Shell,
    /// The business that the consumer is about to log in at, if that is why
    /// they are here.
    pub asker: Option<Asker>,
    /// Path to go on to (`/consent/{id}` or `/account…`); comes back as `next`.
    pub next: String,
    /// The e-mail address as it was typed, or as the request hinted it.
    pub email: String,
    /// Why the page is shown again.
    pub failure: Option<SignInFailure>,
    /// Something worth saying that went before.
    pub notice: Option<SignInNotice>,
    /// Whether browsers know passkeys at this address.
    pub passkeys: bool,
}

impl SignInPage {
    /// Whether the browser may forget the passkey that was shown.
    #[must_use]
    pub fn is_unknown_passkey(&self) -> bool {
        self.failure == Some(SignInFailure::Passkey { unknown: true })
    }

    /// Where to sign up, on the same way.
    #[must_use]
    pub fn sign_up(&self) -> String {
        with_next("/sign-up", &self.next)
    }
}

/// Why signing in failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInFailure {
    /// The address or the password is wrong; which of them is not told.
    Wrong,
    /// The passkey was not taken.
    Passkey {
        /// Whether nobody has it here: the browser may forget it.
        unknown: bool,
    },
    /// Too many attempts.
    TooMany {
        /// Seconds until the next one, rounded up.
        seconds: u64,
    },
}

/// What went before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInNotice {
    /// The session ended; nothing is lost.
    SessionEnded,
    /// The business wants to be sure that it is still the same person.
    Again,
}

/// `GET /sign-in`: asks who someone is, unless that is known.
///
/// `request` names the authorization request that one is on the way to, `next`
/// a page; without either it is the overview.
pub async fn show(mut visitor: Visitor, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let way = match Way::find(&mut visitor, &params).await {
        Ok(way) => way,
        Err(page) => return page,
    };
    if let Some(signed_in) = &visitor.signed_in {
        match way.go(&visitor, signed_in).await {
            Ok(onward) if !leads_here(&onward) => return onward,
            Ok(_) => {}
            Err(fault) => return visitor.fault(&fault),
        }
    }
    let cookies = Cookies::of(visitor.app.config());
    let notice = if visitor.signed_in.is_some() {
        Some(SignInNotice::Again)
    } else {
        cookies
            .session(&headers)
            .map(|_| SignInNotice::SessionEnded)
    };
    let page = SignInPage {
        notice,
        email: hint(&way),
        ..page(&visitor, &way)
    };
    way.let_lead(let_ask(respond(StatusCode::OK, &page)))
}

/// Whether going on means signing in again.
fn leads_here(onward: &Response) -> bool {
    onward
        .headers()
        .get(axum::http::header::LOCATION)
        .is_some_and(|location| location.as_bytes().starts_with(b"/sign-in?request="))
}

/// The address that the business thinks it is.
fn hint(way: &Way) -> String {
    match way {
        Way::Request(waiting) => waiting
            .pending
            .request
            .login_hint
            .as_deref()
            .and_then(|hint| Email::parse(hint).ok())
            .map_or_else(String::new, |email| email.as_str().to_owned()),
        Way::Page(_) => String::new(),
    }
}

fn page(visitor: &Visitor, way: &Way) -> SignInPage {
    let next = way.next();
    SignInPage {
        shell: Shell {
            here: with_next("/sign-in", &next),
            ..visitor.shell()
        },
        asker: way.asker(visitor),
        next,
        email: String::new(),
        failure: None,
        notice: None,
        passkeys: passkeys::are_possible(&visitor.app),
    }
}

/// `POST /sign-in`.
pub async fn submit(form: WayForm) -> Response {
    let WayForm {
        visitor,
        params,
        way,
    } = form;
    let typed = params.get("email").unwrap_or_default();
    let password = params.get("password").unwrap_or_default();
    if let Some(guesses) = &visitor.guesses {
        let (place, email) = (visitor.place(), Email::parse(typed).ok());
        let is_known = browsers::is_known_at(&visitor.app, &place, email.as_ref());
        match guesses.are_exceeded(is_known).await {
            Ok(false) => {}
            Ok(true) => return guesses.refuse(visitor.error(error_page::Fault::TooMany)),
            Err(fault) => return visitor.fault(&fault),
        }
    }
    let result = match (Email::parse(typed), Password::parse(password.to_owned())) {
        (Ok(email), Ok(password)) => {
            sign_in(&visitor.app, &visitor.place(), &email, password).await
        }
        // No account can have these: there is nothing to look up.
        _ => Err(SignInError::Wrong),
    };
    let (status, failure) = match result {
        Ok(entered) => return enter(visitor, entered, &way).await,
        Err(SignInError::Wrong) => (StatusCode::UNPROCESSABLE_ENTITY, SignInFailure::Wrong),
        Err(SignInError::Wait(wait)) => (
            StatusCode::TOO_MANY_REQUESTS,
            SignInFailure::TooMany {
                seconds: whole_seconds(wait),
            },
        ),
        Err(SignInError::Fault(fault)) => return visitor.fault(&fault),
    };
    let page = SignInPage {
        email: typed.to_owned(),
        failure: Some(failure),
        ..page(&visitor, &way)
    };
    let mut response = way.let_lead(let_ask(respond(status, &page)));
    if let SignInFailure::TooMany { seconds } = failure {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response
}

/// `POST /sign-in/passkey`.
pub async fn submit_passkey(form: WayForm) -> Response {
    let WayForm {
        visitor,
        params,
        way,
    } = form;
    let result = match answer_of(&params) {
        Some(answer) => passkeys::sign_in(&visitor.app, &visitor.place(), answer).await,
        None => Err(PasskeyError::Refused),
    };
    match result {
        Ok(entered) => enter(visitor, entered, &way).await,
        Err(PasskeyError::Fault(fault)) => visitor.fault(&fault),
        Err(error) => {
            let unknown = matches!(error, PasskeyError::Unknown);
            let page = SignInPage {
                failure: Some(SignInFailure::Passkey { unknown }),
                ..page(&visitor, &way)
            };
            way.let_lead(let_ask(respond(StatusCode::UNPROCESSABLE_ENTITY, &page)))
        }
    }
}

pub(super) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// Goes on with a session that has just begun. The one that the browser had
/// before it, if any, ends. Whatever goes wrong after that, the browser gets
/// the new one.
pub(super) async fn start(mut visitor: Visitor, session: &Opaque<Session>, way: &Way) -> Response {
    let gone = go(&mut visitor, session, way).await;
    let mut response = gone.unwrap_or_else(|fault| visitor.fault(&fault));
    let cookies = Cookies::of(visitor.app.config());
    cookies.set_session(response.headers_mut(), session);
    cookies.clear_half(response.headers_mut());
    cookies.set_known_browser(response.headers_mut(), &visitor.known_browser);
    response
}

async fn go(
    visitor: &mut Visitor,
    session: &Opaque<Session>,
    way: &Way,
) -> Result<Response, Fault> {
    let signed_in = take_up(visitor, session).await?;
    // The vault says what became known of the address while it was closed.
    addresses::settle(&visitor.app, &signed_in).await?;
    way.go(visitor, &signed_in).await
}

/// Who is signed in by a session that takes the place of the browser's own.
async fn take_up(visitor: &mut Visitor, session: &Opaque<Session>) -> Result<SignedIn, Fault> {
    let signed_in = sessions::resume(&visitor.app, &session.reveal()).await?;
    let signed_in = signed_in.ok_or(Fault::Inconsistent(
        "a session that has just begun is not there",
    ))?;
    if let Some(before) = visitor.signed_in.take() {
        sessions::replace(&visitor.app, &before, &signed_in).await?;
    }
    Ok(signed_in)
}
