//! `/account/security/password`, where a password is changed, or set beside a passkey;
//! and `/account/security/password/remove`, where somebody decides to do without.
//!
//! # The forms
//! Fields `csrf`, `new`, and where there is a password `old`, and `end-others` to sign
//! out everywhere else. `/account/security/password/remove` takes `csrf` and `old`.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::SecurityDone;
use crate::crypto::password::Password;
use crate::i18n::t;
use crate::pages::half::FactorFailure;
use crate::pages::sign_in::whole_seconds;
use crate::pages::sign_up::password_problem;
use crate::pages::way::see_other;
use crate::service::factors::FactorError;
use crate::service::{accounts, factors, passwords};
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;
use crate::web::fresh::{FreshConsumer, FreshForm, only_if_fresh};
use crate::web::page::{FieldError, Shell, respond};
use crate::web::visitor::Consumer;

/// The page.
#[derive(Clone, Template)]
#[template(path = "password.html")]
pub struct PasswordPage {
    /// Around it.
    pub shell: Shell,
    /// Whether there is none yet.
    pub is_first: bool,
    /// What is wrong, at `old` or `new`.
    pub errors: Vec<FieldError>,
}

/// `GET /account/security/password`
pub async fn show(consumer: Consumer) -> Response {
    match with_strongest(consumer).await {
        Ok((consumer, is_first)) => respond(StatusCode::OK, &page(&consumer, is_first, Vec::new())),
        Err(page) => page,
    }
}

/// Lets those go on who showed the strongest that they have a moment ago, and says
/// whether they have no password: with a password alone, nobody puts another in its
/// place where there is a second factor. Of whoever has nothing else, the old one is all
/// there is to ask, and the form asks for that.
async fn with_strongest(consumer: Consumer) -> Result<(Consumer, bool), Response> {
    let app = &consumer.visitor.app;
    match factors::set_up(app, consumer.signed_in.account.id).await {
        Ok(set_up) if set_up.has_second() || !set_up.password => {
            let fresh = only_if_fresh(consumer, "/account/security/password").await?;
            Ok((fresh, !set_up.password))
        }
        Ok(_) => Ok((consumer, false)),
        Err(fault) => Err(consumer.fault(&fault)),
    }
}

fn page(consumer: &Consumer, is_first: bool, errors: Vec<FieldError>) -> PasswordPage {
    PasswordPage {
        shell: consumer.shell(None),
        is_first,
        errors,
    }
}

/// `POST /account/security/password`. The passwords go nowhere while somebody
/// shows who they are: they type them again.
pub async fn submit(form: ConsumerForm) -> Response {
    let ConsumerForm { consumer, params } = form;
    let (consumer, is_first) = match with_strongest(consumer).await {
        Ok(found) => found,
        Err(page) => return page,
    };
    let (app, texts) = (&consumer.visitor.app, consumer.visitor.texts());
    let typed = |name| params.get(name).unwrap_or_default().to_owned();
    let again = |field, message| {
        let errors = vec![FieldError { field, message }];
        respond(
            StatusCode::UNPROCESSABLE_ENTITY,
            &page(&consumer, is_first, errors),
        )
    };
    let wrong = |failure: FactorFailure| again("old", failure.text(texts));
    let address = match accounts::contact(app, consumer.signed_in.account.id).await {
        Ok(contact) => contact.email,
        Err(fault) => return consumer.fault(&fault),
    };
    let new = match Password::choose(typed("new"), &address) {
        Ok(new) => new,
        Err(bad) => return again("new", password_problem(texts, bad)),
    };
    if is_first {
        return match passwords::set_first(app, &consumer.signed_in, new).await {
            Ok(true) => SecurityDone::PasswordSet.told(),
            Ok(false) => consumer.error(Fault::Conflict),
            Err(fault) => consumer.fault(&fault),
        };
    }
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

/// The page on which somebody takes their password away.
#[derive(Clone, Template)]
#[template(path = "password_remove.html")]
pub struct PasswordRemovePage {
    /// Around it.
    pub shell: Shell,
    /// What is wrong, at `old`.
    pub errors: Vec<FieldError>,
}

impl PasswordRemovePage {
    fn respond(consumer: &Consumer, status: StatusCode, errors: Vec<FieldError>) -> Response {
        let shell = consumer.shell(None);
        respond(status, &Self { shell, errors })
    }
}

/// `GET /account/security/password/remove`
pub async fn show_remove(FreshConsumer(consumer): FreshConsumer) -> Response {
    let app = &consumer.visitor.app;
    match factors::set_up(app, consumer.signed_in.account.id).await {
        Ok(set_up) if set_up.password && set_up.can_spare_password() => {
            PasswordRemovePage::respond(&consumer, StatusCode::OK, Vec::new())
        }
        Ok(_) => see_other("/account/security"),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /account/security/password/remove`
pub async fn remove(FreshForm { consumer, params }: FreshForm) -> Response {
    let (app, texts) = (&consumer.visitor.app, consumer.visitor.texts());
    match factors::set_up(app, consumer.signed_in.account.id).await {
        // Gone already.
        Ok(set_up) if !set_up.password => return SecurityDone::PasswordRemoved.told(),
        Ok(_) => {}
        Err(fault) => return consumer.fault(&fault),
    }
    let place = consumer.visitor.place();
    let removed = match Password::parse(params.get("old").unwrap_or_default().to_owned()) {
        Ok(old) => passwords::remove(app, &place, &consumer.signed_in, old).await,
        Err(_) => Err(FactorError::Wrong),
    };
    let failure = match removed {
        Ok(true) => return SecurityDone::PasswordRemoved.told(),
        // The passkey went meanwhile.
        Ok(false) => return consumer.error(Fault::Conflict),
        Err(FactorError::Fault(fault)) => return consumer.fault(&fault),
        Err(FactorError::Wait(wait)) => FactorFailure::TooMany {
            seconds: whole_seconds(wait),
        },
        Err(FactorError::Wrong | FactorError::Over) => FactorFailure::Password,
    };
    let (field, message) = ("old", failure.text(texts));
    let errors = vec![FieldError { field, message }];
    PasswordRemovePage::respond(&consumer, StatusCode::UNPROCESSABLE_ENTITY, errors)
}
