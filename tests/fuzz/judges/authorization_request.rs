//! Authorization requests, as they come in a query or a form.

use enumset::EnumSet;
use sluis::domain::authorization::{AuthorizationRequest, Prompt};
use sluis::domain::client::ApplicationType;
use sluis::domain::scope::Scope;
use sluis::protocol::check_request;
use sluis::store::clients::RegisteredClient;
use sluis::web::front_channel;
use sluis::web::params::Params;
use url::form_urlencoded;

use super::parties::{CLIENTS, PLAN};

/// What the endpoint may answer before anybody signed in (RFC 6749 §4.1.2.1,
/// OpenID Connect Core 1.0 §3.1.2.6, RFC 9396 §5, Grant Management §6.4).
const CODES: [&str; 8] = [
    "invalid_request",
    "invalid_scope",
    "unauthorized_client",
    "unsupported_response_type",
    "registration_not_supported",
    "unmet_authentication_requirements",
    "invalid_authorization_details",
    "invalid_grant_id",
];

pub(super) fn judge(input: &str) -> bool {
    let Ok(params) = front_channel::read(Some(input.to_owned())) else {
        return false;
    };
    // What is posted goes on as a query: it has to say the same there.
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(params.iter())
        .finish();
    let again = Params::parse(&query).expect("as many as before");
    assert!(params.iter().eq(again.iter()), "{query}");
    let accepted = CLIENTS.each_ref().map(|client| judge_for(client, &params));
    accepted.contains(&true)
}

fn judge_for(client: &RegisteredClient, params: &Params) -> bool {
    let metadata = &client.client.metadata;
    let request = match check_request(client, params) {
        Ok(request) => request,
        Err((code, description)) => {
            assert!(CODES.contains(&code), "{code}");
            check_description(&description);
            return false;
        }
    };
    assert_eq!(params.get("response_type"), Some("code"));
    assert_eq!(params.get("redirect_uri"), Some(&*request.redirect_uri));
    assert_eq!(params.get("state"), request.state.as_deref());
    assert_eq!(params.get("nonce"), request.nonce.as_deref());
    assert!(is_redirect_of(client, &request.redirect_uri));
    assert!(params.get("request").is_none() || params.duplicate(["request"]).is_none());
    let allowed = (metadata.scopes() - Scope::of_clients()) | Scope::Openid;
    assert!(request.scopes.contains(Scope::Openid) && request.scopes.is_subset(allowed));
    assert!(!request.prompt.contains(Prompt::None) || request.prompt.len() == 1);
    let has_s256 = params.get("code_challenge_method") == Some("S256");
    assert_eq!(request.code_challenge.is_some(), has_s256);
    assert!(has_s256 || !(metadata.is_public() || metadata.is_fapi2()));
    assert!(request.grant_action.is_none() || !metadata.is_public());
    check_details(client, &request);
    let stored = AuthorizationRequest::from_bytes(&request.to_bytes());
    assert_eq!(stored.as_ref(), Some(&request));
    true
}

/// RFC 6749 §4.1.2.1: what the description of an error may be made of.
fn check_description(description: &str) {
    let allowed = |b: u8| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    assert!(description.bytes().all(allowed), "{description}");
}

fn is_redirect_of(client: &RegisteredClient, uri: &str) -> bool {
    let metadata = &client.client.metadata;
    let exact = metadata.redirect_uris.iter().any(|own| own.as_str() == uri);
    // RFC 8252 §7.3: nothing but the port.
    let but_for_port = || {
        uri.strip_prefix("http://127.0.0.1")
            .and_then(|rest| rest.strip_suffix("/back"))
            .is_some_and(|port| {
                port.is_empty()
                    || port.strip_prefix(':').is_some_and(|port| {
                        port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok()
                    })
            })
    };
    exact || (metadata.application_type == ApplicationType::Native && but_for_port())
}

/// Nothing is asked for in detail that the plan does not have.
fn check_details(client: &RegisteredClient, request: &AuthorizationRequest) {
    let Some(details) = &request.details else {
        return;
    };
    let plan = client.plan.as_ref().map(|(plan, _)| plan);
    if let Some(plan) = plan {
        details.check_within(plan).expect("within the plan");
        let claims = details.claims_of(plan);
        assert!(claims.is_subset(PLAN.used_claims()));
        assert!(claims.is_subset(request.asked.at_userinfo()));
    } else {
        let everything = Scope::claims_of(EnumSet::all());
        assert!(details.claims.unwrap_or_default().is_subset(everything));
    }
}
