//! Signing up with a passkey, and what it is called from then on.

use std::time::Duration;

use axum::http::StatusCode;

use super::{ADA, SECRET};
use crate::harness::{Actor, Authenticator, BOB, EVE, PASSWORD, Page, TestApp, on_both_databases};

on_both_databases! {
    whoever_signs_up_with_a_passkey_needs_no_password,
    whoever_has_no_password_is_asked_for_none,
    a_passkey_that_opens_no_vault_gets_a_password_beside_it_before_there_is_an_account,
    signing_up_with_a_passkey_goes_on_to_the_shop,
    what_was_typed_wrong_is_said_and_nothing_is_made,
    a_challenge_to_sign_up_is_for_one_account_in_one_browser,
    a_taken_address_is_signed_up_with_as_any_other,
    a_passkey_is_called_otherwise,
}

/// Sends the form with a new passkey in it, with Ada's address.
pub(crate) async fn sign_up(actor: &mut Actor, path: &str, key: &mut Authenticator) -> Page {
    let form = actor.get(path).await.form("sign-up-passkey");
    let form = form.with("name", "Ada").with("email", ADA);
    let challenge = actor.challenge(&form, "/sign-up/passkey/options").await;
    actor.submit(key.make(form, &challenge)).await
}

async fn whoever_signs_up_with_a_passkey_needs_no_password(app: TestApp) {
    let mut ada = app.browser();
    assert!(
        ada.get("/sign-up")
            .await
            .links()
            .contains(&"/sign-up/passkey".to_owned())
    );
    let before = app.app.hasher().derivations();
    let mut phone = Authenticator::new(Some(SECRET));
    let page = sign_up(&mut ada, "/sign-up/passkey", &mut phone).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    assert_eq!(page.texts_in("recovery-codes").len(), 10);
    assert!(page.links().contains(&"/account?done=welcome".to_owned()));
    assert_eq!(app.app.hasher().derivations(), before);
    ada.live_in_amsterdam().await;
    let page = ada.get("/account/security").await;
    page.says("This opens your vault now: a passkey of yours and the spare key of the operator.");
    page.says("You have no password");
    let mut laptop = app.browser();
    let path = "/sign-in?next=/account/profiles";
    let page = laptop.sign_in_with(path, &mut phone).await;
    laptop.follow(page).await.says("Prinsengracht 263");
    // What is asked again is shown with the passkey.
    app.wait(Duration::from_secs(601));
    let page = laptop.visit("/account/security/email").await;
    assert!(page.has_form("confirm-passkey") && !page.html.contains("confirm-password"));
}

async fn whoever_has_no_password_is_asked_for_none(app: TestApp) {
    let mut phone = Authenticator::new(Some(SECRET));
    sign_up(&mut app.browser(), "/sign-up/passkey", &mut phone).await;
    phone.secret = None;
    let mut library = app.browser();
    let page = library.sign_in_with("/sign-in", &mut phone).await;
    assert_eq!(page.location(), "/sign-in/second");
    let page = library.get("/sign-in/second").await;
    assert!(!page.has_form("second-password") && !page.has_form("second-code"));
    page.says("Your account has no password");
    page.says("in another browser");
    assert!(page.links().contains(&"/recover".to_owned()));
}

async fn a_passkey_that_opens_no_vault_gets_a_password_beside_it_before_there_is_an_account(
    app: TestApp,
) {
    let mut ada = app.browser();
    let mut key = Authenticator::new(None);
    let page = sign_up(&mut ada, "/sign-up/passkey", &mut key).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("cannot open your vault with it");
    assert!(!ada.jar.contains_key("sluis-session"), "nothing is made");
    let form = page.form("sign-up-password").with("password", "short");
    let page = ada.submit(form.press("sign-up-submit")).await;
    assert!(
        page.error_at("password")
            .expect("an error")
            .contains("too short")
    );
    let form = page.form("sign-up-password").with("password", PASSWORD);
    let page = ada.submit(form.press("sign-up-submit")).await;
    assert_eq!(page.texts_in("recovery-codes").len(), 10);
    ada.live_in_amsterdam().await;
    let mut laptop = app.browser();
    let page = laptop.sign_in_with("/sign-in", &mut key).await;
    assert_eq!(page.location(), "/sign-in/second");
    let form = laptop.get("/sign-in/second").await.form("second-password");
    let form = form.with("password", PASSWORD);
    let page = laptop.submit(form.press("second-submit")).await;
    assert_eq!(page.location(), "/account");
    laptop
        .get("/account/profiles")
        .await
        .says("Prinsengracht 263");
}

async fn signing_up_with_a_passkey_goes_on_to_the_shop(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.browser();
    let page = ada.visit(&shop.request(&[])).await;
    let path = page
        .links()
        .into_iter()
        .find(|link| link.starts_with("/sign-up"));
    let page = ada.get(&path.expect("a way to sign up")).await;
    let path = page
        .links()
        .into_iter()
        .find(|link| link.starts_with("/sign-up/passkey"));
    let mut phone = Authenticator::new(Some(SECRET));
    let page = sign_up(&mut ada, &path.expect("a way with a passkey"), &mut phone).await;
    let on = page
        .links()
        .into_iter()
        .find(|link| link.starts_with("/sign-in?next="));
    let page = ada.visit(&on.expect("a way on")).await;
    page.form("consent");
    page.says("The shop");
}

async fn what_was_typed_wrong_is_said_and_nothing_is_made(app: TestApp) {
    let mut ada = app.browser();
    let mut phone = Authenticator::new(Some(SECRET));
    let form = ada.get("/sign-up/passkey").await.form("sign-up-passkey");
    let nobody = form.clone().with("email", "ada@nowhere");
    let refused = ada.try_challenge(&nobody, "/sign-up/passkey/options").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = form.with("email", ADA);
    let challenge = ada.challenge(&form, "/sign-up/passkey/options").await;
    let page = ada.submit(phone.make(form.clone(), &challenge)).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.error_at("name").is_some());
    assert_eq!(page.form("sign-up-passkey").value("email"), Some(ADA));
    let form = form.with("name", "Ada");
    let forged = phone.make(form, &challenge).forged("credential", "{}");
    ada.submit(forged).await.says("was not accepted");
    assert!(!ada.jar.contains_key("sluis-session"));
}

async fn a_challenge_to_sign_up_is_for_one_account_in_one_browser(app: TestApp) {
    let mut ada = app.browser();
    let mut phone = Authenticator::new(Some(SECRET));
    let form = ada.get("/sign-up/passkey").await.form("sign-up-passkey");
    let form = form.with("name", "Ada").with("email", ADA);
    let challenge = ada.challenge(&form, "/sign-up/passkey/options").await;
    let mut eve = app.browser();
    let theirs = eve.get("/sign-up/passkey").await.form("sign-up-passkey");
    let theirs = theirs.with("name", "Eve").with("email", ADA);
    eve.submit(phone.make(theirs, &challenge))
        .await
        .says("was not accepted");
    let answer = phone.make(form, &challenge);
    let page = ada.submit(answer.clone()).await;
    assert_eq!(page.status, StatusCode::OK);
    ada.sign_out().await;
    let csrf = ada.get("/sign-up/passkey").await.form("sign-up-passkey");
    let again = answer.forged("csrf", csrf.value("csrf").expect("a token"));
    ada.submit(again).await.says("was not accepted");
    // Nor does it add a passkey to an account that there is.
    let mut bob = app.person("Bob", BOB).await;
    let form = bob
        .get("/account/security/passkeys")
        .await
        .form("passkey-add");
    let with_email = form.clone().forged("email", ADA);
    let challenge = bob.challenge(&with_email, "/sign-up/passkey/options").await;
    let mut other = Authenticator::new(Some(SECRET));
    bob.submit(other.make(form, &challenge))
        .await
        .says("was not accepted");
}

async fn a_taken_address_is_signed_up_with_as_any_other(app: TestApp) {
    app.settled("Ada", ADA).await;
    let mut eve = app.browser();
    let mut phone = Authenticator::new(Some(SECRET));
    let page = sign_up(&mut eve, "/sign-up/passkey", &mut phone).await;
    assert_eq!(page.status, StatusCode::OK);
    eve.get("/account").await.says("is not confirmed yet");
}

async fn a_passkey_is_called_otherwise(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut phone = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut phone).await;
    let form = ada.get("/account/security").await.form("passkey-rename");
    assert_eq!(form.value("name"), Some("Phone"));
    let page = ada
        .submit(form.clone().with("name", "  Old <phone> "))
        .await;
    assert_eq!(page.location(), "/account/security?done=passkey-renamed");
    let page = ada.follow(page).await;
    page.says("Old <phone>");
    let page = ada.submit(form.clone().forged("name", " ")).await;
    page.location();
    ada.get("/account/security").await.says("Old <phone>");
    // Nobody else's.
    let mut eve = app.person("Eve", EVE).await;
    let mut hers = Authenticator::new(Some([9; 32]));
    eve.add_passkey(&mut hers).await;
    let own = eve.get("/account/security").await.form("passkey-rename");
    let body = own.with("name", "Mine").body();
    let page = eve
        .send(axum::http::Method::POST, &form.action, Some(body))
        .await;
    page.location();
    ada.get("/account/security").await.says("Old <phone>");
}
