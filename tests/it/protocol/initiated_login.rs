//! Logins that begin here (OpenID Connect Core 1.0 §4).

use std::time::Duration;

use serde_json::json;

use super::{Business, press};
use crate::harness::{Page, TestApp, on_both_databases};
use crate::html::tags;

on_both_databases!(a_consumer_logs_in_at_a_business_from_its_page);

/// Where the page of an agreement leads to log in, if anywhere.
fn link(page: &Page) -> Option<String> {
    tags(&page.html)
        .into_iter()
        .find(|(tag, _)| tag.get("id") == Some("log-in"))
        .and_then(|(tag, _)| tag.get("href").map(str::to_owned))
}

async fn a_consumer_logs_in_at_a_business_from_its_page(app: TestApp) {
    let begins = json!({"initiate_login_uri": "https://www.shop.example/login?from=sluis"});
    let shop = Business::with(&app, "shop", begins, None).await;
    let bank = Business::open(&app, "bank").await;
    let (mut ada, at_shop) = shop.customer(&app, "Ada").await;
    let page = ada.get(&at_shop).await;
    assert_eq!(
        link(&page).as_deref(),
        Some("https://www.shop.example/login?from=sluis&iss=http%3A%2F%2Flocalhost%3A8000")
    );
    // Where it really leads, and not what the business calls itself.
    page.says("Log in at www.shop.example");
    app.wait(Duration::from_secs(1));
    bank.log_in(&mut ada, "low").await;
    let at_bank = ada.newest_grant().await;
    assert_eq!(
        link(&ada.get(&at_bank).await),
        None,
        "it does not say where"
    );
    press(&mut ada, &at_shop, "withdraw").await;
    assert_eq!(
        link(&ada.get(&at_shop).await),
        None,
        "that would be another agreement"
    );
}
