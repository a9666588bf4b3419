//! `openid-client`, of npm: `docs/clients/openid-client.md`.

use std::os::unix::fs::symlink;
use std::process::Command;

use serde_json::Value;

use super::process::{Folder, free_port};
use super::provider::{Provider, source};
use super::site::{Site, hears_of_a_withdrawal, installed, logs_in_refreshes_and_logs_out};

/// A folder with the program of the site, and the packages.
pub(super) fn program() -> Folder {
    let folder = Folder::new();
    folder.take_all_of(&source("openid-client"));
    symlink(installed("npm/node_modules"), folder.path("node_modules")).expect("a link");
    folder
}

/// Opens the site in `folder`, as the client that was registered.
pub(super) async fn open(provider: Provider, url: String, folder: Folder, client: &Value) -> Site {
    let text = |member: &str| client[member].as_str().unwrap_or_default();
    let env = [
        ("SLUIS_ISSUER", provider.issuer.as_str()),
        ("SITE", &url),
        ("CLIENT_ID", text("client_id")),
        ("CLIENT_SECRET", text("client_secret")),
    ];
    let mut server = vec!["node", "--dns-result-order=ipv4first"];
    if node_version() < 20 {
        server.push("--experimental-global-webcrypto");
    }
    server.push("app.mjs");
    let server = folder.serve(&server, &env, &url).await;
    Site {
        provider,
        url,
        _server: server,
    }
}

/// What the number of its version begins with.
fn node_version() -> u32 {
    let output = Command::new("node").arg("--version").output();
    let output = output.expect("node is missing: run tests/run, which installs it");
    let version = String::from_utf8(output.stdout).expect("a text");
    let major = version.trim_start_matches('v').split('.').next();
    major
        .and_then(|major| major.parse().ok())
        .expect("a version")
}

async fn start() -> Site {
    let provider = Provider::start().await;
    let url = format!("http://localhost:{}", free_port());
    let client = provider.register("openid-client", &url, &[]);
    open(provider, url, program(), &client).await
}

#[tokio::test]
async fn a_site_with_openid_client_logs_in_refreshes_and_logs_out() {
    logs_in_refreshes_and_logs_out(&start().await, "Bearer").await;
}

#[tokio::test]
async fn a_site_with_openid_client_hears_of_a_withdrawal() {
    hears_of_a_withdrawal(&start().await).await;
}
