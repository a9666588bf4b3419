//! Clients that act for themselves: RFC 6749 §4.4.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::business::{basic, text};
use super::holder::{Holder, is_refused};
use super::{Business, Told};
use crate::harness::{TestApp, on_both_databases};

pub(super) const BOTH: &str = "grant_management_query grant_management_revoke";
/// All that a client may have by itself.
const ALL: &str = "grant_management_query grant_management_revoke ssf.manage ssf.read data_plan \
                   deletion_duties data_subject_requests";

on_both_databases!(
    a_client_gets_a_token_of_its_own_and_nothing_more,
    it_gets_what_it_registered_and_may_have,
    only_who_registered_and_authenticates_gets_one,
    introspection_and_revocation_know_it,
    it_opens_nobodys_data,
    it_is_bound_to_the_key_that_is_shown,
    it_works_on_every_node_for_an_hour,
);

/// A business that may act for itself.
pub(super) async fn open(app: &TestApp, id: &str) -> Business {
    open_with(app, id, json!({}), None).await
}

pub(super) async fn open_with(
    app: &TestApp,
    id: &str,
    more: Value,
    plan: Option<&str>,
) -> Business {
    let mut metadata = json!({
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
    });
    for (name, value) in more.as_object().expect("members") {
        metadata[name] = value.clone();
    }
    Business::with(app, id, metadata, plan).await
}

impl Business {
    /// Asks for a token of its own.
    pub(super) async fn own(&self, scope: &str) -> Told {
        let params = [("grant_type", "client_credentials"), ("scope", scope)];
        self.token(&params).await
    }

    /// A token of its own.
    pub(super) async fn own_token(&self, scope: &str) -> String {
        text(&self.own(scope).await.ok(), "access_token").to_owned()
    }
}

async fn a_client_gets_a_token_of_its_own_and_nothing_more(app: TestApp) {
    let shop = open(&app, "shop").await;
    let mut told = shop.own("grant_management_query").await.ok();
    let token = told["access_token"].take();
    assert!(
        token
            .as_str()
            .is_some_and(|token| token.starts_with("slct_"))
    );
    assert_eq!(
        told,
        json!({"access_token": null, "token_type": "Bearer", "expires_in": 3_600,
               "scope": "grant_management_query"})
    );
}

async fn it_gets_what_it_registered_and_may_have(app: TestApp) {
    let shop = open(&app, "shop").await;
    let told = shop
        .token(&[("grant_type", "client_credentials")])
        .await
        .ok();
    assert_eq!(text(&told, "scope"), ALL, "all, when nothing is said");
    for wrong in [
        "openid",
        "grant_management_query openid",
        "grant_management_query email",
        "grant_management_query pizza",
        "offline_access",
    ] {
        assert_eq!(shop.own(wrong).await.error(), "invalid_scope", "{wrong:?}");
    }
    let some = json!({"scope": "openid email grant_management_query"});
    let paper = open_with(&app, "paper", some, None).await;
    let told = paper
        .token(&[("grant_type", "client_credentials")])
        .await
        .ok();
    assert_eq!(text(&told, "scope"), "grant_management_query");
    assert_eq!(paper.own(BOTH).await.error(), "invalid_scope");
    let none = open_with(&app, "none", json!({"scope": "openid email"}), None).await;
    let told = none.token(&[("grant_type", "client_credentials")]).await;
    assert_eq!(told.error(), "invalid_scope");
}

async fn only_who_registered_and_authenticates_gets_one(app: TestApp) {
    let shop = open(&app, "shop").await;
    let paper = Business::open(&app, "paper").await;
    let public = json!({"token_endpoint_auth_method": "none"});
    let app_of_all = Business::with(&app, "app", public, None).await;
    assert_eq!(paper.own(BOTH).await.error(), "unauthorized_client");
    assert_eq!(app_of_all.own(BOTH).await.error(), "unauthorized_client");
    let params = [("grant_type", "client_credentials")];
    let wrong = basic("shop", "wrong");
    let told = shop.token_as(Some(&wrong), &params).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::UNAUTHORIZED, "invalid_client")
    );
    let named = [("grant_type", "client_credentials"), ("client_id", "shop")];
    let told = shop.token_as(None, &named).await;
    assert_eq!(told.error(), "invalid_client");
}

async fn introspection_and_revocation_know_it(app: TestApp) {
    let shop = open(&app, "shop").await;
    let other = open(&app, "other").await;
    let token = shop.own_token(BOTH).await;
    let now = app.app.now().as_seconds();
    assert_eq!(
        shop.introspect(&token).await.ok(),
        json!({"active": true, "iss": "http://localhost:8000", "client_id": "shop", "scope": BOTH,
               "token_type": "Bearer", "iat": now, "exp": now + 3_600})
    );
    let inactive = json!({"active": false});
    assert_eq!(other.introspect(&token).await.ok(), inactive);
    assert_eq!(other.revoke(&token, &[]).await.status, StatusCode::OK);
    assert_eq!(shop.introspect(&token).await.ok()["active"], true);
    assert_eq!(shop.revoke(&token, &[]).await.status, StatusCode::OK);
    assert_eq!(shop.introspect(&token).await.ok(), inactive);
    let token = shop.own_token(BOTH).await;
    app.wait(Duration::from_secs(3_600));
    assert_eq!(shop.introspect(&token).await.ok(), inactive);
}

async fn it_opens_nobodys_data(app: TestApp) {
    let shop = open(&app, "shop").await;
    let token = shop.own_token(BOTH).await;
    let told = shop.userinfo(&token).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::FORBIDDEN, "insufficient_scope")
    );
    let challenge = told.header("www-authenticate");
    assert!(challenge.starts_with("Bearer realm=\"sluis\", error=\"insufficient_scope\""));
    assert_eq!(shop.refresh(&token).await.error(), "invalid_grant");
    assert_eq!(shop.redeem(&token).await.error(), "invalid_grant");
    app.wait(Duration::from_secs(3_600));
    let told = shop.userinfo(&token).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::UNAUTHORIZED, "invalid_token")
    );
}

async fn it_is_bound_to_the_key_that_is_shown(app: TestApp) {
    let bound = json!({"dpop_bound_access_tokens": true});
    let shop = open_with(&app, "shop", bound, None).await;
    let mut holder = Holder::new();
    assert_eq!(shop.own(BOTH).await.error(), "invalid_dpop_proof");
    let params = [("grant_type", "client_credentials"), ("scope", BOTH)];
    let ask = async |proof: &str| shop.send("/token", &[("dpop", proof)], &params).await;
    let told = ask(&holder.for_token(&app)).await;
    is_refused(&told, 400, "use_dpop_nonce");
    holder.nonce = Some(told.header("dpop-nonce").to_owned());
    let proof = holder.for_token(&app);
    let told = ask(&proof).await.ok();
    assert_eq!(text(&told, "token_type"), "DPoP");
    is_refused(&ask(&proof).await, 400, "invalid_dpop_proof");
    let standing = shop.introspect(text(&told, "access_token")).await.ok();
    assert_eq!(standing["cnf"]["jkt"], holder.thumbprint());
    assert_eq!(standing["token_type"], "DPoP");
    let path = "/grants/0198f3c4-5b6a-7c8d-9e0f-1a2b3c4d5e6f";
    let bearer = format!("Bearer {}", text(&told, "access_token"));
    let headers = [("authorization", bearer.as_str())];
    let told = shop.ask(Method::GET, path, &headers, String::new()).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::UNAUTHORIZED, "invalid_token")
    );
}

async fn it_works_on_every_node_for_an_hour(app: TestApp) {
    let shop = open(&app, "shop").await;
    let token = shop.own_token(BOTH).await;
    let other_node = shop.clone().at(app.second_node().await);
    app.wait(Duration::from_secs(3_599));
    assert_eq!(other_node.introspect(&token).await.ok()["active"], true);
    other_node.revoke(&token, &[]).await;
    assert_eq!(shop.introspect(&token).await.ok()["active"], false);
}
