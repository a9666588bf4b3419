//! A provider of a few lines, whose mistakes can be chosen.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use openidconnect::{PkceCodeChallenge, PkceCodeVerifier};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::fake_api::{self, Api};

pub(super) const CLIENT_ID: &str = "the-client";

/// What the provider does wrong, or has to say.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mistake of its own"
)]
pub(super) struct Mood {
    /// What UserInfo answers, besides `sub`.
    pub(super) claims: Value,
    /// The purposes of the receipt.
    pub(super) processes: Value,
    /// What the receipt says of offers.
    pub(super) offers: Value,
    /// The edition of the plan that the grant answers.
    pub(super) edition: (u64, bool),
    /// The grant is withdrawn: nothing works any more.
    pub(super) withdrawn: bool,
    /// The grant is paused: UserInfo says so.
    pub(super) paused: bool,
    /// Access tokens issued so far are too old; refresh tokens are fine.
    pub(super) access_expired: bool,
    /// The authorization endpoint answers with this error.
    pub(super) error: Option<&'static str>,
    /// The token endpoint answers with this error.
    pub(super) token_error: Option<&'static str>,
    /// Changes the claims of the next ID token.
    pub(super) id_token: fn(&mut Value),
    /// Changes the payload of the next receipt.
    pub(super) receipt: fn(&mut Value),
    /// Signs receipts with a key that nobody knows.
    pub(super) forge_receipt: bool,
    /// Signs ID tokens with a key that was published after discovery.
    pub(super) rotated: bool,
    /// What businesses are offered.
    pub(super) api: Api,
}

pub(super) struct FakeProvider {
    pub(super) issuer: String,
    keys: [Key; 3],
    book: Mutex<Book>,
}

struct Key {
    kid: &'static str,
    pair: EcdsaKeyPair,
}

struct Book {
    mood: Mood,
    issued: u32,
    codes: HashMap<String, HashMap<String, String>>,
    access: Vec<String>,
    refresh: Vec<String>,
    /// The last authorization request.
    asked: HashMap<String, String>,
    refreshed: u32,
    /// Tokens of the client itself.
    own: Vec<String>,
}

impl Key {
    fn new(kid: &'static str) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
        Self { kid, pair }
    }

    fn jwk(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": self.kid,
            "x": BASE64.encode(&point[1..33]), "y": BASE64.encode(&point[33..])})
    }

    fn sign(&self, typ: &str, payload: &Value) -> String {
        let header = json!({"alg": "ES256", "kid": self.kid, "typ": typ});
        let message = format!(
            "{}.{}",
            BASE64.encode(header.to_string()),
            BASE64.encode(payload.to_string())
        );
        let signature = self.pair.sign(&SystemRandom::new(), message.as_bytes());
        format!("{message}.{}", BASE64.encode(signature.unwrap()))
    }
}

impl FakeProvider {
    /// Starts it on a port of its own.
    pub(super) async fn start() -> Arc<Self> {
        Self::start_on(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(super) fn start_on(listener: TcpListener) -> Arc<Self> {
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let provider = Arc::new(Self {
            issuer,
            keys: [Key::new("login"), Key::new("receipts"), Key::new("next")],
            book: Mutex::new(Book {
                mood: Mood {
                    claims: json!({}),
                    processes: json!([]),
                    offers: json!([]),
                    edition: (1, true),
                    withdrawn: false,
                    paused: false,
                    access_expired: false,
                    error: None,
                    token_error: None,
                    id_token: |_| {},
                    receipt: |_| {},
                    forge_receipt: false,
                    rotated: false,
                    api: Api::default(),
                },
                issued: 0,
                codes: HashMap::new(),
                access: Vec::new(),
                refresh: Vec::new(),
                asked: HashMap::new(),
                refreshed: 0,
                own: Vec::new(),
            }),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(jwks))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .merge(fake_api::routes())
            .with_state(Arc::clone(&provider));
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// Signs a token as the provider does.
    pub(super) fn sign(&self, typ: &str, payload: &Value) -> String {
        self.keys[0].sign(typ, payload)
    }

    /// With a key of the right name that is not the provider's.
    pub(super) fn forge(typ: &str, payload: &Value) -> String {
        Key::new("login").sign(typ, payload)
    }

    /// With a key that is published when `rotated` is set.
    pub(super) fn sign_with_next(&self, typ: &str, payload: &Value) -> String {
        self.keys[2].sign(typ, payload)
    }

    /// Tokens of the client itself are too old.
    pub(super) fn expire_own(&self) {
        self.book().own.clear();
    }

    /// What businesses were offered, and did with it.
    pub(super) fn api<R>(&self, act: impl FnOnce(&mut Api) -> R) -> R {
        act(&mut self.book().mood.api)
    }

    /// Whether a request brings a token of the client itself.
    pub(super) fn is_own(&self, headers: &HeaderMap) -> bool {
        let given = headers.get("authorization");
        let given = given
            .and_then(|given| given.to_str().ok())
            .unwrap_or_default();
        let token = given.strip_prefix("Bearer ").unwrap_or_default();
        self.book().own.iter().any(|own| own == token)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// Sets what it does from now on.
    pub(super) fn set(&self, change: impl FnOnce(&mut Mood)) {
        change(&mut self.book().mood);
    }

    /// A parameter of the last authorization request.
    pub(super) fn asked(&self, parameter: &str) -> Option<String> {
        self.book().asked.get(parameter).cloned()
    }

    /// How often tokens were refreshed.
    pub(super) fn refreshed(&self) -> u32 {
        self.book().refreshed
    }
}

async fn metadata(State(op): State<Arc<FakeProvider>>) -> Json<Value> {
    let at = |path: &str| format!("{}{path}", op.issuer);
    Json(json!({
        "issuer": op.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"),
        "jwks_uri": at("/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256", "RS256", "EdDSA"],
        "authorization_response_iss_parameter_supported": true,
    }))
}

async fn jwks(State(op): State<Arc<FakeProvider>>) -> Json<Value> {
    let mut keys = vec![op.keys[0].jwk(), op.keys[1].jwk()];
    if op.book().mood.rotated {
        keys.push(op.keys[2].jwk());
    }
    Json(json!({"keys": keys}))
}

async fn authorize(
    State(op): State<Arc<FakeProvider>>,
    Query(request): Query<HashMap<String, String>>,
) -> Redirect {
    let mut book = op.book();
    let mut answer = url::Url::parse(&request["redirect_uri"]).unwrap();
    answer
        .query_pairs_mut()
        .append_pair("state", &request["state"])
        .append_pair("iss", &op.issuer);
    if let Some(error) = book.mood.error {
        answer.query_pairs_mut().append_pair("error", error);
    } else {
        book.issued += 1;
        let code = format!("code-{}", book.issued);
        answer.query_pairs_mut().append_pair("code", &code);
        book.codes.insert(code, request.clone());
    }
    book.asked = request;
    Redirect::to(answer.as_str())
}

fn refuse(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": error}))).into_response()
}

async fn token(
    State(op): State<Arc<FakeProvider>>,
    headers: HeaderMap,
    Form(request): Form<HashMap<String, String>>,
) -> Response {
    let basic = format!(
        "Basic {}",
        base64::prelude::BASE64_STANDARD.encode(format!("{CLIENT_ID}:hush"))
    );
    assert_eq!(headers["authorization"], basic.as_str());
    let mut book = op.book();
    if request["grant_type"] == "client_credentials" {
        book.issued += 1;
        let token = format!("own-{}", book.issued);
        book.own.push(token.clone());
        return Json(json!({"access_token": token, "token_type": "Bearer", "expires_in": 3600}))
            .into_response();
    }
    if book.mood.withdrawn {
        return refuse("invalid_grant");
    }
    if let Some(error) = book.mood.token_error {
        return refuse(error);
    }
    let nonce = if request["grant_type"] == "authorization_code" {
        let Some(asked) = book.codes.remove(&request["code"]) else {
            return refuse("invalid_grant");
        };
        let verifier = PkceCodeVerifier::new(request["code_verifier"].clone());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert_eq!(asked["code_challenge"], challenge.as_str());
        Some(asked["nonce"].clone())
    } else {
        let presented = &request["refresh_token"];
        let Some(known) = book.refresh.iter().position(|token| token == presented) else {
            return refuse("invalid_grant");
        };
        book.refresh.remove(known);
        book.refreshed += 1;
        book.mood.access_expired = false;
        None
    };
    book.issued += 1;
    let (access, refresh) = (format!("a-{}", book.issued), format!("r-{}", book.issued));
    book.access = vec![access.clone()];
    book.refresh.push(refresh.clone());
    let mut answer = json!({"access_token": access, "token_type": "Bearer",
        "expires_in": 300, "refresh_token": refresh, "grant_id": "g-1",
        "plan_version": book.mood.edition.0, "plan_current": book.mood.edition.1});
    if let Some(nonce) = nonce {
        let now = jsonwebtoken::get_current_timestamp();
        let mut claims = json!({"iss": op.issuer, "aud": [CLIENT_ID], "sub": "pairwise-1",
            "iat": now, "exp": now + 300, "nonce": nonce, "sid": format!("sid-{}", book.issued)});
        (book.mood.id_token)(&mut claims);
        let key = &op.keys[if book.mood.rotated { 2 } else { 0 }];
        answer["id_token"] = key.sign("JWT", &claims).into();
    }
    let mut receipt = json!({"iss": op.issuer, "aud": CLIENT_ID, "sub": "pairwise-1",
        "jti": "rcpt_1", "profile": {"tier": "medium"},
        "processes": book.mood.processes, "offers": book.mood.offers,
        "event": {"valid_until": "2027-02-23T10:00:00Z"},
        "controls": {"withdraw": format!("{}/account/businesses/g-1", op.issuer)}});
    (book.mood.receipt)(&mut receipt);
    let key = if book.mood.forge_receipt {
        &Key::new("receipts")
    } else {
        &op.keys[1]
    };
    answer["consent_receipt"] = key.sign("consent-receipt+jwt", &receipt).into();
    Json(answer).into_response()
}

async fn userinfo(State(op): State<Arc<FakeProvider>>, headers: HeaderMap) -> Response {
    let book = op.book();
    let presented = headers["authorization"].to_str().unwrap();
    let known = book
        .access
        .iter()
        .any(|token| presented == format!("Bearer {token}"));
    if book.mood.withdrawn || book.mood.access_expired || !known {
        let challenge = [("www-authenticate", "Bearer error=\"invalid_token\"")];
        return (StatusCode::UNAUTHORIZED, challenge).into_response();
    }
    if book.mood.paused {
        let challenge = [("www-authenticate", "Bearer error=\"insufficient_scope\"")];
        return (StatusCode::FORBIDDEN, challenge).into_response();
    }
    let mut claims = book.mood.claims.clone();
    claims["sub"] = "pairwise-1".into();
    Json(claims).into_response()
}
