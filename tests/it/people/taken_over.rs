//! What somebody who took an account over, or tries to, does not get.

use super::{ADA, DAY, SECOND, forgot, kit::with_kit, link, only, post};
use crate::harness::{Actor, Authenticator, NEW_PASSWORD, PASSWORD, TestApp, on_both_databases};
use crate::ways_in::set_up_app;

on_both_databases!(
    a_recovery_does_not_get_around_a_second_factor,
    a_recovery_does_not_get_around_a_passkey_that_opens_the_vault,
    a_password_by_the_operators_key_proves_little_for_a_day,
    a_recovery_that_waits_ends_with_a_new_password_and_with_the_operators_key,
    after_a_recovery_no_browser_is_known,
    after_signing_out_elsewhere_no_browser_is_known,
    the_operators_new_key_is_told,
    whoever_opens_with_a_passkey_is_told_so_on_the_way_back,
);

/// Lets the operator's key set a new password.
async fn by_escrow(app: &TestApp) {
    super::recovery::begin(app).await;
    app.wait(DAY);
    super::recovery::pass(app).await;
    let ready = link(&only(post(app).await));
    let mut browser = app.browser();
    let page = super::recovery::finish(&mut browser, &ready).await;
    page.says("new password works");
}

/// Lets a kit set a new password.
async fn by_kit(app: &TestApp, code: &str) {
    let link = forgot(app, ADA).await;
    let mut browser = app.browser();
    let form = browser.get(&link).await.form("recover-kit");
    let form = form.with("code", code).with("password", NEW_PASSWORD);
    browser.land(form).await.says("new password works");
}

async fn a_recovery_does_not_get_around_a_second_factor(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let code = with_kit(&mut ada).await;
    set_up_app(&app, &mut ada).await;
    app.leave_mail().await;
    for escrow in [false, true] {
        if escrow {
            by_escrow(&app).await;
        } else {
            by_kit(&app, &code).await;
        }
        let mut thief = app.browser();
        let page = thief.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
        assert_eq!(page.location(), "/sign-in/second");
        assert!(!thief.jar.contains_key("sluis-session"));
        app.leave_mail().await;
        app.wait(SECOND);
    }
}

async fn a_recovery_does_not_get_around_a_passkey_that_opens_the_vault(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mut phone = Authenticator::new(Some([7; 32]));
    let codes = ada.add_passkey(&mut phone).await.texts_in("recovery-codes");
    app.leave_mail().await;
    by_escrow(&app).await;
    app.wait(2 * DAY);
    // The owner does not know of it: to show the passkey alone changes nothing.
    let page = app.browser().sign_in_with("/sign-in", &mut phone).await;
    assert_eq!(page.location(), "/account");
    let mut thief = app.browser();
    let page = thief.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/sign-in/second");
    assert!(!thief.jar.contains_key("sluis-session"));
    // Whoever shows both has both, and the password stands by itself again.
    let mut laptop = app.browser();
    laptop.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    let form = laptop.get("/sign-in/second").await.form("second-passkey");
    let challenge = laptop.challenge(&form, "/sign-in/passkey/options").await;
    let page = laptop.submit(phone.show(form, &challenge)).await;
    assert_eq!(page.location(), "/account");
    let page = app.browser().sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/account");
    // A recovery code does in the place of a passkey that was lost.
    app.leave_mail().await;
    by_escrow(&app).await;
    let mut laptop = app.browser();
    laptop.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    let form = laptop.get("/sign-in/second").await.form("second-code");
    let page = laptop.submit(form.with("code", &codes[0])).await;
    assert_eq!(page.location(), "/account");
    let page = app.browser().sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

async fn a_password_by_the_operators_key_proves_little_for_a_day(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    let shop = app.shop().await;
    by_escrow(&app).await;
    let mut reader = app.browser();
    reader.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    let closed = [
        "/account/data/export.json",
        "/account/security/totp",
        "/account/security/passkeys",
        "/account/security/email",
        "/account/erase",
        "/sign-in/confirm",
    ];
    for path in closed {
        let page = reader.get(path).await;
        assert_eq!(page.error().as_deref(), Some("not_yet"), "{path}");
        page.says("This can be done from");
    }
    let page = reader.visit(&shop.request(&[])).await;
    let form = page.allowing("high");
    let page = reader.submit(form.clone()).await;
    assert_eq!(page.error().as_deref(), Some("not_yet"));
    // Less than that is given as ever.
    let page = reader.submit(form.with("tier", "medium")).await;
    assert!(shop.answer(&page).contains_key("code"));
    app.wait(DAY);
    reader.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(reader.get("/account/data/export.json").await.status, 200);
}

async fn is_waiting(actor: &mut Actor) -> bool {
    let page = actor.get("/account").await;
    page.words()
        .contains("Someone is asking for a new password")
}

async fn a_recovery_that_waits_ends_with_a_new_password_and_with_the_operators_key(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    with_kit(&mut ada).await;
    app.leave_mail().await;
    let stop = super::recovery::begin(&app).await;
    let unused = forgot(&app, ADA).await;
    assert!(is_waiting(&mut ada).await);
    let form = ada.get("/account/security/password").await;
    let form = form.form("password-form").with("old", PASSWORD);
    ada.submit(form.with("new", NEW_PASSWORD)).await;
    assert!(!is_waiting(&mut ada).await);
    for link in [stop, unused] {
        app.browser().get(&link).await.says("no longer works");
    }
    let subjects: Vec<String> = post(&app)
        .await
        .iter()
        .map(|mail| mail.field("Subject"))
        .collect();
    assert!(
        subjects.contains(&"The recovery was stopped".to_owned()),
        "{subjects:?}"
    );
    app.wait(SECOND);
    super::recovery::begin(&app).await;
    assert!(is_waiting(&mut ada).await);
    let form = ada.get("/account/security").await.form("escrow/drop");
    let page = ada.submit(form).await;
    assert_eq!(page.location(), "/account/security?done=escrow-dropped");
    assert!(!is_waiting(&mut ada).await);
}

async fn after_a_recovery_no_browser_is_known(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let code = with_kit(&mut ada).await;
    app.leave_mail().await;
    by_kit(&app, &code).await;
    app.leave_mail().await;
    app.wait(SECOND);
    let mut thief = app.browser();
    thief.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    only(post(&app).await).says("in a browser that we did not know");
}

async fn after_signing_out_elsewhere_no_browser_is_known(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut thief = app.browser();
    thief.sign_in("/sign-in", ADA, PASSWORD).await;
    let form = ada.get("/account/security/password").await;
    let form = form.form("password-form").with("old", PASSWORD);
    ada.submit(form.with("new", NEW_PASSWORD).with("end-others", "on"))
        .await;
    app.leave_mail().await;
    app.wait(SECOND);
    thief.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    only(post(&app).await).says("in a browser that we did not know");
    // But for that of whoever did so.
    ada.sign_out().await;
    ada.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert!(post(&app).await.is_empty());
}

async fn the_operators_new_key_is_told(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    with_kit(&mut ada).await;
    for form in ["escrow/drop", "escrow/allow"] {
        app.leave_mail().await;
        let form = ada.get("/account/security").await.form(form);
        ada.submit(form).await;
    }
    only(post(&app).await).says("was given a spare key of your vault again");
}

async fn whoever_opens_with_a_passkey_is_told_so_on_the_way_back(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    with_kit(&mut ada).await;
    let form = ada.get("/account/security").await.form("escrow/drop");
    ada.submit(form).await;
    let mut phone = crate::harness::Authenticator::new(Some([7; 32]));
    ada.add_passkey(&mut phone).await;
    app.leave_mail().await;
    let link = forgot(&app, ADA).await;
    let page = app.browser().get(&link).await;
    page.says("You have a passkey that opens your vault");
    assert!(page.has_form("recover-kit") && !page.has_form("recover-wait"));
}
