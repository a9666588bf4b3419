//! What is kept to tell somebody of their account, in the transaction of what it
//! tells of: the one place that seals a letter and queues it, and that has the
//! businesses hear of it which have to.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{MailLink, Opaque};
use crate::crypto::vault;
use crate::domain::attribute::Email;
use crate::domain::browser::Seen;
use crate::domain::id::{AccountId, MessageId};
use crate::domain::message::{About, Lane, Letter, Message, NewMessage};
use crate::domain::signal::Happening;
use crate::domain::time::Timestamp;
use crate::random::Random;
use crate::service::Fault;
use crate::service::signals::Told;
use crate::store::{Connection, StoreError, grants, outbox};

/// A letter that is about to be kept.
pub(in crate::service) struct Posting {
    message: NewMessage,
    random: Random,
}

impl Posting {
    pub(super) fn new(app: &App, id: MessageId, lane: Lane, about: About) -> Self {
        Self {
            message: NewMessage {
                id,
                message: Message::Letter(Letter { lane, about }),
                created_at: app.now(),
            },
            random: app.random().clone(),
        }
    }

    /// Keeps the letter, and what the businesses hear of it that the account has
    /// a living agreement with.
    pub(in crate::service) async fn keep(&self, tx: &mut Connection) -> Result<(), StoreError> {
        outbox::insert(tx, &self.message).await?;
        let Some((account_id, what)) = self.heard() else {
            return Ok(());
        };
        let at = self.message.created_at;
        tell_businesses(tx, &self.random, account_id, &what, at).await
    }

    /// Has the businesses hear of something besides, which its owner need not be told.
    pub(in crate::service) async fn let_hear(
        &self,
        tx: &mut Connection,
        account_id: AccountId,
        what: &Happening,
    ) -> Result<(), StoreError> {
        let at = self.message.created_at;
        tell_businesses(tx, &self.random, account_id, what, at).await
    }

    /// Which message it is.
    pub(in crate::service) const fn id(&self) -> MessageId {
        self.message.id
    }

    fn heard(&self) -> Option<(AccountId, Happening)> {
        match &self.message.message {
            Message::Letter(Letter {
                lane: Lane::Account(account_id),
                about,
            }) => about.heard_as().map(|what| (*account_id, what)),
            _ => None,
        }
    }
}

/// Has the businesses hear what they do when an account is told of something, where
/// its owner is told otherwise.
pub(in crate::service) async fn hear(
    tx: &mut Connection,
    app: &App,
    account_id: AccountId,
    about: &About,
) -> Result<(), StoreError> {
    match about.heard_as() {
        Some(what) => tell_businesses(tx, app.random(), account_id, &what, app.now()).await,
        None => Ok(()),
    }
}

async fn tell_businesses(
    tx: &mut Connection,
    random: &Random,
    account_id: AccountId,
    what: &Happening,
    at: Timestamp,
) -> Result<(), StoreError> {
    for row in grants::of_account(tx, account_id).await? {
        if !row.grant.state_at(at).is_over() {
            let told = Told::of_account(random, &row.grant, what.clone(), at);
            told.keep(tx).await?;
        }
    }
    Ok(())
}

/// The link that a message to an account brings: the same one however often it is
/// sent, and kept nowhere.
pub(in crate::service) fn link_of(
    app: &App,
    account_id: AccountId,
    id: MessageId,
) -> Opaque<MailLink> {
    Opaque::of_message(
        *account_id.as_uuid(),
        &app.master().mail_link(),
        id.as_uuid(),
    )
}

/// What is kept to tell an account something.
pub(in crate::service) fn to(app: &App, account_id: AccountId, about: About) -> Posting {
    Posting::new(app, new_id(app), Lane::Account(account_id), about)
}

/// What is kept to tell of a browser that is new.
pub(in crate::service) fn new_browser(app: &App, account_id: AccountId, seen: &Seen) -> Posting {
    let id = new_id(app);
    let seen_sealed = sealed_text(app, id, &seen.to_bytes());
    let about = About::NewBrowser { seen_sealed };
    Posting::new(app, id, Lane::Account(account_id), about)
}

/// What is kept when an address was typed by somebody who forgot their password.
pub(in crate::service) fn forgotten(app: &App, email: &Email) -> Posting {
    typed(app, email, |address_sealed| About::Forgotten {
        address_sealed,
    })
}

/// What is kept when somebody tries one password after the other at an address.
pub(in crate::service) fn guessed(app: &App, email: &Email) -> Posting {
    typed(app, email, |address_sealed| About::PasswordGuessed {
        address_sealed,
    })
}

/// What is kept when an address was typed by whoever it may be.
fn typed(app: &App, email: &Email, about: impl FnOnce(String) -> About) -> Posting {
    let id = new_id(app);
    let address_sealed = sealed_text(app, id, email.as_str().as_bytes());
    Posting::new(app, id, Lane::Address(id), about(address_sealed))
}

/// What is kept to tell somebody something at an address that is not (or no
/// longer, or not yet) that of the account.
pub(in crate::service) fn at_address(
    app: &App,
    account_id: AccountId,
    address: &str,
    about: impl FnOnce(String) -> About,
) -> Posting {
    let id = new_id(app);
    let sealed = sealed_text(app, id, address.as_bytes());
    Posting::new(app, id, Lane::Account(account_id), about(sealed))
}

pub(super) fn new_id(app: &App) -> MessageId {
    MessageId::new(app.random().uuid(app.now()))
}

/// What may not lie open in the outbox, sealed, as text.
pub(super) fn sealed_text(app: &App, id: MessageId, bytes: &[u8]) -> String {
    let sealed = vault::seal_letter(app.master(), id, bytes, app.random());
    URL_SAFE_NO_PAD.encode(sealed.as_bytes())
}

/// Opens what [`sealed_text`] sealed.
pub(super) fn opened_text(
    app: &App,
    id: MessageId,
    text: &str,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let bytes = URL_SAFE_NO_PAD.decode(text);
    let bytes = bytes.map_err(|_| Fault::Inconsistent("a letter that does not read"))?;
    Ok(vault::open_letter(
        app.master(),
        id,
        &Sealed::from_bytes(bytes),
    )?)
}
