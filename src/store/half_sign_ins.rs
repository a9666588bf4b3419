//! Sign-ins of which one half is done. Of the cookie's secret the database has
//! the hash alone, as with sessions; such a cookie opens no page.

use sqlx::Row as _;

use super::codec::{json, to_json};
use super::{Connection, StoreError, accounts};
use crate::domain::account::Authentication;
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO half_sign_ins \
              (account_id, hash, browser_hash, vault_key_wrapped, authentication, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT vault_key_wrapped, authentication FROM half_sign_ins \
              WHERE account_id = $1 AND hash = $2 AND browser_hash = $3 AND expires_at > $4";
    DELETE = "DELETE FROM half_sign_ins WHERE account_id = $1 AND hash = $2";
    DELETE_ALL = "DELETE FROM half_sign_ins WHERE account_id = $1";
    FORGET = "DELETE FROM half_sign_ins WHERE expires_at <= $1";
}

/// Half a sign-in as stored.
#[derive(Clone, Debug)]
pub struct HalfRow {
    /// The vault key under the cookie's secret, if it was opened already.
    pub vault_key_wrapped: Option<Vec<u8>>,
    /// What was shown so far.
    pub authentication: Authentication,
}

/// Keeps half a sign-in of a browser, and drops those that nobody finished.
pub async fn insert(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    browser_hash: [u8; 32],
    row: &HalfRow,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(FORGET)
        .bind(row.authentication.at.as_micros())
        .execute(&mut *tx)
        .await?;
    sqlx::query(INSERT)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .bind(browser_hash.to_vec())
        .bind(row.vault_key_wrapped.clone())
        .bind(to_json(&row.authentication)?)
        .bind(expires_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// The half of a cookie, in the browser that began it.
pub async fn find(
    connection: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    browser_hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<HalfRow>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .bind(browser_hash.to_vec())
        .bind(now.as_micros())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(HalfRow {
            vault_key_wrapped: row.try_get("vault_key_wrapped")?,
            authentication: json(&row, "authentication")?,
        })
    })
    .transpose()
}

/// Ends half a sign-in; says whether it was still there.
#[must_use = "one half makes one session"]
pub async fn take(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
) -> Result<bool, StoreError> {
    let done = sqlx::query(DELETE)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Drops every half of an account: what its password was good for is over.
pub async fn drop_all(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    accounts::run(tx, DELETE_ALL, account_id).await
}
