//! The security profile `fapi2`: FAPI 2.0 Security Profile as a whole.

use std::time::Duration;

use serde_json::{Value, json};

use super::holder::Holder;
use super::rfc7523::{ISSUER, assertion, claims, signing_client};
use super::rfc9126::{name_of, path, push_as, request};
use super::{Business, Told};
use crate::harness::{ADA, Actor, Signer, TestApp, VERIFIER, on_both_databases};

/// A bank, that signs and holds a key.
struct Bank {
    business: Business,
    signer: Signer,
    holder: Holder,
}

impl Bank {
    async fn open(app: &TestApp) -> Self {
        let signer = Signer::new("PS256", "one");
        let profile = json!({"security_profile": "fapi2"});
        Self {
            business: signing_client(app, "bank", &signer, profile).await,
            signer,
            holder: Holder::new(),
        }
    }

    fn assertion(&self, app: &TestApp) -> String {
        let now = app.app.now().as_seconds();
        let mut claims = claims("bank", ISSUER);
        (claims["iat"], claims["exp"]) = (json!(now), json!(now + 60));
        self.signer.sign(&claims)
    }

    async fn push(&self, app: &TestApp, changes: &[(&str, Option<&str>)]) -> Told {
        let token = self.assertion(app);
        let mut params = request(&self.business, changes);
        for (name, value) in assertion(&token) {
            params.push((name.to_owned(), value.to_owned()));
        }
        push_as(&self.business, None, &params).await
    }

    async fn push_with(
        &self,
        app: &TestApp,
        changes: &[(&str, Option<&str>)],
        proof: &Value,
    ) -> Told {
        let (token, proof) = (self.assertion(app), self.holder.sign(proof));
        let params = request(&self.business, changes);
        let mut pairs: Vec<(&str, &str)> = params.iter().map(|(k, v)| (&**k, &**v)).collect();
        pairs.extend(assertion(&token));
        let headers = [("dpop", proof.as_str())];
        self.business.send("/par", &headers, &pairs).await
    }

    /// Asks at the token endpoint with a proof, and again with the nonce that
    /// it was told.
    async fn token(&self, app: &TestApp, params: &[(&str, &str)]) -> Told {
        let mut claims = self.holder.claims(app, "POST", "/token");
        let told = self.token_with(app, params, &claims).await;
        assert_eq!(told.error(), "use_dpop_nonce");
        claims["nonce"] = json!(told.header("dpop-nonce"));
        self.token_with(app, params, &claims).await
    }

    async fn token_with(&self, app: &TestApp, params: &[(&str, &str)], proof: &Value) -> Told {
        let (token, proof) = (self.assertion(app), self.holder.sign(proof));
        let mut all = params.to_vec();
        all.extend(assertion(&token));
        let headers = [("dpop", proof.as_str())];
        self.business.send("/token", &headers, &all).await
    }

    async fn userinfo(&self, app: &TestApp, token: &str) -> Told {
        let mut claims = self.holder.claims_for_userinfo(app, token);
        let proof = self.holder.sign(&claims);
        let told = self.business.userinfo_proving(token, &proof).await;
        if told.json["error"] != "use_dpop_nonce" {
            return told;
        }
        claims["nonce"] = json!(told.header("dpop-nonce"));
        let proof = self.holder.sign(&claims);
        self.business.userinfo_proving(token, &proof).await
    }

    /// A whole login, with a refresh token.
    async fn log_in(&self, app: &TestApp, actor: &mut Actor) -> Value {
        let scope = ("scope", Some("openid email offline_access"));
        let name = name_of(&self.push(app, &[scope]).await);
        let page = actor.visit(&path("bank", &name)).await;
        let page = actor.submit(page.allowing("low")).await;
        let code = self.business.client.answer(&page)["code"].clone();
        let redemption = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", self.business.client.redirect_uri.as_str()),
            ("code_verifier", VERIFIER),
        ];
        self.token(app, &redemption).await.ok()
    }
}

on_both_databases!(
    requests_are_pushed_with_s256_or_refused,
    a_code_is_good_for_a_minute,
    a_proof_at_the_push_says_who_may_redeem_the_code,
    a_refresh_token_stays_and_dies_with_its_grant,
);

async fn requests_are_pushed_with_s256_or_refused(app: TestApp) {
    let bank = Bank::open(&app).await;
    let page = app.browser().get(&bank.business.client.request(&[])).await;
    let answer = bank.business.client.answer(&page);
    assert_eq!(answer["error"], "invalid_request");
    assert!(answer["error_description"].contains("push"));
    name_of(&bank.push(&app, &[]).await);
    let without = [("code_challenge", None), ("code_challenge_method", None)];
    let refused: &[(&str, &[(&str, Option<&str>)])] = &[
        ("invalid_request", &without),
        (
            "invalid_request",
            &[("code_challenge_method", Some("plain"))],
        ),
        ("invalid_request", &[("redirect_uri", None)]),
        (
            "unsupported_response_type",
            &[("response_type", Some("code id_token"))],
        ),
    ];
    for (error, changes) in refused {
        assert_eq!(
            bank.push(&app, changes).await.error(),
            *error,
            "{changes:?}"
        );
    }
    let mut params = request(&bank.business, &[]);
    params.push(("client_id".to_owned(), "bank".to_owned()));
    let told = push_as(&bank.business, None, &params).await;
    assert_eq!(told.error(), "invalid_client", "it has to show who it is");
}

async fn a_code_is_good_for_a_minute(app: TestApp) {
    let bank = Bank::open(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    bank.log_in(&app, &mut ada).await;
    for (seconds, fine) in [(59, true), (60, false)] {
        let name = name_of(&bank.push(&app, &[]).await);
        let page = ada.visit(&path("bank", &name)).await;
        let code = bank.business.client.answer(&page)["code"].clone();
        app.wait(Duration::from_secs(seconds));
        let told = bank
            .token(
                &app,
                &[
                    ("grant_type", "authorization_code"),
                    ("code", &code),
                    ("code_verifier", VERIFIER),
                ],
            )
            .await;
        assert_eq!(told.status == 200, fine, "{seconds}: {:?}", told.json);
    }
}

async fn a_proof_at_the_push_says_who_may_redeem_the_code(app: TestApp) {
    let mut bank = Bank::open(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    bank.log_in(&app, &mut ada).await;
    for (is_holder, other) in [(true, None), (false, Some(Holder::new()))] {
        let proof = bank.holder.claims(&app, "POST", "/par");
        let name = name_of(&bank.push_with(&app, &[], &proof).await);
        let told = bank.push_with(&app, &[], &proof).await;
        assert_eq!(told.error(), "invalid_dpop_proof", "it comes twice");
        let page = ada.visit(&path("bank", &name)).await;
        let code = bank.business.client.answer(&page)["code"].clone();
        let redemption = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("code_verifier", VERIFIER),
        ];
        if let Some(other) = other {
            bank.holder = other;
        }
        let told = bank.token(&app, &redemption).await;
        assert_eq!(told.status == 200, is_holder, "{:?}", told.json);
    }
    let proof = bank.holder.claims(&app, "POST", "/par");
    let other = Holder::new().thumbprint();
    let named = [("dpop_jkt", Some(other.as_str()))];
    let told = bank.push_with(&app, &named, &proof).await;
    assert_eq!(told.error(), "invalid_dpop_proof", "two keys");
    let elsewhere = bank.holder.claims(&app, "POST", "/token");
    let told = bank.push_with(&app, &[], &elsewhere).await;
    assert_eq!(told.error(), "invalid_dpop_proof", "for another endpoint");
}

async fn a_refresh_token_stays_and_dies_with_its_grant(app: TestApp) {
    let bank = Bank::open(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = bank.log_in(&app, &mut ada).await;
    let refresh = tokens["refresh_token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let again = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh.as_str()),
    ];
    let token = bank.assertion(&app);
    let mut without_key = again.to_vec();
    without_key.extend(assertion(&token));
    let told = bank.business.post("/token", &without_key).await;
    assert_eq!(told.error(), "invalid_dpop_proof");
    let mut seen = Vec::new();
    for _ in 0..3 {
        let tokens = bank.token(&app, &again).await.ok();
        assert_eq!(tokens["token_type"], "DPoP");
        assert_eq!(tokens.get("refresh_token"), None, "the old one stays");
        let access = tokens["access_token"].as_str().expect("a token").to_owned();
        assert_eq!(bank.userinfo(&app, &access).await.status, 200);
        let stolen = bank.business.userinfo(&access).await;
        assert_eq!(stolen.status, 401, "without the key");
        assert!(!seen.contains(&access));
        seen.push(access);
        app.wait(Duration::from_mins(2));
    }
    let grant = ada.newest_grant().await;
    super::press(&mut ada, &grant, "withdraw").await;
    assert_eq!(bank.token(&app, &again).await.error(), "invalid_grant");
    for access in seen {
        assert_eq!(bank.userinfo(&app, &access).await.status, 401);
    }
}
