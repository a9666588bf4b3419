//! House rules, on a telephone, in Dutch and without script: made, tried,
//! saved, and one button at the shop.

use super::stage::Demo;
use super::steps::{
    SHOP, dutch_phone, expect_consent, expect_nothing_chosen, sign_in, value, visit_shop,
};

/// What Sanne lets every shop do, and not do.
const SAYS: [&str; 6] = [
    "tier-high",
    "permission-personalisation-yes",
    "permission-email-no",
    "permission-sms-no",
    "permission-post-no",
    "rest-no",
];

#[tokio::test]
async fn a_rule_for_shops_makes_the_question_of_a_shop_one_button() {
    let demo = Demo::start();
    let phone = dutch_phone(false).await;
    demo.open(&phone, "/account/rules").await;
    sign_in(&phone, demo.sanne()).await;
    assert!(
        phone.has("no-rules").await,
        "nothing is answered for anybody"
    );

    // Made and tried.
    phone.follow("add-shop").await;
    for answer in SAYS {
        phone.click(answer).await;
    }
    phone.choose("retention", "P1M").await;
    phone.follow("rule-try").await;
    let tried = phone.text("tried").await;
    for words in [
        "er is niets bewaard en niets vrijgegeven",
        "Sluiswachter 4, bij de buren",
        "Hooguit 1 maand bewaard",
        "Dit vragen we je nog",
        "“Mijn gedrag analyseren” bij “Laten zien wat bij je past”",
    ] {
        assert!(tried.contains(words), "{words}: {tried}");
    }
    assert!(!phone.overflows().await);
    assert_eq!(
        value(&phone, "retention").await,
        "P1M",
        "what was typed stays"
    );
    phone.follow("rule-save").await;
    assert!(phone.has("rule-shop").await);
    assert!(!phone.overflows().await);

    // One screen, one button.
    visit_shop(&demo, &phone).await;
    expect_consent(&phone).await;
    let rules = phone.text("house-rules").await;
    assert!(rules.contains("je eigen huisregels"), "{rules}");
    let says = phone.page_text().await;
    for words in [
        &format!("Wat {SHOP} krijgt"),
        "Sanne van Leeuwen",
        "sanne@sluis.example",
        "Hooguit 1 maand bewaard",
        "Aanbod op mij afstemmen",
        "Je regel zegt nee.",
    ] {
        assert!(says.contains(words), "{words}: {says}");
    }
    assert!(!phone.overflows().await);
    let before = phone.clicks();
    phone.follow("allow").await;
    assert_eq!(phone.clicks() - before, 1);
    assert!(phone.url().await.starts_with(&demo.shop));
    phone.follow("my-data").await;
    assert_eq!(phone.text("tier").await, "hoog");
    assert!(phone.has("fact-preferences").await && !phone.has("fact-birthdate").await);

    // The newspaper is no shop: it asks everything.
    phone.open(&demo.newspaper).await;
    phone.follow("login").await;
    expect_consent(&phone).await;
    assert!(!phone.has("house-rules").await);
    expect_nothing_chosen(&phone).await;

    // A rule for any other answers it in part: the letter is still asked.
    demo.open(&phone, "/account/rules/other").await;
    phone.click("tier-low").await;
    phone.choose("retention", "longest").await;
    phone.follow("rule-save").await;
    phone.open(&demo.newspaper).await;
    phone.follow("login").await;
    let asked = phone.text("house-rules").await;
    assert!(
        asked.contains("“Mij mailen” bij “De ochtendbrief”"),
        "{asked}"
    );
    assert!(!phone.overflows().await);
    phone.follow("allow").await;
    assert!(phone.url().await.starts_with(&demo.newspaper));
    phone.quit().await;
    demo.stop();
}
