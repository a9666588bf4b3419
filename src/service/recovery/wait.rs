//! The wait before a way back in can be used: when it begins, who stops it, and
//! that its end is told.

use super::{LASTS, RecoverError, expect};
use crate::app::App;
use crate::domain::account::{LinkPurpose, RecoveryWay};
use crate::domain::id::AccountId;
use crate::domain::message::{About, Lane, Letter};
use crate::domain::time::Timestamp;
use crate::service::erasure::undoable_until;
use crate::service::sessions::{InSession, SignedIn};
use crate::service::{Fault, letters};
use crate::store::{Connection, StoreError, accounts, mail_links, recoveries};

/// Begins to wait, anew if need be: a link that was mailed at the end of a wait before
/// is of no use then.
pub(super) async fn start(
    tx: &mut Connection,
    account_id: AccountId,
    way: RecoveryWay,
    now: Timestamp,
    ready_at: Timestamp,
) -> Result<(), StoreError> {
    mail_links::spend_all(tx, account_id, LinkPurpose::Ready, now).await?;
    recoveries::start(tx, account_id, way, now, ready_at).await
}

/// Tells of a wait at every address that could have the account back. While a change
/// of address can be undone, whoever asks may be a thief who made it, and the address of
/// the account theirs.
pub(super) async fn tell_before(
    tx: &mut Connection,
    app: &App,
    account_id: AccountId,
    (way, ready_at): (RecoveryWay, Timestamp),
    addresses: &[String],
) -> Result<(), StoreError> {
    for address in addresses {
        let about = |address_sealed| About::RecoveryTold {
            ready_at,
            empties: way == RecoveryWay::Empty,
            address_sealed,
        };
        letters::at_address(app, account_id, address, about)
            .keep(tx)
            .await?;
    }
    Ok(())
}

/// Lets the wait begin, once the mail is out by which it can be stopped: while no
/// mail goes, nobody's time to stop it passes, and it is as long as it was to be.
pub async fn owner_was_told(
    tx: &mut Connection,
    letter: &Letter,
    asked_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    let about = &letter.about;
    let (
        Lane::Account(account_id),
        About::RecoveryStarted { ready_at } | About::EmptyingStarted { ready_at },
    ) = (&letter.lane, about)
    else {
        return Ok(());
    };
    let ready = ready_at.plus(now.since(asked_at));
    recoveries::heard(tx, *account_id, *ready_at, (now, ready)).await
}

/// The recovery of an account that waits or can be used, if any: since when it can
/// be, and what comes of it.
pub(super) async fn waiting(
    connection: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<Option<(Timestamp, RecoveryWay)>, StoreError> {
    recoveries::find(connection, account_id, now.minus(LASTS)).await
}

/// Whether the vault of an account is emptied by the recovery that waits.
pub(in crate::service) async fn empties(app: &App, account_id: AccountId) -> Result<bool, Fault> {
    let mut connection = app.store().read().await?;
    let waits = waiting(&mut connection, account_id, app.now()).await?;
    Ok(waits.is_some_and(|(_, way)| way == RecoveryWay::Empty))
}

/// Stops what waits, with the link that was mailed for it.
pub async fn stop_with_link(app: &App, token: &str) -> Result<(), RecoverError> {
    let (account_id, hash) = expect(app, token, LinkPurpose::Stop).await?;
    stop(app, account_id, By::Link(hash)).await
}

/// Stops what waits for an account. Its owner is signed in, and is told of it
/// by mail as well.
pub async fn stop_as_owner(app: &App, signed_in: &SignedIn) -> Result<(), Fault> {
    let by = By::Owner(signed_in.session(app));
    match stop(app, signed_in.account.id, by).await {
        Err(RecoverError::Fault(fault)) => Err(fault),
        _ => Ok(()),
    }
}

/// Who stops what waits.
enum By {
    /// Whoever has the link that was mailed for it.
    Link([u8; 32]),
    /// Whoever is in this session.
    Owner(InSession),
}

async fn stop(app: &App, account_id: AccountId, by: By) -> Result<(), RecoverError> {
    let now = app.now();
    let letter = letters::to(app, account_id, About::RecoveryStopped);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                match by {
                    By::Link(hash) => {
                        accounts::hold(tx, account_id).await?;
                        let purpose = LinkPurpose::Stop;
                        if !mail_links::spend(tx, account_id, hash, purpose, now).await? {
                            return Err(RecoverError::Link);
                        }
                    }
                    By::Owner(session) => session.hold(tx).await?,
                }
                if call_off(tx, account_id, now).await? {
                    letter.keep(tx).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Ends every way back in that was begun, and what waits; says whether anything
/// did.
pub(in crate::service) async fn call_off(
    tx: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    for purpose in [LinkPurpose::Recover, LinkPurpose::Ready, LinkPurpose::Stop] {
        mail_links::spend_all(tx, account_id, purpose, now).await?;
    }
    recoveries::stop(tx, account_id).await
}

/// Tells of some whose wait is over; says whether there were any.
pub async fn tell_ready(app: &App, most: u32) -> Result<bool, Fault> {
    let now = app.now();
    let mut connection = app.store().read().await?;
    let ready = recoveries::ready(&mut connection, now, most).await?;
    drop(connection);
    for account_id in &ready {
        let account_id = *account_id;
        let letter = letters::to(app, account_id, About::RecoveryReady);
        app.store()
            .write(move |tx| {
                Box::pin(async move {
                    accounts::hold(tx, account_id).await?;
                    // The mail with which a change is undone left later than was thought.
                    if let Some(until) = undoable_until(tx, account_id, now).await? {
                        return recoveries::put_off(tx, account_id, until).await;
                    }
                    if recoveries::tell(tx, account_id, now).await? {
                        letter.keep(tx).await?;
                    }
                    Ok::<_, StoreError>(())
                })
            })
            .await?;
    }
    Ok(!ready.is_empty())
}

/// Whether a letter is still worth sending: of a recovery that was stopped, only
/// that is.
pub(in crate::service) async fn is_news(
    app: &App,
    account_id: AccountId,
    about: &About,
) -> Result<bool, Fault> {
    let is_over = match about {
        About::RecoveryStarted { .. }
        | About::EmptyingStarted { .. }
        | About::RecoveryTold { .. } => false,
        About::RecoveryReady | About::EmptyingReady => true,
        _ => return Ok(true),
    };
    let now = app.now();
    let mut connection = app.store().read().await?;
    let waits = waiting(&mut connection, account_id, now).await?;
    Ok(waits.is_some_and(|(ready_at, _)| !is_over || ready_at <= now))
}
