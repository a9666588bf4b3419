//! `/recover`: the way back in after a forgotten password.
//!
//! # The forms
//! `/recover` takes `email`. What a mailed link leads to takes the link as
//! `token`: `/recover/kit` with `code` and `password`, `/recover/wait`,
//! `/recover/empty` with `word`, `/recover/finish` with `password`,
//! `/recover/stop`.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::sign_up::password_problem;
use super::way::see_other;
use crate::crypto::password::Password;
use crate::domain::account::RecoveryWay;
use crate::domain::attribute::Email;
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::service::recovery::{self, RecoverError, WayBack};
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
    },
    /// The operator's key can be used from then on.
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
    respond(status, &page)
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
        })) => RecoverState::Choose {
            token,
            kit,
            escrow,
            passkey,
            waits_until,
        },
        Ok(Some(WayBack::Ready { way })) => RecoverState::Ready {
            token,
            empty: way == RecoveryWay::Empty,
        },
        Ok(Some(WayBack::Stop)) => RecoverState::Stop { token },
        Ok(None) => RecoverState::Void,
        Err(fault) => return visitor.fault(&fault),
    };
    tell(visitor, state, problem)
}

/// `POST /recover/kit`
pub async fn with_kit(VisitorForm { visitor, params }: VisitorForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    let typed = params.get("password").unwrap_or_default();
    let password = match Password::parse(typed.to_owned()) {
        Ok(password) => password,
        Err(bad) => {
            let problem = password_problem(visitor.texts(), bad);
            return resume(&visitor, token, Some(problem)).await;
        }
    };
    let code = params.get("code").unwrap_or_default();
    let outcome = recovery::with_kit(&visitor.app, token, code, password).await;
    settle(&visitor, token, outcome.map(|()| RecoverState::Done)).await
}

/// `POST /recover/wait`
pub async fn wait(VisitorForm { visitor, params }: VisitorForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    let outcome = recovery::begin_to_wait(&visitor.app, token).await;
    let waits = outcome.map(|ready_at| RecoverState::Waits { ready_at });
    settle(&visitor, token, waits).await
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
    let waits = outcome.map(|ready_at| RecoverState::Waits { ready_at });
    settle(&visitor, token, waits).await
}

/// `POST /recover/finish`
pub async fn finish(VisitorForm { visitor, params }: VisitorForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    let typed = params.get("password").unwrap_or_default();
    let password = match Password::parse(typed.to_owned()) {
        Ok(password) => password,
        Err(bad) => {
            let problem = password_problem(visitor.texts(), bad);
            return resume(&visitor, token, Some(problem)).await;
        }
    };
    let app = &visitor.app;
    let outcome = match recovery::way_back(app, token).await {
        Ok(Some(WayBack::Ready { way })) => match way {
            RecoveryWay::Escrow => recovery::with_escrow(app, token, password).await,
            RecoveryWay::Empty => recovery::with_nothing(app, token, password).await,
        },
        Ok(_) => Err(RecoverError::Link),
        Err(fault) => Err(fault.into()),
    };
    settle(&visitor, token, outcome.map(|()| RecoverState::Done)).await
}

/// `POST /recover/stop`
pub async fn stop(VisitorForm { visitor, params }: VisitorForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    let outcome = recovery::stop_with_link(&visitor.app, token).await;
    settle(&visitor, token, outcome.map(|()| RecoverState::Stopped)).await
}

async fn settle(
    visitor: &Visitor,
    token: &str,
    outcome: Result<RecoverState, RecoverError>,
) -> Response {
    match outcome {
        Ok(state) => tell(visitor, state, None),
        Err(RecoverError::Link) => tell(visitor, RecoverState::Void, None),
        Err(RecoverError::Code) => {
            let problem = t!(visitor.texts(), "recover-wrong-code");
            resume(visitor, token, Some(problem)).await
        }
        Err(RecoverError::Fault(fault)) => visitor.fault(&fault),
    }
}
