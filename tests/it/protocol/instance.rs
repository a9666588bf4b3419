//! What an instance says by what it is: by its issuer, and by the keys that it
//! has.

use serde_json::{Value, json};
use sluis::store::{StoreError, keys};

use super::Business;
use super::business::text;
use super::registrar::{open, register, with};
use crate::harness::{ADA, TestApp, on_both_databases};

on_both_databases!(
    browsers_come_back_over_tls_where_they_came_over_tls,
    what_there_is_no_key_for_is_not_registered,
);

async fn browsers_come_back_over_tls_where_they_came_over_tls(app: TestApp) {
    const PATHS: [&str; 4] = ["/jwks", "/sign-in", "/authorize", "/nothing"];
    let mut app = app;
    // Not on this machine, where other things are served without TLS.
    for (issuer, expected) in [
        ("http://localhost:8000", None),
        ("https://localhost:8000", None),
        ("https://id.example", Some("max-age=31536000")),
    ] {
        app = app
            .with(|config| config.issuer = issuer.parse().expect("an issuer"))
            .await;
        for path in PATHS {
            let page = app.browser().get(path).await;
            let found = page.headers.get("strict-transport-security");
            let found = found.map(|value| value.to_str().expect("text"));
            assert_eq!(found, expected, "{issuer}{path}");
        }
    }
}

/// An instance from before an algorithm has no key for it until its keys are
/// rotated. It says so when a client comes, and not when somebody logs in.
async fn what_there_is_no_key_for_is_not_registered(app: TestApp) {
    let app = open(app).await;
    let shop = Business::open(&app, "shop").await;
    let mut connection = app.app.store().read().await.expect("a connection");
    let all = keys::all(&mut connection).await.expect("keys");
    drop(connection);
    let ps256 = all.into_iter().find(|key| key.alg == "PS256").expect("one");
    let now = app.app.now();
    let retired = app.app.store().write(move |tx| {
        Box::pin(async move { Ok::<_, StoreError>(keys::retire(tx, &ps256.kid, now).await?) })
    });
    retired.await.expect("a write");
    let app = app.with(|_| {}).await;
    for member in [
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "authorization_signed_response_alg",
        "introspection_signed_response_alg",
    ] {
        let told = register(&app, None, &with(&json!({ member: "PS256" }))).await;
        assert_eq!(told.error(), "invalid_client_metadata", "{member}");
        let description = text(&told.json, "error_description");
        assert!(
            description.contains("no key to sign with PS256"),
            "{description}"
        );
        let told = register(&app, None, &with(&json!({ member: "ES256" }))).await;
        assert_eq!(told.status.as_u16(), 201, "{member}");
    }
    let told = app.browser().get("/.well-known/openid-configuration").await;
    let told: Value = serde_json::from_str(&told.html).expect("JSON");
    let offered = &told["id_token_signing_alg_values_supported"];
    assert!(
        !offered
            .as_array()
            .expect("a list")
            .contains(&json!("PS256"))
    );
    let mut ada = app.person("Ada", ADA).await;
    shop.at(app.router.clone()).log_in(&mut ada, "low").await;
}
