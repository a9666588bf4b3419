//! A business's end of the line, which breaks down as well.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

use crate::protocol::claims_of;

type Heard = Arc<Mutex<Vec<(String, Bytes)>>>;

/// Takes security event tokens at `/events` and logout tokens at `/bye`, and
/// writes them down before it answers.
pub(super) struct Listener {
    address: SocketAddr,
    heard: Heard,
    /// On threads of its own: what it is at ends with it.
    running: Option<Runtime>,
}

impl Listener {
    pub(super) fn open() -> Self {
        let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let mut listener = Self {
            address: free.local_addr().expect("an address"),
            heard: Heard::default(),
            running: None,
        };
        drop(free);
        listener.mend();
        listener
    }

    pub(super) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Breaks down, in the middle of whatever it is at.
    pub(super) fn fail(&mut self) {
        if let Some(runtime) = self.running.take() {
            runtime.shutdown_background();
        }
    }

    /// Is there again, if it was not.
    pub(super) fn mend(&mut self) {
        if self.running.is_some() {
            return;
        }
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let (address, heard) = (self.address, Arc::clone(&self.heard));
        runtime.spawn(async move {
            let socket = TcpListener::bind(address).await.expect("its port");
            let router = Router::new().fallback(hear).with_state(heard);
            axum::serve(socket, router).await
        });
        self.running = Some(runtime);
    }

    /// The claims of the tokens that came to a path, in order.
    pub(super) fn claims(&self, path: &str) -> Vec<Value> {
        let heard = self.heard.lock().expect("nobody panicked");
        heard
            .iter()
            .filter(|(at, _)| at == path)
            .map(|(_, body)| {
                let text = std::str::from_utf8(body).expect("text");
                claims_of(text.trim_start_matches("logout_token="))
            })
            .collect()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.fail();
    }
}

async fn hear(State(heard): State<Heard>, request: Request) -> StatusCode {
    let path = request.uri().path().to_owned();
    let Ok(body) = to_bytes(request.into_body(), 1 << 20).await else {
        return StatusCode::BAD_REQUEST;
    };
    let answer = if path == "/bye" {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    heard.lock().expect("nobody panicked").push((path, body));
    answer
}
