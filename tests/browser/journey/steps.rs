//! What people do on the way, and what they look at.

use std::path::{Path, PathBuf};

use thirtyfour::prelude::*;

use super::stage::{Demo, Person, scratch_file};
use crate::driver::{Browser, Screen, Setup};

pub(crate) const SHOP: &str = "Fietsenwinkel De Ketting";
pub(super) const NEWSPAPER: &str = "De Ochtendpost";

/// A phone of somebody who reads Dutch, with script or without.
pub(crate) async fn dutch_phone(script: bool) -> Browser {
    let setup = Setup {
        languages: "nl",
        script,
    };
    let phone = Browser::start_with(setup).await;
    phone.show_on(Screen::Phone).await;
    phone
}

/// Puts a bell in the basket and presses "Log in with Sluis".
pub(crate) async fn visit_shop(demo: &Demo, browser: &Browser) {
    browser.open(&demo.shop).await;
    browser.follow("add-bel").await;
    browser.follow("login").await;
}

pub(crate) async fn sign_in(browser: &Browser, person: &Person) {
    browser.fill("email", &person.email).await;
    browser.fill("password", &person.password).await;
    browser.follow("sign-in-submit").await;
}

/// The sample people read Dutch, until they say otherwise.
pub(crate) async fn choose_language(browser: &Browser, language: &str) {
    let html = browser.driver().find(By::Tag("html")).await;
    let now = html.expect("a page").attr("lang").await.expect("a page");
    if now.as_deref() != Some(language) {
        let button = format!("[name=language][value={language}]");
        browser.follow_css(&button).await;
    }
}

/// From the page for signing in.
pub(super) async fn sign_up(browser: &Browser, person: &Person) {
    browser.follow_css("a[href^='/sign-up']").await;
    fill_in_sign_up(browser, person).await;
}

pub(super) async fn fill_in_sign_up(browser: &Browser, person: &Person) {
    browser.fill("name", &person.name).await;
    browser.fill("email", &person.email).await;
    browser.fill("password", &person.password).await;
    browser.follow("sign-up-submit").await;
}

/// Fills in a postal address, from a page that has its form.
pub(super) async fn fill_in_address(browser: &Browser) {
    browser.fill("street_address", "Kade 12").await;
    browser.fill("postal_code", "3511nr").await;
    browser.fill("locality", "Utrecht").await;
    browser.follow("save").await;
}

/// Signs up on the way to the shop, as someone with an address to deliver to.
pub(super) async fn arrive_as_newcomer(demo: &Demo, browser: &Browser, person: &Person) {
    visit_shop(demo, browser).await;
    sign_up(browser, person).await;
    browser.click("tier-medium").await;
    browser
        .follow_css("#panel-medium a[href*='delivery_address']")
        .await;
    fill_in_address(browser).await;
    expect_consent(browser).await;
}

/// That the page is the one that asks.
pub(crate) async fn expect_consent(browser: &Browser) {
    let url = browser.url().await;
    assert!(
        url.contains("/consent/") && browser.has("allow").await,
        "{url} asks nothing:\n{}",
        browser.page_text().await
    );
}

/// That nothing is chosen: no profile, no switch, no item, no retention.
pub(super) async fn expect_nothing_chosen(browser: &Browser) {
    let checked = browser.driver().find_all(By::Css("input:checked")).await;
    assert!(checked.expect("a page").is_empty());
    assert_eq!(value(browser, "retention").await, "");
    let boxes = browser
        .driver()
        .find_all(By::Css("#consent [type=radio], #consent [type=checkbox]"))
        .await;
    assert!(boxes.expect("a page").len() > 4, "there is what to choose");
}

/// Chooses a profile and presses the button.
pub(crate) async fn allow(browser: &Browser, tier: &str) {
    browser.click(&format!("tier-{tier}")).await;
    browser.follow("allow").await;
}

/// What stands in a field.
pub(super) async fn value(browser: &Browser, id: &str) -> String {
    let value = browser.element(id).await.prop("value").await;
    value.expect("a page").expect("a field")
}

/// What a part of the page says, folded or not.
pub(super) async fn content(browser: &Browser, selector: &str) -> String {
    let element = browser.driver().query(By::Css(selector)).first().await;
    let element = element.unwrap_or_else(|error| panic!("no {selector}: {error}"));
    let content = element.prop("textContent").await;
    content.expect("a page").expect("a text")
}

/// Whether something is chosen, or switched on.
pub(super) async fn is_on(browser: &Browser, id: &str) -> bool {
    let on = browser.element(id).await.is_selected().await;
    on.expect("a page")
}

/// Goes to the agreement with a business: one click from the account.
pub(super) async fn open_agreement(demo: &Demo, browser: &Browser, business: &str) {
    browser.open(&demo.account).await;
    browser.follow_link(business).await;
}

/// Gets a page as this browser would, with its cookies.
pub(super) async fn fetch(browser: &Browser, url: &str) -> reqwest::Response {
    let cookies = browser.driver().get_all_cookies().await.expect("a page");
    let cookies: Vec<String> = cookies
        .iter()
        .map(|cookie| format!("{}={}", cookie.name, cookie.value))
        .collect();
    let client = reqwest::Client::builder().no_proxy().build();
    client
        .expect("an HTTP client")
        .get(url)
        .header("cookie", cookies.join("; "))
        .send()
        .await
        .expect("an answer")
}

/// Downloads the receipts of the agreement on the page.
pub(super) async fn download_receipts(browser: &Browser, name: &str) -> PathBuf {
    let link = browser.element("receipts").await.prop("href").await;
    let response = fetch(browser, &link.expect("a page").expect("a link")).await;
    assert!(response.status().is_success(), "{}", response.status());
    let disposition = response.headers()["content-disposition"].to_str();
    assert!(disposition.expect("a text").starts_with("attachment"));
    let file = scratch_file(name);
    save(&file, &response.text().await.expect("a text"));
    file
}

pub(crate) fn save(file: &Path, text: &str) {
    std::fs::write(file, text).expect("a writable folder");
}
