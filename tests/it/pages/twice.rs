//! The same thing from two tabs, twice, or by the back button.

use axum::http::StatusCode;

use super::consent::reads;
use crate::harness::{PASSWORD, SANNE, TestApp, on_both_databases};

on_both_databases! {
    a_second_click_gets_a_second_answer_and_one_agreement,
    two_clicks_at_once_get_two_answers_and_one_agreement,
    a_second_thought_from_another_tab_does_not_undo_the_first,
    a_no_stays_a_no,
    two_questions_in_two_tabs_are_both_answered,
    an_edit_in_another_tab_shows_the_question_anew,
    an_agreement_that_is_changed_by_two_clicks_is_told_to_be_changed_twice,
    a_sign_in_from_a_second_tab_is_told_how_to_go_on,
}

async fn a_second_click_gets_a_second_answer_and_one_agreement(app: TestApp) {
    let paper = app.paper().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let page = actor.visit(&paper.request(&[])).await;
    let form = page
        .form("consent")
        .with("tier", "low")
        .with("purpose-letter", "on")
        .press("allow");
    let first = actor.submit(form.clone()).await;
    let second = actor.submit(form).await;
    assert_ne!(paper.answer(&first)["code"], paper.answer(&second)["code"]);
    assert_eq!(reads(&app, &paper, &second).await, ["email"]);
    let businesses = actor.get("/account/businesses").await;
    assert_eq!(businesses.grants().len(), 1);
    let grant = actor.newest_grant().await;
    actor.get(&grant).await.says_not("receipt 2");
}

async fn two_clicks_at_once_get_two_answers_and_one_agreement(app: TestApp) {
    let paper = app.paper().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let page = actor.visit(&paper.request(&[])).await;
    let form = page.allowing("low");
    let mut other = actor.clone();
    let (first, second) = tokio::join!(actor.submit(form.clone()), other.submit(form));
    assert!(paper.answer(&first).contains_key("code"));
    assert!(paper.answer(&second).contains_key("code"));
    let grant = actor.newest_grant().await;
    actor.get(&grant).await.says_not("receipt 2");
}

async fn a_second_thought_from_another_tab_does_not_undo_the_first(app: TestApp) {
    let paper = app.paper().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let page = actor.visit(&paper.request(&[])).await;
    let form = page.form("consent").with("tier", "low");
    let answer = actor.submit(form.clone().press("allow")).await;
    assert!(paper.answer(&answer).contains_key("code"));
    for other in [
        form.clone().press("deny"),
        form.clone().with("tier", "high").press("allow"),
    ] {
        let again = actor.submit(other).await;
        assert_eq!(again.status, StatusCode::CONFLICT);
        again.says("You have already answered this");
    }
    // Back, and reload.
    let again = actor.get(&page.path).await;
    assert_eq!(again.status, StatusCode::OK);
    again.says("You have already answered this");
    let grant = actor.newest_grant().await;
    assert!(again.links().contains(&grant));

    // Whoever signs in after that in this browser gets no link to it.
    let out = actor.signing_out().await;
    actor.submit(out).await;
    actor.sign_up("/sign-up", "Eve", "eve@example.com").await;
    let again = actor.get(&page.path).await;
    again.says("You have already answered this");
    assert!(!again.links().contains(&grant));
    assert_eq!(actor.get(&grant).await.status, StatusCode::NOT_FOUND);
}

async fn a_no_stays_a_no(app: TestApp) {
    let paper = app.paper().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let page = actor.visit(&paper.request(&[])).await;
    let form = page.form("consent").with("tier", "low");
    for _ in 0..2 {
        let answer = actor.submit(form.clone().press("deny")).await;
        assert_eq!(paper.answer(&answer)["error"], "access_denied");
    }
    let again = actor.submit(form.press("allow")).await;
    again.says("You have already answered this");
    actor
        .get("/account")
        .await
        .says("Nobody gets data from you yet.");
}

async fn two_questions_in_two_tabs_are_both_answered(app: TestApp) {
    let paper = app.paper().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let first = actor.visit(&paper.request(&[])).await;
    let second = actor.visit(&paper.request(&[])).await;
    assert_ne!(first.path, second.path);
    let answer = actor.submit(first.allowing("low")).await;
    assert!(paper.answer(&answer).contains_key("code"));
    // The second page shows what is no longer so.
    let form = second
        .form("consent")
        .with("tier", "low")
        .with("purpose-letter", "on");
    let changed = actor.submit(form.press("allow")).await;
    assert_eq!(changed.status, StatusCode::CONFLICT);
    changed.says("The question changed while you were looking.");
    let form = changed.form("consent");
    assert_eq!(form.value("tier"), Some("low"));
    assert_eq!(form.ticked(), ["purpose-letter"]);
    let answer = actor.submit(form.press("allow")).await;
    assert_eq!(reads(&app, &paper, &answer).await, ["email"]);
    // And one that needs no question any more goes straight on.
    let page = actor.visit(&paper.request(&[])).await;
    assert!(paper.answer(&page).contains_key("code"));
}

async fn an_edit_in_another_tab_shows_the_question_anew(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let page = actor.visit(&shop.request(&[])).await;
    let form = page
        .form("consent")
        .with("tier", "medium")
        .with("claim-phone_number", "on")
        .with("retention", "P7D");
    actor.live_in_amsterdam().await;
    let changed = actor.submit(form.press("allow")).await;
    assert_eq!(changed.status, StatusCode::CONFLICT);
    changed.says("Nothing has been released yet.");
    changed.says("Prinsengracht 263");
    let form = changed.form("consent");
    assert_eq!(form.value("tier"), Some("medium"));
    assert_eq!(form.value("retention"), Some("P7D"));
    assert_eq!(form.ticked(), ["claim-phone_number"]);
    let answer = actor.submit(form.press("allow")).await;
    assert!(shop.answer(&answer).contains_key("code"));
}

async fn a_sign_in_from_a_second_tab_is_told_how_to_go_on(app: TestApp) {
    let paper = app.paper().await;
    app.person("Sanne", SANNE).await;
    let mut actor = app.browser();
    let tab = actor.visit(&paper.request(&[])).await;
    let form = tab
        .form("sign-in")
        .with("email", SANNE)
        .with("password", PASSWORD);
    let signed_in = actor.submit(form.clone()).await;
    assert!(signed_in.location().starts_with("/consent/"));
    let again = actor.submit(form).await;
    assert_eq!(again.error().as_deref(), Some("forged"));
    let reloaded = actor.visit(&tab.path).await;
    assert!(reloaded.has_form("consent"));
}

async fn an_agreement_that_is_changed_by_two_clicks_is_told_to_be_changed_twice(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", "sanne@example.com").await;
    actor.live_in_amsterdam().await;
    let page = actor.visit(&shop.request(&[])).await;
    let form = page.form("consent").with("tier", "high");
    actor.submit(form.press("allow")).await;
    let grant = actor.newest_grant().await;
    let form = actor.get(&grant).await.form("/change");
    let shorter = form.with("retention", "P7D");
    for _ in 0..2 {
        let page = actor.submit(shorter.clone()).await;
        assert_eq!(page.location(), format!("{grant}?done=narrowed"));
    }
    let form = actor.get(&grant).await.form("/change");
    let page = actor.submit(form.with("retention", "P1M")).await;
    let longer = page.form("confirmation").press("allow");
    for _ in 0..2 {
        let page = actor.submit(longer.clone()).await;
        assert_eq!(page.location(), format!("{grant}?done=saved"));
    }
    assert_eq!(app.chain(&mut actor, &grant).await.len(), 3);
    // What was meant by somebody who saw other terms is not what stands.
    let page = actor.submit(shorter).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
}
