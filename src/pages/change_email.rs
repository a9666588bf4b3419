//! `/change-email` and `/undo-email`: where the links lead with which somebody
//! gets another address, or the one before back. To look does nothing.
//!
//! # The forms
//! Fields `csrf` and `token`. That of `/change-email` is posted to the link itself, so
//! that whoever has to sign in first comes back to it.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::security::SecurityDone;
use crate::domain::account::Gone;
use crate::i18n::t;
use crate::service::address_changes::{self, Followed, Restorable};
use crate::web::form::{ConsumerForm, VisitorForm};
use crate::web::page::{Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::{Consumer, Visitor};

/// The page.
#[derive(Clone, Template)]
#[template(path = "change_email.html")]
pub struct ChangeEmailPage {
    /// Around it.
    pub shell: Shell,
    /// How far it is.
    pub state: ChangeEmail,
}

/// How far a change is.
#[derive(Clone)]
pub enum ChangeEmail {
    /// The button is to be pressed that makes an address that of the account.
    Asked {
        /// The link, in the form.
        token: String,
        /// Which.
        email: String,
    },
    /// The button is to be pressed that undoes a change.
    Undo {
        /// The link, in the form.
        token: String,
        /// Which address the account gets back.
        email: String,
        /// What goes that was set up since.
        goes: Gone,
    },
    /// It was undone.
    Undone {
        /// What went.
        gone: Gone,
    },
    /// The link does not hold.
    Void,
    /// Another account has the address.
    Taken,
}

impl ChangeEmailPage {
    fn respond(shell: Shell, state: ChangeEmail) -> Response {
        let status = match state {
            ChangeEmail::Void => StatusCode::NOT_FOUND,
            ChangeEmail::Taken => StatusCode::CONFLICT,
            _ => StatusCode::OK,
        };
        let shell = Shell {
            // The link is for one place alone.
            here: "/".to_owned(),
            ..shell
        };
        respond(status, &Self { shell, state })
    }
}

fn token_of(query: Option<String>) -> String {
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    params.get("token").unwrap_or_default().to_owned()
}

/// `GET /change-email`, for who is signed in.
pub async fn show(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    let (app, token) = (&consumer.visitor.app, token_of(query));
    let state = match address_changes::would_change(app, &consumer.signed_in, &token).await {
        Ok(Some(email)) => ChangeEmail::Asked {
            token,
            email: String::clone(&email),
        },
        Ok(None) => return changed_or_void(&consumer, &token).await,
        Err(fault) => return consumer.fault(&fault),
    };
    ChangeEmailPage::respond(consumer.shell(None), state)
}

/// What a link says that changes nothing any more.
async fn changed_or_void(consumer: &Consumer, token: &str) -> Response {
    let app = &consumer.visitor.app;
    match address_changes::did_change(app, &consumer.signed_in, token).await {
        Ok(true) => SecurityDone::EmailChanged.told(),
        Ok(false) => ChangeEmailPage::respond(consumer.shell(None), ChangeEmail::Void),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /change-email`
pub async fn submit(ConsumerForm { consumer, params }: ConsumerForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    let app = &consumer.visitor.app;
    let state = match address_changes::change(app, &consumer.signed_in, token).await {
        Ok(Followed::Done(())) => return SecurityDone::EmailChanged.told(),
        Ok(Followed::Void) => return changed_or_void(&consumer, token).await,
        Ok(Followed::Taken) => ChangeEmail::Taken,
        Err(fault) => return consumer.fault(&fault),
    };
    ChangeEmailPage::respond(consumer.shell(None), state)
}

/// `GET /undo-email`
pub async fn show_undo(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let token = token_of(query);
    let state = match address_changes::would_restore(&visitor.app, &token).await {
        Ok(Some(Restorable { address, goes })) => ChangeEmail::Undo {
            token,
            email: String::clone(&address),
            goes,
        },
        Ok(None) => return undone_or_void(&visitor, &token).await,
        Err(fault) => return visitor.fault(&fault),
    };
    ChangeEmailPage::respond(visitor.shell(), state)
}

/// What a link says that undoes nothing any more.
async fn undone_or_void(visitor: &Visitor, token: &str) -> Response {
    let state = match address_changes::did_restore(&visitor.app, token).await {
        Ok(true) => ChangeEmail::Undone {
            gone: Gone::default(),
        },
        Ok(false) => ChangeEmail::Void,
        Err(fault) => return visitor.fault(&fault),
    };
    ChangeEmailPage::respond(visitor.shell(), state)
}

/// `POST /undo-email`
pub async fn undo(VisitorForm { visitor, params }: VisitorForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    let state = match address_changes::undo(&visitor.app, token).await {
        Ok(Followed::Done(gone)) => ChangeEmail::Undone { gone },
        Ok(Followed::Void) => return undone_or_void(&visitor, token).await,
        Ok(Followed::Taken) => ChangeEmail::Taken,
        Err(fault) => return visitor.fault(&fault),
    };
    ChangeEmailPage::respond(visitor.shell(), state)
}
