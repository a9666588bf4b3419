//! Forms on other sites: a browser says where a form is, and what is on another
//! site does nothing here, also with the right token in it. What other sites are
//! meant to send is another matter.

use axum::http::{Method, StatusCode};

use crate::harness::{ADA, PASSWORD, Page, SentFrom, TestApp, VERIFIER, on_both_databases};
use crate::protocol::{Business, SCOPES, text};

on_both_databases! {
    a_form_on_another_site_does_nothing,
    a_form_whose_origin_is_not_told_needs_its_token,
    servers_and_apps_in_browsers_are_on_other_sites,
}

const ELSEWHERE: [SentFrom; 6] = [
    &[
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example"),
    ],
    &[("sec-fetch-site", "cross-site")],
    // Another host of the same domain, which may be anybody's.
    &[("sec-fetch-site", "same-site")],
    // Of a browser from before there was such a header.
    &[("origin", "https://evil.example")],
    // Another port of this machine.
    &[("origin", "http://localhost:8001")],
    // From a sandboxed frame, or by way of a redirect.
    &[("origin", "null")],
];
/// Neither is told: an old browser, or something that is none.
const UNTOLD: SentFrom = &[];

/// In words, and not by an empty page.
#[track_caller]
fn is_refused(page: &Page, from: SentFrom) {
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{from:?}");
    assert_eq!(page.error().as_deref(), Some("forged"), "{from:?}");
    page.says("Nothing has changed.");
}

async fn a_form_on_another_site_does_nothing(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let nickname = ada.get("/account/profiles/nickname").await;
    let nickname = nickname.form("attribute").with("value", "Countess");
    let nickname = nickname.press("save");
    let out = ada.get("/sign-out").await.form("sign-out");
    let out = out.press("sign-out-confirm");
    let import = ada.get("/account/data/import").await;
    let token = import
        .form("import")
        .value("csrf")
        .expect("a token")
        .to_owned();
    let file: [(&str, &[u8]); 2] = [("csrf", token.as_bytes()), ("file", b"{}")];
    for from in ELSEWHERE {
        let mut lured = ada.clone();
        lured.sends_from = from;
        for form in [&nickname, &out] {
            is_refused(&lured.submit(form.clone()).await, from);
        }
        is_refused(&lured.upload("/account/data/import", &file).await, from);
    }
    let page = ada.get("/account/profiles/nickname").await;
    assert_eq!(page.form("attribute").value("value"), Some(""));
    // It was where they were, and nothing else.
    let page = ada.upload("/account/data/import", &file).await;
    assert_ne!(page.status, StatusCode::FORBIDDEN);
    let page = ada.submit(nickname).await;
    assert_eq!(page.location(), "/account/profiles?done=saved");
    // Nor is anybody signed in from elsewhere.
    for from in ELSEWHERE {
        let mut lured = app.browser();
        let form = lured.get("/sign-in").await.form("sign-in");
        lured.sends_from = from;
        let form = form.with("email", ADA);
        is_refused(&lured.submit(form.with("password", PASSWORD)).await, from);
        assert!(!lured.jar.contains_key("sluis-session"), "{from:?}");
    }
}

async fn a_form_whose_origin_is_not_told_needs_its_token(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    ada.sends_from = UNTOLD;
    let out = ada.get("/sign-out").await.form("sign-out");
    let out = out.press("sign-out-confirm");
    let page = ada.submit(out.clone().forged("csrf", "AAAA")).await;
    assert_eq!(page.error().as_deref(), Some("forged"));
    assert_eq!(ada.submit(out).await.location(), "/sign-out");
}

async fn servers_and_apps_in_browsers_are_on_other_sites(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let shop = Business::open(&app, "shop").await;
    let redirect_uri = shop.client.redirect_uri.clone();
    for from in [ELSEWHERE[0], ELSEWHERE[3], ELSEWHERE[5], UNTOLD] {
        app.wait(std::time::Duration::from_secs(1));
        let code = shop.code(&mut ada, "low", &[("scope", SCOPES)]).await;
        let params = [
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &redirect_uri),
            ("code_verifier", VERIFIER),
        ];
        let tokens = shop.send("/token", from, &params).await.ok();
        let token = text(&tokens, "access_token");
        let bearer = format!("Bearer {token}");
        let mut headers = from.to_vec();
        headers.push(("authorization", &bearer));
        let told = shop.ask(Method::POST, "/userinfo", &headers, String::new());
        assert_eq!(told.await.status, StatusCode::OK, "{from:?}");
        let told = shop.send("/introspect", from, &[("token", token)]).await;
        assert_eq!(told.ok()["active"], true, "{from:?}");
        let told = shop.send("/revoke", from, &[("token", token)]).await;
        assert_eq!(told.status, StatusCode::OK, "{from:?}");
        // A site sends people here by a form (OpenID Connect Core §3.1.2.1).
        let mut sent = ada.clone();
        sent.sends_from = from;
        let request = shop.client.request(&[("scope", SCOPES)]);
        let (path, query) = request.split_once('?').expect("a query");
        let page = sent.send(Method::POST, path, Some(query.to_owned())).await;
        assert!(page.redirect().is_some(), "{from:?}: {}", page.words());
        // And away (RP-Initiated Logout §2), where they are asked.
        let page = sent
            .send(Method::POST, "/logout", Some(String::new()))
            .await;
        assert_ne!(page.status, StatusCode::FORBIDDEN, "{from:?}");
    }
    assert_eq!(ada.get("/account").await.status, StatusCode::OK);
}
