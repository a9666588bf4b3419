//! Answers to requests by right: said again, said at once, and never opened.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use sluis::domain::rights::Outcome;
use sluis::store::rights::{self, ReplyRow};

use super::business::{press, text};
use super::rights::{ask, customer, subjects};
use crate::harness::{TestApp, on_both_databases};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

on_both_databases!(
    an_answer_that_nothing_opens_closes_no_page,
    the_same_answer_again_is_answered_as_the_first_time,
    answers_that_come_at_once_are_taken_one_after_the_other,
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
    assert_eq!(subjects(&app).await.len(), 1);
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
