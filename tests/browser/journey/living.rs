//! What happens at Sluis, as the shop lives it: told, done, and confirmed.

use super::stage::Demo;
use super::steps::{
    SHOP, allow, content, dutch_phone, expect_consent, open_agreement, sign_in, visit_shop,
};
use crate::driver::Browser;

/// How often a page is looked at until it says something: far longer than any
/// message takes.
const LOOKS: u32 = 400;

/// Opens a page until it has an element.
async fn look_until(browser: &Browser, url: &str, id: &str) {
    for _ in 0..LOOKS {
        browser.open(url).await;
        if browser.has(id).await {
            return;
        }
    }
    panic!("{url} never has #{id}:\n{}", browser.page_text().await);
}

#[tokio::test]
async fn a_new_address_reaches_the_shop_by_itself() {
    let demo = Demo::start();
    let browser = Browser::start().await;
    visit_shop(&demo, &browser).await;
    sign_in(&browser, demo.sanne()).await;
    allow(&browser, "medium").await;
    let keeper = format!("{}/keeper", demo.shop);
    browser.open(&keeper).await;
    assert!(browser.page_text().await.contains("Sluiswachter 4"));

    let form = format!("{}/account/profiles/delivery_address", demo.provider);
    browser.open(&form).await;
    browser.fill("street_address", "Nieuwe Gracht 1").await;
    browser.follow("save").await;

    // Behind the counter it is there before the customer comes back.
    for _ in 0..LOOKS {
        browser.open(&keeper).await;
        if browser.page_text().await.contains("Nieuwe Gracht 1") {
            break;
        }
    }
    let says = browser.page_text().await;
    assert!(
        says.contains("profile-changed") && says.contains("Nieuwe Gracht 1"),
        "{says}"
    );
    assert!(!says.contains("Sluiswachter"), "{says}");
    browser.open(&format!("{}/my-data", demo.shop)).await;
    let heard = browser.text("heard-change").await;
    assert!(heard.contains("delivery address"), "{heard}");
    let address = browser.text("fact-delivery_address").await;
    assert!(address.contains("Nieuwe Gracht 1"), "{address}");
    browser.quit().await;
    demo.stop();
}

#[tokio::test]
async fn told_is_not_deleted_until_the_shop_confirms() {
    let demo = Demo::start();
    let phone = dutch_phone(false).await;
    let keeper = format!("{}/keeper", demo.shop);
    visit_shop(&demo, &phone).await;
    sign_in(&phone, demo.sanne()).await;
    expect_consent(&phone).await;
    allow(&phone, "medium").await;
    phone.follow("checkout").await;
    phone.follow("order").await;
    assert!(phone.has("ordered").await);

    // The shopkeeper wants to press the button himself.
    phone.open(&keeper).await;
    assert!(!phone.overflows().await);
    phone.follow("wait").await;
    open_agreement(&demo, &phone, SHOP).await;
    let agreement = phone.url().await;
    phone.follow("withdraw").await;

    look_until(&phone, &keeper, "duty-1").await;
    let says = phone.text("duty-1").await;
    assert!(says.contains("Er is nog niets gewist"), "{says}");
    assert!(says.contains("dagen"), "the clock: {says}");
    assert!(!phone.overflows().await);
    phone.open(&demo.shop).await;
    assert!(phone.has("lost-held").await && !phone.has("greeting").await);
    phone.open(&agreement).await;
    let stage = content(&phone, ".duty .tag").await;
    assert!(
        ["Heeft ons bericht", "Heeft het bekeken"].contains(&stage.trim()),
        "{stage}"
    );
    let says = phone.page_text().await;
    assert!(
        says.contains("Dat wil niet zeggen dat er iets is gewist"),
        "{says}"
    );

    phone.open(&keeper).await;
    phone.follow("delete-1").await;
    let says = phone.text("duty-1").await;
    assert!(says.contains("Gewist en bij Sluis bevestigd"), "{says}");
    assert!(
        says.contains("rekening") && says.contains("zeven jaar"),
        "{says}"
    );
    assert!(phone.has("no-people").await, "nobody is known any more");
    let says = phone.page_text().await;
    assert!(says.contains("ingetrokken; blijft van de wet"), "{says}");
    assert!(!phone.overflows().await);
    phone.open(&demo.shop).await;
    assert!(phone.has("lost-confirmed").await);

    // And at Sluis.
    phone.open(&agreement).await;
    assert_eq!(content(&phone, ".duty .tag").await.trim(), "Bewaart iets");
    let kept = content(&phone, ".duty .duty-keeps").await;
    for words in [
        "31 december",
        "Algemene wet inzake rijksbelastingen, art. 52",
    ] {
        assert!(kept.contains(words), "{words}: {kept}");
    }
    assert!(!phone.overflows().await);
    phone.quit().await;
    demo.stop();
}

#[tokio::test]
async fn a_shop_that_does_not_wait_deletes_and_confirms_by_itself() {
    let demo = Demo::start();
    let browser = Browser::start().await;
    visit_shop(&demo, &browser).await;
    sign_in(&browser, demo.sanne()).await;
    allow(&browser, "medium").await;
    open_agreement(&demo, &browser, SHOP).await;
    let agreement = browser.url().await;
    browser.follow("withdraw").await;
    look_until(&browser, &demo.shop, "lost-confirmed").await;
    browser.open(&agreement).await;
    assert_eq!(content(&browser, ".duty .tag").await.trim(), "Bevestigd");
    browser.open(&format!("{}/keeper", demo.shop)).await;
    assert!(browser.has("no-people").await);
    let says = browser.page_text().await;
    assert!(says.contains("consent-withdrawn"), "{says}");
    assert!(!says.contains("sanne@sluis.example"), "{says}");
    browser.quit().await;
    demo.stop();
}

#[tokio::test]
async fn another_edition_of_the_plan_changes_what_is_asked() {
    let demo = Demo::start();
    let browser = Browser::start().await;
    let (keeper, knows) = (
        format!("{}/keeper", demo.shop),
        format!("{}/my-data", demo.shop),
    );
    visit_shop(&demo, &browser).await;
    sign_in(&browser, demo.sanne()).await;
    allow(&browser, "medium").await;
    assert_eq!(
        browser.text("delivery-cost").await,
        "free",
        "the offer stands"
    );
    browser.open(&knows).await;
    assert!(browser.has("fact-phone_number").await);

    // Less: at once, and nobody is asked.
    browser.open(&keeper).await;
    assert!(browser.has("stands-usual").await);
    browser.follow("publish-narrower").await;
    assert!(browser.has("stands-narrower").await);
    let note = browser.text("note").await;
    assert!(note.contains("holds at once for everybody"), "{note}");
    for _ in 0..LOOKS {
        browser.open(&knows).await;
        if !browser.has("fact-phone_number").await {
            break;
        }
    }
    assert!(!browser.has("fact-phone_number").await);
    browser.follow("logout").await;
    browser.follow("login").await;
    assert!(browser.has("greeting").await, "nothing is asked");

    // More: the next login shows the difference; saying no keeps what was.
    // The shop waits until everybody's agreement is held against the edition
    // before: some seconds.
    let mut note = String::new();
    for _ in 0..LOOKS {
        browser.open(&keeper).await;
        browser.follow("publish-wider").await;
        note = browser.text("note").await;
        if !note.contains("still being held") {
            break;
        }
    }
    assert!(note.contains("Sluis puts before people"), "{note}");
    browser.open(&demo.shop).await;
    browser.follow("logout").await;
    browser.follow("login").await;
    expect_consent(&browser).await;
    assert!(browser.has("purpose-service").await);
    browser.follow("deny").await;
    assert!(browser.url().await.starts_with(&demo.shop));
    browser.open(&keeper).await;
    let says = browser.page_text().await;
    assert!(says.contains("not the newest"), "{says}");
    browser.quit().await;
    demo.stop();
}
