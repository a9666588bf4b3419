//! `/register`: clients register themselves (RFC 7591, OpenID Connect Dynamic
//! Client Registration 1.0); `/register/{client_id}`: they look at that,
//! replace and remove it (RFC 7592).

use axum::body::to_bytes;
use axum::extract::{FromRequest, Path, Request, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{CACHE_CONTROL, PRAGMA};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::bearer::{Scheme, of_header};
use super::error::{Code, OAuthError};
use super::limits::limit;
use crate::app::App;
use crate::crypto::secret::Opaque;
use crate::domain::client::FaultKind;
use crate::domain::id::ClientId;
use crate::service::clients::ClientInformation;
use crate::service::registration::{self, Refused, Registered};
use crate::service::removal;
use crate::web::form::is_json;
use crate::web::limits::NetworkLimit;

/// Keys included, no client has more to say of itself.
const MAX_BODY: usize = 96 * 1024;

/// The routes.
pub(super) fn routes(app: &App) -> Router<App> {
    let of_people = || from_fn_with_state((app.clone(), NetworkLimit::of_people()), limit);
    let managed = Router::new()
        .route(
            "/register/{client_id}",
            get(look).put(replace).delete(remove),
        )
        // Where each replacement leads us, its client decides.
        .route_layer(of_people());
    Router::new()
        .route("/register", post(register))
        .route_layer(of_people())
        .merge(managed)
}

/// The token in the header, if there is one. These are never bound to a key.
struct Bearer(Option<Zeroizing<String>>);

impl Bearer {
    fn of(request: &Request) -> Result<Self, OAuthError> {
        match of_header(request)? {
            None => Ok(Self(None)),
            Some((Scheme::Bearer, token)) => Ok(Self(Some(token))),
            Some((Scheme::Dpop, _)) => Err(OAuthError::no_bearer("this token is shown as Bearer")),
        }
    }

    fn required(self) -> Result<Zeroizing<String>, OAuthError> {
        self.0
            .ok_or_else(|| OAuthError::no_bearer("the registration access token is needed"))
    }
}

/// Client metadata, and the token that came with them.
struct Document {
    bearer: Bearer,
    members: Map<String, Value>,
}

impl FromRequest<App> for Document {
    type Rejection = OAuthError;

    async fn from_request(request: Request, _: &App) -> Result<Self, OAuthError> {
        let bearer = Bearer::of(&request)?;
        let wrong = |what| OAuthError::new(Code::InvalidClientMetadata, what);
        if !is_json(request.headers()) {
            return Err(wrong("the body must be application/json"));
        }
        let body = to_bytes(request.into_body(), MAX_BODY)
            .await
            .map_err(|_| OAuthError::too_large())?;
        let members = serde_json::from_slice(&body)
            .map_err(|_| wrong("client metadata are a JSON object"))?;
        Ok(Self { bearer, members })
    }
}

impl FromRequest<App> for Bearer {
    type Rejection = OAuthError;

    async fn from_request(request: Request, _: &App) -> Result<Self, OAuthError> {
        Self::of(&request)
    }
}

/// `POST /register`: RFC 7591 §3.1.
async fn register(
    State(app): State<App>,
    Document { bearer, members }: Document,
) -> Result<Response, OAuthError> {
    let token = bearer.0.as_ref().map(|token| token.as_str());
    let registered = registration::register(&app, token, members).await?;
    Ok(tell(&app, StatusCode::CREATED, &registered))
}

/// `GET /register/{client_id}`: RFC 7592 §2.1.
async fn look(
    State(app): State<App>,
    Path(id): Path<String>,
    bearer: Bearer,
) -> Result<Response, OAuthError> {
    let (id, token) = (named(&id)?, bearer.required()?);
    let registered = registration::look(&app, &id, &token).await?;
    Ok(tell(&app, StatusCode::OK, &registered))
}

/// `PUT /register/{client_id}`: RFC 7592 §2.2.
async fn replace(
    State(app): State<App>,
    Path(id): Path<String>,
    Document { bearer, members }: Document,
) -> Result<Response, OAuthError> {
    let (id, token) = (named(&id)?, bearer.required()?);
    let registered = registration::replace(&app, &id, &token, members).await?;
    Ok(tell(&app, StatusCode::OK, &registered))
}

/// `DELETE /register/{client_id}`: RFC 7592 §2.3.
async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    bearer: Bearer,
) -> Result<Response, OAuthError> {
    let (id, token) = (named(&id)?, bearer.required()?);
    removal::remove(&app, &id, &token).await?;
    Ok((StatusCode::NO_CONTENT, uncached()).into_response())
}

/// What can be no client is as unknown as one that is not there.
fn named(id: &str) -> Result<ClientId, OAuthError> {
    id.parse().map_err(|_| Refused::Token.into())
}

fn uncached() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
    headers
}

/// RFC 7591 §3.2.1 and RFC 7592 §3.
#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    information: ClientInformation<'a>,
    registration_client_uri: String,
    registration_access_token: &'a str,
}

fn tell(app: &App, status: StatusCode, registered: &Registered) -> Response {
    let client = &registered.client;
    let secret = registered.secret.as_ref().map(Opaque::reveal);
    let secret = secret.as_ref().map(|secret| secret.as_str());
    let body = Body {
        information: ClientInformation::new(client, secret, registered.issued_at),
        registration_client_uri: app.config().issuer.at(&format!("/register/{}", client.id)),
        registration_access_token: &registered.token.reveal(),
    };
    (status, uncached(), Json(body)).into_response()
}

impl From<Refused> for OAuthError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Off => Self::new(Code::AccessDenied, refused.to_string()),
            Refused::NoToken => Self::no_bearer(refused.to_string()),
            Refused::Token => Self::bearer(Code::InvalidToken, refused.to_string()),
            Refused::Fault(fault) => fault.into(),
            Refused::Metadata(faults) => {
                // One code for all: that of the first.
                let code = match faults.first().map(|fault| fault.kind) {
                    Some(FaultKind::RedirectUri) => Code::InvalidRedirectUri,
                    Some(FaultKind::InvalidStatement) => Code::InvalidSoftwareStatement,
                    Some(FaultKind::UnapprovedStatement) => Code::UnapprovedSoftwareStatement,
                    Some(FaultKind::Member) | None => Code::InvalidClientMetadata,
                };
                let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
                Self::new(code, told.join("; "))
            }
        }
    }
}
