//! What a client answers to a logout token, and what comes of that.

use std::time::Duration;

use serde_json::{Value, json};
use sluis::domain::message::Receiver;
use sluis::jobs;
use sluis::store::outbox;
use wiremock::matchers::any;
use wiremock::{Mock, ResponseTemplate};

use super::Business;
use super::backchannel_logout::{Ear, listener};
use super::business::text;
use crate::harness::{TestApp, on_both_databases};
use crate::life::deliver;

on_both_databases!(
    one_that_does_not_hear_is_told_again_and_knows_the_message,
    one_that_refuses_is_not_asked_again,
    one_that_is_dead_holds_up_nobody_else,
    one_that_comes_back_hears_everything_in_the_end,
    one_that_stays_away_is_given_up,
    one_that_wants_nothing_is_not_told,
    a_private_address_is_not_told_anything,
    another_node_takes_up_what_a_lost_one_had,
);

/// Logs somebody in and out again.
async fn come_and_go(app: &TestApp, shop: &Business, name: &str) -> Value {
    let mut actor = app.person(name, &format!("{name}@home.example")).await;
    let known = shop.log_in_known(&mut actor).await.1;
    actor.sign_out().await;
    known
}

async fn answer(ear: &Ear, template: ResponseTemplate) {
    ear.0.reset().await;
    Mock::given(any())
        .respond_with(template)
        .mount(&ear.0)
        .await;
}

async fn one_that_does_not_hear_is_told_again_and_knows_the_message(app: TestApp) {
    let ear = Ear::answering(500).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    let known = come_and_go(&app, &shop, "ada").await;
    let elsewhere = Ear::answering(200).await;
    let answers = [
        ResponseTemplate::new(500),
        ResponseTemplate::new(429),
        ResponseTemplate::new(404),
        // Redirects are not followed.
        ResponseTemplate::new(307).insert_header("location", elsewhere.uri()),
        ResponseTemplate::new(202),
    ];
    let mut first: Option<Value> = None;
    let mut wait = 10;
    for template in answers {
        answer(&ear, template).await;
        deliver(&app).await;
        let told = ear.claims().await;
        assert_eq!(told.len(), 1);
        let first = first.get_or_insert_with(|| told[0].clone());
        assert_eq!(
            (&told[0]["jti"], &told[0]["sid"]),
            (&first["jti"], &known["sid"])
        );
        assert_eq!(told[0]["iat"], app.app.now().as_seconds(), "made anew");
        app.wait(Duration::from_secs(wait - 1));
        deliver(&app).await;
        assert_eq!(ear.heard().await.len(), 1, "not before its time");
        app.wait(Duration::from_secs(1));
        wait *= 2;
    }
    assert!(elsewhere.heard().await.is_empty());
    // However much it answers.
    answer(
        &ear,
        ResponseTemplate::new(200).set_body_bytes(vec![b'x'; 8 << 20]),
    )
    .await;
    deliver(&app).await;
    assert_eq!(ear.heard().await.len(), 1);
    assert_eq!(app.tallies().await, [], "heard");
}

async fn one_that_refuses_is_not_asked_again(app: TestApp) {
    let ear = Ear::answering(400).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    come_and_go(&app, &shop, "ada").await;
    for _ in 0..3 {
        deliver(&app).await;
        app.wait(Duration::from_hours(1));
    }
    assert_eq!(ear.heard().await.len(), 1);
    let left = app.tallies().await;
    assert_eq!((left[0].waiting, left[0].given_up), (0, 1));
    assert_eq!(left[0].receiver.as_str(), "backchannel_logout/shop");
    assert_eq!(left[0].fault.as_deref(), Some("answered with status 400"));
    answer(&ear, ResponseTemplate::new(200)).await;
    come_and_go(&app, &shop, "bob").await;
    deliver(&app).await;
    assert_eq!(
        ear.heard().await.len(),
        1,
        "what comes later is another matter"
    );
}

async fn one_that_is_dead_holds_up_nobody_else(app: TestApp) {
    let (dead, alive) = (Ear::answering(200).await, Ear::answering(200).await);
    // Before the other in every order.
    let gone = listener(&app, "a-gone", &dead, json!({})).await;
    let shop = listener(&app, "shop", &alive, json!({})).await;
    answer(&dead, ResponseTemplate::new(503)).await;
    for name in ["ada", "bob", "cor"] {
        let mut actor = app.person(name, &format!("{name}@home.example")).await;
        gone.log_in_known(&mut actor).await;
        shop.log_in_known(&mut actor).await;
        actor.sign_out().await;
    }
    deliver(&app).await;
    assert_eq!(alive.heard().await.len(), 3);
    assert_eq!(dead.heard().await.len(), 3, "one batch");
    // From then on one message sees whether it is back.
    for _ in 0..3 {
        answer(&dead, ResponseTemplate::new(503)).await;
        app.wait(Duration::from_secs(100));
        deliver(&app).await;
        assert_eq!(dead.heard().await.len(), 1);
    }
}

async fn one_that_comes_back_hears_everything_in_the_end(app: TestApp) {
    let ear = Ear::answering(503).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    let mut known = Vec::new();
    for name in ["ada", "bob", "cor", "dirk"] {
        known.push(text(&come_and_go(&app, &shop, name).await, "sid").to_owned());
        deliver(&app).await;
    }
    answer(&ear, ResponseTemplate::new(200)).await;
    for _ in 0..4 {
        app.wait(Duration::from_secs(60));
        deliver(&app).await;
    }
    let mut heard: Vec<String> = ear
        .claims()
        .await
        .iter()
        .map(|claims| text(claims, "sid").to_owned())
        .collect();
    heard.sort();
    known.sort();
    assert_eq!(heard, known, "each once");
    // Its next failure is its first again.
    answer(&ear, ResponseTemplate::new(503)).await;
    come_and_go(&app, &shop, "eva").await;
    deliver(&app).await;
    answer(&ear, ResponseTemplate::new(200)).await;
    app.wait(Duration::from_secs(10));
    deliver(&app).await;
    assert_eq!(ear.heard().await.len(), 1);
}

async fn one_that_stays_away_is_given_up(app: TestApp) {
    let ear = Ear::answering(503).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    come_and_go(&app, &shop, "ada").await;
    for _ in 0..72 {
        deliver(&app).await;
        assert_eq!(app.tallies().await[0].waiting, 1);
        app.wait(Duration::from_hours(1));
    }
    let asked = ear.heard().await.len();
    assert!((60..=72).contains(&asked), "{asked} times");
    deliver(&app).await;
    let left = app.tallies().await;
    assert_eq!((left[0].waiting, left[0].given_up), (0, 1));
    app.wait(Duration::from_hours(24 * 29));
    jobs::outbox::forget(&app.app).await.expect("a sweep");
    assert_eq!(app.tallies().await.len(), 1, "for the operator to see");
    app.wait(Duration::from_hours(24));
    jobs::outbox::forget(&app.app).await.expect("a sweep");
    assert_eq!(app.tallies().await, []);
}

async fn one_that_wants_nothing_is_not_told(app: TestApp) {
    let deaf = Business::open(&app, "deaf").await;
    come_and_go(&app, &deaf, "ada").await;
    assert_eq!(app.tallies().await, [], "not even kept");
}

async fn a_private_address_is_not_told_anything(app: TestApp) {
    let ear = Ear::answering(200).await;
    let inside = json!({"backchannel_logout_uri": "https://10.0.0.1/bye"});
    let shop = listener(&app, "shop", &ear, inside).await;
    let bank = listener(&app, "bank", &ear, json!({})).await;
    let app = app
        .with(|config| config.outbound_allow = "".parse().expect("no network"))
        .await;
    for (shop, name) in [(&shop, "ada"), (&bank, "bob")] {
        let shop = shop.clone().at(app.router.clone());
        come_and_go(&app, &shop, name).await;
    }
    deliver(&app).await;
    assert!(ear.heard().await.is_empty());
    for left in app.tallies().await {
        assert_eq!(left.waiting, 1);
        assert!(
            left.fault
                .is_some_and(|why| why.contains("must be https and public"))
        );
    }
}

async fn another_node_takes_up_what_a_lost_one_had(app: TestApp) {
    let ear = Ear::answering(200).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    come_and_go(&app, &shop, "ada").await;
    let (now, of) = (
        app.app.now(),
        Receiver::from_stored("backchannel_logout/shop".to_owned()),
    );
    let lost = app
        .app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                outbox::claim(tx, &of, now, now.plus(Duration::from_mins(1)), 8).await
            })
        })
        .await
        .expect("messages");
    assert_eq!(lost.len(), 1);
    deliver(&app).await;
    assert!(ear.heard().await.is_empty(), "it is another's");
    app.wait(Duration::from_mins(1));
    deliver(&app).await;
    assert_eq!(ear.claims().await[0]["jti"], lost[0].id.to_string());
}
