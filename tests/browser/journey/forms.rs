//! Forms that are filled in wrongly: what was typed stays, and the field says
//! what is wrong with it.

use super::stage::{Demo, newcomer};
use super::steps::{sign_up, value, visit_shop};
use crate::driver::Browser;

/// Field and wrong value, the field that is complained of, and what is said.
struct Mistake {
    claim: &'static str,
    typed: &'static [(&'static str, &'static str)],
    wrong: &'static str,
    says: &'static str,
}

const MISTAKES: [Mistake; 4] = [
    Mistake {
        claim: "payment_account",
        typed: &[("iban", "NL91 ABNA 0417 1643 01"), ("holder", "F. Fout")],
        wrong: "iban",
        says: "not an IBAN",
    },
    Mistake {
        claim: "address",
        typed: &[
            ("street_address", "Kade 12"),
            ("postal_code", "351 NR"),
            ("locality", "Utrecht"),
        ],
        wrong: "postal_code",
        says: "not a postal code (Netherlands)",
    },
    Mistake {
        claim: "phone_number",
        typed: &[("value", "06 1234")],
        wrong: "value",
        says: "not a phone number",
    },
    Mistake {
        claim: "email",
        // The browser lets it pass; there is no such domain.
        typed: &[("value", "fout@-voorbeeld-.nl")],
        wrong: "value",
        says: "not an e-mail address",
    },
];

#[tokio::test]
async fn a_profile_form_keeps_what_was_typed_and_says_what_is_wrong() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    visit_shop(demo, &browser).await;
    sign_up(&browser, &newcomer("Fenna Fout")).await;
    for mistake in MISTAKES {
        let claim = mistake.claim;
        let form = format!("{}/account/profiles/{claim}", demo.provider);
        browser.open(&form).await;
        for (field, text) in mistake.typed {
            browser.fill(field, text).await;
        }
        browser.follow("save").await;
        assert!(browser.has("problems").await, "{claim} was taken");
        let at_field = browser.text(&format!("{}-error", mistake.wrong)).await;
        assert!(at_field.contains(mistake.says), "{claim}: {at_field}");
        for (field, text) in mistake.typed {
            assert_eq!(value(&browser, field).await, *text, "{claim}");
        }
        let input = browser.element(mistake.wrong).await;
        let invalid = input.attr("aria-invalid").await.expect("a page");
        assert_eq!(invalid.as_deref(), Some("true"), "{claim}");
    }
    browser.quit().await;
}

#[tokio::test]
async fn a_sign_up_form_keeps_what_was_typed_but_the_password() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    let url = format!("{}/sign-up", demo.provider);
    browser.open(&url).await;
    // The browser helps first; whoever has it not helping is helped by us.
    let novalidate = "document.getElementById('sign-up').noValidate = true";
    browser
        .driver()
        .execute(novalidate, Vec::new())
        .await
        .expect("a page");
    browser.fill("name", "Kort van Stof").await;
    browser.fill("email", "kort.van.stof").await;
    browser.fill("password", "kort").await;
    browser.follow("sign-up-submit").await;
    assert!(browser.text("email-error").await.contains("not an e-mail"));
    assert!(browser.text("password-error").await.contains("too short"));
    assert_eq!(value(&browser, "name").await, "Kort van Stof");
    assert_eq!(value(&browser, "email").await, "kort.van.stof");
    assert_eq!(value(&browser, "password").await, "");
    browser.quit().await;
}

#[tokio::test]
async fn the_shops_checkout_says_what_it_misses() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    browser.open(&demo.shop).await;
    browser.follow("add-bel").await;
    browser.follow("checkout").await;
    browser.fill("name", "Gast").await;
    browser.follow("order").await;
    assert!(browser.has("street_address-error").await);
    assert!(!browser.has("name-error").await);
    assert_eq!(value(&browser, "name").await, "Gast");
    browser.quit().await;
}
