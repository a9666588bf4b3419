//! What was asked of businesses, and what they answered, goes along with the rest.

use std::time::Duration;

use serde_json::json;

use super::business::{change_tier, press, text};
use super::client_credentials::{open, open_with};
use super::duties::invoice;
use super::rights::{NEWS_PLAN, ask};
use crate::harness::{ADA, TestApp, on_both_databases};
use crate::pages::export::{exported, holds_to_its_schema};

on_both_databases!(what_was_asked_and_answered_goes_along_as_its_schema_has_it);

async fn what_was_asked_and_answered_goes_along_as_its_schema_has_it(app: TestApp) {
    let shop = open_with(&app, "shop", json!({}), Some(NEWS_PLAN)).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "low").await;
    shop.userinfo(text(&tokens, "access_token")).await.ok();
    let grant = ada.newest_grant().await;
    ask(&mut ada, &grant, "access", &["email"]).await;
    let id = text(&shop.requests("").await[0], "request_id").to_owned();
    let more = json!({"outcome": "extended", "text": "It is much.", "until": "2026-12-21"});
    shop.answer(&id, &more).await.ok();
    let done = json!({"outcome": "done", "text": "We have your address."});
    shop.answer(&id, &done).await.ok();
    press(&mut ada, &grant, "withdraw").await;
    let duty = shop.duties("").await.remove(0);
    let mut kept = invoice();
    kept["claims"] = json!(["email"]);
    let kept = json!({"kept": [kept]});
    shop.confirm(text(&duty, "duty_id"), &kept).await.ok();
    app.wait(Duration::from_secs(1));
    let other = open(&app, "other").await;
    ada.edit("birthdate", "1985-12-10").await;
    other.log_in(&mut ada, "high").await;
    let grant = ada.newest_grant().await;
    change_tier(&mut ada, &grant, "low").await;
    press(&mut ada, &grant, "pause").await;

    let document = exported(&mut ada).await;
    holds_to_its_schema(&mut ada, &document).await;
    let request = &document["requests"][0];
    assert_eq!(request["answers"][0]["text"], "It is much.");
    assert_eq!(request["answers"][1]["text"], "We have your address.");
    let duties = document["duties"].as_array().expect("a list");
    let about = |claim: &str| {
        let mut duties = duties.iter();
        duties.find(|duty| duty["claims"] == json!([claim]))
    };
    let answered = about("email").expect("a duty");
    assert_eq!(answered["kept"][0]["law"], "Art. 52 AWR");
    assert!(about("birthdate").is_some(), "{duties:?}");
    assert_eq!(document["reads"][0]["claims"], json!(["email"]));
    assert_eq!(document["reads"][0]["purposes"], json!(["login"]));
    let states = [
        &document["grants"][0]["state"],
        &document["grants"][1]["state"],
    ];
    assert_eq!(states, ["paused", "withdrawn"]);
}
