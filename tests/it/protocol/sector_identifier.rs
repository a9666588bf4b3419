//! `sector_identifier_uri`: OpenID Connect Core 1.0 §8.1, Registration 1.0 §5.

use axum::http::Method;
use serde_json::{Value, json};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::business::{Business, claims_of, text};
use super::registrar::{initial_token, manage, register, registered};
use crate::harness::{ADA, Actor, TestApp, on_both_databases};

on_both_databases!(
    clients_of_a_business_with_one_sector_see_one_subject,
    several_hosts_need_a_sector,
    a_sector_that_does_not_list_every_redirect_uri_is_refused,
    a_replacement_is_held_to_its_sector_too,
);

const SHOP: &str = "https://shop.example/back?from=sluis";
const NEWS: &str = "https://news.example/back?from=sluis";

async fn sector(answer: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(path("/sector.json"))
        .respond_with(answer)
        .mount(&server)
        .await;
    server
}

fn listing(uris: &[&str]) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(uris)
}

fn metadata(server: &MockServer, uris: &[&str]) -> Value {
    json!({
        "redirect_uris": uris,
        "sector_identifier_uri": format!("{}/sector.json", server.uri()),
    })
}

async fn subject(business: &Business, actor: &mut Actor) -> String {
    let code = business.code(actor, "low", &[("scope", "openid")]).await;
    let tokens = business.redeem(&code).await.ok();
    text(&claims_of(text(&tokens, "id_token")), "sub").to_owned()
}

async fn clients_of_a_business_with_one_sector_see_one_subject(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let server = sector(listing(&[SHOP, NEWS])).await;
    let token = initial_token(&app, 3).await;
    let mut subjects = Vec::new();
    for uris in [&[SHOP][..], &[NEWS]] {
        let told = registered(&app, Some(&token), &metadata(&server, uris)).await;
        assert_eq!(
            told["sector_identifier_uri"],
            format!("{}/sector.json", server.uri())
        );
        let client = Business::registered(&app, &told);
        subjects.push(subject(&client, &mut ada).await);
    }
    assert_eq!(subjects[0], subjects[1], "two hosts, one sector");
    let alone = registered(&app, Some(&token), &json!({"redirect_uris": [SHOP]})).await;
    let alone = subject(&Business::registered(&app, &alone), &mut ada).await;
    assert_ne!(alone, subjects[0], "its own host is another sector");
    // product.md section 10: no two businesses share an identifier.
    let other = initial_token(&app, 1).await;
    let stranger = registered(&app, Some(&other), &metadata(&server, &[SHOP])).await;
    let stranger = subject(&Business::registered(&app, &stranger), &mut ada).await;
    assert_ne!(stranger, subjects[0]);
    let fetched = server.received_requests().await.expect("a list").len();
    assert_eq!(fetched, 3, "when they register, and never again");
}

async fn several_hosts_need_a_sector(app: TestApp) {
    let token = initial_token(&app, 3).await;
    let several = json!({"redirect_uris": [SHOP, NEWS]});
    let told = register(&app, Some(&token), &several).await;
    assert_eq!(told.error(), "invalid_client_metadata");
    let description = text(&told.json, "error_description");
    assert!(
        description.contains("sector_identifier_uri"),
        "{description}"
    );
    let public = json!({"redirect_uris": [SHOP, NEWS], "subject_type": "public"});
    registered(&app, Some(&token), &public).await;
    let server = sector(listing(&[NEWS, SHOP, "https://more.example/"])).await;
    registered(&app, Some(&token), &metadata(&server, &[SHOP, NEWS])).await;
}

async fn a_sector_that_does_not_list_every_redirect_uri_is_refused(app: TestApp) {
    let token = initial_token(&app, 1).await;
    let large: Vec<String> = (0..5_000).map(|n| format!("{SHOP}&n={n}")).collect();
    for (answer, told) in [
        (listing(&[NEWS]), "does not list"),
        (listing(&["https://shop.example/back"]), "does not list"),
        (listing(&[]), "does not list"),
        (
            ResponseTemplate::new(200).set_body_json(json!({"uris": [SHOP]})),
            "JSON array",
        ),
        (
            ResponseTemplate::new(200).set_body_json(json!([SHOP, 1])),
            "JSON array",
        ),
        (
            ResponseTemplate::new(200).set_body_string("no JSON"),
            "JSON array",
        ),
        (ResponseTemplate::new(200).set_body_json(large), "too large"),
        (
            ResponseTemplate::new(302).insert_header("location", "/other"),
            "status 302",
        ),
        (ResponseTemplate::new(404), "status 404"),
    ] {
        let server = sector(answer).await;
        let refused = register(&app, Some(&token), &metadata(&server, &[SHOP])).await;
        assert_eq!(refused.error(), "invalid_client_metadata", "{told}");
        let description = text(&refused.json, "error_description");
        assert!(description.contains(told), "{description}");
    }
    for uri in [
        "http://shop.example/sector.json",
        "https://10.0.0.1/sector.json",
    ] {
        let metadata = json!({"redirect_uris": [SHOP], "sector_identifier_uri": uri});
        let refused = register(&app, Some(&token), &metadata).await;
        assert_eq!(refused.error(), "invalid_client_metadata", "{uri}");
    }
}

async fn a_replacement_is_held_to_its_sector_too(app: TestApp) {
    let token = initial_token(&app, 1).await;
    let server = sector(listing(&[SHOP])).await;
    let told = registered(&app, Some(&token), &metadata(&server, &[SHOP])).await;
    let mut body = metadata(&server, &[SHOP, NEWS]);
    body["client_id"] = told["client_id"].clone();
    let refused = manage(&app, Method::PUT, &told, Some(&body)).await;
    assert_eq!(refused.error(), "invalid_client_metadata");
    assert_eq!(manage(&app, Method::GET, &told, None).await.ok(), told);
}
