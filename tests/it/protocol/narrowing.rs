//! A plan that asks for less: agreements narrow at once, nobody is asked, and
//! everybody is told, once.

use std::time::Duration;

use serde_json::{Value, json};
use sluis::config::MailUrl;
use sluis::jobs;

use super::business::{change_tier, claims_of, press, text};
use super::subscriber::{BOTH, Letterbox, Subscriber, event_of, kind_of};
use super::{Business, SCOPES};
use crate::harness::{ADA, Actor, TestApp, on_both_databases};
use crate::life::deliver;

on_both_databases!(
    less_is_read_at_once_and_written_down_and_told_once,
    any_number_of_nodes_write_it_down_once_and_a_walk_goes_on_where_it_broke_off,
    who_agreed_to_nothing_of_what_went_is_left_alone_and_stands_by_the_new_edition,
    where_an_edition_asks_more_as_well_the_rest_is_asked,
    what_went_does_not_come_back_by_another_choice,
    what_is_paused_narrows_too_and_what_is_over_is_left_as_it_was,
);

fn plan(claims: &[&str], retention: &str) -> String {
    json!({"purposes": [{
        "id": "member", "purpose": "dpv:MemberManagement",
        "title": {"nl": "Lid zijn", "en": "Be a member"},
        "text": {"nl": "Je bent lid.", "en": "You are a member."},
        "basis": "consent", "required": true, "voluntary_claims": claims,
        "retention": retention, "storage": ["NL"],
    }]})
    .to_string()
}

/// A club with a stream of events that it fetches itself.
async fn club(app: &TestApp) -> Subscriber {
    let scope = format!("openid profile email offline_access {BOTH}");
    let plan = plan(&["name", "email"], "P6M");
    Subscriber::with(app, "club", json!({"scope": scope}), Some(&plan)).await
}

async fn publish(app: &TestApp, plan: &str) {
    app.publish("club", plan).await;
    app.wait(Duration::from_secs(10));
}

async fn hold(app: &TestApp) {
    jobs::plans::run_once(&app.app).await.expect("a database");
}

async fn receipts(actor: &mut Actor, grant: &str) -> Vec<Value> {
    let file = actor.get(&format!("{grant}/receipts")).await.html;
    let mut lines: Vec<Value> = file.lines().map(claims_of).collect();
    lines.pop();
    lines
}

fn kinds(receipts: &[Value]) -> Vec<&str> {
    receipts
        .iter()
        .map(|receipt| receipt["event"]["kind"].as_str().expect("a kind"))
        .collect()
}

fn mails(app: &TestApp) -> Vec<String> {
    let MailUrl::Memory(letterbox) = &app.app.config().mail_url else {
        panic!("mail is not kept in memory");
    };
    let mails = letterbox.empty();
    mails
        .iter()
        .map(|mail| String::from_utf8_lossy(mail).into_owned())
        .collect()
}

async fn less_is_read_at_once_and_written_down_and_told_once(app: TestApp) {
    let club = club(&app).await;
    let letterbox = Letterbox::open().await;
    club.subscribe(letterbox.delivery()).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = club.shop.log_in_for(&mut ada, "low", SCOPES).await;
    let grant = ada.newest_grant().await;
    let access = text(&tokens, "access_token").to_owned();
    assert_eq!(club.shop.userinfo(&access).await.ok()["name"], "Ada");
    deliver(&app).await;
    mails(&app);

    app.publish("club", &plan(&["email"], "P14D")).await;
    let read = club.shop.userinfo(&access).await.ok();
    assert_eq!(read["email"], ADA);
    assert!(read.get("name").is_none(), "at once: {read}");
    app.wait(Duration::from_secs(10));
    hold(&app).await;
    hold(&app).await;
    deliver(&app).await;

    let chain = receipts(&mut ada, &grant).await;
    assert_eq!(kinds(&chain), ["given", "narrowed"]);
    let told = &chain[1];
    assert_eq!(told["notice"]["plan_version"], 2);
    assert_eq!(told["profile"]["claims"], json!(["email"]));
    assert_eq!(told["processes"][0]["storage"]["duration"], "P14D");
    assert_eq!(
        (&told["event"]["by"], &told["event"]["method"]),
        (&json!("dpv:DataController"), &json!("business"))
    );
    assert!(
        told["event"].get("type").is_none(),
        "nobody consented to it"
    );
    let heard = letterbox.claims().await;
    assert_eq!(
        heard.iter().map(kind_of).collect::<Vec<_>>(),
        ["consent-changed"]
    );
    let event = event_of(&heard[0]);
    assert_eq!(event["change"], "narrowed");
    assert_eq!(event["dropped_claims"], json!(["name"]));
    assert_eq!(event["initiating_entity"], "admin");
    assert_eq!(
        event["reason_user"]["en"],
        "We ask for less than was agreed."
    );
    let mails = mails(&app);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].contains("The club asks for less"), "{}", mails[0]);
    assert!(!mails[0].contains("Ada"), "no values");
    // Nobody is asked.
    let again = club.shop.log_in_for(&mut ada, "low", SCOPES).await;
    assert_eq!(
        (&again["plan_version"], &again["plan_current"]),
        (&json!(2), &json!(true))
    );
    assert_eq!(receipts(&mut ada, &grant).await.len(), 2);
}

async fn any_number_of_nodes_write_it_down_once_and_a_walk_goes_on_where_it_broke_off(
    app: TestApp,
) {
    let club = club(&app).await;
    let mut people = Vec::new();
    for number in 0..5 {
        let mut actor = app
            .person("Ada", &format!("ada{number}@home.example"))
            .await;
        club.shop.log_in_for(&mut actor, "low", SCOPES).await;
        let grant = actor.newest_grant().await;
        people.push((actor, grant));
    }
    publish(&app, &plan(&["email"], "P6M")).await;
    // One page of two, and then that node is gone.
    let id = "club".parse().expect("an id");
    let start = sluis::store::editions::Step::START;
    let look = sluis::service::grants::hold_against_plan(&app.app, &id, &start, 2).await;
    let look = look.expect("a database");
    assert_eq!((look.written, look.failed.len()), (2, 0));
    assert!(look.next.is_some());
    let (one, other) = (app.second_app().await, app.second_app().await);
    let done = tokio::join!(
        jobs::plans::run_once(&one),
        jobs::plans::run_once(&other),
        jobs::plans::run_once(&app.app),
    );
    assert!(done.0.is_ok() && done.1.is_ok() && done.2.is_ok());
    hold(&app).await;
    for (actor, grant) in &mut people {
        assert_eq!(kinds(&receipts(actor, grant).await), ["given", "narrowed"]);
    }
    deliver(&app).await;
    assert_eq!(mails(&app).len(), 5);
    let left = sluis::service::grants::unsettled(&app.app, None, 10).await;
    assert!(
        left.expect("a database").is_empty(),
        "nothing is left to do"
    );
}

async fn who_agreed_to_nothing_of_what_went_is_left_alone_and_stands_by_the_new_edition(
    app: TestApp,
) {
    let club = club(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let code = club
        .shop
        .code(&mut ada, "anonymous", &[("scope", SCOPES)])
        .await;
    club.shop.redeem(&code).await.ok();
    let grant = ada.newest_grant().await;
    publish(&app, &plan(&["email"], "P6M")).await;
    hold(&app).await;
    deliver(&app).await;
    assert!(mails(&app).is_empty());
    assert_eq!(kinds(&receipts(&mut ada, &grant).await), ["given"]);
    let again = club.shop.log_in_for(&mut ada, "low", SCOPES).await;
    assert_eq!(again["plan_current"], json!(true));
}

async fn where_an_edition_asks_more_as_well_the_rest_is_asked(app: TestApp) {
    let club = club(&app).await;
    let (mut ada, grant) = club.shop.customer(&app, "Ada").await;
    publish(&app, &plan(&["email", "nickname"], "P6M")).await;
    hold(&app).await;
    let chain = receipts(&mut ada, &grant).await;
    assert_eq!(kinds(&chain), ["given", "narrowed"]);
    // It is said in the words that were agreed to.
    assert_eq!(chain[1]["notice"], chain[0]["notice"]);
    assert_eq!(chain[1]["profile"]["claims"], json!(["email"]));
    let page = ada.visit(&club.shop.client.request(&[])).await;
    page.says("Be a member e-mail address nickname and e-mail address");
}

async fn what_went_does_not_come_back_by_another_choice(app: TestApp) {
    let club = club(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    club.shop.log_in_for(&mut ada, "high", SCOPES).await;
    let grant = ada.newest_grant().await;
    publish(&app, &plan(&["email", "nickname"], "P6M")).await;
    hold(&app).await;
    app.wait(Duration::from_secs(60));
    change_tier(&mut ada, &grant, "low").await;
    let chain = receipts(&mut ada, &grant).await;
    assert_eq!(kinds(&chain), ["given", "narrowed", "narrowed"]);
    assert_eq!(
        chain[2]["profile"],
        json!({"tier": "low", "claims": ["email"]})
    );
}

async fn what_is_paused_narrows_too_and_what_is_over_is_left_as_it_was(app: TestApp) {
    let club = club(&app).await;
    let mut grants = Vec::new();
    for (name, button) in [("ada", "pause"), ("bob", "withdraw")] {
        let mut actor = app.person("Ada", &format!("{name}@home.example")).await;
        club.shop.log_in_for(&mut actor, "low", SCOPES).await;
        let grant = actor.newest_grant().await;
        press(&mut actor, &grant, button).await;
        grants.push((actor, grant));
    }
    publish(&app, &plan(&["email"], "P6M")).await;
    hold(&app).await;
    let mut ends = Vec::new();
    for (actor, grant) in &mut grants {
        let chain = receipts(actor, grant).await;
        ends.push(kinds(&chain).join(" "));
        actor.get(grant).await;
    }
    assert_eq!(ends, ["given paused narrowed", "given withdrawn"]);
    let (ada, grant) = &mut grants[0];
    press(ada, grant, "resume").await;
    let shop: &Business = &club.shop;
    let again = shop.log_in_for(ada, "low", SCOPES).await;
    assert_eq!(again["plan_current"], json!(true));
}
