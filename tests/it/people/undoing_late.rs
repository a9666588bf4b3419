//! What an undone change of address takes along, and what it waits for.

use super::changing::{ask_for, asked, changed, follow, undo};
use super::recovery::pass;
use super::undelivered::{NO_SUCH_DOMAIN, mailing, mails};
use super::{ADA, DAY, SECOND, ask, link, post};
use crate::harness::{NEW_ADDRESS, PASSWORD, THIEF, TestApp, on_both_databases};
use crate::life::eml::Eml;
use crate::life::post::{Manners, PostOffice};

on_both_databases!(
    an_undo_reaches_the_letters_that_are_on_their_way,
    the_operators_key_waits_for_an_undo_whose_mail_was_late,
);

async fn an_undo_reaches_the_letters_that_are_on_their_way(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mut eve = ada.clone();
    let first = changed(&app, &mut eve, ADA, NEW_ADDRESS).await;
    app.wait(SECOND);
    let there = asked(&app, &mut eve, THIEF).await;
    follow(&mut eve, &there).await.location();
    // No mail has gone since: the one to the thief's first mailbox waits.
    undo(&mut app.browser(), &first).await.says("Undone");
    let mails = post(&app).await;
    let to = |address: &'static str| move |mail: &&Eml| mail.field("To") == address;
    assert_eq!(mails.iter().filter(to(NEW_ADDRESS)).count(), 0);
    assert!(mails.iter().all(|mail| !mail.text.contains("/undo-email")));
    assert!(mails.iter().any(|mail| to(THIEF)(&mail)), "it was undone");
    ada.sign_in("/sign-in?next=/account/security", ADA, PASSWORD)
        .await;
    ada.get("/account/security").await.says(ADA);
}

/// The link to a page in the mail to an address since the last look.
async fn link_to(app: &TestApp, office: &PostOffice, address: &str, path: &str) -> Option<String> {
    let mails = mails(app, office, address).await;
    let mail = mails.iter().find(|mail| mail.text.contains(path));
    mail.map(link)
}

async fn the_operators_key_waits_for_an_undo_whose_mail_was_late(app: TestApp) {
    let (app, mut eve, office) = mailing(app, "home.example", NO_SUCH_DOMAIN).await;
    ask_for(&mut eve, THIEF).await.location();
    let there = link_to(&app, &office, THIEF, "/change-email").await;
    follow(&mut eve, &there.expect("a link")).await.location();
    ask(&mut eve, THIEF).await;
    let recover = link_to(&app, &office, THIEF, "/recover/continue").await;
    let form = eve.get(&recover.expect("a link")).await;
    eve.land(form.form("recover-wait")).await.says("From");
    // What the owner's mailbox did not take is told at the new one.
    app.wait(60 * SECOND);
    assert!(
        link_to(&app, &office, THIEF, "/recover/stop")
            .await
            .is_some()
    );
    // After three days, what is mailed to Ada gets there: a way to undo it, for a week.
    app.wait(3 * DAY);
    office.behave(Manners::default());
    let undo_link = link_to(&app, &office, ADA, "/undo-email").await;
    for _ in 0..6 {
        app.wait(DAY);
        pass(&app).await;
        let ready = link_to(&app, &office, THIEF, "/recover/continue").await;
        assert!(ready.is_none(), "not while it can be undone");
    }
    let page = undo(&mut app.browser(), &undo_link.expect("a link")).await;
    page.says("Undone");
}
