//! Somebody under 16: what is closed to them, and why.

use std::time::Duration;

use crate::harness::{Actor, PASSWORD, TestApp, on_both_databases};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const ADA: &str = "ada@example.com";

on_both_databases! {
    the_high_tier_and_contact_are_closed_to_a_minor_and_the_page_says_why,
    a_birthdate_narrows_what_was_agreed_before,
    on_the_sixteenth_birthday_it_opens_by_itself,
}

async fn born(actor: &mut Actor, date: &str) {
    actor.fill_in("birthdate", &[("value", date)]).await;
}

/// The day on which somebody is 16 in so many days.
fn sixteen_in(app: &TestApp, days: u32) -> String {
    let day = app.app.now().plus(days * DAY).to_string();
    let year: i32 = day[..4].parse().expect("a year");
    format!("{}{}", year - 16, &day[4..10])
}

async fn the_high_tier_and_contact_are_closed_to_a_minor_and_the_page_says_why(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    ada.get("/account/profiles").await.says_not("under 16");
    born(&mut ada, &sixteen_in(&app, 30)).await;
    for path in ["/account/profiles", "/account/rules", "/account/rules/shop"] {
        let page = ada.get(path).await;
        page.says("you are under 16");
        page.says("GDPR, article 8");
    }
    let page = ada.visit(&shop.request(&[])).await;
    page.says("Closed until you are 16");
    // A form that was not on the page gets no further.
    let form = page.form("consent").forged("tier", "high").press("allow");
    let refused = ada.submit(form).await;
    assert_eq!(refused.status, 422);
    // Contact stays closed where the channel is in a lower tier.
    let profiles = ada.get("/account/profiles").await.form("profiles");
    let form = profiles
        .with("permission-email", "low")
        .press("profiles-save");
    ada.submit(form).await;
    let page = ada.visit(&shop.request(&[])).await;
    let form = page.form("consent").with("tier", "medium");
    let refused = ada
        .submit(form.with("purpose-news", "on").press("allow"))
        .await;
    assert_eq!(refused.status, 422);
    refused.says("can be allowed when you are 16");
    let form = refused
        .form("consent")
        .without("purpose-news")
        .press("allow");
    let answer = ada.submit(form).await;
    assert!(shop.answer(&answer).contains_key("code"));
}

async fn a_birthdate_narrows_what_was_agreed_before(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    ada.fill_in("preferences", &[("value", "Vegetarisch")])
        .await;
    let page = ada.visit(&shop.request(&[])).await;
    let form = page
        .form("consent")
        .with("tier", "high")
        .with("purpose-news", "on");
    let form = form
        .with("purpose-suggest", "on")
        .with("permission-suggest-analytics", "on");
    let answer = ada.submit(form.press("allow")).await;
    let read = super::consent::reads(&app, &shop, &answer).await;
    assert!(
        read.iter().any(|claim| claim.ends_with("preferences")),
        "{read:?}"
    );
    let grant = ada.newest_grant().await;
    ada.get(&grant).await.says("Vegetarisch");
    born(&mut ada, &sixteen_in(&app, 30)).await;
    let page = ada.get(&grant).await;
    page.says_not("Vegetarisch");
    page.says_not("News from us");
    page.says("Deliver your order");
    page.says("receipt 2");
    let page = ada.get("/account/who-has-what").await;
    assert_eq!(page.html.matches("class=\"holding-deleting\"").count(), 1);
    assert_eq!(page.html.matches("class=\"holding-granted\"").count(), 3);
}

async fn on_the_sixteenth_birthday_it_opens_by_itself(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    born(&mut ada, &sixteen_in(&app, 1)).await;
    ada.get("/account/profiles").await.says("under 16");
    app.wait(DAY);
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    ada.get("/account/profiles").await.says_not("under 16");
    let page = ada.visit(&shop.request(&[])).await;
    page.says_not("Closed until you are 16");
    let form = page.form("consent").with("tier", "high").press("allow");
    let answer = ada.submit(form).await;
    assert!(shop.answer(&answer).contains_key("code"));
}
