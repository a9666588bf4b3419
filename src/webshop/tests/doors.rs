//! Who knocks at the doors for machines, and is not let in.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::events::{event, order, withdrawn};
use super::fake_provider::{CLIENT_ID, FakeProvider};
use super::visitor::{START, Visitor, grant_everything};
use crate::webshop::Site;

/// A shop with a customer, and what there is to see of her afterwards.
async fn shop() -> (std::sync::Arc<FakeProvider>, Visitor) {
    let provider = FakeProvider::start().await;
    grant_everything(&provider);
    let mut sanne = Visitor::of(Site::Shop, &provider.issuer);
    sanne.log_in().await;
    (provider, sanne)
}

async fn expect_untouched(sanne: &mut Visitor) {
    assert!(sanne.get("/").await.has("<b>Sanne</b>"));
    let keeper = sanne.get("/keeper").await;
    assert!(keeper.has("sanne@voorbeeld.example") && keeper.has("id=\"no-duties\""));
}

#[tokio::test]
async fn the_stream_is_made_once_and_brings_the_words_that_let_in() {
    let (provider, sanne) = shop().await;
    sanne.let_it_work().await;
    sanne.let_it_work().await;
    let (stream, wishes) = provider.api(|api| (api.stream.take().unwrap(), api.wishes));
    assert_eq!(wishes, 1);
    let delivery = &stream["delivery"];
    assert_eq!(delivery["method"], "urn:ietf:rfc:8935");
    assert_eq!(delivery["endpoint_url"], "http://127.0.0.1:9/sluis/events");
    let words = delivery["authorization_header"].as_str().unwrap();
    assert!(words.len() > 40, "{words}");

    // A shop that starts anew turns the stream that it has to itself.
    provider.api(|api| api.stream = Some(json!({"stream_id": "s-1"})));
    let again = Visitor::of(Site::Shop, &provider.issuer);
    again.let_it_work().await;
    let stream = provider.api(|api| api.stream.take().unwrap());
    assert_ne!(stream["delivery"]["authorization_header"], words);
}

#[tokio::test]
async fn nobody_else_is_listened_to() {
    let (provider, mut sanne) = shop().await;
    let token = provider.sign("secevent+jwt", &withdrawn(&provider, "1"));
    let media_type = ("content-type", "application/secevent+jwt");
    for headers in [
        vec![media_type],
        vec![media_type, ("authorization", "Bearer guessed")],
        vec![media_type, ("authorization", "")],
    ] {
        let told = sanne.knock("/sluis/events", &headers, token.clone()).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST);
        assert!(told.has("authentication_failed"), "{}", told.text);
    }
    expect_untouched(&mut sanne).await;
}

#[tokio::test]
async fn an_event_that_does_not_hold_is_refused_with_the_reason() {
    let (provider, mut sanne) = shop().await;
    let good = withdrawn(&provider, "1");
    let changed = |change: fn(&mut Value)| {
        let mut payload = good.clone();
        change(&mut payload);
        provider.sign("secevent+jwt", &payload)
    };
    let signed = provider.sign("secevent+jwt", &good);
    let (head, _) = signed.rsplit_once('.').unwrap();
    let kind = good["events"].as_object().unwrap().keys().next().unwrap();
    let mut two = good.clone();
    two["events"]["https://elsewhere.example/other"] = json!({});
    assert!(kind.ends_with("consent-withdrawn"));
    for (what, token, err) in [
        (
            "forged",
            FakeProvider::forge("secevent+jwt", &good),
            "invalid_key",
        ),
        (
            "unknown key",
            provider.sign_with_next("secevent+jwt", &good),
            "invalid_key",
        ),
        ("no signature", format!("{head}."), "invalid_key"),
        ("ID token", provider.sign("JWT", &good), "invalid_request"),
        (
            "receipt",
            provider.sign("consent-receipt+jwt", &good),
            "invalid_request",
        ),
        (
            "logout token",
            provider.sign("logout+jwt", &good),
            "invalid_request",
        ),
        (
            "aud",
            changed(|p| p["aud"] = "someone-else".into()),
            "invalid_audience",
        ),
        (
            "iss",
            changed(|p| p["iss"] = "https://evil.example".into()),
            "invalid_issuer",
        ),
        (
            "no jti",
            changed(|p| p["jti"] = Value::Null),
            "invalid_request",
        ),
        (
            "no events",
            changed(|p| p["events"] = json!({})),
            "invalid_request",
        ),
        (
            "nobody",
            changed(|p| p["sub_id"] = json!({})),
            "invalid_request",
        ),
        (
            "another's person",
            changed(|p| p["sub_id"]["iss"] = "https://evil.example".into()),
            "invalid_request",
        ),
        (
            "two events",
            provider.sign("secevent+jwt", &two),
            "invalid_request",
        ),
        ("nothing", String::new(), "invalid_request"),
        ("no token", "..".to_owned(), "invalid_request"),
        ("huge", "a.".repeat(1 << 20), "invalid_request"),
    ] {
        let told = sanne.push(token).await;
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{what}");
        let answer: Value = serde_json::from_str(&told.text).unwrap();
        assert_eq!(answer["err"], err, "{what}");
        assert!(answer["description"].is_string());
    }
    expect_untouched(&mut sanne).await;

    // Another type of content is none of this.
    let secret = sanne.shop.upkeep.secret().to_owned();
    let headers = [
        ("authorization", secret.as_str()),
        ("content-type", "text/plain"),
    ];
    let told = sanne.knock("/sluis/events", &headers, signed).await;
    assert!(told.has("invalid_request"));
    expect_untouched(&mut sanne).await;
}

#[tokio::test]
async fn an_event_by_a_rotated_key_is_believed_once_the_key_is_published() {
    let (provider, mut sanne) = shop().await;
    provider.set(|mood| mood.rotated = true);
    let token = provider.sign_with_next("secevent+jwt", &withdrawn(&provider, "1"));
    // Keys are not looked up for every stranger.
    assert!(sanne.push(token.clone()).await.has("invalid_key"));
    sanne.wait(60);
    assert_eq!(sanne.push(token).await.status, StatusCode::ACCEPTED);
    assert!(sanne.get("/").await.has("id=\"access-lost\""));
}

#[tokio::test]
async fn the_newspaper_has_no_such_doors() {
    let provider = FakeProvider::start().await;
    let mut reader = Visitor::of(Site::Newspaper, &provider.issuer);
    assert_eq!(reader.get("/keeper").await.status, StatusCode::NOT_FOUND);
    let token = provider.sign("secevent+jwt", &event(&provider, "1", "x", json!({})));
    assert_eq!(reader.push(token).await.status, StatusCode::NOT_FOUND);
    assert!(!reader.get("/").await.has("id=\"keeper\""));
}

fn command(provider: &FakeProvider, jti: &str) -> Value {
    json!({"iss": provider.issuer, "aud": CLIENT_ID, "sub": "pairwise-1", "iat": START,
        "exp": START + 120, "jti": jti, "command": "delete", "grant_id": "g-1",
        "duty_id": "d-1", "delete_by": START + 60})
}

async fn send_command(sanne: &Visitor, token: &str) -> (StatusCode, Value) {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("command_token", token)
        .finish();
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let answer = sanne.knock("/sluis/commands", &headers, body).await;
    (answer.status, serde_json::from_str(&answer.text).unwrap())
}

#[tokio::test]
async fn a_command_to_delete_is_answered_with_what_became_of_the_account() {
    let (provider, mut sanne) = shop().await;
    let token = provider.sign("command+jwt", &command(&provider, "1"));
    let (status, answer) = send_command(&sanne, &token).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(answer["account_state"], "deleted");
    assert_eq!(
        (&answer["sub"], &answer["kept"]),
        (&json!("pairwise-1"), &json!([]))
    );
    assert!(sanne.get("/").await.has("id=\"access-lost\""));

    // It comes again when she is back: it is answered, and does nothing.
    sanne.log_in().await;
    let (status, answer) = send_command(&sanne, &token).await;
    assert_eq!(
        (status, &answer["account_state"]),
        (StatusCode::OK, &json!("active"))
    );
    assert!(sanne.get("/").await.has("<b>Sanne</b>"));

    // Of whom there is an invoice, that is left.
    order(&mut sanne).await;
    let mut next = command(&provider, "2");
    next["duty_id"] = "d-2".into();
    let token = provider.sign("command+jwt", &next);
    let (_, answer) = send_command(&sanne, &token).await;
    assert_eq!(answer["account_state"], "archived");
    assert_eq!(answer["kept"][0]["until"], "2033-12-31");
    assert_eq!(
        answer["kept"][0]["claims"],
        json!(["name", "delivery_address"])
    );
}

#[tokio::test]
async fn a_command_that_does_not_hold_deletes_nobody() {
    let (provider, mut sanne) = shop().await;
    let good = command(&provider, "1");
    let changed = |change: fn(&mut Value)| {
        let mut payload = good.clone();
        change(&mut payload);
        provider.sign("command+jwt", &payload)
    };
    for token in [
        FakeProvider::forge("command+jwt", &good),
        provider.sign("secevent+jwt", &good),
        changed(|p| p["aud"] = "someone-else".into()),
        changed(|p| p["iss"] = "https://evil.example".into()),
        changed(|p| p["exp"] = START.into()),
        changed(|p| p["exp"] = Value::Null),
        changed(|p| p["jti"] = Value::Null),
        changed(|p| p["sub"] = Value::Null),
        changed(|p| p["command"] = "audit".into()),
        "no token".to_owned(),
    ] {
        let (status, answer) = send_command(&sanne, &token).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{token}");
        assert!(answer["error"].is_string());
    }
    let huge = vec![("content-type", "application/x-www-form-urlencoded")];
    let body = format!("command_token={}", "a".repeat(1 << 20));
    let told = sanne.knock("/sluis/commands", &huge, body).await;
    assert_eq!(told.status, StatusCode::BAD_REQUEST);
    expect_untouched(&mut sanne).await;
    let mut stranger = good.clone();
    stranger["sub"] = "nobody-here".into();
    let (_, answer) = send_command(&sanne, &provider.sign("command+jwt", &stranger)).await;
    assert!(["unknown", "deleted"].contains(&answer["account_state"].as_str().unwrap()));
}
