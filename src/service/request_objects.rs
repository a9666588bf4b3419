//! Request objects: authorization requests as JWTs (RFC 9101, OpenID Connect
//! Core 1.0 §6), by value and by a reference that the client registered.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::app::App;
use crate::crypto::client_jwt::{ClientJwt, Malformed};
use crate::domain::client::{Client, ClientAlgorithm};
use crate::domain::time::Timestamp;
use crate::outbound::FetchError;
use crate::service::client_jwts::{self, SignatureError, audience, moment, text};

/// The largest request object that is fetched.
const MAX_OBJECT: usize = 32 * 1024;
/// FAPI 2.0 Message Signing §5.3.1: how old, and how long good, one may be.
const LONGEST: Duration = Duration::from_hours(1);
const CLOCK_AHEAD: Duration = Duration::from_secs(30);
const CLOCK_BEHIND: Duration = Duration::from_secs(10);

/// What a request object says of itself; all else in it are parameters.
const OWN_CLAIMS: [&str; 6] = ["iss", "aud", "exp", "nbf", "iat", "jti"];

/// Why a request object is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ObjectError {
    /// It is no JWT.
    #[error("the request object is refused: {0}")]
    Malformed(#[from] Malformed),
    /// It is another kind of JWT.
    #[error("the request object is refused: its typ is not oauth-authz-req+jwt")]
    Kind,
    /// Another algorithm was registered, or none without registration.
    #[error("the request object is refused: its alg is not one that the client may use")]
    Algorithm,
    /// The signature.
    #[error("the request object is refused: {0}")]
    Signature(#[from] SignatureError),
    /// A claim of it does not hold.
    #[error("the request object is refused: {0}")]
    Claim(&'static str),
    /// The reference is not one that was registered.
    #[error("request_uri is neither of a pushed request nor, letter by letter, registered")]
    NotRegistered,
    /// What it refers to is not to be had.
    #[error("request_uri cannot be fetched: {0}")]
    Fetch(#[from] FetchError),
}

impl ObjectError {
    /// Whether it is the reference that is wrong, and not the object.
    #[must_use]
    pub fn is_of_reference(&self) -> bool {
        matches!(self, Self::NotRegistered | Self::Fetch(_))
    }
}

/// Fetches the request object that a registered reference leads to.
pub async fn fetch(app: &App, client: &Client, reference: &str) -> Result<String, ObjectError> {
    let registered = client.metadata.request_uris.iter();
    let uri = registered
        .into_iter()
        .find(|uri| uri.as_str() == reference)
        .ok_or(ObjectError::NotRegistered)?;
    let accept = "application/oauth-authz-req+jwt, application/jwt";
    let document = app.outbound().get(uri.url(), accept, MAX_OBJECT).await?;
    let text = String::from_utf8(document).map_err(|_| FetchError::Unusable)?;
    Ok(text.trim().to_owned())
}

/// The parameters in a request object, if this client made it for this
/// provider, and lately enough for its security profile.
pub async fn open(
    app: &App,
    client: &Client,
    object: &str,
) -> Result<Vec<(String, String)>, ObjectError> {
    let token = ClientJwt::parse(object)?;
    if !matches!(
        token.typ().as_deref(),
        None | Some("jwt" | "oauth-authz-req+jwt")
    ) {
        return Err(ObjectError::Kind);
    }
    let metadata = &client.metadata;
    let registered = metadata.request_object_signing_alg;
    if !metadata.may_sign_with(token.algorithm(), registered) {
        return Err(ObjectError::Algorithm);
    }
    match token.algorithm() {
        // OpenID Connect Core 1.0 §6.1; RFC 9101 §10.2 leaves it to whom it
        // was agreed with.
        ClientAlgorithm::None if registered == Some(ClientAlgorithm::None) => {
            token.check_unsigned().map_err(SignatureError::from)?;
        }
        ClientAlgorithm::None | ClientAlgorithm::HS256 => return Err(ObjectError::Algorithm),
        _ => client_jwts::check(app, client, &token).await?,
    }
    read(client, app.issuer(), token.claims(), app.now())
}

/// The parameters among the claims of a request object whose signature holds,
/// if the client made it for this issuer, and lately enough.
pub fn read(
    client: &Client,
    issuer: &str,
    claims: &Map<String, Value>,
    now: Timestamp,
) -> Result<Vec<(String, String)>, ObjectError> {
    check_parties(issuer, client, claims)?;
    check_times(client.metadata.is_fapi2(), claims, now)?;
    parameters(claims)
}

fn check_parties(
    issuer: &str,
    client: &Client,
    claims: &Map<String, Value>,
) -> Result<(), ObjectError> {
    let own = client.id.as_str();
    let strict = client.metadata.is_fapi2();
    if claims.contains_key("iss") && text(claims, "iss") != Some(own) {
        return Err(ObjectError::Claim("iss is not the client_id"));
    }
    // RFC 9101 §5: it is the same inside and outside.
    match claims.get("client_id") {
        None if strict => return Err(ObjectError::Claim("client_id is missing in it")),
        Some(named) if named != own => {
            return Err(ObjectError::Claim("client_id is not that of the request"));
        }
        _ => {}
    }
    let (named, _) = audience(claims);
    if (strict || claims.contains_key("aud")) && !named.contains(&issuer) {
        return Err(ObjectError::Claim("aud is not the issuer"));
    }
    Ok(())
}

fn check_times(
    strict: bool,
    claims: &Map<String, Value>,
    now: Timestamp,
) -> Result<(), ObjectError> {
    let at = |name, wrong| moment(claims, name).map_err(|_| ObjectError::Claim(wrong));
    let expires_at = at("exp", "exp is not a number of seconds")?;
    let not_before = at("nbf", "nbf is not a number of seconds")?;
    if expires_at.is_some_and(|at| at.plus(CLOCK_BEHIND) <= now) {
        return Err(ObjectError::Claim("it has expired"));
    }
    if not_before.is_some_and(|at| at > now.plus(CLOCK_AHEAD)) {
        return Err(ObjectError::Claim("nbf is ahead"));
    }
    if !strict {
        return Ok(());
    }
    let (Some(expires_at), Some(not_before)) = (expires_at, not_before) else {
        return Err(ObjectError::Claim("exp and nbf must be there"));
    };
    if not_before.plus(LONGEST) < now || expires_at > not_before.plus(LONGEST) {
        return Err(ObjectError::Claim(
            "nbf is at most 60 minutes ago, and exp at most 60 minutes later",
        ));
    }
    Ok(())
}

/// Texts as they are, numbers and structures as JSON, as they would stand in a
/// query (OpenID Connect Core 1.0 §6.1).
fn parameters(claims: &Map<String, Value>) -> Result<Vec<(String, String)>, ObjectError> {
    if claims.contains_key("request") || claims.contains_key("request_uri") {
        return Err(ObjectError::Claim(
            "it must not hold request or request_uri",
        ));
    }
    let parameters = claims
        .iter()
        .filter(|(name, value)| !OWN_CLAIMS.contains(&name.as_str()) && !value.is_null())
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        });
    Ok(parameters.collect())
}
