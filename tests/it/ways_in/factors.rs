//! Codes of an app, and recovery codes.

use super::{ADA, NEXT_CODE, set_up_app, sign_in_with_code, subjects, type_code};
use crate::harness::{PASSWORD, TestApp, on_both_databases};

on_both_databases! {
    with_an_app_the_password_alone_is_half_a_sign_in,
    a_code_of_the_app_works_once,
    a_recovery_code_works_once_and_its_owner_is_told,
    new_recovery_codes_end_the_old_ones,
    an_app_that_shows_another_code_is_not_set_up,
    without_its_app_an_account_is_asked_for_the_password_alone,
}

async fn with_an_app_the_password_alone_is_half_a_sign_in(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    assert_eq!(
        subjects(&app).await,
        ["An authenticator app was added to your account"]
    );
    app.wait(NEXT_CODE);

    let mut laptop = app.browser();
    let page = laptop.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/sign-in/second");
    assert!(!laptop.jar.contains_key("sluis-session"));
    let page = laptop.get("/account").await;
    assert_eq!(page.location(), "/sign-in?next=%2Faccount");

    let page = type_code(&mut laptop, &phone.code(&app)).await;
    assert_eq!(page.location(), "/account");
    assert!(!laptop.jar.contains_key("sluis-half"));
    // The vault is open: its values are on the page.
    laptop.get("/account/profiles").await.says("Ada");
}

async fn a_code_of_the_app_works_once(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    let mut laptop = app.browser();
    // The code that set it up was one already.
    let page = sign_in_with_code(&mut laptop, &phone.code(&app)).await;
    page.says("This code is wrong, or was used before");
    app.wait(NEXT_CODE);
    let code = phone.code(&app);
    assert_eq!(type_code(&mut laptop, &code).await.location(), "/account");
    let mut thief = app.browser();
    sign_in_with_code(&mut thief, &code)
        .await
        .says("was used before");
}

async fn a_recovery_code_works_once_and_its_owner_is_told(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (_, codes) = set_up_app(&app, &mut ada).await;
    subjects(&app).await;
    let mut laptop = app.browser();
    let typed = codes[0].to_uppercase().replace('-', " ");
    assert_eq!(
        sign_in_with_code(&mut laptop, &typed).await.location(),
        "/account"
    );
    assert_eq!(
        subjects(&app).await,
        [
            "A recovery code was used",
            "A new browser signed in to your account"
        ]
    );
    laptop
        .get("/account/security")
        .await
        .says("You have 9 recovery codes left");
    let mut thief = app.browser();
    sign_in_with_code(&mut thief, &codes[0])
        .await
        .says("was used before");
}

async fn new_recovery_codes_end_the_old_ones(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, old) = set_up_app(&app, &mut ada).await;
    app.wait(NEXT_CODE);
    sign_in_with_code(&mut ada, &phone.code(&app)).await;
    let form = ada.get("/account/security").await.form("codes-make");
    let new = ada.submit(form).await.texts_in("recovery-codes");
    assert_eq!(new.len(), 10);
    let mut laptop = app.browser();
    sign_in_with_code(&mut laptop, &old[0])
        .await
        .says("This code is wrong");
    assert_eq!(type_code(&mut laptop, &new[0]).await.location(), "/account");
}

async fn an_app_that_shows_another_code_is_not_set_up(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.visit("/account/security/totp").await;
    let form = page.form("totp-confirm").with("code", "000000");
    let again = ada.submit(form.press("totp-submit")).await;
    again.says("This code is wrong");
    // It is the same secret as before, so that nothing has to be scanned again.
    assert_eq!(again.text_of("totp-secret"), page.text_of("totp-secret"));
    let page = app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

async fn without_its_app_an_account_is_asked_for_the_password_alone(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    app.wait(NEXT_CODE);
    sign_in_with_code(&mut ada, &phone.code(&app)).await;
    let form = ada.get("/account/security").await.form("totp-remove");
    let page = ada.submit(form).await;
    assert_eq!(page.location(), "/account/security?done=totp-removed");
    let page = app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}
