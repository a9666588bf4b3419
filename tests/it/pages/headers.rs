//! What browsers are told with every answer.

use axum::http::{HeaderMap, Method, StatusCode};

use crate::harness::{ADA, Page, TestApp, on_both_databases};
use crate::html::tags;
use crate::protocol::Business;

on_both_databases! {
    every_page_says_exactly_what_it_may_do,
    whatever_comes_of_a_request_no_type_is_guessed,
}

/// Of every page, whatever is on it.
const FIXED: [(&str, &str); 6] = [
    ("cache-control", "no-store"),
    ("cross-origin-opener-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), geolocation=(), microphone=()",
    ),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];
const NO_SCRIPT: &str = "";
const PASSKEYS: &str = "script-src 'self'; connect-src 'self'; ";

fn policy(scripts: &str, leads_to: &str) -> String {
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; {scripts}form-action 'self'{leads_to}; \
         frame-ancestors 'none'; base-uri 'none'"
    )
}

#[track_caller]
fn header<'a>(headers: &'a HeaderMap, name: &str, path: &str) -> &'a str {
    let mut values = headers.get_all(name).iter();
    let value = values.next().unwrap_or_else(|| panic!("{path}: no {name}"));
    assert_eq!(values.next(), None, "{path} says {name} twice");
    value.to_str().expect("text")
}

#[track_caller]
fn is_kept_to(page: &Page, policy: &str) {
    let path = &page.path;
    assert_eq!(
        header(&page.headers, "content-security-policy", path),
        policy,
        "{path}"
    );
    for (name, value) in FIXED {
        assert_eq!(header(&page.headers, name, path), value, "{path}: {name}");
    }
}

async fn every_page_says_exactly_what_it_may_do(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    let mut stranger = app.browser();
    let plain = policy(NO_SCRIPT, "");
    for path in [
        "/",
        "/account",
        "/account/profiles",
        "/account/data/import",
        "/sign-out",
        "/receipts",
    ] {
        let page = ada.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        is_kept_to(&page, &plain);
    }
    // One asks for passkeys by a script of ours.
    for (path, scripts) in [("/sign-in", PASSKEYS), ("/sign-up", NO_SCRIPT)] {
        let page = stranger.get(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}");
        is_kept_to(&page, &policy(scripts, ""));
    }
    // What went wrong, and what leads elsewhere.
    let form = ada.get("/sign-out").await.form("sign-out");
    let form = form.press("sign-out-confirm");
    for (page, status) in [
        (ada.get("/nothing").await, StatusCode::NOT_FOUND),
        (
            ada.get("/authorize?client_id=nobody").await,
            StatusCode::BAD_REQUEST,
        ),
        (
            ada.submit(form.clone().without("csrf")).await,
            StatusCode::FORBIDDEN,
        ),
        (
            ada.submit(form.forged("csrf", &"x".repeat(200_000))).await,
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (stranger.get("/account").await, StatusCode::SEE_OTHER),
        (ada.get("/sign-in").await, StatusCode::SEE_OTHER),
    ] {
        assert_eq!(page.status, status, "{}", page.path);
        is_kept_to(&page, &plain);
    }
    // The one place from which people go on to somebody else.
    let request = shop.request(&[]);
    let to_the_shop = " https: https://shop.example";
    is_kept_to(&ada.visit(&request).await, &policy(NO_SCRIPT, to_the_shop));
    is_kept_to(
        &stranger.visit(&request).await,
        &policy(PASSKEYS, to_the_shop),
    );
}

async fn whatever_comes_of_a_request_no_type_is_guessed(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let style = app.browser().get("/sign-in").await;
    let style = tags(&style.html).into_iter().find_map(|(tag, _)| {
        tag.get("href")
            .filter(|url| url.strip_suffix(".css").is_some())
            .map(str::to_owned)
    });
    let style = style.expect("a style sheet");
    for (method, path, status) in [
        (Method::GET, style.as_str(), StatusCode::OK),
        (Method::GET, "/assets/nothing.css", StatusCode::NOT_FOUND),
        (Method::GET, "/healthz", StatusCode::OK),
        (Method::GET, "/readyz", StatusCode::OK),
        (
            Method::GET,
            "/.well-known/openid-configuration",
            StatusCode::OK,
        ),
        (Method::GET, "/jwks", StatusCode::OK),
        (Method::GET, "/schemas/export/v1.json", StatusCode::OK),
        (Method::GET, "/userinfo", StatusCode::UNAUTHORIZED),
        (Method::GET, "/api/v1/plan", StatusCode::UNAUTHORIZED),
        (Method::GET, "/token", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/nothing", StatusCode::NOT_FOUND),
    ] {
        let told = shop.ask(method, path, &[], String::new()).await;
        assert_eq!(told.status, status, "{path}");
        assert_eq!(
            header(&told.headers, "x-content-type-options", path),
            "nosniff"
        );
    }
    // OAuth 2.1 §3.2.3: what holds a token is kept by nobody.
    let told = shop.token(&[("grant_type", "nothing")]).await;
    assert_eq!(header(&told.headers, "cache-control", "/token"), "no-store");
}
