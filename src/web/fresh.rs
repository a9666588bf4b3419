//! Consumers who showed a moment ago who they are, with the strongest that
//! they have set up ([`Authentication::freshness`]): for what nobody should be
//! able to do who finds an open browser, or has a stolen cookie.
//!
//! [`Authentication::freshness`]: crate::domain::account::Authentication::freshness

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use url::form_urlencoded;

use super::error_page;
use super::form::ConsumerForm;
use super::params::Params;
use super::visitor::Consumer;
use crate::app::App;
use crate::domain::account::Freshness;
use crate::service::{Fault, factors};

/// Whether someone showed who they are a moment ago. One SELECT.
pub async fn freshness(consumer: &Consumer) -> Result<Freshness, Fault> {
    let (app, signed_in) = (&consumer.visitor.app, &consumer.signed_in);
    let set_up = factors::set_up(app, signed_in.account.id).await?;
    Ok(signed_in.authentication.freshness(set_up, app.now()))
}

/// Whether someone showed a moment ago who they are. Who cannot be asked to, since
/// nothing they show would do yet, is told so instead.
pub async fn is_fresh(consumer: &Consumer) -> Result<bool, Response> {
    match freshness(consumer).await {
        Ok(Freshness::Fresh) => Ok(true),
        Ok(Freshness::Stale) => Ok(false),
        Ok(Freshness::NotBefore(until)) => Err(consumer.error(error_page::Fault::NotYet(until))),
        Err(fault) => Err(consumer.fault(&fault)),
    }
}

/// What the query of a path says to which someone comes back whose form was not
/// taken.
pub const AGAIN: &str = "again";

/// A consumer who showed a moment ago who they are. Everybody else is sent to
/// do so, and comes back.
#[derive(Debug)]
pub struct FreshConsumer(pub Consumer);

impl FromRequestParts<App> for FreshConsumer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let consumer = Consumer::from_request_parts(parts, app).await?;
        let here = consumer.visitor.here.clone();
        only_if_fresh(consumer, &here).await.map(Self)
    }
}

/// A form of a consumer who showed a moment ago who they are. Of anybody else
/// it is not taken: they are sent to do so, and then to the page of the same
/// path with [`AGAIN`], so that whatever takes such a form answers GET as well.
#[derive(Debug)]
pub struct FreshForm {
    /// Who sent it.
    pub consumer: Consumer,
    /// What is in it.
    pub params: Params,
}

impl FromRequest<App> for FreshForm {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let ConsumerForm { consumer, params } = ConsumerForm::from_request(request, app).await?;
        let here = format!("{}?{AGAIN}", consumer.visitor.here);
        let consumer = only_if_fresh(consumer, &here).await?;
        Ok(Self { consumer, params })
    }
}

/// Lets a consumer go on who showed a moment ago who they are. Everybody else is
/// sent to do so, and then to `after`.
pub async fn only_if_fresh(consumer: Consumer, after: &str) -> Result<Consumer, Response> {
    if is_fresh(&consumer).await? {
        return Ok(consumer);
    }
    let query: String = form_urlencoded::Serializer::new(String::new())
        .append_pair("after", after)
        .finish();
    Err(Redirect::to(&format!("/sign-in/confirm?{query}")).into_response())
}
