//! `/ssf/status`: whether a stream tells (§8.1.2).

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};

use super::super::error::OAuthError;
use super::{Call, answer, bad, told};
use crate::app::App;
use crate::domain::stream::{Status, Stream};
use crate::service::streams;

fn document(stream: &Stream) -> Value {
    let mut document = json!({"stream_id": stream.id, "status": stream.status});
    if let Some(reason) = &stream.reason {
        document["reason"] = json!(reason);
    }
    document
}

/// `GET`: how it stands.
pub(super) async fn read(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    let client = call.reader(&app).await?;
    let id = call.queried()?.ok_or_else(|| bad("stream_id is missing"))?;
    let stream = streams::one(&app, &client, id).await.map_err(told)?;
    Ok(answer(StatusCode::OK, &document(&stream)))
}

/// `POST`: how it shall stand.
pub(super) async fn update(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    let client = call.manager(&app).await?;
    let members = call.members()?;
    let id = members.stream_id()?;
    let status: Status = members
        .required::<String>("status")?
        .parse()
        .map_err(|error: crate::domain::stream::UnknownStatus| bad(error.to_string()))?;
    let reason = members.optional("reason")?;
    let stream = streams::set_status(&app, &client, id, status, reason)
        .await
        .map_err(told)?;
    Ok(answer(StatusCode::OK, &document(&stream)))
}
