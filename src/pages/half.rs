//! `/sign-in/second`: the rest of a sign-in of which one half is done.
//!
//! # The forms
//! Posted to `/sign-in/second`; fields `csrf`, `next`, and `code`, or
//! `password`, or those of [`super::passkeys`].

use askama::Template;
use axum::extract::RawQuery;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::passkeys::{answer_of, let_ask};
use super::sign_in::{start, whole_seconds};
use super::way::{Way, WayForm, see_other, with_next};
use crate::crypto::password::Password;
use crate::crypto::secret::{HalfSignIn, Opaque, Session};
use crate::domain::account::Factors;
use crate::i18n::{Texts, t};
use crate::service::factors::FactorError;
use crate::service::second_step::{self, Entered, Half};
use crate::service::{Fault, browsers, passkeys};
use crate::web::cookies::Cookies;
use crate::web::error_page;
use crate::web::page::{Asker, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Visitor;

/// The page that asks for the rest.
#[derive(Clone, Template)]
#[template(path = "second_step.html")]
pub struct SecondStepPage {
    /// Around it.
    pub shell: Shell,
    /// The business that the consumer is about to log in at.
    pub asker: Option<Asker>,
    /// Path to go on to; comes back as `next`.
    pub next: String,
    /// Whether it is the password that lacks: a passkey was shown that does
    /// not open the vault.
    pub needs_password: bool,
    /// What else there is to show.
    pub factors: Factors,
    /// Why the page is shown again.
    pub failure: Option<FactorFailure>,
}

impl SecondStepPage {
    /// Whether there is no way on in this browser: the passkey does not open the
    /// vault here, and there is no password that would.
    const fn lacks_password(&self) -> bool {
        self.needs_password && !self.factors.password
    }
}

/// Why a second factor was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactorFailure {
    /// The code is wrong, or was used before.
    Code,
    /// The password is wrong.
    Password,
    /// The passkey is another's, or its challenge is over.
    Passkey,
    /// Too many attempts.
    TooMany {
        /// Seconds until the next one, rounded up.
        seconds: u64,
    },
}

impl FactorFailure {
    /// In words.
    #[must_use]
    pub fn text(self, texts: Texts) -> String {
        match self {
            Self::Code => t!(texts, "factor-wrong-code"),
            Self::Password => t!(texts, "factor-wrong-password"),
            Self::Passkey => t!(texts, "factor-wrong-passkey"),
            Self::TooMany { seconds } => t!(texts, "sign-in-too-many", seconds = seconds),
        }
    }

    /// Shows a page once more, and says when it makes sense to try again.
    pub(super) fn respond(self, page: &impl Template) -> Response {
        let status = match self {
            Self::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let mut response = let_ask(respond(status, page));
        if let Self::TooMany { seconds } = self {
            response.headers_mut().insert(RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Whoever is halfway in this browser.
pub(super) async fn half_of(visitor: &Visitor, headers: &HeaderMap) -> Result<Option<Half>, Fault> {
    match Cookies::of(visitor.app.config()).half(headers) {
        Some(cookie) => second_step::resume(&visitor.app, cookie, &visitor.browser).await,
        None => Ok(None),
    }
}

/// Goes on with somebody who showed something: into a session, or to the page
/// that asks for the rest.
pub(super) async fn enter(visitor: Visitor, entered: Entered, way: &Way) -> Response {
    match entered {
        Entered::Session(session) => start(visitor, &session, way).await,
        Entered::Half(half) => go_to_second(&visitor, &half, way),
    }
}

fn go_to_second(visitor: &Visitor, half: &Opaque<HalfSignIn>, way: &Way) -> Response {
    let mut response = see_other(&with_next("/sign-in/second", &way.next()));
    Cookies::of(visitor.app.config()).set_half(response.headers_mut(), half);
    response
}

/// `GET /sign-in/second`
pub async fn show(mut visitor: Visitor, headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let way = match Way::find(&mut visitor, &params).await {
        Ok(way) => way,
        Err(page) => return page,
    };
    match half_of(&visitor, &headers).await {
        Ok(Some(half)) => {
            let page = page(&visitor, &way, &half, None);
            way.let_lead(let_ask(respond(StatusCode::OK, &page)))
        }
        Ok(None) => see_other(&with_next("/sign-in", &way.next())),
        Err(fault) => visitor.fault(&fault),
    }
}

fn page(
    visitor: &Visitor,
    way: &Way,
    half: &Half,
    failure: Option<FactorFailure>,
) -> SecondStepPage {
    let next = way.next();
    SecondStepPage {
        shell: Shell {
            here: with_next("/sign-in/second", &next),
            ..visitor.shell()
        },
        asker: way.asker(visitor),
        next,
        needs_password: half.needs_password(),
        factors: half.factors,
        failure,
    }
}

/// `POST /sign-in/second`
pub async fn submit(headers: HeaderMap, form: WayForm) -> Response {
    let WayForm {
        visitor,
        params,
        way,
    } = form;
    let half = match half_of(&visitor, &headers).await {
        Ok(Some(half)) => half,
        Ok(None) => return see_other(&with_next("/sign-in", &way.next())),
        Err(fault) => return visitor.fault(&fault),
    };
    // Nobody guesses what a passkey answers.
    if let Some(guesses) = visitor.guesses.as_ref()
        && answer_of(&params).is_none()
    {
        let place = visitor.place();
        let is_known = browsers::is_known_to(&visitor.app, &place, half.account_id);
        match guesses.are_exceeded(is_known).await {
            Ok(false) => {}
            Ok(true) => return guesses.refuse(visitor.error(error_page::Fault::TooMany)),
            Err(fault) => return visitor.fault(&fault),
        }
    }
    let shown = page(&visitor, &way, &half, None);
    let (result, wrong) = finish(&visitor, half, &params).await;
    let failure = match result {
        Ok(session) => return enter(visitor, Entered::Session(session), &way).await,
        Err(FactorError::Wrong) => wrong,
        Err(FactorError::Wait(wait)) => FactorFailure::TooMany {
            seconds: whole_seconds(wait),
        },
        Err(FactorError::Over) => return see_other(&with_next("/sign-in", &way.next())),
        Err(FactorError::Fault(fault)) => return visitor.fault(&fault),
    };
    let page = SecondStepPage {
        failure: Some(failure),
        ..shown
    };
    way.let_lead(failure.respond(&page))
}

async fn finish(
    visitor: &Visitor,
    half: Half,
    params: &Params,
) -> (Result<Opaque<Session>, FactorError>, FactorFailure) {
    let (app, place) = (&visitor.app, visitor.place());
    if let Some(answer) = answer_of(params) {
        let result = match passkeys::prove(app, &visitor.browser, answer).await {
            Ok(proven) => half.finish_with_passkey(app, &place, &proven).await,
            Err(error) => Err(error.into()),
        };
        return (result, FactorFailure::Passkey);
    }
    if half.needs_password() {
        let typed = params.get("password").unwrap_or_default().to_owned();
        let result = match Password::parse(typed) {
            Ok(password) => half.finish_with_password(app, &place, password).await,
            Err(_) => Err(FactorError::Wrong),
        };
        return (result, FactorFailure::Password);
    }
    let typed = params.get("code").unwrap_or_default();
    let result = half.finish_with_code(app, &place, typed).await;
    (result, FactorFailure::Code)
}
