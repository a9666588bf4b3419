//! `/api/v1/requests`: rights that people use, and what a business answers.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::error::OAuthError;
use super::{Call, answer as told_to, bad, names, optional, unknown};
use crate::app::App;
use crate::domain::duty::Day;
use crate::domain::id::{GrantId, RightsRequestId};
use crate::domain::rights::{InvalidReply, Outcome, RequestState, Right, Taken};
use crate::domain::scope::Scope;
use crate::domain::subject::Subject;
use crate::domain::time::Timestamp;
use crate::service::rights::{self, BusinessRequest, RightsError};

/// A request as its business sees it.
#[derive(Serialize)]
struct RequestDocument {
    request_id: RightsRequestId,
    number: u32,
    grant_id: GrantId,
    sub: Subject,
    right: Right,
    /// What it is about; all when it is empty.
    claims: Vec<&'static str>,
    opened_at: i64,
    due: i64,
    state: RequestState,
    answers: Vec<AnswerDocument>,
}

/// Without its text: only whoever asked can open that.
#[derive(Serialize)]
struct AnswerDocument {
    outcome: Outcome,
    answered_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

impl From<BusinessRequest> for RequestDocument {
    fn from(view: BusinessRequest) -> Self {
        let BusinessRequest { request, answers } = view;
        Self {
            state: request.state(),
            request_id: request.id,
            number: request.number,
            grant_id: request.grant_id,
            sub: request.subject,
            right: request.right,
            claims: names(request.claims),
            opened_at: request.opened_at.as_seconds(),
            due: request.due.as_seconds(),
            answers: answers.into_iter().map(AnswerDocument::from).collect(),
        }
    }
}

impl From<Taken> for AnswerDocument {
    fn from(taken: Taken) -> Self {
        Self {
            outcome: taken.outcome,
            answered_at: Timestamp::as_seconds(taken.at),
            until: taken.until.map(|until| Day::of(until).to_string()),
        }
    }
}

fn told(error: RightsError) -> OAuthError {
    match error {
        RightsError::Fault(fault) => fault.into(),
        RightsError::Invalid(InvalidReply::Answered) => {
            bad(error.to_string()).with_status(StatusCode::CONFLICT)
        }
        RightsError::Invalid(_) => bad(error.to_string()),
        RightsError::Unknown
        | RightsError::Waiting
        | RightsError::TooMany
        | RightsError::Unreachable => unknown("this client has no such request"),
    }
}

fn parse(id: &str) -> Result<RightsRequestId, OAuthError> {
    id.parse().map_err(|_| told(RightsError::Unknown))
}

/// `GET /api/v1/requests`
pub(super) async fn list(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    let client = call.client(&app, Scope::DataSubjectRequests).await?;
    let params = call.params()?;
    let state: Option<RequestState> = optional(&params, "state")?;
    let after: Option<RightsRequestId> = optional(&params, "after")?;
    let (found, next) = rights::list(&app, &client, state, after).await?;
    let found: Vec<RequestDocument> = found.into_iter().map(RequestDocument::from).collect();
    let mut document = json!({ "requests": found });
    if let Some(next) = next {
        document["next"] = json!(next);
    }
    Ok(told_to(&document))
}

/// `GET /api/v1/requests/{id}`
pub(super) async fn read(
    State(app): State<App>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, OAuthError> {
    let client = call.client(&app, Scope::DataSubjectRequests).await?;
    let view = rights::of_client(&app, &client, parse(&id)?).await?;
    let view = view.ok_or_else(|| told(RightsError::Unknown))?;
    Ok(told_to(&RequestDocument::from(view)))
}

/// What a business answers.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply {
    outcome: Outcome,
    #[serde(default)]
    text: String,
    until: Option<Day>,
}

/// `POST /api/v1/requests/{id}/answer`
pub(super) async fn answer(
    State(app): State<App>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, OAuthError> {
    let client = call.client(&app, Scope::DataSubjectRequests).await?;
    let id = parse(&id)?;
    let Reply {
        outcome,
        text,
        until,
    } = call.document()?;
    let view = rights::answer(&app, &client, id, outcome, &text, until)
        .await
        .map_err(told)?;
    Ok(told_to(&RequestDocument::from(view)))
}
