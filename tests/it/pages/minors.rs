//! Somebody under 16: what is closed to them, and why.

use super::export::exported;
use super::import::{hand_in, text};
use crate::harness::{ADA, Actor, DAY, PASSWORD, TestApp, on_both_databases};
use crate::life::{deliver, subjects};

on_both_databases! {
    the_high_tier_and_contact_are_closed_to_a_minor_and_the_page_says_why,
    a_birthdate_narrows_what_was_agreed_before,
    on_the_sixteenth_birthday_it_opens_by_itself,
    taking_the_birthdate_away_opens_nothing_that_it_closed,
    another_birthdate_opens_it_and_is_told_by_mail,
    an_import_says_what_it_closes_before_it_does,
    a_birthdate_that_would_replace_ones_own_says_what_it_closes,
}

async fn born(actor: &mut Actor, date: &str) {
    actor.edit("birthdate", date).await;
}

/// The day on which somebody is 16 in so many days.
fn sixteen_in(app: &TestApp, days: u32) -> String {
    let day = app.app.now().plus(days * DAY).to_string();
    let year: i32 = day[..4].parse().expect("a year");
    format!("{}{}", year - 16, &day[4..10])
}

async fn the_high_tier_and_contact_are_closed_to_a_minor_and_the_page_says_why(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    ada.get("/account/profiles").await.says_not("under 16");
    born(&mut ada, &sixteen_in(&app, 30)).await;
    for path in ["/account/profiles", "/account/rules", "/account/rules/shop"] {
        let page = ada.get(path).await;
        page.says("you are under 16");
        page.says("GDPR, article 8");
    }
    let page = ada.visit(&shop.request(&[])).await;
    page.says("Closed until you are 16");
    // A form that was not on the page gets no further.
    let form = page.form("consent").forged("tier", "high").press("allow");
    let refused = ada.submit(form).await;
    assert_eq!(refused.status, 422);
    // Contact stays closed where the channel is in a lower tier.
    let profiles = ada.get("/account/profiles").await.form("profiles");
    let form = profiles
        .with("permission-email", "low")
        .press("profiles-save");
    ada.submit(form).await;
    let page = ada.visit(&shop.request(&[])).await;
    let form = page.form("consent").with("tier", "medium");
    let refused = ada
        .submit(form.with("purpose-news", "on").press("allow"))
        .await;
    assert_eq!(refused.status, 422);
    refused.says("can be allowed when you are 16");
    let form = refused
        .form("consent")
        .without("purpose-news")
        .press("allow");
    let answer = ada.submit(form).await;
    assert!(shop.answer(&answer).contains_key("code"));
}

async fn a_birthdate_narrows_what_was_agreed_before(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    ada.edit("preferences", "Vegetarisch").await;
    let page = ada.visit(&shop.request(&[])).await;
    let form = page
        .form("consent")
        .with("tier", "high")
        .with("purpose-news", "on");
    let form = form
        .with("purpose-suggest", "on")
        .with("permission-suggest-analytics", "on");
    let answer = ada.submit(form.press("allow")).await;
    let read = super::consent::reads(&app, &shop, &answer).await;
    assert!(
        read.iter().any(|claim| claim.ends_with("preferences")),
        "{read:?}"
    );
    let grant = ada.newest_grant().await;
    ada.get(&grant).await.says("Vegetarisch");
    born(&mut ada, &sixteen_in(&app, 30)).await;
    let page = ada.get(&grant).await;
    page.says_not("Vegetarisch");
    page.says_not("News from us");
    page.says("Deliver your order");
    page.says("receipt 2");
    let page = ada.get("/account/who-has-what").await;
    assert_eq!(page.html.matches("class=\"holding-deleting\"").count(), 1);
    assert_eq!(page.html.matches("class=\"holding-granted\"").count(), 3);
}

async fn on_the_sixteenth_birthday_it_opens_by_itself(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    born(&mut ada, &sixteen_in(&app, 1)).await;
    ada.get("/account/profiles").await.says("under 16");
    app.wait(DAY);
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    let page = ada.get("/account/profiles").await;
    page.says_not("under 16");
    page.says("You are 16: everything is open");
    let page = ada.visit(&shop.request(&[])).await;
    page.says_not("Closed until you are 16");
    let form = page.allowing("high");
    let answer = ada.submit(form).await;
    assert!(shop.answer(&answer).contains_key("code"));
}

const CLOSED: &str = "Your birthdate closed some things";
const OPENED: &str = "Your birthdate was changed";

async fn remove_birthdate(ada: &mut Actor) {
    let page = ada.get("/account/profiles/birthdate").await;
    let page = ada.submit(page.form("attribute").press("remove")).await;
    assert_eq!(page.location(), "/account/profiles?done=saved");
}

async fn taking_the_birthdate_away_opens_nothing_that_it_closed(app: TestApp) {
    let shop = app.shop().await;
    let mut ada = app.person("Ada", ADA).await;
    ada.live_in_amsterdam().await;
    born(&mut ada, &sixteen_in(&app, 30)).await;
    deliver(&app).await;
    assert_eq!(subjects(&app), [CLOSED]);
    remove_birthdate(&mut ada).await;
    // Neither then, nor after whatever else is edited.
    ada.edit("gender", "vrouw").await;
    deliver(&app).await;
    assert!(subjects(&app).is_empty());
    ada.get("/account/profiles").await.says("you are under 16");
    let page = ada.visit(&shop.request(&[])).await;
    page.says("Closed until you are 16");
    let form = page.form("consent").forged("tier", "high").press("allow");
    assert_eq!(ada.submit(form).await.status, 422);
    // Also not by way of another provider.
    let document = super::export::exported(&mut ada).await;
    assert!(document["closed_until"].is_string());
    super::export::holds_to_its_schema(&mut ada, &document).await;
    let other = super::import::elsewhere(&app).await;
    let file = serde_json::to_vec(&document).expect("JSON");
    for (email, takes_attributes) in [(ADA, true), ("ada@other.example", false)] {
        let mut there = other.person("Ada", email).await;
        there.get("/account/profiles").await.says_not("under 16");
        let preview = super::import::hand_in(&mut there, &file).await;
        let form = preview.form("take");
        let unticked = form.ticked().into_iter();
        let unticked = unticked.filter(|tick| tick.starts_with("attribute-") && !takes_attributes);
        let form = unticked.fold(form.clone(), |form, tick| form.with(tick, ""));
        let page = there.submit(form.press("take-over")).await;
        assert_eq!(page.location(), "/account/data?done=saved");
        let page = there.get("/account/profiles").await;
        page.says("you are under 16");
    }
    // It opens when it would have.
    app.wait(30 * DAY);
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    let page = ada.get("/account/profiles").await;
    page.says("You are 16: everything is open");
    let page = ada.visit(&shop.request(&[])).await;
    page.says_not("Closed until you are 16");
    app.wait(61 * DAY);
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    ada.get("/account/profiles").await.says_not("You are 16");
}

/// It may have been a typing error: what one says last counts, and is told to
/// whoever reads the mail of the account.
async fn another_birthdate_opens_it_and_is_told_by_mail(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    born(&mut ada, &sixteen_in(&app, 30)).await;
    born(&mut ada, "1988-04-27").await;
    deliver(&app).await;
    assert_eq!(subjects(&app), [CLOSED, OPENED]);
    let page = ada.get("/account/profiles").await;
    page.says_not("under 16");
    page.says_not("You are 16");
    // Of somebody of age, nothing is remembered.
    remove_birthdate(&mut ada).await;
    deliver(&app).await;
    assert!(subjects(&app).is_empty());
    let document = super::export::exported(&mut ada).await;
    assert_eq!(document["closed_until"], serde_json::Value::Null);
}

async fn an_import_says_what_it_closes_before_it_does(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let mut file = exported(&mut ada).await;
    let closed = |days: u32| app.app.now().plus(days * DAY).to_string();
    file["closed_until"] = closed(30).into();
    let preview = hand_in(&mut ada, &text(&file)).await;
    preview.says("you are under 16 until");
    preview.says("the high profile is closed here until then");
    let all = preview.form("take");
    let ticked = all.ticked();
    let form = ticked
        .iter()
        .fold(all.clone(), |form, name| form.without(name));
    ada.submit(form.press("take-over")).await;
    ada.get("/account/profiles").await.says("you are under 16");
    // What is so already is nothing to say.
    let preview = hand_in(&mut ada, &text(&file)).await;
    preview.says_not("you are under 16 until");
    // Nobody is a minor for as long as this.
    file["closed_until"] = closed(17 * 366).into();
    let page = hand_in(&mut ada, &text(&file)).await;
    page.says("more than sixteen years from now");
}

async fn a_birthdate_that_would_replace_ones_own_says_what_it_closes(app: TestApp) {
    const CLOSES: &str = "By this birthdate you are under 16 until";
    let mut ada = app.person("Ada", ADA).await;
    born(&mut ada, &sixteen_in(&app, 30)).await;
    let file = text(&exported(&mut ada).await);
    let mut bea = app.person("Bea", "bea@example.com").await;
    // Where there is none, all that is taken over closes it.
    let preview = hand_in(&mut bea, &file).await;
    preview.says("this closes some things");
    preview.says_not(CLOSES);
    born(&mut bea, "1988-04-27").await;
    let preview = hand_in(&mut bea, &file).await;
    preview.says_not("this closes some things");
    let said = preview.text_of("attribute-birthdate-closes");
    assert!(said.starts_with(CLOSES), "{said}");
    let form = preview.form("take");
    assert!(!form.ticked().contains(&"attribute-birthdate"));
    let page = bea
        .submit(
            form.clone()
                .with("attribute-birthdate", "")
                .press("take-over"),
        )
        .await;
    assert_eq!(page.location(), "/account/data?done=saved");
    bea.get("/account/profiles").await.says_not("under 16");
    let preview = hand_in(&mut bea, &file).await;
    let form = preview.form("take").with("attribute-birthdate", "on");
    bea.submit(form.press("take-over")).await.location();
    bea.get("/account/profiles").await.says("you are under 16");
    // What is so already is nothing to say.
    born(&mut bea, &sixteen_in(&app, 60)).await;
    let preview = hand_in(&mut bea, &file).await;
    preview.says_not(CLOSES);
}
