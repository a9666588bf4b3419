//! Ways back in that wait until their owner had time to stop them.

use super::codec::{parsed, time};
use super::{Connection, StoreError};
use crate::domain::account::RecoveryWay;
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    START = "INSERT INTO recoveries (account_id, kind, started_at, ready_at) \
              VALUES ($1, $4, $2, $3) ON CONFLICT (account_id) DO UPDATE SET \
              kind = excluded.kind, started_at = excluded.started_at, \
              ready_at = excluded.ready_at, heard_at = NULL, told_at = NULL";
    FIND = "SELECT ready_at, kind FROM recoveries WHERE account_id = $1 AND ready_at > $2";
    BEGUN = "SELECT ready_at FROM recoveries WHERE account_id = $1 AND started_at = $2";
    /// The mail of which the wait is, and not of one before it.
    HEARD = "UPDATE recoveries SET heard_at = $1, ready_at = $2 \
              WHERE account_id = $3 AND ready_at = $4 AND heard_at IS NULL";
    STOP = "DELETE FROM recoveries WHERE account_id = $1";
    FINISH = "DELETE FROM recoveries WHERE account_id = $1 AND ready_at <= $2 AND kind = $3 \
              AND heard_at IS NOT NULL";
    READY = "SELECT account_id FROM recoveries WHERE ready_at <= $1 AND told_at IS NULL \
              AND heard_at IS NOT NULL ORDER BY ready_at LIMIT $2";
    PUT_OFF = "UPDATE recoveries SET ready_at = $1 \
              WHERE account_id = $2 AND ready_at < $1 AND told_at IS NULL";
    TELL = "UPDATE recoveries SET told_at = $1 \
              WHERE account_id = $2 AND ready_at <= $1 AND told_at IS NULL \
              AND heard_at IS NOT NULL";
}

/// Begins to wait, anew if need be.
pub async fn start(
    tx: &mut Connection,
    account_id: AccountId,
    way: RecoveryWay,
    now: Timestamp,
    ready_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(START)
        .bind(account_id.to_string())
        .bind(now.as_micros())
        .bind(ready_at.as_micros())
        .bind(way.as_str())
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes note that the owner of an account was told of the recovery that would
/// be ready at `announced`: it is so at `ready_at`. Does nothing to another.
pub async fn heard(
    tx: &mut Connection,
    account_id: AccountId,
    announced: Timestamp,
    (now, ready_at): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    sqlx::query(HEARD)
        .bind(now.as_micros())
        .bind(ready_at.as_micros())
        .bind(account_id.to_string())
        .bind(announced.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Until when a recovery of an account waits that is ready after then, and what
/// comes of it.
pub async fn find(
    connection: &mut Connection,
    account_id: AccountId,
    ready_after: Timestamp,
) -> Result<Option<(Timestamp, RecoveryWay)>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(account_id.to_string())
        .bind(ready_after.as_micros())
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok((time(&row, "ready_at")?, parsed(&row, "kind")?)))
        .transpose()
}

/// Until when a recovery of an account waits that began at that very moment.
pub async fn begun_at(
    connection: &mut Connection,
    account_id: AccountId,
    at: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let row = sqlx::query(BEGUN)
        .bind(account_id.to_string())
        .bind(at.as_micros())
        .fetch_optional(connection)
        .await?;
    row.map(|row| time(&row, "ready_at")).transpose()
}

/// Stops the one that waits; says whether there was one.
pub async fn stop(tx: &mut Connection, account_id: AccountId) -> Result<bool, StoreError> {
    let done = sqlx::query(STOP)
        .bind(account_id.to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Takes the one of this way whose wait is over; says whether there was one.
#[must_use = "it may have been stopped"]
pub async fn finish(
    tx: &mut Connection,
    account_id: AccountId,
    way: RecoveryWay,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(FINISH)
        .bind(account_id.to_string())
        .bind(now.as_micros())
        .bind(way.as_str())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Some of those whose wait is over and of which nobody was told.
pub async fn ready(
    connection: &mut Connection,
    now: Timestamp,
    most: u32,
) -> Result<Vec<AccountId>, StoreError> {
    let rows = sqlx::query(READY)
        .bind(now.as_micros())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| parsed(row, "account_id")).collect()
}

/// Lets one wait for longer of which nobody was told that it is ready.
pub async fn put_off(
    tx: &mut Connection,
    account_id: AccountId,
    until: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(PUT_OFF)
        .bind(until.as_micros())
        .bind(account_id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes note that it is told that one is ready; of any number of nodes, one does.
#[must_use = "another node may have told it"]
pub async fn tell(
    tx: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(TELL)
        .bind(now.as_micros())
        .bind(account_id.to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
