//! The end of an account: shown first, done at once or after a month, and told.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluis::domain::id::GrantId;
use sluis::jobs;
use sluis::store::receipts;

use super::{ADA, DAY, HOUR, SECOND, only, post};
use crate::harness::{Actor, PASSWORD, Page, TestApp, on_both_databases};
use crate::life::deliver;
use crate::protocol::{Business, Ear, SCOPES, claims_of, press, text};

on_both_databases!(
    what_will_happen_is_shown_before_anything_does,
    nothing_is_erased_without_the_word_or_in_an_open_browser,
    an_account_goes_with_all_that_led_to_it,
    every_business_is_told_and_its_answer_still_counts,
    whoever_is_logged_in_somewhere_is_logged_out_there,
    letters_that_waited_go_with_the_account,
    a_month_to_think_it_over_pauses_everything_and_is_called_off,
    after_the_month_it_is_done_by_itself,
    what_is_left_is_forgotten_in_its_time,
);

/// A business that can look up what it owes.
pub(super) async fn shop(app: &TestApp, id: &str) -> Business {
    let types = ["authorization_code", "refresh_token", "client_credentials"];
    Business::with(app, id, json!({"grant_types": types}), None).await
}

pub(super) async fn erase(actor: &mut Actor, when: &str) -> Page {
    let form = actor.get("/account/erase").await.form("erase");
    let form = form.with("word", " Erase ").with("when", when);
    actor.submit(form.press("erase-submit")).await
}

pub(crate) async fn erase_now(actor: &mut Actor) {
    assert_eq!(erase(actor, "now").await.location(), "/erased");
}

pub(crate) async fn pass(app: &TestApp) {
    jobs::erasures::run_once(&app.app)
        .await
        .expect("a database");
}

async fn what_will_happen_is_shown_before_anything_does(app: TestApp) {
    let shop = shop(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let page = ada.get("/account/erase").await;
    page.says("no agreement with any business");
    let tokens = shop.log_in_for(&mut ada, "low", SCOPES).await;
    let page = ada.get("/account/security").await;
    assert!(page.links().contains(&"/account/erase".to_owned()));
    let page = ada.get("/account/erase").await;
    page.says("Must delete everything by 21 October 2026");
    page.says("we mail ada@home.example once more");
    page.says("After 5 years that goes too");
    assert!(page.links().contains(&"/account/data".to_owned()));
    shop.userinfo(text(&tokens, "access_token")).await.ok();
}

async fn nothing_is_erased_without_the_word_or_in_an_open_browser(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let form = ada.get("/account/erase").await.form("erase");
    for word in ["", "yes", "erase it", "wissen"] {
        let page = ada.submit(form.clone().with("word", word)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{word}");
        page.says("Nothing was erased");
    }
    app.wait(Duration::from_secs(601));
    let page = ada.submit(form.with("word", "erase")).await;
    assert!(page.location().starts_with("/sign-in/confirm?"));
    let page = ada.get("/account/erase").await;
    assert!(page.location().starts_with("/sign-in/confirm?"));
    assert!(
        ada.get("/account").await.redirect().is_none(),
        "still there"
    );
}

async fn an_account_goes_with_all_that_led_to_it(app: TestApp) {
    let shop = shop(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in_for(&mut ada, "low", SCOPES).await;
    let mut phone = app.browser();
    phone.sign_in("/sign-in", ADA, PASSWORD).await;
    app.leave_mail().await;
    erase_now(&mut ada).await;
    assert!(!ada.jar.contains_key("sluis-session"));
    ada.get("/erased")
        .await
        .says("every key to them are destroyed");
    let page = phone.get("/account").await;
    assert!(page.location().starts_with("/sign-in"), "on every device");
    let page = phone.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = shop.userinfo(text(&tokens, "access_token")).await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    let told = shop.refresh(text(&tokens, "refresh_token")).await;
    assert_eq!(told.error(), "invalid_grant");
    let mail = only(post(&app).await);
    assert_eq!(mail.field("To"), ADA);
    mail.says("was told. It must delete everything by 21 October 2026");
    // Nothing is mailed to that address any more, whoever asks.
    super::ask(&mut app.browser(), ADA).await;
    assert!(post(&app).await.is_empty());
    // Who signs up with it later is somebody else.
    let before = claims_of(text(&tokens, "id_token"))["sub"].clone();
    let mut again = app.person("Ada", ADA).await;
    again.get("/account/businesses").await.says_not("The shop");
    let tokens = shop.log_in(&mut again, "low").await;
    assert_ne!(claims_of(text(&tokens, "id_token"))["sub"], before);
}

async fn every_business_is_told_and_its_answer_still_counts(app: TestApp) {
    let (shop, other) = (shop(&app, "shop").await, shop(&app, "other").await);
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in_for(&mut ada, "low", SCOPES).await;
    app.wait(SECOND);
    let withdrawn = other.log_in_for(&mut ada, "low", SCOPES).await;
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "withdraw").await;
    erase_now(&mut ada).await;
    app.leave_mail().await;
    let duty = shop.duties("").await.remove(0);
    assert_eq!(
        (duty["reason"].clone(), duty["state"].clone()),
        (json!("withdrawn"), json!("open"))
    );
    assert_eq!(duty["sub"], claims_of(text(&tokens, "id_token"))["sub"]);
    // One that was over keeps its one duty.
    assert_eq!(other.duties("").await.len(), 1);
    let events = chain(&app, text(&tokens, "grant_id")).await;
    assert_eq!(events, ["given", "erased"]);
    let events = chain(&app, text(&withdrawn, "grant_id")).await;
    assert_eq!(events, ["given", "withdrawn"]);
    app.wait(HOUR);
    let told = shop.confirm(text(&duty, "duty_id"), &json!({})).await.ok();
    assert_eq!(told["state"], "confirmed");
    let events = chain(&app, text(&tokens, "grant_id")).await;
    assert_eq!(events, ["given", "erased", "answered"]);
    // What is not answered in time is written down, and nobody is mailed.
    app.wait(40 * DAY);
    jobs::duties::run_once(&app.app).await.expect("a database");
    assert_eq!(other.duties("").await[0]["state"], "overdue");
    assert!(post(&app).await.is_empty());
}

async fn whoever_is_logged_in_somewhere_is_logged_out_there(app: TestApp) {
    let ear = Ear::answering(200).await;
    let told = json!({"backchannel_logout_uri": ear.uri()});
    let shop = Business::with(&app, "shop", told, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let mut phone = app.browser();
    phone.sign_in("/sign-in", ADA, PASSWORD).await;
    let tokens = shop.log_in(&mut phone, "low").await;
    deliver(&app).await;
    assert!(ear.heard().await.is_empty());
    erase_now(&mut ada).await;
    deliver(&app).await;
    let claims = ear.claims().await;
    assert_eq!(claims.len(), 1, "{claims:?}");
    // Wherever they are logged in there.
    assert_eq!(
        claims[0]["sub"],
        claims_of(text(&tokens, "id_token"))["sub"]
    );
    assert!(claims[0]["sid"].is_null());
}

/// What happened to an agreement, by its receipts.
pub(crate) async fn chain(app: &TestApp, grant_id: &str) -> Vec<Value> {
    let id: GrantId = grant_id.parse().expect("an id");
    let mut connection = app.app.store().read().await.expect("a database");
    let jws = receipts::of_grant(&mut connection, id)
        .await
        .expect("receipts");
    let kinds = jws
        .iter()
        .map(|jws| claims_of(jws)["event"]["kind"].clone());
    kinds.collect()
}

async fn letters_that_waited_go_with_the_account(app: TestApp) {
    let mut ada = app.browser();
    ada.sign_up("/sign-up", "Ada", ADA).await;
    erase_now(&mut ada).await;
    only(post(&app).await).says("Your account at");
}

async fn a_month_to_think_it_over_pauses_everything_and_is_called_off(app: TestApp) {
    let shop = shop(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in_for(&mut ada, "low", SCOPES).await;
    let grant = ada.newest_grant().await;
    let mut phone = app.browser();
    phone.sign_in("/sign-in", ADA, PASSWORD).await;
    app.leave_mail().await;
    let page = erase(&mut ada, "later").await;
    assert_eq!(page.location(), "/account/erase");
    only(post(&app).await).says("That happens on");
    assert!(
        phone
            .get("/account")
            .await
            .location()
            .starts_with("/sign-in")
    );
    let claims = shop.userinfo(text(&tokens, "access_token")).await;
    assert!(claims.json.get("email").is_none(), "{:?}", claims.json);
    // Whoever signs in sees that it waits, and nothing else.
    phone.sign_in("/sign-in", ADA, PASSWORD).await;
    for path in ["/account", "/account/profiles", grant.as_str()] {
        assert_eq!(phone.get(path).await.location(), "/account/erase", "{path}");
    }
    let page = phone.visit(&shop.client.request(&[])).await;
    page.says("Your account will be erased");
    let silent = [("prompt", "none")];
    let page = phone.visit(&shop.client.request(&silent)).await;
    assert_eq!(shop.client.answer(&page)["error"], "consent_required");
    app.wait(29 * DAY);
    pass(&app).await;
    phone.sign_in("/sign-in", ADA, PASSWORD).await;
    app.leave_mail().await;
    let form = phone.get("/account/erase").await.form("call-off");
    assert_eq!(phone.submit(form).await.location(), "/account");
    only(post(&app).await).says("called off");
    phone.get("/account").await.says("The shop");
    app.wait(2 * DAY);
    pass(&app).await;
    let page = phone.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

async fn after_the_month_it_is_done_by_itself(app: TestApp) {
    let shop = shop(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in_for(&mut ada, "low", SCOPES).await;
    erase(&mut ada, "later").await;
    app.leave_mail().await;
    app.wait((30 * DAY).saturating_sub(SECOND));
    pass(&app).await;
    assert!(shop.duties("").await.is_empty());
    app.wait(SECOND);
    app.on_two_nodes(jobs::erasures::run_once).await;
    assert_eq!(shop.duties("").await.len(), 1);
    let events = chain(&app, text(&tokens, "grant_id")).await;
    assert_eq!(events, ["given", "paused", "erased"]);
    only(post(&app).await).says("was erased on");
    let page = ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn what_is_left_is_forgotten_in_its_time(app: TestApp) {
    let shop = shop(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in_for(&mut ada, "low", SCOPES).await;
    erase_now(&mut ada).await;
    app.wait(5 * 365 * DAY);
    pass(&app).await;
    assert_eq!(chain(&app, text(&tokens, "grant_id")).await.len(), 2);
    app.wait(2 * DAY);
    pass(&app).await;
    assert!(chain(&app, text(&tokens, "grant_id")).await.is_empty());
    assert!(shop.duties("").await.is_empty());
}
