//! Access tokens in requests: RFC 6750 §2, and RFC 9449 §7.1 for those that
//! are bound to a key. Never in a query, where they end up in logs.

use axum::extract::{FromRequest, Request};
use http::Method;
use http::header::AUTHORIZATION;
use zeroize::Zeroizing;

use super::client_authentication::read_form;
use super::dpop;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::crypto::dpop::Proof;
use crate::service::access::AccessError;
use crate::web::form::is_form;

/// The access token of a request.
pub(super) struct PresentedToken {
    pub(super) token: Zeroizing<String>,
    /// That whoever presents it holds a key.
    pub(super) proof: Option<Proof>,
}

impl FromRequest<App> for PresentedToken {
    type Rejection = OAuthError;

    async fn from_request(request: Request, app: &App) -> Result<Self, OAuthError> {
        let header = match of_header(&request)? {
            Some((Scheme::Dpop, _)) => return Self::in_header(app, &request),
            Some((Scheme::Bearer, token)) => Some(token),
            None => None,
        };
        let body = if request.method() == Method::POST && is_form(&request) {
            let params = read_form(request).await.map_err(OAuthError::of_resource)?;
            params
                .get("access_token")
                .map(|token| Zeroizing::new(token.to_owned()))
        } else {
            None
        };
        match (header, body) {
            (Some(_), Some(_)) => Err(OAuthError::bearer(
                Code::InvalidRequest,
                "a token comes in the header or in the body",
            )),
            (None, None) => Err(OAuthError::no_token()),
            (Some(token), None) | (None, Some(token)) => Ok(Self { token, proof: None }),
        }
    }
}

impl PresentedToken {
    /// The token of a request that holds no form: that of its header.
    pub(super) fn in_header(app: &App, request: &Request) -> Result<Self, OAuthError> {
        match of_header(request)? {
            Some((Scheme::Dpop, token)) => {
                let proof = proof_of(app, request).map_err(OAuthError::of_dpop_resource)?;
                Ok(Self {
                    token,
                    proof: Some(proof),
                })
            }
            Some((Scheme::Bearer, token)) => Ok(Self { token, proof: None }),
            None => Err(OAuthError::no_token()),
        }
    }
}

fn proof_of(app: &App, request: &Request) -> Result<Proof, OAuthError> {
    let path = request.uri().path();
    dpop::proof(app, request.headers(), request.method().as_str(), path)?
        .ok_or_else(|| OAuthError::new(Code::InvalidDpopProof, "the DPoP header is missing"))
}

pub(super) enum Scheme {
    Bearer,
    Dpop,
}

/// RFC 6750 §3.1: whoever comes with another scheme, such as Basic, did not
/// know that a token is needed, and is told no more than that.
pub(super) fn of_header(
    request: &Request,
) -> Result<Option<(Scheme, Zeroizing<String>)>, OAuthError> {
    let mut values = request.headers().get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let malformed = |what| OAuthError::bearer(Code::InvalidRequest, what);
    if values.next().is_some() {
        return Err(malformed("there is more than one Authorization header"));
    }
    let text = value
        .to_str()
        .map_err(|_| malformed("the Authorization header cannot be read"))?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    let scheme = match scheme {
        scheme if scheme.eq_ignore_ascii_case("bearer") => Scheme::Bearer,
        scheme if scheme.eq_ignore_ascii_case("dpop") => Scheme::Dpop,
        _ => return Err(OAuthError::no_token()),
    };
    match token.trim() {
        "" => Err(malformed("the Authorization header has no token")),
        token => Ok(Some((scheme, Zeroizing::new(token.to_owned())))),
    }
}

/// Tells why a token opens nothing, by the scheme that it was, or has to be,
/// shown by.
pub(super) fn refuse(error: AccessError, proves: bool) -> OAuthError {
    let code = match error {
        AccessError::Fault(fault) => return fault.into(),
        AccessError::NonceNeeded => return OAuthError::nonce_needed().of_dpop_resource(),
        AccessError::InvalidToken | AccessError::Bound | AccessError::OtherKey => {
            Code::InvalidToken
        }
        AccessError::BadProof(_) => Code::InvalidDpopProof,
        AccessError::Lacks(_) => Code::InsufficientScope,
    };
    let told = OAuthError::new(code, error.to_string());
    if proves || matches!(error, AccessError::Bound) {
        told.of_dpop_resource()
    } else {
        told.of_resource()
    }
}
