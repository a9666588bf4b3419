//! How often one network may try to sign in or up, to register a client, or to
//! begin an authorization. Limits per e-mail address are in the database
//! (`service::guesses`), where all nodes see them.
//!
//! What a limit is for is guessing, and what is kept for whoever asks. The
//! endpoints that only look something up under a secret of 256 bits (`/token`,
//! `/userinfo`, `/introspect`, `/revoke`) have none: nobody guesses those, a
//! failed attempt leaves nothing behind, and a business with many customers
//! calls them from one address. What a mailed link leads to is found in the same way,
//! and is held to no more than requests are: nobody in the same network holds up whoever
//! stops something with theirs.
//!
//! Whoever is in a browser that their account knows has a second and larger allowance
//! ([`PeopleLimit`]): a neighbour who guesses does not keep them out, and a browser that
//! somebody signed in with once is no way around every limit.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::Response;
use governor::{DefaultKeyedRateLimiter, Quota};

use super::client_ip::ClientIp;
use super::error_page::Fault;
use super::visitor::{Consumer, Visitor};
use crate::app::App;
use crate::config::RateLimits;
use crate::service::browsers;

/// How much one network may do: a burst, and what comes back per minute.
#[derive(Clone, Copy)]
struct Allowance {
    burst: NonZeroU32,
    per_minute: NonZeroU32,
    /// After how many seconds it makes sense to try again.
    retry: u16,
    /// Whether looking counts as well, and not only sending something.
    counts_looks: bool,
}

/// What people send: a family behind one address gets in, a guessing machine
/// does not get far.
const PEOPLE: Allowance = Allowance {
    burst: NonZeroU32::new(30).unwrap(),
    per_minute: NonZeroU32::new(20).unwrap(),
    retry: 60,
    counts_looks: false,
};
/// And what comes on top from browsers that the account knows which they are about: of a
/// whole office, whose network a neighbour has used up.
const KNOWN: Allowance = Allowance {
    burst: NonZeroU32::new(300).unwrap(),
    per_minute: NonZeroU32::new(200).unwrap(),
    ..PEOPLE
};
/// Requests that are kept until somebody answers them. A business sends those
/// of all its customers from one address: fifty logins a second. Whoever wants
/// to fill the disk gets no further than that.
const REQUESTS: Allowance = Allowance {
    burst: NonZeroU32::new(3_000).unwrap(),
    per_minute: NonZeroU32::new(3_000).unwrap(),
    retry: 1,
    counts_looks: true,
};
/// After this many requests, networks that have been quiet are forgotten.
const TIDY_EVERY: u32 = 1_000;

/// Counts attempts per network.
#[derive(Clone, Debug)]
pub struct NetworkLimit(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    since_tidy: AtomicU32,
    retry: u16,
    counts_looks: bool,
}

impl NetworkLimit {
    /// For what people send, and what should be as rare.
    #[must_use]
    pub fn of_people() -> Self {
        Self::new(PEOPLE)
    }

    /// For requests that are kept until somebody answers them.
    #[must_use]
    pub fn of_requests() -> Self {
        Self::new(REQUESTS)
    }

    fn new(allowance: Allowance) -> Self {
        let quota = Quota::per_minute(allowance.per_minute).allow_burst(allowance.burst);
        Self(Arc::new(Inner {
            limiter: DefaultKeyedRateLimiter::keyed(quota),
            since_tidy: AtomicU32::new(0),
            retry: allowance.retry,
            counts_looks: allowance.counts_looks,
        }))
    }

    fn allows(&self, network: IpAddr) -> bool {
        if self.0.since_tidy.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.0.limiter.retain_recent();
        }
        self.0.limiter.check_key(&network).is_ok()
    }

    /// Counts a request, and says whether that was too often.
    pub fn is_exceeded(&self, app: &App, request: &Request) -> bool {
        let counts = self.0.counts_looks || !request.method().is_safe();
        counts
            && network_of(app, request.extensions(), request.headers())
                .is_some_and(|network| !self.allows(network))
    }

    /// Says in an answer when it makes sense to try again (RFC 6585 §4).
    pub fn tell_when(&self, response: &mut Response) {
        response
            .headers_mut()
            .insert(RETRY_AFTER, self.0.retry.into());
    }
}

/// Whose requests are counted together; `None` where nobody's are.
pub(super) fn network_of(
    app: &App,
    extensions: &Extensions,
    headers: &HeaderMap,
) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?;
    let proxies = &app.config().trusted_proxies;
    (app.config().rate_limits == RateLimits::On)
        .then(|| ClientIp::of(peer.0.ip(), headers, proxies).network())
}

/// Counts what people send who may be known in their browser.
#[derive(Clone, Debug)]
pub struct PeopleLimit {
    anybody: NetworkLimit,
    known: NetworkLimit,
}

impl PeopleLimit {
    /// With nothing counted yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            anybody: NetworkLimit::of_people(),
            known: NetworkLimit::new(KNOWN),
        }
    }
}

impl Default for PeopleLimit {
    fn default() -> Self {
        Self::new()
    }
}

/// What a network may still guess, where that is counted by the page: at the doors where
/// a browser may be known, and where a form asks in passing who somebody is. There only
/// those are counted that guess: what these forms are for is pressed as often as anything
/// else.
#[derive(Clone, Debug)]
pub struct Guesses {
    limit: PeopleLimit,
    network: IpAddr,
}

impl Guesses {
    /// Counts one, and says whether that was too often. Whether the browser is known is
    /// asked only where it would be for anybody.
    pub async fn are_exceeded<E>(
        &self,
        is_known: impl Future<Output = Result<bool, E>>,
    ) -> Result<bool, E> {
        if self.limit.anybody.allows(self.network) {
            return Ok(false);
        }
        Ok(!is_known.await? || !self.limit.known.allows(self.network))
    }

    /// An answer that says when it makes sense to try again.
    #[must_use]
    pub fn refuse(&self, mut response: Response) -> Response {
        self.limit.anybody.tell_when(&mut response);
        response
    }
}

/// Whether the account of a consumer knows their browser. One SELECT.
pub async fn is_known(consumer: &Consumer) -> Result<bool, crate::service::Fault> {
    let (app, place) = (&consumer.visitor.app, consumer.visitor.place());
    browsers::is_known_to(app, &place, consumer.signed_in.account.id).await
}

/// What a network may still send of forms, counted where they are read
/// ([`super::form`]).
#[derive(Clone, Debug)]
pub(super) struct Forms(pub(super) Guesses);

/// Lets a page count what guesses in it ([`Guesses`]).
pub async fn count_guesses(
    State((app, limit)): State<(App, PeopleLimit)>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(network) = network_of(&app, request.extensions(), request.headers()) {
        request.extensions_mut().insert(Guesses { limit, network });
    }
    next.run(request).await
}

/// Holds the forms of a page to a limit. Counted are those that are its own alone: what
/// another site sends, or whoever asked for no form, uses up nobody's tries.
pub async fn limit_forms(
    State((app, limit)): State<(App, PeopleLimit)>,
    mut request: Request,
    next: Next,
) -> Response {
    if let Some(network) = network_of(&app, request.extensions(), request.headers()) {
        let forms = Forms(Guesses { limit, network });
        request.extensions_mut().insert(forms);
    }
    next.run(request).await
}

/// Holds what a browser sends to a limit.
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
            limit.tell_when(&mut response);
            response
        }
        Err(response) => response,
    }
}
