//! Where somebody is signed in, and the end of it.

use serde_json::json;

use super::{ADA, SECOND};
use crate::harness::{Actor, PASSWORD, TestApp, on_both_databases};
use crate::life::deliver;
use crate::protocol::{Business, Ear};

on_both_databases!(
    a_session_that_is_ended_elsewhere_is_over_in_the_next_request_on_every_node,
    ending_all_others_keeps_the_one_that_asks,
    clients_of_a_session_are_told_of_its_end,
    nobody_ends_the_session_of_somebody_else,
    when_it_was_last_used_is_known_by_a_few_minutes,
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

async fn nobody_ends_the_session_of_somebody_else(app: TestApp) {
    let (mut laptop, mut phone) = two_browsers(&app).await;
    let form = laptop.get("/account/security").await.form("sessions/end");
    let name = form.value("session").expect("a name").to_owned();
    let mut eve = app.person("Eve", "eve@home.example").await;
    let mut other = app.browser();
    other
        .sign_in("/sign-in", "eve@home.example", PASSWORD)
        .await;
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
