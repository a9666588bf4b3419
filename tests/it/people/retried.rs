//! Mail that does not get through at once, and what hangs on it.

use super::{ADA, DAY, HOUR, SECOND, ask, link};
use crate::harness::{Actor, TestApp, on_both_databases};
use crate::life::deliver;
use crate::life::post::{Handed, Manners, PostOffice};

on_both_databases!(
    a_link_that_is_mailed_late_does_not_end_the_newer_one,
    the_time_of_a_link_counts_from_when_it_was_mailed,
    the_wait_begins_when_its_owner_was_told,
    a_week_to_find_the_kit_begins_when_its_owner_was_told,
    a_server_that_will_not_have_our_mail_makes_nobody_unreachable,
    a_mail_that_gets_through_makes_an_address_reachable_again,
);

fn answering(recipient: &'static str) -> Manners {
    Manners {
        recipient,
        ..Manners::default()
    }
}

const LATER: &str = "451 later";

/// Ada, whose mail goes by a server; the first, to confirm her address, is there.
pub(super) async fn at_an_office(app: TestApp) -> (TestApp, PostOffice, Actor, Vec<Handed>) {
    let office = PostOffice::open(Manners::default()).await;
    let url = office.url().parse().expect("a mail server");
    let app = app.with(|config| config.mail_url = url).await;
    let mut ada = app.browser();
    ada.sign_up("/sign-up", "Ada", ADA).await;
    deliver(&app).await;
    let handed = office.empty();
    (app, office, ada, handed)
}

/// [`at_an_office`], whose mail is read.
async fn ada(app: TestApp) -> (TestApp, PostOffice, Actor) {
    let (app, office, ada, _) = at_an_office(app).await;
    (app, office, ada)
}

/// The links of what was handed over since the last look.
fn links(office: &PostOffice) -> Vec<String> {
    let handed = office.empty();
    handed.iter().map(|handed| link(&handed.mail)).collect()
}

async fn a_link_that_is_mailed_late_does_not_end_the_newer_one(app: TestApp) {
    let (app, office, _) = ada(app).await;
    let mut browser = app.browser();
    office.behave(answering(LATER));
    ask(&mut browser, ADA).await;
    deliver(&app).await;
    office.behave(Manners::default());
    app.wait(SECOND);
    ask(&mut browser, ADA).await;
    deliver(&app).await;
    let newer = links(&office);
    assert_eq!(newer.len(), 1);
    app.wait(60 * SECOND);
    deliver(&app).await;
    assert!(links(&office).is_empty(), "of no use any more");
    assert!(browser.get(&newer[0]).await.has_form("recover-wait"));
}

async fn the_time_of_a_link_counts_from_when_it_was_mailed(app: TestApp) {
    let (app, office, _) = ada(app).await;
    let mut browser = app.browser();
    office.behave(answering(LATER));
    ask(&mut browser, ADA).await;
    deliver(&app).await;
    app.wait(2 * HOUR);
    office.behave(Manners::default());
    deliver(&app).await;
    let late = links(&office).remove(0);
    app.wait(HOUR.saturating_sub(SECOND));
    assert!(browser.get(&late).await.has_form("recover-wait"));
    app.wait(SECOND);
    browser.get(&late).await.says("no longer works");
}

async fn the_wait_begins_when_its_owner_was_told(app: TestApp) {
    let (app, office, _) = ada(app).await;
    let mut browser = app.browser();
    ask(&mut browser, ADA).await;
    deliver(&app).await;
    let recover = links(&office).remove(0);
    office.behave(answering(LATER));
    let form = browser.get(&recover).await.form("recover-wait");
    browser.land(form).await.says("From");
    deliver(&app).await;
    app.wait(DAY);
    super::recovery::pass(&app).await;
    assert!(links(&office).is_empty());
    office.behave(Manners::default());
    deliver(&app).await;
    let stop = links(&office).remove(0);
    assert!(stop.starts_with("/recover/stop"), "{stop}");
    // The mail says when, and so it is.
    app.wait(DAY.saturating_sub(SECOND));
    is_ready_in_a_second(&app, &office, &mut browser).await;
}

/// A way back in is not told to be ready now, and is in a second.
async fn is_ready_in_a_second(app: &TestApp, office: &PostOffice, browser: &mut Actor) {
    super::recovery::pass(app).await;
    deliver(app).await;
    assert!(links(office).is_empty());
    app.wait(SECOND);
    super::recovery::pass(app).await;
    deliver(app).await;
    let ready = links(office).remove(0);
    assert!(browser.get(&ready).await.has_form("recover-finish"));
}

async fn a_week_to_find_the_kit_begins_when_its_owner_was_told(app: TestApp) {
    let (app, office, mut ada) = ada(app).await;
    super::kit::with_kit(&mut ada).await;
    let form = ada.get("/account/security").await.form("escrow/drop");
    ada.submit(form).await;
    deliver(&app).await;
    office.empty();
    let mut browser = app.browser();
    ask(&mut browser, ADA).await;
    deliver(&app).await;
    let recover = links(&office).remove(0);
    office.behave(answering(LATER));
    let form = browser.get(&recover).await.form("recover-empty");
    browser.land(form.with("word", "empty")).await.says("From");
    deliver(&app).await;
    app.wait(4 * DAY);
    office.behave(Manners::default());
    deliver(&app).await;
    let told = office.empty().remove(0).mail;
    told.says("2 October 2026, 14:13");
    app.wait((7 * DAY).saturating_sub(SECOND));
    is_ready_in_a_second(&app, &office, &mut browser).await;
}

async fn a_server_that_will_not_have_our_mail_makes_nobody_unreachable(app: TestApp) {
    let (app, office, mut ada) = ada(app).await;
    for refusal in [
        "554 5.7.1 Relay access denied",
        "550 5.7.26 unauthenticated sender",
        "552 5.3.4 too big",
    ] {
        office.behave(answering(refusal));
        ask(&mut app.browser(), ADA).await;
        deliver(&app).await;
        ada.get("/account").await.says_not("does not arrive");
        office.behave(Manners::default());
        app.wait(60 * SECOND);
        deliver(&app).await;
        assert_eq!(links(&office).len(), 1, "{refusal}");
    }
}

async fn a_mail_that_gets_through_makes_an_address_reachable_again(app: TestApp) {
    let (app, office, mut ada) = ada(app).await;
    office.behave(answering("550 5.1.1 no such user"));
    ask(&mut app.browser(), ADA).await;
    deliver(&app).await;
    ada.get("/account").await.says("does not arrive");
    office.behave(Manners::default());
    app.wait(60 * SECOND);
    ask(&mut app.browser(), ADA).await;
    deliver(&app).await;
    assert_eq!(links(&office).len(), 1);
    ada.get("/account").await.says_not("does not arrive");
}
