//! The three profiles and what is in them.

use axum::http::StatusCode;

use crate::harness::{PASSWORD, SANNE, TestApp, on_both_databases};

on_both_databases! {
    what_is_filled_in_is_checked_and_normalised,
    what_fails_its_check_stays_and_is_said_at_the_field,
    an_attribute_is_confirmed_moved_and_removed,
    profiles_are_tuned_as_one,
    an_edit_on_an_old_page_overwrites_nothing_and_loses_nothing,
    an_edit_reaches_the_businesses_that_see_it,
    the_security_page_names_every_key,
}

async fn what_is_filled_in_is_checked_and_normalised(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    actor.edit("phone_number", "020-555 0123").await;
    actor
        .fill_in(
            "payment_account",
            &[("iban", "nl91abna0417164300"), ("holder", "S. de Vries")],
        )
        .await;
    actor.live_in_amsterdam().await;
    actor.edit("preferences", "tea\r\nno coffee").await;
    let page = actor.get("/account/profiles").await;
    for text in [
        "+31 20 555 0123",
        "NL91 ABNA 0417 1643 00",
        "1016 GV",
        "no coffee",
        "Filled in by you",
        "confirmed on 21 September 2026",
    ] {
        page.says(text);
    }
}

async fn what_fails_its_check_stays_and_is_said_at_the_field(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    for (claim, typed, field, says) in [
        (
            "payment_account",
            [
                ("iban", "NL91 ABNA 0417 1643 01"),
                ("holder", "S. de Vries"),
            ]
            .as_slice(),
            "iban",
            "not an IBAN",
        ),
        (
            "email",
            [("value", "sanne@")].as_slice(),
            "value",
            "not an e-mail address",
        ),
        (
            "phone_number",
            [("value", "12345")].as_slice(),
            "value",
            "not a phone number",
        ),
        (
            "delivery_address",
            [
                ("street_address", "Prinsengracht 263"),
                ("postal_code", "1016"),
                ("locality", "Amsterdam"),
                ("country", "NL"),
            ]
            .as_slice(),
            "postal_code",
            "not a postal code (Netherlands)",
        ),
        (
            "birthdate",
            [("value", "2999-01-01")].as_slice(),
            "value",
            "yet to come",
        ),
    ] {
        let mut form = actor
            .get(&format!("/account/profiles/{claim}?return=/consent/x"))
            .await
            .form("attribute");
        for (name, value) in typed {
            form = form.with(name, value);
        }
        let page = actor
            .submit(form.with("placement", "never").press("save"))
            .await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{claim}");
        assert!(
            page.error_at(field).expect("an error").contains(says),
            "{claim}: {}",
            page.words()
        );
        assert!(page.links().contains(&format!("#{field}")), "{claim}");
        let again = page.form("attribute");
        for (name, value) in typed {
            assert_eq!(again.value(name), Some(*value), "{claim}");
        }
        assert_eq!(again.value("placement"), Some("never"), "{claim}");
        assert_eq!(again.value("return"), Some("/consent/x"), "{claim}");
    }
    actor.get("/account/profiles").await.says(SANNE);
}

async fn an_attribute_is_confirmed_moved_and_removed(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    actor.edit("nickname", "San").await;
    app.wait(std::time::Duration::from_secs(2 * 24 * 60 * 60));
    actor.sign_in("/sign-in", SANNE, PASSWORD).await;
    let form = actor
        .get("/account/profiles/nickname")
        .await
        .form("attribute");
    assert_eq!(form.value("value"), Some("San"));
    assert_eq!(form.value("placement"), Some("low"));
    // What was typed meanwhile is not saved by saying that the old is right.
    let page = actor
        .submit(form.with("value", "Sanneke").press("confirm"))
        .await;
    actor.follow(page).await;
    let page = actor.get("/account/profiles/nickname").await;
    page.says("confirmed on 23 September 2026");
    let form = page.form("attribute");
    assert_eq!(form.value("value"), Some("San"));
    actor
        .submit(form.with("placement", "high").press("save"))
        .await;
    let form = actor
        .get("/account/profiles/nickname")
        .await
        .form("attribute");
    assert_eq!(form.value("placement"), Some("high"));
    actor.submit(form.press("remove")).await;
    let form = actor
        .get("/account/profiles/nickname")
        .await
        .form("attribute");
    assert_eq!(form.value("value"), Some(""));
    assert!(!form.has_button("remove") && !form.has_button("confirm"));
}

async fn profiles_are_tuned_as_one(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let form = actor.get("/account/profiles").await.form("profiles");
    assert_eq!(form.value("placement-phone_number"), Some("medium"));
    let form = form
        .with("placement-phone_number", "never")
        .with("permission-email", "low")
        .with("retention-low", "P7D")
        .with("retention-medium", "P14D");
    let page = actor.submit(form).await;
    assert_eq!(page.location(), "/account/profiles?done=saved");
    let page = actor.follow(page).await;
    page.says("Saved.");
    let form = page.form("profiles");
    assert_eq!(form.value("placement-phone_number"), Some("never"));
    assert_eq!(form.value("permission-email"), Some("low"));
    assert_eq!(form.value("retention-low"), Some("P7D"));
    assert_eq!(form.value("retention-medium"), Some("P14D"));
    assert_eq!(form.value("retention-high"), Some("P6M"));
    for (name, value) in [
        ("placement-email", "everywhere"),
        ("retention-low", "P99Y"),
        ("permission-sms", ""),
    ] {
        let page = actor.submit(form.clone().forged(name, value)).await;
        let refused = page.error().as_deref() == Some("malformed");
        // A select that was left out changes nothing.
        assert!(refused || value.is_empty(), "{name}");
    }
    let page = actor.get("/account/profiles").await;
    assert_eq!(page.form("profiles").value("placement-email"), Some("low"));
}

async fn an_edit_on_an_old_page_overwrites_nothing_and_loses_nothing(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let old = actor
        .get("/account/profiles/nickname")
        .await
        .form("attribute");
    let old_profiles = actor.get("/account/profiles").await.form("profiles");
    actor.edit("nickname", "San").await;

    let page = actor
        .submit(old.with("value", "Sanneke").press("save"))
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("changed elsewhere since you opened this page");
    let form = page.form("attribute");
    assert_eq!(form.value("value"), Some("Sanneke"));
    actor.get("/account/profiles").await.says("San");
    actor.get("/account/profiles").await.says_not("Sanneke");
    assert_eq!(
        actor.submit(form.press("save")).await.location(),
        "/account/profiles?done=saved"
    );
    actor.get("/account/profiles").await.says("Sanneke");

    let page = actor
        .submit(old_profiles.with("placement-email", "high"))
        .await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    let form = page.form("profiles");
    assert_eq!(form.value("placement-email"), Some("high"));
    let now = actor.get("/account/profiles").await.form("profiles");
    assert_eq!(now.value("placement-email"), Some("low"));
    actor.submit(form).await;
    let now = actor.get("/account/profiles").await.form("profiles");
    assert_eq!(now.value("placement-email"), Some("high"));
}

async fn an_edit_reaches_the_businesses_that_see_it(app: TestApp) {
    let shop = app.shop().await;
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    let grant = actor.agree(&shop, "medium").await;
    let page = actor.get("/account/profiles/delivery_address").await;
    page.says("Who sees this now and gets the change: The shop.");
    let form = page
        .form("attribute")
        .with("street_address", "Herengracht 1");
    actor.submit(form.press("save")).await;
    actor.get(&grant).await.says("Herengracht 1");
    actor
        .get("/account/profiles/birthdate")
        .await
        .says_not("Who sees this now");
}

async fn the_security_page_names_every_key(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let page = actor.get("/account/security").await;
    for text in [
        "You, with your password",
        "The operator, to help with a forgotten password",
        SANNE,
        "22 September 2026",
    ] {
        page.says(text);
    }
}
