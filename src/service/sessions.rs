//! Sessions: who is signed in, and the key to their vault that the cookie
//! carries.

use std::time::Duration;

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{Opaque, Session};
use crate::crypto::vault::{self, VaultKey};
use crate::domain::account::{Account, Authentication};
use crate::domain::attribute::VaultContents;
use crate::domain::id::{AccountId, ClientId};
use crate::domain::language::Language;
use crate::domain::signal::Initiator;
use crate::domain::time::Timestamp;
use crate::domain::token::Sid;
use crate::service::Fault;
use crate::service::addresses::Reach;
use crate::service::browsers::{Arrival, Place};
use crate::service::logouts::Farewell;
use crate::service::recovery;
use crate::store::session_clients::ClientSession;
use crate::store::{Connection, StoreError, accounts, sessions};

/// How long a sign-in lasts.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(12);
/// More browsers than anybody is signed in with, and a bound on what is kept: the
/// next sign-in ends the oldest.
pub const MOST: u32 = 50;

/// Someone who is signed in. Holds the key to their vault while the request
/// lasts.
#[derive(Debug)]
pub struct SignedIn {
    /// Who.
    pub account: Account,
    /// When and how they signed in.
    pub authentication: Authentication,
    /// When the session ends.
    pub expires_at: Timestamp,
    /// When the session was last noted to be in use.
    pub used_at: Timestamp,
    /// When their account is erased, if it waits for that: until then they see
    /// that alone, and nobody learns anything of them.
    pub erase_at: Option<Timestamp>,
    /// Until when a way back into their account waits, if somebody asks for one:
    /// until that is settled, nothing high is agreed anew.
    pub recovery_waits_until: Option<Timestamp>,
    /// Whether mail reaches them.
    pub reach: Reach,
    /// What opens their vault.
    pub vault_key: VaultKey,
    session: Opaque<Session>,
}

impl SignedIn {
    /// SHA-256 of the cookie's secret: names the session without being it.
    #[must_use]
    pub fn session_hash(&self) -> [u8; 32] {
        self.session.hash()
    }

    /// The session, for the transaction of what is done in it.
    pub(super) fn session(&self, app: &App) -> InSession {
        InSession {
            account_id: self.account.id,
            hash: self.session_hash(),
            now: app.now(),
        }
    }
}

/// The session in which something is done, to be held in the transaction of that. It
/// was read before, and may have been ended meanwhile: whoever ended it to be rid of
/// somebody is not rid of what that one sets up after.
#[derive(Clone, Copy)]
pub(super) struct InSession {
    account_id: AccountId,
    hash: [u8; 32],
    now: Timestamp,
}

impl InSession {
    /// Holds its account until the transaction ends: whoever would end it from elsewhere
    /// waits. [`Fault::SignedOut`] when it has ended.
    ///
    /// The session itself is not held: it would be before the vault and the agreements,
    /// and whoever agrees to something holds those first ([`crate::store`]).
    pub(super) async fn hold(self, tx: &mut Connection) -> Result<(), Fault> {
        accounts::hold(tx, self.account_id).await?;
        if sessions::goes_on(tx, self.account_id, self.hash, self.now).await? {
            Ok(())
        } else {
            Err(Fault::SignedOut)
        }
    }
}

/// The session of a cookie; `None` when it has ended or never was.
///
/// One SELECT, one AEAD opening.
pub async fn resume(app: &App, cookie: &str) -> Result<Option<SignedIn>, Fault> {
    let Some(session) = Opaque::<Session>::parse(cookie) else {
        return Ok(None);
    };
    let account_id = AccountId::new(session.owner());
    let mut connection = app.store().read().await?;
    let row = sessions::find(&mut connection, account_id, session.hash(), app.now()).await?;
    drop(connection);
    let Some(row) = row else { return Ok(None) };
    let wrapped = Sealed::from_bytes(row.vault_key_wrapped);
    let vault_key = vault::open_with_session(&wrapped, account_id, &session)?;
    Ok(Some(SignedIn {
        account: row.account,
        authentication: row.authentication,
        expires_at: row.expires_at,
        used_at: row.used_at,
        erase_at: row.erase_at,
        recovery_waits_until: row
            .recovery_at
            .filter(|ready_at| *ready_at > app.now().minus(recovery::LASTS)),
        reach: Reach::of(row.verified_at, row.unreachable_at),
        vault_key,
        session,
    }))
}

/// A session that is about to be kept: its cookie, and what the store gets.
pub(super) struct NewSession {
    pub(super) cookie: Opaque<Session>,
    pub(super) account_id: AccountId,
    vault_key_wrapped: Vec<u8>,
    authentication: Authentication,
    arrival: Option<Box<Arrival>>,
    /// The session in the same browser whose place it takes, as soon as it is kept.
    replaced: Option<[u8; 32]>,
    /// For those that are too many.
    farewell: Farewell,
}

impl NewSession {
    /// [`NewSession::start`], in a browser.
    pub(super) fn start_at(
        app: &App,
        place: &Place,
        account_id: AccountId,
        vault_key: &VaultKey,
        authentication: Authentication,
    ) -> Self {
        let session = Self::start(app, account_id, vault_key, authentication);
        let hash = session.cookie.hash();
        let arrival = Arrival::of(app, account_id, vault_key, hash, place);
        Self {
            arrival: Some(Box::new(arrival)),
            replaced: place.session,
            ..session
        }
    }

    /// A new identifier on every sign-in (ASVS 7.2.4), so that nobody can fix
    /// one beforehand.
    pub(super) fn start(
        app: &App,
        account_id: AccountId,
        vault_key: &VaultKey,
        authentication: Authentication,
    ) -> Self {
        let cookie = Opaque::<Session>::generate(*account_id.as_uuid(), app.random());
        let wrapped = vault::wrap_for_session(vault_key, account_id, &cookie, app.random());
        Self {
            cookie,
            account_id,
            vault_key_wrapped: wrapped.into_bytes(),
            authentication,
            arrival: None,
            replaced: None,
            farewell: Farewell::to_whoever(app, Initiator::Policy),
        }
    }

    /// The same, where the account begins with it.
    pub(super) fn of_new_account(self) -> Self {
        Self {
            arrival: self.arrival.map(|arrival| Box::new(arrival.first())),
            ..self
        }
    }

    /// The same, where somebody shows again in a session who they are: it takes the place
    /// of that.
    pub(super) fn going_on(self, before: [u8; 32]) -> Self {
        Self {
            replaced: Some(before),
            arrival: self.arrival.map(|arrival| Box::new(arrival.going_on())),
            ..self
        }
    }

    pub(super) async fn keep(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let (account_id, hash) = (self.account_id, self.cookie.hash());
        sessions::insert(
            tx,
            account_id,
            hash,
            self.vault_key_wrapped.clone(),
            self.authentication,
            self.authentication.at.plus(SESSION_LIFETIME),
        )
        .await?;
        // The one that it replaces is none too many: nobody is logged out of a client by
        // showing who they are.
        let but = [hash, self.replaced.unwrap_or(hash)];
        for oldest in sessions::crowd(tx, account_id, but, MOST - 1).await? {
            self.farewell.end_session(tx, account_id, oldest).await?;
        }
        match &self.arrival {
            Some(arrival) => arrival.keep(tx).await,
            None => Ok(()),
        }
    }
}

/// What a client knows a session as: nothing that another client, or who
/// reads the database, knows it by.
#[must_use]
pub fn sid(app: &App, signed_in: &SignedIn, client: &ClientId) -> Sid {
    let mut message = signed_in.session_hash().to_vec();
    message.extend_from_slice(client.as_str().as_bytes());
    Sid::from_bytes(&app.master().sid().tag(&message))
}

/// Ends a session, tells the clients that want to be told, and returns whom
/// someone was logged in to through it. Ending one that has ended is no error.
pub async fn sign_out(app: &App, signed_in: &SignedIn) -> Result<Vec<ClientSession>, Fault> {
    let (account_id, hash) = (signed_in.account.id, signed_in.session_hash());
    Ok(end(app, account_id, hash, Initiator::User).await?)
}

async fn end(
    app: &App,
    account_id: AccountId,
    hash: [u8; 32],
    by: Initiator,
) -> Result<Vec<ClientSession>, StoreError> {
    let farewell = Farewell::of_session(app, account_id, hash, by).await?;
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                accounts::hold(tx, account_id).await?;
                farewell.end_session(tx, account_id, hash).await
            })
        })
        .await
}

/// Ends the session that a browser had before it got this one. Someone who
/// has only signed in once more stays logged in wherever they are.
pub async fn replace(app: &App, before: &SignedIn, by: &SignedIn) -> Result<(), Fault> {
    let (account_id, hash) = (before.account.id, before.session_hash());
    if account_id != by.account.id {
        end(app, account_id, hash, Initiator::User).await?;
        return Ok(());
    }
    let after = by.session_hash();
    app.store()
        .write(move |tx| {
            Box::pin(async move { sessions::replace(tx, account_id, hash, after).await })
        })
        .await?;
    Ok(())
}

/// Ends some of the sessions that have expired; says whether there were any.
pub async fn end_expired(app: &App, most: u32) -> Result<bool, Fault> {
    let mut connection = app.store().read().await?;
    let expired = sessions::expired(&mut connection, app.now(), most).await?;
    drop(connection);
    for (account_id, hash) in &expired {
        end(app, *account_id, *hash, Initiator::Policy).await?;
    }
    Ok(!expired.is_empty())
}

/// Sets the language of an account's pages.
pub async fn set_language(
    app: &App,
    account_id: AccountId,
    language: Language,
) -> Result<(), Fault> {
    app.store()
        .write(move |tx| {
            Box::pin(async move { accounts::set_language(tx, account_id, language).await })
        })
        .await?;
    Ok(())
}

/// What the vault of someone who is signed in holds, and how often it was
/// edited.
#[derive(Debug)]
pub struct OpenVault {
    /// Attributes and profiles.
    pub contents: VaultContents,
    /// Counts edits: an edit names the revision that it was made on.
    pub revision: i64,
}

/// Opens the vault of someone who is signed in. One SELECT, one AEAD opening.
pub async fn open_vault(app: &App, signed_in: &SignedIn) -> Result<OpenVault, Fault> {
    let mut connection = app.store().read().await?;
    let row = accounts::vault(&mut connection, signed_in.account.id)
        .await?
        .ok_or(Fault::Inconsistent("an account has no vault"))?;
    let sealed = Sealed::from_bytes(row.contents_sealed);
    let bytes = vault::open_contents(&signed_in.vault_key, signed_in.account.id, &sealed)?;
    Ok(OpenVault {
        contents: VaultContents::from_bytes(&bytes)?,
        revision: row.revision,
    })
}
