//! What people are told by mail of their account, in their language.
//!
//! A letter is kept in the transaction of what it tells of, and written when it
//! is sent. Only then its link is made: from the message and the master key, so
//! that the outbox holds none, and a mail which is sent twice has the same one.
//! To follow a link does nothing by itself, since programs that look for
//! dangers in mail follow them all: it leads to a page with a button.
//!
//! Whoever types an address into a form learns nothing by what the form does:
//! the message is kept for any address, and it is found out here whose it is.

mod erasure;
mod sealed;

use std::time::Duration;

use crate::app::App;
use crate::crypto::secret::{MailLink, Opaque};
use crate::crypto::vault;
use crate::domain::account::LinkPurpose;
use crate::domain::attribute::Email;
use crate::domain::browser::Seen;
use crate::domain::id::{AccountId, MessageId};
use crate::domain::message::{About, Lane, Letter, Message, NewMessage};
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::mail::{Mail, Unsent};
use crate::service::accounts::{self as people, Contact};
use crate::service::deliveries::Delivery;
use crate::service::erasure::is_erased;
use crate::service::notices::Words;
use crate::service::{Fault, recovery};
use crate::store::mail_links::NewLink;
use crate::store::outbox::Claimed;
use crate::store::{StoreError, accounts, mail_links};

pub(super) use self::erasure::farewell;
use self::sealed::{opened_text, sealed_text};

/// How long a link is remembered that holds no more.
const REMEMBERED: Duration = Duration::from_hours(24);

/// What is kept to tell an account something.
pub(super) fn to(app: &App, account_id: AccountId, about: About) -> NewMessage {
    let now = app.now();
    new_message(
        MessageId::new(app.random().uuid(now)),
        Lane::Account(account_id),
        about,
        now,
    )
}

fn new_message(id: MessageId, lane: Lane, about: About, now: Timestamp) -> NewMessage {
    NewMessage {
        id,
        message: Message::Letter(Letter { lane, about }),
        created_at: now,
    }
}

/// What is kept to tell of a browser that is new.
pub(super) fn new_browser(app: &App, account_id: AccountId, seen: &Seen) -> NewMessage {
    let now = app.now();
    let id = MessageId::new(app.random().uuid(now));
    let seen_sealed = sealed_text(app, id, &seen.to_bytes());
    let about = About::NewBrowser { seen_sealed };
    new_message(id, Lane::Account(account_id), about, now)
}

/// What is kept when an address was typed by somebody who forgot their password.
pub(super) fn forgotten(app: &App, email: &Email) -> NewMessage {
    let now = app.now();
    let id = MessageId::new(app.random().uuid(now));
    let address_sealed = sealed_text(app, id, email.as_str().as_bytes());
    new_message(
        id,
        Lane::Address(id),
        About::Forgotten { address_sealed },
        now,
    )
}

/// What is kept when somebody tried to sign up with an address that is taken.
pub(super) fn sign_up_tried(app: &App, email: &Email) -> NewMessage {
    let now = app.now();
    let id = MessageId::new(app.random().uuid(now));
    let address_sealed = sealed_text(app, id, email.as_str().as_bytes());
    new_message(
        id,
        Lane::Address(id),
        About::SignUpTried { address_sealed },
        now,
    )
}

/// Tells somebody by mail.
pub(super) async fn tell(app: &App, claimed: &Claimed, letter: &Letter) -> Delivery {
    if let About::Farewell { last_sealed } = &letter.about {
        return erasure::tell(app, claimed, last_sealed).await;
    }
    match compose(app, claimed, letter).await {
        Ok(Some((account_id, mail))) => send(app, account_id, &mail).await,
        Ok(None) => Delivery::Moot,
        Err(fault) => {
            tracing::error!(error = %fault, "a mail cannot be written");
            Delivery::NotNow("the mail could not be written".to_owned())
        }
    }
}

/// Sends a mail to the contact address of an account, and takes note when
/// nobody is there.
pub(super) async fn send(app: &App, account_id: AccountId, mail: &Mail) -> Delivery {
    match app.mailer().send(mail).await {
        Ok(()) => Delivery::Heard,
        Err(Unsent::Refused(why)) => {
            let now = app.now();
            let noted = app.store().write_statement(move |tx| {
                Box::pin(async move { accounts::set_unreachable(tx, account_id, now).await })
            });
            if let Err(error) = noted.await {
                tracing::error!(%error, "it cannot be noted that an address is of no use");
            }
            Delivery::Refused(why)
        }
        Err(Unsent::NotNow(why)) => Delivery::NotNow(why),
        Err(Unsent::Away(why)) => Delivery::Unheard(why),
    }
}

/// Whom a letter is for: for a typed address, whoever has it.
async fn addressee(
    app: &App,
    claimed: &Claimed,
    letter: &Letter,
) -> Result<Option<AccountId>, Fault> {
    let typed = match (&letter.lane, &letter.about) {
        (Lane::Account(id), _) => return Ok(Some(*id)),
        (
            Lane::Address(_),
            About::Forgotten { address_sealed } | About::SignUpTried { address_sealed },
        ) => opened_text(app, claimed.id, address_sealed)?,
        (Lane::Address(_), _) => return Ok(None),
    };
    let typed = std::str::from_utf8(&typed).unwrap_or_default();
    let Ok(email) = Email::parse(typed) else {
        return Ok(None);
    };
    let index = *app.master().email_index(&email.folded()).as_bytes();
    let mut connection = app.store().read().await?;
    Ok(accounts::by_index(&mut connection, index).await?)
}

/// The mail; `None` when it is of no use, or when there were enough of its kind.
async fn compose(
    app: &App,
    claimed: &Claimed,
    letter: &Letter,
) -> Result<Option<(AccountId, Mail)>, Fault> {
    let Some(account_id) = addressee(app, claimed, letter).await? else {
        return Ok(None);
    };
    let gone = is_erased(app, account_id).await?;
    if gone || !recovery::is_news(app, account_id, &letter.about).await? {
        return Ok(None);
    }
    let contact = people::contact(app, account_id).await?;
    let to = Email::parse(&contact.email)
        .map_err(|_| Fault::Inconsistent("an account has no address for notices"))?;
    let link = match purpose_of(&letter.about) {
        None => None,
        Some(purpose) => match issue(app, claimed, account_id, purpose, &to).await? {
            Some(link) => Some(link),
            None => return Ok(None),
        },
    };
    let words = words(app, claimed, &letter.about, link.as_ref(), &contact)?;
    let (text, html) = words
        .written()
        .map_err(|_| Fault::Inconsistent("a mail cannot be rendered"))?;
    let mail = Mail {
        id: claimed.id,
        to,
        language: contact.language,
        subject: words.subject,
        text,
        html,
        date: claimed.created_at,
    };
    Ok(Some((account_id, mail)))
}

const fn purpose_of(about: &About) -> Option<LinkPurpose> {
    match about {
        About::Confirm => Some(LinkPurpose::Confirm),
        About::SignUpTried { .. } => Some(LinkPurpose::Tried),
        About::Forgotten { .. } => Some(LinkPurpose::Recover),
        About::RecoveryStarted { .. } | About::EmptyingStarted { .. } => Some(LinkPurpose::Stop),
        About::RecoveryReady => Some(LinkPurpose::Ready),
        About::NewBrowser { .. }
        | About::RecoveryStopped
        | About::Recovered
        | About::KitMade
        | About::EscrowDropped
        | About::Emptied
        | About::ErasureWaits { .. }
        | About::ErasureCalledOff
        | About::Farewell { .. } => None,
    }
}

/// Keeps the link of a letter; `None` when there were enough of its kind.
async fn issue(
    app: &App,
    claimed: &Claimed,
    account_id: AccountId,
    purpose: LinkPurpose,
    to: &Email,
) -> Result<Option<Opaque<MailLink>>, Fault> {
    let (owner, message) = (account_id.as_uuid(), claimed.id.as_uuid());
    let link = Opaque::of_message(*owner, &app.master().mail_link(), message);
    let (now, hash) = (app.now(), link.hash());
    let (most, within) = purpose.limit();
    let address_sealed =
        vault::seal_link_address(app.master(), account_id, &hash, to.as_str(), app.random());
    let new = NewLink {
        account_id,
        hash,
        purpose,
        address_sealed: address_sealed.into_bytes(),
        created_at: now,
        expires_at: now.plus(purpose.lasts()),
    };
    let kept = app.store().write(move |tx| {
        Box::pin(async move {
            let since = now.minus(within);
            let recent = mail_links::recent(tx, account_id, purpose, since, hash).await?;
            if recent < most {
                mail_links::insert(tx, &new, now.minus(REMEMBERED)).await?;
            }
            Ok::<_, StoreError>(recent < most)
        })
    });
    Ok(kept.await?.then_some(link))
}

/// What stands in the mail.
fn words(
    app: &App,
    claimed: &Claimed,
    about: &About,
    link: Option<&Opaque<MailLink>>,
    contact: &Contact,
) -> Result<Words, Fault> {
    let texts = Texts::new(contact.language);
    let issuer = &app.config().issuer;
    let when = texts.date_time(claimed.created_at);
    // The letters of a link need no escaping in a query.
    let with_link = |path: &str| match link {
        Some(link) => format!("{path}?token={}", *link.reveal()),
        None => path.to_owned(),
    };
    let (subject, lines, label, path) = match about {
        About::Confirm => (
            t!(texts, "letter-confirm-subject"),
            vec![
                t!(texts, "letter-confirm-why", issuer = issuer.as_str()),
                t!(texts, "letter-confirm-not-you"),
            ],
            t!(texts, "letter-confirm-link"),
            with_link("/confirm-email"),
        ),
        About::SignUpTried { .. } => (
            t!(texts, "letter-tried-subject"),
            vec![
                t!(
                    texts,
                    "letter-tried-what",
                    issuer = issuer.as_str(),
                    when = when
                ),
                t!(texts, "letter-tried-forgot"),
                t!(texts, "letter-tried-not-you"),
            ],
            t!(texts, "letter-tried-link"),
            "/sign-in".to_owned(),
        ),
        About::NewBrowser { seen_sealed } => {
            let seen = opened_text(app, claimed.id, seen_sealed)?;
            let browser = Seen::from_bytes(&seen)
                .map_or_else(|| t!(texts, "browser-unknown"), |seen| texts.browser(&seen));
            (
                t!(texts, "letter-browser-subject"),
                vec![
                    t!(texts, "letter-browser-what", when = when, browser = browser),
                    t!(texts, "letter-browser-you"),
                    t!(texts, "letter-browser-not-you"),
                ],
                t!(texts, "letter-browser-link"),
                "/account/security".to_owned(),
            )
        }
        About::Forgotten { .. } => (
            t!(texts, "letter-forgotten-subject"),
            vec![
                t!(texts, "letter-forgotten-what", when = when),
                t!(texts, "letter-forgotten-not-you"),
            ],
            t!(texts, "letter-forgotten-link"),
            with_link("/recover/continue"),
        ),
        About::RecoveryStarted { ready_at } => (
            t!(texts, "letter-started-subject"),
            vec![
                t!(
                    texts,
                    "letter-started-what",
                    when = when,
                    ready = texts.date_time(*ready_at)
                ),
                t!(texts, "letter-started-not-you"),
            ],
            t!(texts, "letter-started-link"),
            with_link("/recover/stop"),
        ),
        About::RecoveryReady => (
            t!(texts, "letter-ready-subject"),
            vec![
                t!(texts, "letter-ready-what"),
                t!(texts, "letter-ready-not-you"),
            ],
            t!(texts, "letter-ready-link"),
            with_link("/recover/continue"),
        ),
        About::RecoveryStopped => (
            t!(texts, "letter-stopped-subject"),
            vec![t!(texts, "letter-stopped-what", when = when)],
            t!(texts, "letter-security-link"),
            "/account/security".to_owned(),
        ),
        About::Recovered => (
            t!(texts, "letter-recovered-subject"),
            vec![
                t!(texts, "letter-recovered-what", when = when),
                t!(texts, "letter-recovered-not-you"),
            ],
            t!(texts, "letter-recovered-link"),
            "/recover".to_owned(),
        ),
        About::KitMade => (
            t!(texts, "letter-kit-subject"),
            vec![
                t!(texts, "letter-kit-what", when = when),
                t!(texts, "letter-kit-not-you"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security".to_owned(),
        ),
        About::EscrowDropped => (
            t!(texts, "letter-escrow-subject"),
            vec![
                t!(texts, "letter-escrow-what", when = when),
                t!(texts, "letter-escrow-not-you"),
            ],
            t!(texts, "letter-security-link"),
            "/account/security".to_owned(),
        ),
        About::EmptyingStarted { .. }
        | About::Emptied
        | About::ErasureWaits { .. }
        | About::ErasureCalledOff
        | About::Farewell { .. } => erasure::words(texts, about, &when, with_link("/recover/stop")),
    };
    Ok(Words::new(
        issuer,
        contact.language,
        &subject,
        lines,
        label,
        &path,
    ))
}
