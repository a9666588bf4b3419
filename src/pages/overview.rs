//! `/account`: what flows, and to whom.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::businesses::{self, BusinessCard};
use crate::domain::retention::Retention;
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service::addresses::Reach;
use crate::service::grants;
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// The page after signing in.
#[derive(Clone, Template)]
#[template(path = "overview.html")]
pub struct OverviewPage {
    /// Around it.
    pub shell: Shell,
    /// Businesses with a live or paused grant, the newest first.
    pub businesses: Vec<BusinessCard>,
    /// The three profiles, in order.
    pub profiles: Vec<ProfileSummary>,
    /// What to say about what was just done.
    pub done: Option<Done>,
    /// Whether mail reaches the account.
    pub reach: Reach,
    /// Until when a way back in waits, if one does.
    pub waits_until: Option<Timestamp>,
}

/// A profile in a line.
#[derive(Clone)]
pub struct ProfileSummary {
    /// Which.
    pub tier: Tier,
    /// How many attributes it has that are filled in.
    pub filled: usize,
    /// How many attributes it has.
    pub size: usize,
    /// The longest retention that it allows.
    pub retention: Retention,
}

/// What was just done, said at the top of the page that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// The account was made.
    Welcome,
    /// The change is in force.
    Saved,
    /// The grant has less than before, from now on.
    Narrowed,
    /// A permission was taken back.
    Stopped,
    /// The grant is paused.
    Paused,
    /// The grant is in force again.
    Resumed,
    /// The grant runs for as long again.
    Renewed,
    /// The grant was withdrawn.
    Withdrawn,
    /// A wider grant was not given; the old one stands.
    Kept,
    /// A request was sent to the business.
    Asked,
    /// An objection was sent, and contact is off.
    Objected,
    /// A restriction was sent, and the grant is paused.
    Restricted,
    /// Nothing: it was changed elsewhere since the page was shown.
    Stale,
}

impl Done {
    /// In words.
    #[must_use]
    pub fn text(self, texts: Texts) -> String {
        match self {
            Self::Welcome => t!(texts, "done-welcome"),
            Self::Saved => t!(texts, "done-saved"),
            Self::Narrowed => t!(texts, "done-narrowed"),
            Self::Stopped => t!(texts, "done-off"),
            Self::Paused => t!(texts, "done-paused"),
            Self::Resumed => t!(texts, "done-resumed"),
            Self::Renewed => t!(texts, "done-renewed"),
            Self::Withdrawn => t!(texts, "done-withdrawn"),
            Self::Kept => t!(texts, "done-kept"),
            Self::Asked => t!(texts, "done-asked"),
            Self::Objected => t!(texts, "done-objected"),
            Self::Restricted => t!(texts, "done-restricted"),
            Self::Stale => t!(texts, "done-stale"),
        }
    }

    const ALL: [Self; 13] = [
        Self::Welcome,
        Self::Saved,
        Self::Narrowed,
        Self::Stopped,
        Self::Paused,
        Self::Resumed,
        Self::Renewed,
        Self::Withdrawn,
        Self::Kept,
        Self::Asked,
        Self::Objected,
        Self::Restricted,
        Self::Stale,
    ];

    /// The word in the query of the page that says it.
    const fn word(self) -> &'static str {
        match self {
            Self::Welcome => "welcome",
            Self::Saved => "saved",
            Self::Narrowed => "narrowed",
            Self::Stopped => "stopped",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Renewed => "renewed",
            Self::Withdrawn => "withdrawn",
            Self::Kept => "kept",
            Self::Asked => "asked",
            Self::Objected => "objected",
            Self::Restricted => "restricted",
            Self::Stale => "stale",
        }
    }

    /// The path of a page that says it.
    pub(super) fn told_at(self, path: &str) -> String {
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}done={}", self.word())
    }

    /// What a query says was done. Anyone can write a link that says so: a
    /// page believes what fits what it shows.
    pub(super) fn of_query(query: Option<&str>) -> Option<Self> {
        let params = Params::parse(query?)?;
        let word = params.get("done")?;
        Self::ALL.into_iter().find(|done| done.word() == word)
    }
}

/// `GET /account`
pub async fn show(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    let app = &consumer.visitor.app;
    let views = match grants::all(app, &consumer.signed_in).await {
        Ok(views) => views,
        Err(fault) => return consumer.fault(&fault),
    };
    let now = app.now();
    let contents = &consumer.vault.contents;
    let held = contents.attributes.held();
    let page = OverviewPage {
        shell: consumer.shell(Some(Section::Overview)),
        businesses: views
            .iter()
            .map(|view| businesses::card(view, now, consumer.visitor.language))
            .filter(|card| !card.state.is_over())
            .collect(),
        profiles: Tier::ALL
            .map(|tier| {
                let claims = contents.profiles.claims(TierChoice::Tier(tier));
                ProfileSummary {
                    tier,
                    filled: (claims & held).len(),
                    size: claims.len(),
                    retention: contents.profiles.retention(tier, now),
                }
            })
            .into(),
        done: Done::of_query(query.as_deref())
            .filter(|done| matches!(done, Done::Welcome | Done::Saved)),
        reach: consumer.signed_in.reach,
        waits_until: consumer.signed_in.recovery_waits_until,
    };
    respond(StatusCode::OK, &page)
}
