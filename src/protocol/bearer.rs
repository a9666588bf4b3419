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
        let header = of_header(&request)?;
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
            (Some(token), None) | (None, Some(token)) => Ok(Self(token)),
        }
    }
}

/// RFC 6750 §3.1: whoever comes with another scheme, such as Basic, did not
/// know that a token is needed, and is told no more than that.
fn of_header(request: &Request) -> Result<Option<Zeroizing<String>>, OAuthError> {
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
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(OAuthError::no_token());
    }
    match token.trim() {
        "" => Err(malformed("the Authorization header has no token")),
        token => Ok(Some(Zeroizing::new(token.to_owned()))),
    }
}
