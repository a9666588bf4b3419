//! `/account/history`: who read what, when and for what.
//!
//! # The form
//! A GET form: `business` (a client id), `claim`, `purpose`, `from` and `until`
//! (days). `page` leafs through what was found, and `before` goes on where a
//! search stopped.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use url::form_urlencoded::Serializer;

use super::asker::asker;
use super::businesses;
use crate::domain::claim::Claim;
use crate::domain::duty::Day;
use crate::domain::id::GrantId;
use crate::domain::reading::Tally;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service::grants::{self, GrantView};
use crate::service::history::{Criteria, Read, search};
use crate::store::reads::Window;
use crate::web::page::{FieldError, Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

mod picture;

pub use picture::{Bar, Picture};

/// How many reads a page shows.
const PAGE: usize = 50;
const DAY: std::time::Duration = std::time::Duration::from_hours(24);
const PATH: &str = "/account/history";

/// The table of reads.
#[derive(Clone, Template)]
#[template(path = "history.html")]
pub struct HistoryPage {
    /// Around it.
    pub shell: Shell,
    /// What to look for; none while there is nothing to look through.
    pub filters: Option<Filters>,
    /// What is wrong with what was asked.
    pub errors: Vec<FieldError>,
    /// How many were found.
    pub count: usize,
    /// All that were found, over time.
    pub picture: Option<Picture>,
    /// The reads of this page, the newest first.
    pub reads: Vec<HistoryRow>,
    /// Where newer reads are, if there are.
    pub newer: Option<String>,
    /// Where older reads are, if there are more.
    pub older: Option<String>,
    /// Where the search goes on that stopped.
    pub further: Option<String>,
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
    /// What for.
    pub purposes: Vec<String>,
}

/// The form, as it was filled in.
#[derive(Clone)]
pub struct Filters {
    /// Everybody who could have read something.
    pub businesses: Vec<Choice>,
    /// Every claim that they could have read.
    pub claims: Vec<Choice>,
    /// Every purpose that they could have read it for.
    pub purposes: Vec<Choice>,
    /// The first day.
    pub from: String,
    /// The last day.
    pub until: String,
    /// Whether anything is looked for.
    pub narrows: bool,
}

/// One thing to choose.
#[derive(Clone)]
pub struct Choice {
    /// In the form.
    pub value: String,
    /// For people.
    pub label: String,
    /// Whether it was chosen.
    pub chosen: bool,
}

/// What the query says.
struct Asked {
    params: Params,
    criteria: Criteria,
    errors: Vec<FieldError>,
    page: usize,
}

impl Asked {
    /// What nobody can look for is not looked for; of days, that is said.
    fn read(query: Option<&str>, texts: Texts) -> Self {
        let params = query.and_then(Params::parse).unwrap_or_default();
        let mut errors = Vec::new();
        let mut day = |field: &'static str| {
            let text = params.get(field)?;
            let day = text.parse::<Day>().ok();
            if day.is_none() {
                let message = t!(texts, "history-not-a-day");
                errors.push(FieldError { field, message });
            }
            day.map(Day::start)
        };
        let (from, until) = (day("from"), day("until"));
        let criteria = Criteria {
            window: Window {
                client: params.get("business").and_then(|id| id.parse().ok()),
                from,
                until: until.map(|start| start.plus(DAY)),
                before: params.get("before").and_then(|id| id.parse().ok()),
            },
            claim: params.get("claim").and_then(|name| name.parse().ok()),
            purpose: params.get("purpose").and_then(|id| id.parse().ok()),
        };
        let page = params.get("page").and_then(|page| page.parse().ok());
        Self {
            criteria,
            errors,
            page: page.unwrap_or(1).max(1),
            params,
        }
    }

    /// This search, at another place.
    fn at(&self, name: &str, value: &str) -> String {
        let mut query = Serializer::new(String::new());
        let kept = ["business", "claim", "purpose", "from", "until"];
        for field in kept {
            if let Some(value) = self.params.get(field) {
                query.append_pair(field, value);
            }
        }
        if let Some(before) = self.params.get("before").filter(|_| name != "before") {
            query.append_pair("before", before);
        }
        format!("{PATH}?{}", query.append_pair(name, value).finish())
    }

    fn is(&self, field: &str, value: &str) -> bool {
        self.params.get(field) == Some(value)
    }

    fn narrows(&self) -> bool {
        let Criteria {
            window,
            claim,
            purpose,
        } = &self.criteria;
        window.client.is_some()
            || window.from.is_some()
            || window.until.is_some()
            || claim.is_some()
            || purpose.is_some()
    }
}

/// `GET /account/history`
pub async fn show(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    let app = &consumer.visitor.app;
    let texts = consumer.visitor.texts();
    let asked = Asked::read(query.as_deref(), texts);
    let views = match grants::all(app, &consumer.signed_in).await {
        Ok(views) => views,
        Err(fault) => return consumer.fault(&fault),
    };
    let found = match search(app, &consumer.signed_in, &asked.criteria).await {
        Ok(found) => found,
        Err(fault) => return consumer.fault(&fault),
    };
    let ever = views.iter().any(|view| view.last_read.is_some());
    let start = (asked.page - 1).saturating_mul(PAGE).min(found.reads.len());
    let end = start.saturating_add(PAGE).min(found.reads.len());
    let moments: Vec<Timestamp> = found.reads.iter().map(|read| read.at).collect();
    let until = asked
        .criteria
        .window
        .until
        .unwrap_or(app.now())
        // A day ends just before the next one begins.
        .minus(std::time::Duration::from_micros(1))
        .min(app.now());
    let other = |page: usize| asked.at("page", &page.to_string());
    let page = HistoryPage {
        shell: consumer.shell(Some(Section::History)),
        filters: ever.then(|| filters(&asked, &views, &found.reads, texts)),
        count: found.reads.len(),
        picture: Tally::of(&moments, until).map(|tally| Picture::of(&tally, texts)),
        reads: rows(&found.reads[start..end], &views, texts),
        newer: (start > 0).then(|| other(asked.page - 1)),
        older: (end < found.reads.len()).then(|| other(asked.page + 1)),
        further: found
            .stopped_at
            .map(|id| asked.at("before", &id.to_string())),
        errors: asked.errors,
    };
    respond(StatusCode::OK, &page)
}

fn rows(reads: &[Read], views: &[GrantView], texts: Texts) -> Vec<HistoryRow> {
    let by_id: BTreeMap<GrantId, &GrantView> =
        views.iter().map(|view| (view.grant.id, view)).collect();
    let rows = reads.iter().filter_map(|read| {
        let view = by_id.get(&read.grant_id)?;
        let purposes = read.record.purposes.iter();
        Some(HistoryRow {
            at: read.at,
            business: name(view, texts),
            path: businesses::path(&view.grant),
            claims: read.record.claims.iter().collect(),
            purposes: purposes
                .map(|id| match view.plan.purpose(id) {
                    Some(purpose) => purpose.title.get(texts.language()).to_owned(),
                    // Of an edition that another has taken the place of.
                    None => id.to_string(),
                })
                .collect(),
        })
    });
    rows.collect()
}

fn name(view: &GrantView, texts: Texts) -> String {
    asker(&view.client, None, texts.language())
        .name()
        .to_owned()
}

fn filters(asked: &Asked, views: &[GrantView], reads: &[Read], texts: Texts) -> Filters {
    let mut businesses = BTreeMap::new();
    let mut purposes = BTreeMap::new();
    for view in views {
        businesses.insert(view.client.client.id.to_string(), name(view, texts));
        for purpose in view.plan.purposes() {
            let title = purpose.title.get(texts.language()).to_owned();
            purposes.entry(purpose.id.to_string()).or_insert(title);
        }
    }
    let granted = views.iter().map(|view| view.grant.terms.all_claims());
    // An agreement that has narrowed since still was read by.
    let read = reads.iter().map(|read| read.record.claims);
    let claims = granted
        .chain(read)
        .chain(asked.criteria.claim.map(Into::into));
    let claims = claims.fold(enumset::EnumSet::empty(), |all, claims| all | claims);
    let claims = claims
        .iter()
        .map(|claim: Claim| (claim.to_string(), texts.claim_title(claim)));
    let params = &asked.params;
    Filters {
        businesses: choices(asked, "business", businesses),
        claims: choices(asked, "claim", claims),
        purposes: choices(asked, "purpose", purposes),
        from: params.get("from").unwrap_or_default().to_owned(),
        until: params.get("until").unwrap_or_default().to_owned(),
        narrows: asked.narrows(),
    }
}

fn choices(
    asked: &Asked,
    field: &str,
    all: impl IntoIterator<Item = (String, String)>,
) -> Vec<Choice> {
    let choices = all.into_iter().map(|(value, label)| Choice {
        chosen: asked.is(field, &value),
        value,
        label,
    });
    choices.collect()
}
