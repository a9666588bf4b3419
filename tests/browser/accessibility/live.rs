//! The pages as the demonstration serves them, with their policy and cookies.

use std::collections::BTreeSet;

use super::axe::{examine, expect_none};
use crate::driver::{Browser, Setup};
use crate::journey::stage::Demo;
use crate::journey::steps::{allow, sign_in, visit_shop};

const ACCOUNT: [&str; 12] = [
    "/account",
    "/account/businesses",
    "/account/duties",
    "/account/profiles",
    "/account/profiles/address",
    "/account/rules",
    "/account/rules/shop",
    "/account/history",
    "/account/who-has-what",
    "/account/data",
    "/account/security",
    "/receipts",
];

async fn walk(language: &'static str) {
    let demo = Demo::start();
    let browser = Browser::start_with(Setup {
        languages: language,
        ..Setup::default()
    })
    .await;
    let mut problems = BTreeSet::new();
    browser.open(&demo.provider).await;
    examine(&browser, "landing", &mut problems).await;
    visit_shop(&demo, &browser).await;
    examine(&browser, "sign-in", &mut problems).await;
    sign_in(&browser, demo.sanne()).await;
    browser.fit(1280, 800, 16).await;
    browser.click("tier-high").await;
    examine(&browser, "consent", &mut problems).await;
    browser.fit(1280, 800, 16).await;
    allow(&browser, "medium").await;
    examine(&browser, "shop", &mut problems).await;
    for path in ACCOUNT {
        browser.open(&format!("{}{path}", demo.provider)).await;
        examine(&browser, path, &mut problems).await;
    }
    expect_none(&problems);
    browser.quit().await;
}

#[tokio::test]
async fn the_pages_on_the_way_keep_nobody_out_in_english() {
    walk("en").await;
}

#[tokio::test]
async fn the_pages_on_the_way_keep_nobody_out_in_dutch() {
    walk("nl").await;
}
