//! Browsers that an account knows, where a network has used up its tries: they have an
//! allowance of their own, which is no way around every limit.

use std::time::Duration;

use axum::http::StatusCode;
use sluis::domain::account::FRESH_FOR;

use super::limits::{
    BURST, KNOWN, guess_all, is_too_often, network, own_csrf, post, taken, taken_of,
};
use super::{ADA, SECRET, set_up_app};
use crate::harness::{Authenticator, EVE, PASSWORD, TestApp, on_both_databases};

on_both_databases! {
    a_browser_that_is_known_is_held_to_an_allowance_of_its_own,
    a_neighbour_who_guesses_keeps_nobody_from_showing_again_who_they_are,
}

/// What browsers that are known may do in one network at once, on top of what all may.
const OF_KNOWN: usize = 10 * BURST;
/// More than comes back of it in a test.
const MOST: usize = 4 * OF_KNOWN;

async fn a_browser_that_is_known_is_held_to_an_allowance_of_its_own(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    app.wait(Duration::from_mins(1));
    ada.peer = Some(network(1));
    ada.leave().await;
    guess_all(&app, network(1)).await;
    let page = ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/sign-in/second");
    let second = ada.get("/sign-in/second").await.form("second-code");
    let second = second.with("code", &phone.code(&app));
    // Without a password: nothing is hashed, and no guess is counted.
    let body = format!("{}&email={ADA}", own_csrf(&mut ada).await);
    assert!(taken_of(&mut ada, "/sign-in", &body, MOST).await >= OF_KNOWN - 1);
    let page = ada.submit(second.clone()).await;
    assert!(is_too_often(&page));
    // A passkey answers what nobody guesses.
    let csrf = second.value("csrf").expect("a token");
    let body = format!("csrf={csrf}&ceremony=00000000-0000-4000-8000-000000000000&credential=x");
    let page = post(&mut ada, "/sign-in/second", &body).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // In another network nothing is used up.
    ada.peer = Some(network(2));
    assert_eq!(ada.submit(second).await.location(), "/account");
}

async fn a_neighbour_who_guesses_keeps_nobody_from_showing_again_who_they_are(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut key = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut key).await;
    ada.sign_in_with("/sign-in", &mut key).await;
    let mut thief = app.person("Eve", EVE).await;
    app.wait(FRESH_FOR);
    for actor in [&mut ada, &mut thief] {
        actor.peer = Some(network(1));
    }
    thief.jar.remove(KNOWN);
    let page = thief.get("/sign-in/confirm").await;
    let guess = page.form("confirm").with("confirm-password", "x").body();
    assert!(taken(&mut thief, "/sign-in/confirm", &guess).await >= BURST);
    // Where her account knows the browser, she is looked at.
    let form = ada.get("/sign-in/confirm").await.form("confirm-passkey");
    let guess = form.clone().forged("confirm-password", "x");
    let page = ada.submit(guess.clone()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    // And anywhere by a passkey, which is no guess.
    ada.jar.remove(KNOWN);
    assert!(is_too_often(&ada.submit(guess).await));
    let challenge = ada.challenge(&form, "/sign-in/passkey/options").await;
    let page = ada.submit(key.show(form, &challenge)).await;
    assert_eq!(page.location(), "/account/security", "{}", page.words());
}
