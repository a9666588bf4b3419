//! The page for what went wrong: what happened, and what to do next.
//!
//! It is here, and not among the consumer's pages, since the protocol shows it
//! too: a request that must not be sent back to where it came from ends here.

use askama::Template;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use super::page::{Shell, respond};
use crate::domain::time::Timestamp;
use crate::i18n::t;

/// The page.
#[derive(Clone, Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Around it.
    pub shell: Shell,
    /// What went wrong.
    pub fault: Fault,
    /// A detail for whoever built the site that sent the consumer here, in
    /// English; never anything of the consumer's.
    pub detail: Option<String>,
    /// Where to go on.
    pub next: Option<String>,
}

/// What can go wrong, as the consumer sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no such page, or it is somebody else's.
    NotFound,
    /// The form was too old, or came from another site.
    Forged,
    /// What was sent cannot be read.
    Malformed,
    /// There is no such request for consent in this browser.
    UnknownRequest,
    /// The request for consent is over: it was not answered in time.
    Expired,
    /// The business is not known here.
    UnknownClient,
    /// The business's request wants the answer sent to an address that it did
    /// not register.
    WrongRedirect,
    /// The business's request is wrong in another way.
    BadRequest,
    /// Too many requests.
    TooMany,
    /// What was sent is too large.
    TooLarge,
    /// The consumer may not do this now.
    Conflict,
    /// The consumer may not do this before then: their password was set by mail
    /// alone, after a wait.
    NotYet(Timestamp),
    /// Others have their turn: it will be the consumer's in a moment.
    Busy,
    /// The database cannot be reached for the moment.
    Unavailable,
    /// A fault of ours.
    Internal,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 15] = [
        Self::NotFound,
        Self::Forged,
        Self::Malformed,
        Self::UnknownRequest,
        Self::Expired,
        Self::UnknownClient,
        Self::WrongRedirect,
        Self::BadRequest,
        Self::TooMany,
        Self::TooLarge,
        Self::Conflict,
        Self::NotYet(Timestamp::from_seconds(1_800_000_000)),
        Self::Busy,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The word for scripts and testers: `data-code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Forged => "forged",
            Self::Malformed => "malformed",
            Self::UnknownRequest => "unknown_request",
            Self::Expired => "expired",
            Self::UnknownClient => "unknown_client",
            Self::WrongRedirect => "wrong_redirect",
            Self::BadRequest => "bad_request",
            Self::TooMany => "too_many_requests",
            Self::TooLarge => "too_large",
            Self::Conflict => "conflict",
            Self::NotYet(_) => "not_yet",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// The status of the response.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::NotFound | Self::UnknownRequest => StatusCode::NOT_FOUND,
            Self::Forged | Self::NotYet(_) => StatusCode::FORBIDDEN,
            Self::Malformed | Self::UnknownClient | Self::WrongRedirect | Self::BadRequest => {
                StatusCode::BAD_REQUEST
            }
            Self::Expired => StatusCode::GONE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Busy | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl ErrorPage {
    /// The page for a fault, without more to say.
    #[must_use]
    pub const fn new(shell: Shell, fault: Fault) -> Self {
        Self {
            shell,
            fault,
            detail: None,
            next: None,
        }
    }

    /// The page as a response.
    #[must_use]
    pub fn respond(&self) -> Response {
        let mut response = respond(self.fault.status(), self);
        if self.fault == Fault::Busy {
            // RFC 9110 §10.2.3, in seconds.
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }

    /// What happened, in a few words.
    #[must_use]
    pub fn title(&self) -> String {
        let texts = self.shell.texts;
        match self.fault {
            Fault::NotFound => t!(texts, "error-not-found"),
            Fault::Forged => t!(texts, "error-forged"),
            Fault::Malformed => t!(texts, "error-malformed"),
            Fault::UnknownRequest => t!(texts, "error-unknown-request"),
            Fault::Expired => t!(texts, "error-expired"),
            Fault::UnknownClient => t!(texts, "error-unknown-client"),
            Fault::WrongRedirect => t!(texts, "error-wrong-redirect"),
            Fault::BadRequest => t!(texts, "error-bad-request"),
            Fault::TooMany => t!(texts, "error-too-many"),
            Fault::TooLarge => t!(texts, "error-too-large"),
            Fault::Conflict => t!(texts, "error-conflict"),
            Fault::NotYet(until) => {
                t!(texts, "error-not-yet", until = texts.date_time(until))
            }
            Fault::Busy => t!(texts, "error-busy"),
            Fault::Unavailable => t!(texts, "error-unavailable"),
            Fault::Internal => t!(texts, "error-internal"),
        }
    }

    /// What that means, and what to do.
    #[must_use]
    pub fn remedy(&self) -> String {
        let texts = self.shell.texts;
        match self.fault {
            Fault::NotFound => t!(texts, "error-not-found-remedy"),
            Fault::Forged => t!(texts, "error-forged-remedy"),
            Fault::Malformed => t!(texts, "error-malformed-remedy"),
            Fault::UnknownRequest => t!(texts, "error-unknown-request-remedy"),
            Fault::Expired => t!(texts, "error-expired-remedy"),
            Fault::UnknownClient => t!(texts, "error-unknown-client-remedy"),
            Fault::WrongRedirect => t!(texts, "error-wrong-redirect-remedy"),
            Fault::BadRequest => t!(texts, "error-bad-request-remedy"),
            Fault::TooMany => t!(texts, "error-too-many-remedy"),
            Fault::TooLarge => t!(texts, "error-too-large-remedy"),
            Fault::Conflict => t!(texts, "error-conflict-remedy"),
            Fault::NotYet(_) => t!(texts, "error-not-yet-remedy"),
            Fault::Busy => t!(texts, "error-busy-remedy"),
            Fault::Unavailable => t!(texts, "error-unavailable-remedy"),
            Fault::Internal => t!(texts, "error-internal-remedy"),
        }
    }
}
