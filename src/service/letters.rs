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

mod words;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{MailLink, Opaque};
use crate::crypto::vault;
use crate::domain::account::LinkPurpose;
use crate::domain::attribute::Email;
use crate::domain::browser::Seen;
use crate::domain::id::{AccountId, MessageId};
use crate::domain::message::{About, Lane, Letter, Message, NewMessage};
use crate::domain::time::Timestamp;
use crate::mail::{Mail, Unsent};
use crate::service::accounts as people;
use crate::service::deliveries::Delivery;
use crate::service::{Fault, recovery};
use crate::store::mail_links::NewLink;
use crate::store::outbox::Claimed;
use crate::store::{StoreError, accounts, mail_links};

/// How long a link is remembered that holds no more: for longer than its letter
/// is tried, so that none is made for it a second time.
const REMEMBERED: Duration = Duration::from_hours(6 * 24);

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
    at_address(app, email, |address_sealed| About::Forgotten {
        address_sealed,
    })
}

/// What is kept when somebody tried to sign up with an address that is taken.
pub(super) fn sign_up_tried(app: &App, email: &Email) -> NewMessage {
    at_address(app, email, |address_sealed| About::SignUpTried {
        address_sealed,
    })
}

/// What is kept when somebody tries one password after the other at an address.
pub(super) fn guessed(app: &App, email: &Email) -> NewMessage {
    at_address(app, email, |address_sealed| About::Guessed {
        address_sealed,
    })
}

/// What is kept when an address was typed.
fn at_address(app: &App, email: &Email, about: impl FnOnce(String) -> About) -> NewMessage {
    let now = app.now();
    let id = MessageId::new(app.random().uuid(now));
    let address_sealed = sealed_text(app, id, email.as_str().as_bytes());
    new_message(id, Lane::Address(id), about(address_sealed), now)
}

fn sealed_text(app: &App, id: MessageId, bytes: &[u8]) -> String {
    let sealed = vault::seal_letter(app.master(), id, bytes, app.random());
    URL_SAFE_NO_PAD.encode(sealed.as_bytes())
}

fn opened_text(app: &App, id: MessageId, text: &str) -> Result<zeroize::Zeroizing<Vec<u8>>, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(text);
    let bytes = bytes.map_err(|_| Fault::Inconsistent("a letter that does not read"))?;
    Ok(vault::open_letter(
        app.master(),
        id,
        &Sealed::from_bytes(bytes),
    )?)
}

/// Tells somebody by mail.
pub(super) async fn tell(app: &App, claimed: &Claimed, letter: &Letter) -> Delivery {
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
        Ok(()) => {
            if let Err(error) = is_reached(app, account_id).await {
                tracing::error!(%error, "it cannot be noted that an address is of use again");
            }
            Delivery::Heard
        }
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

/// Takes note that a mail got through where none did before. One SELECT.
async fn is_reached(app: &App, account_id: AccountId) -> Result<(), StoreError> {
    let mut connection = app.store().read().await?;
    let contact = accounts::contact(&mut connection, account_id).await?;
    drop(connection);
    if contact.is_none_or(|contact| contact.unreachable_at.is_none()) {
        return Ok(());
    }
    app.store()
        .write_statement(move |tx| {
            Box::pin(async move { accounts::set_reachable(tx, account_id).await })
        })
        .await
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
            About::Forgotten { address_sealed }
            | About::SignUpTried { address_sealed }
            | About::Guessed { address_sealed },
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
    let mut connection = app.store().read().await?;
    let there = accounts::by_id(&mut connection, account_id)
        .await?
        .is_some();
    drop(connection);
    if !there || !recovery::is_news(app, account_id, &letter.about).await? {
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
    let words = words::words(app, claimed, &letter.about, link.as_ref(), &contact)?;
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
        About::RecoveryStarted { .. } => Some(LinkPurpose::Stop),
        About::RecoveryReady => Some(LinkPurpose::Ready),
        About::Guessed { .. } => Some(LinkPurpose::Guessed),
        About::NewBrowser { .. }
        | About::RecoveryStopped
        | About::Recovered
        | About::KitMade
        | About::EscrowDropped
        | About::EscrowAllowed => None,
    }
}

/// Keeps the link of a letter; `None` when there were enough of its kind, or when
/// a newer one took its place while it could not be sent.
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
            Ok::<_, StoreError>(
                recent < most && mail_links::keep(tx, &new, now.minus(REMEMBERED)).await?,
            )
        })
    });
    Ok(kept.await?.then_some(link))
}
