//! `/account/security/totp`, where an authenticator app is set up, and the
//! recovery codes that come with it.
//!
//! # The form
//! Posted to `/account/security/totp`; fields `csrf`, `setup` (what is being
//! set up, sealed: nothing is kept before it works) and `code`.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::SecurityDone;
use crate::crypto::recovery_code::RecoveryCode;
use crate::i18n::t;
use crate::pages::way::see_other;
use crate::service::Fault;
use crate::service::accounts;
use crate::service::factors::{self, FactorError, NewTotp};
use crate::web::fresh::{FreshConsumer, FreshForm};
use crate::web::page::{Shell, respond};
use crate::web::qr;
use crate::web::visitor::Consumer;

/// The page that sets an app up.
#[derive(Clone, Template)]
#[template(path = "totp.html")]
pub struct TotpPage {
    /// Around it.
    pub shell: Shell,
    /// Comes back as `setup`.
    pub setup: String,
    /// What is typed over.
    pub secret: String,
    /// What is scanned: an SVG element.
    pub picture: String,
    /// What an app on the same phone opens.
    pub link: String,
    /// Whether the code that was typed is wrong.
    pub wrong: bool,
}

/// The page that shows recovery codes, once.
#[derive(Clone, Template)]
#[template(path = "recovery_codes.html")]
pub struct RecoveryCodesPage {
    /// Around it.
    pub shell: Shell,
    /// What they come with.
    pub done: Option<SecurityDone>,
    /// The codes.
    pub codes: Vec<String>,
    /// Where to go on to.
    pub on: String,
}

impl RecoveryCodesPage {
    pub(super) fn respond(
        consumer: &Consumer,
        done: Option<SecurityDone>,
        codes: &[RecoveryCode],
    ) -> Response {
        let on = "/account/security".to_owned();
        respond(
            StatusCode::OK,
            &Self::new(consumer.shell(None), done, codes, on),
        )
    }

    pub(in crate::pages) fn new(
        shell: Shell,
        done: Option<SecurityDone>,
        codes: &[RecoveryCode],
        on: String,
    ) -> Self {
        let codes = factors::to_texts(codes);
        Self {
            shell: Shell {
                // After changing language they are not shown again.
                here: on.clone(),
                ..shell
            },
            done,
            codes: codes.iter().map(|code| String::clone(code)).collect(),
            on,
        }
    }
}

/// `GET /account/security/totp`
pub async fn show(FreshConsumer(consumer): FreshConsumer) -> Response {
    let new = NewTotp::generate(&consumer.visitor.app, &consumer.signed_in);
    match page(&consumer, &new, false).await {
        Ok(page) => respond(StatusCode::OK, &page),
        Err(fault) => consumer.fault(&fault),
    }
}

async fn page(consumer: &Consumer, new: &NewTotp, wrong: bool) -> Result<TotpPage, Fault> {
    let app = &consumer.visitor.app;
    let contact = accounts::contact(app, consumer.signed_in.account.id).await?;
    let secret = new.secret();
    let link = secret
        .to_url(app.config().issuer.host(), &contact.email)
        .ok_or(Fault::Inconsistent("an authenticator app cannot be named"))?;
    Ok(TotpPage {
        shell: consumer.shell(None),
        setup: URL_SAFE_NO_PAD.encode(new.to_carry(app)),
        secret: String::clone(&secret.to_text()),
        picture: qr::svg(&link).unwrap_or_default(),
        link: String::clone(&link),
        wrong,
    })
}

/// `POST /account/security/totp`
pub async fn submit(form: FreshForm) -> Response {
    let FreshForm { consumer, params } = form;
    let (app, signed_in) = (&consumer.visitor.app, &consumer.signed_in);
    let carried = URL_SAFE_NO_PAD.decode(params.get("setup").unwrap_or_default());
    let carried = || NewTotp::carried(app, signed_in, carried.clone().ok()?);
    let (Some(new), Some(again)) = (carried(), carried()) else {
        return see_other("/account/security/totp");
    };
    let typed = params.get("code").unwrap_or_default();
    match new.confirm(app, signed_in, typed).await {
        Ok(Some(codes)) => {
            RecoveryCodesPage::respond(&consumer, Some(SecurityDone::TotpAdded), &codes)
        }
        Ok(None) => SecurityDone::TotpAdded.told(),
        Err(FactorError::Fault(fault)) => consumer.fault(&fault),
        Err(_) => match page(&consumer, &again, true).await {
            Ok(page) => respond(StatusCode::UNPROCESSABLE_ENTITY, &page),
            Err(fault) => consumer.fault(&fault),
        },
    }
}

/// `POST /account/security/totp/remove`
pub async fn remove(form: FreshForm) -> Response {
    let consumer = form.consumer;
    match factors::remove_totp(&consumer.visitor.app, &consumer.signed_in).await {
        Ok(()) => SecurityDone::TotpRemoved.told(),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /account/security/codes`
pub async fn make_codes(form: FreshForm) -> Response {
    let consumer = form.consumer;
    match factors::make_codes(&consumer.visitor.app, &consumer.signed_in).await {
        Ok(codes) => RecoveryCodesPage::respond(&consumer, None, &codes),
        Err(fault) => consumer.fault(&fault),
    }
}
