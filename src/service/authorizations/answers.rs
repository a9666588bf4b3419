//! Whether the agreement that there is answers a request.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::app::App;
use crate::domain::authorization::{AuthorizationRequest, GrantAction};
use crate::domain::grant::{Grant, GrantState};
use crate::domain::plan::{Plan, Purpose};
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::grants::agreed_plan;
use crate::store::clients::RegisteredClient;
use crate::store::grants::GrantRow;

/// Whether a grant is the one that a request acts on, if it names one.
pub(super) fn acts_on(
    request: &AuthorizationRequest,
    row: Option<&GrantRow>,
    now: Timestamp,
) -> bool {
    let Some(id) = request.grant_action.and_then(GrantAction::grant_id) else {
        return true;
    };
    row.is_some_and(|row| row.grant.id == id && !row.grant.state_at(now).is_over())
}

/// The plan that a grant answers, when its client has published another
/// edition since.
///
/// One SELECT, and none where the grant answers the newest.
pub(super) async fn older_plan(
    app: &App,
    client: &RegisteredClient,
    grant: &Grant,
) -> Result<Option<Plan>, Fault> {
    if client.plan.is_none() || grant.plan_version == client.plan_version {
        return Ok(None);
    }
    Ok(Some(agreed_plan(app, client, grant).await?.0))
}

/// Whether a grant as it stands answers a request without asking anything:
/// it is in force, and covers what the plan requires and what the request
/// asks for (`product.md` section 5, "asked once"). `before` is the plan that
/// it answers, when that is not the newest: what is new since is asked, once
/// for each edition.
pub(super) fn answers(
    grant: &Grant,
    client: &RegisteredClient,
    before: Option<&Plan>,
    request: &AuthorizationRequest,
    now: Timestamp,
) -> bool {
    if grant.state_at(now) != GrantState::Active {
        return false;
    }
    let offline = wants_offline(client, request);
    let newest = client.plan_for(request.scopes);
    let refused = grant.refused >= client.plan_version;
    let mut plan = match before {
        // Whoever kept to what they had agreed to is held to that, and to no more.
        Some(before) if refused => Cow::Owned(before.within(&newest)),
        _ => newest,
    };
    // A part of the plan carries no offers for whole profiles.
    let gives_otherwise = before.is_some_and(|before| {
        request.details.is_none() && grant.terms.offered(before) != grant.terms.offered(&plan)
    });
    let mut named = BTreeSet::new();
    if let Some(details) = &request.details {
        named = details.named();
        plan = Cow::Owned(details.narrow(&plan, None, now));
    }
    // Where nothing may be shown, what is new and may be refused is left for
    // another time.
    if let Some(before) = before.filter(|_| !refused && !request.is_silent())
        && (gives_otherwise || !grant.terms.asked_anew(before, &plan).is_empty())
    {
        return false;
    }
    // What is named one by one is asked once too.
    let asks = |purpose: &Purpose| {
        let new = named.contains(&purpose.id) && !grant.terms.named.contains(&purpose.id);
        purpose.required || (new && !request.is_silent())
    };
    let covered = plan
        .purposes()
        .iter()
        .filter(|purpose| asks(purpose))
        .all(|purpose| {
            grant.terms.purpose(&purpose.id).is_some_and(|agreed| {
                agreed.is_live(now) && purpose.claims.is_subset(agreed.claims)
            })
        });
    // One by one is asked once, and never where nothing may be shown: what is
    // not given is left out.
    let asked = client.asked_beyond(request.scopes, request.asked.claims());
    let known = grant.terms.asked | grant.terms.all_claims();
    let asked = request.is_silent() || asked.is_subset(known);
    covered && asked && (!offline || grant.terms.offline)
}

pub(super) fn wants_offline(client: &RegisteredClient, request: &AuthorizationRequest) -> bool {
    request.scopes.contains(Scope::OfflineAccess) && client.client.metadata.may_refresh()
}
