//! The harness itself, against a small page: what the journeys rely on.

use axum::Router;
use axum::extract::Form;
use axum::http::HeaderMap;
use axum::response::Html;
use axum::routing::get;
use tokio::net::TcpListener;

use crate::driver::{Browser, Scheme, Screen, Setup};

const PAGE: &str = "<!doctype html><html lang=en><title>Small</title>
    <meta name=viewport content='width=device-width'>
    <style>
      body { background: white } .wide { width: 600px }
      @media (prefers-color-scheme: dark) { body { background: black } }
    </style>
    <form method=post>
      <p id=said>SAID</p><p id=script>off</p><p class=wide>wide</p>
      <input id=name name=name value=old>
      <label><input type=checkbox id=box name=box>box</label>
      <select id=retention name=retention><option value=P1M>1<option value=P3M>3</select>
      <button id=send>Send</button>
    </form>
    <script>document.getElementById('script').textContent = 'on'</script>";

async fn start() -> String {
    let page = Router::new().route(
        "/",
        get(async |headers: HeaderMap| {
            let languages = headers["accept-language"].to_str().unwrap_or("none");
            Html(PAGE.replace("SAID", languages))
        })
        .post(async |Form(fields): Form<Vec<(String, String)>>| {
            Html(PAGE.replace("SAID", &format!("{fields:?}")))
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(sluis::server::serve(
        listener,
        None,
        page,
        std::future::pending(),
    ));
    format!("http://localhost:{port}/")
}

#[tokio::test]
async fn a_browser_fills_in_a_form_and_counts_its_clicks() {
    let (url, browser) = (start().await, Browser::start().await);
    browser.open(&url).await;
    browser.fill("name", "Anna").await;
    browser.click("box").await;
    browser.choose("retention", "P3M").await;
    browser.follow("send").await;
    assert_eq!(
        browser.text("said").await,
        r#"[("name", "Anna"), ("box", "on"), ("retention", "P3M")]"#
    );
    assert_eq!(browser.clicks(), 3);
    assert!(browser.has("box").await && !browser.has("boks").await);
    assert_eq!(browser.url().await, url);
    assert!(browser.page_text().await.contains("wide"));
    browser.quit().await;
}

#[tokio::test]
async fn a_browser_has_a_language_and_may_go_without_script() {
    let url = start().await;
    let dutch = Browser::start_with(Setup {
        languages: "nl,en",
        script: false,
    })
    .await;
    dutch.open(&url).await;
    assert!(
        dutch.text("said").await.starts_with("nl,en;q="),
        "{}",
        dutch.text("said").await
    );
    assert_eq!(dutch.text("script").await, "off");
    dutch.follow_css("form button").await;
    assert!(dutch.text("said").await.starts_with("[(\"name\", \"old\")"));
    dutch.quit().await;

    let english = Browser::start().await;
    english.open(&url).await;
    assert!(english.text("said").await.starts_with("en"));
    assert_eq!(english.text("script").await, "on");
    english.quit().await;
}

#[tokio::test]
async fn a_picture_shows_the_screen_and_the_scheme() {
    let (url, browser) = (start().await, Browser::start().await);
    browser.open(&url).await;
    assert!(!browser.overflows().await);
    browser.show_on(Screen::Phone).await;
    assert!(
        browser.overflows().await,
        "600 pixels do not fit on a phone"
    );
    browser.prefer(Scheme::Light).await;
    let light = std::fs::read(browser.screenshot("harness-phone-light").await);
    browser.prefer(Scheme::Dark).await;
    let dark = std::fs::read(browser.screenshot("harness-phone-dark").await);
    let (light, dark) = (light.expect("a file"), dark.expect("a file"));
    assert!(light.starts_with(b"\x89PNG"));
    assert_ne!(light, dark);
    assert!(browser.driver().title().await.is_ok());
    browser.quit().await;
}
