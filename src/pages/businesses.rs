//! `/account/businesses`: everyone who has or had an agreement.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::asker;
use crate::domain::claim::Claim;
use crate::domain::grant::{Grant, GrantState};
use crate::domain::language::Language;
use crate::domain::tier::TierChoice;
use crate::domain::time::Timestamp;
use crate::i18n::t;
use crate::service::grants::{self, GrantView};
use crate::web::page::{Asker, Section, Shell, respond};
use crate::web::visitor::Consumer;

/// The list.
#[derive(Clone, Template)]
#[template(path = "businesses.html")]
pub struct BusinessesPage {
    /// Around it.
    pub shell: Shell,
    /// With a live or paused grant, the newest first.
    pub live: Vec<BusinessCard>,
    /// Whose grant is over, the last ended first.
    pub over: Vec<BusinessCard>,
}

/// A business at a glance.
#[derive(Clone)]
pub struct BusinessCard {
    /// `/account/businesses/{grant_id}`.
    pub path: String,
    /// Who.
    pub asker: Asker,
    /// Where the grant is in its life.
    pub state: GrantState,
    /// The tier that was chosen.
    pub tier: TierChoice,
    /// What it may see now.
    pub claims: Vec<Claim>,
    /// Titles of the agreed purposes.
    pub purposes: Vec<String>,
    /// Until when, or when it was over; `None` when nothing is held.
    pub until: Option<Timestamp>,
    /// When it last read.
    pub last_read: Option<Timestamp>,
}

/// A grant at a glance.
pub(super) fn card(view: &GrantView, now: Timestamp, language: Language) -> BusinessCard {
    let grant = &view.grant;
    BusinessCard {
        path: path(grant),
        asker: asker(&view.client, None, language),
        state: grant.state_at(now),
        tier: grant.terms.tier,
        claims: view.released.held().iter().collect(),
        purposes: grant
            .terms
            .purposes
            .iter()
            .filter_map(|agreed| view.plan.purpose(&agreed.id))
            .map(|purpose| purpose.title.get(language).to_owned())
            .collect(),
        until: until(grant, now),
        last_read: view.last_read,
    }
}

/// The page of a grant.
pub(super) fn path(grant: &Grant) -> String {
    format!("/account/businesses/{}", grant.id)
}

/// Until when a grant lasts, or when it was over.
pub(super) fn until(grant: &Grant, now: Timestamp) -> Option<Timestamp> {
    match grant.state_at(now) {
        GrantState::Active | GrantState::Paused | GrantState::Expired => grant.expires_at(),
        _ => Some(grant.updated_at),
    }
}

/// `GET /account/businesses`
pub async fn show(consumer: Consumer) -> Response {
    let app = &consumer.visitor.app;
    let views = match grants::all(app, &consumer.signed_in).await {
        Ok(views) => views,
        Err(fault) => return consumer.fault(&fault),
    };
    let now = app.now();
    let (mut over, live): (Vec<_>, Vec<_>) = views
        .iter()
        .map(|view| card(view, now, consumer.visitor.language))
        .partition(|card| card.state.is_over());
    over.sort_by_key(|card| std::cmp::Reverse(card.until));
    let page = BusinessesPage {
        shell: consumer.shell(Some(Section::Businesses)),
        live,
        over,
    };
    respond(StatusCode::OK, &page)
}
