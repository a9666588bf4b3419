//! A change of address that waits: its owner sees it, has the link mailed once more,
//! and calls it off.
//!
//! It is shown for as long as a link could hold, whether one was mailed or not: where
//! somebody else has the address, or where there were enough mails, whoever asked sees
//! the same.
//!
//! To call it off ends the link at once, and is told at the address that there is,
//! where it was told that somebody asked: whoever worries need not look, and whoever
//! asked hears of it if it was somebody else who called it off.

use std::time::Duration;

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::account::{Baseline, LONGEST_CHANGE, LinkPurpose};
use crate::domain::id::{AccountId, MessageId};
use crate::domain::message::{About, Lane, Letter};
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::letters::{self, Posting};
use crate::service::sessions::SignedIn;
use crate::store::address_changes::{self, NewChange, Taken};
use crate::store::{Connection, StoreError};

/// How long the address is kept of a change whose link is of no more use: for as long
/// as a letter is tried, which may bring one that is.
const KEPT: Duration = Duration::from_hours(6 * 24);

/// A change of address that waits.
#[derive(Clone)]
pub struct Waiting {
    /// To which.
    pub address: String,
    /// Since when: tells it from another that was asked for later.
    pub asked_at: Timestamp,
    /// Until when its link holds.
    pub until: Timestamp,
}

/// The change of address that waits for somebody who is signed in, if one does. One
/// SELECT.
pub async fn waiting(app: &App, account_id: AccountId) -> Result<Option<Waiting>, Fault> {
    let mut connection = app.store().read().await?;
    let row = address_changes::waiting(&mut connection, account_id, app.now()).await?;
    drop(connection);
    let Some(row) = row else { return Ok(None) };
    let sealed = Sealed::from_bytes(row.address_sealed);
    let address = vault::open_asked_address(app.master(), account_id, &sealed)?;
    Ok(Some(Waiting {
        address: String::clone(&address),
        asked_at: row.asked_at,
        until: row.expires_at,
    }))
}

/// An address that is about to be asked for.
pub(super) struct Wanted {
    account_id: AccountId,
    index: [u8; 32],
    sealed: Vec<u8>,
}

impl Wanted {
    pub(super) fn new(app: &App, account_id: AccountId, address: &str) -> Self {
        let master = app.master();
        let sealed = vault::seal_asked_address(master, account_id, address, app.random());
        Self {
            account_id,
            index: *master.email_index(address).as_bytes(),
            sealed: sealed.into_bytes(),
        }
    }

    /// The change to it, of an account that stands so.
    pub(super) fn by(self, baseline: Baseline) -> NewChange {
        NewChange {
            account_id: self.account_id,
            address_index: self.index,
            address_sealed: self.sealed,
            baseline,
            expires_at: baseline.at.plus(LinkPurpose::Change.lasts()),
        }
    }
}

/// The letter with the link to another address.
pub(super) fn link_to(app: &App, account_id: AccountId, address: &str) -> Posting {
    letters::at_address(app, account_id, address, |address_sealed| {
        About::AddressLink { address_sealed }
    })
}

/// Mails the link to the change that was asked for then once more, if that was not
/// done too often; says whether it still waits.
pub async fn mail_again(
    app: &App,
    signed_in: &SignedIn,
    asked_at: Timestamp,
) -> Result<bool, Fault> {
    let (account_id, now) = (signed_in.account.id, app.now());
    let Some(waits) = waiting(app, account_id).await? else {
        return Ok(false);
    };
    let link = link_to(app, account_id, &waits.address);
    let session = signed_in.session(app);
    let mailed = app.store().write(move |tx| {
        Box::pin(async move {
            session.hold(tx).await?;
            let waits = address_changes::hold(tx, account_id, asked_at, now).await?;
            if waits {
                link.keep(tx).await?;
            }
            Ok(waits)
        })
    });
    mailed.await
}

/// Calls the change off that was asked for then, and tells of it; says whether it
/// still waited.
pub async fn call_off(app: &App, signed_in: &SignedIn, asked_at: Timestamp) -> Result<bool, Fault> {
    let (account_id, now) = (signed_in.account.id, app.now());
    let told = letters::to(app, account_id, About::AddressKept);
    let session = signed_in.session(app);
    let called_off = app.store().write(move |tx| {
        Box::pin(async move {
            // Whoever follows the link at this moment comes first, or finds it void.
            session.hold(tx).await?;
            let waits = address_changes::hold(tx, account_id, asked_at, now).await?;
            if waits {
                address_changes::end(tx, account_id, now).await?;
                told.keep(tx).await?;
            }
            Ok(waits)
        })
    });
    called_off.await
}

/// Whether a letter is still worth sending: of links to another address, those to the
/// one that is asked for by now.
pub(in crate::service) async fn is_news(
    app: &App,
    id: MessageId,
    letter: &Letter,
) -> Result<bool, Fault> {
    let (Lane::Account(account_id), About::AddressLink { address_sealed }) =
        (letter.lane, &letter.about)
    else {
        return Ok(true);
    };
    let address = letters::address_of(app, id, address_sealed)?;
    let index = *app.master().email_index(&address).as_bytes();
    let mut connection = app.store().read().await?;
    let found = address_changes::find(&mut connection, account_id, index).await?;
    Ok(found != Taken::Over)
}

/// Until when a link to an address holds that is about to be mailed there, and lets the
/// change wait for as long; `None` when that is not what is asked for any more. The
/// account is held.
pub(in crate::service) async fn let_wait(
    tx: &mut Connection,
    account_id: AccountId,
    index: [u8; 32],
    until: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    Ok(match address_changes::find(tx, account_id, index).await? {
        Taken::Waited(baseline) => {
            let until = until.min(baseline.at.plus(LONGEST_CHANGE));
            address_changes::put_off(tx, account_id, index, until).await?;
            Some(until)
        }
        Taken::Unknown => Some(until),
        Taken::Over => None,
    })
}

/// Forgets the addresses that nobody will follow a link to any more.
pub async fn forget_past(app: &App) -> Result<(), Fault> {
    let past = app.now().minus(KEPT);
    app.store()
        .write_statement(move |tx| {
            Box::pin(async move { address_changes::forget_past(tx, past).await })
        })
        .await
        .map_err(|error: StoreError| error.into())
}
