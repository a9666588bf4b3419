//! What is published for programs that check documents before they send them.

use axum::http::Method;

use super::Business;
use crate::harness::{TestApp, on_both_databases};

on_both_databases!(every_schema_is_served_as_one);

async fn every_schema_is_served_as_one(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    for name in [
        "business",
        "consent-events",
        "data-plan",
        "export",
        "profile-release",
    ] {
        let path = format!("/schemas/{name}/v1.json");
        let told = shop.ask(Method::GET, &path, &[], String::new()).await;
        assert_eq!(told.status, 200, "{name}");
        assert_eq!(told.header("content-type"), "application/schema+json");
        let id = told.json["$id"].as_str();
        assert!(id.is_some_and(|id| id.ends_with("/v1.json")), "{name}");
        jsonschema::meta::validate(&told.json).expect("a schema");
    }
}
