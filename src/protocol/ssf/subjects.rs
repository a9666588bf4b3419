//! `/ssf/subjects:add` and `/ssf/subjects:remove`: of whom a stream tells
//! (§8.1.3). Whether there is such a person, the answer does not say.

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::Value;

use super::super::error::OAuthError;
use super::{Call, bad, done, told};
use crate::app::App;
use crate::domain::subject_identifier::{Malformed, SubjectIdentifier};
use crate::service::streams;

/// The stream tells of somebody again. Of everybody who has an agreement it
/// does so without being asked.
pub(super) async fn add(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    choose(&app, &call, true).await?;
    Ok(done(StatusCode::OK))
}

/// The stream no longer tells of somebody.
pub(super) async fn remove(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    choose(&app, &call, false).await?;
    Ok(done(StatusCode::NO_CONTENT))
}

async fn choose(app: &App, call: &Call, wanted: bool) -> Result<(), OAuthError> {
    let client = call.manager(app).await?;
    let members = call.members()?;
    let id = members.stream_id()?;
    // Whether the client has verified who it is makes no difference here.
    members.optional::<bool>("verified")?;
    let subject: Value = members.required("subject")?;
    let who =
        SubjectIdentifier::parse(&subject).map_err(|error: Malformed| bad(error.to_string()))?;
    streams::choose_subject(app, &client, id, &who, wanted)
        .await
        .map_err(told)
}
