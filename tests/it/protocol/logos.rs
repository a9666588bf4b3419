//! Logos of clients: what is shown of them, and what is not.

use std::time::Duration;

use axum::body::to_bytes;
use axum::http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use sluis::domain::receipt::Hash;
use sluis::jobs;
use wiremock::matchers::{any, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::business::{Business, SCOPES, text};
use super::rfc8628::{television, type_in};
use crate::harness::{ADA, Actor, Page, TestApp, on_both_databases};
use crate::html::tags;

on_both_databases!(
    a_logo_is_fetched_by_us_and_served_from_here,
    a_logo_stands_wherever_its_client_is_named_with_a_picture,
    who_reads_another_language_may_see_another_logo,
    what_is_no_picture_is_not_shown,
    what_may_not_be_asked_is_not_asked,
    of_two_nodes_one_fetches,
);

/// The least of a PNG that says how large it is, and ends.
pub(super) fn png(side: u32) -> Vec<u8> {
    let start = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice();
    let side = side.to_be_bytes();
    let end = b"\0\0\0\0IEND\xaeB`\x82";
    [start, &side, &side, &[0; 9], end].concat()
}

/// A GIF of so many frames.
fn gif(frames: usize) -> Vec<u8> {
    let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0".repeat(frames);
    let start = b"GIF89a\x01\0\x01\0\0\0\0".as_slice();
    [start, &frame, b";"].concat()
}

/// Someone who shows a picture, whatever they call it.
pub(super) async fn studio(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    shows(&server, answer).await;
    server
}

/// From now on it answers like that.
pub(super) async fn shows(server: &MockServer, answer: ResponseTemplate) {
    server.reset().await;
    let mock = Mock::given(any()).respond_with(answer);
    mock.mount(server).await;
}

pub(super) fn picture(bytes: Vec<u8>) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_raw(bytes, "image/svg+xml")
}

pub(super) fn logo_at(server: &MockServer) -> Value {
    json!({"logo_uri": format!("{}/logo", server.uri())})
}

pub(super) async fn asked(server: &MockServer) -> usize {
    server.received_requests().await.expect("a list").len()
}

/// Fetches all that is due.
pub(super) async fn fetch(app: &TestApp) {
    jobs::logos::run_once(&app.app).await.expect("a database");
}

/// The pictures of clients on a page.
fn logos_on(page: &Page) -> Vec<String> {
    tags(&page.html)
        .into_iter()
        .filter(|(tag, _)| tag.name == "img" && tag.get("alt") == Some(""))
        .filter_map(|(tag, _)| tag.get("src").map(str::to_owned))
        .filter(|src| !src.starts_with("/assets/"))
        .collect()
}

/// The logo of a client, as someone sees it who is asked to sign in there.
pub(super) async fn seen_by(mut actor: Actor, shop: &Business) -> Option<String> {
    let page = actor.visit(&shop.client.request(&[])).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    assert!(page.has_form("sign-in"), "{}", page.words());
    logos_on(&page).pop()
}

pub(super) async fn seen(app: &TestApp, shop: &Business) -> Option<String> {
    seen_by(app.browser(), shop).await
}

/// What is at an address here.
pub(super) async fn load(app: &TestApp, path: &str) -> (StatusCode, HeaderMap, Vec<u8>) {
    let answer = app.browser().begin_to_read(path).await;
    let (parts, body) = answer.into_parts();
    let body = to_bytes(body, 1 << 20).await.expect("a body");
    (parts.status, parts.headers, body.to_vec())
}

async fn a_logo_is_fetched_by_us_and_served_from_here(app: TestApp) {
    let server = studio(picture(png(64))).await;
    let shop = Business::with(&app, "shop", logo_at(&server), None).await;
    assert_eq!(seen(&app, &shop).await, None, "a letter, and nobody waits");
    assert_eq!(asked(&server).await, 0);
    fetch(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.visit(&shop.client.request(&[("scope", SCOPES)])).await;
    let logos = logos_on(&page);
    assert_eq!(logos.len(), 1, "{}", page.html);
    assert!(logos[0].starts_with("/clients/shop/logos/"), "{logos:?}");
    let policy = page.headers["content-security-policy"].to_str();
    let policy = policy.expect("text");
    assert!(policy.contains("; img-src 'self'; "), "{policy}");

    let (status, headers, body) = load(&app, &logos[0]).await;
    assert_eq!((status, body), (StatusCode::OK, png(64)));
    for (name, value) in [
        ("content-type", "image/png"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cache-control", "public, max-age=86400, immutable"),
    ] {
        assert_eq!(headers[name], value);
    }
    assert!(!headers.contains_key("set-cookie"));
    for other in [
        "/clients/shop/logos/x",
        "/clients/nobody/logos/x",
        "/clients/%20/logos/x",
    ] {
        assert_eq!(load(&app, other).await.0, StatusCode::NOT_FOUND, "{other}");
    }
    fetch(&app).await;
    let requests = server.received_requests().await.expect("a list");
    assert_eq!(requests.len(), 1, "once, and by nobody who looked");
    for header in ["cookie", "referer"] {
        assert!(!requests[0].headers.contains_key(header));
    }

    // A day later it may look otherwise, and then is somewhere else.
    shows(&server, picture(png(65))).await;
    app.wait(Duration::from_hours(24));
    fetch(&app).await;
    assert_eq!(asked(&server).await, 1);
    let newer = seen(&app, &shop).await.expect("a logo");
    assert_ne!(newer, logos[0]);
    assert_eq!(load(&app, &newer).await.2, png(65));
    assert_eq!(load(&app, &logos[0]).await.0, StatusCode::NOT_FOUND);
}

async fn a_logo_stands_wherever_its_client_is_named_with_a_picture(app: TestApp) {
    let server = studio(picture(png(64))).await;
    let shop = Business::with(&app, "shop", logo_at(&server), None).await;
    let tv = television(&app, "tv", logo_at(&server)).await;
    fetch(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    shop.code(&mut ada, "low", &[("scope", SCOPES)]).await;
    let cards = ada.get("/account/businesses").await;
    let grant = ada.get(&cards.link_to("/account/businesses/")).await;
    let begun = tv.begin(&[]).await.ok();
    let device = type_in(&mut ada, text(&begun, "user_code")).await;
    for (page, client) in [(&cards, "shop"), (&grant, "shop"), (&device, "tv")] {
        let logos = logos_on(page);
        assert_eq!(logos.len(), 1, "{}", page.html);
        let own = format!("/clients/{client}/logos/");
        assert!(logos[0].starts_with(&own), "{logos:?}");
    }
}

async fn who_reads_another_language_may_see_another_logo(app: TestApp) {
    let (all, dutch) = (
        studio(picture(png(64))).await,
        studio(picture(png(65))).await,
    );
    let mut metadata = logo_at(&all);
    metadata["logo_uri#nl"] = json!(format!("{}/nl", dutch.uri()));
    let shop = Business::with(&app, "shop", metadata, None).await;
    fetch(&app).await;
    let english = seen(&app, &shop).await.expect("a logo");
    assert_eq!(load(&app, &english).await.2, png(64));
    let mut reader = app.browser();
    reader.languages = "nl".to_owned();
    let own = seen_by(reader, &shop).await.expect("a logo");
    assert_eq!(load(&app, &own).await.2, png(65));
    assert_eq!((asked(&all).await, asked(&dutch).await), (1, 1));
}

async fn what_is_no_picture_is_not_shown(app: TestApp) {
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>".to_vec();
    let html = b"<!doctype html><script>alert(1)</script>".to_vec();
    let large = [png(9), vec![0; 256 * 1024]].concat();
    let answers = [
        ("svg", picture(svg)),
        (
            "html",
            ResponseTemplate::new(200).set_body_raw(html, "image/png"),
        ),
        ("large", picture(large)),
        ("pixels", picture(png(1_025))),
        ("nothing", picture(Vec::new())),
        (
            "redirect",
            ResponseTemplate::new(302).insert_header("location", "/real"),
        ),
        ("fault", ResponseTemplate::new(500).set_body_bytes(png(9))),
        ("slow", picture(png(9)).set_delay(Duration::from_secs(60))),
        ("moving", picture(gif(2))),
        ("broken", picture(png(9)[..30].to_vec())),
    ];
    let mut shops = Vec::new();
    for (id, answer) in answers {
        let server = MockServer::start().await;
        Mock::given(path("/real"))
            .respond_with(picture(png(9)))
            .mount(&server)
            .await;
        Mock::given(path("/logo"))
            .respond_with(answer)
            .mount(&server)
            .await;
        let shop = Business::with(&app, id, logo_at(&server), None).await;
        shops.push((id, shop, server));
    }
    let still = studio(picture(gif(1))).await;
    let still = Business::with(&app, "still", logo_at(&still), None).await;
    fetch(&app).await;
    assert!(seen(&app, &still).await.is_some(), "one frame is a picture");
    let hash = Hash::of(&png(9));
    for (id, shop, server) in &shops {
        assert_eq!(asked(server).await, 1, "{id}");
        assert_eq!(seen(&app, shop).await, None, "{id}");
        let path = format!("/clients/{id}/logos/{}", hash.as_str());
        assert_eq!(load(&app, &path).await.0, StatusCode::NOT_FOUND, "{id}");
    }
    // What may pass is asked for soon, and what is something else is not.
    app.wait(Duration::from_secs(10));
    shows(&shops[7].2, picture(png(9))).await;
    fetch(&app).await;
    for (id, shop, server) in &shops {
        let again = match *id {
            "fault" => 2,
            _ => 1,
        };
        assert_eq!(asked(server).await, again, "{id}");
        assert_eq!(seen(&app, shop).await.is_some(), *id == "slow", "{id}");
    }
}

async fn what_may_not_be_asked_is_not_asked(app: TestApp) {
    let server = studio(picture(png(64))).await;
    let inside = logo_at(&server);
    let app = app
        .with(|config| config.outbound_allow = sluis::config::OutboundAllow::default())
        .await;
    let mut shops = vec![Business::with(&app, "inside", inside, None).await];
    let private = json!({"logo_uri": "https://10.0.0.1/logo.png"});
    shops.push(Business::with(&app, "private", private, None).await);
    fetch(&app).await;
    for shop in &shops {
        assert_eq!(seen(&app, shop).await, None);
    }
    assert_eq!(asked(&server).await, 0);
}

async fn of_two_nodes_one_fetches(app: TestApp) {
    let server = studio(picture(png(64))).await;
    let shop = Business::with(&app, "shop", logo_at(&server), None).await;
    let other = app.second_app().await;
    let (here, there) = tokio::join!(
        jobs::logos::run_once(&app.app),
        jobs::logos::run_once(&other)
    );
    here.and(there).expect("a database");
    assert_eq!(asked(&server).await, 1);
    let at_other = app.browser().at_node(sluis::server::router(&other));
    let logo = seen_by(at_other, &shop).await;
    assert!(logo.is_some());
    assert_eq!(logo, seen(&app, &shop).await);
}
