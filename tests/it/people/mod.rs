//! The account is the consumer's own: browsers seen and signed out, an address
//! that is confirmed, the recovery kit, and the way back in.

mod again;
mod agreements;
mod bounced;
mod burying;
mod calling_off;
pub(crate) mod changing;
mod claimed;
mod claiming;
mod confirming;
pub(crate) mod emptying;
mod ending;
mod erasing_late;
pub(crate) mod erasure;
mod freeze;
pub(crate) mod kit;
mod new_browser;
mod overlapping;
mod recovery;
mod retried;
mod sessions;
mod taken_over;
mod undelivered;
mod undoing;
mod undoing_late;

pub(crate) use changing::{asked, undo};
pub(crate) use undoing::followed;

use crate::harness::{ADA, Actor, DAY, HOUR, Page, SECOND, TestApp};
use crate::life::eml::Eml;
use crate::life::{deliver, mails};

impl TestApp {
    /// Someone who has signed up and confirmed their address.
    pub(crate) async fn settled(&self, name: &str, email: &str) -> Actor {
        let mut actor = self.browser();
        actor.sign_up("/sign-up", name, email).await;
        let mails = post(self).await;
        let mut lines = mails.iter().flat_map(|mail| mail.text.lines());
        let confirm = lines.find_map(|line| {
            let path = line.trim_end().strip_prefix(self.app.issuer())?;
            path.starts_with("/confirm-email").then(|| path.to_owned())
        });
        let confirm = confirm.expect("a link to confirm the address");
        let form = actor.get(&confirm).await.form("confirm-email");
        let page = actor.land(form.press("confirm-email-submit")).await;
        page.says("is confirmed");
        // What is done next comes later than the account.
        self.wait(SECOND);
        actor
    }
}

/// The mail that came since the last look.
pub(crate) async fn post(app: &TestApp) -> Vec<Eml> {
    deliver(app).await;
    mails(app)
}

/// The one mail that came since the last look.
#[track_caller]
pub(crate) fn only(mut mails: Vec<Eml>) -> Eml {
    let subjects: Vec<String> = mails.iter().map(|mail| mail.field("Subject")).collect();
    assert_eq!(mails.len(), 1, "{subjects:?}");
    mails.remove(0)
}

/// Where the link of a mail leads, on this server.
#[track_caller]
pub(crate) fn link(mail: &Eml) -> String {
    let at = "http://localhost:8000/";
    let line = mail.text.lines().find(|line| line.starts_with(at));
    let line = line.unwrap_or_else(|| panic!("no link:\n{}", mail.text));
    line[at.len() - 1..].trim_end().to_owned()
}

/// Asks for a way back in, and returns the link that was mailed.
pub(crate) async fn forgot(app: &TestApp, email: &str) -> String {
    ask(&mut app.browser(), email).await;
    link(&only(post(app).await))
}

/// Fills in the form of a forgotten password.
async fn ask(actor: &mut Actor, email: &str) -> Page {
    let form = actor.get("/recover").await.form("recover");
    let form = form.with("email", email).press("recover-submit");
    let page = actor.submit(form).await;
    actor.follow(page).await
}
