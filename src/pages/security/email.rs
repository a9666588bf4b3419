//! `/account/security/email`, where somebody asks for another address.
//!
//! # The forms
//! Fields `csrf` and `email`. Of a change that waits, on the page before: `csrf` and
//! `change`, which says when it was asked for.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::SecurityDone;
use crate::domain::attribute::Email;
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::service::address_changes::{self, Asked};
use crate::service::{Fault, accounts};
use crate::web::error_page;
use crate::web::form::ConsumerForm;
use crate::web::fresh::{FreshConsumer, FreshForm};
use crate::web::page::{FieldError, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// The page.
#[derive(Clone, Template)]
#[template(path = "email.html")]
pub struct EmailPage {
    /// Around it.
    pub shell: Shell,
    /// The address that there is.
    pub current: String,
    /// What was typed.
    pub email: String,
    /// What is wrong, at `email`.
    pub errors: Vec<FieldError>,
}

/// `GET /account/security/email`
pub async fn show(FreshConsumer(consumer): FreshConsumer) -> Response {
    match page(&consumer).await {
        Ok(page) => respond(StatusCode::OK, &page),
        Err(fault) => consumer.fault(&fault),
    }
}

async fn page(consumer: &Consumer) -> Result<EmailPage, Fault> {
    let account_id = consumer.signed_in.account.id;
    let contact = accounts::contact(&consumer.visitor.app, account_id).await?;
    Ok(EmailPage {
        shell: consumer.shell(None),
        current: contact.email,
        email: String::new(),
        errors: Vec::new(),
    })
}

/// `POST /account/security/email`
pub async fn submit(FreshForm { consumer, params }: FreshForm) -> Response {
    let texts = consumer.visitor.texts();
    let typed = params.get("email").unwrap_or_default();
    let message = match Email::parse(typed) {
        Err(problem) => texts.problem(problem),
        Ok(email) => {
            let app = &consumer.visitor.app;
            match address_changes::ask(app, &consumer.signed_in, &email).await {
                Ok(Asked::Mailed) => return SecurityDone::EmailAsked.told(),
                Ok(Asked::Same) => t!(texts, "email-same"),
                Err(fault) => return consumer.fault(&fault),
            }
        }
    };
    let field = "email";
    match page(&consumer).await {
        Ok(page) => {
            let page = EmailPage {
                email: typed.to_owned(),
                errors: vec![FieldError { field, message }],
                ..page
            };
            respond(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(fault) => consumer.fault(&fault),
    }
}

/// The change that a form is about.
fn change_of(params: &Params) -> Option<Timestamp> {
    let asked_at = params.get("change")?.parse().ok()?;
    Some(Timestamp::from_micros(asked_at))
}

/// `POST /account/security/email/again`: mails the link to it once more.
pub async fn mail_again(ConsumerForm { consumer, params }: ConsumerForm) -> Response {
    let Some(asked_at) = change_of(&params) else {
        return consumer.error(error_page::Fault::Malformed);
    };
    let app = &consumer.visitor.app;
    match address_changes::mail_again(app, &consumer.signed_in, asked_at).await {
        Ok(true) => SecurityDone::Mailed.told(),
        Ok(false) => SecurityDone::NoChange.told(),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /account/security/email/call-off`
pub async fn call_off(ConsumerForm { consumer, params }: ConsumerForm) -> Response {
    let Some(asked_at) = change_of(&params) else {
        return consumer.error(error_page::Fault::Malformed);
    };
    let app = &consumer.visitor.app;
    match address_changes::call_off(app, &consumer.signed_in, asked_at).await {
        Ok(true) => SecurityDone::EmailKept.told(),
        Ok(false) => SecurityDone::NoChange.told(),
        Err(fault) => consumer.fault(&fault),
    }
}
