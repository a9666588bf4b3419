//! Accounts that are on their way from another provider, and what this provider
//! is called there.

use sqlx::Row as _;

use super::codec::parsed;
use super::{Connection, StoreError};
use crate::domain::id::{AccountId, TransferId};
use crate::domain::time::Timestamp;

statements! {
    FORGET = "DELETE FROM arrivals WHERE account_id = $1";
    INSERT = "INSERT INTO arrivals (account_id, id, state_hash, browser_hash, created_at, \
              journey_sealed) VALUES ($1, $2, $3, $4, $5, $6)";
    /// The answer counts once, in the browser that asked.
    CLAIM = "UPDATE arrivals SET used_at = $1 WHERE account_id = $2 AND state_hash = $3 \
              AND browser_hash = $4 AND used_at IS NULL AND created_at > $5 \
              RETURNING id, journey_sealed";
    OWN_CLIENT = "SELECT client_id FROM own_clients WHERE issuer = $1";
    SET_OWN_CLIENT = "INSERT INTO own_clients (issuer, client_id, created_at) VALUES ($1, $2, $3) \
              ON CONFLICT (issuer) DO UPDATE SET client_id = excluded.client_id, \
              created_at = excluded.created_at";
}

/// An arrival that is about to be kept.
#[derive(Clone, Debug)]
pub struct NewArrival {
    /// Whose account.
    pub account_id: AccountId,
    /// Which.
    pub id: TransferId,
    /// SHA-256 of the `state` of its request.
    pub state_hash: [u8; 32],
    /// SHA-256 of the cookie of the browser that it began in.
    pub browser_hash: [u8; 32],
    /// When.
    pub created_at: Timestamp,
    /// What the answer has to fit, under the vault key.
    pub journey_sealed: Vec<u8>,
}

/// Forgets who is on the way to an account.
pub async fn forget(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    let forgotten = sqlx::query(FORGET).bind(account_id.to_string());
    forgotten.execute(tx).await?;
    Ok(())
}

/// Keeps an arrival, in place of the one before it.
pub async fn insert(tx: &mut Connection, new: &NewArrival) -> Result<(), StoreError> {
    forget(tx, new.account_id).await?;
    sqlx::query(INSERT)
        .bind(new.account_id.to_string())
        .bind(new.id.to_string())
        .bind(new.state_hash.to_vec())
        .bind(new.browser_hash.to_vec())
        .bind(new.created_at.as_micros())
        .bind(new.journey_sealed.clone())
        .execute(tx)
        .await?;
    Ok(())
}

/// The arrival that an answer in this browser is for, if it began after
/// `after` and none came before.
pub async fn claim(
    tx: &mut Connection,
    account_id: AccountId,
    (state_hash, browser_hash): ([u8; 32], [u8; 32]),
    after: Timestamp,
    now: Timestamp,
) -> Result<Option<(TransferId, Vec<u8>)>, StoreError> {
    let row = sqlx::query(CLAIM)
        .bind(now.as_micros())
        .bind(account_id.to_string())
        .bind(state_hash.to_vec())
        .bind(browser_hash.to_vec())
        .bind(after.as_micros())
        .fetch_optional(tx)
        .await?;
    row.map(|row| Ok((parsed(&row, "id")?, row.try_get("journey_sealed")?)))
        .transpose()
}

/// What this provider is called at another, if it registered there.
pub async fn own_client(
    connection: &mut Connection,
    issuer: &str,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(OWN_CLIENT)
        .bind(issuer.to_owned())
        .fetch_optional(connection)
        .await?;
    row.map(|row| row.try_get(0))
        .transpose()
        .map_err(StoreError::from)
}

/// Keeps what this provider is called at another.
pub async fn set_own_client(
    tx: &mut Connection,
    issuer: &str,
    client_id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(SET_OWN_CLIENT)
        .bind(issuer.to_owned())
        .bind(client_id.to_owned())
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}
