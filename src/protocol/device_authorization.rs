//! `POST /device_authorization`: RFC 8628 §3.1.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CACHE_CONTROL;
use serde::Serialize;

use super::authorize::of_device;
use super::client_authentication::AuthenticatedClient;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::domain::client::GrantType;
use crate::service::devices;

/// §3.2.
#[derive(Serialize)]
struct Body<'a> {
    device_code: &'a str,
    user_code: &'a str,
    verification_uri: String,
    verification_uri_complete: String,
    expires_in: u64,
    interval: u64,
}

/// The endpoint.
pub(super) async fn device_authorization(
    State(app): State<App>,
    AuthenticatedClient { client, params }: AuthenticatedClient,
) -> Result<Response, OAuthError> {
    let metadata = &client.client.metadata;
    if !metadata.uses(GrantType::DeviceCode) {
        let description = "this client did not register the grant type of device codes";
        return Err(OAuthError::new(Code::UnauthorizedClient, description));
    }
    // What a client promised of its requests holds for all of them.
    if metadata.must_push() || metadata.require_signed_request_object {
        let description = "this client must push or sign its requests, which a device cannot";
        return Err(OAuthError::new(Code::UnauthorizedClient, description));
    }
    let request = of_device(&params, &client)?;
    let device = devices::begin(&app, request).await?;
    let (device_code, user_code) = (device.device_code.reveal(), device.user_code.shown());
    let page = app.config().issuer.at("/device");
    let body = Body {
        device_code: &device_code,
        user_code: &user_code,
        verification_uri_complete: format!("{page}?user_code={user_code}"),
        verification_uri: page,
        expires_in: device.expires_in.as_secs(),
        interval: device.interval.as_secs(),
    };
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}
