//! While a way back into an account waits, nothing high is agreed anew.

use super::{ADA, forgot};
use crate::harness::{TestApp, on_both_databases};
use crate::protocol::{Business, text};

on_both_databases!(nothing_high_is_agreed_while_a_way_back_waits_and_what_there_is_goes_on,);

async fn nothing_high_is_agreed_while_a_way_back_waits_and_what_there_is_goes_on(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (old, low) = (
        Business::open(&app, "old").await,
        Business::open(&app, "low").await,
    );
    let tokens = old.log_in_for(&mut ada, "high", "openid email").await;
    app.wait(super::SECOND);
    low.log_in_for(&mut ada, "low", "openid email").await;
    let grant = ada.newest_grant().await;
    app.leave_mail().await;
    let recover = forgot(&app, ADA).await;
    let mut browser = app.browser();
    let form = browser.get(&recover).await.form("recover-wait");
    browser.submit(form).await;
    // What there is goes on, also by a new login.
    old.userinfo(text(&tokens, "access_token")).await.ok();
    old.log_in_known(&mut ada).await;
    let new = Business::open(&app, "new").await;
    let page = ada.visit(&new.client.request(&[])).await;
    page.says("Closed while somebody asks for a new password");
    let form = page.form("consent").forged("tier", "high").press("allow");
    assert_eq!(ada.submit(form).await.status, 422);
    let page = ada.get(&grant).await;
    page.says("Closed while somebody asks for a new password");
    let form = page.tiers().forged("tier", "high");
    assert!(ada.submit(form).await.redirect().is_none());
    // A lower tier is open; and once it is stopped, so is the high one.
    new.log_in(&mut ada, "low").await;
    let form = ada.get("/account").await.form("stop-recovery");
    ada.submit(form).await;
    let later = Business::open(&app, "later").await;
    later.log_in(&mut ada, "high").await;
}
