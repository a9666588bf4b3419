//! `GET` and `POST /userinfo`: OpenID Connect Core 1.0 §5.3.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderValue;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde_json::Value;

use super::bearer::{PresentedToken, refuse};
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::crypto::jwt::Typ;
use crate::service::releases::{self, ReleaseError};
use crate::service::tokens;

/// The endpoint.
pub(super) async fn userinfo(
    State(app): State<App>,
    PresentedToken { token, proof }: PresentedToken,
) -> Result<Response, OAuthError> {
    let release = releases::read(&app, &token, proof.as_ref())
        .await
        .map_err(|error| tell(error, proof.is_some()))?;
    let mut claims = release.claims;
    claims.insert("sub".to_owned(), Value::String(release.subject.to_string()));
    let client = &release.client.client;
    let mut response = match client.metadata.userinfo_signed_response_alg {
        None => Json(claims).into_response(),
        // §5.3.2: whoever asked for it signed gets nothing else.
        Some(algorithm) => {
            claims.insert("iss".to_owned(), app.issuer().into());
            claims.insert("aud".to_owned(), client.id.as_str().into());
            let jwt = tokens::sign_for(&app, Typ::UserInfo, algorithm, &claims).await?;
            ([(CONTENT_TYPE, "application/jwt")], jwt.to_string()).into_response()
        }
    };
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

fn tell(error: ReleaseError, proves: bool) -> OAuthError {
    match error {
        ReleaseError::Access(error) => refuse(error, proves),
        ReleaseError::Paused => {
            let told = OAuthError::new(Code::InsufficientScope, error.to_string());
            if proves {
                told.of_dpop_resource()
            } else {
                told.of_resource()
            }
        }
    }
}
