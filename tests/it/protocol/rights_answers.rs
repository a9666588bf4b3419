//! Answers to requests by right: said again, said at once, and never opened.

use axum::http::StatusCode;
use serde_json::json;
use sluis::domain::grant::EventKind;
use sluis::domain::rights::{Outcome, Right};
use sluis::jobs;
use sluis::store::rights::{self, ReplyRow};

use super::business::{press, text};
use super::rights::{ask, customer};
use crate::harness::{ADA, DAY, PASSWORD, TestApp, on_both_databases};
use crate::life::told_by_mail;

on_both_databases!(
    an_answer_that_nothing_opens_closes_no_page,
    the_same_answer_again_is_answered_as_the_first_time,
    answers_that_come_at_once_are_taken_one_after_the_other,
    what_becomes_of_a_request_is_in_the_receipts,
    a_restriction_is_two_receipts_of_one_act,
    receipts_by_clocks_that_differ_are_a_chain,
);

/// As after a recovery, when the vault has another key.
async fn an_answer_that_nothing_opens_closes_no_page(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    ask(&mut ada, &grant, "access", &[]).await;
    let id = text(&shop.requests("").await[0], "request_id")
        .parse()
        .expect("an id");
    let client = "shop".parse().expect("an id");
    let mut connection = app.app.store().read().await.expect("a database");
    let row = rights::of_client(&mut connection, &client, id).await;
    drop(connection);
    let request = row.expect("a database").expect("a request").request;
    let taken = request
        .take(Outcome::Done, "", None, app.app.now())
        .expect("an answer");
    let reply = ReplyRow {
        seq: 1,
        taken,
        text_sealed: vec![7; 80],
    };
    let write = app
        .app
        .store()
        .write(move |tx| Box::pin(async move { rights::answer(tx, &request, &reply).await }));
    assert!(write.await.expect("a database"));
    let page = ada.get(&grant).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("cannot be opened any more");
    press(&mut ada, &grant, "withdraw").await;
    ada.get(&grant).await.says("Withdrawn");
}

async fn the_same_answer_again_is_answered_as_the_first_time(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    ask(&mut ada, &grant, "access", &[]).await;
    let id = text(&shop.requests("").await[0], "request_id").to_owned();
    let body = json!({"outcome": "refused", "text": "We do not know you."});
    let first = shop.answer(&id, &body).await.ok();
    app.wait(DAY);
    assert_eq!(shop.answer(&id, &body).await.ok(), first);
    assert_eq!(told_by_mail(&app).await.len(), 1);
    let other = shop.answer(&id, &json!({"outcome": "done"})).await;
    assert_eq!(other.status, StatusCode::CONFLICT);
}

async fn answers_that_come_at_once_are_taken_one_after_the_other(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    let other_node = shop.clone().at(app.second_node().await);
    ask(&mut ada, &grant, "access", &[]).await;
    let id = text(&shop.requests("").await[0], "request_id").to_owned();
    let more = json!({"outcome": "extended", "text": "It is much.", "until": "2026-12-01"});
    let done = json!({"outcome": "done"});
    let (extended, answered) = tokio::join!(shop.answer(&id, &more), other_node.answer(&id, &done));
    assert_eq!(answered.status, StatusCode::OK);
    let expected = [StatusCode::OK, StatusCode::CONFLICT];
    assert!(expected.contains(&extended.status), "{}", extended.status);
    assert_eq!(shop.requests("").await[0]["state"], "answered");
}

/// What happened to an agreement, by its receipts.
async fn what_becomes_of_a_request_is_in_the_receipts(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    ask(&mut ada, &grant, "rectification", &["email"]).await;
    let id = text(&shop.requests("").await[0], "request_id").to_owned();
    let told = "It is much, Ada.";
    let more = json!({"outcome": "extended", "text": told, "until": "2026-12-01"});
    shop.answer(&id, &more).await.ok();
    // The agreement ends, and the request goes on.
    press(&mut ada, &grant, "withdraw").await;
    app.wait(90 * DAY);
    for _ in 0..2 {
        jobs::duties::run_once(&app.app).await.expect("a database");
    }
    shop.answer(&id, &json!({"outcome": "done"})).await.ok();
    let page = ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(page.redirect().is_some());
    let chain = app.chain(&mut ada, &grant).await;
    let of_request: Vec<_> = chain
        .iter()
        .filter_map(|receipt| Some((receipt, receipt.request.as_ref()?)))
        .map(|(receipt, request)| {
            assert_eq!(request.request_id.to_string(), id);
            assert_eq!((request.number, request.right), (1, Right::Rectification));
            assert_eq!(request.claims.len(), 1);
            let (event, due) = (&receipt.event, request.due.as_str());
            (event.kind, event.by.as_str(), request.outcome, due)
        })
        .collect();
    let (asked, then) = ("2026-10-21T23:59:59Z", "2026-12-01T23:59:59Z");
    let (consumer, shop) = ("dpv:DataSubject", "dpv:DataController");
    assert_eq!(
        of_request,
        [
            (EventKind::Requested, consumer, None, asked),
            (EventKind::Replied, shop, Some(Outcome::Extended), then),
            (EventKind::Unanswered, "dpv:DataProcessor", None, then),
            (EventKind::Replied, shop, Some(Outcome::Done), then),
        ]
    );
    // What it wrote is for whoever asked.
    let all = serde_json::to_string(&chain).expect("JSON");
    assert!(!all.contains("much"));
    ada.get(&grant).await.says(told);
}

async fn a_restriction_is_two_receipts_of_one_act(app: TestApp) {
    let (_, mut ada, grant) = customer(&app).await;
    ask(&mut ada, &grant, "restriction", &[]).await;
    let expected = [EventKind::Given, EventKind::Paused, EventKind::Requested];
    assert_eq!(app.events(&mut ada, &grant).await, expected);
}

/// A node whose clock lags writes after one whose clock is ahead.
async fn receipts_by_clocks_that_differ_are_a_chain(app: TestApp) {
    let (shop, mut ada, grant) = customer(&app).await;
    app.wait(DAY / 24);
    ask(&mut ada, &grant, "access", &[]).await;
    let id = text(&shop.requests("").await[0], "request_id").to_owned();
    app.go_back(DAY / 48);
    shop.answer(&id, &json!({"outcome": "done"})).await.ok();
    press(&mut ada, &grant, "pause").await;
    let chain = app.chain(&mut ada, &grant).await;
    let kinds: Vec<_> = chain.iter().map(|one| one.event.kind).collect();
    let expected = [
        EventKind::Given,
        EventKind::Requested,
        EventKind::Replied,
        EventKind::Paused,
    ];
    assert_eq!(kinds, expected);
    assert_eq!(chain[1].iat, chain[3].iat);
}
