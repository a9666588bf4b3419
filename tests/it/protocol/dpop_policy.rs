//! DPoP: to whom codes and tokens are bound, and who needs a nonce
//! (RFC 9449 §5, §8, §10).

use std::time::Duration;

use serde_json::json;

use super::Business;
use super::business::text;
use super::holder::{Holder, code, is_refused, log_in};
use crate::harness::{ADA, TestApp, on_both_databases};

on_both_databases!(
    a_client_that_registered_for_dpop_is_held_to_it_and_to_nonces,
    a_nonce_is_good_on_every_node_and_not_for_ever,
    a_code_is_bound_to_the_key_of_its_request,
    a_public_client_refreshes_with_its_key_alone,
    a_confidential_client_may_change_its_key,
);

async fn a_client_that_registered_for_dpop_is_held_to_it_and_to_nonces(app: TestApp) {
    let bound = json!({"dpop_bound_access_tokens": true});
    let shop = Business::with(&app, "shop", bound, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let mut holder = Holder::new();
    let code = code(&shop, &mut ada).await;
    assert_eq!(shop.redeem(&code).await.error(), "invalid_dpop_proof");
    let told = shop.redeem_proving(&code, &holder.for_token(&app)).await;
    is_refused(&told, 400, "use_dpop_nonce");
    holder.nonce = Some(told.header("dpop-nonce").to_owned());
    let tokens = shop
        .redeem_proving(&code, &holder.for_token(&app))
        .await
        .ok();
    let token = text(&tokens, "access_token");
    shop.userinfo_proving(token, &holder.for_userinfo(&app, token))
        .await
        .ok();
    let refresh = text(&tokens, "refresh_token");
    assert_eq!(shop.refresh(refresh).await.error(), "invalid_dpop_proof");
    let nonce = holder.nonce.take();
    let told = shop
        .userinfo_proving(token, &holder.for_userinfo(&app, token))
        .await;
    is_refused(&told, 401, "use_dpop_nonce");
    let told = shop.refresh_proving(refresh, &holder.for_token(&app)).await;
    is_refused(&told, 400, "use_dpop_nonce");
    holder.nonce = nonce;
    shop.refresh_proving(refresh, &holder.for_token(&app))
        .await
        .ok();
}

async fn a_nonce_is_good_on_every_node_and_not_for_ever(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let mut holder = Holder::new();
    let tokens = log_in(&app, &shop, &mut ada, &holder).await;
    let token = text(&tokens, "access_token");
    let nonce_now = || async {
        let told = shop
            .userinfo_proving(token, &holder.for_userinfo(&app, token))
            .await;
        told.header("dpop-nonce").to_owned()
    };
    let nonce = nonce_now().await;
    holder.nonce = Some(nonce.clone());
    let other_node = shop.clone().at(sluis::server::router(&app.app));
    other_node
        .userinfo_proving(token, &holder.for_userinfo(&app, token))
        .await
        .ok();
    // A clock that is off does not matter to whoever has a nonce.
    let mut claims = holder.claims_for_userinfo(&app, token);
    claims["iat"] = json!(app.app.now().as_seconds() - 299);
    shop.userinfo_proving(token, &holder.sign(&claims))
        .await
        .ok();
    app.wait(Duration::from_secs(300));
    shop.userinfo_proving(token, &holder.for_userinfo(&app, token))
        .await
        .ok();
    app.wait(Duration::from_secs(300));
    let told = shop
        .userinfo_proving(token, &holder.for_userinfo(&app, token))
        .await;
    is_refused(&told, 401, "use_dpop_nonce");
    assert_ne!(told.header("dpop-nonce"), nonce);
    holder.nonce = Some("made up".to_owned());
    let told = shop
        .userinfo_proving(token, &holder.for_userinfo(&app, token))
        .await;
    is_refused(&told, 401, "use_dpop_nonce");
}

async fn a_code_is_bound_to_the_key_of_its_request(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let (holder, thief) = (Holder::new(), Holder::new());
    let thumbprint = holder.thumbprint();
    let asked = [("scope", "openid"), ("dpop_jkt", thumbprint.as_str())];
    let code = shop.code(&mut ada, "low", &asked).await;
    assert_eq!(shop.redeem(&code).await.error(), "invalid_grant");
    let told = shop.redeem_proving(&code, &thief.for_token(&app)).await;
    is_refused(&told, 400, "invalid_grant");
    shop.redeem_proving(&code, &holder.for_token(&app))
        .await
        .ok();
    // The grant is there by now: the code comes at once.
    let code = shop.code(&mut ada, "low", &asked).await;
    assert_eq!(shop.redeem(&code).await.error(), "invalid_grant");
    for wrong in ["x", &thumbprint[1..], &format!("{thumbprint}=")] {
        let page = ada.get(&shop.client.request(&[("dpop_jkt", wrong)])).await;
        assert_eq!(shop.client.answer(&page)["error"], "invalid_request");
    }
    let twice = [("dpop_jkt", &*thumbprint), ("dpop_jkt", &*thumbprint)];
    let page = ada.get(&shop.client.request(&twice)).await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_request");
}

async fn a_public_client_refreshes_with_its_key_alone(app: TestApp) {
    let public = json!({"token_endpoint_auth_method": "none"});
    let shop = Business::with(&app, "shop", public, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let (holder, thief) = (Holder::new(), Holder::new());
    let tokens = log_in(&app, &shop, &mut ada, &holder).await;
    let refresh = text(&tokens, "refresh_token");
    assert_eq!(shop.refresh(refresh).await.error(), "invalid_grant");
    let told = shop.refresh_proving(refresh, &thief.for_token(&app)).await;
    is_refused(&told, 400, "invalid_grant");
    let second = shop
        .refresh_proving(refresh, &holder.for_token(&app))
        .await
        .ok();
    let refresh = text(&second, "refresh_token");
    assert_eq!(
        shop.refresh(refresh).await.error(),
        "invalid_grant",
        "the successor too"
    );
    shop.refresh_proving(refresh, &holder.for_token(&app))
        .await
        .ok();
}

async fn a_confidential_client_may_change_its_key(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let (old, new) = (Holder::new(), Holder::new());
    let tokens = log_in(&app, &shop, &mut ada, &old).await;
    let told = shop.introspect(text(&tokens, "refresh_token")).await.ok();
    assert_eq!(told.get("cnf"), None, "its secret binds it");
    let second = shop
        .refresh_proving(text(&tokens, "refresh_token"), &new.for_token(&app))
        .await
        .ok();
    let token = text(&second, "access_token");
    shop.userinfo_proving(token, &new.for_userinfo(&app, token))
        .await
        .ok();
    let told = shop
        .userinfo_proving(token, &old.for_userinfo(&app, token))
        .await;
    is_refused(&told, 401, "invalid_token");
}
