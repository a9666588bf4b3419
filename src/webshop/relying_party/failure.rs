//! When the provider does not give what we ask.

use openidconnect::core::CoreErrorResponseType;
use openidconnect::{RequestTokenError, StandardErrorResponse, UserInfoError};

use crate::webshop::http::HttpError;

type TokenError = RequestTokenError<HttpError, StandardErrorResponse<CoreErrorResponseType>>;

/// Why the provider did not give what we asked.
#[derive(Debug, thiserror::Error)]
pub(in crate::webshop) enum Failure {
    /// It cannot be reached, or is in trouble itself.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// It says that we may not: `invalid_token` or `invalid_grant`.
    #[error("the provider refuses")]
    Refused,
    /// It says not now: `insufficient_scope`, which is how Sluis tells that
    /// the consumer paused the agreement.
    #[error("the provider says that access is paused")]
    Paused,
    /// It reports another error.
    #[error("the provider reports `{0}`")]
    Error(String),
    /// Its answer does not hold, so we believe none of it.
    #[error("the provider's answer does not hold: {0}")]
    Unbelievable(String),
}

impl From<TokenError> for Failure {
    fn from(fault: TokenError) -> Self {
        match fault {
            RequestTokenError::ServerResponse(answer) => match answer.error() {
                CoreErrorResponseType::InvalidGrant => Self::Refused,
                other => Self::Error(other.as_ref().to_owned()),
            },
            RequestTokenError::Request(_) => Self::Unreachable(in_full(&fault)),
            _ => Self::Unbelievable(in_full(&fault)),
        }
    }
}

impl From<UserInfoError<HttpError>> for Failure {
    fn from(fault: UserInfoError<HttpError>) -> Self {
        match fault {
            // RFC 6750 §3.1: `invalid_token` comes with 401; a body is not
            // promised.
            UserInfoError::Response(status, ..) if status.as_u16() == 401 => Self::Refused,
            UserInfoError::Response(status, ..) if status.as_u16() == 403 => Self::Paused,
            UserInfoError::Response(status, ..) if status.is_server_error() => {
                Self::Unreachable(format!("it answers {status}"))
            }
            UserInfoError::Request(_) => Self::Unreachable(in_full(&fault)),
            _ => Self::Unbelievable(in_full(&fault)),
        }
    }
}

/// An error with its causes, on one line.
pub(super) fn in_full(fault: &dyn std::error::Error) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
