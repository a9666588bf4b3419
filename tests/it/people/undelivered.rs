//! Letters to addresses that take no mail, and what they hold up: nothing.

use std::time::Duration;

use sluis::config::MailUrl;

use super::changing::ask_for;
use super::erasure::erase_now;
use super::recovery::pass;
use super::{ADA, DAY, HOUR, link};
use crate::harness::{Actor, NEW_ADDRESS, PASSWORD, TestApp, on_both_databases};
use crate::life::deliver;
use crate::life::eml::Eml;
use crate::life::post::{Manners, PostOffice};

on_both_databases!(
    an_address_that_takes_no_mail_holds_up_no_other_letter,
    an_address_that_was_left_holds_up_no_other_letter,
    that_nobody_is_at_another_address_says_nothing_of_the_accounts_own,
    what_waits_for_another_address_goes_with_the_account,
    the_last_mail_is_not_kept_for_longer_than_it_is_tried,
    what_is_refused_at_an_address_that_somebody_typed_is_not_kept,
    what_waits_for_whoever_claims_an_address_goes_with_the_account,
);

const MINUTE: Duration = Duration::from_secs(60);
const NOWHERE: &str = "ada@nowhere.example";
pub(super) const NO_SUCH_DOMAIN: &str = "450 4.1.2 no such domain";

/// Ada, whose mail goes by a server that answers this of one domain.
pub(super) async fn mailing(
    app: TestApp,
    domain: &'static str,
    answer: &'static str,
) -> (TestApp, Actor, PostOffice) {
    let ada = app.settled("Ada", ADA).await;
    app.leave_mail().await;
    let manners = Manners {
        elsewhere: Some((domain, answer)),
        ..Manners::default()
    };
    let office = PostOffice::open(manners).await;
    let url: MailUrl = office.url().parse().expect("a mail server");
    let app = app.with(|config| config.mail_url = url).await;
    let ada = ada.moved_to(&app);
    (app, ada, office)
}

/// The mail to an address since the last look.
pub(super) async fn mails(app: &TestApp, office: &PostOffice, address: &str) -> Vec<Eml> {
    deliver(app).await;
    let handed = office.empty().into_iter();
    handed
        .filter(|handed| handed.to == address)
        .map(|handed| handed.mail)
        .collect()
}

#[track_caller]
fn only(mails: Vec<Eml>) -> Eml {
    super::only(mails)
}

async fn an_address_that_takes_no_mail_holds_up_no_other_letter(app: TestApp) {
    let (app, mut ada, office) = mailing(app, "nowhere.example", NO_SUCH_DOMAIN).await;
    ask_for(&mut ada, NOWHERE).await.location();
    only(mails(&app, &office, ADA).await).says("asked for another e-mail address");
    assert_eq!(app.tally_of_mail().await.expect("one waits").waiting, 1);
    // Somebody who has the password goes on: the owner hears of it.
    let mut thief = app.browser();
    thief.sign_in("/sign-in", ADA, PASSWORD).await;
    only(mails(&app, &office, ADA).await).says("in a browser that we did not know");
    // And the wait of a way back in begins.
    super::ask(&mut app.browser(), ADA).await;
    let recover = link(&only(mails(&app, &office, ADA).await));
    let mut browser = app.browser();
    let form = browser.get(&recover).await.form("recover-wait");
    browser
        .land(form)
        .await
        .says("you can choose a new password");
    only(mails(&app, &office, ADA).await).says("Was it not you? Then stop it now");
    app.wait(DAY);
    pass(&app).await;
    only(mails(&app, &office, ADA).await).says("With this link you choose a new password");
}

async fn an_address_that_was_left_holds_up_no_other_letter(app: TestApp) {
    let (app, mut ada, office) = mailing(app, "home.example", NO_SUCH_DOMAIN).await;
    let new = NEW_ADDRESS;
    ask_for(&mut ada, new).await.location();
    let link = link(&only(mails(&app, &office, new).await));
    // What was to be told at the address that there was is tried again.
    app.wait(MINUTE);
    let form = ada.get(&link).await.form("change-email");
    ada.submit(form.press("change-email-submit"))
        .await
        .location();
    let told = mails(&app, &office, new).await;
    assert!(
        told.iter()
            .any(|mail| mail.text.contains("with this address"))
    );
    app.browser().sign_in("/sign-in", new, PASSWORD).await;
    only(mails(&app, &office, new).await).says("in a browser that we did not know");
    office.behave(Manners::default());
    app.wait(MINUTE);
    only(mails(&app, &office, ADA).await).says("undo it now");
}

async fn that_nobody_is_at_another_address_says_nothing_of_the_accounts_own(app: TestApp) {
    let (app, mut ada, office) = mailing(app, "nowhere.example", "550 5.1.1 unknown").await;
    ask_for(&mut ada, NOWHERE).await.location();
    mails(&app, &office, ADA).await;
    assert_eq!(app.tally_of_mail().await.expect("one").given_up, 1);
    let page = ada.get("/account").await;
    page.says_not("Our mail does not arrive");
}

async fn what_waits_for_another_address_goes_with_the_account(app: TestApp) {
    let (app, mut ada, office) = mailing(app, "nowhere.example", NO_SUCH_DOMAIN).await;
    ask_for(&mut ada, NOWHERE).await.location();
    mails(&app, &office, ADA).await;
    erase_now(&mut ada).await;
    let waiting = app.tally_of_mail().await.expect("the last mail");
    assert_eq!((waiting.waiting, waiting.given_up), (1, 0));
    only(mails(&app, &office, ADA).await).says("was erased on");
    assert!(app.tally_of_mail().await.is_none());
}

async fn the_last_mail_is_not_kept_for_longer_than_it_is_tried(app: TestApp) {
    let (app, mut ada, office) = mailing(app, "home.example", NO_SUCH_DOMAIN).await;
    erase_now(&mut ada).await;
    for _ in 0..5 {
        mails(&app, &office, ADA).await;
        assert_eq!(app.tally_of_mail().await.expect("it waits").waiting, 1);
        app.wait(DAY);
    }
    mails(&app, &office, ADA).await;
    assert!(
        app.tally_of_mail().await.is_none(),
        "nor is it kept to be seen"
    );
}

async fn what_is_refused_at_an_address_that_somebody_typed_is_not_kept(app: TestApp) {
    let (app, _, office) = mailing(app, "home.example", "550 5.1.1 unknown").await;
    super::ask(&mut app.browser(), ADA).await;
    mails(&app, &office, ADA).await;
    assert!(app.tally_of_mail().await.is_none());
}

async fn what_waits_for_whoever_claims_an_address_goes_with_the_account(app: TestApp) {
    let (app, office, mut ada, _) = super::retried::at_an_office(app).await;
    office.behave(Manners {
        recipient: "451 later",
        ..Manners::default()
    });
    super::ask(&mut app.browser(), ADA).await;
    deliver(&app).await;
    assert_eq!(app.tally_of_mail().await.expect("a link").waiting, 1);
    erase_now(&mut ada).await;
    office.behave(Manners::default());
    app.wait(HOUR);
    only(mails(&app, &office, ADA).await).says("was erased on");
    assert!(app.tally_of_mail().await.is_none());
}
