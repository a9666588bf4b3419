//! The journey that must work.

use serde_json::Value;
use sluis::crypto::jwt::PublicKeys;
use sluis::service::receipts::{Checked, check_file};
use thirtyfour::prelude::*;

use super::stage::{Demo, newcomer, scratch_file, verify};
use super::steps::{
    NEWSPAPER, SHOP, allow, arrive_as_newcomer, content, download_receipts, expect_consent,
    expect_nothing_chosen, is_on, open_agreement, save, sign_in, sign_up, value, visit_shop,
};
use crate::driver::{Browser, Setup};

#[tokio::test]
async fn the_demonstration_tells_what_it_does_and_leaves_nothing_behind() {
    let demo = Demo::start();
    let told = demo.told();
    for step in ["database", "signing up", "registering"] {
        assert!(told.contains(step), "{step}: {told}");
    }
    let browser = Browser::start().await;
    for url in [&demo.provider, &demo.shop, &demo.newspaper, &demo.account] {
        browser.open(url).await;
        assert!(browser.page_text().await.contains("Sluis"), "{url}");
    }
    browser.quit().await;
    demo.stop();
}

/// What the shop may see, for what, until when, and when it last read: the same moment
/// that the history begins with.
async fn the_overview_says_what_flows(demo: &Demo, laptop: &Browser) {
    let card = format!("//article[.//a[normalize-space()='{SHOP}']]");
    let card_says = found(laptop, &card).await.text().await.expect("a page");
    for told in ["e-mailadres", "Uw bestelling bezorgen", "Tot"] {
        assert!(card_says.contains(told), "{told}: {card_says}");
    }
    let read = format!("{card}//*[contains(@class, 'last-read')]//time");
    let last_read = moment(laptop, &read).await;
    let history = format!("{}/account/history", demo.provider);
    laptop.open(&history).await;
    let newest = format!("(//tr[.//a[normalize-space()='{SHOP}']])[1]//time");
    assert_eq!(last_read, moment(laptop, &newest).await);
    laptop.open(&demo.account).await;
}

async fn found(browser: &Browser, path: &str) -> WebElement {
    let element = browser.driver().query(By::XPath(path)).first().await;
    element.unwrap_or_else(|error| panic!("no {path}: {error}"))
}

/// The moment that a `time` element names, to the second or finer.
async fn moment(browser: &Browser, path: &str) -> String {
    let time = found(browser, path).await.attr("datetime").await;
    time.expect("a page").expect("a moment")
}

#[tokio::test]
async fn the_sample_consumer_logs_in_with_a_profile_and_takes_it_back() {
    let demo = Demo::start();
    let (laptop, phone) = (Browser::start().await, Browser::start().await);

    // In the shop.
    visit_shop(&demo, &laptop).await;
    assert!(laptop.has("sign-in").await);
    assert!(laptop.page_text().await.contains(SHOP), "who asks is told");
    sign_in(&laptop, demo.sanne()).await;

    // The question.
    expect_consent(&laptop).await;
    expect_nothing_chosen(&laptop).await;
    who_asks_and_what_for(&demo, &laptop).await;
    own_values_per_profile(&laptop).await;
    let before = laptop.clicks();
    allow(&laptop, "medium").await;
    let giving = laptop.clicks() - before;

    // Back in the shop.
    assert!(laptop.url().await.starts_with(&demo.shop));
    let greeting = laptop.text("greeting").await;
    assert!(greeting.contains("Sanne van Leeuwen"), "{greeting}");
    assert!(
        !laptop.page_text().await.contains("5%"),
        "nobody asked for it"
    );
    laptop.follow("checkout").await;
    for (field, held) in [
        ("name", "Sanne van Leeuwen"),
        ("street_address", "Sluiswachter 4, bij de buren"),
        ("postal_code", "3433 AC"),
        ("locality", "Nieuwegein"),
    ] {
        assert_eq!(value(&laptop, field).await, held);
    }
    laptop.follow("my-data").await;
    assert_eq!(laptop.text("tier").await, "medium");
    assert_eq!(laptop.text("fact-email").await, "sanne@sluis.example");
    assert!(laptop.has("fact-phone_number").await);
    for never in ["payment_account", "birthdate", "preferences", "gender"] {
        assert!(!laptop.has(&format!("fact-{never}")).await, "{never}");
    }
    let says = laptop.page_text().await;
    for why in [
        "Deliver your order",
        "Keep the invoice",
        "We hold the consent receipt",
    ] {
        assert!(says.contains(why), "{why}: {says}");
    }
    assert!(!says.contains("present on your birthday"), "{says}");
    let until = laptop.text("until").await;

    // At the newspaper: signed in already, and nobody there.
    laptop.open(&demo.newspaper).await;
    laptop.follow("login").await;
    expect_consent(&laptop).await;
    expect_nothing_chosen(&laptop).await;
    allow(&laptop, "anonymous").await;
    assert!(laptop.text("greeting").await.contains("reader"));
    laptop.follow("my-data").await;
    assert!(laptop.has("no-data").await && !laptop.has("facts").await);

    // On the phone: the shop is known there, so nothing is asked.
    visit_shop(&demo, &phone).await;
    sign_in(&phone, demo.sanne()).await;
    assert!(phone.url().await.starts_with(&demo.shop), "asked once");
    assert!(phone.has("greeting").await);
    phone.follow("my-data").await;

    // The account sees both.
    laptop.open(&demo.account).await;
    let overview = laptop.page_text().await;
    for business in [SHOP, NEWSPAPER] {
        assert!(overview.contains(business), "{business}: {overview}");
    }
    the_overview_says_what_flows(&demo, &laptop).await;

    shorten_retention(&demo, &laptop, &until).await;
    narrow_and_widen(&demo, &laptop).await;

    // Receipts, withdrawal.
    open_agreement(&demo, &laptop, SHOP).await;
    let says = laptop.page_text().await;
    assert!(
        says.contains("van de wet een deel bewaren, hooguit 7 jaar"),
        "the law's own: {says}"
    );
    let receipts = download_receipts(&laptop, "live.txt").await;
    accepted(
        &receipts,
        &demo.jwks,
        &["given", "narrowed", "narrowed", "widened"],
    );

    laptop.open(&demo.account).await;
    let before = laptop.clicks();
    laptop.follow_link(SHOP).await;
    laptop.follow("withdraw").await;
    let withdrawing = laptop.clicks() - before;
    assert!(
        withdrawing <= giving,
        "{giving} clicks to give, {withdrawing} to take back"
    );
    assert!(laptop.url().await.contains("done=withdrawn"));
    assert!(!laptop.has("withdraw").await, "no further question");
    let withdrawn = download_receipts(&laptop, "withdrawn.txt").await;

    // The shop hears it at its next question, by either way of asking.
    phone.follow("refresh").await;
    assert!(
        phone.has("access-lost").await,
        "{}",
        phone.page_text().await
    );
    assert!(phone.has("nothing-known").await && !phone.has("greeting").await);
    laptop.open(&format!("{}/my-data", demo.shop)).await;
    assert!(laptop.has("access-lost").await);
    assert!(!laptop.page_text().await.contains("Sanne"), "it forgot");

    // Logging in again asks anew.
    laptop.follow("login-again").await;
    expect_consent(&laptop).await;
    expect_nothing_chosen(&laptop).await;

    accepted(
        &withdrawn,
        &demo.jwks,
        &["given", "narrowed", "narrowed", "widened", "withdrawn"],
    );
    any_change_is_refused(&demo, &withdrawn).await;
    laptop.quit().await;
    phone.quit().await;
}

async fn who_asks_and_what_for(demo: &Demo, browser: &Browser) {
    let domain = demo.shop.trim_start_matches("http://");
    let says = browser.page_text().await;
    for told in [
        SHOP,
        domain,
        // Each purpose: its title, its reason, and what is given in return.
        "Deliver your order",
        "PostNL brings it to your address",
        "Keep the invoice",
        "Dutch tax law obliges us",
        "Think along about your bicycle",
        "5% off every order",
        "A present on your birthday",
        "News from the workshop",
    ] {
        assert!(says.contains(told), "{told}: {says}");
    }
    for (link, page) in [("client-policy", "/privacy"), ("client-terms", "/terms")] {
        let href = browser.element(link).await.prop("href").await;
        let href = href.expect("a page").expect("a link");
        assert_eq!(href, format!("{}{page}", demo.shop));
    }
    // Its logo, which comes from here and is there.
    let logo = browser.element("client-logo").await;
    let from = logo.prop("src").await.expect("a page").expect("a picture");
    let clients = format!("{}/clients/", demo.provider);
    assert!(from.starts_with(&clients), "{from}");
    let width = logo.prop("naturalWidth").await.expect("a page");
    assert_eq!(width.as_deref(), Some("192"));
    // On what ground, how long, who else and where.
    let purposes = content(browser, ".why").await;
    for told in [
        "Needed to do what you agree",
        "The law demands this",
        "Your consent",
        "7 years",
        "PostNL Pakketten Benelux B.V.",
        "Netherlands",
    ] {
        assert!(purposes.contains(told), "{told}: {purposes}");
    }
    // A switch for each optional purpose and for each channel, and none for
    // what belongs to logging in.
    for switch in [
        "purpose-recommendations",
        "purpose-birthday",
        "purpose-news",
        "channel-news-email",
        "channel-news-sms",
        "channel-news-post",
    ] {
        assert!(browser.has(switch).await, "{switch}");
    }
    assert!(!browser.has("purpose-deliver").await);
}

async fn own_values_per_profile(browser: &Browser) {
    let (delivery, phone) = ("Sluiswachter 4", "12345678");
    for (tier, shown, not_shown) in [
        ("anonymous", vec![], vec!["Sanne", delivery, phone]),
        (
            "low",
            vec!["Sanne van Leeuwen", "sanne@sluis.example"],
            vec![delivery, phone],
        ),
        (
            "medium",
            vec!["Sanne van Leeuwen", delivery, "Vaartweg 21"],
            // Not asked for, or not without a switch.
            vec!["NL91", "1988", "krat"],
        ),
    ] {
        let panel = content(browser, &format!("#panel-{tier}")).await;
        let digits: String = panel.chars().filter(char::is_ascii_digit).collect();
        for value in shown {
            assert!(panel.contains(value), "{tier} shows {value}: {panel}");
        }
        for value in not_shown {
            assert!(!panel.contains(value), "{tier} hides {value}: {panel}");
        }
        assert_eq!(digits.contains(phone), tier == "medium", "{tier}: {panel}");
    }
    // What is missing, precisely, with the ways out.
    browser.click("tier-low").await;
    let low = browser.text("panel-low").await;
    assert!(low.contains("Deliver your order"), "{low}");
    assert!(low.contains("delivery address is not in profile"), "{low}");
    assert!(low.contains("Add just your delivery address"), "{low}");
    assert!(low.contains("Choose profile medium"), "{low}");
    let medium = browser.text("panel-medium").await;
    assert!(!medium.contains("Deliver your order"), "{medium}");
    assert!(medium.contains("3 months"), "how long: {medium}");
    assert!(!is_on(browser, "claim-delivery_address").await);
}

async fn shorten_retention(demo: &Demo, browser: &Browser, until: &str) {
    open_agreement(demo, browser, SHOP).await;
    let before = content(browser, ".glance").await;
    browser.choose("retention", "P1M").await;
    browser.follow("retention-save").await;
    assert!(browser.url().await.contains("done=narrowed"), "it is done");
    assert_ne!(content(browser, ".glance").await, before);
    assert_eq!(value(browser, "retention").await, "P1M");
    browser.open(&format!("{}/my-data", demo.shop)).await;
    browser.follow("refresh").await;
    let now = browser.text("until").await;
    assert_ne!(now, until, "the shop holds the new receipt");
}

/// To low and back to medium, once the delivery address is in low: without
/// it the shop could do nothing.
async fn narrow_and_widen(demo: &Demo, browser: &Browser) {
    open_agreement(demo, browser, SHOP).await;
    let low = browser.element("tier-low").await;
    assert!(
        !low.is_enabled().await.expect("a page"),
        "it lacks an address"
    );
    demo.open(browser, "/account/profiles").await;
    browser.choose("placement-delivery_address", "low").await;
    browser.follow("profiles-save").await;

    open_agreement(demo, browser, SHOP).await;
    browser.click("tier-low").await;
    browser.follow("tier-save").await;
    assert!(browser.url().await.contains("done=narrowed"), "no question");
    browser.open(&format!("{}/my-data", demo.shop)).await;
    assert!(!browser.has("fact-phone_number").await, "it acts at once");
    assert!(browser.has("fact-delivery_address").await);

    open_agreement(demo, browser, SHOP).await;
    browser.click("tier-medium").await;
    browser.follow("tier-save").await;
    assert!(browser.has("confirmation").await, "more is asked first");
    browser.follow("keep").await;
    browser.open(&format!("{}/my-data", demo.shop)).await;
    assert!(!browser.has("fact-phone_number").await, "nothing changed");

    open_agreement(demo, browser, SHOP).await;
    browser.click("tier-medium").await;
    browser.follow("tier-save").await;
    browser.follow("allow").await;
    assert!(browser.url().await.contains("done=saved"));
    browser.open(&format!("{}/my-data", demo.shop)).await;
    assert!(browser.has("fact-phone_number").await);
}

fn accepted(file: &std::path::Path, jwks: &str, events: &[&str]) {
    let verified = verify(file, jwks).expect("it holds");
    assert_eq!(verified["verified"], "chain");
    let told = verified["receipts"].as_array().expect("a list");
    let told: Vec<&Value> = told
        .iter()
        .map(|receipt| &receipt["event"])
        // When the shop answers for what it deleted is its own affair.
        .filter(|event| **event != "answered")
        .collect();
    assert_eq!(told, events);
}

/// Offline, with a saved copy of the keys.
async fn any_change_is_refused(demo: &Demo, file: &std::path::Path) {
    let client = reqwest::Client::builder().no_proxy().build();
    let jwks = client.expect("a client").get(&demo.jwks).send().await;
    let jwks = jwks.expect("an answer").text().await.expect("a text");
    let keys_file = scratch_file("jwks.json");
    save(&keys_file, &jwks);
    let keys_file = keys_file.to_str().expect("a path in UTF-8");
    let chain = std::fs::read_to_string(file).expect("a file");
    verify(file, keys_file).expect("it holds offline as well");

    let lines: Vec<&str> = chain.lines().collect();
    let joined = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect();
    let mut broken: Vec<(String, String)> = Vec::new();
    for dropped in 0..lines.len() {
        let mut rest = lines.clone();
        rest.remove(dropped);
        broken.push((format!("without line {dropped}"), joined(&rest)));
        for other in 0..dropped {
            let mut swapped = lines.clone();
            swapped.swap(dropped, other);
            broken.push((format!("{dropped} and {other} swapped"), joined(&swapped)));
        }
    }
    for at in [0, chain.len() / 3, chain.len() / 2, chain.len() - 1] {
        broken.push((format!("byte {at} changed"), with_flipped_bit(&chain, at)));
    }
    let changed = scratch_file("changed.txt");
    for (what, text) in broken {
        save(&changed, &text);
        assert!(verify(&changed, keys_file).is_err(), "{what}");
    }

    // All over the chain, by the function that the command calls.
    let keys = PublicKeys::parse(&jwks).expect("keys");
    assert!(matches!(check_file(&chain, &keys), Ok(Checked::Chain(_))));
    for at in (0..chain.len()).step_by(17) {
        let changed = with_flipped_bit(&chain, at);
        assert!(check_file(&changed, &keys).is_err(), "byte {at}");
    }
}

/// The chain is ASCII, and stays so.
fn with_flipped_bit(chain: &str, at: usize) -> String {
    let mut bytes = chain.as_bytes().to_vec();
    bytes[at] ^= 1;
    String::from_utf8(bytes).expect("ASCII")
}

#[tokio::test]
async fn a_newcomer_fills_in_what_is_missing_on_the_way() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    let person = newcomer("Noor de Wit");
    visit_shop(demo, &browser).await;
    sign_up(&browser, &person).await;

    // Without an address no profile will do; each says so and how to go on.
    expect_consent(&browser).await;
    expect_nothing_chosen(&browser).await;
    allow(&browser, "medium").await;
    expect_consent(&browser).await;
    let problems = browser.text("problems").await;
    assert!(problems.contains("delivery address"), "{problems}");
    browser
        .follow_css("#problems a[href*='delivery_address']")
        .await;
    browser.fill("street_address", "Kade 12").await;
    browser.fill("postal_code", "3511nr").await;
    browser.fill("locality", "Utrecht").await;
    browser.follow("save").await;

    // Back at the question, low lacks one item: add just that.
    expect_consent(&browser).await;
    let low = "#panel-low label[for='claim-delivery_address']";
    browser.click("tier-low").await;
    let add = browser.driver().query(By::Css(low)).first().await;
    add.expect("a way out")
        .click()
        .await
        .expect("to be clicked");
    assert!(is_on(&browser, "claim-delivery_address").await);
    browser.follow("allow").await;
    assert!(browser.url().await.starts_with(&demo.shop));
    browser.follow("checkout").await;
    assert_eq!(value(&browser, "street_address").await, "Kade 12");
    assert_eq!(
        value(&browser, "postal_code").await,
        "3511 NR",
        "normalised"
    );
    browser.follow("my-data").await;
    assert_eq!(browser.text("tier").await, "low");
    browser.quit().await;
}

#[tokio::test]
async fn optional_purposes_and_channels_are_what_one_switches_on() {
    let demo = Demo::start();
    let browser = Browser::start().await;
    visit_shop(&demo, &browser).await;
    sign_in(&browser, demo.sanne()).await;
    for switch in [
        "tier-high",
        "purpose-recommendations",
        "purpose-news",
        "channel-news-sms",
    ] {
        browser.click(switch).await;
    }
    browser.choose("retention", "P1M").await;
    browser.follow("allow").await;
    assert!(browser.page_text().await.contains("5%"), "the offer stands");
    browser.follow("my-data").await;
    assert!(browser.has("fact-preferences").await);
    assert!(!browser.has("fact-birthdate").await, "that was left off");
    let says = browser.page_text().await;
    assert!(says.contains("News from the workshop"), "{says}");

    // With less, what it carried ends with it, at once.
    open_agreement(&demo, &browser, SHOP).await;
    browser.click("tier-medium").await;
    browser.follow("tier-save").await;
    assert!(browser.url().await.contains("done=narrowed"));
    browser.open(&format!("{}/my-data", demo.shop)).await;
    assert!(!browser.has("fact-preferences").await);
    browser.quit().await;
}

#[tokio::test]
async fn a_pause_holds_and_ends() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    arrive_as_newcomer(demo, &browser, &newcomer("Pim Pauze")).await;
    allow(&browser, "medium").await;
    open_agreement(demo, &browser, SHOP).await;
    browser.follow("pause").await;
    let agreement = browser.url().await;
    browser.open(&format!("{}/my-data", demo.shop)).await;
    assert!(browser.has("access-paused").await && !browser.has("facts").await);
    browser.open(&agreement).await;
    browser.follow("resume").await;
    browser.open(&format!("{}/my-data", demo.shop)).await;
    assert!(browser.has("fact-name").await);
    browser.quit().await;
}

#[tokio::test]
async fn all_of_it_works_without_script() {
    let demo = Demo::shared();
    let browser = Browser::start_with(Setup {
        script: false,
        ..Setup::default()
    })
    .await;
    arrive_as_newcomer(demo, &browser, &newcomer("Stille Willem")).await;
    expect_nothing_chosen(&browser).await;
    allow(&browser, "medium").await;
    assert!(browser.text("greeting").await.contains("Stille Willem"));
    open_agreement(demo, &browser, SHOP).await;
    browser.choose("retention", "P1M").await;
    browser.follow("retention-save").await;
    browser.follow("withdraw").await;
    browser.open(&format!("{}/my-data", demo.shop)).await;
    assert!(browser.has("access-lost").await);
    browser.quit().await;
}
