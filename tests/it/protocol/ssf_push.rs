//! Receivers that are pushed to, and do not behave: RFC 8935.

use std::time::Duration;

use serde_json::{Value, json};
use sluis::jobs;
use wiremock::ResponseTemplate;

use super::SCOPES;
use super::business::{press, text};
use super::subscriber::{Letterbox, PUSH, Subscriber};
use crate::harness::{ADA, TestApp, on_both_databases};
use crate::life::deliver;

on_both_databases!(
    one_that_does_not_take_it_is_told_the_same_again,
    one_that_refuses_an_event_loses_that_one_alone,
    one_that_does_not_know_us_loses_nothing,
    one_that_misbehaves_harms_no_other,
    one_that_stays_away_for_a_week_is_given_up,
    a_private_address_is_not_told_anything,
    another_address_is_told_what_the_first_did_not_hear,
);

async fn one_that_does_not_take_it_is_told_the_same_again(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let (letterbox, elsewhere) = (Letterbox::open().await, Letterbox::open().await);
    shop.subscribe(letterbox.delivery()).await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    press(&mut ada, &grant, "pause").await;
    press(&mut ada, &grant, "resume").await;
    let answers = [
        ResponseTemplate::new(500),
        ResponseTemplate::new(200),
        ResponseTemplate::new(404),
        ResponseTemplate::new(429),
        ResponseTemplate::new(307).insert_header("location", elsewhere.uri()),
    ];
    let mut first: Option<Value> = None;
    let mut wait = 10;
    for template in answers {
        letterbox.answer(template).await;
        deliver(&app).await;
        let told = letterbox.claims().await;
        assert_eq!(told.len(), 1, "the second waits for the first");
        // jti, iat and txn too: it is the same event.
        assert_eq!(&told[0], first.get_or_insert_with(|| told[0].clone()));
        app.wait(Duration::from_secs(wait - 1));
        deliver(&app).await;
        assert_eq!(letterbox.tokens().await.len(), 1, "not before its time");
        app.wait(Duration::from_secs(1));
        wait *= 2;
    }
    assert!(
        elsewhere.tokens().await.is_empty(),
        "redirects are not followed"
    );
    // However much it answers.
    let large = ResponseTemplate::new(202).set_body_bytes(vec![b'x'; 8 << 20]);
    letterbox.answer(large).await;
    deliver(&app).await;
    assert_eq!(letterbox.tokens().await.len(), 2);
    assert_eq!(app.tallies().await, [], "heard");
}

async fn one_that_refuses_an_event_loses_that_one_alone(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    press(&mut ada, &grant, "pause").await;
    let refusal = json!({"err": "invalid_audience", "description": "not us"});
    letterbox
        .answer(ResponseTemplate::new(400).set_body_json(refusal))
        .await;
    for _ in 0..3 {
        deliver(&app).await;
        app.wait(Duration::from_hours(1));
    }
    assert_eq!(letterbox.tokens().await.len(), 1);
    let left = app.tallies().await;
    assert_eq!((left[0].waiting, left[0].given_up), (0, 1));
    let why = "answered with status 400: invalid_audience";
    assert_eq!(left[0].fault.as_deref(), Some(why));
    letterbox.answer(ResponseTemplate::new(202)).await;
    press(&mut ada, &grant, "resume").await;
    deliver(&app).await;
    assert_eq!(
        letterbox.kinds().await,
        ["processing-restricted"],
        "what follows goes on"
    );
}

async fn one_that_does_not_know_us_loses_nothing(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    press(&mut ada, &grant, "pause").await;
    for refusal in [
        ResponseTemplate::new(400).set_body_json(json!({"err": "authentication_failed"})),
        ResponseTemplate::new(401),
        ResponseTemplate::new(403),
    ] {
        letterbox.answer(refusal).await;
        deliver(&app).await;
        assert_eq!(letterbox.tokens().await.len(), 1);
        app.wait(Duration::from_mins(2));
    }
    letterbox.answer(ResponseTemplate::new(202)).await;
    deliver(&app).await;
    assert_eq!(letterbox.tokens().await.len(), 1);
    assert_eq!(app.tallies().await, []);
}

async fn one_that_misbehaves_harms_no_other(app: TestApp) {
    let well = Letterbox::open().await;
    let mut ill = Vec::new();
    let slow = Duration::from_secs(30);
    for (id, template) in [
        (
            "a-redirects",
            ResponseTemplate::new(302).insert_header("location", well.uri()),
        ),
        ("b-hangs", ResponseTemplate::new(202).set_delay(slow)),
        (
            "c-talks",
            ResponseTemplate::new(500).set_body_bytes(vec![b'x'; 8 << 20]),
        ),
        (
            "d-talks-of-errors",
            ResponseTemplate::new(400).set_body_bytes(vec![b'x'; 8 << 20]),
        ),
        ("e-is-dead", ResponseTemplate::new(503)),
    ] {
        let (shop, letterbox) = (Subscriber::open(&app, id).await, Letterbox::open().await);
        letterbox.answer(template).await;
        shop.subscribe(letterbox.delivery()).await;
        ill.push((shop, letterbox));
    }
    let shop = Subscriber::open(&app, "shop").await;
    shop.subscribe(well.delivery()).await;
    let mut ada = app.person("Ada", ADA).await;
    for (business, _) in &ill {
        business.shop.log_in_for(&mut ada, "low", SCOPES).await;
    }
    shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    ada.edit("name", "Ada King").await;
    // As the server does it: nobody waits until all are done.
    let (running, stopping) = tokio::sync::watch::channel(false);
    let mut outbox = jobs::outbox::Outbox::new(&app.app, stopping);
    outbox.begin().await.expect("a database");
    let mut looked = tokio::time::interval(Duration::from_millis(20));
    for _ in 0..150 {
        looked.tick().await;
        if !well.tokens().await.is_empty() {
            break;
        }
    }
    assert_eq!(
        well.kinds().await,
        ["profile-changed"],
        "long before the slow one has its time"
    );
    outbox.finish().await;
    drop(running);
    let left = app.tallies().await;
    let waits = left.iter().filter(|tally| tally.waiting == 1).count();
    assert_eq!((waits, left.len()), (4, 5), "{left:?}");
}

async fn one_that_stays_away_for_a_week_is_given_up(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let letterbox = Letterbox::open().await;
    letterbox.answer(ResponseTemplate::new(503)).await;
    shop.subscribe(letterbox.delivery()).await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    press(&mut ada, &grant, "pause").await;
    for _ in 0..7 * 24 {
        deliver(&app).await;
        assert_eq!(app.tallies().await[0].waiting, 1);
        app.wait(Duration::from_hours(1));
    }
    deliver(&app).await;
    let left = app.tallies().await;
    assert_eq!((left[0].waiting, left[0].given_up), (0, 1));
    assert!((150..=168).contains(&letterbox.tokens().await.len()));
}

async fn a_private_address_is_not_told_anything(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    // The operator allows it no longer.
    let app = app
        .with(|config| config.outbound_allow = "".parse().expect("no network"))
        .await;
    let shop = Subscriber {
        shop: shop.shop.at(app.router.clone()),
    };
    let told = shop
        .ask(axum::http::Method::GET, "/ssf/stream", &Value::Null)
        .await
        .ok();
    let id = text(&told[0], "stream_id").to_owned();
    let mut body = json!({"stream_id": id, "description": "x"});
    body["delivery"] = json!({"method": PUSH, "endpoint_url": format!("{}?x", letterbox.uri())});
    let told = shop
        .ask(axum::http::Method::PATCH, "/ssf/stream", &body)
        .await;
    assert_eq!(told.status, 400);
    assert!(told.error() == "invalid_request" && told.body.contains("must be https and public"));
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    press(&mut ada, &grant, "pause").await;
    deliver(&app).await;
    assert!(letterbox.tokens().await.is_empty());
    let left = app.tallies().await;
    assert_eq!(left[0].waiting, 1);
    let why = left[0].fault.as_deref().expect("a fault");
    assert!(why.contains("must be https and public"), "{why}");
}

async fn another_address_is_told_what_the_first_did_not_hear(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let (dead, alive) = (Letterbox::open().await, Letterbox::open().await);
    dead.answer(ResponseTemplate::new(503)).await;
    let id = shop.subscribe(dead.delivery()).await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    press(&mut ada, &grant, "pause").await;
    for _ in 0..6 {
        deliver(&app).await;
        app.wait(Duration::from_mins(10));
    }
    let (mut bob, grant) = shop.shop.customer(&app, "bob").await;
    press(&mut bob, &grant, "pause").await;
    shop.patch(&id, json!({"delivery": alive.delivery()})).await;
    deliver(&app).await;
    assert!(
        !alive.tokens().await.is_empty(),
        "it is not left alone for what the other did"
    );
    app.wait(Duration::from_hours(1));
    deliver(&app).await;
    assert_eq!(alive.tokens().await.len(), 2);
}
