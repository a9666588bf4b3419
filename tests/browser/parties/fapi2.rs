//! `openid-client` as FAPI 2.0 wants it, with pushed requests, DPoP and signed
//! assertions: `docs/clients/fapi2-openid-client.md`.

use serde_json::{Value, json};

use super::openid_client::{open, program};
use super::process::free_port;
use super::provider::{Provider, source};
use super::site::{Site, hears_of_a_withdrawal, logs_in_refreshes_and_logs_out};

async fn start() -> Site {
    let provider = Provider::start().await;
    let url = format!("http://localhost:{}", free_port());
    let folder = program();
    folder.take_all_of(&source("fapi2"));
    let made = folder.command("node").arg("keys.mjs").output();
    let made = made.expect("node");
    assert!(made.status.success(), "{made:?}");
    let key: Value = serde_json::from_slice(&made.stdout).expect("a key");
    let jwks = json!({"keys": [key]});
    let client = provider.register("fapi2", &url, &[("jwks", jwks)]);
    assert_eq!(client["security_profile"], "fapi2");
    open(provider, url, folder, &client).await
}

#[tokio::test]
async fn a_fapi2_site_logs_in_refreshes_and_logs_out() {
    logs_in_refreshes_and_logs_out(&start().await, "DPoP").await;
}

#[tokio::test]
async fn a_fapi2_site_hears_of_a_withdrawal() {
    hears_of_a_withdrawal(&start().await).await;
}
