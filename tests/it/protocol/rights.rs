//! Rights that people use: `/api/v1/requests`, and the page of an agreement.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluis::jobs;

use super::business::{press, text};
use super::client_credentials::{open, open_with};
use super::duties::end_of_day;
use super::subscriber::{NOBODYS, Subscriber, event_of, kind_of};
use super::{Business, Told};
use crate::harness::{ADA, Actor, DAY, EVE, Page, TestApp, id_of, on_both_databases};
use crate::life::{deliver, return_to, told_by_mail};

on_both_databases!(
    a_request_is_numbered_and_both_see_the_clock,
    what_a_business_answers_only_whoever_asked_can_read,
    a_business_may_take_two_months_more_once,
    an_answer_that_cannot_be_changes_nothing,
    a_request_is_nobody_elses,
    one_of_each_kind_waits_at_a_time,
    a_business_that_is_late_is_marked_once,
    a_business_with_a_stream_hears_of_it,
    an_objection_turns_contact_off_at_once,
    a_restriction_pauses_at_once,
);

impl Business {
    async fn rights_api(&self, method: Method, path: &str, body: &Value) -> Told {
        let token = self.own_token("data_subject_requests").await;
        self.ask_json(&token, method, path, body).await
    }

    /// Requests to it, the oldest first.
    pub(crate) async fn requests(&self, query: &str) -> Vec<Value> {
        let path = format!("/api/v1/requests{query}");
        let told = self.rights_api(Method::GET, &path, &Value::Null).await.ok();
        told["requests"].as_array().expect("a list").clone()
    }

    pub(crate) async fn answer(&self, id: &str, body: &Value) -> Told {
        let path = format!("/api/v1/requests/{id}/answer");
        self.rights_api(Method::POST, &path, body).await
    }
}

/// Sends a request from the page of an agreement.
pub(crate) async fn ask(actor: &mut Actor, grant: &str, right: &str, claims: &[&str]) -> Page {
    let mut form = actor.get(grant).await.form("rights").with("right", right);
    for claim in claims {
        form = form.with(&format!("claim-{claim}"), "on");
    }
    actor.submit(form.press("rights-send")).await
}

pub(super) async fn customer(app: &TestApp) -> (Business, Actor, String) {
    let shop = open(app, "shop").await;
    let (ada, grant) = shop.customer(app, "Ada").await;
    (shop, ada, grant)
}

async fn a_request_is_numbered_and_both_see_the_clock(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    let page = ask(&mut ada, &grant, "access", &["email"]).await;
    assert_eq!(page.location(), format!("{grant}?done=asked"));
    let page = ada.get(page.location()).await;
    for text in [
        "Request 1",
        "Access",
        "about: e-mail address",
        "must answer by 21 October 2026",
    ] {
        page.says(text);
    }
    let now = app.app.now().as_seconds();
    let mut request = shop.requests("?state=open").await.remove(0);
    let id = request["request_id"].take();
    assert!(id.is_string());
    let grant_id = id_of(&grant);
    let sub = request["sub"].take();
    assert!(sub.is_string());
    assert_eq!(
        request,
        json!({"request_id": null, "number": 1, "grant_id": grant_id, "sub": null,
               "right": "access", "claims": ["email"], "opened_at": now,
               "due": end_of_day(now + 30 * 86_400), "state": "open", "answers": []})
    );
    // Also when the agreement is over.
    press(&mut ada, &grant, "withdraw").await;
    app.wait(DAY / 48);
    ask(&mut ada, &grant, "portability", &[]).await;
    let requests = shop.requests("").await;
    assert_eq!(requests.len(), 2);
    assert_eq!(
        (&requests[1]["number"], &requests[1]["claims"]),
        (&json!(2), &json!([]))
    );
}

async fn what_a_business_answers_only_whoever_asked_can_read(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    ask(&mut ada, &grant, "access", &[]).await;
    let id = text(&shop.requests("").await[0], "request_id").to_owned();
    let said = "We have ada@home.example, <b>and</b> nothing else.";
    let told = shop
        .answer(&id, &json!({"outcome": "done", "text": said}))
        .await;
    let told = told.ok();
    assert_eq!(told["state"], "answered");
    assert_eq!(told["answers"][0]["outcome"], "done");
    assert!(
        !told.to_string().contains("nothing else"),
        "not even by them"
    );
    let subject = "The shop has answered your request 1";
    assert_eq!(told_by_mail(&app).await, [subject]);
    let page = ada.get(&grant).await;
    page.says("it did what you asked");
    page.says(said);
    let again = shop
        .answer(&id, &json!({"outcome": "refused", "text": "No."}))
        .await;
    assert_eq!(
        (again.status, again.error()),
        (StatusCode::CONFLICT, "invalid_request")
    );
    // The database does not hold it in the clear.
    let mut connection = app.app.store().read().await.expect("a database");
    let id = id.parse().expect("an id");
    let answers = sluis::store::rights::answers(&mut connection, id)
        .await
        .expect("answers");
    let sealed = String::from_utf8_lossy(&answers[0].text_sealed).into_owned();
    assert!(!sealed.contains("nothing"));
}

async fn a_business_may_take_two_months_more_once(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    ask(&mut ada, &grant, "rectification", &["name"]).await;
    let id = text(&shop.requests("").await[0], "request_id").to_owned();
    let more = |until: &str| json!({"outcome": "extended", "text": "It is much.", "until": until});
    for until in ["2026-12-22", "2026-10-01", "x"] {
        let told = shop.answer(&id, &more(until)).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{until}");
    }
    let told = shop.answer(&id, &more("2026-12-21")).await.ok();
    assert_eq!(
        (&told["state"], &told["due"]),
        (&json!("open"), &json!(1_797_897_599))
    );
    assert_eq!(told["answers"][0]["until"], "2026-12-21");
    let subject = "The shop needs more time for your request 1";
    assert_eq!(told_by_mail(&app).await, [subject]);
    let again = shop.answer(&id, &more("2026-12-21")).await.ok();
    assert_eq!(again, told, "said again");
    assert!(told_by_mail(&app).await.is_empty(), "and not mailed again");
    let longer = shop.answer(&id, &more("2026-12-20")).await;
    assert_eq!(longer.status, StatusCode::BAD_REQUEST);
    let page = ada.get(&grant).await;
    page.says("needs until 21 December 2026");
    page.says("It is much.");
    app.wait(60 * DAY);
    jobs::duties::run_once(&app.app).await.expect("a database");
    assert_eq!(shop.requests("?state=open").await.len(), 1, "it has time");
    shop.answer(&id, &json!({"outcome": "done"})).await.ok();
    assert_eq!(
        shop.requests("?state=answered").await[0]["answers"]
            .as_array()
            .map(Vec::len),
        Some(2)
    );
}

async fn an_answer_that_cannot_be_changes_nothing(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    ask(&mut ada, &grant, "restriction", &[]).await;
    let before = shop.requests("").await;
    let id = text(&before[0], "request_id").to_owned();
    for body in [
        json!({"outcome": "refused"}),
        json!({"outcome": "refused", "text": "  "}),
        json!({"outcome": "maybe", "text": "x"}),
        json!({"outcome": "extended", "text": "x"}),
        json!({"outcome": "done", "until": "2026-12-01"}),
        json!({"outcome": "done", "text": "x".repeat(2_001)}),
        json!({"outcome": "done", "text": "a\u{0}b"}),
        json!({"outcome": "done", "text": "a\u{202e}b"}),
        json!({"outcome": "done", "text": "a\u{2066}b"}),
        json!({"outcome": "done", "more": 1}),
        json!({}),
        json!([]),
    ] {
        let told = shop.answer(&id, &body).await;
        assert_eq!(
            (told.status, told.error()),
            (StatusCode::BAD_REQUEST, "invalid_request"),
            "{body}"
        );
    }
    let huge = json!({"outcome": "done", "text": "x".repeat(70_000)});
    assert_eq!(
        shop.answer(&id, &huge).await.status,
        StatusCode::PAYLOAD_TOO_LARGE
    );
    assert_eq!(shop.requests("").await, before);
    assert!(told_by_mail(&app).await.is_empty());
}

async fn a_request_is_nobody_elses(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    let other = open(&app, "other").await;
    ask(&mut ada, &grant, "access", &[]).await;
    let id = text(&shop.requests("").await[0], "request_id").to_owned();
    assert!(other.requests("").await.is_empty());
    for id in [id.as_str(), NOBODYS, "x"] {
        let told = other.answer(id, &json!({"outcome": "done"})).await;
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{id}");
        let path = format!("/api/v1/requests/{id}");
        let told = other.rights_api(Method::GET, &path, &Value::Null).await;
        assert_eq!(told.status, StatusCode::NOT_FOUND, "{id}");
    }
    let token = shop.own_token("deletion_duties").await;
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", bearer.as_str())];
    let told = shop
        .ask(Method::GET, "/api/v1/requests", &headers, String::new())
        .await;
    assert_eq!(told.status, StatusCode::FORBIDDEN);
    // Nor can it be sent from the page of somebody else's agreement.
    let mut eve = app.person("Eve", EVE).await;
    shop.log_in(&mut eve, "low").await;
    let own = eve.newest_grant().await;
    let mut form = eve.get(&own).await.form("rights").with("right", "access");
    form.action = form.action.replace(&own, &grant);
    let page = eve.submit(form.press("rights-send")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert_eq!(shop.requests("").await.len(), 1);
}

async fn one_of_each_kind_waits_at_a_time(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    let form = ada.get(&grant).await.form("rights").with("right", "access");
    let twice = form.clone();
    ada.submit(form.press("rights-send")).await;
    let page = ada.submit(twice.press("rights-send")).await;
    assert_eq!(page.location(), grant);
    assert_eq!(shop.requests("").await.len(), 1);
    for right in ["rectification", "restriction", "portability", "objection"] {
        app.wait(Duration::from_secs(1));
        ask(&mut ada, &grant, right, &[]).await;
    }
    assert!(
        !ada.get(&grant).await.has_form("rights"),
        "all of them wait"
    );
    let id = text(&shop.requests("").await[0], "request_id").to_owned();
    shop.answer(&id, &json!({"outcome": "done"})).await.ok();
    app.wait(Duration::from_secs(1));
    ask(&mut ada, &grant, "access", &[]).await;
    assert_eq!(shop.requests("").await[5]["number"], 6);
}

async fn a_business_that_is_late_is_marked_once(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    ask(&mut ada, &grant, "access", &[]).await;
    let due = shop.requests("").await[0]["due"]
        .as_i64()
        .expect("a moment");
    // All of the last day is in time.
    let left = u64::try_from(due - app.app.now().as_seconds()).expect("time");
    app.wait(Duration::from_secs(left));
    jobs::duties::run_once(&app.app).await.expect("a database");
    assert!(told_by_mail(&app).await.is_empty());
    app.wait(Duration::from_secs(1));
    app.on_two_nodes(jobs::duties::run_once).await;
    let subject = "The shop has not answered your request 1";
    assert_eq!(told_by_mail(&app).await, [subject]);
    assert_eq!(shop.requests("?state=overdue").await.len(), 1);
    return_to(&mut ada, ADA).await;
    ada.get(&grant)
        .await
        .says("did not answer by 21 October 2026");
    let id = text(&shop.requests("").await[0], "request_id").to_owned();
    shop.answer(&id, &json!({"outcome": "done"})).await.ok();
    assert_eq!(shop.requests("?state=answered").await.len(), 1);
}

async fn a_business_with_a_stream_hears_of_it(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let (mut ada, grant) = shop.shop.customer(&app, "Ada").await;
    ask(&mut ada, &grant, "objection", &["email"]).await;
    deliver(&app).await;
    let heard = letterbox.claims().await;
    let kinds: Vec<String> = heard.iter().map(kind_of).collect();
    assert_eq!(
        kinds,
        ["data-subject-request", "processing-objected"],
        "no contact to end"
    );
    let request = shop.shop.requests("").await.remove(0);
    for claims in &heard {
        let event = event_of(claims);
        assert_eq!(event["request_id"], request["request_id"]);
        assert_eq!(event["due"], request["due"]);
        assert_eq!(event["claims"], json!(["email"]));
    }
    assert_eq!(event_of(&heard[0])["right"], "objection");
}

pub(super) const NEWS_PLAN: &str = r#"{"purposes": [
    {"id": "login", "purpose": "dpv:IdentityAuthentication", "title": {"nl": "In", "en": "In"},
     "text": {"nl": "Jij.", "en": "You."}, "basis": "contract", "required": true,
     "claims": ["email"], "retention": "P6M", "storage": ["NL"]},
    {"id": "news", "purpose": "dpv:DirectMarketing", "title": {"nl": "Nieuws", "en": "News"},
     "text": {"nl": "We mailen.", "en": "We mail."}, "basis": "consent", "required": false,
     "claims": ["email"], "channels": ["email"], "retention": "P6M", "storage": ["NL"]}
]}"#;

async fn an_objection_turns_contact_off_at_once(app: TestApp) {
    let shop = open_with(&app, "shop", json!({}), Some(NEWS_PLAN)).await;
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.visit(&shop.client.request(&[])).await;
    let form = page.form("consent").with("tier", "high");
    let page = ada
        .submit(form.with("purpose-news", "on").press("allow"))
        .await;
    let tokens = shop.redeem(&shop.client.answer(&page)["code"]).await.ok();
    let grant_id = text(&tokens, "grant_id").to_owned();
    let grant = ada.newest_grant().await;
    let news = |told: &Value| told["authorization_details"][0]["purposes"].get(1).cloned();
    let before = news(&shop.grant(&grant_id).await).expect("a purpose");
    assert_eq!(before["channels"], json!(["email"]));
    let page = ask(&mut ada, &grant, "objection", &[]).await;
    assert_eq!(page.location(), format!("{grant}?done=objected"));
    let page = ada.get(page.location()).await;
    page.says("contact under this agreement is off");
    assert_eq!(news(&shop.grant(&grant_id).await), None);
    // What it did at once, and then the request.
    let chain = app.chain(&mut ada, &grant).await;
    let kinds: Vec<_> = chain.iter().map(|one| one.event.kind.as_str()).collect();
    assert_eq!(kinds, ["given", "narrowed", "requested"]);
    assert_eq!(chain[1].event.by, "dpv:DataSubject");
    assert_eq!(shop.requests("?state=open").await[0]["right"], "objection");
    assert!(shop.duties("").await.is_empty(), "no claim went");
}

async fn a_restriction_pauses_at_once(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    let page = ask(&mut ada, &grant, "restriction", &[]).await;
    assert_eq!(page.location(), format!("{grant}?done=restricted"));
    let page = ada.get(page.location()).await;
    page.says("The agreement is paused from now on");
    assert!(page.html.contains("id=\"resume\""));
    let id = id_of(&grant);
    assert_eq!(shop.grant(id).await["status"], "paused");
}
