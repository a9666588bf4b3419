//! `/recover`: the way back in after a forgotten password.
//!
//! # The forms
//! `/recover` takes `email`. What a mailed link leads to takes the link as
//! `token`: `/recover/kit` with `code` and `password`, `/recover/wait`,
//! `/recover/empty` with `word`, `/recover/finish` with `password` (and `code`, or the
//! fields of [`super::passkeys`], where there is a second factor and a vault is emptied
//! or nobody has confirmed the address), `/recover/stop`. Each leads to the page of its link, `/recover/continue`, which
//! says what came of it.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::passkeys::{answer_of, let_ask};
use super::sign_in::whole_seconds;
use super::sign_up::password_problem;
use super::way::{see_other, with_token};
use crate::crypto::password::Password;
use crate::domain::account::{Factors, RecoveryWay};
use crate::domain::attribute::Email;
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::service::factors::FactorError;
use crate::service::passkeys;
use crate::service::recovery::{self, Outcome, RecoverError, Second, WayBack};
use crate::web::cookies::Cookies;
use crate::web::form::VisitorForm;
use crate::web::page::{Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Visitor;

/// The page, in any of its states.
#[derive(Clone, Template)]
#[template(path = "recover.html")]
pub struct RecoverPage {
    /// Around it.
    pub shell: Shell,
    /// How far somebody is.
    pub state: RecoverState,
    /// What is wrong with what was typed.
    pub problem: Option<String>,
}

/// How far somebody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecoverState {
    /// Which account it is, is asked.
    Ask,
    /// If there is one, there is mail.
    Sent,
    /// A link was followed: how to go on is asked.
    Choose {
        /// The link, in the forms.
        token: String,
        /// There is a recovery kit.
        kit: bool,
        /// The operator holds a key.
        escrow: bool,
        /// A passkey opens the vault.
        passkey: bool,
        /// It was asked for already.
        waits_until: Option<Timestamp>,
        /// When the account was made, if nobody ever confirmed its address.
        claimed_at: Option<Timestamp>,
        /// There is a second factor.
        second: bool,
    },
    /// The operator's key can be used, or the vault emptied, from then on.
    Waits {
        /// When.
        ready_at: Timestamp,
    },
    /// A new password is asked.
    Ready {
        /// The link, in the form.
        token: String,
        /// Whether the vault will be empty.
        empty: bool,
        /// When the account was made, if nobody ever confirmed its address.
        claimed_at: Option<Timestamp>,
        /// One of these is asked besides.
        second: Option<Factors>,
    },
    /// Whether to stop it is asked.
    Stop {
        /// The link, in the form.
        token: String,
    },
    /// It was stopped.
    Stopped,
    /// There is a new password.
    Done,
    /// The link does not hold.
    Void,
}

impl RecoverState {
    /// Whether a passkey may be shown.
    fn asks_passkey(&self) -> bool {
        matches!(self, Self::Ready { second: Some(factors), .. } if factors.has_passkey())
    }
}

fn tell(visitor: &Visitor, state: RecoverState, problem: Option<String>) -> Response {
    let status = match (&state, &problem) {
        (RecoverState::Void, _) => StatusCode::NOT_FOUND,
        (_, Some(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        (_, None) => StatusCode::OK,
    };
    // The link goes nowhere but into the forms that need it.
    let shell = Shell {
        here: "/recover".to_owned(),
        ..visitor.shell()
    };
    let page = RecoverPage {
        shell,
        state,
        problem,
    };
    let response = respond(status, &page);
    if page.state.asks_passkey() {
        let_ask(response)
    } else {
        response
    }
}

/// `GET /recover`
pub async fn show(visitor: Visitor) -> Response {
    tell(&visitor, RecoverState::Ask, None)
}

/// `POST /recover`: answers the same, whatever was typed.
pub async fn ask(VisitorForm { visitor, params }: VisitorForm) -> Response {
    if let Ok(email) = Email::parse(params.get("email").unwrap_or_default())
        && let Err(fault) = recovery::ask(&visitor.app, &email).await
    {
        return visitor.fault(&fault);
    }
    see_other("/recover/sent")
}

/// `GET /recover/sent`
pub async fn sent(visitor: Visitor) -> Response {
    tell(&visitor, RecoverState::Sent, None)
}

/// `GET /recover/continue` and `/recover/stop`: where mailed links lead.
pub async fn follow(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let token = params.get("token").unwrap_or_default();
    resume(&visitor, token, None).await
}

/// Shows what a link is for.
async fn resume(visitor: &Visitor, token: &str, problem: Option<String>) -> Response {
    let token = token.to_owned();
    let state = match recovery::way_back(&visitor.app, &token).await {
        Ok(Some(WayBack::Choose {
            kit,
            escrow,
            passkey,
            waits_until,
            claimed_at,
            second,
        })) => RecoverState::Choose {
            token,
            kit,
            escrow,
            passkey,
            waits_until,
            claimed_at,
            second,
        },
        Ok(Some(WayBack::Ready {
            way,
            claimed_at,
            second,
        })) => RecoverState::Ready {
            token,
            empty: way == RecoveryWay::Empty,
            claimed_at,
            second,
        },
        Ok(Some(WayBack::Stop)) => RecoverState::Stop { token },
        Ok(None) => return came_of(visitor, &token).await,
        Err(fault) => return visitor.fault(&fault),
    };
    tell(visitor, state, problem)
}

/// Shows what came of a link that is for nothing any more.
async fn came_of(visitor: &Visitor, token: &str) -> Response {
    let state = match recovery::outcome(&visitor.app, token).await {
        Ok(Some(Outcome::Waits(ready_at))) => RecoverState::Waits { ready_at },
        Ok(Some(Outcome::Stopped)) => RecoverState::Stopped,
        Ok(Some(Outcome::Done)) => RecoverState::Done,
        Ok(None) => RecoverState::Void,
        Err(fault) => return visitor.fault(&fault),
    };
    tell(visitor, state, None)
}

/// The password that somebody chose for the account of their link.
async fn chosen(visitor: &Visitor, params: &Params, token: &str) -> Result<Password, Response> {
    let address = match recovery::address(&visitor.app, token).await {
        Ok(address) => address.unwrap_or_default(),
        Err(fault) => return Err(visitor.fault(&fault)),
    };
    let typed = params.get("password").unwrap_or_default();
    match Password::choose(typed.to_owned(), &address) {
        Ok(password) => Ok(password),
        Err(bad) => {
            let problem = password_problem(visitor.texts(), bad);
            Err(resume(visitor, token, Some(problem)).await)
        }
    }
}

/// `POST /recover/kit`
pub async fn with_kit(VisitorForm { visitor, params }: VisitorForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    let password = match chosen(&visitor, &params, token).await {
        Ok(password) => password,
        Err(page) => return page,
    };
    let code = params.get("code").unwrap_or_default();
    let place = visitor.place();
    let outcome = recovery::with_kit(&visitor.app, &place, token, code, password).await;
    set_anew(&visitor, token, outcome).await
}

/// `POST /recover/wait`
pub async fn wait(VisitorForm { visitor, params }: VisitorForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    let outcome = recovery::begin_to_wait(&visitor.app, token).await;
    settle(&visitor, token, outcome).await
}

/// `POST /recover/empty`
pub async fn empty(VisitorForm { visitor, params }: VisitorForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    let word = t!(visitor.texts(), "recover-empty-word");
    let typed = params.get("word").unwrap_or_default();
    if typed.trim().to_lowercase() != word {
        let problem = t!(visitor.texts(), "recover-empty-wrong", word = word);
        return resume(&visitor, token, Some(problem)).await;
    }
    let outcome = recovery::begin_to_empty(&visitor.app, token).await;
    settle(&visitor, token, outcome).await
}

/// `POST /recover/finish`
pub async fn finish(VisitorForm { visitor, params }: VisitorForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    let password = match chosen(&visitor, &params, token).await {
        Ok(password) => password,
        Err(page) => return page,
    };
    let outcome = set_after_wait(&visitor, &params, token, password).await;
    set_anew(&visitor, token, outcome).await
}

async fn set_after_wait(
    visitor: &Visitor,
    params: &Params,
    token: &str,
    password: Password,
) -> Result<(), RecoverError> {
    let (app, place) = (&visitor.app, visitor.place());
    let Some(WayBack::Ready { way, .. }) = recovery::way_back(app, token).await? else {
        return Err(RecoverError::Link);
    };
    let second = second_of(visitor, params).await?;
    match way {
        RecoveryWay::Escrow => recovery::with_escrow(app, &place, token, password, second).await,
        RecoveryWay::Empty => recovery::with_nothing(app, &place, token, password, second).await,
    }
}

/// What somebody shows besides the link.
async fn second_of(visitor: &Visitor, params: &Params) -> Result<Second, RecoverError> {
    Ok(match (answer_of(params), params.get("code")) {
        (Some(answer), _) => {
            let proven = passkeys::prove(&visitor.app, &visitor.browser, answer).await;
            Second::Passkey(proven.map_err(FactorError::from)?)
        }
        (None, Some(typed)) => Second::Code(typed.to_owned()),
        (None, None) => Second::Nothing,
    })
}

/// `POST /recover/stop`
pub async fn stop(VisitorForm { visitor, params }: VisitorForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    let outcome = recovery::stop_with_link(&visitor.app, token).await;
    settle(&visitor, token, outcome).await
}

/// Tells what came of setting a password. Whoever set it is known in their browser.
async fn set_anew(visitor: &Visitor, token: &str, outcome: Result<(), RecoverError>) -> Response {
    let is_set = outcome.is_ok();
    let mut response = settle(visitor, token, outcome).await;
    if is_set {
        let cookies = Cookies::of(visitor.app.config());
        cookies.set_known_browser(response.headers_mut(), &visitor.known_browser);
    }
    response
}

async fn settle<T>(visitor: &Visitor, token: &str, outcome: Result<T, RecoverError>) -> Response {
    match outcome {
        // Where the link leads, which says what came of it.
        Ok(_) => see_other(&with_token("/recover/continue", token)),
        Err(RecoverError::Link) => came_of(visitor, token).await,
        Err(RecoverError::NotBefore(ready_at)) => {
            tell(visitor, RecoverState::Waits { ready_at }, None)
        }
        Err(RecoverError::Code) => {
            let problem = t!(visitor.texts(), "recover-wrong-code");
            resume(visitor, token, Some(problem)).await
        }
        Err(RecoverError::Second) => {
            let problem = t!(visitor.texts(), "recover-wrong-second");
            resume(visitor, token, Some(problem)).await
        }
        Err(RecoverError::Wait(wait)) => {
            let seconds = whole_seconds(wait);
            let problem = t!(visitor.texts(), "sign-in-too-many", seconds = seconds);
            resume(visitor, token, Some(problem)).await
        }
        Err(RecoverError::Fault(fault)) => visitor.fault(&fault),
    }
}
