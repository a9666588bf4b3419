//! UserInfo: the grant as it stands, at every call.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::Business;
use super::business::{ALL_SCOPES, FORM, change_tier, claims_of, form, press, text};
use crate::harness::{ADA, Actor, BOB, PAPER_PLAN, TestApp, on_both_databases};

/// Somebody who has filled in what the standard scopes name.
async fn ada(app: &TestApp) -> Actor {
    let mut ada = app.person("Ada Lovelace", ADA).await;
    let address = [
        ("street_address", "Prinsengracht 263"),
        ("postal_code", "1016gv"),
        ("locality", "Amsterdam"),
    ];
    ada.fill_in("address", &address).await;
    ada.edit("phone_number", "06 1234 5678").await;
    ada.edit("birthdate", "1985-12-10").await;
    ada
}

fn names(claims: &Value) -> Vec<&str> {
    let members = claims.as_object().expect("claims");
    let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

on_both_databases!(
    a_token_comes_in_the_header_or_the_body_and_never_in_the_query,
    what_is_wrong_is_told_in_the_challenge,
    scopes_filter_and_claims_are_in_their_standard_form,
    a_withdrawal_acts_at_once,
    narrowing_acts_at_once,
    the_end_of_the_retention_acts_at_once,
    an_edit_shows_at_once_and_what_is_removed_is_gone,
    an_anonymous_login_tells_nothing_but_a_subject,
    no_purpose_no_claim_whatever_scopes_say,
    each_business_knows_someone_by_another_name_that_stays,
    the_consumer_sees_each_read,
);

async fn a_token_comes_in_the_header_or_the_body_and_never_in_the_query(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let tokens = shop.log_in(&mut ada(&app).await, "medium").await;
    let token = text(&tokens, "access_token");
    let bearer = format!("Bearer {token}");
    let odd = format!("bEARER {token}");
    let body = form(&[("access_token", token)]);
    let expected = shop.userinfo(token).await.ok();
    assert_eq!(expected["sub"], claims_of(text(&tokens, "id_token"))["sub"]);
    for (method, header, body) in [
        (Method::GET, Some(&bearer), ""),
        (Method::GET, Some(&odd), ""),
        (Method::POST, Some(&bearer), ""),
        (Method::POST, None, body.as_str()),
    ] {
        let mut headers = vec![FORM];
        headers.extend(header.map(|header| ("authorization", header.as_str())));
        let told = shop
            .ask(method.clone(), "/userinfo", &headers, body.to_owned())
            .await;
        assert_eq!(told.header("content-type"), "application/json");
        assert_eq!(told.ok(), expected, "{method} {header:?}");
    }
    let query = format!("/userinfo?access_token={token}");
    let told = shop.ask(Method::GET, &query, &[], String::new()).await;
    assert_eq!(
        (told.status, told.header("www-authenticate")),
        (StatusCode::UNAUTHORIZED, "Bearer realm=\"sluis\"")
    );
    let told = shop
        .ask(
            Method::POST,
            "/userinfo",
            &[FORM, ("authorization", &bearer)],
            body,
        )
        .await;
    assert_eq!(told.error(), "invalid_request", "both");
}

async fn what_is_wrong_is_told_in_the_challenge(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let get = |header: Option<String>| {
        let shop = shop.clone();
        async move {
            let headers: Vec<_> = header
                .as_deref()
                .map(|header| ("authorization", header))
                .into_iter()
                .collect();
            shop.ask(Method::GET, "/userinfo", &headers, String::new())
                .await
        }
    };
    // RFC 6750 §3.1: nothing to say to whoever sends no token.
    for none in [
        None,
        Some("Basic c2hvcDp4".to_owned()),
        Some("Negotiate x".to_owned()),
    ] {
        let told = get(none).await;
        assert_eq!(
            (told.status, told.header("www-authenticate")),
            (StatusCode::UNAUTHORIZED, "Bearer realm=\"sluis\"")
        );
    }
    for (header, status, error) in [
        ("Bearer", 400, "invalid_request"),
        ("Bearer ", 400, "invalid_request"),
        ("Bearer x", 401, "invalid_token"),
        ("Bearer a b", 401, "invalid_token"),
        (
            &*format!("Bearer {}", text(&tokens, "refresh_token")),
            401,
            "invalid_token",
        ),
        (
            &*format!("Bearer {}", text(&tokens, "id_token")),
            401,
            "invalid_token",
        ),
    ] {
        let told = get(Some(header.to_owned())).await;
        assert_eq!(
            (told.status.as_u16(), told.error()),
            (status, error),
            "{header}"
        );
        let challenge = format!("Bearer realm=\"sluis\", error=\"{error}\", error_description=");
        assert!(
            told.header("www-authenticate").starts_with(&challenge),
            "{header}"
        );
    }
    let twice = form(&[("access_token", "a"), ("access_token", "b")]);
    let told = shop.ask(Method::POST, "/userinfo", &[FORM], twice).await;
    assert_eq!(told.error(), "invalid_request");
    assert!(
        told.header("www-authenticate")
            .contains("error=\"invalid_request\"")
    );
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "pause").await;
    let told = shop.userinfo(text(&tokens, "access_token")).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::FORBIDDEN, "insufficient_scope")
    );
    assert!(
        told.header("www-authenticate")
            .contains("error=\"insufficient_scope\"")
    );
    press(&mut ada, &grant, "resume").await;
    shop.userinfo(text(&tokens, "access_token")).await.ok();
    app.wait(Duration::from_secs(3_600));
    assert_eq!(
        shop.userinfo(text(&tokens, "access_token")).await.error(),
        "invalid_token"
    );
}

async fn scopes_filter_and_claims_are_in_their_standard_form(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let tokens = shop.log_in_for(&mut ada, "high", ALL_SCOPES).await;
    let mut claims = shop.userinfo(text(&tokens, "access_token")).await.ok();
    claims["sub"] = json!("(subject)");
    assert_eq!(
        claims,
        json!({
            "sub": "(subject)", "name": "Ada Lovelace", "email": ADA, "email_verified": false,
            "address": {
                "street_address": "Prinsengracht 263", "postal_code": "1016 GV", "locality": "Amsterdam",
                "country": "NL", "formatted": "Prinsengracht 263\n1016 GV Amsterdam\nNetherlands",
            },
            "phone_number": "+31612345678", "phone_number_verified": false, "birthdate": "1985-12-10",
        })
    );
    for (scope, expected) in [
        ("openid", vec!["sub"]),
        ("openid email", vec!["email", "email_verified", "sub"]),
        (
            "openid phone",
            vec!["phone_number", "phone_number_verified", "sub"],
        ),
        ("openid address", vec!["address", "sub"]),
        ("openid profile", vec!["birthdate", "name", "sub"]),
    ] {
        let code = shop.code(&mut ada, "high", &[("scope", scope)]).await;
        let tokens = shop.redeem(&code).await.ok();
        let claims = shop.userinfo(text(&tokens, "access_token")).await.ok();
        assert_eq!(names(&claims), expected, "{scope}");
        // OpenID Connect Core 1.0 §5.4: in the code flow they are here alone.
        let id_token = claims_of(text(&tokens, "id_token"));
        assert_eq!(
            names(&id_token),
            [
                "acr",
                "amr",
                "at_hash",
                "aud",
                "auth_time",
                "exp",
                "iat",
                "iss",
                "nonce",
                "sid",
                "sub"
            ]
        );
    }
}

async fn a_withdrawal_acts_at_once(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let token = text(&tokens, "access_token");
    shop.userinfo(token).await.ok();
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "withdraw").await;
    let told = shop.userinfo(token).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::UNAUTHORIZED, "invalid_token")
    );
    assert_eq!(told.json.get("sub"), None);
    let page = ada.get(&shop.client.request(&[])).await;
    assert!(page.location().starts_with("/consent/"), "asked anew");
}

async fn narrowing_acts_at_once(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let code = shop
        .code(&mut ada, "high", &[("scope", "openid profile email")])
        .await;
    let tokens = shop.redeem(&code).await.ok();
    let token = text(&tokens, "access_token");
    assert_eq!(
        names(&shop.userinfo(token).await.ok()),
        ["birthdate", "email", "email_verified", "name", "sub"]
    );
    let grant = ada.newest_grant().await;
    let page = change_tier(&mut ada, &grant, "low").await;
    assert!(page.redirect().is_some(), "{}", page.words());
    assert_eq!(
        names(&shop.userinfo(token).await.ok()),
        ["email", "email_verified", "name", "sub"]
    );
}

async fn the_end_of_the_retention_acts_at_once(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let code = shop
        .code(&mut ada, "low", &[("scope", "openid email offline_access")])
        .await;
    let mut tokens = shop.redeem(&code).await.ok();
    app.wait(Duration::from_secs(30 * 24 * 3_600 - 1));
    tokens = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    shop.userinfo(text(&tokens, "access_token")).await.ok();
    app.wait(Duration::from_secs(1));
    assert_eq!(
        shop.userinfo(text(&tokens, "access_token")).await.error(),
        "invalid_token"
    );
}

async fn an_edit_shows_at_once_and_what_is_removed_is_gone(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let tokens = shop.log_in_for(&mut ada, "medium", ALL_SCOPES).await;
    let token = text(&tokens, "access_token");
    ada.edit("phone_number", "+32 470 12 34 56").await;
    assert_eq!(
        shop.userinfo(token).await.ok()["phone_number"],
        "+32470123456"
    );
    let form = ada
        .get("/account/profiles/phone_number")
        .await
        .form("attribute");
    ada.submit(form.press("remove")).await;
    let claims = shop.userinfo(token).await.ok();
    assert_eq!(claims.get("phone_number"), None);
    assert_eq!(claims.get("phone_number_verified"), None);
    assert_eq!(claims["name"], "Ada Lovelace");
}

async fn an_anonymous_login_tells_nothing_but_a_subject(app: TestApp) {
    let paper = Business::with(&app, "paper", json!({}), Some(PAPER_PLAN)).await;
    let mut ada = ada(&app).await;
    let code = paper
        .code(&mut ada, "anonymous", &[("scope", ALL_SCOPES)])
        .await;
    let tokens = paper.redeem(&code).await.ok();
    assert_eq!(
        names(&paper.userinfo(text(&tokens, "access_token")).await.ok()),
        ["sub"]
    );
    let renewed = paper.refresh(text(&tokens, "refresh_token")).await.ok();
    assert_eq!(
        names(&paper.userinfo(text(&renewed, "access_token")).await.ok()),
        ["sub"]
    );
}

async fn no_purpose_no_claim_whatever_scopes_say(app: TestApp) {
    let paper = Business::with(&app, "paper", json!({}), Some(PAPER_PLAN)).await;
    let mut ada = ada(&app).await;
    let code = paper.code(&mut ada, "high", &[("scope", ALL_SCOPES)]).await;
    let tokens = paper.redeem(&code).await.ok();
    assert_eq!(
        names(&paper.userinfo(text(&tokens, "access_token")).await.ok()),
        ["sub"]
    );
}

async fn each_business_knows_someone_by_another_name_that_stays(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let bank = Business::open(&app, "bank").await;
    // The same host, and still another business.
    let uri = json!({"redirect_uris": ["https://shop.example/other?from=sluis"]});
    let lodger = Business::with(&app, "lodger", uri.clone(), None).await;
    let sister = Business::client_of(&app, shop.business_id, "sister", uri, None).await;
    let (mut ada, mut bob) = (ada(&app).await, app.person("Bob", BOB).await);
    let subject = |tokens: &Value| text(&claims_of(text(tokens, "id_token")), "sub").to_owned();
    let at_shop = subject(&shop.log_in(&mut ada, "medium").await);
    let others = [
        subject(&bank.log_in(&mut ada, "medium").await),
        subject(&lodger.log_in(&mut ada, "medium").await),
        subject(&shop.log_in(&mut bob, "low").await),
    ];
    assert!(!others.contains(&at_shop));
    app.wait(Duration::from_secs(1));
    assert_eq!(
        subject(&sister.log_in(&mut ada, "medium").await),
        at_shop,
        "one business, one host"
    );
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "withdraw").await;
    app.wait(Duration::from_secs(60));
    assert_eq!(
        subject(&sister.log_in(&mut ada, "medium").await),
        at_shop,
        "also after a withdrawal"
    );
    assert_eq!(subject(&shop.log_in(&mut ada, "medium").await), at_shop);
    assert!(!at_shop.contains("ada") && at_shop.len() <= 255);
}

async fn the_consumer_sees_each_read(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    ada.get("/account/history").await.says_not("email");
    shop.userinfo(text(&tokens, "access_token")).await.ok();
    let page = ada.get("/account/history").await;
    page.says("The shop");
}
