//! Clients that authenticate with a signed assertion.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::business::basic;
use super::{Business, Told};
use crate::harness::{ADA, Signer, TestApp, VERIFIER, on_both_databases, sign_hs256, unsigned};

pub(super) const ISSUER: &str = "http://localhost:8000";
pub(super) const TOKEN: &str = "http://localhost:8000/token";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// When the tests begin, in seconds.
pub(super) const START: i64 = crate::harness::START.as_seconds();

/// A client that signs, with the metadata that differ.
pub(super) async fn signing_client(
    app: &TestApp,
    id: &str,
    signer: &Signer,
    more: Value,
) -> Business {
    let mut metadata = json!({"token_endpoint_auth_method": "private_key_jwt"});
    if more.get("jwks_uri").is_none() {
        metadata["jwks"] = signer.jwks();
    }
    for (name, value) in more.as_object().expect("members") {
        metadata[name] = value.clone();
    }
    Business::with(app, id, metadata, None).await
}

/// What an assertion of `id` claims, with a `jti` that no other has.
pub(super) fn claims(id: &str, audience: impl Into<Value>) -> Value {
    static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    json!({
        "iss": id, "sub": id, "aud": audience.into(), "jti": format!("number {number}"),
        "iat": START, "exp": START + 60,
    })
}

/// The parameters that authenticate.
pub(super) fn assertion(token: &str) -> [(&str, &str); 2] {
    [("client_assertion_type", TYPE), ("client_assertion", token)]
}

/// Whether an assertion is taken: then it is the grant that is wrong.
#[track_caller]
pub(super) fn is_taken(told: &Told, what: &str) {
    assert_eq!(told.error(), "invalid_grant", "{what}: {told:?}");
}

#[track_caller]
pub(super) fn is_refused(told: &Told, what: &str) {
    assert_eq!(told.error(), "invalid_client", "{what}: {told:?}");
    assert_eq!(told.status, StatusCode::UNAUTHORIZED, "{what}");
}

/// Asks for tokens with an assertion and a code that there is not.
pub(super) async fn ask(business: &Business, token: &str) -> Told {
    let mut params = vec![("grant_type", "authorization_code"), ("code", "x")];
    params.extend(assertion(token));
    business.token_as(None, &params).await
}

on_both_databases!(
    a_client_authenticates_with_any_algorithm_of_its_keys,
    a_client_authenticates_with_a_secret_that_it_never_sends,
    an_assertion_that_is_wrong_is_refused,
    an_assertion_counts_once_on_every_node,
    the_audience_is_what_the_security_profile_says,
    a_registered_algorithm_excludes_the_others,
    one_way_of_authentication_and_not_two,
);

async fn a_client_authenticates_with_any_algorithm_of_its_keys(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    for (alg, name) in [
        ("ES256", "ES256"),
        ("PS256", "PS256"),
        ("RS256", "RS256"),
        ("EdDSA", "EdDSA"),
        ("EdDSA", "Ed25519"),
    ] {
        let signer = Signer::new(alg, "one");
        let id = name.to_lowercase();
        let business = signing_client(&app, &id, &signer, json!({})).await;
        assert!(business.secret.is_none());
        let code = business
            .code(&mut ada, "low", &[("scope", super::SCOPES)])
            .await;
        let header = json!({ "alg": name, "typ": "JWT" });
        let token = signer.sign_with(&header, &claims(&id, TOKEN));
        let mut params = vec![
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", business.client.redirect_uri.as_str()),
            ("code_verifier", VERIFIER),
        ];
        params.extend(assertion(&token));
        let tokens = business.token_as(None, &params).await.ok();
        let refresh = tokens["refresh_token"].as_str().expect("a token");
        let token = signer.sign(&claims(&id, TOKEN));
        let mut params = vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh),
            ("client_id", id.as_str()),
        ];
        params.extend(assertion(&token));
        business.token_as(None, &params).await.ok();
    }
}

async fn a_client_authenticates_with_a_secret_that_it_never_sends(app: TestApp) {
    let method = json!({"token_endpoint_auth_method": "client_secret_jwt"});
    let shop = Business::with(&app, "shop", method.clone(), None).await;
    let other = Business::with(&app, "other", method, None).await;
    let secret = shop.secret.clone().expect("a secret");
    let token = sign_hs256(secret.as_bytes(), &claims("shop", TOKEN));
    is_taken(&ask(&shop, &token).await, "its own secret");
    let wrong = other.secret.clone().expect("a secret");
    for key in [wrong.as_bytes(), b"", b"slcs_"] {
        let token = sign_hs256(key, &claims("shop", TOKEN));
        is_refused(&ask(&shop, &token).await, "another secret");
    }
    let params = [("grant_type", "authorization_code"), ("code", "x")];
    let header = basic("shop", &secret);
    is_refused(&shop.token_as(Some(&header), &params).await, "sent");
    let bare = format!(
        "{}.",
        unsigned(&json!({"alg": "none"}), &claims("shop", TOKEN))
    );
    is_refused(&ask(&shop, &bare).await, "unsigned");
}

async fn an_assertion_that_is_wrong_is_refused(app: TestApp) {
    let signer = Signer::new("ES256", "one");
    let shop = signing_client(&app, "shop", &signer, json!({})).await;
    let stranger = Signer::new("ES256", "one");
    let other = signing_client(&app, "other", &stranger, json!({})).await;
    let fine = claims("shop", TOKEN);
    is_taken(&ask(&shop, &signer.sign(&fine)).await, "nothing is wrong");
    let with = |name: &str, value: Value| {
        let mut claims = claims("shop", TOKEN);
        claims[name] = value;
        if claims[name].is_null() {
            claims.as_object_mut().expect("members").remove(name);
        }
        claims
    };
    for (name, value) in [
        ("iss", json!("other")),
        ("iss", json!(null)),
        ("sub", json!("other")),
        ("sub", json!(null)),
        ("aud", json!(null)),
        ("aud", json!("https://shop.example")),
        ("aud", json!(["https://shop.example"])),
        ("aud", json!("http://localhost:8000/")),
        ("aud", json!({"http://localhost:8000": 1})),
        ("jti", json!(null)),
        ("jti", json!("")),
        ("jti", json!(7)),
        ("exp", json!(null)),
        ("exp", json!("soon")),
        ("exp", json!(START - 10)),
        ("exp", json!(START + 24 * 3_600)),
        ("exp", json!(1e300)),
        ("exp", json!(-1)),
        ("nbf", json!(START + 61)),
        ("iat", json!(START + 61)),
        ("iat", json!("now")),
    ] {
        let wrong = with(name, value);
        let told = ask(&shop, &signer.sign(&wrong)).await;
        is_refused(&told, &wrong.to_string());
    }
    let early = with("nbf", json!(START + 10));
    is_taken(
        &ask(&shop, &signer.sign(&early)).await,
        "a clock that is ahead",
    );
    // Keys and algorithms.
    let jwk = signer.jwk();
    let foreign = json!({"jwk": stranger.jwk()});
    let public = serde_json::to_vec(&jwk).expect("JSON");
    let hs = json!({"alg": "HS256"});
    for (what, token) in [
        (
            "a key of another client",
            stranger.sign(&claims("shop", TOKEN)),
        ),
        (
            "a key in the header",
            stranger.sign_with(&foreign, &claims("shop", TOKEN)),
        ),
        (
            "a public key as a secret",
            sign_hs256(&public, &claims("shop", TOKEN)),
        ),
        (
            "a header that lies",
            signer.sign_with(&hs, &claims("shop", TOKEN)),
        ),
        (
            "an unknown kid",
            signer.sign_with(&json!({"kid": "two"}), &claims("shop", TOKEN)),
        ),
        (
            "no signature",
            format!(
                "{}.",
                unsigned(&json!({"alg": "none"}), &claims("shop", TOKEN))
            ),
        ),
        (
            "an empty signature",
            format!(
                "{}.",
                unsigned(&json!({"alg": "ES256"}), &claims("shop", TOKEN))
            ),
        ),
        (
            "another kind of JWT",
            signer.sign_with(
                &json!({"typ": "oauth-authz-req+jwt"}),
                &claims("shop", TOKEN),
            ),
        ),
        (
            "something critical",
            signer.sign_with(
                &json!({"crit": ["b64"], "b64": false}),
                &claims("shop", TOKEN),
            ),
        ),
        ("an unknown client", signer.sign(&claims("nobody", TOKEN))),
        ("nothing", "x".to_owned()),
    ] {
        is_refused(&ask(&shop, &token).await, what);
    }
    // Who may authenticate is not therefore who may redeem.
    let mut ada = app.person("Ada", ADA).await;
    let code = shop.code(&mut ada, "low", &[("scope", "openid")]).await;
    let token = stranger.sign(&claims("other", TOKEN));
    let mut params = vec![
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("code_verifier", VERIFIER),
    ];
    params.extend(assertion(&token));
    is_taken(
        &other.token_as(None, &params).await,
        "a code of another client",
    );
}

async fn an_assertion_counts_once_on_every_node(app: TestApp) {
    let signer = Signer::new("ES256", "one");
    let shop = signing_client(&app, "shop", &signer, json!({})).await;
    let elsewhere = shop.clone().at(app.second_node().await);
    let token = signer.sign(&claims("shop", TOKEN));
    let (one, two) = tokio::join!(ask(&shop, &token), ask(&elsewhere, &token));
    let mut errors = [one.error().to_owned(), two.error().to_owned()];
    errors.sort();
    assert_eq!(errors, ["invalid_client", "invalid_grant"]);
    app.wait(Duration::from_secs(69));
    is_refused(&ask(&elsewhere, &token).await, "within the leeway");
    app.wait(Duration::from_secs(2));
    is_refused(&ask(&shop, &token).await, "expired");
    // The identifier is free again for a new one, and another client's own.
    let now = START + 71;
    let mut again = claims("shop", TOKEN);
    again["jti"] = json!("the same");
    again["exp"] = json!(now + 5);
    is_taken(&ask(&shop, &signer.sign(&again)).await, "new");
    let stranger = Signer::new("ES256", "one");
    let other = signing_client(&app, "other", &stranger, json!({})).await;
    let mut theirs = again.clone();
    (theirs["iss"], theirs["sub"]) = (json!("other"), json!("other"));
    is_taken(&ask(&other, &stranger.sign(&theirs)).await, "another's jti");
    app.wait(Duration::from_secs(20));
    again["exp"] = json!(now + 80);
    is_taken(&ask(&shop, &signer.sign(&again)).await, "long after");
}

async fn the_audience_is_what_the_security_profile_says(app: TestApp) {
    let signer = Signer::new("ES256", "one");
    let shop = signing_client(&app, "shop", &signer, json!({})).await;
    for audience in [
        json!(ISSUER),
        json!(TOKEN),
        json!([ISSUER]),
        json!(["https://elsewhere.example", TOKEN]),
    ] {
        let token = signer.sign(&claims("shop", audience.clone()));
        is_taken(&ask(&shop, &token).await, &audience.to_string());
    }
    let par = signer.sign(&claims("shop", "http://localhost:8000/par"));
    is_refused(&ask(&shop, &par).await, "the endpoint that is not called");
    let bank = signing_client(&app, "bank", &signer, json!({"security_profile": "fapi2"})).await;
    for audience in [json!(TOKEN), json!([ISSUER]), json!([ISSUER, TOKEN])] {
        let token = signer.sign(&claims("bank", audience.clone()));
        is_refused(&ask(&bank, &token).await, &audience.to_string());
    }
    let token = signer.sign(&claims("bank", ISSUER));
    is_taken(&ask(&bank, &token).await, "the issuer, as a string");
}

async fn a_registered_algorithm_excludes_the_others(app: TestApp) {
    let (rsa, curve) = (Signer::new("PS256", "rsa"), Signer::new("ES256", "ec"));
    let keys = json!({
        "jwks": {"keys": [rsa.jwk(), curve.jwk()]},
        "token_endpoint_auth_signing_alg": "PS256",
    });
    let shop = signing_client(&app, "shop", &rsa, keys).await;
    let token = rsa.sign(&claims("shop", TOKEN));
    is_taken(&ask(&shop, &token).await, "PS256");
    let token = curve.sign(&claims("shop", TOKEN));
    is_refused(&ask(&shop, &token).await, "ES256");
    let pkcs1 = Signer::new("RS256", "rs");
    let bank = signing_client(&app, "bank", &pkcs1, json!({"security_profile": "fapi2"})).await;
    let token = pkcs1.sign(&claims("bank", ISSUER));
    is_refused(&ask(&bank, &token).await, "RS256 of a fapi2 client");
}

async fn one_way_of_authentication_and_not_two(app: TestApp) {
    let signer = Signer::new("ES256", "one");
    let shop = signing_client(&app, "shop", &signer, json!({})).await;
    let secretive = Business::open(&app, "secretive").await;
    let public = Business::with(
        &app,
        "public",
        json!({"token_endpoint_auth_method": "none"}),
        None,
    )
    .await;
    let header = basic("shop", "x");
    let two: [(Option<&str>, &[(&str, &str)]); 2] =
        [(Some(&header), &[]), (None, &[("client_secret", "x")])];
    for (header, more) in two {
        let token = signer.sign(&claims("shop", TOKEN));
        let mut params = vec![("grant_type", "authorization_code"), ("code", "x")];
        params.extend(assertion(&token));
        params.extend(more);
        let told = shop.token_as(header, &params).await;
        assert_eq!(told.error(), "invalid_request", "{more:?}");
    }
    let token = signer.sign(&claims("shop", TOKEN));
    for half in [
        ("client_assertion", token.as_str()),
        ("client_assertion_type", TYPE),
    ] {
        let params = [("grant_type", "authorization_code"), ("code", "x"), half];
        assert_eq!(
            shop.token_as(None, &params).await.error(),
            "invalid_request"
        );
    }
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    let params = [
        ("grant_type", "authorization_code"),
        ("client_assertion_type", saml),
        ("client_assertion", token.as_str()),
    ];
    assert_eq!(
        shop.token_as(None, &params).await.error(),
        "invalid_request"
    );
    // Neither without the assertion, nor with one that it did not register for.
    let params = [("grant_type", "authorization_code"), ("client_id", "shop")];
    is_refused(&shop.token_as(None, &params).await, "nothing");
    for business in [&secretive, &public] {
        let token = signer.sign(&claims(&business.client.id, TOKEN));
        is_refused(&ask(business, &token).await, &business.client.id);
    }
    let mut params = vec![
        ("grant_type", "authorization_code"),
        ("client_id", "public"),
    ];
    params.extend(assertion(&token));
    is_refused(&shop.token_as(None, &params).await, "another client_id");
}
