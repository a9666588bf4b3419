//! The link of a letter, made when it is sent; and how much a mailbox is mailed.
//!
//! # Whoever types an address
//! has somebody mailed. So the bound is of the mailbox, whichever accounts ask: making
//! another, or claiming another address, gets nobody more mail. What is counted is the
//! keyed hash of the address ([`crate::store::mailings`]) apart from the accounts,
//! and names none. An erasure leaves it for a day at most (GDPR art. 6(1)(f)): who could
//! begin anew by erasing an account would bury whoever reads mail there.
//!
//! Nor do strangers keep from whoever reads mail there what they need for good: the first
//! link of an account goes beyond what is counted of the others, up to a larger bound
//! ([`LinkPurpose::limit_of_mailbox`]); beyond that it is put off and not dropped, and
//! goes before those of accounts that were made earlier.

use std::time::Duration;

use super::Told;
use super::posting::link_of;
use crate::app::App;
use crate::crypto::secret::{MailLink, Opaque};
use crate::crypto::vault;
use crate::domain::account::LinkPurpose;
use crate::domain::attribute::Email;
use crate::domain::id::AccountId;
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::address_changes::let_wait;
use crate::service::addresses::is_confirmed;
use crate::store::mail_links::NewLink;
use crate::store::mailings::Mailing;
use crate::store::outbox::Claimed;
use crate::store::{Connection, StoreError, claimants, erasures, mail_links, mailings, outbox};

/// How long a link is remembered that holds no more: for longer than its letter
/// is tried, so that none is made for it a second time.
const REMEMBERED: Duration = Duration::from_hours(6 * 24);
/// How long it is remembered that a mailbox was mailed: for as long as anything counts.
const COUNTED: Duration = Duration::from_hours(24);
/// Since before the first of all links.
const EVER: Timestamp = Timestamp::from_seconds(0);

/// What comes of a link that is about to be mailed.
pub(super) enum Issued {
    /// It is mailed.
    Link(Opaque<MailLink>),
    /// Its mailbox was mailed enough for now.
    Later,
    /// There were enough of its kind, or it is of no use any more.
    Dropped,
}

/// Keeps the link of a letter, unless there were enough of its kind, or a newer one took
/// its place while it could not be sent.
pub(super) async fn issue(
    app: &App,
    claimed: &Claimed,
    account_id: AccountId,
    purpose: LinkPurpose,
    to: &Email,
) -> Result<Issued, Fault> {
    let message_id = claimed.id;
    let link = link_of(app, account_id, message_id);
    let (now, hash) = (app.now(), link.hash());
    let mailing = Mailing {
        address_index: *app.master().email_index(to.as_str()).as_bytes(),
        purpose,
        hash,
    };
    let address_sealed =
        vault::seal_link_address(app.master(), account_id, &hash, to.as_str(), app.random());
    let mut new = NewLink {
        account_id,
        hash,
        purpose,
        address_sealed: address_sealed.into_bytes(),
        // Of ways to undo changes, what counts is the order of the changes.
        created_at: match purpose {
            LinkPurpose::Undo => claimed.created_at,
            _ => now,
        },
        expires_at: now.plus(purpose.lasts()),
    };
    let kept = app.store().write(move |tx| {
        Box::pin(async move {
            match room(tx, account_id, &mailing, now).await? {
                Room::Free => {}
                Room::Later => return Ok(Issued::Later),
                Room::Never => return Ok(Issued::Dropped),
            }
            // The account is held: if it went meanwhile, it is known here.
            if erasures::is_erased(tx, account_id).await?
                // And so is it if what the letter tells of was undone.
                || !outbox::waits(tx, message_id).await?
            {
                return Ok(Issued::Dropped);
            }
            if purpose == LinkPurpose::Change {
                let index = mailing.address_index;
                match let_wait(tx, account_id, index, new.expires_at).await? {
                    Some(until) => new.expires_at = until,
                    None => return Ok(Issued::Dropped),
                }
            }
            if !mail_links::keep(tx, &new, now.minus(REMEMBERED)).await? {
                return Ok(Issued::Dropped);
            }
            mailings::keep(tx, &mailing, now).await?;
            Ok::<_, StoreError>(Issued::Link(link))
        })
    });
    Ok(kept.await?)
}

/// Whether another letter of a kind may be mailed.
#[must_use]
pub(super) enum Room {
    /// It may.
    Free,
    /// Not just now.
    Later,
    /// It may not: there were enough.
    Never,
}

/// Whether neither the account nor the mailbox was mailed too much of a kind already.
async fn room(
    tx: &mut Connection,
    account_id: AccountId,
    mailing: &Mailing,
    now: Timestamp,
) -> Result<Room, StoreError> {
    let Mailing { purpose, hash, .. } = *mailing;
    let (most, within) = purpose.limit();
    let since = now.minus(within);
    let mailed = Mailed::to(tx, mailing, now).await?;
    let of_account = mail_links::recent(tx, account_id, purpose, since, hash).await?;
    let is_first = mail_links::recent(tx, account_id, purpose, EVER, hash).await? == 0;
    let left = mailed.leaves(purpose, is_first);
    if of_account >= most {
        return Ok(Room::Never);
    }
    if !(is_first && purpose.is_put_off()) {
        return Ok(if left > 0 { Room::Free } else { Room::Never });
    }
    // Of many, the newest: whoever waits for theirs made it a moment ago, and a stranger
    // who made theirs before does not keep it from them.
    let others = claimants::before(tx, account_id, now.minus(REMEMBERED), purpose).await?;
    Ok(if others < left {
        Room::Free
    } else {
        Room::Later
    })
}

/// How many others of a kind a mailbox was mailed.
struct Mailed {
    lately: u32,
    in_a_day: u32,
}

impl Mailed {
    /// Nobody mails it another until the transaction ends.
    async fn to(
        tx: &mut Connection,
        mailing: &Mailing,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let since = now.minus(mailing.purpose.limit().1);
        Ok(Self {
            lately: mailings::recent(tx, mailing, since).await?,
            in_a_day: mailings::recent(tx, mailing, now.minus(COUNTED)).await?,
        })
    }

    /// How many more it may be mailed now.
    fn leaves(&self, purpose: LinkPurpose, is_first: bool) -> u32 {
        let lately = purpose.limit_of_mailbox(is_first);
        let in_a_day = purpose.limit_of_mailbox_in_a_day(is_first);
        let left = in_a_day.saturating_sub(self.in_a_day);
        lately.saturating_sub(self.lately).min(left)
    }
}

/// Counts a letter without a link at an address that nobody confirmed for its account, or
/// that is not that of its account: whoever claims somebody's could have them told of what
/// they do there, without end.
pub(super) async fn count_told(app: &App, claimed: &Claimed, told: &Told) -> Result<Room, Fault> {
    let purpose = match &told.about {
        // There the account was, and somebody else may have taken it.
        About::AddressDropped { .. } | About::RecoveryTold { .. } => LinkPurpose::Left,
        About::ErasureWaits { .. } if told.about.goes_elsewhere() => LinkPurpose::Left,
        about if !about.goes_elsewhere() && is_confirmed(app, told.account_id).await? => {
            return Ok(Room::Free);
        }
        _ => LinkPurpose::Told,
    };
    count_letter(app, claimed, &told.to, purpose).await
}

/// Counts a letter without a link, unless its mailbox had enough of them.
pub(super) async fn count_letter(
    app: &App,
    claimed: &Claimed,
    to: &Email,
    purpose: LinkPurpose,
) -> Result<Room, Fault> {
    let (now, id) = (app.now(), claimed.id.as_uuid());
    // Of a link that nobody has.
    let hash = Opaque::<MailLink>::of_message(*id, &app.master().mail_link(), id).hash();
    let mailing = Mailing {
        address_index: *app.master().email_index(to.as_str()).as_bytes(),
        purpose,
        hash,
    };
    let counted = app.store().write(move |tx| {
        Box::pin(async move {
            let mailed = Mailed::to(tx, &mailing, now).await?;
            if mailed.leaves(purpose, false) == 0 {
                return Ok(Room::Never);
            }
            mailings::keep(tx, &mailing, now).await?;
            Ok::<_, StoreError>(Room::Free)
        })
    });
    Ok(counted.await?)
}

/// Forgets which mailboxes were mailed, once it counts no more.
pub async fn forget_past(app: &App) -> Result<(), Fault> {
    let by = app.now().minus(COUNTED);
    let forgotten = app
        .store()
        .write_statement(move |tx| Box::pin(async move { mailings::forget(tx, by).await }));
    forgotten.await?;
    let turns = app
        .store()
        .write_statement(move |tx| Box::pin(async move { mailings::forget_turns(tx).await }));
    Ok(turns.await?)
}
