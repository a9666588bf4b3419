//! `/account/security`: who can open the vault, told as it is, and the ways in,
//! each a section with a file of its own below.

pub mod passkeys;
pub mod password;
pub mod totp;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use self::passkeys::PasskeySection;
use super::passkeys::let_ask;
use super::way::see_other;
use crate::crypto::vault::KeyholderKind;
use crate::domain::account::Factors;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service::{Fault, accounts, factors};
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// The page.
#[derive(Clone, Template)]
#[template(path = "security.html")]
pub struct SecurityPage {
    /// Around it.
    pub shell: Shell,
    /// The address for notices.
    pub contact_email: String,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Whether the operator holds a key with which to help after a forgotten
    /// password.
    pub escrow: bool,
    /// Since when this session is open.
    pub session_since: Timestamp,
    /// When it ends by itself.
    pub session_until: Timestamp,
    /// What was done a moment ago.
    pub done: Option<SecurityDone>,
    /// With what the consumer can show who they are.
    pub factors: Factors,
    /// Their passkeys.
    pub passkeys: PasskeySection,
}

/// What was done a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityDone {
    /// There is a passkey that opens the vault.
    PasskeyOpens,
    /// There is a passkey that only proves who somebody is.
    PasskeyProves,
    /// A passkey is gone.
    PasskeyRemoved,
    /// Nothing: it was the last way in.
    LastWay,
    /// There is an authenticator app.
    TotpAdded,
    /// It is gone.
    TotpRemoved,
    /// The password is another.
    Password,
}

impl SecurityDone {
    /// Every one, with its word in the URL.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::PasskeyOpens, "passkey-opens"),
        (Self::PasskeyProves, "passkey-proves"),
        (Self::PasskeyRemoved, "passkey-removed"),
        (Self::LastWay, "last-way"),
        (Self::TotpAdded, "totp-added"),
        (Self::TotpRemoved, "totp-removed"),
        (Self::Password, "password"),
    ];

    /// In words.
    #[must_use]
    pub fn text(self, texts: Texts) -> String {
        match self {
            Self::PasskeyOpens => t!(texts, "done-passkey-opens"),
            Self::PasskeyProves => t!(texts, "done-passkey-proves"),
            Self::PasskeyRemoved => t!(texts, "done-passkey-removed"),
            Self::LastWay => t!(texts, "done-last-way"),
            Self::TotpAdded => t!(texts, "done-totp-added"),
            Self::TotpRemoved => t!(texts, "done-totp-removed"),
            Self::Password => t!(texts, "done-password"),
        }
    }

    /// Goes to the page, which says so.
    fn see(self) -> Response {
        let word = Self::ALL
            .iter()
            .find(|(done, _)| *done == self)
            .map_or("", |(_, word)| word);
        see_other(&format!("/account/security?done={word}"))
    }

    fn of_query(query: Option<&str>) -> Option<Self> {
        let params = Params::parse(query?)?;
        let word = params.get("done")?;
        Self::ALL
            .iter()
            .find(|(_, other)| *other == word)
            .map(|(done, _)| *done)
    }
}

/// What takes a form of this page leads back to it.
pub async fn to_page(_: Consumer) -> Response {
    see_other("/account/security")
}

/// `GET /account/security`
pub async fn show(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    match page(&consumer, SecurityDone::of_query(query.as_deref())).await {
        Ok(page) => let_ask(respond(StatusCode::OK, &page)),
        Err(fault) => consumer.fault(&fault),
    }
}

async fn page(consumer: &Consumer, done: Option<SecurityDone>) -> Result<SecurityPage, Fault> {
    let app = &consumer.visitor.app;
    let signed_in = &consumer.signed_in;
    let keyholders = accounts::keyholders(app, signed_in.account.id).await?;
    Ok(SecurityPage {
        shell: consumer.shell(Some(Section::Security)),
        contact_email: accounts::contact(app, signed_in.account.id).await?.email,
        created_at: signed_in.account.created_at,
        escrow: keyholders.contains(&KeyholderKind::Escrow),
        session_since: signed_in.authentication.at,
        session_until: signed_in.expires_at,
        done,
        factors: factors::set_up(app, signed_in.account.id).await?,
        passkeys: PasskeySection::of(consumer).await?,
    })
}
