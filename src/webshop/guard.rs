//! What stands before every page: the visitor's session, and the headers.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use super::Shop;
use super::lang::Lang;
use super::session::Session;

/// Someone who looks at a page.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) session_id: String,
    pub(super) lang: Lang,
    /// Path and query of the page.
    pub(super) path: String,
}

impl Visit {
    /// The session as it stands.
    pub(super) fn session(&self, shop: &Shop) -> Session {
        shop.sessions.read(&self.session_id)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visit {
    type Rejection = axum::http::StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or(axum::http::StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// Finds or begins the visitor's session.
pub(super) async fn welcome(
    State(shop): State<Arc<Shop>>,
    jar: CookieJar,
    mut request: Request,
    next: Next,
) -> Response {
    let known = jar
        .get(shop.site.cookie())
        .map(|cookie| cookie.value().to_owned())
        .filter(|id| shop.sessions.knows(id));
    let (session_id, is_new) = match known {
        Some(id) => (id, false),
        None => (shop.sessions.begin(), true),
    };
    let lang = shop
        .sessions
        .read(&session_id)
        .lang
        .unwrap_or_else(|| Lang::from_headers(request.headers()));
    let path = request.uri().path_and_query().map(ToString::to_string);
    request.extensions_mut().insert(Visit {
        session_id: session_id.clone(),
        lang,
        path: path.unwrap_or_else(|| "/".to_owned()),
    });
    let mut response = next.run(request).await;
    if is_new && !response.headers().contains_key(header::SET_COOKIE) {
        let jar = CookieJar::new().add(session_cookie(&shop, session_id));
        response = (jar, response).into_response();
    }
    response
}

/// `Lax`, and not `Strict`: the callback comes from the provider's site.
pub(super) fn session_cookie(shop: &Shop, id: String) -> Cookie<'static> {
    Cookie::build((shop.site.cookie(), id))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(shop.config.own_url.scheme() == "https")
        .build()
}

/// Headers of every answer.
pub(super) async fn harden(request: Request, next: Next) -> Response {
    const HEADERS: [(HeaderName, HeaderValue); 4] = [
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
                 base-uri 'none'; frame-ancestors 'none'",
            ),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            // The callback's address holds the code.
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    let mut response = next.run(request).await;
    for (name, value) in HEADERS {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}

/// A path of this site to go back to, and nothing else.
pub(super) fn local_path(path: &str) -> &str {
    let is_local = path.starts_with('/')
        && !path.starts_with("//")
        && path.len() <= 200
        && path.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
    if is_local { path } else { "/" }
}
