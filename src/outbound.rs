//! The only HTTP client: what Sluis fetches from others.
//!
//! Addresses come from clients, so that a request might be aimed at what only
//! this machine can reach (server-side request forgery). Every address that a
//! name resolves to is judged, and the connection is made to those that passed
//! and to no other: a name that resolves differently the next time gains
//! nothing. Redirects are not followed, proxies of the environment not used,
//! and time, size and number of requests have caps.

mod address;
mod guard;

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, StatusCode};
use tokio::sync::Semaphore;
use url::Url;

use crate::config::{OutboundAllow, OutboundCa};
use guard::{Guard, NotPermitted};

/// The content type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// From first to last byte. Someone waits for the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// The same, of a document that may be large: 32 MiB at some 3 Mbit/s. Shorter
/// than whoever waits for it is kept waiting, and than a connection on which nothing
/// moves meanwhile is kept open.
const PATIENCE_FOR_LARGE: Duration = Duration::from_secs(80);
/// How many of those at a time: each is in memory, and takes no slot of others. Whoever
/// could not come back for one waits for their turn before.
pub const MOST_LARGE: usize = 4;
/// The header that a proof of possession goes in (RFC 9449 §4.1).
const DPOP: &str = "dpop";
/// The header that asks for a proof with what it says in it (RFC 9449 §8).
const DPOP_NONCE: &str = "dpop-nonce";
/// Longer than any such.
const MAX_NONCE: usize = 1024;
/// Requests at a time, so that slow servers of others do not hold ours.
const MOST_AT_ONCE: usize = 16;
/// Look-ups of other providers at a time, in slots of their own: whoever names providers
/// that do not answer takes those of nobody else. As many as there can be: whoever has
/// their turn to come along, or to hand in what came, finds room for theirs.
const MOST_LOOK_UPS: usize = 64;
/// Messages at a time. Nobody waits for them, so they wait for each other; and
/// they have slots of their own, so that nobody's sign-in waits for them.
const MOST_POSTS: usize = 64;
/// For how long a connection is kept for what comes next: one to somebody who
/// is told much is made once, and not for each message. Shorter than servers
/// keep theirs, so that none is used that they are about to close.
const KEPT: Duration = Duration::from_secs(1);
/// How many of those are kept to one server.
const MOST_KEPT: usize = 16;

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

struct Inner {
    guard: Guard,
    authorities: OutboundCa,
    /// Made when it is first needed: reading the system's authorities takes a
    /// while, and many an instance never asks anybody.
    client: OnceLock<Option<Client>>,
    slots: Semaphore,
    look_ups: Semaphore,
    large: Semaphore,
    posts: Semaphore,
}

impl fmt::Debug for Outbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outbound")
    }
}

impl Outbound {
    /// A client that reaches public addresses, and private ones that the
    /// operator allowed.
    #[must_use]
    pub fn new(allow: OutboundAllow, authorities: OutboundCa) -> Self {
        Self(Arc::new(Inner {
            guard: Guard::new(allow),
            authorities,
            client: OnceLock::new(),
            slots: Semaphore::new(MOST_AT_ONCE),
            look_ups: Semaphore::new(MOST_LOOK_UPS),
            large: Semaphore::new(MOST_LARGE),
            posts: Semaphore::new(MOST_POSTS),
        }))
    }

    fn client(&self) -> Option<&Client> {
        let made = self.0.client.get_or_init(|| {
            let extra = || self.0.authorities.certificates().iter().cloned();
            let with_system = self.builder().tls_certs_merge(extra()).build();
            let made = with_system.or_else(|error| {
                // A slim container may have none.
                tracing::warn!(
                    %error,
                    "the system has no authorities for TLS: install ca-certificates, \
                     or name some in SLUIS_OUTBOUND_CA"
                );
                self.builder().tls_certs_only(extra()).build()
            });
            made.inspect_err(|error| tracing::error!(%error, "no outgoing request can be made"))
                .ok()
        });
        made.as_ref()
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder()
            .dns_resolver(self.0.guard.clone())
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .pool_max_idle_per_host(MOST_KEPT)
            .pool_idle_timeout(KEPT)
            .timeout(PATIENCE)
            .user_agent(concat!("sluis/", env!("CARGO_PKG_VERSION")))
    }

    /// Gets a document of at most `most` bytes.
    pub async fn get(&self, url: &Url, accept: &str, most: usize) -> Result<Vec<u8>, FetchError> {
        self.get_in(&self.0.slots, url, accept, most).await
    }

    /// [`get`](Self::get), for what another provider publishes of itself, at an address
    /// that somebody typed or handed in.
    pub async fn look_up(
        &self,
        url: &Url,
        accept: &str,
        most: usize,
    ) -> Result<Vec<u8>, FetchError> {
        self.get_in(&self.0.look_ups, url, accept, most).await
    }

    async fn get_in(
        &self,
        slots: &Semaphore,
        url: &Url,
        accept: &str,
        most: usize,
    ) -> Result<Vec<u8>, FetchError> {
        self.0.guard.check(url)?;
        let Ok(_slot) = slots.try_acquire() else {
            return Err(FetchError::Busy);
        };
        let client = self.client().ok_or(FetchError::Unreachable)?;
        let response = client.get(url.clone()).header(ACCEPT, accept).send().await;
        read_all(response.map_err(FetchError::from)?, most).await
    }

    /// Posts a message, when it is its turn, and says with which status it was
    /// answered. Nothing else of the answer is read, however long it is.
    pub async fn post(
        &self,
        url: &Url,
        content_type: &'static str,
        body: String,
    ) -> Result<u16, FetchError> {
        self.0.guard.check(url)?;
        let slot = self.0.posts.acquire().await;
        let _slot = slot.map_err(|_| FetchError::Busy)?;
        let client = self.client().ok_or(FetchError::Unreachable)?;
        let request = client.post(url.clone()).header(CONTENT_TYPE, content_type);
        let response = request.body(body).send().await.map_err(FetchError::from)?;
        Ok(response.status().as_u16())
    }

    /// Posts a message, when it is its turn, and reads what is answered.
    pub async fn ask(&self, post: Post<'_>) -> Result<Answer, FetchError> {
        self.0.guard.check(post.url)?;
        let slot = self.0.posts.acquire().await;
        let _slot = slot.map_err(|_| FetchError::Busy)?;
        let client = self.client().ok_or(FetchError::Unreachable)?;
        let mut request = client
            .post(post.url.clone())
            .header(CONTENT_TYPE, post.content_type)
            .header(ACCEPT, post.accept);
        if let Some(text) = post.authorization {
            let mut value = HeaderValue::from_str(text).map_err(|_| FetchError::Unusable)?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(proof) = post.dpop {
            request = request.header(DPOP, proof);
        }
        let response = request.body(post.body).send().await;
        let mut response = response.map_err(FetchError::from)?;
        let status = response.status().as_u16();
        let dpop_nonce = nonce_of(&response);
        let mut body = Vec::new();
        // The status has said what counts: an answer that breaks off is none.
        while let Ok(Some(chunk)) = response.chunk().await {
            if body.len() + chunk.len() > post.most {
                body.clear();
                break;
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status,
            body,
            dpop_nonce,
        })
    }

    /// Gets a document that is handed out to whoever shows a token and a key. It
    /// may be large, so that there is more time for it.
    pub async fn fetch(&self, fetch: Fetch<'_>) -> Result<Fetched, FetchError> {
        self.0.guard.check(fetch.url)?;
        let Ok(_slot) = self.0.large.try_acquire() else {
            return Err(FetchError::Busy);
        };
        let client = self.client().ok_or(FetchError::Unreachable)?;
        let mut authorization =
            HeaderValue::from_str(fetch.authorization).map_err(|_| FetchError::Unusable)?;
        authorization.set_sensitive(true);
        let request = client
            .get(fetch.url.clone())
            .timeout(PATIENCE_FOR_LARGE)
            .header(ACCEPT, fetch.accept)
            .header(AUTHORIZATION, authorization)
            .header(DPOP, fetch.dpop);
        let response = request.send().await.map_err(FetchError::from)?;
        match nonce_of(&response) {
            Some(nonce) if response.status() == StatusCode::UNAUTHORIZED => {
                Ok(Fetched::Nonce(nonce))
            }
            _ => read_all(response, fetch.most).await.map(Fetched::Document),
        }
    }

    /// Whether this address can be asked, as far as can be told without
    /// looking its name up.
    pub fn permits(&self, url: &Url) -> Result<(), FetchError> {
        self.0.guard.check(url)
    }
}

/// A message that is posted, and how much of the answer is wanted.
#[derive(Clone)]
pub struct Post<'a> {
    /// Where to.
    pub url: &'a Url,
    /// What it is.
    pub content_type: &'static str,
    /// What is understood of the answer.
    pub accept: &'static str,
    /// What the receiver wants to be shown: a secret of theirs.
    pub authorization: Option<&'a str>,
    /// A proof of possession (RFC 9449).
    pub dpop: Option<&'a str>,
    /// The message.
    pub body: String,
    /// How many bytes of an answer are read. Of a longer one, none count.
    pub most: usize,
}

/// A document that is handed out to whoever shows a token and a key.
#[derive(Clone, Copy)]
pub struct Fetch<'a> {
    /// Where it is.
    pub url: &'a Url,
    /// What is understood.
    pub accept: &'static str,
    /// The token.
    pub authorization: &'a str,
    /// That whoever shows it holds its key (RFC 9449).
    pub dpop: &'a str,
    /// The most bytes.
    pub most: usize,
}

/// The document that an answer holds, if it holds one of at most `most` bytes.
async fn read_all(mut response: reqwest::Response, most: usize) -> Result<Vec<u8>, FetchError> {
    if response.status() != StatusCode::OK {
        return Err(FetchError::Status(response.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(FetchError::from)? {
        if body.len() + chunk.len() > most {
            return Err(FetchError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What comes of a document that takes a proof.
#[derive(Debug)]
pub enum Fetched {
    /// It.
    Document(Vec<u8>),
    /// It is handed out to whoever proves once more, with this in the proof
    /// (RFC 9449 §9).
    Nonce(String),
}

fn nonce_of(response: &reqwest::Response) -> Option<String> {
    let nonce = response.headers().get(DPOP_NONCE)?.to_str().ok()?;
    (nonce.len() <= MAX_NONCE).then(|| nonce.to_owned())
}

/// What a receiver answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What it says besides.
    pub body: Vec<u8>,
    /// What it wants to find in the next proof of possession (RFC 9449 §8).
    pub dpop_nonce: Option<String>,
}

/// Why nothing was fetched. None says more of what is reachable from here
/// than whoever chose the address may learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The address is private, and the operator did not allow it; or it is not
    /// https.
    #[error("the address may not be fetched from: it must be https and public")]
    Forbidden,
    /// Nobody answered in time, or not in TLS that is trusted.
    #[error("the server does not answer, not in time, or not with a trusted certificate")]
    Unreachable,
    /// Something else than a document came back.
    #[error("the server answers with status {0}, and redirects are not followed")]
    Status(u16),
    /// It is larger than allowed.
    #[error("the document is too large")]
    TooLarge,
    /// It is something else than was asked for.
    #[error("what came back is not such a document")]
    Unusable,
    /// Too much is being fetched at the moment.
    #[error("too many documents are being fetched at the moment")]
    Busy,
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
        while let Some(one) = cause {
            if one.is::<NotPermitted>() {
                return Self::Forbidden;
            }
            cause = one.source();
        }
        tracing::debug!(%error, "an outgoing request failed");
        Self::Unreachable
    }
}

#[cfg(test)]
mod tests;
