//! What comes of each answer to the question of a business.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;
use sluis::domain::claim::Claim;
use sluis::domain::grant::EventKind;
use sluis::domain::plan::PlanVersion;
use sluis::service::receipts::{Checked, check_file};
use sluis::service::releases;
use sluis::service::tokens::{Redemption, redeem};

use crate::harness::{Actor, Client, PASSWORD, Page, SANNE, TestApp, VERIFIER, on_both_databases};

/// The names of what a client can read after an answer.
pub(super) async fn reads(app: &TestApp, client: &Client, page: &Page) -> Vec<String> {
    let code = client.answer(page)["code"].clone();
    let registered = app.registered_client(&client.id).await;
    let redemption = Redemption {
        code: &code,
        redirect_uri: Some(&client.redirect_uri),
        code_verifier: Some(VERIFIER),
        details: None,
        proof: None,
    };
    let tokens = redeem(&app.app, &registered, &redemption)
        .await
        .expect("tokens");
    let release = releases::read(&app.app, &tokens.access_token.reveal(), None).await;
    let release = release.expect("a release");
    release
        .claims
        .keys()
        .filter(|name| !name.ends_with("_verified"))
        .cloned()
        .collect()
}

pub(super) async fn asked(actor: &mut Actor, client: &Client) -> Page {
    let page = actor.visit(&client.request(&[])).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.path.starts_with("/consent/"), "{}", page.path);
    page
}

on_both_databases! {
    each_tier_releases_what_it_shows,
    a_login_without_the_optional_purposes_succeeds,
    a_request_leads_from_sign_up_by_way_of_the_question_back_to_the_client,
    prompt_create_leads_to_sign_up,
    a_no_goes_to_the_client_and_leaves_nothing_behind,
    a_plan_that_grew_shows_the_old_beside_the_new_and_a_no_keeps_the_old,
    each_receipt_names_the_edition_of_the_plan_that_it_answers,
    a_question_waits_for_an_hour_in_its_own_browser,
    a_request_for_a_fresh_sign_in_cannot_be_answered_without_one,
}

/// A purpose for each claim, so that each may be had without the others, and one that
/// needs none.
fn one_by_one(claims: &[&str]) -> String {
    let of = |id: &str, claims: &[&str]| {
        json!({
            "id": id, "purpose": "dpv:ServiceProvision",
            "title": {"nl": id, "en": id}, "text": {"nl": "Graag.", "en": "Please."},
            "basis": if claims.is_empty() { "contract" } else { "consent" },
            "required": claims.is_empty(), "claims": claims,
            "retention": "P1Y", "storage": ["NL"],
        })
    };
    let each = claims
        .iter()
        .map(|claim| of(&claim.replace('_', "-"), &[claim]));
    let purposes: Vec<_> = each.chain([of("log-in", &[])]).collect();
    json!({ "purposes": purposes }).to_string()
}

/// What is in the panel of a tier.
fn panel<'a>(page: &'a Page, tier: &str) -> &'a str {
    let begin = format!("id=\"panel-{tier}\"");
    let (_, panel) = page.html.split_once(&begin).expect("its panel");
    panel.split("id=\"panel-").next().unwrap_or_default()
}

async fn each_tier_releases_what_it_shows(app: TestApp) {
    let values = [
        ("email", "@example.com"),
        ("delivery_address", "Prinsengracht 263"),
        ("birthdate", "1988"),
    ];
    let claims = values.map(|(claim, _)| claim);
    let club = app.client("club", Some(&one_by_one(&claims))).await;
    for (tier, shown) in [("anonymous", 0), ("low", 1), ("medium", 2), ("high", 3)] {
        let mut actor = app.person("Sanne", &format!("{tier}@example.com")).await;
        actor.live_in_amsterdam().await;
        actor.edit("birthdate", "1988-04-27").await;
        let page = asked(&mut actor, &club).await;
        let panel = panel(&page, tier);
        for (claim, value) in &values[..shown] {
            assert!(panel.contains(value), "{tier} shows {claim}: {panel}");
        }
        for (claim, value) in &values[shown..] {
            assert!(!panel.contains(value), "{tier} hides {claim}: {panel}");
        }
        let mut form = page.form("consent").with("tier", tier);
        for claim in &claims[..shown] {
            form = form.with(&format!("purpose-{}", claim.replace('_', "-")), "on");
        }
        let page = actor.submit(form.press("allow")).await;
        let released = reads(&app, &club, &page).await;
        let name = |uri: &String| uri.rsplit('/').next().unwrap_or(uri).to_owned();
        let mut released: Vec<String> = released.iter().map(name).collect();
        released.sort();
        let mut expected = claims[..shown].to_vec();
        expected.sort_unstable();
        assert_eq!(released, expected, "{tier}");
    }
}

async fn a_login_without_the_optional_purposes_succeeds(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    let form = asked(&mut actor, &shop)
        .await
        .form("consent")
        .with("tier", "medium");
    let page = actor.submit(form.press("allow")).await;
    let claims = reads(&app, &shop, &page).await;
    assert_eq!(claims.len(), 3, "{claims:?}");
    assert!(claims.contains(&"name".to_owned()) && claims.contains(&"email".to_owned()));
    // Asked once.
    let page = actor.visit(&shop.request(&[])).await;
    assert!(shop.answer(&page).contains_key("code"));
    let page = actor.visit(&shop.request(&[("prompt", "consent")])).await;
    assert_eq!(page.form("consent").value("tier"), Some("medium"));
}

async fn a_request_leads_from_sign_up_by_way_of_the_question_back_to_the_client(app: TestApp) {
    let paper = app.paper().await;
    let mut actor = app.browser();
    let page = actor.visit(&paper.request(&[("login_hint", SANNE)])).await;
    page.says("The paper");
    assert_eq!(page.form("sign-in").value("email"), Some(SANNE));
    let sign_up = page.link_to("/sign-up");
    let page = actor.get(&sign_up).await;
    page.says("The paper");
    let page = actor.sign_up(&sign_up, "Sanne", SANNE).await;
    let page = actor.follow(page).await;
    let page = actor.submit(page.allowing("anonymous")).await;
    assert!(paper.answer(&page).contains_key("code"));

    // And from sign-in straight back, once it was answered.
    let mut elsewhere = app.browser();
    let page = elsewhere.visit(&paper.request(&[])).await;
    let form = page
        .form("sign-in")
        .with("email", SANNE)
        .with("password", PASSWORD);
    let page = elsewhere.submit(form).await;
    assert!(paper.answer(&page).contains_key("code"));
}

async fn prompt_create_leads_to_sign_up(app: TestApp) {
    let paper = app.paper().await;
    let page = app
        .browser()
        .visit(&paper.request(&[("prompt", "create")]))
        .await;
    assert!(page.has_form("sign-up"));
    let mut actor = app.person("Sanne", SANNE).await;
    app.wait(Duration::from_secs(1));
    let page = actor.visit(&paper.request(&[("prompt", "create")])).await;
    assert!(page.has_form("sign-up"));
}

async fn a_no_goes_to_the_client_and_leaves_nothing_behind(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let form = asked(&mut actor, &shop).await.form("consent").press("deny");
    let page = actor.submit(form).await;
    let answer = shop.answer(&page);
    assert_eq!(answer["error"], "access_denied");
    assert!(!answer.contains_key("code"));
    actor
        .get("/account")
        .await
        .says("Nobody gets data from you yet.");
    asked(&mut actor, &shop).await;
}

async fn a_plan_that_grew_shows_the_old_beside_the_new_and_a_no_keeps_the_old(app: TestApp) {
    let client = app.client("club", Some(&club_plan("[\"email\"]"))).await;
    let mut actor = app.person("Sanne", SANNE).await;
    let grant = actor.agree(&client, "low").await;
    app.publish("club", &club_plan("[\"email\", \"nickname\"]"))
        .await;
    actor.edit("nickname", "San").await;

    let page = asked(&mut actor, &client).await;
    page.says("What changes");
    page.says("If you say no, the old agreement simply stands.");
    assert_eq!(page.form("consent").value("tier"), Some("low"));
    let page = actor.submit(page.form("consent").press("deny")).await;
    assert_eq!(reads(&app, &client, &page).await, ["email"]);
    let page = actor.get(&grant).await;
    page.says("In force");
    page.says_not("San");

    let page = actor.visit(&client.request(&[("prompt", "consent")])).await;
    let page = actor.submit(page.form("consent").press("allow")).await;
    assert_eq!(reads(&app, &client, &page).await, ["nickname", "email"]);
    let page = actor.get(&grant).await;
    page.says("More allowed");
}

async fn each_receipt_names_the_edition_of_the_plan_that_it_answers(app: TestApp) {
    for (name, end) in [
        ("paused", EventKind::Resumed),
        ("expired", EventKind::Expired),
    ] {
        let client = app.client(name, Some(&club_plan("[\"email\"]"))).await;
        let address = format!("{name}@example.com");
        let mut actor = app.person("Sanne", &address).await;
        let grant = actor.agree(&client, "low").await;
        if end == EventKind::Resumed {
            let pause = actor.get(&grant).await.form("/pause").press("pause");
            actor.submit(pause).await;
        } else {
            app.wait(Duration::from_secs(32 * 24 * 60 * 60));
            actor.sign_in("/sign-in", &address, PASSWORD).await;
        }
        app.publish(name, &club_plan("[\"email\", \"name\"]")).await;
        let form = asked(&mut actor, &client).await.form("consent");
        actor.submit(form.with("tier", "low").press("allow")).await;

        let file = actor.get(&format!("{grant}/receipts")).await.html;
        let newest = actor.newest_grant().await;
        let newest = actor.get(&format!("{newest}/receipts")).await.html;
        let keys = app.app.keys().await.expect("keys");
        let mut editions = Vec::new();
        for file in [&file, &newest] {
            let Ok(Checked::Chain(receipts)) = check_file(file, keys.public_keys()) else {
                panic!("not a chain: {file}");
            };
            editions.extend(receipts.into_iter().map(|receipt| {
                let of_edition = |edition| receipt.notice.plan_version == PlanVersion(edition);
                let lists_name = receipt
                    .processes
                    .iter()
                    .any(|it| it.claims.contains(Claim::Name));
                assert_eq!(of_edition(2), lists_name, "{:?}", receipt.event.kind);
                (receipt.event.kind, receipt.notice)
            }));
        }
        let notice = |kind| &editions.iter().find(|(it, _)| *it == kind).expect("it").1;
        assert_eq!(notice(end), notice(EventKind::Given), "{name}");
    }
}

async fn a_question_waits_for_an_hour_in_its_own_browser(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let page = asked(&mut actor, &shop).await;

    let mut elsewhere = app.browser();
    elsewhere.sign_in("/sign-in", SANNE, PASSWORD).await;
    let stranger = elsewhere.get(&page.path).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
    assert_eq!(stranger.error().as_deref(), Some("unknown_request"));
    let form = page.form("consent").with("tier", "anonymous");
    let csrf = elsewhere
        .get("/account")
        .await
        .form("/language")
        .value("csrf")
        .expect("a token")
        .to_owned();
    let forged = elsewhere
        .submit(form.clone().forged("csrf", &csrf).press("allow"))
        .await;
    assert_eq!(forged.error().as_deref(), Some("unknown_request"));
    for path in ["/consent/nonsense", "/sign-in?request=nonsense"] {
        assert_eq!(
            elsewhere.get(path).await.error().as_deref(),
            Some("unknown_request")
        );
    }

    app.wait(Duration::from_secs(60 * 60));
    let late = actor.submit(form.press("allow")).await;
    assert_eq!(late.status, StatusCode::GONE);
    assert_eq!(late.error().as_deref(), Some("expired"));
    assert_eq!(
        actor.get(&page.path).await.error().as_deref(),
        Some("expired")
    );
    let id = page.path.trim_start_matches("/consent/");
    let late = app.browser().get(&format!("/sign-in?request={id}")).await;
    assert_eq!(late.error().as_deref(), Some("unknown_request"));
}

async fn a_request_for_a_fresh_sign_in_cannot_be_answered_without_one(app: TestApp) {
    let paper = app.paper().await;
    let mut actor = app.person("Sanne", SANNE).await;
    app.wait(Duration::from_secs(60));
    let page = actor.get(&paper.request(&[("prompt", "login")])).await;
    let sign_in = page.location().to_owned();
    let id = sign_in.trim_start_matches("/sign-in?request=");
    let page = actor.get(&format!("/consent/{id}")).await;
    assert_eq!(page.location(), sign_in);
    let csrf = actor
        .get("/account")
        .await
        .form("/language")
        .value("csrf")
        .expect("a token")
        .to_owned();
    let body = format!("csrf={csrf}&tier=anonymous&answer=allow&terms=x");
    let page = actor
        .send(
            axum::http::Method::POST,
            &format!("/consent/{id}"),
            Some(body),
        )
        .await;
    assert_eq!(page.location(), sign_in);
}

fn club_plan(claims: &str) -> String {
    format!(
        r#"{{"purposes": [{{"id": "member", "purpose": "dpv:MemberManagement",
        "title": {{"nl": "Lid zijn", "en": "Be a member"}},
        "text": {{"nl": "Je bent lid.", "en": "You are a member."}},
        "basis": "contract", "required": true, "claims": {claims},
        "retention": "P1Y", "storage": ["NL"]}}]}}"#
    )
}
