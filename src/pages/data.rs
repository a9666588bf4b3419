//! `/account/data`: take everything along.

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::domain::vcard;
use crate::i18n::t;
use crate::service::exports::export;
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
    /// Whether there is enough for a card in an address book.
    pub has_card: bool,
}

/// `GET /account/data`
pub async fn show(consumer: Consumer) -> Response {
    let page = DataPage {
        shell: consumer.shell(Some(Section::Profiles)),
        has_card: vcard::card(&consumer.vault.contents.attributes).is_some(),
    };
    respond(StatusCode::OK, &page)
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
    let document = match export(app, &consumer.signed_in, &consumer.vault).await {
        Ok(document) => document,
        Err(fault) => return consumer.fault(&fault),
    };
    match serde_json::to_vec_pretty(&document) {
        Ok(bytes) => file(bytes, "application/json", "sluis-export.json"),
        Err(_) => consumer.fault(&crate::service::Fault::Inconsistent(
            "an export cannot be written",
        )),
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
            card.into_bytes(),
            "text/vcard; charset=utf-8",
            "sluis-contacts.vcf",
        ),
        None => consumer.error(Fault::NotFound),
    }
}

fn file(bytes: Vec<u8>, kind: &'static str, name: &'static str) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    (headers, bytes).into_response()
}
