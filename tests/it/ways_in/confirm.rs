//! Showing again who one is, before what an open browser should not do.

use std::time::Duration;

use super::{ADA, NEXT_CODE, SECRET, set_up_app, sign_in_with_code};
use crate::harness::{Authenticator, PASSWORD, TestApp, on_both_databases};
use crate::protocol::Business;

const LATER: Duration = Duration::from_secs(601);

on_both_databases! {
    the_high_profile_is_given_by_who_was_here_a_moment_ago,
    the_id_token_says_how_someone_signed_in,
    a_passkey_confirms_as_well,
    an_acr_that_is_insisted_on_is_reached_or_refused,
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
    let mut eve = app.person("Eve", "eve@home.example").await;
    let page = eve.get(&request).await;
    let page = eve
        .sign_in(page.location(), "eve@home.example", PASSWORD)
        .await;
    let answer = paper.answer(&page);
    assert_eq!(answer["error"], "unmet_authentication_requirements");
}
