//! `/confirm-email`: where the link leads with which somebody confirms their
//! address. To look does nothing: programs that look for dangers in mail follow
//! every link.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use crate::i18n::t;
use crate::service::Fault;
use crate::service::addresses::{self, Confirmation};
use crate::web::form::VisitorForm;
use crate::web::page::{Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Visitor;

/// The page.
#[derive(Clone, Template)]
#[template(path = "confirm_email.html")]
pub struct ConfirmEmailPage {
    /// Around it.
    pub shell: Shell,
    /// How far it is.
    pub state: ConfirmEmail,
}

/// How far a confirmation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfirmEmail {
    /// The button is to be pressed.
    Asked {
        /// The link, in the form.
        token: String,
    },
    /// It was.
    Done,
    /// The link does not hold.
    Void,
    /// Another account has the address.
    Taken,
}

impl ConfirmEmailPage {
    fn respond(visitor: &Visitor, state: ConfirmEmail) -> Response {
        let status = match state {
            ConfirmEmail::Void => StatusCode::NOT_FOUND,
            ConfirmEmail::Taken => StatusCode::CONFLICT,
            ConfirmEmail::Asked { .. } | ConfirmEmail::Done => StatusCode::OK,
        };
        let shell = Shell {
            here: "/".to_owned(),
            ..visitor.shell()
        };
        respond(status, &Self { shell, state })
    }
}

/// `GET /confirm-email`
pub async fn show(visitor: Visitor, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let token = params.get("token").unwrap_or_default();
    match addresses::can_confirm(&visitor.app, token).await {
        Ok(true) => {
            let token = token.to_owned();
            ConfirmEmailPage::respond(&visitor, ConfirmEmail::Asked { token })
        }
        Ok(false) => ConfirmEmailPage::respond(&visitor, ConfirmEmail::Void),
        Err(fault) => visitor.fault(&fault),
    }
}

/// `POST /confirm-email`
pub async fn submit(VisitorForm { visitor, params }: VisitorForm) -> Response {
    match confirm(&visitor, params.get("token").unwrap_or_default()).await {
        Ok(state) => ConfirmEmailPage::respond(&visitor, state),
        Err(fault) => visitor.fault(&fault),
    }
}

async fn confirm(visitor: &Visitor, token: &str) -> Result<ConfirmEmail, Fault> {
    let account_id = match addresses::confirm(&visitor.app, token).await? {
        Confirmation::Done(account_id) => account_id,
        Confirmation::Void => return Ok(ConfirmEmail::Void),
        Confirmation::Taken => return Ok(ConfirmEmail::Taken),
    };
    if let Some(signed_in) = &visitor.signed_in
        && signed_in.account.id == account_id
    {
        addresses::settle(&visitor.app, signed_in).await?;
    }
    Ok(ConfirmEmail::Done)
}
