//! What a business hears of the people who have an agreement with it.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluis::crypto::jwt::Typ;
use sluis::service::sessions::SESSION_LIFETIME;
use wiremock::ResponseTemplate;

use super::SCOPES;
use super::business::{ALL_SCOPES, change_tier, claims_of, press, text};
use super::duties::end_of_day;
use super::subscriber::{Letterbox, Subscriber, event_of, kind_of};
use crate::harness::{ADA, Actor, BOB, PASSWORD, TestApp, on_both_databases};
use crate::life::deliver;

on_both_databases!(
    what_happens_to_an_agreement_is_heard_once_each_and_in_order,
    an_address_that_is_edited_once_is_heard_by_every_business_that_has_it,
    only_what_is_really_another_value_is_told,
    each_business_knows_somebody_by_another_name,
    a_token_is_signed_as_the_client_wants_and_holds_no_values,
    the_end_of_a_login_is_told_by_name,
    the_end_of_the_time_is_told_when_it_is_written_down,
);

async fn move_house(actor: &mut Actor, street: &str) {
    let fields = [
        ("street_address", street),
        ("postal_code", "1016 GV"),
        ("locality", "Amsterdam"),
    ];
    actor.fill_in("address", &fields).await;
}

async fn what_happens_to_an_agreement_is_heard_once_each_and_in_order(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    ada.edit("birthdate", "1985-12-10").await;
    let tokens = shop.shop.log_in_for(&mut ada, "high", SCOPES).await;
    let sub = claims_of(text(&tokens, "id_token"))["sub"].clone();
    let grant_id = text(&tokens, "grant_id");
    let grant = ada.newest_grant().await;
    deliver(&app).await;
    assert!(letterbox.tokens().await.is_empty(), "the login said it");
    let began = app.app.now().as_seconds();
    ada.edit("birthdate", "1985-12-11").await;
    app.wait(Duration::from_secs(1));
    change_tier(&mut ada, &grant, "low").await;
    // It is not released any more.
    ada.edit("birthdate", "1985-12-12").await;
    app.wait(Duration::from_secs(1));
    press(&mut ada, &grant, "pause").await;
    ada.edit("name", "Ada King").await;
    app.wait(Duration::from_secs(1));
    press(&mut ada, &grant, "resume").await;
    ada.edit("name", "Ada Lovelace").await;
    app.wait(Duration::from_secs(1));
    press(&mut ada, &grant, "withdraw").await;
    ada.edit("name", "Ada Byron").await;
    let chain = ada.get(&format!("{grant}/receipts")).await.html;
    let receipts: Vec<Value> = chain.lines().map(claims_of).collect();
    for _ in 0..3 {
        deliver(&app).await;
    }
    let heard = letterbox.claims().await;
    let kinds: Vec<String> = heard.iter().map(kind_of).collect();
    assert_eq!(
        kinds,
        [
            "profile-changed",
            "consent-changed",
            "processing-restricted",
            "processing-restricted",
            "profile-changed",
            "consent-withdrawn",
            "session-revoked",
        ]
    );
    for claims in &heard {
        assert_eq!(
            claims["sub_id"],
            json!({"format": "iss_sub", "iss": "http://localhost:8000", "sub": sub})
        );
    }
    let reason = |en: &str, nl: &str| json!({"en": en, "nl": nl});
    let event = |number: usize, after: i64, reason: Value, more: Value| {
        let mut expected = more;
        expected["grant_id"] = json!(grant_id);
        expected["event_timestamp"] = json!(began + after);
        expected["initiating_entity"] = json!("user");
        expected["reason_user"] = reason;
        assert_eq!(event_of(&heard[number]), expected);
        assert_eq!(heard[number]["iat"], json!(began + after));
    };
    let edited = || {
        reason(
            "You changed your details.",
            "Je hebt je gegevens gewijzigd.",
        )
    };
    let receipt = |number: usize| receipts[number]["jti"].clone();
    let duty = |number: usize| {
        let id = event_of(&heard[number])["duty_id"].clone();
        assert!(id.is_string());
        id
    };
    event(0, 0, edited(), json!({"claims": ["birthdate"]}));
    event(
        1,
        1,
        reason(
            "You changed your agreement.",
            "Je hebt je afspraak gewijzigd.",
        ),
        json!({"receipt_id": receipt(1), "change": "narrowed", "claims": ["name", "email"],
               "dropped_claims": ["birthdate"], "duty_id": duty(1),
               "delete_by": end_of_day(began + 1 + 30 * 24 * 3_600)}),
    );
    event(
        2,
        2,
        reason(
            "You paused your agreement.",
            "Je hebt je afspraak gepauzeerd.",
        ),
        json!({"receipt_id": receipt(2), "restricted": true}),
    );
    event(
        3,
        3,
        reason("You resumed your agreement.", "Je hebt je afspraak hervat."),
        json!({"receipt_id": receipt(3), "restricted": false}),
    );
    event(4, 3, edited(), json!({"claims": ["name"]}));
    let delete_by = end_of_day(began + 4 + 30 * 24 * 3_600);
    event(
        5,
        4,
        reason(
            "You withdrew your agreement.",
            "Je hebt je afspraak ingetrokken.",
        ),
        json!({"receipt_id": receipt(4), "claims": ["name", "email"], "delete_by": delete_by,
               "duty_id": duty(5)}),
    );
    // CAEP's own event, with CAEP's members.
    assert_eq!(
        event_of(&heard[6]),
        json!({"event_timestamp": began + 4, "initiating_entity": "user",
               "reason_user": {"en": "You were signed out.", "nl": "Je bent uitgelogd."}})
    );
    // What comes from one act says so, and each is another event.
    assert_eq!(heard[5]["txn"], receipt(4));
    assert_eq!(heard[5]["txn"], heard[6]["txn"]);
    let mut ids: Vec<&str> = heard.iter().map(|claims| text(claims, "jti")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 7);
}

async fn an_address_that_is_edited_once_is_heard_by_every_business_that_has_it(app: TestApp) {
    let (shop, bank) = (
        Subscriber::open(&app, "shop").await,
        Subscriber::open(&app, "bank").await,
    );
    let paper = Subscriber::open(&app, "paper").await;
    let boxes = [
        Letterbox::open().await,
        Letterbox::open().await,
        Letterbox::open().await,
    ];
    for (business, letterbox) in [&shop, &bank, &paper].into_iter().zip(&boxes) {
        business.subscribe(letterbox.delivery()).await;
    }
    let mut ada = app.person("Ada", ADA).await;
    move_house(&mut ada, "Prinsengracht 263").await;
    ada.edit("phone_number", "06 1234 5678").await;
    let at_shop = shop.shop.log_in_for(&mut ada, "medium", ALL_SCOPES).await;
    bank.shop.log_in_for(&mut ada, "medium", ALL_SCOPES).await;
    // It was never told where she lives.
    paper.shop.log_in_for(&mut ada, "medium", SCOPES).await;
    move_house(&mut ada, "Herengracht 1").await;
    deliver(&app).await;
    for letterbox in &boxes[..2] {
        let heard = letterbox.claims().await;
        assert_eq!(heard.len(), 1);
        assert_eq!(kind_of(&heard[0]), "profile-changed");
        assert_eq!(event_of(&heard[0])["claims"], json!(["address"]));
        let whole = heard[0].to_string();
        assert!(
            !whole.contains("Herengracht") && !whole.contains("Ada"),
            "{whole}"
        );
    }
    assert!(boxes[2].tokens().await.is_empty());
    let read = shop
        .shop
        .userinfo(text(&at_shop, "access_token"))
        .await
        .ok();
    assert_eq!(read["address"]["street_address"], "Herengracht 1");
    // What is taken away is another value as well.
    boxes[0].answer(ResponseTemplate::new(202)).await;
    let form = ada.get("/account/profiles/address").await.form("attribute");
    ada.submit(form.press("remove")).await;
    deliver(&app).await;
    let heard = boxes[0].claims().await;
    assert_eq!(event_of(&heard[0])["claims"], json!(["address"]));
}

async fn only_what_is_really_another_value_is_told(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    ada.edit("nickname", "Zwaluw").await;
    shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    // The same again, the same confirmed, the same in another tier.
    ada.edit("name", "Ada").await;
    let form = ada.get("/account/profiles/name").await.form("attribute");
    ada.submit(form.press("confirm")).await;
    let form = ada
        .get("/account/profiles/nickname")
        .await
        .form("attribute");
    ada.submit(form.with("placement", "high").press("save"))
        .await;
    // What the agreement does not cover.
    ada.edit("gender", "x").await;
    deliver(&app).await;
    assert!(letterbox.tokens().await.is_empty());
    ada.edit("name", "Ada King").await;
    deliver(&app).await;
    assert_eq!(letterbox.kinds().await, ["profile-changed"]);
}

async fn each_business_knows_somebody_by_another_name(app: TestApp) {
    let (shop, bank) = (
        Subscriber::open(&app, "shop").await,
        Subscriber::open(&app, "bank").await,
    );
    let (at_shop, at_bank) = (Letterbox::open().await, Letterbox::open().await);
    shop.subscribe(at_shop.delivery()).await;
    bank.subscribe(at_bank.delivery()).await;
    let mut ada = app.person("Ada", ADA).await;
    for business in [&shop, &bank] {
        business.shop.log_in_for(&mut ada, "low", SCOPES).await;
    }
    ada.edit("name", "Ada King").await;
    let page = ada.get("/sign-out").await;
    ada.submit(page.form("sign-out").press("sign-out-confirm"))
        .await;
    deliver(&app).await;
    let (one, other) = (at_shop.claims().await, at_bank.claims().await);
    assert_eq!((one.len(), other.len()), (2, 2));
    for (one, other) in one.iter().zip(&other) {
        assert_eq!(
            (&one["aud"], &other["aud"]),
            (&json!("shop"), &json!("bank"))
        );
        // Nothing by which the two could find out that they mean the same person.
        for member in ["jti", "txn", "sub_id"] {
            assert_ne!(one[member], other[member]);
        }
    }
}

async fn a_token_is_signed_as_the_client_wants_and_holds_no_values(app: TestApp) {
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        let id = algorithm.to_lowercase();
        let alg = json!({"id_token_signed_response_alg": algorithm});
        let shop = Subscriber::with(&app, &id, alg, None).await;
        let letterbox = Letterbox::open().await;
        shop.subscribe(letterbox.delivery()).await;
        let mut ada = app.person("Ada", &format!("{id}@home.example")).await;
        shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
        let grant = ada.newest_grant().await;
        press(&mut ada, &grant, "pause").await;
        deliver(&app).await;
        let requests = letterbox.requests().await;
        assert_eq!(requests.len(), 1);
        let request = &requests[0];
        assert_eq!(request.method.as_str(), "POST");
        assert_eq!(request.headers["content-type"], "application/secevent+jwt");
        assert_eq!(request.headers["accept"], "application/json");
        assert!(!request.headers.contains_key("authorization"));
        let token = &letterbox.tokens().await[0];
        let keys = app.app.keys().await.expect("keys");
        let verified = keys.public_keys().verify(token, Typ::SecurityEvent);
        let claims: Value = verified.expect("a signature").claims().expect("claims");
        let mut names: Vec<&String> = claims.as_object().expect("claims").keys().collect();
        names.sort();
        assert_eq!(
            names,
            ["aud", "events", "iat", "iss", "jti", "sub_id", "txn"]
        );
        assert_eq!(claims["iss"], "http://localhost:8000");
        assert_eq!(claims["aud"], json!(id));
        assert!(
            !claims.to_string().contains("Ada") && !claims.to_string().contains("home.example")
        );
        // It is good for nothing else.
        let told = shop.shop.userinfo(token).await;
        assert_eq!(told.status, StatusCode::UNAUTHORIZED);
        let path = super::business::form(&[("id_token_hint", token)]);
        let page = ada.get(&format!("/logout?{path}")).await;
        assert_eq!(page.location(), "/sign-out", "it shows nothing");
    }
}

async fn the_end_of_a_login_is_told_by_name(app: TestApp) {
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    let known = claims_of(text(&tokens, "id_token"));
    let page = ada.get("/sign-out").await;
    ada.submit(page.form("sign-out").press("sign-out-confirm"))
        .await;
    let mut bob = app.person("Bob", BOB).await;
    shop.shop.log_in_for(&mut bob, "low", SCOPES).await;
    app.wait(SESSION_LIFETIME);
    sluis::jobs::sessions::run_once(&app.app)
        .await
        .expect("a sweep");
    deliver(&app).await;
    let heard = letterbox.claims().await;
    assert_eq!(letterbox.kinds().await, ["session-revoked"; 2]);
    let of_ada: Vec<&Value> = heard
        .iter()
        .filter(|claims| claims["sub_id"]["user"]["sub"] == known["sub"])
        .collect();
    assert_eq!(
        of_ada[0]["sub_id"],
        json!({
            "format": "complex",
            "user": {"format": "iss_sub", "iss": "http://localhost:8000", "sub": known["sub"]},
            "session": {"format": "opaque", "id": known["sid"]},
        })
    );
    let mut by: Vec<Value> = heard
        .iter()
        .map(|claims| event_of(claims)["initiating_entity"].clone())
        .collect();
    by.sort_by_key(ToString::to_string);
    assert_eq!(by, ["policy", "user"]);
}

async fn the_end_of_the_time_is_told_when_it_is_written_down(app: TestApp) {
    let (shop, id) = Subscriber::fetching(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    app.wait(Duration::from_hours(24 * 31));
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    let now = app.app.now().as_seconds();
    let body = json!({"returnImmediately": true});
    let told = shop.post(&format!("/ssf/poll/{id}"), &body).await.ok();
    let sets = told["sets"].as_object().expect("sets");
    let claims: Vec<Value> = sets
        .values()
        .map(|jwt| claims_of(jwt.as_str().expect("a token")))
        .collect();
    let expired: Vec<&Value> = claims
        .iter()
        .filter(|claims| kind_of(claims) == "retention-expired")
        .collect();
    assert_eq!(expired.len(), 1, "{claims:?}");
    let event = event_of(expired[0]);
    assert_eq!(event["claims"], json!(["name", "email"]));
    assert_eq!(event["delete_by"], json!(end_of_day(now + 30 * 24 * 3_600)));
    assert_eq!(event["initiating_entity"], "policy");
}
