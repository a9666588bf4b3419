//! Grant Management for OAuth 2.0 (draft 03): what a request does to the
//! agreement that there is.

use std::time::Duration;

use axum::http::Method;
use serde_json::{Value, json};

use super::business::{claims_of, press, text};
use super::client_credentials::{BOTH, open, open_with};
use super::rfc9126::{name_of, path, push};
use super::subscriber::NOBODYS;
use super::{Business, SCOPES};
use crate::harness::{ADA, Actor, EVE, TestApp, on_both_databases};

on_both_databases!(
    merge_adds_to_an_agreement_and_ends_its_refresh_tokens,
    merge_asks_nothing_that_was_agreed,
    replace_leaves_what_is_asked_now_alone,
    create_makes_another_agreement_in_place_of_the_old_one,
    a_request_that_makes_no_sense_is_refused,
    an_agreement_of_somebody_else_is_not_acted_on,
    an_agreement_that_ended_meanwhile_is_not_acted_on,
    actions_are_pushed_and_used_once,
);

impl Business {
    /// A login that acts on the agreement.
    async fn act(&self, ada: &mut Actor, action: &str, id: Option<&str>, scope: &str) -> Value {
        let mut more = vec![("scope", scope), ("grant_management_action", action)];
        more.extend(id.map(|id| ("grant_id", id)));
        let code = self.code(ada, "medium", &more).await;
        self.redeem(&code).await.ok()
    }
}

async fn merge_adds_to_an_agreement_and_ends_its_refresh_tokens(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let first = shop
        .act(&mut ada, "create", None, "openid email offline_access")
        .await;
    let id = text(&first, "grant_id");
    assert_eq!(shop.grant(id).await["claims"], json!(["email"]));
    let second = shop
        .act(&mut ada, "merge", Some(id), "openid profile offline_access")
        .await;
    assert_eq!(text(&second, "grant_id"), id);
    let told = shop.grant(id).await;
    assert_eq!(told["claims"], json!(["name", "email"]));
    assert_eq!(told["scopes"][0]["scope"], SCOPES);
    assert_eq!(
        shop.refresh(text(&first, "refresh_token")).await.error(),
        "invalid_grant"
    );
    shop.refresh(text(&second, "refresh_token")).await.ok();
    shop.userinfo(text(&first, "access_token")).await.ok();
}

async fn merge_asks_nothing_that_was_agreed(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let first = shop.log_in(&mut ada, "medium").await;
    let id = text(&first, "grant_id");
    let more = [
        ("scope", SCOPES),
        ("prompt", "none"),
        ("grant_management_action", "merge"),
        ("grant_id", id),
    ];
    let code = shop.code(&mut ada, "medium", &more).await;
    let second = shop.redeem(&code).await.ok();
    assert_eq!(text(&second, "grant_id"), id);
    assert_eq!(
        shop.refresh(text(&first, "refresh_token")).await.error(),
        "invalid_grant"
    );
}

async fn replace_leaves_what_is_asked_now_alone(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let first = shop.log_in(&mut ada, "medium").await;
    let id = text(&first, "grant_id");
    let silent = [
        ("scope", "openid email"),
        ("prompt", "none"),
        ("grant_management_action", "replace"),
        ("grant_id", id),
    ];
    let page = ada.visit(&shop.client.request(&silent)).await;
    assert_eq!(shop.client.answer(&page)["error"], "consent_required");
    let pending = shop.code(&mut ada, "medium", &[("scope", SCOPES)]).await;
    let second = shop
        .act(&mut ada, "replace", Some(id), "openid email")
        .await;
    assert_eq!(text(&second, "grant_id"), id);
    let told = shop.grant(id).await;
    assert_eq!(told["claims"], json!(["email"]));
    assert_eq!(told["scopes"][0]["scope"], "openid email");
    assert_eq!(
        shop.refresh(text(&first, "refresh_token")).await.error(),
        "invalid_grant"
    );
    assert_eq!(
        shop.redeem(&pending).await.error(),
        "invalid_grant",
        "an old code as well"
    );
    let told = shop.userinfo(text(&first, "access_token")).await.ok();
    assert_eq!(
        told.get("name"),
        None,
        "an old token opens no more than there is"
    );
}

async fn create_makes_another_agreement_in_place_of_the_old_one(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let first = shop.act(&mut ada, "create", None, SCOPES).await;
    let old = ada.newest_grant().await;
    app.wait(Duration::from_secs(1));
    let request = [
        ("scope", "openid email"),
        ("grant_management_action", "create"),
    ];
    let page = ada.visit(&shop.client.request(&request)).await;
    page.says("If you say yes, it ends, and a new one");
    // Until the consumer says yes, all stays as it was.
    shop.refresh(text(&first, "refresh_token")).await.ok();
    let form = page.allowing("low");
    let page = ada.submit(form.clone()).await;
    let second = shop.redeem(&shop.client.answer(&page)["code"]).await.ok();
    let (was, is) = (text(&first, "grant_id"), text(&second, "grant_id"));
    assert_ne!(was, is);
    let token = shop.own_token(BOTH).await;
    let told = shop.manage(Method::GET, &token, was).await;
    assert_eq!(told.error(), "invalid_grant_id");
    assert_eq!(shop.grant(is).await["claims"], json!(["email"]));
    let told = shop.userinfo(text(&first, "access_token")).await;
    assert_eq!(told.error(), "invalid_token");
    let chain = ada.get(&format!("{old}/receipts")).await.html;
    let last = claims_of(chain.lines().nth(1).expect("the second receipt"));
    assert_eq!(last["event"]["state"], "dpv:ConsentRevoked");
    // A double click gets another code of the same agreement.
    let page = ada.submit(form).await;
    let third = shop.redeem(&shop.client.answer(&page)["code"]).await.ok();
    assert_eq!(text(&third, "grant_id"), is);
}

async fn a_request_that_makes_no_sense_is_refused(app: TestApp) {
    let shop = open(&app, "shop").await;
    let public = json!({"token_endpoint_auth_method": "none"});
    let phone = Business::with(&app, "phone", public, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = phone.log_in(&mut ada, "low").await;
    let others = text(&tokens, "grant_id");
    let table: &[(&str, &[(&str, &str)])] = &[
        ("invalid_request", &[("grant_management_action", "update")]),
        ("invalid_request", &[("grant_management_action", "merge")]),
        ("invalid_request", &[("grant_management_action", "replace")]),
        ("invalid_request", &[("grant_id", NOBODYS)]),
        (
            "invalid_request",
            &[("grant_management_action", "create"), ("grant_id", NOBODYS)],
        ),
        (
            "invalid_grant_id",
            &[("grant_management_action", "merge"), ("grant_id", NOBODYS)],
        ),
        (
            "invalid_grant_id",
            &[("grant_management_action", "replace"), ("grant_id", "x")],
        ),
        (
            "invalid_grant_id",
            &[("grant_management_action", "merge"), ("grant_id", others)],
        ),
    ];
    for (error, params) in table {
        let page = ada.get(&shop.client.request(params)).await;
        assert_eq!(shop.client.answer(&page)["error"], *error, "{params:?}");
    }
    let params = [("grant_management_action", "create")];
    let page = ada.get(&phone.client.request(&params)).await;
    assert_eq!(phone.client.answer(&page)["error"], "unauthorized_client");
}

async fn an_agreement_of_somebody_else_is_not_acted_on(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let mut eve = app.person("Eve", EVE).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    shop.log_in(&mut eve, "medium").await;
    let id = text(&tokens, "grant_id");
    for action in ["merge", "replace"] {
        let params = [("grant_management_action", action), ("grant_id", id)];
        let page = eve.visit(&shop.client.request(&params)).await;
        assert_eq!(shop.client.answer(&page)["error"], "invalid_grant_id");
    }
    shop.refresh(text(&tokens, "refresh_token")).await.ok();
}

async fn an_agreement_that_ended_meanwhile_is_not_acted_on(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let id = text(&tokens, "grant_id");
    let params = [("grant_management_action", "replace"), ("grant_id", id)];
    let page = ada.visit(&shop.client.request(&params)).await;
    let form = page.allowing("medium");
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "withdraw").await;
    let page = ada.submit(form).await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_grant_id");
    assert_eq!(
        ada.newest_grant().await,
        grant,
        "no new agreement came of it"
    );
}

async fn actions_are_pushed_and_used_once(app: TestApp) {
    let pushes = json!({"require_pushed_authorization_requests": true});
    let shop = open_with(&app, "shop", pushes, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let changes = [
        ("grant_management_action", Some("create")),
        ("scope", Some(SCOPES)),
    ];
    let name = name_of(&push(&shop, &changes).await);
    let page = ada.visit(&path("shop", &name)).await;
    let page = ada.submit(page.allowing("low")).await;
    let tokens = shop.redeem(&shop.client.answer(&page)["code"]).await.ok();
    let id = text(&tokens, "grant_id");
    let changes = [
        ("grant_management_action", Some("merge")),
        ("grant_id", Some(id)),
    ];
    name_of(&push(&shop, &changes).await);
    let changes = [
        ("grant_management_action", Some("merge")),
        ("grant_id", Some(NOBODYS)),
    ];
    assert_eq!(push(&shop, &changes).await.error(), "invalid_grant_id");
}
