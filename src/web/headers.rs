//! Response headers that keep pages safe (ASVS chapter 3).

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

/// Put in the extensions of a page's response: where, besides this server, its
/// forms may lead. Browsers hold redirects after a form to `form-action`, so
/// the page that ends in a redirect to a client has to allow that client.
#[derive(Clone, Debug)]
pub struct FormLeadsTo(pub String);

/// Put in the extensions of the response that posts an answer to a client: it
/// needs the script of ours that does so, and the client may want to see from
/// whom the form came.
#[derive(Clone, Copy, Debug)]
pub struct PostsToClient;

/// Put in the extensions of the response that tells sites of a sign-out by way
/// of the browser: it frames them and nobody else, and may need a script of ours
/// to go on.
#[derive(Clone, Debug, Default)]
pub struct Visits {
    /// The origins of the sites, as [`url::Origin`] writes them.
    pub origins: std::collections::BTreeSet<String>,
    /// Whether the page goes on by itself.
    pub goes_on: bool,
}

/// Put in the extensions of a page that asks for passkeys: it runs the script
/// of ours that does so, which fetches its challenges here.
#[derive(Clone, Copy, Debug)]
pub struct UsesPasskeys;

/// Sets the security headers of pages. (`Strict-Transport-Security` and
/// `X-Content-Type-Options` are not of pages alone: `server::routes`.)
pub async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let leads_to = response.extensions_mut().remove::<FormLeadsTo>();
    let script = response.extensions_mut().remove::<PostsToClient>();
    let visits = response.extensions_mut().remove::<Visits>();
    let passkeys = response.extensions_mut().remove::<UsesPasskeys>();
    set(
        response.headers_mut(),
        leads_to.as_ref(),
        script,
        passkeys,
        &visits.unwrap_or_default(),
    );
    response
}

fn set(
    headers: &mut HeaderMap,
    leads_to: Option<&FormLeadsTo>,
    script: Option<PostsToClient>,
    passkeys: Option<UsesPasskeys>,
    visits: &Visits,
) {
    let also = leads_to.map_or(String::new(), |FormLeadsTo(origin)| format!(" {origin}"));
    let referrer = script.map_or("same-origin", |PostsToClient| "strict-origin");
    let scripts = if passkeys.is_some() {
        "script-src 'self'; connect-src 'self'; "
    } else if script.is_some() || visits.goes_on {
        "script-src 'self'; "
    } else {
        ""
    };
    let frames: Vec<&str> = visits.origins.iter().map(String::as_str).collect();
    let frames = match frames.join(" ") {
        none if none.is_empty() => none,
        origins => format!("frame-src {origins}; "),
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; {scripts}{frames}form-action 'self'{also}; \
         frame-ancestors 'none'; base-uri 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    let fixed = [
        (X_FRAME_OPTIONS, "DENY"),
        // `no-referrer` would make browsers send `Origin: null` with our own
        // forms, and `same-origin` with the one that is posted to a client.
        (REFERRER_POLICY, referrer),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

/// Where a form may lead that ends in a redirect to this URI of a client: to
/// its origin, or the scheme of an app, and to any site over https. Browsers
/// hold what the client then redirects to as well to `form-action`, and where
/// that is, only the client knows.
#[must_use]
pub fn leads_to(redirect_uri: &str) -> Option<FormLeadsTo> {
    let uri = url::Url::parse(redirect_uri).ok()?;
    let origin = uri.origin();
    let source = if origin.is_tuple() {
        origin.ascii_serialization()
    } else {
        format!("{}:", uri.scheme())
    };
    Some(FormLeadsTo(format!("https: {source}")))
}
