//! `/sign-in/confirm`: somebody who is signed in shows again who they are,
//! before something that whoever finds an open browser should not do.
//!
//! # The form
//! Fields `csrf`, `after`, and `confirm-password` (with `confirm-code` where a
//! second factor is set up), or those of [`super::passkeys`]. A page that
//! would lose what was filled in has its own form confirmed instead
//! (`in_form`): the same fields come with it, beside its own.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::half::FactorFailure;
use super::passkeys::{FIELDS, answer_of, let_ask};
use super::sign_in::{start, whole_seconds};
use super::way::{LocalPath, Way, see_other, with_next};
use crate::crypto::password::Password;
use crate::crypto::secret::{Opaque, Session};
use crate::domain::account::Factors;
use crate::i18n::t;
use crate::service::factors::{self, FactorError};
use crate::service::second_step::{self, Again};
use crate::service::{Fault, passkeys, sessions};
use crate::web::cookies::Cookies;
use crate::web::error_page;
use crate::web::form::ConsumerForm;
use crate::web::fresh::is_fresh;
use crate::web::limits::is_known;
use crate::web::page::{Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// The page that asks.
#[derive(Clone, Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage {
    /// Around it.
    pub shell: Shell,
    /// Where the form goes.
    pub action: String,
    /// What the form carries along.
    pub carried: Vec<(String, String)>,
    /// What there is to show.
    pub factors: Factors,
    /// Why the page is shown again.
    pub failure: Option<FactorFailure>,
}

/// `GET /sign-in/confirm?after=…`
pub async fn show(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let after = LocalPath::of_param(&params, "after", "/account/security");
    match is_fresh(&consumer).await {
        Ok(true) => return see_other(after.as_str()),
        Ok(false) => {}
        Err(page) => return page,
    }
    let carried = vec![("after".to_owned(), after.as_str().to_owned())];
    match page(&consumer, "/sign-in/confirm", carried).await {
        Ok(page) => let_ask(respond(StatusCode::OK, &page)),
        Err(fault) => consumer.fault(&fault),
    }
}

async fn page(
    consumer: &Consumer,
    action: &str,
    carried: Vec<(String, String)>,
) -> Result<ConfirmPage, Fault> {
    let app = &consumer.visitor.app;
    Ok(ConfirmPage {
        shell: consumer.shell(None),
        action: action.to_owned(),
        carried,
        factors: factors::set_up(app, consumer.signed_in.account.id).await?,
        failure: None,
    })
}

/// `POST /sign-in/confirm`
pub async fn submit(form: ConsumerForm) -> Response {
    let ConsumerForm { consumer, params } = form;
    let after = LocalPath::of_param(&params, "after", "/account/security");
    let carried = vec![("after".to_owned(), after.as_str().to_owned())];
    match confirm(&consumer, &params, carried).await {
        Ok(session) => {
            let mut visitor = consumer.visitor;
            visitor.signed_in = Some(consumer.signed_in);
            start(visitor, &session, &Way::Page(after)).await
        }
        Err(page) => page,
    }
}

/// That a form may go on, and the session in which it does if that is another now.
#[must_use]
#[derive(Default)]
pub(super) struct Confirmed(Option<(Cookies, Opaque<Session>)>);

impl Confirmed {
    /// Its answer, in the session that there is now.
    pub(super) fn answer(self, mut response: Response) -> Response {
        if let Some((cookies, session)) = self.0 {
            cookies.set_session(response.headers_mut(), &session);
        }
        response
    }
}

/// Lets a form go on that does nothing guarded, or else [`in_form`].
pub(super) async fn in_form_if(
    guarded: bool,
    consumer: &mut Consumer,
    params: &Params,
) -> Result<Confirmed, Response> {
    if guarded {
        in_form(consumer, params).await
    } else {
        Ok(Confirmed::default())
    }
}

/// Lets a form go on whose sender showed a moment ago who they are, or shows it
/// with the form: then there is a new session, which the answer has to set. Or
/// else the page that asks, which carries the form.
pub(super) async fn in_form(
    consumer: &mut Consumer,
    params: &Params,
) -> Result<Confirmed, Response> {
    if is_fresh(consumer).await? {
        return Ok(Confirmed::default());
    }
    let own = |name: &str| !name.starts_with("confirm-") && !FIELDS.contains(&name);
    let carried: Vec<(String, String)> = params
        .iter()
        .filter(|(name, _)| *name != "csrf" && own(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if params.get("confirm-password").is_none() && params.get("credential").is_none() {
        let page = page(consumer, &consumer.visitor.here, carried).await;
        return Err(match page {
            Ok(page) => let_ask(respond(StatusCode::OK, &page)),
            Err(fault) => consumer.fault(&fault),
        });
    }
    let session = confirm(consumer, params, carried).await?;
    match take_over(consumer, &session).await {
        Ok(()) => {
            let cookies = Cookies::of(consumer.visitor.app.config());
            Ok(Confirmed(Some((cookies, session))))
        }
        Err(fault) => Err(consumer.fault(&fault)),
    }
}

/// Goes on in the new session.
async fn take_over(consumer: &mut Consumer, session: &Opaque<Session>) -> Result<(), Fault> {
    let app = &consumer.visitor.app;
    let fresh = sessions::resume(app, &session.reveal()).await?;
    let mut fresh = fresh.ok_or(Fault::Inconsistent(
        "a session that has just begun is not there",
    ))?;
    fresh.account.language = consumer.signed_in.account.language;
    consumer.signed_in = fresh;
    Ok(())
}

async fn confirm(
    consumer: &Consumer,
    params: &Params,
    carried: Vec<(String, String)>,
) -> Result<Opaque<Session>, Response> {
    let (app, signed_in) = (&consumer.visitor.app, &consumer.signed_in);
    // Nobody guesses what a passkey answers.
    if let Some(guesses) = &consumer.visitor.guesses
        && answer_of(params).is_none()
    {
        match guesses.are_exceeded(is_known(consumer)).await {
            Ok(false) => {}
            Ok(true) => {
                return Err(guesses.refuse(consumer.error(error_page::Fault::TooMany)));
            }
            Err(fault) => return Err(consumer.fault(&fault)),
        }
    }
    let again = match again(consumer, params).await {
        Ok(again) => again,
        Err(failure) => return Err(failed(consumer, carried, failure).await),
    };
    let wrong = match &again {
        Again::Passkey(_) => FactorFailure::Passkey,
        Again::Password(_, None) => FactorFailure::Password,
        Again::Password(_, Some(_)) => FactorFailure::Code,
    };
    match second_step::confirm(app, &consumer.visitor.place(), signed_in, again).await {
        Ok(session) => Ok(session),
        Err(FactorError::Wrong) => Err(failed(consumer, carried, Ok(wrong)).await),
        // The session was ended meanwhile.
        Err(FactorError::Over) => Err(see_other(&with_next("/sign-in", &consumer.visitor.here))),
        Err(FactorError::Wait(wait)) => {
            let seconds = whole_seconds(wait);
            Err(failed(consumer, carried, Ok(FactorFailure::TooMany { seconds })).await)
        }
        Err(FactorError::Fault(fault)) => Err(consumer.fault(&fault)),
    }
}

async fn again(
    consumer: &Consumer,
    params: &Params,
) -> Result<Again, Result<FactorFailure, Fault>> {
    let (app, browser) = (&consumer.visitor.app, &consumer.visitor.browser);
    if let Some(answer) = answer_of(params) {
        return match passkeys::prove(app, browser, answer).await {
            Ok(proven) => Ok(Again::Passkey(proven)),
            Err(passkeys::PasskeyError::Fault(fault)) => Err(Err(fault)),
            Err(_) => Err(Ok(FactorFailure::Passkey)),
        };
    }
    let typed = params
        .get("confirm-password")
        .unwrap_or_default()
        .to_owned();
    let code = params.get("confirm-code").map(str::to_owned);
    match Password::parse(typed) {
        Ok(password) => Ok(Again::Password(password, code)),
        Err(_) => Err(Ok(FactorFailure::Password)),
    }
}

async fn failed(
    consumer: &Consumer,
    carried: Vec<(String, String)>,
    failure: Result<FactorFailure, Fault>,
) -> Response {
    let failure = match failure {
        Ok(failure) => failure,
        Err(fault) => return consumer.fault(&fault),
    };
    // The form goes where it went.
    let action = consumer.visitor.here.clone();
    match page(consumer, &action, carried).await {
        Ok(page) => failure.respond(&ConfirmPage {
            failure: Some(failure),
            ..page
        }),
        Err(fault) => consumer.fault(&fault),
    }
}
