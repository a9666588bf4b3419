//! Browsers in which someone signed in before: of their cookie the database has
//! a hash alone, another for each account.

use super::codec::{count, hash as read_hash, parsed, time};
use super::{Connection, StoreError, accounts};
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    KNOWS = "SELECT hash FROM known_browsers WHERE account_id = $1 AND hash = $2";
    /// Of everybody who has an address or says so: of whoever has it first. Those of
    /// others that were used longest ago are left out.
    AT_ADDRESS = "SELECT b.account_id, b.hash, a.created_at, \
              CAST(CASE WHEN a.email_index = $1 THEN 0 ELSE 1 END AS BIGINT) AS claims \
              FROM accounts a JOIN known_browsers b ON b.account_id = a.id \
              WHERE a.email_index = $1 OR a.claimed_index = $1 \
              ORDER BY claims, b.used_at DESC, b.account_id, b.hash LIMIT $2";
    USED = "UPDATE known_browsers SET used_at = $1 WHERE account_id = $2 AND hash = $3";
    ANY = "SELECT hash FROM known_browsers WHERE account_id = $1 LIMIT 1";
    INSERT = "INSERT INTO known_browsers (account_id, hash, created_at, used_at) \
              VALUES ($1, $2, $3, $3) ON CONFLICT (account_id, hash) DO NOTHING";
    FORGET = "DELETE FROM known_browsers WHERE account_id = $1 AND used_at < $2";
    /// Those that were used longest ago, but for so many.
    FORGET_CROWD = "DELETE FROM known_browsers WHERE account_id = $1 AND hash IN \
              (SELECT hash FROM known_browsers WHERE account_id = $2 \
              ORDER BY used_at DESC, hash LIMIT 100 OFFSET $3)";
    /// Whoever else would count one waits until the transaction ends.
    HOLD_FAILURES = "UPDATE known_browsers SET failures = failures \
              WHERE account_id = $1 AND hash = $2 RETURNING failures, failed_at";
    RECORD_FAILURES = "UPDATE known_browsers SET failures = $1, failed_at = $2 \
              WHERE account_id = $3 AND hash = $4";
    TAKE_BACK_FAILURE = "UPDATE known_browsers SET failures = failures - 1 \
              WHERE account_id = $1 AND hash = $2 AND failures > 0";
    FORGET_OTHERS = "DELETE FROM known_browsers WHERE account_id = $1 AND hash <> $2";
    FORGET_ALL = "DELETE FROM known_browsers WHERE account_id = $1";
}

/// What an account knows of a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquaintance {
    /// Someone signed in there before.
    Known,
    /// It is new, and the account knows no other.
    Only,
    /// It is new, beside others.
    New,
}

/// Which browsers are forgotten when a new one comes.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Those that were not seen since.
    pub since: Timestamp,
    /// Those that were used longest ago, when there are more than so many.
    pub most: u32,
}

/// Whether an account knows a browser.
pub async fn knows(
    connection: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
) -> Result<bool, StoreError> {
    let known = sqlx::query(KNOWS)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .fetch_optional(connection)
        .await?;
    Ok(known.is_some())
}

/// Which browsers are known to everybody who has an address or says so: to whoever has
/// it first, and then to whoever said so first. Of others than whoever has it, those
/// that were used last, so that there are no more than so many of all.
pub async fn at_address(
    connection: &mut Connection,
    email_index: [u8; 32],
    most: u32,
) -> Result<Vec<(AccountId, [u8; 32])>, StoreError> {
    let rows = sqlx::query(AT_ADDRESS)
        .bind(email_index.to_vec())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    let mut known = Vec::with_capacity(rows.len());
    for row in &rows {
        let id: AccountId = parsed(row, "account_id")?;
        let first = (count(row, "claims")?, time(row, "created_at")?, id);
        known.push((first, read_hash(row, "hash")?));
    }
    known.sort();
    Ok(known
        .into_iter()
        .map(|((_, _, id), hash)| (id, hash))
        .collect())
}

/// Notes a sign-in in a browser, and says whether it was known.
pub async fn meet(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    now: Timestamp,
    memory: Memory,
) -> Result<Acquaintance, StoreError> {
    let known = sqlx::query(USED)
        .bind(now.as_micros())
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .execute(&mut *tx)
        .await?;
    if known.rows_affected() > 0 {
        return Ok(Acquaintance::Known);
    }
    let others = sqlx::query(ANY)
        .bind(account_id.to_string())
        .fetch_optional(&mut *tx)
        .await?;
    sqlx::query(FORGET)
        .bind(account_id.to_string())
        .bind(memory.since.as_micros())
        .execute(&mut *tx)
        .await?;
    sqlx::query(FORGET_CROWD)
        .bind(account_id.to_string())
        .bind(account_id.to_string())
        .bind(i64::from(memory.most.saturating_sub(1)))
        .execute(&mut *tx)
        .await?;
    sqlx::query(INSERT)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(match others {
        Some(_) => Acquaintance::New,
        None => Acquaintance::Only,
    })
}

/// How often somebody guessed wrong in a browser that an account knows since
/// somebody last guessed right there, and when last; `None` when it knows it not.
/// Nobody counts another there until the transaction ends.
pub async fn hold_failures(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
) -> Result<Option<(u32, Timestamp)>, StoreError> {
    let row = sqlx::query(HOLD_FAILURES)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .fetch_optional(tx)
        .await?;
    row.map(|row| Ok((count(&row, "failures")?, time(&row, "failed_at")?)))
        .transpose()
}

/// Keeps how often that was, which is held.
pub async fn record_failures(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    failures: u32,
    last: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(RECORD_FAILURES)
        .bind(i64::from(failures))
        .bind(last.as_micros())
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// Counts one failure less: what was counted beforehand was none.
pub async fn take_back_failure(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
) -> Result<(), StoreError> {
    sqlx::query(TAKE_BACK_FAILURE)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets every browser of an account: the next is new.
pub async fn forget_all(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    accounts::run(tx, FORGET_ALL, account_id).await
}

/// Forgets every browser of an account but one.
pub async fn forget_others(
    tx: &mut Connection,
    account_id: AccountId,
    but: [u8; 32],
) -> Result<(), StoreError> {
    sqlx::query(FORGET_OTHERS)
        .bind(account_id.to_string())
        .bind(but.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}
