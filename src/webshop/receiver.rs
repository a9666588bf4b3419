//! Where Sluis tells: events by push (RFC 8935), and commands (OpenID Provider
//! Commands). No browser comes here, so there are no sessions.

use std::sync::Arc;

use axum::extract::rejection::{BytesRejection, FormRejection};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, body::Bytes};
use serde::Deserialize;
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use super::event::{self, Ending, Event, News, Reason, text};
use super::ledger::Heard;
use super::relying_party::Unopened;
use super::{Shop, jws, reaction};

/// Takes one event. What it leads to is done later, but for what must stop at
/// once.
pub(super) async fn event(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    if !is_let_in(&shop, &headers) {
        return refuse(
            "authentication_failed",
            "these are not the words that let in",
        );
    }
    let is_event = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|media_type| media_type == "application/secevent+jwt");
    let token = body.ok().filter(|_| is_event);
    let Some(token) = token.as_deref().and_then(|body| str::from_utf8(body).ok()) else {
        return refuse(
            "invalid_request",
            "the body is not one event of a fair size",
        );
    };
    let payload = match shop.relying_party.open(token.trim(), event::TYPE).await {
        Ok(payload) => payload,
        Err(unopened) => return not_opened(&unopened),
    };
    let relying_party = &shop.relying_party;
    match Event::read(&payload, relying_party.issuer(), relying_party.client_id()) {
        Ok(event) => {
            reaction::react(&shop, event);
            StatusCode::ACCEPTED.into_response()
        }
        Err(refusal) => refuse(refusal.err, refusal.description),
    }
}

fn is_let_in(shop: &Shop, headers: &HeaderMap) -> bool {
    headers.get(header::AUTHORIZATION).is_some_and(|given| {
        given
            .as_bytes()
            .ct_eq(shop.upkeep.secret().as_bytes())
            .into()
    })
}

/// RFC 8935 §2.3: what is wrong is told; what may be better later is not.
fn not_opened(unopened: &Unopened) -> Response {
    tracing::warn!(%unopened, "a token of the provider is not believed");
    match unopened {
        Unopened::NoKeys(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Unopened::Bad(jws::BadJws::UnknownKey | jws::BadJws::Signature) => {
            refuse("invalid_key", "the signature is not that of our provider")
        }
        Unopened::Bad(_) => refuse("invalid_request", "the body is not a token of this kind"),
    }
}

fn refuse(err: &str, description: &str) -> Response {
    let body = Json(json!({"err": err, "description": description}));
    (StatusCode::BAD_REQUEST, body).into_response()
}

/// What a command comes in.
#[derive(Deserialize)]
pub(super) struct Commanded {
    command_token: String,
}

/// Takes one command, and answers what has become of the account.
pub(super) async fn command(
    State(shop): State<Arc<Shop>>,
    form: Result<Form<Commanded>, FormRejection>,
) -> Response {
    let Ok(Form(form)) = form else {
        return refuse_command("invalid_request");
    };
    let payload = match shop
        .relying_party
        .open(&form.command_token, "command+jwt")
        .await
    {
        Ok(payload) => payload,
        Err(Unopened::NoKeys(_)) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Err(unopened) => {
            tracing::warn!(%unopened, "a command is not believed");
            return refuse_command("invalid_request");
        }
    };
    let now = shop.now();
    let is_ours = payload["iss"] == shop.relying_party.issuer()
        && jws::is_for(&payload["aud"], shop.relying_party.client_id())
        && event::moment(&payload["exp"]).is_some_and(|end| now < end);
    let (Some(jti), Some(subject), true) = (text(&payload, "jti"), text(&payload, "sub"), is_ours)
    else {
        return refuse_command("invalid_request");
    };
    if payload["command"] != "delete" {
        return refuse_command("unsupported_command");
    }
    let ending = Ending {
        reason: Reason::Withdrawn,
        grant_id: text(&payload, "grant_id"),
        duty_id: text(&payload, "duty_id"),
        claims: event::names(&payload["claims"]),
        delete_by: event::moment(&payload["delete_by"]),
    };
    let mut book = shop.ledger.book();
    let is_new = book.seen.is_new(&jti);
    if is_new {
        book.hear(Heard {
            at: now,
            happened_at: event::moment(&payload["iat"]),
            subject: Some(subject.clone()),
            news: News::Ended(ending.clone()),
            commanded: true,
        });
    }
    drop(book);
    // One that comes again is answered again, and does nothing: the person may
    // be a customer again by now.
    if is_new {
        reaction::end(&shop, &subject, &ending);
        shop.upkeep.wake();
    }
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (headers, Json(account(&shop, &subject))).into_response()
}

/// What has become of somebody's account: it is there, or gone, or nothing is
/// left of it but what the law wants kept.
fn account(shop: &Shop, subject: &str) -> Value {
    let book = shop.ledger.book();
    let duty = match (book.customer(subject), book.farewell(subject)) {
        (None, None) => return json!({"account_state": "unknown", "sub": subject}),
        (None, Some(duty)) if duty.deleted_at.is_some() => duty,
        _ => return json!({"account_state": "active", "sub": subject}),
    };
    let mut account = duty.answer();
    account["account_state"] = match &duty.kept {
        Some(_) => "archived".into(),
        None => "deleted".into(),
    };
    account["sub"] = subject.into();
    account
}

fn refuse_command(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response()
}
