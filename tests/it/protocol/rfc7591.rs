//! Dynamic registration: RFC 7591, and OpenID Connect Dynamic Client
//! Registration 1.0.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::business::{Business, claims_of, text};
use super::registrar::{answer, least, open, register, registered, send, with};
use crate::harness::{ADA, Engine, Signer, TestApp, on_both_databases};

on_both_databases!(
    a_client_registers_itself_and_people_log_in_with_it,
    what_is_left_out_is_what_the_specification_says,
    what_was_registered_is_told_and_what_is_not_known_is_not,
    people_read_a_client_in_their_language,
    each_refusal_has_its_code,
    redirect_uris_are_those_of_the_kind_of_application,
    a_client_with_a_key_registers_and_authenticates_with_it,
);

async fn a_client_registers_itself_and_people_log_in_with_it(app: TestApp) {
    let app = open(app).await;
    let mut ada = app.person("Ada", ADA).await;
    for method in ["client_secret_basic", "client_secret_post", "none"] {
        let metadata = with(&json!({
            "client_name": "Shop",
            "token_endpoint_auth_method": method,
            "grant_types": ["authorization_code", "refresh_token"],
        }));
        let told = registered(&app, None, &metadata).await;
        assert_eq!(told.get("client_secret").is_some(), method != "none");
        let shop = Business::registered(&app, &told);
        let tokens = shop.log_in(&mut ada, "low").await;
        let claims = shop.userinfo(text(&tokens, "access_token")).await.ok();
        assert_eq!(claims["email"], ADA);
        shop.refresh(text(&tokens, "refresh_token")).await.ok();
    }
}

async fn what_is_left_out_is_what_the_specification_says(app: TestApp) {
    let app = open(app).await;
    let told = registered(&app, None, &least()).await;
    for (name, value) in [
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("grant_types", json!(["authorization_code"])),
        ("response_types", json!(["code"])),
        ("application_type", json!("web")),
        ("id_token_signed_response_alg", json!("RS256")),
        ("client_name", json!("shop.example")),
        ("client_id_issued_at", json!(1_790_000_000)),
        ("client_secret_expires_at", json!(0)),
    ] {
        assert_eq!(told[name], value, "{name}");
    }
    assert!(told.get("userinfo_signed_response_alg").is_none());
    let mut ada = app.person("Ada", ADA).await;
    let shop = Business::registered(&app, &told);
    let code = shop.code(&mut ada, "low", &[("scope", "openid")]).await;
    let tokens = shop.redeem(&code).await.ok();
    let claims = claims_of(text(&tokens, "id_token"));
    assert_eq!(claims["aud"], told["client_id"]);
}

async fn what_was_registered_is_told_and_what_is_not_known_is_not(app: TestApp) {
    let app = open(app).await;
    let metadata = with(&json!({
        "client_name": "Shop",
        "client_name#nl": "Winkel",
        "client_uri": "https://shop.example/",
        "logo_uri": "https://shop.example/logo.png",
        "policy_uri": "https://shop.example/privacy",
        "tos_uri": "https://shop.example/terms",
        "contacts": ["dev@shop.example"],
        "post_logout_redirect_uris": ["https://shop.example/bye"],
        "initiate_login_uri": "https://shop.example/login",
        "backchannel_logout_uri": "https://inside.shop.example/bye",
        "backchannel_logout_session_required": true,
        "frontchannel_logout_uri": "https://shop.example/bye?x=y",
        "frontchannel_logout_session_required": true,
        "request_uris": ["https://shop.example/request.jwt"],
        "default_max_age": 3600,
        "require_auth_time": true,
        "subject_type": "public",
        "id_token_signed_response_alg": "ES256",
        "userinfo_signed_response_alg": "EdDSA",
        "scope": "openid email",
        "software_id": "4NRB1-0XZABZI9E6-5SM3R",
        "software_version": "2.1",
        "dpop_bound_access_tokens": true,
    }));
    let mut asked = metadata.clone();
    asked["favourite_colour"] = json!("blue");
    asked["client_id"] = json!("chosen");
    asked["client_secret"] = json!("chosen");
    asked["policy_uri#nl"] = Value::Null;
    let told = registered(&app, None, &asked).await;
    for (name, value) in metadata.as_object().expect("members") {
        assert_eq!(&told[name], value, "{name}");
    }
    assert!(told.get("favourite_colour").is_none());
    assert_ne!(told["client_id"], "chosen");
    assert_ne!(told["client_secret"], "chosen");
}

/// RFC 7591 §2.2.
async fn people_read_a_client_in_their_language(app: TestApp) {
    let app = open(app).await;
    let members = json!({
        "client_name": "Shop",
        "client_name#nl": "Winkel",
        "client_uri#nl": "https://shop.example/nl",
        "logo_uri#nl-BE": "https://shop.example/logo-be.png",
        "policy_uri": "https://shop.example/privacy",
        "policy_uri#nl": "https://shop.example/nl/privacy",
        "tos_uri": "https://shop.example/terms",
        "tos_uri#nl-NL": "https://shop.example/nl/voorwaarden",
        "default_acr_values": ["https://schemas.sluis.example/acr/password"],
    });
    let told = registered(&app, None, &with(&members)).await;
    for (name, value) in members.as_object().expect("members") {
        assert_eq!(told[name], *value, "{name}");
    }
    let shop = Business::registered(&app, &told);
    let mut ada = app.person("Ada", ADA).await;
    for (language, name, policy, terms) in [
        ("en", "Shop", "/privacy", "/terms"),
        ("nl", "Winkel", "/nl/privacy", "/nl/voorwaarden"),
    ] {
        ada.languages = language.to_owned();
        ada.jar.remove("sluis-language");
        let page = ada
            .visit(&shop.client.request(&[("ui_locales", language)]))
            .await;
        page.says(name);
        for (id, path) in [("client-policy", policy), ("client-terms", terms)] {
            let link = format!("id=\"{id}\" href=\"https://shop.example{path}\"");
            assert!(page.html.contains(&link), "{language}: {link}");
        }
    }
    let wrong = json!({"policy_uri#nl": "javascript:alert(1)"});
    let told = register(&app, None, &with(&wrong)).await;
    assert_eq!(told.error(), "invalid_client_metadata");
}

async fn each_refusal_has_its_code(app: TestApp) {
    let app = open(app).await;
    for (more, error) in [
        (json!({"redirect_uris": null}), "invalid_redirect_uri"),
        (json!({"redirect_uris": []}), "invalid_redirect_uri"),
        (
            json!({"redirect_uris": "https://a.example/"}),
            "invalid_redirect_uri",
        ),
        (
            json!({"redirect_uris": ["https://a.example/#x"]}),
            "invalid_redirect_uri",
        ),
        (
            json!({"redirect_uris": ["http://a.example/"]}),
            "invalid_redirect_uri",
        ),
        (
            json!({"redirect_uris": ["javascript:alert(1)"]}),
            "invalid_redirect_uri",
        ),
        (
            json!({"response_types": ["code", "token"]}),
            "invalid_client_metadata",
        ),
        (
            json!({"response_types": ["id_token"]}),
            "invalid_client_metadata",
        ),
        (
            json!({"grant_types": ["implicit"]}),
            "invalid_client_metadata",
        ),
        (
            json!({"token_endpoint_auth_method": "tls_client_auth"}),
            "invalid_client_metadata",
        ),
        (
            json!({"token_endpoint_auth_method": "private_key_jwt"}),
            "invalid_client_metadata",
        ),
        (
            json!({"id_token_signed_response_alg": "none"}),
            "invalid_client_metadata",
        ),
        (
            json!({"id_token_encrypted_response_alg": "RSA-OAEP"}),
            "invalid_client_metadata",
        ),
        (json!({"subject_type": "other"}), "invalid_client_metadata"),
        (json!({"client_name": " "}), "invalid_client_metadata"),
        (
            json!({"logo_uri": "data:image/png,x"}),
            "invalid_client_metadata",
        ),
        (
            json!({"initiate_login_uri": "http://a.example/"}),
            "invalid_client_metadata",
        ),
        (
            json!({"backchannel_logout_uri": "https://shop.example/bye#x"}),
            "invalid_client_metadata",
        ),
        (
            json!({"frontchannel_logout_uri": "https://victim.example/bye"}),
            "invalid_client_metadata",
        ),
        (
            json!({"frontchannel_logout_uri": "javascript:alert(1)"}),
            "invalid_client_metadata",
        ),
        (
            json!({"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}),
            "invalid_client_metadata",
        ),
        (
            json!({"jwks": {"keys": []}, "jwks_uri": "https://a.example/"}),
            "invalid_client_metadata",
        ),
        (json!({"default_max_age": -1}), "invalid_client_metadata"),
        (
            json!({"contacts": vec!["x"; 17]}),
            "invalid_client_metadata",
        ),
        (
            json!({"security_profile": "fapi2"}),
            "invalid_client_metadata",
        ),
        (
            json!({"software_statement": "eyJh.eyJi.c2ln"}),
            "unapproved_software_statement",
        ),
        (
            json!({"software_statement": "nonsense"}),
            "invalid_software_statement",
        ),
    ] {
        let told = register(&app, None, &with(&more)).await;
        assert_eq!(told.error(), error, "{more}");
        assert_eq!(told.status, StatusCode::BAD_REQUEST, "{more}");
    }
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let large = "x".repeat(100 * 1024);
    for (media, body, status) in [
        ("application/json", "{", StatusCode::BAD_REQUEST),
        ("application/json", "[]", StatusCode::BAD_REQUEST),
        ("application/json", deep.as_str(), StatusCode::BAD_REQUEST),
        (
            "application/json",
            large.as_str(),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        ("text/plain", "{}", StatusCode::BAD_REQUEST),
        (
            "application/x-www-form-urlencoded",
            "client_name=x",
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let request = Request::post("/register")
            .header("content-type", media)
            .body(Body::from(body.to_owned()))
            .expect("a request");
        let told = answer(&app.router, request).await;
        told.error();
        assert_eq!(told.status, status, "{media}");
    }
    let told = send(&app.router, Method::GET, "/register", None, None).await;
    assert_eq!(told.status, StatusCode::METHOD_NOT_ALLOWED);
}

async fn redirect_uris_are_those_of_the_kind_of_application(app: TestApp) {
    let app = open(app).await;
    for (kind, uri, fine) in [
        ("web", "https://a.example/back", true),
        ("web", "http://localhost:3000/back", true),
        ("web", "com.example.app:/back", false),
        ("native", "com.example.app:/back", true),
        ("native", "http://127.0.0.1/back", true),
        ("native", "http://[::1]:9/back", true),
        ("native", "http://a.example/back", false),
        ("native", "app:/back", false),
    ] {
        let metadata = json!({"redirect_uris": [uri], "application_type": kind});
        let told = register(&app, None, &metadata).await;
        assert_eq!(told.status == StatusCode::CREATED, fine, "{kind} {uri}");
        if !fine {
            assert_eq!(told.error(), "invalid_redirect_uri");
        }
    }
}

async fn a_client_with_a_key_registers_and_authenticates_with_it(app: TestApp) {
    let app = open(app).await;
    let signer = Signer::new("ES256", "one");
    let told = registered(
        &app,
        None,
        &with(&json!({
            "security_profile": "fapi2",
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": signer.jwks(),
        })),
    )
    .await;
    assert_eq!(
        told["id_token_signed_response_alg"], "ES256",
        "FAPI 2.0 forbids RS256"
    );
    for absent in ["client_secret", "client_secret_expires_at"] {
        assert!(told.get(absent).is_none(), "{absent}");
    }
    let claims = json!({
        "iss": told["client_id"], "sub": told["client_id"], "aud": "http://localhost:8000",
        "jti": "1", "iat": 1_790_000_000, "exp": 1_790_000_060,
    });
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("client_assertion", &signer.sign(&claims))
        .append_pair(
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        )
        .append_pair("token", "slat_x")
        .finish();
    let request = Request::post("/introspect")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(form))
        .expect("a request");
    assert_eq!(
        answer(&app.router, request).await.ok(),
        json!({"active": false})
    );
}

/// Who registers too often from one network waits. What is behind the same
/// proxy is not one network.
#[tokio::test]
async fn registering_is_held_to_a_limit() {
    let app = open(TestApp::start(Engine::Sqlite).await).await;
    let from = |address: [u8; 4]| {
        let mut request = Request::post("/register")
            .header("content-type", "application/json")
            .body(Body::from("{}"))
            .expect("a request");
        let peer = std::net::SocketAddr::from((address, 9));
        request
            .extensions_mut()
            .insert(axum::extract::ConnectInfo(peer));
        request
    };
    for _ in 0..30 {
        let told = answer(&app.router, from([192, 0, 2, 1])).await;
        assert_eq!(told.error(), "invalid_redirect_uri");
    }
    let told = answer(&app.router, from([192, 0, 2, 1])).await;
    assert_eq!(told.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(
        (told.error(), told.header("retry-after")),
        ("temporarily_unavailable", "60")
    );
    let told = answer(&app.router, from([192, 0, 2, 2])).await;
    assert_eq!(told.error(), "invalid_redirect_uri");
}
