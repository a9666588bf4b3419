//! Those who try to get in.

use std::time::Duration;

use axum::http::StatusCode;

use super::{ADA, NEXT_CODE, SECRET, set_up_app, sign_in_with_code, subjects, type_code};
use crate::harness::{Actor, Authenticator, EVE, PASSWORD, Page, TestApp, on_both_databases};

on_both_databases! {
    a_passkey_for_another_origin_is_refused,
    a_passkey_without_a_check_of_its_owner_is_refused,
    a_challenge_is_answered_once,
    a_challenge_of_another_browser_or_of_long_ago_is_refused,
    a_passkey_of_somebody_else_does_not_finish_a_sign_in,
    half_a_sign_in_works_in_its_own_browser_and_for_ten_minutes,
    every_step_up_has_a_session_of_its_own_and_ends_the_one_before,
    a_cookie_that_was_stolen_is_worth_nothing_after_the_sign_out,
    guessing_codes_is_slowed_down_and_told,
    of_many_guesses_at_once_no_more_are_looked_at_than_are_free,
    of_many_guesses_at_a_password_at_once_a_few_are_looked_at,
}

/// Ada, and her phone that opens the vault.
async fn ada_with_phone(app: &TestApp) -> (Actor, Authenticator) {
    let mut ada = app.person("Ada", ADA).await;
    let mut phone = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut phone).await;
    (ada, phone)
}

#[track_caller]
fn refused(page: &Page) {
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("This passkey was not accepted here");
}

async fn a_passkey_for_another_origin_is_refused(app: TestApp) {
    let (_, mut phone) = ada_with_phone(&app).await;
    for origin in [
        "https://localhost:8000",
        "http://evil.localhost:8000",
        "http://localhost:9000",
    ] {
        origin.clone_into(&mut phone.origin);
        refused(&app.browser().sign_in_with("/sign-in", &mut phone).await);
    }
}

async fn a_passkey_without_a_check_of_its_owner_is_refused(app: TestApp) {
    let (_, mut phone) = ada_with_phone(&app).await;
    phone.flags = 0x01;
    refused(&app.browser().sign_in_with("/sign-in", &mut phone).await);
}

async fn a_challenge_is_answered_once(app: TestApp) {
    let (_, mut phone) = ada_with_phone(&app).await;
    let mut laptop = app.browser();
    let form = laptop.get("/sign-in").await.form("sign-in-passkey");
    let challenge = laptop.challenge(&form, "/sign-in/passkey/options").await;
    let answer = phone.show(form, &challenge);
    assert_eq!(laptop.submit(answer.clone()).await.location(), "/account");
    laptop.sign_out().await;
    let form = laptop.get("/sign-in").await.form("sign-in-passkey");
    let replayed = answer.forged("csrf", form.value("csrf").expect("a token"));
    refused(&laptop.submit(replayed).await);
    // Also an answer that did not hold used its challenge up.
    let challenge = laptop.challenge(&form, "/sign-in/passkey/options").await;
    let wrong = form.clone().forged("ceremony", &challenge.ceremony);
    refused(&laptop.submit(wrong.forged("credential", "{}")).await);
    refused(&laptop.submit(phone.show(form, &challenge)).await);
}

async fn a_challenge_of_another_browser_or_of_long_ago_is_refused(app: TestApp) {
    let (_, mut phone) = ada_with_phone(&app).await;
    let (mut laptop, mut thief) = (app.browser(), app.browser());
    let form = laptop.get("/sign-in").await.form("sign-in-passkey");
    let challenge = laptop.challenge(&form, "/sign-in/passkey/options").await;
    let theirs = thief.get("/sign-in").await.form("sign-in-passkey");
    refused(&thief.submit(phone.show(theirs, &challenge)).await);
    app.wait(Duration::from_secs(601));
    refused(&laptop.submit(phone.show(form, &challenge)).await);
}

async fn a_passkey_of_somebody_else_does_not_finish_a_sign_in(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (_, _) = set_up_app(&app, &mut ada).await;
    let mut eve = app.person("Eve", EVE).await;
    let mut hers = Authenticator::new(Some(SECRET));
    eve.add_passkey(&mut hers).await;
    // Eve knows Ada's password.
    let mut thief = app.browser();
    thief.sign_in("/sign-in", ADA, PASSWORD).await;
    let form = thief.get("/sign-in/second").await.form("second-code");
    let challenge = thief.challenge(&form, "/sign-in/passkey/options").await;
    let page = thief
        .submit(hers.show(form.without("code"), &challenge))
        .await;
    page.says("This passkey was not accepted");
    assert!(!thief.jar.contains_key("sluis-session"));
}

async fn half_a_sign_in_works_in_its_own_browser_and_for_ten_minutes(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, codes) = set_up_app(&app, &mut ada).await;
    let mut laptop = app.browser();
    laptop.sign_in("/sign-in", ADA, PASSWORD).await;
    let mut thief = app.browser();
    thief.get("/sign-in").await;
    let half = laptop.jar["sluis-half"].clone();
    thief.jar.insert("sluis-half".to_owned(), half.clone());
    assert_eq!(thief.get("/sign-in/second").await.location(), "/sign-in");
    // It is not a session, whatever cookie it stands in.
    thief.jar.insert("sluis-session".to_owned(), half);
    assert!(
        thief
            .get("/account")
            .await
            .location()
            .starts_with("/sign-in")
    );
    app.wait(Duration::from_secs(601));
    assert_eq!(laptop.get("/sign-in/second").await.location(), "/sign-in");
    drop((phone, codes));
}

async fn every_step_up_has_a_session_of_its_own_and_ends_the_one_before(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    app.wait(NEXT_CODE);
    sign_in_with_code(&mut ada, &phone.code(&app)).await;
    let before = ada.clone();
    app.wait(Duration::from_secs(601));
    let form = ada.visit("/account/security/totp").await.form("confirm");
    let form = form
        .with("confirm-password", PASSWORD)
        .with("confirm-code", &phone.code(&app));
    let page = ada.submit(form.press("confirm-submit")).await;
    assert_eq!(page.location(), "/account/security/totp");
    assert_ne!(ada.jar["sluis-session"], before.jar["sluis-session"]);
    let mut old = before;
    assert!(old.get("/account").await.location().starts_with("/sign-in"));
}

async fn a_cookie_that_was_stolen_is_worth_nothing_after_the_sign_out(app: TestApp) {
    let (_, mut phone) = ada_with_phone(&app).await;
    let mut laptop = app.browser();
    laptop.sign_in_with("/sign-in", &mut phone).await;
    let mut thief = laptop.clone();
    laptop.sign_out().await;
    assert!(
        thief
            .get("/account")
            .await
            .location()
            .starts_with("/sign-in")
    );
}

async fn guessing_codes_is_slowed_down_and_told(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    subjects(&app).await;
    app.wait(NEXT_CODE);
    let mut thief = app.browser();
    for _ in 0..5 {
        let page = sign_in_with_code(&mut thief, "000000").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // Also the right one has to wait, so that trying on is of no use.
    let page = type_code(&mut thief, &phone.code(&app)).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.headers.contains_key("retry-after"));
    assert!(subjects(&app).await.is_empty());
    app.wait(Duration::from_secs(3));
    type_code(&mut thief, "000000").await;
    assert_eq!(
        subjects(&app).await,
        ["Somebody is trying to get into your account"]
    );
    app.wait(Duration::from_secs(5));
    let page = type_code(&mut thief, &phone.code(&app)).await;
    assert_eq!(page.location(), "/account");
}

async fn of_many_guesses_at_once_no_more_are_looked_at_than_are_free(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    set_up_app(&app, &mut ada).await;
    let mut thief = app.browser();
    thief.sign_in("/sign-in", ADA, PASSWORD).await;
    let form = thief.get("/sign-in/second").await.form("second-code");
    let guesses = (0..20).map(|number| {
        let (mut thief, form) = (thief.clone(), form.clone());
        let form = form.with("code", &format!("{number:06}"));
        tokio::spawn(async move { thief.submit(form.press("second-submit")).await.status })
    });
    let guesses: Vec<_> = guesses.collect();
    let mut looked_at = 0;
    for guess in guesses {
        match guess.await.expect("no panic") {
            StatusCode::UNPROCESSABLE_ENTITY => looked_at += 1,
            status => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS),
        }
    }
    assert!((1..=5).contains(&looked_at), "{looked_at} were looked at");
}

async fn of_many_guesses_at_a_password_at_once_a_few_are_looked_at(app: TestApp) {
    app.person("Ada", ADA).await;
    let mut thief = app.browser();
    let form = thief.get("/sign-in").await.form("sign-in");
    let before = app.app.hasher().derivations();
    let guesses = (0..20).map(|number| {
        let (mut thief, form) = (thief.clone(), form.clone());
        let form = form.with("email", ADA);
        let form = form.with("password", &format!("guess number {number:06}"));
        tokio::spawn(async move { thief.submit(form.press("sign-in-submit")).await.status })
    });
    let guesses: Vec<_> = guesses.collect();
    let mut looked_at = 0;
    for guess in guesses {
        match guess.await.expect("no panic") {
            StatusCode::UNPROCESSABLE_ENTITY => looked_at += 1,
            status => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS),
        }
    }
    assert_eq!(looked_at, 5, "as many as one after the other");
    assert_eq!(app.app.hasher().derivations() - before, 5);
    // The owner has to wait no longer for it.
    app.wait(Duration::from_secs(2));
    let page = app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}
