//! The checks of an authorization request: a table, in order. Each looks at
//! one thing, and puts what it made of it in the request.

use enumset::EnumSet;

use super::extensions::{asks_for_transfer, details_are_within_the_plan, grant_action_is_known};
use crate::domain::account::Assurance;
use crate::domain::asked::{Asked, BadClaims};
use crate::domain::authorization::{
    AuthorizationRequest, CodeChallenge, Destination, Prompt, ResponseMode,
};
use crate::domain::language::Language;
use crate::domain::scope::Scope;
use crate::protocol::error::{Code, OAuthError};
use crate::store::clients::RegisteredClient;
use crate::web::params::Params;

/// What clients hand over to get back is kept short: it is stored.
const MAX_OPAQUE: usize = 2_048;
const MAX_HINT: usize = 320;

/// A request that is refused, and where that is told.
#[derive(Debug)]
pub(in crate::protocol) struct Refusal {
    pub(in crate::protocol) code: Code,
    pub(in crate::protocol) description: String,
    pub(super) to: Destination,
}

/// What a check finds wrong.
pub(super) type Wrong = (Code, &'static str);
type Check = fn(&Params, &RegisteredClient, &mut AuthorizationRequest) -> Result<(), Wrong>;

/// The table. A check may rely on those before it.
const CHECKS: &[Check] = &[
    no_parameter_twice,
    no_registration,
    response_type_is_code,
    response_mode_is_known,
    scope_has_openid,
    state_and_nonce_are_short,
    pkce_is_s256,
    dpop_jkt_is_a_thumbprint,
    prompt_is_known,
    max_age_is_a_number,
    claims_can_be_read,
    acr_can_be_reached,
    grant_action_is_known,
    details_are_within_the_plan,
    hints_are_taken,
];

/// The table for requests of devices, of which there is less to check: nothing
/// is sent anywhere (RFC 8628 §3.1).
const OF_DEVICES: &[Check] = &[
    no_parameter_twice,
    scope_has_openid,
    max_age_is_a_number,
    details_are_within_the_plan,
    hints_are_taken,
];

/// Runs the table.
pub(super) fn run(
    params: &Params,
    client: &RegisteredClient,
    redirect_uri: &str,
) -> Result<AuthorizationRequest, Wrong> {
    run_table(CHECKS, params, client, redirect_uri)
}

/// Runs the table for a device. Whoever types its code is always asked, and
/// by nobody's hint: it may be somebody else's device (RFC 8628 §5.4).
pub(in crate::protocol) fn of_device(
    params: &Params,
    client: &RegisteredClient,
) -> Result<AuthorizationRequest, OAuthError> {
    let request = run_table(OF_DEVICES, params, client, "");
    let request = request.map_err(|(code, description)| OAuthError::new(code, description))?;
    Ok(AuthorizationRequest {
        prompt: Prompt::Consent.into(),
        login_hint: None,
        ..request
    })
}

fn run_table(
    table: &[Check],
    params: &Params,
    client: &RegisteredClient,
    redirect_uri: &str,
) -> Result<AuthorizationRequest, Wrong> {
    let mut request = AuthorizationRequest {
        client_id: client.client.id.clone(),
        redirect_uri: redirect_uri.to_owned(),
        scopes: EnumSet::empty(),
        state: None,
        nonce: None,
        code_challenge: None,
        dpop_jkt: None,
        asked: Asked::default(),
        hinted: None,
        session: None,
        prompt: EnumSet::empty(),
        max_age: None,
        language: None,
        login_hint: None,
        response_mode: ResponseMode::default(),
        details: None,
        transfer: false,
        grant_action: None,
        device: None,
        pushed: None,
    };
    for check in table {
        check(params, client, &mut request)?;
    }
    Ok(request)
}

/// RFC 6749 §3.1. Only of parameters that are known: others are ignored.
fn no_parameter_twice(
    params: &Params,
    _: &RegisteredClient,
    _: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    const KNOWN: [&str; 23] = [
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "dpop_jkt",
        "prompt",
        "max_age",
        "ui_locales",
        "login_hint",
        "id_token_hint",
        "acr_values",
        "claims",
        "claims_locales",
        "authorization_details",
        "grant_management_action",
        "grant_id",
        "registration",
        "request",
        "request_uri",
        "display",
    ];
    match params.duplicate(KNOWN) {
        Some(_) => Err((Code::InvalidRequest, "a parameter comes more than once")),
        None => Ok(()),
    }
}

/// OpenID Connect Core 1.0 §7.2.1: what is not supported must be refused, and
/// not be ignored.
fn no_registration(
    params: &Params,
    _: &RegisteredClient,
    _: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    match params.get("registration") {
        Some(_) => Err((
            Code::RegistrationNotSupported,
            "registration is not supported",
        )),
        None => Ok(()),
    }
}

fn response_type_is_code(
    params: &Params,
    _: &RegisteredClient,
    _: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    match params.get("response_type") {
        Some("code") => Ok(()),
        Some(_) => Err((Code::UnsupportedResponseType, "response_type must be code")),
        None => Err((Code::InvalidRequest, "response_type is missing")),
    }
}

/// `fragment` is for response types that are not offered.
fn response_mode_is_known(
    params: &Params,
    _: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    let Some(mode) = params.get("response_mode") else {
        return Ok(());
    };
    request.response_mode = ResponseMode::parse(mode).ok_or((
        Code::InvalidRequest,
        "response_mode is none of query, form_post, jwt, query.jwt, form_post.jwt",
    ))?;
    Ok(())
}

/// Scopes that are unknown, or that the client did not register, are ignored
/// (OpenID Connect Core 1.0 §3.1.2.1).
fn scope_has_openid(
    params: &Params,
    client: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    let asked = params
        .get("scope")
        .map(Scope::parse_list)
        .unwrap_or_default();
    let registered = client.client.metadata.scopes() - Scope::of_clients();
    request.scopes = asked & (registered | Scope::Openid);
    // A transfer is no login: nobody is told who someone is.
    if asks_for_transfer(params)? {
        request.scopes = EnumSet::empty();
        return Ok(());
    }
    if request.scopes.contains(Scope::Openid) {
        Ok(())
    } else {
        Err((Code::InvalidScope, "scope must contain openid"))
    }
}

fn state_and_nonce_are_short(
    params: &Params,
    _: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    let take = |name| params.get(name).map(str::to_owned);
    request.state = take("state");
    request.nonce = take("nonce");
    let too_long =
        |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() > MAX_OPAQUE);
    if too_long(&request.state) || too_long(&request.nonce) {
        request.state = None;
        return Err((
            Code::InvalidRequest,
            "state and nonce have at most 2,048 bytes",
        ));
    }
    Ok(())
}

/// RFC 7636; RFC 9700 §2.1.1: public clients must use it, and FAPI 2.0 Security
/// Profile §5.3.2.2 has all use it; `plain`, which is also what a missing
/// method means, protects nothing.
fn pkce_is_s256(
    params: &Params,
    client: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    let metadata = &client.client.metadata;
    let needed = metadata.is_public() || metadata.is_fapi2();
    match (
        params.get("code_challenge"),
        params.get("code_challenge_method"),
    ) {
        (None, None) if needed => Err((
            Code::InvalidRequest,
            "code_challenge is missing: this client must use PKCE with S256",
        )),
        (None, None) => Ok(()),
        (None, Some(_)) => Err((Code::InvalidRequest, "code_challenge is missing")),
        (Some(challenge), Some("S256")) => {
            request.code_challenge = CodeChallenge::parse(challenge);
            match request.code_challenge {
                Some(_) => Ok(()),
                None => Err((
                    Code::InvalidRequest,
                    "code_challenge must be 43 characters of base64url",
                )),
            }
        }
        (Some(_), _) => Err((Code::InvalidRequest, "code_challenge_method must be S256")),
    }
}

/// RFC 9449 §10: the code is for whoever holds this key.
fn dpop_jkt_is_a_thumbprint(
    params: &Params,
    _: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    request.dpop_jkt = match params.get("dpop_jkt").map(str::parse) {
        None => None,
        Some(Ok(thumbprint)) => Some(thumbprint),
        Some(Err(_)) => {
            return Err((
                Code::InvalidRequest,
                "dpop_jkt must be a SHA-256 thumbprint: 43 characters of base64url",
            ));
        }
    };
    Ok(())
}

fn prompt_is_known(
    params: &Params,
    _: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    let prompts: Result<EnumSet<Prompt>, _> = params
        .get("prompt")
        .unwrap_or_default()
        .split_ascii_whitespace()
        .map(str::parse::<Prompt>)
        .collect();
    request.prompt = prompts.map_err(|_| (Code::InvalidRequest, "prompt has an unknown value"))?;
    if request.prompt.contains(Prompt::None) && request.prompt.len() > 1 {
        return Err((Code::InvalidRequest, "prompt none goes with no other value"));
    }
    Ok(())
}

fn max_age_is_a_number(
    params: &Params,
    client: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    request.max_age = match params.get("max_age") {
        None => client.client.metadata.default_max_age,
        Some(text) => match text.parse() {
            Ok(seconds) => Some(seconds),
            Err(_) => {
                return Err((
                    Code::InvalidRequest,
                    "max_age must be a whole number of seconds",
                ));
            }
        },
    };
    Ok(())
}

fn claims_can_be_read(
    params: &Params,
    _: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    if let Some(claims) = params.get("claims") {
        request.asked =
            Asked::parse(claims).map_err(|BadClaims(what)| (Code::InvalidRequest, what))?;
    }
    Ok(())
}

/// OpenID Connect Core 1.0 §5.5.1.1: an `acr` that is essential and that no
/// way to sign in here gives is a failed authentication. `acr_values` is a
/// wish (§3.1.2.1): the ID token says what came of it.
fn acr_can_be_reached(
    _: &Params,
    _: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    let reached = Assurance::ALL
        .into_iter()
        .any(|assurance| request.asked.is_met_by(assurance.acr()));
    if reached {
        Ok(())
    } else {
        Err((
            Code::UnmetAuthenticationRequirements,
            "no way to sign in here gives an acr that was asked for",
        ))
    }
}

/// Hints that say nothing to us never make a request fail (OpenID Connect
/// Core 1.0 §3.1.2.1).
#[expect(
    clippy::unnecessary_wraps,
    reason = "a row of the table, whose checks may refuse"
)]
fn hints_are_taken(
    params: &Params,
    _: &RegisteredClient,
    request: &mut AuthorizationRequest,
) -> Result<(), Wrong> {
    request.language = params
        .get("ui_locales")
        .and_then(|tags| Language::first_of(tags.split(' ')));
    request.login_hint = params
        .get("login_hint")
        .filter(|hint| hint.len() <= MAX_HINT)
        .map(str::to_owned);
    Ok(())
}
