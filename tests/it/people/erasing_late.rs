//! An erasure waits while a change of address can be undone; and what fails of one
//! account holds up no other.

use sluis::domain::id::GrantId;
use sluis::store::StoreError;

use super::changing::{ask_for, asked, changed, follow, undo};
use super::erasure::{chain, erase, erase_now, pass, shop};
use super::{ADA, DAY, SECOND, link, only, post};
use crate::harness::{Actor, BOB, NEW_ADDRESS, PASSWORD, THIEF, TestApp, WEEK, on_both_databases};
use crate::life::eml::Eml;
use crate::protocol::{SCOPES, text};

on_both_databases!(
    while_a_change_can_be_undone_an_erasure_waits_and_undoing_calls_it_off,
    once_it_cannot_be_undone_any_more_it_is_done,
    a_change_that_nobody_was_told_of_yet_is_waited_for,
    a_month_to_think_it_over_is_told_at_the_address_before_as_well,
    whoever_claims_somebodys_address_says_nothing_there_by_erasing,
    whoever_claims_an_address_time_and_again_mails_it_no_more_than_a_few_times,
    whoever_claims_the_address_before_does_not_keep_it_from_being_told,
    one_account_that_cannot_be_erased_holds_up_no_other,
    what_was_read_at_the_moment_of_the_end_is_forgotten_with_the_rest,
);

/// What an address was mailed.
fn to<'a>(mails: &'a [Eml], address: &str) -> Vec<&'a Eml> {
    let mails = mails.iter();
    mails.filter(|mail| mail.field("To") == address).collect()
}

async fn is_there(app: &TestApp, email: &str) -> bool {
    let page = app.browser().sign_in("/sign-in", email, PASSWORD).await;
    page.redirect().is_some()
}

async fn while_a_change_can_be_undone_an_erasure_waits_and_undoing_calls_it_off(app: TestApp) {
    let shop = shop(&app, "shop").await;
    let mut ada = app.settled("Ada", ADA).await;
    let tokens = shop.log_in_for(&mut ada, "low", SCOPES).await;
    let mut eve = ada.clone();
    let undo_link = changed(&app, &mut eve, ADA, THIEF).await;
    app.leave_mail().await;
    let page = eve.get("/account/erase").await;
    page.says("as soon as it can be done");
    page.says("Your e-mail address was changed recently");
    let page = erase(&mut eve, "now").await;
    assert_eq!(page.location(), "/account/erase");
    eve.follow(page)
        .await
        .says("Your e-mail address was changed recently");
    let mails = post(&app).await;
    let (before, now_there) = (to(&mails, ADA), to(&mails, THIEF));
    assert_eq!((before.len(), now_there.len()), (1, 1));
    before[0].says("with the link in our earlier mail “Your account has another e-mail address”");
    now_there[0].says("Sign in and call it off");
    let claims = shop.userinfo(text(&tokens, "access_token")).await;
    assert!(claims.json.get("email").is_none(), "{:?}", claims.json);
    app.wait(WEEK.saturating_sub(SECOND));
    pass(&app).await;
    undo(&mut app.browser(), &undo_link).await.says("Undone");
    let mails = post(&app).await;
    let told = to(&mails, ADA);
    assert!(told.iter().any(|mail| mail.text.contains("was called off")));
    app.wait(WEEK);
    pass(&app).await;
    assert!(is_there(&app, ADA).await);
    let events = chain(&app, text(&tokens, "grant_id")).await;
    assert_eq!(events, ["given", "paused", "resumed"]);
}

async fn once_it_cannot_be_undone_any_more_it_is_done(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let new = NEW_ADDRESS;
    let undo_link = changed(&app, &mut ada, ADA, new).await;
    app.wait(DAY);
    ada.sign_in("/sign-in?next=/account", new, PASSWORD).await;
    assert_eq!(erase(&mut ada, "now").await.location(), "/account/erase");
    app.leave_mail().await;
    app.wait((6 * DAY).saturating_sub(SECOND));
    pass(&app).await;
    assert!(is_there(&app, new).await);
    app.leave_mail().await;
    app.wait(SECOND);
    pass(&app).await;
    let last = only(post(&app).await);
    assert_eq!(last.field("To"), new);
    last.says("was erased on");
    assert!(!is_there(&app, new).await);
    let page = app.browser().get(&undo_link).await;
    page.says("does nothing any more");
}

async fn a_change_that_nobody_was_told_of_yet_is_waited_for(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    let link_there = asked(&app, &mut ada, THIEF).await;
    follow(&mut ada, &link_there).await.location();
    // The mail of that is still there.
    assert_eq!(erase(&mut ada, "now").await.location(), "/account/erase");
    app.wait(2 * DAY);
    let mails = post(&app).await;
    let told = to(&mails, ADA);
    let left = told.iter().find(|mail| mail.text.contains("/undo-email"));
    let undo_link = link(left.expect("a way to undo it"));
    // It works for a week from then, and so the end is later than was said.
    for _ in 0..6 {
        app.wait(DAY);
        pass(&app).await;
    }
    undo(&mut app.browser(), &undo_link).await.says("Undone");
    assert!(is_there(&app, ADA).await);
}

async fn a_month_to_think_it_over_is_told_at_the_address_before_as_well(app: TestApp) {
    let mut ada = app.settled("Ada", ADA).await;
    changed(&app, &mut ada, ADA, THIEF).await;
    app.leave_mail().await;
    erase(&mut ada, "later").await.location();
    let mails = post(&app).await;
    assert_eq!((to(&mails, ADA).len(), to(&mails, THIEF).len()), (1, 1));
    app.wait(WEEK);
    pass(&app).await;
    assert!(is_there(&app, THIEF).await, "a month is a month");
}

async fn whoever_claims_somebodys_address_says_nothing_there_by_erasing(app: TestApp) {
    app.settled("Ada", ADA).await;
    let mut eve: Actor = app.browser();
    eve.sign_up("/sign-up", "Eve", ADA).await;
    only(post(&app).await).says("There is one already");
    erase_now(&mut eve).await;
    assert!(post(&app).await.is_empty());
}

async fn whoever_claims_an_address_time_and_again_mails_it_no_more_than_a_few_times(app: TestApp) {
    for _ in 0..30 {
        let mut eve = app.browser();
        let page = eve.sign_up("/sign-up", "Eve", ADA).await;
        assert_eq!(page.location(), "/account?done=welcome");
        app.wait(SECOND);
    }
    assert_eq!(post(&app).await.len(), 24);
    app.wait(DAY);
    app.browser().sign_up("/sign-up", "Ada", ADA).await;
    let mails = post(&app).await;
    assert_eq!(mails.len(), 7, "hers, and those that were put off");
    for mail in mails {
        mail.says("Confirm that you read your mail here");
    }
}

async fn whoever_claims_the_address_before_does_not_keep_it_from_being_told(app: TestApp) {
    let mut thief = app.settled("Ada", ADA).await;
    changed(&app, &mut thief, ADA, THIEF).await;
    let mut claims = app.person("Eve", ADA).await;
    for _ in 0..25 {
        ask_for(&mut claims, "eve@other.example").await.location();
        post(&app).await;
        app.wait(SECOND);
    }
    let page = erase(&mut thief, "now").await;
    assert_eq!(page.location(), "/account/erase");
    let mails = post(&app).await;
    let told = to(&mails, ADA);
    assert_eq!(told.len(), 1, "{told:?}");
    told[0].says("with the link in our earlier mail “Your account has another e-mail address”");
}

async fn one_account_that_cannot_be_erased_holds_up_no_other(app: TestApp) {
    let bob = BOB;
    for email in [ADA, bob] {
        let mut person = app.person("Somebody", email).await;
        erase(&mut person, "later").await.location();
        app.wait(SECOND);
    }
    app.leave_mail().await;
    // Somebody has been in the database, where hers is due first.
    let spoilt = "UPDATE accounts SET contact_sealed = $1 WHERE id = \
                  (SELECT account_id FROM erasures ORDER BY due_at LIMIT 1)";
    let written = app.app.store().write(move |tx| {
        Box::pin(async move {
            sqlx::query(spoilt).bind(vec![7_u8; 40]).execute(tx).await?;
            Ok::<_, StoreError>(())
        })
    });
    written.await.expect("a write");
    app.wait(30 * DAY);
    pass(&app).await;
    assert_eq!(only(post(&app).await).field("To"), bob);
    assert!(is_there(&app, ADA).await && !is_there(&app, bob).await);
}

async fn what_was_read_at_the_moment_of_the_end_is_forgotten_with_the_rest(app: TestApp) {
    let shop = shop(&app, "shop").await;
    let mut ada = app.person("Ada", ADA).await;
    let tokens = shop.log_in_for(&mut ada, "low", SCOPES).await;
    erase_now(&mut ada).await;
    let grant_id: GrantId = text(&tokens, "grant_id").parse().expect("an id");
    let late = "INSERT INTO reads (id, grant_id, read_at, read_sealed) VALUES ($1, $2, $3, $4)";
    let written = app.app.store().write(move |tx| {
        Box::pin(async move {
            sqlx::query(late)
                .bind(grant_id.to_string())
                .bind(grant_id.to_string())
                .bind(0_i64)
                .bind(vec![7_u8; 40])
                .execute(tx)
                .await?;
            Ok::<_, StoreError>(())
        })
    });
    written.await.expect("a write");
    app.wait(5 * 366 * DAY);
    pass(&app).await;
    assert!(chain(&app, text(&tokens, "grant_id")).await.is_empty());
}
