//! Somebody who holds a key and proves it: RFC 9449.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Business, Told};
use crate::harness::{Actor, TestApp, VERIFIER};

const ISSUER: &str = "http://localhost:8000";

/// A key, and a counter of the proofs that were made with it.
pub(crate) struct Holder {
    pair: EcdsaKeyPair,
    made: std::cell::Cell<u32>,
    /// What the provider said that the next proof must hold.
    pub(crate) nonce: Option<String>,
}

impl Holder {
    pub(crate) fn new() -> Self {
        Self {
            pair: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"),
            made: std::cell::Cell::new(0),
            nonce: None,
        }
    }

    pub(crate) fn jwk(&self) -> Value {
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let point = &self.pair.public_key().as_ref()[1..];
        json!({"crv": "P-256", "kty": "EC", "x": text(&point[..32]), "y": text(&point[32..])})
    }

    pub(crate) fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.jwk().to_string().as_bytes()))
    }

    /// What a proof for this request says.
    pub(crate) fn claims(&self, app: &TestApp, method: &str, path: &str) -> Value {
        self.made.set(self.made.get() + 1);
        let mut claims = json!({
            "jti": format!("proof {}", self.made.get()),
            "htm": method,
            "htu": format!("{ISSUER}{path}"),
            "iat": app.app.now().as_seconds(),
        });
        if let Some(nonce) = &self.nonce {
            claims["nonce"] = json!(nonce);
        }
        claims
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_with(
            &json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk()}),
            claims,
        )
    }

    pub(crate) fn sign_with(&self, header: &Value, claims: &Value) -> String {
        let text = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", text(header), text(claims));
        let signature = self
            .pair
            .sign(&SystemRandom::new(), signed.as_bytes())
            .expect("a signature");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    /// A proof for the token endpoint.
    pub(crate) fn for_token(&self, app: &TestApp) -> String {
        self.sign(&self.claims(app, "POST", "/token"))
    }

    /// A proof for UserInfo.
    pub(crate) fn for_userinfo(&self, app: &TestApp, token: &str) -> String {
        self.sign(&self.claims_for_userinfo(app, token))
    }

    pub(crate) fn claims_for_userinfo(&self, app: &TestApp, token: &str) -> Value {
        let mut claims = self.claims(app, "GET", "/userinfo");
        claims["ath"] = json!(URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes())));
        claims
    }
}

impl Business {
    /// Redeems a code, and shows a proof.
    pub(crate) async fn redeem_proving(&self, code: &str, proof: &str) -> Told {
        let params = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.client.redirect_uri),
            ("code_verifier", VERIFIER),
        ];
        self.send("/token", &[("dpop", proof)], &params).await
    }

    pub(crate) async fn refresh_proving(&self, token: &str, proof: &str) -> Told {
        let params = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.send("/token", &[("dpop", proof)], &params).await
    }

    pub(crate) async fn userinfo_proving(&self, token: &str, proof: &str) -> Told {
        let authorization = format!("DPoP {token}");
        let headers = [("authorization", authorization.as_str()), ("dpop", proof)];
        self.ask(
            axum::http::Method::GET,
            "/userinfo",
            &headers,
            String::new(),
        )
        .await
    }
}

/// A code for what someone who has just signed up can meet.
pub(super) async fn code(shop: &Business, ada: &mut Actor) -> String {
    shop.code(ada, "medium", &[("scope", super::SCOPES)]).await
}

/// A login whose tokens are bound to this key.
pub(super) async fn log_in(
    app: &TestApp,
    shop: &Business,
    ada: &mut Actor,
    holder: &Holder,
) -> Value {
    let code = code(shop, ada).await;
    let proof = holder.for_token(app);
    shop.redeem_proving(&code, &proof).await.ok()
}

/// Checks a refusal, and what comes with each.
#[track_caller]
pub(super) fn is_refused(told: &Told, status: u16, error: &str) {
    assert_eq!(
        (told.status.as_u16(), told.error()),
        (status, error),
        "{told:?}"
    );
    assert!(!told.header("dpop-nonce").is_empty(), "{told:?}");
    let challenge = told.header("www-authenticate");
    if status == 401 {
        assert!(
            challenge.starts_with(&format!("DPoP realm=\"sluis\", error=\"{error}\"")),
            "{challenge}"
        );
        assert!(
            challenge.ends_with("algs=\"ES256 PS256 RS256 EdDSA Ed25519\""),
            "{challenge}"
        );
    }
}
