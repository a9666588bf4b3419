//! Request objects: by value, by reference, and pushed.

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::Business;
use super::business::form;
use super::rfc7523::{ISSUER, START, assertion, claims, signing_client};
use super::rfc9126::{name_of, push_as};
use crate::harness::{
    ADA, Actor, CHALLENGE, Page, Signer, TestApp, on_both_databases, sign_hs256, unsigned,
};

/// What a request object claims, with members that differ: `null` leaves one out.
pub(super) fn object(business: &Business, changes: &Value) -> Value {
    let mut claims = json!({
        "iss": business.client.id,
        "aud": ISSUER,
        "exp": START + 300,
        "nbf": START,
        "client_id": business.client.id,
        "redirect_uri": business.client.redirect_uri,
        "response_type": "code",
        "scope": "openid email",
        "state": "the state",
        "nonce": "n",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    });
    let members = claims.as_object_mut().expect("members");
    for (name, value) in changes.as_object().expect("members") {
        members.insert(name.clone(), value.clone());
    }
    members.retain(|_, value| !value.is_null());
    claims
}

/// Brings parameters to the authorization endpoint.
async fn bring(actor: &mut Actor, params: &[(&str, &str)]) -> Page {
    actor.get(&format!("/authorize?{}", form(params))).await
}

/// Brings a request object, beside the least that OAuth asks for.
async fn bring_object(actor: &mut Actor, business: &Business, object: &str) -> Page {
    let params = [
        ("client_id", business.client.id.as_str()),
        ("request", object),
    ];
    bring(actor, &params).await
}

#[track_caller]
fn is_accepted(page: &Page, what: &str) {
    let location = page.redirect().unwrap_or_default();
    assert!(
        location.starts_with("/sign-in?request="),
        "{what}: {location} {}",
        page.words()
    );
}

on_both_databases!(
    a_signed_request_is_answered_like_any_other,
    a_request_object_that_is_wrong_is_refused,
    what_stands_beside_it_does_not_count_and_may_not_contradict,
    an_unsigned_one_is_for_clients_that_registered_so,
    a_client_that_must_sign_is_refused_otherwise,
    a_registered_reference_is_fetched_and_no_other,
    it_may_be_pushed_and_fapi2_holds_it_to_its_times,
);

async fn a_signed_request_is_answered_like_any_other(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    for alg in ["ES256", "PS256", "RS256", "EdDSA"] {
        let signer = Signer::new(alg, "one");
        let id = alg.to_lowercase();
        let shop = Business::with(&app, &id, json!({"jwks": signer.jwks()}), None).await;
        let header = json!({"typ": "oauth-authz-req+jwt"});
        let asked = object(&shop, &json!({"max_age": 3_600, "prompt": "consent"}));
        let page = bring_object(&mut ada, &shop, &signer.sign_with(&header, &asked)).await;
        let page = ada.follow(page).await;
        let page = ada.submit(page.allowing("low")).await;
        let code = shop.client.answer(&page)["code"].clone();
        shop.redeem(&code).await.ok();
    }
}

async fn a_request_object_that_is_wrong_is_refused(app: TestApp) {
    let signer = Signer::new("ES256", "one");
    let stranger = Signer::new("ES256", "one");
    let keys = json!({"jwks": signer.jwks()});
    let shop = Business::with(&app, "shop", keys, None).await;
    Business::with(&app, "other", json!({"jwks": stranger.jwks()}), None).await;
    let uri = shop.client.redirect_uri.as_str();
    let fine = signer.sign(&object(&shop, &json!({})));
    is_accepted(
        &bring_object(&mut app.browser(), &shop, &fine).await,
        "nothing is wrong",
    );
    let mut wrong = Vec::new();
    for change in [
        json!({"iss": "other"}),
        json!({"client_id": "other"}),
        json!({"client_id": ["shop"]}),
        json!({"aud": "https://elsewhere.example"}),
        json!({"aud": []}),
        json!({"exp": START - 10}),
        json!({"exp": "soon"}),
        json!({"nbf": START + 61}),
        json!({"request": "x"}),
        json!({"request_uri": "https://shop.example/r"}),
    ] {
        wrong.push((change.to_string(), signer.sign(&object(&shop, &change))));
    }
    let public = serde_json::to_vec(&signer.jwk()).expect("JSON");
    let asked = object(&shop, &json!({}));
    wrong.extend([
        ("a key of another client".to_owned(), stranger.sign(&asked)),
        (
            "a key in the header".to_owned(),
            stranger.sign_with(&json!({"jwk": stranger.jwk()}), &asked),
        ),
        (
            "a public key as a secret".to_owned(),
            sign_hs256(&public, &asked),
        ),
        ("its own secret".to_owned(), {
            let secret = shop.secret.as_deref().expect("a secret");
            sign_hs256(secret.as_bytes(), &asked)
        }),
        (
            "unsigned".to_owned(),
            format!("{}.", unsigned(&json!({"alg": "none"}), &asked)),
        ),
        (
            "another kind of JWT".to_owned(),
            signer.sign_with(&json!({"typ": "dpop+jwt"}), &asked),
        ),
        ("changed".to_owned(), {
            let (head, tail) = fine.rsplit_once('.').expect("a signature");
            let (header, _) = head.split_once('.').expect("a payload");
            let other = unsigned(&json!({}), &object(&shop, &json!({"state": "x"})));
            let payload = other.split_once('.').expect("a payload").1.to_owned();
            format!("{header}.{payload}.{tail}")
        }),
        ("nothing".to_owned(), "x".to_owned()),
    ]);
    for (what, object) in wrong {
        // Told by redirect only where the query says whither, on a page otherwise.
        let page = bring_object(&mut app.browser(), &shop, &object).await;
        assert_eq!(page.error().as_deref(), Some("bad_request"), "{what}");
        let params = [
            ("client_id", "shop"),
            ("request", object.as_str()),
            ("redirect_uri", uri),
            ("state", "the state"),
        ];
        let page = bring(&mut app.browser(), &params).await;
        let answer = shop.client.answer(&page);
        assert_eq!(answer["error"], "invalid_request_object", "{what}");
    }
    // The redirect URI inside is checked like any.
    let object = signer.sign(&object(
        &shop,
        &json!({"redirect_uri": "https://evil.example/"}),
    ));
    let page = bring_object(&mut app.browser(), &shop, &object).await;
    assert_eq!(page.error().as_deref(), Some("wrong_redirect"));
}

async fn what_stands_beside_it_does_not_count_and_may_not_contradict(app: TestApp) {
    let signer = Signer::new("ES256", "one");
    let shop = Business::with(&app, "shop", json!({"jwks": signer.jwks()}), None).await;
    let mut ada = app.person("Ada", ADA).await;
    let asked = signer.sign(&object(&shop, &json!({"prompt": "none"})));
    let params = [
        ("client_id", "shop"),
        ("request", asked.as_str()),
        ("response_type", "code"),
        ("redirect_uri", "https://evil.example/"),
        ("state", "forged"),
        ("prompt", "login"),
        ("nonce", "forged"),
    ];
    let page = ada.visit(&format!("/authorize?{}", form(&params))).await;
    assert_eq!(page.error().as_deref(), None);
    assert_eq!(shop.client.answer(&page)["error"], "consent_required");
    // What is only outside is not there.
    let bare = signer.sign(&object(&shop, &json!({"scope": null})));
    let params = [
        ("client_id", "shop"),
        ("request", bare.as_str()),
        ("scope", "openid"),
    ];
    let page = bring(&mut ada, &params).await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_scope");
    let params = [
        ("client_id", "shop"),
        ("request", asked.as_str()),
        ("response_type", "token"),
        ("redirect_uri", shop.client.redirect_uri.as_str()),
        ("state", "the state"),
    ];
    let page = bring(&mut ada, &params).await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_request_object");
    let uri = shop.client.redirect_uri.as_str();
    for more in [
        ("request", asked.as_str()),
        ("request_uri", "https://shop.example/r"),
    ] {
        let params = [
            ("client_id", "shop"),
            ("request", asked.as_str()),
            more,
            ("redirect_uri", uri),
            ("state", "the state"),
        ];
        let page = bring(&mut ada, &params).await;
        assert_eq!(
            shop.client.answer(&page)["error"],
            "invalid_request",
            "{more:?}"
        );
    }
}

async fn an_unsigned_one_is_for_clients_that_registered_so(app: TestApp) {
    let bare = |business: &Business| {
        let claims = object(
            business,
            &json!({"iss": null, "aud": null, "exp": null, "nbf": null}),
        );
        format!("{}.", unsigned(&json!({"alg": "none"}), &claims))
    };
    let plain = Business::open(&app, "plain").await;
    let page = bring_object(&mut app.browser(), &plain, &bare(&plain)).await;
    assert_eq!(page.error().as_deref(), Some("bad_request"));
    let none = json!({"request_object_signing_alg": "none"});
    let lax = Business::with(&app, "lax", none, None).await;
    is_accepted(
        &bring_object(&mut app.browser(), &lax, &bare(&lax)).await,
        "unsigned",
    );
    // Whoever registered one algorithm gets no other.
    let (signer, other) = (Signer::new("ES256", "one"), Signer::new("PS256", "two"));
    let keys = json!({
        "jwks": {"keys": [signer.jwk(), other.jwk()]},
        "request_object_signing_alg": "PS256",
    });
    let strict = Business::with(&app, "strict", keys, None).await;
    let asked = object(&strict, &json!({}));
    let page = bring_object(&mut app.browser(), &strict, &other.sign(&asked)).await;
    is_accepted(&page, "PS256");
    for object in [signer.sign(&asked), bare(&strict)] {
        let page = bring_object(&mut app.browser(), &strict, &object).await;
        assert_eq!(page.error().as_deref(), Some("bad_request"));
    }
}

async fn a_client_that_must_sign_is_refused_otherwise(app: TestApp) {
    let signer = Signer::new("ES256", "one");
    let must = json!({"jwks": signer.jwks(), "require_signed_request_object": true});
    let shop = Business::with(&app, "shop", must, None).await;
    let page = app.browser().get(&shop.client.request(&[])).await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_request");
    let asked = signer.sign(&object(&shop, &json!({})));
    is_accepted(
        &bring_object(&mut app.browser(), &shop, &asked).await,
        "signed",
    );
}

async fn a_registered_reference_is_fetched_and_no_other(app: TestApp) {
    let signer = Signer::new("ES256", "one");
    let server = MockServer::start().await;
    let at = |path: &str| format!("{}{path}", server.uri());
    let metadata = json!({
        "jwks": signer.jwks(),
        "request_uris": [at("/r#1"), at("/gone"), at("/large"), "https://169.254.169.254/latest"],
    });
    let shop = Business::with(&app, "shop", metadata, None).await;
    let asked = signer.sign(&object(&shop, &json!({})));
    for (to, answer) in [
        ("/r", ResponseTemplate::new(200).set_body_string(asked)),
        (
            "/large",
            ResponseTemplate::new(200).set_body_string("x".repeat(40_000)),
        ),
    ] {
        Mock::given(path(to))
            .respond_with(answer)
            .mount(&server)
            .await;
    }
    let uri = shop.client.redirect_uri.as_str();
    let bring = async |reference: &str| {
        let params = [
            ("client_id", "shop"),
            ("request_uri", reference),
            ("redirect_uri", uri),
            ("state", "the state"),
        ];
        bring(&mut app.browser(), &params).await
    };
    is_accepted(&bring(&at("/r#1")).await, "registered");
    let before = server.received_requests().await.expect("a list").len();
    for reference in [
        at("/r"),
        at("/r#2"),
        at("/r?x"),
        "https://shop.example/r".to_owned(),
    ] {
        let page = bring(&reference).await;
        assert_eq!(
            shop.client.answer(&page)["error"],
            "invalid_request_uri",
            "{reference}"
        );
    }
    let after = server.received_requests().await.expect("a list").len();
    assert_eq!(before, after, "nothing was fetched");
    for reference in [
        at("/gone"),
        at("/large"),
        "https://169.254.169.254/latest".to_owned(),
    ] {
        let page = bring(&reference).await;
        assert_eq!(
            shop.client.answer(&page)["error"],
            "invalid_request_uri",
            "{reference}"
        );
    }
}

async fn it_may_be_pushed_and_fapi2_holds_it_to_its_times(app: TestApp) {
    let signer = Signer::new("ES256", "one");
    let bank = signing_client(&app, "bank", &signer, json!({"security_profile": "fapi2"})).await;
    let push = async |object: &str, beside: &[(&str, &str)]| {
        let token = signer.sign(&{
            let mut claims = claims("bank", ISSUER);
            claims["exp"] = json!(app.app.now().as_seconds() + 60);
            claims
        });
        let mut params: Vec<(String, String)> = assertion(&token)
            .iter()
            .chain(beside)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        params.push(("request".to_owned(), object.to_owned()));
        push_as(&bank, None, &params).await
    };
    let beside = [
        ("client_id", "bank"),
        ("state", "forged"),
        ("redirect_uri", "x:y"),
    ];
    name_of(&push(&signer.sign(&object(&bank, &json!({}))), &beside).await);
    for change in [
        json!({"aud": null}),
        json!({"aud": "https://elsewhere.example"}),
        json!({"exp": null}),
        json!({"nbf": null}),
        json!({"client_id": null}),
        json!({"nbf": START - 3_601, "exp": START + 10}),
        json!({"nbf": START, "exp": START + 3_601}),
        json!({"exp": START - 11}),
        json!({"nbf": START + 61}),
    ] {
        let told = push(&signer.sign(&object(&bank, &change)), &[]).await;
        assert_eq!(told.error(), "invalid_request_object", "{change}");
    }
    let both = json!({"aud": [ISSUER, "https://elsewhere.example"]});
    name_of(&push(&signer.sign(&object(&bank, &both)), &[]).await);
    app.wait(Duration::from_mins(30));
    let edge = object(&bank, &json!({"exp": START + 3_600}));
    name_of(&push(&signer.sign(&edge), &[]).await);
    let bare = format!("{}.", unsigned(&json!({"alg": "none"}), &edge));
    assert_eq!(push(&bare, &[]).await.error(), "invalid_request_object");
}
