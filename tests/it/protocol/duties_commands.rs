//! OpenID Provider Commands: a client is commanded to delete, and says at once
//! what became of the account.

use std::time::Duration;

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sluis::crypto::jwt::Typ;
use wiremock::ResponseTemplate;

use super::Business;
use super::business::{change_tier, claims_of, press, text};
use super::client_credentials::open_with;
use super::subscriber::Letterbox;
use crate::harness::{ADA, Actor, DAY, TestApp, on_both_databases};
use crate::life::deliver;

on_both_databases!(
    an_account_that_is_gone_confirms_the_duty,
    an_answer_may_say_what_is_kept,
    an_answer_that_cannot_be_confirms_nothing_and_is_heard_once,
    having_the_command_is_not_deleting,
    a_command_is_tried_again_until_it_is_answered,
    nobody_is_deleted_who_has_come_back,
    what_was_confirmed_by_the_api_is_not_commanded,
    a_command_is_for_the_whole_account,
);

/// A shop that takes commands at a letterbox that answers so.
async fn commanded(app: &TestApp, answer: ResponseTemplate) -> (Business, Letterbox) {
    let letterbox = Letterbox::open().await;
    letterbox.answer(answer).await;
    let more = json!({"command_endpoint": letterbox.uri()});
    (open_with(app, "shop", more, None).await, letterbox)
}

fn says(status: u16, body: Value) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_json(body)
}

async fn withdraw(app: &TestApp, shop: &Business) -> (Actor, String, Value) {
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "low").await;
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "withdraw").await;
    deliver(app).await;
    (ada, grant, tokens)
}

impl Letterbox {
    /// The command tokens that came, in order.
    async fn commands(&self) -> Vec<String> {
        let token = |request: wiremock::Request| {
            let form: Vec<(String, String)> = url::form_urlencoded::parse(&request.body)
                .into_owned()
                .collect();
            assert_eq!(form.len(), 1);
            assert_eq!(form[0].0, "command_token");
            form[0].1.clone()
        };
        self.requests().await.into_iter().map(token).collect()
    }
}

async fn an_account_that_is_gone_confirms_the_duty(app: TestApp) {
    let (shop, letterbox) = commanded(&app, says(200, json!({"account_state": "unknown"}))).await;
    let (mut ada, grant, tokens) = withdraw(&app, &shop).await;
    let duty = shop.duties("").await.remove(0);
    let told = letterbox.commands().await;
    assert_eq!(told.len(), 1);
    let keys = app.app.keys().await.expect("keys");
    keys.public_keys()
        .verify(&told[0], Typ::Command)
        .expect("a signed command");
    let header = told[0].split('.').next().expect("a header");
    let header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).expect("base64url")).expect("JSON");
    assert_eq!(header["typ"], "command+jwt");
    let mut claims = claims_of(&told[0]);
    assert!(claims["jti"].take().is_string());
    let now = app.app.now().as_seconds();
    assert_eq!(
        claims,
        json!({"iss": "http://localhost:8000", "aud": "shop",
               "sub": claims_of(text(&tokens, "id_token"))["sub"],
               "iat": now, "exp": now + 120, "jti": null,
               "command": "delete", "tenant": "personal", "grant_id": tokens["grant_id"],
               "duty_id": duty["duty_id"], "delete_by": duty["delete_by"]})
    );
    assert_eq!(duty["state"], "confirmed");
    assert_eq!(duty["answer"], json!({"answered_at": now, "kept": []}));
    ada.get(&grant)
        .await
        .says("that your data have been deleted");
    // A token of this kind opens nothing.
    assert_eq!(shop.userinfo(&told[0]).await.status, 401);
}

async fn an_answer_may_say_what_is_kept(app: TestApp) {
    let kept = json!([{"claims": ["name"], "basis": "legal_obligation", "law": "Art. 52 AWR",
                       "until": "2033-12-31"}]);
    let answer = json!({"account_state": "archived", "kept": kept});
    let (shop, _letterbox) = commanded(&app, says(200, answer)).await;
    let (mut ada, grant, _) = withdraw(&app, &shop).await;
    let duty = shop.duties("?state=confirmed").await.remove(0);
    assert_eq!(duty["answer"]["kept"], kept);
    ada.get(&grant).await.says("Art. 52 AWR");
}

async fn an_answer_that_cannot_be_confirms_nothing_and_is_heard_once(app: TestApp) {
    let kept = json!([{"claims": ["birthdate"], "basis": "legal_obligation",
                       "law": "Art. 52 AWR", "until": "2033-12-31"}]);
    let answer = json!({"account_state": "deleted", "kept": kept});
    let (shop, letterbox) = commanded(&app, says(200, answer)).await;
    let (mut ada, grant, _) = withdraw(&app, &shop).await;
    app.wait(DAY / 24);
    deliver(&app).await;
    assert_eq!(letterbox.commands().await.len(), 1, "it was heard");
    assert_eq!(shop.duties("?state=open").await.len(), 1);
    let page = ada.get(&grant).await;
    page.says("That does not mean that anything is deleted");
    page.says_not("have been deleted");
}

async fn having_the_command_is_not_deleting(app: TestApp) {
    let (shop, letterbox) = commanded(&app, says(200, json!({"account_state": "active"}))).await;
    let (mut ada, grant, _) = withdraw(&app, &shop).await;
    let page = ada.get(&grant).await;
    page.says("That does not mean that anything is deleted");
    page.says_not("that your data have been deleted");
    deliver(&app).await;
    assert_eq!(letterbox.commands().await.len(), 1, "it was heard");
    let duty = shop.duties("?state=open").await.remove(0);
    shop.confirm(text(&duty, "duty_id"), &json!({})).await.ok();
    ada.get(&grant)
        .await
        .says("that your data have been deleted");
}

async fn a_command_is_tried_again_until_it_is_answered(app: TestApp) {
    let (shop, letterbox) = commanded(&app, ResponseTemplate::new(500)).await;
    let (mut ada, grant, _) = withdraw(&app, &shop).await;
    ada.get(&grant)
        .await
        .says("It has not fetched our message yet");
    app.wait(Duration::from_secs(11));
    deliver(&app).await;
    let told = letterbox.commands().await;
    assert_eq!(told.len(), 2);
    let id = |token: &str| claims_of(token)["jti"].clone();
    assert_eq!(id(&told[0]), id(&told[1]), "known by the same name");
    // It had done it already, and only the answer was lost.
    let gone = json!({"account_state": "unknown", "error": "incompatible_state"});
    letterbox.answer(says(409, gone)).await;
    app.wait(Duration::from_secs(60));
    deliver(&app).await;
    assert_eq!(shop.duties("?state=confirmed").await.len(), 1);
}

async fn nobody_is_deleted_who_has_come_back(app: TestApp) {
    let (shop, letterbox) = commanded(&app, ResponseTemplate::new(503)).await;
    let (mut ada, _, _) = withdraw(&app, &shop).await;
    app.wait(Duration::from_secs(5));
    shop.log_in(&mut ada, "low").await;
    letterbox
        .answer(says(200, json!({"account_state": "unknown"})))
        .await;
    app.wait(DAY);
    deliver(&app).await;
    assert!(letterbox.commands().await.is_empty());
    assert_eq!(shop.duties("?state=lapsed").await.len(), 1);
}

async fn what_was_confirmed_by_the_api_is_not_commanded(app: TestApp) {
    let (shop, letterbox) = commanded(&app, ResponseTemplate::new(503)).await;
    let (_, _, _) = withdraw(&app, &shop).await;
    let duty = shop.duties("").await.remove(0);
    shop.confirm(text(&duty, "duty_id"), &json!({})).await.ok();
    letterbox.answer(says(200, json!({}))).await;
    app.wait(DAY);
    deliver(&app).await;
    assert!(letterbox.commands().await.is_empty());
}

async fn a_command_is_for_the_whole_account(app: TestApp) {
    let letterbox = Letterbox::open().await;
    let more = json!({"command_endpoint": letterbox.uri()});
    let plan = super::duties_opening::CALLING_PLAN;
    let shop = open_with(&app, "shop", more, Some(plan)).await;
    let mut ada = app.person("Ada", ADA).await;
    ada.edit("phone_number", "06 1234 5678").await;
    shop.log_in_for(&mut ada, "medium", super::ALL_SCOPES).await;
    let grant = ada.newest_grant().await;
    change_tier(&mut ada, &grant, "low").await;
    deliver(&app).await;
    assert_eq!(shop.duties("").await.len(), 1);
    assert!(letterbox.commands().await.is_empty(), "it goes on");
    let path = "/api/v1/duties?state=open";
    let told = shop.duty_api(Method::GET, path, &Value::Null).await.ok();
    assert_eq!(told["duties"][0]["reason"], "narrowed");
}
