//! The end of an account, on a phone, without script.

use super::stage::Demo;
use super::steps::{allow, dutch_phone, sign_in, visit_shop};

#[tokio::test]
async fn an_account_is_erased_and_the_shop_hears_of_it() {
    let demo = Demo::start();
    let phone = dutch_phone(false).await;
    visit_shop(&demo, &phone).await;
    sign_in(&phone, demo.sanne()).await;
    allow(&phone, "medium").await;
    demo.open(&phone, "/account/security").await;
    phone.follow("erase").await;
    let says = phone.page_text().await;
    for words in ["De Ketting", "Moet alles wissen", "bewaren", "Na 5 jaar"] {
        assert!(says.contains(words), "{words}: {says}");
    }
    assert!(!phone.overflows().await);
    phone.fill("erase-word", "ja").await;
    phone.follow("erase-submit").await;
    assert!(phone.has("problems").await);
    assert!(!phone.overflows().await);
    phone.fill("erase-word", "Wissen").await;
    phone.follow("erase-submit").await;
    let says = phone.page_text().await;
    assert!(says.contains("Je account is weg"), "{says}");
    assert!(!phone.overflows().await);
    phone.open(&demo.account).await;
    assert!(phone.has("sign-in").await);
    // Nobody is known there any more.
    sign_in(&phone, demo.sanne()).await;
    assert!(phone.has("sign-in").await);
    phone.open(&format!("{}/my-data", demo.shop)).await;
    let says = phone.page_text().await;
    assert!(!says.contains("Sluiswachter"), "{says}");
    phone.quit().await;
    demo.stop();
}
