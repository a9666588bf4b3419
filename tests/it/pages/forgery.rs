//! Forms that did not come from the page that they look like.

use axum::http::StatusCode;

use crate::harness::{Actor, PASSWORD, SANNE, TestApp, on_both_databases};
use crate::html::Form;

async fn refused(actor: &mut Actor, form: Form) {
    let page = actor.submit(form).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.words());
    assert_eq!(page.error().as_deref(), Some("forged"));
}

on_both_databases! {
    a_form_without_its_token_does_nothing,
    a_token_of_another_browser_or_session_does_not_pass,
    a_token_from_before_the_sign_in_does_not_pass_after_it,
    a_token_from_before_the_sign_out_does_not_pass_after_it,
    nobody_is_signed_in_to_the_account_of_someone_else,
    what_is_no_form_or_too_much_of_one_is_refused_and_changes_nothing,
}

async fn a_form_without_its_token_does_nothing(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let form = actor.signing_out().await;
    refused(&mut actor, form.clone().without("csrf")).await;
    refused(&mut actor, form.clone().forged("csrf", "")).await;
    refused(&mut actor, form.clone().forged("csrf", "AAAA")).await;
    assert_eq!(actor.get("/account").await.status, StatusCode::OK);
    assert_eq!(actor.submit(form).await.location(), "/sign-out");
}

async fn a_token_of_another_browser_or_session_does_not_pass(app: TestApp) {
    let mut eve = app.person("Eve", "eve@example.com").await;
    let mut actor = app.person("Sanne", SANNE).await;
    let token = eve
        .get("/sign-out")
        .await
        .form("sign-out")
        .value("csrf")
        .expect("a token")
        .to_owned();
    let form = actor.signing_out().await;
    refused(&mut actor, form.clone().forged("csrf", &token)).await;

    // Eve's session in Sanne's browser, with the token of Eve's own browser.
    let mut mixed = actor.clone();
    mixed
        .jar
        .insert("sluis-session".to_owned(), eve.jar["sluis-session"].clone());
    refused(&mut mixed, form.forged("csrf", &token)).await;
}

async fn a_token_from_before_the_sign_in_does_not_pass_after_it(app: TestApp) {
    app.person("Sanne", SANNE).await;
    let mut actor = app.browser();
    let before = actor.get("/sign-in").await.form("sign-in");
    let token = before.value("csrf").expect("a token").to_owned();
    let form = before.with("email", SANNE).with("password", PASSWORD);
    assert_eq!(actor.submit(form.clone()).await.location(), "/account");
    let out = actor.signing_out().await;
    refused(&mut actor, out.forged("csrf", &token)).await;
    refused(&mut actor, form).await;
    assert_eq!(actor.get("/account").await.status, StatusCode::OK);
}

async fn a_token_from_before_the_sign_out_does_not_pass_after_it(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let profiles = actor.get("/account/profiles").await.form("profiles");
    let out = actor.signing_out().await;
    actor.submit(out).await;
    actor.sign_in("/sign-in", SANNE, PASSWORD).await;
    refused(&mut actor, profiles).await;
}

async fn nobody_is_signed_in_to_the_account_of_someone_else(app: TestApp) {
    // Login CSRF: Eve has a victim's browser send her own password.
    let mut eve = app.person("Eve", "eve@example.com").await;
    let out = eve.signing_out().await;
    eve.submit(out).await;
    let form = eve
        .get("/sign-in")
        .await
        .form("sign-in")
        .with("email", "eve@example.com");
    let mut victim = app.browser();
    victim.get("/").await;
    refused(&mut victim, form.with("password", PASSWORD)).await;
    assert!(!victim.jar.contains_key("sluis-session"));
}

async fn what_is_no_form_or_too_much_of_one_is_refused_and_changes_nothing(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let form = actor
        .get("/account/profiles/nickname")
        .await
        .form("attribute")
        .press("save");
    let page = actor
        .submit(form.clone().with("value", &"x".repeat(200_000)))
        .await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    let mut many = form.clone().with("value", "San");
    for number in 0..300 {
        many = many.forged(&format!("field-{number}"), "x");
    }
    let page = actor.submit(many).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert_eq!(page.error().as_deref(), Some("malformed"));
    let page = actor.submit(form.clone().without("revision")).await;
    assert_eq!(page.error().as_deref(), Some("malformed"));
    let page = actor.submit(form.with("value", "Sa\u{0}n")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = actor.get("/account/profiles/nickname").await;
    assert_eq!(page.form("attribute").value("value"), Some(""));
}
