//! `POST /token`: RFC 6749 §3.2, OpenID Connect Core 1.0 §3.1.3 and §12.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Json, http::HeaderValue};
use http::HeaderMap;
use http::header::{CACHE_CONTROL, PRAGMA};
use serde::Serialize;

use super::client_authentication::AuthenticatedClient;
use super::data_plan::EditionTold;
use super::dpop;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::domain::client::GrantType;
use crate::domain::details::{BadDetails, ProfileRelease};
use crate::domain::scope::Scope;
use crate::domain::transfer;
use crate::service::client_tokens::{self, IssueError};
use crate::service::departures::{self, Ticket};
use crate::service::tokens::{self, Redemption, TokenError, Tokens, Wish};
use crate::web::params::Params;

/// RFC 8628 §3.4.
pub(super) const DEVICE_GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// The endpoint.
pub(super) async fn token(
    State(app): State<App>,
    headers: HeaderMap,
    AuthenticatedClient { client, params }: AuthenticatedClient,
) -> Result<Response, OAuthError> {
    let required = |name: &str| {
        params
            .get(name)
            .ok_or_else(|| OAuthError::new(Code::InvalidRequest, format!("{name} is missing")))
    };
    let proof = dpop::proof(&app, &headers, "POST", "/token")?;
    if client.client.metadata.needs_dpop_nonce()
        && proof.as_ref().is_some_and(|proof| proof.nonce.is_none())
    {
        return Err(OAuthError::nonce_needed());
    }
    let tokens = match required("grant_type")? {
        "authorization_code" if !client.client.metadata.uses(GrantType::AuthorizationCode) => {
            let description = "this client did not register the grant type authorization_code";
            return Err(OAuthError::new(Code::UnauthorizedClient, description));
        }
        "authorization_code" => {
            let redemption = Redemption {
                code: required("code")?,
                redirect_uri: params.get("redirect_uri"),
                code_verifier: params.get("code_verifier"),
                details: details(&params)?,
                proof: proof.as_ref(),
            };
            if let Some(ticket) = departures::redeem(&app, &client, &redemption).await? {
                return Ok(answer_transfer(&ticket));
            }
            tokens::redeem(&app, &client, &redemption).await?
        }
        "refresh_token" if !client.client.metadata.may_refresh() => {
            let description = "this client did not register the grant type refresh_token";
            return Err(OAuthError::new(Code::UnauthorizedClient, description));
        }
        "refresh_token" => {
            let wish = Wish {
                scopes: params.get("scope").map(Scope::parse_list),
                details: details(&params)?,
                proof: proof.as_ref(),
            };
            tokens::refresh(&app, &client, required("refresh_token")?, &wish).await?
        }
        DEVICE_GRANT if !client.client.metadata.uses(GrantType::DeviceCode) => {
            let description = "this client did not register the grant type of device codes";
            return Err(OAuthError::new(Code::UnauthorizedClient, description));
        }
        DEVICE_GRANT => {
            let redemption = Redemption {
                code: required("device_code")?,
                redirect_uri: None,
                code_verifier: None,
                details: details(&params)?,
                proof: proof.as_ref(),
            };
            tokens::redeem_device(&app, &client, &redemption).await?
        }
        "client_credentials" => {
            let issued =
                client_tokens::issue(&app, &client, params.get("scope"), proof.as_ref()).await?;
            return Ok(answer_client(&issued));
        }
        _ => {
            let description = "grant_type is none of authorization_code, refresh_token, client_credentials and \
                 urn:ietf:params:oauth:grant-type:device_code";
            return Err(OAuthError::new(Code::UnsupportedGrantType, description));
        }
    };
    Ok(answer(&tokens))
}

/// RFC 9396 §6: what of that which was granted the token is to be good for.
fn details(params: &Params) -> Result<Option<ProfileRelease>, OAuthError> {
    let read = params
        .get("authorization_details")
        .map(ProfileRelease::parse);
    let refuse = |bad: BadDetails| OAuthError::new(Code::InvalidAuthorizationDetails, bad.as_str());
    Ok(read.transpose().map_err(refuse)?.flatten())
}

/// RFC 6749 §5.1, with the members of OpenID Connect Core 1.0 §3.1.3.3.
#[derive(Serialize)]
struct Body<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<&'a str>,
    scope: String,
    /// OAuth 2.0 Refresh Token and Authorization Expiration (draft), §3.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_expires_in: Option<u64>,
    /// RFC 9396 §7: as granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_details: Option<[&'a ProfileRelease; 1]>,
    /// Grant Management for OAuth 2.0 §5.5.
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_id: Option<String>,
    #[serde(flatten)]
    edition: Option<EditionTold>,
    /// The business's copy of the newest receipt of the grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    consent_receipt: Option<&'a str>,
}

const fn token_type(is_bound: bool) -> &'static str {
    if is_bound { "DPoP" } else { "Bearer" }
}

fn answer(tokens: &Tokens) -> Response {
    let access_token = tokens.access_token.reveal();
    let refresh_token = tokens
        .refresh_token
        .as_ref()
        .map(crate::crypto::secret::Opaque::reveal);
    let body = Body {
        access_token: &access_token,
        token_type: token_type(tokens.is_bound),
        expires_in: tokens.expires_in.as_secs(),
        refresh_token: refresh_token.as_deref().map(String::as_str),
        id_token: Some(&tokens.id_token),
        scope: Scope::list(tokens.scopes),
        authorization_expires_in: tokens.grant_expires_in.map(|time| time.as_secs()),
        authorization_details: tokens.details.as_ref().map(|details| [details]),
        grant_id: Some(tokens.grant_id.to_string()),
        edition: tokens.edition.map(EditionTold::from),
        consent_receipt: tokens.receipt.as_deref(),
    };
    uncached(&body)
}

/// RFC 6749 §4.4.3: nothing but the access token.
fn answer_client(issued: &client_tokens::Issued) -> Response {
    let access_token = issued.access_token.reveal();
    uncached(&Body {
        access_token: &access_token,
        token_type: token_type(issued.is_bound),
        expires_in: issued.expires_in.as_secs(),
        refresh_token: None,
        id_token: None,
        scope: Scope::list(issued.scopes),
        authorization_expires_in: None,
        authorization_details: None,
        grant_id: None,
        edition: None,
        consent_receipt: None,
    })
}

/// RFC 6749 §5.1 and RFC 9396 §7: the token of a transfer. There is nobody to
/// log in, so that no ID token comes with it.
fn answer_transfer(ticket: &Ticket) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        access_token: &'a str,
        token_type: &'static str,
        expires_in: u64,
        authorization_details: serde_json::Value,
    }
    uncached(&Body {
        access_token: &ticket.token.reveal(),
        token_type: token_type(true),
        expires_in: ticket.expires_in.as_secs(),
        authorization_details: transfer::details(),
    })
}

fn uncached(body: &impl Serialize) -> Response {
    let mut response = Json(body).into_response();
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
        .headers_mut()
        .insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

impl From<TokenError> for OAuthError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Fault(fault) => fault.into(),
            TokenError::Details(_) => {
                Self::new(Code::InvalidAuthorizationDetails, error.to_string())
            }
            TokenError::Pending => Self::new(Code::AuthorizationPending, error.to_string()),
            TokenError::SlowDown => Self::new(Code::SlowDown, error.to_string()),
            TokenError::Expired => Self::new(Code::ExpiredToken, error.to_string()),
            TokenError::Denied => Self::new(Code::AccessDenied, error.to_string()).of_token(),
            TokenError::ScopeTooWide => Self::new(Code::InvalidScope, error.to_string()),
            TokenError::ProofMissing | TokenError::ProofReplayed => {
                Self::new(Code::InvalidDpopProof, error.to_string())
            }
            TokenError::Unknown
            | TokenError::Replayed
            | TokenError::RedirectUri
            | TokenError::Verifier
            | TokenError::OtherKey
            | TokenError::NoGrant => Self::new(Code::InvalidGrant, error.to_string()),
        }
    }
}

impl From<IssueError> for OAuthError {
    fn from(error: IssueError) -> Self {
        let code = match error {
            IssueError::Fault(fault) => return fault.into(),
            IssueError::NotRegistered => Code::UnauthorizedClient,
            IssueError::Scope => Code::InvalidScope,
            IssueError::ProofMissing | IssueError::ProofReplayed => Code::InvalidDpopProof,
        };
        Self::new(code, error.to_string())
    }
}
