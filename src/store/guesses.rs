//! Failed sign-ins, which are counted for each address.

use super::codec::{count, time};
use super::{Connection, StoreError, accounts};
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    /// Whoever else would count one waits until the transaction ends.
    HOLD_FAILURES = "INSERT INTO sign_in_failures (email_index, failures, last_at) \
              VALUES ($1, 0, $2) ON CONFLICT (email_index) DO UPDATE SET \
              failures = CASE WHEN sign_in_failures.last_at < $3 THEN 0 \
              ELSE sign_in_failures.failures END RETURNING failures, last_at";
    FAILURES = "SELECT failures, last_at FROM sign_in_failures WHERE email_index = $1";
    RECORD_FAILURE = "INSERT INTO sign_in_failures (email_index, failures, last_at) \
              VALUES ($1, 1, $2) ON CONFLICT (email_index) DO UPDATE SET \
              failures = sign_in_failures.failures + 1, last_at = excluded.last_at";
    TAKE_BACK_FAILURE = "UPDATE sign_in_failures SET failures = failures - 1 \
              WHERE email_index = $1 AND failures > 0";
    CLEAR_FAILURES = "DELETE FROM sign_in_failures WHERE email_index = $1";
    CLEAR_FAILURES_OF = "DELETE FROM sign_in_failures \
              WHERE email_index = (SELECT COALESCE(claimed_index, email_index) FROM accounts \
              WHERE id = $1)";
    FORGET_FAILURES = "DELETE FROM sign_in_failures WHERE last_at < $1";
}

/// How often sign-in failed for an address since it last worked, and when
/// last.
pub async fn failures(
    connection: &mut Connection,
    email_index: [u8; 32],
) -> Result<Option<(u32, Timestamp)>, StoreError> {
    let row = sqlx::query(FAILURES)
        .bind(email_index.to_vec())
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok((count(&row, "failures")?, time(&row, "last_at")?)))
        .transpose()
}

/// [`failures`], of which nobody counts another until the transaction ends. If the last
/// was before `forget_before`, there were none.
pub async fn hold_failures(
    tx: &mut Connection,
    email_index: [u8; 32],
    now: Timestamp,
    forget_before: Timestamp,
) -> Result<(u32, Timestamp), StoreError> {
    let row = sqlx::query(HOLD_FAILURES)
        .bind(email_index.to_vec())
        .bind(now.as_micros())
        .bind(forget_before.as_micros())
        .fetch_one(tx)
        .await?;
    Ok((count(&row, "failures")?, time(&row, "last_at")?))
}

/// Forgets the failures at any address of which the last was before that. It holds the
/// rows of others: nothing may be held yet.
pub async fn forget_failures(tx: &mut Connection, before: Timestamp) -> Result<(), StoreError> {
    sqlx::query(FORGET_FAILURES)
        .bind(before.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Counts one failure less: what was counted beforehand was none.
pub async fn take_back_failure(
    tx: &mut Connection,
    email_index: [u8; 32],
) -> Result<(), StoreError> {
    sqlx::query(TAKE_BACK_FAILURE)
        .bind(email_index.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// Counts a failed sign-in.
pub async fn record_failure(
    tx: &mut Connection,
    email_index: [u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(RECORD_FAILURE)
        .bind(email_index.to_vec())
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets the failures at the address that an account has or claims: whoever
/// reads mail there has set another password.
pub async fn clear_failures_of(tx: &mut Connection, id: AccountId) -> Result<(), StoreError> {
    accounts::run(tx, CLEAR_FAILURES_OF, id).await
}

/// Forgets the failures of an address after a sign-in.
pub async fn clear_failures(tx: &mut Connection, email_index: [u8; 32]) -> Result<(), StoreError> {
    sqlx::query(CLEAR_FAILURES)
        .bind(email_index.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}
