//! `POST /token`: RFC 6749 §3.2, OpenID Connect Core 1.0 §3.1.3 and §12.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Json, http::HeaderValue};
use http::HeaderMap;
use http::header::{CACHE_CONTROL, PRAGMA};
use serde::Serialize;

use super::client_authentication::AuthenticatedClient;
use super::dpop;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::domain::scope::Scope;
use crate::service::tokens::{self, Redemption, TokenError, Tokens};

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
        "authorization_code" => {
            let redemption = Redemption {
                code: required("code")?,
                redirect_uri: params.get("redirect_uri"),
                code_verifier: params.get("code_verifier"),
                proof: proof.as_ref(),
            };
            tokens::redeem(&app, &client, &redemption).await?
        }
        "refresh_token" if !client.client.metadata.may_refresh() => {
            let description = "this client did not register the grant type refresh_token";
            return Err(OAuthError::new(Code::UnauthorizedClient, description));
        }
        "refresh_token" => {
            let scopes = params.get("scope").map(Scope::parse_list);
            let token = required("refresh_token")?;
            tokens::refresh(&app, &client, token, scopes, proof.as_ref()).await?
        }
        _ => {
            let description = "grant_type is none of authorization_code, refresh_token";
            return Err(OAuthError::new(Code::UnsupportedGrantType, description));
        }
    };
    Ok(answer(&tokens))
}

/// RFC 6749 §5.1, with the members of OpenID Connect Core 1.0 §3.1.3.3.
#[derive(Serialize)]
struct Body<'a> {
    access_token: &'a str,
    token_type: &'static str,
    expires_in: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    id_token: &'a str,
    scope: String,
    /// OAuth 2.0 Refresh Token and Authorization Expiration (draft), §3.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_expires_in: Option<u64>,
    /// The business's copy of the newest receipt of the grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    consent_receipt: Option<&'a str>,
}

fn answer(tokens: &Tokens) -> Response {
    let access_token = tokens.access_token.reveal();
    let refresh_token = tokens
        .refresh_token
        .as_ref()
        .map(crate::crypto::secret::Opaque::reveal);
    let body = Body {
        access_token: &access_token,
        token_type: if tokens.is_bound { "DPoP" } else { "Bearer" },
        expires_in: tokens.expires_in.as_secs(),
        refresh_token: refresh_token.as_deref().map(String::as_str),
        id_token: &tokens.id_token,
        scope: Scope::list(tokens.scopes),
        authorization_expires_in: tokens.grant_expires_in.map(|time| time.as_secs()),
        consent_receipt: tokens.receipt.as_deref(),
    };
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
