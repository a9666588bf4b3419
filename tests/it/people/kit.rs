//! The recovery kit, and the operator's key.

use axum::http::{Method, StatusCode};

use super::{ADA, SECOND, ask, forgot, link, only, post};
use crate::harness::{Actor, EVE, NEW_PASSWORD, PASSWORD, Page, TestApp, on_both_databases};

on_both_databases!(
    a_kit_counts_once_somebody_typed_a_part_of_it,
    the_operators_key_goes_only_when_there_is_a_kit,
    a_kit_opens_the_vault_with_a_new_password_and_ends_all_sessions,
    a_new_kit_takes_the_place_of_the_old,
    a_kit_that_is_replaced_while_somebody_uses_it_sets_no_password,
    a_kit_that_was_not_confirmed_or_is_somebody_elses_opens_nothing,
    an_open_browser_makes_no_kit_and_drops_no_key,
);

/// The code on a page that shows it.
fn code(page: &Page) -> Vec<String> {
    let list = page.html.split_once("id=\"kit-code\"").expect("a code").1;
    let list = list.split_once("</ol>").expect("an end").0;
    list.split("<code>")
        .skip(1)
        .map(|group| group.split('<').next().expect("a group").to_owned())
        .collect()
}

/// Which part of it the page asks for.
fn part(page: &Page, groups: &[String]) -> String {
    let form = page.form("kit-confirm");
    let group: usize = form.value("group").expect("a group").parse().expect("one");
    groups[group - 1].clone()
}

/// Makes a kit and confirms it; returns its code.
pub(crate) async fn with_kit(actor: &mut Actor) -> String {
    let form = actor.get("/account/security").await.form("security/kit");
    let page = actor.submit(form).await;
    let groups = code(&page);
    let typed = part(&page, &groups);
    let form = page.form("kit-confirm").with("part", &typed);
    let page = actor.submit(form).await;
    assert_eq!(page.location(), "/account/security?done=kit");
    groups.join("-")
}

/// Types a code into the page that a link leads to.
async fn type_code(actor: &mut Actor, link: &str, code: &str) -> Page {
    let form = actor.get(link).await.form("recover-kit");
    let form = form.with("code", code).with("password", NEW_PASSWORD);
    actor.land(form.press("recover-kit-submit")).await
}

async fn a_kit_counts_once_somebody_typed_a_part_of_it(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.get("/account/security").await;
    page.says("This opens your vault now: your password and the spare key of the operator.");
    let page = ada.submit(page.form("security/kit")).await;
    let groups = code(&page);
    assert_eq!(groups.len(), 8);
    let picture = sluis::web::qr::svg(&groups.join("-")).expect("a picture");
    assert!(page.html.contains(&picture), "of the code that it says");
    let right = part(&page, &groups);
    let form = page.form("kit-confirm").with("part", "0000");
    let wrong = ada.submit(form).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says("That is not what it says");
    assert!(!wrong.html.contains(&right), "it is shown once");
    let page = ada.get("/account/security").await;
    page.says("No recovery kit yet");
    let form = wrong.form("kit-confirm");
    let page = ada.submit(form.with("part", &right.to_lowercase())).await;
    let page = ada.follow(page).await;
    page.says("your password, your recovery kit and the spare key of the operator.");
    only(post(&app).await).says("a recovery kit was made");
}

async fn the_operators_key_goes_only_when_there_is_a_kit(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.get("/account/security").await;
    assert!(!page.has_form("escrow/drop"));
    let body = page.form("security/kit").body();
    let forged = ada
        .send(Method::POST, "/account/security/escrow/drop", Some(body))
        .await;
    assert_eq!(forged.location(), "/account/security?done=no-kit");
    with_kit(&mut ada).await;
    app.leave_mail().await;
    let form = ada.get("/account/security").await.form("escrow/drop");
    let page = ada.submit(form).await;
    let page = ada.follow(page).await;
    page.says("This opens your vault now: your password and your recovery kit.");
    only(post(&app).await).says("the spare key of the operator was taken away");
    let page = ada.submit(page.form("escrow/allow")).await;
    let page = ada.follow(page).await;
    page.says("your recovery kit and the spare key of the operator.");
}

async fn a_kit_opens_the_vault_with_a_new_password_and_ends_all_sessions(app: TestApp) {
    let mut ada = app.person("Ada Lovelace", ADA).await;
    ada.live_in_amsterdam().await;
    let code = with_kit(&mut ada).await;
    app.leave_mail().await;
    let link = super::forgot(&app, ADA).await;
    let mut phone = app.browser();
    let almost = format!("{}0000", &code[..code.len() - 4]);
    let wrong = type_code(&mut phone, &link, &almost).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.says("does not open your vault");
    let typed = code.to_lowercase().replace('-', " ");
    let page = type_code(&mut phone, &link, &typed).await;
    page.says("new password works");
    assert!(ada.get("/account").await.redirect().is_some(), "signed out");
    only(post(&app).await).says("a new password was set");
    let page = phone.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    phone.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    let page = phone.get("/account/profiles").await;
    page.says("Prinsengracht 263");
    phone.get(&link).await.says("new password works");
}

async fn a_new_kit_takes_the_place_of_the_old(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let old = with_kit(&mut ada).await;
    app.wait(SECOND);
    let new = with_kit(&mut ada).await;
    app.leave_mail().await;
    let link = super::forgot(&app, ADA).await;
    let mut phone = app.browser();
    let page = type_code(&mut phone, &link, &old).await;
    page.says("does not open");
    let page = type_code(&mut phone, &link, &new).await;
    page.says("new password works");
}

async fn a_kit_that_was_not_confirmed_or_is_somebody_elses_opens_nothing(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let form = ada.get("/account/security").await.form("security/kit");
    let loose = code(&ada.submit(form).await).join("-");
    ask(&mut app.browser(), ADA).await;
    let early = link(&only(post(&app).await));
    assert!(!app.browser().get(&early).await.has_form("recover-kit"));
    with_kit(&mut ada).await;
    let mut eve = app.person("Eve", EVE).await;
    let hers = with_kit(&mut eve).await;
    app.leave_mail().await;
    app.wait(SECOND);
    let link = super::forgot(&app, ADA).await;
    for code in [loose.as_str(), hers.as_str(), "", "0000"] {
        let page = type_code(&mut app.browser(), &link, code).await;
        page.says("does not open");
    }
}

/// Whoever finds it open, later than ten minutes after its owner signed in.
async fn an_open_browser_makes_no_kit_and_drops_no_key(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    with_kit(&mut ada).await;
    app.wait(std::time::Duration::from_secs(601));
    for form in ["security/kit", "escrow/drop"] {
        let form = ada.get("/account/security").await.form(form);
        let page = ada.submit(form).await;
        assert!(
            page.location().starts_with("/sign-in/confirm?after="),
            "{}",
            page.location()
        );
    }
}

async fn a_kit_that_is_replaced_while_somebody_uses_it_sets_no_password(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let found = with_kit(&mut ada).await;
    app.leave_mail().await;
    let recover = forgot(&app, ADA).await;
    let mut finder = app.browser();
    let form = finder.get(&recover).await.form("recover-kit");
    let using = form.with("code", &found).with("password", NEW_PASSWORD);
    let form = ada.get("/account/security").await.form("security/kit");
    let page = ada.submit(form).await;
    let typed = part(&page, &code(&page));
    let confirming = page.form("kit-confirm").with("part", &typed);
    let (used, confirmed) = tokio::join!(finder.submit(using), ada.submit(confirming));
    assert_eq!(confirmed.location(), "/account/security?done=kit");
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}
