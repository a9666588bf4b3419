//! `POST /par`: pushed authorization requests, RFC 9126, with a proof of
//! possession if the client sends one (RFC 9449 §10.1).

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use http::{HeaderMap, StatusCode};
use serde::Serialize;

use super::authorize::{PUSHED, to_push};
use super::client_authentication::AuthenticatedClient;
use super::dpop;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::service::authorizations::{PushError, push};

/// RFC 9126 §2.2.
#[derive(Serialize)]
struct Body {
    request_uri: String,
    expires_in: u64,
}

/// The endpoint.
pub(super) async fn par(
    State(app): State<App>,
    headers: HeaderMap,
    AuthenticatedClient { client, params }: AuthenticatedClient,
) -> Result<Response, OAuthError> {
    let proof = dpop::proof(&app, &headers, "POST", "/par")?;
    let mut request = to_push(&app, &client, &params).await?;
    if let Some(proof) = &proof {
        // RFC 9449 §10.1: the proof says by itself which key the code is bound to.
        let named = request.dpop_jkt.replace(proof.key.clone());
        if named.is_some_and(|named| named != proof.key) {
            let description = "dpop_jkt names another key than the DPoP proof";
            return Err(OAuthError::new(Code::InvalidDpopProof, description));
        }
    }
    let pushed = push(&app, &request, proof.as_ref()).await?;
    let body = Body {
        request_uri: format!("{PUSHED}{}", *pushed.name.reveal()),
        expires_in: pushed.expires_in.as_secs(),
    };
    let caching = [(CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, caching, Json(body)).into_response())
}

impl From<PushError> for OAuthError {
    fn from(error: PushError) -> Self {
        match error {
            PushError::Replayed => Self::new(Code::InvalidDpopProof, error.to_string()),
            PushError::Fault(fault) => fault.into(),
        }
    }
}
