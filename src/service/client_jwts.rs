//! Whether a client signed what is said to come from it.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::app::App;
use crate::crypto::client_jwt::{ClientJwt, NotVerified};
use crate::domain::client::Client;
use crate::domain::time::Timestamp;
use crate::outbound::FetchError;

/// Why a signature is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It does not hold.
    #[error(transparent)]
    Wrong(#[from] NotVerified),
    /// The client's keys are not to be had.
    #[error("the client's jwks_uri cannot be fetched: {0}")]
    Keys(#[from] FetchError),
}

/// Checks that one of the client's keys signed. Keys that were fetched before
/// and do not explain the signature are fetched again: the client may have
/// changed them.
pub async fn check(
    app: &App,
    client: &Client,
    token: &ClientJwt<'_>,
) -> Result<(), SignatureError> {
    let keys = app.client_keys(client, None).await?;
    match token.verify(&keys) {
        Ok(()) => Ok(()),
        Err(why) => {
            let newer = app.client_keys(client, Some(&keys)).await?;
            if std::sync::Arc::ptr_eq(&keys, &newer) {
                return Err(why.into());
            }
            Ok(token.verify(&newer)?)
        }
    }
}

/// A claim that is text.
#[must_use]
pub fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// A claim that is a moment (RFC 7519 §2: seconds, perhaps with a fraction);
/// `Err` if it is there and is none.
pub fn moment(claims: &Map<String, Value>, name: &str) -> Result<Option<Timestamp>, NoMoment> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let seconds = match value.as_u64() {
        Some(whole) => Some(whole),
        None => value
            .as_f64()
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map(|since| since.as_secs()),
    };
    // Until the year 9999: what lies beyond is no date, and would overflow.
    let seconds = seconds
        .and_then(|seconds| i64::try_from(seconds).ok())
        .filter(|seconds| *seconds <= 253_402_300_799)
        .ok_or(NoMoment)?;
    Ok(Some(Timestamp::from_seconds(seconds)))
}

/// The claim is no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoMoment;

/// The audiences of a token, and whether they were a single text.
#[must_use]
pub fn audience(claims: &Map<String, Value>) -> (Vec<&str>, bool) {
    match claims.get("aud") {
        Some(Value::String(one)) => (vec![one], true),
        Some(Value::Array(many)) => (many.iter().filter_map(Value::as_str).collect(), false),
        _ => (Vec::new(), false),
    }
}
