//! `/grants/{grant_id}`: Grant Management for OAuth 2.0 (draft 03) §6. A
//! business looks at an agreement, and gives it up; making and changing one
//! takes the consumer, and goes through the authorization endpoint.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use serde::Serialize;

use super::bearer::{PresentedToken, refuse};
use super::data_plan::EditionTold;
use super::error::{Code, OAuthError};
use crate::app::App;
use crate::domain::claim::Claim;
use crate::domain::details::ProfileRelease;
use crate::domain::id::GrantId;
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::service::client_tokens;
use crate::service::grants::{self, BusinessView};

/// §6.4.
#[derive(Serialize)]
struct Status {
    grant_id: String,
    /// `active` or `paused`: of one that is over there is nothing to tell.
    status: &'static str,
    scopes: [GrantedScope; 1],
    claims: Vec<&'static str>,
    #[serde(flatten)]
    edition: Option<EditionTold>,
    /// All that is granted, in the terms in which it can be asked for (RFC 9396).
    authorization_details: [ProfileRelease; 1],
    created_at: i64,
    /// §6.4 calls it so in its text, and `last_updated_at` in its example.
    last_updated: i64,
    last_updated_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
    /// The business's copy of the newest receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
}

#[derive(Serialize)]
struct GrantedScope {
    scope: String,
    resource: [String; 1],
}

impl Status {
    fn of(app: &App, view: BusinessView) -> Self {
        let updated = view.grant.updated_at.as_seconds();
        Self {
            grant_id: view.grant.id.to_string(),
            status: view.state.as_str(),
            scopes: [GrantedScope {
                scope: Scope::list(view.scopes()),
                resource: [app.config().issuer.at("/userinfo")],
            }],
            claims: view.claims.iter().map(Claim::claim_name).collect(),
            edition: view.edition.map(EditionTold::from),
            authorization_details: [view.details],
            created_at: view.grant.created_at.as_seconds(),
            last_updated: updated,
            last_updated_at: updated,
            expires_at: view.grant.expires_at().map(Timestamp::as_seconds),
            receipt: view.receipt,
        }
    }
}

/// `GET`: the agreement as it stands.
pub(super) async fn query(
    State(app): State<App>,
    Path(id): Path<String>,
    PresentedToken { token, proof }: PresentedToken,
) -> Result<Response, OAuthError> {
    let client = client_tokens::open(&app, &token, proof.as_ref(), Scope::GrantManagementQuery)
        .await
        .map_err(|error| refuse(error, proof.is_some()))?;
    let id: GrantId = id.parse().map_err(|_| unknown())?;
    let view = grants::of_client(&app, &client, id)
        .await?
        .ok_or_else(unknown)?;
    let caching = [(CACHE_CONTROL, "no-store")];
    Ok((caching, Json(Status::of(&app, view))).into_response())
}

/// `DELETE`: the business gives the agreement up.
pub(super) async fn revoke(
    State(app): State<App>,
    Path(id): Path<String>,
    PresentedToken { token, proof }: PresentedToken,
) -> Result<Response, OAuthError> {
    let client = client_tokens::open(&app, &token, proof.as_ref(), Scope::GrantManagementRevoke)
        .await
        .map_err(|error| refuse(error, proof.is_some()))?;
    let id: GrantId = id.parse().map_err(|_| unknown())?;
    if grants::end(&app, &client, id).await? {
        Ok((StatusCode::NO_CONTENT, [(CACHE_CONTROL, "no-store")]).into_response())
    } else {
        Err(unknown())
    }
}

/// §6.6. Also of a grant of another client: that it is there is not this
/// client's to know.
fn unknown() -> OAuthError {
    let description = "this client has no such agreement, or it is over";
    OAuthError::not_found(Code::InvalidGrantId, description)
}
