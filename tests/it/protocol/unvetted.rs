//! Clients that nobody vouches for: people are warned, and nothing above the
//! operator's ceiling is agreed or released, whatever is chosen, sent or was
//! agreed before.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluis::domain::tier::{Tier, TierChoice};

use super::business::{Business, change_tier, claims_of, text};
use super::registrar::{initial_token, known_business, open, registered, with};
use crate::harness::{ADA, Actor, Page, TestApp, on_both_databases};
use crate::html::tags;

on_both_databases!(
    people_are_warned_of_a_client_that_nobody_vouches_for,
    a_client_of_a_known_business_is_vouched_for_however_it_registered,
    a_tier_above_the_ceiling_is_not_available_and_a_forged_one_is_refused,
    an_item_above_the_ceiling_is_not_released_when_it_is_forged,
    who_is_not_vouched_for_cannot_require_anything,
    on_the_page_of_the_agreement_the_ceiling_holds_as_well,
    a_ceiling_that_was_lowered_holds_at_once_and_is_asked_about_anew,
    the_operator_sets_the_ceiling,
    house_rules_stay_below_the_ceiling,
);

const SCOPE: [(&str, &str); 1] = [("scope", "openid profile email phone")];

/// Someone who has filled in a telephone number, which is in the medium tier.
async fn ada(app: &TestApp) -> Actor {
    let mut ada = app.person("Ada", ADA).await;
    let fields = [("value", "06 1234 5678")];
    ada.fill_in("phone_number", &fields).await;
    ada
}

/// A client that calls itself a bank.
pub(crate) async fn stranger(app: &TestApp) -> Business {
    let more = json!({
        "client_name": "Bank",
        "grant_types": ["authorization_code", "refresh_token"],
    });
    Business::registered(app, &registered(app, None, &with(&more)).await)
}

async fn question(business: &Business, actor: &mut Actor) -> Page {
    let page = actor.visit(&business.client.request(&SCOPE)).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.words());
    assert!(page.has_form("consent"), "{}", page.words());
    page
}

/// The choices of tier that a page offers.
fn offered(page: &Page) -> Vec<String> {
    tags(&page.html)
        .into_iter()
        .filter(|(tag, _)| tag.get("name") == Some("tier") && tag.get("disabled").is_none())
        .filter_map(|(tag, _)| tag.get("value").map(str::to_owned))
        .collect()
}

async fn userinfo(business: &Business, code: &str) -> Value {
    let tokens = business.redeem(code).await.ok();
    business.userinfo(text(&tokens, "access_token")).await.ok()
}

async fn people_are_warned_of_a_client_that_nobody_vouches_for(app: TestApp) {
    let app = open(app).await;
    let bank = stranger(&app).await;
    let mut ada = ada(&app).await;
    let page = question(&bank, &mut ada).await;
    page.says("Nobody vouches for Bank");
    page.says("shop.example");
    page.says("profile low is the most");
    ada.languages = "nl".to_owned();
    ada.jar.remove("sluis-language");
    let dutch = format!("{}&ui_locales=nl", bank.client.request(&SCOPE));
    let page = ada.visit(&dutch).await;
    page.says("Niemand staat in voor Bank");
    page.says("hooguit met profiel laag");
}

async fn a_client_of_a_known_business_is_vouched_for_however_it_registered(app: TestApp) {
    let app = open(app).await;
    let mut ada = ada(&app).await;
    let token = initial_token(&app, 1).await;
    let told = registered(&app, Some(&token), &with(&json!({"client_name": "Bank"}))).await;
    let by_token = Business::registered(&app, &told);
    let business = known_business(&app).await;
    let by_hand = Business::client_of(&app, business, "by-hand", json!({}), None).await;
    for business in [by_token, by_hand] {
        let page = question(&business, &mut ada).await;
        page.says_not("vouches");
        assert_eq!(offered(&page), ["anonymous", "low", "medium", "high"]);
        let code = business.code(&mut ada, "medium", &SCOPE).await;
        let claims = userinfo(&business, &code).await;
        assert_eq!(claims["phone_number"], "+31612345678");
    }
}

async fn a_tier_above_the_ceiling_is_not_available_and_a_forged_one_is_refused(app: TestApp) {
    let app = open(app).await;
    let bank = stranger(&app).await;
    let mut ada = ada(&app).await;
    let page = question(&bank, &mut ada).await;
    assert_eq!(offered(&page), ["anonymous", "low"]);
    page.says("Not available: nobody vouches for this site.");
    for tier in ["medium", "high"] {
        let form = page.form("consent").press("allow").forged("tier", tier);
        let refused = ada.submit(form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{tier}");
        refused.says("That profile is not available here");
        assert_eq!(offered(&refused), ["anonymous", "low"]);
    }
    let businesses = ada.get("/account/businesses").await;
    businesses.says_not("Bank");
    let code = bank.code(&mut ada, "low", &SCOPE).await;
    let claims = userinfo(&bank, &code).await;
    assert_eq!(claims["email"], ADA);
    assert!(claims.get("phone_number").is_none());
}

async fn an_item_above_the_ceiling_is_not_released_when_it_is_forged(app: TestApp) {
    let app = open(app).await;
    let bank = stranger(&app).await;
    let mut ada = ada(&app).await;
    let page = question(&bank, &mut ada).await;
    let form = page.form("consent");
    assert!(!form.has_field("claim-phone_number"));
    assert!(form.has_field("claim-email"));
    page.says("stays with you: nobody vouches for this site");
    let form = form.with("tier", "low").press("allow");
    let answered = ada.submit(form.forged("claim-phone_number", "on")).await;
    let claims = userinfo(&bank, &bank.client.answer(&answered)["code"]).await;
    assert_eq!(claims["email"], ADA);
    assert!(claims.get("phone_number").is_none(), "{claims}");
}

async fn who_is_not_vouched_for_cannot_require_anything(app: TestApp) {
    let app = open(app).await;
    let bank = stranger(&app).await;
    let mut ada = ada(&app).await;
    let page = question(&bank, &mut ada).await;
    assert!(!page.html.contains(">needed<"), "{}", page.words());
    let code = bank.code(&mut ada, "anonymous", &SCOPE).await;
    let claims = userinfo(&bank, &code).await;
    assert_eq!(
        claims.as_object().map(serde_json::Map::len),
        Some(1),
        "{claims}"
    );
    // Asked once: whoever shows nothing is not asked again.
    let page = ada.visit(&bank.client.request(&SCOPE)).await;
    assert!(bank.client.answer(&page).contains_key("code"));
}

async fn on_the_page_of_the_agreement_the_ceiling_holds_as_well(app: TestApp) {
    let app = open(app).await;
    let bank = stranger(&app).await;
    let mut ada = ada(&app).await;
    bank.code(&mut ada, "anonymous", &SCOPE).await;
    let grant = ada.newest_grant().await;
    let page = ada.get(&grant).await;
    assert_eq!(offered(&page), ["anonymous", "low"]);
    page.says("Not available: nobody vouches for this site.");
    for tier in ["medium", "high"] {
        let form = page
            .form("/change")
            .without("tier")
            .without("retention")
            .forged("tier", tier);
        let refused = ada.submit(form).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{tier}");
        refused.says("That profile is not available here");
    }
    ada.get(&grant).await.says("Anonymous");
}

async fn a_ceiling_that_was_lowered_holds_at_once_and_is_asked_about_anew(app: TestApp) {
    let app = open(app).await;
    let app = app
        .with(|config| config.unvetted_tier = TierChoice::Tier(Tier::Medium))
        .await;
    let bank = stranger(&app).await;
    let mut ada = ada(&app).await;
    let asking = [
        SCOPE[0],
        ("claims", r#"{"id_token": {"phone_number": null}}"#),
    ];
    let code = bank.code(&mut ada, "medium", &asking).await;
    let tokens = bank.redeem(&code).await.ok();
    let id_token = claims_of(text(&tokens, "id_token"));
    assert_eq!(id_token["phone_number"], "+31612345678");
    let access = text(&tokens, "access_token");
    let claims = bank.userinfo(access).await.ok();
    assert_eq!(claims["phone_number"], "+31612345678");

    let app = app
        .with(|config| config.unvetted_tier = TierChoice::Tier(Tier::Low))
        .await;
    let (bank, mut ada) = (bank.at(app.router.clone()), ada.moved_to(&app));
    let claims = bank.userinfo(access).await.ok();
    assert_eq!(
        claims.as_object().map(serde_json::Map::len),
        Some(1),
        "{claims}"
    );
    let silent = [SCOPE[0], ("prompt", "none")];
    let page = ada.visit(&bank.client.request(&silent)).await;
    assert_eq!(bank.client.answer(&page)["error"], "consent_required");
    let grant = ada.newest_grant().await;
    let page = ada.get(&grant).await;
    page.says_not("+31 6");
    let page = question(&bank, &mut ada).await;
    assert_eq!(offered(&page), ["anonymous", "low"]);
    assert_eq!(
        page.form("consent").value("tier"),
        None,
        "nothing is chosen"
    );
    // What narrows it is agreed to in one step, here or there.
    let narrowed = change_tier(&mut ada, &grant, "low").await;
    assert!(narrowed.redirect().is_some(), "{}", narrowed.words());
    let claims = bank.userinfo(access).await.ok();
    assert_eq!(claims["email"], ADA);
    assert!(claims.get("phone_number").is_none());
}

async fn the_operator_sets_the_ceiling(app: TestApp) {
    let mut app = open(app).await;
    let bank = stranger(&app).await;
    let mut ada = ada(&app).await;
    for (most, choices) in [
        (TierChoice::Anonymous, 1),
        (TierChoice::Tier(Tier::Low), 2),
        (TierChoice::Tier(Tier::Medium), 3),
        (TierChoice::Tier(Tier::High), 4),
    ] {
        app = app.with(|config| config.unvetted_tier = most).await;
        ada = ada.moved_to(&app);
        let page = question(&bank, &mut ada).await;
        assert_eq!(offered(&page).len(), choices);
        page.says("Nobody vouches for Bank");
    }
}

async fn house_rules_stay_below_the_ceiling(app: TestApp) {
    let app = open(app).await;
    let bank = stranger(&app).await;
    let mut ada = ada(&app).await;
    // The profile that the rule names is not to be had here, so it is asked.
    let medium = [("tier", "medium"), ("retention", "longest")];
    ada.rule("other", &medium).await;
    let page = question(&bank, &mut ada).await;
    assert!(!page.html.contains("choose-otherwise"), "{}", page.words());
    page.says("with which profile you log in");
    assert_eq!(page.form("consent").value("tier"), None);
    // One below it is one screen, which says that nobody vouches.
    ada.rule("other", &[("tier", "low")]).await;
    let page = question(&bank, &mut ada).await;
    assert!(page.html.contains("choose-otherwise"), "{}", page.words());
    page.says("Nobody vouches for Bank");
    let forged = page.form("consent").forged("tier", "medium").press("allow");
    let refused = ada.submit(forged).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let answer = ada.submit(page.form("consent").press("allow")).await;
    let code = bank.client.answer(&answer)["code"].clone();
    let claims = userinfo(&bank, &code).await;
    assert!(claims.get("phone_number").is_none(), "{claims}");
    assert_eq!(claims["email"], ADA);
}
