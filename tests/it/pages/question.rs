//! The question of a business: what the page says and offers, and how it
//! takes a form that will not do.

use axum::http::StatusCode;

use super::consent::{asked, reads};
use crate::harness::{SANNE, TestApp, on_both_databases};
use crate::html::Form;

fn unticked(form: &Form) {
    assert_eq!(form.ticked(), Vec::<&str>::new());
    assert_eq!(form.value("tier"), None);
    assert_eq!(form.value("retention"), Some(""));
}

on_both_databases! {
    the_page_says_who_asks_and_what_for_and_ticks_nothing,
    no_tier_is_said_at_the_tiers_and_everything_else_stays,
    what_no_page_would_send_is_not_taken_for_consent,
    what_is_missing_is_named_with_the_ways_out,
    an_item_of_the_tier_is_withheld_by_the_same_box,
    a_switch_that_the_tier_does_not_allow_says_so,
}

async fn the_page_says_who_asks_and_what_for_and_ticks_nothing(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne de Vries", SANNE).await;
    actor.live_in_amsterdam().await;
    let page = asked(&mut actor, &shop).await;
    for text in [
        "The shop",
        "shop BV",
        "shop.example",
        "Deliver your order",
        "We bring your parcel.",
        "Needed to do what you agree",
        "5% off",
        "Sanne de Vries",
        SANNE,
        "Prinsengracht 263, 1016 GV Amsterdam",
        "3 months at most",
    ] {
        page.says(text);
    }
    assert!(
        page.links()
            .contains(&"https://shop.example/privacy".to_owned())
    );
    let form = page.form("consent");
    assert_eq!(form.offers("tier"), ["anonymous", "low", "medium", "high"]);
    unticked(&form);
    for switch in [
        "purpose-news",
        "purpose-suggest",
        "permission-suggest-analytics",
        "permission-suggest-personalisation",
        "claim-name",
        "claim-preferences",
    ] {
        assert!(form.has_field(switch), "{switch}");
    }
    assert!(!form.has_field("purpose-deliver"));
}

async fn no_tier_is_said_at_the_tiers_and_everything_else_stays(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let form = asked(&mut actor, &shop)
        .await
        .form("consent")
        .with("purpose-news", "on")
        .with("permission-suggest-analytics", "on")
        .with("claim-name", "on")
        .with("retention", "P14D");
    let page = actor.submit(form.press("allow")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("First choose the profile");
    assert!(page.links().contains(&"#tier-anonymous".to_owned()));
    let form = page.form("consent");
    assert_eq!(form.value("tier"), None);
    assert_eq!(
        form.ticked(),
        ["purpose-news", "permission-suggest-analytics", "claim-name"]
    );
    assert_eq!(form.value("retention"), Some("P14D"));
    let page = actor
        .submit(form.forged("tier", "extreme").press("allow"))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("First choose the profile");
}

async fn what_no_page_would_send_is_not_taken_for_consent(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    let form = asked(&mut actor, &shop)
        .await
        .form("consent")
        .with("tier", "medium");
    let page = actor
        .submit(form.clone().forged("retention", "P10Y").press("allow"))
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("Choose a retention period from the list.");
    assert_eq!(page.form("consent").value("tier"), Some("medium"));
    for (name, value) in [
        ("purpose-news", "off"),
        ("claim-email", "yes"),
        ("answer", "perhaps"),
    ] {
        let form = form.clone().forged(name, value);
        let form = if name == "answer" {
            form
        } else {
            form.press("allow")
        };
        let page = actor.submit(form).await;
        assert_eq!(page.error().as_deref(), Some("malformed"), "{name}");
    }
    // What the plan does not name is passed over.
    let form = form
        .forged("claim-birthdate", "on")
        .forged("purpose-spy", "on")
        .forged("more", "x");
    let page = actor.submit(form.press("allow")).await;
    assert!(
        !reads(&app, &shop, &page)
            .await
            .contains(&"birthdate".to_owned())
    );
}

async fn what_is_missing_is_named_with_the_ways_out(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    let page = asked(&mut actor, &shop).await;
    page.says("You have not filled in your delivery address yet.");
    let form = page
        .form("consent")
        .with("tier", "low")
        .with("claim-name", "on");
    let page = actor.submit(form.press("allow")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("“Deliver your order” cannot be done yet like this.");
    page.says("Do not withhold your name");
    let form = page.form("consent");
    assert_eq!(form.value("tier"), Some("low"));
    assert_eq!(form.ticked(), ["claim-name"]);

    // Fill it in and come back.
    let fill = page.link_to("/account/profiles/delivery_address");
    let form = actor
        .get(&fill)
        .await
        .form("attribute")
        .with("street_address", "Prinsengracht 263")
        .with("postal_code", "1016 GV")
        .with("locality", "Amsterdam");
    let back = actor.submit(form.press("save")).await;
    assert!(
        back.location().starts_with("/consent/"),
        "{}",
        back.location()
    );
    let page = actor.follow(back).await;

    // It is in medium, so with low there are two ways: this one item, or the next tier.
    let page = actor.submit(page.allowing("low")).await;
    page.says("Add just your delivery address");
    page.says("Choose profile medium");
    assert!(page.links().contains(&"#claim-delivery_address".to_owned()));
    assert!(page.links().contains(&"#tier-medium".to_owned()));
    assert!(page.links().contains(&"#deny".to_owned()));
    let form = page.form("consent").with("claim-delivery_address", "on");
    let page = actor.submit(form.press("allow")).await;
    assert_eq!(reads(&app, &shop, &page).await.len(), 3);
}

async fn an_item_of_the_tier_is_withheld_by_the_same_box(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    actor.edit("phone_number", "020 555 0123").await;
    let form = asked(&mut actor, &shop)
        .await
        .form("consent")
        .with("tier", "medium");
    let mut other = actor.clone();
    let page = actor
        .submit(form.clone().with("claim-phone_number", "on").press("allow"))
        .await;
    assert!(
        !reads(&app, &shop, &page)
            .await
            .contains(&"phone_number".to_owned())
    );
    let page = other.visit(&shop.request(&[("prompt", "consent")])).await;
    assert_eq!(page.form("consent").ticked(), ["claim-phone_number"]);
    let form = page.form("consent").with("claim-phone_number", "");
    let page = other.submit(form.press("allow")).await;
    assert!(
        reads(&app, &shop, &page)
            .await
            .contains(&"phone_number".to_owned())
    );
}

async fn a_switch_that_the_tier_does_not_allow_says_so(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    let form = asked(&mut actor, &shop)
        .await
        .form("consent")
        .with("tier", "medium")
        .with("purpose-news", "on");
    let page = actor.submit(form.press("allow")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("“E-mail me” does not go with this tier");
    page.says("Choose profile high");
    page.says("Switch this purpose off again");
    let form = page.form("consent").with("tier", "high");
    assert!(
        shop.answer(&actor.submit(form.press("allow")).await)
            .contains_key("code")
    );
    let grant = actor.newest_grant().await;
    actor.get(&grant).await.says("E-mail me");
}
