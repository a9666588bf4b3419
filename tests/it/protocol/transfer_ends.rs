//! A transfer that is agreed to twice, leads elsewhere, or is over before its time.

use std::time::Duration;

use serde_json::json;
use sluis::crypto::secret::{Opaque, TransferToken};
use sluis::domain::id::TransferId;

use super::Business;
use super::business::text;
use super::holder::{Holder, is_refused};
use super::transfer::{TYPE, asked, code, fetch, proof, provider, token};
use crate::harness::{ADA, PASSWORD, TestApp, on_both_databases};
use crate::people::{forgot, kit::with_kit};

on_both_databases!(
    a_second_click_gets_another_code_in_place_of_the_first,
    two_clicks_at_once_get_an_answer_each,
    it_goes_to_no_app,
    nothing_opens_the_vault_when_its_time_is_up,
    whoever_is_signed_out_everywhere_lets_nothing_go,
    a_session_that_ended_on_the_way_hands_nothing_over,
);

async fn a_second_click_gets_another_code_in_place_of_the_first(app: TestApp) {
    let other = provider(&app, "elsewhere").await;
    let mut ada = app.person("Ada", ADA).await;
    let holder = Holder::new();
    let page = asked(&other, &mut ada, &holder.thumbprint(), &[]).await;
    let form = page.form("transfer").press("allow");
    let mut codes = Vec::new();
    for _ in 0..3 {
        let page = ada.submit(form.clone()).await;
        codes.push(other.client.answer(&page)["code"].clone());
    }
    for dropped in &codes[..2] {
        let told = other.redeem_proving(dropped, &holder.for_token(&app)).await;
        assert_eq!(told.error(), "invalid_grant");
    }
    let told = other
        .redeem_proving(&codes[2], &holder.for_token(&app))
        .await
        .ok();
    // Now that it has it, there is nothing more to click for.
    let page = ada.submit(form.clone()).await;
    page.says("You have already answered this");
    let token = text(&told, "access_token").to_owned();
    fetch(&other, &token, &proof(&app, &holder, &token))
        .await
        .ok();
    // Nor long after, nor for somebody else.
    let page = asked(&other, &mut ada, &holder.thumbprint(), &[]).await;
    let form = page.form("transfer").press("allow");
    ada.submit(form.clone()).await;
    app.wait(Duration::from_secs(61));
    let page = ada.submit(form).await;
    page.says("You have already answered this");
}

async fn two_clicks_at_once_get_an_answer_each(app: TestApp) {
    let other = provider(&app, "elsewhere").await;
    let mut ada = app.person("Ada", ADA).await;
    let holder = Holder::new();
    let page = asked(&other, &mut ada, &holder.thumbprint(), &[]).await;
    let form = page.form("transfer").press("allow");
    let mut again = ada.clone();
    let (first, second) = tokio::join!(ada.submit(form.clone()), again.submit(form));
    let mut redeemed = 0;
    for page in [first, second] {
        let code = other.client.answer(&page)["code"].clone();
        let told = other.redeem_proving(&code, &holder.for_token(&app)).await;
        redeemed += usize::from(told.status.is_success());
    }
    assert_eq!(redeemed, 1);
}

/// What an app is called looks like a host, and nobody checked it.
async fn it_goes_to_no_app(app: TestApp) {
    let more = json!({
        "authorization_details_types": [TYPE],
        "application_type": "native",
        "redirect_uris": ["sluis.trusted.nl:/cb?from=sluis"],
    });
    let other = Business::with(&app, "app", more, None).await;
    let mut ada = app.person("Ada", ADA).await;
    let page = asked(&other, &mut ada, &Holder::new().thumbprint(), &[]).await;
    assert_eq!(other.client.answer(&page)["error"], "invalid_request");
}

async fn nothing_opens_the_vault_when_its_time_is_up(app: TestApp) {
    let other = provider(&app, "elsewhere").await;
    let mut ada = app.person("Ada", ADA).await;
    let holder = Holder::new();
    let late = code(&other, &mut ada, &holder).await;
    app.wait(Duration::from_secs(61));
    let told = other.redeem_proving(&late, &holder.for_token(&app)).await;
    assert_eq!(told.error(), "invalid_grant");
    let token = token(&app, &other, &mut ada, &holder).await;
    app.wait(Duration::from_secs(301));
    is_refused(
        &fetch(&other, &token, &proof(&app, &holder, &token)).await,
        401,
        "invalid_token",
    );
    sluis::service::departures::end_stale(&app.app)
        .await
        .expect("a database");
    let owner = Opaque::<TransferToken>::parse(&token)
        .expect("a token")
        .owner();
    let owner = TransferId::new(owner);
    let mut connection = app.app.store().read().await.expect("a database");
    let row = sluis::store::departures::find(&mut connection, owner).await;
    let row = row.expect("a database").expect("a departure");
    assert!(row.vault_key_wrapped.is_none());
}

async fn whoever_is_signed_out_everywhere_lets_nothing_go(app: TestApp) {
    let new = "een heel ander wachtwoord";
    let other = provider(&app, "elsewhere").await;
    let mut ada = app.person("Ada", ADA).await;
    let kit = with_kit(&mut ada).await;
    for taken_back in ["kit", "password", "elsewhere", "grace"] {
        let (mut thief, mut ada) = (app.browser(), app.browser());
        let password = if taken_back == "kit" { PASSWORD } else { new };
        thief.sign_in("/sign-in", ADA, password).await;
        ada.sign_in("/sign-in", ADA, password).await;
        app.leave_mail().await;
        let holder = Holder::new();
        let token = token(&app, &other, &mut thief, &holder).await;
        let code = code(&other, &mut thief, &holder).await;
        match taken_back {
            "kit" => {
                let link = forgot(&app, ADA).await;
                let form = ada.get(&link).await.form("recover-kit");
                let form = form.with("code", &kit).with("password", new);
                ada.land(form).await.says("new password works");
            }
            "password" => {
                let form = ada.get("/account/security/password").await;
                let form = form.form("password-form").with("old", new);
                let form = form.with("new", new).with("end-others", "on");
                ada.submit(form).await.location();
            }
            "elsewhere" => {
                let form = ada
                    .get("/account/security")
                    .await
                    .form("sessions/end-others");
                ada.submit(form).await.location();
            }
            _ => {
                let form = ada.get("/account/erase").await.form("erase");
                let form = form.with("word", "erase").with("when", "later");
                ada.submit(form).await.location();
            }
        }
        let told = fetch(&other, &token, &proof(&app, &holder, &token)).await;
        is_refused(&told, 401, "invalid_token");
        let told = other.redeem_proving(&code, &holder.for_token(&app)).await;
        assert_eq!(told.error(), "invalid_grant", "{taken_back}");
    }
}

async fn a_session_that_ended_on_the_way_hands_nothing_over(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let (other, holder) = (provider(&app, "elsewhere").await, Holder::new());
    let page = asked(&other, &mut ada, &holder.thumbprint(), &[]).await;
    let form = page.form("transfer");
    let mut other_tab = ada.clone();
    let (page, _) = ada
        .submit_late(form.press("allow"), other_tab.sign_out())
        .await;
    assert!(
        page.location().starts_with("/sign-in"),
        "no code goes anywhere"
    );
}
