//! What consumers are told by mail of the ways into their account: whoever
//! takes an account over changes these, and its owner has to hear of it.

use super::Words;
use crate::app::App;
use crate::domain::attribute::Email;
use crate::domain::id::{AccountId, MessageId};
use crate::domain::message::{Message, NewMessage, SecurityNews, SecurityNotice};
use crate::i18n::{Texts, t};
use crate::mail::{Mail, one_line};
use crate::service::deliveries::Delivery;
use crate::service::erasure::is_erased;
use crate::service::{Fault, accounts, letters};
use crate::store::outbox::Claimed;

/// What is kept to tell the owner of an account, in the transaction of what it
/// tells of.
pub(in crate::service) fn of_account(
    app: &App,
    account_id: AccountId,
    news: SecurityNews,
) -> NewMessage {
    let now = app.now();
    NewMessage {
        id: MessageId::new(app.random().uuid(now)),
        message: Message::Security(SecurityNotice { account_id, news }),
        created_at: now,
    }
}

/// Tells somebody by mail.
pub(in crate::service) async fn tell(
    app: &App,
    claimed: &Claimed,
    notice: &SecurityNotice,
) -> Delivery {
    match compose(app, claimed, notice).await {
        Ok(Some(mail)) => letters::send(app, notice.account_id, &mail).await,
        Ok(None) => Delivery::Moot,
        Err(fault) => {
            tracing::error!(error = %fault, "a mail cannot be written");
            Delivery::NotNow("the mail could not be written".to_owned())
        }
    }
}

/// The mail; `None` when there is nobody to tell any more.
async fn compose(
    app: &App,
    claimed: &Claimed,
    notice: &SecurityNotice,
) -> Result<Option<Mail>, Fault> {
    if is_erased(app, notice.account_id).await? {
        return Ok(None);
    }
    let contact = accounts::contact(app, notice.account_id).await?;
    let to = Email::parse(&contact.email)
        .map_err(|_| Fault::Inconsistent("an account has no address for notices"))?;
    let texts = Texts::new(contact.language);
    let (subject, line) = told(texts, notice.news);
    let issuer = &app.config().issuer;
    let when = texts.date_time(claimed.created_at);
    let words = Words {
        language: contact.language,
        subject: one_line(&subject),
        lines: vec![
            t!(texts, "mail-security-when", when = when),
            line,
            t!(texts, "mail-security-not-you"),
        ],
        link: t!(texts, "mail-security-link"),
        url: issuer.at("/account/security"),
        footer: t!(texts, "mail-footer", issuer = issuer.as_str()),
    };
    let (text, html) = words
        .written()
        .map_err(|_| Fault::Inconsistent("a mail cannot be rendered"))?;
    Ok(Some(Mail {
        id: claimed.id,
        to,
        language: contact.language,
        subject: words.subject,
        text,
        html,
        date: claimed.created_at,
    }))
}

/// The subject of a mail, and what it says.
fn told(texts: Texts, news: SecurityNews) -> (String, String) {
    match news {
        SecurityNews::PasskeyAdded => (
            t!(texts, "mail-passkey-added-subject"),
            t!(texts, "mail-passkey-added"),
        ),
        SecurityNews::PasskeyRemoved => (
            t!(texts, "mail-passkey-removed-subject"),
            t!(texts, "mail-passkey-removed"),
        ),
        SecurityNews::PasskeyDoubted => (
            t!(texts, "mail-passkey-doubted-subject"),
            t!(texts, "mail-passkey-doubted"),
        ),
        SecurityNews::TotpAdded => (
            t!(texts, "mail-totp-added-subject"),
            t!(texts, "mail-totp-added"),
        ),
        SecurityNews::TotpRemoved => (
            t!(texts, "mail-totp-removed-subject"),
            t!(texts, "mail-totp-removed"),
        ),
        SecurityNews::CodesMade => (
            t!(texts, "mail-codes-made-subject"),
            t!(texts, "mail-codes-made"),
        ),
        SecurityNews::CodeUsed { left } => (
            t!(texts, "mail-code-used-subject"),
            t!(texts, "mail-code-used", left = left),
        ),
        SecurityNews::MinorClosed => (
            t!(texts, "mail-minor-closed-subject"),
            t!(texts, "mail-minor-closed"),
        ),
        SecurityNews::MinorOpened => (
            t!(texts, "mail-minor-opened-subject"),
            t!(texts, "mail-minor-opened"),
        ),
        SecurityNews::WentAlong => (
            t!(texts, "mail-went-along-subject"),
            t!(texts, "mail-went-along"),
        ),
        SecurityNews::PasswordChanged => (
            t!(texts, "mail-password-changed-subject"),
            t!(texts, "mail-password-changed"),
        ),
        SecurityNews::Guessed => (t!(texts, "mail-guessed-subject"), t!(texts, "mail-guessed")),
    }
}
