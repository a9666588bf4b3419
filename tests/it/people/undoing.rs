//! What goes with a change of address that is undone: what was set up since it was
//! asked for, and nothing that its owner had.

use super::changing::{asked, follow, to, undo};
use super::kit::with_kit;
use super::{ADA, DAY, SECOND, forgot, link, post};
use crate::harness::{
    Actor, Authenticator, NEW_PASSWORD, PASSWORD, THIEF, TestApp, on_both_databases,
};
use crate::ways_in::{set_up_app, sign_in_with_code};

on_both_databases!(
    what_was_set_up_since_a_change_was_asked_for_goes_when_it_is_undone,
    an_app_that_was_set_up_since_goes_and_asks_nobody_for_a_code,
    what_was_there_before_stays_and_is_asked,
    a_second_factor_that_may_have_taken_the_place_of_another_stays,
    a_password_that_was_set_since_goes_with_the_rest,
    a_password_that_was_set_since_stays_where_nothing_else_opens_the_vault,
);

/// Follows the link to another address; returns the one that undoes it.
pub(crate) async fn followed(app: &TestApp, actor: &mut Actor, there: &str) -> String {
    app.leave_mail().await;
    let page = follow(actor, there).await;
    assert_eq!(page.location(), "/account/security?done=email");
    link(to(&post(app).await, ADA))
}

/// Where somebody gets who knows the password.
async fn where_to(app: &TestApp, email: &str) -> String {
    let page = app.browser().sign_in("/sign-in", email, PASSWORD).await;
    page.location().to_owned()
}

async fn what_was_set_up_since_a_change_was_asked_for_goes_when_it_is_undone(app: TestApp) {
    let mut eve = app.settled("Ada", ADA).await;
    let there = asked(&app, &mut eve, THIEF).await;
    app.wait(SECOND);
    with_kit(&mut eve).await;
    let mut phone = Authenticator::new(Some([7; 32]));
    eve.add_passkey(&mut phone).await;
    let undoes = followed(&app, &mut eve, &there).await;
    app.wait(SECOND);
    let what = "a passkey, the recovery codes and the recovery kit";
    let mut ada = app.browser();
    // It is told before the button is pressed, and looking does nothing.
    let page = ada.get(&undoes).await;
    page.says(&format!("goes too, so that nobody gets in by it: {what}."));
    assert_eq!(
        app.browser()
            .sign_in_with("/sign-in", &mut phone)
            .await
            .location(),
        "/account"
    );
    app.leave_mail().await;
    let page = undo(&mut ada, &undoes).await;
    page.says(&format!("and is gone: {what}."));
    to(&post(&app).await, ADA).says(what);
    let page = app.browser().sign_in_with("/sign-in", &mut phone).await;
    assert_eq!(page.redirect(), None);
    assert_eq!(where_to(&app, ADA).await, "/account");
    app.leave_mail().await;
    let recover = forgot(&app, ADA).await;
    assert!(!ada.get(&recover).await.has_form("recover-kit"));
}

async fn an_app_that_was_set_up_since_goes_and_asks_nobody_for_a_code(app: TestApp) {
    let mut eve = app.settled("Ada", ADA).await;
    let there = asked(&app, &mut eve, THIEF).await;
    let undoes = followed(&app, &mut eve, &there).await;
    app.wait(SECOND);
    set_up_app(&app, &mut eve).await;
    assert_eq!(where_to(&app, THIEF).await, "/sign-in/second");
    let page = undo(&mut app.browser(), &undoes).await;
    page.says("is gone: the authenticator app and the recovery codes.");
    assert_eq!(where_to(&app, ADA).await, "/account");
}

async fn what_was_there_before_stays_and_is_asked(app: TestApp) {
    let mut eve = app.settled("Ada", ADA).await;
    let (_, codes) = set_up_app(&app, &mut eve).await;
    sign_in_with_code(&mut eve, &codes[0]).await.location();
    app.leave_mail().await;
    app.wait(SECOND);
    let there = asked(&app, &mut eve, THIEF).await;
    app.wait(SECOND);
    let mut phone = Authenticator::new(Some([7; 32]));
    eve.add_passkey(&mut phone).await;
    let undoes = followed(&app, &mut eve, &there).await;
    let mut ada = app.browser();
    let page = undo(&mut ada, &undoes).await;
    page.says("is gone: a passkey.");
    let page = app.browser().sign_in_with("/sign-in", &mut phone).await;
    assert_eq!(page.redirect(), None);
    // The password alone gets nobody in, and the codes from before do their work.
    let page = sign_in_with_code(&mut ada, &codes[1]).await;
    assert_eq!(page.location(), "/account");
}

async fn a_second_factor_that_may_have_taken_the_place_of_another_stays(app: TestApp) {
    let mut owner = app.settled("Ada", ADA).await;
    let (_, codes) = set_up_app(&app, &mut owner).await;
    sign_in_with_code(&mut owner, &codes[0]).await.location();
    app.leave_mail().await;
    app.wait(SECOND);
    let there = asked(&app, &mut owner, THIEF).await;
    app.wait(SECOND);
    // Nobody can tell by mail whose the one is that takes its place.
    let form = owner.get("/account/security").await.form("totp/remove");
    owner.submit(form).await.location();
    set_up_app(&app, &mut owner).await;
    let undoes = followed(&app, &mut owner, &there).await;
    let mut reader = app.browser();
    reader.get(&undoes).await.says_not("goes too");
    undo(&mut reader, &undoes).await.says_not("is gone");
    assert_eq!(where_to(&app, ADA).await, "/sign-in/second");
}

/// Sets a password with a kit of their own, by a link that is mailed to where the account
/// is now.
async fn set_with_kit(app: &TestApp, address: &str, code: &str) {
    let recover = forgot(app, address).await;
    let mut browser = app.browser();
    let form = browser.get(&recover).await.form("recover-kit");
    let form = form.with("code", code).with("password", NEW_PASSWORD);
    browser.land(form).await.says("new password works");
    app.leave_mail().await;
}

async fn a_password_that_was_set_since_goes_with_the_rest(app: TestApp) {
    let mut eve = app.settled("Ada", ADA).await;
    let there = asked(&app, &mut eve, THIEF).await;
    app.wait(SECOND);
    let code = with_kit(&mut eve).await;
    let undoes = followed(&app, &mut eve, &there).await;
    app.wait(SECOND);
    set_with_kit(&app, THIEF, &code).await;
    // The operator's key was there before, and opens the vault still.
    let what = "the password and the recovery kit";
    let mut ada = app.browser();
    let page = ada.get(&undoes).await;
    page.says(&format!("so that nobody gets in by it: {what}."));
    page.says_not("It stays");
    let page = undo(&mut ada, &undoes).await;
    page.says(&format!("and is gone: {what}."));
    to(&post(&app).await, ADA).says(what);
    for password in [NEW_PASSWORD, PASSWORD] {
        let page = app.browser().sign_in("/sign-in", ADA, password).await;
        page.says("do not go together");
    }
    // Its owner gets back in as whoever forgot a password does.
    let recover = forgot(&app, ADA).await;
    let form = ada.get(&recover).await.form("recover-wait");
    ada.land(form).await.says("From");
    post(&app).await;
    app.wait(DAY);
    super::recovery::pass(&app).await;
    let ready = link(to(&post(&app).await, ADA));
    let page = super::recovery::finish(&mut ada, &ready).await;
    page.says("new password works");
    let page = app.browser().sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/account");
}

async fn a_password_that_was_set_since_stays_where_nothing_else_opens_the_vault(app: TestApp) {
    let mut eve = app.settled("Ada", ADA).await;
    let there = asked(&app, &mut eve, THIEF).await;
    app.wait(SECOND);
    let code = with_kit(&mut eve).await;
    let form = eve.get("/account/security").await.form("escrow/drop");
    eve.submit(form).await.location();
    let undoes = followed(&app, &mut eve, &there).await;
    app.wait(SECOND);
    set_with_kit(&app, THIEF, &code).await;
    let mut ada = app.browser();
    let stays = "It stays, for without it nothing would open your vault any more";
    let page = ada.get(&undoes).await;
    page.says("so that nobody gets in by it: the recovery kit.");
    page.says(stays);
    undo(&mut ada, &undoes).await.says(stays);
    to(&post(&app).await, ADA).says(stays);
    let page = app.browser().sign_in("/sign-in", ADA, NEW_PASSWORD).await;
    assert_eq!(page.location(), "/account");
}
