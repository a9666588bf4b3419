//! How answers reach clients: OAuth 2.0 Form Post Response Mode, and JARM.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sluis::crypto::jwt::{PublicKeys, Typ};

use super::Business;
use super::business::claims_of;
use crate::harness::{ADA, PASSWORD, Page, TestApp, on_both_databases};

/// The form of a posted answer: where it goes, and what is in it. Checks what
/// must hold of the page.
#[track_caller]
fn posted(page: &Page, business: &Business) -> BTreeMap<String, String> {
    assert_eq!(page.redirect(), None);
    assert_eq!(page.status, 200, "{}", page.words());
    let header = |name: &str| page.headers[name].to_str().expect("text").to_owned();
    assert_eq!(header("cache-control"), "no-store");
    assert_eq!(
        header("referrer-policy"),
        "strict-origin",
        "no Origin: null"
    );
    let policy = header("content-security-policy");
    let origin = format!("https://{}.example", business.client.id);
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(
        policy.contains(&format!("form-action 'self' https: {origin};")),
        "{policy}"
    );
    assert!(!policy.contains("unsafe"), "{policy}");
    let form = page.form("form-post");
    assert_eq!(form.action, business.client.redirect_uri);
    assert!(form.has_button("form-post-submit"), "without script");
    assert!(
        !page.html.contains("csrf"),
        "nothing of ours goes to others"
    );
    url::form_urlencoded::parse(form.body().as_bytes())
        .into_owned()
        .collect()
}

/// What a signed answer claims, after the checks that a client makes.
async fn verified(app: &TestApp, business: &Business, response: &str, alg: &str) -> Value {
    let keys = app.app.keys().await.expect("keys");
    let keys = PublicKeys::parse(keys.jwks_json()).expect("keys");
    let verified = keys
        .verify(response, Typ::AuthorizationResponse)
        .expect("a signature");
    let key = keys.find(verified.key()).expect("a key");
    assert_eq!(key.algorithm().as_str(), alg);
    let claims = claims_of(response);
    assert_eq!(claims["iss"], "http://localhost:8000");
    assert_eq!(claims["aud"], business.client.id);
    assert_eq!(claims["exp"], app.app.now().as_seconds() + 120);
    claims
}

on_both_databases!(
    an_answer_is_posted_by_a_form_that_needs_no_script,
    an_error_is_posted_as_well,
    a_signed_answer_says_whom_it_is_for,
    what_a_client_hands_over_is_text_on_the_page,
);

async fn an_answer_is_posted_by_a_form_that_needs_no_script(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let mode = [("response_mode", "form_post"), ("scope", "openid email")];
    let page = ada.visit(&shop.client.request(&mode)).await;
    let page = ada.submit(page.allowing("low")).await;
    let answer = posted(&page, &shop);
    assert_eq!(answer["state"], "the state");
    assert_eq!(answer["iss"], "http://localhost:8000");
    assert_eq!(answer.len(), 3);
    shop.redeem(&answer["code"]).await.ok();
    // From the authorization endpoint itself, and after a sign-in.
    let page = ada.get(&shop.client.request(&mode)).await;
    assert!(posted(&page, &shop).contains_key("code"));
    let mut elsewhere = app.browser();
    let page = elsewhere.get(&shop.client.request(&mode)).await;
    let path = page.location().to_owned();
    let page = elsewhere.sign_in(&path, ADA, PASSWORD).await;
    assert!(posted(&page, &shop).contains_key("code"));
    // The script is a file of ours.
    let script = page.html.split("<script src=\"").nth(1).expect("a script");
    let script = script.split('"').next().expect("an address").to_owned();
    let file = elsewhere.get(&script).await;
    assert_eq!(
        file.headers["content-type"],
        "text/javascript; charset=utf-8"
    );
    // Other pages allow none.
    let policy = elsewhere.get("/account").await;
    let policy = policy.headers["content-security-policy"]
        .to_str()
        .expect("text")
        .to_owned();
    assert!(!policy.contains("script-src"), "{policy}");
}

async fn an_error_is_posted_as_well(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mode = ("response_mode", "form_post");
    for (more, error) in [
        (("prompt", "none"), "login_required"),
        (("prompt", "nonsense"), "invalid_request"),
        (("max_age", "soon"), "invalid_request"),
    ] {
        let page = app.browser().get(&shop.client.request(&[mode, more])).await;
        let answer = posted(&page, &shop);
        assert_eq!(answer["error"], error);
        assert_eq!(answer["state"], "the state");
    }
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.visit(&shop.client.request(&[mode])).await;
    let page = ada.submit(page.form("consent").press("deny")).await;
    assert_eq!(posted(&page, &shop)["error"], "access_denied");
}

async fn a_signed_answer_says_whom_it_is_for(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let curve = json!({"authorization_signed_response_alg": "ES256"});
    let curve = Business::with(&app, "curve", curve, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let url_of = |page: &Page| {
        let url = url::Url::parse(page.location()).expect("a URL");
        let pairs: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        pairs
    };
    for mode in ["jwt", "query.jwt"] {
        let none = [("response_mode", mode), ("prompt", "none")];
        let page = app.browser().get(&shop.client.request(&none)).await;
        let answer = url_of(&page);
        // RFC 9207 §2.4 has the issuer inside; the rest is the client's own.
        assert_eq!(answer.keys().collect::<Vec<_>>(), ["from", "response"]);
        let claims = verified(&app, &shop, &answer["response"], "RS256").await;
        assert_eq!(claims["error"], "login_required");
        assert_eq!(claims["state"], "the state");
    }
    let mode = [
        ("response_mode", "form_post.jwt"),
        ("scope", "openid email"),
    ];
    let page = ada.visit(&curve.client.request(&mode)).await;
    let page = ada.submit(page.allowing("low")).await;
    let answer = posted(&page, &curve);
    assert_eq!(answer.keys().collect::<Vec<_>>(), ["response"]);
    let claims = verified(&app, &curve, &answer["response"], "ES256").await;
    assert_eq!(claims["state"], "the state");
    curve
        .redeem(claims["code"].as_str().expect("a code"))
        .await
        .ok();
    let wrong = [("response_mode", "jwt"), ("max_age", "soon")];
    let page = ada.get(&shop.client.request(&wrong)).await;
    let claims = verified(&app, &shop, &url_of(&page)["response"], "RS256").await;
    assert_eq!(claims["error"], "invalid_request");
}

async fn what_a_client_hands_over_is_text_on_the_page(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let evil = "\"><script>alert(1)</script><input value=\"";
    let mode = [
        ("response_mode", "form_post"),
        ("prompt", "none"),
        ("state", evil),
    ];
    let request = shop
        .client
        .request(&mode)
        .replacen("state=the+state&", "", 1);
    let page = app.browser().get(&request).await;
    assert!(!page.html.contains("<script>"), "{}", page.html);
    assert_eq!(posted(&page, &shop)["state"], evil);
}
