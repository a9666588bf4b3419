//! `/account/history`: who read what, and when.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::asker;
use super::businesses;
use crate::domain::claim::Claim;
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::service::{Fault, grants};
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// How many reads a page shows.
const PAGE: usize = 50;

/// The table of reads.
#[derive(Clone, Template)]
#[template(path = "history.html")]
pub struct HistoryPage {
    /// Around it.
    pub shell: Shell,
    /// The reads of this page, the newest first.
    pub reads: Vec<HistoryRow>,
    /// Where older reads are, if there are more.
    pub older: Option<String>,
}

/// One read.
#[derive(Clone)]
pub struct HistoryRow {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub business: String,
    /// The page of the grant under which it was read.
    pub path: String,
    /// What was handed over; empty if only that the person is known.
    pub claims: Vec<Claim>,
}

/// `GET /account/history`, `?page=2` and on for older reads.
pub async fn show(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    let number = query
        .as_deref()
        .and_then(Params::parse)
        .and_then(|params| params.get("page")?.parse::<usize>().ok())
        .unwrap_or(1)
        .max(1);
    let mut rows = match rows(&consumer).await {
        Ok(rows) => rows,
        Err(fault) => return consumer.fault(&fault),
    };
    let start = (number - 1).saturating_mul(PAGE).min(rows.len());
    let older = rows.len() > start.saturating_add(PAGE);
    rows.drain(..start);
    rows.truncate(PAGE);
    let page = HistoryPage {
        shell: consumer.shell(Some(Section::History)),
        reads: rows,
        older: older.then(|| format!("/account/history?page={}", number + 1)),
    };
    respond(StatusCode::OK, &page)
}

/// Every read of every grant, the newest first.
async fn rows(consumer: &Consumer) -> Result<Vec<HistoryRow>, Fault> {
    let app = &consumer.visitor.app;
    let signed_in = &consumer.signed_in;
    let mut rows = Vec::new();
    for view in grants::all(app, signed_in).await? {
        let asker = asker(&view.client, None, consumer.visitor.language);
        let path = businesses::path(&view.grant);
        let reads = grants::reads(app, signed_in, view.grant.id).await?;
        rows.extend(
            reads
                .unwrap_or_default()
                .into_iter()
                .map(|read| HistoryRow {
                    at: read.at,
                    business: asker.name().to_owned(),
                    path: path.clone(),
                    claims: read.record.claims.iter().collect(),
                }),
        );
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.at));
    Ok(rows)
}
