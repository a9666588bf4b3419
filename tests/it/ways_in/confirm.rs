//! Showing again who one is, before what an open browser should not do.

use std::time::Duration;

use axum::http::Method;

use super::{ADA, NEXT_CODE, SECRET, set_up_app, sign_in_with_code};
use crate::harness::{Actor, Authenticator, EVE, PASSWORD, Page, TestApp, on_both_databases};
use crate::html::Form;
use crate::protocol::Business;

const LATER: Duration = Duration::from_secs(601);

on_both_databases! {
    the_high_profile_is_given_by_who_was_here_a_moment_ago,
    the_id_token_says_how_someone_signed_in,
    a_passkey_confirms_as_well,
    an_acr_that_is_insisted_on_is_reached_or_refused,
    one_item_of_the_high_profile_is_given_by_who_was_here_a_moment_ago,
    a_high_agreement_lasts_longer_by_who_was_here_a_moment_ago,
    what_moves_out_of_the_high_profile_is_moved_by_who_was_here_a_moment_ago,
    whatever_an_open_browser_should_not_do_asks_who_it_is,
    who_comes_back_to_press_again_is_told_so,
    a_form_that_asks_keeps_the_name_of_the_browser,
}

async fn the_high_profile_is_given_by_who_was_here_a_moment_ago(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    app.wait(LATER);
    let page = ada.visit(&shop.request(&[])).await;
    let form = page.form("consent").with("tier", "high");
    let asked = ada.submit(form.press("allow")).await;
    asked.says("Is it you?");
    // What was chosen comes with the answer.
    let form = asked.form("confirm");
    assert_eq!(form.value("tier"), Some("high"));
    let wrong = form.clone().with("confirm-password", "not that one");
    let page = ada.submit(wrong.press("confirm-submit")).await;
    page.says("This password is wrong");
    let session = ada.jar["sluis-session"].clone();
    let form = page.form("confirm").with("confirm-password", PASSWORD);
    let page = ada.submit(form.press("confirm-submit")).await;
    assert!(shop.answer(&page).contains_key("code"));
    assert_ne!(ada.jar["sluis-session"], session);
    assert_eq!(ada.get("/account").await.status, 200);
}

async fn the_id_token_says_how_someone_signed_in(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let (_, claims) = shop.log_in_known(&mut ada).await;
    assert_eq!(claims["amr"], serde_json::json!(["pwd"]));
    let (phone, _) = set_up_app(&app, &mut ada).await;
    app.wait(NEXT_CODE);
    sign_in_with_code(&mut ada, &phone.code(&app)).await;
    let (_, claims) = shop.log_in_known(&mut ada).await;
    assert_eq!(claims["amr"], serde_json::json!(["pwd", "otp", "mfa"]));
    assert_eq!(
        claims["acr"],
        "https://schemas.sluis.example/acr/two-factor"
    );
    assert_eq!(claims["auth_time"], app.app.now().as_seconds());
    // A passkey is two factors at once, wherever it is shown.
    let mut key = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut key).await;
    let mut beside = Authenticator::new(None);
    ada.add_passkey(&mut beside).await;
    ada.sign_in_with("/sign-in", &mut key).await;
    let (_, claims) = shop.log_in_known(&mut ada).await;
    assert_eq!(claims["amr"], serde_json::json!(["pop", "user", "mfa"]));
    assert_eq!(claims["acr"], "https://schemas.sluis.example/acr/passkey");
    ada.leave().await;
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    let form = ada.get("/sign-in/second").await.form("second-passkey");
    let challenge = ada.challenge(&form, "/sign-in/passkey/options").await;
    let page = ada.submit(beside.show(form, &challenge)).await;
    assert_eq!(page.location(), "/account");
    let (_, claims) = shop.log_in_known(&mut ada).await;
    let both = serde_json::json!(["pwd", "pop", "user", "mfa"]);
    assert_eq!(claims["amr"], both);
}

async fn a_passkey_confirms_as_well(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut phone = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut phone).await;
    app.wait(LATER);
    let form = ada
        .visit("/account/security/totp")
        .await
        .form("confirm-passkey");
    let challenge = ada.challenge(&form, "/sign-in/passkey/options").await;
    let page = ada.submit(phone.show(form, &challenge)).await;
    assert_eq!(page.location(), "/account/security/totp");
    assert_eq!(ada.get("/account/security/totp").await.status, 200);
}

async fn an_acr_that_is_insisted_on_is_reached_or_refused(app: TestApp) {
    let paper = app.paper().await;
    let mut ada = app.person("Ada", ADA).await;
    let (phone, _) = set_up_app(&app, &mut ada).await;
    app.wait(NEXT_CODE);
    let claims = serde_json::json!({"id_token": {"acr": {
        "essential": true, "value": "https://schemas.sluis.example/acr/two-factor",
    }}});
    let request = paper.request(&[("claims", &claims.to_string())]);
    // Signed in by password alone: the business has its way.
    let page = ada.get(&request).await;
    let page = ada.sign_in(page.location(), ADA, PASSWORD).await;
    let page = ada.follow(page).await;
    let form = page.form("second-code").with("code", &phone.code(&app));
    let page = ada.submit(form.press("second-submit")).await;
    assert!(
        page.location().starts_with("/consent/"),
        "{}",
        page.location()
    );
    // Somebody who has nothing else cannot reach it.
    let mut eve = app.person("Eve", EVE).await;
    let page = eve.get(&request).await;
    let page = eve.sign_in(page.location(), EVE, PASSWORD).await;
    let answer = paper.answer(&page);
    assert_eq!(answer["error"], "unmet_authentication_requirements");
}

/// The page asks, and goes on once it knows.
async fn asks_and_goes_on(actor: &mut Actor, form: Form) -> Page {
    let page = actor.submit(form).await;
    page.says("Is it you?");
    let form = page.form("confirm").with("confirm-password", PASSWORD);
    actor.submit(form.press("confirm-submit")).await
}

async fn one_item_of_the_high_profile_is_given_by_who_was_here_a_moment_ago(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    let form = ada.get("/account/profiles").await.form("profiles");
    let form = form.with("placement-delivery_address", "high");
    ada.submit(form.press("profiles-save")).await;
    app.wait(LATER);
    let page = ada.visit(&shop.request(&[])).await;
    let form = page.form("consent").with("tier", "medium");
    let form = form.with("claim-delivery_address", "on").press("allow");
    let page = asks_and_goes_on(&mut ada, form).await;
    assert!(shop.answer(&page).contains_key("code"));
}

async fn a_high_agreement_lasts_longer_by_who_was_here_a_moment_ago(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    let page = ada.visit(&shop.request(&[])).await;
    let form = page.form("consent").with("tier", "high");
    ada.submit(form.press("allow")).await;
    let grant = ada.newest_grant().await;
    // Less takes nobody; for longer again is another thing.
    let form = ada.get(&grant).await.form("/change");
    ada.submit(form.with("retention", "P7D")).await;
    app.wait(LATER);
    let form = ada.get(&grant).await.form("/change");
    let page = ada.submit(form.with("retention", "P1M")).await;
    let form = page.form("confirmation").press("allow");
    let page = asks_and_goes_on(&mut ada, form).await;
    assert_eq!(page.location(), format!("{grant}?done=saved"));
    // For as long again.
    app.wait(LATER);
    let form = ada.get(&grant).await.form("/renew").press("renew");
    let page = asks_and_goes_on(&mut ada, form).await;
    assert_eq!(page.location(), format!("{grant}?done=renewed"));
    // And to go on after a pause, which takes nobody.
    let form = ada.get(&grant).await.form("/pause").press("pause");
    ada.submit(form).await.location();
    app.wait(LATER);
    let form = ada.get(&grant).await.form("/resume").press("resume");
    let page = asks_and_goes_on(&mut ada, form).await;
    assert_eq!(page.location(), format!("{grant}?done=resumed"));
}

async fn what_moves_out_of_the_high_profile_is_moved_by_who_was_here_a_moment_ago(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    app.wait(LATER);
    let form = ada.get("/account/profiles").await.form("profiles");
    // Closer to oneself takes nothing.
    let page = ada
        .submit(
            form.clone()
                .with("placement-email", "high")
                .press("profiles-save"),
        )
        .await;
    assert_eq!(page.location(), "/account/profiles?done=saved");
    for (field, to) in [
        ("placement-birthdate", "low"),
        ("permission-analytics", "medium"),
    ] {
        app.wait(LATER);
        let form = ada.get("/account/profiles").await.form("profiles");
        let form = form.with(field, to).press("profiles-save");
        let page = asks_and_goes_on(&mut ada, form).await;
        assert_eq!(page.location(), "/account/profiles?done=saved");
    }
    app.wait(LATER);
    let form = ada.get("/account/profiles/gender").await.form("attribute");
    let form = form.with("value", "female").with("placement", "low");
    let page = asks_and_goes_on(&mut ada, form.press("save")).await;
    assert_eq!(page.location(), "/account/profiles?done=saved");
}

async fn whatever_an_open_browser_should_not_do_asks_who_it_is(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut key = Authenticator::new(Some(SECRET));
    ada.add_passkey(&mut key).await;
    ada.sign_in_with("/sign-in", &mut key).await;
    app.wait(LATER);
    let page = ada.get("/account/security").await;
    let csrf = page.form("security/kit").value("csrf").map(str::to_owned);
    let csrf = csrf.expect("a token");
    let removal = page.form("/remove").action;
    for path in [
        "/account/data/export.json",
        "/account/data/contacts.vcf",
        "/account/security/totp",
        "/account/security/passkeys",
        "/account/security/password",
        "/account/security/email",
        "/account/erase",
        "/account/data/import",
    ] {
        let page = ada.get(path).await;
        assert!(
            page.location().starts_with("/sign-in/confirm?after="),
            "{path}"
        );
    }
    let body = format!("csrf={csrf}");
    for path in [
        removal.as_str(),
        "/account/security/kit",
        "/account/security/escrow/drop",
        "/account/security/escrow/allow",
        "/account/security/totp",
        "/account/security/totp/remove",
        "/account/security/passkeys",
        "/account/security/codes",
        "/account/security/password",
        "/account/security/email",
        "/account/erase",
        "/account/data/transfer",
    ] {
        let page = ada.send(Method::POST, path, Some(body.clone())).await;
        assert!(
            page.location().starts_with("/sign-in/confirm?after="),
            "{path}"
        );
    }
    let path = "/account/security/passkeys/options";
    let page = ada.send(Method::POST, path, Some(body)).await;
    assert_eq!(page.status, 403);
}

async fn who_comes_back_to_press_again_is_told_so(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    app.wait(LATER);
    let form = ada.get("/account/security").await.form("security/kit");
    let page = ada.submit(form).await;
    let page = ada.follow(page).await;
    let form = page.form("confirm").with("confirm-password", PASSWORD);
    let page = ada.submit(form.press("confirm-submit")).await;
    let page = ada.follow(page).await;
    page.says("Press once more");
    let page = ada.submit(page.form("security/kit")).await;
    assert!(page.has_form("kit-confirm"));
    // Taking everything along, one comes back to the page: else a browser would save
    // this answer as the file.
    app.wait(LATER);
    let page = ada.get("/account/data/export.json").await;
    assert_eq!(page.location(), "/sign-in/confirm?after=%2Faccount%2Fdata");
    let page = ada.get("/account/data").await;
    assert!(!page.html.contains(" download"));
}

async fn a_form_that_asks_keeps_the_name_of_the_browser(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    ada.agent =
        Some("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".to_owned());
    ada.live_in_amsterdam().await;
    app.wait(LATER);
    let page = ada.visit(&shop.request(&[])).await;
    let form = page.allowing("high");
    asks_and_goes_on(&mut ada, form).await;
    let page = ada.get("/account/security").await;
    page.says("Firefox on Linux");
    assert!(!page.has_form("sessions/end"), "there is one session");
}
