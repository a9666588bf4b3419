//! Over real sockets: what is tested is what the kernel and hyper make of it.

use std::sync::Arc;

use axum::routing::{get, post};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;

use super::*;

/// Far longer than anything here takes; a test that meets it has failed.
const TOO_LONG: Duration = Duration::from_secs(20);

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl Server {
    async fn start(limits: Limits, router: Router) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(serve_within(limits, listener, None, router, async {
            let _ = stopped.await;
        }));
        Self {
            address,
            stop,
            running,
        }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("it listens")
    }

    async fn stop(self) {
        self.stop.send(()).expect("it runs");
        within(self.running).await.expect("it stops by itself");
    }
}

async fn within<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(TOO_LONG, future)
        .await
        .expect("it takes no such time")
}

/// Everything until the server closes.
async fn read_all(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is an end too.
    let _ = within(stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Asks for a page, on a connection that may stay open.
async fn ask(stream: &mut TcpStream) {
    let request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    stream.write_all(request).await.expect("open");
}

/// One answer on a connection that stays open; the bodies here end in `.`.
async fn read_answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.ends_with('.') {
        let mut bytes = [0; 1024];
        let count = within(stream.read(&mut bytes)).await.expect("an answer");
        assert!(count > 0, "closed after {text:?}");
        text.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    text
}

fn hello() -> Router {
    Router::new()
        .route("/", get(async || "hello."))
        .route("/", post(async |body: String| format!("got {body}.")))
}

fn limits() -> Limits {
    Limits {
        head_time: Duration::from_millis(500),
        idle_time: Duration::from_mins(1),
        ..Limits::default()
    }
}

#[tokio::test]
async fn a_connection_answers_one_request_after_the_other() {
    let server = Server::start(limits(), hello()).await;
    let mut client = server.connect().await;
    for _ in 0..3 {
        ask(&mut client).await;
        assert!(read_answer(&mut client).await.starts_with("HTTP/1.1 200"));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_dribbles_in_is_cut_off() {
    let server = Server::start(limits(), hello()).await;
    let mut client = server.connect().await;
    client
        .write_all(b"GET / HTTP/1.1\r\nHost: x")
        .await
        .expect("open");
    let mut dribble = tokio::time::interval(Duration::from_millis(20));
    let cut_off = within(async {
        loop {
            dribble.tick().await;
            if client.write_all(b"x").await.is_err() {
                break;
            }
        }
    });
    cut_off.await;
    server.stop().await;
}

#[tokio::test]
async fn a_connection_that_never_speaks_is_cut_off() {
    let server = Server::start(limits(), hello()).await;
    let mut client = server.connect().await;
    assert_eq!(read_all(&mut client).await, "");
    server.stop().await;
}

#[tokio::test]
async fn the_second_head_on_a_connection_may_not_dribble_either() {
    let server = Server::start(limits(), hello()).await;
    let mut client = server.connect().await;
    ask(&mut client).await;
    read_answer(&mut client).await;
    client.write_all(b"GET / HT").await.expect("open");
    assert_eq!(read_all(&mut client).await, "");
    server.stop().await;
}

#[tokio::test]
async fn a_kept_connection_outlives_the_time_of_a_head() {
    let server = Server::start(limits(), hello()).await;
    let mut kept = server.connect().await;
    ask(&mut kept).await;
    read_answer(&mut kept).await;
    // The server's own timer measures the wait: it ends a silent connection.
    for _ in 0..2 {
        read_all(&mut server.connect().await).await;
    }
    ask(&mut kept).await;
    assert!(read_answer(&mut kept).await.starts_with("HTTP/1.1 200"));
    server.stop().await;
}

#[tokio::test]
async fn a_slow_handler_and_a_slow_body_are_no_dribbling_heads() {
    let gate = Arc::new(Notify::new());
    let opened = Arc::clone(&gate);
    let router = Router::new().route(
        "/",
        post(async move |body: String| {
            opened.notified().await;
            format!("got {body}.")
        }),
    );
    let server = Server::start(limits(), router).await;
    let mut client = server.connect().await;
    client
        .write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nab")
        .await
        .expect("open");
    read_all(&mut server.connect().await).await;
    client.write_all(b"cd").await.expect("open");
    read_all(&mut server.connect().await).await;
    gate.notify_one();
    assert!(read_answer(&mut client).await.ends_with("got abcd."));
    server.stop().await;
}

#[tokio::test]
async fn a_connection_on_which_nothing_moves_ends() {
    let server = Server::start(
        Limits {
            idle_time: Duration::from_millis(100),
            ..limits()
        },
        hello(),
    )
    .await;
    let mut client = server.connect().await;
    ask(&mut client).await;
    read_answer(&mut client).await;
    assert_eq!(read_all(&mut client).await, "");
    server.stop().await;
}

#[tokio::test]
async fn an_answer_that_nobody_fetches_does_not_hold_its_slot() {
    let router = Router::new().route("/", get(async || vec![b'x'; 64 * 1024 * 1024]));
    let limits = Limits {
        connections: 1,
        idle_time: Duration::from_millis(100),
        ..limits()
    };
    let server = Server::start(limits, router).await;
    let mut idler = server.connect().await;
    ask(&mut idler).await;
    let mut next = server.connect().await;
    next.write_all(b"HEAD / HTTP/1.0\r\n\r\n")
        .await
        .expect("open");
    assert!(read_all(&mut next).await.starts_with("HTTP/1.0 200"));
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_gets_431() {
    let server = Server::start(limits(), hello()).await;
    let large = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(40 * 1024));
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(101));
    for head in [large, many] {
        let mut client = server.connect().await;
        client.write_all(head.as_bytes()).await.expect("open");
        let answer = read_all(&mut client).await;
        assert!(answer.starts_with("HTTP/1.1 431"), "{answer:?}");
    }
    server.stop().await;
}

#[tokio::test]
async fn more_connections_than_allowed_wait_their_turn() {
    let limits = Limits {
        connections: 1,
        head_time: Duration::from_mins(1),
        ..limits()
    };
    let server = Server::start(limits, hello()).await;
    let first = server.connect().await;
    let mut second = server.connect().await;
    second
        .write_all(b"GET / HTTP/1.0\r\n\r\n")
        .await
        .expect("open");
    let mut byte = [0];
    let early = tokio::time::timeout(Duration::from_millis(100), second.read(&mut byte)).await;
    assert!(early.is_err(), "it was answered out of turn");
    drop(first);
    assert!(read_all(&mut second).await.starts_with("HTTP/1.0 200"));
    server.stop().await;
}

#[tokio::test]
async fn a_handler_knows_its_peer() {
    let router = Router::new().route(
        "/",
        get(async |ConnectInfo(peer): ConnectInfo<SocketAddr>| format!("{peer}.")),
    );
    let server = Server::start(limits(), router).await;
    let mut client = server.connect().await;
    ask(&mut client).await;
    let own = client.local_addr().expect("an address");
    assert!(read_answer(&mut client).await.ends_with(&format!("{own}.")));
    server.stop().await;
}

#[tokio::test]
async fn a_request_in_flight_at_the_stop_is_answered() {
    let (arrived, gate) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (at_handler, opened) = (Arc::clone(&arrived), Arc::clone(&gate));
    let router = Router::new().route(
        "/",
        get(async move || {
            at_handler.notify_one();
            opened.notified().await;
            "done."
        }),
    );
    let server = Server::start(limits(), router).await;
    let address = server.address;
    let mut client = server.connect().await;
    ask(&mut client).await;
    within(arrived.notified()).await;
    let stopped = tokio::spawn(server.stop());
    // It no longer listens, and still works.
    within(async { while TcpStream::connect(address).await.is_ok() {} }).await;
    assert!(!stopped.is_finished());
    gate.notify_one();
    let answer = read_all(&mut client).await;
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.ends_with("done."),
        "{answer:?}"
    );
    stopped.await.expect("it stops");
}

#[tokio::test]
async fn idle_connections_do_not_delay_the_stop() {
    let limits = Limits {
        head_time: Duration::from_mins(1),
        ..limits()
    };
    let server = Server::start(limits, hello()).await;
    let mut kept = server.connect().await;
    ask(&mut kept).await;
    read_answer(&mut kept).await;
    let silent = server.connect().await;
    tokio::time::timeout(Duration::from_secs(5), server.stop())
        .await
        .expect("nothing is left to wait for");
    drop((kept, silent));
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_prevent_the_stop() {
    let arrived = Arc::new(Notify::new());
    let at_handler = Arc::clone(&arrived);
    let router = Router::new().route(
        "/",
        get(async move || {
            at_handler.notify_one();
            std::future::pending::<&str>().await
        }),
    );
    let limits = Limits {
        stop_time: Duration::from_millis(100),
        ..limits()
    };
    let server = Server::start(limits, router).await;
    let mut client = server.connect().await;
    ask(&mut client).await;
    within(arrived.notified()).await;
    server.stop().await;
    assert_eq!(read_all(&mut client).await, "");
}

#[test]
fn connections_leave_room_for_the_files_of_the_database() {
    assert_eq!(connections_for(Some(1024)), 896);
    assert_eq!(connections_for(Some(1_000_000)), 4096);
    assert_eq!(connections_for(None), 4096);
    assert_eq!(connections_for(Some(100)), 64);
    assert!(soft_limit_of_files().is_none_or(|files| files > 0));
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_asks_for_the_stop() {
    let mut asked = pin!(shutdown_signal());
    // The first look sets the handler; without it the signal ends the tests.
    let first = std::future::poll_fn(|cx| std::task::Poll::Ready(asked.as_mut().poll(cx))).await;
    assert!(first.is_pending());
    let own = std::process::id().to_string();
    let sent = std::process::Command::new("kill")
        .args(["-TERM", &own])
        .status();
    assert!(sent.expect("kill").success());
    within(asked).await;
}
