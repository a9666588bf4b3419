//! `/authorize`: OpenID Connect Core 1.0 §3.1.2, RFC 6749 §4.1.1.
//!
//! First it is settled who asks and where the answer may go; until then, and
//! if that fails, nothing is ever redirected (RFC 9700 §4.11): [`source`], which
//! also knows the other places that a request may stand in. Then the table of
//! [`checks`] (and [`extensions`]) turns the parameters into an [`AuthorizationRequest`]; what
//! fails there is told to the client by redirect.

mod checks;
mod extensions;
mod source;

use axum::extract::{RawQuery, Request, State};
use axum::response::{IntoResponse, Redirect, Response};

use self::source::Refused;
use crate::app::App;
use crate::domain::authorization::{AuthorizationRequest, Prompt};
use crate::protocol::error::OAuthError;
use crate::service::authorizations::{self, Next};
use crate::store::clients::RegisteredClient;
use crate::web::authorization_response::{tell, tell_error};
use crate::web::error_page::ErrorPage;
use crate::web::front_channel;
use crate::web::params::Params;
use crate::web::visitor::Visitor;
pub(super) use checks::of_device;
pub(super) use source::{PUSHED, to_push};

/// What these parameters ask for in the name of a client, or the error code
/// and the description with which they are refused. This is the part of the
/// endpoint that looks nothing up, so that any parameters can be held against
/// it (`tests/fuzz`).
pub fn check_request(
    client: &RegisteredClient,
    params: &Params,
) -> Result<AuthorizationRequest, (&'static str, String)> {
    source::settle(client, params).map_err(|refused| {
        let told = OAuthError::from(refused);
        (told.code.as_str(), told.description)
    })
}

/// `POST /authorize`.
pub(super) async fn post(visitor: Visitor, request: Request) -> Response {
    front_channel::turn_into_get(&visitor, request, "/authorize").await
}

/// `GET /authorize`.
pub(super) async fn get(
    State(app): State<App>,
    mut visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let params = match front_channel::read(query) {
        Ok(params) => params,
        Err(fault) => return visitor.error(fault),
    };
    match source::brought(&app, &params).await {
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
