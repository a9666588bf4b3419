//! A read is on record before it is answered, or it is not answered.

use serde_json::json;
use sluis::store::StoreError;

use super::Business;
use super::business::text;
use crate::harness::{ADA, TestApp, on_both_databases};
use crate::pages::export::exported;

on_both_databases!(what_cannot_be_put_on_record_is_not_told);

async fn alter(app: &TestApp, statement: &'static str) {
    let altered = app.app.store().write(move |tx| {
        Box::pin(async move {
            sqlx::query(statement).execute(tx).await?;
            Ok::<_, StoreError>(())
        })
    });
    altered.await.expect("a write");
}

async fn what_cannot_be_put_on_record_is_not_told(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "low").await;
    let token = text(&tokens, "access_token");
    alter(&app, "ALTER TABLE reads RENAME TO gone").await;
    let told = shop.userinfo(token).await;
    assert!(told.status.is_server_error(), "{told:?}");
    assert!(!told.body.contains(ADA), "{told:?}");
    alter(&app, "ALTER TABLE gone RENAME TO reads").await;
    for _ in 0..2 {
        let told = shop.userinfo(token).await;
        assert_eq!(told.ok()["email"], ADA);
    }
    let reads = exported(&mut ada).await["reads"].take();
    assert_eq!(reads.as_array().map(Vec::len), Some(2));
    // What an ID token says is read as well.
    let claims = json!({"id_token": {"email": null}}).to_string();
    let asks = [("scope", "openid"), ("claims", claims.as_str())];
    let code = shop.code(&mut ada, "low", &asks).await;
    alter(&app, "ALTER TABLE reads RENAME TO gone").await;
    let told = shop.redeem(&code).await;
    assert!(told.status.is_server_error(), "{told:?}");
    assert!(!told.body.contains("id_token"), "{told:?}");
    alter(&app, "ALTER TABLE gone RENAME TO reads").await;
}
