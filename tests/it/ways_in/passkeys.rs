//! Passkeys: with a secret for this site they open the vault, and without one
//! they come beside the password.

use std::time::Duration;

use super::{ADA, SECRET, sign_up, subjects};
use crate::harness::{Authenticator, BOB, PASSWORD, TestApp, on_both_databases};

on_both_databases! {
    a_passkey_with_a_secret_signs_in_by_itself_and_opens_the_vault,
    a_passkey_without_a_secret_is_followed_by_the_password,
    a_passkey_without_a_secret_is_asked_for_after_the_password,
    a_passkey_that_gives_another_secret_is_followed_by_the_password,
    a_passkey_that_was_removed_signs_nobody_in,
    a_passkey_that_was_removed_carries_nobody_the_rest_of_the_way,
    whoever_is_halfway_is_asked_for_a_passkey_of_their_own,
    each_of_several_passkeys_opens_until_it_is_removed,
    a_passkey_for_another_origin_is_not_made,
    a_browser_is_told_which_passkeys_there_are,
    a_counter_that_goes_back_is_told_and_refuses_nothing,
    a_passkey_that_does_not_say_whose_it_is_signs_nobody_in,
}

async fn a_passkey_with_a_secret_signs_in_by_itself_and_opens_the_vault(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut phone = Authenticator::new(Some(SECRET));
    let page = ada.add_passkey(&mut phone).await;
    page.says("It signs you in and opens your vault, without your password");
    assert_eq!(page.texts_in("recovery-codes").len(), 10);
    assert_eq!(
        subjects(&app).await,
        ["A passkey was added to your account"]
    );

    let mut laptop = app.browser();
    let page = laptop
        .sign_in_with("/sign-in?next=/account/profiles", &mut phone)
        .await;
    assert_eq!(page.location(), "/account/profiles");
    laptop.get("/account/profiles").await.says("Ada");
    // It is a way of its own: the password still is one as well.
    let page = app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

async fn a_passkey_without_a_secret_is_followed_by_the_password(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut key = Authenticator::new(None);
    let page = ada.add_passkey(&mut key).await;
    page.says("it cannot open your vault");

    let mut laptop = app.browser();
    let page = laptop.sign_in_with("/sign-in", &mut key).await;
    assert_eq!(page.location(), "/sign-in/second");
    let page = laptop.get("/sign-in/second").await;
    page.says("it cannot open your vault here");
    let wrong = page
        .form("second-password")
        .with("password", "not that one");
    let page = laptop.submit(wrong.press("second-submit")).await;
    page.says("This password is wrong");
    let form = page.form("second-password").with("password", PASSWORD);
    assert_eq!(
        laptop.submit(form.press("second-submit")).await.location(),
        "/account"
    );
    laptop.get("/account/profiles").await.says("Ada");
}

async fn a_passkey_without_a_secret_is_asked_for_after_the_password(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut key = Authenticator::new(None);
    ada.add_passkey(&mut key).await;
    let mut laptop = app.browser();
    let page = laptop.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/sign-in/second");
    let form = laptop.get("/sign-in/second").await.form("second-passkey");
    let challenge = laptop.challenge(&form, "/sign-in/passkey/options").await;
    assert_eq!(
        challenge.options["allowCredentials"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
    let page = laptop.submit(key.show(form, &challenge)).await;
    assert_eq!(page.location(), "/account");
}

async fn a_passkey_that_gives_another_secret_is_followed_by_the_password(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut phone = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut phone).await;
    for secret in [None, Some([8; 32])] {
        phone.secret = secret;
        let page = app.browser().sign_in_with("/sign-in", &mut phone).await;
        assert_eq!(page.location(), "/sign-in/second");
    }
}

async fn a_passkey_that_was_removed_signs_nobody_in(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut phone = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut phone).await;
    ada.sign_in_with("/sign-in", &mut phone).await;
    subjects(&app).await;
    let form = ada.get("/account/security").await.form("/remove");
    let page = ada.submit(form).await;
    assert_eq!(page.location(), "/account/security?done=passkey-removed");
    assert_eq!(
        subjects(&app).await,
        ["A passkey was removed from your account"]
    );
    let page = app.browser().sign_in_with("/sign-in", &mut phone).await;
    page.says("This passkey was not accepted here");
}

async fn a_passkey_that_was_removed_carries_nobody_the_rest_of_the_way(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut key = Authenticator::new(None);
    ada.add_passkey(&mut key).await;
    let mut forms = Vec::new();
    let mut thief = app.browser();
    for actor in [&mut thief, &mut ada] {
        let page = actor.sign_in_with("/sign-in", &mut key).await;
        assert_eq!(page.location(), "/sign-in/second");
        let form = actor.get("/sign-in/second").await.form("second-password");
        forms.push(form.with("password", PASSWORD).press("second-submit"));
    }
    let own = forms.pop().expect("a form");
    assert_eq!(ada.submit(own).await.location(), "/account");
    let form = ada.get("/account/security").await.form("/remove");
    let page = ada.submit(form).await;
    assert_eq!(page.location(), "/account/security?done=passkey-removed");
    let page = thief.submit(forms.pop().expect("a form")).await;
    assert!(
        page.location().starts_with("/sign-in"),
        "{}",
        page.location()
    );
    assert!(thief.get("/account").await.redirect().is_some());
}

async fn whoever_is_halfway_is_asked_for_a_passkey_of_their_own(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    let mut key = Authenticator::new(None);
    app.person("Bob", BOB).await.add_passkey(&mut key).await;
    let page = ada
        .get(&shop.request(&[("prompt", "select_account")]))
        .await;
    let page = ada.sign_in(page.location(), BOB, PASSWORD).await;
    let form = ada.follow(page).await.form("second-passkey");
    let challenge = ada.challenge(&form, "/sign-in/passkey/options").await;
    let asked = challenge.options["allowCredentials"].as_array();
    assert_eq!(asked.map(Vec::len), Some(1));
    let page = ada.submit(key.show(form, &challenge)).await;
    assert!(
        !page.location().starts_with("/sign-in"),
        "{}",
        page.location()
    );
}

async fn each_of_several_passkeys_opens_until_it_is_removed(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut first = Authenticator::new(Some([1; 32]));
    let mut second = Authenticator::new(Some([2; 32]));
    ada.add_passkey(&mut first).await;
    ada.sign_in_with("/sign-in", &mut first).await;
    // The list begins with the oldest.
    app.wait(Duration::from_secs(1));
    ada.add_passkey(&mut second).await;
    let page = ada.get("/account/security").await;
    page.says("Last used on");
    page.says("Not used yet");
    for key in [&mut first, &mut second] {
        let mut elsewhere = app.browser();
        let page = elsewhere.sign_in_with("/sign-in", key).await;
        assert_eq!(page.location(), "/account");
        elsewhere.get("/account/profiles").await.says("Ada");
    }
    let page = ada.get("/account/security").await;
    page.says_not("Not used yet");
    let page = ada.submit(page.form("/remove")).await;
    assert_eq!(page.location(), "/account/security?done=passkey-removed");
    let page = app.browser().sign_in_with("/sign-in", &mut first).await;
    page.says("This passkey was not accepted here");
    let page = app.browser().sign_in_with("/sign-in", &mut second).await;
    assert_eq!(page.location(), "/account");
    let page = ada.get("/account/security").await;
    page.says("a passkey of yours");
    let page = ada.submit(page.form("/remove")).await;
    ada.follow(page)
        .await
        .says("This opens your vault now: your password and the spare key of the operator.");
}

/// WebAuthn L3 §7.1 step 9.
async fn a_passkey_for_another_origin_is_not_made(app: TestApp) {
    let mut phone = Authenticator::new(Some(SECRET));
    phone.origin = "http://localhost:9000".to_owned();
    let mut ada = app.browser();
    let page = sign_up::sign_up(&mut ada, "/sign-up/passkey", &mut phone).await;
    page.says("was not accepted");
    assert!(!ada.jar.contains_key("sluis-session"));
    let mut ada = app.person("Ada", ADA).await;
    ada.add_passkey(&mut phone).await.says("was not accepted");
    let page = ada.get("/account/security").await;
    assert!(!page.has_form("/remove"), "{}", page.words());
}

async fn a_browser_is_told_which_passkeys_there_are(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut phone = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut phone).await;
    ada.sign_in_with("/sign-in", &mut phone).await;
    let page = ada.get("/account/security").await;
    assert!(page.html.contains("data-rp=\"localhost\""));
    assert!(!page.html.contains("data-ids=\"\""));
}

async fn a_counter_that_goes_back_is_told_and_refuses_nothing(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut phone = Authenticator::new(Some(SECRET));
    phone.counter = 40;
    ada.add_passkey(&mut phone).await;
    app.browser().sign_in_with("/sign-in", &mut phone).await;
    subjects(&app).await;
    // The copy counts from where it was made.
    phone.counter = 40;
    let page = ada.sign_in_with("/sign-in", &mut phone).await;
    assert_eq!(page.location(), "/account");
    assert_eq!(
        subjects(&app).await,
        ["There may be a copy of your passkey"]
    );
    ada.get("/account/security")
        .await
        .says("there may be a copy of it");
    // It stays behind for long, and is told once a month.
    phone.counter = 40;
    app.browser().sign_in_with("/sign-in", &mut phone).await;
    assert_eq!(
        subjects(&app).await,
        ["A new browser signed in to your account"]
    );
    app.wait(30 * std::time::Duration::from_hours(24));
    phone.counter = 40;
    ada.jar.remove("sluis-session");
    ada.sign_in_with("/sign-in", &mut phone).await;
    assert_eq!(
        subjects(&app).await,
        ["There may be a copy of your passkey"]
    );
}

async fn a_passkey_that_does_not_say_whose_it_is_signs_nobody_in(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut phone = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut phone).await;
    phone.is_shy = true;
    let page = app.browser().sign_in_with("/sign-in", &mut phone).await;
    page.says("This passkey was not accepted here");
    // Where it is known whom it is asked of, it need not say.
    ada.sign_out().await;
    phone.is_shy = false;
    ada.sign_in_with("/sign-in", &mut phone).await;
    app.wait(std::time::Duration::from_secs(601));
    phone.is_shy = true;
    let form = ada
        .visit("/account/security/totp")
        .await
        .form("confirm-passkey");
    let challenge = ada.challenge(&form, "/sign-in/passkey/options").await;
    let page = ada.submit(phone.show(form, &challenge)).await;
    assert_eq!(page.location(), "/account/security/totp");
}
