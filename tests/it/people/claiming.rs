//! Whose an address is that more than one says is theirs: whoever confirms it.
//! Nobody learns by signing up whether somebody has it.

use std::time::Duration;

use axum::http::StatusCode;

use super::changing::changed;
use super::{ADA, DAY, SECOND, link, only, post};
use crate::harness::{
    Actor, Authenticator, NEW_ADDRESS, NEW_PASSWORD, PASSWORD, Page, TestApp, on_both_databases,
};
use crate::life::eml::Eml;
use crate::ways_in::sign_up_with_passkey;

on_both_databases!(
    a_first_password_signs_in_at_an_address_that_somebody_came_to_by_a_change,
    an_account_at_a_taken_address_is_one_like_any_other,
    the_owner_of_an_address_that_is_taken_is_told_once_a_day,
    nobody_is_mailed_of_an_account_that_is_not_theirs,
    the_first_to_confirm_an_address_has_it,
    an_own_account_at_somebodys_address_buys_no_guesses_at_theirs,
    ones_own_password_is_a_guess_at_theirs_whenever_it_is_new,
    however_many_say_that_an_address_is_theirs_each_signs_in,
    what_is_guessed_tells_nobody_whether_an_address_is_taken,
    whoever_made_two_accounts_in_one_browser_signs_in_to_both,
    who_forgot_an_account_signs_in_to_it_where_they_made_another,
    guesses_at_others_in_ones_own_browser_are_few,
    whoever_sits_at_somebodys_computer_buys_no_guesses_with_an_own_account,
);

const EVES: &str = "een heel ander wachtwoord";

async fn sign_up_with(actor: &mut Actor, password: &str) -> Page {
    sign_up_at(actor, ADA, password).await
}

async fn sign_up_at(actor: &mut Actor, email: &str, password: &str) -> Page {
    let form = actor.get("/sign-up").await.form("sign-up");
    let form = form
        .with("name", "Eve")
        .with("email", email)
        .with("password", password);
    actor.submit(form.press("sign-up-submit")).await
}

async fn press(actor: &mut Actor, link: &str) -> Page {
    let form = actor.get(link).await.form("confirm-email");
    actor.land(form.press("confirm-email-submit")).await
}

async fn an_account_at_a_taken_address_is_one_like_any_other(app: TestApp) {
    app.settled("Ada", ADA).await;
    let mut eve = app.browser();
    let page = sign_up_with(&mut eve, EVES).await;
    assert_eq!(page.location(), "/account?done=welcome");
    eve.get("/account").await.says("is not confirmed yet");
    eve.live_in_amsterdam().await;
    eve.sign_out().await;
    // To sign in again works as well, and each password opens its own.
    let page = eve
        .sign_in("/sign-in?next=/account/profiles", ADA, EVES)
        .await;
    eve.follow(page).await.says("Prinsengracht 263");
    let mut ada = app.browser();
    let page = ada
        .sign_in("/sign-in?next=/account/profiles", ADA, PASSWORD)
        .await;
    ada.follow(page).await.says_not("Prinsengracht 263");
    let again = eve.get("/account").await.form("security/confirm-email");
    let page = eve.submit(again).await;
    assert_eq!(page.location(), "/account/security?done=mailed");
}

async fn the_owner_of_an_address_that_is_taken_is_told_once_a_day(app: TestApp) {
    app.settled("Ada", ADA).await;
    for _ in 0..3 {
        let mut eve = app.browser();
        eve.sign_up("/sign-up", "Eve", "Ada@Home.example").await;
        app.wait(SECOND);
    }
    let mail = only(post(&app).await);
    assert_eq!(mail.field("To"), ADA);
    mail.says("There is one already");
    assert!(!mail.text.contains("token="), "{}", mail.text);
    app.wait(DAY);
    app.browser().sign_up("/sign-up", "Eve", ADA).await;
    only(post(&app).await);
}

async fn nobody_is_mailed_of_an_account_that_is_not_theirs(app: TestApp) {
    let shop = app.shop().await;
    app.settled("Ada", ADA).await;
    let mut eve = app.browser();
    sign_up_with(&mut eve, EVES).await;
    only(post(&app).await).says("There is one already");
    eve.live_in_amsterdam().await;
    eve.agree(&shop, "medium").await;
    let form = eve
        .get("/account/security/password")
        .await
        .form("password-form");
    let form = form
        .with("old", EVES)
        .with("new", "nog een ander wachtwoord");
    let page = eve.submit(form.press("password-submit")).await;
    assert_eq!(page.location(), "/account/security?done=password");
    app.browser()
        .sign_in("/sign-in", ADA, "nog een ander wachtwoord")
        .await;
    let told: Vec<String> = post(&app)
        .await
        .iter()
        .map(|mail: &Eml| mail.field("Subject"))
        .collect();
    assert!(told.is_empty(), "{told:?}");
    // And who forgot the password of that address is helped back into the account
    // of whoever has it.
    let recover = super::forgot(&app, ADA).await;
    let page = app.browser().get(&recover).await;
    assert!(page.has_form("recover-wait"));
}

async fn the_first_to_confirm_an_address_has_it(app: TestApp) {
    let mut eve = app.browser();
    sign_up_with(&mut eve, EVES).await;
    let hers = link(&only(post(&app).await));
    app.wait(SECOND);
    let mut ada = app.browser();
    ada.sign_up("/sign-up", "Ada", ADA).await;
    let link = link(&only(post(&app).await));
    press(&mut ada, &link).await.says("is confirmed");
    let page = press(&mut eve, &hers).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("another account with this address");
    eve.get("/account").await.says("is not confirmed yet");
    ada.get("/account").await.says_not("is not confirmed yet");
}

async fn an_own_account_at_somebodys_address_buys_no_guesses_at_theirs(app: TestApp) {
    app.settled("Ada", ADA).await;
    let mut eve = app.browser();
    sign_up_with(&mut eve, EVES).await;
    let mut looked_at = 0;
    for _ in 0..4 {
        for _ in 0..2 {
            let page = app
                .browser()
                .sign_in("/sign-in", ADA, "a guess at it")
                .await;
            looked_at += u32::from(page.status == StatusCode::UNPROCESSABLE_ENTITY);
        }
        app.browser().sign_in("/sign-in", ADA, EVES).await;
    }
    // The fifth that was looked at is their own, which is new.
    assert_eq!(looked_at, 4);
}

async fn ones_own_password_is_a_guess_at_theirs_whenever_it_is_new(app: TestApp) {
    app.settled("Ada", ADA).await;
    // The same where nobody has the address: it tells nothing.
    for email in [ADA, "nobody@home.example"] {
        let mut eve = app.browser();
        sign_up_at(&mut eve, email, EVES).await;
        let mut old = EVES.to_owned();
        let mut looked_at = 0;
        for number in 0..9 {
            let form = eve.get("/account/security/password").await;
            let new = format!("a guess at it {number}");
            let form = form.form("password-form").with("old", &old);
            eve.submit(form.with("new", &new)).await;
            old = new;
            let page = app.browser().sign_in("/sign-in", email, &old).await;
            looked_at += u32::from(page.redirect().is_some());
        }
        assert_eq!(looked_at, 5, "{email}");
        // What was looked at once is no guess any more.
        for _ in 0..3 {
            app.wait(Duration::from_secs(600));
            let page = app.browser().sign_in("/sign-in", email, &old).await;
            assert!(page.redirect().is_some(), "{email}");
        }
    }
}

async fn however_many_say_that_an_address_is_theirs_each_signs_in(app: TestApp) {
    for number in 0..101 {
        let password = format!("a sentence of {number}");
        sign_up_with(&mut app.browser(), &password).await;
    }
    let mut last = app.browser();
    let page = last.sign_in("/sign-in", ADA, "a sentence of 100").await;
    assert_eq!(page.location(), "/account");
}

/// What is answered to somebody who made an account at an address, and guesses there
/// in their own browser and in another.
async fn answers(app: &TestApp, email: &str) -> Vec<StatusCode> {
    let mut eve = app.browser();
    sign_up_at(&mut eve, email, EVES).await;
    eve.leave().await;
    let mut answers = Vec::new();
    for number in 0..9 {
        let mut elsewhere = app.browser();
        let browser = if number < 6 { &mut eve } else { &mut elsewhere };
        let page = browser.sign_in("/sign-in", email, "a guess at it").await;
        answers.push(page.status);
    }
    answers
}

async fn what_is_guessed_tells_nobody_whether_an_address_is_taken(app: TestApp) {
    app.settled("Ada", ADA).await;
    let taken = answers(&app, ADA).await;
    assert_eq!(taken, answers(&app, "nobody@home.example").await);
    assert!(taken.contains(&StatusCode::TOO_MANY_REQUESTS));
}

async fn whoever_made_two_accounts_in_one_browser_signs_in_to_both(app: TestApp) {
    let mut ada = app.browser();
    ada.sign_up("/sign-up", "Ada", ADA).await;
    ada.leave().await;
    sign_up_with(&mut ada, EVES).await;
    // However often: neither is a guess at the other for good.
    for round in 0..8 {
        for password in [EVES, PASSWORD] {
            ada.leave().await;
            let page = ada.sign_in("/sign-in", ADA, password).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{round}: {password}");
            assert_eq!(page.location(), "/account", "{round}: {password}");
        }
    }
}

async fn who_forgot_an_account_signs_in_to_it_where_they_made_another(app: TestApp) {
    let mut laptop = app.settled("Ada", ADA).await;
    laptop.live_in_amsterdam().await;
    let mut phone = app.browser();
    sign_up_with(&mut phone, EVES).await;
    phone.leave().await;
    let page = phone
        .sign_in("/sign-in?next=/account/profiles", ADA, PASSWORD)
        .await;
    phone.follow(page).await.says("Prinsengracht 263");
    // And to the other too, from then on.
    phone.leave().await;
    let page = phone.sign_in("/sign-in", ADA, EVES).await;
    assert_eq!(page.location(), "/account");
    phone
        .get("/account/profiles")
        .await
        .says_not("Prinsengracht 263");
}

async fn guesses_at_others_in_ones_own_browser_are_few(app: TestApp) {
    app.settled("Ada", ADA).await;
    let mut eve = app.browser();
    sign_up_with(&mut eve, EVES).await;
    for _ in 0..4 {
        eve.leave().await;
        let page = eve.sign_in("/sign-in", ADA, "a guess at it").await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        // What is guessed right there is one's own.
        let page = eve.sign_in("/sign-in", ADA, EVES).await;
        assert_eq!(page.location(), "/account");
    }
    eve.leave().await;
    let page = eve.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(
        page.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "right at last"
    );
    // Whoever has the address is not kept out by it.
    let page = app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

async fn whoever_sits_at_somebodys_computer_buys_no_guesses_with_an_own_account(app: TestApp) {
    let mut eve = app.settled("Ada", ADA).await;
    eve.leave().await;
    sign_up_with(&mut eve, EVES).await;
    let mut old = EVES.to_owned();
    let mut looked_at = 0;
    for number in 0..12 {
        let form = eve.get("/account/security/password").await;
        let new = format!("a guess at it {number}");
        let form = form.form("password-form").with("old", &old);
        eve.submit(form.with("new", &new)).await;
        old = new;
        eve.leave().await;
        let page = eve.sign_in("/sign-in", ADA, &old).await;
        if page.redirect().is_none() {
            assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
            break;
        }
        looked_at += 1;
    }
    // Four that are counted at the address, and five that are counted here.
    assert_eq!(looked_at, 9);
}

async fn a_first_password_signs_in_at_an_address_that_somebody_came_to_by_a_change(app: TestApp) {
    let mut ada = app.settled("Ada", NEW_ADDRESS).await;
    changed(&app, &mut ada, NEW_ADDRESS, ADA).await;
    // Somebody else says that it is theirs, and does without a password at first.
    let (mut eve, mut key) = (app.browser(), Authenticator::new(Some([7; 32])));
    sign_up_with_passkey(&mut eve, "/sign-up/passkey", &mut key).await;
    let form = eve.get("/account/security/password").await;
    let form = form.form("password-form").with("new", NEW_PASSWORD);
    let page = eve.submit(form).await;
    assert_eq!(page.location(), "/account/security?done=password-set");
    for password in [NEW_PASSWORD, PASSWORD] {
        let page = app.browser().sign_in("/sign-in", ADA, password).await;
        assert_eq!(page.location(), "/account", "{}", page.words());
    }
}
