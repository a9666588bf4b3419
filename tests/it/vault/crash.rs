//! What was acknowledged is there after the process is killed.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::harness::{ADA, Actor, Engine, PASSWORD, TestApp};
use crate::protocol::{Business, SCOPES, press, text};

/// A served process on a database that outlives it, and the way there.
pub(super) struct Served {
    app: TestApp,
    port: u16,
    process: Running,
    /// The networks that it may reach.
    pub(super) allow: &'static str,
}

impl Served {
    /// Starts one on the database of an application that has closed it.
    pub(super) async fn start(app: TestApp) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let allow = "";
        let process = spawn(&app, port, allow);
        let served = Self {
            app,
            port,
            process,
            allow,
        };
        served.answers().await;
        served
    }

    /// `kill -9`, and another on the same files.
    pub(super) async fn crash(&mut self) {
        self.kill();
        self.restart().await;
    }

    /// Another one on the same files.
    pub(super) async fn restart(&mut self) {
        self.process = spawn(&self.app, self.port, self.allow);
        self.answers().await;
    }

    /// `kill -9`.
    pub(super) fn kill(&mut self) {
        self.process.0.kill().expect("it was running");
        self.process.0.wait().expect("it is gone");
    }

    /// `kill -9`, and the application again that it was started for, opened in
    /// this process.
    pub(super) async fn take_over(mut self) -> TestApp {
        self.kill();
        self.app.with(|_| ()).await
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "a process that starts does not tell when it listens"
    )]
    async fn answers(&self) {
        let url = format!("http://127.0.0.1:{}/readyz", self.port);
        for _ in 0..600 {
            if reqwest::get(&url)
                .await
                .is_ok_and(|told| told.status() == 200)
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not start");
    }

    /// Leads requests to the process.
    pub(super) fn router(&self) -> Router {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .pool_max_idle_per_host(0)
            .build()
            .expect("a client");
        Router::new()
            .fallback(forward)
            .with_state((client, self.port))
    }
}

/// A process that goes with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn spawn(app: &TestApp, port: u16, allow: &str) -> Running {
    let process = Command::new(env!("CARGO_BIN_EXE_sluis"))
        .arg("serve")
        .current_dir(app.folder())
        .env("SLUIS_DATABASE_URL", app.app.config().database_url.expose())
        .env("SLUIS_KEYS_DIR", app.folder().join("keys"))
        .env("SLUIS_LISTEN", format!("127.0.0.1:{port}"))
        .env("SLUIS_OUTBOUND_ALLOW", allow)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    Running(process.expect("the program"))
}

async fn forward(
    State((client, port)): State<(reqwest::Client, u16)>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    let path = parts.uri.path_and_query().expect("a path");
    let told = client
        .request(parts.method, format!("http://127.0.0.1:{port}{path}"))
        .headers(parts.headers)
        .body(body)
        .send()
        .await;
    let mut response = Response::new(Body::empty());
    let Ok(told) = told else {
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        return response;
    };
    *response.status_mut() = told.status();
    *response.headers_mut() = told.headers().clone();
    match told.bytes().await {
        Ok(bytes) => *response.body_mut() = Body::from(bytes),
        Err(_) => *response.status_mut() = StatusCode::BAD_GATEWAY,
    }
    response
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_killed_process() {
    let app = TestApp::start(Engine::Sqlite).await;
    let shop = Business::open(&app, "shop").await;
    app.app.close().await;
    let mut served = Served::start(app).await;
    let shop = shop.at(served.router());
    let mut ada = Actor::at(served.router());
    let page = ada.sign_up("/sign-up", "Ada Lovelace", ADA).await;
    assert_eq!(page.location(), "/account?done=welcome");

    served.crash().await;
    ada.get("/account/profiles").await.says("Ada Lovelace");
    let mut elsewhere = Actor::at(served.router());
    let page = elsewhere.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
    let page = ada.visit(&shop.client.request(&[("scope", SCOPES)])).await;
    let form = page.allowing("low");

    served.crash().await;
    let page = ada.submit(form).await;
    let code = shop.client.answer(&page)["code"].clone();

    served.crash().await;
    let tokens = shop.redeem(&code).await.ok();

    served.crash().await;
    let claims = shop.userinfo(text(&tokens, "access_token")).await.ok();
    assert_eq!(claims["name"], "Ada Lovelace");
    let renewed = shop.refresh(text(&tokens, "refresh_token")).await.ok();

    served.crash().await;
    ada.get("/account/history").await.says("The shop");
    let again = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    assert_eq!(again["refresh_token"], renewed["refresh_token"]);
    ada.edit("name", "Ada King").await;

    served.crash().await;
    let claims = shop.userinfo(text(&renewed, "access_token")).await.ok();
    assert_eq!(claims["name"], "Ada King");
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "withdraw").await;

    served.crash().await;
    assert_eq!(
        shop.userinfo(text(&renewed, "access_token")).await.error(),
        "invalid_token"
    );
    assert_eq!(
        shop.refresh(text(&renewed, "refresh_token")).await.error(),
        "invalid_grant"
    );
}

#[tokio::test]
async fn what_is_to_be_told_survives_a_killed_process_on_sqlite() {
    what_is_to_be_told_survives(Engine::Sqlite).await;
}

#[tokio::test]
async fn what_is_to_be_told_survives_a_killed_process_on_postgresql() {
    what_is_to_be_told_survives(Engine::Postgres).await;
}

async fn what_is_to_be_told_survives(engine: Engine) {
    let ear = MockServer::start().await;
    let heard = ResponseTemplate::new(200);
    Mock::given(any()).respond_with(heard).mount(&ear).await;
    let app = TestApp::start(engine).await;
    let wants = json!({"backchannel_logout_uri": format!("{}/bye", ear.uri())});
    let shop = Business::with(&app, "shop", wants, None).await;
    app.app.close().await;
    // It may not reach the ear yet.
    let mut served = Served::start(app).await;
    let shop = shop.at(served.router());
    let mut ada = Actor::at(served.router());
    ada.sign_up("/sign-up", "Ada Lovelace", ADA).await;
    shop.log_in(&mut ada, "low").await;
    assert_eq!(ada.sign_out().await.location(), "/sign-out");

    served.allow = "127.0.0.0/8";
    served.crash().await;
    let mut tick = tokio::time::interval(Duration::from_millis(100));
    for _ in 0..900 {
        tick.tick().await;
        if !ear.received_requests().await.expect("a list").is_empty() {
            return;
        }
    }
    panic!("nobody told the shop");
}
