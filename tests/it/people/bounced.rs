//! Mail that a relay took and that came back: who is told of it, until when, and that
//! nobody learns by it whose an address is.

use sluis::service::bounces::{self, Outcome};

use super::{ADA, DAY, HOUR, SECOND, ask, changing, link, only, post};
use crate::harness::{Actor, BOB, NEW_ADDRESS, TestApp, on_both_databases};
use crate::life::bounce::gone;
use crate::life::deliver;
use crate::life::eml::Eml;
use crate::life::post::Manners;

on_both_databases!(
    a_relay_that_takes_the_next_mail_too_makes_nobody_reachable,
    whoever_shows_that_they_read_mail_there_is_warned_no_more,
    whoever_has_an_address_and_all_who_say_so_are_told_alike,
    whoever_says_so_after_that_learns_by_nothing_whether_somebody_has_it,
    what_a_server_says_counts_again_once_mail_is_read_there,
    that_a_new_address_bounces_says_nothing_of_the_one_there_is,
    what_comes_back_from_an_address_that_was_left_is_about_nobody,
);

async fn comes_back(app: &TestApp, mail: &Eml) -> Outcome {
    let heard = bounces::take(&app.app, gone(mail).as_bytes()).await;
    heard.expect("a report of ours").outcome
}

async fn is_warned(actor: &mut Actor) -> bool {
    let page = actor.get("/account").await;
    page.html.contains("id=\"email-unreachable\"")
}

/// Somebody who says that an address is theirs, and what is mailed there of that.
async fn claims(app: &TestApp, email: &str) -> (Actor, Vec<Eml>) {
    app.wait(SECOND);
    let mut actor = app.browser();
    actor.sign_up("/sign-up", "Eve", email).await;
    (actor, post(app).await)
}

/// The mail of somebody who forgot their password.
async fn forgotten(app: &TestApp, email: &str) -> Eml {
    app.wait(SECOND);
    ask(&mut app.browser(), email).await;
    only(post(app).await)
}

async fn confirm(actor: &mut Actor, mail: &Eml) {
    let form = actor.get(&link(mail)).await.form("confirm-email");
    let page = actor.land(form.press("confirm-email-submit")).await;
    page.says("is confirmed");
}

async fn a_relay_that_takes_the_next_mail_too_makes_nobody_reachable(app: TestApp) {
    let (mut ada, mails) = claims(&app, ADA).await;
    assert_eq!(comes_back(&app, &only(mails)).await, Outcome::Noted(1));
    assert!(is_warned(&mut ada).await);
    forgotten(&app, ADA).await;
    assert!(is_warned(&mut ada).await);
}

async fn whoever_shows_that_they_read_mail_there_is_warned_no_more(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mail = forgotten(&app, ADA).await;
    assert_eq!(comes_back(&app, &mail).await, Outcome::Noted(1));
    assert!(is_warned(&mut ada).await);
    app.wait(SECOND);
    let again = ada.get("/account").await.form("security/confirm-email");
    ada.submit(again).await.location();
    confirm(&mut ada, &only(post(&app).await)).await;
    assert!(!is_warned(&mut ada).await);
    // What came back before that says nothing any more; the next mail does.
    assert_eq!(comes_back(&app, &mail).await, Outcome::NobodysAddress);
    assert!(!is_warned(&mut ada).await);
    let newer = forgotten(&app, ADA).await;
    assert_eq!(comes_back(&app, &newer).await, Outcome::Noted(1));
    assert!(is_warned(&mut ada).await);
}

async fn whoever_has_an_address_and_all_who_say_so_are_told_alike(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let (mut eve, told) = claims(&app, ADA).await;
    let (mut mallory, _) = claims(&app, "Ada@Home.example").await;
    let mut others = app.settled("Bob", BOB).await;
    assert_eq!(comes_back(&app, &only(told)).await, Outcome::Noted(3));
    for actor in [&mut ada, &mut eve, &mut mallory] {
        assert!(is_warned(actor).await);
    }
    assert!(!is_warned(&mut others).await);
}

async fn whoever_says_so_after_that_learns_by_nothing_whether_somebody_has_it(app: TestApp) {
    app.settled("Ada", ADA).await;
    for email in [ADA, "nobody@home.example"] {
        let (mut first, mails) = claims(&app, email).await;
        assert!(!is_warned(&mut first).await, "{email}");
        comes_back(&app, &only(mails)).await;
        assert!(is_warned(&mut first).await, "{email}");
        // One has a mail sent, and the other has not.
        let (mut second, _) = claims(&app, email).await;
        assert!(is_warned(&mut second).await, "{email}");
        // And what they are mailed of, or not, changes nothing.
        let again = second.get("/account").await.form("security/confirm-email");
        second.submit(again).await.location();
        post(&app).await;
        assert!(is_warned(&mut second).await, "{email}");
    }
    app.wait(DAY + HOUR);
    for email in [ADA, "nobody@home.example"] {
        let (mut later, mails) = claims(&app, email).await;
        assert!(!is_warned(&mut later).await, "{email}");
        comes_back(&app, &only(mails)).await;
        assert!(is_warned(&mut later).await, "{email}");
    }
}

async fn what_a_server_says_counts_again_once_mail_is_read_there(app: TestApp) {
    let (app, office, mut ada, handed) = super::retried::at_an_office(app).await;
    let first = &handed[0].mail;
    assert_eq!(comes_back(&app, first).await, Outcome::Noted(1));
    confirm(&mut ada, first).await;
    for (recipient, warned) in [("550 5.1.1 no such user", true), ("250 fine", false)] {
        office.behave(Manners {
            recipient,
            ..Manners::default()
        });
        app.wait(HOUR);
        ask(&mut app.browser(), ADA).await;
        deliver(&app).await;
        assert_eq!(is_warned(&mut ada).await, warned, "{recipient}");
    }
}

async fn that_a_new_address_bounces_says_nothing_of_the_one_there_is(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let form = ada.get("/account/security/email").await;
    let form = form
        .form("email-change")
        .with("email", "ada@nowhere.example");
    ada.submit(form.press("email-change-submit"))
        .await
        .location();
    let mails = post(&app).await;
    let to_new = |mail: &&Eml| mail.field("To") == "ada@nowhere.example";
    let mail = mails.iter().find(to_new).expect("the link");
    assert_eq!(comes_back(&app, mail).await, Outcome::NobodysAddress);
    assert!(!is_warned(&mut ada).await);
}

async fn what_comes_back_from_an_address_that_was_left_is_about_nobody(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let before = forgotten(&app, ADA).await;
    let change = changing::asked(&app, &mut ada, NEW_ADDRESS).await;
    changing::follow(&mut ada, &change).await.location();
    assert_eq!(comes_back(&app, &before).await, Outcome::NobodysAddress);
    assert!(!is_warned(&mut ada).await);
}
