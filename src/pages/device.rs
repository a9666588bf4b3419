//! `/device`: someone types the code that a device shows (RFC 8628 §3.3),
//! sees who asks, and goes on to the ordinary question.
//!
//! A code can be sent to people by whoever wants into their account (§5.4).
//! So nothing follows from opening a link: the page says who asks, asks whether
//! the very code is on a device that they have before them, and says what it
//! means if not.
//!
//! # The forms
//! Both are posted to `/device`, with `csrf` and `user_code`. The second also
//! has `answer`: `continue` or `cancel`, by the button pressed.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::asker;
use super::way::see_other;
use crate::domain::device::UserCode;
use crate::i18n::t;
use crate::service::authorizations::{self, Next};
use crate::service::devices::{self, WaitingDevice};
use crate::web::authorization_response::tell;
use crate::web::error_page::Fault;
use crate::web::form::VisitorForm;
use crate::web::page::{Asker, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Visitor;

/// The page that asks for the code.
#[derive(Clone, Template)]
#[template(path = "device.html")]
pub struct DevicePage {
    /// Around it.
    pub shell: Shell,
    /// What was typed, or came with a link.
    pub user_code: String,
    /// Whether no device shows that code.
    pub unknown: bool,
}

/// The page that says who asks.
#[derive(Clone, Template)]
#[template(path = "device_confirm.html")]
pub struct DeviceConfirmPage {
    /// Around it.
    pub shell: Shell,
    /// Who asks.
    pub asker: Asker,
    /// The code, to compare.
    pub user_code: String,
}

/// The page after the answer.
#[derive(Clone, Template)]
#[template(path = "device_done.html")]
pub struct DeviceDonePage {
    /// Around it.
    pub shell: Shell,
    /// What the answer was.
    pub answer: DeviceAnswer,
}

/// What was answered to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceAnswer {
    /// Yes.
    Allowed,
    /// No.
    Denied,
    /// Another answer was there first.
    Before,
}

impl DeviceDonePage {
    fn title(&self) -> String {
        match self.answer {
            DeviceAnswer::Allowed => t!(self.shell, "device-allowed-title"),
            DeviceAnswer::Denied => t!(self.shell, "device-denied-title"),
            DeviceAnswer::Before => t!(self.shell, "device-before-title"),
        }
    }

    fn text(&self) -> String {
        match self.answer {
            DeviceAnswer::Allowed => t!(self.shell, "device-allowed-text"),
            DeviceAnswer::Denied => t!(self.shell, "device-denied-text"),
            DeviceAnswer::Before => t!(self.shell, "device-before-text"),
        }
    }
}

/// `GET /device`: asks for the code. One that came with a link is filled in,
/// and nothing more.
pub async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let code = params
        .get("user_code")
        .and_then(|text| text.parse::<UserCode>().ok());
    let page = DevicePage {
        shell: visitor.shell(),
        user_code: code.map_or_else(String::new, |code| code.shown()),
        unknown: false,
    };
    respond(StatusCode::OK, &page)
}

/// `POST /device`
pub async fn submit(form: VisitorForm) -> Response {
    let VisitorForm { visitor, params } = form;
    let typed = params.get("user_code").unwrap_or_default();
    let Ok(code) = typed.parse::<UserCode>() else {
        return unknown(&visitor, typed);
    };
    let device = match devices::waiting(&visitor.app, &code).await {
        Ok(Some(device)) => device,
        Ok(None) => return unknown(&visitor, &code.shown()),
        Err(fault) => return visitor.fault(&fault),
    };
    match params.get("answer") {
        None => confirm(visitor, &device, &code),
        Some("continue") => go_on(visitor, device).await,
        Some("cancel") => match devices::refuse(&visitor.app, &device).await {
            Ok(()) => see_other("/device/done?answer=denied"),
            Err(fault) => visitor.fault(&fault),
        },
        Some(_) => visitor.error(Fault::Malformed),
    }
}

/// One answer for a code that was never shown, one that is too old and one
/// that was answered.
fn unknown(visitor: &Visitor, typed: &str) -> Response {
    let page = DevicePage {
        shell: visitor.shell(),
        user_code: typed.chars().take(64).collect(),
        unknown: true,
    };
    respond(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn confirm(mut visitor: Visitor, device: &WaitingDevice, code: &UserCode) -> Response {
    visitor.prefer(device.request.language);
    let page = DeviceConfirmPage {
        asker: asker(&device.client, None, visitor.language),
        shell: visitor.shell(),
        user_code: code.shown(),
    };
    respond(StatusCode::OK, &page)
}

async fn go_on(mut visitor: Visitor, device: WaitingDevice) -> Response {
    visitor.prefer(device.request.language);
    let next = authorizations::begin(
        &visitor.app,
        &device.client,
        device.request,
        visitor.signed_in.as_ref(),
        &visitor.browser,
    )
    .await;
    match next {
        Ok(Next::SignIn(id)) => see_other(&format!("/sign-in?request={id}")),
        Ok(Next::Consent(id)) => see_other(&format!("/consent/{id}")),
        Ok(Next::Answer(answer)) => tell(&visitor, &answer).await,
        Err(fault) => visitor.fault(&fault),
    }
}

/// `GET /device/done`: the rest happens on the device.
pub async fn done(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let answer = match params.get("answer") {
        Some("allowed") => DeviceAnswer::Allowed,
        Some("denied") => DeviceAnswer::Denied,
        _ => DeviceAnswer::Before,
    };
    let page = DeviceDonePage {
        shell: visitor.shell(),
        answer,
    };
    respond(StatusCode::OK, &page)
}
