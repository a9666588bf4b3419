//! `/authorize`: what is told by redirect, what by a page, and what not at all.

use axum::http::Method;
use serde_json::json;

use super::Business;
use super::business::form;
use crate::harness::{ADA, Actor, CHALLENGE, Client, EVE, Page, TestApp, on_both_databases};

/// A request in which some parameters differ: `None` leaves one out.
fn request(client: &Client, changes: &[(&str, Option<&str>)]) -> String {
    let base = [
        ("client_id", client.id.as_str()),
        ("redirect_uri", &client.redirect_uri),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "the state"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let kept = base
        .into_iter()
        .filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    let new = changes
        .iter()
        .filter_map(|(name, value)| value.map(|value| (*name, value)));
    let params: Vec<_> = kept.chain(new).collect();
    form(&params)
}

async fn ask(actor: &mut Actor, client: &Client, changes: &[(&str, Option<&str>)]) -> Page {
    let query = request(client, changes);
    actor.get(&format!("/authorize?{query}")).await
}

/// Told on a page, with nothing that a browser would follow.
#[track_caller]
fn is_page(page: &Page, code: &str, what: &str) {
    assert_eq!(page.redirect(), None, "{what}");
    assert!(!page.headers.contains_key("refresh"), "{what}");
    assert_eq!(page.error().as_deref(), Some(code), "{what}");
    assert!(page.status.is_client_error(), "{what}: {}", page.status);
}

/// The sign-in page: the request is accepted.
#[track_caller]
fn is_accepted(page: &Page, what: &str) {
    let location = page.redirect().unwrap_or_default();
    assert!(
        location.starts_with("/sign-in?request="),
        "{what}: {location}"
    );
}

on_both_databases!(
    what_is_wrong_with_a_request_is_told_by_redirect,
    a_parameter_that_comes_twice_is_refused_and_an_unknown_one_is_not,
    an_unknown_client_or_redirect_uri_is_never_redirected_to,
    the_port_of_a_native_loopback_redirect_may_differ_and_nothing_else,
    an_oversized_or_unreadable_request_gets_a_page,
    a_posted_request_is_turned_into_a_get_that_says_the_same,
    saying_no_is_told_with_state_and_issuer,
    a_request_waits_for_one_browser_alone_and_not_for_ever,
    browsers_of_other_sites_may_not_read_the_authorization_endpoint,
);

async fn what_is_wrong_with_a_request_is_told_by_redirect(app: TestApp) {
    let public = Business::with(
        &app,
        "app",
        json!({"token_endpoint_auth_method": "none"}),
        None,
    )
    .await;
    let client = &public.client;
    let long = "x".repeat(2_049);
    let table: &[(&str, &[(&str, Option<&str>)])] = &[
        ("invalid_request_object", &[("request", Some("e30.e30."))]),
        (
            "invalid_request_uri",
            &[("request_uri", Some("https://app.example/r"))],
        ),
        (
            "registration_not_supported",
            &[("registration", Some("{}"))],
        ),
        ("invalid_request", &[("response_type", None)]),
        ("invalid_request", &[("response_type", Some(""))]),
        (
            "unsupported_response_type",
            &[("response_type", Some("token"))],
        ),
        (
            "unsupported_response_type",
            &[("response_type", Some("code id_token"))],
        ),
        ("invalid_request", &[("response_mode", Some("fragment"))]),
        ("invalid_request", &[("response_mode", Some("web_message"))]),
        ("invalid_scope", &[("scope", None)]),
        ("invalid_scope", &[("scope", Some("profile email"))]),
        ("invalid_scope", &[("scope", Some("openidx"))]),
        ("invalid_request", &[("nonce", Some(&long))]),
        (
            "invalid_request",
            &[("code_challenge", None), ("code_challenge_method", None)],
        ),
        ("invalid_request", &[("code_challenge", None)]),
        ("invalid_request", &[("code_challenge", Some(""))]),
        ("invalid_request", &[("code_challenge_method", None)]),
        (
            "invalid_request",
            &[("code_challenge_method", Some("plain"))],
        ),
        (
            "invalid_request",
            &[("code_challenge_method", Some("s256"))],
        ),
        ("invalid_request", &[("code_challenge", Some("short"))]),
        (
            "invalid_request",
            &[(
                "code_challenge",
                Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"),
            )],
        ),
        ("invalid_request", &[("prompt", Some("whatever"))]),
        ("invalid_request", &[("prompt", Some("login whatever"))]),
        ("invalid_request", &[("prompt", Some("none login"))]),
        ("invalid_request", &[("prompt", Some("consent none"))]),
        ("invalid_request", &[("max_age", Some("-1"))]),
        ("invalid_request", &[("max_age", Some("soon"))]),
        ("invalid_request", &[("max_age", Some("1.5"))]),
        ("invalid_request", &[("max_age", Some("99999999999"))]),
    ];
    for (error, changes) in table {
        let page = ask(&mut app.browser(), client, changes).await;
        let answer = client.answer(&page);
        assert_eq!(answer["error"], *error, "{changes:?}");
        assert!(!answer["error_description"].is_empty());
        assert!(!answer.contains_key("code"));
    }
}

async fn a_parameter_that_comes_twice_is_refused_and_an_unknown_one_is_not(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let client = &shop.client;
    let plain = request(
        client,
        &[
            ("nonce", Some("n")),
            ("prompt", Some("login")),
            ("max_age", Some("9")),
            ("ui_locales", Some("nl")),
            ("login_hint", Some("a")),
            ("display", Some("page")),
        ],
    );
    for name in [
        "response_type",
        "scope",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "ui_locales",
        "login_hint",
        "display",
    ] {
        let page = app
            .browser()
            .get(&format!("/authorize?{plain}&{name}=again"))
            .await;
        assert_eq!(client.answer(&page)["error"], "invalid_request", "{name}");
    }
    // Which of two states is the client's own, nobody can tell.
    let page = app
        .browser()
        .get(&format!("/authorize?{plain}&state=other"))
        .await;
    let location = page.location();
    assert!(
        location.contains("error=invalid_request") && !location.contains("state="),
        "{location}"
    );
    for name in ["client_id", "redirect_uri"] {
        let page = app
            .browser()
            .get(&format!("/authorize?{plain}&{name}=x"))
            .await;
        is_page(&page, "bad_request", name);
    }
    let page = app
        .browser()
        .get(&format!(
            "/authorize?{plain}&utm_source=a&utm_source=b&colours=x"
        ))
        .await;
    is_accepted(&page, "unknown parameters");
}

async fn an_unknown_client_or_redirect_uri_is_never_redirected_to(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let other = Business::open(&app, "other").await;
    let client = &shop.client;
    for id in [
        None,
        Some(""),
        Some("nobody"),
        Some("SHOP"),
        Some("shop "),
        Some("shop\u{0}"),
        Some(&*"x".repeat(5_000)),
    ] {
        let page = ask(&mut app.browser(), client, &[("client_id", id)]).await;
        is_page(&page, "unknown_client", &format!("{id:?}"));
    }
    assert_eq!(client.redirect_uri, "https://shop.example/back?from=sluis");
    for uri in [
        "",
        "https://shop.example/back",
        "https://shop.example/back?from=sluis&more=1",
        "https://shop.example/back?from=slui%73",
        "https://shop.example/back?",
        "https://shop.example/back/?from=sluis",
        "https://shop.example/back/more?from=sluis",
        "https://shop.example/x/../back?from=sluis",
        "https://shop.example/%62ack?from=sluis",
        "https://shop.example//back?from=sluis",
        "https://shop.example:443/back?from=sluis",
        "https://shop.example:8443/back?from=sluis",
        "https://someone@shop.example/back?from=sluis",
        "https://shop.example@evil.example/back?from=sluis",
        "https://shop.example.evil.example/back?from=sluis",
        "https://evil.example/back?from=sluis",
        "https://shop.example\\@evil.example/back?from=sluis",
        "https://shop.example/back?from=sluis#part",
        "https://shop.example/back?from=sluis#",
        "http://shop.example/back?from=sluis",
        "HTTPS://shop.example/back?from=sluis",
        "https://SHOP.example/back?from=sluis",
        "//shop.example/back?from=sluis",
        " https://shop.example/back?from=sluis",
        "https://shop.example/back?from=sluis ",
        "https://shop.example/back?from=sluis\r\nLocation: https://evil.example",
        "javascript:alert(1)",
        "/back?from=sluis",
        &other.client.redirect_uri,
    ] {
        let page = ask(&mut app.browser(), client, &[("redirect_uri", Some(uri))]).await;
        is_page(&page, "wrong_redirect", uri);
    }
    let page = ask(&mut app.browser(), client, &[("redirect_uri", None)]).await;
    is_page(&page, "wrong_redirect", "missing");
    // Nor when something else is wrong as well.
    let page = ask(
        &mut app.browser(),
        client,
        &[
            ("redirect_uri", Some("https://evil.example/")),
            ("prompt", Some("none")),
        ],
    )
    .await;
    is_page(&page, "wrong_redirect", "prompt=none");
}

async fn the_port_of_a_native_loopback_redirect_may_differ_and_nothing_else(app: TestApp) {
    let native = |uri: &str| json!({"redirect_uris": [uri], "application_type": "native", "token_endpoint_auth_method": "none"});
    let four = Business::with(&app, "four", native("http://127.0.0.1:7000/back"), None).await;
    let six = Business::with(&app, "six", native("http://[::1]/back"), None).await;
    let name = Business::with(&app, "name", native("http://localhost:7000/back"), None).await;
    let web = Business::with(
        &app,
        "web",
        json!({"redirect_uris": ["http://127.0.0.1:7000/back"]}),
        None,
    )
    .await;
    for (business, uri) in [
        (&four, "http://127.0.0.1:7000/back"),
        (&four, "http://127.0.0.1:51004/back"),
        (&four, "http://127.0.0.1/back"),
        (&six, "http://[::1]:51004/back"),
        (&name, "http://localhost:7000/back"),
    ] {
        let page = ask(
            &mut app.browser(),
            &business.client,
            &[("redirect_uri", Some(uri))],
        )
        .await;
        is_accepted(&page, uri);
    }
    for (business, uri) in [
        (&four, "http://127.0.0.2:7000/back"),
        (&four, "http://localhost:7000/back"),
        (&four, "http://[::1]:7000/back"),
        (&four, "http://127.0.0.1:51004/back/more"),
        (&four, "http://127.0.0.1:51004/back?x"),
        (&four, "http://127.0.0.1:51004/back#x"),
        (&four, "http://a@127.0.0.1:51004/back"),
        (&four, "http://127.0.0.1:51004@evil.example/back"),
        (&four, "http://127.1:51004/back"),
        (&four, "http://2130706433:51004/back"),
        (&four, "https://127.0.0.1:51004/back"),
        (&name, "http://localhost:51004/back"),
        (&name, "http://127.0.0.1:7000/back"),
        (&web, "http://127.0.0.1:51004/back"),
    ] {
        let page = ask(
            &mut app.browser(),
            &business.client,
            &[("redirect_uri", Some(uri))],
        )
        .await;
        is_page(&page, "wrong_redirect", uri);
    }
}

async fn an_oversized_or_unreadable_request_gets_a_page(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let query = request(&shop.client, &[]);
    let page = app
        .browser()
        .get(&format!("/authorize?{query}&x={}", "y".repeat(17_000)))
        .await;
    is_page(&page, "too_large", "query");
    let page = app
        .browser()
        .get(&format!("/authorize?{query}{}", "&a=b".repeat(250)))
        .await;
    is_page(&page, "malformed", "parameters");
    let mut actor = app.browser();
    let body = Some(format!("{query}&x={}", "y".repeat(17_000)));
    let page = actor.send(Method::POST, "/authorize", body).await;
    is_page(&page, "too_large", "body");
    let page = actor.send(Method::POST, "/authorize", None).await;
    is_page(&page, "malformed", "not a form");
    let long = "s".repeat(2_049);
    let page = ask(&mut app.browser(), &shop.client, &[("state", Some(&long))]).await;
    assert!(page.location().contains("error=invalid_request"));
}

async fn a_posted_request_is_turned_into_a_get_that_says_the_same(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut person = app.person("Ada", ADA).await;
    let state = "a b&c=d#e%é\u{1}\"'<";
    let query = request(
        &shop.client,
        &[("state", Some(state)), ("prompt", Some("none"))],
    );
    let page = person.send(Method::POST, "/authorize", Some(query)).await;
    assert!(
        page.location().starts_with("/authorize?"),
        "{}",
        page.location()
    );
    let page = person.follow(page).await;
    let url = url::Url::parse(page.location()).expect("a URL");
    let told: std::collections::BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    assert_eq!(told["error"], "consent_required");
    assert_eq!(told["state"], state);
    // Raw, as no browser would write it.
    let raw = format!(
        "client_id=shop&redirect_uri={}&x=\u{1}#\" y",
        shop.client.redirect_uri
    );
    let page = person.send(Method::POST, "/authorize", Some(raw)).await;
    let page = person.follow(page).await;
    assert!(
        page.location().starts_with(&shop.client.redirect_uri),
        "{}",
        page.location()
    );
}

async fn saying_no_is_told_with_state_and_issuer(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut person = app.person("Ada", ADA).await;
    let page = person.visit(&shop.client.request(&[])).await;
    let page = person.submit(page.form("consent").press("deny")).await;
    assert_eq!(shop.client.answer(&page)["error"], "access_denied");
}

async fn a_request_waits_for_one_browser_alone_and_not_for_ever(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let mut eve = app.person("Eve", EVE).await;
    let page = ada.get(&shop.client.request(&[])).await;
    let path = page.location().to_owned();
    assert!(path.starts_with("/consent/"), "{path}");
    is_page(&eve.get(&path).await, "unknown_request", "another browser");
    let form = ada.get(&path).await.allowing("low");
    let stolen = eve.get("/account").await.form("/language");
    let csrf = stolen.value("csrf").expect("a token").to_owned();
    let page = eve.submit(form.clone().forged("csrf", &csrf)).await;
    is_page(&page, "unknown_request", "another browser's form");
    app.wait(std::time::Duration::from_secs(3_600));
    is_page(&ada.submit(form).await, "expired", "an hour later");
}

async fn browsers_of_other_sites_may_not_read_the_authorization_endpoint(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let path = shop.client.request(&[]);
    let origin = [("origin", "https://evil.example")];
    let told = shop.ask(Method::GET, &path, &origin, String::new()).await;
    assert_eq!(told.header("access-control-allow-origin"), "");
    let told = shop.ask(Method::GET, "/jwks", &origin, String::new()).await;
    assert_eq!(told.header("access-control-allow-origin"), "*");
    assert_eq!(told.header("access-control-allow-credentials"), "");
    // Nor are the documents closed to a browser that asks first.
    let asks = [origin[0], ("access-control-request-method", "GET")];
    for path in ["/.well-known/openid-configuration", "/jwks", "/token"] {
        let told = shop.ask(Method::OPTIONS, path, &asks, String::new()).await;
        assert_eq!(told.header("access-control-allow-origin"), "*", "{path}");
    }
}
