//! Whom a client means: `id_token_hint`, `login_hint`; and the hints that
//! change nothing (OpenID Connect Core 1.0 §3.1.2.1).

use std::time::Duration;

use serde_json::{Value, json};
use sluis::app::{App, Migrations};
use sluis::clock::Clock;
use sluis::random::Random;

use super::Business;
use super::business::{claims_of, text};
use crate::harness::{ADA, Actor, BOB, EVE, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    a_hint_means_one_person_and_nobody_else,
    somebody_else_is_asked_to_sign_in_as_who_is_meant,
    a_subject_that_is_wanted_is_one_that_has_to_sign_in,
    a_hint_that_is_not_ours_is_refused,
    a_hint_of_the_issuer_that_this_was_before_is_refused,
    login_hint_fills_in_and_tells_nothing,
    the_clock_of_another_node_does_not_satisfy_prompt_login,
    prompt_select_account_lets_one_be_somebody_else,
    wishes_about_how_it_looks_change_nothing,
);

fn id_token(tokens: &Value) -> &str {
    text(tokens, "id_token")
}

async fn silent(shop: &Business, actor: &mut Actor, hint: &str) -> Result<(), String> {
    let asked = [
        ("scope", "openid"),
        ("prompt", "none"),
        ("id_token_hint", hint),
    ];
    let page = actor.get(&shop.client.request(&asked)).await;
    let answer = shop.client.answer(&page);
    answer
        .get("error")
        .map_or(Ok(()), |error| Err(error.clone()))
}

async fn a_hint_means_one_person_and_nobody_else(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let (mut ada, mut bob) = (app.person("Ada", ADA).await, app.person("Bob", BOB).await);
    let of_ada = shop.log_in(&mut ada, "low").await;
    let of_bob = shop.log_in(&mut bob, "low").await;
    // Also when it expired long ago: an ID token lasts for ten minutes.
    app.wait(Duration::from_secs(6 * 3_600));
    assert_eq!(silent(&shop, &mut ada, id_token(&of_ada)).await, Ok(()));
    let refused = Err("login_required".to_owned());
    assert_eq!(silent(&shop, &mut ada, id_token(&of_bob)).await, refused);
    let mut nobody = app.browser();
    assert_eq!(silent(&shop, &mut nobody, id_token(&of_ada)).await, refused);
    // Who has never been there is nobody that the client knows.
    let mut eve = app.person("Eve", EVE).await;
    assert_eq!(silent(&shop, &mut eve, id_token(&of_ada)).await, refused);
}

async fn somebody_else_is_asked_to_sign_in_as_who_is_meant(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let (mut ada, mut bob) = (app.person("Ada", ADA).await, app.person("Bob", BOB).await);
    let of_ada = shop.log_in(&mut ada, "low").await;
    shop.log_in(&mut bob, "low").await;
    let asked = [("scope", "openid"), ("id_token_hint", id_token(&of_ada))];
    for (email, error) in [(BOB, Some("login_required")), (ADA, None)] {
        let page = bob.get(&shop.client.request(&asked)).await;
        let sign_in = page.location().to_owned();
        assert!(sign_in.starts_with("/sign-in?request="), "{sign_in}");
        // Nor does a way round the sign-in page help.
        let id = sign_in.rsplit('=').next().expect("an id").to_owned();
        let page = bob.get(&format!("/consent/{id}")).await;
        if page.redirect().is_none() {
            let form = page.allowing("low");
            let page = bob.submit(form).await;
            assert!(
                page.location().starts_with("/sign-in"),
                "{:?}",
                page.redirect()
            );
        }
        let page = bob.sign_in(&sign_in, email, PASSWORD).await;
        let page = bob.follow(page).await;
        let answer = shop.client.answer(&page);
        assert_eq!(answer.get("error").map(String::as_str), error, "{email}");
        if error.is_none() {
            let tokens = shop.redeem(&answer["code"]).await.ok();
            let (one, other) = (claims_of(id_token(&tokens)), claims_of(id_token(&of_ada)));
            assert_eq!(one["sub"], other["sub"]);
            assert_ne!(one["sid"], other["sid"], "another session");
        }
    }
}

async fn a_subject_that_is_wanted_is_one_that_has_to_sign_in(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let (mut ada, mut bob) = (app.person("Ada", ADA).await, app.person("Bob", BOB).await);
    let of_ada = shop.log_in(&mut ada, "low").await;
    let subject = claims_of(id_token(&of_ada))["sub"].clone();
    let claims = json!({"id_token": {"sub": {"value": subject}}}).to_string();
    let asked = [("scope", "openid"), ("claims", claims.as_str())];
    let page = bob.get(&shop.client.request(&asked)).await;
    let sign_in = page.location().to_owned();
    assert!(sign_in.starts_with("/sign-in"), "{sign_in}");
    let page = bob.sign_in(&sign_in, BOB, PASSWORD).await;
    assert_eq!(shop.client.answer(&page)["error"], "login_required");
    let page = ada.get(&shop.client.request(&asked)).await;
    assert!(shop.client.answer(&page).contains_key("code"));
}

async fn a_hint_that_is_not_ours_is_refused(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let other = Business::open(&app, "other").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "low").await;
    let foreign = other.log_in(&mut ada, "low").await;
    let (signed, signature) = id_token(&tokens).rsplit_once('.').expect("three parts");
    let (_, payload) = signed.split_once('.').expect("two parts");
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    for hint in [
        "x",
        id_token(&foreign),
        &format!("{signed}.{flipped}{}", &signature[1..]),
        &format!("eyJhbGciOiJub25lIn0.{payload}."),
        text(&tokens, "consent_receipt"),
        text(&tokens, "access_token"),
    ] {
        let refused = Err("invalid_request".to_owned());
        assert_eq!(silent(&shop, &mut ada, hint).await, refused, "{hint}");
    }
    let twice = [("id_token_hint", "x"), ("id_token_hint", "y")];
    let page = ada.get(&shop.client.request(&twice)).await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_request");
}

/// The keys stay when an instance gets another name, and its subjects too; but
/// what it said under the old one was said by somebody else (OpenID Connect
/// Core 1.0 §3.1.2.1: the hint is one that this issuer gave).
async fn a_hint_of_the_issuer_that_this_was_before_is_refused(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "low").await;
    assert_eq!(silent(&shop, &mut ada, id_token(&tokens)).await, Ok(()));
    let app = app
        .with(|config| config.issuer = "http://localhost:8001".parse().expect("an issuer"))
        .await;
    let shop = shop.at(app.router.clone());
    let mut ada = app.browser();
    let asked = [("prompt", "none"), ("id_token_hint", id_token(&tokens))];
    let page = ada.get(&shop.client.request(&asked)).await;
    let refused = page.location().contains("error=invalid_request&");
    assert!(refused, "{}", page.location());
}

async fn login_hint_fills_in_and_tells_nothing(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    app.person("Ada", ADA).await;
    let mut pages = Vec::new();
    for hint in [ADA, "nobody@home.example"] {
        let asked = [("scope", "openid"), ("login_hint", hint)];
        let page = app.browser().visit(&shop.client.request(&asked)).await;
        assert!(page.html.contains(&format!("value=\"{hint}\"")), "{hint}");
        let form = page.form("sign-in");
        let without: Vec<String> = page
            .html
            .lines()
            .filter(|line| {
                !["csrf", "/consent/", "%2Fconsent%2F"]
                    .iter()
                    .any(|part| line.contains(part))
            })
            .map(|line| line.replace(hint, "(hint)"))
            .collect();
        assert!(form.has_field("password"));
        pages.push((page.status, without));
        let silent = [
            ("scope", "openid"),
            ("login_hint", hint),
            ("prompt", "none"),
        ];
        let page = app.browser().get(&shop.client.request(&silent)).await;
        assert_eq!(shop.client.answer(&page)["error"], "login_required");
    }
    assert_eq!(pages[0], pages[1], "known or not");
    for odd in ["\"><script>", "x", &"a".repeat(400)] {
        let asked = [("scope", "openid"), ("login_hint", odd)];
        let page = app.browser().visit(&shop.client.request(&asked)).await;
        assert!(
            page.status.is_success() && !page.html.contains("<script>"),
            "{odd}"
        );
    }
}

async fn the_clock_of_another_node_does_not_satisfy_prompt_login(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    shop.log_in(&mut ada, "low").await;
    // Another node of the same provider, whose clock is half a minute ahead.
    let ahead = Clock::manual(app.app.now().plus(Duration::from_secs(30)));
    let config = app.app.config().clone();
    let node = App::open(config, Migrations::Refuse, ahead, Random::system())
        .await
        .expect("a node");
    let mut there = Actor::at(sluis::server::router(&node));
    there.sign_in("/sign-in", ADA, PASSWORD).await;
    ada.jar = there.jar.clone();
    let asked = [("scope", "openid"), ("prompt", "login")];
    let page = ada.get(&shop.client.request(&asked)).await;
    let sign_in = page.location().to_owned();
    assert!(sign_in.starts_with("/sign-in"), "{sign_in}");
    let page = ada.sign_in(&sign_in, ADA, PASSWORD).await;
    assert!(shop.client.answer(&page).contains_key("code"), "asked once");
    // And from a node that is ahead to one that is behind it is asked once too.
    there.jar = ada.jar.clone();
    let page = there.get(&shop.client.request(&asked)).await;
    let sign_in = page.location().to_owned();
    ada.jar = there.jar.clone();
    let page = ada.sign_in(&sign_in, ADA, PASSWORD).await;
    assert!(shop.client.answer(&page).contains_key("code"), "asked once");
    node.close().await;
}

async fn prompt_select_account_lets_one_be_somebody_else(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let (mut ada, mut bob) = (app.person("Ada", ADA).await, app.person("Bob", BOB).await);
    shop.log_in(&mut ada, "low").await;
    let of_bob = shop.log_in(&mut bob, "low").await;
    let asked = [("scope", "openid"), ("prompt", "select_account")];
    let page = ada.get(&shop.client.request(&asked)).await;
    let sign_in = page.location().to_owned();
    assert!(sign_in.starts_with("/sign-in"), "{sign_in}");
    let page = ada.sign_in(&sign_in, BOB, PASSWORD).await;
    let tokens = shop.redeem(&shop.client.answer(&page)["code"]).await.ok();
    let subject = |tokens: &Value| claims_of(id_token(tokens))["sub"].clone();
    assert_eq!(subject(&tokens), subject(&of_bob));
    let both = [("scope", "openid"), ("prompt", "none select_account")];
    let page = ada.get(&shop.client.request(&both)).await;
    assert_eq!(shop.client.answer(&page)["error"], "invalid_request");
}

async fn wishes_about_how_it_looks_change_nothing(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    shop.log_in(&mut ada, "low").await;
    for wish in [
        ("display", "page"),
        ("display", "popup"),
        ("display", "hologram"),
        ("claims_locales", "nl en-GB xx"),
        ("ui_locales", "tlh"),
        ("acr_values", "phr gold"),
    ] {
        let page = ada
            .get(&shop.client.request(&[("scope", "openid"), wish]))
            .await;
        assert!(shop.client.answer(&page).contains_key("code"), "{wish:?}");
    }
}
