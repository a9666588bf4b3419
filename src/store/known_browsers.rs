//! Browsers in which someone signed in before: of their cookie the database has
//! a hash alone, another for each account.

use super::{Connection, StoreError};
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    KNOWS = "SELECT hash FROM known_browsers WHERE account_id = $1 AND hash = $2";
    USED = "UPDATE known_browsers SET used_at = $1 WHERE account_id = $2 AND hash = $3";
    ANY = "SELECT hash FROM known_browsers WHERE account_id = $1 LIMIT 1";
    INSERT = "INSERT INTO known_browsers (account_id, hash, created_at, used_at) \
              VALUES ($1, $2, $3, $3) ON CONFLICT (account_id, hash) DO NOTHING";
    FORGET = "DELETE FROM known_browsers WHERE account_id = $1 AND used_at < $2";
    /// Those that were used longest ago, but for so many.
    FORGET_CROWD = "DELETE FROM known_browsers WHERE account_id = $1 AND hash IN \
              (SELECT hash FROM known_browsers WHERE account_id = $2 \
              ORDER BY used_at DESC, hash LIMIT 100 OFFSET $3)";
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

/// Forgets every browser of an account: the next is new.
pub async fn forget_all(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    sqlx::query(FORGET_ALL)
        .bind(account_id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}
