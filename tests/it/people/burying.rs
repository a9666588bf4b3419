//! How much somebody can be mailed by others who type their address.

use super::changing::{ask_for, asked, changed, to};
use super::erasure::erase_now;
use super::{ADA, DAY, HOUR, SECOND, ask, forgot, link, only, post};
use crate::harness::{NEW_ADDRESS, PASSWORD, THIEF, TestApp, on_both_databases};
use crate::life::deliver;
use crate::life::eml::Eml;

on_both_databases!(
    whoever_asks_for_somebodys_address_has_them_mailed_a_few_links,
    what_others_ask_for_elsewhere_counts_nothing_at_an_address_that_they_claim,
    what_is_done_in_an_account_that_claims_an_address_is_not_told_there_without_end,
    strangers_who_claim_an_address_do_not_use_up_the_mail_of_its_owner,
    whoever_signs_up_where_a_stranger_used_up_the_mail_gets_theirs_in_an_hour,
    however_many_claim_an_address_a_forgotten_password_comes_to_each,
    whoever_makes_accounts_and_erases_them_in_turn_does_not_begin_anew,
    a_mailbox_is_mailed_no_more_than_so_much_in_a_day,
    whoever_had_an_address_hears_of_a_way_back_in_whatever_strangers_have_told_there,
    the_last_mail_of_an_account_goes_out_whatever_strangers_have_told_there,
);

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
            deliver(&app).await;
        }
    }
    // The first of each, and six more of the two that were quick.
    assert_eq!(saying(&post(&app).await, ADA, "/change-email"), 10);
}

async fn what_others_ask_for_elsewhere_counts_nothing_at_an_address_that_they_claim(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    for _ in 0..2 {
        let mut eve = app.person("Eve", NEW_ADDRESS).await;
        for number in 0..4 {
            app.wait(SECOND);
            let email = format!("eve{number}@evil.example");
            ask_for(&mut eve, &email).await.location();
        }
    }
    post(&app).await;
    app.wait(SECOND);
    asked(&app, &mut ada, NEW_ADDRESS).await;
}

async fn what_is_done_in_an_account_that_claims_an_address_is_not_told_there_without_end(
    app: TestApp,
) {
    let mut eve = app.person("Eve", ADA).await;
    for _ in 0..25 {
        ask_for(&mut eve, NEW_ADDRESS).await.location();
        deliver(&app).await;
        app.wait(SECOND);
    }
    let words = "asked for another e-mail address";
    assert_eq!(saying(&post(&app).await, ADA, words), 20);
    app.wait(HOUR);
    let mut again = app.browser();
    again.sign_in("/sign-in", ADA, PASSWORD).await;
    ask_for(&mut again, NEW_ADDRESS).await.location();
    assert_eq!(saying(&post(&app).await, ADA, words), 1);
}

async fn strangers_who_claim_an_address_do_not_use_up_the_mail_of_its_owner(app: TestApp) {
    for _ in 0..2 {
        let mut eve = app.browser();
        eve.sign_up("/sign-up", "Eve", ADA).await;
        for _ in 0..5 {
            app.wait(SECOND);
            let again = eve.get("/account").await.form("security/confirm-email");
            eve.submit(again).await.location();
        }
    }
    assert_eq!(saying(&post(&app).await, ADA, "/confirm-email"), 8);
    let mut ada = app.browser();
    ada.sign_up("/sign-up", "Ada", ADA).await;
    let form = ada.get(&link(&only(post(&app).await))).await;
    let page = ada.land(form.form("confirm-email")).await;
    page.says("is confirmed");
}

async fn whoever_signs_up_where_a_stranger_used_up_the_mail_gets_theirs_in_an_hour(app: TestApp) {
    let words = "/confirm-email";
    for _ in 0..50 {
        app.browser().sign_up("/sign-up", "Eve", ADA).await;
        app.wait(SECOND);
    }
    assert_eq!(saying(&post(&app).await, ADA, words), 24);
    let mut ada = app.browser();
    ada.sign_up("/sign-up", "Ada", ADA).await;
    assert!(post(&app).await.is_empty(), "not just now");
    // Before those of whoever waits for longer.
    app.wait(HOUR);
    let mails = post(&app).await;
    assert_eq!(saying(&mails, ADA, words), 24);
    let mut confirmed = 0;
    for mail in &mails {
        let page = ada.get(&link(mail)).await;
        if page.has_form("confirm-email") {
            ada.land(page.form("confirm-email"))
                .await
                .says("is confirmed");
            confirmed += 1;
        }
    }
    assert_eq!(confirmed, 1);
}

async fn a_mailbox_is_mailed_no_more_than_so_much_in_a_day(app: TestApp) {
    let mut mailed = 0;
    for _ in 0..4 {
        for _ in 0..26 {
            app.browser().sign_up("/sign-up", "Eve", ADA).await;
        }
        mailed += saying(&post(&app).await, ADA, "/confirm-email");
        app.wait(HOUR);
    }
    assert_eq!(mailed, 48);
    app.wait(DAY);
    assert_eq!(saying(&post(&app).await, ADA, "/confirm-email"), 24);
}

async fn however_many_claim_an_address_a_forgotten_password_comes_to_each(app: TestApp) {
    app.person("Ada", ADA).await;
    app.wait(DAY);
    for _ in 0..15 {
        app.person("Eve", ADA).await;
        app.wait(SECOND);
    }
    let mut told = 0;
    for _ in 0..2 {
        ask(&mut app.browser(), ADA).await;
        app.wait(SECOND);
        let mails = post(&app).await;
        assert_eq!(mails.len(), 10);
        told += saying(&mails, ADA, "was made on 21 September 2026, 14:13");
    }
    assert_eq!(told, 1, "the account that Ada made");
}

async fn whoever_makes_accounts_and_erases_them_in_turn_does_not_begin_anew(app: TestApp) {
    for _ in 0..30 {
        let mut eve = app.browser();
        eve.sign_up("/sign-up", "Eve", ADA).await;
        deliver(&app).await;
        erase_now(&mut eve).await;
        app.wait(SECOND);
    }
    let mails = post(&app).await;
    assert_eq!(saying(&mails, ADA, "/confirm-email"), 24);
    assert_eq!(saying(&mails, ADA, "was erased on"), 20);
}

/// Strangers claim Ada's address, and have her told as much as a mailbox is of such.
async fn use_up_what_is_told(app: &TestApp) {
    for _ in 0..21 {
        let mut eve = app.browser();
        eve.sign_up("/sign-up", "Eve", ADA).await;
        erase_now(&mut eve).await;
        app.wait(SECOND);
    }
    assert_eq!(saying(&post(app).await, ADA, "was erased on"), 20);
}

async fn whoever_had_an_address_hears_of_a_way_back_in_whatever_strangers_have_told_there(
    app: TestApp,
) {
    use_up_what_is_told(&app).await;
    let mut eve = app.settled("Ada", ADA).await;
    changed(&app, &mut eve, ADA, THIEF).await;
    app.leave_mail().await;
    let recover = forgot(&app, THIEF).await;
    let form = eve.get(&recover).await.form("recover-wait");
    eve.land(form).await.says("From");
    to(&post(&app).await, ADA).says("get back in with the spare key");
}

async fn the_last_mail_of_an_account_goes_out_whatever_strangers_have_told_there(app: TestApp) {
    use_up_what_is_told(&app).await;
    let mut ada = app.settled("Ada", ADA).await;
    erase_now(&mut ada).await;
    assert_eq!(saying(&post(&app).await, ADA, "was erased on"), 1);
}
