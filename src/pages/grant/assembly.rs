//! Makes the page of a grant, and says what other choices would mean.

use enumset::EnumSet;

use super::{AgreedView, EventView, GrantPage, ReadView, Renewal, TierChange};
use crate::app::App;
use crate::domain::attribute::released;
use crate::domain::claim::Claim;
use crate::domain::grant::GrantState;
use crate::domain::negotiation::{Ceiling, Choice, Outcome, negotiate};
use crate::domain::plan::PurposeId;
use crate::domain::retention::Retention;
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::pages::asker::asker;
use crate::pages::consent::{OwnValue, RetentionChoice, returns};
use crate::pages::profiles::periods;
use crate::pages::{businesses, duties, rights};
use crate::service::clients::ceiling_for;
use crate::service::duties::of_grant as duties_of_grant;
use crate::service::grants::{self, GrantView, fingerprint};
use crate::service::{Fault, reach, receipts};
use crate::web::page::{Section, Shell};
use crate::web::visitor::Consumer;

/// How many reads the page shows; `/account/history` has them all.
const READS: usize = 20;

/// The page, as things stand.
pub(super) async fn page(consumer: &Consumer, view: &GrantView) -> Result<GrantPage, Fault> {
    let app = &consumer.visitor.app;
    let now = app.now();
    let grant = &view.grant;
    let events = receipts::of_grant(app, grant.id).await?;
    let reads = grants::reads(app, &consumer.signed_in, grant.id).await?;
    let owed = duties_of_grant(app, grant.account_id, grant.id).await?;
    let reach = reach::of(app, &view.client, &grant.subject).await?;
    let over = grant.state_at(now).is_over();
    let until = businesses::until(grant, now);
    let path = businesses::path(grant);
    Ok(GrantPage {
        shell: Shell {
            here: path.clone(),
            ..consumer.shell(Some(Section::Businesses))
        },
        path,
        asker: asker(&view.client, None, consumer.visitor.language),
        log_in: log_in(app, view, over),
        contact: Some(view.client.business.document.contact.clone()),
        seen: fingerprint::of_grant(grant).as_str().to_owned(),
        offline: grant.terms.offline,
        done: None,
        problems: Vec::new(),
        state: grant.state_at(now),
        since: grant.created_at,
        until,
        last_read: view.last_read,
        values: values(consumer, view, now),
        purposes: agreed(consumer, view),
        permissions: grant.terms.permissions(),
        returns: if over {
            Vec::new()
        } else {
            let (terms, texts) = (grant.terms.left_at(now), consumer.visitor.texts());
            returns(&view.plan, &terms, texts, |_| true)
        },
        renewal: renewal(consumer, view, now),
        tier: grant.terms.tier,
        tiers: TierChoice::ALL
            .into_iter()
            .map(|tier| tier_change(consumer, view, tier, now))
            .collect(),
        retention: RetentionChoice {
            shorter: offered(consumer, view),
            chosen: grant.terms.retention_limit,
            counts_from: grant.terms.counts_from,
            by_rules: false,
        },
        longest: longest(consumer, view),
        delete_by: view
            .plan
            .delete_within()
            .end(until.filter(|_| over).unwrap_or(now)),
        unwritten: over && !grant.state.is_over(),
        duties: owed
            .iter()
            .map(|duty| duties::card(duty, &view.client, reach, consumer.visitor.language))
            .collect(),
        rights: rights::panel(consumer, view, reach).await?,
        events: events
            .iter()
            .rev()
            .map(|receipt| EventView {
                kind: receipt.event.kind,
                at: Timestamp::from_seconds(receipt.iat),
                seq: receipt.seq,
            })
            .collect(),
        reads: reads
            .unwrap_or_default()
            .into_iter()
            .take(READS)
            .map(|read| ReadView {
                at: read.at,
                claims: read.record.claims.iter().collect(),
            })
            .collect(),
    })
}

/// OpenID Connect Core 1.0 §4: a login that begins here. Not at one that is
/// gone, and not where the agreement is over: that would begin another.
fn log_in(app: &App, view: &GrantView, over: bool) -> Option<(String, String)> {
    let gone = over || view.client.removed_at.is_some();
    let metadata = &view.client.client.metadata;
    let (url, host) = metadata.initiated_login(app.issuer()).filter(|_| !gone)?;
    Some((url.into(), host))
}

fn renewal(consumer: &Consumer, view: &GrantView, now: Timestamp) -> Renewal {
    // What nothing permits any more is not had for longer.
    let end = view.grant.terms.still_permitted(&view.plan).expires_at();
    if view.grant.state_at(now) != GrantState::Active || end.is_none() {
        return Renewal::Idle;
    }
    let app = &consumer.visitor.app;
    match grants::renewed_until(app, view, &consumer.vault.contents) {
        Ok(Some(until)) if Some(until) > end => Renewal::Until(until),
        Ok(_) => Renewal::Idle,
        Err(_) => Renewal::Closed,
    }
}

/// What the business can see; of a paused grant, what it could.
fn values(consumer: &Consumer, view: &GrantView, now: Timestamp) -> Vec<OwnValue> {
    let language = consumer.visitor.language;
    let could_see = if view.grant.state_at(now) == GrantState::Paused {
        let plan = view.client.standing_plan();
        let claims = view.grant.terms.claims_within(plan, now);
        released(&consumer.vault.contents.attributes, claims)
    } else {
        view.released.clone()
    };
    could_see
        .iter()
        .map(|(claim, released)| OwnValue {
            claim,
            value: released.value.display_lines(language).join("\n"),
        })
        .collect()
}

fn agreed(consumer: &Consumer, view: &GrantView) -> Vec<AgreedView> {
    let language = consumer.visitor.language;
    view.grant
        .terms
        .purposes
        .iter()
        .filter_map(|agreed| {
            let purpose = view.plan.purpose(&agreed.id)?;
            Some(AgreedView {
                title: purpose.title.get(language).to_owned(),
                text: purpose.text.get(language).to_owned(),
                basis: purpose.basis,
                claims: agreed.claims.iter().collect(),
                permissions: agreed.permissions.iter().collect(),
                retention: agreed.retention,
                planned_retention: purpose.retention,
                until: agreed.until,
            })
        })
        .collect()
}

/// The same choice with another tier. Optional purposes that it cannot meet
/// end with it; whoever wants less must not be held up by what they may refuse.
pub(super) fn choice_with(consumer: &Consumer, view: &GrantView, tier: TierChoice) -> Choice {
    let mut choice = Choice {
        tier,
        ..view.grant.terms.choice()
    };
    if let Outcome::Unmet(unmet) = outcome(consumer, view, &choice) {
        for unmet in unmet.iter().filter(|unmet| !unmet.required) {
            choice.purposes.remove(&unmet.purpose);
            choice.permissions.remove(&unmet.purpose);
        }
    }
    choice
}

fn outcome(consumer: &Consumer, view: &GrantView, choice: &Choice) -> Outcome {
    let contents = &consumer.vault.contents;
    negotiate(
        &view.plan,
        &contents.profiles,
        contents.attributes.held(),
        ceiling(consumer, view),
        choice,
        view.grant.created_at,
    )
}

/// The most that this business may be granted by this consumer.
fn ceiling(consumer: &Consumer, view: &GrantView) -> Ceiling {
    ceiling_for(
        &consumer.visitor.app,
        &view.client,
        &consumer.signed_in,
        &consumer.vault.contents,
        Some(&view.grant.terms),
    )
}

fn tier_change(
    consumer: &Consumer,
    view: &GrantView,
    tier: TierChoice,
    now: Timestamp,
) -> TierChange {
    let language = consumer.visitor.language;
    let title = |id: &PurposeId| {
        view.plan.purpose(id).map_or_else(String::new, |purpose| {
            purpose.title.get(language).to_owned()
        })
    };
    let terms = &view.grant.terms;
    let claims = |set: EnumSet<Claim>| set.iter().collect::<Vec<_>>();
    match outcome(consumer, view, &choice_with(consumer, view, tier)) {
        Outcome::Agreed(new) => TierChange {
            choice: tier,
            loses: claims(terms.claims(now) - new.all_claims()),
            gains: claims(new.all_claims() - terms.claims(now)),
            ends: terms
                .purposes
                .iter()
                .filter(|purpose| new.purpose(&purpose.id).is_none())
                .map(|purpose| title(&purpose.id))
                .collect(),
            unmet: None,
            too_high: None,
        },
        Outcome::Unmet(unmet) => TierChange {
            choice: tier,
            loses: Vec::new(),
            gains: Vec::new(),
            ends: Vec::new(),
            // The tier that is chosen stays so, whatever its profile became.
            unmet: unmet
                .first()
                .map(|unmet| title(&unmet.purpose))
                .filter(|_| tier != terms.tier),
            too_high: None,
        },
        Outcome::TooHigh => TierChange {
            choice: tier,
            loses: Vec::new(),
            gains: Vec::new(),
            ends: Vec::new(),
            unmet: None,
            too_high: ceiling(consumer, view)
                .closes(tier)
                .filter(|_| tier != terms.tier),
        },
    }
}

/// The longest that plan and profile allow.
fn longest(consumer: &Consumer, view: &GrantView) -> Option<Retention> {
    let since = view.grant.created_at;
    let profiles = &consumer.vault.contents.profiles;
    let limit = view
        .grant
        .terms
        .tier
        .tier()
        .map(|tier: Tier| profiles.retention(tier, since))?;
    view.grant
        .terms
        .purposes
        .iter()
        .filter(|agreed| agreed.until.is_some())
        .filter_map(|agreed| view.plan.purpose(&agreed.id))
        .map(|purpose| purpose.retention.shorter(limit, since))
        .max_by_key(|period| period.end(since))
}

/// The periods that are shorter than the longest, longest first, and the one
/// that was chosen.
pub(super) fn offered(consumer: &Consumer, view: &GrantView) -> Vec<Retention> {
    let since = view.grant.created_at;
    let chosen = view.grant.terms.retention_limit;
    let end = longest(consumer, view).map(|longest| longest.end(since));
    let mut offered: Vec<Retention> = periods()
        .into_iter()
        .filter(|period| end.is_some_and(|end| period.end(since) < end))
        .collect();
    offered.extend(chosen.filter(|chosen| !offered.contains(chosen)));
    offered.sort_by_key(|period| std::cmp::Reverse(period.end(since)));
    offered
}
