//! Signing up, in and out.

use std::time::Duration;

use axum::http::StatusCode;

use crate::harness::{HOUR, PASSWORD, SANNE, TestApp, on_both_databases};

on_both_databases! {
    someone_signs_up_out_and_in,
    a_form_that_is_wrong_keeps_what_was_typed_but_the_password,
    a_wrong_password_and_an_unknown_address_get_the_same_answer,
    guessing_has_to_wait_for_known_and_unknown_addresses_alike,
    a_right_password_forgives_the_wrong_ones_before_it,
    a_session_ends_by_itself_and_nothing_is_lost,
    nobody_can_fix_the_session_of_someone_else,
    signing_in_again_ends_the_session_before,
    signing_out_ends_the_session_itself_and_not_only_the_cookie,
    no_path_leads_to_another_host,
    what_is_not_there_is_said_so,
}

async fn someone_signs_up_out_and_in(app: TestApp) {
    let mut actor = app.person("Sanne de Vries", SANNE).await;
    let page = actor.get("/account?done=welcome").await;
    page.says("Welcome.");
    assert!(page.html.contains("Sanne de Vries"));
    let page = actor.get("/").await;
    assert!(page.links().contains(&"/account".to_owned()));

    let stay = actor
        .get("/sign-out")
        .await
        .form("sign-out")
        .press("sign-out-cancel");
    assert_eq!(actor.submit(stay).await.location(), "/account");
    assert_eq!(actor.get("/account").await.status, StatusCode::OK);

    let out = actor.signing_out().await;
    let page = actor.submit(out).await;
    actor.follow(page).await.says("You are signed out");
    let page = actor.get("/account/profiles").await;
    assert_eq!(page.location(), "/sign-in?next=%2Faccount%2Fprofiles");

    let page = actor
        .sign_in(
            "/sign-in?next=%2Faccount%2Fprofiles",
            "SANNE@example.com",
            PASSWORD,
        )
        .await;
    assert_eq!(page.location(), "/account/profiles");
    actor.follow(page).await.says("Your profiles");
}

async fn a_form_that_is_wrong_keeps_what_was_typed_but_the_password(app: TestApp) {
    let mut actor = app.browser();
    let form = actor.get("/sign-up").await.form("sign-up");
    let form = form
        .with("name", "Sanne <b>")
        .with("email", "sanne@nowhere")
        .with("password", "kort");
    let page = actor.submit(form.press("sign-up-submit")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.error_at("email")
            .expect("an error")
            .contains("not an e-mail address")
    );
    assert!(
        page.error_at("password")
            .expect("an error")
            .contains("too short")
    );
    assert_eq!(page.error_at("name"), None);
    let again = page.form("sign-up");
    assert_eq!(again.value("name"), Some("Sanne <b>"));
    assert_eq!(again.value("email"), Some("sanne@nowhere"));
    assert_eq!(again.value("password"), Some(""));
    let again = again.with("email", SANNE).with("password", PASSWORD);
    assert_eq!(
        actor.submit(again).await.location(),
        "/account?done=welcome"
    );
}

async fn a_wrong_password_and_an_unknown_address_get_the_same_answer(app: TestApp) {
    app.person("Sanne", SANNE).await;
    let mut answers = Vec::new();
    for email in [SANNE, "nobody@example.com", "not an address"] {
        let page = app
            .browser()
            .sign_in("/sign-in", email, "not the password")
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(page.form("sign-in").value("email"), Some(email));
        assert_eq!(page.form("sign-in").value("password"), Some(""));
        answers.push(page.words());
    }
    assert!(answers[0].contains("do not go together"));
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
}

async fn guessing_has_to_wait_for_known_and_unknown_addresses_alike(app: TestApp) {
    app.person("Sanne", SANNE).await;
    for email in [SANNE, "nobody@example.com"] {
        let mut actor = app.browser();
        for _ in 0..5 {
            actor.sign_in("/sign-in", email, "not the password").await;
        }
        let page = actor.sign_in("/sign-in", email, PASSWORD).await;
        assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS, "{email}");
        page.says("Try again in 2 seconds");
        assert_eq!(page.headers["retry-after"], "2");
        assert_eq!(page.form("sign-in").value("email"), Some(email));
    }
    app.wait(Duration::from_secs(2));
    let page = app.browser().sign_in("/sign-in", SANNE, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

async fn a_right_password_forgives_the_wrong_ones_before_it(app: TestApp) {
    app.settled("Sanne", SANNE).await;
    for _ in 0..2 {
        let mut actor = app.browser();
        for _ in 0..4 {
            let told = actor.sign_in("/sign-in", SANNE, "not the password").await;
            assert_eq!(told.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let page = actor.sign_in("/sign-in", SANNE, PASSWORD).await;
        assert_eq!(page.location(), "/account");
    }
}

async fn a_session_ends_by_itself_and_nothing_is_lost(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let form = actor.get("/account/profiles").await.form("profiles");
    app.wait(12 * HOUR);
    let page = actor.submit(form).await;
    assert_eq!(page.location(), "/sign-in?next=%2Faccount%2Fprofiles");
    let page = actor.get("/account/security").await;
    assert_eq!(page.location(), "/sign-in?next=%2Faccount%2Fsecurity");
    let page = actor.follow(page).await;
    page.says("Nothing is lost");
    let form = page
        .form("sign-in")
        .with("email", SANNE)
        .with("password", PASSWORD);
    assert_eq!(actor.submit(form).await.location(), "/account/security");
}

async fn nobody_can_fix_the_session_of_someone_else(app: TestApp) {
    app.person("Sanne", SANNE).await;
    let mut eve = app.person("Eve", "eve@example.com").await;
    let planted = eve.jar["sluis-session"].clone();
    // Eve plants her cookies in the browser of someone who then signs in.
    let mut victim = eve.clone();
    let form = victim.signing_out().await;
    victim.submit(form).await;
    victim
        .jar
        .insert("sluis-session".to_owned(), planted.clone());
    let page = victim.sign_in("/sign-in", SANNE, PASSWORD).await;
    assert_eq!(page.location(), "/account");
    assert_ne!(victim.jar["sluis-session"], planted);
    assert_eq!(
        eve.get("/account").await.location(),
        "/sign-in?next=%2Faccount"
    );
}

async fn signing_in_again_ends_the_session_before(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let before = actor.clone();
    app.wait(HOUR);
    let page = actor.visit(&shop.request(&[("prompt", "login")])).await;
    page.says("Sign in once more");
    page.says("The shop");
    let form = page
        .form("sign-in")
        .with("email", SANNE)
        .with("password", PASSWORD);
    let page = actor.submit(form).await;
    actor.follow(page).await.form("consent");
    let mut before = before;
    assert_eq!(
        before.get("/account").await.location(),
        "/sign-in?next=%2Faccount"
    );
}

async fn signing_out_ends_the_session_itself_and_not_only_the_cookie(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let mut copy = actor.clone();
    let form = actor.signing_out().await;
    actor.submit(form).await;
    assert_eq!(
        copy.get("/account").await.location(),
        "/sign-in?next=%2Faccount"
    );
}

async fn no_path_leads_to_another_host(app: TestApp) {
    app.person("Sanne", SANNE).await;
    for elsewhere in [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example",
        "account",
        "javascript:alert(1)",
    ] {
        let query: String = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("next", elsewhere)
            .append_pair("return", elsewhere)
            .finish();
        let mut actor = app.browser();
        let page = actor
            .sign_in(&format!("/sign-in?{query}"), SANNE, PASSWORD)
            .await;
        assert_eq!(page.location(), "/account", "{elsewhere:?}");
        let page = actor.get(&format!("/sign-in?{query}")).await;
        assert_eq!(page.location(), "/account", "{elsewhere:?}");

        let page = actor
            .get(&format!("/account/profiles/nickname?{query}"))
            .await;
        assert!(!page.html.contains("evil.example"), "{elsewhere:?}");
        let form = page
            .form("attribute")
            .with("value", "San")
            .forged("return", elsewhere);
        let page = actor.submit(form.press("save")).await;
        assert_eq!(
            page.location(),
            "/account/profiles?done=saved",
            "{elsewhere:?}"
        );

        let form = actor
            .get("/account")
            .await
            .form("/language")
            .forged("return", elsewhere);
        let page = actor.submit(form.forged("language", "nl")).await;
        assert_eq!(page.location(), "/", "{elsewhere:?}");
    }
    let mut actor = app.browser();
    let form = actor
        .get("/sign-in")
        .await
        .form("sign-in")
        .forged("next", "//evil.example");
    let form = form.with("email", SANNE).with("password", PASSWORD);
    assert_eq!(actor.submit(form).await.location(), "/account");
}

async fn what_is_not_there_is_said_so(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    for path in [
        "/nothing",
        "/account/nothing",
        "/account/profiles/shoe_size",
        "/account/businesses/nothing",
        "/account/businesses/0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11",
        "/account/businesses/0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11/receipts",
    ] {
        let page = actor.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(page.error().as_deref(), Some("not_found"), "{path}");
    }
}
