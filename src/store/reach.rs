//! Whether mail reaches the contact addresses of accounts, as mail servers tell it.

use super::{Connection, StoreError, accounts};
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    /// A server that takes mail has said so before of what came back.
    SET_REACHABLE = "UPDATE accounts SET unreachable_at = NULL \
              WHERE id = $1 AND unreachable_at IS NOT NULL AND bounced_at IS NULL";
    SET_UNREACHABLE = "UPDATE accounts SET unreachable_at = $1 \
              WHERE id = $2 AND unreachable_at IS NULL";
    /// Of everybody who has the address or says so, alike; but not of whoever has shown
    /// since the mail that they read there.
    SET_BOUNCED = "UPDATE accounts SET bounced_at = $1, \
              unreachable_at = COALESCE(unreachable_at, $1) \
              WHERE (email_index = $2 OR claimed_index = $2) \
              AND (email_verified_at IS NULL OR email_verified_at <= $3)";
    SET_BOUNCED_ALIKE = "UPDATE accounts SET bounced_at = \
              (SELECT MAX(o.bounced_at) FROM accounts o \
              WHERE o.claimed_index = accounts.claimed_index), \
              unreachable_at = COALESCE(unreachable_at, $1) \
              WHERE id = $2 AND EXISTS (SELECT 1 FROM accounts o \
              WHERE o.claimed_index = accounts.claimed_index AND o.bounced_at > $3)";
}

/// Notes that mail arrives at the contact address after all.
pub async fn set_reachable(tx: &mut Connection, id: AccountId) -> Result<(), StoreError> {
    accounts::run(tx, SET_REACHABLE, id).await
}

/// Notes that nobody is there under the contact address.
pub async fn set_unreachable(
    tx: &mut Connection,
    id: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(SET_UNREACHABLE)
        .bind(now.as_micros())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes of all who have an address, or say so, that a mail to it came back which was
/// made then; says of how many.
pub async fn set_bounced(
    tx: &mut Connection,
    email_index: [u8; 32],
    made_at: Timestamp,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let done = sqlx::query(SET_BOUNCED)
        .bind(now.as_micros())
        .bind(email_index.to_vec())
        .bind(made_at.as_micros())
        .execute(tx)
        .await?;
    Ok(done.rows_affected())
}

/// Notes of somebody who says that an address is theirs that mail to it came back, if
/// that is noted since then of another who says so.
pub async fn set_bounced_alike(
    tx: &mut Connection,
    id: AccountId,
    since: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(SET_BOUNCED_ALIKE)
        .bind(now.as_micros())
        .bind(id.to_string())
        .bind(since.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}
