//! A forgotten password where nobody holds a key any more.

use axum::http::StatusCode;
use sluis::jobs;

use super::{ADA, HOUR, SECOND, forgot, link, only, post};
use crate::harness::{
    Actor, Authenticator, BOB, NEW_PASSWORD, PASSWORD, TestApp, WEEK, on_both_databases,
};
use crate::protocol::{Business, SCOPES, claims_of, press, text};

on_both_databases!(
    nothing_is_emptied_without_the_word_or_where_there_is_a_key,
    it_waits_a_week_where_there_is_a_kit_and_its_owner_stops_it,
    the_account_and_its_agreements_go_on_and_the_values_are_gone,
    a_kit_that_was_lost_is_no_dead_end,
    a_second_step_stays,
    a_passkey_that_was_lost_and_is_found_opens_nothing_any_more,
    it_proves_as_little_as_any_way_back_by_mail_alone,
    others_who_claim_the_address_still_sign_in,
);

/// How long it waits where somebody may still find their kit.
const WITH_KIT: std::time::Duration = WEEK;

/// Leaves the password as the only key, with a kit that nobody has, or none.
pub(crate) async fn alone(app: &TestApp, actor: &mut Actor) {
    super::kit::with_kit(actor).await;
    let form = actor.get("/account/security").await.form("escrow/drop");
    actor.submit(form).await;
    app.leave_mail().await;
}

/// Begins to wait; returns the link that stops it.
async fn begin(app: &TestApp) -> String {
    let recover = forgot(app, ADA).await;
    let mut browser = app.browser();
    let form = browser.get(&recover).await.form("recover-empty");
    browser.land(form.with("word", "Empty")).await.says("From");
    let mail = only(post(app).await);
    mail.says("gone for good");
    link(&mail)
}

/// Waits until it is ready; returns the link to a new password.
async fn ready(app: &TestApp) -> String {
    app.wait(WITH_KIT);
    jobs::recoveries::run_once(&app.app).await.expect("told");
    link(&only(post(app).await))
}

/// Begins, and waits; returns the link to a new password.
pub(super) async fn ready_link(app: &TestApp) -> String {
    begin(app).await;
    ready(app).await
}

/// Sets a new password on an empty vault.
pub(crate) async fn empty(app: &TestApp) {
    let ready = ready_link(app).await;
    let mut phone = app.browser();
    let page = phone.get(&ready).await;
    page.says("nobody can bring it back");
    let form = page.form("recover-finish").with("password", NEW_PASSWORD);
    phone.land(form).await.says("new password works");
    only(post(app).await).says("What was in your vault is gone");
}

async fn nothing_is_emptied_without_the_word_or_where_there_is_a_key(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let recover = forgot(&app, ADA).await;
    let mut browser = app.browser();
    let page = browser.get(&recover).await;
    assert!(!page.has_form("recover-empty"), "the operator can help");
    let forged = page.form("recover-wait").forged("word", "empty");
    let body = forged.body();
    let page = browser
        .send(axum::http::Method::POST, "/recover/empty", Some(body))
        .await;
    page.says("no longer works");
    alone(&app, &mut ada).await;
    app.wait(SECOND);
    let recover = forgot(&app, ADA).await;
    let page = browser.get(&recover).await;
    page.says("your data, profiles and house rules");
    for word in ["", "yes", "leeg"] {
        let form = page.form("recover-empty").with("word", word);
        let page = browser.submit(form).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        page.says("Nothing was changed");
    }
}

async fn it_waits_a_week_where_there_is_a_kit_and_its_owner_stops_it(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    alone(&app, &mut ada).await;
    let stop = begin(&app).await;
    app.wait(WITH_KIT.saturating_sub(SECOND));
    jobs::recoveries::run_once(&app.app).await.expect("told");
    assert!(post(&app).await.is_empty());
    app.wait(SECOND);
    jobs::recoveries::run_once(&app.app).await.expect("told");
    let ready = link(&only(post(&app).await));
    let mut browser = app.browser();
    let kept = browser.get(&ready).await.form("recover-finish");
    let form = browser.get(&stop).await.form("recover-stop");
    browser.land(form).await.says("Stopped");
    let page = browser.submit(kept.with("password", NEW_PASSWORD)).await;
    page.says("no longer works");
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(ada.get("/account").await.redirect().is_none());
}

async fn the_account_and_its_agreements_go_on_and_the_values_are_gone(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada Lovelace", ADA).await;
    ada.live_in_amsterdam().await;
    let tokens = shop.log_in_for(&mut ada, "low", SCOPES).await;
    let sub = claims_of(text(&tokens, "id_token"))["sub"].clone();
    shop.userinfo(text(&tokens, "access_token")).await.ok();
    let grant = ada.newest_grant().await;
    alone(&app, &mut ada).await;
    empty(&app).await;
    // What the business holds opens nothing any more.
    let told = shop.userinfo(text(&tokens, "access_token")).await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    let told = shop.refresh(text(&tokens, "refresh_token")).await;
    assert_eq!(told.error(), "invalid_grant");
    let mut phone = app.browser();
    phone.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    phone
        .get("/account/profiles")
        .await
        .says_not("Prinsengracht");
    phone.get("/account/security").await.says("your password.");
    for path in [
        "/account",
        "/account/history",
        "/account/who-has-what",
        grant.as_str(),
    ] {
        assert_eq!(phone.get(path).await.status, StatusCode::OK, "{path}");
    }
    phone.get(&grant).await.says("Withdraw");
    // The same person to the business, with what there is now.
    phone.edit("name", "Ada King").await;
    let tokens = shop.log_in(&mut phone, "low").await;
    assert_eq!(claims_of(text(&tokens, "id_token"))["sub"], sub);
    let claims = shop.userinfo(text(&tokens, "access_token")).await.ok();
    assert_eq!(
        (&claims["name"], &claims["email"]),
        (&"Ada King".into(), &ADA.into())
    );
    press(&mut phone, &grant, "withdraw").await;
}

async fn a_kit_that_was_lost_is_no_dead_end(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    alone(&app, &mut ada).await;
    let recover = forgot(&app, ADA).await;
    let page = app.browser().get(&recover).await;
    assert!(page.has_form("recover-kit") && page.has_form("recover-empty"));
    app.wait(HOUR);
    empty(&app).await;
    app.wait(SECOND);
    let recover = forgot(&app, ADA).await;
    let page = app.browser().get(&recover).await;
    assert!(
        !page.has_form("recover-kit"),
        "the kit opens nothing any more"
    );
    page.says("Only your password opens your vault now");
}

async fn a_second_step_stays(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    alone(&app, &mut ada).await;
    let (app_of_ada, codes) = crate::ways_in::set_up_app(&app, &mut ada).await;
    app.leave_mail().await;
    // Nobody destroys by mail alone what that would not open.
    let ready = ready_link(&app).await;
    let mut phone = app.browser();
    let page = phone.get(&ready).await;
    page.says("A second step is set up for this account");
    let form = page.form("recover-finish").with("password", NEW_PASSWORD);
    for typed in ["", "000000"] {
        let page = phone.submit(form.clone().with("code", typed)).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        page.says("Nothing was changed");
    }
    let mut stranger = Authenticator::new(Some([9; 32]));
    app.person("Bob", BOB)
        .await
        .add_passkey(&mut stranger)
        .await;
    let challenge = phone.challenge(&form, "/sign-in/passkey/options").await;
    let page = phone.submit(stranger.show(form.clone(), &challenge)).await;
    page.says("Nothing was changed");
    let page = ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert_eq!(page.location(), "/sign-in/second");
    app.leave_mail().await;
    let typed = app_of_ada.code(&app);
    let page = phone.land(form.with("code", &typed)).await;
    page.says("new password works");
    assert_eq!(codes.len(), 10);
    let mut phone = app.browser();
    let page = phone.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert!(
        page.location().starts_with("/sign-in/second"),
        "{}",
        page.location()
    );
    assert!(phone.get("/account").await.redirect().is_some());
}

async fn a_passkey_that_was_lost_and_is_found_opens_nothing_any_more(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mut key = Authenticator::new(Some([7; 32]));
    ada.add_passkey(&mut key).await;
    ada.sign_in_with("/sign-in", &mut key).await;
    alone(&app, &mut ada).await;
    let ready = ready_link(&app).await;
    let mut phone = app.browser();
    let form = phone.get(&ready).await.form("recover-finish-passkey");
    let challenge = phone.challenge(&form, "/sign-in/passkey/options").await;
    let form = key.show(form.with("password", NEW_PASSWORD), &challenge);
    phone.land(form).await.says("new password works");
    // It still proves whose it is, and asks for the password that opens the new vault.
    let mut phone = app.browser();
    let page = phone.sign_in_with("/sign-in", &mut key).await;
    assert_eq!(page.location(), "/sign-in/second");
    let form = phone.get("/sign-in/second").await.form("second-password");
    let old = form.clone().with("password", PASSWORD);
    let page = phone.submit(old.press("second-submit")).await;
    page.says("This password is wrong");
    let new = form.with("password", NEW_PASSWORD);
    let page = phone.submit(new.press("second-submit")).await;
    assert_eq!(page.location(), "/account");
    phone.get("/account/profiles").await.says_not("Ada");
}

async fn it_proves_as_little_as_any_way_back_by_mail_alone(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    alone(&app, &mut ada).await;
    app.wait(SECOND);
    let unused = forgot(&app, ADA).await;
    let mut thief = app.browser();
    let old = thief.get(&unused).await.form("recover-kit");
    for _ in 0..6 {
        thief.sign_in("/sign-in", ADA, "a guess at it").await;
    }
    app.leave_mail().await;
    app.wait(HOUR);
    empty(&app).await;
    thief.submit(old).await.says("no longer works");
    // Nor do guesses before it count, or is a browser known.
    let page = ada.sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/account");
    only(post(&app).await).says("in a browser that we did not know");
    for path in [
        "/account/security/email",
        "/account/erase",
        "/account/data/export.json",
    ] {
        let page = ada.get(path).await;
        assert_eq!(page.error().as_deref(), Some("not_yet"), "{path}");
    }
}

async fn others_who_claim_the_address_still_sign_in(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mut bob = app.person("Bob", ADA).await;
    bob.live_in_amsterdam().await;
    alone(&app, &mut ada).await;
    empty(&app).await;
    let mut phone = app.browser();
    phone.sign_in("/sign-in", ADA, PASSWORD).await;
    phone
        .get("/account/profiles")
        .await
        .says("Prinsengracht 263");
}
