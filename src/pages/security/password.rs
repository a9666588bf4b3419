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
use crate::service::{passwords, sessions};
use crate::web::form::ConsumerForm;
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

impl PasswordPage {
    /// Whether something is wrong with a field.
    #[must_use]
    pub fn has_error(&self, field: &str) -> bool {
        crate::web::page::error_of(&self.errors, field).is_some()
    }
}

/// `GET /account/security/password`
pub async fn show(consumer: Consumer) -> Response {
    respond(StatusCode::OK, &page(&consumer, Vec::new()))
}

fn page(consumer: &Consumer, errors: Vec<FieldError>) -> PasswordPage {
    PasswordPage {
        shell: consumer.shell(None),
        errors,
    }
}

/// `POST /account/security/password`. The old password is asked for here, so
/// nothing else is.
pub async fn submit(form: ConsumerForm) -> Response {
    let ConsumerForm { consumer, params } = form;
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
    match passwords::change(app, &consumer.signed_in, old, new).await {
        Ok(()) => {}
        Err(FactorError::Wait(wait)) => {
            let seconds = whole_seconds(wait);
            return wrong(FactorFailure::TooMany { seconds });
        }
        Err(FactorError::Fault(fault)) => return consumer.fault(&fault),
        Err(FactorError::Wrong | FactorError::Over) => return wrong(FactorFailure::Password),
    }
    if params.is_on("end-others")
        && let Err(fault) = sessions::end_others(app, &consumer.signed_in).await
    {
        return consumer.fault(&fault);
    }
    SecurityDone::Password.told()
}
