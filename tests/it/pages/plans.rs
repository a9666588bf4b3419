//! Plans have editions: what people are asked when one grows, and what stays.

use axum::http::StatusCode;
use serde_json::{Value, json};
use sluis::domain::grant::EventKind;
use sluis::domain::plan::{Plan, PlanVersion};
use sluis::domain::receipt::{Hash, Receipt};

use super::consent::asked;
use crate::harness::{ADA, Actor, PASSWORD, Page, TestApp, on_both_databases};
use crate::protocol::{Business, text};

on_both_databases! {
    a_plan_edited_during_a_consent_is_shown_again,
    another_node_does_not_agree_to_a_plan_that_is_no_more,
    only_the_difference_is_asked_and_once_for_each_edition,
    a_new_required_purpose_can_be_refused_and_the_login_succeeds,
    who_counts_from_each_login_can_refuse_an_edition_and_the_end_moves_on,
    what_was_not_shown_is_not_refused,
    what_the_profile_holds_by_now_does_not_come_along,
    another_offer_for_a_profile_is_asked,
    an_old_receipt_reads_as_it_did,
}

pub(super) fn member(id: &str, required: bool, more: &Value) -> Value {
    let mut purpose = json!({
        "id": id, "purpose": "dpv:MemberManagement",
        "title": {"nl": format!("Doel {id}"), "en": format!("Purpose {id}")},
        "text": {"nl": "Daarom.", "en": "Because."},
        "basis": "consent", "required": required, "claims": ["email"],
        "retention": "P6M", "storage": ["NL"],
    });
    for (name, value) in more.as_object().expect("members") {
        purpose[name] = value.clone();
    }
    purpose
}

pub(super) fn plan(purposes: &[Value]) -> String {
    json!({ "purposes": purposes }).to_string()
}

fn first() -> String {
    plan(&[
        member("login", true, &json!({})),
        member("letter", false, &json!({})),
    ])
}

/// More of everything, and one purpose as it was.
fn second() -> String {
    plan(&[
        member("login", true, &json!({})),
        member(
            "letter",
            false,
            &json!({
                "text": {"nl": "Om meer.", "en": "For more reasons."},
                "voluntary_claims": ["nickname"],
                "recipients": [{"name": "Postduif", "country": "BE"}],
            }),
        ),
        member("party", false, &json!({})),
    ])
}

/// The receipts of the newest agreement.
async fn chain(app: &TestApp, actor: &mut Actor) -> Vec<Receipt> {
    let grant = actor.newest_grant().await;
    app.chain(actor, &grant).await
}

/// Somebody who logged in and allows the letter.
pub(super) async fn reader(app: &TestApp, club: &Business) -> Actor {
    let mut ada = app.person("Ada", ADA).await;
    let page = asked(&mut ada, &club.client).await;
    let form = page.form("consent").with("tier", "low");
    let page = ada
        .submit(form.with("purpose-letter", "on").press("allow"))
        .await;
    assert!(club.client.answer(&page).contains_key("code"));
    app.wait(std::time::Duration::from_secs(60));
    ada
}

pub(super) async fn club(app: &TestApp) -> Business {
    Business::with(app, "club", json!({}), Some(&first())).await
}

/// What a login that is asked nothing gives.
pub(super) async fn tokens(club: &Business, page: &Page) -> Value {
    let answer = club.client.answer(page);
    let code = answer.get("code").expect("a code");
    club.redeem(code).await.ok()
}

async fn a_plan_edited_during_a_consent_is_shown_again(app: TestApp) {
    let club = club(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let page = asked(&mut ada, &club.client).await;
    let form = page.form("consent").with("tier", "low");
    let form = form.with("purpose-letter", "on");
    app.publish("club", &second()).await;
    let page = ada.submit(form.press("allow")).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("The question changed while you were looking.");
    page.says("For more reasons.");
    let form = page.form("consent");
    assert_eq!(form.value("tier"), Some("low"));
    assert!(form.ticked().is_empty(), "{:?}", form.ticked());
    ada.get("/account")
        .await
        .says("Nobody gets data from you yet.");
    let page = ada.submit(form.press("allow")).await;
    assert_eq!(tokens(&club, &page).await["plan_version"], 2);
}

async fn another_node_does_not_agree_to_a_plan_that_is_no_more(app: TestApp) {
    let club = club(&app).await;
    app.person("Ada", ADA).await;
    // It remembers the plan for a moment, and time stands still.
    let mut ada = Actor::at(app.second_node().await);
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    let page = asked(&mut ada, &club.client).await;
    app.publish("club", &second()).await;
    let form = page.form("consent").with("tier", "low");
    let page = ada.submit(form.press("allow")).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.words());
    page.says("For more reasons.");
    ada.get("/account")
        .await
        .says("Nobody gets data from you yet.");
}

async fn only_the_difference_is_asked_and_once_for_each_edition(app: TestApp) {
    let club = club(&app).await;
    let mut ada = reader(&app, &club).await;
    let published = app.publish("club", &second()).await;
    assert_eq!(
        (published.version, published.narrower, published.wider),
        (PlanVersion(2), false, true)
    );
    // Where nothing may be shown, what is new waits.
    let silent = club.client.request(&[("prompt", "none")]);
    let told = tokens(&club, &ada.visit(&silent).await).await;
    assert_eq!(
        (&told["plan_version"], &told["plan_current"]),
        (&json!(1), &json!(false))
    );

    let page = asked(&mut ada, &club.client).await;
    page.says("What changes");
    for line in [
        "Data Purpose letter e-mail address nickname and e-mail address",
        "Wording Purpose letter",
        "Purpose letter: Because. Purpose letter: For more reasons.",
        "Also shared with Purpose letter nothing Postduif (Belgium)",
        "New nothing Purpose party",
        "You then log in all the same.",
        "What stays as you agreed",
    ] {
        page.says(line);
    }
    let form = page.form("consent");
    assert_eq!(form.value("tier"), Some("low"));
    assert!(
        form.ticked().is_empty(),
        "what grew is not agreed: {:?}",
        form.ticked()
    );
    let before = chain(&app, &mut ada).await;
    let no = form.clone().press("deny");
    let page = ada.submit(no.clone()).await;
    let kept = tokens(&club, &page).await;
    assert_eq!(kept["plan_current"], json!(false));
    assert_eq!(kept["plan_refused"], json!(2));
    let seen = club.introspect(text(&kept, "access_token")).await.ok();
    assert_eq!(
        (&seen["plan_version"], &seen["plan_current"]),
        (&json!(1), &json!(false))
    );
    // A second click is the same no, and a yes after it is another answer.
    assert!(
        club.client
            .answer(&ada.submit(no).await)
            .contains_key("code")
    );
    let late = ada.submit(form.press("allow")).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    // One receipt says that there was a no, to what, and what stays.
    let mut after = chain(&app, &mut ada).await;
    let no = after.pop().expect("one");
    assert_eq!(after, before);
    assert_eq!(no.event.kind, EventKind::Declined);
    assert_eq!(no.event.state, "dpv:ConsentGiven");
    assert!(no.evidence.screen_hash.is_some());
    assert_eq!(no.processes, before[0].processes);
    assert_eq!(no.notice.plan_version, PlanVersion(1));
    let declined = no.declined.expect("an edition");
    assert_eq!(declined.plan_version, PlanVersion(2));
    assert_ne!(declined.plan_hash, no.notice.plan_hash);

    // Asked once for each edition.
    let page = ada.visit(&club.client.request(&[])).await;
    assert!(club.client.answer(&page).contains_key("code"));
    let third = second().replace("Postduif", "Vliegpost");
    app.publish("club", &third).await;
    let page = asked(&mut ada, &club.client).await;
    page.says("Vliegpost (Belgium)");
    let form = page.form("consent").with("purpose-letter", "on");
    let page = ada.submit(form.press("allow")).await;
    let told = tokens(&club, &page).await;
    assert_eq!(
        (&told["plan_version"], &told["plan_current"]),
        (&json!(3), &json!(true))
    );
    let receipts = chain(&app, &mut ada).await;
    assert_eq!(
        receipts.last().expect("one").notice.plan_version,
        PlanVersion(3)
    );
    let page = ada.visit(&club.client.request(&[])).await;
    assert!(club.client.answer(&page).contains_key("code"));
}

async fn a_new_required_purpose_can_be_refused_and_the_login_succeeds(app: TestApp) {
    let club = club(&app).await;
    let mut ada = reader(&app, &club).await;
    let more = json!({"claims": ["name"]});
    let grown = plan(&[
        member("login", true, &more),
        member("letter", true, &json!({})),
        member("dues", true, &more),
    ]);
    app.publish("club", &grown).await;
    let silent = club.client.request(&[("prompt", "none")]);
    let page = ada.visit(&silent).await;
    assert_eq!(club.client.answer(&page)["error"], "consent_required");
    let page = asked(&mut ada, &club.client).await;
    let page = ada.submit(page.form("consent").press("deny")).await;
    let told = tokens(&club, &page).await;
    let read = club.userinfo(text(&told, "access_token")).await.ok();
    assert_eq!(read["email"], ADA);
    assert!(read.get("name").is_none());
    for request in [silent, club.client.request(&[])] {
        let page = ada.visit(&request).await;
        assert!(club.client.answer(&page).contains_key("code"));
    }
    // Who asks for it in so many words asks again, and a no is still no harm.
    let page = ada
        .visit(&club.client.request(&[("prompt", "consent")]))
        .await;
    page.says("Purpose dues");
    let page = ada.submit(page.form("consent").press("deny")).await;
    assert!(club.client.answer(&page).contains_key("code"));
}

async fn who_counts_from_each_login_can_refuse_an_edition_and_the_end_moves_on(app: TestApp) {
    let club = club(&app).await;
    let mut ada = app.person("Ada", ADA).await;
    let page = asked(&mut ada, &club.client).await;
    let form = page.form("consent").with("tier", "low");
    let form = form.with("counts_from", "last_login").press("allow");
    let page = ada.submit(form).await;
    assert!(club.client.answer(&page).contains_key("code"));
    app.publish("club", &second()).await;
    app.wait(std::time::Duration::from_secs(3_600));
    let page = asked(&mut ada, &club.client).await;
    let page = ada.submit(page.form("consent").press("deny")).await;
    let kept = tokens(&club, &page).await;
    assert_eq!(kept["plan_refused"], json!(2));
    // A month from this login, and not from the agreement.
    let left = kept["authorization_expires_in"].as_u64();
    assert_eq!(left, Some(30 * 24 * 60 * 60));
    let kinds = chain(&app, &mut ada).await;
    let kinds: Vec<_> = kinds.iter().map(|receipt| receipt.event.kind).collect();
    assert_eq!(kinds, [EventKind::Given, EventKind::Declined]);
}

async fn what_was_not_shown_is_not_refused(app: TestApp) {
    let club = club(&app).await;
    let mut ada = reader(&app, &club).await;
    app.publish("club", &second()).await;
    let page = asked(&mut ada, &club.client).await;
    app.publish("club", &second().replace("Postduif", "Vliegpost"))
        .await;
    let page = ada.submit(page.form("consent").press("deny")).await;
    assert!(club.client.answer(&page).contains_key("code"));
    asked(&mut ada, &club.client).await.says("Vliegpost");
    assert_eq!(chain(&app, &mut ada).await.len(), 1);
}

async fn what_the_profile_holds_by_now_does_not_come_along(app: TestApp) {
    let wished = member("login", true, &json!({"voluntary_claims": ["nickname"]}));
    let club = Business::with(
        &app,
        "club",
        json!({}),
        Some(&plan(std::slice::from_ref(&wished))),
    )
    .await;
    let mut ada = app.person("Ada", ADA).await;
    let page = asked(&mut ada, &club.client).await;
    let form = page.form("consent").with("tier", "high");
    ada.submit(form.press("allow")).await;
    // She had no nickname when she agreed, and a day later she has.
    app.wait(std::time::Duration::from_secs(24 * 60 * 60));
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    ada.edit("nickname", "Countess").await;
    let grown = plan(&[wished, member("party", false, &json!({}))]);
    app.publish("club", &grown).await;
    let page = asked(&mut ada, &club.client).await;
    page.says("New nothing Purpose party");
    page.says("until 21 March 2027 until 22 March 2027");
    let form = page.form("consent");
    assert_eq!(form.ticked(), ["claim-nickname"], "kept back");
    let page = ada.submit(form.press("allow")).await;
    let told = tokens(&club, &page).await;
    let read = club.userinfo(text(&told, "access_token")).await.ok();
    assert_eq!(read["email"], ADA);
    assert!(read.get("nickname").is_none(), "{read}");
}

async fn another_offer_for_a_profile_is_asked(app: TestApp) {
    let offering = |offers: Value| {
        json!({"purposes": [member("login", true, &json!({}))], "offers": offers}).to_string()
    };
    let offer = |tier: &str| json!({"tier": tier, "offer": {"nl": "Gratis bezorgd", "en": "Free delivery"}});
    let plan = offering(json!([offer("low")]));
    let club = Business::with(&app, "club", json!({}), Some(&plan)).await;
    let mut ada = app.person("Ada", ADA).await;
    club.code(&mut ada, "low", &[]).await;
    // What is offered to others is nothing to ask her about.
    app.publish("club", &offering(json!([offer("low"), offer("high")])))
        .await;
    let page = ada.visit(&club.client.request(&[])).await;
    assert!(club.client.answer(&page).contains_key("code"));
    let published = app.publish("club", &offering(json!([]))).await;
    assert!(published.wider);
    let page = asked(&mut ada, &club.client).await;
    page.says("Free delivery nothing");
}

async fn an_old_receipt_reads_as_it_did(app: TestApp) {
    let club = club(&app).await;
    let mut ada = reader(&app, &club).await;
    let grant = ada.newest_grant().await;
    let before = ada.get(&format!("{grant}/receipts")).await.html;
    app.publish("club", &second()).await;
    app.publish("club", &plan(&[member("other", true, &json!({}))]))
        .await;
    let after = ada.get(&format!("{grant}/receipts")).await.html;
    let receipts = |file: &str| {
        let lines = file.lines().map(str::to_owned);
        let mut lines: Vec<String> = lines.collect();
        lines.pop();
        lines
    };
    assert_eq!(receipts(&before), receipts(&after));
    let receipt = &chain(&app, &mut ada).await[0];
    assert_eq!(receipt.event.kind, EventKind::Given);
    let first = Plan::parse(&first()).expect("a plan").to_json();
    assert_eq!(receipt.notice.plan_hash, Hash::of(first.as_bytes()));
    assert_eq!(receipt.processes[1].text.en, "Because.");
}
