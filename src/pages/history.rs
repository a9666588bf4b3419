//! `/account/history`: who read what, when and for what.
//!
//! # The form
//! A GET form: `business` (a client id), `claim`, `purpose` (its id, and `@` and a
//! client id where businesses mean different things by it), `from` and `until` (days). `page` leafs through what was found, and `before` goes on where a
//! search stopped.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;
use url::form_urlencoded::Serializer;

use super::asker::{asker, domain};
use super::businesses;
use crate::domain::claim::Claim;
use crate::domain::duty::Day;
use crate::domain::id::{ClientId, GrantId};
use crate::domain::plan::PurposeId;
use crate::domain::reading::Tally;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service::grants::{self, GrantView};
use crate::service::history::{Criteria, Read, Titles, search, titles};
use crate::service::{Fault, departures};
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
    /// Since when they were looked for, if there are older ones.
    pub since: Option<Timestamp>,
    /// All that were found, over time.
    pub picture: Option<Picture>,
    /// To which providers all of the account went along, and when.
    pub went_along: Vec<(String, Timestamp)>,
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
        let purpose = params.get("purpose").unwrap_or_default();
        let (purpose, whose) = purpose.split_once('@').unwrap_or((purpose, ""));
        let criteria = Criteria {
            window: Window {
                client: params.get("business").and_then(|id| id.parse().ok()),
                from,
                until: until.map(|start| start.plus(DAY)),
                before: params.get("before").and_then(|id| id.parse().ok()),
            },
            claim: params.get("claim").and_then(|name| name.parse().ok()),
            purpose: purpose.parse().ok(),
            purpose_of: whose.parse().ok(),
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
            purpose_of,
        } = &self.criteria;
        window.client.is_some()
            || window.from.is_some()
            || window.until.is_some()
            || claim.is_some()
            || purpose.is_some()
            || purpose_of.is_some()
    }

    /// Whether it shows the record from its end.
    fn is_whole(&self) -> bool {
        self.page == 1 && !self.narrows() && self.criteria.window.before.is_none()
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
    let titles = match titles(app, &views, &found.reads).await {
        Ok(titles) => titles,
        Err(fault) => return consumer.fault(&fault),
    };
    let went_along = match went_along(&consumer, &asked).await {
        Ok(went_along) => went_along,
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
        filters: ever.then(|| filters(&asked, &views, &found.reads, &titles, texts)),
        count: found.reads.len(),
        since: found.stopped.map(|stopped| stopped.read_at),
        picture: Tally::of(&moments, until).map(|tally| Picture::of(&tally, texts)),
        went_along,
        reads: rows(&found.reads[start..end], &views, &titles, texts),
        newer: (start > 0).then(|| other(asked.page - 1)),
        older: (end < found.reads.len()).then(|| other(asked.page + 1)),
        further: found
            .stopped
            .map(|stopped| asked.at("before", &stopped.id.to_string())),
        errors: asked.errors,
    };
    respond(StatusCode::OK, &page)
}

/// What went all at once is no read, and belongs to the record all the same.
async fn went_along(consumer: &Consumer, asked: &Asked) -> Result<Vec<(String, Timestamp)>, Fault> {
    if !asked.is_whole() {
        return Ok(Vec::new());
    }
    let gone = departures::of_account(&consumer.visitor.app, &consumer.signed_in).await?;
    let gone = gone.into_iter();
    Ok(gone
        .map(|one| (domain(&one.redirect_uri), one.at))
        .collect())
}

fn rows(reads: &[Read], views: &[GrantView], titles: &Titles, texts: Texts) -> Vec<HistoryRow> {
    let by_id: BTreeMap<GrantId, &GrantView> =
        views.iter().map(|view| (view.grant.id, view)).collect();
    let rows = reads.iter().filter_map(|read| {
        let view = by_id.get(&read.grant_id)?;
        let purposes = read.record.purposes.iter();
        let called = titles.get(&view.grant.client_id);
        Some(HistoryRow {
            at: read.at,
            business: name(view, texts),
            path: businesses::path(&view.grant),
            claims: read.record.claims.iter().collect(),
            purposes: purposes
                .map(|id| match called.and_then(|titles| titles.get(id)) {
                    Some(title) => title.get(texts.language()).to_owned(),
                    // Of an edition that many have taken the place of.
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

fn filters(
    asked: &Asked,
    views: &[GrantView],
    reads: &[Read],
    titles: &Titles,
    texts: Texts,
) -> Filters {
    let names = views
        .iter()
        .map(|view| (view.grant.client_id.clone(), name(view, texts)));
    let names: BTreeMap<ClientId, String> = names.collect();
    let businesses = names
        .iter()
        .map(|(id, name)| (id.to_string(), name.clone()));
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
        purposes: choices(
            asked,
            "purpose",
            offered(asked, purposes(titles, &names, texts), &names),
        ),
        from: params.get("from").unwrap_or_default().to_owned(),
        until: params.get("until").unwrap_or_default().to_owned(),
        narrows: asked.narrows(),
    }
}

/// These purposes, and the one that is looked for: where nothing was read for it, nothing
/// tells what it was called, and it stays chosen all the same.
fn offered(
    asked: &Asked,
    mut all: Vec<(String, String)>,
    names: &BTreeMap<ClientId, String>,
) -> Vec<(String, String)> {
    let Criteria {
        purpose: Some(id),
        purpose_of,
        ..
    } = &asked.criteria
    else {
        return all;
    };
    let value = asked.params.get("purpose").unwrap_or_default();
    if !all.iter().any(|(offered, _)| offered == value) {
        let name = purpose_of.as_ref().and_then(|whose| names.get(whose));
        let label = name.map_or_else(|| id.to_string(), |name| format!("{id} ({name})"));
        all.push((value.to_owned(), label));
    }
    all
}

/// The purposes by their names. Of those that businesses mean different things by, each
/// by itself, with whose it is.
fn purposes(
    titles: &Titles,
    names: &BTreeMap<ClientId, String>,
    texts: Texts,
) -> Vec<(String, String)> {
    let mut by_id: BTreeMap<&PurposeId, Vec<(&ClientId, &str)>> = BTreeMap::new();
    for (client_id, of_client) in titles {
        for (id, title) in of_client {
            let of_id = by_id.entry(id).or_default();
            of_id.push((client_id, title.get(texts.language())));
        }
    }
    let mut all = Vec::new();
    for (id, of_id) in by_id {
        let mut different: Vec<&str> = of_id.iter().map(|(_, title)| *title).collect();
        different.sort_unstable();
        different.dedup();
        if let [title] = different[..] {
            all.push((id.to_string(), title.to_owned()));
            continue;
        }
        for (client_id, title) in of_id {
            let name = names.get(client_id).map_or("", String::as_str);
            all.push((format!("{id}@{client_id}"), format!("{title} ({name})")));
        }
    }
    all
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
