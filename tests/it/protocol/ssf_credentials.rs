//! What a business hears of the ways into an account: that they changed, and
//! nothing that it could not know.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::business::{claims_of, text};
use super::subscriber::{Letterbox, Subscriber, event_of, kind_of};
use crate::harness::{
    ADA, Actor, Authenticator, NEW_PASSWORD, PASSWORD, THIEF, TestApp, on_both_databases,
};
use crate::life::deliver;
use crate::people::emptying::{alone, empty};
use crate::ways_in::sign_up_with_passkey;

const SCOPES: &str = "openid email";

on_both_databases!(
    a_change_of_a_credential_is_heard_by_those_with_a_living_agreement,
    a_way_back_in_is_heard_when_it_begins_and_what_it_changed_when_it_ends,
    what_a_way_back_takes_and_that_a_kit_was_used_is_heard,
    what_goes_with_a_change_of_address_that_is_undone_is_heard,
    a_first_password_is_heard_as_one_that_is_new,
    a_stream_that_did_not_ask_hears_nothing_of_it,
    a_vault_that_is_emptied_is_told_as_an_edit_of_all_but_the_address,
);

async fn change_password(actor: &mut Actor, old: &str, new: &str) {
    let page = actor.get("/account/security/password").await;
    let form = page.form("password-form").with("old", old).with("new", new);
    let page = actor.submit(form.press("password-submit")).await;
    assert_eq!(page.location(), "/account/security?done=password");
}

/// What was heard of credentials since: their kind and what happened.
fn changes(heard: &[Value]) -> Vec<(String, String)> {
    let of = |claims: &&Value| kind_of(claims) == "credential-change";
    let told = heard.iter().filter(of).map(event_of);
    told.map(|event| {
        let word = |name: &str| text(&event, name).to_owned();
        (word("credential_type"), word("change_type"))
    })
    .collect()
}

async fn a_change_of_a_credential_is_heard_by_those_with_a_living_agreement(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut subs = Vec::new();
    let mut letterboxes = Vec::new();
    for id in ["shop", "paper", "left"] {
        let business = Subscriber::open(&app, id).await;
        let letterbox = Letterbox::open().await;
        business.subscribe(letterbox.delivery()).await;
        if id != "paper" {
            let tokens = business.shop.log_in_for(&mut ada, "low", SCOPES).await;
            subs.push(claims_of(text(&tokens, "id_token"))["sub"].clone());
        }
        if id == "left" {
            let grant = ada.newest_grant().await;
            super::business::press(&mut ada, &grant, "withdraw").await;
        }
        letterboxes.push(letterbox);
        app.wait(std::time::Duration::from_secs(1));
    }
    deliver(&app).await;
    let at = app.app.now().as_seconds();
    change_password(&mut ada, PASSWORD, NEW_PASSWORD).await;
    let mut phone = Authenticator::new(Some([7; 32]));
    ada.add_passkey(&mut phone).await;
    ada.sign_in_with("/sign-in", &mut phone).await;
    let form = ada.get("/account/security").await.form("/remove");
    ada.submit(form).await.location();
    for _ in 0..4 {
        deliver(&app).await;
    }
    let heard = letterboxes[0].claims().await;
    let word = |(kind, change): (&str, &str)| (kind.to_owned(), change.to_owned());
    assert_eq!(
        changes(&heard),
        [
            ("password", "update"),
            ("passkey", "create"),
            ("passkey", "delete"),
        ]
        .map(word)
    );
    let first = heard
        .iter()
        .find(|claims| kind_of(claims) == "credential-change");
    let first = first.expect("it was heard");
    assert_eq!(
        event_of(first),
        json!({
            "credential_type": "password",
            "change_type": "update",
            "event_timestamp": at,
            "initiating_entity": "user",
            "reason_user": {
                "en": "You changed how you sign in.",
                "nl": "Je hebt gewijzigd hoe je inlogt.",
            },
        })
    );
    assert_eq!(
        first["sub_id"],
        json!({"format": "iss_sub", "iss": "http://localhost:8000", "sub": subs[0]})
    );
    assert!(
        changes(&letterboxes[1].claims().await).is_empty(),
        "no agreement"
    );
    assert!(
        changes(&letterboxes[2].claims().await).is_empty(),
        "it is over"
    );
}

async fn a_way_back_in_is_heard_when_it_begins_and_what_it_changed_when_it_ends(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    let recover = crate::people::forgot(&app, ADA).await;
    let mut browser = app.browser();
    let form = browser.get(&recover).await.form("recover-wait");
    browser.land(form).await.says("From");
    deliver(&app).await;
    let heard = letterbox.claims().await;
    assert_eq!(
        heard.iter().map(kind_of).collect::<Vec<_>>(),
        ["recovery-activated"]
    );
    assert_eq!(event_of(&heard[0]), json!({}));
    app.wait(std::time::Duration::from_secs(24 * 60 * 60));
    sluis::jobs::recoveries::run_once(&app.app)
        .await
        .expect("a database");
    let ready = crate::people::post(&app).await;
    let mut links = ready.iter().map(crate::people::link);
    let ready = links.rfind(|link| link.starts_with("/recover/continue"));
    let form = browser
        .get(&ready.expect("a link"))
        .await
        .form("recover-finish");
    let page = browser.land(form.with("password", NEW_PASSWORD)).await;
    assert_eq!(page.status, StatusCode::OK);
    for _ in 0..4 {
        deliver(&app).await;
    }
    let heard = letterbox.claims().await;
    assert_eq!(
        changes(&heard),
        [("password".to_owned(), "update".to_owned())]
    );
}

async fn a_stream_that_did_not_ask_hears_nothing_of_it(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (shop, letterbox, id) = Subscriber::told(&app).await;
    let wanted = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
    shop.patch(&id, json!({"events_requested": [wanted]})).await;
    shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    change_password(&mut ada, PASSWORD, NEW_PASSWORD).await;
    deliver(&app).await;
    assert!(letterbox.tokens().await.is_empty());
}

async fn what_a_way_back_takes_and_that_a_kit_was_used_is_heard(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    let code = crate::people::kit::with_kit(&mut ada).await;
    for act in ["escrow/drop", "escrow/allow"] {
        let form = ada.get("/account/security").await.form(act);
        ada.submit(form).await.location();
    }
    for _ in 0..4 {
        deliver(&app).await;
    }
    let heard = letterbox.claims().await;
    let kinds: Vec<String> = heard.iter().map(kind_of).collect();
    assert_eq!(kinds, ["recovery-information-changed"; 3]);
    assert_eq!(event_of(&heard[0]), json!({}));
    crate::people::post(&app).await;
    let recover = crate::people::forgot(&app, ADA).await;
    let mut browser = app.browser();
    let form = browser.get(&recover).await.form("recover-kit");
    let form = form.with("code", &code).with("password", NEW_PASSWORD);
    browser.land(form).await.says("new password works");
    for _ in 0..4 {
        deliver(&app).await;
    }
    let mut heard = letterbox.kinds().await;
    heard.retain(|kind| kind != "session-revoked");
    heard.sort();
    let told = ["credential-change", "recovery-activated"];
    let before = ["recovery-information-changed"; 3];
    assert_eq!(heard, [&told[..], &before[..]].concat());
}

async fn what_goes_with_a_change_of_address_that_is_undone_is_heard(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    let there = crate::people::asked(&app, &mut ada, THIEF).await;
    app.wait(std::time::Duration::from_secs(1));
    ada.add_passkey(&mut Authenticator::new(Some([7; 32])))
        .await;
    let undoes = crate::people::followed(&app, &mut ada, &there).await;
    for _ in 0..4 {
        deliver(&app).await;
    }
    letterbox.claims().await;
    crate::people::undo(&mut app.browser(), &undoes).await;
    for _ in 0..4 {
        deliver(&app).await;
    }
    let heard = changes(&letterbox.claims().await);
    let last = heard
        .last()
        .map(|(what, how)| (what.as_str(), how.as_str()));
    assert_eq!(last, Some(("passkey", "delete")));
}

async fn a_first_password_is_heard_as_one_that_is_new(app: TestApp) {
    let (mut ada, mut key) = (app.browser(), Authenticator::new(Some([7; 32])));
    sign_up_with_passkey(&mut ada, "/sign-up/passkey", &mut key).await;
    let (shop, letterbox, _) = Subscriber::told(&app).await;
    shop.shop.log_in_for(&mut ada, "low", SCOPES).await;
    let form = ada.get("/account/security/password").await;
    let form = form.form("password-form").with("new", NEW_PASSWORD);
    let page = ada.submit(form).await;
    assert_eq!(page.location(), "/account/security?done=password-set");
    deliver(&app).await;
    let heard = changes(&letterbox.claims().await);
    assert_eq!(heard, [("password".to_owned(), "create".to_owned())]);
}

async fn a_vault_that_is_emptied_is_told_as_an_edit_of_all_but_the_address(app: TestApp) {
    let shop = Subscriber::open(&app, "shop").await;
    let letterbox = Letterbox::open().await;
    shop.subscribe(letterbox.delivery()).await;
    let mut ada = app.person("Ada", ADA).await;
    shop.shop
        .log_in_for(&mut ada, "low", "openid profile email")
        .await;
    alone(&app, &mut ada).await;
    empty(&app).await;
    for _ in 0..9 {
        deliver(&app).await;
    }
    let heard = letterbox.claims().await;
    let told: Vec<&Value> = heard
        .iter()
        .filter(|one| kind_of(one) == "profile-changed")
        .collect();
    assert_eq!(told.len(), 1);
    let event = event_of(told[0]);
    let claims = event["claims"].as_array().expect("a list");
    assert!(claims.contains(&json!("name")), "{claims:?}");
    assert!(!claims.contains(&json!("email")), "{claims:?}");
}
