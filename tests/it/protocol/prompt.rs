//! `prompt`, `max_age` and what is asked once.

use std::time::Duration;

use serde_json::json;

use super::Business;
use super::business::{claims_of, text};
use crate::harness::{ADA, Actor, PASSWORD, TestApp, on_both_databases};

async fn error(business: &Business, actor: &mut Actor, more: &[(&str, &str)]) -> String {
    let page = actor.visit(&business.client.request(more)).await;
    business.client.answer(&page)["error"].clone()
}

/// When the person signed in, as the ID token of a login tells.
async fn auth_time(business: &Business, code: &str) -> i64 {
    let tokens = business.redeem(code).await.ok();
    let claims = claims_of(text(&tokens, "id_token"));
    claims["auth_time"].as_i64().expect("a time")
}

/// Where a request leads someone.
async fn leads(business: &Business, actor: &mut Actor, more: &[(&str, &str)]) -> String {
    let page = actor.get(&business.client.request(more)).await;
    page.location().to_owned()
}

on_both_databases!(
    prompt_none_never_shows_anything,
    at_a_known_business_with_unchanged_terms_nothing_is_asked,
    prompt_login_signs_in_again_and_auth_time_moves_on,
    who_must_sign_in_again_cannot_go_round_it_by_the_consent_page,
    default_max_age_counts_where_a_request_is_silent,
    prompt_create_leads_to_sign_up,
    offline_access_that_is_asked_later_is_asked_about,
    a_client_that_may_not_refresh_gets_no_refresh_token,
);

async fn prompt_none_never_shows_anything(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let none = [("prompt", "none")];
    assert_eq!(
        error(&shop, &mut app.browser(), &none).await,
        "login_required"
    );
    let mut ada = app.person("Ada", ADA).await;
    assert_eq!(error(&shop, &mut ada, &none).await, "consent_required");
    shop.code(&mut ada, "medium", &[("scope", "openid email")])
        .await;
    let page = ada
        .get(
            &shop
                .client
                .request(&[("prompt", "none"), ("scope", "openid email")]),
        )
        .await;
    assert!(shop.client.answer(&page).contains_key("code"));
    app.wait(Duration::from_secs(10));
    assert_eq!(
        error(&shop, &mut ada, &[("prompt", "none"), ("max_age", "9")]).await,
        "login_required"
    );
    app.wait(Duration::from_secs(12 * 3_600));
    assert_eq!(error(&shop, &mut ada, &none).await, "login_required");
}

async fn at_a_known_business_with_unchanged_terms_nothing_is_asked(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let scope = [("scope", "openid email")];
    shop.code(&mut ada, "low", &scope).await;
    let page = ada.get(&shop.client.request(&scope)).await;
    assert!(
        shop.client.answer(&page).contains_key("code"),
        "in one redirect"
    );
    assert!(
        leads(
            &shop,
            &mut ada,
            &[("scope", "openid email"), ("prompt", "consent")]
        )
        .await
        .starts_with("/consent/")
    );
    // More than was agreed is asked for.
    assert!(
        leads(&shop, &mut ada, &[("scope", "openid email profile")])
            .await
            .starts_with("/consent/")
    );
}

async fn prompt_login_signs_in_again_and_auth_time_moves_on(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let scope = ("scope", "openid email");
    let code = shop.code(&mut ada, "low", &[scope]).await;
    let first = auth_time(&shop, &code).await;
    app.wait(Duration::from_secs(60));
    let code = shop.code(&mut ada, "low", &[scope]).await;
    assert_eq!(
        auth_time(&shop, &code).await,
        first,
        "single sign-on is no sign-in"
    );
    for more in [
        ("prompt", "login"),
        ("prompt", "select_account"),
        ("max_age", "0"),
        ("max_age", "59"),
    ] {
        app.wait(Duration::from_secs(60));
        let path = leads(&shop, &mut ada, &[scope, more]).await;
        assert!(path.starts_with("/sign-in?request="), "{more:?}: {path}");
        let page = ada.sign_in(&path, ADA, PASSWORD).await;
        let code = shop.client.answer(&page)["code"].clone();
        let now = app.app.now().as_seconds();
        assert_eq!(auth_time(&shop, &code).await, now, "{more:?}");
    }
    let page = ada
        .get(&shop.client.request(&[scope, ("max_age", "60")]))
        .await;
    assert!(
        shop.client.answer(&page).contains_key("code"),
        "recent enough"
    );
}

async fn who_must_sign_in_again_cannot_go_round_it_by_the_consent_page(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.visit(&shop.client.request(&[])).await;
    let form = page.form("consent").with("tier", "high");
    app.wait(Duration::from_secs(60));
    let path = leads(&shop, &mut ada, &[("prompt", "login")]).await;
    let id = path
        .strip_prefix("/sign-in?request=")
        .expect("a request")
        .to_owned();
    let page = ada.get(&format!("/consent/{id}")).await;
    assert!(page.location().starts_with("/sign-in"));
    let mut forged = form.press("allow");
    forged.action = format!("/consent/{id}");
    let page = ada.submit(forged).await;
    assert!(
        page.location().starts_with("/sign-in"),
        "{}",
        page.location()
    );
}

async fn default_max_age_counts_where_a_request_is_silent(app: TestApp) {
    let bank = Business::with(&app, "bank", json!({"default_max_age": 30}), None).await;
    let mut ada = app.person("Ada", ADA).await;
    bank.code(&mut ada, "low", &[("scope", "openid")]).await;
    app.wait(Duration::from_secs(30));
    assert!(
        leads(&bank, &mut ada, &[("scope", "openid")])
            .await
            .starts_with("/sign-in")
    );
    let page = ada
        .get(
            &bank
                .client
                .request(&[("scope", "openid"), ("max_age", "60")]),
        )
        .await;
    assert!(bank.client.answer(&page).contains_key("code"));
}

async fn prompt_create_leads_to_sign_up(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let path = leads(&shop, &mut app.browser(), &[("prompt", "create")]).await;
    assert!(path.starts_with("/sign-up?request="), "{path}");
    let mut new = app.browser();
    let path = leads(
        &shop,
        &mut new,
        &[("prompt", "create"), ("scope", "openid email")],
    )
    .await;
    let page = new.sign_up(&path, "Nel", "nel@home.example").await;
    let page = new.follow(page).await;
    let form = page.allowing("low");
    let page = new.submit(form).await;
    assert!(shop.client.answer(&page).contains_key("code"));
}

async fn offline_access_that_is_asked_later_is_asked_about(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop
        .code(&mut ada, "low", &[("scope", "openid email")])
        .await;
    let tokens = shop.redeem(&code).await.ok();
    assert_eq!(tokens.get("refresh_token"), None);
    let offline = [("scope", "openid email offline_access")];
    assert!(
        leads(&shop, &mut ada, &offline)
            .await
            .starts_with("/consent/")
    );
    let mut silent = vec![("prompt", "none")];
    silent.extend(offline);
    assert_eq!(error(&shop, &mut ada, &silent).await, "consent_required");
    let code = shop.code(&mut ada, "low", &offline).await;
    let tokens = shop.redeem(&code).await.ok();
    assert!(text(&tokens, "refresh_token").starts_with("slrt_"));
    assert_eq!(text(&tokens, "scope"), "openid email offline_access");
    let page = ada.get(&shop.client.request(&offline)).await;
    assert!(shop.client.answer(&page).contains_key("code"), "asked once");
}

async fn a_client_that_may_not_refresh_gets_no_refresh_token(app: TestApp) {
    let shop = Business::with(
        &app,
        "shop",
        json!({"grant_types": ["authorization_code"]}),
        None,
    )
    .await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    assert_eq!(tokens.get("refresh_token"), None);
    assert!(!text(&tokens, "scope").contains("offline_access"));
    let told = shop.refresh("slrt_whatever").await;
    assert_eq!(told.error(), "unauthorized_client");
}
