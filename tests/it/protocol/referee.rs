//! An ordinary client library as the referee: it discovers, sends someone
//! here, redeems the code, verifies the ID token and reads UserInfo.

use std::io;

use axum::Router;
use axum::body::{Body, to_bytes};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    HttpRequest, HttpResponse, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    RedirectUrl, Scope, TokenResponse as _,
};
use serde_json::json;
use sluis::clock::Clock;
use tower::ServiceExt as _;

use super::Business;
use crate::harness::{ADA, TestApp, on_both_databases};

/// The library's way to the router.
#[derive(Clone)]
struct Wire(Router);

impl<'c> AsyncHttpClient<'c> for Wire {
    type Error = io::Error;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<HttpResponse, io::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let mut asked = axum::http::Request::from_parts(parts, Body::from(body));
            let path = asked.uri().path_and_query().expect("a path").clone();
            *asked.uri_mut() = path.into();
            let response = self.0.clone().oneshot(asked).await.expect("an answer");
            let (parts, body) = response.into_parts();
            let body = to_bytes(body, 1 << 20).await.map_err(io::Error::other)?;
            Ok(HttpResponse::from_parts(parts, body.to_vec()))
        })
    }
}

async fn log_in(app: &TestApp, algorithm: &str, expected: CoreJwsSigningAlgorithm) {
    // The library looks at a clock of its own.
    app.wait(Clock::system().now().since(app.app.now()));
    let metadata = json!({"id_token_signed_response_alg": algorithm});
    let shop = Business::with(app, "shop", metadata, None).await;
    let mut ada = app.person("Ada Lovelace", ADA).await;
    let wire = Wire(app.router.clone());
    let issuer = IssuerUrl::new("http://localhost:8000".to_owned()).expect("a URL");
    let provider = CoreProviderMetadata::discover_async(issuer, &wire)
        .await
        .expect("discovery");
    let client = CoreClient::from_provider_metadata(
        provider,
        ClientId::new("shop".to_owned()),
        shop.secret.clone().map(ClientSecret::new),
    )
    .set_redirect_uri(RedirectUrl::new(shop.client.redirect_uri.clone()).expect("a URL"));
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, _, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            || CsrfToken::new("the state".to_owned()),
            Nonce::new_random,
        )
        .add_scopes(
            ["profile", "email", "offline_access"].map(|scope| Scope::new(scope.to_owned())),
        )
        .set_pkce_challenge(challenge)
        .url();
    let path = format!("{}?{}", url.path(), url.query().expect("a query"));
    let page = ada.visit(&path).await;
    let form = page.allowing("low");
    let page = ada.submit(form).await;
    let code = shop.client.answer(&page)["code"].clone();
    let tokens = client
        .exchange_code(AuthorizationCode::new(code))
        .expect("a token endpoint")
        .set_pkce_verifier(verifier)
        .request_async(&wire)
        .await
        .expect("tokens");
    let id_token = tokens.id_token().expect("an ID token");
    assert_eq!(id_token.signing_alg().expect("an algorithm"), &expected);
    let verifier = client.id_token_verifier();
    let verifier = match expected.clone() {
        CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256 => verifier,
        other => verifier.set_allowed_algs([other]),
    };
    let claims = id_token
        .claims(&verifier, &nonce)
        .expect("a genuine ID token");
    let other = Nonce::new("another".to_owned());
    assert!(id_token.claims(&verifier, &other).is_err());
    let hash = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg().expect("an algorithm"),
        id_token.signing_key(&verifier).expect("a key"),
    );
    match hash {
        Ok(hash) => assert_eq!(Some(&hash), claims.access_token_hash()),
        // The library knows no hash for Ed25519; our own tests compare it with SHA-512.
        Err(_) => assert_eq!(expected, CoreJwsSigningAlgorithm::EdDsa),
    }
    let userinfo: CoreUserInfoClaims = client
        .user_info(
            tokens.access_token().clone(),
            Some(claims.subject().clone()),
        )
        .expect("an endpoint")
        .request_async(&wire)
        .await
        .expect("claims");
    assert_eq!(userinfo.email().expect("an address").as_str(), ADA);
    let renewed = client
        .exchange_refresh_token(tokens.refresh_token().expect("a refresh token"))
        .expect("a token endpoint")
        .request_async(&wire)
        .await
        .expect("tokens");
    assert!(renewed.id_token().is_some());
}

on_both_databases!(
    a_login_with_es256_convinces_a_client_library,
    a_login_with_rs256_convinces_a_client_library,
    a_login_with_ps256_convinces_a_client_library,
    a_login_with_eddsa_convinces_a_client_library,
);

async fn a_login_with_es256_convinces_a_client_library(app: TestApp) {
    log_in(&app, "ES256", CoreJwsSigningAlgorithm::EcdsaP256Sha256).await;
}

async fn a_login_with_rs256_convinces_a_client_library(app: TestApp) {
    log_in(&app, "RS256", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256).await;
}

async fn a_login_with_ps256_convinces_a_client_library(app: TestApp) {
    log_in(&app, "PS256", CoreJwsSigningAlgorithm::RsaSsaPssSha256).await;
}

async fn a_login_with_eddsa_convinces_a_client_library(app: TestApp) {
    log_in(&app, "EdDSA", CoreJwsSigningAlgorithm::EdDsa).await;
}
