//! Authlib, of the Python Package Index, with Flask: `docs/clients/authlib.md`.

use super::process::{Folder, free_port};
use super::provider::{Provider, source};
use super::site::{Site, hears_of_a_withdrawal, installed, logs_in_refreshes_and_logs_out};

async fn start() -> Site {
    let provider = Provider::start().await;
    let url = format!("http://localhost:{}", free_port());
    let client = provider.register("authlib", &url, &[]);
    let text = |member: &str| client[member].as_str().expect("a text");
    let folder = Folder::new();
    folder.take_all_of(&source("authlib"));
    let env = [
        ("SLUIS_ISSUER", provider.issuer.as_str()),
        ("SITE", &url),
        ("CLIENT_ID", text("client_id")),
        ("CLIENT_SECRET", text("client_secret")),
    ];
    let python = installed("pypi/bin/python").display().to_string();
    let server = folder.serve(&[&python, "app.py"], &env, &url).await;
    Site {
        provider,
        url,
        _server: server,
    }
}

#[tokio::test]
async fn a_site_with_authlib_logs_in_refreshes_and_logs_out() {
    logs_in_refreshes_and_logs_out(&start().await, "Bearer").await;
}

#[tokio::test]
async fn a_site_with_authlib_hears_of_a_withdrawal() {
    hears_of_a_withdrawal(&start().await).await;
}
