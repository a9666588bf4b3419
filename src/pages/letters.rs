//! `/account/duties/{duty_id}/letter` and `/complaint`: what a consumer can send
//! when a business let the time to delete pass, or cannot be told by us, ready to
//! print, in Dutch and in English (`?in=nl`, `?in=en`).
//!
//! Who writes is taken from the vault that the session has opened, and goes
//! nowhere but onto this page.

mod words;

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::asker;
use super::duties::path;
use super::way::see_other;
use crate::domain::business::BusinessDocument;
use crate::domain::claim::Claim;
use crate::domain::duty::{Reason, Stage};
use crate::domain::id::DutyId;
use crate::domain::language::Language;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service::duties::{self, DutyView};
use crate::service::grants;
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// A letter to the business.
#[derive(Clone, Template)]
#[template(path = "letter.html")]
pub struct LetterPage {
    /// Around it.
    pub shell: Shell,
    /// What it says.
    pub letter: Letter,
}

/// A complaint to the supervisory authority.
#[derive(Clone, Template)]
#[template(path = "complaint.html")]
pub struct ComplaintPage {
    /// Around it.
    pub shell: Shell,
    /// What it says.
    pub letter: Letter,
    /// To whom, line by line.
    pub authority: Vec<String>,
}

/// What stands in both.
#[derive(Clone)]
pub struct Letter {
    /// The phrases of its own language, which need not be the page's.
    pub texts: Texts,
    /// `/account/duties/{duty_id}`.
    pub path: String,
    /// `/account/businesses/{grant_id}`.
    pub grant: String,
    /// Who writes, line by line: name, address, e-mail address.
    pub sender: Vec<String>,
    /// Whether the first of these lines is a name.
    pub has_name: bool,
    /// The business.
    pub business: BusinessDocument,
    /// Its site or app.
    pub client: String,
    /// The issuer.
    pub issuer: String,
    /// When it is written.
    pub today: Timestamp,
    /// When the agreement was made.
    pub since: Timestamp,
    /// When the duty arose.
    pub opened_at: Timestamp,
    /// By when the business had to delete.
    pub delete_by: Timestamp,
    /// What.
    pub claims: Vec<Claim>,
    /// Why.
    pub reason: Reason,
    /// When the business was found to know of the duty.
    pub known_at: Option<Timestamp>,
    /// Whether the time to delete is up.
    pub late: bool,
    /// When the consumer wrote to the business.
    pub letter_at: Option<Timestamp>,
    /// What the business knows them by.
    pub subject: String,
    /// Which agreement.
    pub grant_id: String,
    /// Which duty.
    pub duty_id: String,
}

/// Where a complaint goes: to the authority of the country whose law the
/// business is under, where we know it (GDPR art. 77 lets the consumer choose).
pub(super) fn authority(country: &str, texts: Texts) -> Vec<String> {
    let lines: &[&str] = match (country, texts.language()) {
        ("NL", _) => &[
            "Autoriteit Persoonsgegevens",
            "Postbus 93374",
            "2509 AJ Den Haag",
            "autoriteitpersoonsgegevens.nl",
        ],
        ("BE", Language::Nl) => &[
            "Gegevensbeschermingsautoriteit",
            "Drukpersstraat 35",
            "1000 Brussel",
            "gegevensbeschermingsautoriteit.be",
        ],
        ("BE", Language::En) => &[
            "Data Protection Authority",
            "Rue de la Presse 35",
            "1000 Brussels",
            "dataprotectionauthority.be",
        ],
        _ => return vec![t!(texts, "authority-yours")],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

/// A duty of this consumer at a stage that there is something to send of.
async fn find(
    consumer: &Consumer,
    id: &str,
    fits: fn(Stage) -> bool,
) -> Result<DutyView, Response> {
    let Ok(id) = id.parse::<DutyId>() else {
        return Err(consumer.error(Fault::NotFound));
    };
    match duties::one(&consumer.visitor.app, &consumer.signed_in, id).await {
        Ok(Some(view)) if fits(view.duty.stage(view.reach)) => Ok(view),
        Ok(_) => Err(consumer.error(Fault::NotFound)),
        Err(fault) => Err(consumer.fault(&fault)),
    }
}

async fn letter(
    consumer: &Consumer,
    view: DutyView,
    query: Option<&str>,
) -> Result<Letter, Response> {
    let DutyView { duty, client, .. } = view;
    let app = &consumer.visitor.app;
    let grant = match grants::one(app, &consumer.signed_in, duty.grant_id).await {
        Ok(Some(view)) => view.grant,
        Ok(None) => return Err(consumer.error(Fault::NotFound)),
        Err(fault) => return Err(consumer.fault(&fault)),
    };
    let asked = query.and_then(Params::parse);
    let asked = asked.as_ref().and_then(|params| params.get("in"));
    let language = asked.and_then(|tag| Language::ALL.into_iter().find(|one| one.as_str() == tag));
    let language = language.unwrap_or(consumer.visitor.language);
    let attributes = &consumer.vault.contents.attributes;
    let lines = |claim| {
        attributes.get(claim).map_or_else(Vec::new, |attribute| {
            attribute.value.display_lines(language)
        })
    };
    let name = lines(Claim::Name);
    Ok(Letter {
        texts: Texts::new(language),
        path: path(&duty),
        grant: format!("/account/businesses/{}", duty.grant_id),
        has_name: !name.is_empty(),
        sender: [name, lines(Claim::Address), lines(Claim::Email)].concat(),
        business: client.business.document.clone(),
        client: asker(&client, None, language).name().to_owned(),
        issuer: app.issuer().to_owned(),
        today: app.now(),
        since: grant.created_at,
        opened_at: duty.opened_at,
        delete_by: duty.delete_by,
        claims: duty.claims.iter().collect(),
        reason: duty.reason,
        known_at: duty.told_at.into_iter().chain(duty.seen_at).min(),
        late: duty.overdue_at.is_some(),
        letter_at: duty.letter_at,
        subject: duty.subject.to_string(),
        grant_id: duty.grant_id.to_string(),
        duty_id: duty.id.to_string(),
    })
}

/// `GET /account/duties/{duty_id}/letter`
pub async fn show(
    consumer: Consumer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let view = match find(&consumer, &id, Stage::has_letter).await {
        Ok(view) => view,
        Err(page) => return page,
    };
    match letter(&consumer, view, query.as_deref()).await {
        Ok(letter) => {
            let shell = consumer.shell(Some(Section::Businesses));
            respond(StatusCode::OK, &LetterPage { shell, letter })
        }
        Err(page) => page,
    }
}

/// `POST /account/duties/{duty_id}/letter`: the consumer says that they sent it.
pub async fn sent(Path(id): Path<String>, form: ConsumerForm) -> Response {
    let ConsumerForm { consumer, .. } = form;
    let view = match find(&consumer, &id, Stage::has_letter).await {
        Ok(view) => view,
        Err(page) => return page,
    };
    let app = &consumer.visitor.app;
    match duties::note_letter(app, &consumer.signed_in, view.duty.id).await {
        Ok(()) => see_other(&format!("{}/letter", path(&view.duty))),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `GET /account/duties/{duty_id}/complaint`
pub async fn complaint(
    consumer: Consumer,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let view = match find(&consumer, &id, |stage| stage == Stage::Overdue).await {
        Ok(view) => view,
        Err(page) => return page,
    };
    match letter(&consumer, view, query.as_deref()).await {
        Ok(letter) => {
            let page = ComplaintPage {
                shell: consumer.shell(Some(Section::Businesses)),
                authority: authority(&letter.business.country, letter.texts),
                letter,
            };
            respond(StatusCode::OK, &page)
        }
        Err(page) => page,
    }
}
