//! RP-Initiated Logout 1.0.

use std::time::Duration;

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::Business;
use super::business::{claims_of, form, text};
use crate::harness::{ADA, Actor, BOB, PASSWORD, Page, TestApp, on_both_databases};

const AFTER: &str = "https://shop.example/bye?from=sluis";

on_both_databases!(
    whoever_comes_from_their_own_session_is_signed_out_at_once,
    whoever_is_not_certain_to_be_meant_is_asked,
    nobody_is_sent_where_the_client_did_not_register,
    nobody_is_sent_on_without_an_id_token_that_shows_who_asks,
    to_be_signed_out_already_is_no_error,
    a_post_says_the_same,
    a_request_at_sign_out_cannot_be_made_up,
    a_session_has_another_name_at_each_client,
    password_managers_find_where_to_change_a_password,
);

async fn shop(app: &TestApp) -> Business {
    let uris = json!({"post_logout_redirect_uris": [AFTER, "https://shop.example/x"]});
    Business::with(app, "shop", uris, None).await
}

async fn log_in(shop: &Business, ada: &mut Actor) -> String {
    let tokens = shop.log_in(ada, "low").await;
    text(&tokens, "id_token").to_owned()
}

async fn is_signed_in(actor: &mut Actor) -> bool {
    actor.get("/account").await.redirect().is_none()
}

/// Ada, who has signed in once more.
async fn in_a_new_session(app: &TestApp) -> Actor {
    let mut ada = app.browser();
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    ada
}

async fn log_out(actor: &mut Actor, params: &[(&str, &str)]) -> Page {
    actor.get(&format!("/logout?{}", form(params))).await
}

async fn whoever_comes_from_their_own_session_is_signed_out_at_once(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let hint = log_in(&shop, &mut ada).await;
    let cookies = ada.jar.clone();
    app.wait(Duration::from_secs(3_600));
    let asked = [
        ("id_token_hint", hint.as_str()),
        ("client_id", "shop"),
        ("post_logout_redirect_uri", AFTER),
        ("state", "s & t"),
        ("more", "x"),
    ];
    let page = log_out(&mut ada, &asked).await;
    assert_eq!(page.status.as_u16(), 303);
    assert_eq!(page.location(), format!("{AFTER}&state=s+%26+t"));
    assert!(!is_signed_in(&mut ada).await);
    ada.jar = cookies;
    assert!(
        !is_signed_in(&mut ada).await,
        "the session is gone, not its cookie alone"
    );
    let silent = [("scope", "openid"), ("prompt", "none")];
    let page = ada.get(&shop.client.request(&silent)).await;
    assert_eq!(shop.client.answer(&page)["error"], "login_required");
    // Without somewhere to go, there is a page that says it is done.
    let mut ada = in_a_new_session(&app).await;
    let hint = log_in(&shop, &mut ada).await;
    let page = log_out(&mut ada, &[("id_token_hint", &hint)]).await;
    assert_eq!(page.location(), "/sign-out");
    assert!(!is_signed_in(&mut ada).await);
}

async fn whoever_is_not_certain_to_be_meant_is_asked(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let earlier = log_in(&shop, &mut ada).await;
    let mut bob = app.person("Bob", BOB).await;
    let mut again = in_a_new_session(&app).await;
    let asked = [
        ("id_token_hint", earlier.as_str()),
        ("post_logout_redirect_uri", AFTER),
        ("state", "s"),
    ];
    // Another session of the same person, and another person.
    for actor in [&mut again, &mut bob] {
        let page = log_out(actor, &asked).await;
        assert!(
            page.location().starts_with("/sign-out?request="),
            "{:?}",
            page.redirect()
        );
        let page = actor.follow(page).await;
        page.says("The shop");
        let policy = page.headers["content-security-policy"]
            .to_str()
            .expect("text");
        assert!(
            policy.contains("form-action 'self' https: https://shop.example;"),
            "{policy}"
        );
        assert!(is_signed_in(actor).await, "nothing happened yet");
        let stay = page.form("sign-out").press("sign-out-cancel");
        assert_eq!(actor.submit(stay).await.location(), "/account");
        assert!(is_signed_in(actor).await);
        let leave = page.form("sign-out").press("sign-out-confirm");
        assert_eq!(
            actor.submit(leave).await.location(),
            format!("{AFTER}&state=s")
        );
        assert!(!is_signed_in(actor).await);
    }
    assert!(is_signed_in(&mut ada).await, "her other session goes on");
}

async fn nobody_is_sent_where_the_client_did_not_register(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let hint = log_in(&shop, &mut ada).await;
    let long = "s".repeat(2_049);
    for (uri, state) in [
        ("https://evil.example/", "s"),
        ("https://shop.example/bye", "s"),
        ("https://shop.example/bye?from=sluis&x=y", "s"),
        ("https://shop.example/bye?from=sluis#x", "s"),
        ("https://shop.example:443/bye?from=sluis", "s"),
        ("https://shop.example@evil.example/bye?from=sluis", "s"),
        ("https://shop.example/back?from=sluis", "s"),
        ("javascript:alert(1)", "s"),
        (AFTER, &long),
    ] {
        let asked = [
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", uri),
            ("state", state),
        ];
        let page = log_out(&mut ada, &asked).await;
        assert_eq!(
            (page.status.as_u16(), page.redirect()),
            (400, None),
            "{uri}"
        );
        assert!(page.html.contains("data-code=\"wrong_redirect\""), "{uri}");
        assert!(is_signed_in(&mut ada).await);
    }
    let twice = format!(
        "/logout?{}&state=a&state=b",
        form(&[("id_token_hint", &hint)])
    );
    let page = ada.get(&twice).await;
    assert!(page.html.contains("data-code=\"bad_request\""));
}

async fn nobody_is_sent_on_without_an_id_token_that_shows_who_asks(app: TestApp) {
    let shop = shop(&app).await;
    let evil = Business::open(&app, "evil").await;
    let mut ada = app.person("Ada", ADA).await;
    let hint = log_in(&shop, &mut ada).await;
    let of_evil = log_in(&evil, &mut ada).await;
    let (signed, _) = hint.rsplit_once('.').expect("three parts");
    let unsigned = format!(
        "eyJhbGciOiJub25lIn0.{}.",
        signed.split('.').nth(1).expect("a payload")
    );
    for asked in [
        vec![("client_id", "shop")],
        vec![("client_id", "shop"), ("id_token_hint", &unsigned)],
        vec![("client_id", "shop"), ("id_token_hint", &of_evil)],
        vec![("client_id", "evil"), ("id_token_hint", &hint)],
        vec![("client_id", "nobody")],
        vec![("id_token_hint", "x")],
        vec![],
    ] {
        let mut params = asked.clone();
        params.push(("post_logout_redirect_uri", AFTER));
        let page = log_out(&mut ada, &params).await;
        assert!(page.location().starts_with("/sign-out"), "{asked:?}");
        let page = ada.follow(page).await;
        assert!(is_signed_in(&mut ada).await);
        let leave = page.form("sign-out").press("sign-out-confirm");
        assert_eq!(ada.submit(leave).await.location(), "/sign-out", "{asked:?}");
        ada = in_a_new_session(&app).await;
    }
}

async fn to_be_signed_out_already_is_no_error(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let hint = log_in(&shop, &mut ada).await;
    let asked = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", AFTER),
    ];
    for _ in 0..2 {
        assert_eq!(log_out(&mut ada, &asked).await.location(), AFTER);
    }
    let page = log_out(&mut app.browser(), &[]).await;
    assert_eq!(page.location(), "/sign-out");
    let page = log_out(&mut app.browser(), &[("post_logout_redirect_uri", AFTER)]).await;
    assert_eq!(page.location(), "/sign-out");
}

async fn a_post_says_the_same(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let hint = log_in(&shop, &mut ada).await;
    let asked = form(&[
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", AFTER),
        ("state", "s"),
    ]);
    let page = ada.send(Method::POST, "/logout", Some(asked.clone())).await;
    assert_eq!(page.status.as_u16(), 303);
    assert_eq!(page.location(), format!("/logout?{asked}"));
    let page = ada.follow(page).await;
    assert_eq!(page.location(), format!("{AFTER}&state=s"));
    let page = ada.send(Method::POST, "/logout", None).await;
    assert_eq!(page.status.as_u16(), 400, "no form");
    let long = format!("/logout?x={}", "x".repeat(17_000));
    assert_eq!(ada.get(&long).await.status.as_u16(), 413);
}

async fn a_request_at_sign_out_cannot_be_made_up(app: TestApp) {
    let shop = shop(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let hint = log_in(&shop, &mut ada).await;
    ada = in_a_new_session(&app).await;
    let asked = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", AFTER),
    ];
    let real = log_out(&mut ada, &asked).await.location().to_owned();
    let (json, tag) = real.split_once('.').expect("two parts");
    let json_of = |text: &str| text.replace("/sign-out?request=", "");
    let forged = claims_of(&format!(".{}.", json_of(json)));
    let forged = forged.to_string().replace("shop.example", "evil.example");
    let forged = URL_SAFE_NO_PAD.encode(forged);
    for made_up in [
        "x".to_owned(),
        format!("{}.AAAA", json_of(json)),
        format!("{forged}.{tag}"),
    ] {
        let page = ada.get(&format!("/sign-out?request={made_up}")).await;
        page.says_not("The shop");
        let form = page.form("sign-out").press("sign-out-confirm");
        let body = format!("{}&request={made_up}", form.body().replace("request=&", ""));
        let page = ada
            .clone()
            .send(Method::POST, "/sign-out", Some(body))
            .await;
        assert_eq!(page.location(), "/sign-out", "{made_up}");
        ada = in_a_new_session(&app).await;
    }
    app.wait(Duration::from_secs(3_600));
    ada.get(&real).await.says_not("The shop");
}

async fn a_session_has_another_name_at_each_client(app: TestApp) {
    let shop = shop(&app).await;
    let bank = Business::open(&app, "bank").await;
    let mut ada = app.person("Ada", ADA).await;
    let sid = |id_token: &str| {
        let claims: Value = claims_of(id_token);
        text(&claims, "sid").to_owned()
    };
    let first = shop.log_in(&mut ada, "low").await;
    let at_shop = sid(text(&first, "id_token"));
    assert_eq!(
        sid(&log_in(&shop, &mut ada).await),
        at_shop,
        "the same session"
    );
    let renewed = shop.refresh(text(&first, "refresh_token")).await.ok();
    assert_eq!(sid(text(&renewed, "id_token")), at_shop);
    assert_ne!(sid(&log_in(&bank, &mut ada).await), at_shop);
    assert!(!ada.jar.values().any(|cookie| cookie.contains(&at_shop)));
    ada = in_a_new_session(&app).await;
    assert_ne!(
        sid(&log_in(&shop, &mut ada).await),
        at_shop,
        "another session"
    );
}

async fn password_managers_find_where_to_change_a_password(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.visit("/.well-known/change-password").await;
    assert_eq!(
        (page.path.as_str(), page.status.as_u16()),
        ("/account/security/password", 200)
    );
}
