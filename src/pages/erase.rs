//! `/account/erase`: the end of an account. What will happen is shown first.
//!
//! # The forms
//! `/account/erase` takes `word`, which is typed, and `when`: `now` or `later`. While
//! a change of address can be undone, `now` is as soon as it cannot any more.
//! `/account/erase/call-off` takes nothing else than every form.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::asker;
use super::way::see_other;
use crate::domain::plan::LegalBasis;
use crate::domain::retention::Retention;
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::service::erasure::{self, Affected, EVIDENCE_YEARS, Erasure, GRACE};
use crate::service::{Fault, accounts};
use crate::web::cookies::Cookies;
use crate::web::form::ConsumerForm;
use crate::web::fresh::{FreshForm, only_if_fresh};
use crate::web::page::{Asker, Section, Shell, respond};
use crate::web::visitor::{Consumer, Visitor};

/// The page, before it is done.
#[derive(Clone, Template)]
#[template(path = "erase.html")]
pub struct ErasePage {
    /// Around it.
    pub shell: Shell,
    /// When it is done, if it waits for that.
    pub waits_until: Option<Timestamp>,
    /// When it would be done, after the month to think it over.
    pub later: Timestamp,
    /// When it would be done at the earliest, if a change of address has to be past
    /// undoing first.
    pub not_before: Option<Timestamp>,
    /// Who would be told.
    pub businesses: Vec<Told>,
    /// To which address the last mail goes.
    pub contact_email: String,
    /// For how many years the evidence is kept.
    pub years: u32,
    /// Whether something else was typed.
    pub wrong: bool,
}

/// A business that would be told.
#[derive(Clone)]
pub struct Told {
    /// Who.
    pub asker: Asker,
    /// By when it has to delete.
    pub delete_by: Timestamp,
    /// The purposes for which the law may have it keep something, and how long.
    pub kept: Vec<(String, Retention)>,
}

/// The page, after.
#[derive(Clone, Template)]
#[template(path = "erased.html")]
pub struct ErasedPage {
    /// Around it.
    pub shell: Shell,
}

fn told(consumer: &Consumer, affected: &Affected) -> Told {
    let language = consumer.visitor.language;
    let by_law = affected.plan.purposes().iter();
    let by_law = by_law.filter(|purpose| purpose.basis == LegalBasis::LegalObligation);
    Told {
        asker: asker(&affected.client, None, language),
        delete_by: affected.delete_by,
        kept: by_law
            .map(|purpose| (purpose.title.get(language).to_owned(), purpose.retention))
            .collect(),
    }
}

impl ErasePage {
    /// Whether it waits for nothing else than that a change of address is past undoing.
    fn waits_for_undo(&self) -> bool {
        self.not_before.is_some() && self.waits_until <= self.not_before
    }
}

async fn page(consumer: &Consumer, wrong: bool) -> Result<ErasePage, Fault> {
    let (app, id) = (&consumer.visitor.app, consumer.signed_in.account.id);
    let affected = erasure::affected(app, id).await?;
    Ok(ErasePage {
        shell: consumer.shell(Some(Section::Security)),
        waits_until: consumer.signed_in.erase_at,
        later: app.now().plus(GRACE),
        not_before: erasure::not_before(app, id).await?,
        businesses: affected.iter().map(|one| told(consumer, one)).collect(),
        contact_email: accounts::contact(app, id).await?.email,
        years: EVIDENCE_YEARS,
        wrong,
    })
}

/// `GET /account/erase`. Whoever only wants to call it off need not show again
/// who they are.
pub async fn show(consumer: Consumer) -> Response {
    let here = consumer.visitor.here.clone();
    let consumer = if consumer.signed_in.erase_at.is_some() {
        consumer
    } else {
        match only_if_fresh(consumer, &here).await {
            Ok(consumer) => consumer,
            Err(elsewhere) => return elsewhere,
        }
    };
    match page(&consumer, false).await {
        Ok(page) => respond(StatusCode::OK, &page),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /account/erase`
pub async fn submit(FreshForm { consumer, params }: FreshForm) -> Response {
    let (app, signed_in) = (&consumer.visitor.app, &consumer.signed_in);
    let typed = params.get("word").unwrap_or_default().trim().to_lowercase();
    if typed != t!(consumer.visitor.texts(), "erase-word") {
        return match page(&consumer, true).await {
            Ok(page) => respond(StatusCode::UNPROCESSABLE_ENTITY, &page),
            Err(fault) => consumer.fault(&fault),
        };
    }
    if params.get("when") == Some("later") {
        return match erasure::begin_grace(app, signed_in).await {
            Ok(_) => see_other("/account/erase"),
            Err(fault) => consumer.fault(&fault),
        };
    }
    match erasure::erase(app, signed_in).await {
        Ok(Erasure::Waits(_)) => see_other("/account/erase"),
        Ok(Erasure::Done) => {
            let mut response = see_other("/erased");
            Cookies::of(app.config()).clear_session(response.headers_mut());
            response
        }
        Err(fault) => consumer.fault(&fault),
    }
}

/// `POST /account/erase/call-off`
pub async fn call_off(ConsumerForm { consumer, .. }: ConsumerForm) -> Response {
    match erasure::call_off(&consumer.visitor.app, &consumer.signed_in).await {
        Ok(()) => see_other("/account"),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `GET` of what takes the form that calls it off.
pub async fn to_page(_: Consumer) -> Response {
    see_other("/account/erase")
}

/// `GET /erased`
pub async fn erased(visitor: Visitor) -> Response {
    let shell = visitor.shell();
    respond(StatusCode::OK, &ErasedPage { shell })
}
