//! Where someone is on the way to while they sign in, sign up or fill
//! something in: the request of a business, or a page of this server.

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use url::form_urlencoded;

use super::asker::asker;
use crate::app::App;
use crate::domain::id::RequestId;
use crate::service;
use crate::service::authorizations::{self, Next, Waiting, WaitingError};
use crate::service::sessions::SignedIn;
use crate::web::authorization_response::tell;
use crate::web::error_page::Fault;
use crate::web::form::VisitorForm;
use crate::web::headers::{FormLeadsTo, leads_to};
use crate::web::page::Asker;
use crate::web::params::Params;
use crate::web::visitor::{Visitor, log_fault};

/// Longer than any path here is.
const MAX_PATH: usize = 512;

/// A path on this server, and nothing that a browser could take for another
/// one (an open redirect).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LocalPath(String);

impl LocalPath {
    /// Takes a path that starts with a single `/`. Browsers read `\` as `/`
    /// and drop tabs and line feeds (WHATWG URL §4.4), so `/\host` and
    /// `/<tab>/host` are other hosts to them: such characters are refused
    /// anywhere.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_graphic() && b != b'\\';
        let local = text.starts_with('/') && !text.starts_with("//");
        (local && text.len() <= MAX_PATH && text.bytes().all(plain)).then(|| Self(text.to_owned()))
    }

    /// The path in a parameter, or else this one.
    pub(super) fn of_param(params: &Params, name: &str, otherwise: &'static str) -> Self {
        params
            .get(name)
            .and_then(Self::parse)
            .unwrap_or_else(|| Self(otherwise.to_owned()))
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Goes on to a path or URL with a GET, whatever led here. Never 307, which
/// would hand a password to wherever it leads (RFC 9700 §4.12).
pub(super) fn see_other(location: &str) -> Response {
    HeaderValue::try_from(location).map_or_else(
        |_| StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        |location| (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
    )
}

/// A path that remembers where to go on to.
pub(super) fn with_next(path: &str, next: &str) -> String {
    if next.is_empty() {
        return path.to_owned();
    }
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("{path}?{query}")
}

/// The page of a link that was mailed.
pub(super) fn with_token(path: &str, token: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("token", token)
        .finish();
    format!("{path}?{query}")
}

/// Where someone goes once it is known who they are.
pub(super) enum Way {
    /// On with a business's request.
    Request(Box<Waiting>),
    /// To a page.
    Page(LocalPath),
}

impl Way {
    /// From `request`, the id that the authorization endpoint sends along, or
    /// from `next`, which our own pages send along. Pages are in the language
    /// that a business asked for from here on.
    pub(super) async fn find(visitor: &mut Visitor, params: &Params) -> Result<Self, Response> {
        let page = LocalPath::of_param(params, "next", "/account");
        let named = match params.get("request") {
            Some(text) => Some(
                text.parse::<RequestId>()
                    .map_err(|_| visitor.error(Fault::UnknownRequest))?,
            ),
            None => page
                .as_str()
                .strip_prefix("/consent/")
                .and_then(|id| id.parse().ok()),
        };
        match named {
            Some(id) => match find_request(visitor, id).await {
                Ok(waiting) => Ok(Self::Request(Box::new(waiting))),
                Err(fault) => Err(visitor.error(fault)),
            },
            None => Ok(Self::Page(page)),
        }
    }

    /// To a page of this server.
    pub(super) fn to(path: &'static str) -> Self {
        Self::Page(LocalPath(path.to_owned()))
    }

    /// What a form has to carry along as `next`.
    pub(super) fn next(&self) -> String {
        match self {
            Self::Request(waiting) => format!("/consent/{}", waiting.pending.id),
            Self::Page(page) if page.as_str() == "/account" => String::new(),
            Self::Page(page) => page.as_str().to_owned(),
        }
    }

    /// Who asks, if a business does.
    pub(super) fn asker(&self, visitor: &Visitor) -> Option<Asker> {
        match self {
            Self::Request(waiting) => Some(asker_of(waiting, visitor)),
            Self::Page(_) => None,
        }
    }

    /// Lets the forms of a page end in a redirect to the client.
    pub(super) fn let_lead(&self, mut response: Response) -> Response {
        if let Self::Request(waiting) = self {
            lead_to(&mut response, waiting);
        }
        response
    }

    /// Goes on, now that someone is signed in.
    pub(super) async fn go(
        &self,
        visitor: &Visitor,
        signed_in: &SignedIn,
    ) -> Result<Response, service::Fault> {
        match self {
            Self::Page(page) => Ok(see_other(page.as_str())),
            Self::Request(waiting) => {
                let next = authorizations::go_on(&visitor.app, waiting, signed_in).await?;
                Ok(match next {
                    Next::SignIn(id) => see_other(&format!("/sign-in?request={id}")),
                    Next::Consent(id) => see_other(&format!("/consent/{id}")),
                    Next::Answer(answer) => tell(visitor, &answer).await,
                })
            }
        }
    }
}

/// A form of someone who is on the way.
pub struct WayForm {
    pub(super) visitor: Visitor,
    pub(super) params: Params,
    pub(super) way: Way,
}

impl FromRequest<App> for WayForm {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let VisitorForm {
            mut visitor,
            params,
        } = VisitorForm::from_request(request, app).await?;
        let way = Way::find(&mut visitor, &params).await?;
        Ok(Self {
            visitor,
            params,
            way,
        })
    }
}

/// A request that waits for this browser, or why there is none.
pub(super) async fn find_request(visitor: &mut Visitor, id: RequestId) -> Result<Waiting, Fault> {
    match authorizations::waiting(&visitor.app, id, Some(&visitor.browser)).await {
        Ok(waiting) => {
            visitor.prefer(waiting.pending.request.language);
            Ok(waiting)
        }
        Err(why) => Err(fault_of(&why)),
    }
}

/// Why a request cannot be gone on with, as people are told.
fn fault_of(why: &WaitingError) -> Fault {
    match why {
        WaitingError::Unknown => Fault::UnknownRequest,
        WaitingError::Expired => Fault::Expired,
        WaitingError::Fault(fault) => log_fault(fault),
    }
}

/// Who asks in a request.
pub(super) fn asker_of(waiting: &Waiting, visitor: &Visitor) -> Asker {
    let leads_to = waiting.pending.request.leads_to();
    asker(&waiting.client, leads_to, visitor.language)
}

/// Lets the forms of a page end in a redirect to the client of a request.
pub(super) fn lead_to(response: &mut Response, waiting: &Waiting) {
    let source: Option<FormLeadsTo> = waiting.pending.request.leads_to().and_then(leads_to);
    if let Some(source) = source {
        response.extensions_mut().insert(source);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_this_server_stays_as_it_is() {
        for path in [
            "/",
            "/account",
            "/account/businesses?page=2#x",
            "/consent/1",
        ] {
            assert_eq!(LocalPath::parse(path).expect("a path").as_str(), path);
        }
    }

    #[test]
    fn whatever_could_lead_to_another_host_is_refused() {
        for path in [
            "",
            "account",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/account\\..\\..",
            "/\t/evil.example",
            "/\n/evil.example",
            " /account",
            "/acc ount",
            "/\u{ff0f}evil.example",
            "https://evil.example/account",
            "javascript:alert(1)",
            "/account\r\nSet-Cookie: x=y",
        ] {
            assert_eq!(LocalPath::parse(path), None, "{path:?}");
        }
        assert_eq!(LocalPath::parse(&format!("/{}", "x".repeat(600))), None);
    }
}
