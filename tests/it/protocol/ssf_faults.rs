//! Clocks that jump, streams that are made twice, and people of whom there is
//! nothing to tell.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use sluis::jobs;
use wiremock::ResponseTemplate;

use super::SCOPES;
use super::business::press;
use super::subscriber::{POLL, Subscriber};
use crate::harness::{Actor, BOB, HOUR, TestApp, on_both_databases};
use crate::life::deliver;

on_both_databases!(
    a_clock_that_goes_back_an_hour_loses_and_repeats_nothing,
    a_clock_that_was_a_year_ahead_holds_nothing_up,
    what_a_clock_ahead_ended_stays_ended_and_can_be_agreed_anew,
    one_client_gets_one_stream_however_it_asks,
    whoever_has_no_agreement_is_told_of_to_nobody,
);

const YEAR: Duration = Duration::from_hours(365 * 24);

/// What happened to an agreement, by its receipts, which are a whole chain.
async fn chain(app: &TestApp, actor: &mut Actor, grant: &str) -> Vec<&'static str> {
    let chain = app.chain(actor, grant).await;
    chain.iter().map(|one| one.event.kind.as_str()).collect()
}

async fn waiting(app: &TestApp) -> u32 {
    let tallies = app.tallies().await;
    tallies.iter().map(|tally| tally.waiting).sum()
}

async fn a_clock_that_goes_back_an_hour_loses_and_repeats_nothing(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    app.wait(HOUR);
    press(&mut ada, &grant, "pause").await;
    letterbox.answer(ResponseTemplate::new(503)).await;
    deliver(&app).await;
    app.go_back(HOUR);
    // What is done now is not dated before what was done.
    press(&mut ada, &grant, "resume").await;
    press(&mut ada, &grant, "withdraw").await;
    assert_eq!(
        chain(&app, &mut ada, &grant).await,
        ["given", "paused", "resumed", "withdrawn"]
    );
    letterbox.answer(ResponseTemplate::new(202)).await;
    // It waits for its turn, which is at most that hour away.
    app.wait(HOUR + Duration::from_mins(1));
    for _ in 0..4 {
        deliver(&app).await;
    }
    let kinds = letterbox.kinds().await;
    assert_eq!(
        kinds,
        [
            "processing-restricted",
            "processing-restricted",
            "consent-withdrawn",
            "session-revoked"
        ]
    );
    assert_eq!(waiting(&app).await, 0);
}

async fn a_clock_that_was_a_year_ahead_holds_nothing_up(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    app.wait(YEAR);
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    press(&mut ada, &grant, "pause").await;
    letterbox.answer(ResponseTemplate::new(503)).await;
    deliver(&app).await;
    press(&mut ada, &grant, "resume").await;
    app.go_back(YEAR);
    letterbox.answer(ResponseTemplate::new(202)).await;
    deliver(&app).await;
    assert_eq!(waiting(&app).await, 2, "a year is too long to wait");
    // As each node does twice a minute.
    jobs::outbox::recall(&app.app).await.expect("a database");
    for _ in 0..3 {
        deliver(&app).await;
    }
    assert_eq!(
        letterbox.kinds().await,
        ["processing-restricted", "processing-restricted"]
    );
    assert_eq!(waiting(&app).await, 0);
    press(&mut ada, &grant, "withdraw").await;
    assert_eq!(
        chain(&app, &mut ada, &grant).await,
        ["given", "paused", "resumed", "withdrawn"]
    );
    // A client that changed is known as it is, and not as it was for a year.
    let stream = shop.ask(axum::http::Method::GET, "/ssf/stream", &json!(null));
    assert_eq!(stream.await.status, StatusCode::OK);
}

async fn what_a_clock_ahead_ended_stays_ended_and_can_be_agreed_anew(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    app.wait(YEAR);
    for _ in 0..2 {
        jobs::grants::run_once(&app.app).await.expect("a database");
    }
    app.go_back(YEAR);
    jobs::grants::run_once(&app.app).await.expect("a database");
    // Nothing that was ended is given back without its owner.
    assert_eq!(chain(&app, &mut ada, &grant).await, ["given", "expired"]);
    shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    let anew = ada.newest_grant().await;
    assert_ne!(anew, grant);
    assert_eq!(chain(&app, &mut ada, &anew).await, ["given"]);
}

async fn one_client_gets_one_stream_however_it_asks(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let elsewhere = Subscriber {
        shop: shop.shop.clone().at(app.second_node().await),
    };
    let body = json!({"delivery": {"method": POLL}});
    let (one, other) = tokio::join!(
        shop.post("/ssf/stream", &body),
        elsewhere.post("/ssf/stream", &body)
    );
    let mut told = [one.status, other.status];
    told.sort();
    assert_eq!(told, [StatusCode::CREATED, StatusCode::CONFLICT]);
    let again = shop.post("/ssf/stream", &body).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

async fn whoever_has_no_agreement_is_told_of_to_nobody(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let mut stranger = app.person("Bob", BOB).await;
    stranger.edit("name", "Robert").await;
    stranger.sign_out().await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    press(&mut ada, &grant, "withdraw").await;
    for _ in 0..3 {
        deliver(&app).await;
    }
    let before = letterbox.tokens().await.len();
    ada.edit("name", "Ada King").await;
    ada.sign_out().await;
    deliver(&app).await;
    assert_eq!(letterbox.tokens().await.len(), before);
    assert_eq!(waiting(&app).await, 0);
}
