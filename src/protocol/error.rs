//! How errors are told to clients: RFC 6749 §5.2 and RFC 6750 §3.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use crate::crypto::dpop::ALGORITHMS;
use crate::service::Fault;
use crate::store::StoreError;
use crate::web::visitor::log_fault;

/// A registered error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Code {
    InvalidRequest,
    InvalidClient,
    InvalidAuthorizationDetails,
    InvalidDataPlan,
    InvalidGrant,
    InvalidGrantId,
    InvalidScope,
    InvalidToken,
    InsufficientScope,
    InvalidDpopProof,
    UseDpopNonce,
    AuthorizationPending,
    SlowDown,
    ExpiredToken,
    UnauthorizedClient,
    UnsupportedGrantType,
    UnsupportedResponseType,
    UnmetAuthenticationRequirements,
    InvalidRequestObject,
    InvalidRequestUri,
    RegistrationNotSupported,
    InvalidRedirectUri,
    InvalidClientMetadata,
    InvalidSoftwareStatement,
    UnapprovedSoftwareStatement,
    AccessDenied,
    TemporarilyUnavailable,
    ServerError,
}

impl Code {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::InvalidDataPlan => "invalid_data_plan",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidGrantId => "invalid_grant_id",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidSoftwareStatement => "invalid_software_statement",
            Self::UnapprovedSoftwareStatement => "unapproved_software_statement",
            Self::AccessDenied => "access_denied",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::ServerError => "server_error",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::InvalidClient | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::InsufficientScope | Self::AccessDenied => StatusCode::FORBIDDEN,
            Self::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// An error that is told as JSON, with a challenge where one is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OAuthError {
    pub(super) code: Code,
    pub(super) description: String,
    challenge: Option<Challenge>,
    status: StatusCode,
    /// After how many seconds it makes sense to try again.
    retry_after: Option<u16>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Challenge {
    Basic,
    Bearer,
    /// RFC 6750 §3.1: no code for a request without any authentication.
    BearerAlone,
    /// The same, where tokens are never bound to a key.
    BearerOnly,
    Dpop,
}

/// After how many seconds it may be somebody's turn whom others were in the way of.
const TURN_SOON: u16 = 10;

impl OAuthError {
    pub(super) fn new(code: Code, description: impl Into<String>) -> Self {
        Self {
            code,
            description: description.into(),
            challenge: None,
            status: code.status(),
            retry_after: None,
        }
    }

    /// A client that failed to authenticate with the `Authorization` header is
    /// told so in kind (RFC 6749 §5.2).
    pub(super) fn basic(mut self) -> Self {
        self.challenge = Some(Challenge::Basic);
        self
    }

    /// An error of a protected resource.
    pub(super) fn bearer(code: Code, description: impl Into<String>) -> Self {
        Self {
            challenge: Some(Challenge::Bearer),
            ..Self::new(code, description)
        }
    }

    /// Told by the token endpoint, where a refusal is a bad request (RFC 6749
    /// §5.2).
    pub(super) fn of_token(mut self) -> Self {
        self.status = StatusCode::BAD_REQUEST;
        self
    }

    /// There is no such thing at this path.
    pub(super) fn not_found(code: Code, description: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            ..Self::new(code, description)
        }
    }

    /// Told by this status, where another specification has a say in it.
    pub(super) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Told by a protected resource (RFC 6750 §3).
    pub(super) fn of_resource(mut self) -> Self {
        self.challenge = Some(Challenge::Bearer);
        self
    }

    /// A proof of possession without a nonce of ours, or with an old one: the
    /// `DPoP-Nonce` of this answer is a new one (RFC 9449 §8).
    pub(super) fn nonce_needed() -> Self {
        let description = "the DPoP proof must hold the nonce of the DPoP-Nonce header";
        Self::new(Code::UseDpopNonce, description)
    }

    /// Told by a protected resource to whoever shows a token that is bound to
    /// a key (RFC 9449 §7.1, §9).
    pub(super) fn of_dpop_resource(mut self) -> Self {
        self.challenge = Some(Challenge::Dpop);
        if matches!(self.code, Code::InvalidDpopProof | Code::UseDpopNonce) {
            self.status = StatusCode::UNAUTHORIZED;
        }
        self
    }

    /// There is no token at all.
    pub(super) fn no_token() -> Self {
        Self {
            challenge: Some(Challenge::BearerAlone),
            ..Self::new(Code::InvalidToken, "an access token is needed")
        }
    }

    /// There is no token, for what takes one that is never bound to a key.
    pub(super) fn no_bearer(description: impl Into<String>) -> Self {
        Self {
            challenge: Some(Challenge::BearerOnly),
            ..Self::new(Code::InvalidToken, description)
        }
    }

    /// Somebody asks too often.
    pub(super) fn too_many() -> Self {
        Self {
            status: StatusCode::TOO_MANY_REQUESTS,
            ..Self::new(
                Code::TemporarilyUnavailable,
                "too many requests from this network; try again later",
            )
        }
    }

    /// The body is larger than anything that a client has to say.
    pub(super) fn too_large() -> Self {
        Self {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            ..Self::new(Code::InvalidRequest, "the body is too large")
        }
    }
}

impl From<Fault> for OAuthError {
    fn from(fault: Fault) -> Self {
        let status = log_fault(&fault).status();
        if matches!(fault, Fault::Crowded) {
            return Self {
                retry_after: Some(TURN_SOON),
                ..Self::new(Code::TemporarilyUnavailable, fault.to_string())
            };
        }
        if status.is_server_error() && status != StatusCode::SERVICE_UNAVAILABLE {
            Self::new(
                Code::ServerError,
                "something went wrong here; try again later",
            )
        } else {
            Self::new(
                Code::TemporarilyUnavailable,
                "busy or unavailable; try again later",
            )
        }
    }
}

impl From<StoreError> for OAuthError {
    fn from(error: StoreError) -> Self {
        Fault::from(error).into()
    }
}

#[derive(Serialize)]
struct Body<'a> {
    error: Code,
    error_description: &'a str,
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = Json(Body {
            error: self.code,
            error_description: &self.description,
        });
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        let challenge = match self.challenge {
            None => return response,
            Some(Challenge::Basic) => "Basic realm=\"sluis\", charset=\"UTF-8\"".to_owned(),
            Some(Challenge::BearerAlone | Challenge::BearerOnly) => {
                "Bearer realm=\"sluis\"".to_owned()
            }
            Some(Challenge::Dpop) => format!(
                "DPoP realm=\"sluis\", error=\"{}\", error_description=\"{}\", algs=\"{}\"",
                self.code.as_str(),
                self.description,
                ALGORITHMS.join(" "),
            ),
            Some(Challenge::Bearer) => format!(
                "Bearer realm=\"sluis\", error=\"{}\", error_description=\"{}\"",
                self.code.as_str(),
                self.description
            ),
        };
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if self.challenge == Some(Challenge::BearerAlone) {
            let other = format!("DPoP realm=\"sluis\", algs=\"{}\"", ALGORITHMS.join(" "));
            headers.extend(HeaderValue::from_str(&other).map(|other| (WWW_AUTHENTICATE, other)));
        }
        response
    }
}
