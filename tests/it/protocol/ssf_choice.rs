//! Of what, and of whom, a business hears.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use sluis::store::StoreError;
use wiremock::ResponseTemplate;

use super::SCOPES;
use super::business::{claims_of, press, text};
use super::subscriber::{Letterbox, OURS, POLL, Subscriber, event_of};
use crate::harness::{ADA, Actor, TestApp, on_both_databases};
use crate::life::deliver;
use crate::people::erasure::{erase_now, pass};

on_both_databases!(
    what_the_business_does_itself_it_is_not_told,
    a_client_hears_what_it_asked_for,
    of_somebody_who_was_removed_nothing_is_told,
    who_was_removed_is_forgotten_with_their_agreements,
);

async fn what_the_business_does_itself_it_is_not_told(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    let revoking = shop.shop.own_token("grant_management_revoke").await;
    let grant_id = text(&tokens, "grant_id");
    let told = shop.shop.manage(Method::DELETE, &revoking, grant_id).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    ada.edit("name", "Ada King").await;
    deliver(&app).await;
    assert!(
        letterbox.tokens().await.is_empty(),
        "and nothing of whom it has no agreement with"
    );
}

async fn a_client_hears_what_it_asked_for(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let letterbox = Letterbox::open().await;
    let body = json!({"delivery": letterbox.delivery(),
                      "events_requested": [format!("{OURS}consent-withdrawn"), "urn:x"]});
    let told = shop.post("/ssf/stream", &body).await;
    let id = text(&told.json, "stream_id").to_owned();
    let (mut ada, grant) = shop.shop.customer(&app, "Ada").await;
    ada.edit("name", "Ada King").await;
    press(&mut ada, &grant, "pause").await;
    // It counts for what happens from then on.
    shop.patch(&id, json!({"events_requested": [format!("{OURS}consent-withdrawn"), format!("{OURS}processing-restricted")]}))
        .await;
    press(&mut ada, &grant, "resume").await;
    press(&mut ada, &grant, "withdraw").await;
    deliver(&app).await;
    let kinds = letterbox.kinds().await;
    assert_eq!(kinds, ["processing-restricted", "consent-withdrawn"]);
    assert_eq!(
        event_of(&letterbox.claims().await[0])["restricted"],
        json!(false)
    );
}

async fn of_somebody_who_was_removed_nothing_is_told(app: TestApp) {
    let (shop, letterbox, id) = Subscriber::told(&app).await;
    let mut people = Vec::new();
    let mut subjects = Vec::new();
    for name in ["ada", "bob"] {
        let mut actor = app.person(name, &format!("{name}@home.example")).await;
        let tokens = shop.shop.log_in_for(&mut actor, "low", SCOPES).await;
        subjects.push(claims_of(text(&tokens, "id_token"))["sub"].clone());
        people.push(actor);
    }
    let iss_sub =
        |sub: &Value| json!({"format": "iss_sub", "iss": "http://localhost:8000", "sub": sub});
    let choose = async |how: &str, subject: Value| {
        let body = json!({"stream_id": id, "subject": subject, "verified": true});
        let told = shop.post(&format!("/ssf/subjects:{how}"), &body).await;
        assert!(told.body.is_empty(), "{}", told.body);
        assert_eq!(told.header("cache-control"), "no-store");
        told.status
    };
    let heard = async |people: &mut Vec<Actor>, round: &str| {
        letterbox.answer(ResponseTemplate::new(202)).await;
        for actor in people {
            actor.edit("name", round).await;
        }
        deliver(&app).await;
        let mut of: Vec<Value> = letterbox
            .claims()
            .await
            .iter()
            .map(|claims| claims["sub_id"]["sub"].clone())
            .collect();
        of.sort_by_key(ToString::to_string);
        of
    };
    let mut both = subjects.clone();
    both.sort_by_key(ToString::to_string);
    assert_eq!(heard(&mut people, "one").await, both, "without being asked");
    assert_eq!(
        choose("remove", iss_sub(&subjects[0])).await,
        StatusCode::NO_CONTENT
    );
    assert_eq!(heard(&mut people, "two").await, subjects[1..]);
    assert_eq!(choose("add", iss_sub(&subjects[0])).await, StatusCode::OK);
    assert_eq!(heard(&mut people, "three").await, both);
    // Who is not here, or is somebody's address, is told of as little, and as politely.
    for nobody in [
        iss_sub(&json!("nobody")),
        json!({"format": "email", "email": ADA}),
        json!({"format": "iss_sub", "iss": "https://else.example", "sub": subjects[0]}),
    ] {
        assert_eq!(
            choose("remove", nobody.clone()).await,
            StatusCode::NO_CONTENT
        );
        assert_eq!(choose("add", nobody).await, StatusCode::OK);
    }
    assert_eq!(heard(&mut people, "four").await, both);
    // Another client cannot say of whom this one hears.
    let bank = Subscriber::open(&app, "bank").await;
    let at_bank = bank.subscribe(json!({"method": POLL})).await;
    let body = json!({"stream_id": at_bank, "subject": iss_sub(&subjects[0])});
    assert_eq!(
        bank.post("/ssf/subjects:remove", &body).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(heard(&mut people, "five").await, both);
}

async fn who_was_removed_is_forgotten_with_their_agreements(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    let sub = claims_of(text(&tokens, "id_token"))["sub"].clone();
    let subject = json!({"format": "iss_sub", "iss": "http://localhost:8000", "sub": sub});
    let body = json!({"stream_id": id, "subject": subject});
    let told = shop.post("/ssf/subjects:remove", &body).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    erase_now(&mut ada).await;
    app.wait(std::time::Duration::from_hours(5 * 366 * 24));
    pass(&app).await;
    let left = app.app.store().write(|tx| {
        Box::pin(async move {
            let left = sqlx::query("DELETE FROM stream_removed_subjects");
            Ok::<_, StoreError>(left.execute(tx).await?.rows_affected())
        })
    });
    assert_eq!(left.await.expect("a database"), 0);
}
