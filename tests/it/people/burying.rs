//! How much somebody can be mailed by others who type their address.

use super::changing::{ask_for, asked};
use super::erasure::erase_now;
use super::{ADA, SECOND, post};
use crate::harness::{TestApp, on_both_databases};
use crate::life::deliver;
use crate::life::eml::Eml;

on_both_databases!(
    whoever_asks_for_somebodys_address_has_them_mailed_a_few_links,
    what_others_ask_for_elsewhere_counts_nothing_at_an_address_that_they_claim,
    whoever_makes_accounts_and_erases_them_in_turn_does_not_begin_anew,
);

const NEW: &str = "ada@new.example";

/// How many of these go to an address and say this.
fn saying(mails: &[Eml], address: &str, words: &str) -> usize {
    let to = mails.iter().filter(|mail| mail.field("To") == address);
    to.filter(|mail| mail.text.contains(words)).count()
}

async fn whoever_asks_for_somebodys_address_has_them_mailed_a_few_links(app: TestApp) {
    let mut eves = Vec::new();
    for number in 0..4 {
        let email = format!("eve{number}@evil.example");
        eves.push(app.settled("Eve", &email).await);
    }
    for eve in &mut eves {
        for _ in 0..4 {
            app.wait(SECOND);
            ask_for(eve, ADA).await.location();
        }
    }
    assert_eq!(saying(&post(&app).await, ADA, "/change-email"), 8);
}

async fn what_others_ask_for_elsewhere_counts_nothing_at_an_address_that_they_claim(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    for _ in 0..2 {
        let mut eve = app.person("Eve", NEW).await;
        for number in 0..4 {
            app.wait(SECOND);
            let email = format!("eve{number}@evil.example");
            ask_for(&mut eve, &email).await.location();
        }
    }
    post(&app).await;
    app.wait(SECOND);
    asked(&app, &mut ada, NEW).await;
}

async fn whoever_makes_accounts_and_erases_them_in_turn_does_not_begin_anew(app: TestApp) {
    for _ in 0..30 {
        let mut eve = app.browser();
        eve.sign_up("/sign-up", "Eve", ADA).await;
        deliver(&app).await;
        erase_now(&mut eve).await;
        app.wait(SECOND);
    }
    assert_eq!(saying(&post(&app).await, ADA, "/confirm-email"), 8);
}
