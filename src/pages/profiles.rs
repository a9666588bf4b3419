//! `/account/profiles`: the three profiles, as water levels.
//!
//! # The form
//! Posted to `/account/profiles`; fields `csrf`, `revision` (that of the vault
//! that the page showed), `placement-{claim}` and `permission-{permission}`
//! (`low`, `medium`, `high` or `never`), and `retention-{tier}` (an ISO 8601
//! period).

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::confirm::in_form_if;
use super::consent::own_value;
use super::overview::Done;
use super::way::see_other;
use crate::domain::attribute::{Attributes, Source};
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::profile::{Placement, Profiles};
use crate::domain::retention::Retention;
use crate::domain::tier::Tier;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service::profiles::{Edit, EditError, edit};
use crate::service::sessions::open_vault;
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;
use crate::web::page::{Section, Shell, respond};
use crate::web::params::Params;
use crate::web::visitor::Consumer;

/// The page.
#[derive(Clone, Template)]
#[template(path = "profiles.html")]
pub struct ProfilesPage {
    /// Around it.
    pub shell: Shell,
    /// Of the vault that the page shows; comes back as `revision`.
    pub revision: i64,
    /// What to say about what was just done.
    pub done: Option<Done>,
    /// Until when the consumer is a minor.
    pub minor_until: Option<Timestamp>,
    /// Since when they are not any more, while that is news.
    pub of_age_since: Option<Timestamp>,
    /// Every claim of the catalogue, in its order.
    pub attributes: Vec<AttributeRow>,
    /// Every permission, in order, and where it is placed.
    pub permissions: Vec<(Permission, Placement)>,
    /// The longest retention that each tier allows, lowest first.
    pub retention: Vec<(Tier, Retention)>,
}

/// A claim, what the account holds for it, and where it starts to appear.
#[derive(Clone)]
pub struct AttributeRow {
    /// Which.
    pub claim: Claim,
    /// From which tier.
    pub placement: Placement,
    /// What is held, if anything.
    pub held: Option<HeldValue>,
}

/// An attribute as it is held.
#[derive(Clone)]
pub struct HeldValue {
    /// The value, as people write it; lines are parted by `\n`.
    pub value: String,
    /// Where it came from.
    pub source: Source,
    /// When someone last said that it is right.
    pub confirmed_at: Timestamp,
    /// When it was proven to be right.
    pub verified_at: Option<Timestamp>,
}

const PERIODS: [&str; 10] = [
    "P1D", "P7D", "P14D", "P1M", "P2M", "P3M", "P6M", "P1Y", "P2Y", "P5Y",
];

/// The periods that there are to choose from, shortest first.
pub(super) fn periods() -> Vec<Retention> {
    PERIODS
        .iter()
        .filter_map(|period| period.parse().ok())
        .collect()
}

impl ProfilesPage {
    /// The bands of the page: each placement with what starts there.
    #[must_use]
    pub fn bands(&self) -> Vec<(Placement, Vec<&AttributeRow>)> {
        Placement::ALL
            .into_iter()
            .map(|placement| {
                let rows = self
                    .attributes
                    .iter()
                    .filter(|row| row.placement == placement)
                    .collect();
                (placement, rows)
            })
            .collect()
    }

    /// Every placement, for the selects.
    #[must_use]
    pub fn placements(&self) -> [Placement; 4] {
        Placement::ALL
    }

    /// The longest retention of the tier in which a placement starts.
    #[must_use]
    pub fn retention_of(&self, placement: &Placement) -> Option<(Tier, Retention)> {
        self.retention
            .iter()
            .find(|(tier, _)| Some(*tier) == placement.tier())
            .copied()
    }

    /// The periods to choose from, and whether each is the current one; one
    /// that is not among them comes first.
    #[must_use]
    pub fn periods(&self, current: &Retention) -> Vec<(Retention, bool)> {
        let mut all = periods();
        if !all.contains(current) {
            all.insert(0, *current);
        }
        all.into_iter()
            .map(|period| (period, period == *current))
            .collect()
    }
}

/// What is held of a claim, ready to show.
pub(super) fn held_value(attributes: &Attributes, claim: Claim, texts: Texts) -> Option<HeldValue> {
    let attribute = attributes.get(claim)?;
    Some(HeldValue {
        value: own_value(attributes, claim, texts)?,
        source: attribute.source,
        confirmed_at: attribute.confirmed_at,
        verified_at: attribute.verified_at,
    })
}

/// `GET /account/profiles`
pub async fn show(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    let done = Done::of_query(query.as_deref()).filter(|done| *done == Done::Saved);
    respond(StatusCode::OK, &page(&consumer, done))
}

fn page(consumer: &Consumer, done: Option<Done>) -> ProfilesPage {
    let texts = consumer.visitor.texts();
    let now = consumer.visitor.app.now();
    let attributes = &consumer.vault.contents.attributes;
    let profiles = &consumer.vault.contents.profiles;
    ProfilesPage {
        shell: consumer.shell(Some(Section::Profiles)),
        revision: consumer.vault.revision,
        done,
        minor_until: consumer.minor_until(),
        of_age_since: consumer.vault.contents.of_age_since(now),
        attributes: Claim::all()
            .iter()
            .map(|claim| AttributeRow {
                claim,
                placement: profiles.claim_placement(claim),
                held: held_value(attributes, claim, texts),
            })
            .collect(),
        permissions: Permission::all()
            .iter()
            .map(|permission| (permission, profiles.permission_placement(permission)))
            .collect(),
        retention: Tier::ALL
            .map(|tier| (tier, profiles.retention(tier, now)))
            .into(),
    }
}

/// `POST /account/profiles`
pub async fn submit(form: ConsumerForm) -> Response {
    let ConsumerForm {
        mut consumer,
        params,
    } = form;
    let profiles = consumer.vault.contents.profiles.clone();
    let (Some(revision), Some(edits)) = (
        params.get("revision").and_then(|text| text.parse().ok()),
        read(&params, &profiles, &consumer),
    ) else {
        return consumer.error(Fault::Malformed);
    };
    let guarded = edits.iter().any(|edit| match edit {
        Edit::PlaceClaims(moves) => moves
            .iter()
            .any(|(claim, to)| to.unguards(profiles.claim_placement(*claim))),
        Edit::PlacePermissions(moves) => moves
            .iter()
            .any(|(permission, to)| to.unguards(profiles.permission_placement(*permission))),
        _ => false,
    });
    let confirmed = match in_form_if(guarded, &mut consumer, &params).await {
        Ok(confirmed) => confirmed,
        Err(page) => return page,
    };
    let response = save(&mut consumer, revision, Edit::Several(edits)).await;
    confirmed.answer(response)
}

async fn save(consumer: &mut Consumer, revision: i64, all: Edit) -> Response {
    match edit(&consumer.visitor.app, &consumer.signed_in, revision, &all).await {
        Ok(()) => see_other(&Done::Saved.told_at("/account/profiles")),
        Err(EditError::Stale) => {
            // What was chosen stays, on top of how things stand now.
            match open_vault(&consumer.visitor.app, &consumer.signed_in).await {
                Ok(vault) => consumer.vault = vault,
                Err(fault) => return consumer.fault(&fault),
            }
            all.apply_to(&mut consumer.vault.contents, consumer.visitor.app.now());
            respond(StatusCode::CONFLICT, &page(consumer, Some(Done::Stale)))
        }
        Err(EditError::Fault(fault)) => consumer.fault(&fault),
    }
}

/// What the form changes; `None` if it says something that no select offers.
fn read(params: &Params, profiles: &Profiles, consumer: &Consumer) -> Option<Vec<Edit>> {
    let now = consumer.visitor.app.now();
    let mut claims = Vec::new();
    for claim in Claim::all() {
        if let Some(text) = params.get(&format!("placement-{claim}")) {
            let placement: Placement = text.parse().ok()?;
            if placement != profiles.claim_placement(claim) {
                claims.push((claim, placement));
            }
        }
    }
    let mut permissions = Vec::new();
    for permission in Permission::all() {
        if let Some(text) = params.get(&format!("permission-{permission}")) {
            let placement: Placement = text.parse().ok()?;
            if placement != profiles.permission_placement(permission) {
                permissions.push((permission, placement));
            }
        }
    }
    let mut retention = Vec::new();
    for tier in Tier::ALL {
        if let Some(text) = params.get(&format!("retention-{tier}")) {
            let period: Retention = text.parse().ok()?;
            retention.push((tier, period));
        }
    }
    // A tier shows what a lower one allows, if that is longer. So that all
    // three stay as they are shown, they are set together or not at all.
    if retention
        .iter()
        .all(|(tier, period)| *period == profiles.retention(*tier, now))
    {
        retention.clear();
    }
    Some(vec![
        Edit::PlaceClaims(claims),
        Edit::PlacePermissions(permissions),
        Edit::SetRetention(retention),
    ])
}
