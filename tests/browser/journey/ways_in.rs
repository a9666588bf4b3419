//! Passkeys in a real browser, by the virtual authenticator of Chromium: one
//! that gives a secret to this site, and one that cannot.

use serde_json::{Value, json};
use thirtyfour::prelude::*;

use super::stage::{Demo, Person, newcomer};
use super::steps::{dutch_phone, fill_in_sign_up, sign_in};
use crate::driver::{Browser, Scheme};

/// Plugs an authenticator in that checks its owner; with `prf` or without.
async fn plug_in(browser: &Browser, prf: bool) {
    let tools = browser.driver().cdp();
    tools
        .send_raw("WebAuthn.enable", json!({"enableUI": false}))
        .await
        .expect("it can");
    let options = json!({"options": {
        "protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal",
        "hasResidentKey": true, "hasUserVerification": true, "isUserVerified": true,
        "automaticPresenceSimulation": true, "hasPrf": prf,
    }});
    let told: Value = tools
        .send_raw("WebAuthn.addVirtualAuthenticator", options)
        .await
        .expect("an authenticator");
    assert!(told["authenticatorId"].is_string(), "{told}");
}

async fn add_passkey(browser: &Browser, demo: &Demo) {
    demo.open(browser, "/account/security").await;
    browser.follow("passkey-new").await;
    browser.fill("name", "Laptop").await;
    browser.follow("passkey-submit").await;
}

async fn sign_out(browser: &Browser, demo: &Demo) {
    demo.open(browser, "/sign-out").await;
    browser.follow("sign-out-confirm").await;
}

#[tokio::test]
async fn a_passkey_with_prf_signs_in_without_a_password_and_opens_the_vault() {
    let demo = Demo::start();
    let browser = Browser::start().await;
    plug_in(&browser, true).await;
    let person = newcomer("Pien");
    demo.open(&browser, "/sign-up").await;
    fill_in_sign_up(&browser, &person).await;
    add_passkey(&browser, &demo).await;
    let said = browser.page_text().await;
    assert!(
        said.contains("opens your vault, without your password"),
        "{said}"
    );
    browser.screenshot("recovery-codes-desktop").await;
    demo.open(&browser, "/account/security").await;
    browser.screenshot("security-desktop").await;
    browser.prefer(Scheme::Dark).await;
    browser.screenshot("security-desktop-dark").await;
    browser.prefer(Scheme::Light).await;
    sign_out(&browser, &demo).await;

    // The e-mail field offers it, and this authenticator takes the offer.
    come_back(&browser, &demo, "nav .menu").await;
    demo.open(&browser, "/account/profiles").await;
    assert!(
        browser.page_text().await.contains("Pien"),
        "the vault is open"
    );
    browser.quit().await;
}

#[tokio::test]
async fn a_passkey_without_prf_comes_before_or_after_the_password() {
    let demo = Demo::start();
    let browser = dutch_phone(true).await;
    plug_in(&browser, false).await;
    let person = newcomer("Teun");
    demo.open(&browser, "/sign-up").await;
    fill_in_sign_up(&browser, &person).await;
    add_passkey(&browser, &demo).await;
    let said = browser.page_text().await;
    assert!(said.contains("kan je kluis niet openen"), "{said}");
    sign_out(&browser, &demo).await;
    come_back(&browser, &demo, "#second-password").await;
    browser.screenshot("second-step-phone").await;
    assert!(!browser.overflows().await);
    browser.fill("password", &person.password).await;
    browser.follow("second-submit").await;
    arrives(&browser, "nav .menu").await;
    browser.quit().await;
}

/// Fills in who somebody is, and has the device make a passkey.
async fn sign_up_with_passkey(browser: &Browser, demo: &Demo, person: &Person) {
    demo.open(browser, "/sign-up").await;
    browser.follow("sign-up-passkey").await;
    browser.fill("name", &person.name).await;
    browser.fill("email", &person.email).await;
    browser.follow("passkey-submit").await;
}

#[tokio::test]
async fn a_passkey_with_prf_makes_an_account_without_a_password() {
    let demo = Demo::start();
    let browser = Browser::start().await;
    plug_in(&browser, true).await;
    let person = newcomer("Roos");
    sign_up_with_passkey(&browser, &demo, &person).await;
    arrives(&browser, "#recovery-codes").await;
    browser.screenshot("sign-up-passkey-codes-desktop").await;
    browser.follow("codes-kept").await;
    arrives(&browser, "nav .menu").await;
    demo.open(&browser, "/account/security").await;
    let said = browser.page_text().await;
    assert!(said.contains("You have no password"), "{said}");
    browser.screenshot("security-passkey-alone-desktop").await;
    browser.follow("password-set").await;
    browser.screenshot("password-first-desktop").await;
    browser.fill("new", &person.password).await;
    browser.follow("password-submit").await;
    let said = browser.page_text().await;
    assert!(said.contains("beside your passkey"), "{said}");
    browser.screenshot("security-password-set-desktop").await;
    sign_out(&browser, &demo).await;
    come_back(&browser, &demo, "nav .menu").await;
    demo.open(&browser, "/account/profiles").await;
    assert!(
        browser.page_text().await.contains("Roos"),
        "the vault is open"
    );
    browser.quit().await;
}

#[tokio::test]
async fn a_passkey_without_prf_makes_no_account_before_there_is_a_password() {
    let demo = Demo::start();
    let browser = dutch_phone(true).await;
    plug_in(&browser, false).await;
    let person = newcomer("Joris");
    sign_up_with_passkey(&browser, &demo, &person).await;
    arrives(&browser, "#passkey-proves").await;
    let said = browser.page_text().await;
    assert!(said.contains("kan er je kluis niet mee openen"), "{said}");
    browser.screenshot("sign-up-passkey-proves-phone").await;
    assert!(!browser.overflows().await);
    browser.fill("password", &person.password).await;
    browser.follow("sign-up-submit").await;
    arrives(&browser, "#recovery-codes").await;
    sign_out(&browser, &demo).await;
    come_back(&browser, &demo, "#second-password").await;
    browser.fill("password", &person.password).await;
    browser.follow("second-submit").await;
    arrives(&browser, "nav .menu").await;
    browser.quit().await;
}

#[tokio::test]
async fn a_wrong_code_of_an_app_is_told_without_script() {
    let demo = Demo::shared();
    let phone = dutch_phone(false).await;
    demo.open(&phone, "/account/security/totp").await;
    sign_in(&phone, demo.sanne()).await;
    phone.screenshot("totp-phone").await;
    assert!(phone.has("totp-secret").await && !phone.overflows().await);
    phone.fill("code", "000000").await;
    phone.follow("totp-submit").await;
    assert!(phone.page_text().await.contains("Deze code klopt niet"));
    phone.quit().await;
}

/// Goes to the page for signing in, which leads on by itself to something.
async fn come_back(browser: &Browser, demo: &Demo, to: &str) {
    let page = browser.driver().goto(format!("{}/sign-in", demo.provider));
    page.await.expect("a page");
    arrives(browser, to).await;
}

/// Waits until something is on the page, which leads on by itself.
async fn arrives(browser: &Browser, selector: &str) {
    let found = browser.driver().query(By::Css(selector)).first().await;
    if found.is_err() {
        let (url, text) = (browser.url().await, browser.page_text().await);
        panic!("{url} has no {selector}:\n{text}");
    }
}
