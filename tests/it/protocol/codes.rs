//! What becomes of codes: once, soon, and by whom they were made for.

use std::time::Duration;

use super::Business;
use super::business::{SCOPES, press, text};
use crate::harness::{ADA, TestApp, on_both_databases};

const WANTED: [(&str, &str); 1] = [("scope", SCOPES)];

on_both_databases!(
    a_code_that_comes_again_kills_what_came_of_it,
    a_wrong_try_neither_spends_a_code_nor_kills_anything,
    a_code_lives_for_a_minute,
    a_code_dies_with_its_grant,
    what_is_no_code_is_refused,
);

async fn a_code_that_comes_again_kills_what_came_of_it(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    for wait in [0, 30, 31, 61, 3_000] {
        let other = shop.log_in(&mut ada, "medium").await;
        let code = shop.code(&mut ada, "medium", &WANTED).await;
        let tokens = shop.redeem(&code).await.ok();
        let renewed = shop.refresh(text(&tokens, "refresh_token")).await.ok();
        app.wait(Duration::from_secs(wait));
        assert_eq!(
            shop.redeem(&code).await.error(),
            "invalid_grant",
            "after {wait} s"
        );
        for dead in [&tokens, &renewed] {
            let told = shop.userinfo(text(dead, "access_token")).await;
            assert_eq!(told.error(), "invalid_token", "after {wait} s");
            assert_eq!(
                shop.refresh(text(dead, "refresh_token")).await.error(),
                "invalid_grant"
            );
        }
        assert_eq!(
            shop.redeem(&code).await.error(),
            "invalid_grant",
            "and again"
        );
        shop.userinfo(text(&other, "access_token")).await.ok();
        shop.refresh(text(&other, "refresh_token")).await.ok();
    }
}

async fn a_wrong_try_neither_spends_a_code_nor_kills_anything(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let thief = Business::open(&app, "thief").await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop.code(&mut ada, "medium", &WANTED).await;
    assert_eq!(thief.redeem(&code).await.error(), "invalid_grant");
    let tokens = shop.redeem(&code).await.ok();
    // Nor does another client's replay.
    assert_eq!(thief.redeem(&code).await.error(), "invalid_grant");
    shop.userinfo(text(&tokens, "access_token")).await.ok();
}

async fn a_code_lives_for_a_minute(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop.code(&mut ada, "medium", &WANTED).await;
    app.wait(Duration::from_secs(59));
    shop.redeem(&code).await.ok();
    let code = shop.code(&mut ada, "medium", &WANTED).await;
    app.wait(Duration::from_secs(60));
    assert_eq!(shop.redeem(&code).await.error(), "invalid_grant");
}

async fn a_code_dies_with_its_grant(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop.code(&mut ada, "medium", &WANTED).await;
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "pause").await;
    assert_eq!(shop.redeem(&code).await.error(), "invalid_grant");
    press(&mut ada, &grant, "resume").await;
    press(&mut ada, &grant, "withdraw").await;
    assert_eq!(shop.redeem(&code).await.error(), "invalid_grant");
}

async fn what_is_no_code_is_refused(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let code = shop.code(&mut ada, "medium", &WANTED).await;
    let dressed_up = code.replacen("slac_", "slat_", 1);
    let mut flipped = code.clone();
    let last = if flipped.pop() == Some('A') { 'B' } else { 'A' };
    flipped.push(last);
    let (long, spaced) = (format!("{code}A"), format!(" {code}"));
    for wrong in [
        "slac_",
        "x",
        "\u{0}",
        &dressed_up,
        &flipped,
        &long,
        &spaced,
        &"x".repeat(9_000),
    ] {
        assert_eq!(shop.redeem(wrong).await.error(), "invalid_grant", "{wrong}");
    }
    assert_eq!(
        shop.userinfo(&code.replacen("slac_", "slat_", 1))
            .await
            .error(),
        "invalid_token"
    );
    assert_eq!(
        shop.refresh(&code.replacen("slac_", "slrt_", 1))
            .await
            .error(),
        "invalid_grant"
    );
    shop.redeem(&code).await.ok();
}
