//! What this site knows about you, why, and until when.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::problem::Problem;
use super::{Frame, Nothing, Posted, render};
use crate::webshop::Shop;
use crate::webshop::access::{self, Access};
use crate::webshop::guard::Visit;
use crate::webshop::lang::Lang;
use crate::webshop::person::{Fact, Person};
use crate::webshop::receipt::{Held, Process, Receipt};
use crate::webshop::session::Login;
use crate::webshop::words;

/// One purpose that was agreed, as the page tells it.
struct Use {
    title: String,
    text: String,
    basis: String,
    /// It outlives a withdrawal.
    legal_duty: bool,
    required: bool,
    until: Option<String>,
    duration: Option<String>,
    facts: Vec<Fact>,
    /// Agreed, and not in what UserInfo now tells.
    absent: Vec<String>,
    channels: Vec<String>,
    permissions: Vec<String>,
}

impl Use {
    fn of(process: &Process, person: &Person, receipt: &Receipt, lang: Lang) -> Self {
        let legal_duty = words::is_legal_duty(&process.legal_basis);
        // A legal duty does not end with the agreement.
        let until = match &process.storage.until {
            None if !legal_duty => receipt.event.valid_until.as_ref(),
            own => own.as_ref(),
        };
        let mut facts = Vec::new();
        let mut absent = Vec::new();
        for claim in &process.claims {
            match person.fact(claim, lang) {
                Some(fact) => facts.push(fact),
                None => absent.push(words::claim(claim, lang)),
            }
        }
        Self {
            title: process.title(lang).to_owned(),
            text: process.text(lang).to_owned(),
            basis: words::basis(&process.legal_basis, lang),
            legal_duty,
            required: process.necessity == "required",
            until: until.and_then(|moment| words::date(moment, lang)),
            duration: process
                .storage
                .duration
                .as_deref()
                .map(|period| words::period(period, lang)),
            facts,
            absent,
            channels: process
                .channels
                .iter()
                .map(|channel| words::channel(channel, lang))
                .collect(),
            permissions: process
                .permissions
                .iter()
                .map(|permission| words::permission(permission, lang))
                .collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "webshop/my_data.html")]
struct MyData {
    frame: Frame,
    known: Option<Known>,
}

/// The part of the page for someone who is logged in.
struct Known {
    /// What we know the person as.
    subject: String,
    facts: Vec<Fact>,
    uses: Vec<Use>,
    /// What UserInfo tells and no purpose of the receipt explains.
    unexplained: Vec<Fact>,
    tier: Option<String>,
    anonymous: bool,
    until: Option<String>,
    receipt: ReceiptNote,
    /// Where the person changes or withdraws this.
    manage: String,
    standing: Standing,
    /// What changed because Sluis told us so.
    heard: Option<String>,
}

/// How fresh the page is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Current,
    /// The person paused the agreement; we see nothing.
    Paused,
    /// The provider did not answer; this is what it said last.
    Outdated,
}

enum ReceiptNote {
    Nothing,
    Verified(String),
    Broken,
}

impl Known {
    fn of(login: &Login, standing: Standing, shop: &Shop, lang: Lang) -> Self {
        let receipt = login.receipt.receipt();
        let facts = login.person.facts(lang);
        let explained: BTreeSet<&str> = receipt
            .iter()
            .flat_map(|receipt| &receipt.processes)
            .flat_map(|process| &process.claims)
            .map(String::as_str)
            .collect();
        Self {
            subject: login.subject.to_string(),
            unexplained: facts
                .iter()
                .filter(|fact| receipt.is_some() && !explained.contains(fact.key.as_str()))
                .cloned()
                .collect(),
            uses: receipt.map_or_else(Vec::new, |receipt| {
                receipt
                    .processes
                    .iter()
                    .map(|process| Use::of(process, &login.person, receipt, lang))
                    .collect()
            }),
            anonymous: receipt.is_some_and(|receipt| receipt.profile.tier == "anonymous"),
            tier: receipt
                .map(|receipt| words::tier(&receipt.profile.tier, lang))
                .filter(|tier| !tier.is_empty()),
            until: receipt
                .and_then(|receipt| receipt.event.valid_until.as_deref())
                .and_then(|moment| words::date(moment, lang)),
            receipt: match &login.receipt {
                Held::Nothing => ReceiptNote::Nothing,
                Held::Verified(receipt) => ReceiptNote::Verified(receipt.jti.clone()),
                Held::Broken => ReceiptNote::Broken,
            },
            manage: receipt
                .and_then(|receipt| receipt.controls.withdraw.clone())
                .unwrap_or_else(|| shop.config.provider_page("/account")),
            facts,
            standing,
            heard: heard(shop, login.subject.as_str(), lang),
        }
    }
}

/// What changed at Sluis last, when we heard so, and when we read it.
fn heard(shop: &Shop, subject: &str, lang: Lang) -> Option<String> {
    let book = shop.ledger.book();
    let change = book.customer(subject)?.told_changes().next()?;
    let (claims, told) = (
        words::claims(&change.claims, lang),
        words::time_of(change.told_at),
    );
    let read = words::time_of(change.read_at);
    Some(match lang {
        Lang::Nl => format!(
            "Bij Sluis gewijzigd: {claims}. Wij hoorden het van Sluis om {told} en lazen het nieuwe om {read}; u hoefde hier niets te doen."
        ),
        Lang::En => format!(
            "Changed at Sluis: {claims}. Sluis told us at {told}, and we read what is new at {read}; there was nothing for you to do here."
        ),
    })
}

pub(super) async fn show(State(shop): State<Arc<Shop>>, visit: Visit) -> Response {
    let known = match access::look_again(&shop, &visit.session_id).await {
        Access::Open(login) => Some(Known::of(&login, Standing::Current, &shop, visit.lang)),
        Access::Paused(login) => Some(Known::of(&login, Standing::Paused, &shop, visit.lang)),
        Access::Unknown(login, failure) => {
            tracing::warn!(%failure, "UserInfo did not answer");
            Some(Known::of(&login, Standing::Outdated, &shop, visit.lang))
        }
        Access::Guest | Access::Lost => None,
    };
    let status = match &known {
        Some(known) if known.standing == Standing::Outdated => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::OK,
    };
    let session = visit.session(&shop);
    let page = render(&MyData {
        frame: Frame::new(&shop, &visit, &session),
        known,
    });
    (status, page).into_response()
}

/// Uses the refresh token, as a shop does when the access token is old.
pub(super) async fn refresh(State(shop): State<Arc<Shop>>, form: Posted<Nothing>) -> Response {
    let visit = form.visit;
    let session = visit.session(&shop);
    let Some(login) = &session.login else {
        return Redirect::to("/my-data").into_response();
    };
    match access::renew(&shop, &visit.session_id, login).await {
        Access::Unknown(_, failure) => {
            tracing::warn!(%failure, "a refresh did not work");
            Problem::from(&failure).page(&shop, &visit, &session)
        }
        Access::Open(_) | Access::Paused(_) | Access::Lost | Access::Guest => {
            Redirect::to("/my-data").into_response()
        }
    }
}
