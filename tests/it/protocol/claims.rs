//! The `claims` parameter: OpenID Connect Core 1.0 §5.5; and signed UserInfo
//! responses (§5.3.2).

use axum::http::Method;
use serde_json::{Value, json};
use sluis::crypto::jwt::{PublicKeys, Typ};

use super::Business;
use super::business::{change_tier, claims_of, text};
use crate::harness::{ADA, Actor, BOB, EVE, LETTER_PLAN, TestApp, on_both_databases};

on_both_databases!(
    a_claim_that_is_asked_for_by_itself_needs_no_scope,
    claims_go_where_they_are_asked_for,
    nothing_essential_keeps_anybody_out,
    what_was_not_asked_before_is_asked_once,
    a_claim_still_needs_a_purpose,
    another_value_than_wanted_is_left_out,
    another_subject_than_wanted_fails,
    a_narrower_agreement_narrows_the_next_id_token,
    what_an_id_token_says_is_on_record,
    claims_that_cannot_be_read_are_refused,
    an_acr_that_cannot_be_reached_is_told,
    a_client_that_asked_gets_its_userinfo_signed,
);

async fn ada(app: &TestApp) -> Actor {
    let mut ada = app.person("Ada Lovelace", ADA).await;
    ada.edit("birthdate", "1985-12-10").await;
    ada.edit("phone_number", "06 1234 5678").await;
    ada
}

fn names(claims: &Value) -> Vec<&str> {
    let members = claims.as_object().expect("claims");
    let mut names: Vec<&str> = members.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// A whole login with this `claims`.
async fn log_in(shop: &Business, ada: &mut Actor, scope: &str, claims: &Value) -> Value {
    let claims = claims.to_string();
    let asked = [("scope", scope), ("claims", claims.as_str())];
    let code = shop.code(ada, "high", &asked).await;
    shop.redeem(&code).await.ok()
}

/// What UserInfo and the ID token say of someone.
async fn told(shop: &Business, tokens: &Value) -> (Value, Value) {
    let mut id_token = claims_of(text(tokens, "id_token"));
    let own = [
        "iss",
        "sub",
        "aud",
        "exp",
        "iat",
        "auth_time",
        "nonce",
        "amr",
        "acr",
        "sid",
        "at_hash",
    ];
    let members = id_token.as_object_mut().expect("claims");
    members.retain(|name, _| !own.contains(&name.as_str()));
    let mut userinfo = shop.userinfo(text(tokens, "access_token")).await.ok();
    userinfo.as_object_mut().expect("claims").remove("sub");
    (userinfo, id_token)
}

async fn a_claim_that_is_asked_for_by_itself_needs_no_scope(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let claims =
        json!({"userinfo": {"birthdate": null, "name#nl": {"essential": true}, "colour": null}});
    let tokens = log_in(&shop, &mut ada, "openid offline_access", &claims).await;
    let expected = json!({"birthdate": "1985-12-10", "name": "Ada Lovelace"});
    assert_eq!(told(&shop, &tokens).await, (expected.clone(), json!({})));
    // And so it stays, until something else is asked.
    let renewed = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    assert_eq!(told(&shop, &renewed).await, (expected, json!({})));
    let tokens = shop.log_in_for(&mut ada, "high", "openid").await;
    assert_eq!(told(&shop, &tokens).await, (json!({}), json!({})));
}

async fn claims_go_where_they_are_asked_for(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let claims = json!({"userinfo": {"birthdate": null}, "id_token": {"email": {"essential": true}, "phone_number": null}});
    let tokens = log_in(&shop, &mut ada, "openid profile offline_access", &claims).await;
    let in_token = json!({
        "email": ADA, "email_verified": false,
        "phone_number": "+31612345678", "phone_number_verified": false,
    });
    let at_userinfo = json!({"name": "Ada Lovelace", "birthdate": "1985-12-10"});
    assert_eq!(
        told(&shop, &tokens).await,
        (at_userinfo.clone(), in_token.clone())
    );
    let renewed = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    assert_eq!(told(&shop, &renewed).await, (at_userinfo, in_token));
}

async fn nothing_essential_keeps_anybody_out(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut bob = app.person("Bob", BOB).await;
    let claims = json!({
        "userinfo": {"birthdate": {"essential": true}, "phone_number": {"essential": true}, "email": {"essential": true}},
        "id_token": {"address": {"essential": true}},
    })
    .to_string();
    let asked = [("scope", "openid"), ("claims", claims.as_str())];
    // Nothing of it is there, or in the tier: the login succeeds.
    let code = shop.code(&mut bob, "anonymous", &asked).await;
    let tokens = shop.redeem(&code).await.ok();
    assert_eq!(told(&shop, &tokens).await, (json!({}), json!({})));
    // Or only some of it is.
    let other = Business::open(&app, "other").await;
    let code = other.code(&mut bob, "low", &asked).await;
    let tokens = other.redeem(&code).await.ok();
    let (userinfo, id_token) = told(&other, &tokens).await;
    assert_eq!(
        (names(&userinfo), names(&id_token)),
        (vec!["email", "email_verified"], vec![])
    );
}

async fn what_was_not_asked_before_is_asked_once(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    shop.log_in_for(&mut ada, "high", "openid email").await;
    let claims = json!({"userinfo": {"birthdate": null, "gender": null}}).to_string();
    let asked = [("scope", "openid email"), ("claims", claims.as_str())];
    // Silently, it gets what there is.
    let mut silent = asked.to_vec();
    silent.push(("prompt", "none"));
    let page = ada.get(&shop.client.request(&silent)).await;
    let tokens = shop.redeem(&shop.client.answer(&page)["code"]).await.ok();
    assert_eq!(
        names(&told(&shop, &tokens).await.0),
        ["email", "email_verified"]
    );
    let page = ada.get(&shop.client.request(&asked)).await;
    assert!(
        page.location().starts_with("/consent/"),
        "{:?}",
        page.redirect()
    );
    let code = shop.code(&mut ada, "high", &asked).await;
    let tokens = shop.redeem(&code).await.ok();
    assert_eq!(told(&shop, &tokens).await.0["birthdate"], "1985-12-10");
    // Gender is not there, and still it was asked for.
    let page = ada.get(&shop.client.request(&asked)).await;
    let code = shop.client.answer(&page)["code"].clone();
    let tokens = shop.redeem(&code).await.ok();
    assert_eq!(
        names(&told(&shop, &tokens).await.0),
        ["birthdate", "email", "email_verified"]
    );
    // The page of the agreement knows what it was about, and no more than that.
    let grant = ada.newest_grant().await;
    let page = ada.get(&grant).await;
    page.says("1985");
    page.says_not("Ada Lovelace's");
    let page = change_tier(&mut ada, &grant, "low").await;
    assert!(page.redirect().is_some(), "{}", page.words());
    let page = ada.get(&shop.client.request(&asked)).await;
    assert!(shop.client.answer(&page).contains_key("code"), "asked once");
}

async fn a_claim_still_needs_a_purpose(app: TestApp) {
    let paper = Business::with(&app, "paper", json!({}), Some(LETTER_PLAN)).await;
    let mut ada = ada(&app).await;
    let claims = json!({
        "userinfo": {"email": null, "birthdate": {"essential": true}, "name": null},
        "id_token": {"email": null, "phone_number": {"essential": true}},
    });
    let tokens = log_in(&paper, &mut ada, "openid", &claims).await;
    let (userinfo, id_token) = told(&paper, &tokens).await;
    assert_eq!(names(&userinfo), ["email", "email_verified"]);
    assert_eq!(userinfo, id_token);
}

async fn another_value_than_wanted_is_left_out(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let claims = json!({
        "userinfo": {"email": {"value": EVE}, "birthdate": {"values": ["1985-12-10", "x"]}},
        "id_token": {"phone_number": {"value": "+31"}, "name": {"value": "Ada Lovelace", "essential": true}},
    });
    let tokens = log_in(&shop, &mut ada, "openid", &claims).await;
    let expected = (
        json!({"birthdate": "1985-12-10"}),
        json!({"name": "Ada Lovelace"}),
    );
    assert_eq!(told(&shop, &tokens).await, expected);
}

async fn another_subject_than_wanted_fails(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let subject = claims_of(text(&tokens, "id_token"))["sub"].clone();
    let ask = |place: &str, request: Value| {
        let claims = json!({place: {"sub": request}}).to_string();
        let asked = [
            ("scope", "openid"),
            ("prompt", "none"),
            ("claims", claims.as_str()),
        ];
        shop.client.request(&asked)
    };
    for place in ["userinfo", "id_token"] {
        for (request, fits) in [
            (json!({"value": subject}), true),
            (json!({"values": ["x", subject]}), true),
            (json!(null), true),
            (json!({"value": "x"}), false),
            (json!({"values": ["x", "y"], "essential": true}), false),
            (json!({"value": 7}), false),
        ] {
            let page = ada.get(&ask(place, request.clone())).await;
            let answer = shop.client.answer(&page);
            let error = answer.get("error").map(String::as_str);
            assert_eq!(
                error,
                (!fits).then_some("login_required"),
                "{place} {request}"
            );
        }
    }
}

async fn a_narrower_agreement_narrows_the_next_id_token(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let claims = json!({"id_token": {"birthdate": null, "email": null}});
    let tokens = log_in(&shop, &mut ada, "openid offline_access", &claims).await;
    assert_eq!(told(&shop, &tokens).await.1["birthdate"], "1985-12-10");
    let grant = ada.newest_grant().await;
    change_tier(&mut ada, &grant, "low").await;
    let renewed = shop.refresh(text(&tokens, "refresh_token")).await.ok();
    assert_eq!(
        names(&told(&shop, &renewed).await.1),
        ["email", "email_verified"]
    );
}

async fn what_an_id_token_says_is_on_record(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let silent = log_in(&shop, &mut ada, "openid email", &json!({})).await;
    text(&silent, "id_token");
    ada.get("/account/history").await.says_not("The shop");
    log_in(
        &shop,
        &mut ada,
        "openid",
        &json!({"id_token": {"email": null}}),
    )
    .await;
    ada.get("/account/history").await.says("The shop");
}

async fn claims_that_cannot_be_read_are_refused(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let deep = format!("{}1{}", r#"{"a":"#.repeat(1_000), "}".repeat(1_000));
    for claims in [
        "x",
        "[]",
        r#"{"userinfo": 1}"#,
        r#"{"id_token": {"name": "x"}}"#,
        &deep,
    ] {
        let page = ada.get(&shop.client.request(&[("claims", claims)])).await;
        let answer = shop.client.answer(&page);
        assert_eq!(answer["error"], "invalid_request", "{claims:.40}");
    }
    let page = ada
        .get(&shop.client.request(&[("claims", "{}"), ("claims", "{}")]))
        .await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_request");
    let huge = format!(
        r#"{{"userinfo": {{"name": {{"value": "{}"}}}}}}"#,
        "x".repeat(20_000)
    );
    let page = ada.get(&shop.client.request(&[("claims", &huge)])).await;
    assert_eq!(page.status.as_u16(), 413);
}

async fn an_acr_that_cannot_be_reached_is_told(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = ada(&app).await;
    let ours = "https://schemas.sluis.example/acr/password";
    let ask = |request: Value| {
        let claims = json!({"id_token": {"acr": request}}).to_string();
        shop.client
            .request(&[("scope", "openid"), ("claims", claims.as_str())])
    };
    for wanted in [
        json!({"essential": true, "value": "urn:mace:incommon:iap:gold"}),
        json!({"essential": true, "values": ["phr", "phrh"]}),
    ] {
        let page = ada.get(&ask(wanted)).await;
        let answer = shop.client.answer(&page);
        assert_eq!(answer["error"], "unmet_authentication_requirements");
    }
    shop.log_in(&mut ada, "low").await;
    for wanted in [
        json!({"essential": true, "values": ["phr", ours]}),
        json!({"essential": true}),
        json!({"values": ["phr"]}),
        json!(null),
    ] {
        let page = ada.get(&ask(wanted)).await;
        let tokens = shop.redeem(&shop.client.answer(&page)["code"]).await.ok();
        let claims = claims_of(text(&tokens, "id_token"));
        assert_eq!(
            (&claims["acr"], &claims["amr"]),
            (&json!(ours), &json!(["pwd"]))
        );
    }
    // A wish is only a wish.
    let wish = [("scope", "openid"), ("acr_values", "phrh phr")];
    let page = ada.get(&shop.client.request(&wish)).await;
    assert!(shop.client.answer(&page).contains_key("code"));
}

async fn a_client_that_asked_gets_its_userinfo_signed(app: TestApp) {
    let mut ada = ada(&app).await;
    let keys = app.app.keys().await.expect("keys").jwks_json().to_owned();
    let keys = PublicKeys::parse(&keys).expect("keys");
    for alg in ["RS256", "ES256", "EdDSA"] {
        let id = alg.to_lowercase();
        let signed = json!({"userinfo_signed_response_alg": alg});
        let shop = Business::with(&app, &id, signed, None).await;
        let tokens = shop.log_in(&mut ada, "medium").await;
        let bearer = format!("Bearer {}", text(&tokens, "access_token"));
        // Whatever it accepts: it registered for this.
        let headers = [
            ("authorization", bearer.as_str()),
            ("accept", "application/json"),
        ];
        let told = shop
            .ask(Method::GET, "/userinfo", &headers, String::new())
            .await;
        assert_eq!(told.header("content-type"), "application/jwt");
        assert_eq!(told.header("cache-control"), "no-store");
        let verified = keys.verify(&told.body, Typ::UserInfo).expect("ours");
        let claims: Value = verified.claims().expect("claims");
        let subject = &claims_of(text(&tokens, "id_token"))["sub"];
        assert_eq!(
            claims,
            json!({
                "iss": "http://localhost:8000", "aud": id, "sub": subject,
                "name": "Ada Lovelace", "email": ADA, "email_verified": false,
                "birthdate": claims.get("birthdate").cloned().unwrap_or_default(),
            })
            .as_object()
            .map(|members| {
                let mut members = members.clone();
                members.retain(|_, value| !value.is_null());
                Value::Object(members)
            })
            .expect("members")
        );
        // It says who someone is, and proves no sign-in.
        let hint = [("scope", "openid"), ("id_token_hint", told.body.as_str())];
        let page = ada.get(&shop.client.request(&hint)).await;
        assert_eq!(shop.client.answer(&page)["error"], "invalid_request");
        let error = shop.userinfo("slat_x").await;
        assert_eq!(error.error(), "invalid_token", "errors are JSON");
    }
}
