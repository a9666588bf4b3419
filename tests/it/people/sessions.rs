//! Where somebody is signed in, and the end of it.

use axum::http::Method;
use serde_json::json;
use sluis::domain::account::FRESH_FOR;

use super::{ADA, SECOND};
use crate::harness::{Actor, EVE, PASSWORD, TestApp, on_both_databases};
use crate::life::deliver;
use crate::protocol::{Business, Ear, listener};

on_both_databases!(
    a_session_that_is_ended_elsewhere_is_over_in_the_next_request_on_every_node,
    ending_all_others_keeps_the_one_that_asks,
    clients_of_a_session_are_told_of_its_end,
    of_a_session_that_is_ended_its_own_clients_hear_and_no_others,
    nobody_ends_the_session_of_somebody_else,
    when_it_was_last_used_is_known_by_a_few_minutes,
    of_too_many_sessions_the_oldest_end_and_their_clients_are_told,
    showing_again_who_one_is_in_the_oldest_session_logs_nobody_out,
    a_browser_that_cannot_be_read_is_not_said_to_be_signed_out,
    a_browser_is_known_for_longer_than_a_day_while_it_is_used,
);

/// Ada, signed in in two browsers.
async fn two_browsers(app: &TestApp) -> (Actor, Actor) {
    let laptop = app.person("Ada", ADA).await;
    let mut phone = app.browser();
    app.wait(SECOND);
    phone.sign_in("/sign-in", ADA, PASSWORD).await;
    (laptop, phone)
}

async fn is_in(actor: &mut Actor) -> bool {
    actor.get("/account").await.redirect().is_none()
}

async fn a_session_that_is_ended_elsewhere_is_over_in_the_next_request_on_every_node(app: TestApp) {
    let (mut laptop, phone) = two_browsers(&app).await;
    let mut stolen = phone.clone().at_node(app.second_node().await);
    assert!(is_in(&mut stolen).await);
    let page = laptop.get("/account/security").await;
    page.says("this browser");
    let page = laptop.submit(page.form("sessions/end")).await;
    assert_eq!(page.location(), "/account/security?done=ended");
    laptop.follow(page).await.says("That browser is signed out");
    for mut cookie in [phone, stolen] {
        assert!(!is_in(&mut cookie).await);
    }
    assert!(is_in(&mut laptop).await);
    let page = laptop.get("/account/security").await;
    assert!(!page.has_form("sessions/end") && !page.has_form("sessions-end-others"));
}

async fn ending_all_others_keeps_the_one_that_asks(app: TestApp) {
    let (mut laptop, mut phone) = two_browsers(&app).await;
    let mut tablet = app.browser();
    tablet.sign_in("/sign-in", ADA, PASSWORD).await;
    let page = tablet.get("/account/security").await;
    let page = tablet.submit(page.form("sessions-end-others")).await;
    assert_eq!(page.location(), "/account/security?done=ended-others");
    assert!(!is_in(&mut laptop).await && !is_in(&mut phone).await);
    assert!(is_in(&mut tablet).await);
}

async fn clients_of_a_session_are_told_of_its_end(app: TestApp) {
    let ear = Ear::answering(200).await;
    let told = json!({"backchannel_logout_uri": ear.uri()});
    let shop = Business::with(&app, "shop", told, None).await;
    let (mut laptop, mut phone) = two_browsers(&app).await;
    shop.log_in(&mut phone, "low").await;
    deliver(&app).await;
    assert!(ear.heard().await.is_empty());
    let form = laptop.get("/account/security").await.form("sessions/end");
    laptop.submit(form).await;
    deliver(&app).await;
    let claims = ear.claims().await;
    assert_eq!(claims.len(), 1);
    assert!(claims[0]["sid"].is_string(), "{claims:?}");
}

async fn of_a_session_that_is_ended_its_own_clients_hear_and_no_others(app: TestApp) {
    let (at_shop, at_bank) = (Ear::answering(200).await, Ear::answering(200).await);
    let shop = listener(&app, "shop", &at_shop, json!({})).await;
    let bank = listener(&app, "bank", &at_bank, json!({})).await;
    let mut laptop = app.person("Ada", ADA).await;
    bank.log_in_known(&mut laptop).await;
    let ways = ["sessions/end", "sessions-end-others", "password-form"];
    for (round, way) in ways.into_iter().enumerate() {
        app.wait(SECOND);
        let mut phone = app.browser();
        phone.sign_in("/sign-in", ADA, PASSWORD).await;
        let (_, known) = shop.log_in_known(&mut phone).await;
        let form = if way == "password-form" {
            let page = laptop.get("/account/security/password").await;
            let form = page.form(way).with("old", PASSWORD);
            let form = form.with("new", "a sentence that is new");
            form.with("end-others", "on")
        } else {
            laptop.get("/account/security").await.form(way)
        };
        laptop.submit(form).await.location();
        assert!(!is_in(&mut phone).await, "{way}");
        deliver(&app).await;
        let heard = at_shop.claims().await;
        assert_eq!(heard.len(), round + 1, "{way}");
        assert_eq!(heard[round]["sid"], known["sid"], "{way}");
        assert!(at_bank.heard().await.is_empty(), "{way}");
    }
    assert!(is_in(&mut laptop).await);
}

async fn nobody_ends_the_session_of_somebody_else(app: TestApp) {
    let (mut laptop, mut phone) = two_browsers(&app).await;
    let form = laptop.get("/account/security").await.form("sessions/end");
    let name = form.value("session").expect("a name").to_owned();
    let mut eve = app.person("Eve", EVE).await;
    let mut other = app.browser();
    other.sign_in("/sign-in", EVE, PASSWORD).await;
    let form = eve.get("/account/security").await.form("sessions/end");
    eve.submit(form.forged("session", &name)).await;
    assert!(is_in(&mut phone).await);
}

async fn when_it_was_last_used_is_known_by_a_few_minutes(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    app.wait(4 * 60 * SECOND);
    ada.get("/account").await;
    let page = ada.get("/account/security").await;
    assert!(!page.html.contains("14:17:20"), "not noted yet");
    app.wait(2 * 60 * SECOND);
    ada.get("/account").await;
    let page = ada.get("/account/security").await;
    assert!(page.html.contains("14:19:20"), "{}", page.html);
}

async fn of_too_many_sessions_the_oldest_end_and_their_clients_are_told(app: TestApp) {
    let ear = Ear::answering(200).await;
    let told = json!({"backchannel_logout_uri": ear.uri()});
    let shop = Business::with(&app, "shop", told, None).await;
    let mut first = app.person("Ada", ADA).await;
    shop.log_in(&mut first, "low").await;
    deliver(&app).await;
    let mut last = app.browser();
    for _ in 0..sluis::service::sessions::MOST {
        assert!(is_in(&mut first).await);
        app.wait(SECOND);
        last = app.browser();
        last.sign_in("/sign-in", ADA, PASSWORD).await;
    }
    assert!(!is_in(&mut first).await);
    assert!(is_in(&mut last).await);
    deliver(&app).await;
    assert_eq!(ear.claims().await.len(), 1);
    let page = last.get("/account/security").await;
    let sessions = page.html.split("id=\"sessions\"").nth(1).expect("a list");
    assert_eq!(sessions.matches("<h3>").count(), 50);
}

async fn showing_again_who_one_is_in_the_oldest_session_logs_nobody_out(app: TestApp) {
    let ear = Ear::answering(200).await;
    let told = json!({"backchannel_logout_uri": ear.uri()});
    let shop = Business::with(&app, "shop", told, None).await;
    let mut oldest = app.person("Ada", ADA).await;
    shop.log_in(&mut oldest, "low").await;
    deliver(&app).await;
    let mut others = Vec::new();
    for _ in 1..sluis::service::sessions::MOST {
        app.wait(SECOND);
        let mut other = app.browser();
        other.sign_in("/sign-in", ADA, PASSWORD).await;
        others.push(other);
    }
    app.wait(FRESH_FOR);
    let page = oldest.get("/sign-in/confirm").await;
    let form = page.form("confirm").with("confirm-password", PASSWORD);
    let page = oldest.submit(form).await;
    assert_eq!(page.location(), "/account/security", "{}", page.words());
    deliver(&app).await;
    assert!(ear.heard().await.is_empty(), "logged in at the shop still");
    // And so does who signs in once more in the browser that is the oldest now.
    let again = &mut others[0];
    shop.log_in(again, "low").await;
    let form = again.get("/account/security").await.form("security/kit");
    let csrf = form.value("csrf").expect("a token").to_owned();
    let body: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("csrf", csrf.as_str()),
            ("email", ADA),
            ("password", PASSWORD),
        ])
        .finish();
    let page = again.send(Method::POST, "/sign-in", Some(body)).await;
    assert_eq!(page.location(), "/account", "{}", page.words());
    deliver(&app).await;
    assert!(ear.heard().await.is_empty());
    for other in &mut others {
        assert!(is_in(other).await);
    }
    assert!(is_in(&mut oldest).await);
}

async fn a_browser_that_cannot_be_read_is_not_said_to_be_signed_out(app: TestApp) {
    let (mut laptop, mut phone) = two_browsers(&app).await;
    let form = laptop.get("/account/security").await.form("sessions/end");
    let page = laptop.submit(form.forged("session", "nobody")).await;
    assert_eq!(page.error().as_deref(), Some("malformed"));
    assert!(is_in(&mut phone).await);
}

async fn a_browser_is_known_for_longer_than_a_day_while_it_is_used(app: TestApp) {
    let mut browser = app.browser();
    browser.get("/sign-in").await;
    let name = browser.jar["sluis-browser"].clone();
    app.wait(11 * super::HOUR);
    let page = browser.get("/sign-in").await;
    assert!(!page.headers.contains_key("set-cookie"));
    app.wait(2 * super::HOUR);
    browser.get("/sign-in").await;
    let renewed = browser.jar["sluis-browser"].clone();
    assert_ne!(renewed, name);
    // It is the same browser, for a day from now on.
    let secret = |cookie: &str| cookie.split('.').next().map(str::to_owned);
    assert_eq!(secret(&renewed), secret(&name));
    // One that was set by a version before goes on, and is set anew.
    let old = secret(&name).expect("a secret");
    browser.jar.insert("sluis-browser".to_owned(), old.clone());
    browser.get("/sign-in").await;
    assert!(browser.jar["sluis-browser"].starts_with(&old));
    assert!(browser.jar["sluis-browser"].contains('.'));
}
