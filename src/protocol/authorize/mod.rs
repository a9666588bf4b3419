//! `/authorize`: OpenID Connect Core 1.0 §3.1.2, RFC 6749 §4.1.1.
//!
//! First it is settled who asks and where the answer may go; until then, and
//! if that fails, nothing is ever redirected (RFC 9700 §4.11). Then the table
//! of [`checks`] turns the parameters into an [`AuthorizationRequest`]; what
//! fails there is told to the client by redirect.

mod checks;

use axum::body::to_bytes;
use axum::extract::{RawQuery, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::Arc;
use url::form_urlencoded;

use self::checks::Refusal;
use crate::app::App;
use crate::domain::authorization::{AuthorizationRequest, Prompt};
use crate::domain::id::ClientId;
use crate::protocol::error::Code;
use crate::service::authorizations::{self, Next};
use crate::service::hints;
use crate::store::clients::RegisteredClient;
use crate::web::authorization_response::{error_url, redirect_url};
use crate::web::error_page::{ErrorPage, Fault};
use crate::web::form::is_form;
use crate::web::params::Params;
use crate::web::visitor::Visitor;

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
    let asker = match Asker::find(&app, &params).await {
        Ok(asker) => asker,
        Err(refused) => return refused.tell(&visitor),
    };
    let checked = match checks::run(&params, &asker.client, asker.redirect_uri) {
        Ok(request) => match take_hint(&app, &params, request).await {
            Ok(checked) => checked,
            Err(fault) => return visitor.fault(&fault),
        },
        Err(refusal) => Err(refusal),
    };
    match checked {
        Ok(request) => go_on(&app, &mut visitor, &asker.client, request).await,
        Err(Refusal {
            code,
            description,
            redirect_uri,
        }) => {
            let state = params
                .get("state")
                .filter(|_| params.duplicate(["state"]).is_none());
            let url = error_url(
                app.issuer(),
                &redirect_uri,
                state,
                code.as_str(),
                &description,
            );
            Redirect::to(&url).into_response()
        }
    }
}

/// Takes `id_token_hint`: whom the client means, by an ID token that it got
/// from us.
async fn take_hint(
    app: &App,
    params: &Params,
    mut request: AuthorizationRequest,
) -> Result<Result<AuthorizationRequest, Refusal>, crate::service::Fault> {
    let Some(text) = params.get("id_token_hint") else {
        return Ok(Ok(request));
    };
    let hint = hints::verify(app, text).await?;
    Ok(
        match hint.filter(|hint| hint.client_id == request.client_id) {
            Some(hint) => {
                request.hinted = Some(hint.subject);
                Ok(request)
            }
            None => Err(Refusal {
                code: Code::InvalidRequest,
                description: "id_token_hint is no ID token that was issued to this client"
                    .to_owned(),
                redirect_uri: request.redirect_uri,
            }),
        },
    )
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
        Ok(Next::Answer(response)) => redirect_url(app.issuer(), &response),
        Err(fault) => return visitor.fault(&fault),
    };
    // RFC 9700 §4.12: 303, never 307.
    Redirect::to(&url).into_response()
}

/// Who asks, and where the answer may go.
struct Asker {
    client: Arc<RegisteredClient>,
    redirect_uri: String,
}

/// Why a request is not answered by redirect.
enum Refused {
    Page(Fault, Option<&'static str>),
    Inside(crate::service::Fault),
}

impl Asker {
    async fn find(app: &App, params: &Params) -> Result<Self, Refused> {
        if params.duplicate(["client_id", "redirect_uri"]).is_some() {
            return Err(Refused::Page(
                Fault::BadRequest,
                Some("client_id or redirect_uri comes twice"),
            ));
        }
        let unknown = || {
            Refused::Page(
                Fault::UnknownClient,
                Some("client_id is missing or not registered"),
            )
        };
        let id: ClientId = params
            .get("client_id")
            .and_then(|id| id.parse().ok())
            .ok_or_else(unknown)?;
        let client = app
            .client(&id)
            .await
            .map_err(|error| Refused::Inside(error.into()))?
            .ok_or_else(unknown)?;
        let metadata = &client.client.metadata;
        let uri = params.get("redirect_uri").ok_or(Refused::Page(
            Fault::WrongRedirect,
            Some("redirect_uri is missing"),
        ))?;
        if !metadata
            .redirect_uris
            .iter()
            .any(|own| own.matches(uri, metadata.application_type))
        {
            let detail = "redirect_uri is not, letter by letter, one that the client registered";
            return Err(Refused::Page(Fault::WrongRedirect, Some(detail)));
        }
        Ok(Self {
            redirect_uri: uri.to_owned(),
            client,
        })
    }
}

impl Refused {
    fn tell(self, visitor: &Visitor) -> Response {
        match self {
            Self::Inside(fault) => visitor.fault(&fault),
            Self::Page(fault, detail) => {
                let mut page = ErrorPage::new(visitor.shell(), fault);
                page.detail = detail.map(str::to_owned);
                page.respond()
            }
        }
    }
}
