//! What people get in return: said at once, never a reason to tick anything,
//! and on record.

use serde_json::json;
use sluis::domain::receipt::{Offered, Receipt};

use super::consent::asked;
use crate::harness::{ADA, Actor, Client, Page, TestApp, on_both_databases};
use crate::html::tags;
use crate::protocol::{change_tier, press};

on_both_databases! {
    the_page_says_with_which_profile_an_offer_stands,
    the_page_counts_again_for_what_was_changed_and_answers_nothing,
    what_was_offered_and_whether_it_stands_is_in_the_receipt,
    the_page_of_the_agreement_says_what_stands,
    house_rules_say_what_they_get,
}

fn plan() -> String {
    let said = |text: &str| json!({"nl": text, "en": text});
    json!({
        "purposes": [
            {"id": "login", "purpose": "dpv:IdentityAuthentication", "title": said("Log in"),
             "text": said("You."), "basis": "contract", "required": true, "claims": ["email"],
             "retention": "P6M", "storage": ["NL"]},
            {"id": "news", "purpose": "dpv:DirectMarketing", "title": said("News"),
             "text": said("News."), "basis": "consent", "required": false, "claims": ["email"],
             "voluntary_claims": ["birthdate"], "channels": ["email"], "retention": "P6M",
             "offer": said("5% off"),
             "at_least": {"claims": ["birthdate"], "retention": "P3M"}, "storage": ["NL"]},
        ],
        "offers": [{"tier": "medium", "offer": said("A cake")}],
    })
    .to_string()
}

async fn ada(app: &TestApp) -> (Client, Actor) {
    let shop = app.client("shop", Some(&plan())).await;
    let mut ada = app.person("Ada", ADA).await;
    ada.edit("birthdate", "1985-12-10").await;
    (shop, ada)
}

/// What stands in the elements of a class: what it is, and its words.
fn said(page: &Page, class: &str) -> Vec<String> {
    let has = |classes: Option<&str>| {
        classes.is_some_and(|classes| classes.split(' ').any(|it| it == class))
    };
    tags(&page.html)
        .into_iter()
        .filter(|(tag, _)| has(tag.get("class")))
        .map(|(_, text)| text.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect()
}

async fn the_page_says_with_which_profile_an_offer_stands(app: TestApp) {
    let (shop, mut ada) = ada(&app).await;
    let page = asked(&mut ada, &shop).await;
    assert!(
        page.form("consent").ticked().is_empty(),
        "an offer ticks nothing"
    );
    page.says("In return: 5% off Condition: date of birth and 3 months.");
    page.says("You get this once you switch it on.");
    // Mail is allowed in the high profile alone.
    let html = page.html.split("class=\"offer-with with-").skip(1);
    let stands: Vec<(String, bool)> = html
        .map(|part| {
            let tier = part.split('"').next().expect("a tier").to_owned();
            let verdict = part.split("</div>").next().expect("an end");
            (tier, verdict.contains("class=\"stands\""))
        })
        .collect();
    let expected = [
        ("anonymous", false),
        ("low", false),
        ("medium", false),
        ("high", true),
    ];
    let expected = Vec::from(expected.map(|(tier, it)| (tier.to_owned(), it)));
    assert_eq!(stands, expected);
    page.says("“E-mail me” does not go with this tier: it can be had in high only.");
    // What is offered for a profile stands with that and with the higher one.
    let cakes: Vec<&str> = page.html.split("<ul class=\"returns\">").skip(1).collect();
    let stands: Vec<bool> = cakes
        .iter()
        .map(|it| it.trim_start().starts_with("<li class=\"stands\">"))
        .collect();
    assert_eq!(stands, [false, true, true]);
}

async fn the_page_counts_again_for_what_was_changed_and_answers_nothing(app: TestApp) {
    let (shop, mut ada) = ada(&app).await;
    let page = asked(&mut ada, &shop).await;
    let form = page.form("consent").with("tier", "high");
    let form = form
        .with("purpose-news", "on")
        .with("claim-birthdate", "on");
    let form = form.with("retention", "P1M");
    let shown = ada.submit(form.forged("answer", "show")).await;
    assert!(shown.status.is_success() && shown.redirect().is_none());
    let form = shown.form("consent");
    assert_eq!(form.value("tier"), Some("high"));
    assert_eq!(form.ticked(), ["purpose-news", "claim-birthdate"]);
    assert_eq!(form.value("retention"), Some("P1M"));
    assert!(
        said(&shown, "stands")
            .iter()
            .all(|it| !it.contains("you get it"))
    );
    ada.get("/account")
        .await
        .says("Nobody gets data from you yet.");
    // Less than that, and it stands again.
    let form = form.without("claim-birthdate").with("retention", "P3M");
    let shown = ada.submit(form.forged("answer", "show")).await;
    assert!(
        said(&shown, "stands")
            .iter()
            .any(|it| it.contains("you get it"))
    );
    let page = ada.submit(shown.form("consent").press("allow")).await;
    assert!(shop.answer(&page).contains_key("code"));
}

async fn newest(app: &TestApp, actor: &mut Actor) -> Receipt {
    let grant = actor.newest_grant().await;
    app.chain(actor, &grant).await.pop().expect("a receipt")
}

async fn what_was_offered_and_whether_it_stands_is_in_the_receipt(app: TestApp) {
    let (shop, mut ada) = ada(&app).await;
    ada.agree(&shop, "low").await;
    let stands = |receipt: &Receipt| {
        let of = |it: &Offered| (it.offer.en.clone(), it.stands);
        receipt.offers.iter().map(of).collect::<Vec<_>>()
    };
    let receipt = newest(&app, &mut ada).await;
    let both =
        |news: bool, cake: bool| vec![("5% off".to_owned(), news), ("A cake".to_owned(), cake)];
    assert_eq!(stands(&receipt), both(false, false));
    assert_eq!(receipt.processes.len(), 1, "the news was refused");
    let written = serde_json::to_value(&receipt.offers).expect("JSON");
    assert_eq!(
        written,
        json!([
            {"purpose": "news", "offer": {"nl": "5% off", "en": "5% off"},
             "at_least": {"claims": ["birthdate"], "retention": "P3M"}, "stands": false},
            {"tier": "medium", "offer": {"nl": "A cake", "en": "A cake"}, "stands": false},
        ])
    );
    app.wait(std::time::Duration::from_secs(5));
    let page = ada.visit(&shop.request(&[("prompt", "consent")])).await;
    let form = page.form("consent").with("tier", "high");
    let form = form.with("purpose-news", "on").press("allow");
    ada.submit(form).await;
    assert_eq!(stands(&newest(&app, &mut ada).await), both(true, true));
}

async fn the_page_of_the_agreement_says_what_stands(app: TestApp) {
    let (shop, mut ada) = ada(&app).await;
    ada.agree(&shop, "low").await;
    let grant = ada.newest_grant().await;
    let page = ada.get(&grant).await;
    page.says("In return");
    let of = |page: &Page| (said(page, "stands").len(), said(page, "falls").len());
    assert_eq!(of(&page), (0, 2));
    let changed = change_tier(&mut ada, &grant, "medium").await;
    ada.submit(changed.form("confirmation").press("allow"))
        .await;
    assert_eq!(of(&ada.get(&grant).await), (1, 1));
    press(&mut ada, &grant, "withdraw").await;
    ada.get(&grant).await.says_not("In return");
}

async fn house_rules_say_what_they_get(app: TestApp) {
    let (shop, mut ada) = ada(&app).await;
    let says = [
        ("tier", "high"),
        ("retention", "P3M"),
        ("permission-email", "yes"),
    ];
    ada.rule("other", &says).await;
    let page = asked(&mut ada, &shop).await;
    assert_eq!(said(&page, "stands"), ["5% off", "A cake"]);
}
