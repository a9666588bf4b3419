//! Serves a router over TCP, and stops without breaking a promise.
//!
//! Everything has a bound: connections, how long a head may take, how large it
//! may be, how long a connection may stand still, how long a stop may take.
//! HTTP/1.1 only: every client and every proxy speaks it, and what is answered
//! here is a page and its style, not hundreds of files. TLS is our own where
//! the operator names a certificate, and the proxy's where not.

mod routes;
mod stream;
mod tls;

use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tower::Service as _;

use crate::app::App;
use crate::jobs::Jobs;
pub use routes::router;
use stream::{Patience, Stream, Turns};
pub use tls::Tls;

/// What a server allows.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at a time; more wait in the kernel's queue.
    pub connections: usize,
    /// How long the head of a request may take, from its first byte.
    pub head_time: Duration,
    /// How large the head of a request may be; a larger one gets 431. With
    /// room for an authorization request that carries a signed object.
    pub head_size: usize,
    /// How long nothing at all may move on a connection. Longer than proxies
    /// keep an unused connection (60 s to 120 s), so that they end it and
    /// never send a request into a connection that is just being closed.
    pub idle_time: Duration,
    /// How long a stop waits for the requests that were accepted.
    pub stop_time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: connections_for(soft_limit_of_files()),
            head_time: Duration::from_secs(10),
            head_size: 32 * 1024,
            idle_time: Duration::from_secs(130),
            stop_time: Duration::from_secs(20),
        }
    }
}

/// As many connections as leave room for the database's files and sockets:
/// running out of descriptors breaks what was accepted, waiting does not.
fn connections_for(files: Option<usize>) -> usize {
    const MOST: usize = 4096;
    files.map_or(MOST, |files| files.saturating_sub(128).clamp(64, MOST))
}

/// How many files this process may have open, where the system tells.
fn soft_limit_of_files() -> Option<usize> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.strip_prefix("Max open files").or_else(|| {
        let (_, rest) = limits.split_once("\nMax open files")?;
        Some(rest)
    })?;
    line.split_whitespace().next()?.parse().ok()
}

/// Serves a provider until `shutdown`: everything that it answers, and what it
/// does by itself.
pub async fn provide(
    app: &App,
    listener: TcpListener,
    tls: Option<Tls>,
    shutdown: impl Future<Output = ()>,
) {
    let jobs = Jobs::start(app);
    serve(listener, tls, router(app), shutdown).await;
    jobs.stop().await;
}

/// Serves `router` on `listener`, over TLS if there is one, until `shutdown`, then lets the requests that
/// were accepted finish. Handlers find their peer's address as
/// [`ConnectInfo<SocketAddr>`](ConnectInfo).
pub async fn serve(
    listener: TcpListener,
    tls: Option<Tls>,
    router: Router,
    shutdown: impl Future<Output = ()>,
) {
    serve_within(Limits::default(), listener, tls, router, shutdown).await;
}

/// [`serve`], with limits of one's own.
pub async fn serve_within(
    limits: Limits,
    listener: TcpListener,
    tls: Option<Tls>,
    router: Router,
    shutdown: impl Future<Output = ()>,
) {
    let mut shutdown = pin!(shutdown);
    let slots = Arc::new(Semaphore::new(limits.connections));
    let stopping = GracefulShutdown::new();
    let mut connections = JoinSet::new();
    loop {
        let next = accept(&listener, &slots);
        let (connection, peer, slot) = tokio::select! {
            biased;
            () = &mut shutdown => break,
            next = next => next,
        };
        let conversation = Conversation {
            limits,
            peer,
            router: router.clone(),
            stopping: stopping.watcher(),
            slot,
        };
        connections.spawn(meet(connection, tls.clone(), conversation));
        while connections.try_join_next().is_some() {}
    }
    // From here on the kernel refuses newcomers, so that a load balancer turns
    // to another node at once.
    drop(listener);
    tracing::info!(open = stopping.count(), "stopping");
    if tokio::time::timeout(limits.stop_time, stopping.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some requests took too long to wait for and were cut off");
    }
    connections.shutdown().await;
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let slot = Arc::clone(slots)
        .acquire_owned()
        .await
        .expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((connection, peer)) => return (connection, peer, slot),
            // The client was gone before it was met: nobody's fault.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset
                ) => {}
            // Out of descriptors or memory. Trying again at once would spin.
            Err(error) => {
                tracing::error!(%error, "cannot accept a connection");
                pause().await;
            }
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a lack of descriptors ends without telling anybody"
)]
async fn pause() {
    tokio::time::sleep(Duration::from_millis(200)).await;
}

/// What is to be said on one connection.
struct Conversation {
    limits: Limits,
    peer: SocketAddr,
    router: Router,
    stopping: Watcher,
    slot: OwnedSemaphorePermit,
}

/// Shakes hands, if that is the custom here, and answers.
async fn meet(connection: TcpStream, tls: Option<Tls>, conversation: Conversation) {
    // Answers are written whole; waiting for more to send only delays them.
    if let Err(error) = connection.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY refused");
    }
    let Some(tls) = tls else {
        return conversation.hold(connection).await;
    };
    let patience = conversation.limits.head_time;
    match tokio::time::timeout(patience, tls.accept(connection)).await {
        Ok(Ok(connection)) => conversation.hold(connection).await,
        Ok(Err(error)) => tracing::debug!(%error, "no TLS came about"),
        Err(_) => tracing::debug!("a TLS handshake took too long"),
    }
}

impl Conversation {
    /// Answers the requests of the connection, one after the other.
    async fn hold(self, connection: impl AsyncRead + AsyncWrite + Unpin + 'static) {
        let Self {
            limits,
            peer,
            router,
            stopping,
            slot,
        } = self;
        let turns = Turns::default();
        let patience = Patience {
            head: limits.head_time,
            idle: limits.idle_time,
        };
        let stream = Stream::new(connection, patience, turns.clone());
        let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            turns.next();
            let mut request: Request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let response = router.clone().call(request);
            let turns = turns.clone();
            async move {
                let response: Result<_, Infallible> = response.await;
                turns.next();
                response
            }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(None) // the stream keeps time
            .max_header_size(limits.head_size)
            .max_buf_size(limits.head_size.max(64 * 1024))
            .serve_connection(TokioIo::new(stream), service);
        if let Err(error) = stopping.watch(connection).await {
            tracing::debug!(%error, "connection ended");
        }
        drop(slot);
    }
}

/// Completes when this process is asked to stop: SIGTERM, or Ctrl-C.
pub async fn shutdown_signal() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot listen for Ctrl-C");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "cannot listen for SIGTERM");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

#[cfg(test)]
mod tests;
