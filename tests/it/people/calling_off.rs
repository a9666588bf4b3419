//! A change of address that waits: its owner sees it, has its link mailed once more,
//! and calls it off.

use axum::http::StatusCode;
use sluis::service::address_changes;

use super::changing::{ask_for, asked, changed, follow, signs_in, to, undo};
use super::erasure::erase;
use super::{ADA, DAY, HOUR, SECOND, link, only, post};
use crate::harness::{Actor, BOB, NEW_ADDRESS, PASSWORD, Page, THIEF, TestApp, on_both_databases};

on_both_databases!(
    a_change_that_waits_is_shown_and_called_off_and_its_link_does_nothing_then,
    calling_off_twice_is_told_kindly_and_mailed_once,
    of_two_changes_the_newer_stands_and_an_older_tab_does_not_call_it_off,
    the_link_is_mailed_once_more_but_not_without_end,
    a_change_is_not_shown_once_it_is_over,
    signing_out_everywhere_else_ends_a_change_that_waits,
    an_account_that_is_to_go_changes_no_address,
    whose_the_new_address_is_is_not_seen_by_what_waits,
    a_link_that_was_not_mailed_yet_is_not_mailed_when_it_is_called_off,
    where_no_link_is_mailed_any_more_none_is_said_to_hold_for_longer,
    a_change_waits_for_three_days_at_most_however_often_its_link_is_mailed,
);

const OTHER: &str = "ada@other.example";

async fn security(actor: &mut Actor) -> Page {
    actor.get("/account/security").await
}

/// What stands on the page of a change that waits.
fn waits(page: &Page) -> Option<String> {
    let is_there = page.html.contains("id=\"change-waits\"");
    is_there.then(|| page.text_of("change-waits-to"))
}

async fn nothing_waits(actor: &mut Actor) -> bool {
    let page = security(actor).await;
    assert_eq!(page.status, StatusCode::OK);
    waits(&page).is_none()
}

async fn call_off(actor: &mut Actor) -> Page {
    let form = security(actor).await.form("email/call-off");
    actor.submit(form).await
}

async fn a_change_that_waits_is_shown_and_called_off_and_its_link_does_nothing_then(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    assert!(nothing_waits(&mut ada).await);
    let link = asked(&app, &mut ada, NEW_ADDRESS).await;
    // Wherever she is signed in, and to nobody else.
    let mut laptop = app.browser();
    laptop.sign_in("/sign-in", ADA, PASSWORD).await;
    for actor in [&mut ada, &mut laptop] {
        let page = security(actor).await;
        let said = waits(&page).expect("a change that waits");
        assert!(said.contains(NEW_ADDRESS), "{said}");
        page.says("It holds until");
    }
    let mut eve = app.settled("Eve", THIEF).await;
    assert!(nothing_waits(&mut eve).await);
    app.leave_mail().await;

    let mut elsewhere = laptop.clone().at_node(app.second_node().await);
    let kept = ada.get(&link).await.form("change-email");
    let page = call_off(&mut elsewhere).await;
    assert_eq!(page.location(), "/account/security?done=email-kept");
    elsewhere.follow(page).await.says("Called off");
    assert!(nothing_waits(&mut ada).await);
    only(post(&app).await).says("the change of your e-mail address was called off");
    let page = ada.get(&link).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    ada.submit(kept).await.says("does nothing any more");
    assert!(signs_in(&app, ADA).await && !signs_in(&app, NEW_ADDRESS).await);
    // What is asked for after it is another change.
    let link = asked(&app, &mut ada, NEW_ADDRESS).await;
    let page = follow(&mut ada, &link).await;
    assert_eq!(page.location(), "/account/security?done=email");
}

async fn calling_off_twice_is_told_kindly_and_mailed_once(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    asked(&app, &mut ada, NEW_ADDRESS).await;
    let form = security(&mut ada).await.form("email/call-off");
    ada.submit(form.clone()).await.location();
    let page = ada.submit(form.clone()).await;
    assert_eq!(page.location(), "/account/security?done=no-change");
    let page = ada.follow(page).await;
    page.says("That change does not wait any more");
    only(post(&app).await).says("was called off");
    // A form that was never on the page.
    let page = ada.submit(form.forged("change", "now")).await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
}

async fn of_two_changes_the_newer_stands_and_an_older_tab_does_not_call_it_off(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let first = asked(&app, &mut ada, NEW_ADDRESS).await;
    let old_tab = security(&mut ada).await;
    app.wait(SECOND);
    // From the moment that the other is asked for, and not only once it is mailed.
    ask_for(&mut ada, OTHER).await.location();
    let form = ada.get(&first).await.form("change-email");
    ada.submit(form).await.says("does nothing any more");
    let second = link(to(&post(&app).await, OTHER));
    let page = security(&mut ada).await;
    let said = waits(&page).expect("a change that waits");
    assert!(
        said.contains(OTHER) && !said.contains(NEW_ADDRESS),
        "{said}"
    );
    for button in ["email/call-off", "email/again"] {
        let page = ada.submit(old_tab.form(button)).await;
        assert_eq!(page.location(), "/account/security?done=no-change");
    }
    assert!(post(&app).await.is_empty());
    let page = follow(&mut ada, &second).await;
    assert_eq!(page.location(), "/account/security?done=email");
    assert!(signs_in(&app, OTHER).await);
}

async fn the_link_is_mailed_once_more_but_not_without_end(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mut last = asked(&app, &mut ada, NEW_ADDRESS).await;
    let tab = security(&mut ada).await;
    let form = tab.form("email/again");
    for round in 0..6 {
        app.wait(SECOND);
        let page = ada.submit(form.clone()).await;
        assert_eq!(page.location(), "/account/security?done=mailed");
        let mails = post(&app).await;
        if round < 3 {
            // The address that there is was told of it when it was asked for.
            let mail = only(mails);
            assert_eq!(mail.field("To"), NEW_ADDRESS);
            ada.get(&link(&mail)).await.says(NEW_ADDRESS);
            ada.get(&last).await.says("does nothing any more");
            last = link(&mail);
        } else {
            assert!(mails.is_empty(), "too many");
        }
    }
    // Asked for in the form it is the same change: the tab from before calls it off.
    ask_for(&mut ada, NEW_ADDRESS).await.location();
    let page = ada.submit(tab.form("email/call-off")).await;
    assert_eq!(page.location(), "/account/security?done=email-kept");
    let page = ada.submit(form).await;
    assert_eq!(page.location(), "/account/security?done=no-change");
}

async fn a_change_is_not_shown_once_it_is_over(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let undo_link = changed(&app, &mut ada, ADA, NEW_ADDRESS).await;
    assert!(nothing_waits(&mut ada).await, "it was made");
    app.leave_mail().await;
    asked(&app, &mut ada, OTHER).await;
    undo(&mut app.browser(), &undo_link).await.says("Undone");
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(nothing_waits(&mut ada).await, "it was undone");
    app.leave_mail().await;
    asked(&app, &mut ada, OTHER).await;
    app.wait(13 * HOUR);
    ada.sign_in("/sign-in", ADA, PASSWORD).await;
    let form = security(&mut ada).await.form("email/call-off");
    app.wait(11 * HOUR);
    assert!(nothing_waits(&mut ada).await, "its time is over");
    let page = ada.submit(form).await;
    assert_eq!(page.location(), "/account/security?done=no-change");
    // Nobody keeps the address then.
    app.wait(7 * DAY);
    address_changes::forget_past(&app.app)
        .await
        .expect("a write");
    app.go_back(8 * DAY);
    let mut again = app.browser();
    again.sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(nothing_waits(&mut again).await, "it is forgotten");
}

async fn signing_out_everywhere_else_ends_a_change_that_waits(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mut thief = app.browser();
    thief.sign_in("/sign-in", ADA, PASSWORD).await;
    let link = asked(&app, &mut thief, THIEF).await;
    let form = security(&mut ada).await.form("sessions/end-others");
    ada.submit(form).await.location();
    assert!(nothing_waits(&mut ada).await);
    thief.sign_in("/sign-in", ADA, PASSWORD).await;
    thief.get(&link).await.says("does nothing any more");
}

async fn an_account_that_is_to_go_changes_no_address(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let link = asked(&app, &mut ada, NEW_ADDRESS).await;
    let security = security(&mut ada).await;
    erase(&mut ada, "later").await.location();
    for button in ["email/call-off", "email/again"] {
        let page = ada.submit(security.form(button)).await;
        assert_eq!(page.location(), "/account/erase", "{button}");
    }
    app.leave_mail().await;
    let form = ada.get("/account/erase").await.form("erase-call-off");
    ada.submit(form).await.location();
    assert!(nothing_waits(&mut ada).await);
    ada.get(&link).await.says("does nothing any more");
}

async fn whose_the_new_address_is_is_not_seen_by_what_waits(app: TestApp) {
    app.settled("Bob", BOB).await;
    let mut eve = app.settled("Eve", THIEF).await;
    let mut seen = Vec::new();
    for email in [BOB, "nobody@home.example"] {
        ask_for(&mut eve, email).await.location();
        app.leave_mail().await;
        let page = security(&mut eve).await;
        let form = page.form("email/again");
        let before = waits(&page).expect("a change that waits");
        let again = eve.submit(form).await.location().to_owned();
        app.leave_mail().await;
        let after = waits(&security(&mut eve).await).expect("it still waits");
        let both = [before, again, after].map(|text| text.replace(email, "…"));
        seen.push(both);
    }
    assert_eq!(seen[0], seen[1]);
}

async fn a_link_that_was_not_mailed_yet_is_not_mailed_when_it_is_called_off(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    ask_for(&mut ada, NEW_ADDRESS).await.location();
    call_off(&mut ada).await.location();
    ask_for(&mut ada, OTHER).await.location();
    let mails = post(&app).await;
    assert!(mails.iter().all(|mail| mail.field("To") != NEW_ADDRESS));
    to(&mails, OTHER).says("Follow the link");
}

async fn where_no_link_is_mailed_any_more_none_is_said_to_hold_for_longer(app: TestApp) {
    let bob = "bob@home.example";
    app.settled("Bob", bob).await;
    app.settled("Eve", "eve@evil.example").await;
    // Whether somebody has the address or not.
    for email in [bob, "nobody@home.example"] {
        // As if she had asked for nothing yet.
        app.wait(HOUR);
        let mut eve = app.browser();
        eve.sign_in("/sign-in", "eve@evil.example", PASSWORD).await;
        ask_for(&mut eve, email).await.location();
        post(&app).await;
        let mut again = async |waited| {
            app.wait(waited);
            let form = security(&mut eve).await.form("email/again");
            eve.submit(form).await.location();
            post(&app).await;
            waits(&security(&mut eve).await).expect("it still waits")
        };
        let mut said = Vec::new();
        for minutes in [5, 5, 5, 20] {
            said.push(again(60 * minutes * SECOND).await);
        }
        assert!(said[0] != said[1] && said[1] != said[2], "{said:?}");
        assert_eq!(said[2], said[3], "{email}: it was not mailed");
        assert_ne!(again(HOUR).await, said[3], "{email}: and now it was");
    }
}

async fn a_change_waits_for_three_days_at_most_however_often_its_link_is_mailed(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mut last = asked(&app, &mut ada, NEW_ADDRESS).await;
    for _ in 0..3 {
        app.wait(20 * HOUR);
        ada.sign_in("/sign-in?next=/account", ADA, PASSWORD).await;
        let form = security(&mut ada).await.form("email/again");
        ada.submit(form).await.location();
        last = link(&only(post(&app).await));
    }
    app.wait(11 * HOUR);
    assert!(!nothing_waits(&mut ada).await);
    ada.get(&last).await.says(NEW_ADDRESS);
    app.wait(HOUR);
    let mut again = app.browser();
    again.sign_in("/sign-in", ADA, PASSWORD).await;
    assert!(nothing_waits(&mut again).await);
    again.get(&last).await.says("does nothing any more");
}
