//! `POST /introspect`: RFC 7662, and RFC 9701 for a signed answer.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use serde::Serialize;

use super::client_authentication::AuthenticatedClient;
use super::data_plan::EditionTold;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::crypto::jwt::Typ;
use crate::domain::client::SigningAlgorithm;
use crate::domain::details::ProfileRelease;
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::service::tokens::{self, Standing, TokenKind};
use crate::store::clients::RegisteredClient;

/// RFC 9701 §4: what a client accepts that wants the answer signed.
const SIGNED: &str = "application/token-introspection+jwt";

/// The endpoint.
pub(super) async fn introspect(
    State(app): State<App>,
    headers: HeaderMap,
    AuthenticatedClient { client, params }: AuthenticatedClient,
) -> Result<Response, OAuthError> {
    let metadata = &client.client.metadata;
    // RFC 7662 §2.1: else anybody could try out tokens here.
    if metadata.is_public() {
        let description = "a client that cannot authenticate cannot introspect";
        return Err(OAuthError::new(Code::InvalidClient, description));
    }
    let token = params
        .get("token")
        .ok_or_else(|| OAuthError::new(Code::InvalidRequest, "token is missing"))?;
    let standing = tokens::introspect(&app, &client, token).await?;
    let answer = Answer::of(&app, &client, standing.as_ref());
    let mut response = if wants_signed(&headers) {
        let algorithm = metadata
            .introspection_signed_response_alg
            .unwrap_or(SigningAlgorithm::RS256);
        let signed = Signed {
            iss: app.issuer(),
            aud: client.client.id.as_str(),
            iat: app.now().as_seconds(),
            token_introspection: answer,
        };
        let jwt = tokens::sign_for(&app, Typ::Introspection, algorithm, &signed).await?;
        ([(CONTENT_TYPE, SIGNED)], jwt.to_string()).into_response()
    } else {
        Json(answer).into_response()
    };
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Whether the signed form is named among what is accepted, and not refused.
fn wants_signed(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let named = parts
                .next()
                .is_some_and(|media| media.eq_ignore_ascii_case(SIGNED));
            let refused = |part: &str| {
                part.strip_prefix("q=")
                    .and_then(|q| q.parse::<f32>().ok())
                    .is_some_and(|q| q <= 0.0)
            };
            named && !parts.any(refused)
        })
}

/// RFC 9701 §5. No `sub` or `exp` at the top, so that it cannot be taken for
/// an access token.
#[derive(Serialize)]
struct Signed<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: i64,
    token_introspection: Answer<'a>,
}

/// RFC 7662 §2.2. Of a token that does not work, nothing more.
#[derive(Default, Serialize)]
struct Answer<'a> {
    active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    iss: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    /// Grant Management for OAuth 2.0 (draft), §5.
    #[serde(skip_serializing_if = "Option::is_none")]
    grant_id: Option<String>,
    #[serde(flatten)]
    edition: Option<EditionTold>,
    /// RFC 9396 §9.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_details: Option<[&'a ProfileRelease; 1]>,
    /// RFC 9449 §6.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation<'a>>,
}

#[derive(Serialize)]
struct Confirmation<'a> {
    jkt: &'a str,
}

impl<'a> Answer<'a> {
    fn of(app: &'a App, client: &'a RegisteredClient, standing: Option<&'a Standing>) -> Self {
        let Some(standing) = standing else {
            return Self::default();
        };
        let grant = standing.grant.as_ref();
        let token_type = match (standing.kind, &standing.key) {
            (TokenKind::Refresh, _) => None,
            (TokenKind::Access, None) => Some("Bearer"),
            (TokenKind::Access, Some(_)) => Some("DPoP"),
        };
        Self {
            active: true,
            iss: Some(app.issuer()),
            sub: grant.map(|(_, subject)| subject.as_str()),
            client_id: Some(client.client.id.as_str()),
            scope: Some(Scope::list(standing.scopes)),
            token_type,
            iat: standing.issued_at.map(Timestamp::as_seconds),
            exp: Some(standing.expires_at.as_seconds()),
            grant_id: grant.map(|(id, _)| id.to_string()),
            edition: standing.edition.map(EditionTold::from),
            authorization_details: standing.details.as_ref().map(|details| [details]),
            cnf: standing
                .key
                .as_ref()
                .map(|key| Confirmation { jkt: key.as_str() }),
        }
    }
}
