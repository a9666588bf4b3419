//! `/account/data`: take everything along, and bring it along from elsewhere.

pub mod archive;
pub mod import;
pub mod transfer;

use askama::Template;
use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::asker::domain;
use super::overview::Done;
use crate::domain::id::ImportId;
use crate::domain::time::Timestamp;
use crate::domain::vcard;
use crate::i18n::t;
use crate::service;
use crate::service::{departures, exports, imports};
use crate::web::error_page::Fault;
use crate::web::fresh::only_if_fresh;
use crate::web::page::{Section, Shell, respond};
use crate::web::visitor::Consumer;

const PAGE: &str = "/account/data";

/// The page.
#[derive(Clone, Template)]
#[template(path = "data.html")]
pub struct DataPage {
    /// Around it.
    pub shell: Shell,
    /// What to say about what was just done.
    pub done: Option<Done>,
    /// Whether there is enough for a card in an address book.
    pub has_card: bool,
    /// What came along from elsewhere.
    pub came_along: Vec<CameAlong>,
    /// To which providers everything went along, and when.
    pub went_along: Vec<(String, Timestamp)>,
}

/// What came along from another provider, in a line.
#[derive(Clone)]
pub struct CameAlong {
    /// Which.
    pub id: ImportId,
    /// From which.
    pub provider: String,
    /// When.
    pub at: Timestamp,
    /// How many agreements.
    pub agreements: usize,
}

/// `GET /account/data`
pub async fn show(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    let done = Done::of_query(query.as_deref()).filter(|done| *done == Done::Saved);
    match page(&consumer, done).await {
        Ok(page) => respond(StatusCode::OK, &page),
        Err(fault) => consumer.fault(&fault),
    }
}

async fn page(consumer: &Consumer, done: Option<Done>) -> Result<DataPage, service::Fault> {
    let app = &consumer.visitor.app;
    let kept = imports::of_account(app, &consumer.signed_in).await?;
    Ok(DataPage {
        shell: consumer.shell(Some(Section::Profiles)),
        done,
        has_card: vcard::card(&consumer.vault.contents.attributes).is_some(),
        came_along: kept
            .into_iter()
            .map(|one| CameAlong {
                id: one.id,
                provider: one.summary.provider,
                at: one.kept_at.0,
                agreements: one.summary.grants,
            })
            .collect(),
        went_along: departures::of_account(app, &consumer.signed_in)
            .await?
            .into_iter()
            .map(|gone| (domain(&gone.redirect_uri), gone.at))
            .collect(),
    })
}

/// `GET /account/data/export.json`
///
/// Whoever takes everything along has shown just now who they are. If not, they
/// come back to the page: a browser would save any other answer as the file.
pub async fn download(consumer: Consumer) -> Response {
    let consumer = match only_if_fresh(consumer, PAGE).await {
        Ok(consumer) => consumer,
        Err(page) => return page,
    };
    let app = &consumer.visitor.app;
    match exports::download(app, &consumer.signed_in).await {
        // One that breaks off ends the connection, so that nobody takes it for a
        // whole one.
        Ok(pieces) => file(
            Body::from_stream(pieces),
            "application/json",
            "sluis-export.json",
        ),
        Err(fault) => consumer.fault(&fault),
    }
}

/// `GET /account/data/contacts.vcf`
pub async fn contacts(consumer: Consumer) -> Response {
    let consumer = match only_if_fresh(consumer, PAGE).await {
        Ok(consumer) => consumer,
        Err(page) => return page,
    };
    match vcard::card(&consumer.vault.contents.attributes) {
        Some(card) => file(
            card.into(),
            "text/vcard; charset=utf-8",
            "sluis-contacts.vcf",
        ),
        None => consumer.error(Fault::NotFound),
    }
}

fn file(body: Body, kind: &'static str, name: &'static str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    (headers, body).into_response()
}
