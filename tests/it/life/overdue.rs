//! A business that lets the time to delete pass.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sluis::domain::duty::Duty;
use sluis::domain::grant::EventKind;
use sluis::jobs;
use sluis::service::duties;
use sluis::store::clients::RegisteredClient;

use super::{DAY, SECOND, deliver, mails, return_to};
use crate::harness::{ADA, Actor, EVE, TestApp, on_both_databases};
use crate::people::only;
use crate::protocol::{Business, CALLING_PLAN, called_no_more, press};

/// From the time of day at which tests begin to the last second of that day.
const END_OF_DAY: Duration = Duration::from_secs(24 * 3_600 - 1 - (14 * 3_600 + 13 * 60 + 20));

on_both_databases!(
    two_nodes_mark_it_and_tell_its_owner_once,
    the_owner_gets_a_letter_and_then_a_complaint,
    a_letter_about_some_data_asks_for_these_alone,
    whom_nobody_can_tell_gets_a_letter_from_the_first_day,
    there_are_no_letters_before_the_time_is_up_or_for_anybody_else,
    whoever_confirms_too_late_has_confirmed,
    what_fell_due_while_nobody_was_there_is_marked_afterwards,
);

async fn look_after(app: &TestApp) {
    jobs::duties::run_once(&app.app).await.expect("a database");
}

/// Somebody who withdrew, and the page of what there was.
async fn withdrawn(app: &TestApp) -> (Actor, String) {
    withdrawn_from(app, json!({"grant_types": OWN_TOKENS})).await
}

/// Of one that can look up what it owes.
const OWN_TOKENS: [&str; 3] = ["authorization_code", "refresh_token", "client_credentials"];

async fn withdrawn_from(app: &TestApp, more: Value) -> (Actor, String) {
    let shop = Business::with(app, "shop", more, None).await;
    let mut ada = app.person("Ada Lovelace", ADA).await;
    shop.log_in(&mut ada, "low").await;
    let grant = ada.newest_grant().await;
    press(&mut ada, &grant, "withdraw").await;
    (ada, grant)
}

async fn two_nodes_mark_it_and_tell_its_owner_once(app: TestApp) {
    let (mut ada, grant) = withdrawn(&app).await;
    // All of 21 October is in time; the clock says 14:13:20 at first.
    app.wait(30 * DAY + END_OF_DAY);
    look_after(&app).await;
    deliver(&app).await;
    assert!(mails(&app).is_empty());
    app.wait(SECOND);
    app.on_two_nodes(jobs::duties::run_once).await;
    look_after(&app).await;
    deliver(&app).await;
    let mail = only(mails(&app));
    assert_eq!(
        mail.field("Subject"),
        "The shop has not confirmed that it deleted your data"
    );
    mail.says("had until 21 October 2026");
    mail.says("we do not know whether your data are gone");
    assert!(!mail.text.contains("Ada"));
    return_to(&mut ada, ADA).await;
    let chain = app.chain(&mut ada, &grant).await;
    let kinds: Vec<_> = chain.iter().map(|receipt| receipt.event.kind).collect();
    assert_eq!(
        kinds,
        [EventKind::Given, EventKind::Withdrawn, EventKind::Overdue]
    );
    let duty = chain[2].duty.as_ref().expect("a duty");
    assert_eq!(duty.delete_by, "2026-10-21T23:59:59Z");
    assert_eq!(duty.answered_at, None);
    ada.get(&grant).await.says("Too late");
}

async fn the_owner_gets_a_letter_and_then_a_complaint(app: TestApp) {
    let (mut ada, grant) = withdrawn(&app).await;
    let address = [
        ("street_address", "St James Square 12"),
        ("postal_code", "1016 GV"),
        ("locality", "Amsterdam"),
    ];
    ada.fill_in("address", &address).await;
    look_up(&app).await;
    app.wait(31 * DAY);
    look_after(&app).await;
    return_to(&mut ada, ADA).await;
    let page = ada.get("/account/duties").await;
    page.says("We do not know whether your data are gone");
    let letter = link(&page, "/letter");
    assert_eq!(link(&ada.get(&grant).await, "/letter"), letter);
    let page = ada.get(&letter).await;
    for text in [
        "Ada Lovelace",
        "St James Square 12",
        ADA,
        "shop BV",
        "Dam 1, Amsterdam",
        "I withdrew it on 21 September 2026",
        "On 21 September 2026 you were asked on my behalf",
        "by 21 October 2026 at the latest",
        "article 17(1)",
        "article 19",
        "article 12(3)",
        "article 77",
        "name and e-mail address",
    ] {
        page.says(text);
    }
    let page = ada.get(&format!("{letter}?in=nl")).await;
    page.says("Geachte heer, mevrouw");
    page.says("artikel 17, lid 1");
    page.says("op 21 september 2026 ingetrokken");
    let complaint = letter.replace("/letter", "/complaint");
    let page = ada.get(&complaint).await;
    page.says("Write to the business first");
    page.says_not("I wrote to this business myself");
    page.says_not("12(3)");
    app.wait(DAY);
    return_to(&mut ada, ADA).await;
    let form = ada.get(&letter).await.form("/letter");
    let page = ada.submit(form.press("letter-send")).await;
    assert_eq!(page.location(), letter);
    let page = ada.get(&complaint).await;
    page.says("Autoriteit Persoonsgegevens");
    page.says("On 23 October 2026 I wrote to this business myself");
    page.says("article 77");
    // It is silent only once it had the time that the law gives it.
    page.says("until the end of 23 November 2026 to answer your letter");
    page.says_not("12(3)");
    ada.get(&format!("{complaint}?in=nl"))
        .await
        .says("Op 23 oktober 2026 heb ik dit bedrijf zelf geschreven");
    app.wait(31 * DAY + END_OF_DAY);
    return_to(&mut ada, ADA).await;
    ada.get(&complaint).await.says("answer your letter");
    app.wait(SECOND);
    let page = ada.get(&complaint).await;
    page.says("article 12(3) (answer within one month)");
    page.says_not("answer your letter");
}

async fn a_letter_about_some_data_asks_for_these_alone(app: TestApp) {
    let shop = Business::with(&app, "shop", json!({}), Some(CALLING_PLAN)).await;
    let (mut ada, grant) = called_no_more(&app, &shop).await;
    app.wait(32 * DAY);
    look_after(&app).await;
    return_to(&mut ada, ADA).await;
    let letter = link(&ada.get(&grant).await, "/letter");
    let complaint = letter.replace("/letter", "/complaint");
    let page = ada.get(&letter).await;
    page.says("I have an agreement with you");
    page.says("no longer belong to it: phone number");
    page.says("delete these data");
    let page_nl = ada.get(&format!("{letter}?in=nl")).await;
    page_nl.says("horen deze gegevens daar niet meer bij: telefoonnummer");
    let complaint_nl = ada.get(&format!("{complaint}?in=nl")).await;
    complaint_nl.says("dat het bedrijf deze gegevens wist");
    let complaint = ada.get(&complaint).await;
    complaint.says("receipts of the agreement, of its change");
    for page in [&page, &complaint] {
        page.says_not("I had an agreement");
        page.says_not("all personal data");
        page.says_not("of its end");
        page.says_not("my data");
    }
}

async fn whom_nobody_can_tell_gets_a_letter_from_the_first_day(app: TestApp) {
    let (mut ada, grant) = withdrawn_from(&app, json!({})).await;
    for path in [grant.as_str(), "/account/duties"] {
        let page = ada.get(path).await;
        page.says("Write to it yourself");
        page.says("Since 21 September 2026, The shop has to delete");
        page.says_not("We asked");
        page.says_not("It has not fetched our message");
        assert!(!page.links().iter().any(|link| link.ends_with("/complaint")));
    }
    let page = ada.get(&grant).await;
    assert!(!page.has_form("rights"), "nobody would hear it");
    page.says("Write to it yourself: privacy@shop.example");
    let letter = link(&page, "/letter");
    let complaint = letter.replace("/letter", "/complaint");
    let page = ada.get(&letter).await;
    page.says("I withdrew it on 21 September 2026");
    page.says_not("on my behalf");
    assert_eq!(ada.get(&complaint).await.status, 404, "it has time");
    app.wait(32 * DAY);
    look_after(&app).await;
    return_to(&mut ada, ADA).await;
    let page = ada.get(&complaint).await;
    page.says("had to delete the data by 21 October 2026");
    page.says_not("on my behalf");
    // Whoever has looked knows.
    look_up(&app).await;
    let page = ada.get(&complaint).await;
    page.says("On 23 October 2026 the business was asked on my behalf");
}

fn link(page: &crate::harness::Page, end: &str) -> String {
    let links = page.links();
    let found = links.into_iter().find(|link| link.ends_with(end));
    found.expect("a letter")
}

async fn there_are_no_letters_before_the_time_is_up_or_for_anybody_else(app: TestApp) {
    let (mut ada, grant) = withdrawn(&app).await;
    let page = ada.get(&grant).await;
    assert!(!page.links().iter().any(|link| link.ends_with("/letter")));
    app.wait(31 * DAY);
    look_after(&app).await;
    return_to(&mut ada, ADA).await;
    let letter = link(&ada.get(&grant).await, "/letter");
    let mut eve = app.person("Eve", EVE).await;
    let complaint = letter.replace("/letter", "/complaint");
    for path in [letter.as_str(), &complaint, "/account/duties/x/letter"] {
        assert_eq!(eve.get(path).await.status, 404, "{path}");
    }
    eve.get("/account/duties")
        .await
        .says("There is nothing to delete");
}

async fn whoever_confirms_too_late_has_confirmed(app: TestApp) {
    let (mut ada, grant) = withdrawn(&app).await;
    app.wait(31 * DAY);
    look_after(&app).await;
    confirm(&app).await;
    deliver(&app).await;
    assert!(mails(&app).is_empty(), "there is nothing to complain of");
    return_to(&mut ada, ADA).await;
    let page = ada.get(&grant).await;
    page.says("that your data have been deleted");
    page.says("That was after 21 October 2026");
    assert_eq!(
        app.events(&mut ada, &grant).await[2..],
        [EventKind::Overdue, EventKind::Answered]
    );
    app.wait(DAY);
    look_after(&app).await;
    return_to(&mut ada, ADA).await;
    assert_eq!(app.events(&mut ada, &grant).await.len(), 4);
}

/// The business looks at what it owes.
async fn look_up(app: &TestApp) -> (Arc<RegisteredClient>, Vec<Duty>) {
    let client = app.registered_client("shop").await;
    let (found, _) = duties::list(&app.app, &client, None, None)
        .await
        .expect("a database");
    (client, found)
}

/// The business says that all is deleted.
async fn confirm(app: &TestApp) {
    let (client, found) = look_up(app).await;
    duties::confirm(&app.app, &client, found[0].id, Vec::new())
        .await
        .expect("an answer");
}

async fn what_fell_due_while_nobody_was_there_is_marked_afterwards(app: TestApp) {
    // Of an address that is not confirmed, so many letters at a time are too many.
    let mut ada = app.settled("Ada", ADA).await;
    for number in 0..103 {
        let shop = Business::open(&app, &format!("shop-{number}")).await;
        shop.log_in(&mut ada, "low").await;
        let grant = ada.newest_grant().await;
        press(&mut ada, &grant, "withdraw").await;
        app.wait(SECOND);
    }
    app.wait(400 * DAY);
    look_after(&app).await;
    look_after(&app).await;
    deliver(&app).await;
    assert_eq!(mails(&app).len(), 103);
}
