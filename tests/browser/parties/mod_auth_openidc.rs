//! Apache with Debian's `mod_auth_openidc`: `docs/clients/mod_auth_openidc.md`.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::process::{Folder, free_port};
use super::provider::{Provider, sanne, source};
use super::site::{Site, log_in_for_the_first_time};
use crate::driver::Browser;
use crate::journey::steps::{expect_consent, sign_in};

const APACHE: &str = "/usr/sbin/apache2";
const MODULES: &str = "/usr/lib/apache2/modules";

/// Between two looks at what takes whole seconds to change, and how often.
const TICK: Duration = Duration::from_millis(500);
const TICKS: u32 = 40;

/// Opens the site. It asks for the claims again after `interval` seconds.
async fn start(interval: u8) -> Site {
    for needed in [APACHE.to_owned(), format!("{MODULES}/mod_auth_openidc.so")] {
        assert!(
            Path::new(&needed).exists(),
            "{needed} is missing: run tests/run, which installs it, \
             or: apt-get install apache2-bin libapache2-mod-auth-openidc"
        );
    }
    let provider = Provider::start().await;
    let port = free_port().to_string();
    let url = format!("http://localhost:{port}");
    let client = provider.register("mod_auth_openidc", &url, &[]);
    let text = |member: &str| client[member].as_str().expect("a text");
    let folder = Folder::new();
    folder.take_all_of(&source("mod_auth_openidc"));
    let shown = std::fs::read_to_string(source("mod_auth_openidc/sluis.conf")).expect("a file");
    // The one thing that differs from what is shown: nobody waits for a minute here.
    let line = "OIDCUserInfoRefreshInterval 60\n";
    assert!(shown.contains(line));
    let hurried = format!("OIDCUserInfoRefreshInterval {interval}\n");
    folder.write("sluis.conf", &shown.replace(line, &hurried));
    let here = folder.path("").display().to_string();
    let here = here.trim_end_matches('/');
    let env = [
        ("SLUIS_ISSUER", provider.issuer.as_str()),
        ("SITE", &url),
        ("CLIENT_ID", text("client_id")),
        ("CLIENT_SECRET", text("client_secret")),
        ("COOKIE_PASSPHRASE", "nobody knows this one"),
        ("PORT", &port),
        ("HERE", here),
        ("MODULES", MODULES),
    ];
    let configuration = format!("{here}/apache.conf");
    let apache = [APACHE, "-D", "FOREGROUND", "-f", &configuration];
    let server = folder.serve(&apache, &env, &url).await;
    Site {
        provider,
        url,
        _server: server,
    }
}

async fn expect_claims(site: &Site, browser: &Browser) {
    let url = browser.url().await;
    assert_eq!(
        url,
        format!("{}/shop/", site.url),
        "{}",
        browser.page_text().await
    );
    assert_eq!(browser.text("name").await, sanne().name);
    assert_eq!(browser.text("email").await, sanne().email);
    assert!(!browser.text("sub").await.is_empty());
}

/// What scripts of the site are told, after new tokens if the old ones are
/// older than a second.
async fn refresh(site: &Site, browser: &Browser) -> Value {
    let hook = "/sluis?info=json&access_token_refresh_interval=1";
    browser.open(&format!("{}{hook}", site.url)).await;
    let told = browser.page_text().await;
    serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"))
}

#[tokio::test]
async fn a_site_with_mod_auth_openidc_logs_in_refreshes_and_logs_out() {
    let (site, browser) = (start(60).await, Browser::start().await);
    log_in_for_the_first_time(&site, &browser).await;
    expect_claims(&site, &browser).await;

    let first = refresh(&site, &browser).await;
    assert_eq!(first["userinfo"]["email"], sanne().email);
    let expires = |told: &Value| {
        let expires = told["access_token_expires"].as_str();
        expires
            .and_then(|at| at.parse::<u64>().ok())
            .expect("seconds")
    };
    let mut second = first.clone();
    let mut tick = tokio::time::interval(TICK);
    for _ in 0..TICKS {
        tick.tick().await;
        second = refresh(&site, &browser).await;
        if expires(&second) > expires(&first) {
            break;
        }
    }
    assert!(expires(&second) > expires(&first), "{second}");
    assert_eq!(second["userinfo"], first["userinfo"]);

    browser.open(&format!("{}/shop/", site.url)).await;
    browser.follow("logout").await;
    assert_eq!(browser.url().await, format!("{}/", site.url));
    site.provider.expect_signed_out(&browser).await;

    browser.open(&site.url).await;
    browser.follow("login").await;
    sign_in(&browser, &sanne()).await;
    expect_claims(&site, &browser).await;
    browser.quit().await;
}

#[tokio::test]
async fn a_site_with_mod_auth_openidc_hears_of_a_withdrawal() {
    let (site, browser) = (start(1).await, Browser::start().await);
    log_in_for_the_first_time(&site, &browser).await;
    expect_claims(&site, &browser).await;
    site.provider.withdraw(&browser).await;

    let mut tick = tokio::time::interval(TICK);
    for _ in 0..TICKS {
        tick.tick().await;
        browser.open(&format!("{}/shop/", site.url)).await;
        if browser.has("allow").await {
            break;
        }
    }
    expect_consent(&browser).await;
    let told = refresh(&site, &browser).await;
    assert_eq!(told.get("userinfo"), None, "{told}");
    browser.quit().await;
}
