//! Rich authorization requests, of the type `profile_release`.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::business::text;
use super::client_credentials::{open, open_with};
use super::duties::last_receipt;
use super::rfc9101::object;
use super::rfc9126::{name_of, path, push};
use super::{Business, SCOPES};
use crate::harness::{ADA, Actor, Page, Signer, TestApp, on_both_databases};

pub(super) const TYPE: &str = "https://schemas.sluis.example/rar/profile_release/v1";
/// What someone who has just signed up can meet, and what they can switch on.
pub(super) const PLAN: &str = r#"{"purposes": [
    {"id": "deliver", "purpose": "dpv:DeliveryOfGoods",
     "title": {"nl": "Bezorgen", "en": "Deliver your order"},
     "text": {"nl": "We brengen je pakket.", "en": "We bring your parcel."},
     "basis": "contract", "required": true,
     "claims": ["name", "email"], "voluntary_claims": ["nickname"],
     "retention": "P3M", "storage": ["NL"]},
    {"id": "news", "purpose": "dpv:DirectMarketing",
     "title": {"nl": "Nieuws", "en": "News from us"},
     "text": {"nl": "We mailen wat er nieuw is.", "en": "We mail what is new."},
     "basis": "consent", "required": false,
     "claims": ["email"], "channels": ["email"],
     "retention": "P6M", "storage": ["NL"]}
]}"#;

on_both_databases!(
    what_is_named_is_asked_and_told_as_granted,
    what_the_consumer_leaves_out_is_not_told,
    it_comes_pushed_and_in_a_request_object,
    a_token_opens_no_more_than_its_details,
    what_was_named_is_asked_once,
    merge_keeps_and_replace_drops_what_is_not_named,
    its_schema_is_published,
    a_part_of_a_plan_keeps_its_promise_to_delete,
    a_read_is_on_record_for_the_purposes_of_the_token,
);

pub(super) fn details(more: &Value) -> String {
    let mut detail = json!({"type": TYPE});
    for (name, value) in more.as_object().expect("members") {
        detail[name] = value.clone();
    }
    json!([detail]).to_string()
}

pub(super) async fn shop(app: &TestApp) -> Business {
    open_with(app, "shop", json!({}), Some(PLAN)).await
}

/// Asks with these details and no scope but the needed one.
pub(super) async fn ask(
    ada: &mut Actor,
    shop: &Business,
    details: &str,
    more: &[(&str, &str)],
) -> Page {
    let mut params = vec![
        ("scope", "openid offline_access"),
        ("authorization_details", details),
    ];
    params.extend_from_slice(more);
    ada.visit(&shop.client.request(&params)).await
}

async fn allow(ada: &mut Actor, shop: &Business, page: &Page, on: &[&str]) -> Value {
    let mut form = page.form("consent").with("tier", "high");
    for switch in on {
        form = form.with(switch, "on");
    }
    let page = ada.submit(form.press("allow")).await;
    shop.redeem(&shop.client.answer(&page)["code"]).await.ok()
}

async fn a_part_of_a_plan_keeps_its_promise_to_delete(app: TestApp) {
    let plan = PLAN.replacen('{', r#"{"delete_within": "P14D","#, 1);
    let shop = open_with(&app, "shop", json!({}), Some(&plan)).await;
    let mut ada = app.person("Ada", ADA).await;
    let asked = details(&json!({"purposes": [{"id": "deliver", "claims": ["name"]}]}));
    let page = ask(&mut ada, &shop, &asked, &[]).await;
    allow(&mut ada, &shop, &page, &[]).await;
    let grant = ada.newest_grant().await;
    let receipt = last_receipt(&mut ada, &grant).await;
    assert_eq!(receipt["processes"][0]["storage"]["delete_within"], "P14D");
}

async fn what_is_named_is_asked_and_told_as_granted(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let asked =
        details(&json!({"purposes": [{"id": "deliver", "claims": ["name"], "retention": "P14D"}]}));
    let page = ask(&mut ada, &shop, &asked, &[]).await;
    page.says("Deliver your order");
    page.says_not("News from us");
    let tokens = allow(&mut ada, &shop, &page, &[]).await;
    let granted = json!([{
        "type": TYPE, "tier": "high", "claims": ["name"],
        "purposes": [{"id": "deliver", "claims": ["name"], "permissions": [], "channels": [],
                      "retention": "P14D"}],
    }]);
    assert_eq!(tokens["authorization_details"], granted);
    assert_eq!(tokens["authorization_expires_in"], 14 * 86_400);
    for token in ["access_token", "refresh_token"] {
        let told = shop.introspect(text(&tokens, token)).await.ok();
        assert_eq!(told["authorization_details"], granted, "{token}");
    }
    assert_eq!(
        shop.grant(text(&tokens, "grant_id")).await["authorization_details"],
        granted
    );
    let again = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    assert_eq!(again["authorization_details"], granted);
    let told = shop.userinfo(text(&again, "access_token")).await.ok();
    assert_eq!((&told["name"], told.get("email")), (&json!("Ada"), None));
    // What is told can be asked for again, and asks nothing more.
    let page = ask(&mut ada, &shop, &granted.to_string(), &[]).await;
    assert!(shop.client.answer(&page).contains_key("code"));
    // A login without details says nothing of them.
    let other = open(&app, "other").await;
    let tokens = other.log_in(&mut ada, "low").await;
    assert_eq!(tokens.get("authorization_details"), None);
}

async fn what_the_consumer_leaves_out_is_not_told(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let asked = details(&json!({"purposes": [{"id": "deliver"}, {"id": "news"}]}));
    let page = ask(&mut ada, &shop, &asked, &[]).await;
    let tokens = allow(&mut ada, &shop, &page, &[]).await;
    let granted = &tokens["authorization_details"][0];
    assert_eq!(granted["purposes"].as_array().map(Vec::len), Some(1));
    assert_eq!(granted["purposes"][0]["id"], "deliver");
    assert_eq!(granted["purposes"][0]["retention"], "P3M");
    // Pausing leaves nothing to tell, and the answer follows at once.
    let grant = ada.newest_grant().await;
    super::press(&mut ada, &grant, "pause").await;
    let told = shop.grant(text(&tokens, "grant_id")).await;
    assert_eq!(told["authorization_details"][0]["purposes"], json!([]));
}

async fn it_comes_pushed_and_in_a_request_object(app: TestApp) {
    let asked = details(&json!({"purposes": [{"id": "news"}]}));
    let paper = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let changes = [("authorization_details", Some(asked.as_str()))];
    let name = name_of(&push(&paper, &changes).await);
    let page = ada.visit(&path("shop", &name)).await;
    page.says("News from us");
    page.says_not("Deliver your order");
    let bad = details(&json!({"colour": "red"}));
    let told = push(&paper, &[("authorization_details", Some(bad.as_str()))]).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::BAD_REQUEST, "invalid_authorization_details")
    );
    // In a request object it is JSON, and no text that holds JSON.
    let signer = Signer::new("ES256", "one");
    let bank = open_with(&app, "bank", json!({"jwks": signer.jwks()}), Some(PLAN)).await;
    let list: Value = serde_json::from_str(&asked).expect("JSON");
    let jwt = signer.sign(&object(&bank, &json!({"authorization_details": list})));
    let params = [("client_id", "bank"), ("request", jwt.as_str())];
    let page = ada
        .visit(&format!("/authorize?{}", super::business::form(&params)))
        .await;
    page.says("News from us");
    page.says_not("Deliver your order");
}

async fn a_token_opens_no_more_than_its_details(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let whole = shop.log_in_for(&mut ada, "low", SCOPES).await;
    let told = shop.userinfo(text(&whole, "access_token")).await.ok();
    assert_eq!(
        (&told["name"], &told["email"]),
        (&json!("Ada"), &json!(ADA))
    );
    let asked = details(&json!({"purposes": [{"id": "deliver", "claims": ["email"]}]}));
    let scope = [("scope", "openid profile email")];
    let code = {
        let mut params = vec![("authorization_details", asked.as_str())];
        params.extend_from_slice(&scope);
        shop.code(&mut ada, "low", &params).await
    };
    let tokens = shop.redeem(&code).await.ok();
    assert_eq!(
        tokens["authorization_details"][0]["claims"],
        json!(["email"])
    );
    let told = shop.userinfo(text(&tokens, "access_token")).await.ok();
    assert_eq!((told.get("name"), &told["email"]), (None, &json!(ADA)));
}

async fn a_read_is_on_record_for_the_purposes_of_the_token(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    // Both purposes release the address, and the second token is for one of them.
    let page = ada.visit(&shop.client.request(&[("scope", SCOPES)])).await;
    let whole = allow(&mut ada, &shop, &page, &["purpose-news"]).await;
    shop.userinfo(text(&whole, "access_token")).await.ok();
    let asked = details(&json!({"purposes": [{"id": "deliver", "claims": ["email"]}]}));
    let params = [
        ("authorization_details", asked.as_str()),
        ("scope", "openid profile email"),
    ];
    app.wait(std::time::Duration::from_secs(1));
    let code = shop.code(&mut ada, "low", &params).await;
    let tokens = shop.redeem(&code).await.ok();
    shop.userinfo(text(&tokens, "access_token")).await.ok();
    let page = ada.get("/account/history").await;
    let table = page.html.split("<tbody>").nth(1).expect("a table");
    let rows: Vec<&str> = table.split("<tr>").skip(1).collect();
    let told = |row: &str| {
        (
            row.contains("Deliver your order"),
            row.contains("News from us"),
        )
    };
    assert_eq!(
        rows.iter().map(|row| told(row)).collect::<Vec<_>>(),
        [(true, false), (true, true)]
    );
}

async fn what_was_named_is_asked_once(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    shop.log_in(&mut ada, "low").await;
    let asked = details(&json!({"purposes": [{"id": "news"}]}));
    let page = ask(&mut ada, &shop, &asked, &[("prompt", "none")]).await;
    assert!(
        shop.client.answer(&page).contains_key("code"),
        "nothing may be shown"
    );
    let page = ask(&mut ada, &shop, &asked, &[]).await;
    page.says("News from us");
    page.says("Deliver your order");
    let tokens = allow(&mut ada, &shop, &page, &[]).await;
    assert_eq!(tokens["authorization_details"][0]["purposes"], json!([]));
    let page = ask(&mut ada, &shop, &asked, &[]).await;
    assert!(
        shop.client.answer(&page).contains_key("code"),
        "a no is a no"
    );
}

async fn merge_keeps_and_replace_drops_what_is_not_named(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "high").await;
    let id = text(&tokens, "grant_id");
    let asked = details(&json!({"purposes": [{"id": "news", "retention": "P1M"}]}));
    let act = |action| [("grant_management_action", action), ("grant_id", id)];
    let page = ask(&mut ada, &shop, &asked, &act("merge")).await;
    let merged = allow(&mut ada, &shop, &page, &["purpose-news"]).await;
    assert_eq!(
        merged["authorization_details"][0]["purposes"][0]["id"],
        "news"
    );
    assert_eq!(
        merged["authorization_details"][0]["purposes"][0]["channels"],
        json!(["email"])
    );
    assert_eq!(
        merged["authorization_details"][0]["purposes"][0]["retention"],
        "P1M"
    );
    let ids = |told: &Value| {
        let purposes = told["authorization_details"][0]["purposes"]
            .as_array()
            .expect("a list");
        purposes
            .iter()
            .map(|purpose| text(purpose, "id").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&shop.grant(id).await), ["deliver", "news"]);
    let page = ask(&mut ada, &shop, &asked, &act("replace")).await;
    page.says_not("Deliver your order");
    allow(&mut ada, &shop, &page, &["purpose-news"]).await;
    assert_eq!(ids(&shop.grant(id).await), ["news"]);
}

async fn its_schema_is_published(app: TestApp) {
    let shop = open(&app, "shop").await;
    let path = "/schemas/profile-release/v1.json";
    let told = shop.ask(Method::GET, path, &[], String::new()).await;
    assert_eq!(told.header("content-type"), "application/schema+json");
    assert_eq!(told.json["properties"]["type"]["const"], TYPE);
}
