//! `/confirm-email`: where the link leads with which somebody confirms their
//! address. To look does nothing: programs that look for dangers in mail follow
//! every link.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::way::{see_other, with_token};
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::service::Fault;
use crate::service::addresses::{self, Confirmable, Confirmation};
use crate::web::form::ConsumerForm;
use crate::web::page::{Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

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
        /// When the account was made.
        made_at: Timestamp,
    },
    /// The link is for another account than that of who is signed in.
    Anothers {
        /// When that was made.
        made_at: Timestamp,
    },
    /// It was.
    Done,
    /// The link does not hold.
    Void,
    /// Another account has the address.
    Taken,
}

impl ConfirmEmailPage {
    fn respond(consumer: &Consumer, state: ConfirmEmail) -> Response {
        let status = match state {
            ConfirmEmail::Void => StatusCode::NOT_FOUND,
            ConfirmEmail::Taken | ConfirmEmail::Anothers { .. } => StatusCode::CONFLICT,
            ConfirmEmail::Asked { .. } | ConfirmEmail::Done => StatusCode::OK,
        };
        let shell = Shell {
            here: "/".to_owned(),
            ..consumer.shell(None)
        };
        respond(status, &Self { shell, state })
    }
}

/// `GET /confirm-email`, for who is signed in.
pub async fn show(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    let params = Params::parse(&query.unwrap_or_default()).unwrap_or_default();
    let token = params.get("token").unwrap_or_default();
    let (app, signed_in) = (&consumer.visitor.app, &consumer.signed_in);
    let state = match addresses::can_confirm(app, signed_in, token).await {
        Ok(Confirmable::Theirs) => ConfirmEmail::Asked {
            token: token.to_owned(),
            made_at: signed_in.account.created_at,
        },
        Ok(Confirmable::Done) => ConfirmEmail::Done,
        Ok(Confirmable::Anothers(made_at)) => ConfirmEmail::Anothers { made_at },
        Ok(Confirmable::Void) => ConfirmEmail::Void,
        Err(fault) => return consumer.fault(&fault),
    };
    ConfirmEmailPage::respond(&consumer, state)
}

/// `POST /confirm-email`
pub async fn submit(ConsumerForm { consumer, params }: ConsumerForm) -> Response {
    let token = params.get("token").unwrap_or_default();
    match confirm(&consumer, token).await {
        // Where the link leads, which says so.
        Ok(ConfirmEmail::Done) => see_other(&with_token("/confirm-email", token)),
        Ok(state) => ConfirmEmailPage::respond(&consumer, state),
        Err(fault) => consumer.fault(&fault),
    }
}

async fn confirm(consumer: &Consumer, token: &str) -> Result<ConfirmEmail, Fault> {
    let (app, signed_in) = (&consumer.visitor.app, &consumer.signed_in);
    Ok(match addresses::confirm(app, signed_in, token).await? {
        Confirmation::Done => {
            addresses::settle(app, signed_in).await?;
            ConfirmEmail::Done
        }
        Confirmation::Void => ConfirmEmail::Void,
        Confirmation::Taken => ConfirmEmail::Taken,
    })
}
