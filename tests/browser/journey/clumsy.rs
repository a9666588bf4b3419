//! What goes wrong in people's hands: nothing is lost, and every page says
//! how to go on.

use thirtyfour::prelude::*;

use super::stage::{Demo, newcomer};
use super::steps::{
    SHOP, allow, arrive_as_newcomer, expect_consent, expect_nothing_chosen, is_on, open_agreement,
    sign_in, sign_up, value, visit_shop,
};
use crate::driver::{Browser, Setup};

#[tokio::test]
async fn nothing_chosen_is_told_and_what_was_chosen_stays() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    arrive_as_newcomer(demo, &browser, &newcomer("Vera Vergeet")).await;
    browser.choose("retention", "P1M").await;
    browser.click("purpose-recommendations").await;
    browser.follow("allow").await;
    let problems = browser.text("problems").await;
    assert!(problems.contains("First choose the profile"), "{problems}");
    assert_eq!(value(&browser, "retention").await, "P1M");
    assert!(is_on(&browser, "purpose-recommendations").await);
    for tier in ["anonymous", "low", "medium", "high"] {
        assert!(!is_on(&browser, &format!("tier-{tier}")).await, "{tier}");
    }
    // What a newcomer's profiles have no preferences for.
    browser.click("purpose-recommendations").await;
    allow(&browser, "medium").await;
    assert!(browser.has("greeting").await);
    browser.quit().await;
}

#[tokio::test]
async fn whoever_says_no_can_still_shop() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    visit_shop(demo, &browser).await;
    sign_up(&browser, &newcomer("Nico Nee")).await;
    browser.follow("deny").await;
    assert!(browser.url().await.starts_with(&demo.shop));
    assert_eq!(error_code(&browser).await, "denied");
    browser.open(&format!("{}/checkout", demo.shop)).await;
    assert!(browser.has("total").await, "the basket is still there");
    browser.quit().await;
}

#[tokio::test]
async fn a_double_click_allows_once() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    arrive_as_newcomer(demo, &browser, &newcomer("Dirk Dubbel")).await;
    browser.click("tier-medium").await;
    let button = browser.element("allow").await;
    let twice = browser
        .driver()
        .action_chain()
        .double_click_element(&button);
    twice.perform().await.expect("two clicks");
    browser.element("greeting").await;
    assert!(browser.url().await.starts_with(&demo.shop));
    open_agreement(demo, &browser, SHOP).await;
    expect_one_receipt(&browser).await;
    browser.quit().await;
}

/// Consent was given, and nothing else has happened.
async fn expect_one_receipt(browser: &Browser) {
    let events = browser.driver().find_all(By::Css(".record li")).await;
    assert_eq!(events.expect("a page").len(), 1);
}

#[tokio::test]
async fn the_back_button_finds_the_question_answered() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    arrive_as_newcomer(demo, &browser, &newcomer("Trudy Terug")).await;
    let question = browser.url().await;
    allow(&browser, "medium").await;
    browser.driver().back().await.expect("a history");
    let url = browser.url().await;
    assert_eq!(url, question);
    // A page that the browser kept can be sent once more.
    if browser.has("allow").await {
        allow(&browser, "high").await;
    }
    let says = browser.page_text().await;
    assert!(says.contains("already answered"), "{says}");
    browser.follow_css("main a.button").await;
    expect_one_receipt(&browser).await;
    assert!(
        is_on(&browser, "tier-medium").await,
        "the first answer stands"
    );
    browser.quit().await;
}

#[tokio::test]
async fn of_two_tabs_with_one_question_the_first_answer_counts() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    arrive_as_newcomer(demo, &browser, &newcomer("Tess Tabblad")).await;
    let question = browser.url().await;
    let first = browser.driver().window().await.expect("a tab");
    let second = browser.driver().new_tab().await.expect("a tab");
    browser
        .driver()
        .switch_to_window(second)
        .await
        .expect("a tab");
    browser.open(&question).await;
    allow(&browser, "high").await;
    assert!(browser.has("greeting").await);
    browser
        .driver()
        .switch_to_window(first)
        .await
        .expect("a tab");
    allow(&browser, "medium").await;
    let says = browser.page_text().await;
    assert!(says.contains("already answered"), "{says}");
    browser.follow_css("main a.button").await;
    assert!(is_on(&browser, "tier-high").await);
    expect_one_receipt(&browser).await;
    browser.quit().await;
}

#[tokio::test]
async fn two_tabs_that_both_logged_in_both_come_back() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    arrive_as_newcomer(demo, &browser, &newcomer("Bas Beide")).await;
    let first = browser.driver().window().await.expect("a tab");
    let second = browser.driver().new_tab().await.expect("a tab");
    let driver = browser.driver();
    driver
        .switch_to_window(second.clone())
        .await
        .expect("a tab");
    browser.open(&demo.shop).await;
    browser.follow("login").await;
    expect_consent(&browser).await;
    driver.switch_to_window(first).await.expect("a tab");
    allow(&browser, "medium").await;
    assert!(browser.has("greeting").await);
    // The question of the other tab is another one; its page is old.
    driver.switch_to_window(second).await.expect("a tab");
    allow(&browser, "high").await;
    if !browser.has("greeting").await {
        expect_consent(&browser).await;
        let says = browser.page_text().await;
        assert!(says.contains("The question changed"), "{says}");
        browser.follow("allow").await;
    }
    assert!(browser.has("greeting").await);
    browser.quit().await;
}

#[tokio::test]
async fn the_language_changes_on_the_page_that_asks() {
    let demo = Demo::shared();
    let browser = Browser::start_with(Setup {
        languages: "nl",
        ..Setup::default()
    })
    .await;
    arrive_as_newcomer(demo, &browser, &newcomer("Taco Tale")).await;
    let question = browser.url().await;
    assert!(browser.text("allow").await.contains("Laat door"));
    browser.follow_css("[name=language][value=en]").await;
    assert_eq!(browser.url().await, question);
    assert!(browser.text("allow").await.contains("Let through"));
    let says = browser.page_text().await;
    assert!(
        says.contains("Deliver your order"),
        "the plan as well: {says}"
    );
    expect_nothing_chosen(&browser).await;
    browser.follow_css("[name=language][value=nl]").await;
    assert!(browser.text("allow").await.contains("Laat door"));
    allow(&browser, "medium").await;
    assert!(browser.has("greeting").await);
    browser.quit().await;
}

#[tokio::test]
async fn a_wrong_password_keeps_the_address_and_the_way() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    let mut person = newcomer("Wies Wachtwoord");
    visit_shop(demo, &browser).await;
    sign_up(&browser, &person).await;
    expect_consent(&browser).await;
    // Out again, and back on the way to the shop.
    browser.driver().delete_all_cookies().await.expect("a page");
    visit_shop(demo, &browser).await;
    let right = std::mem::replace(&mut person.password, "de brug is dicht".to_owned());
    sign_in(&browser, &person).await;
    let says = browser.text("problems").await;
    assert!(says.contains("do not go together"), "{says}");
    assert_eq!(value(&browser, "email").await, person.email);
    assert_eq!(value(&browser, "password").await, "", "never sent back");
    browser.fill("password", &right).await;
    browser.follow("sign-in-submit").await;
    expect_consent(&browser).await;

    // Somebody unknown is told the very same.
    browser.driver().delete_all_cookies().await.expect("a page");
    demo.open(&browser, "/sign-in").await;
    sign_in(&browser, &newcomer("Niemand")).await;
    assert_eq!(browser.text("problems").await, says);
    browser.quit().await;
}

#[tokio::test]
async fn a_session_that_is_gone_is_signed_in_again_and_nothing_is_lost() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    let person = newcomer("Koos Koekje");
    arrive_as_newcomer(demo, &browser, &person).await;
    browser.click("tier-medium").await;
    let gone = browser.driver().delete_cookie("sluis-session").await;
    gone.expect("a page");
    browser.follow("allow").await;
    assert!(
        browser.has("sign-in").await,
        "{}",
        browser.page_text().await
    );
    sign_in(&browser, &person).await;
    expect_consent(&browser).await;
    allow(&browser, "medium").await;
    assert!(browser.has("greeting").await);
    browser.quit().await;
}

#[tokio::test]
async fn a_question_without_its_browser_releases_nothing() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    arrive_as_newcomer(demo, &browser, &newcomer("Bea Browser")).await;
    browser.click("tier-medium").await;
    let gone = browser.driver().delete_cookie("sluis-browser").await;
    gone.expect("a page");
    browser.follow("allow").await;
    assert!(browser.has("error").await, "{}", browser.page_text().await);
    browser.open(&demo.account).await;
    assert!(!browser.page_text().await.contains(SHOP));
    browser.quit().await;
}

#[tokio::test]
async fn the_shop_without_its_cookie_asks_to_log_in_again() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    arrive_as_newcomer(demo, &browser, &newcomer("Wim Winkel")).await;
    // Cookies know no ports: this one is the shop's.
    let gone = browser.driver().delete_cookie("shop-session").await;
    gone.expect("a page");
    allow(&browser, "medium").await;
    assert!(browser.url().await.starts_with(&demo.shop));
    assert!(!browser.has("greeting").await && browser.has("error").await);
    browser.follow("try-again").await;
    assert!(browser.has("greeting").await, "and nothing is asked twice");
    browser.quit().await;
}

async fn error_code(browser: &Browser) -> String {
    let code = browser.element("error").await.attr("data-code").await;
    code.expect("a page").expect("a code")
}

#[tokio::test]
async fn the_keyboard_alone_will_do() {
    let demo = Demo::shared();
    let browser = Browser::start().await;
    let person = newcomer("Toets van Bord");
    arrive_as_newcomer(demo, &browser, &person).await;
    browser.driver().delete_all_cookies().await.expect("a page");
    visit_shop(demo, &browser).await;

    let clicks = browser.clicks();
    tab_to(&browser, "email").await;
    press(&browser, &*person.email).await;
    tab_to(&browser, "password").await;
    press(&browser, person.password + Key::Enter).await;
    browser.element("consent").await;
    tab_to(&browser, "tier-anonymous").await;
    // Radio buttons are one stop; arrows go from one to the next.
    press(&browser, Key::Space + "").await;
    press(&browser, Key::Down + Key::Down).await;
    assert!(is_on(&browser, "tier-medium").await);
    tab_to(&browser, "retention").await;
    press(&browser, Key::Down + "").await;
    assert_ne!(value(&browser, "retention").await, "");
    tab_to(&browser, "allow").await;
    press(&browser, Key::Enter + "").await;
    assert!(browser.text("greeting").await.contains("Toets van Bord"));
    assert_eq!(browser.clicks(), clicks);
    browser.quit().await;
}

async fn press(browser: &Browser, keys: impl Into<TypingData>) {
    let typed = browser.driver().active_element().await.expect("a page");
    typed.send_keys(keys).await.expect("it takes keys");
}

/// Presses Tab until this has the focus, and sees that it shows.
async fn tab_to(browser: &Browser, id: &str) {
    for _ in 0..60 {
        let focus = browser.driver().active_element().await.expect("a page");
        if focus.id().await.expect("a page").as_deref() == Some(id) {
            // By itself, or by the card around it.
            let shows = "let [element] = arguments; \
                 for (let i = 0; i < 3; i++, element = element.parentElement) { \
                   const style = getComputedStyle(element); \
                   if (style.outlineStyle !== 'none') return true; \
                   if (i === 0 && style.boxShadow !== 'none') return true; \
                 } return false";
            let element = focus.to_json().expect("an element");
            let shows = browser.driver().execute(shows, vec![element]).await;
            assert_eq!(
                shows.expect("a page").json(),
                true,
                "#{id} does not show that it has the focus"
            );
            return;
        }
        press(browser, Key::Tab + "").await;
    }
    panic!("Tab does not lead to #{id}");
}
