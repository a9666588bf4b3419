//! `oidc-client-ts`, of npm, in a page without a server of its own:
//! `docs/clients/oidc-client-ts.md`. Its questions to Sluis come from another
//! origin, and so take CORS.

use std::os::unix::fs::symlink;

use serde_json::{Value, json};
use thirtyfour::extensions::query::ElementWaitable as _;

use super::process::{Folder, free_port};
use super::provider::{Provider, sanne, source};
use super::site::{Site, installed, log_in_for_the_first_time, read};
use crate::driver::Browser;
use crate::journey::steps::sign_in;

async fn start() -> Site {
    let provider = Provider::start().await;
    let port = free_port().to_string();
    let url = format!("http://localhost:{port}");
    let client = provider.register("oidc-client-ts", &url, &[]);
    assert_eq!(client.get("client_secret"), None);
    let folder = Folder::new();
    folder.take_all_of(&source("oidc-client-ts"));
    let config = json!({"issuer": provider.issuer, "client_id": client["client_id"]});
    folder.write("config.json", &config.to_string());
    symlink(installed("npm/node_modules"), folder.path("node_modules")).expect("a link");
    // Any server of files will do.
    let files = ["python3", "-m", "http.server", "--bind", "127.0.0.1", &port];
    let server = folder.serve(&files, &[], &url).await;
    Site {
        provider,
        url,
        _server: server,
    }
}

/// What the page knows once it is there: script takes its time.
async fn expect_claims(site: &Site, browser: &Browser) -> Value {
    let claims = read(browser, "claims").await;
    assert_eq!(claims["name"], sanne().name);
    assert_eq!(claims["email"], sanne().email);
    assert_eq!(claims["iss"], site.provider.issuer);
    assert_eq!(claims.get("phone_number"), None);
    read(browser, "answer").await
}

#[tokio::test]
async fn a_page_with_oidc_client_ts_logs_in_refreshes_and_logs_out() {
    let (site, browser) = (start().await, Browser::start().await);
    log_in_for_the_first_time(&site, &browser).await;
    let first = expect_claims(&site, &browser).await;
    assert_eq!(browser.url().await, format!("{}/", site.url));

    let shown = browser.element("answer").await;
    browser.click("refresh").await;
    shown.wait_until().stale().await.expect("new tokens");
    let second = expect_claims(&site, &browser).await;
    assert_ne!(first["token"], second["token"]);

    browser.follow("logout").await;
    browser.element("login").await;
    assert_eq!(browser.url().await, format!("{}/", site.url));
    site.provider.expect_signed_out(&browser).await;

    browser.open(&site.url).await;
    browser.follow("login").await;
    sign_in(&browser, &sanne()).await;
    expect_claims(&site, &browser).await;
    browser.quit().await;
}

#[tokio::test]
async fn a_page_with_oidc_client_ts_hears_of_a_withdrawal() {
    let (site, browser) = (start().await, Browser::start().await);
    log_in_for_the_first_time(&site, &browser).await;
    expect_claims(&site, &browser).await;
    site.provider.withdraw(&browser).await;

    browser.open(&site.url).await;
    browser.click("refresh").await;
    assert_eq!(browser.text("refusal").await, "invalid_grant");
    assert!(!browser.has("claims").await);
    browser.quit().await;
}
