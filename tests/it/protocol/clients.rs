//! How clients show who they are, and PKCE.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::business::{FORM, basic, form};
use super::{Business, Told};
use crate::harness::{ADA, TestApp, VERIFIER, on_both_databases};

async fn with_method(app: &TestApp, method: &str) -> Business {
    let id = method.replace('_', "-");
    Business::with(
        app,
        &id,
        json!({"token_endpoint_auth_method": method}),
        None,
    )
    .await
}

/// Everything that an answer says, but for when.
fn whole(told: &Told) -> String {
    let mut headers: Vec<String> = told
        .headers
        .iter()
        .filter(|(name, _)| *name != "date")
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    format!("{} {headers:?} {}", told.status, told.json)
}

on_both_databases!(
    each_client_authenticates_the_way_it_registered,
    a_client_that_does_not_show_who_it_is_is_refused,
    an_unknown_client_is_told_what_a_wrong_secret_is_told,
    the_token_endpoint_reads_one_well_formed_form,
    a_code_goes_only_to_whoever_has_the_verifier,
    a_verifier_for_a_request_without_a_challenge_is_a_downgrade,
    the_redirect_uri_of_a_redemption_is_that_of_its_request,
);

async fn each_client_authenticates_the_way_it_registered(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    for method in ["client_secret_basic", "client_secret_post", "none"] {
        let business = with_method(&app, method).await;
        let tokens = business.log_in(&mut ada, "medium").await;
        assert_eq!(tokens["token_type"], "Bearer", "{method}");
    }
}

async fn a_client_that_does_not_show_who_it_is_is_refused(app: TestApp) {
    let by_header = with_method(&app, "client_secret_basic").await;
    let by_body = with_method(&app, "client_secret_post").await;
    let public = with_method(&app, "none").await;
    let (header_id, header_secret) = (
        by_header.client.id.clone(),
        by_header.secret.clone().expect("a secret"),
    );
    let (body_id, body_secret) = (
        by_body.client.id.clone(),
        by_body.secret.clone().expect("a secret"),
    );
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", "slrt_x")];
    let with = |more: &[(&'static str, String)]| {
        let mut params: Vec<(&str, String)> =
            refresh.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        params.extend_from_slice(more);
        params
    };
    // What a client sends in its header and body, and how it is refused.
    let id = |id: &str| ("client_id", id.to_owned());
    let secret = |secret: &str| ("client_secret", secret.to_owned());
    let cases = [
        (None, with(&[]), "invalid_client"),
        (None, with(&[id(&header_id)]), "invalid_client"),
        (
            None,
            with(&[id(&header_id), secret(&header_secret)]),
            "invalid_client",
        ),
        (
            Some(basic(&body_id, &body_secret)),
            with(&[]),
            "invalid_client",
        ),
        (
            Some(basic(&header_id, &body_secret)),
            with(&[]),
            "invalid_client",
        ),
        (Some(basic(&header_id, "")), with(&[]), "invalid_client"),
        (
            Some(basic(&public.client.id, "")),
            with(&[]),
            "invalid_client",
        ),
        (
            None,
            with(&[id(&public.client.id), secret(&body_secret)]),
            "invalid_client",
        ),
        (
            None,
            with(&[id(&body_id), secret("slcs_")]),
            "invalid_client",
        ),
        (Some("Basic !!!".to_owned()), with(&[]), "invalid_client"),
        (Some("Basic".to_owned()), with(&[]), "invalid_client"),
        (
            Some(format!("Bearer {header_secret}")),
            with(&[]),
            "invalid_client",
        ),
        (
            Some(basic(&header_id, &header_secret)),
            with(&[secret(&header_secret)]),
            "invalid_request",
        ),
        (
            Some(basic(&header_id, &header_secret)),
            with(&[id(&body_id)]),
            "invalid_request",
        ),
    ];
    for (header, params, error) in cases {
        let pairs: Vec<(&str, &str)> = params.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let told = by_header.token_as(header.as_deref(), &pairs).await;
        assert_eq!(told.error(), error, "{header:?} {params:?}");
        let challenged = told.header("www-authenticate").starts_with("Basic realm=");
        assert_eq!(
            challenged,
            header.is_some() && error == "invalid_client",
            "{header:?}"
        );
        let status = if error == "invalid_client" {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::BAD_REQUEST
        };
        assert_eq!(told.status, status);
    }
    // RFC 6749 §2.3.1: both halves are form-encoded.
    let told = by_header
        .token_as(
            Some(&basic("client%5Fsecret%5fbasic", &header_secret)),
            &refresh,
        )
        .await;
    assert_eq!(
        told.error(),
        "invalid_client",
        "underscores are no part of this id"
    );
    let told = by_header
        .token_as(
            Some(&basic("client%2Dsecret%2dbasic", &header_secret)),
            &refresh,
        )
        .await;
    assert_eq!(told.error(), "invalid_grant", "authenticated");
}

async fn an_unknown_client_is_told_what_a_wrong_secret_is_told(app: TestApp) {
    let by_header = with_method(&app, "client_secret_basic").await;
    let by_body = with_method(&app, "client_secret_post").await;
    let wrong = "slcs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let code = [("grant_type", "authorization_code"), ("code", "slac_x")];
    let known = by_header
        .token_as(Some(&basic(&by_header.client.id, wrong)), &code)
        .await;
    let unknown = by_header
        .token_as(Some(&basic("nobody", wrong)), &code)
        .await;
    assert_eq!(whole(&known), whole(&unknown));
    let post = |id: &'static str| {
        [
            ("grant_type", "authorization_code"),
            ("code", "slac_x"),
            ("client_id", id),
            ("client_secret", wrong),
        ]
    };
    let known = by_body.token_as(None, &post("client-secret-post")).await;
    let unknown = by_body.token_as(None, &post("nobody")).await;
    assert_eq!(whole(&known), whole(&unknown));
    // A known client that should have sent a secret is no better known.
    let known = by_body
        .token_as(
            None,
            &[("grant_type", "x"), ("client_id", "client-secret-post")],
        )
        .await;
    let unknown = by_body
        .token_as(None, &[("grant_type", "x"), ("client_id", "nobody")])
        .await;
    assert_eq!(whole(&known), whole(&unknown));
}

async fn the_token_endpoint_reads_one_well_formed_form(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let header = basic("shop", shop.secret.as_deref().expect("a secret"));
    let headers = [("authorization", header.as_str()), FORM];
    let send = |body: String| {
        let shop = shop.clone();
        async move { shop.ask(Method::POST, "/token", &headers, body).await }
    };
    assert_eq!(send(String::new()).await.error(), "invalid_request");
    assert_eq!(
        send(form(&[("grant_type", "password")])).await.error(),
        "unsupported_grant_type"
    );
    assert_eq!(
        send(form(&[("grant_type", "authorization_code")]))
            .await
            .error(),
        "invalid_request"
    );
    assert_eq!(
        send(form(&[("grant_type", "refresh_token")])).await.error(),
        "invalid_request"
    );
    let twice = "grant_type=refresh_token&refresh_token=a&refresh_token=b".to_owned();
    assert_eq!(send(twice).await.error(), "invalid_request");
    assert_eq!(
        send("grant_type=x&y=\u{fffd}%ff".to_owned()).await.error(),
        "unsupported_grant_type"
    );
    let told = send(format!("grant_type=x&y={}", "z".repeat(70_000))).await;
    assert_eq!(
        (told.status, told.error()),
        (StatusCode::PAYLOAD_TOO_LARGE, "invalid_request")
    );
    let json = [
        ("authorization", header.as_str()),
        ("content-type", "application/json"),
    ];
    let told = shop
        .ask(Method::POST, "/token", &json, "{}".to_owned())
        .await;
    assert_eq!(told.error(), "invalid_request");
    let told = shop
        .ask(
            Method::GET,
            "/token?grant_type=refresh_token",
            &headers,
            String::new(),
        )
        .await;
    assert_eq!(told.status, StatusCode::METHOD_NOT_ALLOWED);
}

async fn a_code_goes_only_to_whoever_has_the_verifier(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let uri = shop.client.redirect_uri.clone();
    let wrong = "A".repeat(43);
    let long = "A".repeat(129);
    let scope = [("scope", "openid")];
    let code = shop.code(&mut ada, "low", &scope).await;
    for verifier in [
        None,
        Some(""),
        Some("short"),
        Some(&*wrong),
        Some(&*long),
        Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    ] {
        let mut params = vec![("redirect_uri", uri.as_str())];
        params.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        let told = shop.redeem_with(&code, &params).await;
        assert_eq!(told.error(), "invalid_grant", "{verifier:?}");
    }
    shop.redeem(&code).await.ok();
}

async fn a_verifier_for_a_request_without_a_challenge_is_a_downgrade(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    shop.code(&mut ada, "low", &[("scope", "openid")]).await;
    let uri = shop.client.redirect_uri.clone();
    let bare = form(&[
        ("client_id", "shop"),
        ("redirect_uri", &uri),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "the state"),
    ]);
    let bare = format!("/authorize?{bare}");
    let page = ada.get(&bare).await;
    let code = shop.client.answer(&page)["code"].clone();
    assert_eq!(shop.redeem(&code).await.error(), "invalid_grant");
    // Without PKCE, the redirect URI is what binds a code: RFC 6749 §4.1.3.
    assert_eq!(shop.redeem_with(&code, &[]).await.error(), "invalid_grant");
    shop.redeem_with(&code, &[("redirect_uri", &uri)])
        .await
        .ok();
}

async fn the_redirect_uri_of_a_redemption_is_that_of_its_request(app: TestApp) {
    let uris = [
        "https://shop.example/one?from=sluis",
        "https://shop.example/two?from=sluis",
    ];
    let shop = Business::with(&app, "shop", json!({"redirect_uris": uris}), None).await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop
        .code(&mut ada, "low", &[("scope", "openid")])
        .await
        .clone();
    for uri in [uris[1], "https://shop.example/one", "https://evil.example/"] {
        let told = shop
            .redeem_with(&code, &[("redirect_uri", uri), ("code_verifier", VERIFIER)])
            .await;
        assert_eq!(told.error(), "invalid_grant", "{uri}");
    }
    shop.redeem_with(&code, &[("code_verifier", VERIFIER)])
        .await
        .ok();
}
