//! Another address: who has to show what for it, who is told, and how it is
//! undone, also by an owner whose session a thief took.

use axum::http::StatusCode;
use sluis::jobs;

use super::{ADA, DAY, HOUR, SECOND, ask, forgot, link, only, post};
use crate::harness::{
    Actor, BOB, NEW_ADDRESS, PASSWORD, Page, THIEF, TestApp, WEEK, on_both_databases,
};
use crate::life::eml::Eml;
use crate::protocol::Business;

on_both_databases!(
    an_address_changes_when_the_link_is_followed_by_who_is_signed_in,
    the_link_is_for_the_account_that_asked_and_holds_once_and_for_a_day,
    an_open_browser_changes_no_address,
    an_address_that_somebody_has_is_told_to_them_and_to_nobody_else,
    somebody_who_got_the_address_meanwhile_keeps_it,
    the_address_before_undoes_a_change_and_signs_everybody_out,
    a_thief_who_goes_on_changing_does_not_get_rid_of_the_owner,
    a_change_ends_a_way_back_in_that_waits,
    the_operators_key_waits_as_long_as_a_change_can_be_undone,
    an_address_that_was_never_confirmed_undoes_nothing,
    an_address_that_was_taken_meanwhile_is_not_taken_back,
    what_businesses_are_told_of_an_address_stays_what_it_was,
    asking_again_and_again_sends_no_more_than_a_few_links,
);

/// Asks for another address.
pub(crate) async fn ask_for(actor: &mut Actor, email: &str) -> Page {
    let form = actor.get("/account/security/email").await;
    let form = form.form("email-change").with("email", email);
    actor.submit(form.press("email-change-submit")).await
}

/// The mail to an address.
#[track_caller]
pub(super) fn to<'a>(mails: &'a [Eml], address: &str) -> &'a Eml {
    let found: Vec<&Eml> = mails
        .iter()
        .filter(|mail| mail.field("To") == address)
        .collect();
    assert_eq!(found.len(), 1, "mails to {address}");
    found[0]
}

/// Asks for another address, and returns the link that went there.
pub(crate) async fn asked(app: &TestApp, actor: &mut Actor, email: &str) -> String {
    let page = ask_for(actor, email).await;
    assert_eq!(page.location(), "/account/security?done=email-asked");
    link(to(&post(app).await, email))
}

pub(super) async fn follow(actor: &mut Actor, link: &str) -> Page {
    let form = actor.get(link).await.form("change-email");
    actor.submit(form.press("change-email-submit")).await
}

pub(crate) async fn undo(actor: &mut Actor, link: &str) -> Page {
    let form = actor.get(link).await.form("undo-email");
    actor.land(form.press("undo-email-submit")).await
}

/// Changes the address, and returns the link with which the one before undoes it.
pub(super) async fn changed(app: &TestApp, actor: &mut Actor, before: &str, after: &str) -> String {
    let link_there = asked(app, actor, after).await;
    let page = follow(actor, &link_there).await;
    assert_eq!(page.location(), "/account/security?done=email");
    link(to(&post(app).await, before))
}

pub(super) async fn signs_in(app: &TestApp, email: &str) -> bool {
    let page = app.browser().sign_in("/sign-in", email, PASSWORD).await;
    page.redirect().is_some()
}

async fn an_address_changes_when_the_link_is_followed_by_who_is_signed_in(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let page = ask_for(&mut ada, NEW_ADDRESS).await;
    ada.follow(page).await.says("The link is on its way");
    let mails = post(&app).await;
    to(&mails, ADA).says("Nothing changes until they follow the link");
    let link = link(to(&mails, NEW_ADDRESS));
    assert!(link.starts_with("/change-email?token="), "{link}");
    assert!(signs_in(&app, ADA).await && !signs_in(&app, NEW_ADDRESS).await);

    // To look does nothing, and whoever is not signed in is sent to do so.
    let mut elsewhere = app.browser();
    let sent = elsewhere.get(&link).await;
    assert!(sent.location().starts_with("/sign-in?next=%2Fchange-email"));
    ada.get(&link).await.says(NEW_ADDRESS);
    assert!(signs_in(&app, ADA).await);
    app.leave_mail().await;

    let page = follow(&mut ada, &link).await;
    assert_eq!(page.location(), "/account/security?done=email");
    ada.follow(page).await.says(NEW_ADDRESS);
    assert!(signs_in(&app, NEW_ADDRESS).await && !signs_in(&app, ADA).await);
    let mails = post(&app).await;
    to(&mails, ADA).says("undo it now");
    let there: Vec<&Eml> = mails
        .iter()
        .filter(|mail| mail.field("To") == NEW_ADDRESS)
        .collect();
    there[0].says("you sign in at http://localhost:8000 with this address");
}

async fn the_link_is_for_the_account_that_asked_and_holds_once_and_for_a_day(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mut eve = app.settled("Eve", THIEF).await;
    let first = asked(&app, &mut ada, NEW_ADDRESS).await;
    eve.get(&first).await.says("does nothing any more");
    app.wait(SECOND);
    let link = asked(&app, &mut ada, NEW_ADDRESS).await;
    ada.get(&first).await.says("does nothing any more");
    let kept = ada.get(&link).await.form("change-email");
    let stolen = eve.get("/account/security").await.form("security/kit");
    let csrf = stolen.value("csrf").expect("a token").to_owned();
    let page = eve.submit(kept.clone().forged("csrf", &csrf)).await;
    page.says("does nothing any more");
    app.wait(DAY);
    ada.sign_in("/sign-in?next=/account", ADA, PASSWORD).await;
    ada.get(&link).await.says("does nothing any more");
    let link = asked(&app, &mut ada, NEW_ADDRESS).await;
    let kept = ada.get(&link).await.form("change-email");
    follow(&mut ada, &link).await.location();
    let again = ada.submit(kept).await;
    assert_eq!(again.location(), "/account/security?done=email");
}

async fn an_open_browser_changes_no_address(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let form = ada.get("/account/security/email").await;
    let form = form.form("email-change").with("email", THIEF);
    app.wait(std::time::Duration::from_secs(601));
    let page = ada.get("/account/security/email").await;
    assert!(page.location().starts_with("/sign-in/confirm?after="));
    let page = ada.submit(form).await;
    assert!(page.location().starts_with("/sign-in/confirm?after="));
    assert!(post(&app).await.is_empty());
}

async fn an_address_that_somebody_has_is_told_to_them_and_to_nobody_else(app: TestApp) {
    app.settled("Bob", BOB).await;
    let mut eve = app.settled("Eve", THIEF).await;
    let mut answers = Vec::new();
    for email in [BOB, "nobody@home.example"] {
        let page = ask_for(&mut eve, email).await;
        let location = page.location().to_owned();
        let page = eve.follow(page).await;
        // The change that waits shows them what they typed.
        answers.push((location, page.status, page.words().replace(email, "…")));
        let mails = post(&app).await;
        to(&mails, THIEF).says("asked for another e-mail address");
        if email.starts_with("bob") {
            let mail = to(&mails, email);
            mail.says("There is one already");
            assert!(!mail.text.contains("token="), "{}", mail.text);
        } else {
            to(&mails, email).says("Follow the link");
        }
        app.wait(SECOND);
    }
    assert_eq!(answers[0], answers[1]);
    let page = ask_for(&mut eve, &THIEF.to_uppercase()).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    page.says("the address that you have already");
}

async fn somebody_who_got_the_address_meanwhile_keeps_it(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let link = asked(&app, &mut ada, NEW_ADDRESS).await;
    app.settled("Ada again", NEW_ADDRESS).await;
    let page = follow(&mut ada, &link).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    page.says("another account with this address");
    assert!(signs_in(&app, ADA).await);
    ada.get("/account/security").await.says(ADA);
}

async fn the_address_before_undoes_a_change_and_signs_everybody_out(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let undo_link = changed(&app, &mut ada, ADA, NEW_ADDRESS).await;
    app.wait(WEEK.saturating_sub(HOUR));
    let mut eve = app.browser();
    eve.sign_in("/sign-in", NEW_ADDRESS, PASSWORD).await;
    let late = asked(&app, &mut eve, THIEF).await;
    let mut anywhere = app.browser();
    anywhere.get(&undo_link).await.says(ADA);
    let page = undo(&mut anywhere, &undo_link).await;
    page.says("Choose a new password now");
    assert!(page.links().contains(&"/recover".to_owned()));
    assert!(eve.get("/account").await.redirect().is_some(), "signed out");
    assert!(signs_in(&app, ADA).await && !signs_in(&app, NEW_ADDRESS).await);
    app.wait(SECOND);
    let mails = post(&app).await;
    assert!(
        mails
            .iter()
            .any(|mail| mail.field("To") == ADA && mail.text.contains("Choose a new password now"))
    );
    assert!(
        mails
            .iter()
            .any(|mail| mail.field("To") == NEW_ADDRESS && mail.text.contains("was undone"))
    );
    anywhere.get(&undo_link).await.says("Undone");
    // What was asked before it does nothing after it.
    app.leave_mail().await;
    eve.sign_in("/sign-in", ADA, PASSWORD).await;
    eve.get(&late).await.says("does nothing any more");
    // Nor is a browser known in which somebody signed in before it.
    only(post(&app).await).says("in a browser that we did not know");
}

async fn a_thief_who_goes_on_changing_does_not_get_rid_of_the_owner(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mut eve = ada.clone();
    let first = changed(&app, &mut eve, ADA, NEW_ADDRESS).await;
    app.wait(SECOND);
    let second = changed(&app, &mut eve, NEW_ADDRESS, THIEF).await;
    app.wait(SECOND);
    ask(&mut app.browser(), THIEF).await;
    let recover = link(&only(post(&app).await));
    // The newer way to undo does not take the older one's place.
    undo(&mut app.browser(), &first).await.says("Undone");
    ada.sign_in("/sign-in?next=/account/security", ADA, PASSWORD)
        .await;
    ada.get("/account/security").await.says(ADA);
    let mut thief = app.browser();
    thief.get(&second).await.says("does nothing any more");
    thief.get(&recover).await.says("no longer works");
    ask(&mut thief, THIEF).await;
    let mails = post(&app).await;
    assert!(
        mails
            .iter()
            .all(|mail| !mail.text.contains("/recover/continue"))
    );
}

async fn a_change_ends_a_way_back_in_that_waits(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let recover = forgot(&app, ADA).await;
    let mut browser = app.browser();
    let form = browser.get(&recover).await.form("recover-wait");
    browser.land(form).await.says("From");
    let stop = link(&only(post(&app).await));
    let undo_link = changed(&app, &mut ada, ADA, NEW_ADDRESS).await;
    ada.get("/account").await.says_not("Someone is asking");
    browser.get(&stop).await.says("no longer works");
    app.wait(DAY);
    jobs::recoveries::run_once(&app.app)
        .await
        .expect("a database");
    assert!(post(&app).await.is_empty());
    undo(&mut browser, &undo_link).await.says("Undone");
}

async fn the_operators_key_waits_as_long_as_a_change_can_be_undone(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mut eve = ada.clone();
    let undo_link = changed(&app, &mut eve, ADA, THIEF).await;
    app.leave_mail().await;
    let recover = forgot(&app, THIEF).await;
    let form = eve.get(&recover).await.form("recover-wait");
    eve.land(form).await.says("From");
    // The owner hears of it as well, and has the way to undo the change.
    let mails = post(&app).await;
    assert!(link(to(&mails, THIEF)).starts_with("/recover/stop"));
    let told = to(&mails, ADA);
    told.says("get back in with the spare key");
    told.says("Your account has another e-mail address");
    assert!(!told.text.contains("token="), "{}", told.text);
    for _ in 0..6 {
        app.wait(DAY);
        jobs::recoveries::run_once(&app.app)
            .await
            .expect("a database");
        assert!(
            post(&app).await.is_empty(),
            "not before the owner had a week"
        );
    }
    undo(&mut app.browser(), &undo_link).await.says("Undone");
    app.leave_mail().await;
    app.wait(WEEK);
    jobs::recoveries::run_once(&app.app)
        .await
        .expect("a database");
    assert!(post(&app).await.is_empty());
    ada.sign_in("/sign-in", ADA, PASSWORD).await.location();
}

async fn an_address_that_was_never_confirmed_undoes_nothing(app: TestApp) {
    let mut ada = app.person("Ada", ADA).await;
    let link_there = asked(&app, &mut ada, NEW_ADDRESS).await;
    follow(&mut ada, &link_there).await.location();
    let mails = post(&app).await;
    let left = to(&mails, ADA);
    left.says("never confirmed");
    assert!(!left.text.contains("token="), "{}", left.text);
    assert!(signs_in(&app, NEW_ADDRESS).await && !signs_in(&app, ADA).await);
}

async fn an_address_that_was_taken_meanwhile_is_not_taken_back(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let undo_link = changed(&app, &mut ada, ADA, NEW_ADDRESS).await;
    app.leave_mail().await;
    let mut other = app.settled("Ada again", ADA).await;
    let mut browser = app.browser();
    let page = undo(&mut browser, &undo_link).await;
    assert_eq!(page.status, StatusCode::CONFLICT);
    assert!(ada.get("/account").await.redirect().is_none(), "still in");
    // Once it is free again, the link still works.
    let there = asked(&app, &mut other, "other@home.example").await;
    follow(&mut other, &there).await.location();
    undo(&mut browser, &undo_link).await.says("Undone");
}

async fn what_businesses_are_told_of_an_address_stays_what_it_was(app: TestApp) {
    let shop = Business::open(&app, "shop").await;
    let mut ada = app.settled("Ada", ADA).await;
    let tokens = shop.log_in(&mut ada, "low").await;
    let token = tokens["access_token"].as_str().expect("a token");
    changed(&app, &mut ada, ADA, NEW_ADDRESS).await;
    let told = shop.userinfo(token).await.ok();
    assert_eq!(told["email"], ADA);
    assert_eq!(told["email_verified"], true);
    // Who edits it to the address that was confirmed has it verified at once.
    ada.edit("email", NEW_ADDRESS).await;
    ada.leave().await;
    ada.sign_in("/sign-in?next=/account", NEW_ADDRESS, PASSWORD)
        .await;
    let told = shop.userinfo(token).await.ok();
    assert_eq!(told["email"], NEW_ADDRESS);
    assert_eq!(told["email_verified"], true);
}

async fn asking_again_and_again_sends_no_more_than_a_few_links(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    for _ in 0..8 {
        app.wait(SECOND);
        ask_for(&mut ada, NEW_ADDRESS).await.location();
    }
    let mails = post(&app).await;
    let links = mails.iter().filter(|mail| mail.field("To") == NEW_ADDRESS);
    assert_eq!(links.count(), 4);
}
