//! `/api/v1/plan`: a client publishes editions of its own plan.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::business::text;
use super::client_credentials::open_with;
use super::registrar::{self, registered, with};
use super::{Business, Told};
use crate::harness::{ADA, TestApp, on_both_databases};

on_both_databases!(
    a_client_publishes_editions_and_reads_them_back,
    the_same_plan_makes_no_edition,
    an_edition_is_published_in_place_of_the_one_that_was_read,
    two_publications_at_once_are_two_editions_or_one_refusal,
    what_is_wrong_is_told_all_at_once,
    a_client_publishes_its_own_plan_with_the_scope_for_it,
    nobody_asks_for_more_than_their_ceiling,
    a_business_sees_which_edition_an_agreement_answers,
    what_was_given_up_does_not_come_back_by_another_edition,
    nobody_publishes_without_end,
);

fn plan(claims: &[&str], retention: &str) -> Value {
    json!({"claims": claims, "purposes": [{
        "id": "member", "purpose": "dpv:MemberManagement",
        "title": {"nl": "Lid zijn", "en": "Be a member"},
        "text": {"nl": "Je bent lid.", "en": "You are a member."},
        "basis": "contract", "required": true, "claims": claims,
        "retention": retention, "storage": ["NL"],
    }]})
}

async fn club(app: &TestApp) -> Business {
    let plan = plan(&["email"], "P6M").to_string();
    open_with(app, "club", json!({}), Some(&plan)).await
}

impl Business {
    async fn plan(&self, method: Method, match_: Option<&str>, body: &str) -> Told {
        let token = self.own_token("data_plan").await;
        let bearer = format!("Bearer {token}");
        let mut headers = vec![
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        headers.extend(match_.map(|tag| ("if-match", tag)));
        self.ask(method, "/api/v1/plan", &headers, body.to_owned())
            .await
    }

    async fn publish(&self, plan: &Value) -> Value {
        self.plan(Method::PUT, None, &plan.to_string()).await.ok()
    }
}

async fn a_client_publishes_editions_and_reads_them_back(app: TestApp) {
    let club = club(&app).await;
    let wider = plan(&["name", "email"], "P6M");
    let told = club.publish(&wider).await;
    assert_eq!(
        told,
        json!({"version": 2, "narrower": false, "wider": true})
    );
    let told = club.plan(Method::GET, None, "").await;
    assert_eq!(told.header("etag"), "\"2\"");
    let document = told.ok();
    assert_eq!(
        (&document["version"], &document["claims"]),
        (&json!(2), &json!(["name", "email"]))
    );
    // What is read can be sent back as it is.
    let told = club.publish(&document).await;
    assert_eq!(
        told,
        json!({"version": 2, "narrower": false, "wider": false})
    );
    let shorter = club.publish(&plan(&["email", "nickname"], "P1M")).await;
    assert_eq!(
        shorter,
        json!({"version": 3, "narrower": true, "wider": true})
    );
    let none = open_with(&app, "shop", json!({}), None).await;
    let told = none.plan(Method::GET, None, "").await;
    assert_eq!(told.status, StatusCode::NOT_FOUND);
    assert_eq!(none.publish(&wider).await["version"], 1);
}

async fn the_same_plan_makes_no_edition(app: TestApp) {
    let club = club(&app).await;
    let same = plan(&["email"], "P6M");
    for text in [
        same.to_string(),
        serde_json::to_string_pretty(&same).expect("JSON"),
    ] {
        let told = club.plan(Method::PUT, None, &text).await.ok();
        assert_eq!(
            told,
            json!({"version": 1, "narrower": false, "wider": false})
        );
    }
}

async fn an_edition_is_published_in_place_of_the_one_that_was_read(app: TestApp) {
    let club = club(&app).await;
    let put = async |tag: &str, claims: &[&str]| {
        let plan = plan(claims, "P6M").to_string();
        club.plan(Method::PUT, Some(tag), &plan).await
    };
    assert_eq!(put("\"1\"", &["name"]).await.ok()["version"], 2);
    for stale in ["\"1\"", "\"9\"", "W/\"2\"", "2", "\"two\"", ""] {
        let told = put(stale, &["nickname"]).await;
        assert_eq!(told.status, StatusCode::PRECONDITION_FAILED, "{stale}");
        assert_eq!(told.error(), "invalid_request");
    }
    assert_eq!(put("\"7\", \"2\"", &["nickname"]).await.ok()["version"], 3);
    assert_eq!(put("*", &["locale"]).await.ok()["version"], 4);
}

async fn two_publications_at_once_are_two_editions_or_one_refusal(app: TestApp) {
    let club = club(&app).await;
    let (one, other) = (plan(&["name"], "P6M"), plan(&["nickname"], "P6M"));
    let (one, other) = (one.to_string(), other.to_string());
    let far = club.clone().at(app.second_node().await);
    let (first, second) = tokio::join!(
        club.plan(Method::PUT, Some("\"1\""), &one),
        far.plan(Method::PUT, Some("\"1\""), &other),
    );
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412]);
    let plans = [plan(&["locale"], "P6M"), plan(&["gender"], "P6M")];
    let (first, second) = tokio::join!(club.publish(&plans[0]), far.publish(&plans[1]),);
    let mut versions = [first["version"].as_i64(), second["version"].as_i64()];
    versions.sort_unstable();
    assert_eq!(versions, [Some(3), Some(4)]);
}

async fn what_is_wrong_is_told_all_at_once(app: TestApp) {
    let club = club(&app).await;
    let mut wrong = plan(&["email", "shoe_size"], "forever");
    wrong["colour"] = json!("red");
    let told = club.plan(Method::PUT, None, &wrong.to_string()).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::BAD_REQUEST, "invalid_data_plan")
    );
    let paths: Vec<&str> = told.json["problems"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|problem| problem["path"].as_str().expect("a path"))
        .collect();
    for path in ["$.colour", "$.claims[1]", "$.purposes[0].retention"] {
        assert!(paths.contains(&path), "{paths:?}");
    }
    for text in ["", "[]", "{", "{\"purposes\":[],\"purposes\":[]}"] {
        let told = club.plan(Method::PUT, None, text).await;
        assert_eq!(told.error(), "invalid_data_plan", "{text}");
    }
    let long = format!("\"{}\"", "x".repeat(100 * 1024));
    let told = club.plan(Method::PUT, None, &long).await;
    assert_eq!(told.status, StatusCode::PAYLOAD_TOO_LARGE);
    let token = club.own_token("data_plan").await;
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "text/plain"),
    ];
    let told = club.ask(
        Method::PUT,
        "/api/v1/plan",
        &headers,
        plan(&["name"], "P1M").to_string(),
    );
    assert_eq!(told.await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(club.plan(Method::GET, None, "").await.ok()["version"], 1);
}

/// Less, and the same again before anything has narrowed.
async fn what_was_given_up_does_not_come_back_by_another_edition(app: TestApp) {
    let (wide, narrow) = (plan(&["name", "email"], "P6M"), plan(&["email"], "P6M"));
    let club = open_with(&app, "club", json!({}), Some(&wide.to_string())).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = club.log_in(&mut ada, "low").await;
    let access = text(&tokens, "access_token");
    club.publish(&narrow).await;
    let told = club.plan(Method::PUT, None, &wide.to_string()).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::CONFLICT, "temporarily_unavailable")
    );
    assert_eq!(told.header("retry-after"), "15");
    // One that asks for less still may follow.
    assert_eq!(club.publish(&plan(&["email"], "P3M")).await["version"], 3);
    app.carry_out_editions().await;
    assert_eq!(club.publish(&wide).await["wider"], true);
    app.carry_out_editions().await;
    let read = club.userinfo(access).await.ok();
    assert_eq!(read["email"], ADA);
    assert!(read.get("name").is_none(), "{read}");
    let page = ada.visit(&club.client.request(&[])).await;
    page.says("What changes");
    page.says("name and e-mail address");
}

async fn nobody_publishes_without_end(app: TestApp) {
    let club = club(&app).await;
    for days in 30..49 {
        club.publish(&plan(&["email"], &format!("P{days}D"))).await;
    }
    let told = club
        .plan(Method::PUT, None, &plan(&["email"], "P49D").to_string())
        .await;
    assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(told.header("retry-after"), "86400");
    app.wait(Duration::from_secs(24 * 60 * 60));
    club.publish(&plan(&["email"], "P49D")).await;
}

async fn a_client_publishes_its_own_plan_with_the_scope_for_it(app: TestApp) {
    let club = club(&app).await;
    let more = json!({"scope": "openid email data_plan"});
    let shop = open_with(&app, "shop", more, None).await;
    // Another's plan is nowhere to be named; its own token is about its own plan.
    let narrow = plan(&["email"], "P1M");
    assert_eq!(shop.publish(&narrow).await["version"], 1);
    assert_eq!(club.plan(Method::GET, None, "").await.ok()["version"], 1);
    // A claim that it does not register the scope for, it could never ask.
    let told = shop
        .plan(Method::PUT, None, &plan(&["name"], "P1M").to_string())
        .await;
    assert_eq!(told.error(), "invalid_data_plan");
    assert_eq!(told.json["problems"][0]["path"], "$.purposes[0].claims");
    let token = club.own_token("grant_management_query").await;
    let bearer = format!("Bearer {token}");
    for headers in [vec![], vec![("authorization", bearer.as_str())]] {
        for method in [Method::GET, Method::PUT] {
            let told = club
                .ask(method, "/api/v1/plan", &headers, narrow.to_string())
                .await;
            let expected = if headers.is_empty() {
                StatusCode::UNAUTHORIZED
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(told.status, expected);
        }
    }
}

async fn nobody_asks_for_more_than_their_ceiling(app: TestApp) {
    let app = registrar::open(app).await;
    let more = json!({"grant_types": ["authorization_code", "client_credentials"]});
    let stranger = Business::registered(&app, &registered(&app, None, &with(&more)).await);
    let required = plan(&["email"], "P1M");
    let told = stranger
        .plan(Method::PUT, None, &required.to_string())
        .await;
    assert!(
        told.json["problems"][0]["problem"]
            .as_str()
            .expect("words")
            .contains("price of a login")
    );
    let mut high = required.clone();
    high["purposes"][0]["claims"] = json!([]);
    high["purposes"][0]["voluntary_claims"] = json!(["email", "birthdate"]);
    high["purposes"][0]["channels"] = json!(["email"]);
    high["claims"] = json!(["email"]);
    let told = stranger.plan(Method::PUT, None, &high.to_string()).await;
    let problems = told.json["problems"].as_array().expect("a list");
    assert_eq!(problems.len(), 2, "{problems:?}");
    assert_eq!(problems[0]["path"], "$.purposes[0].voluntary_claims");
    assert_eq!(problems[1]["path"], "$.purposes[0].channels");
    high["purposes"][0]["voluntary_claims"] = json!(["email"]);
    high["purposes"][0]["channels"] = json!([]);
    assert_eq!(stranger.publish(&high).await["version"], 1);
}

async fn a_business_sees_which_edition_an_agreement_answers(app: TestApp) {
    let club = club(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = club.log_in(&mut ada, "low").await;
    let told = |told: &Value| (told["plan_version"].clone(), told["plan_current"].clone());
    assert_eq!(told(&tokens), (json!(1), json!(true)));
    club.publish(&plan(&["name", "email"], "P6M")).await;
    let old = (json!(1), json!(false));
    let again = club.refresh(text(&tokens, "refresh_token")).await.ok();
    assert_eq!(told(&again), old);
    assert_eq!(told(&club.grant(text(&tokens, "grant_id")).await), old);
    let seen = club.introspect(text(&again, "access_token")).await.ok();
    assert_eq!(told(&seen), old);
}
