//! Logging in with Sluis, and out of this site.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use serde::Deserialize;

use super::problem::Problem;
use super::{Nothing, Posted};
use crate::webshop::Shop;
use crate::webshop::guard::{self, Visit};
use crate::webshop::relying_party::Pending;
use crate::webshop::session::Session;

#[derive(Deserialize)]
pub(super) struct Begin {
    #[serde(default)]
    back: String,
}

/// Sends the visitor to the provider.
pub(super) async fn begin(
    State(shop): State<Arc<Shop>>,
    visit: Visit,
    query: Result<Query<Begin>, QueryRejection>,
) -> Response {
    let back = query.map_or_else(
        |_| "/".to_owned(),
        |Query(begin)| guard::local_path(&begin.back).to_owned(),
    );
    match shop.relying_party.begin(visit.lang, back).await {
        Ok((url, pending)) => {
            shop.sessions
                .change(&visit.session_id, |session| session.await_login(pending));
            Redirect::to(url.as_str()).into_response()
        }
        Err(failure) => {
            tracing::warn!(%failure, "a login could not begin");
            Problem::from(&failure).page(&shop, &visit, &visit.session(&shop))
        }
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Answer {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// Takes the visitor back from the provider.
pub(super) async fn callback(
    State(shop): State<Arc<Shop>>,
    visit: Visit,
    query: Result<Query<Answer>, QueryRejection>,
) -> Response {
    let Query(answer) = query.unwrap_or_default();
    let pending = shop.sessions.change(&visit.session_id, |session| {
        session.take_pending(answer.state.as_deref()?)
    });
    let outcome = match pending {
        // A reload, the back button or a second tab: whoever is in stays in.
        None if visit.session(&shop).login.is_some() => return Redirect::to("/").into_response(),
        None => Err(Problem::StaleLogin),
        Some(pending) => finish(&shop, &visit, &pending, answer)
            .await
            .map(|session_id| (session_id, pending.back)),
    };
    match outcome {
        Ok((session_id, back)) => {
            let jar = CookieJar::new().add(guard::session_cookie(&shop, session_id));
            (jar, Redirect::to(&back)).into_response()
        }
        Err(problem) => problem.page(&shop, &visit, &visit.session(&shop)),
    }
}

async fn finish(
    shop: &Shop,
    visit: &Visit,
    pending: &Pending,
    answer: Answer,
) -> Result<String, Problem> {
    // RFC 9207 §2.4: the issuer is checked before anything else is believed,
    // an error included.
    if answer
        .iss
        .is_some_and(|iss| !shop.relying_party.is_issuer(&iss))
    {
        return Err(Problem::Unbelievable);
    }
    match (answer.error.as_deref(), answer.code) {
        (Some("access_denied"), _) => Err(Problem::Denied),
        (Some("temporarily_unavailable"), _) => Err(Problem::Unreachable),
        (Some(error), _) => Err(Problem::login_refused(error)),
        (None, None) => Err(Problem::login_refused("no_code")),
        (None, Some(code)) => {
            let login = shop
                .relying_party
                .complete(pending, code)
                .await
                .map_err(|failure| {
                    tracing::warn!(%failure, "a login could not be completed");
                    Problem::from(&failure)
                })?;
            let subject = login.subject.to_string();
            if shop.site.is_shop() {
                let (person, terms) = (login.person.clone(), login.terms.clone());
                let mut book = shop.ledger.book();
                book.welcome(&subject, person, terms, shop.now());
            }
            shop.sessions.unpark(&subject);
            shop.sessions
                .change(&visit.session_id, |session| session.enter(login));
            Ok(shop.sessions.renew(&visit.session_id))
        }
    }
}

/// Forgets who the visitor is, in this browser alone. The basket stays. The shop
/// keeps its customer, and goes on reading what changes.
pub(super) async fn logout(State(shop): State<Arc<Shop>>, form: Posted<Nothing>) -> Redirect {
    let login = shop.sessions.change(&form.visit.session_id, Session::leave);
    if let Some(login) = login.filter(|_| shop.site.is_shop()) {
        shop.sessions.park(login);
    }
    Redirect::to("/")
}
