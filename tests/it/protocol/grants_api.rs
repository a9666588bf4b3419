//! Grant Management for OAuth 2.0 (draft 03) §6: `/grants/{grant_id}`.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::business::{claims_of, press, text};
use super::client_credentials::{BOTH, open};
use super::holder::Holder;
use super::subscriber::NOBODYS;
use super::{Business, SCOPES, Told};
use crate::harness::{ADA, Actor, BOB, SECOND, TestApp, on_both_databases};
use crate::life::deliver;
use crate::people::post;

on_both_databases!(
    a_business_sees_an_agreement_as_it_stands,
    a_business_gives_an_agreement_up_for_good,
    the_api_is_for_whoever_has_the_scope_and_the_grant,
    the_api_wants_the_key_that_the_token_is_bound_to,
    a_business_buries_nobody_in_mail_who_did_not_confirm_that_they_read_it,
);

impl Business {
    pub(super) async fn manage(&self, method: Method, token: &str, id: &str) -> Told {
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let path = format!("/grants/{id}");
        self.ask(method, &path, &headers, String::new()).await
    }

    pub(super) async fn grant(&self, id: &str) -> Value {
        let token = self.own_token("grant_management_query").await;
        self.manage(Method::GET, &token, id).await.ok()
    }
}

async fn a_business_sees_an_agreement_as_it_stands(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let id = text(&tokens, "grant_id");
    let made = app.app.now().as_seconds();
    assert!(ada.newest_grant().await.ends_with(id));
    let mut told = shop.grant(id).await;
    assert_eq!(told["receipt"].take(), tokens["consent_receipt"]);
    let expires = told["expires_at"].take();
    let ends = made + tokens["authorization_expires_in"].as_i64().expect("a time");
    assert_eq!(expires, json!(ends));
    assert_eq!(
        told,
        json!({
            "grant_id": id, "status": "active",
            "scopes": [{"scope": SCOPES,
                        "resource": ["http://localhost:8000/userinfo"]}],
            "claims": ["name", "email"],
            "authorization_details": [{
                "type": "https://schemas.sluis.example/rar/profile_release/v1",
                "tier": "medium", "claims": ["name", "email"],
                "purposes": [{"id": "login", "claims": ["name", "email"], "permissions": [],
                              "channels": [], "retention": "P3M"}],
            }],
            "created_at": made, "last_updated": made, "last_updated_at": made,
            "expires_at": null, "receipt": null,
        })
    );
    app.wait(Duration::from_secs(60));
    let path = ada.newest_grant().await;
    press(&mut ada, &path, "pause").await;
    let told = shop.grant(id).await;
    assert_eq!(
        (&told["status"], &told["claims"]),
        (&json!("paused"), &json!([]))
    );
    assert_eq!(told["last_updated"], made + 60);
    assert_eq!(claims_of(text(&told, "receipt"))["event"]["kind"], "paused");
    press(&mut ada, &path, "withdraw").await;
    let token = shop.own_token(BOTH).await;
    let told = shop.manage(Method::GET, &token, id).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::NOT_FOUND, "invalid_grant_id")
    );
    let refreshed = shop.log_in(&mut ada, "low").await;
    assert_ne!(refreshed["grant_id"], tokens["grant_id"]);
    let again = shop.refresh(text(&refreshed, "refresh_token")).await.ok();
    assert_eq!(again["grant_id"], refreshed["grant_id"]);
}

async fn a_business_gives_an_agreement_up_for_good(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let code = shop.code(&mut ada, "medium", &[("scope", SCOPES)]).await;
    let id = text(&tokens, "grant_id");
    let page = ada.newest_grant().await;
    let revoking = shop.own_token("grant_management_revoke").await;
    let other_node = shop.clone().at(app.second_node().await);
    let told = other_node.manage(Method::DELETE, &revoking, id).await;
    assert_eq!(
        (told.status, told.body.as_str()),
        (StatusCode::NO_CONTENT, "")
    );
    assert_eq!(told.header("cache-control"), "no-store");
    // It holds for the very next request, on every node.
    let told = shop.userinfo(text(&tokens, "access_token")).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::UNAUTHORIZED, "invalid_token")
    );
    assert_eq!(
        shop.refresh(text(&tokens, "refresh_token")).await.error(),
        "invalid_grant"
    );
    assert_eq!(shop.redeem(&code).await.error(), "invalid_grant");
    let told = shop.manage(Method::DELETE, &revoking, id).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::NOT_FOUND, "invalid_grant_id")
    );
    // The consumer has the receipt, which says whose act it was.
    let chain = ada.get(&format!("{page}/receipts")).await.html;
    let last = claims_of(chain.lines().nth(1).expect("the second receipt"));
    assert_eq!(last["event"]["kind"], "ended");
    assert_eq!(last["event"]["state"], "dpv:ConsentRevoked");
    assert_eq!(last["event"]["by"], "dpv:DataController");
    assert_eq!(last["event"]["method"], "business");
    // A new login asks again.
    let page = ada.visit(&shop.client.request(&[("scope", SCOPES)])).await;
    assert!(page.has_form("consent"));
}

async fn the_api_is_for_whoever_has_the_scope_and_the_grant(app: TestApp) {
    let shop = open(&app, "shop").await;
    let other = open(&app, "other").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let id = text(&tokens, "grant_id");
    let querying = shop.own_token("grant_management_query").await;
    let revoking = shop.own_token("grant_management_revoke").await;
    let others = other.own_token(BOTH).await;
    let access = text(&tokens, "access_token");
    let (unauthorized, forbidden) = (StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN);
    let table = [
        (
            Method::GET,
            revoking.as_str(),
            id,
            forbidden,
            "insufficient_scope",
        ),
        (
            Method::DELETE,
            &querying,
            id,
            forbidden,
            "insufficient_scope",
        ),
        (Method::GET, access, id, forbidden, "insufficient_scope"),
        (Method::DELETE, access, id, forbidden, "insufficient_scope"),
        (Method::GET, "x", id, unauthorized, "invalid_token"),
        (
            Method::GET,
            text(&tokens, "refresh_token"),
            id,
            unauthorized,
            "invalid_token",
        ),
        (
            Method::GET,
            &others,
            id,
            StatusCode::NOT_FOUND,
            "invalid_grant_id",
        ),
        (
            Method::DELETE,
            &others,
            id,
            StatusCode::NOT_FOUND,
            "invalid_grant_id",
        ),
        (
            Method::GET,
            &querying,
            NOBODYS,
            StatusCode::NOT_FOUND,
            "invalid_grant_id",
        ),
        (
            Method::GET,
            &querying,
            "x",
            StatusCode::NOT_FOUND,
            "invalid_grant_id",
        ),
    ];
    for (method, token, id, status, error) in table {
        let told = shop.manage(method.clone(), token, id).await;
        assert_eq!(
            (told.status, told.error()),
            (status, error),
            "{method} {token:.8} {id}"
        );
    }
    let path = format!("/grants/{id}");
    let told = shop.ask(Method::GET, &path, &[], String::new()).await;
    assert_eq!(told.status, unauthorized);
    assert_eq!(told.header("www-authenticate"), "Bearer realm=\"sluis\"");
    for method in [Method::POST, Method::PUT, Method::PATCH] {
        let told = shop.manage(method, &querying, id).await;
        assert_eq!(told.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(
        shop.grant(id).await["status"],
        "active",
        "nothing of this ended it"
    );
    app.wait(Duration::from_secs(3_600));
    let told = shop.manage(Method::GET, &querying, id).await;
    assert_eq!((told.status, told.error()), (unauthorized, "invalid_token"));
}

async fn the_api_wants_the_key_that_the_token_is_bound_to(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "medium").await;
    let path = format!("/grants/{}", text(&tokens, "grant_id"));
    let (holder, thief) = (Holder::new(), Holder::new());
    let params = [("grant_type", "client_credentials"), ("scope", BOTH)];
    let proof = holder.for_token(&app);
    let told = shop.send("/token", &[("dpop", &proof)], &params).await.ok();
    let token = text(&told, "access_token");
    let ask = async |holder: &Holder, method: &str, of: &str| {
        let mut claims = holder.claims_for_userinfo(&app, of);
        claims["htm"] = json!(method);
        claims["htu"] = json!(format!("http://localhost:8000{path}"));
        let (proof, shown) = (holder.sign(&claims), format!("DPoP {token}"));
        let headers = [("authorization", shown.as_str()), ("dpop", &proof)];
        shop.ask(Method::GET, &path, &headers, String::new()).await
    };
    ask(&holder, "GET", token).await.ok();
    assert_eq!(ask(&thief, "GET", token).await.error(), "invalid_token");
    assert_eq!(
        ask(&holder, "DELETE", token).await.error(),
        "invalid_dpop_proof"
    );
    assert_eq!(
        ask(&holder, "GET", "another").await.error(),
        "invalid_dpop_proof"
    );
    let told = shop
        .manage(Method::GET, token, text(&tokens, "grant_id"))
        .await;
    assert_eq!(told.error(), "invalid_token", "not as a bearer token");
    assert!(told.header("www-authenticate").starts_with("DPoP "));
}

/// How many mails come of so many agreements that a business gives up one by one.
async fn mailed_of_ends(app: &TestApp, shop: &Business, actor: &mut Actor, times: usize) -> usize {
    let revoking = shop.own_token("grant_management_revoke").await;
    for _ in 0..times {
        let tokens = shop.log_in(actor, "low").await;
        let id = text(&tokens, "grant_id");
        let told = shop.manage(Method::DELETE, &revoking, id).await;
        assert_eq!(told.status, StatusCode::NO_CONTENT);
        app.wait(SECOND);
        deliver(app).await;
    }
    let mails = post(app).await.into_iter();
    let of_ends = mails.filter(|mail| mail.field("Subject").contains("has ended your agreement"));
    of_ends.count()
}

async fn a_business_buries_nobody_in_mail_who_did_not_confirm_that_they_read_it(app: TestApp) {
    let shop = open(&app, "shop").await;
    // Who claims somebody's address, and has a client of their own.
    let mut eve = app.person("Eve", ADA).await;
    assert_eq!(mailed_of_ends(&app, &shop, &mut eve, 24).await, 20);
    let mut bob = app.settled("Bob", BOB).await;
    assert_eq!(mailed_of_ends(&app, &shop, &mut bob, 22).await, 22);
}
