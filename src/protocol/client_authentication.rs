//! How clients authenticate at the endpoints that only they call: RFC 6749
//! §2.3, and with a signed assertion RFC 7523 §2.2.

use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use percent_encoding::percent_decode_str;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::error::{Code, OAuthError};
use crate::app::App;
use crate::crypto::secret::{ClientSecret, Opaque};
use crate::domain::client::AuthMethod;
use crate::domain::id::ClientId;
use crate::service::assertions::{Assertion, AssertionError};
use crate::store::clients::RegisteredClient;
use crate::web::form::is_form;
use crate::web::params::Params;

/// No client has more to say than this.
const MAX_BODY: usize = 64 * 1024;

/// The parameters of a request by a client that has shown who it is.
#[derive(Debug)]
pub(super) struct AuthenticatedClient {
    pub(super) client: Arc<RegisteredClient>,
    pub(super) params: Params,
}

impl FromRequest<App> for AuthenticatedClient {
    type Rejection = OAuthError;

    async fn from_request(request: Request, app: &App) -> Result<Self, OAuthError> {
        let headers = request.headers().clone();
        let endpoint = app.config().issuer.at(request.uri().path());
        let params = read_form(request).await?;
        let client = authenticate(app, &headers, &params, &endpoint).await?;
        Ok(Self { client, params })
    }
}

/// Reads the form that a client sent; parameters that come twice are refused
/// (RFC 6749 §3.2).
pub(super) async fn read_form(request: Request) -> Result<Params, OAuthError> {
    if !is_form(&request) {
        let wanted = "the body must be application/x-www-form-urlencoded";
        return Err(OAuthError::new(Code::InvalidRequest, wanted));
    }
    let malformed = || OAuthError::new(Code::InvalidRequest, "the form cannot be read");
    let body = to_bytes(request.into_body(), MAX_BODY)
        .await
        .map_err(|_| OAuthError::too_large())?;
    let text = Zeroizing::new(String::from_utf8(body.to_vec()).map_err(|_| malformed())?);
    let params = Params::parse(&text).ok_or_else(malformed)?;
    let names: Vec<&str> = params.iter().map(|(name, _)| name).collect();
    match params.duplicate(names.iter().copied()) {
        Some(_) => Err(OAuthError::new(
            Code::InvalidRequest,
            "a parameter comes more than once",
        )),
        None => Ok(params),
    }
}

/// RFC 7523 §2.2.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a client presented of itself.
struct Credentials {
    client_id: String,
    secret: Option<Zeroizing<String>>,
    method: AuthMethod,
}

async fn authenticate(
    app: &App,
    headers: &HeaderMap,
    params: &Params,
    endpoint: &str,
) -> Result<Arc<RegisteredClient>, OAuthError> {
    if params.get("client_assertion").is_some() || params.get("client_assertion_type").is_some() {
        return authenticate_by_assertion(app, headers, params, endpoint).await;
    }
    let by_header = headers.contains_key(AUTHORIZATION);
    let refuse = |description: &str| {
        let error = OAuthError::new(Code::InvalidClient, description);
        if by_header { error.basic() } else { error }
    };
    let credentials =
        present(headers, params)?.ok_or_else(|| refuse("client authentication is missing"))?;
    // One answer for an unknown client and a wrong secret.
    let wrong = || refuse("the client is unknown or its credentials are wrong");
    let id: ClientId = credentials.client_id.parse().map_err(|_| wrong())?;
    let client = app.client(&id).await?.ok_or_else(wrong)?;
    let registered = client.client.metadata.token_endpoint_auth_method;
    let proven = match (client.client.secret_hash, &credentials.secret) {
        (Some(hash), Some(secret)) => Opaque::<ClientSecret>::parse(secret)
            .is_some_and(|secret| bool::from(secret.hash().ct_eq(&hash))),
        (None, None) => registered == AuthMethod::None,
        _ => false,
    };
    if !proven {
        return Err(wrong());
    }
    if registered != credentials.method {
        let description = format!(
            "this client registered to authenticate with {}",
            registered.as_str()
        );
        return Err(refuse(&description));
    }
    Ok(client)
}

async fn authenticate_by_assertion(
    app: &App,
    headers: &HeaderMap,
    params: &Params,
    endpoint: &str,
) -> Result<Arc<RegisteredClient>, OAuthError> {
    if headers.contains_key(AUTHORIZATION) || params.get("client_secret").is_some() {
        let description = "a client authenticates in one way: with an assertion, or with a secret";
        return Err(OAuthError::new(Code::InvalidRequest, description));
    }
    let (Some(assertion), Some(JWT_BEARER)) = (
        params.get("client_assertion"),
        params.get("client_assertion_type"),
    ) else {
        let description = format!("an assertion needs client_assertion_type {JWT_BEARER}");
        return Err(OAuthError::new(Code::InvalidRequest, description));
    };
    let refuse = |description: &str| OAuthError::new(Code::InvalidClient, description);
    let assertion = Assertion::parse(assertion)?;
    let id = assertion.client_id()?;
    // RFC 7521 §4.2: it need not be there.
    if params
        .get("client_id")
        .is_some_and(|named| named != id.as_str())
    {
        return Err(refuse("client_id is not that of the client_assertion"));
    }
    let client = app
        .client(&id)
        .await?
        .ok_or_else(|| refuse("the client is unknown or its credentials are wrong"))?;
    let registered = client.client.metadata.token_endpoint_auth_method;
    if !matches!(
        registered,
        AuthMethod::PrivateKeyJwt | AuthMethod::ClientSecretJwt
    ) {
        let description = format!(
            "this client registered to authenticate with {}",
            registered.as_str()
        );
        return Err(refuse(&description));
    }
    assertion.check(app, &client, endpoint).await?;
    Ok(client)
}

impl From<AssertionError> for OAuthError {
    fn from(error: AssertionError) -> Self {
        match error {
            AssertionError::Fault(fault) => fault.into(),
            error => Self::new(Code::InvalidClient, error.to_string()),
        }
    }
}

/// RFC 6749 §2.3: a client must not use more than one method in a request.
fn present(headers: &HeaderMap, params: &Params) -> Result<Option<Credentials>, OAuthError> {
    let in_body = params.get("client_id");
    let secret = params.get("client_secret");
    let mut presented = headers.get_all(AUTHORIZATION).iter();
    let Some(header) = presented.next() else {
        return Ok(in_body.map(|client_id| Credentials {
            client_id: client_id.to_owned(),
            secret: secret.map(|secret| Zeroizing::new(secret.to_owned())),
            method: if secret.is_some() {
                AuthMethod::ClientSecretPost
            } else {
                AuthMethod::None
            },
        }));
    };
    let malformed = || {
        OAuthError::new(
            Code::InvalidClient,
            "the Authorization header is not valid Basic",
        )
        .basic()
    };
    let credentials = header.to_str().ok().and_then(basic).ok_or_else(malformed)?;
    let contradicts = in_body.is_some_and(|client_id| client_id != credentials.client_id);
    if secret.is_some() || contradicts || presented.next().is_some() {
        let description =
            "a client authenticates in one way: with the Authorization header, or in the body";
        return Err(OAuthError::new(Code::InvalidRequest, description));
    }
    Ok(Some(credentials))
}

/// RFC 6749 §2.3.1: both halves are form-encoded before they are joined.
fn basic(header: &str) -> Option<Credentials> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Zeroizing::new(String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?);
    let (id, secret) = decoded.split_once(':')?;
    Some(Credentials {
        client_id: form_decode(id)?,
        secret: Some(Zeroizing::new(form_decode(secret)?)),
        method: AuthMethod::ClientSecretBasic,
    })
}

fn form_decode(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    percent_decode_str(&spaced)
        .decode_utf8()
        .ok()
        .map(std::borrow::Cow::into_owned)
}
