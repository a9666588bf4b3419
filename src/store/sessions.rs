//! Sessions: of the cookie's secret the database has the hash alone.

use sqlx::Row as _;

use super::codec::{json, parsed, time, to_json};
use super::{Connection, StoreError};
use crate::domain::account::{Account, Authentication};
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO sessions \
              (account_id, hash, vault_key_wrapped, authentication, created_at, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT s.vault_key_wrapped, s.authentication, s.expires_at, a.id, a.language, \
              a.created_at FROM sessions s JOIN accounts a ON a.id = s.account_id \
              WHERE s.account_id = $1 AND s.hash = $2 AND s.expires_at > $3";
    DELETE = "DELETE FROM sessions WHERE account_id = $1 AND hash = $2";
    DELETE_EXPIRED = "DELETE FROM sessions WHERE account_id = $1 AND expires_at <= $2";
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
            account: Account {
                id: parsed(&row, "id")?,
                language: parsed(&row, "language")?,
                created_at: time(&row, "created_at")?,
            },
            authentication: json(&row, "authentication")?,
            vault_key_wrapped: row.try_get("vault_key_wrapped")?,
            expires_at: time(&row, "expires_at")?,
        })
    })
    .transpose()
}

/// Ends a session.
pub async fn delete(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
) -> Result<(), StoreError> {
    sqlx::query(DELETE)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}
