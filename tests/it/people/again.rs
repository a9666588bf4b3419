//! A mailed link that is clicked twice, or whose page is looked at again, says what it
//! did; and nothing of that once something else happened since.

use axum::http::StatusCode;

use super::changing::{asked, changed, follow};
use super::kit::with_kit;
use super::recovery::{begin, pass};
use super::{ADA, DAY, HOUR, SECOND, forgot, link, only, post};
use crate::harness::{Actor, EVE, NEW_ADDRESS, NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    a_link_that_confirmed_says_so_to_its_owner_alone,
    a_link_that_undid_a_change_says_so_while_the_address_stays,
    whoever_is_signed_in_presses_twice_and_reads_that_it_is_done,
    who_has_to_sign_in_first_comes_back_to_the_link,
    a_link_that_began_a_wait_says_until_when_while_it_waits,
    a_link_that_set_a_password_says_so_for_an_hour,
    a_link_that_stopped_one_wait_says_nothing_of_the_next,
    a_link_to_a_new_password_is_void_once_it_waits_anew,
);

async fn a_link_that_confirmed_says_so_to_its_owner_alone(app: TestApp) {
    let mut ada = app.browser();
    ada.sign_up("/sign-up", "Ada", ADA).await;
    let confirm = link(&only(post(&app).await));
    let form = ada.get(&confirm).await.form("confirm-email");
    let first = ada.submit(form.clone()).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    assert_eq!(first.location(), confirm);
    for page in [ada.follow(first).await, ada.land(form).await] {
        assert_eq!(page.status, StatusCode::OK);
        page.says("is confirmed");
    }
    let mut eve = app.settled("Eve", EVE).await;
    eve.get(&confirm).await.says("no longer works");
    // Of an address that is another by now, it says nothing.
    changed(&app, &mut ada, ADA, NEW_ADDRESS).await;
    ada.get(&confirm).await.says("no longer works");
}

async fn a_link_that_undid_a_change_says_so_while_the_address_stays(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let undo = changed(&app, &mut ada, ADA, NEW_ADDRESS).await;
    let mut browser = app.browser();
    let form = browser.get(&undo).await.form("undo-email");
    browser.submit(form.clone()).await.says("Undone");
    browser.submit(form).await.says("Undone");
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    app.leave_mail().await;
    app.wait(SECOND);
    let there = asked(&app, &mut ada, NEW_ADDRESS).await;
    follow(&mut ada, &there).await.location();
    let page = browser.get(&undo).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.says("does nothing any more");
    // Nor does the link to that address, once it is another again.
    let next = asked(&app, &mut ada, "ada@other.example").await;
    follow(&mut ada, &next).await.location();
    ada.get(&there).await.says("does nothing any more");
}

async fn whoever_is_signed_in_presses_twice_and_reads_that_it_is_done(app: TestApp) {
    // The first press ends the session that the form is from.
    let mut ada = app.settled("Ada", ADA).await;
    let undo = changed(&app, &mut ada, ADA, "ada@new.example").await;
    let form = ada.get(&undo).await.form("undo-email");
    for _ in 0..2 {
        ada.submit(form.clone()).await.says("Undone");
    }
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    let code = with_kit(&mut ada).await;
    app.leave_mail().await;
    app.wait(SECOND);
    let recover = forgot(&app, ADA).await;
    let form = ada.get(&recover).await.form("recover-kit");
    let form = form.with("code", &code).with("password", NEW_PASSWORD);
    for _ in 0..2 {
        ada.land(form.clone()).await.says("new password works");
    }
    // Nor does it count elsewhere, or in the next session.
    let page = app.browser().submit(form.clone()).await;
    assert_eq!(page.error().as_deref(), Some("forged"));
    ada.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    let page = ada.submit(form).await;
    assert_eq!(page.error().as_deref(), Some("forged"));
}

async fn who_has_to_sign_in_first_comes_back_to_the_link(app: TestApp) {
    let mut ada = app.browser();
    ada.sign_up("/sign-up", "Ada", ADA).await;
    let confirm = link(&only(post(&app).await));
    let back = async |ada: &mut Actor, link: &str, id: &str| {
        let page = ada.get(link).await;
        assert_eq!(page.headers["referrer-policy"], "same-origin");
        let form = page.form(id);
        ada.leave().await;
        let page = ada.submit(form).await;
        let sign_in = page.location().to_owned();
        let page = ada.sign_in(&sign_in, ADA, PASSWORD).await;
        assert_eq!(page.location(), link);
        let form = ada.follow(page).await.form(id);
        let page = ada.submit(form).await;
        assert_eq!(page.headers["referrer-policy"], "same-origin");
        ada.follow(page).await
    };
    let page = back(&mut ada, &confirm, "confirm-email").await;
    page.says("is confirmed");
    app.leave_mail().await;
    let there = asked(&app, &mut ada, "ada@new.example").await;
    let page = back(&mut ada, &there, "change-email").await;
    page.says("ada@new.example");
}

async fn a_link_that_began_a_wait_says_until_when_while_it_waits(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let recover = forgot(&app, ADA).await;
    let mut browser = app.browser();
    let form = browser.get(&recover).await.form("recover-wait");
    let first = browser.submit(form.clone()).await;
    assert_eq!(first.location(), recover);
    let until = "From 22 September 2026, 14:13 UTC";
    browser.follow(first).await.says(until);
    // Longer than the link would have held.
    app.wait(HOUR + HOUR / 2);
    for page in [browser.get(&recover).await, browser.land(form).await] {
        assert_eq!(page.status, StatusCode::OK);
        page.says(until);
    }
    let form = ada.get("/account").await.form("stop-recovery");
    ada.submit(form).await.location();
    browser.get(&recover).await.says("no longer works");
}

async fn a_link_that_set_a_password_says_so_for_an_hour(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let code = with_kit(&mut ada).await;
    app.leave_mail().await;
    let recover = forgot(&app, ADA).await;
    let mut browser = app.browser();
    let form = browser.get(&recover).await.form("recover-kit");
    let form = form.with("code", &code).with("password", NEW_PASSWORD);
    let first = browser.submit(form.clone()).await;
    assert_eq!(first.location(), recover);
    browser.follow(first).await.says("new password works");
    let again = form.with("password", "nog een ander wachtwoord");
    browser.land(again).await.says("new password works");
    // The second click set none.
    browser
        .sign_in("/sign-in", ADA, NEW_PASSWORD)
        .await
        .location();
    app.wait(HOUR);
    browser.get(&recover).await.says("no longer works");
}

async fn a_link_that_stopped_one_wait_says_nothing_of_the_next(app: TestApp) {
    app.person("Ada", ADA).await;
    let stop = begin(&app).await;
    let mut browser = app.browser();
    let form = browser.get(&stop).await.form("recover-stop");
    browser.land(form.clone()).await.says("Stopped");
    browser.land(form).await.says("Stopped");
    app.leave_mail().await;
    app.wait(SECOND);
    let next = begin(&app).await;
    browser.get(&stop).await.says("no longer works");
    assert!(browser.get(&next).await.has_form("recover-stop"));
}

async fn a_link_to_a_new_password_is_void_once_it_waits_anew(app: TestApp) {
    app.person("Ada", ADA).await;
    begin(&app).await;
    app.wait(DAY);
    pass(&app).await;
    let old = link(&only(post(&app).await));
    let mut browser = app.browser();
    assert!(browser.get(&old).await.has_form("recover-finish"));
    app.wait(SECOND);
    begin(&app).await;
    let page = browser.get(&old).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    page.says("no longer works");
    app.wait(DAY);
    pass(&app).await;
    let ready = link(&only(post(&app).await));
    let page = super::recovery::finish(&mut browser, &ready).await;
    page.says("new password works");
}
