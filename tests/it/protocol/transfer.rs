//! An account that goes along to another provider: `/authorize` to
//! `/account-transfer`, and who does not get it.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::business::text;
use super::holder::{Holder, is_refused};
use super::{Business, Told};
use crate::harness::{ADA, Actor, Page, TestApp, on_both_databases};
use crate::life::told_by_mail;

pub(super) const TYPE: &str = "https://schemas.sluis.example/rar/account_transfer/v1";

on_both_databases!(
    everything_is_handed_over_once_to_the_key_that_asked,
    it_is_always_asked_and_nothing_answers_for_its_owner,
    a_code_is_bound_to_client_key_and_verifier,
    a_code_that_comes_twice_ends_what_came_of_it,
    other_tokens_open_no_account_and_this_one_nothing_else,
    it_is_asked_for_by_name_alone_and_bound,
    a_no_is_a_no,
);

/// A client that registered for transfers by name.
pub(super) async fn provider(app: &TestApp, id: &str) -> Business {
    let more = json!({"authorization_details_types": [TYPE]});
    Business::with(app, id, more, None).await
}

fn details() -> String {
    json!([{ "type": TYPE }]).to_string()
}

pub(super) async fn asked(
    other: &Business,
    ada: &mut Actor,
    jkt: &str,
    more: &[(&str, &str)],
) -> Page {
    let details = details();
    let mut params = vec![
        ("authorization_details", details.as_str()),
        ("dpop_jkt", jkt),
    ];
    params.extend_from_slice(more);
    ada.visit(&other.client.request(&params)).await
}

pub(super) async fn code(other: &Business, ada: &mut Actor, holder: &Holder) -> String {
    let page = asked(other, ada, &holder.thumbprint(), &[]).await;
    let page = ada.submit(page.form("transfer").press("allow")).await;
    other.client.answer(&page)["code"].clone()
}

/// The page that asks somebody whether their account goes along.
pub(crate) async fn asks(app: &TestApp, id: &str, ada: &mut Actor) -> Page {
    let other = provider(app, id).await;
    asked(&other, ada, &Holder::new().thumbprint(), &[]).await
}

/// Somebody says yes, and the other provider does not come for it.
pub(crate) async fn set_out(app: &TestApp, ada: &mut Actor) {
    let other = provider(app, "elsewhere").await;
    code(&other, ada, &Holder::new()).await;
}

pub(super) async fn token(
    app: &TestApp,
    other: &Business,
    ada: &mut Actor,
    holder: &Holder,
) -> String {
    let code = code(other, ada, holder).await;
    let told = other
        .redeem_proving(&code, &holder.for_token(app))
        .await
        .ok();
    text(&told, "access_token").to_owned()
}

pub(super) fn proof(app: &TestApp, holder: &Holder, token: &str) -> String {
    let mut claims = holder.claims_for_userinfo(app, token);
    claims["htu"] = json!("http://localhost:8000/account-transfer");
    holder.sign(&claims)
}

pub(super) async fn fetch(other: &Business, token: &str, proof: &str) -> Told {
    let authorization = format!("DPoP {token}");
    let headers = [("authorization", authorization.as_str()), ("dpop", proof)];
    other
        .ask(Method::GET, "/account-transfer", &headers, String::new())
        .await
}

async fn everything_is_handed_over_once_to_the_key_that_asked(app: TestApp) {
    let other = provider(&app, "elsewhere").await;
    let mut ada = app.person("Ada", ADA).await;
    let holder = Holder::new();
    let page = asked(&other, &mut ada, &holder.thumbprint(), &[]).await;
    page.says("Copy everything to elsewhere.example?");
    page.says("Every agreement with every business");
    let code = code(&other, &mut ada, &holder).await;
    let told = other
        .redeem_proving(&code, &holder.for_token(&app))
        .await
        .ok();
    assert_eq!(told["token_type"], "DPoP");
    assert_eq!(told["expires_in"], 300);
    assert_eq!(told["authorization_details"], json!([{ "type": TYPE }]));
    for absent in ["refresh_token", "id_token", "grant_id"] {
        assert_eq!(told[absent], Value::Null, "{absent}");
    }
    let token = text(&told, "access_token").to_owned();
    let document = fetch(&other, &token, &proof(&app, &holder, &token))
        .await
        .ok();
    assert_eq!(document["account"]["contact_email"], ADA);
    assert_eq!(document["grants"], json!([]), "no agreement came of it");
    let told = told_by_mail(&app).await;
    assert_eq!(told, ["Your account was copied to another provider"]);
    ada.get("/account/data")
        .await
        .says("To elsewhere.example, on");
    // It belongs to the record of who got what, which leads there.
    let page = ada.get("/account/history").await;
    page.says("Everything in your account went to elsewhere.example, on");
    ada.get("/account/history?claim=email")
        .await
        .says_not("elsewhere.example");
    is_refused(
        &fetch(&other, &token, &proof(&app, &holder, &token)).await,
        401,
        "invalid_token",
    );
}

async fn it_is_always_asked_and_nothing_answers_for_its_owner(app: TestApp) {
    let other = provider(&app, "elsewhere").await;
    let mut ada = app.person("Ada", ADA).await;
    other.log_in(&mut ada, "low").await;
    ada.rule(
        "other",
        &[("tier", "high"), ("retention", "longest"), ("rest", "no")],
    )
    .await;
    let holder = Holder::new();
    for _ in 0..2 {
        code(&other, &mut ada, &holder).await;
    }
    let page = asked(
        &other,
        &mut ada,
        &holder.thumbprint(),
        &[("prompt", "none")],
    )
    .await;
    assert_eq!(other.client.answer(&page)["error"], "consent_required");
    // The page of agreements does not take it either.
    let page = asked(&other, &mut ada, &holder.thumbprint(), &[]).await;
    let form = page.form("transfer").forged("tier", "high").press("allow");
    let body = form.body();
    let consent = page.path.replace("/transfer/", "/consent/");
    let answer = ada.send(Method::POST, &consent, Some(body)).await;
    assert!(answer.location().starts_with("/transfer/"));
    // Whoever finds an open browser is asked who they are.
    app.wait(Duration::from_hours(1));
    let page = ada.get(&page.path).await;
    assert!(page.error().is_some() || page.location().starts_with("/sign-in/confirm"));
    let page = asked(&other, &mut ada, &holder.thumbprint(), &[]).await;
    assert!(page.has_form("confirm"), "{}", page.words());
    let page = ada.confirm(page).await;
    let page = ada.follow(page).await;
    assert!(page.has_form("transfer"), "{}", page.words());
}

async fn a_code_is_bound_to_client_key_and_verifier(app: TestApp) {
    let (other, thief) = (
        provider(&app, "elsewhere").await,
        provider(&app, "thief").await,
    );
    let mut ada = app.person("Ada", ADA).await;
    let (holder, stranger) = (Holder::new(), Holder::new());
    let code = code(&other, &mut ada, &holder).await;
    let told = thief.redeem_proving(&code, &holder.for_token(&app)).await;
    assert_eq!(told.error(), "invalid_grant");
    let told = other.redeem_proving(&code, &stranger.for_token(&app)).await;
    assert_eq!(told.error(), "invalid_grant");
    let told = other.redeem(&code).await;
    assert_eq!(told.error(), "invalid_dpop_proof");
    let wrong = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &other.client.redirect_uri),
        (
            "code_verifier",
            "x1234567890123456789012345678901234567890123",
        ),
    ];
    let shown = holder.for_token(&app);
    let told = other
        .send("/token", &[("dpop", shown.as_str())], &wrong)
        .await;
    assert_eq!(told.error(), "invalid_grant");
    // None of that used it up.
    other
        .redeem_proving(&code, &holder.for_token(&app))
        .await
        .ok();
}

async fn a_code_that_comes_twice_ends_what_came_of_it(app: TestApp) {
    let other = provider(&app, "elsewhere").await;
    let mut ada = app.person("Ada", ADA).await;
    let holder = Holder::new();
    let code = code(&other, &mut ada, &holder).await;
    let told = other
        .redeem_proving(&code, &holder.for_token(&app))
        .await
        .ok();
    let token = text(&told, "access_token").to_owned();
    let again = other.redeem_proving(&code, &holder.for_token(&app)).await;
    assert_eq!(again.error(), "invalid_grant");
    is_refused(
        &fetch(&other, &token, &proof(&app, &holder, &token)).await,
        401,
        "invalid_token",
    );
    assert!(told_by_mail(&app).await.is_empty());
}

async fn other_tokens_open_no_account_and_this_one_nothing_else(app: TestApp) {
    let other = provider(&app, "elsewhere").await;
    let mut ada = app.person("Ada", ADA).await;
    let (holder, stranger) = (Holder::new(), Holder::new());
    // An ordinary login of the same client, bound to the same key.
    let ordinary = other
        .code(&mut ada, "low", &[("scope", "openid profile email")])
        .await;
    let told = other
        .redeem_proving(&ordinary, &holder.for_token(&app))
        .await
        .ok();
    let ordinary = text(&told, "access_token");
    is_refused(
        &fetch(&other, ordinary, &proof(&app, &holder, ordinary)).await,
        401,
        "invalid_token",
    );
    let token = token(&app, &other, &mut ada, &holder).await;
    let told = other
        .userinfo_proving(&token, &holder.for_userinfo(&app, &token))
        .await;
    assert_eq!(told.error(), "invalid_token");
    // Another key, none, a proof for something else, and one that comes twice.
    is_refused(
        &fetch(&other, &token, &proof(&app, &stranger, &token)).await,
        401,
        "invalid_token",
    );
    let bearer = format!("Bearer {token}");
    let told = other
        .ask(
            Method::GET,
            "/account-transfer",
            &[("authorization", bearer.as_str())],
            String::new(),
        )
        .await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::UNAUTHORIZED, "invalid_token")
    );
    let elsewhere = holder.for_userinfo(&app, &token);
    assert_eq!(
        fetch(&other, &token, &elsewhere).await.error(),
        "invalid_dpop_proof"
    );
    let shown = proof(&app, &holder, &token);
    fetch(&other, &token, &shown).await.ok();
    assert!(!fetch(&other, &token, &shown).await.status.is_success());
    assert_eq!(told_by_mail(&app).await.len(), 1);
}

async fn it_is_asked_for_by_name_alone_and_bound(app: TestApp) {
    let other = provider(&app, "elsewhere").await;
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let jkt = Holder::new().thumbprint();
    let page = asked(&shop, &mut ada, &jkt, &[]).await;
    let error = &shop.client.answer(&page)["error"];
    assert_eq!(error, "invalid_authorization_details");
    let details = details();
    let request = other.client.request(&[("authorization_details", &details)]);
    let page = ada.visit(&request).await;
    assert_eq!(other.client.answer(&page)["error"], "invalid_request");
    let more = json!([{"type": TYPE, "claims": ["email"]}]).to_string();
    let request = other
        .client
        .request(&[("authorization_details", &more), ("dpop_jkt", &jkt)]);
    let page = ada.visit(&request).await;
    let error = &other.client.answer(&page)["error"];
    assert_eq!(error, "invalid_authorization_details");
}

async fn a_no_is_a_no(app: TestApp) {
    let other = provider(&app, "elsewhere").await;
    let mut ada = app.person("Ada", ADA).await;
    let page = asked(&other, &mut ada, &Holder::new().thumbprint(), &[]).await;
    let form = page.form("transfer");
    let answer = ada.submit(form.clone().press("deny")).await;
    assert_eq!(other.client.answer(&answer)["error"], "access_denied");
    let again = ada.submit(form.press("allow")).await;
    assert!(again.redirect().is_none(), "it was answered");
    // Nor does another's browser answer it.
    let page = asked(&other, &mut ada, &Holder::new().thumbprint(), &[]).await;
    let mut bram = app.person("Bram", "bram@home.example").await;
    let told = bram.get(&page.path).await;
    assert_eq!(told.error().as_deref(), Some("unknown_request"));
}
