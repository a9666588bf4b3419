//! What house rules make of the question of a business that is new: one
//! screen when they answer it in full, and never anything without a button.

use axum::http::StatusCode;
use sluis::domain::business::BusinessSector;
use sluis::domain::receipt::Receipt;

use super::consent::reads;
use crate::harness::{Actor, Client, Page, SANNE, SHOP_PLAN, TestApp, on_both_databases};

on_both_databases! {
    a_new_business_that_the_rules_answer_is_one_screen_with_one_button,
    nothing_is_given_before_the_button_is_pressed,
    what_the_rules_leave_open_is_asked_and_off,
    a_choice_that_the_screen_did_not_show_is_not_taken,
    whatever_the_rules_say_can_be_changed_on_the_form,
    a_rule_that_was_edited_meanwhile_shows_the_question_anew,
    the_rule_of_the_kind_of_business_is_the_one_that_counts,
    a_shop_that_needs_more_than_the_rule_gives_shows_the_ways_out,
    a_yes_that_cannot_be_met_stays_off_and_the_screen_says_so,
    a_business_without_a_plan_is_answered_too,
    where_there_is_an_agreement_the_rules_say_nothing,
}

/// Sanne, who has filled in where parcels go.
async fn sanne(app: &TestApp) -> Actor {
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    actor
}

/// A rule that answers everything that the shop of the tests asks.
const FULL: [(&str, &str); 5] = [
    ("tier", "high"),
    ("retention", "P1M"),
    ("permission-email", "yes"),
    ("permission-analytics", "no"),
    ("permission-personalisation", "yes"),
];

/// The shop, as one that can do without preferences.
async fn shop(app: &TestApp) -> Client {
    let plan = SHOP_PLAN.replace(
        r#""claims": ["preferences"]"#,
        r#""voluntary_claims": ["preferences"]"#,
    );
    assert_ne!(plan, SHOP_PLAN);
    app.client_in(Some(BusinessSector::Shop), "shop", Some(&plan))
        .await
}

/// The question, and whether it is the one screen.
async fn question(actor: &mut Actor, client: &Client) -> (Page, bool) {
    let page = actor.visit(&client.request(&[])).await;
    assert_eq!(page.status, StatusCode::OK);
    let filled_in = page.html.contains("id=\"choose-otherwise\"");
    assert!(page.has_form("consent") && page.form("consent").has_button("deny"));
    (page, filled_in)
}

async fn filled_in(actor: &mut Actor, client: &Client) -> Page {
    let (page, filled_in) = question(actor, client).await;
    assert!(filled_in, "{}", page.words());
    assert!(page.html.contains("id=\"house-rules\""));
    page
}

async fn form_of(actor: &mut Actor, client: &Client) -> Page {
    let (page, filled_in) = question(actor, client).await;
    assert!(!filled_in, "{}", page.words());
    page
}

/// The receipts of the newest agreement.
async fn receipts(app: &TestApp, actor: &mut Actor) -> Vec<Receipt> {
    let grant = actor.newest_grant().await;
    app.chain(actor, &grant).await
}

async fn has_no_agreement(actor: &mut Actor) {
    let businesses = actor.get("/account/businesses").await;
    assert_eq!(businesses.grants(), Vec::<String>::new());
}

async fn a_new_business_that_the_rules_answer_is_one_screen_with_one_button(app: TestApp) {
    let shop = shop(&app).await;
    let mut actor = sanne(&app).await;
    actor.rule("shop", &FULL).await;
    let page = filled_in(&mut actor, &shop).await;
    for words in [
        "Filled in by your own house rules",
        "your rule for shops and webshops",
        "Profile high",
        SANNE,
        "Prinsengracht 263",
        "Kept for 1 month at most, until 21 October 2026.",
        "Deliver your order",
        "News from us E-mail me",
        "Show what fits you Your rule says no.",
    ] {
        page.says(words);
    }
    assert!(
        page.links()
            .iter()
            .any(|link| link == "/account/rules/shop")
    );
    let answer = actor.submit(page.form("consent").press("allow")).await;
    let mut claims = reads(&app, &shop, &answer).await;
    claims.sort();
    let delivery = "https://schemas.sluis.example/claims/delivery_address";
    assert_eq!(claims, ["email", delivery, "name"]);

    let given = receipts(&app, &mut actor).await.remove(0);
    assert_eq!(given.event.method, "house-rules");
    assert_eq!(given.event.by, "dpv:DataSubject");
    let shown = page.form("consent").value("terms").map(str::to_owned);
    let hash = given
        .evidence
        .screen_hash
        .map(|hash| hash.as_str().to_owned());
    assert_eq!(hash, shown);
    let agreed: Vec<String> = given.processes.iter().map(|it| it.id.to_string()).collect();
    assert_eq!(agreed, ["deliver", "news"]);
    assert!(
        given
            .processes
            .iter()
            .all(|it| it.storage.duration.to_string() == "P1M")
    );
    // Asked once.
    let page = actor.visit(&shop.request(&[])).await;
    assert!(shop.answer(&page).contains_key("code"));
}

async fn nothing_is_given_before_the_button_is_pressed(app: TestApp) {
    let shop = shop(&app).await;
    let mut actor = sanne(&app).await;
    actor.rule("shop", &FULL).await;
    let silent = actor.visit(&shop.request(&[("prompt", "none")])).await;
    assert_eq!(shop.answer(&silent)["error"], "consent_required");
    let page = filled_in(&mut actor, &shop).await;
    has_no_agreement(&mut actor).await;
    let no = actor.submit(page.form("consent").press("deny")).await;
    assert_eq!(shop.answer(&no)["error"], "access_denied");
    has_no_agreement(&mut actor).await;
}

async fn what_the_rules_leave_open_is_asked_and_off(app: TestApp) {
    let shop = shop(&app).await;
    let mut actor = sanne(&app).await;
    // Whether it may analyse, and for how long, it does not say.
    let part = [FULL[0], FULL[2], FULL[4]];
    actor.rule("shop", &part).await;
    let page = form_of(&mut actor, &shop).await;
    page.says("Your house rules have filled in part of this");
    page.says("“Analyse my behaviour” for “Show what fits you”");
    page.says("how long it may be kept");
    let form = page.form("consent");
    assert_eq!(form.value("tier"), Some("high"));
    assert_eq!(form.ticked(), ["purpose-news"]);
    assert_eq!(form.value("retention"), Some(""));
    assert_eq!(
        page.html.matches("tag by-rules").count(),
        2,
        "tier and news"
    );
    let answer = actor.submit(form.press("allow")).await;
    assert!(shop.answer(&answer).contains_key("code"));
    let given = receipts(&app, &mut actor).await.remove(0);
    assert_eq!(given.event.method, "consent-page");

    // Nothing is known but that nobody may phone: the profile is asked.
    let paper = app.paper().await;
    actor.rule("other", &[("permission-phone", "no")]).await;
    let page = form_of(&mut actor, &paper).await;
    page.says("with which profile you log in");
    page.says("“Newsletter”");
    let form = page.form("consent");
    assert_eq!(form.value("tier"), None);
    assert!(form.ticked().is_empty());
    let page = actor.submit(form.press("allow")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn a_choice_that_the_screen_did_not_show_is_not_taken(app: TestApp) {
    let shop = shop(&app).await;
    let mut actor = sanne(&app).await;
    actor.rule("shop", &FULL).await;
    let page = filled_in(&mut actor, &shop).await;
    let form = page.form("consent");
    for forged in [
        form.clone().forged("tier", "medium"),
        form.clone().forged("retention", "P2M"),
        form.clone().without("retention"),
        form.clone().without("purpose-news"),
        form.clone()
            .forged("purpose-suggest", "on")
            .forged("permission-suggest-analytics", "on"),
        form.clone().forged("claim-email", "on"),
    ] {
        let page = actor.submit(forged.press("allow")).await;
        assert_ne!(page.status, StatusCode::SEE_OTHER, "{}", page.words());
        assert!(page.has_form("consent"));
        has_no_agreement(&mut actor).await;
    }
    let answer = actor.submit(form.press("allow")).await;
    assert!(shop.answer(&answer).contains_key("code"));
}

async fn whatever_the_rules_say_can_be_changed_on_the_form(app: TestApp) {
    let shop = shop(&app).await;
    let mut actor = sanne(&app).await;
    actor.rule("shop", &FULL).await;
    let page = filled_in(&mut actor, &shop).await;
    let otherwise = page
        .links()
        .into_iter()
        .find(|link| link.ends_with("?rules=change"))
        .expect("a way to choose otherwise");
    let page = actor.get(&otherwise).await;
    let form = page.form("consent");
    assert_eq!(form.value("tier"), Some("high"));
    assert_eq!(form.value("retention"), Some("P1M"));
    assert_eq!(form.ticked(), ["purpose-news"]);
    // A choice that lacks something keeps what was chosen.
    let page = actor
        .submit(
            form.with("tier", "low")
                .with("purpose-news", "")
                .press("allow"),
        )
        .await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let form = page.form("consent");
    assert_eq!(form.value("tier"), Some("low"));
    let answer = actor
        .submit(
            form.with("tier", "medium")
                .with("retention", "P14D")
                .press("allow"),
        )
        .await;
    assert!(shop.answer(&answer).contains_key("code"));
    let given = receipts(&app, &mut actor).await.remove(0);
    assert_eq!(given.event.method, "consent-page");
    assert_eq!(given.processes.len(), 1);
    assert_eq!(given.processes[0].storage.duration.to_string(), "P14D");
}

async fn a_rule_that_was_edited_meanwhile_shows_the_question_anew(app: TestApp) {
    let shop = shop(&app).await;
    let mut actor = sanne(&app).await;
    actor.rule("shop", &FULL).await;
    let form = filled_in(&mut actor, &shop).await.form("consent");
    actor.rule("shop", &[("permission-email", "no")]).await;
    let page = actor.submit(form.clone().press("allow")).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("The question changed");
    has_no_agreement(&mut actor).await;
    // And one that was taken away answers nothing.
    let rule = actor.get("/account/rules/shop").await.form("rules");
    actor.submit(rule.press("rule-remove")).await;
    let page = form_of(&mut actor, &shop).await;
    assert!(!page.html.contains("house-rules"));
    assert_eq!(page.form("consent").value("tier"), None);
    let page = actor.submit(form.press("allow")).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    has_no_agreement(&mut actor).await;
}

async fn the_rule_of_the_kind_of_business_is_the_one_that_counts(app: TestApp) {
    let (shop, paper) = (shop(&app).await, app.paper().await);
    let mut actor = sanne(&app).await;
    actor.rule("media", &FULL).await;
    let page = form_of(&mut actor, &shop).await;
    assert!(!page.html.contains("house-rules"), "no rule holds for it");
    actor.rule("other", &FULL).await;
    filled_in(&mut actor, &shop)
        .await
        .says("all other businesses");
    // An own rule that says nothing goes before that: everything is asked.
    actor.rule("shop", &[]).await;
    let form = form_of(&mut actor, &shop).await.form("consent");
    assert_eq!(form.value("tier"), None);
    assert!(form.ticked().is_empty());
    // Who does not say what it is, is any other. What it asks is not named.
    form_of(&mut actor, &paper).await.says("“Newsletter”");
    actor.rule("other", &[("rest", "no")]).await;
    let page = filled_in(&mut actor, &paper).await;
    let answer = actor.submit(page.form("consent").press("allow")).await;
    assert_eq!(reads(&app, &paper, &answer).await, [] as [&str; 0]);
}

async fn a_shop_that_needs_more_than_the_rule_gives_shows_the_ways_out(app: TestApp) {
    let shop = shop(&app).await;
    let mut actor = sanne(&app).await;
    actor.rule("shop", &FULL).await;
    actor.rule("shop", &[("tier", "low")]).await;
    let page = form_of(&mut actor, &shop).await;
    page.says("“Deliver your order” cannot be done yet like this");
    page.says("Add just your delivery address");
    page.says("Choose profile medium");
    for way in ["#claim-delivery_address", "#tier-medium", "#deny"] {
        assert!(page.links().iter().any(|link| link == way), "{way}");
    }
    let form = page.form("consent");
    assert_eq!(form.value("tier"), Some("low"));
    let form = form.with("claim-delivery_address", "on").press("allow");
    let answer = actor.submit(form).await;
    let claims = reads(&app, &shop, &answer).await;
    assert_eq!(claims.len(), 3, "{claims:?}");
}

async fn a_yes_that_cannot_be_met_stays_off_and_the_screen_says_so(app: TestApp) {
    let shop = shop(&app).await;
    let mut actor = sanne(&app).await;
    actor.rule("shop", &FULL).await;
    actor.rule("shop", &[("tier", "medium")]).await;
    let page = filled_in(&mut actor, &shop).await;
    page.says("News from us “E-mail me” does not go with this tier");
    let answer = actor.submit(page.form("consent").press("allow")).await;
    assert!(shop.answer(&answer).contains_key("code"));
    let given = receipts(&app, &mut actor).await.remove(0);
    assert_eq!(given.processes.len(), 1);
}

async fn a_business_without_a_plan_is_answered_too(app: TestApp) {
    let plain = app
        .client_in(Some(BusinessSector::Online), "plain", None)
        .await;
    let mut actor = sanne(&app).await;
    actor
        .rule("online", &[("tier", "low"), ("retention", "longest")])
        .await;
    let request = plain.request(&[("scope", "openid profile email")]);
    let page = actor.visit(&request).await;
    page.says("Filled in by your own house rules");
    page.says("Kept for 1 month at most");
    let answer = actor.submit(page.form("consent").press("allow")).await;
    let mut claims = reads(&app, &plain, &answer).await;
    claims.sort();
    assert_eq!(claims, ["email", "name"]);
    // It asks for more than the rule's profile has: that is asked about.
    let more = app
        .client_in(Some(BusinessSector::Online), "more", None)
        .await;
    let request = more.request(&[("scope", "openid profile email address")]);
    let page = actor.visit(&request).await;
    assert!(page.html.contains("id=\"problems\""), "{}", page.words());
    assert_eq!(page.form("consent").value("tier"), Some("low"));
}

async fn where_there_is_an_agreement_the_rules_say_nothing(app: TestApp) {
    let shop = shop(&app).await;
    let mut actor = sanne(&app).await;
    let grant = actor.agree(&shop, "medium").await;
    actor.rule("shop", &FULL).await;
    let again = shop.request(&[("prompt", "consent")]);
    let page = actor.visit(&again).await;
    assert!(!page.html.contains("house-rules"), "{}", page.words());
    assert_eq!(page.form("consent").value("tier"), Some("medium"));
    assert!(page.form("consent").ticked().is_empty());
    // Nor where it is paused.
    let pause = actor.get(&grant).await.form("/pause").press("pause");
    actor.submit(pause).await;
    let page = form_of(&mut actor, &shop).await;
    assert!(!page.html.contains("house-rules"));
    // What has ended is no agreement: it is asked as if it were new.
    let withdraw = actor.get(&grant).await.form("/withdraw").press("withdraw");
    actor.submit(withdraw).await;
    filled_in(&mut actor, &shop).await;
}
