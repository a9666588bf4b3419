//! Pushed authorization requests.

use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use sluis::config::RateLimits;

use super::business::{FORM, basic, form};
use super::registrar::answer;
use super::{Business, Told};
use crate::harness::{ADA, Actor, CHALLENGE, EVE, Engine, Page, TestApp, on_both_databases};

/// What a client pushes, with parameters that differ: `None` leaves one out.
pub(super) fn request(
    business: &Business,
    changes: &[(&str, Option<&str>)],
) -> Vec<(String, String)> {
    let base = [
        ("redirect_uri", business.client.redirect_uri.as_str()),
        ("response_type", "code"),
        ("scope", "openid email"),
        ("state", "the state"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let kept = base
        .into_iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let new = changes
        .iter()
        .filter_map(|(name, value)| value.map(|value| (*name, value)));
    kept.chain(new)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Pushes parameters, with an `Authorization`.
pub(super) async fn push_as(
    business: &Business,
    authorization: Option<&str>,
    params: &[(String, String)],
) -> Told {
    let pairs: Vec<(&str, &str)> = params.iter().map(|(k, v)| (&**k, &**v)).collect();
    let mut headers = vec![FORM];
    headers.extend(authorization.map(|value| ("authorization", value)));
    business
        .ask(Method::POST, "/par", &headers, form(&pairs))
        .await
}

/// Pushes parameters, with the secret in the header.
pub(super) async fn push(business: &Business, changes: &[(&str, Option<&str>)]) -> Told {
    let secret = business.secret.as_deref().expect("a secret");
    let header = basic(&business.client.id, secret);
    push_as(business, Some(&header), &request(business, changes)).await
}

/// The `request_uri` of a push that succeeded.
#[track_caller]
pub(super) fn name_of(told: &Told) -> String {
    assert_eq!(told.status, StatusCode::CREATED, "{:?}", told.json);
    assert_eq!(told.header("cache-control"), "no-store");
    assert_eq!(told.json["expires_in"], 90);
    let name = told.json["request_uri"].as_str().expect("a name");
    assert!(
        name.starts_with("urn:ietf:params:oauth:request_uri:"),
        "{name}"
    );
    name.to_owned()
}

/// Where a browser brings a `request_uri`.
pub(super) fn path(client_id: &str, name: &str) -> String {
    format!(
        "/authorize?{}",
        form(&[("client_id", client_id), ("request_uri", name)])
    )
}

async fn bring(actor: &mut Actor, business: &Business, name: &str) -> Page {
    actor.visit(&path(&business.client.id, name)).await
}

on_both_databases!(
    a_pushed_request_is_answered_like_any_other,
    it_is_used_up_by_an_answer_and_not_by_a_page,
    of_two_tabs_with_one_request_one_gets_a_code,
    a_no_uses_it_up,
    its_name_is_good_for_its_client_and_a_short_time,
    a_push_is_refused_for_what_authorize_refuses,
    what_stands_beside_the_name_does_not_count,
    a_client_that_must_push_is_refused_otherwise,
    a_public_client_may_push,
);

async fn a_pushed_request_is_answered_like_any_other(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let name = name_of(&push(&shop, &[]).await);
    let page = bring(&mut ada, &shop, &name).await;
    let page = ada.submit(page.allowing("low")).await;
    let code = shop.client.answer(&page)["code"].clone();
    shop.redeem(&code).await.ok();
    // At a known business nothing is asked.
    let name = name_of(&push(&shop, &[]).await);
    let page = bring(&mut ada, &shop, &name).await;
    assert!(shop.client.answer(&page).contains_key("code"));
    // And it is there for whoever signs in first.
    let name = name_of(&push(&shop, &[]).await);
    let page = app.browser().get(&path("shop", &name)).await;
    assert!(page.location().starts_with("/sign-in?request="));
}

async fn it_is_used_up_by_an_answer_and_not_by_a_page(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let name = name_of(&push(&shop, &[]).await);
    for _ in 0..3 {
        let preview = app.browser().get(&path("shop", &name)).await;
        assert!(preview.location().starts_with("/sign-in"));
        bring(&mut ada, &shop, &name).await.form("consent");
    }
    let page = bring(&mut ada, &shop, &name).await;
    app.wait(Duration::from_mins(10));
    let form = page.allowing("low");
    let page = ada.submit(form.clone()).await;
    let code = shop.client.answer(&page)["code"].clone();
    let again = ada.submit(form).await;
    let second = shop.client.answer(&again)["code"].clone();
    assert_ne!(code, second, "a double click gets a code as well");
    let name_again = bring(&mut ada, &shop, &name).await;
    assert_eq!(name_again.error().as_deref(), Some("bad_request"));
    name_again.says("request_uri was used before");
    // The same where nothing is asked.
    let name = name_of(&push(&shop, &[]).await);
    let page = bring(&mut ada, &shop, &name).await;
    assert!(shop.client.answer(&page).contains_key("code"));
    let page = bring(&mut ada, &shop, &name).await;
    assert_eq!(page.error().as_deref(), Some("bad_request"));
}

async fn of_two_tabs_with_one_request_one_gets_a_code(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let mut eve = app.person("Eve", EVE).await;
    let name = name_of(&push(&shop, &[]).await);
    let hers = bring(&mut ada, &shop, &name).await;
    let other = bring(&mut eve, &shop, &name).await;
    let allow = |page: Page| page.allowing("low");
    let page = ada.submit(allow(hers)).await;
    assert!(shop.client.answer(&page).contains_key("code"));
    let page = eve.submit(allow(other)).await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_request_uri");
    let page = eve.get("/account/businesses").await;
    assert_eq!(page.grants(), Vec::<String>::new());
}

async fn a_no_uses_it_up(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let name = name_of(&push(&shop, &[]).await);
    let page = bring(&mut ada, &shop, &name).await;
    let page = ada.submit(page.form("consent").press("deny")).await;
    assert_eq!(shop.client.answer(&page)["error"], "access_denied");
    let page = bring(&mut ada, &shop, &name).await;
    assert_eq!(page.error().as_deref(), Some("bad_request"));
}

async fn its_name_is_good_for_its_client_and_a_short_time(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let other = Business::open(&app, "other").await;
    let name = name_of(&push(&shop, &[]).await);
    let mut browser = app.browser();
    let refused = [
        ("other", name.clone(), "bad_request"),
        ("nobody", name.clone(), "unknown_client"),
        ("shop", format!("{name}A"), "bad_request"),
        ("shop", name.replace("slpr_", "slbr_"), "bad_request"),
        (
            "shop",
            "urn:ietf:params:oauth:request_uri:".to_owned(),
            "bad_request",
        ),
        (
            "shop",
            "urn:ietf:params:oauth:request_uri:x".to_owned(),
            "bad_request",
        ),
    ];
    for (client, name, code) in refused {
        let page = browser.get(&path(client, &name)).await;
        assert_eq!(page.error().as_deref(), Some(code), "{client} {name}");
    }
    app.wait(Duration::from_secs(89));
    let page = browser.get(&path("shop", &name)).await;
    assert!(page.location().starts_with("/sign-in"));
    app.wait(Duration::from_secs(1));
    let page = browser.get(&path("shop", &name)).await;
    assert_eq!(page.error().as_deref(), Some("expired"));
    name_of(&push(&other, &[]).await);
}

async fn a_push_is_refused_for_what_authorize_refuses(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let table: &[(&str, &[(&str, Option<&str>)])] = &[
        ("invalid_request", &[("redirect_uri", None)]),
        (
            "invalid_request",
            &[("redirect_uri", Some("https://evil.example/"))],
        ),
        (
            "invalid_request",
            &[("request_uri", Some("urn:ietf:params:oauth:request_uri:x"))],
        ),
        (
            "invalid_request",
            &[("request_uri", Some("https://shop.example/r"))],
        ),
        ("invalid_request", &[("client_id", Some("other"))]),
        (
            "unsupported_response_type",
            &[("response_type", Some("token"))],
        ),
        ("invalid_request", &[("response_type", None)]),
        ("invalid_scope", &[("scope", Some("email"))]),
        (
            "invalid_request",
            &[("code_challenge_method", Some("plain"))],
        ),
        ("invalid_request", &[("prompt", Some("none login"))]),
        ("invalid_request_object", &[("request", Some("e30.e30."))]),
    ];
    for (error, changes) in table {
        let told = push(&shop, changes).await;
        assert_eq!(told.error(), *error, "{changes:?}");
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{changes:?}");
        assert!(!told.headers.contains_key("location"));
    }
    for header in [None, Some(basic("shop", "wrong"))] {
        let mut params = request(&shop, &[]);
        if header.is_none() {
            params.push(("client_id".to_owned(), "shop".to_owned()));
        }
        let told = push_as(&shop, header.as_deref(), &params).await;
        assert_eq!(told.error(), "invalid_client");
    }
    let told = shop.ask(Method::GET, "/par", &[], String::new()).await;
    assert_eq!(told.status, StatusCode::METHOD_NOT_ALLOWED);
}

async fn what_stands_beside_the_name_does_not_count(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let name = name_of(&push(&shop, &[("prompt", Some("none"))]).await);
    let beside = form(&[
        ("state", "forged"),
        ("redirect_uri", "https://evil.example/"),
        ("prompt", "login"),
        ("response_mode", "form_post"),
    ]);
    let page = ada.get(&format!("{}&{beside}", path("shop", &name))).await;
    assert_eq!(shop.client.answer(&page)["error"], "consent_required");
}

async fn a_client_that_must_push_is_refused_otherwise(app: TestApp) {
    let must = json!({"require_pushed_authorization_requests": true});
    let shop = Business::with(&app, "shop", must, None).await;
    let page = app.browser().get(&shop.client.request(&[])).await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_request");
    let name = name_of(&push(&shop, &[]).await);
    let page = app.browser().get(&path("shop", &name)).await;
    assert!(page.location().starts_with("/sign-in"));
}

async fn a_public_client_may_push(app: TestApp) {
    let public: Value = json!({"token_endpoint_auth_method": "none"});
    let shop = Business::with(&app, "shop", public, None).await;
    let mut params = request(&shop, &[]);
    params.push(("client_id".to_owned(), "shop".to_owned()));
    name_of(&push_as(&shop, None, &params).await);
    params.retain(|(name, _)| !name.starts_with("code_challenge"));
    let told = push_as(&shop, None, &params).await;
    assert_eq!(told.error(), "invalid_request", "PKCE is asked for as ever");
}

fn from(address: [u8; 4], method: &str, path: &str) -> Request<Body> {
    let peer = std::net::SocketAddr::from((address, 9));
    Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost:8000")
        .header("content-type", "application/x-www-form-urlencoded")
        .extension(ConnectInfo(peer))
        .body(Body::empty())
        .expect("a request")
}

/// How many requests are let through before one is refused for being too many,
/// of so many; and that refusal. (While they come, some allowance comes back.)
async fn refused_after(app: &TestApp, method: &str, path: &str, most: u32) -> Option<(u32, Told)> {
    for turn in 0..most {
        let told = answer(&app.router, from([192, 0, 2, 1], method, path)).await;
        if told.status == StatusCode::TOO_MANY_REQUESTS {
            return Some((turn, told));
        }
    }
    None
}

/// What is kept for whoever asks has a limit per network, one for all the ways
/// in which it comes; and it is a wide one.
#[tokio::test]
async fn pushing_is_held_to_a_limit() {
    let app = TestApp::start(Engine::Sqlite).await;
    let (after, _) = refused_after(&app, "POST", "/par", 9_000)
        .await
        .expect("a limit");
    assert!(after >= 3_000, "{after}");
    for (method, path) in [
        ("POST", "/par"),
        ("POST", "/device_authorization"),
        ("GET", "/authorize"),
    ] {
        let (after, told) = refused_after(&app, method, path, 1_000)
            .await
            .expect("the same limit");
        assert!(after < 1_000, "{path}");
        assert_eq!(told.header("retry-after"), "1", "{path}");
        if method == "POST" {
            assert_eq!(told.error(), "temporarily_unavailable");
            let description = told.json["error_description"].as_str();
            assert!(description.is_some_and(|text| text.contains("too many")));
        }
    }
    let told = answer(&app.router, from([192, 0, 2, 2], "POST", "/par")).await;
    assert_eq!(told.error(), "invalid_client", "others go on");
    let token = refused_after(&app, "POST", "/token", 50).await;
    assert!(token.is_none(), "nothing is kept there");
}

#[tokio::test]
async fn limits_can_be_off_for_tests() {
    let app = TestApp::start(Engine::Sqlite).await;
    let app = app
        .with(|config| config.rate_limits = RateLimits::Off)
        .await;
    let refused = refused_after(&app, "POST", "/par", 6_000).await;
    assert!(refused.is_none());
}
