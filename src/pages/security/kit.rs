//! The recovery kit, and the operator's key.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::done::SecurityDone;
use crate::i18n::t;
use crate::service::kit::{self, Challenge, Confirmation};
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;
use crate::web::fresh::FreshForm;
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::qr;

/// The page with a kit that was just made, to print; and the question whether it
/// was. The code is shown once.
#[derive(Clone, Template)]
#[template(path = "security_kit_new.html")]
pub struct KitPage {
    /// Around it.
    pub shell: Shell,
    /// The groups of the code; none when the page is shown again.
    pub groups: Vec<String>,
    /// The code as a picture, in SVG.
    pub picture: Option<String>,
    /// Where it is of use.
    pub issuer: String,
    /// Whose account it is for, to know the paper by.
    pub contact_email: String,
    /// The kit, in the form.
    pub id: String,
    /// Which of its groups to type, from 1.
    pub group: usize,
    /// What the answer is held against, in the form.
    pub proof: String,
    /// Whether something else was typed.
    pub wrong: bool,
}

/// `POST /account/security/kit`: makes one and shows it.
pub async fn make(FreshForm { consumer, .. }: FreshForm) -> Response {
    let app = &consumer.visitor.app;
    let made = match kit::make(app, &consumer.signed_in).await {
        Ok(made) => made,
        Err(fault) => return consumer.fault(&fault),
    };
    let contact = crate::service::accounts::contact(app, consumer.signed_in.account.id);
    let contact_email = match contact.await {
        Ok(contact) => contact.email,
        Err(fault) => return consumer.fault(&fault),
    };
    let groups = made.code.groups();
    let page = KitPage {
        shell: consumer.shell(Some(Section::Security)),
        picture: qr::svg(&groups.join("-")),
        groups,
        issuer: app.config().issuer.as_str().to_owned(),
        contact_email,
        id: made.challenge.id.to_string(),
        group: made.challenge.group,
        proof: URL_SAFE_NO_PAD.encode(&made.challenge.proof),
        wrong: false,
    };
    respond(StatusCode::OK, &page)
}

fn challenge(params: &Params) -> Option<Challenge> {
    Some(Challenge {
        id: params.get("kit")?.parse().ok()?,
        group: params.get("group")?.parse().ok()?,
        proof: URL_SAFE_NO_PAD.decode(params.get("proof")?).ok()?,
    })
}

/// `POST /account/security/kit/confirm`
pub async fn confirm(ConsumerForm { consumer, params }: ConsumerForm) -> Response {
    let Some(challenge) = challenge(&params) else {
        return consumer.error(Fault::Malformed);
    };
    let typed = params.get("part").unwrap_or_default();
    let app = &consumer.visitor.app;
    match kit::confirm(app, &consumer.signed_in, &challenge, typed).await {
        Ok(Confirmation::Done) => SecurityDone::KitMade.told(),
        Ok(Confirmation::Gone) => consumer.error(Fault::Conflict),
        Ok(Confirmation::Wrong) => {
            let page = KitPage {
                shell: consumer.shell(Some(Section::Security)),
                groups: Vec::new(),
                picture: None,
                issuer: app.config().issuer.as_str().to_owned(),
                contact_email: String::new(),
                id: challenge.id.to_string(),
                group: challenge.group,
                proof: URL_SAFE_NO_PAD.encode(&challenge.proof),
                wrong: true,
            };
            respond(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /account/security/escrow/drop`
pub async fn drop_escrow(FreshForm { consumer, .. }: FreshForm) -> Response {
    match kit::drop_escrow(&consumer.visitor.app, &consumer.signed_in).await {
        Ok(true) => SecurityDone::EscrowDropped.told(),
        Ok(false) => SecurityDone::NoKit.told(),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /account/security/escrow/allow`
pub async fn allow_escrow(FreshForm { consumer, .. }: FreshForm) -> Response {
    match kit::allow_escrow(&consumer.visitor.app, &consumer.signed_in).await {
        Ok(()) => SecurityDone::EscrowAllowed.told(),
        Err(fault) => consumer.fault(&fault),
    }
}
