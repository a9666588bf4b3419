//! https without a proxy.

use std::time::Duration;

use reqwest::{Certificate, Client, StatusCode, Version};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Place, free_port};

/// Writes a certificate for this machine and its key, and gives the former.
fn issue(place: &Place) -> String {
    let names = ["localhost".to_owned()];
    let issued = rcgen::generate_simple_self_signed(names).expect("a certificate");
    place.write("site.pem", issued.cert.pem());
    place.write("site.key", issued.signing_key.serialize_pem());
    issued.cert.pem()
}

#[tokio::test]
async fn https_is_served_with_the_certificate_that_is_named() {
    let place = Place::new();
    let authority = Certificate::from_pem(issue(&place).as_bytes()).expect("a certificate");
    let (address, issuer) = {
        let port = free_port();
        (
            format!("127.0.0.1:{port}"),
            format!("https://localhost:{port}"),
        )
    };
    let variables = [
        ("SLUIS_ISSUER", issuer.as_str()),
        ("SLUIS_LISTEN", &address),
        ("SLUIS_TLS_CERT", "site.pem"),
        ("SLUIS_TLS_KEY", "site.key"),
    ];
    let server = place.start(&["serve"], &variables);
    let client = Client::builder()
        .no_proxy()
        .tls_certs_only([authority])
        .build()
        .expect("a client");
    let discovery = format!("{issuer}/.well-known/openid-configuration");
    let mut tick = tokio::time::interval(Duration::from_millis(50));
    let answer = loop {
        tick.tick().await;
        match client.get(&discovery).send().await {
            Ok(answer) => break answer,
            // It is still starting.
            Err(error) if error.is_connect() => {}
            Err(error) => panic!("{error:?}"),
        }
    };
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.version(), Version::HTTP_11);
    // Other things on this machine are served without TLS.
    assert!(!answer.headers().contains_key("strict-transport-security"));
    assert!(answer.text().await.expect("a body").contains(&issuer));
    // Cookies of https are for https alone.
    let page = client
        .get(format!("{issuer}/sign-in"))
        .send()
        .await
        .expect("a page");
    assert!(!page.headers().contains_key("strict-transport-security"));
    let cookie = page.headers()["set-cookie"].to_str().expect("text");
    assert!(cookie.contains("; Secure"), "{cookie}");

    // Who does not speak TLS is not answered.
    let mut plain = TcpStream::connect(&address).await.expect("it listens");
    plain
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .expect("sent");
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "{answer:?}");

    let stopped = server.stop("TERM").succeeds();
    assert!(
        stopped
            .err
            .contains(&format!("listens on https://{address}")),
        "{stopped:?}"
    );
}

#[test]
fn a_certificate_that_cannot_be_used_stops_the_start() {
    let place = Place::new();
    issue(&place);
    place.write("site.key", "nothing");
    let variables = [
        ("SLUIS_ISSUER", "https://localhost:8000"),
        ("SLUIS_TLS_CERT", "site.pem"),
        ("SLUIS_TLS_KEY", "site.key"),
    ];
    let told = [
        "SLUIS_TLS_KEY: site.key holds no private key",
        "name a PEM file",
    ];
    place.run_with(&["serve"], &variables).is_refused(&told);
    // Nothing was made.
    assert!(!place.path("sluis.db").exists());
    place.run(&["migrate"]).succeeds();
    let examined = place.run_with(&["doctor"], &variables);
    assert!(
        examined
            .err
            .contains("SLUIS_TLS_KEY: site.key holds no private key"),
        "{examined:?}"
    );
}
