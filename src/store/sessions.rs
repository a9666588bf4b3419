//! Sessions: of the cookie's secret the database has the hash alone.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{hash as read_hash, json, optional_time, parsed, time, to_json};
use super::session_clients::{self, ClientSession};
use super::{Connection, StoreError, accounts};
use crate::domain::account::{Account, Authentication};
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO sessions \
              (account_id, hash, vault_key_wrapped, authentication, created_at, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT s.vault_key_wrapped, s.authentication, s.expires_at, s.created_at AS began_at, \
              s.used_at, a.id, a.language, a.created_at, a.email_verified_at, a.unreachable_at, \
              e.due_at AS erase_at, \
              r.ready_at AS recovery_at FROM sessions s JOIN accounts a ON a.id = s.account_id \
              LEFT JOIN erasures e ON e.account_id = a.id \
              LEFT JOIN recoveries r ON r.account_id = a.id \
              WHERE s.account_id = $1 AND s.hash = $2 AND s.expires_at > $3";
    /// Besides two, those that are older than so many others.
    CROWD = "SELECT hash FROM sessions WHERE account_id = $1 AND hash <> $2 AND hash <> $3 \
              ORDER BY created_at DESC, hash LIMIT 100 OFFSET $4";
    DELETE = "DELETE FROM sessions WHERE account_id = $1 AND hash = $2";
    /// Those of which nobody has to be told.
    DELETE_EXPIRED = "DELETE FROM sessions WHERE account_id = $1 AND expires_at <= $2 \
              AND NOT EXISTS (SELECT 1 FROM session_clients c \
              WHERE c.account_id = sessions.account_id AND c.session_hash = sessions.hash)";
    EXPIRED = "SELECT account_id, hash FROM sessions WHERE expires_at <= $1 \
              ORDER BY expires_at LIMIT $2";
    GOES_ON = "SELECT 1 FROM sessions WHERE account_id = $1 AND hash = $2 AND expires_at > $3";
    /// Holds a session until the transaction ends: whoever would end it waits.
    HOLD = "UPDATE sessions SET expires_at = expires_at \
              WHERE account_id = $1 AND hash = $2 AND expires_at > $3";
    DESCRIBE = "UPDATE sessions SET seen_sealed = $1 WHERE account_id = $2 AND hash = $3";
    USED = "UPDATE sessions SET used_at = $1 WHERE account_id = $2 AND hash = $3 \
              AND (used_at IS NULL OR used_at < $1)";
    OPEN = "SELECT hash, created_at, used_at, expires_at, seen_sealed FROM sessions \
              WHERE account_id = $1 AND expires_at > $2 ORDER BY created_at DESC, hash LIMIT $3";
    HASHES = "SELECT hash FROM sessions WHERE account_id = $1";
}

/// A session that has not expired.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// Whose.
    pub account: Account,
    /// When and how they signed in.
    pub authentication: Authentication,
    /// The vault key under the cookie's secret.
    pub vault_key_wrapped: Vec<u8>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was last noted to be in use.
    pub used_at: Timestamp,
    /// When whoever reads mail at the contact address last said so.
    pub verified_at: Option<Timestamp>,
    /// Since when a mail server says that nobody is there.
    pub unreachable_at: Option<Timestamp>,
    /// When the account is erased, if it waits for that.
    pub erase_at: Option<Timestamp>,
    /// Until when a way back in waits, if somebody asked for one.
    pub recovery_at: Option<Timestamp>,
}

/// A session as its owner sees it.
#[derive(Clone, Debug)]
pub struct OpenSessionRow {
    /// Names it.
    pub hash: [u8; 32],
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last noted to be in use.
    pub used_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// In which browser, under the vault key.
    pub seen_sealed: Option<Vec<u8>>,
}

/// Keeps a new session, and drops the account's expired ones.
pub async fn insert(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    vault_key_wrapped: Vec<u8>,
    authentication: Authentication,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let now = authentication.at.as_micros();
    sqlx::query(DELETE_EXPIRED)
        .bind(account_id.to_string())
        .bind(now)
        .execute(&mut *tx)
        .await?;
    sqlx::query(INSERT)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .bind(vault_key_wrapped)
        .bind(to_json(&authentication)?)
        .bind(now)
        .bind(expires_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// The session of a cookie, unless it has expired.
pub async fn find(
    connection: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<SessionRow>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .bind(now.as_micros())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(SessionRow {
            account: accounts::account(&row)?,
            authentication: json(&row, "authentication")?,
            vault_key_wrapped: row.try_get("vault_key_wrapped")?,
            expires_at: time(&row, "expires_at")?,
            used_at: optional_time(&row, "used_at")?.unwrap_or(time(&row, "began_at")?),
            verified_at: optional_time(&row, "email_verified_at")?,
            unreachable_at: optional_time(&row, "unreachable_at")?,
            erase_at: optional_time(&row, "erase_at")?,
            recovery_at: optional_time(&row, "recovery_at")?,
        })
    })
    .transpose()
}

/// Some of the sessions of an account besides two, of which there are so many
/// that are newer.
pub async fn crowd(
    connection: &mut Connection,
    account_id: AccountId,
    but: [[u8; 32]; 2],
    newer: u32,
) -> Result<Vec<[u8; 32]>, StoreError> {
    let rows = sqlx::query(CROWD)
        .bind(account_id.to_string())
        .bind(but[0].to_vec())
        .bind(but[1].to_vec())
        .bind(i64::from(newer))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| read_hash(row, "hash")).collect()
}

/// Keeps in which browser a session is.
pub async fn describe(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    seen_sealed: Vec<u8>,
) -> Result<(), StoreError> {
    sqlx::query(DESCRIBE)
        .bind(seen_sealed)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes that a session is in use.
pub async fn used(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(USED)
        .bind(now.as_micros())
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// The sessions of an account that have not expired, the newest first.
pub async fn open(
    connection: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
    most: u32,
) -> Result<Vec<OpenSessionRow>, StoreError> {
    let rows = sqlx::query(OPEN)
        .bind(account_id.to_string())
        .bind(now.as_micros())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let created_at = time(row, "created_at")?;
            Ok(OpenSessionRow {
                hash: read_hash(row, "hash")?,
                created_at,
                used_at: optional_time(row, "used_at")?.unwrap_or(created_at),
                expires_at: time(row, "expires_at")?,
                seen_sealed: row.try_get("seen_sealed")?,
            })
        })
        .collect()
}

/// What names every session of an account.
pub async fn hashes(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Vec<[u8; 32]>, StoreError> {
    let rows = sqlx::query(HASHES)
        .bind(account_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| read_hash(row, "hash")).collect()
}

/// Whether a session goes on.
pub async fn goes_on(
    connection: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let found = sqlx::query(GOES_ON)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .bind(now.as_micros())
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}

/// Holds a session until the transaction ends: whoever would end it waits. Says
/// whether it goes on.
#[must_use = "the session may have ended meanwhile"]
pub async fn hold(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let held = sqlx::query(HOLD)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(held.rows_affected() == 1)
}

/// Ends a session, and returns the clients that someone is logged in to
/// through it. Of any number of takers, one gets them.
pub async fn end(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
) -> Result<Vec<ClientSession>, StoreError> {
    // The session first: from there on no client can join.
    delete(tx, account_id, hash).await?;
    session_clients::unlink(tx, account_id, hash).await
}

/// Ends a session whose place another of the same account takes: whoever was
/// logged in to through it is so through that one.
pub async fn replace(
    tx: &mut Connection,
    account_id: AccountId,
    before: [u8; 32],
    after: [u8; 32],
) -> Result<(), StoreError> {
    delete(tx, account_id, before).await?;
    session_clients::move_to(tx, account_id, before, after).await
}

async fn delete(tx: &mut Connection, id: AccountId, hash: [u8; 32]) -> Result<(), StoreError> {
    let deleted = sqlx::query(DELETE).bind(id.to_string()).bind(hash.to_vec());
    deleted.execute(tx).await?;
    Ok(())
}

/// Some of the sessions that expired and are still here, the oldest first.
pub async fn expired(
    connection: &mut Connection,
    now: Timestamp,
    most: u32,
) -> Result<Vec<(AccountId, [u8; 32])>, StoreError> {
    let rows = sqlx::query(EXPIRED)
        .bind(now.as_micros())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    let whose = |row: &AnyRow| Ok((parsed(row, "account_id")?, read_hash(row, "hash")?));
    rows.iter().map(whose).collect()
}
