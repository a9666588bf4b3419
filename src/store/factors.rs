//! Second factors: authenticator apps, recovery codes, and failed attempts at
//! them.

use sqlx::Row as _;

use super::codec::{count, optional_time, time};
use super::{Connection, StoreError, accounts};
use crate::domain::account::Factors;
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    FACTORS = "SELECT \
              (SELECT COUNT(*) FROM keyholders WHERE account_id = $1 AND kind = 'password') AS passwords, \
              (SELECT COUNT(*) FROM totp WHERE account_id = $1) AS apps, \
              (SELECT COUNT(*) FROM recovery_codes WHERE account_id = $1 AND used_at IS NULL) AS codes, \
              (SELECT COUNT(*) FROM passkeys WHERE account_id = $1 AND keyholder_id IS NOT NULL) AS opening, \
              (SELECT COUNT(*) FROM passkeys WHERE account_id = $1 AND keyholder_id IS NULL) AS proving, \
              (SELECT recovered_at FROM accounts WHERE id = $1) AS recovered_at";

    PUT_TOTP = "INSERT INTO totp (account_id, secret_wrapped, last_step, created_at) \
              VALUES ($1, $2, $3, $4) ON CONFLICT (account_id) DO UPDATE SET \
              secret_wrapped = excluded.secret_wrapped, last_step = excluded.last_step, \
              created_at = excluded.created_at";
    TOTP = "SELECT secret_wrapped, created_at FROM totp WHERE account_id = $1";
    /// A step is taken once, and never one before it.
    TAKE_STEP = "UPDATE totp SET last_step = $1 WHERE account_id = $2 AND last_step < $3";
    DELETE_TOTP = "DELETE FROM totp WHERE account_id = $1";

    INSERT_CODE = "INSERT INTO recovery_codes (account_id, hash, created_at) VALUES ($1, $2, $3)";
    USE_CODE = "UPDATE recovery_codes SET used_at = $1 \
              WHERE account_id = $2 AND hash = $3 AND used_at IS NULL";
    CODES_MADE_AT = "SELECT MIN(created_at) AS made_at FROM recovery_codes WHERE account_id = $1";
    DELETE_CODES = "DELETE FROM recovery_codes WHERE account_id = $1";

    /// Whoever else would count one waits until the transaction ends.
    HOLD_FAILURES = "INSERT INTO factor_failures (account_id, failures, last_at) \
              VALUES ($1, 0, $2) ON CONFLICT (account_id) DO UPDATE SET \
              failures = factor_failures.failures RETURNING failures, last_at";
    RECORD_FAILURES = "UPDATE factor_failures SET failures = $1, last_at = $2 \
              WHERE account_id = $3";
    TAKE_BACK_FAILURE = "UPDATE factor_failures SET failures = failures - 1 \
              WHERE account_id = $1 AND failures > 0";
    CLEAR_FAILURES = "DELETE FROM factor_failures WHERE account_id = $1";
}

/// An authenticator app as stored.
#[derive(Clone, Debug)]
pub struct TotpRow {
    /// What it shares with this server, under the master key.
    pub secret_wrapped: Vec<u8>,
    /// Since when.
    pub created_at: Timestamp,
}

/// With what an account can show who it is.
pub async fn of_account(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Factors, StoreError> {
    let row = sqlx::query(FACTORS)
        .bind(account_id.to_string())
        .fetch_one(connection)
        .await?;
    Ok(Factors {
        password: count(&row, "passwords")? > 0,
        totp: count(&row, "apps")? > 0,
        recovery_codes: count(&row, "codes")?,
        opening_passkeys: count(&row, "opening")?,
        proving_passkeys: count(&row, "proving")?,
        recovered_at: optional_time(&row, "recovered_at")?,
    })
}

/// Keeps an authenticator app, in place of the one before it. `step` is that
/// of the code which confirmed it.
pub async fn put_totp(
    tx: &mut Connection,
    account_id: AccountId,
    row: &TotpRow,
    step: i64,
) -> Result<(), StoreError> {
    sqlx::query(PUT_TOTP)
        .bind(account_id.to_string())
        .bind(row.secret_wrapped.clone())
        .bind(step)
        .bind(row.created_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// The authenticator app of an account.
pub async fn totp(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Option<TotpRow>, StoreError> {
    let row = sqlx::query(TOTP)
        .bind(account_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(TotpRow {
            secret_wrapped: row.try_get("secret_wrapped")?,
            created_at: time(&row, "created_at")?,
        })
    })
    .transpose()
}

/// Takes the code of a step; says whether it was still to be had.
#[must_use = "a code that was taken before proves nothing"]
pub async fn take_step(
    tx: &mut Connection,
    account_id: AccountId,
    step: i64,
) -> Result<bool, StoreError> {
    let done = sqlx::query(TAKE_STEP)
        .bind(step)
        .bind(account_id.to_string())
        .bind(step)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets all that an account has besides password and passkeys, and what was tried.
pub async fn forget_all(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    delete_totp(tx, account_id).await?;
    delete_codes(tx, account_id).await?;
    clear_failures(tx, account_id).await
}

/// Forgets the authenticator app of an account.
pub async fn delete_totp(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    accounts::run(tx, DELETE_TOTP, account_id).await
}

/// Keeps new recovery codes in place of those before them.
pub async fn replace_codes(
    tx: &mut Connection,
    account_id: AccountId,
    hashes: &[[u8; 32]],
    now: Timestamp,
) -> Result<(), StoreError> {
    delete_codes(tx, account_id).await?;
    for hash in hashes {
        sqlx::query(INSERT_CODE)
            .bind(account_id.to_string())
            .bind(hash.to_vec())
            .bind(now.as_micros())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Uses a recovery code; says whether it was still to be used.
#[must_use = "a code that was used before proves nothing"]
pub async fn use_code(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(USE_CODE)
        .bind(now.as_micros())
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// How often somebody failed to show what an account asks besides since somebody
/// last did, and when last. Nobody counts another until the transaction ends.
pub async fn hold_failures(
    tx: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<(u32, Timestamp), StoreError> {
    let row = sqlx::query(HOLD_FAILURES)
        .bind(account_id.to_string())
        .bind(now.as_micros())
        .fetch_one(tx)
        .await?;
    Ok((count(&row, "failures")?, time(&row, "last_at")?))
}

/// Keeps how often that was, which is held.
pub async fn record_failures(
    tx: &mut Connection,
    account_id: AccountId,
    failures: u32,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(RECORD_FAILURES)
        .bind(i64::from(failures))
        .bind(now.as_micros())
        .bind(account_id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Counts one failure less: what was counted beforehand was none.
pub async fn take_back_failure(
    tx: &mut Connection,
    account_id: AccountId,
) -> Result<(), StoreError> {
    accounts::run(tx, TAKE_BACK_FAILURE, account_id).await
}

/// Forgets failed attempts after one that did not fail.
pub async fn clear_failures(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    accounts::run(tx, CLEAR_FAILURES, account_id).await
}

/// When the recovery codes of an account were made, used ones and others, if there
/// are any.
pub async fn codes_made_at(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Option<Timestamp>, StoreError> {
    let row = sqlx::query(CODES_MADE_AT)
        .bind(account_id.to_string())
        .fetch_one(connection)
        .await?;
    optional_time(&row, "made_at")
}

/// Takes the recovery codes away.
pub async fn delete_codes(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    accounts::run(tx, DELETE_CODES, account_id).await
}
