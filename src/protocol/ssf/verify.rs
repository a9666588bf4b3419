//! `/ssf/verify`: a client wants to hear something, to see that it can
//! (§8.1.4).

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::RETRY_AFTER;
use http::{HeaderValue, StatusCode};

use super::super::error::OAuthError;
use super::{Call, done, told};
use crate::app::App;
use crate::service::streams::{self, StreamError};

/// `POST`: the event goes out by the stream, after what waits there already.
pub(super) async fn verify(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    let client = call.manager(&app).await?;
    let members = call.members()?;
    let id = members.stream_id()?;
    let state = members.optional("state")?;
    match streams::verify(&app, &client, id, state).await {
        Ok(()) => Ok(done(StatusCode::NO_CONTENT)),
        Err(error @ StreamError::TooSoon { after }) => {
            let mut response = told(error).into_response();
            let seconds = HeaderValue::from(after.as_secs());
            response.headers_mut().insert(RETRY_AFTER, seconds);
            Ok(response)
        }
        Err(error) => Err(told(error)),
    }
}
