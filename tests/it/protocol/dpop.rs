//! DPoP: RFC 9449.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::business::{FORM, press, text};
use super::holder::{Holder, code, is_refused, log_in};
use super::{Business, Told};
use crate::harness::{ADA, TestApp, on_both_databases};

on_both_databases!(
    a_token_is_bound_to_the_key_that_was_shown,
    a_bound_token_is_no_bearer_token,
    a_proof_is_for_one_request,
    a_proof_that_comes_twice_is_refused,
    a_proof_is_refused_for_what_is_wrong_with_it,
    a_refused_proof_leaves_the_code_as_it_was,
    a_browser_may_send_proofs_and_read_nonces,
);

async fn a_token_is_bound_to_the_key_that_was_shown(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let holder = Holder::new();
    let tokens = log_in(&app, &shop, &mut ada, &holder).await;
    assert_eq!(tokens["token_type"], "DPoP");
    let token = text(&tokens, "access_token");
    let told = shop.introspect(token).await.ok();
    assert_eq!(told["cnf"], json!({"jkt": holder.thumbprint()}));
    assert_eq!(told["token_type"], "DPoP");
    let told = shop
        .userinfo_proving(token, &holder.for_userinfo(&app, token))
        .await;
    assert!(!told.header("dpop-nonce").is_empty());
    assert_eq!(told.ok()["email"], ADA);
    // By any spelling of the scheme, and by POST.
    let mut claims = holder.claims_for_userinfo(&app, token);
    claims["htm"] = json!("POST");
    let (authorization, proof) = (format!("dPoP {token}"), holder.sign(&claims));
    let headers = [("authorization", authorization.as_str()), ("dpop", &proof)];
    shop.ask(Method::POST, "/userinfo", &headers, String::new())
        .await
        .ok();
    let renewed = shop
        .refresh_proving(text(&tokens, "refresh_token"), &holder.for_token(&app))
        .await
        .ok();
    assert_eq!(renewed["token_type"], "DPoP");
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "pause").await;
    let token = text(&renewed, "access_token");
    let told = shop
        .userinfo_proving(token, &holder.for_userinfo(&app, token))
        .await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::FORBIDDEN, "insufficient_scope")
    );
    press(&mut ada, &grant, "withdraw").await;
    let told = shop
        .userinfo_proving(token, &holder.for_userinfo(&app, token))
        .await;
    is_refused(&told, 401, "invalid_token");
}

async fn a_bound_token_is_no_bearer_token(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let (holder, thief) = (Holder::new(), Holder::new());
    let tokens = log_in(&app, &shop, &mut ada, &holder).await;
    let token = text(&tokens, "access_token");
    let refused = |told: &Told| {
        assert_eq!(
            (told.status, told.error()),
            (StatusCode::UNAUTHORIZED, "invalid_token")
        );
        assert!(told.header("www-authenticate").starts_with("DPoP "));
    };
    refused(&shop.userinfo(token).await);
    let (bearer, proof) = (format!("Bearer {token}"), holder.for_userinfo(&app, token));
    let headers = [("authorization", bearer.as_str()), ("dpop", &proof)];
    refused(
        &shop
            .ask(Method::GET, "/userinfo", &headers, String::new())
            .await,
    );
    let body = super::business::form(&[("access_token", token)]);
    refused(&shop.ask(Method::POST, "/userinfo", &[FORM], body).await);
    let told = shop
        .userinfo_proving(token, &thief.for_userinfo(&app, token))
        .await;
    is_refused(&told, 401, "invalid_token");
    // And the other way round: a proof does not bind a token that is not bound.
    let bare = shop.log_in(&mut ada, "medium").await;
    assert_eq!(bare["token_type"], "Bearer");
    let bare = text(&bare, "access_token");
    let told = shop
        .userinfo_proving(bare, &holder.for_userinfo(&app, bare))
        .await;
    is_refused(&told, 401, "invalid_token");
    shop.userinfo_proving(token, &holder.for_userinfo(&app, token))
        .await
        .ok();
    // RFC 9449 §7.1: whoever comes without a token is told that both will do.
    let told = shop.ask(Method::GET, "/userinfo", &[], String::new()).await;
    let challenges: Vec<_> = told.headers.get_all("www-authenticate").iter().collect();
    assert_eq!(challenges.len(), 2);
    assert!(
        challenges[1]
            .to_str()
            .expect("text")
            .starts_with("DPoP realm=\"sluis\", algs=")
    );
}

async fn a_proof_is_for_one_request(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let holder = Holder::new();
    let tokens = log_in(&app, &shop, &mut ada, &holder).await;
    let other = log_in(&app, &shop, &mut ada, &holder).await;
    let (token, other) = (text(&tokens, "access_token"), text(&other, "access_token"));
    let with = |name: &str, value: Value| {
        let mut claims = holder.claims_for_userinfo(&app, token);
        claims[name] = value;
        holder.sign(&claims)
    };
    let now = app.app.now().as_seconds();
    let without_ath = holder.sign(&holder.claims(&app, "GET", "/userinfo"));
    for proof in [
        with("htm", json!("POST")),
        with("htm", json!("get")),
        with("htu", json!("http://localhost:8000/token")),
        with("htu", json!("https://localhost:8000/userinfo")),
        with("htu", json!("http://localhost:8001/userinfo")),
        with("iat", json!(now - 61)),
        with("iat", json!(now + 31)),
        holder.for_userinfo(&app, other),
        without_ath,
    ] {
        let told = shop.userinfo_proving(token, &proof).await;
        is_refused(&told, 401, "invalid_dpop_proof");
    }
    for proof in [
        with("htu", json!("http://LOCALHOST:8000/x/../userinfo?a=b#c")),
        with("iat", json!(now - 60)),
        with("iat", json!(now + 30)),
    ] {
        shop.userinfo_proving(token, &proof).await.ok();
    }
    let authorization = format!("DPoP {token}");
    let headers = [("authorization", authorization.as_str())];
    let told = shop
        .ask(Method::GET, "/userinfo", &headers, String::new())
        .await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::UNAUTHORIZED, "invalid_dpop_proof")
    );
}

async fn a_proof_that_comes_twice_is_refused(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let holder = Holder::new();
    let tokens = log_in(&app, &shop, &mut ada, &holder).await;
    let token = text(&tokens, "access_token");
    let proof = holder.for_userinfo(&app, token);
    shop.userinfo_proving(token, &proof).await.ok();
    // Another node knows it as well: what it knows is in the database alone.
    let shop = shop.at(sluis::server::router(&app.app));
    let told = shop.userinfo_proving(token, &proof).await;
    is_refused(&told, 401, "invalid_dpop_proof");
    let proof = holder.for_token(&app);
    let first = shop
        .refresh_proving(text(&tokens, "refresh_token"), &proof)
        .await
        .ok();
    let told = shop
        .refresh_proving(text(&first, "refresh_token"), &proof)
        .await;
    is_refused(&told, 400, "invalid_dpop_proof");
    // A stranger's proof with the same jti is another proof.
    shop.refresh_proving(text(&first, "refresh_token"), &holder.for_token(&app))
        .await
        .ok();
    // Of many that come at once, one is accepted.
    let proof = holder.for_userinfo(&app, token);
    let all: Vec<_> = (0..8)
        .map(|_| {
            let (shop, token, proof) = (shop.clone(), token.to_owned(), proof.clone());
            tokio::spawn(async move { shop.userinfo_proving(&token, &proof).await.status })
        })
        .collect();
    let mut accepted = 0;
    for one in all {
        accepted += u8::from(one.await.expect("no panic") == StatusCode::OK);
    }
    assert_eq!(accepted, 1);
}

async fn a_proof_is_refused_for_what_is_wrong_with_it(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let (holder, other) = (Holder::new(), Holder::new());
    let code = code(&shop, &mut ada).await;
    let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": holder.jwk()});
    let with = |name: &str, value: Value| {
        let mut header = header.clone();
        header[name] = value;
        holder.sign_with(&header, &holder.claims(&app, "POST", "/token"))
    };
    let mut private = holder.jwk();
    private["d"] = json!("AAAA");
    let unsigned = with("alg", json!("none"));
    let (unsigned, _) = unsigned.rsplit_once('.').expect("three parts");
    for proof in [
        with("jwk", private),
        with("jwk", json!({"kty": "oct", "k": "AAAA"})),
        with("jwk", other.jwk()),
        with("alg", json!("none")),
        with("alg", json!("HS256")),
        with("alg", json!("RS256")),
        with("typ", json!("JWT")),
        format!("{unsigned}."),
        "x".to_owned(),
        String::new(),
        "a.b.c".to_owned(),
        "a".repeat(20_000),
    ] {
        let told = shop.redeem_proving(&code, &proof).await;
        is_refused(&told, 400, "invalid_dpop_proof");
    }
    let (one, two) = (holder.for_token(&app), holder.for_token(&app));
    let params = [("grant_type", "authorization_code"), ("code", &*code)];
    let told = shop
        .send("/token", &[("dpop", &one), ("dpop", &two)], &params)
        .await;
    is_refused(&told, 400, "invalid_dpop_proof");
    shop.redeem_proving(&code, &holder.for_token(&app))
        .await
        .ok();
}

async fn a_refused_proof_leaves_the_code_as_it_was(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let holder = Holder::new();
    let used = holder.for_token(&app);
    let first = code(&shop, &mut ada).await;
    shop.redeem_proving(&first, &used).await.ok();
    let second = code(&shop, &mut ada).await;
    let told = shop.redeem_proving(&second, &used).await;
    is_refused(&told, 400, "invalid_dpop_proof");
    shop.redeem_proving(&second, &holder.for_token(&app))
        .await
        .ok();
}

async fn a_browser_may_send_proofs_and_read_nonces(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let headers = [
        ("origin", "https://spa.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "dpop,content-type"),
    ];
    for path in ["/token", "/userinfo"] {
        let told = shop
            .ask(Method::OPTIONS, path, &headers, String::new())
            .await;
        let allowed = told.header("access-control-allow-headers").to_lowercase();
        assert!(allowed.contains("dpop"), "{path}: {allowed}");
    }
    let headers = [("origin", "https://spa.example"), FORM];
    let told = shop
        .ask(Method::POST, "/token", &headers, String::new())
        .await;
    let exposed = told.header("access-control-expose-headers").to_lowercase();
    assert!(exposed.contains("dpop-nonce"), "{exposed}");
    assert!(exposed.contains("www-authenticate"), "{exposed}");
}
