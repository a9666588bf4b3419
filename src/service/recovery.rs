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
//! password asks whatever else is set up for this account.
//!
//! What is asked is answered the same for any address, and at the same cost.

use std::time::Duration;

use crate::app::App;
use crate::crypto::kit::KitCode;
use crate::crypto::password::{Password, Recipe};
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{MailLink, Opaque};
use crate::crypto::vault::{self, EscrowEpoch, KeyholderKind, VaultKey};
use crate::domain::account::LinkPurpose;
use crate::domain::attribute::Email;
use crate::domain::id::{AccountId, KeyholderId};
use crate::domain::message::{About, Lane, Letter};
use crate::domain::signal::Initiator;
use crate::domain::time::Timestamp;
use crate::service::kit::CONFIRMED;
use crate::service::logouts::Farewell;
use crate::service::{Fault, letters};
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{
    Connection, StoreError, accounts, half_sign_ins, known_browsers, mail_links, outbox, recoveries,
};

/// How long the operator's key is not used after its owner was told that it was
/// asked for.
pub(super) const WAIT: Duration = Duration::from_hours(24);
/// How long a recovery is of use: its wait, and the link that follows it.
const LASTS: Duration = Duration::from_hours(5 * 24);

/// Somebody forgot their password. Costs and answers the same for any address.
///
/// One transaction.
pub async fn ask(app: &App, email: &Email) -> Result<(), Fault> {
    let letter = letters::forgotten(app, email);
    app.store()
        .write(move |tx| Box::pin(async move { outbox::insert(tx, &letter).await }))
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
    Ready,
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
                escrow: has(KeyholderKind::Escrow),
                passkey: has(KeyholderKind::Passkey),
                waits_until: recoveries::find(&mut connection, account_id, since).await?,
            })
        }
        LinkPurpose::Ready => Some(WayBack::Ready),
        LinkPurpose::Stop => Some(WayBack::Stop),
        LinkPurpose::Confirm | LinkPurpose::Tried | LinkPurpose::Guessed => None,
    })
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

/// Asks for the operator's key, and tells every channel. Returns when it can be
/// used. Asked for once more, the wait begins anew.
pub async fn begin_to_wait(app: &App, token: &str) -> Result<Timestamp, RecoverError> {
    let (account_id, hash) = expect(app, token, LinkPurpose::Recover).await?;
    let now = app.now();
    let ready_at = now.plus(WAIT);
    let letter = letters::to(app, account_id, About::RecoveryStarted { ready_at });
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
                recoveries::start(tx, account_id, now, ready_at).await?;
                outbox::insert(tx, &letter).await?;
                Ok(())
            })
        })
        .await?;
    Ok(ready_at)
}

/// Lets the wait begin, once the mail is out by which it can be stopped: while no
/// mail goes, nobody's time to stop it passes.
pub async fn owner_was_told(
    tx: &mut Connection,
    letter: &Letter,
    now: Timestamp,
) -> Result<(), StoreError> {
    if let (Lane::Account(account_id), About::RecoveryStarted { ready_at }) =
        (&letter.lane, &letter.about)
    {
        let ready = (*ready_at).max(now.plus(WAIT));
        recoveries::heard(tx, *account_id, *ready_at, (now, ready)).await?;
    }
    Ok(())
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
    let epoch = row.params.parse().map(EscrowEpoch::new);
    let epoch = epoch.map_err(|_| StoreError::Corrupt("params"))?;
    let wrapped = Sealed::from_bytes(row.vault_key_wrapped);
    let vault_key =
        vault::open_with_escrow(&wrapped, account_id, app.master(), epoch).map_err(Fault::from)?;
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
    let recipe = Recipe::generate(app.random());
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
                if purpose == LinkPurpose::Ready && !recoveries::finish(tx, account_id, now).await?
                {
                    return Err(RecoverError::Link);
                }
                call_off(tx, account_id, now).await?;
                keyholders::delete_all(tx, account_id, KeyholderKind::Password, None).await?;
                keyholders::insert(tx, &keyholder).await?;
                farewell.end_all(tx, account_id, None).await?;
                half_sign_ins::drop_all(tx, account_id).await?;
                known_browsers::forget_all(tx, account_id).await?;
                accounts::clear_failures_of(tx, account_id).await?;
                let by_escrow = (purpose == LinkPurpose::Ready).then_some(now);
                accounts::set_recovered(tx, account_id, by_escrow).await?;
                outbox::insert(tx, &letter).await?;
                Ok(())
            })
        })
        .await
}

/// Until when a recovery of an account waits, if one does.
pub async fn waits_until(app: &App, account_id: AccountId) -> Result<Option<Timestamp>, Fault> {
    let mut connection = app.store().read().await?;
    let since = app.now().minus(LASTS);
    Ok(recoveries::find(&mut connection, account_id, since).await?)
}

/// Stops what waits, with the link that was mailed for it.
pub async fn stop_with_link(app: &App, token: &str) -> Result<(), RecoverError> {
    let (account_id, hash) = expect(app, token, LinkPurpose::Stop).await?;
    stop(app, account_id, Some(hash)).await
}

/// Stops what waits for an account. Its owner is signed in, and is told of it
/// by mail as well.
pub async fn stop_as_owner(app: &App, account_id: AccountId) -> Result<(), Fault> {
    match stop(app, account_id, None).await {
        Ok(()) | Err(RecoverError::Link | RecoverError::Code) => Ok(()),
        Err(RecoverError::Fault(fault)) => Err(fault),
    }
}

async fn stop(
    app: &App,
    account_id: AccountId,
    link: Option<[u8; 32]>,
) -> Result<(), RecoverError> {
    let now = app.now();
    let letter = letters::to(app, account_id, About::RecoveryStopped);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if let Some(hash) = link
                    && !mail_links::spend(tx, account_id, hash, LinkPurpose::Stop, now).await?
                {
                    return Err(RecoverError::Link);
                }
                if call_off(tx, account_id, now).await? {
                    outbox::insert(tx, &letter).await?;
                }
                Ok(())
            })
        })
        .await
}

/// Ends every way back in that was begun, and what waits; says whether anything
/// did.
pub(super) async fn call_off(
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
                    if recoveries::tell(tx, account_id, now).await? {
                        outbox::insert(tx, &letter).await?;
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
pub(super) async fn is_news(
    app: &App,
    account_id: AccountId,
    about: &About,
) -> Result<bool, Fault> {
    Ok(match about {
        About::RecoveryStarted { .. } | About::RecoveryReady => {
            waits_until(app, account_id).await?.is_some()
        }
        _ => true,
    })
}
