//! Discovery and the published keys.

use axum::http::Method;
use openidconnect::core::{CoreJsonWebKeySet, CoreProviderMetadata};
use serde_json::Value;

use super::Business;
use crate::harness::{Engine, TestApp};

async fn get(business: &Business, path: &str) -> Value {
    let told = business.ask(Method::GET, path, &[], String::new()).await;
    assert_eq!(told.status, 200);
    assert_eq!(told.header("content-type"), "application/json");
    assert_eq!(told.header("cache-control"), "public, max-age=300");
    told.json
}

#[tokio::test]
async fn discovery_says_what_is_true() {
    let app = TestApp::start(Engine::Sqlite).await;
    let business = Business::open(&app, "shop").await;
    let metadata = get(&business, "/.well-known/openid-configuration").await;
    insta::assert_json_snapshot!(metadata);
    assert_eq!(
        get(&business, "/.well-known/oauth-authorization-server").await,
        metadata,
        "RFC 8414 has it beside"
    );
    serde_json::from_value::<CoreProviderMetadata>(metadata).expect("openidconnect reads it");
}

#[tokio::test]
async fn published_keys_are_public_and_name_their_use() {
    let app = TestApp::start(Engine::Sqlite).await;
    let business = Business::open(&app, "shop").await;
    let mut keys = get(&business, "/jwks").await;
    serde_json::from_value::<CoreJsonWebKeySet>(keys.clone()).expect("openidconnect reads it");
    let list = keys["keys"].as_array_mut().expect("keys");
    list.sort_by_key(|key| key["alg"].to_string());
    insta::assert_json_snapshot!(keys, {
        ".keys[].kid" => "(thumbprint)",
        ".keys[].x" => "(point)",
        ".keys[].y" => "(point)",
        ".keys[].n" => "(modulus)",
    });
}

/// What discovery names has to be there: an endpoint that is not is a 404.
#[tokio::test]
async fn every_endpoint_in_discovery_answers() {
    let app = TestApp::start(Engine::Sqlite).await;
    let business = Business::open(&app, "shop").await;
    let metadata = get(&business, "/.well-known/openid-configuration").await;
    let members = metadata.as_object().expect("members");
    let endpoints = members
        .iter()
        .filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri");
    for (name, url) in endpoints {
        let path = url
            .as_str()
            .and_then(|url| url.strip_prefix("http://localhost:8000"));
        let path = path.unwrap_or_else(|| panic!("{name} is elsewhere: {url}"));
        // There is no list of agreements: each is below.
        let path = match name.as_str() {
            "grant_management_endpoint" => format!("{path}/x"),
            _ => path.to_owned(),
        };
        let told = business.ask(Method::GET, &path, &[], String::new()).await;
        assert_ne!(told.status, 404, "{name}");
        assert_ne!(told.status, 500, "{name}");
    }
    for (name, value) in members {
        assert_ne!(value, &serde_json::json!([]), "{name} is empty");
    }
}
