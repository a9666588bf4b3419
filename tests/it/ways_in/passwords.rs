//! Changing a password.

use super::{ADA, NEXT_CODE, set_up_app, sign_in_with_code, subjects};
use crate::harness::{NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};

on_both_databases! {
    a_password_is_changed_by_who_knows_it_and_the_vault_opens_with_the_new_one,
    other_sessions_end_with_it_if_someone_wishes,
    nobody_goes_the_rest_of_the_way_with_the_old_one,
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
