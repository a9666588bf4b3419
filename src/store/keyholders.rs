//! Keyholders: the ways into vaults.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, parsed, time};
use super::{Connection, StoreError, accounts};
use crate::crypto::vault::KeyholderKind;
use crate::domain::id::{AccountId, KeyholderId};
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO keyholders \
              (account_id, id, kind, params, verifier, vault_key_wrapped, created_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    OF_ACCOUNT = "SELECT account_id, id, kind, params, verifier, vault_key_wrapped, created_at \
              FROM keyholders WHERE account_id = $1 ORDER BY created_at, id";
    /// One statement tells sign-in all that it needs: of whoever has the address, and
    /// then of those who say so, whoever said so first before the others.
    OF_ADDRESS = "SELECT k.account_id, k.id, k.kind, k.params, k.verifier, k.vault_key_wrapped, \
              k.created_at, k.counted, \
              CAST(CASE WHEN a.email_index = $1 THEN 1 ELSE 0 END AS BIGINT) AS has \
              FROM accounts a JOIN keyholders k ON k.account_id = a.id \
              WHERE (a.email_index = $1 OR a.claimed_index = $1) AND k.kind = 'password' \
              ORDER BY has DESC, a.created_at, a.id LIMIT $2";
    /// Of those, whose password it is.
    MATCHING = "SELECT k.account_id, k.id, k.kind, k.params, k.verifier, k.vault_key_wrapped, \
              k.created_at, k.counted, \
              CAST(CASE WHEN a.email_index = $1 THEN 1 ELSE 0 END AS BIGINT) AS has \
              FROM accounts a JOIN keyholders k ON k.account_id = a.id \
              WHERE (a.email_index = $1 OR a.claimed_index = $1) AND k.kind = 'password' \
              AND k.params = $2 AND k.verifier = $3 \
              ORDER BY has DESC, a.created_at, a.id LIMIT $4";
    COUNT_ONCE = "UPDATE keyholders SET counted = 1 \
              WHERE account_id = $1 AND id = $2 AND counted = 0";

    /// As long as it is still the password that was checked.
    REPLACE_PASSWORD = "UPDATE keyholders SET params = $1, verifier = $2, vault_key_wrapped = $3, \
              counted = 0, created_at = $4 \
              WHERE account_id = $5 AND kind = 'password' AND verifier = $6";
    /// Holds one until the transaction ends, as long as it is what was opened.
    HOLD = "UPDATE keyholders SET params = params \
              WHERE account_id = $1 AND id = $2 AND vault_key_wrapped = $3";
    DELETE = "DELETE FROM keyholders WHERE account_id = $1 AND id = $2";
    CONFIRM = "UPDATE keyholders SET params = $1 \
              WHERE account_id = $2 AND id = $3 AND kind = $4 AND params = $5";
    DELETE_EVERY = "DELETE FROM keyholders WHERE account_id = $1";
    DELETE_ALL = "DELETE FROM keyholders WHERE account_id = $1 AND kind = $2";
    DELETE_ALL_AT = "DELETE FROM keyholders \
              WHERE account_id = $1 AND kind = $2 AND params = $3";
}

/// A keyholder as stored.
#[derive(Clone, Debug)]
pub struct KeyholderRow {
    /// Whose vault.
    pub account_id: AccountId,
    /// Which keyholder.
    pub id: KeyholderId,
    /// What kind.
    pub kind: KeyholderKind,
    /// Argon2 parameters and salt, or the epoch of the escrow master.
    pub params: String,
    /// What the password must derive to.
    pub verifier: Option<Vec<u8>>,
    /// The vault key, wrapped.
    pub vault_key_wrapped: Vec<u8>,
    /// Since when.
    pub created_at: Timestamp,
}

/// The parameters of a kit whose code was not typed over yet.
pub const KIT_WAITING: &str = "waiting";
/// And of one that counts.
pub const KIT_CONFIRMED: &str = "confirmed";

impl KeyholderRow {
    /// Whether it is a kit that counts: one that was not confirmed opens nothing.
    #[must_use]
    pub fn is_confirmed_kit(&self) -> bool {
        self.kind == KeyholderKind::Kit && self.params == KIT_CONFIRMED
    }
}

/// Adds a way into a vault.
pub async fn insert(tx: &mut Connection, row: &KeyholderRow) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(row.account_id.to_string())
        .bind(row.id.to_string())
        .bind(row.kind.as_str())
        .bind(row.params.clone())
        .bind(row.verifier.clone())
        .bind(row.vault_key_wrapped.clone())
        .bind(row.created_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// The ways into a vault, the oldest first.
pub async fn of_account(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Vec<KeyholderRow>, StoreError> {
    let rows = sqlx::query(OF_ACCOUNT)
        .bind(account_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(read).collect()
}

/// Puts a password in the place of the one that derives to `before`; says
/// whether that was still it.
#[must_use = "another device may have changed the password"]
pub async fn replace_password(
    tx: &mut Connection,
    row: &KeyholderRow,
    before: Vec<u8>,
) -> Result<bool, StoreError> {
    let done = sqlx::query(REPLACE_PASSWORD)
        .bind(row.params.clone())
        .bind(row.verifier.clone())
        .bind(row.vault_key_wrapped.clone())
        .bind(row.created_at.as_micros())
        .bind(row.account_id.to_string())
        .bind(before)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Holds a way into a vault until the transaction ends: whoever would take it
/// away waits. Says whether it is still the one that was opened.
#[must_use = "it may have been replaced since it was opened"]
pub async fn hold(tx: &mut Connection, row: &KeyholderRow) -> Result<bool, StoreError> {
    let done = sqlx::query(HOLD)
        .bind(row.account_id.to_string())
        .bind(row.id.to_string())
        .bind(row.vault_key_wrapped.clone())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes away a way into a vault.
pub async fn delete(
    tx: &mut Connection,
    account_id: AccountId,
    id: KeyholderId,
) -> Result<(), StoreError> {
    sqlx::query(DELETE)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// A password that may belong to an address.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// The password.
    pub keyholder: KeyholderRow,
    /// Whether the address is that of its account, and not only said to be.
    pub has_address: bool,
    /// Whether it was counted once that somebody signed in with it.
    pub is_counted: bool,
}

/// The passwords that may belong to an address: that of whoever has it first.
pub async fn of_address(
    connection: &mut Connection,
    email_index: [u8; 32],
    most: u32,
) -> Result<Vec<Candidate>, StoreError> {
    let rows = sqlx::query(OF_ADDRESS)
        .bind(email_index.to_vec())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter().map(candidate).collect()
}

/// Whose of the passwords that may belong to an address it is that is hashed like
/// this, and derives to that: whoever has the address first. It is compared by the
/// database: nobody can choose what their guess derives to, so how long it takes tells
/// nothing.
pub async fn matching(
    connection: &mut Connection,
    email_index: [u8; 32],
    (params, verifier): (String, [u8; 32]),
    most: u32,
) -> Result<Vec<Candidate>, StoreError> {
    let rows = sqlx::query(MATCHING)
        .bind(email_index.to_vec())
        .bind(params)
        .bind(verifier.to_vec())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter().map(candidate).collect()
}

fn candidate(row: &AnyRow) -> Result<Candidate, StoreError> {
    Ok(Candidate {
        keyholder: read(row)?,
        has_address: count(row, "has")? > 0,
        is_counted: count(row, "counted")? > 0,
    })
}

/// Counts that somebody signed in with a password; says whether it is the first
/// time that anybody did. A new password begins anew.
#[must_use = "it counts once"]
pub async fn count_once(tx: &mut Connection, row: &KeyholderRow) -> Result<bool, StoreError> {
    let done = sqlx::query(COUNT_ONCE)
        .bind(row.account_id.to_string())
        .bind(row.id.to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

fn read(row: &AnyRow) -> Result<KeyholderRow, StoreError> {
    Ok(KeyholderRow {
        account_id: parsed(row, "account_id")?,
        id: parsed(row, "id")?,
        kind: parsed(row, "kind")?,
        params: row.try_get("params")?,
        verifier: row.try_get("verifier")?,
        vault_key_wrapped: row.try_get("vault_key_wrapped")?,
        created_at: time(row, "created_at")?,
    })
}

/// Changes the parameters of a way into a vault that has others; says whether
/// it was there with those.
#[must_use = "it may not be there"]
pub async fn confirm(
    tx: &mut Connection,
    account_id: AccountId,
    (id, kind): (KeyholderId, KeyholderKind),
    (before, after): (&'static str, &'static str),
) -> Result<bool, StoreError> {
    let done = sqlx::query(CONFIRM)
        .bind(after)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .bind(kind.as_str())
        .bind(before)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes the ways into a vault of a kind away, or those with these parameters.
pub async fn delete_all(
    tx: &mut Connection,
    account_id: AccountId,
    kind: KeyholderKind,
    params: Option<&'static str>,
) -> Result<u64, StoreError> {
    let query = match params {
        Some(params) => sqlx::query(DELETE_ALL_AT)
            .bind(account_id.to_string())
            .bind(kind.as_str())
            .bind(params),
        None => sqlx::query(DELETE_ALL)
            .bind(account_id.to_string())
            .bind(kind.as_str()),
    };
    Ok(query.execute(tx).await?.rows_affected())
}

/// Takes every way into a vault away.
pub async fn delete_every(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    accounts::run(tx, DELETE_EVERY, account_id).await
}
