//! Access tokens in requests: RFC 6750 §2. Never in a query, where they end
//! up in logs.

use axum::extract::{FromRequest, Request};
use http::Method;
use http::header::AUTHORIZATION;
use zeroize::Zeroizing;

use super::client_authentication::read_form;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::web::form::is_form;

/// The access token of a request.
pub(super) struct BearerToken(pub(super) Zeroizing<String>);

impl FromRequest<App> for BearerToken {
    type Rejection = OAuthError;

    async fn from_request(request: Request, _: &App) -> Result<Self, OAuthError> {
        let header = match request.headers().get(AUTHORIZATION) {
            None => None,
            Some(value) => {
                let malformed = || {
                    OAuthError::bearer(
                        Code::InvalidRequest,
                        "the Authorization header is not Bearer",
                    )
                };
                let (scheme, token) = value
                    .to_str()
                    .ok()
                    .and_then(|text| text.split_once(' '))
                    .ok_or_else(malformed)?;
                if !scheme.eq_ignore_ascii_case("bearer") {
                    return Err(malformed());
                }
                Some(Zeroizing::new(token.trim().to_owned()))
            }
        };
        let body = if request.method() == Method::POST && is_form(&request) {
            let params = read_form(request).await?;
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
            (Some(token), None) | (None, Some(token)) => Ok(Self(token)),
        }
    }
}
