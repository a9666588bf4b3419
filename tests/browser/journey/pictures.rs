//! A picture of every page, on a phone and on a desk, by day and by night, in
//! both languages: `target/screenshots`. None is wider than its screen.

use std::sync::Mutex;

use thirtyfour::prelude::*;

use super::stage::{Demo, newcomer};
use super::steps::{
    SHOP, allow, choose_language, fill_in_sign_up, open_agreement, sign_in, visit_shop,
};
use crate::driver::{Browser, Scheme, Screen, Setup};

/// Takes the pictures of one language.
struct Album {
    browser: Browser,
    language: &'static str,
    too_wide: Mutex<Vec<String>>,
}

impl Album {
    async fn start(language: &'static str) -> Self {
        let browser = Browser::start_with(Setup {
            languages: language,
            ..Setup::default()
        })
        .await;
        Self {
            browser,
            language,
            too_wide: Mutex::default(),
        }
    }

    /// The page that the browser shows.
    async fn take(&self, page: &str) {
        let language = self.browser.driver().query(By::Tag("html")).first().await;
        let language = language.expect("a page").attr("lang").await;
        let language = language.expect("a page");
        assert_eq!(language.as_deref(), Some(self.language), "{page}");
        for (screen, on) in [(Screen::Phone, "phone"), (Screen::Desktop, "desktop")] {
            self.browser.show_on(screen).await;
            for (scheme, by) in [(Scheme::Light, "light"), (Scheme::Dark, "dark")] {
                self.browser.prefer(scheme).await;
                let name = format!("{page}-{on}-{by}-{}", self.language);
                self.browser.screenshot(&name).await;
                if self.browser.overflows().await {
                    let mut too_wide = self.too_wide.lock().expect("nobody panics with it");
                    too_wide.push(name);
                }
            }
        }
    }

    async fn open(&self, url: &str, page: &str) {
        self.browser.open(url).await;
        self.take(page).await;
    }

    async fn finish(self) {
        let too_wide = self.too_wide.into_inner().expect("nobody panics with it");
        assert!(too_wide.is_empty(), "wider than the screen: {too_wide:?}");
        self.browser.quit().await;
    }
}

#[tokio::test]
async fn pages_fit_their_screens_in_english() {
    walk("en").await;
}

#[tokio::test]
async fn pages_fit_their_screens_in_dutch() {
    walk("nl").await;
}

async fn walk(language: &'static str) {
    let demo = Demo::start();
    let album = Album::start(language).await;
    let browser = &album.browser;
    album.open(&demo.provider, "landing").await;
    newcomers_pages(&demo, &album).await;
    browser.driver().delete_all_cookies().await.expect("a page");

    visit_shop(&demo, browser).await;
    sign_in(browser, demo.sanne()).await;
    album.take("consent").await;
    browser.click("tier-low").await;
    album.take("consent-low").await;
    for switch in ["tier-high", "purpose-recommendations", "claim-phone_number"] {
        browser.click(switch).await;
    }
    album.take("consent-high").await;
    browser.follow("allow").await;
    album.take("shop-greets").await;
    album
        .open(&format!("{}/checkout", demo.shop), "shop-checkout")
        .await;
    album
        .open(&format!("{}/my-data", demo.shop), "shop-my-data")
        .await;
    album
        .open(&format!("{}/keeper", demo.shop), "shop-keeper")
        .await;
    album.open(&demo.newspaper, "newspaper").await;
    browser.follow("login").await;
    album.take("consent-newspaper").await;
    allow(browser, "anonymous").await;
    browser.follow_css("article h2 a").await;
    album.take("newspaper-article").await;
    accounts_pages(&demo, &album).await;
    album.finish().await;
}

/// What someone new sees.
async fn newcomers_pages(demo: &Demo, album: &Album) {
    let browser = &album.browser;
    album.open(&demo.shop, "shop").await;
    album
        .open(&format!("{}/privacy", demo.shop), "shop-privacy")
        .await;
    album
        .open(&format!("{}/terms", demo.shop), "shop-terms")
        .await;
    album
        .open(&format!("{}/nowhere", demo.shop), "shop-not-found")
        .await;
    visit_shop(demo, browser).await;
    album.take("sign-in").await;
    sign_in(browser, &newcomer("Niemand")).await;
    album.take("sign-in-wrong").await;
    browser.follow_css("a[href^='/sign-up']").await;
    album.take("sign-up").await;
    fill_in_sign_up(browser, &newcomer("Willemijn van der Meulen-Oosterhout")).await;
    album.take("consent-newcomer").await;
    browser.click("tier-medium").await;
    browser.follow("allow").await;
    album.take("consent-problems").await;
    album.open(&demo.account, "account-empty").await;
    album
        .open(
            &format!("{}/account/history", demo.provider),
            "history-empty",
        )
        .await;
    let form = format!("{}/account/profiles/payment_account", demo.provider);
    browser.open(&form).await;
    browser.fill("iban", "NL91 ABNA 0417 1643 01").await;
    browser.fill("holder", "W. van der Meulen").await;
    browser.follow("save").await;
    album.take("attribute-wrong").await;
}

/// House rules, and what they make of the question of the shop.
async fn rules_pages(demo: &Demo, album: &Album) {
    let browser = &album.browser;
    let rules = format!("{}/account/rules", demo.provider);
    album.open(&rules, "rules-none").await;
    album.open(&format!("{rules}/shop"), "rule").await;
    for answer in [
        "tier-high",
        "permission-personalisation-yes",
        "permission-email-no",
        "permission-sms-no",
        "permission-post-no",
    ] {
        browser.click(answer).await;
    }
    browser.choose("retention", "P1M").await;
    browser.follow("rule-try").await;
    album.take("rule-tried").await;
    browser.follow("rule-save").await;
    album.take("rules").await;
    visit_shop(demo, browser).await;
    album.take("consent-rules").await;
    browser.follow("choose-otherwise").await;
    album.take("consent-rules-change").await;
}

/// What someone sees who has agreements.
async fn accounts_pages(demo: &Demo, album: &Album) {
    let browser = &album.browser;
    browser.open(&demo.account).await;
    choose_language(browser, album.language).await;
    album.take("account").await;
    for page in ["businesses", "profiles", "history", "security", "erase"] {
        album
            .open(&format!("{}/account/{page}", demo.provider), page)
            .await;
    }
    let attribute = format!("{}/account/profiles/delivery_address", demo.provider);
    album.open(&attribute, "attribute").await;
    open_agreement(demo, browser, SHOP).await;
    album.take("grant").await;
    let grant = browser.url().await;
    browser.choose("retention", "P1M").await;
    browser.follow("retention-save").await;
    album.take("grant-narrowed").await;
    browser.choose("retention", "").await;
    browser.follow("retention-save").await;
    album.take("confirmation").await;
    browser.open(&grant).await;
    browser.follow("pause").await;
    album.take("grant-paused").await;
    album
        .open(&format!("{}/my-data", demo.shop), "shop-paused")
        .await;
    browser.open(&grant).await;
    browser.follow("withdraw").await;
    album.take("grant-withdrawn").await;
    album
        .open(&format!("{}/my-data", demo.shop), "shop-access-lost")
        .await;
    album
        .open(&format!("{}/keeper", demo.shop), "shop-keeper-withdrawn")
        .await;
    rules_pages(demo, album).await;
    album
        .open(&format!("{}/nowhere", demo.provider), "not-found")
        .await;
    album
        .open(
            &format!("{}/authorize?client_id=nobody", demo.provider),
            "error",
        )
        .await;
    album
        .open(&format!("{}/sign-out", demo.provider), "sign-out")
        .await;
    browser.follow("sign-out-confirm").await;
    album.take("signed-out").await;
}
