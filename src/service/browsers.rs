//! The browsers in which somebody is signed in: seen and ended by their owner,
//! who is told of one that is new.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{KnownBrowser, Opaque};
use crate::crypto::vault;
use crate::domain::browser::Seen;
use crate::domain::id::InvalidId;
use crate::domain::signal::Initiator;
use crate::domain::time::Timestamp;
use crate::service::logouts::Farewell;
use crate::service::sessions::{MOST, SignedIn};
use crate::service::{Fault, letters};
use crate::store::known_browsers::{self, Acquaintance, Memory};
use crate::store::sessions::OpenSessionRow;
use crate::store::{StoreError, outbox, sessions};

/// How long a browser is known that is not used. Browsers keep no cookie for
/// longer (RFC 6265bis §5.5).
pub const KNOWN_FOR: Duration = Duration::from_hours(400 * 24);
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

/// Notes in which browser a session has just begun, and tells its owner by mail
/// when the account does not know it: unless it is where they signed up just
/// now. Returns the cookie by which the browser is known from now on.
///
/// One transaction, after that of the sign-in itself, which knows of no browser.
pub async fn arrive(
    app: &App,
    signed_in: &SignedIn,
    seen: &Seen,
    known: Option<Opaque<KnownBrowser>>,
) -> Result<Opaque<KnownBrowser>, Fault> {
    let (account_id, hash) = (signed_in.account.id, signed_in.session_hash());
    let now = app.now();
    let cookie = known.unwrap_or_else(|| Opaque::generate_unowned(app.random()));
    let sealed = vault::seal_seen(
        &signed_in.vault_key,
        account_id,
        &hash,
        &seen.to_bytes(),
        app.random(),
    );
    let letter = letters::new_browser(app, account_id, seen);
    let browser = cookie.hash_for(account_id.as_uuid());
    let signed_up = signed_in.authentication.at == signed_in.account.created_at;
    let memory = Memory {
        since: now.minus(KNOWN_FOR),
        most: MOST,
    };
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                sessions::describe(tx, account_id, hash, sealed.into_bytes()).await?;
                let is_news =
                    match known_browsers::meet(tx, account_id, browser, now, memory).await? {
                        Acquaintance::Known => false,
                        Acquaintance::Only => !signed_up,
                        Acquaintance::New => true,
                    };
                if is_news {
                    outbox::insert(tx, &letter).await?;
                }
                Ok::<_, StoreError>(())
            })
        })
        .await?;
    Ok(cookie)
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

/// Ends one session, and tells the clients that want to be told. Ending one that
/// has ended, or never was, is no error.
pub async fn end(app: &App, signed_in: &SignedIn, name: SessionName) -> Result<(), Fault> {
    let (account_id, hash) = (signed_in.account.id, name.0);
    let farewell = Farewell::of_session(app, account_id, hash, Initiator::User).await?;
    app.store()
        .write(move |tx| Box::pin(async move { farewell.end_session(tx, account_id, hash).await }))
        .await?;
    Ok(())
}

/// Ends every session but the one that asks.
pub async fn end_others(app: &App, signed_in: &SignedIn) -> Result<(), Fault> {
    let (account_id, this) = (signed_in.account.id, signed_in.session_hash());
    let farewell = Farewell::of_account(app, account_id, Initiator::User).await?;
    app.store()
        .write(move |tx| {
            Box::pin(async move { farewell.end_all(tx, account_id, Some(this)).await })
        })
        .await?;
    Ok(())
}
