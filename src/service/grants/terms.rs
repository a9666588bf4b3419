//! The terms that come of what the consumer wants on the page of a grant.

use crate::app::App;
use crate::domain::attribute::VaultContents;
use crate::domain::grant::Grant;
use crate::domain::negotiation::{Ceiling, Choice, Outcome, Terms, negotiate};
use crate::domain::plan::Plan;
use crate::domain::time::Timestamp;
use crate::service::clients::ceiling_of;
use crate::store::clients::RegisteredClient;

use super::GrantView;
use super::acts::{MoveError, Wanted};

/// The terms that are wanted instead. Retention goes on running from when it was
/// agreed, unless the change gives more time: that is a new agreement.
pub(super) fn wanted_terms(
    grant: &Grant,
    plan: &Plan,
    contents: &VaultContents,
    ceiling: Ceiling,
    wanted: &Wanted,
    now: Timestamp,
) -> Result<Terms, MoveError> {
    let terms = |from| match wanted {
        Wanted::Choice(choice) => negotiated(grant, plan, contents, ceiling, choice, from),
        Wanted::Time { limit, counts_from } => {
            let left = grant.terms.left_at(now).still_permitted(plan);
            let terms = left.lasting(plan, &contents.profiles, *limit, *counts_from, from);
            if !terms.is_wider_than(&grant.terms) {
                return Ok(terms);
            }
            // More time is agreed to with the profile as it is now.
            let part = terms.part_of(plan, from);
            negotiated(grant, &part, contents, ceiling, &terms.choice(), from)
        }
    };
    let kept = terms(grant.terms.since)?;
    if kept.expires_at().is_some_and(|end| end <= now) {
        terms(now)
    } else {
        Ok(kept)
    }
}

fn negotiated(
    grant: &Grant,
    plan: &Plan,
    contents: &VaultContents,
    ceiling: Ceiling,
    choice: &Choice,
    from: Timestamp,
) -> Result<Terms, MoveError> {
    let held = contents.attributes.held();
    match negotiate(plan, &contents.profiles, held, ceiling, choice, from) {
        Outcome::Agreed(mut terms) => {
            terms.offline = grant.terms.offline;
            terms.asked = grant.terms.asked;
            terms.named.clone_from(&grant.terms.named);
            Ok(terms)
        }
        Outcome::Unmet(unmet) => Err(MoveError::Unmet(unmet)),
        Outcome::TooHigh => Err(MoveError::TooHigh),
    }
}

/// The same terms, from `now` on: if plan and profile allow them as they are
/// now, and the plan as it stands asks for no less. What the profile holds besides
/// by now is no part of them.
pub(super) fn renewed_terms(
    app: &App,
    grant: &Grant,
    client: &RegisteredClient,
    plan: &Plan,
    contents: &VaultContents,
    now: Timestamp,
) -> Result<Terms, MoveError> {
    let ceiling = ceiling_of(app, client).for_minor(contents.minor_until(now));
    let before = grant.terms.still_permitted(plan);
    let part = before.part_of(plan, now);
    let again = negotiated(grant, &part, contents, ceiling, &before.choice(), now).ok();
    again
        .filter(|again| again.renew(&before))
        .filter(|again| again.are_asked_by(client.standing_plan(), now))
        .ok_or(MoveError::NotAsBefore)
}

/// Until when a grant in force would last if it were renewed now.
/// [`MoveError::NotAsBefore`] when it cannot be.
pub fn renewed_until(
    app: &App,
    view: &GrantView,
    contents: &VaultContents,
) -> Result<Option<Timestamp>, MoveError> {
    let (grant, now) = (&view.grant, app.now());
    let terms = renewed_terms(app, grant, &view.client, &view.plan, contents, now)?;
    Ok(terms.expires_at())
}
