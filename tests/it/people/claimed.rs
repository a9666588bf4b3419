//! A forgotten password at an address that nobody has and more than one says is
//! theirs: whoever reads mail there gets into what they made, alone.

use axum::http::{Method, StatusCode};

use super::recovery::{finish, pass};
use super::{ADA, DAY, SECOND, ask, link, only, post};
use crate::harness::{Actor, Authenticator, NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::life::eml::Eml;
use crate::protocol::{Business, SCOPES, text};
use crate::ways_in::{add_app, set_up_app, sign_up_with_passkey};

on_both_databases!(
    a_link_goes_to_each_account_that_claims_the_address,
    mail_alone_passes_no_second_step_at_an_address_that_nobody_confirmed,
    who_cannot_pass_it_has_the_address_by_an_account_of_their_own,
    a_passkey_is_shown_there_or_nothing_is_set,
    what_somebody_else_made_goes_with_the_new_password,
    who_confirmed_the_address_meanwhile_has_it,
    no_more_are_mailed_than_a_few,
    a_kit_is_of_whoever_set_the_account_up,
);

/// Eve says that Ada's address is hers, and signs in with a passkey.
async fn eve(app: &TestApp) -> (Actor, Authenticator) {
    let mut eve = app.browser();
    let mut key = Authenticator::new(Some([7; 32]));
    let page = sign_up_with_passkey(&mut eve, "/sign-up/passkey", &mut key).await;
    assert_eq!(page.status, StatusCode::OK);
    app.leave_mail().await;
    (eve, key)
}

/// What is mailed to whoever forgot the password.
async fn forgotten(app: &TestApp) -> Vec<Eml> {
    ask(&mut app.browser(), ADA).await;
    post(app).await
}

/// Lets the wait begin that a link leads to, and pass; returns the link that follows.
async fn wait(app: &TestApp, recover: &str) -> String {
    let mut browser = app.browser();
    let form = browser.get(recover).await.form("recover-wait");
    browser.land(form).await.says("From");
    post(app).await;
    app.wait(DAY);
    pass(app).await;
    link(&only(post(app).await))
}

async fn a_link_goes_to_each_account_that_claims_the_address(app: TestApp) {
    eve(&app).await;
    app.wait(DAY);
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    app.wait(2 * DAY);
    let mails = forgotten(&app).await;
    let made = ["21 September 2026, 14:13", "22 September 2026, 14:13"];
    assert_eq!(mails.len(), 2);
    let of = |day: &str| mails.iter().find(|mail| mail.text.contains(day));
    assert!(of(made[0]).is_some(), "the one that Eve made");
    let mail = of(made[1]).expect("the one that Ada made");
    assert_eq!(mail.field("To"), ADA);
    mail.says("you get a mail about each");
    let ready = wait(&app, &link(mail)).await;
    let mut phone = app.browser();
    finish(&mut phone, &ready).await.says("new password works");
    app.leave_mail().await;
    phone.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    phone
        .get("/account/profiles")
        .await
        .says("Prinsengracht 263");
    // Whoever followed a link there reads mail at the address, which is Ada's now.
    phone.get("/account").await.says_not("is not confirmed yet");
    app.leave_mail().await;
    app.wait(SECOND);
    let mail = only(forgotten(&app).await);
    assert!(!mail.text.contains("was made on"), "{}", mail.text);
}

async fn mail_alone_passes_no_second_step_at_an_address_that_nobody_confirmed(app: TestApp) {
    // Ada mistyped her address: it is Bob's, who reads her mail.
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    let (phone_of_ada, _) = set_up_app(&app, &mut ada).await;
    app.leave_mail().await;
    let recover = link(&only(forgotten(&app).await));
    let mut bob = app.browser();
    bob.get(&recover).await.says("mail alone lets nobody in");
    let ready = wait(&app, &recover).await;
    let page = bob.get(&ready).await;
    page.says("because nobody has confirmed its address");
    let form = page.form("recover-finish").with("password", NEW_PASSWORD);
    let bare = form
        .body()
        .split('&')
        .filter(|field| !field.starts_with("code="))
        .collect::<Vec<_>>()
        .join("&");
    let page = bob.send(Method::POST, "/recover/finish", Some(bare)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    for typed in ["", "000000"] {
        let page = bob.submit(form.clone().with("code", typed)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        page.says("Nothing was changed");
    }
    let page = ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/sign-in/second", "the old one works");
    let page = bob.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Who has the app has it still afterwards.
    let mut ada = app.browser();
    let form = ada.get(&ready).await.form("recover-finish");
    let form = form.with("code", &phone_of_ada.code(&app));
    let page = ada.land(form.with("password", NEW_PASSWORD)).await;
    page.says("new password works");
    let page = ada.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/sign-in/second");
}

async fn who_cannot_pass_it_has_the_address_by_an_account_of_their_own(app: TestApp) {
    let (mut eve, mut key) = eve(&app).await;
    add_app(&app, &mut eve).await;
    app.leave_mail().await;
    let recover = link(&only(forgotten(&app).await));
    let ready = wait(&app, &recover).await;
    let mut ada = app.browser();
    let page = ada.get(&ready).await;
    page.says("This account was made on 21 September 2026, 14:13");
    page.says("the address belongs to whoever confirms it by mail");
    assert!(page.links().iter().any(|link| link == "/sign-up"));
    app.wait(SECOND);
    let mut ada = app.settled("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    app.wait(DAY);
    let mail = only(forgotten(&app).await);
    assert!(!mail.text.contains("was made on"), "{}", mail.text);
    // Nobody took anything of Eve's: it is hers, without the address.
    let page = app.browser().sign_in_with("/sign-in", &mut key).await;
    assert_eq!(page.location(), "/account");
    let ready = wait(&app, &link(&mail)).await;
    let mut phone = app.browser();
    finish(&mut phone, &ready).await.says("new password works");
    phone.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    phone
        .get("/account/profiles")
        .await
        .says("Prinsengracht 263");
}

async fn a_passkey_is_shown_there_or_nothing_is_set(app: TestApp) {
    let (mut eve, mut key) = eve(&app).await;
    let recover = link(&only(forgotten(&app).await));
    let ready = wait(&app, &recover).await;
    let mut phone = app.browser();
    let page = phone.get(&ready).await;
    let form = page.form("recover-finish").with("password", NEW_PASSWORD);
    let page = phone.submit(form).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = eve.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = phone.get(&ready).await.form("recover-finish-passkey");
    let challenge = phone.challenge(&form, "/sign-in/passkey/options").await;
    let form = key.show(form.with("password", NEW_PASSWORD), &challenge);
    phone.land(form).await.says("new password works");
    // It opens the vault as it did.
    let page = phone.sign_in_with("/sign-in", &mut key).await;
    assert_eq!(page.location(), "/account");
}

async fn what_somebody_else_made_goes_with_the_new_password(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut eve = app.person("Eve", ADA).await;
    super::kit::with_kit(&mut eve).await;
    let tokens = shop.log_in_for(&mut eve, "low", SCOPES).await;
    app.leave_mail().await;
    let recover = link(&only(forgotten(&app).await));
    let page = app.browser().get(&recover).await;
    page.says("the recovery kit of this account goes");
    let ready = wait(&app, &recover).await;
    let mut ada = app.browser();
    let page = ada.get(&ready).await;
    page.says("the recovery kit of this account goes");
    eve.sign_in("/sign-in", ADA, PASSWORD).await;
    finish(&mut ada, &ready).await.says("new password works");
    assert!(eve.get("/account").await.redirect().is_some(), "not in");
    let told = shop.userinfo(text(&tokens, "access_token")).await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    let told = shop.refresh(text(&tokens, "refresh_token")).await;
    assert_eq!(told.error(), "invalid_grant");
    let page = ada.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/account");
    let page = ada.get("/account/security").await;
    page.says("This opens your vault now: your password and the spare key of the operator.");
    ada.get("/account").await.says_not("is not confirmed yet");
}

async fn who_confirmed_the_address_meanwhile_has_it(app: TestApp) {
    app.person("Eve", ADA).await;
    app.leave_mail().await;
    let recover = link(&only(forgotten(&app).await));
    let ready = wait(&app, &recover).await;
    let kept = app.browser().get(&ready).await.form("recover-finish");
    app.wait(SECOND);
    app.settled("Ada", ADA).await;
    let mut browser = app.browser();
    let csrf = browser.get(&ready).await.form("recover-finish");
    let csrf = csrf.value("csrf").expect("a token").to_owned();
    let form = kept.forged("csrf", &csrf).with("password", NEW_PASSWORD);
    browser.land(form).await.says("no longer works");
    let page = browser.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser.sign_in("/sign-in", ADA, PASSWORD).await;
    browser
        .get("/account")
        .await
        .says_not("is not confirmed yet");
}

async fn no_more_are_mailed_than_a_few(app: TestApp) {
    for _ in 0..11 {
        eve(&app).await;
        app.wait(SECOND);
    }
    assert_eq!(forgotten(&app).await.len(), 10);
}

async fn a_kit_is_of_whoever_set_the_account_up(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let code = super::kit::with_kit(&mut ada).await;
    set_up_app(&app, &mut ada).await;
    app.leave_mail().await;
    let recover = link(&only(forgotten(&app).await));
    let mut phone = app.browser();
    let form = phone.get(&recover).await.form("recover-kit");
    let form = form.with("code", &code).with("password", NEW_PASSWORD);
    phone.land(form).await.says("new password works");
    app.leave_mail().await;
    let page = phone.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/sign-in/second");
    app.leave_mail().await;
    app.wait(SECOND);
    let mail = only(forgotten(&app).await);
    assert!(!mail.text.contains("was made on"), "{}", mail.text);
}
