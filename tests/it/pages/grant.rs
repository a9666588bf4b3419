//! One agreement: seeing, narrowing, widening, pausing and taking it back.

use axum::http::StatusCode;
use sluis::service::receipts::{Checked, check_file};

use crate::harness::{Actor, CLUB_PLAN, DAY, PASSWORD, SANNE, TestApp, on_both_databases};

/// Someone with an address and a phone, who logged in at the shop with medium.
async fn customer(app: &TestApp) -> (Actor, String) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne de Vries", SANNE).await;
    actor.live_in_amsterdam().await;
    actor.edit("phone_number", "020 555 0123").await;
    let grant = actor.agree(&shop, "medium").await;
    (actor, grant)
}

on_both_databases! {
    the_page_shows_what_is_seen_why_and_until_when,
    taking_it_back_takes_no_more_clicks_than_giving_it,
    taking_it_back_twice_or_from_an_old_page_is_no_error,
    a_shorter_retention_holds_at_once,
    a_longer_retention_is_asked_about_first,
    a_lower_tier_holds_at_once_and_a_higher_one_is_asked_about,
    a_tier_with_more_in_it_is_asked_about,
    a_change_from_an_old_page_is_not_made,
    a_pause_lasts_until_it_is_ended,
    a_grant_whose_time_has_passed_is_over,
    the_receipts_are_a_chain_that_anyone_can_check,
    every_read_is_on_record,
}

async fn the_page_shows_what_is_seen_why_and_until_when(app: TestApp) {
    let (mut actor, grant) = customer(&app).await;
    let page = actor.get("/account").await;
    for text in [
        "The shop",
        "shop.example",
        "Deliver your order",
        "21 December 2026",
        "not yet",
    ] {
        page.says(text);
    }
    let page = actor.get(&grant).await;
    for text in [
        "Sanne de Vries",
        "Prinsengracht 263",
        "+31 20 555 0123",
        "Deliver your order",
        "21 December 2026",
        "privacy@shop.example",
        "Consent given",
        "receipt 1",
        "The shop has not read anything yet.",
    ] {
        page.says(text);
    }
    let mut eve = app.person("Eve", "eve@example.com").await;
    assert_eq!(eve.get(&grant).await.status, StatusCode::NOT_FOUND);
}

async fn taking_it_back_takes_no_more_clicks_than_giving_it(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    let page = actor.visit(&shop.request(&[])).await;
    let mut giving = 0;
    let form = page.form("consent").with("tier", "medium");
    giving += 1;
    let answer = actor.submit(form.press("allow")).await;
    giving += 1;
    assert!(shop.answer(&answer).contains_key("code"));

    let overview = actor.get("/account").await;
    let mut taking = 0;
    let link = overview.link_to("/account/businesses/");
    let page = actor.get(&link).await;
    taking += 1;
    let page = actor.submit(page.form("/withdraw").press("withdraw")).await;
    taking += 1;
    assert_eq!(page.location(), format!("{link}?done=withdrawn"));
    assert!(
        taking <= giving,
        "{taking} clicks to take back what took {giving} to give"
    );

    let page = actor.follow(page).await;
    page.says("Withdrawn. The business can ask for nothing any more");
    page.says("by 21 October 2026 at the latest");
    for form in ["/withdraw", "/pause", "/change"] {
        assert!(!page.has_form(form), "{form}");
    }
    page.says("receipt 2");
    actor
        .get("/account")
        .await
        .says("Nobody gets data from you yet.");
    actor.get("/account/businesses").await.says("Over since");
    // Logging in again asks anew.
    let page = actor.visit(&shop.request(&[])).await;
    assert!(page.form("consent").value("tier").is_none());
}

async fn taking_it_back_twice_or_from_an_old_page_is_no_error(app: TestApp) {
    let (mut actor, grant) = customer(&app).await;
    let old = actor.get(&grant).await;
    let narrowed = actor
        .submit(old.form("/change").with("retention", "P7D"))
        .await;
    assert_eq!(narrowed.location(), format!("{grant}?done=narrowed"));
    for _ in 0..2 {
        let page = actor.submit(old.form("/withdraw").press("withdraw")).await;
        assert_eq!(page.location(), format!("{grant}?done=withdrawn"));
    }
    actor.get(&grant).await.says_not("receipt 4");
    // What cannot be any more is said, and nothing happens.
    let page = actor.submit(old.form("/pause").press("pause")).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("Nothing was saved");
    page.says_not("receipt 4");
}

async fn a_shorter_retention_holds_at_once(app: TestApp) {
    let (mut actor, grant) = customer(&app).await;
    let form = actor.get(&grant).await.form("/change");
    assert_eq!(form.value("retention"), Some(""));
    assert!(!form.offers("retention").contains(&"P3M"));
    let page = actor.submit(form.with("retention", "P14D")).await;
    let page = actor.follow(page).await;
    page.says("From now on the business sees less.");
    page.says("5 October 2026");
    page.says("Less allowed");
    assert_eq!(page.form("/change").value("retention"), Some("P14D"));
    let page = actor
        .submit(page.form("/change").forged("retention", "P9Y"))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Choose something from the list.");
    page.says("5 October 2026");
}

async fn a_longer_retention_is_asked_about_first(app: TestApp) {
    let (mut actor, grant) = customer(&app).await;
    let form = actor.keeping(&grant, "P7D").await;
    actor.submit(form).await;
    let form = actor.keeping(&grant, "P1M").await;
    let page = actor.submit(form).await;
    assert_eq!(page.status, StatusCode::OK);
    page.says("Nothing has changed yet.");
    page.says("until 28 September 2026");
    page.says("until 21 October 2026");
    actor.get(&grant).await.says("28 September 2026");
    let kept = page
        .links()
        .into_iter()
        .find(|link| link.contains("done=kept"))
        .expect("a way back");
    actor
        .get(&kept)
        .await
        .says("The old agreement still stands.");
    let page = actor.submit(page.form("confirmation").press("allow")).await;
    assert_eq!(page.location(), format!("{grant}?done=saved"));
    let page = actor.follow(page).await;
    page.says("21 October 2026");
    page.says("More allowed");
}

async fn a_lower_tier_holds_at_once_and_a_higher_one_is_asked_about(app: TestApp) {
    let paper = app.paper().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let page = actor.visit(&paper.request(&[])).await;
    let form = page
        .form("consent")
        .with("tier", "low")
        .with("purpose-letter", "on");
    actor.submit(form.press("allow")).await;
    let grant = actor.newest_grant().await;
    actor.get(&grant).await.says(SANNE);

    let page = actor.get(&grant).await;
    page.says("Then also ends: Newsletter");
    let form = page.tiers().with("tier", "anonymous");
    let page = actor.submit(form).await;
    assert_eq!(page.location(), format!("{grant}?done=narrowed"));
    let page = actor.follow(page).await;
    page.says("Nothing. The business only recognises you when you return.");

    let form = page.tiers().with("tier", "medium");
    let page = actor.submit(form).await;
    // Nothing is released under no purpose: that is no wider, so it holds.
    assert_eq!(page.location(), format!("{grant}?done=narrowed"));
}

async fn a_tier_with_more_in_it_is_asked_about(app: TestApp) {
    let client = app.client("club", Some(CLUB_PLAN)).await;
    let mut actor = app.person("Sanne", SANNE).await;
    actor.edit("phone_number", "020 555 0123").await;
    let grant = actor.agree(&client, "low").await;
    let page = actor.get(&grant).await;
    page.says("Then also sees: phone number");
    page.says("Not possible, since “Be a member” could not be done");
    assert_eq!(page.tiers().offers("tier"), ["low", "medium", "high"]);
    let page = actor.submit(page.tiers().with("tier", "medium")).await;
    page.says("Nothing has changed yet.");
    page.says("e-mail address and phone number");
    actor.get(&grant).await.says_not("+31 20 555 0123");

    // What is agreed to is what was shown: the profile is changed meanwhile.
    let form = page.form("confirmation").press("allow");
    let profiles = actor.get("/account/profiles").await.form("profiles");
    actor
        .submit(profiles.with("retention-medium", "P60M"))
        .await;
    let again = actor.submit(form).await;
    assert_eq!(again.status, StatusCode::OK);
    again.says("Your profile changed meanwhile.");
    let page = actor
        .submit(again.form("confirmation").press("allow"))
        .await;
    assert_eq!(page.location(), format!("{grant}?done=saved"));
    actor.follow(page).await.says("+31 20 555 0123");

    // Back to less: at once. A tier that will not do says what it lacks.
    let page = actor.get(&grant).await;
    let refused = actor.submit(page.tiers().forged("tier", "anonymous")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("Your e-mail address is not in that profile");
    let page = actor.submit(page.tiers().with("tier", "low")).await;
    assert_eq!(page.location(), format!("{grant}?done=narrowed"));
    actor.follow(page).await.says_not("+31 20 555 0123");
}

async fn a_change_from_an_old_page_is_not_made(app: TestApp) {
    let (mut actor, grant) = customer(&app).await;
    let old = actor.get(&grant).await;
    actor
        .submit(old.form("/change").with("retention", "P7D"))
        .await;
    for form in [
        old.form("/change").with("retention", "P1M"),
        old.form("/pause").press("pause"),
    ] {
        let page = actor.submit(form).await;
        assert_eq!(page.status, StatusCode::CONFLICT);
        page.says("changed elsewhere since you opened this page");
        page.says("28 September 2026");
        page.says("In force");
    }
}

async fn a_pause_lasts_until_it_is_ended(app: TestApp) {
    let (mut actor, grant) = customer(&app).await;
    let form = actor.get(&grant).await.form("/pause").press("pause");
    let page = actor.submit(form).await;
    assert_eq!(page.location(), format!("{grant}?done=paused"));
    let page = actor.follow(page).await;
    page.says("What The shop could see; not for now");
    page.says("Prinsengracht 263");
    assert!(!page.has_form("/change"));
    let page = actor.submit(page.form("/resume").press("resume")).await;
    let page = actor.follow(page).await;
    page.says("The pause is over.");
    assert!(page.has_form("/change"));
    // A notice that anyone could put in a link is only believed where it fits.
    actor
        .get(&format!("{grant}?done=withdrawn"))
        .await
        .says_not("Withdrawn.");
}

async fn a_grant_whose_time_has_passed_is_over(app: TestApp) {
    let (mut actor, grant) = customer(&app).await;
    app.wait(92 * DAY);
    actor.sign_in("/sign-in", SANNE, PASSWORD).await;
    let page = actor.get(&grant).await;
    page.says("Expired");
    page.says("The shop must delete your data, by 20 January 2027");
    assert!(!page.has_form("/withdraw"));
}

async fn the_receipts_are_a_chain_that_anyone_can_check(app: TestApp) {
    let (mut actor, grant) = customer(&app).await;
    let form = actor.keeping(&grant, "P7D").await;
    actor.submit(form).await;
    let form = actor.get(&grant).await.form("/withdraw").press("withdraw");
    actor.submit(form).await;
    let page = actor.get(&grant).await;
    let link = page
        .links()
        .into_iter()
        .find(|link| link.ends_with("/receipts"))
        .expect("a link");
    let file = actor.get(&link).await;
    let id = grant.trim_start_matches("/account/businesses/");
    assert_eq!(
        file.headers["content-disposition"],
        format!("attachment; filename=\"sluis-receipts-{id}.txt\"")
    );
    assert_eq!(file.headers["content-type"], "text/plain; charset=utf-8");
    let keys = app.app.keys().await.expect("keys");
    let Ok(Checked::Chain(receipts)) = check_file(&file.html, keys.public_keys()) else {
        panic!("not a chain");
    };
    assert_eq!(receipts.len(), 3);
    assert!(receipts[0].evidence.screen_hash.is_some());
    let cut: String = file
        .html
        .lines()
        .skip(1)
        .map(|line| format!("{line}\n"))
        .collect();
    assert!(check_file(&cut, keys.public_keys()).is_err());
}

async fn every_read_is_on_record(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    let page = actor.visit(&shop.request(&[])).await;
    let answer = actor.submit(page.allowing("medium")).await;
    actor
        .get("/account/history")
        .await
        .says("Nothing has been read yet.");
    crate::pages::consent::reads(&app, &shop, &answer).await;
    let page = actor.get("/account/history").await;
    page.says("The shop");
    page.says("name, e-mail address and delivery address");
    let grant = actor.newest_grant().await;
    assert!(page.links().contains(&grant));
    actor
        .get(&grant)
        .await
        .says("Name, e-mail address and delivery address");
    // Also when the agreement is over.
    let form = actor.get(&grant).await.form("/withdraw").press("withdraw");
    actor.submit(form).await;
    actor
        .get("/account/history")
        .await
        .says("name, e-mail address and delivery address");
    assert_eq!(
        actor
            .get("/account/history?page=9999999999999999999")
            .await
            .status,
        StatusCode::OK
    );
}
