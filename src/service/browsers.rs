//! The browsers in which somebody is signed in: seen and ended by their owner,
//! who is told of one that is new.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::crypto::master::EmailIndex;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{Browser, KnownBrowser, Opaque};
use crate::crypto::vault::{self, VaultKey};
use crate::domain::attribute::Email;
use crate::domain::browser::Seen;
use crate::domain::id::{AccountId, InvalidId};
use crate::domain::signal::Initiator;
use crate::domain::time::Timestamp;
use crate::service::letters::Posting;
use crate::service::logouts::Farewell;
use crate::service::sessions::{MOST, SignedIn};
use crate::service::{Fault, letters};
use crate::store::known_browsers::{self, Acquaintance, Memory};
use crate::store::sessions::OpenSessionRow;
use crate::store::{Connection, StoreError, sessions};

/// How long a browser is known that is not used. Browsers keep no cookie for
/// longer (RFC 6265bis §5.5).
pub const KNOWN_FOR: Duration = Duration::from_hours(400 * 24);
/// How many browsers are looked at that are known at an address: what strangers who say
/// that it is theirs have signed in with does not make each sign-in there dearer. A guess
/// in any beyond these counts at the address.
const MOST_BROWSERS: u32 = 200;
/// How exactly it is known when a session was last used.
const NOTED_EVERY: Duration = Duration::from_mins(5);

/// Names a session to its owner: the hash that the database has of its cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionName([u8; 32]);

impl fmt::Display for SessionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl FromStr for SessionName {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidId)?;
        Ok(Self(bytes.try_into().map_err(|_| InvalidId)?))
    }
}

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub struct OpenSession {
    /// What to call it in a form.
    pub name: SessionName,
    /// In which browser; `None` when that was not kept.
    pub seen: Option<Seen>,
    /// Since when.
    pub since: Timestamp,
    /// When it was last used, give or take a few minutes.
    pub used_at: Timestamp,
    /// When it ends by itself.
    pub until: Timestamp,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// Where somebody is signed in: the session that asks, and then the newest
/// first. One SELECT.
pub async fn open_sessions(app: &App, signed_in: &SignedIn) -> Result<Vec<OpenSession>, Fault> {
    let account_id = signed_in.account.id;
    let mut connection = app.store().read().await?;
    let rows = sessions::open(&mut connection, account_id, app.now(), MOST).await?;
    drop(connection);
    let this = signed_in.session_hash();
    let mut open: Vec<OpenSession> = rows
        .into_iter()
        .map(|row| OpenSession {
            name: SessionName(row.hash),
            seen: seen_in(signed_in, &row),
            since: row.created_at,
            used_at: row.used_at,
            until: row.expires_at,
            is_this: row.hash == this,
        })
        .collect();
    open.sort_by_key(|session| !session.is_this);
    Ok(open)
}

fn seen_in(signed_in: &SignedIn, row: &OpenSessionRow) -> Option<Seen> {
    let sealed = Sealed::from_bytes(row.seen_sealed.clone()?);
    let key = &signed_in.vault_key;
    let bytes = vault::open_seen(key, signed_in.account.id, &row.hash, &sealed).ok()?;
    Seen::from_bytes(&bytes)
}

/// Where somebody signs in.
#[derive(Clone)]
pub struct Place {
    /// The browser, as it is known before anybody has signed in.
    pub browser: Opaque<Browser>,
    /// By what it is known to whoever signs in there, from then on.
    pub known: Opaque<KnownBrowser>,
    /// What it says of itself.
    pub seen: Seen,
    /// The session that it is in already, whose place a new one takes.
    pub session: Option<[u8; 32]>,
}

/// Whether a browser is known to an account. Guesses there are counted by themselves.
pub async fn is_known_to(app: &App, place: &Place, account_id: AccountId) -> Result<bool, Fault> {
    let hash = place.known.hash_for(account_id.as_uuid());
    let mut connection = app.store().read().await?;
    Ok(known_browsers::knows(&mut connection, account_id, hash).await?)
}

/// Whether it is known to anybody who has an address or says so.
pub async fn is_known_at(app: &App, place: &Place, email: Option<&Email>) -> Result<bool, Fault> {
    let Some(email) = email else {
        return Ok(false);
    };
    let index = app.master().email_index(&email.folded());
    Ok(!knowing(app, place, index).await?.is_empty())
}

/// To whom a browser is known, of everybody who has an address or says so.
pub(super) async fn knowing(
    app: &App,
    place: &Place,
    index: EmailIndex,
) -> Result<Vec<AccountId>, StoreError> {
    let mut connection = app.store().read().await?;
    let known =
        known_browsers::at_address(&mut connection, *index.as_bytes(), MOST_BROWSERS).await?;
    let is_this = |(id, hash): &(AccountId, _)| place.known.hash_for(id.as_uuid()) == *hash;
    Ok(known
        .into_iter()
        .filter(is_this)
        .map(|(id, _)| id)
        .collect())
}

/// A session that begins somewhere: its owner sees where, and is told by mail when
/// the account does not know the browser, unless the account begins there. Kept in
/// the transaction of the sign-in.
pub(super) struct Arrival {
    account_id: AccountId,
    session: [u8; 32],
    seen_sealed: Vec<u8>,
    known: [u8; 32],
    letter: Posting,
    /// Whether the account begins with it.
    is_first: bool,
    /// Whether somebody was signed in there already.
    goes_on: bool,
    now: Timestamp,
}

impl Arrival {
    pub(super) fn of(
        app: &App,
        account_id: AccountId,
        vault_key: &VaultKey,
        session: [u8; 32],
        place: &Place,
    ) -> Self {
        let seen = place.seen.to_bytes();
        let sealed = vault::seal_seen(vault_key, account_id, &session, &seen, app.random());
        Self {
            account_id,
            session,
            seen_sealed: sealed.into_bytes(),
            known: place.known.hash_for(account_id.as_uuid()),
            letter: letters::new_browser(app, account_id, &place.seen),
            is_first: false,
            goes_on: false,
            now: app.now(),
        }
    }

    /// The same, where the account begins with it.
    pub(super) fn first(self) -> Self {
        Self {
            is_first: true,
            ..self
        }
    }

    /// The same, where somebody was signed in already: that is no news.
    pub(super) fn going_on(self) -> Self {
        Self {
            goes_on: true,
            ..self
        }
    }

    pub(super) async fn keep(&self, tx: &mut Connection) -> Result<(), StoreError> {
        let (account_id, now) = (self.account_id, self.now);
        sessions::describe(tx, account_id, self.session, self.seen_sealed.clone()).await?;
        if self.goes_on {
            return Ok(());
        }
        let is_news = match meet(tx, account_id, self.known, now).await? {
            Acquaintance::Known => false,
            Acquaintance::Only => !self.is_first,
            Acquaintance::New => true,
        };
        if is_news {
            self.letter.keep(tx).await?;
        }
        Ok(())
    }
}

/// Takes note that an account knows a browser from now on, and says whether it did.
pub(super) async fn meet(
    tx: &mut Connection,
    account_id: AccountId,
    browser: [u8; 32],
    now: Timestamp,
) -> Result<Acquaintance, StoreError> {
    let memory = Memory {
        since: now.minus(KNOWN_FOR),
        most: MOST,
    };
    known_browsers::meet(tx, account_id, browser, now, memory).await
}

/// Notes that a session is in use: a write every few minutes, and else nothing.
pub async fn note_use(app: &App, signed_in: &SignedIn) -> Result<(), Fault> {
    let now = app.now();
    if now < signed_in.used_at.plus(NOTED_EVERY) {
        return Ok(());
    }
    let (account_id, hash) = (signed_in.account.id, signed_in.session_hash());
    app.store()
        .write_statement(move |tx| {
            Box::pin(async move { sessions::used(tx, account_id, hash, now).await })
        })
        .await?;
    Ok(())
}

/// Ends one session, and tells the clients that want to be told; says whether it
/// was there. It is not when it has ended, and not when another took its place,
/// since somebody showed again in it who they are.
pub async fn end(app: &App, signed_in: &SignedIn, name: SessionName) -> Result<bool, Fault> {
    let (account_id, hash, now) = (signed_in.account.id, name.0, app.now());
    let farewell = Farewell::of_session(app, account_id, hash, Initiator::User).await?;
    let session = signed_in.session(app);
    let ended = app.store().write(move |tx| {
        Box::pin(async move {
            session.hold(tx).await?;
            let there = sessions::hold(tx, account_id, hash, now).await?;
            farewell.end_session(tx, account_id, hash).await?;
            Ok(there)
        })
    });
    ended.await
}

/// Ends every session but the one that asks.
pub async fn end_others(app: &App, signed_in: &SignedIn) -> Result<(), Fault> {
    let (account_id, this) = (signed_in.account.id, signed_in.session_hash());
    let farewell = Farewell::of_account(app, account_id, Initiator::User).await?;
    let session = signed_in.session(app);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                Ok(farewell.end_all(tx, account_id, Some(this)).await?)
            })
        })
        .await
}
