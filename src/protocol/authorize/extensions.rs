//! The checks of what a request says of the agreement itself, in the words of
//! extensions of OAuth.

use super::checks::Wrong;
use crate::domain::authorization::{AuthorizationRequest, BadGrantAction, GrantAction};
use crate::domain::details::{BadDetails, PROFILE_RELEASE, ProfileRelease};
use crate::domain::transfer::{self, ACCOUNT_TRANSFER};
use crate::protocol::error::Code;
use crate::service::clients::plan_of;
use crate::store::clients::RegisteredClient;
use crate::web::params::Params;

/// Grant Management for OAuth 2.0 §5.2 and §5.3. An id is no secret, so only
/// clients that authenticate may act on a grant (§5.1). That it is one of
/// theirs is looked up once the request is known to be well formed.
pub(super) fn grant_action_is_known(
    params: &Params,
    client: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    let (action, id) = (
        params.get("grant_management_action"),
        params.get("grant_id"),
    );
    request.grant_action = GrantAction::parse(action, id).map_err(|bad| {
        let code = match bad {
            BadGrantAction::UnknownId => Code::InvalidGrantId,
            _ => Code::InvalidRequest,
        };
        (code, bad.as_str())
    })?;
    if request.grant_action.is_some() && client.client.metadata.is_public() {
        let description = "a client that cannot authenticate cannot manage grants";
        return Err((Code::UnauthorizedClient, description));
    }
    Ok(())
}

/// Whether all of an account is asked for, for another provider.
pub(super) fn asks_for_transfer(params: &Params) -> Result<bool, Wrong> {
    let details = params.get("authorization_details").unwrap_or_default();
    transfer::is_asked(details).map_err(|bad| (Code::InvalidAuthorizationDetails, bad.as_str()))
}

/// The client has to have registered for it by name, and everything that could
/// be caught on the way is bound to it.
fn take_transfer(
    client: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    let metadata = &client.client.metadata;
    let types = metadata.authorization_details_types.iter().flatten();
    if !types.into_iter().any(|kind| kind == ACCOUNT_TRANSFER) {
        let bad = BadDetails::NotRegistered;
        return Err((Code::InvalidAuthorizationDetails, bad.as_str()));
    }
    if request.code_challenge.is_none() || request.dpop_jkt.is_none() {
        let description = "a transfer takes PKCE and dpop_jkt";
        return Err((Code::InvalidRequest, description));
    }
    if request.grant_action.is_some() || !request.asked.is_empty() {
        let description = "a transfer is asked for alone";
        return Err((Code::InvalidRequest, description));
    }
    request.transfer = true;
    Ok(())
}

/// RFC 9396 §5: what is not understood to the last member is refused. The
/// claims of what is asked for count as asked for one by one: whoever names
/// them here does not have to name scopes.
pub(super) fn details_are_within_the_plan(
    params: &Params,
    client: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    if asks_for_transfer(params)? {
        return take_transfer(client, request);
    }
    if client.client.metadata.is_for_transfers() {
        let description = "this client registered for transfers, and may ask for nothing else";
        return Err((Code::UnauthorizedClient, description));
    }
    let Some(text) = params.get("authorization_details") else {
        return Ok(());
    };
    let wrong = |bad: BadDetails| (Code::InvalidAuthorizationDetails, bad.as_str());
    let Some(details) = ProfileRelease::parse(text).map_err(wrong)? else {
        return Ok(());
    };
    if !client.client.metadata.may_detail(PROFILE_RELEASE) {
        return Err(wrong(BadDetails::NotRegistered));
    }
    let asked = client.asked_beyond(request.scopes, request.asked.claims());
    let (plan, _) = plan_of(client, request.scopes, asked);
    details.check_within(&plan).map_err(wrong)?;
    request.asked.want(details.claims_of(&plan));
    request.details = Some(details);
    Ok(())
}
