//! Passkeys on the security page, and `/account/security/passkeys`, where one
//! is added.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::SecurityDone;
use super::totp::RecoveryCodesPage;
use crate::domain::id::PasskeyId;
use crate::i18n::t;
use crate::pages::passkeys::{answer_of, let_ask};
use crate::pages::way::see_other;
use crate::service::Fault;
use crate::service::passkeys::{self, Became, OwnPasskey, PasskeyError};
use crate::web::error_page;
use crate::web::form::ConsumerForm;
use crate::web::fresh::{FreshConsumer, FreshForm};
use crate::web::page::{Shell, respond};
use crate::web::visitor::Consumer;

/// How long a name may be.
const MAX_NAME: usize = 60;

/// The passkeys of an account, as its page shows them.
#[derive(Clone)]
pub struct PasskeySection {
    /// Whether browsers know passkeys at this address.
    pub possible: bool,
    /// Those that there are.
    pub passkeys: Vec<OwnPasskey>,
    /// For the browser, so that it forgets those which are gone (WebAuthn L3
    /// §5.1.10): the RP id, the user handle and the ids of the passkeys.
    pub rp_id: String,
    /// The user handle.
    pub user: String,
}

impl PasskeySection {
    pub(super) async fn of(consumer: &Consumer) -> Result<Self, Fault> {
        let (app, signed_in) = (&consumer.visitor.app, &consumer.signed_in);
        Ok(Self {
            possible: passkeys::are_possible(app),
            passkeys: passkeys::own(app, signed_in).await?,
            rp_id: app.config().issuer.host().to_owned(),
            user: URL_SAFE_NO_PAD.encode(signed_in.account.id.as_uuid().as_bytes()),
        })
    }

    /// The ids of the passkeys that there are.
    #[must_use]
    pub fn known(&self) -> String {
        let ids: Vec<String> = self
            .passkeys
            .iter()
            .map(|passkey| URL_SAFE_NO_PAD.encode(&passkey.credential_id))
            .collect();
        ids.join(" ")
    }
}

/// The page that adds a passkey.
#[derive(Clone, Template)]
#[template(path = "passkey_add.html")]
pub struct PasskeyAddPage {
    /// Around it.
    pub shell: Shell,
    /// What it is to be called.
    pub name: String,
    /// Whether the one before was not taken.
    pub failed: bool,
}

/// `GET /account/security/passkeys`
pub async fn show(FreshConsumer(consumer): FreshConsumer) -> Response {
    if !passkeys::are_possible(&consumer.visitor.app) {
        return consumer.error(error_page::Fault::NotFound);
    }
    let page = page(&consumer);
    let_ask(respond(StatusCode::OK, &page))
}

fn page(consumer: &Consumer) -> PasskeyAddPage {
    PasskeyAddPage {
        shell: consumer.shell(None),
        name: String::new(),
        failed: false,
    }
}

/// What a passkey is called, of what was typed.
fn name_of(typed: &str) -> String {
    typed.trim().chars().take(MAX_NAME).collect()
}

/// `POST /account/security/passkeys`
pub async fn submit(form: FreshForm) -> Response {
    let FreshForm { consumer, params } = form;
    let typed = params.get("name").unwrap_or_default();
    let name = name_of(typed);
    let name = if name.is_empty() {
        t!(consumer.visitor.texts(), "passkey-name-default")
    } else {
        name
    };
    let (app, browser) = (&consumer.visitor.app, &consumer.visitor.browser);
    let result = match answer_of(&params) {
        Some(answer) => passkeys::register(app, browser, &consumer.signed_in, answer, &name).await,
        None => Err(PasskeyError::Refused),
    };
    match result {
        Ok((became, codes)) => {
            let done = match became {
                Became::Opening => SecurityDone::PasskeyOpens,
                Became::Proving => SecurityDone::PasskeyProves,
            };
            match codes {
                Some(codes) => RecoveryCodesPage::respond(&consumer, Some(done), &codes),
                None => done.told(),
            }
        }
        Err(PasskeyError::Fault(fault)) => consumer.fault(&fault),
        Err(_) => {
            let page = PasskeyAddPage {
                name: typed.to_owned(),
                failed: true,
                ..page(&consumer)
            };
            let_ask(respond(StatusCode::UNPROCESSABLE_ENTITY, &page))
        }
    }
}

/// `POST /account/security/passkeys/{id}/name`: field `name`. Nothing that a thief
/// would gain by is asked for again.
pub async fn rename(Path(id): Path<String>, form: ConsumerForm) -> Response {
    let ConsumerForm { consumer, params } = form;
    let Ok(id) = id.parse::<PasskeyId>() else {
        return see_other("/account/security");
    };
    let name = name_of(params.get("name").unwrap_or_default());
    if name.is_empty() {
        return see_other("/account/security#passkeys");
    }
    match passkeys::rename(&consumer.visitor.app, &consumer.signed_in, id, &name).await {
        Ok(()) => SecurityDone::PasskeyRenamed.told(),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /account/security/passkeys/{id}/remove`
pub async fn remove(Path(id): Path<String>, form: FreshForm) -> Response {
    let consumer = form.consumer;
    let Ok(id) = id.parse::<PasskeyId>() else {
        return see_other("/account/security");
    };
    match passkeys::remove(&consumer.visitor.app, &consumer.signed_in, id).await {
        Ok(()) => SecurityDone::PasskeyRemoved.told(),
        Err(PasskeyError::LastWay) => SecurityDone::LastWay.told(),
        Err(PasskeyError::Fault(fault)) => consumer.fault(&fault),
        Err(_) => see_other("/account/security"),
    }
}
