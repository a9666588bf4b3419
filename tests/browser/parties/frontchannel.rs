//! Sites that are told of a sign-out by the browser (OpenID Connect
//! Front-Channel Logout 1.0), one of which never answers.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::RawQuery;
use axum::response::Html;
use axum::routing::get;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::{Url, form_urlencoded};

use super::provider::{Provider, sanne};
use crate::driver::Browser;
use crate::journey::steps::{allow, expect_consent, sign_in};

/// The visits of `/bye`, by their queries.
type Visits = Arc<Mutex<Vec<String>>>;

/// One server for both sites. `/hang` never answers.
async fn start() -> (String, Visits) {
    let visits = Visits::default();
    let heard = Arc::clone(&visits);
    let bye = async move |RawQuery(query): RawQuery| {
        let query = query.unwrap_or_default();
        heard.lock().expect("nobody panics with it").push(query);
        Html("<!doctype html><title>Bye</title>")
    };
    let page = |id: &'static str| {
        let html = format!("<!doctype html><title>{id}</title><p id={id}>{id}</p>");
        get(async move || Html(html))
    };
    let router = Router::new()
        .route("/back", page("back"))
        .route("/after", page("after"))
        .route("/bye", get(bye))
        .route("/hang", get(std::future::pending::<Html<&str>>));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let forever = std::future::pending();
    tokio::spawn(sluis::server::serve(listener, None, router, forever));
    (format!("http://localhost:{port}"), visits)
}

fn register(provider: &Provider, site: &str, path: &str) -> Value {
    let more = [
        ("redirect_uris", json!([format!("{site}/back")])),
        (
            "post_logout_redirect_uris",
            json!([format!("{site}/after")]),
        ),
        ("frontchannel_logout_uri", json!(format!("{site}{path}"))),
    ];
    provider.register("openid-client", site, &more)
}

fn query(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Begins a login, up to the first page that is not a redirect.
async fn begin(provider: &Provider, browser: &Browser, client: &Value, site: &str) {
    let redirect_uri = format!("{site}/back");
    let asked = query(&[
        ("response_type", "code"),
        ("client_id", client["client_id"].as_str().expect("an id")),
        ("redirect_uri", &redirect_uri),
        ("scope", "openid email"),
    ]);
    browser
        .open(&format!("{}/authorize?{asked}", provider.issuer))
        .await;
}

/// The ID token for the code that the browser came back with.
async fn redeem(provider: &Provider, browser: &Browser, client: &Value, site: &str) -> String {
    let url = Url::parse(&browser.url().await).expect("a URL");
    let code = url.query_pairs().find(|(name, _)| name == "code");
    let (_, code) = code.unwrap_or_else(|| panic!("no code in {url}"));
    let text = |member: &str| client[member].as_str().expect("a text");
    let redirect_uri = format!("{site}/back");
    let asked = query(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &redirect_uri),
    ]);
    let http = reqwest::Client::builder().no_proxy().build();
    let answer = http
        .expect("an HTTP client")
        .post(format!("{}/token", provider.issuer))
        .basic_auth(text("client_id"), Some(text("client_secret")))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(asked)
        .send()
        .await
        .expect("an answer");
    let tokens: Value = answer.json().await.expect("JSON");
    let id_token = tokens["id_token"].as_str();
    id_token.unwrap_or_else(|| panic!("{tokens}")).to_owned()
}

#[tokio::test]
async fn a_browser_tells_the_sites_and_goes_on_though_one_never_answers() {
    let provider = Provider::start().await;
    let (site, visits) = start().await;
    let listening = register(&provider, &site, "/bye?from=sluis");
    let dead = register(&provider, &site, "/hang");
    let browser = Browser::start().await;
    begin(&provider, &browser, &dead, &site).await;
    sign_in(&browser, &sanne()).await;
    expect_consent(&browser).await;
    allow(&browser, "low").await;
    begin(&provider, &browser, &listening, &site).await;
    expect_consent(&browser).await;
    allow(&browser, "low").await;
    let hint = redeem(&provider, &browser, &listening, &site).await;

    let after = format!("{site}/after");
    let asked = query(&[
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", &after),
    ]);
    let logout = format!("{}/logout?{asked}", provider.issuer);
    // The page is not done loading before it goes on: nobody waits for that.
    let go = format!(
        "setTimeout(() => {{ location.href = {} }}, 0)",
        json!(logout)
    );
    let went = browser.driver().execute(&go, Vec::new()).await;
    went.expect("a page");
    let mut tick = tokio::time::interval(Duration::from_millis(200));
    let mut ticks = 0;
    while browser.url().await != after {
        tick.tick().await;
        ticks += 1;
        assert!(ticks < 75, "{} waits", browser.url().await);
    }
    assert!(browser.has("after").await);
    let visits = visits.lock().expect("nobody panics with it").clone();
    assert_eq!(visits.len(), 1, "{visits:?}");
    let issuer = query(&[("iss", &provider.issuer)]);
    assert!(
        visits[0].starts_with(&format!("from=sluis&{issuer}&sid=")),
        "{visits:?}"
    );
    provider.expect_signed_out(&browser).await;
    browser.quit().await;
}
