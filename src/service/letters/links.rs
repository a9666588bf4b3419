//! The link of a letter, made when it is sent; and how much a mailbox is mailed.
//!
//! # Whoever types an address
//! has somebody mailed. So the bound is of the mailbox, whichever accounts ask: making
//! another, or claiming another address, gets nobody more mail. What is counted is the
//! keyed hash of the address ([`crate::store::mailings`]) apart from the accounts,
//! and names none. An erasure leaves it for a day at most (GDPR art. 6(1)(f)): who could
//! begin anew by erasing an account would bury whoever reads mail there.
//!
//! Nor do strangers use up what its owner needs: the first link of an account goes
//! beyond what is counted of the others, up to a larger bound
//! ([`LinkPurpose::limit_of_mailbox`]).

use std::time::Duration;

use super::Told;
use super::posting::link_of;
use crate::app::App;
use crate::crypto::secret::{MailLink, Opaque};
use crate::crypto::vault;
use crate::domain::account::LinkPurpose;
use crate::domain::attribute::Email;
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::addresses::is_confirmed;
use crate::store::mail_links::NewLink;
use crate::store::mailings::Mailing;
use crate::store::outbox::Claimed;
use crate::store::{Connection, StoreError, erasures, mail_links, mailings, outbox};

/// How long a link is remembered that holds no more: for longer than its letter
/// is tried, so that none is made for it a second time.
const REMEMBERED: Duration = Duration::from_hours(6 * 24);
/// How long it is remembered that a mailbox was mailed: for as long as anything counts.
const COUNTED: Duration = Duration::from_hours(24);
/// Since before the first of all links.
const EVER: Timestamp = Timestamp::from_seconds(0);

/// Keeps the link of a letter; `None` when there were enough of its kind, or when
/// a newer one took its place while it could not be sent.
pub(super) async fn issue(
    app: &App,
    claimed: &Claimed,
    account_id: AccountId,
    purpose: LinkPurpose,
    to: &Email,
) -> Result<Option<Opaque<MailLink>>, Fault> {
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
    let new = NewLink {
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
            // The account is held: if it went meanwhile, it is known here.
            if !is_little(tx, account_id, &mailing, now).await?
                || erasures::is_erased(tx, account_id).await?
                // And so is it if what the letter tells of was undone.
                || !outbox::waits(tx, message_id).await?
                || !mail_links::keep(tx, &new, now.minus(REMEMBERED)).await?
            {
                return Ok(false);
            }
            mailings::keep(tx, &mailing, now).await?;
            Ok::<_, StoreError>(true)
        })
    });
    Ok(kept.await?.then_some(link))
}

/// Whether neither the account nor the mailbox was mailed too much of a kind already.
async fn is_little(
    tx: &mut Connection,
    account_id: AccountId,
    mailing: &Mailing,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let Mailing { purpose, hash, .. } = *mailing;
    let (most, within) = purpose.limit();
    let since = now.minus(within);
    let of_mailbox = mailings::recent(tx, mailing, since).await?;
    let of_account = mail_links::recent(tx, account_id, purpose, since, hash).await?;
    let is_first = mail_links::recent(tx, account_id, purpose, EVER, hash).await? == 0;
    Ok(of_account < most && of_mailbox < purpose.limit_of_mailbox(is_first))
}

/// Whether a letter without a link is one too many at an address that nobody confirmed
/// for its account, or that is not that of its account: whoever claims somebody's could
/// have them told of what they do there, without end.
pub(super) async fn is_too_much(app: &App, claimed: &Claimed, told: &Told) -> Result<bool, Fault> {
    if !told.about.goes_elsewhere() && is_confirmed(app, told.account_id).await? {
        return Ok(false);
    }
    is_one_too_many(app, claimed, &told.to).await
}

/// Takes note of a letter without a link, unless its mailbox had enough of them; says
/// whether it had.
pub(super) async fn is_one_too_many(
    app: &App,
    claimed: &Claimed,
    to: &Email,
) -> Result<bool, Fault> {
    let (purpose, now, id) = (LinkPurpose::Told, app.now(), claimed.id.as_uuid());
    // Of a link that nobody has.
    let hash = Opaque::<MailLink>::of_message(*id, &app.master().mail_link(), id).hash();
    let mailing = Mailing {
        address_index: *app.master().email_index(to.as_str()).as_bytes(),
        purpose,
        hash,
    };
    let counted = app.store().write(move |tx| {
        Box::pin(async move {
            let since = now.minus(purpose.limit().1);
            if mailings::recent(tx, &mailing, since).await? >= purpose.limit_of_mailbox(false) {
                return Ok(true);
            }
            mailings::keep(tx, &mailing, now).await?;
            Ok::<_, StoreError>(false)
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
