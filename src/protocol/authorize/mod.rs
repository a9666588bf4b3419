//! `/authorize`: OpenID Connect Core 1.0 §3.1.2, RFC 6749 §4.1.1.
//!
//! First it is settled who asks and where the answer may go; until then, and
//! if that fails, nothing is ever redirected (RFC 9700 §4.11): [`asked`], which
//! also knows the other places that a request may stand in. Then the table of
//! [`checks`] turns the parameters into an [`AuthorizationRequest`]; what
//! fails there is told to the client by redirect.

mod asked;
mod checks;

use axum::body::to_bytes;
use axum::extract::{RawQuery, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use url::form_urlencoded;

use self::asked::Refused;
use crate::app::App;
use crate::domain::authorization::{AuthorizationRequest, Prompt};
use crate::service::authorizations::{self, Next};
use crate::store::clients::RegisteredClient;
use crate::web::authorization_response::{tell, tell_error};
use crate::web::error_page::{ErrorPage, Fault};
use crate::web::form::is_form;
use crate::web::params::Params;
use crate::web::visitor::Visitor;
pub(super) use asked::{PUSHED, to_push};

/// A request that is longer than this is nobody's.
const MAX_REQUEST: usize = 16 * 1024;

/// `POST /authorize`. Another site's form comes without our cookies
/// (`SameSite=Lax`), so it is turned into a GET, which brings them.
pub(super) async fn post(visitor: Visitor, request: Request) -> Response {
    if !is_form(&request) {
        return visitor.error(Fault::Malformed);
    }
    let Ok(body) = to_bytes(request.into_body(), MAX_REQUEST).await else {
        return visitor.error(Fault::TooLarge);
    };
    // Written anew, so that whatever was sent is a query and nothing but one.
    let Some(params) = std::str::from_utf8(&body).ok().and_then(Params::parse) else {
        return visitor.error(Fault::Malformed);
    };
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(params.iter())
        .finish();
    if query.len() > MAX_REQUEST {
        return visitor.error(Fault::TooLarge);
    }
    Redirect::to(&format!("/authorize?{query}")).into_response()
}

/// `GET /authorize`.
pub(super) async fn get(
    State(app): State<App>,
    mut visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    if query.len() > MAX_REQUEST {
        return visitor.error(Fault::TooLarge);
    }
    let Some(params) = Params::parse(&query) else {
        return visitor.error(Fault::Malformed);
    };
    match asked::brought(&app, &params).await {
        Ok((client, request)) => go_on(&app, &mut visitor, &client, request).await,
        Err(Refused::Tell(refusal)) => {
            tell_error(
                &visitor,
                &refusal.to,
                refusal.code.as_str(),
                &refusal.description,
            )
            .await
        }
        Err(Refused::Inside(fault)) => visitor.fault(&fault),
        Err(Refused::Page(fault, _, detail)) => {
            let mut page = ErrorPage::new(visitor.shell(), fault);
            page.detail = Some(detail);
            page.respond()
        }
    }
}

async fn go_on(
    app: &App,
    visitor: &mut Visitor,
    client: &RegisteredClient,
    request: AuthorizationRequest,
) -> Response {
    visitor.prefer(request.language);
    let create = request.prompt.contains(Prompt::Create);
    let next = authorizations::begin(
        app,
        client,
        request,
        visitor.signed_in.as_ref(),
        &visitor.browser,
    )
    .await;
    let url = match next {
        Ok(Next::SignIn(id)) if create => format!("/sign-up?request={id}"),
        Ok(Next::SignIn(id)) => format!("/sign-in?request={id}"),
        Ok(Next::Consent(id)) => format!("/consent/{id}"),
        Ok(Next::Answer(response)) => return tell(visitor, &response).await,
        Err(fault) => return visitor.fault(&fault),
    };
    // RFC 9700 §4.12: 303, never 307.
    Redirect::to(&url).into_response()
}
