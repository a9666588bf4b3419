//! `/transfer/{id}`: whether all of an account may go along to another provider.
//!
//! It is asked each time, of somebody who showed a moment ago who they are, and
//! nothing answers it for them. What is handed over is everything, so that there
//! is nothing to choose.
//!
//! # The form
//! Fields `csrf` and `answer` (`allow` or `deny`).

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::asker::domain;
use super::confirm::{Confirmed, in_form};
use super::way::{asker_of, find_request, lead_to, see_other};
use crate::domain::authorization::Answer;
use crate::domain::id::RequestId;
use crate::i18n::t;
use crate::pages::consent::AnsweredPage;
use crate::service::authorizations::{Waiting, allow_transfer, deny_transfer, must_sign_in};
use crate::web::authorization_response::tell;
use crate::web::error_page::Fault;
use crate::web::form::ConsumerForm;
use crate::web::fresh::only_if_fresh;
use crate::web::page::{Shell, respond};
use crate::web::visitor::Consumer;

/// The page.
#[derive(Clone, Template)]
#[template(path = "transfer.html")]
pub struct TransferPage {
    /// Around it.
    pub shell: Shell,
    /// Where the form goes.
    pub action: String,
    /// To which provider: where the answer goes, whatever it calls itself.
    pub to: String,
}

/// `GET /transfer/{id}`
pub async fn show(mut consumer: Consumer, Path(id): Path<String>) -> Response {
    let waiting = match find(&mut consumer, &id).await {
        Ok(waiting) => waiting,
        Err(fault) => return consumer.error(fault),
    };
    if waiting.pending.answer.is_some() {
        return answered(&consumer, &waiting);
    }
    if let Some(elsewhere) = signs_in_first(&consumer, &waiting).await {
        return elsewhere;
    }
    let consumer = match only_if_fresh(consumer, &format!("/transfer/{id}")).await {
        Ok(consumer) => consumer,
        Err(elsewhere) => return elsewhere,
    };
    let page = TransferPage {
        shell: consumer.shell(None),
        action: format!("/transfer/{id}"),
        to: domain(&waiting.pending.request.redirect_uri),
    };
    let mut response = respond(StatusCode::OK, &page);
    lead_to(&mut response, &waiting);
    response
}

async fn find(consumer: &mut Consumer, id: &str) -> Result<Waiting, Fault> {
    let id: RequestId = id.parse().map_err(|_| Fault::UnknownRequest)?;
    let waiting = find_request(&mut consumer.visitor, id).await?;
    if waiting.pending.request.transfer {
        Ok(waiting)
    } else {
        Err(Fault::UnknownRequest)
    }
}

/// Whoever the client means has to be who is signed in, as recently as it says.
async fn signs_in_first(consumer: &Consumer, waiting: &Waiting) -> Option<Response> {
    let (app, pending) = (&consumer.visitor.app, &waiting.pending);
    match must_sign_in(app, &waiting.client, pending, &consumer.signed_in).await {
        Ok(true) => Some(see_other(&format!("/sign-in?request={}", pending.id))),
        Ok(false) => None,
        Err(fault) => Some(consumer.fault(&fault)),
    }
}

fn answered(consumer: &Consumer, waiting: &Waiting) -> Response {
    let page = AnsweredPage {
        shell: consumer.shell(None),
        asker: asker_of(waiting, &consumer.visitor),
        manage: None,
    };
    respond(StatusCode::OK, &page)
}

/// `POST /transfer/{id}`
pub async fn submit(Path(id): Path<String>, form: ConsumerForm) -> Response {
    let ConsumerForm {
        mut consumer,
        params,
    } = form;
    let waiting = match find(&mut consumer, &id).await {
        Ok(waiting) => waiting,
        Err(fault) => return consumer.error(fault),
    };
    let says_yes = params.get("answer") == Some("allow");
    let is_answered = match &waiting.pending.answer {
        None => false,
        // A second click, of which the browser awaits the answer.
        Some(Answer::Transferred) => !says_yes,
        Some(_) => true,
    };
    if is_answered {
        return answered(&consumer, &waiting);
    }
    if let Some(elsewhere) = signs_in_first(&consumer, &waiting).await {
        return elsewhere;
    }
    let app = consumer.visitor.app.clone();
    let (confirmed, said) = match params.get("answer") {
        Some("deny") => {
            let said = deny_transfer(&app, &waiting).await.map(Some);
            (Confirmed::default(), said)
        }
        Some("allow") => match in_form(&mut consumer, &params).await {
            Ok(confirmed) => {
                let said = allow_transfer(&app, &waiting, &consumer.signed_in).await;
                (confirmed, said)
            }
            Err(mut page) => {
                lead_to(&mut page, &waiting);
                return page;
            }
        },
        _ => return consumer.error(Fault::Malformed),
    };
    let response = match said {
        Ok(Some(answer)) => tell(&consumer.visitor, &answer).await,
        Ok(None) => answered(&consumer, &waiting),
        Err(fault) => consumer.fault(&fault),
    };
    confirmed.answer(response)
}
