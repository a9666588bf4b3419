//! In which language pages are.

use crate::harness::{SANNE, TestApp, on_both_databases};

on_both_databases! {
    the_hand_outranks_the_business_the_account_and_the_browser,
    a_language_that_there_is_not_is_refused,
}

async fn the_hand_outranks_the_business_the_account_and_the_browser(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.browser();
    assert_eq!(actor.get("/").await.lang(), "en");
    actor.languages = "fr, nl-BE;q=0.8, en;q=0.5".to_owned();
    assert_eq!(actor.get("/").await.lang(), "nl");
    actor.languages = "fr".to_owned();
    assert_eq!(actor.get("/").await.lang(), "nl");
    assert_eq!(actor.get("/?ui_locales=de+en-GB").await.lang(), "en");

    // What a business asks for goes for sign-in, sign-up and consent.
    let request = shop.request(&[("ui_locales", "en")]);
    let page = actor.visit(&request).await;
    assert_eq!(page.lang(), "en");
    let form = page.form("sign-in");
    let page = actor
        .submit(
            form.with("email", "a@example.com")
                .with("password", "wrong wrong"),
        )
        .await;
    assert_eq!(page.lang(), "en");

    // The account keeps the language that it was made in.
    actor.languages = "nl".to_owned();
    let page = actor.sign_up("/sign-up", "Sanne", SANNE).await;
    actor.follow(page).await;
    actor.languages = "en".to_owned();
    assert_eq!(actor.get("/account").await.lang(), "nl");
    let page = actor.visit(&request).await;
    assert_eq!(page.lang(), "en");
    page.says("Deliver your order");

    // By hand: for this browser and the account, and back to the page.
    let form = page.form("/language").press("");
    let back = page.path.clone();
    let page = actor.submit(form.forged("language", "nl")).await;
    assert_eq!(page.location(), back);
    let page = actor.follow(page).await;
    assert_eq!(page.lang(), "nl");
    page.says("Bezorgen");
    assert_eq!(actor.visit(&request).await.lang(), "nl");
    let form = actor.get("/account").await.form("/language");
    actor.submit(form.forged("language", "en")).await;
    actor.jar.remove("sluis-language");
    actor.languages = "nl".to_owned();
    assert_eq!(actor.get("/account").await.lang(), "en");
}

async fn a_language_that_there_is_not_is_refused(app: TestApp) {
    let mut actor = app.browser();
    let form = actor.get("/").await.form("/language");
    let page = actor.submit(form.forged("language", "tlh")).await;
    assert_eq!(page.error().as_deref(), Some("malformed"));
    assert_eq!(actor.get("/").await.lang(), "en");
}
