//! The life of an agreement by itself: warnings, renewals, expiry, and the mail
//! that tells of them.

pub(crate) mod bounce;
pub(crate) mod eml;
mod expiry;
mod lapse;
mod last_login;
mod mail;
mod many;
mod overdue;
pub(crate) mod post;
mod warning;

use std::time::Duration;

use sluis::app::App;
use sluis::config::MailUrl;
use sluis::jobs;
use sluis::service::grants;

use crate::harness::{ADA, Actor, DAY, PASSWORD, SECOND, TestApp, id_of};
use crate::protocol::Business;
use eml::Eml;

/// A second before that time is over.
const fn just_before(time: Duration) -> Duration {
    time.saturating_sub(SECOND)
}

/// Does what is due to agreements, and delivers what comes of it.
async fn pass(app: &TestApp) {
    look_after(&app.app).await;
    deliver(app).await;
}

async fn look_after(app: &App) {
    jobs::grants::run_once(app).await.expect("a database");
}

pub(crate) async fn deliver(app: &TestApp) {
    jobs::outbox::run_once(&app.app).await.expect("a database");
}

/// The mail that came since the last look.
pub(crate) fn mails(app: &TestApp) -> Vec<Eml> {
    let MailUrl::Memory(letterbox) = &app.app.config().mail_url else {
        panic!("mail is not kept in memory");
    };
    let mails = letterbox.empty();
    mails.iter().map(|mail| Eml::read(mail)).collect()
}

/// What the mail that came since the last look is about.
pub(crate) fn subjects(app: &TestApp) -> Vec<String> {
    let mails = mails(app);
    mails.iter().map(|mail| mail.field("Subject")).collect()
}

/// Delivers, and says what the mail that came is about.
pub(crate) async fn told_by_mail(app: &TestApp) -> Vec<String> {
    deliver(app).await;
    subjects(app)
}

/// Ada, with an agreement of a month.
async fn a_month(app: &TestApp) -> (Business, Actor, String) {
    let shop = Business::open(app, "shop").await;
    let (ada, grant) = shop.customer(app, "Ada").await;
    (shop, ada, grant)
}

/// Signs in anew: sessions last shorter than agreements.
pub(crate) async fn return_to(actor: &mut Actor, email: &str) {
    let page = actor.sign_in("/sign-in", email, PASSWORD).await;
    assert!(page.redirect().is_some(), "{}", page.words());
}

/// The business gives an agreement up.
async fn give_up(app: &TestApp, id: &str, grant: &str) {
    let client = app.registered_client(id).await;
    let grant = id_of(grant).parse();
    let ended = grants::end(&app.app, &client, grant.expect("an id")).await;
    assert!(ended.expect("a database"));
}
