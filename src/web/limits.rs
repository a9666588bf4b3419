//! How often one network may try to sign in or up, or to register a client.
//! Limits per address are in the database (`service::accounts`), where all
//! nodes see them.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::Method;
use axum::http::header::RETRY_AFTER;
use axum::middleware::Next;
use axum::response::Response;
use governor::{DefaultKeyedRateLimiter, Quota};

use super::client_ip::ClientIp;
use super::error_page::Fault;
use super::visitor::Visitor;
use crate::app::App;
use crate::config::RateLimits;

/// A burst, and what comes back per minute: a family behind one address gets
/// in, a guessing machine does not get far.
const BURST: NonZeroU32 = NonZeroU32::new(30).unwrap();
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// After this many requests, networks that have been quiet are forgotten.
const TIDY_EVERY: u32 = 1_000;

/// Counts attempts per network.
#[derive(Clone, Debug)]
pub struct NetworkLimit(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    since_tidy: AtomicU32,
}

impl Default for NetworkLimit {
    fn default() -> Self {
        let quota = Quota::per_minute(PER_MINUTE).allow_burst(BURST);
        Self(Arc::new(Inner {
            limiter: DefaultKeyedRateLimiter::keyed(quota),
            since_tidy: AtomicU32::new(0),
        }))
    }
}

impl NetworkLimit {
    fn allows(&self, network: IpAddr) -> bool {
        if self.0.since_tidy.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.0.limiter.retain_recent();
        }
        self.0.limiter.check_key(&network).is_ok()
    }

    /// Counts what is sent, and says whether that was too often.
    pub fn is_exceeded(&self, app: &App, request: &Request) -> bool {
        if app.config().rate_limits == RateLimits::Off || request.method() != Method::POST {
            return false;
        }
        let peer = request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map(|info| info.0.ip());
        let client =
            peer.map(|peer| ClientIp::of(peer, request.headers(), &app.config().trusted_proxies));
        client.is_some_and(|client| !self.allows(client.network()))
    }
}

/// After how many seconds it makes sense to try again.
pub const RETRY_SECONDS: u16 = 60;

/// Holds forms that are sent to a limit.
pub async fn limit(
    State((app, limit)): State<(App, NetworkLimit)>,
    request: Request,
    next: Next,
) -> Response {
    if !limit.is_exceeded(&app, &request) {
        return next.run(request).await;
    }
    let (mut parts, _) = request.into_parts();
    match <Visitor as axum::extract::FromRequestParts<App>>::from_request_parts(&mut parts, &app)
        .await
    {
        Ok(visitor) => {
            let mut response = visitor.error(Fault::TooMany);
            response
                .headers_mut()
                .insert(RETRY_AFTER, RETRY_SECONDS.into());
            response
        }
        Err(response) => response,
    }
}
