//! `/account/security/password`, where a password is changed.
//!
//! # The form
//! Fields `csrf`, `old`, `new`, and `end-others` to sign out everywhere else.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::SecurityDone;
use crate::crypto::password::Password;
use crate::i18n::t;
use crate::pages::half::FactorFailure;
use crate::pages::sign_in::whole_seconds;
use crate::pages::sign_up::password_problem;
use crate::service::factors::FactorError;
use crate::service::{factors, passwords};
use crate::web::form::ConsumerForm;
use crate::web::fresh::only_if_fresh;
use crate::web::page::{FieldError, Shell, respond};
use crate::web::visitor::Consumer;

/// The page.
#[derive(Clone, Template)]
#[template(path = "password.html")]
pub struct PasswordPage {
    /// Around it.
    pub shell: Shell,
    /// What is wrong, at `old` or `new`.
    pub errors: Vec<FieldError>,
}

/// `GET /account/security/password`
pub async fn show(consumer: Consumer) -> Response {
    match with_second(consumer).await {
        Ok(consumer) => respond(StatusCode::OK, &page(&consumer, Vec::new())),
        Err(page) => page,
    }
}

/// Lets those go on who have a second factor and showed it a moment ago: with
/// the password alone, nobody puts another in its place. Of whoever has none,
/// the old password is all there is to ask, and the form asks for that.
async fn with_second(consumer: Consumer) -> Result<Consumer, Response> {
    let app = &consumer.visitor.app;
    match factors::set_up(app, consumer.signed_in.account.id).await {
        Ok(set_up) if set_up.has_second() => {
            only_if_fresh(consumer, "/account/security/password").await
        }
        Ok(_) => Ok(consumer),
        Err(fault) => Err(consumer.fault(&fault)),
    }
}

fn page(consumer: &Consumer, errors: Vec<FieldError>) -> PasswordPage {
    PasswordPage {
        shell: consumer.shell(None),
        errors,
    }
}

/// `POST /account/security/password`. The passwords go nowhere while somebody
/// shows who they are: they type them again.
pub async fn submit(form: ConsumerForm) -> Response {
    let ConsumerForm { consumer, params } = form;
    let consumer = match with_second(consumer).await {
        Ok(consumer) => consumer,
        Err(page) => return page,
    };
    let (app, texts) = (&consumer.visitor.app, consumer.visitor.texts());
    let typed = |name| params.get(name).unwrap_or_default().to_owned();
    let again = |field, message| {
        let errors = vec![FieldError { field, message }];
        respond(StatusCode::UNPROCESSABLE_ENTITY, &page(&consumer, errors))
    };
    let wrong = |failure: FactorFailure| again("old", failure.text(texts));
    let new = match Password::parse(typed("new")) {
        Ok(new) => new,
        Err(bad) => return again("new", password_problem(texts, bad)),
    };
    let Ok(old) = Password::parse(typed("old")) else {
        return wrong(FactorFailure::Password);
    };
    let end_others = params.is_on("end-others");
    match passwords::change(
        app,
        &consumer.visitor.place(),
        &consumer.signed_in,
        old,
        new,
        end_others,
    )
    .await
    {
        Ok(()) => SecurityDone::Password.told(),
        Err(FactorError::Wait(wait)) => {
            let seconds = whole_seconds(wait);
            wrong(FactorFailure::TooMany { seconds })
        }
        Err(FactorError::Fault(fault)) => consumer.fault(&fault),
        Err(FactorError::Wrong | FactorError::Over) => wrong(FactorFailure::Password),
    }
}
