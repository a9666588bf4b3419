//! Changing a password.

use std::time::Duration;

use axum::http::StatusCode;

use super::{
    ADA, NEXT_CODE, SECRET, set_up_app, sign_in_with_code, sign_up_with_passkey, subjects,
};
use crate::harness::{
    Actor, Authenticator, NEW_PASSWORD, PASSWORD, Page, TestApp, on_both_databases,
};
use crate::people::forgot;
use crate::people::kit::with_kit;

on_both_databases! {
    a_password_is_changed_by_who_knows_it_and_the_vault_opens_with_the_new_one,
    other_sessions_end_with_it_if_someone_wishes,
    nobody_goes_the_rest_of_the_way_with_the_old_one,
    who_signed_up_with_a_passkey_sets_a_password_beside_it,
    nobody_sets_one_in_a_browser_that_was_left_open,
    who_has_a_passkey_that_opens_the_vault_does_without_a_password,
    a_password_that_the_vault_needs_stays,
    whoever_takes_a_session_does_not_take_the_password_away,
    nobody_chooses_what_everybody_tries_first,
}

/// After this, an act asks once more who somebody is.
const STALE: Duration = Duration::from_secs(60 * 60);

/// Somebody with a passkey that opens their vault, and no password.
async fn without_password(app: &TestApp) -> (Actor, Authenticator) {
    let (mut ada, mut key) = (app.browser(), Authenticator::new(Some(SECRET)));
    sign_up_with_passkey(&mut ada, "/sign-up/passkey", &mut key).await;
    app.leave_mail().await;
    (ada, key)
}

async fn who_signed_up_with_a_passkey_sets_a_password_beside_it(app: TestApp) {
    let (mut ada, mut key) = without_password(&app).await;
    ada.live_in_amsterdam().await;
    let page = ada.get("/account/security").await;
    page.says("You have no password");
    let links = page.links();
    assert!(
        links
            .iter()
            .any(|link| link == "/account/security/password")
    );
    let page = ada.visit("/.well-known/change-password").await;
    page.says("Choose a password");
    let form = page.form("password-form");
    assert!(form.value("old").is_none(), "there is none to ask for");
    let page = ada.submit(form.clone().with("new", "short")).await;
    assert!(page.error_at("new").is_some());
    let page = ada.submit(form.clone().with("new", NEW_PASSWORD)).await;
    assert_eq!(page.location(), "/account/security?done=password-set");
    assert_eq!(
        subjects(&app).await,
        ["A password was set for your account"]
    );
    // Once: from now on, the old one is asked.
    let page = ada.submit(form.with("new", PASSWORD)).await;
    assert_eq!(
        page.error_at("old").as_deref(),
        Some("This password is wrong. Try again.")
    );
    let mut laptop = app.browser();
    let page = laptop.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/account");
    let page = laptop.get("/account/profiles").await;
    page.says("Prinsengracht 263");
    let page = app.browser().sign_in_with("/sign-in", &mut key).await;
    assert_eq!(page.location(), "/account", "the passkey goes on working");
}

async fn nobody_sets_one_in_a_browser_that_was_left_open(app: TestApp) {
    let (mut ada, _) = without_password(&app).await;
    let page = ada.get("/account/security/password").await;
    let form = page.form("password-form").with("new", NEW_PASSWORD);
    app.wait(STALE);
    for page in [
        ada.get("/account/security/password").await,
        ada.submit(form).await,
    ] {
        assert!(page.location().starts_with("/sign-in/confirm"));
    }
    let page = app.browser().sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    page.says("do not go together");
    assert!(
        subjects(&app).await.is_empty(),
        "nothing was set or guessed"
    );
}

/// Where a password is taken away.
const REMOVE: &str = "/account/security/password/remove";

async fn who_has_a_passkey_that_opens_the_vault_does_without_a_password(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let leads_there = |page: &Page| page.links().contains(&REMOVE.to_owned());
    assert!(!leads_there(&ada.get("/account/security").await));
    assert_eq!(ada.get(REMOVE).await.location(), "/account/security");
    let mut key = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut key).await;
    ada.sign_in_with("/sign-in", &mut key).await;
    app.leave_mail().await;
    assert!(leads_there(&ada.get("/account/security").await));
    let form = ada.get(REMOVE).await.form("password-remove-form");
    let form = form.with("old", PASSWORD).press("password-remove-submit");
    let page = ada.submit(form.clone()).await;
    assert_eq!(page.location(), "/account/security?done=password-removed");
    // Who presses twice hears the same.
    let page = ada.submit(form).await;
    assert_eq!(page.location(), "/account/security?done=password-removed");
    assert_eq!(
        subjects(&app).await,
        ["The password was removed from your account"]
    );
    let page = ada.get("/account/security").await;
    page.says("You have no password");
    let page = app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    page.says("do not go together");
    // The passkey that is left is the last way in, and stays.
    let remove = ada.get("/account/security").await.form("/remove");
    let page = ada.submit(remove).await;
    assert_eq!(page.location(), "/account/security?done=last-way");
    let page = app.browser().sign_in_with("/sign-in", &mut key).await;
    assert_eq!(page.location(), "/account");
}

async fn a_password_that_the_vault_needs_stays(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut key = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut key).await;
    ada.sign_in_with("/sign-in", &mut key).await;
    let form = ada.get(REMOVE).await.form("password-remove-form");
    // The passkey goes in another tab.
    let remove = ada.get("/account/security").await.form("/remove");
    ada.submit(remove).await;
    let page = ada.submit(form.with("old", PASSWORD)).await;
    assert_eq!(page.error().as_deref(), Some("conflict"));
    let page = app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

async fn whoever_takes_a_session_does_not_take_the_password_away(app: TestApp) {
    let mut thief = app.person("Ada", ADA).await;
    let mut theirs = Authenticator::new(Some(SECRET));
    thief.add_passkey(&mut theirs).await;
    thief.sign_in_with("/sign-in", &mut theirs).await;
    app.leave_mail().await;
    let form = thief.get(REMOVE).await.form("password-remove-form");
    for typed in [
        "",
        "not this",
        "not that",
        "nor this",
        "nor that",
        "none of them",
    ] {
        let page = thief.submit(form.clone().with("old", typed)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            page.error_at("old").as_deref(),
            Some("This password is wrong. Try again."),
            "{typed}"
        );
    }
    // Each is counted like every guess.
    let page = thief.submit(form.with("old", PASSWORD)).await;
    let said = page.error_at("old").expect("it is refused");
    assert!(said.contains("Too many"), "{said}");
    // Nor do they set one of their own, where there is one.
    let form = thief.get("/account/security/password").await;
    assert!(form.form("password-form").value("old").is_some());
    let page = app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

async fn a_password_is_changed_by_who_knows_it_and_the_vault_opens_with_the_new_one(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.visit("/.well-known/change-password").await;
    let form = page
        .form("password-form")
        .with("old", "not that one")
        .with("new", NEW_PASSWORD);
    let page = ada.submit(form.press("password-submit")).await;
    assert_eq!(
        page.error_at("old").as_deref(),
        Some("This password is wrong. Try again.")
    );
    let form = page
        .form("password-form")
        .with("old", PASSWORD)
        .with("new", NEW_PASSWORD);
    let page = ada.submit(form.press("password-submit")).await;
    assert_eq!(page.location(), "/account/security?done=password");
    assert_eq!(subjects(&app).await, ["Your password was changed"]);
    let mut laptop = app.browser();
    laptop
        .sign_in("/sign-in", ADA, PASSWORD)
        .await
        .says("do not go together");
    assert_eq!(
        laptop
            .sign_in("/sign-in", ADA, NEW_PASSWORD)
            .await
            .location(),
        "/account"
    );
    laptop.get("/account/profiles").await.says("Ada");
}

async fn other_sessions_end_with_it_if_someone_wishes(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut laptop = app.browser();
    laptop.sign_in("/sign-in", ADA, PASSWORD).await;
    for (wish, ends) in [("", false), ("on", true)] {
        let form = ada
            .get("/account/security/password")
            .await
            .form("password-form");
        let form = form
            .with("old", PASSWORD)
            .with("new", PASSWORD)
            .with("end-others", wish);
        let page = ada.submit(form.press("password-submit")).await;
        assert_eq!(page.location(), "/account/security?done=password");
        assert_eq!(laptop.get("/account").await.redirect().is_some(), ends);
    }
    assert_eq!(ada.get("/account").await.status, 200);
}

async fn nobody_goes_the_rest_of_the_way_with_the_old_one(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    app.wait(NEXT_CODE);
    sign_in_with_code(&mut ada, &phone.code(&app)).await;
    let mut thief = app.browser();
    thief.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(thief.get("/sign-in/second").await.status, 200);
    let form = ada
        .get("/account/security/password")
        .await
        .form("password-form");
    let form = form.with("old", PASSWORD).with("new", NEW_PASSWORD);
    ada.submit(form.press("password-submit")).await;
    assert_eq!(thief.get("/sign-in/second").await.location(), "/sign-in");
}

/// What is said of each, wherever one is chosen.
const REFUSED: [(&str, &str); 3] = [
    ("Welkom01", "Too many people choose this password"),
    ("12345678", "Too many people choose this password"),
    ("Ada@home.example", "This is your e-mail address"),
];

async fn nobody_chooses_what_everybody_tries_first(app: TestApp) {
    let mut ada = app.browser();
    for (bad, why) in REFUSED {
        let form = ada.get("/sign-up").await.form("sign-up");
        let form = form.with("name", "Ada").with("email", ADA);
        let page = ada.submit(form.with("password", bad)).await;
        assert!(page.error_at("password").expect(bad).contains(why));
    }
    ada.sign_up("/sign-up", "Ada", ADA).await;
    for (bad, why) in REFUSED {
        let page = ada.get("/account/security/password").await;
        let form = page.form("password-form").with("old", PASSWORD);
        let page = ada.submit(form.with("new", bad)).await;
        assert!(page.error_at("new").expect(bad).contains(why));
    }
    let code = with_kit(&mut ada).await;
    app.leave_mail().await;
    let recover = forgot(&app, ADA).await;
    let mut phone = app.browser();
    for (bad, why) in REFUSED {
        let form = phone.get(&recover).await.form("recover-kit");
        let form = form.with("code", &code).with("password", bad);
        phone.submit(form).await.says(why);
    }
    // Whoever has one from before signs in as ever: nothing is said of it there.
    let page = phone.sign_in("/sign-in", ADA, "Welkom01").await;
    page.says("do not go together");
    let page = phone.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}
