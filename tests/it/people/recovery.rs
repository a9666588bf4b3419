//! The way back in with the operator's key: it waits, is told, and can be
//! stopped; and whoever asks learns nothing.

use axum::http::{Method, StatusCode};
use sluis::jobs;

use super::{ADA, DAY, HOUR, SECOND, ask, forgot, link, only, post};
use crate::harness::{Actor, EVE, NEW_PASSWORD, PASSWORD, Page, TestApp, on_both_databases};

on_both_databases!(
    nobody_learns_by_asking_whether_there_is_an_account,
    the_operators_key_waits_a_day_and_then_sets_a_new_password,
    a_link_works_once_for_an_hour_and_the_newest_alone,
    its_owner_stops_it_by_mail,
    a_link_that_stopped_it_says_nothing_of_a_password_that_is_new,
    its_owner_stops_it_on_the_overview,
    nothing_is_done_before_its_time_or_with_the_wrong_link,
    where_the_operator_holds_no_key_the_kit_alone_is_offered,
    asking_again_and_again_sends_no_more_than_a_few,
    the_mail_after_the_wait_says_that_the_vault_is_emptied,
);

/// Begins to wait with a fresh link; returns the one that stops it.
pub(super) async fn begin(app: &TestApp) -> String {
    let recover = forgot(app, ADA).await;
    let mut browser = app.browser();
    let form = browser.get(&recover).await.form("recover-wait");
    browser.land(form).await.says("From");
    link(&only(post(app).await))
}

pub(super) async fn pass(app: &TestApp) {
    let told = jobs::recoveries::run_once(&app.app).await;
    told.expect("a database");
}

pub(super) async fn finish(actor: &mut Actor, link: &str) -> Page {
    let form = actor.get(link).await.form("recover-finish");
    let form = form.with("password", NEW_PASSWORD);
    actor.land(form.press("recover-finish-submit")).await
}

async fn nobody_learns_by_asking_whether_there_is_an_account(app: TestApp) {
    app.person("Ada", ADA).await;
    let mut answers = Vec::new();
    for email in [ADA, "nobody@home.example", "not an address"] {
        let mut eve = app.browser();
        let form = eve.get("/recover").await.form("recover");
        let page = eve.submit(form.with("email", email)).await;
        assert_eq!(page.location(), "/recover/sent");
        let page = eve.follow(page).await;
        answers.push((page.status, page.words()));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    assert_eq!(only(post(&app).await).field("To"), ADA);
}

async fn the_operators_key_waits_a_day_and_then_sets_a_new_password(app: TestApp) {
    let mut ada = app.person("Ada Lovelace", ADA).await;
    ada.live_in_amsterdam().await;
    begin(&app).await;
    let page = ada.get("/account").await;
    page.says("Someone is asking for a new password");
    app.wait(DAY.saturating_sub(SECOND));
    pass(&app).await;
    assert!(post(&app).await.is_empty());
    app.wait(SECOND);
    pass(&app).await;
    pass(&app).await;
    let ready = link(&only(post(&app).await));
    let mut phone = app.browser();
    finish(&mut phone, &ready).await.says("new password works");
    assert!(phone.get("/account").await.redirect().is_some(), "not in");
    only(post(&app).await).says("a new password was set");
    let page = phone.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    phone.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    let page = phone.get("/account/profiles").await;
    page.says("Prinsengracht 263");
    phone.get("/account").await.says_not("Someone is asking");
    phone.get(&ready).await.says("new password works");
}

async fn a_link_works_once_for_an_hour_and_the_newest_alone(app: TestApp) {
    app.person("Ada", ADA).await;
    let first = forgot(&app, ADA).await;
    app.wait(SECOND);
    let second = forgot(&app, ADA).await;
    let mut browser = app.browser();
    browser.get(&first).await.says("no longer works");
    let kept = browser.get(&second).await.form("recover-wait");
    app.wait(HOUR);
    browser.get(&second).await.says("no longer works");
    browser.submit(kept).await.says("no longer works");
    let third = forgot(&app, ADA).await;
    let form = browser.get(&third).await.form("recover-wait");
    browser.land(form.clone()).await.says("From");
    browser.land(form).await.says("From");
}

async fn its_owner_stops_it_by_mail(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let stop = begin(&app).await;
    let mut browser = app.browser();
    let form = browser.get(&stop).await.form("recover-stop");
    ada.get("/account").await.says("Someone is asking");
    browser.land(form.clone()).await.says("Stopped");
    browser.land(form).await.says("Stopped");
    only(post(&app).await).says("was stopped");
    ada.get("/account").await.says_not("Someone is asking");
    app.wait(DAY);
    pass(&app).await;
    assert!(post(&app).await.is_empty());
}

async fn a_link_that_stopped_it_says_nothing_of_a_password_that_is_new(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let code = super::kit::with_kit(&mut ada).await;
    app.leave_mail().await;
    let changes = async |ada: &mut Actor, old: &str, new: &str| {
        let page = ada.get("/account/security/password").await;
        let form = page.form("password-form").with("old", old);
        ada.submit(form.with("new", new)).await.location();
    };
    for by_kit in [false, true] {
        let stop = begin(&app).await;
        let form = ada.get(&stop).await.form("recover-stop");
        ada.land(form)
            .await
            .says("Your password is still what it was");
        app.leave_mail().await;
        app.wait(SECOND);
        if by_kit {
            let recover = forgot(&app, ADA).await;
            let form = ada.get(&recover).await.form("recover-kit");
            let form = form.with("code", &code).with("password", PASSWORD);
            ada.land(form).await.says("new password works");
        } else {
            changes(&mut ada, PASSWORD, NEW_PASSWORD).await;
        }
        ada.get(&stop).await.says("no longer works");
        app.leave_mail().await;
        app.wait(HOUR);
    }
}

async fn its_owner_stops_it_on_the_overview(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let stop = begin(&app).await;
    app.wait(DAY);
    pass(&app).await;
    let ready = link(&only(post(&app).await));
    let mut eve = app.browser();
    let kept = eve.get(&ready).await.form("recover-finish");
    ada.sign_in("/sign-in?next=/account", ADA, PASSWORD).await;
    let form = ada.get("/account").await.form("stop-recovery");
    let page = ada.submit(form).await;
    assert_eq!(page.location(), "/account/security?done=stopped");
    let page = eve.submit(kept.with("password", NEW_PASSWORD)).await;
    page.says("no longer works");
    eve.get(&stop).await.says("no longer works");
    assert!(ada.get("/account").await.redirect().is_none(), "still in");
}

async fn nothing_is_done_before_its_time_or_with_the_wrong_link(app: TestApp) {
    app.person("Ada", ADA).await;
    let recover = forgot(&app, ADA).await;
    let mut eve = app.browser();
    let page = eve.get(&recover).await;
    assert!(!page.has_form("recover-finish"));
    assert_eq!(page.headers["referrer-policy"], "same-origin");
    let form = page.form("recover-wait");
    let value = |name| form.value(name).expect("a value").to_owned();
    let body: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("csrf", value("csrf")),
            ("token", value("token")),
            ("password", NEW_PASSWORD.to_owned()),
        ])
        .finish();
    for path in ["/recover/finish", "/recover/stop"] {
        let page = eve.send(Method::POST, path, Some(body.clone())).await;
        page.says("no longer works");
    }
    eve.get(&recover).await.form("recover-wait");
    let elsewhere = recover.replace("/recover/continue", "/confirm-email");
    eve.sign_up("/sign-up", "Eve", EVE).await;
    eve.get(&elsewhere).await.says("no longer works");
}

async fn where_the_operator_holds_no_key_the_kit_alone_is_offered(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    super::kit::with_kit(&mut ada).await;
    let form = ada.get("/account/security").await.form("escrow/drop");
    ada.submit(form).await;
    app.leave_mail().await;
    let link = forgot(&app, ADA).await;
    let page = app.browser().get(&link).await;
    assert!(page.has_form("recover-kit") && !page.has_form("recover-wait"));
}

async fn asking_again_and_again_sends_no_more_than_a_few(app: TestApp) {
    app.person("Ada", ADA).await;
    for _ in 0..8 {
        ask(&mut app.browser(), ADA).await;
        app.wait(SECOND);
    }
    assert_eq!(post(&app).await.len(), 4);
}

async fn the_mail_after_the_wait_says_that_the_vault_is_emptied(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    super::kit::with_kit(&mut ada).await;
    let form = ada.get("/account/security").await.form("escrow/drop");
    ada.submit(form).await;
    app.leave_mail().await;
    let recover = forgot(&app, ADA).await;
    let mut browser = app.browser();
    let form = browser.get(&recover).await.form("recover-empty");
    browser.land(form.with("word", "empty")).await.says("From");
    only(post(&app).await).says("Your vault will be emptied");
    let mut mails = Vec::new();
    while mails.is_empty() {
        app.wait(DAY);
        pass(&app).await;
        mails = post(&app).await;
    }
    let ready = only(mails);
    ready.says("your vault is emptied");
    assert!(link(&ready).starts_with("/recover/continue?token="));
}
