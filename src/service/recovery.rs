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
//! password asks whatever else is set up for this account. Where the operator holds
//! no key, the account can go on with an empty vault: after a day as well, or seven
//! where there is a kit, which nothing is lost with.
//!
//! # Where nobody has the address
//! and some say that it is theirs, each of their accounts gets a link of its own:
//! whoever reads mail there knows which one they made. Whoever sets a password by it
//! has the address from then on, and unless they have a kit, what was set up before and
//! asked nothing of them goes, since it may have been somebody else who did. But a second
//! factor stays, and all else with it, and is asked before the password is set: an address
//! that was mistyped leads to a stranger, who shall not get in by its mail. Whoever
//! cannot show it, since a stranger claimed their address and set it up, makes an
//! account of their own, and has the address once that is confirmed.
//!
//! What is asked is answered the same for any address, and at the same cost.

mod empty;
mod outcome;
mod password;
mod second;
mod wait;

use std::time::Duration;

use zeroize::Zeroizing;

use crate::app::{App, OpenError};
use crate::crypto::escrow::{EscrowEpoch, EscrowKey};
use crate::crypto::kit::KitCode;
use crate::crypto::password::Password;
use crate::crypto::seal::Sealed;
use crate::crypto::vault::{self, KeyholderKind};
use crate::domain::account::{Factors, LinkPurpose, RecoveryWay};
use crate::domain::attribute::Email;
use crate::domain::id::AccountId;
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::service::browsers::Place;
use crate::service::erasure::{undoable_addresses, undoable_until};
use crate::service::factors::FactorError;
use crate::service::links::{self, Found};
use crate::service::{Fault, letters};
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{Connection, StoreError, accounts, factors, mail_links};

pub use self::empty::{begin_to_empty, with_nothing};
pub use self::outcome::{Outcome, outcome};
use self::password::{Besides, NewPassword};
pub use self::second::Second;
use self::second::Seconded;
pub(super) use self::wait::{call_off, empties, is_news};
pub use self::wait::{owner_was_told, stop_as_owner, stop_with_link, tell_ready};

/// How long the operator's key is not used, and no vault emptied, after its owner was
/// told that it was asked for.
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

/// The address of the account that a link is about; `None` when the link does not hold.
pub async fn address(app: &App, token: &str) -> Result<Option<Zeroizing<String>>, Fault> {
    Ok(match links::find(app, token).await? {
        Found::Holds(link) => Some(link.address(app)?),
        Found::Used(..) | Found::Void => None,
    })
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
        /// When the account was made, if nobody ever confirmed its address: a second
        /// factor is asked, or where there is none, a kit that is not used goes.
        claimed_at: Option<Timestamp>,
        /// There is a second factor.
        second: bool,
    },
    /// Set a new password: the wait is over.
    Ready {
        /// By which way.
        way: RecoveryWay,
        /// When the account was made, if nobody ever confirmed its address: where there
        /// is no second factor, a kit goes.
        claimed_at: Option<Timestamp>,
        /// One of these is asked besides: there is more than a password, and the vault
        /// is to be emptied, or nobody ever confirmed the address.
        second: Option<Factors>,
    },
    /// Stop what waits.
    Stop,
}

/// What somebody with a link may do; `None` when the link does not hold. It is
/// not used up by looking.
pub async fn way_back(app: &App, token: &str) -> Result<Option<WayBack>, Fault> {
    let Found::Holds(link) = links::find(app, token).await? else {
        return Ok(None);
    };
    let account_id = link.account_id;
    let mut connection = app.store().read().await?;
    let contact = accounts::contact(&mut connection, account_id).await?;
    let claimed = contact.filter(|contact| !contact.is_confirmed());
    let claimed_at = claimed.map(|contact| contact.account.account.created_at);
    Ok(match link.purpose {
        LinkPurpose::Recover => {
            let keyholders = keyholders::of_account(&mut connection, account_id).await?;
            let has = |kind| keyholders.iter().any(|row| row.kind == kind);
            Some(WayBack::Choose {
                kit: keyholders.iter().any(KeyholderRow::is_confirmed_kit),
                escrow: operator_helps(app, &keyholders).await?,
                passkey: has(KeyholderKind::Passkey),
                waits_until: wait::waiting(&mut connection, account_id, app.now())
                    .await?
                    .map(|(ready_at, _)| ready_at),
                claimed_at,
                second: factors::of_account(&mut connection, account_id)
                    .await?
                    .has_second(),
            })
        }
        LinkPurpose::Ready => {
            let waits = wait::waiting(&mut connection, account_id, app.now()).await?;
            // Asked for anew, it waits again.
            match waits.filter(|(ready_at, _)| *ready_at <= app.now()) {
                Some((_, way)) => Some(WayBack::Ready {
                    way,
                    claimed_at,
                    second: second::asks_second(&mut connection, account_id, way).await?,
                }),
                None => None,
            }
        }
        LinkPurpose::Stop => Some(WayBack::Stop),
        LinkPurpose::Confirm
        | LinkPurpose::Tried
        | LinkPurpose::Change
        | LinkPurpose::Undo
        | LinkPurpose::Guessed
        | LinkPurpose::GuessedRest
        | LinkPurpose::Told
        | LinkPurpose::Left => None,
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

/// Why there is no new password.
#[derive(Debug, thiserror::Error)]
pub enum RecoverError {
    /// The link does not hold (any more), or what it began was stopped.
    #[error("the link does not hold")]
    Link,
    /// The code opens nothing.
    #[error("this is not the code of the recovery kit")]
    Code,
    /// There is a second factor, and it was not shown.
    #[error("the second factor was not shown")]
    Second,
    /// There were too many failures: try again after this time.
    #[error("too many failures: wait {} seconds", .0.as_secs())]
    Wait(Duration),
    /// A change of address can be undone until then.
    #[error("a change of address can be undone until {0}")]
    NotBefore(Timestamp),
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<FactorError> for RecoverError {
    fn from(error: FactorError) -> Self {
        match error {
            FactorError::Wrong | FactorError::Over => Self::Second,
            FactorError::Wait(wait) => Self::Wait(wait),
            FactorError::Fault(fault) => Self::Fault(fault),
        }
    }
}

impl From<StoreError> for RecoverError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Sets a new password with the code of a recovery kit. One password hash, one
/// transaction, which the link is used up in.
pub async fn with_kit(
    app: &App,
    place: &Place,
    token: &str,
    code: &str,
    password: Password,
) -> Result<(), RecoverError> {
    let (account_id, hash) = expect(app, token, LinkPurpose::Recover).await?;
    let code = KitCode::parse(code).ok_or(RecoverError::Code)?;
    let mut connection = app.store().read().await?;
    let keyholders = keyholders::of_account(&mut connection, account_id).await?;
    drop(connection);
    let (vault_key, kit) = keyholders
        .into_iter()
        .filter(KeyholderRow::is_confirmed_kit)
        .find_map(|row| {
            let wrapped = Sealed::from_bytes(row.vault_key_wrapped.clone());
            let opened = vault::open_with_kit(&wrapped, account_id, &code).ok();
            opened.map(|vault_key| (vault_key, row))
        })
        .ok_or(RecoverError::Code)?;
    let whose = (account_id, hash);
    let opened = (&vault_key, password);
    let password = NewPassword::of(app, place, whose, Besides::Kit(kit), opened).await?;
    app.store()
        .write(move |tx| Box::pin(async move { password.keep(tx).await }))
        .await
}

/// When what is asked for now can be had. While a change of address can be undone,
/// it waits for as long: whoever made that change may be a thief, to whom the mail
/// goes now.
async fn ready_at(
    tx: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<Timestamp, StoreError> {
    let undo = undoable_until(tx, account_id, now).await?;
    Ok(now.plus(WAIT).max(undo.unwrap_or(now)))
}

/// Asks for the operator's key, and tells every channel. Returns when it can be
/// used. Asked for once more, the wait begins anew.
pub async fn begin_to_wait(app: &App, token: &str) -> Result<Timestamp, RecoverError> {
    let (account_id, hash) = expect(app, token, LinkPurpose::Recover).await?;
    let now = app.now();
    let before = undoable_addresses(app, account_id).await?;
    let app_ = app.clone();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                accounts::hold(tx, account_id).await?;
                let keyholders = keyholders::of_account(tx, account_id).await?;
                let escrow = |row: &KeyholderRow| row.kind == KeyholderKind::Escrow;
                if !keyholders.iter().any(escrow)
                    || !mail_links::spend(tx, account_id, hash, LinkPurpose::Recover, now).await?
                {
                    return Err(RecoverError::Link);
                }
                let ready_at = ready_at(tx, account_id, now).await?;
                wait::start(tx, account_id, RecoveryWay::Escrow, now, ready_at).await?;
                let about = About::RecoveryStarted { ready_at };
                letters::to(&app_, account_id, about).keep(tx).await?;
                let told = (RecoveryWay::Escrow, ready_at);
                wait::tell_before(tx, &app_, account_id, told, &before).await?;
                Ok(ready_at)
            })
        })
        .await
}

/// Sets a new password with the operator's key, once the wait is over. One password
/// hash, one transaction, and one before it that counts a code.
pub async fn with_escrow(
    app: &App,
    place: &Place,
    token: &str,
    password: Password,
    second: Second,
) -> Result<(), RecoverError> {
    let (account_id, hash) = expect(app, token, LinkPurpose::Ready).await?;
    let way = RecoveryWay::Escrow;
    let second = Seconded::look_at(app, place, (account_id, way), second).await?;
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
    let (whose, besides) = ((account_id, hash), Besides::Wait(way));
    let password = NewPassword::of(app, place, whose, besides, (&vault_key, password)).await?;
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                accounts::hold(tx, account_id).await?;
                second.take(tx).await?;
                password.keep(tx).await
            })
        })
        .await
}

async fn expect(
    app: &App,
    token: &str,
    purpose: LinkPurpose,
) -> Result<(AccountId, [u8; 32]), RecoverError> {
    let link = links::holding(app, token, purpose).await?;
    let link = link.ok_or(RecoverError::Link)?;
    Ok((link.account_id, link.hash))
}
