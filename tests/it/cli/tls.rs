//! https without a proxy.

use std::time::Duration;

use reqwest::header::{HeaderValue, SET_COOKIE};
use reqwest::{Certificate, Client, StatusCode, Version};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Place, browser, free_port};
use crate::harness::{ADA, PASSWORD};

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
        .tls_certs_only([authority.clone()])
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
    cookies_are_for_this_host_over_tls_alone(&issuer, authority).await;

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

/// RFC 6265bis §4.1.3.2: no other host can set what has the prefix, and nobody
/// on a plain connection.
async fn cookies_are_for_this_host_over_tls_alone(issuer: &str, authority: Certificate) {
    let over_tls = || {
        browser(
            issuer,
            Client::builder().tls_certs_only([authority.clone()]),
        )
    };
    let mut ada = over_tls();
    let form = ada.get("/sign-up").await.form("sign-up");
    let form = form
        .with("name", "Ada")
        .with("email", ADA)
        .with("password", PASSWORD);
    let page = ada.submit(form.press("sign-up-submit")).await;
    assert_eq!(page.location(), "/account?done=welcome");
    assert!(!page.headers.contains_key("strict-transport-security"));
    let cookies: Vec<&str> = page.headers.get_all(SET_COOKIE).iter().map(text).collect();
    let sets = |name: &str| cookies.iter().any(|cookie| cookie.starts_with(name));
    assert!(sets("__Host-sluis-session="), "{cookies:?}");
    for cookie in &cookies {
        assert!(cookie.starts_with("__Host-sluis-"), "{cookie}");
        for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/;"] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");
    }
    assert!(
        ada.jar.contains_key("__Host-sluis-browser"),
        "{:?}",
        ada.jar.keys()
    );
    // By these names they are read, and by no others.
    assert_eq!(ada.get("/account").await.status, StatusCode::OK);
    let mut planted = over_tls();
    for (name, value) in &ada.jar {
        let bare = name.trim_start_matches("__Host-").to_owned();
        planted.jar.insert(bare, value.clone());
    }
    let page = planted.get("/account").await;
    assert_eq!(page.location(), "/sign-in?next=%2Faccount");
}

fn text(value: &HeaderValue) -> &str {
    value.to_str().expect("text")
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
