//! `/api/v1/plan`: a client looks at its data plan, and publishes another
//! edition (`docs/data-plan.md`).

use std::time::Duration;

use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, ETAG, IF_MATCH, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Value, json};

use super::bearer::{PresentedToken, refuse};
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::domain::plan::{Plan, PlanVersion};
use crate::domain::scope::Scope;
use crate::service::client_tokens;
use crate::service::plans::{self, Edition, Misfit, PublishError};
use crate::web::form::is_json;

/// No plan that people read is longer.
const MAX_BODY: usize = 96 * 1024;
/// The most editions that `If-Match` may name.
const MAX_MATCHES: usize = 16;

/// Which edition of its plan an agreement answers, as a business is told.
#[derive(Serialize)]
pub(super) struct EditionTold {
    plan_version: PlanVersion,
    /// `false` when people kept to what they had agreed to, or have not been
    /// asked since.
    plan_current: bool,
    /// The edition that they were asked about, and said no to.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan_refused: Option<PlanVersion>,
}

impl From<Edition> for EditionTold {
    fn from(edition: Edition) -> Self {
        Self {
            plan_version: edition.version,
            plan_current: edition.is_current,
            plan_refused: edition.refused,
        }
    }
}

/// `GET`: the plan as it stands, with its edition.
pub(super) async fn look(
    State(app): State<App>,
    PresentedToken { token, proof }: PresentedToken,
) -> Result<Response, OAuthError> {
    let client = client_tokens::open(&app, &token, proof.as_ref(), Scope::DataPlan)
        .await
        .map_err(|error| refuse(error, proof.is_some()))?;
    let (plan, _) = client.plan.as_ref().ok_or_else(|| {
        let description = "this client has no data plan: it asks for what its scopes name";
        OAuthError::not_found(Code::InvalidRequest, description)
    })?;
    let mut document: Value = serde_json::from_str(&plan.to_json()).unwrap_or_default();
    document["version"] = json!(client.plan_version);
    Ok(told(client.plan_version, &document))
}

/// A plan that is to be published, with the token that lets it.
pub(super) struct Publication {
    token: PresentedToken,
    headers: HeaderMap,
    body: Bytes,
}

impl FromRequest<App> for Publication {
    type Rejection = OAuthError;

    async fn from_request(request: Request, app: &App) -> Result<Self, OAuthError> {
        let token = PresentedToken::in_header(app, &request)?;
        let headers = request.headers().clone();
        let body = to_bytes(request.into_body(), MAX_BODY).await;
        Ok(Self {
            token,
            headers,
            body: body.map_err(|_| OAuthError::too_large())?,
        })
    }
}

/// What came of publishing.
#[derive(Serialize)]
struct Answer {
    version: PlanVersion,
    narrower: bool,
    wider: bool,
}

/// `PUT`: another edition of the plan.
pub(super) async fn publish(
    State(app): State<App>,
    Publication {
        token: PresentedToken { token, proof },
        headers,
        body,
    }: Publication,
) -> Result<Response, OAuthError> {
    let client = client_tokens::open(&app, &token, proof.as_ref(), Scope::DataPlan)
        .await
        .map_err(|error| refuse(error, proof.is_some()))?;
    if !is_json(&headers) {
        let description = "the body must be application/json";
        return Err(OAuthError::new(Code::InvalidRequest, description)
            .with_status(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let text = std::str::from_utf8(&body)
        .map_err(|_| OAuthError::new(Code::InvalidDataPlan, "the plan is not UTF-8"))?;
    let plan = match Plan::parse(text) {
        Ok(plan) => plan,
        Err(problems) => {
            let problems = problems.into_iter().map(|problem| Misfit {
                path: problem.path,
                problem: problem.fault.to_string(),
            });
            return Ok(refused(&problems.collect::<Vec<_>>()));
        }
    };
    let in_place_of = matched(&headers)?;
    let id = &client.client.id;
    match plans::publish(&app, id, &plan, in_place_of.as_deref()).await {
        Ok(published) => Ok(told(
            published.version,
            &Answer {
                version: published.version,
                narrower: published.narrower,
                wider: published.wider,
            },
        )),
        Err(PublishError::Misfits(misfits)) => Ok(refused(&misfits)),
        Err(error @ PublishError::Stale(_)) => {
            Err(OAuthError::new(Code::InvalidRequest, error.to_string())
                .with_status(StatusCode::PRECONDITION_FAILED))
        }
        Err(error @ PublishError::Unsettled(_)) => Ok(later(
            OAuthError::new(Code::TemporarilyUnavailable, error.to_string())
                .with_status(StatusCode::CONFLICT),
            plans::SETTLING,
        )),
        Err(error @ PublishError::TooMany) => Ok(later(
            OAuthError::new(Code::InvalidRequest, error.to_string())
                .with_status(StatusCode::TOO_MANY_REQUESTS),
            Duration::from_hours(24),
        )),
        // Removed at this very moment.
        Err(PublishError::Unknown) => {
            Err(OAuthError::new(Code::InvalidToken, "this client is gone").of_resource())
        }
        Err(PublishError::Fault(fault)) => Err(fault.into()),
    }
}

/// A refusal that says when it makes sense to try again (RFC 9110 §10.2.3).
fn later(error: OAuthError, after: Duration) -> Response {
    let mut response = error.into_response();
    let seconds = HeaderValue::from(after.as_secs());
    response.headers_mut().insert(RETRY_AFTER, seconds);
    response
}

/// The editions that `If-Match` names (RFC 9110 §13.1.1); `None` when it is not
/// there, or takes any. What is no edition of ours matches none.
fn matched(headers: &HeaderMap) -> Result<Option<Vec<PlanVersion>>, OAuthError> {
    let mut values = headers.get_all(IF_MATCH).iter().peekable();
    if values.peek().is_none() {
        return Ok(None);
    }
    let mut editions = Vec::new();
    for value in values {
        let unread = || OAuthError::new(Code::InvalidRequest, "If-Match cannot be read");
        let text = value.to_str().map_err(|_| unread())?;
        for tag in text.split(',').map(str::trim) {
            if tag == "*" {
                return Ok(None);
            }
            let number = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'));
            editions.extend(number.and_then(|tag| tag.parse().ok()).map(PlanVersion));
            if editions.len() > MAX_MATCHES {
                return Err(unread());
            }
        }
    }
    Ok(Some(editions))
}

fn told(version: PlanVersion, document: &impl Serialize) -> Response {
    let headers = [
        (CACHE_CONTROL, "no-store".to_owned()),
        (ETAG, format!("\"{}\"", version.0)),
    ];
    (headers, Json(document)).into_response()
}

/// Everything that is wrong with a plan at once, each with its place.
fn refused(misfits: &[Misfit]) -> Response {
    let lines: Vec<String> = misfits
        .iter()
        .map(|misfit| format!("{}: {}", misfit.path, misfit.problem))
        .collect();
    let problems: Vec<Value> = misfits
        .iter()
        .map(|misfit| json!({"path": misfit.path, "problem": misfit.problem}))
        .collect();
    let body = json!({
        "error": Code::InvalidDataPlan,
        "error_description": lines.join("; "),
        "problems": problems,
    });
    let headers = [(CACHE_CONTROL, "no-store")];
    (StatusCode::BAD_REQUEST, headers, Json(body)).into_response()
}
