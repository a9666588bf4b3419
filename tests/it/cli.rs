//! The program as operators run it: a process, a folder, what it prints and
//! how it exits.

mod bounces;
mod deployment;
mod entries;
mod failures;
mod keys;
mod logging;
mod readiness;
mod receipts;
mod registration;
mod showing;
mod tls;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::Response;
use axum::http::header::HOST;
use serde_json::{Value, json};
use sluis::app::{App, Migrations};
use sluis::clock::Clock;
use sluis::config::Config;
use sluis::random::Random;

use crate::harness::Actor;

/// A folder in which an instance lives, with the default settings: SQLite and
/// keys beside each other.
struct Place(PathBuf);

impl Place {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "cli-{}-{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("a writable folder");
        Self(path)
    }

    /// With an instance in it.
    fn migrated() -> Self {
        let place = Self::new();
        place.run(&["migrate"]).succeeds();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).expect("a writable folder");
    }

    fn write_json(&self, name: &str, content: &Value) {
        self.write(name, content.to_string());
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sluis"));
        command
            .args(arguments)
            .current_dir(&self.0)
            .env_clear()
            .env("TMPDIR", &self.0)
            .env("SLUIS_LOG", "warn")
            // Whatever else listens on this machine.
            .env("SLUIS_LISTEN", "127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments))
    }

    fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        Run::of(command)
    }

    fn run_with_input(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Run {
        Run::fed(self.command(arguments), input)
    }

    /// Starts a server.
    fn start(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Server {
        let mut command = self.command(arguments);
        command.envs(variables.iter().copied());
        Server(Some(command.spawn().expect("the program")))
    }

    /// The same instance, without the program.
    async fn open(&self) -> App {
        let keys = self.path("keys").display().to_string();
        let database = format!("sqlite://{}", self.path("sluis.db").display());
        let variables = [
            ("SLUIS_KEYS_DIR", keys.as_str()),
            ("SLUIS_DATABASE_URL", database.as_str()),
        ];
        let config = Config::from_parts("", variables).expect("settings");
        App::open(
            config,
            Migrations::Refuse,
            Clock::system(),
            Random::system(),
        )
        .await
        .expect("an instance")
    }

    /// Registers a business and gives its id.
    fn add_business(&self) -> String {
        self.write_json("business.json", &business());
        let added = self.run(&["business", "add", "business.json"]).json();
        added["id"].as_str().expect("an id").to_owned()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn business() -> Value {
    json!({
        "name": "Boekhandel De Kade B.V.",
        "address": "Kade 1, 1011 AA Amsterdam",
        "contact": "privacy@dekade.example",
        "country": "NL",
    })
}

fn client(business: &str) -> Value {
    json!({
        "business": business,
        "client_name": "De Kade",
        "redirect_uris": ["https://dekade.example/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "scope": "openid profile email offline_access",
    })
}

fn plan() -> Value {
    json!({ "purposes": [{
        "id": "order",
        "purpose": "dpv:DeliveryOfGoods",
        "title": { "nl": "Bezorgen", "en": "Deliver" },
        "text": { "nl": "Uw boeken komen thuis.", "en": "Your books come home." },
        "basis": "contract",
        "required": true,
        "claims": ["name", "email"],
        "retention": "P1M",
        "storage": ["NL"],
    }] })
}

/// What a program said, and how it ended.
#[derive(Debug)]
struct Run {
    status: Option<i32>,
    out: String,
    err: String,
}

impl From<std::process::Output> for Run {
    fn from(output: std::process::Output) -> Self {
        Self {
            status: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

impl Run {
    fn of(mut command: Command) -> Self {
        Self::from(command.output().expect("the program"))
    }

    fn fed(mut command: Command, input: impl AsRef<[u8]>) -> Self {
        let mut child = command.stdin(Stdio::piped()).spawn().expect("the program");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A program that refuses its arguments does not read.
        let _ = stdin.write_all(input.as_ref());
        drop(stdin);
        Self::from(child.wait_with_output().expect("an end"))
    }

    /// It did what it should, and said nothing but the result on standard output.
    #[track_caller]
    fn succeeds(self) -> Self {
        assert_eq!(self.status, Some(0), "{self:#?}");
        self
    }

    #[track_caller]
    fn json(self) -> Value {
        let run = self.succeeds();
        serde_json::from_str(&run.out).expect("one JSON document")
    }

    /// It was refused, in these words.
    #[track_caller]
    fn is_refused(self, words: &[&str]) -> Self {
        assert_eq!(self.status, Some(1), "{self:#?}");
        for word in words {
            assert!(self.err.contains(word), "{word:?} is not in {self:#?}");
        }
        self
    }

    /// It was used wrongly.
    #[track_caller]
    fn is_wrong_usage(self) -> Self {
        assert_eq!(self.status, Some(2), "{self:#?}");
        assert!(
            self.err.contains("Usage") || self.err.contains("--help"),
            "{self:#?}"
        );
        self
    }
}

/// A running program; ended with the test, whatever comes of it.
struct Server(Option<Child>);

impl Server {
    fn child(&mut self) -> &mut Child {
        self.0.as_mut().expect("it runs")
    }

    /// Asks it to stop, by the name of a signal, and waits.
    fn stop(mut self, signal: &str) -> Run {
        let child = self.0.take().expect("it runs");
        let signalled = Command::new("kill")
            .args(["-s", signal, &child.id().to_string()])
            .status()
            .expect("kill");
        assert!(signalled.success());
        Run::from(child.wait_with_output().expect("an end"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A port that nothing listens on at this moment.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// Asks until something answers with this status.
async fn get(url: &str, status: u16) -> String {
    let client = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client");
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
    for _ in 0..400 {
        tick.tick().await;
        if let Ok(answer) = client.get(url).send().await {
            assert_eq!(answer.status().as_u16(), status, "{url}");
            return answer.text().await.expect("a text");
        }
    }
    panic!("{url} does not answer");
}

/// Somebody's browser, at a server that runs by itself.
fn browser(base: &str, client: reqwest::ClientBuilder) -> Actor {
    let client = client
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let base = base.to_owned();
    Actor::at(Router::new().fallback(async move |request: Request| {
        let (mut parts, body) = request.into_parts();
        parts.headers.remove(HOST);
        let body = to_bytes(body, 1 << 20).await.expect("a body");
        let asked = client
            .request(parts.method, format!("{base}{}", parts.uri))
            .headers(parts.headers)
            .body(body);
        let told = asked.send().await.expect("an answer");
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = told.status();
        *answer.headers_mut() = told.headers().clone();
        *answer.body_mut() = Body::from(told.bytes().await.expect("a body"));
        answer
    }))
}
