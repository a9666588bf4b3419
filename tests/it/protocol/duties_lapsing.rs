//! Coming back: what somebody agrees to anew is not to be deleted.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluis::jobs;

use super::Business;
use super::business::{change_tier_on, press, text};
use super::client_credentials::{open, open_with};
use super::duties_opening::{CALLING_PLAN, called_no_more};
use crate::harness::{ADA, Actor, DAY, PASSWORD, SECOND, TestApp, on_both_databases};

on_both_databases!(
    whoever_comes_back_leaves_nothing_to_delete,
    whoever_comes_back_for_less_leaves_the_rest,
    what_an_agreement_covers_again_is_not_to_be_deleted,
    an_answer_stays_when_somebody_comes_back,
    a_duty_that_was_overdue_lapses_too,
    what_is_settled_crowds_out_nothing_that_is_owed,
);

async fn withdrawn(app: &TestApp, shop: &Business) -> (Actor, String) {
    let left = shop.withdrawn(app, "Ada").await;
    app.wait(SECOND);
    left
}

async fn whoever_comes_back_leaves_nothing_to_delete(app: TestApp) {
    let shop = open(&app, "shop").await;
    let (mut ada, grant) = withdrawn(&app, &shop).await;
    let before = shop.duties("?state=open").await.remove(0);
    shop.log_in(&mut ada, "low").await;
    let now = app.app.now().as_seconds();
    let duty = shop.duties("").await.remove(0);
    assert_eq!(
        (&duty["state"], &duty["lapsed_at"], &duty["claims"]),
        (&json!("lapsed"), &json!(now), &before["claims"])
    );
    let told = shop.confirm(text(&duty, "duty_id"), &json!({})).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::CONFLICT, "invalid_request")
    );
    for path in [grant.as_str(), "/account/duties"] {
        let page = ada.get(path).await;
        page.says("you agreed to this anew on 21 September 2026");
        page.says_not("have been deleted");
        page.says_not("by 21 October 2026");
    }
    app.wait(32 * DAY);
    jobs::duties::run_once(&app.app).await.expect("a database");
    assert!(shop.duties("?state=overdue").await.is_empty());
}

async fn whoever_comes_back_for_less_leaves_the_rest(app: TestApp) {
    let shop = open(&app, "shop").await;
    let (mut ada, _) = withdrawn(&app, &shop).await;
    shop.log_in_for(&mut ada, "low", "openid email").await;
    let duty = shop.duties("?state=open").await.remove(0);
    assert_eq!(
        (&duty["claims"], &duty["reason"]),
        (&json!(["name"]), &json!("narrowed"))
    );
    // What the new agreement covers is no part of it any more.
    let kept = json!({"kept": [{"claims": ["email"], "basis": "legal_obligation",
                                "law": "Art. 52 AWR", "until": "2033-12-31"}]});
    let told = shop.confirm(text(&duty, "duty_id"), &kept).await;
    assert_eq!(told.status, StatusCode::BAD_REQUEST);
    let told = shop.confirm(text(&duty, "duty_id"), &Value::Null).await;
    assert_eq!(told.ok()["state"], "confirmed");
}

async fn what_an_agreement_covers_again_is_not_to_be_deleted(app: TestApp) {
    let shop = open_with(&app, "shop", json!({}), Some(CALLING_PLAN)).await;
    let (mut ada, grant) = called_no_more(&app, &shop).await;
    assert_eq!(shop.duties("?state=open").await.len(), 1);
    let page = ada.get(&grant).await;
    let question = change_tier_on(&mut ada, &page, "medium").await;
    let agreed = question.form("confirmation").press("allow");
    ada.submit(agreed).await;
    assert!(shop.duties("?state=open").await.is_empty());
    assert_eq!(shop.duties("?state=lapsed").await.len(), 1);
    ada.get(&grant).await.says("you agreed to this anew");
}

async fn an_answer_stays_when_somebody_comes_back(app: TestApp) {
    let shop = open(&app, "shop").await;
    let (mut ada, _) = withdrawn(&app, &shop).await;
    let duty = shop.duties("").await.remove(0);
    let told = shop.confirm(text(&duty, "duty_id"), &json!({})).await.ok();
    shop.log_in(&mut ada, "low").await;
    assert_eq!(shop.duties("").await, [told]);
}

async fn a_duty_that_was_overdue_lapses_too(app: TestApp) {
    let shop = open(&app, "shop").await;
    let (mut ada, grant) = withdrawn(&app, &shop).await;
    app.wait(32 * DAY);
    jobs::duties::run_once(&app.app).await.expect("a database");
    assert_eq!(shop.duties("?state=overdue").await.len(), 1);
    let page = ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(page.redirect().is_some());
    shop.log_in(&mut ada, "low").await;
    assert_eq!(shop.duties("?state=lapsed").await.len(), 1);
    let page = ada.get(&grant).await;
    assert!(!page.links().iter().any(|link| link.ends_with("/complaint")));
}

async fn what_is_settled_crowds_out_nothing_that_is_owed(app: TestApp) {
    let owing = open(&app, "owing").await;
    let (mut ada, _) = withdrawn(&app, &owing).await;
    let shop = open(&app, "shop").await;
    for _ in 0..201 {
        shop.log_in(&mut ada, "low").await;
        let grant = ada.newest_grant().await;
        press(&mut ada, &grant, "withdraw").await;
        app.wait(Duration::from_secs(1));
    }
    let page = ada.get("/account/duties").await;
    page.says("The owing");
}
