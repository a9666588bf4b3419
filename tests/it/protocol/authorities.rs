//! Whom outgoing TLS trusts: `SLUIS_OUTBOUND_CA`.

use axum::routing::get;
use axum::{Json, Router};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use serde_json::json;
use sluis::clock::Clock;
use sluis::config::{Config, TlsFiles};
use sluis::server::{self, Tls};
use tokio::net::TcpListener;

use super::rfc7523::{TOKEN, ask, claims, is_refused, is_taken, signing_client};
use crate::harness::{Signer, TestApp, on_both_databases};

on_both_databases!(keys_come_from_a_server_that_an_authority_of_the_operator_vouches_for);

/// An authority that nobody knows: its file, and those of a server that it
/// vouches for.
fn issue(app: &TestApp) -> (String, TlsFiles) {
    let own = KeyPair::generate().expect("a key");
    let mut about = CertificateParams::default();
    about.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    about
        .distinguished_name
        .push(DnType::CommonName, "Somebody's own authority");
    let authority = about.self_signed(&own).expect("a certificate");
    let issuer = Issuer::new(about, own);
    let key = KeyPair::generate().expect("a key");
    let about = CertificateParams::new(["localhost".to_owned()]).expect("a name");
    let site = about.signed_by(&key, &issuer).expect("a certificate");
    let write = |name: &str, pem: String| {
        let path = app.folder().join(name);
        std::fs::write(&path, pem).expect("a file");
        path
    };
    let named = write("authority.pem", authority.pem());
    let files = TlsFiles {
        cert: write("site.pem", site.pem()),
        key: write("site.key", key.serialize_pem()),
    };
    (named.display().to_string(), files)
}

async fn keys_come_from_a_server_that_an_authority_of_the_operator_vouches_for(app: TestApp) {
    let signer = Signer::new("ES256", "one");
    let (named, files) = issue(&app);
    let tls = Tls::load(files, Clock::system()).expect("a certificate");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let keys = signer.jwks();
    let keys = Router::new().route("/jwks", get(async move || Json(keys)));
    let serving = server::serve(listener, Some(tls), keys, std::future::pending());
    let serving = tokio::spawn(serving);
    let uri = json!({"jwks_uri": format!("https://localhost:{port}/jwks")});
    let shop = signing_client(&app, "shop", &signer, uri).await;
    let told = ask(&shop, &signer.sign(&claims("shop", TOKEN))).await;
    is_refused(&told, "an authority that nobody named");
    let description = told.json["error_description"].as_str().expect("text");
    assert!(
        description.contains("not with a trusted certificate"),
        "{description}"
    );
    let app = app
        .with(|config| {
            let named = [("SLUIS_OUTBOUND_CA", named.as_str())];
            let named = Config::from_parts("", named).expect("settings");
            config.outbound_ca = named.outbound_ca;
        })
        .await;
    let shop = shop.at(app.router.clone());
    is_taken(
        &ask(&shop, &signer.sign(&claims("shop", TOKEN))).await,
        "one that is named",
    );
    serving.abort();
}
