//! The page on which people type the code of a device.

use std::net::SocketAddr;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::business::text;
use super::rfc8628::{allow, go_on, television, type_in};
use crate::harness::{ADA, EVE, PASSWORD, Page, TestApp, on_both_databases};

on_both_databases!(
    somebody_who_is_not_signed_in_gets_there_too,
    a_link_does_nothing_by_itself,
    the_page_says_who_asks_and_warns,
    a_code_that_no_device_shows_is_refused,
    even_a_known_device_is_asked_about,
    of_two_answers_one_counts,
    house_rules_answer_for_a_device_as_for_a_site,
    guessing_is_slowed_down,
    a_session_that_ended_on_the_way_lets_no_device_in,
);

async fn a_session_that_ended_on_the_way_lets_no_device_in(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let device = tv.begin(&[]).await.ok();
    let page = type_in(&mut ada, text(&device, "user_code")).await;
    let page = go_on(&mut ada, &page).await;
    let form = page.allowing("low");
    let mut other_tab = ada.clone();
    let (page, _) = ada.submit_late(form, other_tab.sign_out()).await;
    assert!(page.location().starts_with("/sign-in"));
    assert_eq!(tv.poll(&device).await.error(), "authorization_pending");
    let mut ada = app.browser();
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    let page = ada.get("/account").await;
    page.says("Nobody gets data from you yet.");
}

async fn somebody_who_is_not_signed_in_gets_there_too(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    app.person("Ada", ADA).await;
    let mut browser = app.browser();
    let device = tv.begin(&[]).await.ok();
    let page = type_in(&mut browser, text(&device, "user_code")).await;
    let form = page.form("device-confirm").press("device-continue");
    let page = browser.submit(form).await;
    let sign_in = page.location().to_owned();
    assert!(sign_in.starts_with("/sign-in?request="), "{sign_in}");
    let page = browser.sign_in(&sign_in, ADA, PASSWORD).await;
    let page = browser.follow(page).await;
    let form = page.allowing("low");
    let page = browser.submit(form.clone()).await;
    assert_eq!(page.location(), "/device/done?answer=allowed");
    let again = browser.submit(form).await;
    assert_eq!(
        again.location(),
        "/device/done?answer=allowed",
        "a double click"
    );
    tv.poll(&device).await.ok();
}

async fn a_link_does_nothing_by_itself(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let device = tv.begin(&[]).await.ok();
    let link = text(&device, "verification_uri_complete").replace("http://localhost:8000", "");
    let page = ada.get(&link).await;
    page.says("Then stop: they want to get in as you.");
    page.says_not("The tv");
    // A preview says nothing of the code, whichever it is.
    let other = ada.get("/device?user_code=WDJB-MJHT").await;
    assert_eq!(
        (page.status, other.status),
        (StatusCode::OK, StatusCode::OK)
    );
    let page = ada.submit(page.form("device").press("device-submit")).await;
    page.says("The tv");
    page.says(text(&device, "user_code"));
    // A form that did not come from this page is none.
    let body = format!("user_code={}&answer=continue", text(&device, "user_code"));
    let page = ada.send(Method::POST, "/device", Some(body)).await;
    assert_eq!(page.error().as_deref(), Some("forged"));
    assert_eq!(tv.poll(&device).await.error(), "authorization_pending");
}

async fn the_page_says_who_asks_and_warns(app: TestApp) {
    let named = json!({"client_name#nl": "De televisie"});
    let tv = television(&app, "tv", named).await;
    let mut ada = app.person("Ada", ADA).await;
    let device = tv.begin(&[]).await.ok();
    let page = type_in(&mut ada, text(&device, "user_code")).await;
    page.says("Is this your The tv device?");
    page.says("tv.example");
    page.says("must show exactly this code");
    page.says("whoever holds it would get in as you");
    let device = tv.begin(&[("ui_locales", "nl")]).await.ok();
    let page = type_in(&mut ada, text(&device, "user_code")).await;
    assert_eq!(page.lang(), "nl");
    page.says("Is dit jouw apparaat van De televisie?");
}

async fn a_code_that_no_device_shows_is_refused(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let device = tv.begin(&[]).await.ok();
    for wrong in [
        "",
        "WDJB-MJHT",
        "x",
        "<script>",
        text(&device, "device_code"),
    ] {
        let page = type_in(&mut ada, wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        page.says("No device shows this code");
        assert!(!page.html.contains("<script>"));
    }
    let typed = text(&device, "user_code").to_lowercase().replace('-', " ");
    type_in(&mut ada, &typed).await.says("The tv");
}

async fn even_a_known_device_is_asked_about(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let device = tv.begin(&[]).await.ok();
    allow(&mut ada, &device, "low").await;
    let first = tv.poll(&device).await.ok();
    let device = tv
        .begin(&[("prompt", "none"), ("login_hint", ADA)])
        .await
        .ok();
    let page = type_in(&mut ada, text(&device, "user_code")).await;
    let page = go_on(&mut ada, &page).await;
    assert!(page.has_form("consent"));
    let form = page.allowing("low");
    ada.submit(form).await;
    let second = tv.poll(&device).await.ok();
    assert_eq!(first["grant_id"], second["grant_id"]);
    tv.refresh(text(&first, "refresh_token")).await.ok();
}

async fn of_two_answers_one_counts(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    let mut eve = app.person("Eve", EVE).await;
    let device = tv.begin(&[]).await.ok();
    let mut questions = Vec::new();
    for actor in [&mut ada, &mut eve] {
        let page = type_in(actor, text(&device, "user_code")).await;
        questions.push(go_on(actor, &page).await);
    }
    let form = |page: &Page| page.allowing("low");
    let page = ada.submit(form(&questions[0])).await;
    assert_eq!(page.location(), "/device/done?answer=allowed");
    let page = eve.submit(form(&questions[1])).await;
    assert_eq!(page.location(), "/device/done?answer=before");
    eve.follow(page).await.says("This was answered before");
    let tokens = tv.poll(&device).await.ok();
    let told = tv.userinfo(text(&tokens, "access_token")).await.ok();
    assert_eq!(told["name"], "Ada");
    let page = eve.get("/account/businesses").await;
    assert!(!page.html.contains("The tv"), "no agreement came of it");
}

async fn house_rules_answer_for_a_device_as_for_a_site(app: TestApp) {
    let tv = television(&app, "tv", json!({})).await;
    let mut ada = app.person("Ada", ADA).await;
    ada.rule("other", &[("tier", "low"), ("retention", "P7D")])
        .await;
    let device = tv.begin(&[]).await.ok();
    let page = type_in(&mut ada, text(&device, "user_code")).await;
    // Rules answer what a business may have. Whether it is one's own device
    // that asks, they cannot know.
    assert!(page.has_form("device-confirm"), "{}", page.words());
    let page = go_on(&mut ada, &page).await;
    page.says("Filled in by your own house rules");
    let pending = tv.poll(&device).await;
    assert_eq!(pending.error(), "authorization_pending", "nobody said yes");
    let page = ada.submit(page.form("consent").press("allow")).await;
    assert_eq!(page.location(), "/device/done?answer=allowed");
    app.wait(Duration::from_secs(5));
    let tokens = tv.poll(&device).await.ok();
    tv.userinfo(text(&tokens, "access_token")).await.ok();
    let grant = ada.newest_grant().await;
    let page = ada.get(&grant).await;
    page.says("28 September 2026");
}

async fn guessing_is_slowed_down(app: TestApp) {
    let somebody = |network: [u8; 4]| {
        let mut actor = app.browser();
        actor.peer = Some(SocketAddr::from((network, 4711)));
        actor
    };
    let mut thief = somebody([192, 0, 2, 1]);
    for _ in 0..30 {
        let page = type_in(&mut thief, "WDJB-MJHT").await;
        assert_ne!(page.status, StatusCode::TOO_MANY_REQUESTS);
    }
    let page = type_in(&mut thief, "WDJB-MJHT").await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    let page = type_in(&mut somebody([198, 51, 100, 1]), "WDJB-MJHT").await;
    assert_ne!(page.status, StatusCode::TOO_MANY_REQUESTS, "others go on");
}
