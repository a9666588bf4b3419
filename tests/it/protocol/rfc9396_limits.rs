//! Rich authorization requests: what they may not ask for.

use axum::http::Method;
use serde_json::{Value, json};

use super::SCOPES;
use super::business::text;
use super::client_credentials::{open, open_with};
use super::rfc9396::{PLAN, TYPE, ask, details, shop};
use crate::harness::{ADA, TestApp, on_both_databases};

on_both_databases!(
    nothing_beyond_the_plan_or_the_type_is_asked,
    a_token_request_may_narrow_once_more,
    a_tier_limits_what_is_on_offer,
    a_client_that_declared_no_plan_asks_within_its_scopes,
    a_client_is_held_to_the_types_that_it_registered,
);

async fn nothing_beyond_the_plan_or_the_type_is_asked(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let one = |purpose: Value| details(&json!({"purposes": [purpose]}));
    let bad = [
        "x".to_owned(),
        "{}".to_owned(),
        "[1]".to_owned(),
        "[{}]".to_owned(),
        json!([{"type": "profile_release"}]).to_string(),
        json!([{"type": "https://schemas.sluis.example/rar/profile_release/v2"}]).to_string(),
        json!([{"type": TYPE}, {"type": TYPE}]).to_string(),
        json!([{"type": TYPE}, {"type": "payment_initiation"}]).to_string(),
        format!(r#"[{{"type": "{TYPE}", "claims": [], "claims": ["name"]}}]"#),
        details(&json!({"colour": "red"})),
        details(&json!({"locations": ["http://localhost:8000/userinfo"]})),
        details(&json!({"claims": ["shoe_size"]})),
        details(&json!({"claims": ["birthdate"]})),
        details(&json!({"claims": "name"})),
        details(&json!({"tier": "extreme"})),
        details(&json!({"retention": "P1Y"})),
        details(&json!({"retention": "soon"})),
        one(json!({"id": "profit"})),
        one(json!({"id": "Deliver"})),
        one(json!({"claims": []})),
        one(json!({"id": "deliver", "colour": "red"})),
        one(json!({"id": "deliver", "claims": ["birthdate"]})),
        one(json!({"id": "deliver", "channels": ["email"]})),
        one(json!({"id": "news", "channels": ["email", "sms"]})),
        one(json!({"id": "news", "channels": ["analytics"]})),
        one(json!({"id": "deliver", "retention": "P4M"})),
        details(&json!({"purposes": [{"id": "news"}, {"id": "news"}]})),
        details(&json!({"purposes": [{"id": "news"}], "claims": ["name"]})),
        "[".repeat(5_000),
    ];
    for details in bad {
        let page = ask(&mut ada, &shop, &details, &[]).await;
        let answer = shop.client.answer(&page);
        assert_eq!(
            answer["error"], "invalid_authorization_details",
            "{details:.200}"
        );
        assert!(answer["error_description"].contains("authorization_details"));
    }
    let twice = [("authorization_details", "[]")];
    let page = ask(&mut ada, &shop, "[]", &twice).await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_request");
    let page = ask(&mut ada, &shop, "[]", &[]).await;
    page.says("News from us");
}

async fn a_token_request_may_narrow_once_more(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in_for(&mut ada, "low", SCOPES).await;
    let refresh = text(&tokens, "refresh_token");
    for (wrong, error) in [
        (
            details(&json!({"purposes": [{"id": "news"}]})),
            "invalid_authorization_details",
        ),
        (
            details(&json!({"claims": ["birthdate"]})),
            "invalid_authorization_details",
        ),
        (
            details(&json!({"tier": "high"})),
            "invalid_authorization_details",
        ),
        (
            details(&json!({"colour": "red"})),
            "invalid_authorization_details",
        ),
    ] {
        let told = shop
            .refresh_with(refresh, &[("authorization_details", &wrong)])
            .await;
        assert_eq!(told.error(), error, "{wrong}");
    }
    let asked = details(&json!({"purposes": [{"id": "deliver", "claims": ["email"]}]}));
    let less = shop
        .refresh_with(refresh, &[("authorization_details", &asked)])
        .await
        .ok();
    assert_eq!(less["authorization_details"][0]["claims"], json!(["email"]));
    let told = shop.userinfo(text(&less, "access_token")).await.ok();
    assert_eq!((told.get("name"), &told["email"]), (None, &json!(ADA)));
    // The refresh token keeps what was granted.
    let more = shop.refresh(text(&less, "refresh_token")).await.ok();
    let told = shop.userinfo(text(&more, "access_token")).await.ok();
    assert_eq!(told["name"], "Ada");
}

async fn a_tier_limits_what_is_on_offer(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let page = ask(&mut ada, &shop, &details(&json!({"tier": "low"})), &[]).await;
    assert!(page.html.contains("id=\"tier-low\"") && !page.html.contains("id=\"tier-medium\""));
    // Whoever sends another one gets no more for it.
    let form = page.allowing("low");
    let body = form.body().replace("tier=low", "tier=high");
    let page = ada.send(Method::POST, &form.action, Some(body)).await;
    let tokens = shop.redeem(&shop.client.answer(&page)["code"]).await.ok();
    assert_eq!(tokens["authorization_details"][0]["tier"], "low");
    assert_eq!(
        tokens["authorization_details"][0]["purposes"][0]["retention"],
        "P1M"
    );
    let page = ask(
        &mut ada,
        &shop,
        &details(&json!({"tier": "low", "claims": ["name"]})),
        &[],
    )
    .await;
    assert!(shop.client.answer(&page).contains_key("code"));
}

async fn a_client_that_declared_no_plan_asks_within_its_scopes(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let asked = details(&json!({"claims": ["email"]}));
    let page = ask(&mut ada, &shop, &asked, &[]).await;
    assert_eq!(
        shop.client.answer(&page)["error"],
        "invalid_authorization_details"
    );
    let params = [
        ("scope", "openid profile email"),
        ("authorization_details", asked.as_str()),
    ];
    let code = shop.code(&mut ada, "low", &params).await;
    let tokens = shop.redeem(&code).await.ok();
    assert_eq!(
        tokens["authorization_details"][0]["claims"],
        json!(["email"])
    );
    assert_eq!(
        tokens["authorization_details"][0]["purposes"][0]["id"],
        "login"
    );
    let told = shop.grant(text(&tokens, "grant_id")).await;
    assert_eq!(told["claims"], json!(["email"]));
}

async fn a_client_is_held_to_the_types_that_it_registered(app: TestApp) {
    let none = open_with(
        &app,
        "none",
        json!({"authorization_details_types": []}),
        Some(PLAN),
    )
    .await;
    let one = json!({"authorization_details_types": [TYPE]});
    let one = open_with(&app, "one", one, Some(PLAN)).await;
    let mut ada = app.person("Ada", ADA).await;
    let asked = details(&json!({}));
    let page = ask(&mut ada, &none, &asked, &[]).await;
    assert_eq!(
        none.client.answer(&page)["error"],
        "invalid_authorization_details"
    );
    let page = ask(&mut ada, &one, &asked, &[]).await;
    assert!(page.has_form("consent"));
}
