//! Those who guess, and those who are guessed at.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use sluis::crypto::password::{Password, Recipe};
use sluis::domain::account::FRESH_FOR;
use tokio::task::JoinHandle;

use super::limits::KNOWN;
use super::{ADA, NEXT_CODE, set_up_app, sign_in_with_code, subjects, type_code};
use crate::harness::{Actor, HOUR, NEW_PASSWORD, PASSWORD, Page, TestApp, on_both_databases};

on_both_databases! {
    whoever_has_the_password_does_not_get_more_guesses_at_codes_by_changing_it,
    whoever_has_an_app_shows_it_before_the_password_changes,
    guessing_at_a_password_is_told_once_a_day,
    a_new_password_forgets_what_was_guessed_at_the_old_one,
    guesses_where_a_form_asks_are_held_to_a_limit_by_network,
    whoever_guesses_elsewhere_does_not_keep_the_owner_out,
    a_browser_that_is_known_gets_no_more_guesses_than_another,
    whoever_has_the_password_does_not_keep_the_owner_out_by_guessing_at_codes,
    the_right_password_gives_no_more_guesses_at_codes_in_a_browser_that_is_known,
    guessing_that_goes_on_is_told_every_day,
    whoever_guesses_does_not_keep_out_who_has_just_set_a_password,
    what_nobody_looked_at_is_no_guess,
}

/// Types a code where a form that gives the high profile asks.
async fn guess(actor: &mut Actor, code: &str) -> Page {
    let csrf = actor.get("/account/security").await.form("security/kit");
    let csrf = csrf.value("csrf").expect("a token").to_owned();
    let body: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("csrf", csrf.as_str()),
            ("tier", "high"),
            ("agreed", "x"),
            ("confirm-password", PASSWORD),
            ("confirm-code", code),
        ])
        .finish();
    let path = "/account/businesses/x/change";
    actor.send(Method::POST, path, Some(body)).await
}

async fn whoever_has_the_password_does_not_get_more_guesses_at_codes_by_changing_it(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    app.wait(NEXT_CODE);
    sign_in_with_code(&mut ada, &phone.code(&app)).await;
    subjects(&app).await;
    app.wait(FRESH_FOR);
    let mut thief = ada.clone();
    let mut last = StatusCode::OK;
    for round in 0..3 {
        for number in 0..2 {
            last = guess(&mut thief, &format!("00000{number}")).await.status;
            assert!(
                round > 1 || last == StatusCode::UNPROCESSABLE_ENTITY,
                "{last}"
            );
        }
        // A page from before the app was set up, or one that was made up.
        let form = ada.get("/account/security").await.form("security/kit");
        let csrf = form.value("csrf").expect("a token").to_owned();
        let body: String = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs([
                ("csrf", csrf.as_str()),
                ("old", PASSWORD),
                ("new", PASSWORD),
            ])
            .finish();
        let page = thief
            .send(Method::POST, "/account/security/password", Some(body))
            .await;
        assert!(
            page.location().starts_with("/sign-in/confirm?after="),
            "{}",
            page.location()
        );
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    app.wait(Duration::from_secs(3));
    guess(&mut thief, "000009").await;
    assert_eq!(
        subjects(&app).await,
        ["Somebody is trying to get into your account"]
    );
}

async fn whoever_has_an_app_shows_it_before_the_password_changes(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    app.wait(NEXT_CODE);
    let page = ada.visit("/account/security/password").await;
    let form = page.form("confirm");
    let form = form
        .with("confirm-password", PASSWORD)
        .with("confirm-code", &phone.code(&app));
    let page = ada.submit(form.press("confirm-submit")).await;
    assert_eq!(page.location(), "/account/security/password");
    let page = ada.follow(page).await;
    let form = page.form("password-form").with("old", PASSWORD);
    let page = ada.submit(form.with("new", NEW_PASSWORD)).await;
    assert_eq!(page.location(), "/account/security?done=password");
}

/// Signs in with a password that is wrong.
async fn wrong(actor: &mut Actor) -> StatusCode {
    actor.sign_in("/sign-in", ADA, "not that one").await.status
}

async fn guessing_at_a_password_is_told_once_a_day(app: TestApp) {
    app.person("Ada", ADA).await;
    let mut thief = app.browser();
    for _ in 0..5 {
        assert_eq!(wrong(&mut thief).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(wrong(&mut thief).await, StatusCode::TOO_MANY_REQUESTS);
    assert!(subjects(&app).await.is_empty(), "nobody looked yet");
    app.wait(Duration::from_secs(3));
    assert_eq!(wrong(&mut thief).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        subjects(&app).await,
        ["Somebody is guessing at your password"]
    );
    // Its owner signs in elsewhere, and it begins anew.
    app.wait(Duration::from_secs(600));
    app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    subjects(&app).await;
    for _ in 0..5 {
        wrong(&mut thief).await;
    }
    app.wait(Duration::from_secs(3));
    wrong(&mut thief).await;
    assert!(subjects(&app).await.is_empty());
    // Nobody is told whose address it is not.
    for _ in 0..7 {
        let page = thief.sign_in("/sign-in", "nobody@home.example", "x").await;
        assert!(page.redirect().is_none());
        app.wait(Duration::from_secs(3));
    }
    assert!(subjects(&app).await.is_empty());
}

async fn a_new_password_forgets_what_was_guessed_at_the_old_one(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let code = crate::people::kit::with_kit(&mut ada).await;
    app.leave_mail().await;
    let mut thief = app.browser();
    for _ in 0..6 {
        wrong(&mut thief).await;
    }
    let link = crate::people::forgot(&app, ADA).await;
    let mut phone = app.browser();
    let form = phone.get(&link).await.form("recover-kit");
    let form = form.with("code", &code).with("password", NEW_PASSWORD);
    phone.land(form).await.says("new password works");
    let page = phone.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

async fn guesses_where_a_form_asks_are_held_to_a_limit_by_network(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    ada.jar.remove(KNOWN);
    app.wait(FRESH_FOR);
    ada.peer = Some(([192, 0, 2, 1], 9).into());
    let (path, form) = ("/account/businesses/x/change", "tier=high&agreed=x");
    let csrf = ada.get("/account/security").await.form("security/kit");
    let csrf = csrf.value("csrf").expect("a token").to_owned();
    let body = |more: &str| Some(format!("csrf={csrf}&{form}{more}"));
    // Pressing is no guess, however often a house or an office does it.
    for _ in 0..40 {
        let page = ada.send(Method::POST, path, body("")).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.has_form("confirm"), "{}", page.html);
    }
    for _ in 0..30 {
        let page = ada
            .send(Method::POST, path, body("&confirm-password=x"))
            .await;
        assert_eq!(page.error(), None, "{}", page.html);
    }
    let page = ada
        .send(Method::POST, path, body("&confirm-password=x"))
        .await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(page.headers["retry-after"], "60");
    assert_eq!(page.error().as_deref(), Some("too_many_requests"));
    // Who still presses is asked, and whoever calls from elsewhere can answer.
    let page = ada.send(Method::POST, path, body("")).await;
    assert_eq!(page.status, StatusCode::OK);
    app.wait(Duration::from_secs(600));
    ada.peer = Some(([198, 51, 100, 1], 9).into());
    let right = format!("&confirm-password={}", PASSWORD.replace(' ', "+"));
    let page = ada.send(Method::POST, path, body(&right)).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND, "{}", page.html);
}

async fn whoever_guesses_elsewhere_does_not_keep_the_owner_out(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    ada.leave().await;
    let mut thief = app.browser();
    for _ in 0..5 {
        assert_eq!(wrong(&mut thief).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(wrong(&mut thief).await, StatusCode::TOO_MANY_REQUESTS);
    // Where she never signed in, she has to wait as well; at home she does not.
    let mut elsewhere = app.browser();
    let page = elsewhere.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    let page = ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
    // That gives the thief no more guesses.
    assert_eq!(wrong(&mut thief).await, StatusCode::TOO_MANY_REQUESTS);
}

async fn a_browser_that_is_known_gets_no_more_guesses_than_another(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    ada.leave().await;
    let mut stolen = ada.clone();
    app.leave_mail().await;
    for _ in 0..5 {
        assert_eq!(wrong(&mut stolen).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(wrong(&mut stolen).await, StatusCode::TOO_MANY_REQUESTS);
    app.wait(Duration::from_secs(3));
    assert_eq!(wrong(&mut stolen).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        subjects(&app).await,
        ["Somebody is guessing at your password"]
    );
    let page = stolen.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    let page = app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
    app.wait(Duration::from_secs(24 * 60 * 60 + 1));
    for _ in 0..5 {
        assert_eq!(wrong(&mut stolen).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(wrong(&mut stolen).await, StatusCode::TOO_MANY_REQUESTS);
}

async fn whoever_has_the_password_does_not_keep_the_owner_out_by_guessing_at_codes(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    let mut thief = app.browser();
    let page = thief.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/sign-in/second");
    let mut last = StatusCode::OK;
    for _ in 0..6 {
        last = type_code(&mut thief, "000000").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    app.wait(NEXT_CODE);
    for _ in 0..5 {
        type_code(&mut thief, "000000").await;
    }
    let page = sign_in_with_code(&mut ada, &phone.code(&app)).await;
    assert_eq!(page.location(), "/account");
    let last = type_code(&mut thief, "000000").await.status;
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

async fn the_right_password_gives_no_more_guesses_at_codes_in_a_browser_that_is_known(
    app: TestApp,
) {
    let mut ada = app.person("Ada", ADA).await;
    set_up_app(&app, &mut ada).await;
    ada.leave().await;
    let mut stolen = ada;
    let mut looked_at = 0;
    for _ in 0..4 {
        let page = stolen.sign_in("/sign-in", ADA, PASSWORD).await;
        if page.status == StatusCode::TOO_MANY_REQUESTS {
            break;
        }
        for _ in 0..2 {
            let status = type_code(&mut stolen, "000000").await.status;
            looked_at += u32::from(status == StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
    assert_eq!(looked_at, 5);
}

async fn guessing_that_goes_on_is_told_every_day(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    set_up_app(&app, &mut ada).await;
    subjects(&app).await;
    let mut thief = app.browser();
    let rest = "Somebody is trying to get into your account";
    let password = "Somebody is guessing at your password";
    for day in 0..3 {
        // One an hour: none of them has to wait, and none is forgotten.
        let mut told = Vec::new();
        for _ in 0..25 {
            app.wait(HOUR);
            let page = sign_in_with_code(&mut thief, "000000").await;
            assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
            told.extend(subjects(&app).await);
        }
        assert_eq!(told, [rest], "day {day}");
    }
    for day in 0..3 {
        let mut told = Vec::new();
        for _ in 0..25 {
            app.wait(HOUR);
            let status = wrong(&mut app.browser()).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
            told.extend(subjects(&app).await);
        }
        assert_eq!(told, [password], "day {day}");
    }
}

async fn whoever_guesses_does_not_keep_out_who_has_just_set_a_password(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let code = crate::people::kit::with_kit(&mut ada).await;
    app.leave_mail().await;
    let link = crate::people::forgot(&app, ADA).await;
    let mut phone = app.browser();
    let form = phone.get(&link).await.form("recover-kit");
    let form = form.with("code", &code).with("password", NEW_PASSWORD);
    phone.land(form).await.says("new password works");
    let mut thief = app.browser();
    for _ in 0..5 {
        assert_eq!(wrong(&mut thief).await, StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(wrong(&mut thief).await, StatusCode::TOO_MANY_REQUESTS);
    let page = phone.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

/// As many passwords are being hashed as ever are, and for long.
fn flood(app: &TestApp) -> Vec<JoinHandle<()>> {
    let recipe: Recipe = "argon2id$v=19$m=65536,t=16,p=1$AAAAAAAAAAAAAAAAAAAAAA"
        .parse()
        .expect("a recipe");
    let hash = || {
        let (hasher, recipe) = (app.app.hasher().clone(), recipe.clone());
        let password = Password::parse("a sentence".to_owned()).expect("a password");
        tokio::spawn(async move {
            let _ = hasher.derive(password, recipe).await;
        })
    };
    (0..1_000).map(|_| hash()).collect()
}

async fn what_nobody_looked_at_is_no_guess(app: TestApp) {
    app.person("Ada", ADA).await;
    let mut elsewhere = app.browser();
    for _ in 0..4 {
        assert_eq!(
            wrong(&mut elsewhere).await,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    }
    let form = elsewhere.get("/sign-in").await.form("sign-in");
    let form = form.with("email", ADA).with("password", "not that one");
    let hashing = flood(&app);
    // Some of them begin each time.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let page = elsewhere.submit(form).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    for one in hashing {
        one.abort();
    }
    app.wait(HOUR);
    assert_eq!(
        wrong(&mut elsewhere).await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    // It was the fifth, and nobody is told of it.
    assert!(subjects(&app).await.is_empty());
    assert_eq!(wrong(&mut elsewhere).await, StatusCode::TOO_MANY_REQUESTS);
}
