//! `/account/security`: who can open the vault, told as it is, the ways in, and
//! where somebody is signed in. Each section has a file of its own.

mod done;
pub mod email;
pub mod kit;
pub mod passkeys;
pub mod password;
pub mod sessions;
pub mod totp;

use askama::Template;
use axum::Router;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};

pub use self::done::SecurityDone;
use self::passkeys::PasskeySection;
use super::passkeys::{let_ask, new_options};
use super::way::see_other;
use crate::app::App;
use crate::domain::account::Factors;
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::service::addresses::{self, Reach};
use crate::service::browsers::OpenSession;
use crate::service::kit::{Openers, openers};
use crate::service::{Fault, accounts, address_changes, factors, recovery};
use crate::web::form::ConsumerForm;
use crate::web::fresh::AGAIN;
use crate::web::page::{Section, Shell, respond};
use crate::web::visitor::Consumer;

/// The page.
#[derive(Clone, Template)]
#[template(path = "security.html")]
pub struct SecurityPage {
    /// Around it.
    pub shell: Shell,
    /// The address for notices.
    pub contact_email: String,
    /// Whether mail reaches it.
    pub reach: Reach,
    /// The change to another that waits, if one does.
    pub change: Option<address_changes::Waiting>,
    /// When the account was made.
    pub created_at: Timestamp,
    /// Who can open the vault.
    pub openers: Openers,
    /// Where somebody is signed in.
    pub sessions: Vec<OpenSession>,
    /// Until when a way back in waits, if one does.
    pub waits_until: Option<Timestamp>,
    /// What to say about what was just done.
    pub done: Option<SecurityDone>,
    /// With what the consumer can show who they are.
    pub factors: Factors,
    /// Their passkeys.
    pub passkeys: PasskeySection,
}

impl SecurityPage {
    /// Who can open the vault now, in one sentence.
    #[must_use]
    pub fn who(&self) -> String {
        let texts = self.shell.texts;
        let Openers {
            password,
            passkey,
            kit,
            escrow,
        } = self.openers;
        let who: Vec<String> = [
            (password, t!(texts, "opener-password")),
            (passkey, t!(texts, "opener-passkey")),
            (kit, t!(texts, "opener-kit")),
            (escrow, t!(texts, "opener-escrow")),
        ]
        .into_iter()
        .filter_map(|(opens, who)| opens.then_some(who))
        .collect();
        t!(texts, "security-who", who = texts.list(&who))
    }
}

/// `GET /account/security`
pub async fn show(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    match page(&consumer, query.as_deref()).await {
        Ok(page) => let_ask(respond(StatusCode::OK, &page)),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `GET` of whatever takes a form of this page: after the session has ended, or
/// after somebody showed who they are, which does nothing by itself yet.
pub async fn to_page(_: Consumer, RawQuery(query): RawQuery) -> Response {
    match query.as_deref() {
        Some(AGAIN) => SecurityDone::Again.told(),
        _ => see_other("/account/security"),
    }
}

/// The forms of the page.
pub(super) fn forms() -> Router<App> {
    let path = |end: &str| format!("/account/security/{end}");
    Router::new()
        .route(&path("sessions/end"), get(to_page).post(sessions::end))
        .route(
            &path("sessions/end-others"),
            get(to_page).post(sessions::end_others),
        )
        .route(&path("kit"), get(to_page).post(kit::make))
        .route(&path("kit/confirm"), get(to_page).post(kit::confirm))
        .route(&path("escrow/drop"), get(to_page).post(kit::drop_escrow))
        .route(&path("escrow/allow"), get(to_page).post(kit::allow_escrow))
        .route(&path("confirm-email"), get(to_page).post(send_again))
        .route(&path("stop-recovery"), get(to_page).post(stop_recovery))
        .route(
            &path("passkeys/{id}/name"),
            get(to_page).post(passkeys::rename),
        )
        .route(&path("email"), get(email::show).post(email::submit))
        .route(&path("email/again"), get(to_page).post(email::mail_again))
        .route(&path("email/call-off"), get(to_page).post(email::call_off))
        .route(
            &path("passkeys"),
            get(passkeys::show).post(passkeys::submit),
        )
        .route(&path("passkeys/options"), post(new_options))
        .route(
            &path("passkeys/{id}/remove"),
            get(to_page).post(passkeys::remove),
        )
        .route(&path("totp"), get(totp::show).post(totp::submit))
        .route(&path("totp/remove"), get(to_page).post(totp::remove))
        .route(&path("codes"), get(to_page).post(totp::make_codes))
}

async fn page(consumer: &Consumer, query: Option<&str>) -> Result<SecurityPage, Fault> {
    let app = &consumer.visitor.app;
    let account = &consumer.signed_in.account;
    Ok(SecurityPage {
        shell: consumer.shell(Some(Section::Security)),
        contact_email: accounts::contact(app, account.id).await?.email,
        reach: consumer.signed_in.reach,
        change: address_changes::waiting(app, account.id).await?,
        created_at: account.created_at,
        openers: openers(app, account.id).await?,
        sessions: sessions::section(consumer).await?,
        waits_until: consumer.signed_in.recovery_waits_until,
        done: SecurityDone::of_query(query),
        factors: factors::set_up(app, account.id).await?,
        passkeys: PasskeySection::of(consumer).await?,
    })
}

/// `POST /account/security/confirm-email`: mails the link once more.
pub async fn send_again(ConsumerForm { consumer, .. }: ConsumerForm) -> Response {
    match addresses::send_again(&consumer.visitor.app, &consumer.signed_in).await {
        Ok(()) => SecurityDone::Mailed.told(),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /account/security/stop-recovery`
pub async fn stop_recovery(ConsumerForm { consumer, .. }: ConsumerForm) -> Response {
    match recovery::stop_as_owner(&consumer.visitor.app, &consumer.signed_in).await {
        Ok(()) => SecurityDone::Stopped.told(),
        Err(fault) => consumer.fault(&fault),
    }
}
