//! The pages as the demonstration serves them, with their policy and cookies.

use std::collections::BTreeSet;

use thirtyfour::By;

use super::axe::{examine, expect_none};
use crate::driver::{Browser, Setup};
use crate::journey::stage::Demo;
use crate::journey::steps::{allow, choose_language, sign_in, visit_shop};

/// The route tables, of which a page that is added here is examined here.
const TABLES: [(&str, &str); 2] = [
    ("", include_str!("../../../src/pages/mod.rs")),
    (
        "/account/security/",
        include_str!("../../../src/pages/security.rs"),
    ),
];

/// Of pages that there is one of for each of something, one.
const OF_MANY: [&str; 3] = [
    "/account/profiles/address",
    "/account/rules/shop",
    "/receipts",
];

/// Every page of an account that shows itself, by the handler's name for it.
fn account_pages() -> Vec<String> {
    let mut pages: Vec<String> = Vec::new();
    for (folder, table) in TABLES {
        for route in table.split(".route(").skip(1) {
            let path = route.split('"').nth(1).unwrap_or_default();
            let handler = route.split_once("get(").map_or("", |(_, rest)| rest);
            let handler = handler.split(')').next().unwrap_or_default();
            let path = format!("{folder}{path}");
            let is_of_one = path.starts_with("/account") && !path.contains('{');
            if is_of_one && handler.ends_with("::show") {
                pages.push(path);
            }
        }
    }
    assert!(pages.len() >= 12, "{pages:?}: the tables are read");
    pages.extend(OF_MANY.map(str::to_owned));
    pages
}

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
    // The shop says in which language it asks; the account has one of its own.
    demo.open(&browser, "/account").await;
    choose_language(&browser, language).await;
    for path in account_pages() {
        browser.open(&format!("{}{path}", demo.provider)).await;
        // It is that page, and not one that it leads to or that says why not.
        let url = browser.url().await;
        assert!(url.ends_with(&path), "{path} leads to {url}");
        assert!(!browser.has("error").await, "{path}");
        let html = browser.driver().find(By::Tag("html")).await;
        let lang = html.expect("a page").attr("lang").await;
        assert_eq!(lang.expect("a page").as_deref(), Some(language), "{path}");
        examine(&browser, &path, &mut problems).await;
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
