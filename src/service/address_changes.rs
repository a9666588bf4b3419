//! Changing the address that somebody signs in with and is mailed at.
//!
//! 1. Who is signed in, and showed a moment ago who they are, asks for another
//!    address. A link goes there, and the address that there is hears of it at once.
//!    Until it is followed, or for a day, the change waits: its owner sees that, and
//!    can call it off (`waiting`). One that is asked for later takes its place, and
//!    whoever is signed out everywhere else is rid of it.
//! 2. The link, followed by who is signed in to the account that asked, makes the
//!    change. Both addresses are told, and the one before gets a link to undo it.
//! 3. That link gives the address back, for seven days, to whoever reads mail there:
//!    nobody has to be signed in for it, everybody is signed out by it, and what was
//!    set up since the change was asked for goes (`undoing`).
//!
//! # Who took somebody's session and changes their address
//! does not get rid of the owner. Each change has a way to undo it of its own, and
//! to undo one undoes all that came after it: the oldest mailbox has the last word,
//! and a link that was mailed since to an address of the thief does nothing any
//! more, be it to undo, to change, to confirm or to get back in; nor is one mailed
//! that was on its way there. While a change can
//! be undone, the operator's key is of no use in less time than that
//! ([`crate::service::recovery`]): else the thief's own mailbox would be the way to
//! a new password. A way back in that waits is over when the address is another,
//! since its next mail would go to the wrong mailbox; and when a change is undone.
//!
//! An address that was never confirmed gets no link to undo: it may be that of a
//! stranger whom somebody mistyped.
//!
//! # Whose the new address is
//! is not told to who types it. If somebody else has it, they are mailed that they
//! have an account already, and the form says what it always says. If somebody got
//! it meanwhile, who follows the link reads their mail, and may know.
//!
//! # The claim `email` is another matter
//! What businesses get is an attribute in the vault, and stays what it is until its
//! owner edits it; that it was verified stays true too. Nor is `identifier-changed`
//! of RISC told to anybody: Sluis hands out no addresses, so it has no say in whose
//! one is.

mod undoing;
mod waiting;

use std::time::Duration;

use zeroize::Zeroizing;

use crate::app::App;
use crate::crypto::vault;
use crate::domain::account::{Baseline, LinkPurpose};
use crate::domain::attribute::Email;
use crate::domain::id::AccountId;
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::service::addresses::{is_confirmed, of_used_link};
use crate::service::links::Link;
use crate::service::sessions::SignedIn;
use crate::service::{Fault, accounts as people, letters, links, recovery};
use crate::store::address_changes::{self, Taken};
use crate::store::{Connection, StoreError, accounts, factors, mail_links};

pub use self::undoing::{Restorable, did_restore, undo, would_restore};
use self::waiting::Wanted;
pub use self::waiting::{Waiting, call_off, forget_past, mail_again, waiting};
pub(super) use self::waiting::{is_news, let_wait};

/// How long it is remembered how an account stood when a change was asked for: for
/// longer than that waits ([`LONGEST_CHANGE`](crate::domain::account::LONGEST_CHANGE)), and
/// then a link to undo it is mailed and holds.
const REMEMBERED: Duration = Duration::from_hours(30 * 24);

/// What came of asking for another address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Asked {
    /// The link is on its way.
    Mailed,
    /// It is the address that the account has.
    Same,
}

/// What came of following a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Followed<T = ()> {
    /// The address is that one now.
    Done(T),
    /// The link does not hold.
    Void,
    /// Somebody else has the address. The link still holds.
    Taken,
}

/// Why nothing was changed.
enum Refused {
    Void,
    Taken,
    /// Something moved meanwhile: it is tried again.
    Stale,
    Fault(Fault),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate => Self::Taken,
            other => Self::Fault(other.into()),
        }
    }
}

impl Refused {
    fn told<T>(result: Result<T, Self>) -> Result<Followed<T>, Fault> {
        match result {
            Ok(done) => Ok(Followed::Done(done)),
            Err(Self::Void) => Ok(Followed::Void),
            Err(Self::Taken) => Ok(Followed::Taken),
            Err(Self::Stale) => Err(Fault::Contended),
            Err(Self::Fault(fault)) => Err(fault),
        }
    }
}

/// Asks for another address: mails the link to it, and tells the one that there is.
/// The same for any address. One transaction.
pub async fn ask(app: &App, signed_in: &SignedIn, email: &Email) -> Result<Asked, Fault> {
    let account_id = signed_in.account.id;
    let contact = people::contact(app, account_id).await?;
    if contact.email.to_lowercase() == email.folded() {
        return Ok(Asked::Same);
    }
    let told = letters::to(app, account_id, About::AddressAsked);
    let link = waiting::link_to(app, account_id, email.as_str());
    let wanted = Wanted::new(app, account_id, email.as_str());
    let (session, now) = (signed_in.session(app), app.now());
    let asked = app.store().write(move |tx| {
        Box::pin(async move {
            session.hold(tx).await?;
            let second_factors = factors::of_account(tx, account_id).await?.seconds();
            let baseline = Baseline {
                at: now,
                second_factors,
            };
            address_changes::ask(tx, &wanted.by(baseline)).await?;
            told.keep(tx).await?;
            link.keep(tx).await?;
            Ok(Asked::Mailed)
        })
    });
    asked.await
}

/// Which address a link to change it would give to whoever is signed in; `None`
/// when it does not hold for them.
pub async fn would_change(
    app: &App,
    signed_in: &SignedIn,
    token: &str,
) -> Result<Option<Zeroizing<String>>, Fault> {
    let link = links::holding(app, token, LinkPurpose::Change).await?;
    let link = link.filter(|link| link.account_id == signed_in.account.id);
    link.map(|link| link.address(app)).transpose()
}

/// Whether a link made the address that of whoever is signed in, who still has it.
pub async fn did_change(app: &App, signed_in: &SignedIn, token: &str) -> Result<bool, Fault> {
    let of = of_used_link(app, token, LinkPurpose::Change).await?;
    Ok(of == Some(signed_in.account.id))
}

/// Makes the address that a link was mailed to that of the account which asked
/// for it, and is signed in. One transaction.
pub async fn change(app: &App, signed_in: &SignedIn, token: &str) -> Result<Followed, Fault> {
    let account_id = signed_in.account.id;
    let link = links::holding(app, token, LinkPurpose::Change).await?;
    let Some(link) = link.filter(|link| link.account_id == account_id) else {
        return Ok(Followed::Void);
    };
    let before = people::contact(app, account_id).await?;
    // Whether there is a way to undo it: not for a stranger who was mistyped.
    let undo = is_confirmed(app, account_id).await?;
    let left = letters::at_address(app, account_id, &before.email, |address_sealed| {
        About::AddressLeft {
            address_sealed,
            undo,
        }
    });
    let undoes = letters::link_of(app, account_id, left.id()).hash();
    let now_there = letters::to(app, account_id, About::AddressNew);
    let (taking, now) = (Taking::of(app, &link)?, app.now());
    let session = signed_in.session(app);
    let done = app.store().write(move |tx| {
        Box::pin(async move {
            session.hold(tx).await?;
            let found = address_changes::take(tx, account_id, taking.index).await?;
            if found == Taken::Over
                || !mail_links::spend(tx, account_id, link.hash, LinkPurpose::Change, now).await?
            {
                return Err(Refused::Void);
            }
            if let Taken::Waited(baseline) = found {
                let times = (now.minus(REMEMBERED), now);
                address_changes::keep_undo(tx, account_id, undoes, baseline, times).await?;
            }
            address_changes::end(tx, account_id, now).await?;
            taking.carry_out(tx).await?;
            left.keep(tx).await?;
            now_there.keep(tx).await?;
            Ok(())
        })
    });
    Refused::told(done.await)
}

/// An address that an account is about to get.
struct Taking {
    account_id: AccountId,
    index: [u8; 32],
    contact_sealed: Vec<u8>,
    now: Timestamp,
}

impl Taking {
    /// The one that a link was mailed to.
    fn of(app: &App, link: &Link) -> Result<Self, Fault> {
        let (account_id, master) = (link.account_id, app.master());
        let address = link.address(app)?;
        let sealed = vault::seal_contact_email(master, account_id, &address, app.random());
        Ok(Self {
            account_id,
            index: *master.email_index(&address).as_bytes(),
            contact_sealed: sealed.into_bytes(),
            now: app.now(),
        })
    }

    /// Gives it the address, and ends what was mailed to the one before: its next
    /// mail would go to another mailbox than its first.
    async fn carry_out(self, tx: &mut Connection) -> Result<(), StoreError> {
        let Self {
            account_id,
            index,
            contact_sealed,
            now,
        } = self;
        accounts::take_address(tx, account_id, index, now).await?;
        accounts::set_contact(tx, account_id, contact_sealed).await?;
        mail_links::spend_all(tx, account_id, LinkPurpose::Confirm, now).await?;
        recovery::call_off(tx, account_id, now).await?;
        Ok(())
    }
}
