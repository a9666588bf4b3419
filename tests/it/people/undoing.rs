//! What an undone change of address takes along, and what it waits for.

use super::changing::{asked, changed, follow, undo};
use super::{ADA, SECOND, post};
use crate::harness::{PASSWORD, TestApp, on_both_databases};

on_both_databases!(an_undo_reaches_the_letters_that_are_on_their_way);

const NEW: &str = "ada@new.example";
const THIEF: &str = "eve@evil.example";

async fn an_undo_reaches_the_letters_that_are_on_their_way(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let mut eve = ada.clone();
    let first = changed(&app, &mut eve, ADA, NEW).await;
    app.wait(SECOND);
    let there = asked(&app, &mut eve, THIEF).await;
    follow(&mut eve, &there).await.location();
    // No mail has gone since: the one to the thief's first mailbox waits.
    undo(&mut app.browser(), &first).await.says("Undone");
    let mails = post(&app).await;
    let to = |address| move |mail: &&crate::life::eml::Eml| mail.field("To") == address;
    assert_eq!(mails.iter().filter(to(NEW)).count(), 0);
    assert!(mails.iter().all(|mail| !mail.text.contains("/undo-email")));
    assert!(mails.iter().any(|mail| to(THIEF)(&mail)), "it was undone");
    ada.sign_in("/sign-in?next=/account/security", ADA, PASSWORD)
        .await;
    ada.get("/account/security").await.says(ADA);
}
