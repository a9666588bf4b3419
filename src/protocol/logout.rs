//! `GET` and `POST /logout`: OpenID Connect RP-Initiated Logout 1.0.
//!
//! A browser is sent on only with an ID token that shows who asks, and only
//! to an address that this client registered. Who is not certain to be meant
//! is asked first.

use axum::extract::{RawQuery, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use url::form_urlencoded;

use crate::app::App;
use crate::domain::id::ClientId;
use crate::domain::language::Language;
use crate::service::hints::{self, Hint};
use crate::service::sessions;
use crate::store::clients::RegisteredClient;
use crate::web::cookies::Cookies;
use crate::web::error_page::{ErrorPage, Fault};
use crate::web::front_channel;
use crate::web::logout_request::{LogoutRequest, after_sign_out};
use crate::web::params::Params;
use crate::web::visitor::Visitor;

/// `state` is handed back, and never stored.
const MAX_STATE: usize = 2_048;
const KNOWN: [&str; 6] = [
    "id_token_hint",
    "logout_hint",
    "client_id",
    "post_logout_redirect_uri",
    "state",
    "ui_locales",
];

/// `POST /logout`.
pub(super) async fn post(visitor: Visitor, request: Request) -> Response {
    front_channel::turn_into_get(&visitor, request, "/logout").await
}

/// `GET /logout`.
pub(super) async fn get(
    State(app): State<App>,
    mut visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let params = match front_channel::read(query) {
        Ok(params) => params,
        Err(fault) => return visitor.error(fault),
    };
    visitor.prefer(
        params
            .get("ui_locales")
            .and_then(|tags| Language::first_of(tags.split(' '))),
    );
    if params.duplicate(KNOWN).is_some() {
        return refuse(
            &visitor,
            Fault::BadRequest,
            "a parameter comes more than once",
        );
    }
    match answer(&app, &mut visitor, &params).await {
        Ok(response) => response,
        Err(fault) => visitor.fault(&fault),
    }
}

fn refuse(visitor: &Visitor, fault: Fault, detail: &str) -> Response {
    let mut page = ErrorPage::new(visitor.shell(), fault);
    page.detail = Some(detail.to_owned());
    page.respond()
}

async fn answer(
    app: &App,
    visitor: &mut Visitor,
    params: &Params,
) -> Result<Response, crate::service::Fault> {
    let hint = match params.get("id_token_hint") {
        Some(text) => hints::verify(app, text).await?,
        None => None,
    };
    // §2: a hint for another client than the one that asks is none.
    let named = params.get("client_id");
    let hint = hint.filter(|hint| named.is_none_or(|id| id == hint.client_id.as_str()));
    let id: Option<ClientId> = match &hint {
        Some(hint) => Some(hint.client_id.clone()),
        None => named.and_then(|id| id.parse().ok()),
    };
    let client = match &id {
        Some(id) => app.client(id).await?,
        None => None,
    };
    let leads_to = match (&hint, &client, params.get("post_logout_redirect_uri")) {
        (Some(_), Some(client), Some(uri)) => match leads_to(client, uri, params) {
            Some(url) => Some(url),
            None => {
                let detail = "post_logout_redirect_uri is not, letter by letter, one that the \
                              client registered, or state has more than 2,048 bytes";
                return Ok(refuse(visitor, Fault::WrongRedirect, detail));
            }
        },
        _ => None,
    };
    let Some(signed_in) = visitor.signed_in.take() else {
        // §2: to be signed out already is no error.
        return Ok(Redirect::to(leads_to.as_deref().unwrap_or("/sign-out")).into_response());
    };
    if is_certain(app, hint.as_ref(), &signed_in) {
        let ended = sessions::sign_out(app, &signed_in).await?;
        let onward = after_sign_out(app, ended, leads_to).await?;
        let mut response = Redirect::to(&onward).into_response();
        Cookies::of(app.config()).clear_session(response.headers_mut());
        return Ok(response);
    }
    let Some(client) = client else {
        return Ok(Redirect::to("/sign-out").into_response());
    };
    let request = LogoutRequest {
        client_id: client.client.id.clone(),
        leads_to,
        asked_at: app.now(),
    };
    Ok(Redirect::to(&format!("/sign-out?request={}", request.to_text(app))).into_response())
}

/// Where a browser goes afterwards, if it may.
fn leads_to(client: &RegisteredClient, uri: &str, params: &Params) -> Option<String> {
    let metadata = &client.client.metadata;
    let registered = metadata
        .post_logout_redirect_uris
        .iter()
        .any(|own| own.as_str() == uri);
    let state = params.get("state");
    if !registered || state.is_some_and(|state| state.len() > MAX_STATE) {
        return None;
    }
    let Some(state) = state else {
        return Some(uri.to_owned());
    };
    let state = form_urlencoded::Serializer::new(String::new())
        .append_pair("state", state)
        .finish();
    let joint = match uri.split_once('?') {
        None => "?",
        Some((_, own)) if own.is_empty() || own.ends_with('&') => "",
        Some(_) => "&",
    };
    Some(format!("{uri}{joint}{state}"))
}

/// §2: nobody is asked when the ID token is of this very session. Else they
/// must be.
fn is_certain(app: &App, hint: Option<&Hint>, signed_in: &sessions::SignedIn) -> bool {
    hint.is_some_and(|hint| {
        hint.sid.as_ref() == Some(&sessions::sid(app, signed_in, &hint.client_id))
    })
}
