//! Passkeys, and the challenges that browsers were given.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, optional, optional_time, parsed, time};
use super::{Connection, StoreError};
use crate::crypto::passkey::StoredPasskey;
use crate::domain::id::{AccountId, CeremonyId, KeyholderId, PasskeyId};
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO passkeys (account_id, id, credential_id, credential, sign_count, \
              name_sealed, keyholder_id, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    OF_ACCOUNT = "SELECT account_id, id, credential_id, credential, sign_count, name_sealed, \
              keyholder_id, created_at, last_used_at, doubted_at \
              FROM passkeys WHERE account_id = $1 ORDER BY created_at, id";
    BY_CREDENTIAL = "SELECT account_id, id, credential_id, credential, sign_count, name_sealed, \
              keyholder_id, created_at, last_used_at, doubted_at \
              FROM passkeys WHERE credential_id = $1";
    /// The counter never goes back, whatever an authenticator says.
    USED = "UPDATE passkeys SET last_used_at = $1, \
              sign_count = CASE WHEN sign_count < $2 THEN $3 ELSE sign_count END, \
              credential = $4 WHERE account_id = $5 AND id = $6";
    DOUBT = "UPDATE passkeys SET doubted_at = $1 WHERE account_id = $2 AND id = $3";
    RENAME = "UPDATE passkeys SET name_sealed = $1 WHERE account_id = $2 AND id = $3";
    /// Holds one until the transaction ends.
    HOLD = "UPDATE passkeys SET created_at = created_at WHERE account_id = $1 AND id = $2";
    DELETE = "DELETE FROM passkeys WHERE account_id = $1 AND id = $2";

    INSERT_CEREMONY = "INSERT INTO passkey_ceremonies \
              (id, browser_hash, kind, account_id, state, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    TAKE_CEREMONY = "DELETE FROM passkey_ceremonies \
              WHERE id = $1 AND browser_hash = $2 AND kind = $3 AND expires_at > $4 \
              RETURNING account_id, state";
    FORGET_CEREMONIES = "DELETE FROM passkey_ceremonies WHERE expires_at <= $1";
}

/// A passkey as stored.
#[derive(Clone, Debug)]
pub struct PasskeyRow {
    /// Whose.
    pub account_id: AccountId,
    /// Which.
    pub id: PasskeyId,
    /// What its answers are checked by.
    pub key: StoredPasskey,
    /// What its owner calls it, under the vault key.
    pub name_sealed: Vec<u8>,
    /// Which keyholder it is, if it opens the vault.
    pub keyholder_id: Option<KeyholderId>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When its counter was last seen to go back.
    pub doubted_at: Option<Timestamp>,
}

/// What a challenge was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeremonyKind {
    /// A new passkey.
    Register,
    /// The first passkey of somebody who is new.
    SignUp,
    /// Showing who somebody is.
    Authenticate,
}

impl CeremonyKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::SignUp => "sign_up",
            Self::Authenticate => "authenticate",
        }
    }
}

/// A challenge that a browser was given.
#[derive(Clone, Debug)]
pub struct CeremonyRow {
    /// Which.
    pub id: CeremonyId,
    /// Which browser.
    pub browser_hash: [u8; 32],
    /// What for.
    pub kind: CeremonyKind,
    /// For whom, if that is known beforehand.
    pub account_id: Option<AccountId>,
    /// What its answer is held against.
    pub state: String,
    /// Until when it may be answered.
    pub expires_at: Timestamp,
}

/// Keeps a new passkey. [`StoreError::Duplicate`] when somebody has it.
pub async fn insert(tx: &mut Connection, row: &PasskeyRow) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(row.account_id.to_string())
        .bind(row.id.to_string())
        .bind(row.key.credential_id.clone())
        .bind(row.key.credential.clone())
        .bind(i64::from(row.key.sign_count))
        .bind(row.name_sealed.clone())
        .bind(row.keyholder_id.map(|id| id.to_string()))
        .bind(row.created_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Calls a passkey otherwise.
pub async fn rename(
    tx: &mut Connection,
    account_id: AccountId,
    id: PasskeyId,
    name_sealed: Vec<u8>,
) -> Result<(), StoreError> {
    sqlx::query(RENAME)
        .bind(name_sealed)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

fn passkey(row: &AnyRow) -> Result<PasskeyRow, StoreError> {
    Ok(PasskeyRow {
        account_id: parsed(row, "account_id")?,
        id: parsed(row, "id")?,
        key: StoredPasskey {
            credential_id: row.try_get("credential_id")?,
            credential: row.try_get("credential")?,
            sign_count: count(row, "sign_count")?,
        },
        name_sealed: row.try_get("name_sealed")?,
        keyholder_id: optional(row, "keyholder_id")?,
        created_at: time(row, "created_at")?,
        last_used_at: optional_time(row, "last_used_at")?,
        doubted_at: optional_time(row, "doubted_at")?,
    })
}

/// The passkeys of an account, the oldest first.
pub async fn of_account(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Vec<PasskeyRow>, StoreError> {
    let rows = sqlx::query(OF_ACCOUNT)
        .bind(account_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(passkey).collect()
}

/// The passkey that an authenticator names.
pub async fn by_credential(
    connection: &mut Connection,
    credential_id: &[u8],
) -> Result<Option<PasskeyRow>, StoreError> {
    let row = sqlx::query(BY_CREDENTIAL)
        .bind(credential_id.to_vec())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(passkey).transpose()
}

/// Takes note that a passkey was used, of its counter, and of what its checks need
/// from now on; says whether it is still there.
#[must_use = "a passkey may have been removed meanwhile"]
pub async fn used(
    tx: &mut Connection,
    account_id: AccountId,
    id: PasskeyId,
    (sign_count, credential): (u32, String),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(USED)
        .bind(now.as_micros())
        .bind(i64::from(sign_count))
        .bind(i64::from(sign_count))
        .bind(credential)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Holds a passkey until the transaction ends: whoever would remove it waits.
/// Says whether it is there.
#[must_use = "it may have been removed since it was shown"]
pub async fn hold(
    tx: &mut Connection,
    account_id: AccountId,
    id: PasskeyId,
) -> Result<bool, StoreError> {
    let done = sqlx::query(HOLD)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes note that the counter of a passkey went back.
pub async fn doubt(
    tx: &mut Connection,
    account_id: AccountId,
    id: PasskeyId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(DOUBT)
        .bind(now.as_micros())
        .bind(account_id.to_string())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Removes a passkey.
pub async fn delete(
    tx: &mut Connection,
    account_id: AccountId,
    id: PasskeyId,
) -> Result<(), StoreError> {
    sqlx::query(DELETE)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Keeps a challenge, and drops those that nobody answered in time.
pub async fn insert_ceremony(
    tx: &mut Connection,
    row: &CeremonyRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(FORGET_CEREMONIES)
        .bind(now.as_micros())
        .execute(&mut *tx)
        .await?;
    sqlx::query(INSERT_CEREMONY)
        .bind(row.id.to_string())
        .bind(row.browser_hash.to_vec())
        .bind(row.kind.as_str())
        .bind(row.account_id.map(|id| id.to_string()))
        .bind(row.state.clone())
        .bind(row.expires_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes a challenge out, for the one answer that it may have: for whom it
/// was, and what the answer is held against.
pub async fn take_ceremony(
    tx: &mut Connection,
    id: CeremonyId,
    browser_hash: [u8; 32],
    kind: CeremonyKind,
    now: Timestamp,
) -> Result<Option<(Option<AccountId>, String)>, StoreError> {
    let row = sqlx::query(TAKE_CEREMONY)
        .bind(id.to_string())
        .bind(browser_hash.to_vec())
        .bind(kind.as_str())
        .bind(now.as_micros())
        .fetch_optional(tx)
        .await?;
    row.map(|row| Ok((optional(&row, "account_id")?, row.try_get("state")?)))
        .transpose()
}
