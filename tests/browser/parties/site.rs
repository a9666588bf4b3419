//! A site of somebody else, and what people do there. Those of
//! `tests/parties` that have an `app` of their own look alike: `#login`, or
//! `#claims` as UserInfo has them and `#answer` of the token endpoint, with
//! `#refresh` and `#logout`; `#refusal` in their place.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::process::Server;
use super::provider::{Provider, sanne};
use crate::driver::Browser;
use crate::journey::stage::{scratch_file, verify};
use crate::journey::steps::{allow, expect_consent, save, sign_in};

/// A site that is open, with the provider that it knows.
pub(super) struct Site {
    pub(super) provider: Provider,
    pub(super) url: String,
    /// Open for as long as this is there.
    pub(super) _server: Server,
}

/// Something that `tests/parties/install` brings.
pub(super) fn installed(path: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("parties");
    let path = target.join(path);
    assert!(
        path.exists(),
        "{} is missing: run tests/run, which installs it, or: tests/parties/install",
        path.display()
    );
    path
}

/// From the front page of a site to the answer of the consent page.
pub(super) async fn log_in_for_the_first_time(site: &Site, browser: &Browser) {
    browser.open(&site.url).await;
    browser.follow("login").await;
    sign_in(browser, &sanne()).await;
    expect_consent(browser).await;
    allow(browser, "low").await;
}

/// The test of every site: in, new tokens, out, and in again without a question.
pub(super) async fn logs_in_refreshes_and_logs_out(site: &Site, token_type: &str) {
    let browser = Browser::start().await;
    log_in_for_the_first_time(site, &browser).await;
    expect_claims(site, &browser).await;
    let first = read(&browser, "answer").await;
    let said = first["token_type"].as_str().expect("a text");
    assert!(said.eq_ignore_ascii_case(token_type), "{said}");
    for time in ["expires_in", "authorization_expires_in"] {
        assert!(first[time].as_u64().expect("seconds") > 0, "{first}");
    }
    expect_receipt(site, &first);

    browser.follow("refresh").await;
    expect_claims(site, &browser).await;
    let second = read(&browser, "answer").await;
    assert_ne!(first["token"], second["token"]);

    browser.follow("logout").await;
    assert_eq!(browser.url().await, format!("{}/", site.url));
    site.provider.expect_signed_out(&browser).await;

    browser.open(&site.url).await;
    browser.follow("login").await;
    sign_in(&browser, &sanne()).await;
    expect_claims(site, &browser).await;
    browser.quit().await;
}

/// The other test: what was given is taken back.
pub(super) async fn hears_of_a_withdrawal(site: &Site) {
    let browser = Browser::start().await;
    log_in_for_the_first_time(site, &browser).await;
    expect_claims(site, &browser).await;
    site.provider.withdraw(&browser).await;

    browser.open(&site.url).await;
    assert_eq!(browser.text("refusal").await, "invalid_token");
    browser.follow("refresh").await;
    assert_eq!(browser.text("refusal").await, "invalid_grant");

    browser.open(&format!("{}/login", site.url)).await;
    expect_consent(&browser).await;
    browser.quit().await;
}

/// That the site knows what was let through, and nothing else.
async fn expect_claims(site: &Site, browser: &Browser) {
    let url = browser.url().await;
    assert_eq!(
        url,
        format!("{}/", site.url),
        "{}",
        browser.page_text().await
    );
    let mut claims = read(browser, "claims").await;
    let sub = claims
        .as_object_mut()
        .and_then(|claims| claims.remove("sub"));
    assert!(sub.is_some_and(|sub| sub.is_string()));
    let sanne = sanne();
    let expected = serde_json::json!({
        "name": sanne.name, "email": sanne.email, "email_verified": true,
    });
    assert_eq!(claims, expected);
}

/// That the site can show what was agreed.
fn expect_receipt(site: &Site, answer: &Value) {
    let receipt = answer["consent_receipt"].as_str().expect("a receipt");
    let port = site.url.rsplit(':').next().expect("a port");
    let file = scratch_file(&format!("party-{port}.jws"));
    save(&file, receipt);
    verify(&file, &site.provider.jwks()).expect("a good receipt");
}

/// JSON that a page shows.
pub(super) async fn read(browser: &Browser, id: &str) -> Value {
    let text = browser.text(id).await;
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
