//! Forms that people send.

use std::convert::Infallible;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;

use super::error_page::Fault;
use super::limits::{Forms, Guesses, is_known};
use super::params::Params;
use super::visitor::{Consumer, Visitor};
use crate::app::App;

/// A form of a visitor, with the right CSRF token.
#[derive(Debug)]
pub struct VisitorForm {
    /// Who sent it.
    pub visitor: Visitor,
    /// What is in it.
    pub params: Params,
}

impl FromRequest<App> for VisitorForm {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visitor = Visitor::from_request_parts(&mut parts, app).await?;
        let forms = parts.extensions.get().cloned();
        let params = read(Request::from_parts(parts, body), app)
            .await
            .map_err(|fault| visitor.error(fault))?;
        if !visitor.accepts_csrf(params.get("csrf").unwrap_or_default()) {
            return Err(visitor.error(Fault::Forged));
        }
        // Whoever is not signed in is not known yet.
        let is_known = std::future::ready(Ok::<_, Infallible>(false));
        match exceeded(forms, is_known).await {
            Ok(None) => Ok(Self { visitor, params }),
            Ok(Some(guesses)) => Err(guesses.refuse(visitor.error(Fault::TooMany))),
            Err(never) => match never {},
        }
    }
}

/// A form of a consumer who is signed in, with the right CSRF token.
#[derive(Debug)]
pub struct ConsumerForm {
    /// Who sent it.
    pub consumer: Consumer,
    /// What is in it.
    pub params: Params,
}

impl FromRequest<App> for ConsumerForm {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        // The form before the session: nobody keeps one that has ended by sending the
        // last of a form when it suits them.
        let params = read(Request::from_parts(parts.clone(), body), app).await;
        let consumer = Consumer::from_request_parts(&mut parts, app).await?;
        let params = params.map_err(|fault| consumer.error(fault))?;
        if !consumer.accepts_csrf(params.get("csrf").unwrap_or_default()) {
            return Err(consumer.error(Fault::Forged));
        }
        match exceeded(parts.extensions.get().cloned(), is_known(&consumer)).await {
            Ok(None) => Ok(Self { consumer, params }),
            Ok(Some(guesses)) => Err(guesses.refuse(consumer.error(Fault::TooMany))),
            Err(fault) => Err(consumer.fault(&fault)),
        }
    }
}

/// Counts a form where forms are ([`super::limits::limit_forms`]), and says by what it
/// was too often, for a browser that may be known.
async fn exceeded<E>(
    forms: Option<Forms>,
    is_known: impl Future<Output = Result<bool, E>>,
) -> Result<Option<Guesses>, E> {
    let Some(Forms(guesses)) = forms else {
        return Ok(None);
    };
    let exceeded = guesses.are_exceeded(is_known).await?;
    Ok(exceeded.then_some(guesses))
}

async fn read(request: Request, app: &App) -> Result<Params, Fault> {
    if !is_form(&request) {
        return Err(Fault::Malformed);
    }
    let body = Bytes::from_request(request, app).await.map_err(|refused| {
        if refused.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
            Fault::TooLarge
        } else {
            Fault::Malformed
        }
    })?;
    let text = std::str::from_utf8(&body).map_err(|_| Fault::Malformed)?;
    Params::parse(text).ok_or(Fault::Malformed)
}

/// Whether a body says that it is `application/x-www-form-urlencoded`.
#[must_use]
pub fn is_form(request: &Request) -> bool {
    is_of_type(request.headers(), "application/x-www-form-urlencoded")
}

/// Whether a body says that it is `application/json`.
#[must_use]
pub fn is_json(headers: &HeaderMap) -> bool {
    is_of_type(headers, "application/json")
}

fn is_of_type(headers: &HeaderMap, expected: &str) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case(expected))
}
