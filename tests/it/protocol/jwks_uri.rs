//! The keys that clients publish themselves: fetched, kept, and fetched again
//! for a new one, but not whenever anybody asks.

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::rfc7523::{START, TOKEN, ask, claims, is_refused, is_taken, signing_client};
use crate::harness::{Signer, TestApp, on_both_databases};

on_both_databases!(
    keys_are_fetched_and_fetched_again_for_a_new_one,
    keys_that_cannot_be_fetched_are_told_and_asked_for_seldom,
);

/// A server that publishes keys.
async fn key_server(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    let mock = Mock::given(path("/jwks")).respond_with(answer);
    mock.mount(&server).await;
    server
}

async fn fetched(server: &MockServer) -> usize {
    server.received_requests().await.expect("a list").len()
}

/// An assertion that is good at this many seconds from the start.
fn claims_at(seconds: i64) -> Value {
    let mut claims = claims("shop", TOKEN);
    claims["iat"] = json!(START + seconds);
    claims["exp"] = json!(START + seconds + 60);
    claims
}

async fn keys_are_fetched_and_fetched_again_for_a_new_one(app: TestApp) {
    let (old, new) = (Signer::new("ES256", "old"), Signer::new("ES256", "new"));
    let server = key_server(ResponseTemplate::new(200).set_body_json(old.jwks())).await;
    let uri = json!({"jwks_uri": format!("{}/jwks", server.uri())});
    let shop = signing_client(&app, "shop", &old, uri).await;
    for _ in 0..3 {
        is_taken(&ask(&shop, &old.sign(&claims_at(0))).await, "fetched");
    }
    assert_eq!(fetched(&server).await, 1, "kept");
    server.reset().await;
    Mock::given(path("/jwks"))
        .respond_with(ResponseTemplate::new(200).set_body_json(new.jwks()))
        .mount(&server)
        .await;
    is_refused(
        &ask(&shop, &new.sign(&claims_at(0))).await,
        "asked a moment ago",
    );
    assert_eq!(fetched(&server).await, 0);
    app.wait(Duration::from_secs(10));
    is_taken(&ask(&shop, &new.sign(&claims_at(10))).await, "a new key");
    assert_eq!(fetched(&server).await, 1);
    for _ in 0..3 {
        is_refused(&ask(&shop, &old.sign(&claims_at(10))).await, "withdrawn");
    }
    assert_eq!(fetched(&server).await, 1, "whatever is sent in its name");
    app.wait(Duration::from_mins(15));
    is_taken(&ask(&shop, &new.sign(&claims_at(910))).await, "looked up");
    assert_eq!(fetched(&server).await, 2, "after a while");
    // A key server that is down is not the end, for a while.
    server.reset().await;
    app.wait(Duration::from_mins(20));
    is_taken(&ask(&shop, &new.sign(&claims_at(2_110))).await, "down");
    app.wait(Duration::from_mins(41));
    is_refused(
        &ask(&shop, &new.sign(&claims_at(4_570))).await,
        "for too long",
    );
}

async fn keys_that_cannot_be_fetched_are_told_and_asked_for_seldom(app: TestApp) {
    let signer = Signer::new("ES256", "one");
    let large = json!({"keys": [signer.jwk()], "x": "y".repeat(70_000)});
    for (number, answer) in [
        ResponseTemplate::new(302).insert_header("location", "/elsewhere"),
        ResponseTemplate::new(500),
        ResponseTemplate::new(200).set_body_string("no keys"),
        ResponseTemplate::new(200).set_body_json(large),
    ]
    .into_iter()
    .enumerate()
    {
        let server = key_server(answer).await;
        let uri = json!({"jwks_uri": format!("{}/jwks", server.uri())});
        let id = format!("shop-{number}");
        let shop = signing_client(&app, &id, &signer, uri).await;
        for _ in 0..3 {
            let told = ask(&shop, &signer.sign(&claims(&id, TOKEN))).await;
            is_refused(&told, &id);
        }
        assert_eq!(fetched(&server).await, 1, "{id}");
    }
    let private = json!({"jwks_uri": "https://10.0.0.1/jwks"});
    let inside = signing_client(&app, "inside", &signer, private).await;
    let told = ask(&inside, &signer.sign(&claims("inside", TOKEN))).await;
    is_refused(&told, "a private address");
    let description = told.json["error_description"].as_str().expect("text");
    assert!(
        description.contains("must be https and public"),
        "{description}"
    );
}
