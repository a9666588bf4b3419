//! `/api/v1/duties`: what a business has to delete, and its answers.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::error::OAuthError;
use super::{Call, answer, bad, names, optional, unknown};
use crate::app::App;
use crate::domain::duty::{Answer, Duty, DutyState, Kept, Reason};
use crate::domain::id::{DutyId, GrantId};
use crate::domain::plan::LegalBasis;
use crate::domain::scope::Scope;
use crate::domain::subject::Subject;
use crate::domain::time::Timestamp;
use crate::service::duties::{self, AnswerError};

/// A duty as its business sees it.
#[derive(Serialize)]
struct DutyDocument {
    duty_id: DutyId,
    grant_id: GrantId,
    sub: Subject,
    claims: Vec<&'static str>,
    reason: Reason,
    opened_at: i64,
    delete_by: i64,
    state: DutyState,
    #[serde(skip_serializing_if = "Option::is_none")]
    lapsed_at: Option<i64>,
    answer: Option<AnswerDocument>,
}

#[derive(Serialize)]
struct AnswerDocument {
    answered_at: i64,
    kept: Vec<KeptDocument>,
}

#[derive(Serialize)]
struct KeptDocument {
    claims: Vec<&'static str>,
    basis: LegalBasis,
    law: String,
    until: String,
}

impl From<Duty> for DutyDocument {
    fn from(duty: Duty) -> Self {
        Self {
            state: duty.state(),
            duty_id: duty.id,
            grant_id: duty.grant_id,
            sub: duty.subject,
            claims: names(duty.claims),
            reason: duty.reason,
            opened_at: duty.opened_at.as_seconds(),
            delete_by: duty.delete_by.as_seconds(),
            lapsed_at: duty.lapsed_at.map(Timestamp::as_seconds),
            answer: duty.answer.map(AnswerDocument::from),
        }
    }
}

impl From<Answer> for AnswerDocument {
    fn from(answer: Answer) -> Self {
        Self {
            answered_at: Timestamp::as_seconds(answer.answered_at),
            kept: answer
                .kept
                .into_iter()
                .map(|kept| KeptDocument {
                    claims: names(kept.claims),
                    basis: kept.basis,
                    law: kept.law,
                    until: kept.until.to_string(),
                })
                .collect(),
        }
    }
}

fn told(error: AnswerError) -> OAuthError {
    match error {
        AnswerError::Fault(fault) => fault.into(),
        AnswerError::Unknown => unknown(error.to_string()),
        AnswerError::Answered | AnswerError::Lapsed => {
            bad(error.to_string()).with_status(StatusCode::CONFLICT)
        }
        AnswerError::Invalid(_) => bad(error.to_string()),
    }
}

fn parse(id: &str) -> Result<DutyId, OAuthError> {
    id.parse().map_err(|_| told(AnswerError::Unknown))
}

/// `GET /api/v1/duties`
pub(super) async fn list(State(app): State<App>, call: Call) -> Result<Response, OAuthError> {
    let client = call.client(&app, Scope::DeletionDuties).await?;
    let params = call.params()?;
    let state: Option<DutyState> = optional(&params, "state")?;
    let after: Option<DutyId> = optional(&params, "after")?;
    let (found, next) = duties::list(&app, &client, state, after).await?;
    let found: Vec<DutyDocument> = found.into_iter().map(DutyDocument::from).collect();
    let mut document = json!({ "duties": found });
    if let Some(next) = next {
        document["next"] = json!(next);
    }
    Ok(answer(&document))
}

/// `GET /api/v1/duties/{id}`
pub(super) async fn read(
    State(app): State<App>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, OAuthError> {
    let client = call.client(&app, Scope::DeletionDuties).await?;
    let duty = duties::of_client(&app, &client, parse(&id)?).await?;
    let duty = duty.ok_or_else(|| told(AnswerError::Unknown))?;
    Ok(answer(&DutyDocument::from(duty)))
}

/// What a business says of a duty.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Confirmation {
    #[serde(default)]
    kept: Vec<Kept>,
}

/// `POST /api/v1/duties/{id}/confirm`. Without a body, all is deleted.
pub(super) async fn confirm(
    State(app): State<App>,
    Path(id): Path<String>,
    call: Call,
) -> Result<Response, OAuthError> {
    let client = call.client(&app, Scope::DeletionDuties).await?;
    let id = parse(&id)?;
    let Confirmation { kept } = if call.body.is_empty() {
        Confirmation::default()
    } else {
        call.document()?
    };
    let duty = duties::confirm(&app, &client, id, kept)
        .await
        .map_err(told)?;
    Ok(answer(&DutyDocument::from(duty)))
}
