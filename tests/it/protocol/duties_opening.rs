//! What opens a deletion duty, and how a business hears of it.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluis::jobs;

use super::Business;
use super::business::{ALL_SCOPES, change_tier, change_tier_on, claims_of, press, text};
use super::client_credentials::{open, open_with};
use super::duties::{end_of_day, last_receipt};
use super::subscriber::{POLL, Subscriber, event_of, kind_of};
use crate::harness::{ADA, Actor, DAY, LETTER_PLAN, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    every_end_of_an_agreement_opens_a_duty,
    what_an_agreement_covers_no_longer_is_to_be_deleted,
    a_plan_may_promise_to_be_quicker,
    whoever_agrees_anew_leaves_a_duty_for_the_rest,
    an_event_names_its_duty_and_having_it_is_not_deleting,
    an_answer_makes_no_page_stale,
);

async fn every_end_of_an_agreement_opens_a_duty(app: TestApp) {
    let now = app.app.now().as_seconds();
    let mut reasons = Vec::new();
    for end in ["withdraw", "end", "expire"] {
        let shop = open(&app, end).await;
        let mut ada = app.person("Ada", &format!("{end}@home.example")).await;
        let tokens = shop.log_in(&mut ada, "low").await;
        assert!(shop.duties("").await.is_empty());
        let grant = ada.newest_grant().await;
        match end {
            "withdraw" => {
                press(&mut ada, &grant, "withdraw").await;
            }
            "end" => {
                let token = shop.own_token("grant_management_revoke").await;
                let id = text(&tokens, "grant_id");
                let told = shop.manage(Method::DELETE, &token, id).await;
                assert_eq!(told.status, StatusCode::NO_CONTENT);
            }
            _ => {
                app.wait(31 * DAY);
                jobs::grants::run_once(&app.app).await.expect("a database");
            }
        }
        let opened = app.app.now().as_seconds();
        let mut duties = shop.duties("").await;
        assert_eq!(duties.len(), 1, "{end}");
        let mut duty = duties.remove(0);
        let sub = claims_of(text(&tokens, "id_token"))["sub"].clone();
        assert_eq!(duty["sub"], sub);
        reasons.push(duty["reason"].take());
        assert!(text(&duty, "duty_id").len() == 36);
        duty["duty_id"].take();
        assert_eq!(
            duty,
            json!({"duty_id": null, "grant_id": tokens["grant_id"], "sub": sub,
                   "claims": ["name", "email"], "reason": null, "opened_at": opened,
                   "delete_by": end_of_day(opened + 30 * 86_400), "state": "open", "answer": null})
        );
    }
    assert_eq!(
        reasons,
        [json!("withdrawn"), json!("ended"), json!("expired")]
    );
    assert_eq!(app.app.now().as_seconds(), now + 31 * 86_400);
}

pub(crate) const CALLING_PLAN: &str = r#"{"purposes": [
    {"id": "call", "purpose": "dpv:CustomerCare",
     "title": {"nl": "Helpen", "en": "Help you"},
     "text": {"nl": "We bellen als er iets is.", "en": "We call when there is something."},
     "basis": "contract", "required": true,
     "claims": ["email"], "voluntary_claims": ["phone_number"],
     "retention": "P6M", "storage": ["NL"]}
]}"#;

/// Somebody who let a business call them, and does so no more.
pub(crate) async fn called_no_more(app: &TestApp, shop: &Business) -> (Actor, String) {
    let mut ada = app.person("Ada", ADA).await;
    ada.edit("phone_number", "06 1234 5678").await;
    shop.log_in_for(&mut ada, "medium", ALL_SCOPES).await;
    let grant = ada.newest_grant().await;
    change_tier(&mut ada, &grant, "low").await;
    (ada, grant)
}

async fn what_an_agreement_covers_no_longer_is_to_be_deleted(app: TestApp) {
    let shop = open_with(&app, "shop", json!({}), Some(CALLING_PLAN)).await;
    let (mut ada, grant) = called_no_more(&app, &shop).await;
    let duty = shop.duties("").await.remove(0);
    assert_eq!(duty["claims"], json!(["phone_number"]));
    assert_eq!(duty["reason"], "narrowed");
    ada.get(&grant).await.says("to delete: phone number");
    // The agreement lives on, and so does its chain.
    shop.confirm(text(&duty, "duty_id"), &Value::Null)
        .await
        .ok();
    let receipt = last_receipt(&mut ada, &grant).await;
    assert_eq!(receipt["event"]["kind"], "answered");
    assert_eq!(receipt["event"]["state"], "dpv:ConsentGiven");
    press(&mut ada, &grant, "pause").await;
    press(&mut ada, &grant, "withdraw").await;
    let duties = shop.duties("?state=open").await;
    assert_eq!(duties.len(), 1);
    assert_eq!(duties[0]["claims"], json!(["email"]));
}

/// A shop answers when it likes: while the consumer has a page open, and it says
/// nothing about what was agreed.
async fn an_answer_makes_no_page_stale(app: TestApp) {
    let shop = open_with(&app, "shop", json!({}), Some(CALLING_PLAN)).await;
    let (mut ada, grant) = called_no_more(&app, &shop).await;
    let open_page = ada.get(&grant).await;
    let duty = shop.duties("").await.remove(0);
    shop.confirm(text(&duty, "duty_id"), &Value::Null)
        .await
        .ok();
    let question = change_tier_on(&mut ada, &open_page, "medium").await;
    assert_eq!(question.status, StatusCode::OK);
    let agreed = question.form("confirmation").press("allow");
    let done = ada.submit(agreed).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    ada.get(&grant).await.says("phone number");
}

async fn a_plan_may_promise_to_be_quicker(app: TestApp) {
    let more =
        json!({"grant_types": ["authorization_code", "refresh_token", "client_credentials"]});
    let plan = LETTER_PLAN.replacen('{', r#"{"delete_within": "P2W", "#, 1);
    let paper = Business::with(&app, "paper", more, Some(&plan)).await;
    let (mut ada, grant) = paper.customer(&app, "Ada").await;
    ada.get(&grant).await.says("5 October 2026");
    press(&mut ada, &grant, "withdraw").await;
    let duty = paper.duties("").await.remove(0);
    let opened = app.app.now().as_seconds();
    assert_eq!(duty["delete_by"], end_of_day(opened + 14 * 86_400));
    let receipt = last_receipt(&mut ada, &grant).await;
    assert_eq!(receipt["processes"][0]["storage"]["delete_within"], "P14D");
}

async fn whoever_agrees_anew_leaves_a_duty_for_the_rest(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    shop.log_in(&mut ada, "low").await;
    app.wait(31 * DAY);
    let page = ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(page.redirect().is_some());
    // The login itself writes down that the old one is over: it covers the same.
    shop.log_in(&mut ada, "low").await;
    assert!(shop.duties("").await.is_empty());
    app.wait(31 * DAY);
    let page = ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(page.redirect().is_some());
    shop.log_in_for(&mut ada, "low", "openid email").await;
    let duties = shop.duties("").await;
    assert_eq!(duties.len(), 1);
    assert_eq!(duties[0]["claims"], json!(["name"]));
    assert_eq!(duties[0]["reason"], "narrowed");
}

async fn an_event_names_its_duty_and_having_it_is_not_deleting(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let poller = Subscriber::open(&app, "poller").await;
    let stream = poller.subscribe(json!({"method": POLL})).await;
    let mut ada = app.person("Ada", ADA).await;
    let mut grants = Vec::new();
    for business in [&shop.shop, &poller.shop] {
        business.log_in(&mut ada, "low").await;
        let grant = ada.newest_grant().await;
        press(&mut ada, &grant, "withdraw").await;
        ada.get(&grant)
            .await
            .says("It has not fetched our message yet");
        grants.push(grant);
        app.wait(Duration::from_secs(1));
    }
    jobs::outbox::run_once(&app.app).await.expect("a database");
    let withdrawn = letterbox.claims().await.remove(0);
    assert_eq!(kind_of(&withdrawn), "consent-withdrawn");
    let event = event_of(&withdrawn);
    let page = ada.get(&grants[0]).await;
    page.says("has our message since");
    page.says("That does not mean that anything is deleted");
    let duty = shop.shop.duties("").await.remove(0);
    assert_eq!(event["duty_id"], duty["duty_id"]);
    assert_eq!(event["delete_by"], duty["delete_by"]);
    ada.get(&grants[0])
        .await
        .says("It looked at the request on");
    // Fetched by poll: it is told once that is acknowledged.
    let path = format!("/ssf/poll/{stream}");
    let told = poller
        .post(&path, &json!({"returnImmediately": true}))
        .await
        .ok();
    let sets: Vec<String> = told["sets"]
        .as_object()
        .expect("sets")
        .keys()
        .cloned()
        .collect();
    ada.get(&grants[1])
        .await
        .says("It has not fetched our message yet");
    let ack = json!({"ack": sets, "maxEvents": 0, "returnImmediately": true});
    poller.post(&path, &ack).await.ok();
    ada.get(&grants[1]).await.says("has our message since");
}
