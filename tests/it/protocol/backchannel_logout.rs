//! OpenID Connect Back-Channel Logout 1.0: who is told what, and when.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sluis::crypto::jwt::Typ;
use sluis::jobs;
use sluis::service::sessions::SESSION_LIFETIME;
use url::form_urlencoded;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::Business;
use super::business::{SCOPES, claims_of, form, press, text};
use crate::harness::{ADA, BOB, PASSWORD, TestApp, on_both_databases};
use crate::life::deliver;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

on_both_databases!(
    a_client_is_told_by_a_signed_token_when_it_signs_someone_out,
    whoever_signs_out_is_signed_out_wherever_that_session_led_and_nowhere_else,
    a_session_that_runs_out_is_told_once,
    whoever_signs_in_once_more_stays_logged_in_elsewhere,
    whoever_makes_room_for_somebody_else_is_signed_out,
    a_withdrawal_is_told_for_all_sessions,
    a_withdrawal_is_told_for_each_session_to_a_client_that_needs_that,
    what_the_business_ends_it_is_not_told,
    tokens_for_when_the_consumer_is_away_outlive_the_session,
    a_logout_token_is_good_for_nothing_else,
);

/// A client's place to be told, and what it heard.
pub(crate) struct Ear(pub(super) MockServer);

impl Ear {
    pub(crate) async fn answering(status: u16) -> Self {
        let server = MockServer::start().await;
        Mock::given(any())
            .respond_with(ResponseTemplate::new(status))
            .mount(&server)
            .await;
        Self(server)
    }

    pub(crate) fn uri(&self) -> String {
        format!("{}/bye?from=sluis", self.0.uri())
    }

    /// The tokens that came, in order.
    pub(crate) async fn heard(&self) -> Vec<String> {
        let requests = self.0.received_requests().await.expect("a list");
        let token = |body: &[u8]| {
            let pairs: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
            assert_eq!(pairs.len(), 1);
            assert_eq!(pairs[0].0, "logout_token");
            pairs[0].1.clone()
        };
        requests
            .iter()
            .map(|request| token(&request.body))
            .collect()
    }

    /// The claims of the tokens that came.
    pub(crate) async fn claims(&self) -> Vec<Value> {
        self.heard()
            .await
            .iter()
            .map(|token| claims_of(token))
            .collect()
    }
}

/// Delivers all that is due.
/// A business that wants to be told.
pub(crate) async fn listener(app: &TestApp, id: &str, ear: &Ear, more: Value) -> Business {
    let mut metadata = json!({"backchannel_logout_uri": ear.uri()});
    for (name, value) in more.as_object().expect("members") {
        metadata[name] = value.clone();
    }
    Business::with(app, id, metadata, None).await
}

async fn a_client_is_told_by_a_signed_token_when_it_signs_someone_out(app: TestApp) {
    let ear = Ear::answering(200).await;
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        ear.0.reset().await;
        Mock::given(any())
            .respond_with(ResponseTemplate::new(204))
            .mount(&ear.0)
            .await;
        let id = algorithm.to_lowercase();
        let alg = json!({"id_token_signed_response_alg": algorithm});
        let shop = listener(&app, &id, &ear, alg).await;
        let mut ada = app.person("Ada", &format!("{id}@home.example")).await;
        let (hint, known) = shop.log_in_known(&mut ada).await;
        ada.get(&format!("/logout?{}", form(&[("id_token_hint", &hint)])))
            .await;
        assert!(ear.heard().await.is_empty(), "nobody waits for it");
        deliver(&app).await;
        let heard = ear.heard().await;
        assert_eq!(heard.len(), 1);
        let request = &ear.0.received_requests().await.expect("a list")[0];
        assert_eq!(request.method.as_str(), "POST");
        assert_eq!(request.url.query(), Some("from=sluis"));
        assert_eq!(
            request.headers["content-type"],
            "application/x-www-form-urlencoded"
        );
        let header = URL_SAFE_NO_PAD.decode(heard[0].split('.').next().expect("a header"));
        let header: Value = serde_json::from_slice(&header.expect("base64url")).expect("JSON");
        assert_eq!(
            (&header["typ"], &header["alg"]),
            (&json!("logout+jwt"), &json!(algorithm))
        );
        let keys = app.app.keys().await.expect("keys");
        let verified = keys
            .public_keys()
            .verify(&heard[0], Typ::Logout)
            .expect("a signature");
        let claims: Value = verified.claims().expect("claims");
        let now = app.app.now().as_seconds();
        let jti = text(&claims, "jti").to_owned();
        assert_eq!(
            claims,
            json!({
                "iss": "http://localhost:8000", "aud": id, "iat": now, "exp": now + 120, "jti": jti,
                "sub": known["sub"], "sid": known["sid"], "events": {EVENT: {}},
            })
        );
        deliver(&app).await;
        assert_eq!(ear.heard().await.len(), 1, "once");
    }
}

async fn whoever_signs_out_is_signed_out_wherever_that_session_led_and_nowhere_else(app: TestApp) {
    let (at_shop, at_bank) = (Ear::answering(200).await, Ear::answering(200).await);
    let shop = listener(&app, "shop", &at_shop, json!({})).await;
    let bank = listener(&app, "bank", &at_bank, json!({})).await;
    let deaf = Business::open(&app, "deaf").await;
    let mut ada = app.person("Ada", ADA).await;
    let (_, shop_knows) = shop.log_in_known(&mut ada).await;
    let (_, again) = shop.log_in_known(&mut ada).await;
    assert_eq!(again["sid"], shop_knows["sid"]);
    let (_, bank_knows) = bank.log_in_known(&mut ada).await;
    deaf.log_in_known(&mut ada).await;
    let mut elsewhere = app.browser();
    elsewhere.sign_in("/sign-in", ADA, PASSWORD).await;
    let (_, elsewhere_knows) = shop.log_in_known(&mut elsewhere).await;
    let mut bob = app.person("Bob", BOB).await;
    shop.log_in_known(&mut bob).await;
    ada.sign_out().await;
    deliver(&app).await;
    let sids = async |ear: &Ear| -> Vec<Value> {
        let claims = ear.claims().await;
        claims.iter().map(|claims| claims["sid"].clone()).collect()
    };
    assert_eq!(sids(&at_shop).await, [shop_knows["sid"].clone()]);
    assert_eq!(sids(&at_bank).await, [bank_knows["sid"].clone()]);
    elsewhere.sign_out().await;
    deliver(&app).await;
    assert_eq!(sids(&at_shop).await[1..], [elsewhere_knows["sid"].clone()]);
    assert_eq!(at_bank.heard().await.len(), 1);
}

async fn a_session_that_runs_out_is_told_once(app: TestApp) {
    let ear = Ear::answering(200).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let (_, known) = shop.log_in_known(&mut ada).await;
    app.wait(SESSION_LIFETIME.saturating_sub(Duration::from_secs(1)));
    // Another sign-in does not sweep it away unheard.
    jobs::sessions::run_once(&app.app).await.expect("a sweep");
    deliver(&app).await;
    assert!(ear.heard().await.is_empty());
    app.wait(Duration::from_secs(1));
    app.browser().sign_in("/sign-in", ADA, PASSWORD).await;
    for _ in 0..2 {
        jobs::sessions::run_once(&app.app).await.expect("a sweep");
        deliver(&app).await;
        let claims = ear.claims().await;
        assert_eq!(claims.len(), 1);
        assert_eq!(claims[0]["sid"], known["sid"]);
    }
}

async fn whoever_signs_in_once_more_stays_logged_in_elsewhere(app: TestApp) {
    let (at_shop, at_bank) = (Ear::answering(200).await, Ear::answering(200).await);
    let shop = listener(&app, "shop", &at_shop, json!({})).await;
    let bank = listener(&app, "bank", &at_bank, json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let (_, bank_knows) = bank.log_in_known(&mut ada).await;
    let (_, shop_knew) = shop.log_in_known(&mut ada).await;
    let page = ada
        .visit(
            &shop
                .client
                .request(&[("prompt", "login"), ("scope", SCOPES)]),
        )
        .await;
    let form = page
        .form("sign-in")
        .with("email", ADA)
        .with("password", PASSWORD);
    let page = ada.submit(form.press("sign-in-submit")).await;
    let code = shop.client.answer(&page)["code"].clone();
    let tokens = shop.redeem(&code).await.ok();
    let shop_knows = claims_of(text(&tokens, "id_token"));
    assert_ne!(shop_knows["sid"], shop_knew["sid"]);
    deliver(&app).await;
    assert!(at_shop.heard().await.is_empty() && at_bank.heard().await.is_empty());
    ada.sign_out().await;
    deliver(&app).await;
    let mut heard: Vec<String> = at_shop
        .claims()
        .await
        .iter()
        .map(|claims| text(claims, "sid").to_owned())
        .collect();
    heard.sort();
    let mut known = [text(&shop_knew, "sid"), text(&shop_knows, "sid")];
    known.sort_unstable();
    assert_eq!(heard, known, "both of what the shop knows");
    assert_eq!(at_bank.claims().await[0]["sid"], bank_knows["sid"]);
}

async fn whoever_makes_room_for_somebody_else_is_signed_out(app: TestApp) {
    let ear = Ear::answering(200).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    app.person("Bob", BOB).await;
    let (_, known) = shop.log_in_known(&mut ada).await;
    let page = ada
        .visit(&shop.client.request(&[("prompt", "login")]))
        .await;
    let form = page.form("sign-in").with("email", BOB);
    ada.submit(form.with("password", PASSWORD).press("sign-in-submit"))
        .await;
    deliver(&app).await;
    assert_eq!(ear.claims().await[0]["sid"], known["sid"]);
}

async fn a_withdrawal_is_told_for_all_sessions(app: TestApp) {
    let ear = Ear::answering(200).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let (_, known) = shop.log_in_known(&mut ada).await;
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "withdraw").await;
    deliver(&app).await;
    let claims = ear.claims().await;
    assert_eq!(claims.len(), 1);
    assert_eq!(claims[0]["sub"], known["sub"]);
    assert_eq!(claims[0].get("sid"), None, "every session");
    ada.sign_out().await;
    deliver(&app).await;
    assert_eq!(ear.heard().await.len(), 1, "there is none any more");
}

async fn a_withdrawal_is_told_for_each_session_to_a_client_that_needs_that(app: TestApp) {
    let ear = Ear::answering(200).await;
    let needs = json!({"backchannel_logout_session_required": true});
    let shop = listener(&app, "shop", &ear, needs).await;
    let mut ada = app.person("Ada", ADA).await;
    let mut known = Vec::from([shop.log_in_known(&mut ada).await.1["sid"].clone()]);
    let mut elsewhere = app.browser();
    elsewhere.sign_in("/sign-in", ADA, PASSWORD).await;
    known.push(shop.log_in_known(&mut elsewhere).await.1["sid"].clone());
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "withdraw").await;
    deliver(&app).await;
    let mut heard: Vec<Value> = Vec::new();
    for claims in ear.claims().await {
        heard.push(claims["sid"].clone());
    }
    for list in [&mut heard, &mut known] {
        list.sort_by_key(ToString::to_string);
    }
    assert_eq!(heard, known);
}

async fn what_the_business_ends_it_is_not_told(app: TestApp) {
    let ear = Ear::answering(200).await;
    let more = json!({"grant_types": ["authorization_code", "client_credentials"]});
    let shop = listener(&app, "shop", &ear, more).await;
    let mut ada = app.person("Ada", ADA).await;
    let scope = ("scope", "openid email");
    // An agreement that another takes the place of, while someone logs in.
    let code = shop.code(&mut ada, "low", &[scope]).await;
    shop.redeem(&code).await.ok();
    let page = ada
        .visit(
            &shop
                .client
                .request(&[scope, ("grant_management_action", "create")]),
        )
        .await;
    let form = page.allowing("low");
    ada.submit(form).await;
    deliver(&app).await;
    assert!(ear.heard().await.is_empty());
}

async fn tokens_for_when_the_consumer_is_away_outlive_the_session(app: TestApp) {
    let ear = Ear::answering(200).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let kept = shop
        .log_in_for(&mut ada, "low", "openid profile offline_access")
        .await;
    ada.sign_out().await;
    deliver(&app).await;
    assert_eq!(ear.heard().await.len(), 1);
    shop.refresh(text(&kept, "refresh_token")).await.ok();
    // §2.7: others would die, and there are none.
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    let tokens = shop.log_in_for(&mut ada, "low", "openid profile").await;
    assert_eq!(tokens.get("refresh_token"), None);
}

async fn a_logout_token_is_good_for_nothing_else(app: TestApp) {
    let ear = Ear::answering(200).await;
    let shop = listener(&app, "shop", &ear, json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    shop.log_in_known(&mut ada).await;
    ada.sign_out().await;
    deliver(&app).await;
    let token = ear.heard().await.remove(0);
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    let page = ada
        .get(&format!("/logout?{}", form(&[("id_token_hint", &token)])))
        .await;
    assert_eq!(page.location(), "/sign-out", "it shows nothing");
    let silent = [("prompt", "none"), ("id_token_hint", token.as_str())];
    let page = ada.get(&shop.client.request(&silent)).await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_request");
    assert_eq!(shop.userinfo(&token).await.status, 401);
}
