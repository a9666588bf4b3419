//! Who asks, for what, and where the answer may go: whether the request stands
//! in the query, in a request object (RFC 9101), or was pushed (RFC 9126).

use std::sync::Arc;

use url::Url;

use super::checks::{self, Refusal};
use crate::app::App;
use crate::domain::authorization::{
    AuthorizationRequest, BadGrantAction, Destination, GrantAction, ResponseMode,
};
use crate::domain::client::{GrantType, is_loopback};
use crate::domain::id::ClientId;
use crate::protocol::error::{Code, OAuthError};
use crate::service::authorizations::{PushedError, pushed};
use crate::service::{grants, hints, request_objects};
use crate::store::clients::RegisteredClient;
use crate::web::error_page::Fault;
use crate::web::params::Params;

/// What the `request_uri` of a pushed request starts with (RFC 9126 §2.2).
pub(in crate::protocol) const PUSHED: &str = "urn:ietf:params:oauth:request_uri:";

/// Why a request is not gone on with.
#[derive(Debug)]
pub(in crate::protocol) enum Refused {
    /// It is told on a page: nothing says that the answer may go anywhere. A
    /// client that pushes is told the code.
    Page(Fault, Code, String),
    /// It is told to the client.
    Tell(Box<Refusal>),
    /// Something inside.
    Inside(crate::service::Fault),
}

impl Refused {
    fn page(fault: Fault, detail: &str) -> Self {
        Self::Page(fault, Code::InvalidRequest, detail.to_owned())
    }
}

impl From<crate::service::Fault> for Refused {
    fn from(fault: crate::service::Fault) -> Self {
        Self::Inside(fault)
    }
}

/// A client that pushes is told by JSON, whatever is wrong (RFC 9126 §2.3).
impl From<Refused> for OAuthError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Page(_, code, detail) => Self::new(code, detail),
            Refused::Tell(refusal) => Self::new(refusal.code, refusal.description),
            Refused::Inside(fault) => fault.into(),
        }
    }
}

/// The request that a browser brings.
pub(super) async fn brought(
    app: &App,
    params: &Params,
) -> Result<(Arc<RegisteredClient>, AuthorizationRequest), Refused> {
    if params.duplicate(["client_id", "redirect_uri"]).is_some() {
        let detail = "client_id or redirect_uri comes twice";
        return Err(Refused::page(Fault::BadRequest, detail));
    }
    let unknown = || {
        let detail = "client_id is missing or not registered";
        Refused::page(Fault::UnknownClient, detail)
    };
    let id: ClientId = params
        .get("client_id")
        .and_then(|id| id.parse().ok())
        .ok_or_else(unknown)?;
    let found = app.client(&id).await.map_err(crate::service::Fault::from)?;
    let client = found.ok_or_else(unknown)?;
    let reference = params.get("request_uri");
    if let Some(name) = reference.and_then(|reference| reference.strip_prefix(PUSHED)) {
        // All but `client_id` is in what was pushed, and counts from there alone.
        let request = pushed(app, &id, name).await.map_err(|why| match why {
            PushedError::Fault(fault) => Refused::Inside(fault),
            PushedError::Expired => Refused::page(Fault::Expired, &why.to_string()),
            why => Refused::page(Fault::BadRequest, &why.to_string()),
        })?;
        return Ok((client, request));
    }
    let request = read(app, &client, params, Way::Browser).await?;
    Ok((client, request))
}

/// The request that a client pushes.
pub(in crate::protocol) async fn to_push(
    app: &App,
    client: &RegisteredClient,
    params: &Params,
) -> Result<AuthorizationRequest, Refused> {
    if params.get("request_uri").is_some() {
        let detail = "request_uri has no place in a request that is pushed (RFC 9126 §2.1)";
        return Err(Refused::page(Fault::BadRequest, detail));
    }
    read(app, client, params, Way::Push).await
}

/// How a request comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Browser,
    Push,
}

async fn read(
    app: &App,
    client: &RegisteredClient,
    outer: &Params,
    way: Way,
) -> Result<AuthorizationRequest, Refused> {
    let metadata = &client.client.metadata;
    if way == Way::Browser && metadata.must_push() {
        let description = "this client must push its requests (RFC 9126)";
        return Err(tell_or_show(
            client,
            outer,
            Code::InvalidRequest,
            description,
        ));
    }
    let object = object_of(app, client, outer).await?;
    let is_signed = object.is_some();
    let params = object.as_ref().unwrap_or(outer);
    if metadata.require_signed_request_object && !is_signed {
        let redirect_uri = redirect_uri(client, params)?;
        let (code, description) = (
            Code::InvalidRequest,
            "this client registered to sign its requests (RFC 9101)",
        );
        return Err(tell(client, params, redirect_uri, code, description));
    }
    let request = settle(client, params)?;
    if request.transfer && !is_of_a_site(app, &request.redirect_uri) {
        let description = "a transfer goes to an https redirect URI alone";
        let (uri, code) = (&request.redirect_uri, Code::InvalidRequest);
        return Err(tell(client, params, uri, code, description));
    }
    let request = take_hint(app, client, params, request).await?;
    find_grant(app, client, params, request).await
}

/// Whether a redirect URI leads to the site that people read in it. The scheme of
/// an app looks like a host, and is whatever the app calls itself; this very
/// machine is a site where the provider is on it too.
fn is_of_a_site(app: &App, redirect_uri: &str) -> bool {
    Url::parse(redirect_uri).is_ok_and(|uri| {
        uri.scheme() == "https" || (is_loopback(&uri) && app.config().issuer.is_loopback())
    })
}

/// The request that these parameters make, as far as they say by themselves.
pub(super) fn settle(
    client: &RegisteredClient,
    params: &Params,
) -> Result<AuthorizationRequest, Refused> {
    let uri = redirect_uri(client, params)?;
    if !client.client.metadata.uses(GrantType::AuthorizationCode) {
        let description = "this client did not register the grant type authorization_code";
        let code = Code::UnauthorizedClient;
        return Err(tell(client, params, uri, code, description));
    }
    checks::run(params, client, uri)
        .map_err(|(code, description)| tell(client, params, uri, code, description))
}

/// Whether the grant that a request acts on is one that the client has. Whose
/// it is shows when someone has signed in.
async fn find_grant(
    app: &App,
    client: &RegisteredClient,
    params: &Params,
    request: AuthorizationRequest,
) -> Result<AuthorizationRequest, Refused> {
    let Some(id) = request.grant_action.and_then(GrantAction::grant_id) else {
        return Ok(request);
    };
    if grants::standing(app, client, id).await?.is_some() {
        return Ok(request);
    }
    let description = BadGrantAction::UnknownId.as_str();
    let to = &request.redirect_uri;
    Err(tell(client, params, to, Code::InvalidGrantId, description))
}

/// Takes `id_token_hint`: whom the client means, by an ID token that it got
/// from us.
async fn take_hint(
    app: &App,
    client: &RegisteredClient,
    params: &Params,
    mut request: AuthorizationRequest,
) -> Result<AuthorizationRequest, Refused> {
    let Some(text) = params.get("id_token_hint") else {
        return Ok(request);
    };
    let hint = hints::verify(app, text).await?;
    if let Some(hint) = hint.filter(|hint| hint.client_id == request.client_id) {
        request.hinted = Some(hint.subject);
        return Ok(request);
    }
    let description = "id_token_hint is no ID token that was issued to this client";
    let to = &request.redirect_uri;
    Err(tell(client, params, to, Code::InvalidRequest, description))
}

/// The parameters in the request object, if there is one. What stands beside
/// it does not count (RFC 9101 §6.3), and may not contradict it in what says
/// whose request it is and of which kind (OpenID Connect Core 1.0 §6.1).
async fn object_of(
    app: &App,
    client: &RegisteredClient,
    outer: &Params,
) -> Result<Option<Params>, Refused> {
    let refuse = |code, description: &str| tell_or_show(client, outer, code, description);
    if outer.duplicate(["request", "request_uri"]).is_some() {
        let description = "a parameter comes more than once";
        return Err(refuse(Code::InvalidRequest, description));
    }
    let object = match (outer.get("request"), outer.get("request_uri")) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            let description = "request and request_uri exclude each other";
            return Err(refuse(Code::InvalidRequest, description));
        }
        (Some(object), None) => Ok(object.to_owned()),
        (None, Some(reference)) => request_objects::fetch(app, &client.client, reference).await,
    };
    let opened = match object {
        Ok(object) => request_objects::open(app, &client.client, &object).await,
        Err(error) => Err(error),
    };
    let params = opened.map_err(|error| {
        let code = if error.is_of_reference() {
            Code::InvalidRequestUri
        } else {
            Code::InvalidRequestObject
        };
        refuse(code, &error.to_string())
    })?;
    let params = Params::from_pairs(params)
        .ok_or_else(|| refuse(Code::InvalidRequestObject, "it has too many members"))?;
    let kind = "response_type";
    match (outer.get(kind), params.get(kind)) {
        (Some(outside), Some(inside)) if outside != inside => {
            let description = "response_type differs inside and outside of the request object";
            Err(refuse(Code::InvalidRequestObject, description))
        }
        _ => Ok(Some(params)),
    }
}

/// Where the answer may go. Until that is known, nothing is ever redirected
/// (RFC 9700 §4.11).
fn redirect_uri<'a>(client: &RegisteredClient, params: &'a Params) -> Result<&'a str, Refused> {
    let wrong = |detail| Refused::page(Fault::WrongRedirect, detail);
    let metadata = &client.client.metadata;
    let uri = params
        .get("redirect_uri")
        .ok_or_else(|| wrong("redirect_uri is missing"))?;
    let registered = metadata.redirect_uris.iter();
    if params.duplicate(["redirect_uri"]).is_none()
        && registered
            .into_iter()
            .any(|own| own.matches(uri, metadata.application_type))
    {
        Ok(uri)
    } else {
        Err(wrong(
            "redirect_uri is not, letter by letter, one that the client registered",
        ))
    }
}

/// Tells the client if the parameters say whither, and shows a page otherwise.
fn tell_or_show(
    client: &RegisteredClient,
    params: &Params,
    code: Code,
    description: &str,
) -> Refused {
    match redirect_uri(client, params) {
        Ok(uri) => tell(client, params, uri, code, description),
        Err(_) => Refused::Page(Fault::BadRequest, code, description.to_owned()),
    }
}

fn tell(
    client: &RegisteredClient,
    params: &Params,
    redirect_uri: &str,
    code: Code,
    description: &str,
) -> Refused {
    // Which of two is the client's own, nobody can tell.
    let once = |name| {
        params
            .get(name)
            .filter(|_| params.duplicate([name]).is_none())
    };
    Refused::Tell(Box::new(Refusal {
        code,
        description: description.to_owned(),
        to: Destination {
            client_id: client.client.id.clone(),
            redirect_uri: redirect_uri.to_owned(),
            state: once("state").map(str::to_owned),
            response_mode: once("response_mode")
                .and_then(ResponseMode::parse)
                .unwrap_or_default(),
            is_device: false,
        },
    }))
}
