//! House rules on their own pages: made, tried, changed and taken away.

use axum::http::StatusCode;
use sluis::domain::business::BusinessSector;

use crate::harness::{Actor, Page, SANNE, TestApp, on_both_databases};

on_both_databases! {
    a_new_account_has_no_rules_and_a_new_rule_says_nothing,
    a_rule_is_made_changed_and_removed,
    a_rule_is_tried_before_it_is_saved_and_trying_saves_nothing,
    a_rule_is_tried_at_a_business_that_it_holds_for,
    a_trial_says_what_would_come_in_the_way,
    two_tabs_do_not_overwrite_each_other,
    what_no_page_offers_is_refused,
}

const PERMISSIONS: [&str; 7] = [
    "permission-analytics",
    "permission-personalisation",
    "permission-omnichannel_collection",
    "permission-email",
    "permission-sms",
    "permission-phone",
    "permission-post",
];

/// The part of a page with this id, in words.
fn part(page: &Page, id: &str) -> String {
    let start = format!("id=\"{id}\"");
    let rest = page.html.split(&start).nth(1);
    let rest = rest.unwrap_or_else(|| panic!("no {id}: {}", page.words()));
    let end = if id.starts_with("rule-") {
        "</li>\n"
    } else {
        "</section>"
    };
    let end = rest.find(end);
    let mut part = page.clone();
    part.html = format!("<main {}", &rest[..end.unwrap_or(rest.len())]);
    part.words()
}

async fn try_out(actor: &mut Actor, sector: &str, says: &[(&str, &str)], at: &str) -> Page {
    let page = actor.get(&format!("/account/rules/{sector}")).await;
    let mut form = page.form("rules").with("at", at);
    for (name, value) in says {
        form = form.with(name, value);
    }
    let page = actor.submit(form.press("rule-try")).await;
    assert_eq!(page.status, StatusCode::OK);
    page
}

async fn a_new_account_has_no_rules_and_a_new_rule_says_nothing(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let page = actor.get("/account/rules").await;
    page.says("You have no house rules yet");
    for sector in BusinessSector::ALL {
        let path = format!("/account/rules/{sector}");
        assert!(page.links().contains(&path), "{path}");
        let form = actor.get(&path).await.form("rules");
        assert_eq!(form.value("tier"), Some("ask"));
        assert_eq!(form.value("retention"), Some(""));
        assert_eq!(form.value("rest"), Some("ask"));
        for permission in PERMISSIONS {
            assert_eq!(form.value(permission), Some("ask"), "{permission}");
        }
        assert!(!form.has_button("rule-remove"));
    }
    let nowhere = actor.get("/account/rules/nowhere").await;
    assert_eq!(nowhere.error().as_deref(), Some("not_found"));
}

async fn a_rule_is_made_changed_and_removed(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let says = [
        ("tier", "medium"),
        ("retention", "P1M"),
        ("permission-analytics", "no"),
        ("permission-email", "yes"),
    ];
    actor.rule("shop", &says).await;
    let page = actor.get("/account/rules?done=saved").await;
    page.says("Saved.");
    let shop = part(&page, "rule-shop");
    for words in [
        "Medium",
        "1 month at most",
        "Analyse my behaviour",
        "E-mail me",
    ] {
        assert!(shop.contains(words), "{words}: {shop}");
    }
    // E-mail is in no profile but the high one, which the page says.
    assert!(shop.contains("does not go with profile medium"), "{shop}");
    assert!(shop.contains("Call me"), "what is left to ask: {shop}");

    let form = actor.get("/account/rules/shop").await.form("rules");
    for (name, value) in says {
        assert_eq!(form.value(name), Some(value));
    }
    actor
        .rule("shop", &[("tier", "ask"), ("permission-email", "no")])
        .await;
    actor
        .rule("other", &[("tier", "anonymous"), ("rest", "no")])
        .await;
    let page = actor.get("/account/rules").await;
    assert!(part(&page, "rule-shop").contains("With which profile"));
    assert!(part(&page, "rule-other").contains("Whatever else I may refuse"));
    let form = actor.get("/account/rules/shop").await.form("rules");
    assert_eq!(form.value("tier"), Some("ask"));
    assert_eq!(form.value("permission-email"), Some("no"));
    assert_eq!(form.value("retention"), Some("P1M"));

    let page = actor.submit(form.press("rule-remove")).await;
    assert_eq!(page.location(), "/account/rules?done=saved");
    let page = actor.get("/account/rules").await;
    assert!(!page.html.contains("id=\"rule-shop\""));
    assert!(page.html.contains("id=\"rule-other\""));
}

async fn a_rule_is_tried_before_it_is_saved_and_trying_saves_nothing(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    actor.live_in_amsterdam().await;
    let says = [
        ("tier", "high"),
        ("retention", "P14D"),
        ("permission-analytics", "no"),
        ("permission-email", "yes"),
        ("permission-phone", "no"),
    ];
    let page = try_out(&mut actor, "shop", &says, "example").await;
    let tried = part(&page, "tried");
    for words in [
        "nothing is saved",
        "Prinsengracht 263",
        SANNE,
        "2 weeks at most",
        "until 5 October 2026",
        "News and offers",
        "E-mail me",
        "Show you what fits you Your rule says no.",
        "one screen with one button",
    ] {
        assert!(tried.contains(words), "{words}: {tried}");
    }
    // What was typed stays, and can be saved from here.
    let form = page.form("rules");
    for (name, value) in says {
        assert_eq!(form.value(name), Some(value));
    }
    actor
        .get("/account/rules")
        .await
        .says("You have no house rules yet");
    let page = actor.submit(form.press("rule-save")).await;
    assert_eq!(page.location(), "/account/rules?done=saved");
    actor.get("/account/rules").await.says("Shops and webshops");
}

async fn a_rule_is_tried_at_a_business_that_it_holds_for(app: TestApp) {
    let shop = app.shop().await;
    let paper = app
        .client_in(Some(BusinessSector::Media), "paper", None)
        .await;
    let mut actor = app.person("Sanne", SANNE).await;
    let page = actor
        .visit(&paper.request(&[("scope", "openid email")]))
        .await;
    let form = page.allowing("low");
    assert!(paper.answer(&actor.submit(form).await).contains_key("code"));
    app.wait(std::time::Duration::from_secs(1));
    actor.live_in_amsterdam().await;
    actor.agree(&shop, "medium").await;

    // The shop does not say what kind of business it is.
    let offered = |page: &Page| {
        let form = page.form("rules");
        form.offers("at")
            .iter()
            .map(|at| (*at).to_owned())
            .collect::<Vec<_>>()
    };
    let page = actor.get("/account/rules/other").await;
    assert_eq!(offered(&page), ["example", "shop", "paper"]);
    let page = actor.get("/account/rules/media").await;
    assert_eq!(offered(&page), ["example", "paper"]);
    let page = actor.get("/account/rules/shop").await;
    assert_eq!(offered(&page), ["example"]);
    actor.rule("media", &[]).await;
    let page = actor.get("/account/rules/other").await;
    assert_eq!(offered(&page), ["example", "shop"]);

    let page = try_out(&mut actor, "other", &[("tier", "medium")], "shop").await;
    let tried = part(&page, "tried");
    assert!(tried.contains("The shop would get this"), "{tried}");
    assert!(tried.contains("Prinsengracht 263") && tried.contains("Deliver your order"));
    assert!(tried.contains("how long it may be kept"), "{tried}");
    assert!(tried.contains("“E-mail me” for “News from us”"), "{tried}");
    assert_eq!(page.form("rules").value("at"), Some("shop"));
    // Without a plan, it is what scopes name.
    let page = try_out(&mut actor, "media", &[("tier", "low")], "paper").await;
    assert!(part(&page, "tried").contains("Log you in"));
    // Somebody whom one has never met cannot be tried.
    let form = actor.get("/account/rules/shop").await.form("rules");
    let page = actor
        .submit(form.forged("at", "paper").press("rule-try"))
        .await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.html.contains("id=\"tried\""));
}

async fn a_trial_says_what_would_come_in_the_way(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let page = try_out(&mut actor, "shop", &[("tier", "low")], "example").await;
    let tried = part(&page, "tried");
    assert!(tried.contains("You cannot log in like this"), "{tried}");
    assert!(
        tried.contains("You have not filled in your delivery address yet"),
        "{tried}"
    );
    assert!(!tried.contains("one button"), "{tried}");
    let page = try_out(
        &mut actor,
        "leisure",
        &[("permission-email", "yes")],
        "example",
    )
    .await;
    let tried = part(&page, "tried");
    assert!(tried.contains("you choose there") && tried.contains("with which profile"));
}

async fn two_tabs_do_not_overwrite_each_other(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let form = actor.get("/account/rules/shop").await.form("rules");
    let other = form
        .clone()
        .with("tier", "low")
        .with("permission-sms", "no");
    actor
        .submit(form.with("tier", "high").press("rule-save"))
        .await;
    let page = actor.submit(other.press("rule-save")).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("Nothing was saved");
    let again = page.form("rules");
    assert_eq!(again.value("tier"), Some("low"), "what was typed stays");
    assert_eq!(again.value("permission-sms"), Some("no"));
    assert!(part(&actor.get("/account/rules").await, "rule-shop").contains("High"));
    let page = actor.submit(again.press("rule-save")).await;
    assert_eq!(page.location(), "/account/rules?done=saved");
    assert!(part(&actor.get("/account/rules").await, "rule-shop").contains("Low"));
}

async fn what_no_page_offers_is_refused(app: TestApp) {
    let mut actor = app.person("Sanne", SANNE).await;
    let form = actor.get("/account/rules/shop").await.form("rules");
    for (name, value) in [
        ("tier", "super"),
        ("tier", "ASK"),
        ("retention", "P0D"),
        ("retention", "P9Y"),
        ("retention", "forever"),
        ("permission-analytics", "on"),
        ("permission-email", "YES"),
        ("rest", "yes"),
        ("revision", "x"),
        ("revision", ""),
        ("answer", "release"),
    ] {
        let pressed = form.clone().press("rule-save");
        let forged = if name == "answer" {
            form.clone().forged(name, value)
        } else {
            pressed.forged(name, value)
        };
        let page = actor.submit(forged).await;
        assert_eq!(page.error().as_deref(), Some("malformed"), "{name}={value}");
    }
    // Twice is no answer either.
    for twice in ["tier=low", "permission-email=yes", "rest=no", "answer=try"] {
        let body = format!("{}&{twice}", form.clone().press("rule-save").body());
        let page = actor
            .send(axum::http::Method::POST, "/account/rules/shop", Some(body))
            .await;
        assert_eq!(page.error().as_deref(), Some("malformed"), "{twice}");
    }
    let forged = form.clone().forged("csrf", "x").press("rule-save");
    assert_eq!(
        actor.submit(forged).await.error().as_deref(),
        Some("forged")
    );
    let body = form.press("rule-save").body();
    let nowhere = actor
        .send(
            axum::http::Method::POST,
            "/account/rules/nowhere",
            Some(body),
        )
        .await;
    assert_eq!(nowhere.error().as_deref(), Some("not_found"));
    actor
        .get("/account/rules")
        .await
        .says("You have no house rules yet");
}
