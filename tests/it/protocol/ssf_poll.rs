//! A business that fetches its events: RFC 8936.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluis::jobs::streams::Round;
use sluis::service::streams::Patience;

use super::business::{claims_of, press, text};
use super::subscriber::{Letterbox, POLL, Subscriber, event_of, kind_of};
use crate::harness::{ADA, PASSWORD, TestApp, on_both_databases};
use crate::life::deliver;

on_both_databases!(
    what_is_fetched_is_there_until_it_is_acknowledged,
    one_may_acknowledge_and_fetch_nothing,
    as_many_are_fetched_as_are_wanted_and_the_rest_is_announced,
    events_about_an_agreement_come_one_after_the_other,
    an_event_that_is_refused_is_given_up_alone,
    nobody_acknowledges_for_another,
    a_client_that_waits_is_told_as_it_happens,
    from_push_to_poll_and_back_nothing_is_lost,
    what_nobody_fetches_is_given_up_in_time,
    a_stream_that_nobody_fetches_is_disabled_and_says_so,
    what_waits_for_a_receiver_that_never_comes_has_a_bound,
    every_node_gives_out_the_same_events,
);

/// What a poll got.
struct Got {
    /// Each `jti` with its claims, in the order of the answer.
    sets: Vec<(String, Value)>,
    more: bool,
}

impl Got {
    fn ids(&self) -> Vec<String> {
        self.sets.iter().map(|(id, _)| id.clone()).collect()
    }

    fn kinds(&self) -> Vec<String> {
        self.sets
            .iter()
            .map(|(_, claims)| kind_of(claims))
            .collect()
    }
}

impl Subscriber {
    async fn poll(&self, id: &str, more: Value) -> Got {
        let mut body = json!({"returnImmediately": true});
        for (name, value) in more.as_object().expect("members") {
            body[name] = value.clone();
        }
        let told = self.post(&format!("/ssf/poll/{id}"), &body).await.ok();
        let sets = told["sets"].as_object().expect("sets").iter();
        let sets = sets.map(|(jti, jwt)| {
            let claims = claims_of(jwt.as_str().expect("a token"));
            assert_eq!(&claims["jti"], jti);
            (jti.clone(), claims)
        });
        Got {
            sets: sets.collect(),
            more: told["moreAvailable"].as_bool().expect("a flag"),
        }
    }

    async fn verify(&self, id: &str, state: &str) -> StatusCode {
        let body = json!({"stream_id": id, "state": state});
        self.post("/ssf/verify", &body).await.status
    }
}

async fn what_is_fetched_is_there_until_it_is_acknowledged(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    // Who does not say how fetches.
    let told = shop.post("/ssf/stream", &json!({})).await;
    let id = text(&told.json, "stream_id").to_owned();
    assert_eq!(told.json["delivery"]["method"], POLL);
    let (mut ada, _) = shop.shop.customer(&app, "ada").await;
    let nothing = shop.poll(&id, json!({})).await;
    assert!(nothing.sets.is_empty() && !nothing.more);
    ada.edit("name", "Ada King").await;
    // Nobody else takes it up.
    deliver(&app).await;
    let first = shop.poll(&id, json!({})).await;
    assert_eq!(
        (first.kinds(), first.more),
        (vec!["profile-changed".to_owned()], false)
    );
    app.wait(Duration::from_secs(90));
    let again = shop.poll(&id, json!({})).await;
    assert_eq!(
        again.sets, first.sets,
        "the same token to the letter, but for the signature"
    );
    let after = shop.poll(&id, json!({"ack": first.ids()})).await;
    assert!(after.sets.is_empty() && !after.more);
    // Once more is no error, nor is what there never was.
    let odd = json!({"ack": [first.ids()[0], "nonsense", "0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f"]});
    assert!(shop.poll(&id, odd).await.sets.is_empty());
}

async fn one_may_acknowledge_and_fetch_nothing(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let (mut ada, _) = shop.shop.customer(&app, "ada").await;
    ada.edit("name", "Ada King").await;
    let look = shop.poll(&id, json!({"maxEvents": 0})).await;
    assert!(look.sets.is_empty() && look.more);
    let got = shop.poll(&id, json!({})).await;
    // It is answered at once, although it does not say that it wants to be.
    let body = json!({"maxEvents": 0, "ack": got.ids()});
    let told = shop.post(&format!("/ssf/poll/{id}"), &body).await.ok();
    assert_eq!(told, json!({"sets": {}, "moreAvailable": false}));
}

async fn as_many_are_fetched_as_are_wanted_and_the_rest_is_announced(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    for name in ["ada", "bob", "cor"] {
        let (mut actor, _) = shop.shop.customer(&app, name).await;
        actor.edit("name", "Somebody").await;
        app.wait(Duration::from_secs(1));
    }
    let two = shop.poll(&id, json!({"maxEvents": 2})).await;
    assert_eq!((two.sets.len(), two.more), (2, true));
    let all = shop.poll(&id, json!({"maxEvents": 5_000})).await;
    assert_eq!((all.sets.len(), all.more), (3, false));
    let times: Vec<i64> = all
        .sets
        .iter()
        .map(|(_, claims)| claims["iat"].as_i64().expect("a time"))
        .collect();
    assert_eq!(two.ids(), {
        let mut oldest: Vec<(i64, String)> = times.into_iter().zip(all.ids()).collect();
        oldest.sort();
        let mut ids: Vec<String> = oldest.into_iter().take(2).map(|(_, id)| id).collect();
        ids.sort();
        ids
    });
    let last = shop
        .poll(&id, json!({"ack": two.ids(), "maxEvents": 1}))
        .await;
    assert_eq!((last.sets.len(), last.more), (1, false));
}

async fn events_about_an_agreement_come_one_after_the_other(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    ada.edit("name", "Ada King").await;
    press(&mut ada, &grant, "pause").await;
    press(&mut ada, &grant, "withdraw").await;
    let (mut heard, mut acknowledged) = (Vec::new(), json!([]));
    loop {
        let got = shop.poll(&id, json!({"ack": acknowledged})).await;
        assert!(got.sets.len() <= 1);
        heard.extend(got.kinds());
        acknowledged = json!(got.ids());
        if !got.more {
            break;
        }
    }
    assert_eq!(
        heard,
        [
            "profile-changed",
            "processing-restricted",
            "consent-withdrawn",
            "session-revoked"
        ]
    );
}

async fn an_event_that_is_refused_is_given_up_alone(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    ada.edit("name", "Ada King").await;
    press(&mut ada, &grant, "pause").await;
    let first = shop.poll(&id, json!({})).await;
    let mut errors = json!({});
    errors[first.ids()[0].as_str()] = json!({"err": "invalid_request", "description": "<script>"});
    let next = shop.poll(&id, json!({"setErrs": errors})).await;
    assert_eq!(next.kinds(), ["processing-restricted"]);
    let left = app.tallies().await;
    assert_eq!((left[0].waiting, left[0].given_up), (1, 1));
    assert_eq!(left[0].fault.as_deref(), Some("refused: invalid_request"));
}

async fn nobody_acknowledges_for_another(app: TestApp) {
    let (shop, bank) = (
        Subscriber::open(&app, "shop").await,
        Subscriber::open(&app, "bank").await,
    );
    let at_shop = shop.subscribe(json!({"method": POLL})).await;
    let at_bank = bank.subscribe(json!({"method": POLL})).await;
    let (mut ada, _) = shop.shop.customer(&app, "ada").await;
    ada.edit("name", "Ada King").await;
    let got = shop.poll(&at_shop, json!({})).await;
    let mut errors = json!({});
    errors[got.ids()[0].as_str()] = json!({"err": "invalid_key"});
    let theirs = bank
        .poll(&at_bank, json!({"ack": got.ids(), "setErrs": errors}))
        .await;
    assert!(theirs.sets.is_empty() && !theirs.more);
    assert_eq!(shop.poll(&at_shop, json!({})).await.ids(), got.ids());
}

async fn a_client_that_waits_is_told_as_it_happens(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let (mut ada, _) = shop.shop.customer(&app, "ada").await;
    let (path, none) = (format!("/ssf/poll/{id}"), json!({}));
    let waits = shop.post(&path, &none);
    let happens = ada.edit("name", "Ada King");
    let (told, ()) = tokio::join!(waits, happens);
    let sets = told.ok()["sets"].clone();
    assert_eq!(sets.as_object().expect("sets").len(), 1);
}

async fn from_push_to_poll_and_back_nothing_is_lost(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let letterbox = Letterbox::open().await;
    letterbox.answer(wiremock::ResponseTemplate::new(503)).await;
    let id = shop.subscribe(letterbox.delivery()).await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    ada.edit("name", "Ada King").await;
    deliver(&app).await;
    let pushed = letterbox.claims().await.remove(0);
    press(&mut ada, &grant, "pause").await;
    let told = shop.patch(&id, json!({"delivery": {"method": POLL}})).await;
    assert_eq!(
        told["delivery"]["endpoint_url"],
        json!(format!("http://localhost:8000/ssf/poll/{id}"))
    );
    app.wait(Duration::from_hours(1));
    deliver(&app).await;
    assert_eq!(letterbox.tokens().await.len(), 1, "it is fetched now");
    let got = shop.poll(&id, json!({})).await;
    assert_eq!(got.sets[0].1, pushed, "the same event, known by its jti");
    press(&mut ada, &grant, "resume").await;
    letterbox.answer(wiremock::ResponseTemplate::new(202)).await;
    // The first was not acknowledged: it comes again, before all others.
    shop.patch(&id, json!({"delivery": letterbox.delivery()}))
        .await;
    deliver(&app).await;
    let heard = letterbox.claims().await;
    assert_eq!(
        letterbox.kinds().await,
        [
            "profile-changed",
            "processing-restricted",
            "processing-restricted"
        ]
    );
    assert_eq!(heard[0]["jti"], pushed["jti"]);
    assert_eq!(event_of(&heard[1])["restricted"], json!(true));
    assert_eq!(event_of(&heard[2])["restricted"], json!(false));
    let told = shop.post(&format!("/ssf/poll/{id}"), &json!({})).await;
    assert_eq!(told.status, StatusCode::NOT_FOUND, "it is pushed");
}

/// Looks after all streams once.
async fn look_after(app: &TestApp, patience: Patience) {
    let mut round = Round::default();
    while !round.go_on(&app.app, patience).await.expect("a round") {}
}

async fn what_nobody_fetches_is_given_up_in_time(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let (mut ada, _) = shop.shop.customer(&app, "ada").await;
    ada.edit("name", "Ada King").await;
    for _ in 0..7 {
        app.wait(Duration::from_hours(24).saturating_sub(Duration::from_secs(1)));
        // It comes, and never acknowledges.
        assert_eq!(shop.poll(&id, json!({})).await.sets.len(), 1);
        look_after(&app, Patience::default()).await;
    }
    app.wait(Duration::from_secs(7));
    assert!(shop.poll(&id, json!({})).await.sets.is_empty());
    look_after(&app, Patience::default()).await;
    let left = app.tallies().await;
    assert_eq!((left[0].waiting, left[0].given_up), (0, 1));
    assert_eq!(shop.status(&id).await["status"], "enabled", "it lives");
}

async fn a_stream_that_nobody_fetches_is_disabled_and_says_so(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let (mut ada, _) = shop.shop.customer(&app, "ada").await;
    app.wait(Duration::from_hours(24 * 7 - 1));
    look_after(&app, Patience::default()).await;
    assert_eq!(shop.status(&id).await["status"], "enabled");
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    ada.edit("name", "Ada King").await;
    app.wait(Duration::from_hours(1));
    look_after(&app, Patience::default()).await;
    let reason = "nothing was fetched for the inactivity timeout";
    let stands = json!({"stream_id": id, "status": "disabled", "reason": reason});
    assert_eq!(shop.status(&id).await, stands);
    ada.edit("name", "Ada Byron").await;
    assert_eq!(shop.verify(&id, "hello?").await, StatusCode::BAD_REQUEST);
    // What waited is gone, and it is told so, once.
    look_after(&app, Patience::default()).await;
    let got = shop.poll(&id, json!({})).await;
    assert_eq!(got.kinds(), ["stream-updated"]);
    assert_eq!(
        event_of(&got.sets[0].1),
        json!({"status": "disabled", "reason": reason})
    );
    assert_eq!(
        got.sets[0].1["sub_id"],
        json!({"format": "opaque", "id": id})
    );
    assert!(!got.more);
    shop.poll(&id, json!({"ack": got.ids()})).await;
    let told = shop.set_status(&id, "enabled").await;
    assert_eq!(told, json!({"stream_id": id, "status": "enabled"}));
    ada.edit("name", "Ada").await;
    assert_eq!(shop.poll(&id, json!({})).await.kinds(), ["profile-changed"]);
}

async fn what_waits_for_a_receiver_that_never_comes_has_a_bound(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let letterbox = Letterbox::open().await;
    letterbox.answer(wiremock::ResponseTemplate::new(503)).await;
    let id = shop.subscribe(letterbox.delivery()).await;
    let (mut ada, grant) = shop.shop.customer(&app, "ada").await;
    let little = Patience {
        most_waiting: 2,
        quiet: Duration::from_hours(1),
    };
    for button in ["pause", "resume", "pause"] {
        press(&mut ada, &grant, button).await;
        deliver(&app).await;
        look_after(&app, little).await;
    }
    assert_eq!(
        shop.status(&id).await["status"],
        "enabled",
        "it may be back in a moment"
    );
    app.wait(Duration::from_hours(1));
    look_after(&app, little).await;
    assert_eq!(shop.status(&id).await["status"], "disabled");
    letterbox.answer(wiremock::ResponseTemplate::new(202)).await;
    app.wait(Duration::from_hours(1));
    deliver(&app).await;
    assert_eq!(letterbox.kinds().await, ["stream-updated"]);
}

async fn every_node_gives_out_the_same_events(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let elsewhere = Subscriber {
        shop: shop.shop.clone().at(app.second_node().await),
    };
    let (mut ada, _) = shop.shop.customer(&app, "ada").await;
    ada.edit("name", "Ada King").await;
    let (one, other) = (
        shop.poll(&id, json!({})).await,
        elsewhere.poll(&id, json!({})).await,
    );
    assert_eq!(one.sets, other.sets);
    elsewhere.poll(&id, json!({"ack": one.ids()})).await;
    assert!(shop.poll(&id, json!({})).await.sets.is_empty());
    assert_eq!(shop.verify(&id, "one").await, StatusCode::NO_CONTENT);
    assert_eq!(
        elsewhere.verify(&id, "two").await,
        StatusCode::TOO_MANY_REQUESTS
    );
    let got = elsewhere.poll(&id, json!({})).await;
    assert_eq!(event_of(&got.sets[0].1), json!({"state": "one"}));
}
