//! The way back in after a forgotten password.
//!
//! It begins with a link that is mailed, and never ends at once by that alone
//! (ASVS 6.4.3): whoever reads somebody's mail is not yet that person. Either the
//! code of a recovery kit opens the vault; or the operator's key does. That takes
//! mail, and a day from when its owner was told, in which they can stop it by
//! mail or wherever they are signed in. It is the weakest of the ways: whoever
//! reads somebody's mail for a day unnoticed gets in by it where nothing else is
//! set up, so that for a day more such a password opens no high profile, no
//! export and no other way in ([`crate::domain::account::Freshness`]). Who will
//! not have it makes a kit and takes the operator's key away, or sets up a second
//! factor: nobody is signed in by a recovery, and the sign-in with the new
//! password asks whatever else is set up for this account. Where nobody holds a
//! key, the account can go on with an empty vault, after the same wait.
//!
//! What is asked is answered the same for any address, and at the same cost.

mod empty;
mod wait;

use std::time::Duration;

use crate::app::{App, OpenError};
use crate::crypto::escrow::{EscrowEpoch, EscrowKey};
use crate::crypto::kit::KitCode;
use crate::crypto::password::{Password, Recipe};
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{MailLink, Opaque};
use crate::crypto::vault::{self, KeyholderKind, VaultKey};
use crate::domain::account::{LinkPurpose, RecoveryWay};
use crate::domain::attribute::Email;
use crate::domain::id::{AccountId, KeyholderId};
use crate::domain::message::About;
use crate::domain::signal::Initiator;
use crate::domain::time::Timestamp;
use crate::service::accounts::recipe_of;
use crate::service::kit::CONFIRMED;
use crate::service::logouts::Farewell;
use crate::service::{Fault, accounts as people, letters};
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{
    Connection, StoreError, accounts, guesses, half_sign_ins, known_browsers, mail_links,
    recoveries,
};

pub use self::empty::{begin_to_empty, with_nothing};
pub(super) use self::wait::{call_off, empties, is_news};
pub use self::wait::{owner_was_told, stop_as_owner, stop_with_link, tell_ready, waits_until};

/// How long the operator's key is not used after its owner was told that it was
/// asked for.
pub(super) const WAIT: Duration = Duration::from_hours(24);
/// How long a recovery is of use once it is ready: the link that follows its wait,
/// and the mail that brings it.
pub(super) const LASTS: Duration = Duration::from_hours(4 * 24);

/// Somebody forgot their password. Costs and answers the same for any address.
///
/// One transaction.
pub async fn ask(app: &App, email: &Email) -> Result<(), Fault> {
    let letter = letters::forgotten(app, email);
    app.store()
        .write(move |tx| Box::pin(async move { letter.keep(tx).await }))
        .await?;
    Ok(())
}

/// What a link that holds is for, and whose account it is about.
pub(super) async fn look_at(
    app: &App,
    token: &str,
) -> Result<Option<(AccountId, LinkPurpose)>, Fault> {
    let Some(link) = Opaque::<MailLink>::parse(token) else {
        return Ok(None);
    };
    let account_id = AccountId::new(link.owner());
    let mut connection = app.store().read().await?;
    let row = mail_links::find(&mut connection, account_id, link.hash(), app.now()).await?;
    Ok(row.map(|row| (account_id, row.purpose)))
}

/// What somebody with a link may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayBack {
    /// Open the vault with one of these.
    Choose {
        /// There is a recovery kit.
        kit: bool,
        /// The operator holds a key.
        escrow: bool,
        /// A passkey opens it: that signs in as it is.
        passkey: bool,
        /// It is asked for already, and can be used from then on.
        waits_until: Option<Timestamp>,
    },
    /// Set a new password: the wait is over.
    Ready {
        /// By which way.
        way: RecoveryWay,
    },
    /// Stop what waits.
    Stop,
}

/// What somebody with a link may do; `None` when the link does not hold. It is
/// not used up by looking.
pub async fn way_back(app: &App, token: &str) -> Result<Option<WayBack>, Fault> {
    let Some((account_id, purpose)) = look_at(app, token).await? else {
        return Ok(None);
    };
    let mut connection = app.store().read().await?;
    Ok(match purpose {
        LinkPurpose::Recover => {
            let keyholders = keyholders::of_account(&mut connection, account_id).await?;
            let since = app.now().minus(LASTS);
            let has = |kind| keyholders.iter().any(|row| row.kind == kind);
            Some(WayBack::Choose {
                kit: keyholders.iter().any(is_kit),
                escrow: operator_helps(app, &keyholders).await?,
                passkey: has(KeyholderKind::Passkey),
                waits_until: recoveries::find(&mut connection, account_id, since)
                    .await?
                    .map(|(ready_at, _)| ready_at),
            })
        }
        LinkPurpose::Ready => {
            let since = app.now().minus(LASTS);
            let waits = recoveries::find(&mut connection, account_id, since).await?;
            waits.map(|(_, way)| WayBack::Ready { way })
        }
        LinkPurpose::Stop => Some(WayBack::Stop),
        LinkPurpose::Confirm
        | LinkPurpose::Tried
        | LinkPurpose::Change
        | LinkPurpose::Undo
        | LinkPurpose::Guessed => None,
    })
}

/// Whether the operator can open a vault: a key that is lost helps nobody, and
/// nobody should wait a day to find that out.
async fn operator_helps(app: &App, keyholders: &[KeyholderRow]) -> Result<bool, Fault> {
    let row = keyholders
        .iter()
        .find(|row| row.kind == KeyholderKind::Escrow);
    let Some(row) = row else { return Ok(false) };
    match escrow_of(app, row).await {
        Ok(_) => Ok(true),
        Err(Fault::Keys(OpenError::Escrow(error))) => {
            tracing::error!(%error, "the operator cannot help somebody back in");
            Ok(false)
        }
        Err(fault) => Err(fault),
    }
}

/// The operator's key to a vault.
async fn escrow_of(app: &App, row: &KeyholderRow) -> Result<EscrowKey, Fault> {
    let epoch = row.params.parse().map(EscrowEpoch::new);
    let epoch = epoch.map_err(|_| StoreError::Corrupt("params"))?;
    Ok(app.escrow_of(epoch).await?)
}

fn is_kit(row: &KeyholderRow) -> bool {
    row.kind == KeyholderKind::Kit && row.params == CONFIRMED
}

/// Why there is no new password.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The link does not hold (any more), or what it began was stopped.
    #[error("the link does not hold")]
    Link,
    /// The code opens nothing.
    #[error("this is not the code of the recovery kit")]
    Code,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for RecoverError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Sets a new password with the code of a recovery kit.
pub async fn with_kit(
    app: &App,
    token: &str,
    code: &str,
    password: Password,
) -> Result<(), RecoverError> {
    let (account_id, hash) = expect(app, token, LinkPurpose::Recover).await?;
    let code = KitCode::parse(code).ok_or(RecoverError::Code)?;
    let mut connection = app.store().read().await?;
    let keyholders = keyholders::of_account(&mut connection, account_id).await?;
    drop(connection);
    let vault_key = keyholders
        .into_iter()
        .filter(is_kit)
        .find_map(|row| {
            let wrapped = Sealed::from_bytes(row.vault_key_wrapped);
            vault::open_with_kit(&wrapped, account_id, &code).ok()
        })
        .ok_or(RecoverError::Code)?;
    let spends = (hash, LinkPurpose::Recover);
    set_password(app, account_id, &vault_key, password, spends).await
}

/// When what is asked for now can be had. While a change of address can be undone,
/// it waits for as long: whoever made that change may be a thief, to whom the mail
/// goes now.
async fn ready_at(
    tx: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    let undo = mail_links::hold_until(tx, account_id, LinkPurpose::Undo, now).await?;
    Ok(now.plus(WAIT).max(undo.unwrap_or(now)))
}

/// Asks for the operator's key, and tells every channel. Returns when it can be
/// used. Asked for once more, the wait begins anew.
pub async fn begin_to_wait(app: &App, token: &str) -> Result<Timestamp, RecoverError> {
    let (account_id, hash) = expect(app, token, LinkPurpose::Recover).await?;
    let now = app.now();
    let app_ = app.clone();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                let keyholders = keyholders::of_account(tx, account_id).await?;
                let escrow = |row: &KeyholderRow| row.kind == KeyholderKind::Escrow;
                if !keyholders.iter().any(escrow)
                    || !mail_links::spend(tx, account_id, hash, LinkPurpose::Recover, now).await?
                {
                    return Err(RecoverError::Link);
                }
                let ready_at = ready_at(tx, account_id, now).await?;
                recoveries::start(tx, account_id, RecoveryWay::Escrow, now, ready_at).await?;
                let about = About::RecoveryStarted { ready_at };
                letters::to(&app_, account_id, about).keep(tx).await?;
                Ok(ready_at)
            })
        })
        .await
}

/// Sets a new password with the operator's key, once the wait is over.
pub async fn with_escrow(app: &App, token: &str, password: Password) -> Result<(), RecoverError> {
    let (account_id, hash) = expect(app, token, LinkPurpose::Ready).await?;
    let mut connection = app.store().read().await?;
    let keyholders = keyholders::of_account(&mut connection, account_id).await?;
    drop(connection);
    let row = keyholders
        .into_iter()
        .find(|row| row.kind == KeyholderKind::Escrow)
        .ok_or(RecoverError::Link)?;
    let escrow = escrow_of(app, &row).await?;
    let wrapped = Sealed::from_bytes(row.vault_key_wrapped);
    let vault_key = vault::open_with_escrow(&wrapped, account_id, &escrow).map_err(Fault::from)?;
    let spends = (hash, LinkPurpose::Ready);
    set_password(app, account_id, &vault_key, password, spends).await
}

async fn expect(
    app: &App,
    token: &str,
    purpose: LinkPurpose,
) -> Result<(AccountId, [u8; 32]), RecoverError> {
    match look_at(app, token).await? {
        Some((account_id, found)) if found == purpose => {
            let link = Opaque::<MailLink>::parse(token).ok_or(RecoverError::Link)?;
            Ok((account_id, link.hash()))
        }
        _ => Err(RecoverError::Link),
    }
}

/// Puts a new password in the place of the old, ends all sessions, and tells of
/// it. One password hash, one transaction, which the link is used up in.
async fn set_password(
    app: &App,
    account_id: AccountId,
    vault_key: &VaultKey,
    password: Password,
    (hash, purpose): ([u8; 32], LinkPurpose),
) -> Result<(), RecoverError> {
    let mut connection = app.store().read().await?;
    let rows = keyholders::of_account(&mut connection, account_id).await?;
    drop(connection);
    let before = rows.iter().find(|row| row.kind == KeyholderKind::Password);
    let recipe = match before {
        Some(row) => recipe_of(row)?.renewed(),
        None => {
            let contact = people::contact(app, account_id).await?;
            let index = app.master().email_index(&contact.email);
            Recipe::of_address(app.master(), index)
        }
    };
    let derived = app.hasher().derive(password, recipe.clone()).await;
    let derived = derived.map_err(Fault::from)?;
    let now = app.now();
    let wrapped = vault::wrap_for_password(vault_key, account_id, &derived, app.random());
    let keyholder = KeyholderRow {
        account_id,
        id: KeyholderId::new(app.random().uuid(now)),
        kind: KeyholderKind::Password,
        params: recipe.to_string(),
        verifier: Some(derived.verifier().to_vec()),
        vault_key_wrapped: wrapped.into_bytes(),
        created_at: now,
    };
    let farewell = Farewell::of_account(app, account_id, Initiator::User).await?;
    let letter = letters::to(app, account_id, About::Recovered);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if !mail_links::spend(tx, account_id, hash, purpose, now).await? {
                    return Err(RecoverError::Link);
                }
                // The operator's key waits, whoever holds the link.
                let way = RecoveryWay::Escrow;
                if purpose == LinkPurpose::Ready
                    && !recoveries::finish(tx, account_id, way, now).await?
                {
                    return Err(RecoverError::Link);
                }
                call_off(tx, account_id, now).await?;
                keyholders::delete_all(tx, account_id, KeyholderKind::Password, None).await?;
                keyholders::insert(tx, &keyholder).await?;
                farewell.end_all(tx, account_id, None).await?;
                half_sign_ins::drop_all(tx, account_id).await?;
                known_browsers::forget_all(tx, account_id).await?;
                guesses::clear_failures_of(tx, account_id).await?;
                let by_escrow = (purpose == LinkPurpose::Ready).then_some(now);
                accounts::set_recovered(tx, account_id, by_escrow).await?;
                letter.keep(tx).await?;
                Ok(())
            })
        })
        .await
}
