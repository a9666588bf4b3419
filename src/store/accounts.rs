//! Accounts and their vaults.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, optional_time, parsed, time};
use super::{Connection, StoreError};
use crate::domain::account::Account;
use crate::domain::id::AccountId;
use crate::domain::language::Language;
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO accounts (id, email_index, contact_sealed, language, created_at) \
              VALUES ($1, $2, $3, $4, $5)";
    /// Of somebody who says that an address is theirs.
    INSERT_CLAIMING = "INSERT INTO accounts \
              (id, email_index, contact_sealed, language, created_at, claimed_index) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    BY_ID = "SELECT id, contact_sealed, language, created_at FROM accounts WHERE id = $1";
    /// What is known of whether mail reaches an account.
    CONTACT = "SELECT id, language, created_at, contact_sealed, email_verified_at, unreachable_at \
              FROM accounts WHERE id = $1";
    /// Whoever else would hold this account waits until the transaction ends.
    HOLD = "UPDATE accounts SET created_at = created_at WHERE id = $1";
    BY_INDEX = "SELECT id FROM accounts WHERE email_index = $1";
    /// Whoever has the address, and else who said so first.
    BY_ADDRESS = "SELECT id FROM accounts WHERE email_index = $1 OR claimed_index = $1 \
              ORDER BY CASE WHEN email_index = $1 THEN 0 ELSE 1 END, created_at, id LIMIT 1";
    TAKE_ADDRESS = "UPDATE accounts SET email_index = $1, claimed_index = NULL, \
              email_verified_at = $2, unreachable_at = NULL, bounced_at = NULL WHERE id = $3";
    SET_CONTACT = "UPDATE accounts SET contact_sealed = $1 WHERE id = $2";
    SET_VERIFIED = "UPDATE accounts SET email_verified_at = $1, unreachable_at = NULL, \
              bounced_at = NULL WHERE id = $2";
    SET_RECOVERED = "UPDATE accounts SET recovered_at = $1 WHERE id = $2";
    CLEAR_RECOVERED = "UPDATE accounts SET recovered_at = NULL \
              WHERE id = $1 AND recovered_at IS NOT NULL";
    SET_LANGUAGE = "UPDATE accounts SET language = $1 WHERE id = $2";

    INSERT_VAULT = "INSERT INTO vaults (account_id, revision, contents_sealed) VALUES ($1, 1, $2)";
    VAULT = "SELECT revision, contents_sealed FROM vaults WHERE account_id = $1";
    REPLACE_VAULT = "UPDATE vaults SET revision = revision + 1, contents_sealed = $1 \
              WHERE account_id = $2";
    /// Holds a vault until the transaction ends: whoever would edit it waits.
    HOLD_VAULT = "UPDATE vaults SET revision = revision WHERE account_id = $1 RETURNING revision";
    UPDATE_VAULT = "UPDATE vaults SET revision = revision + 1, contents_sealed = $1 \
              WHERE account_id = $2 AND revision = $3";
}

/// An account and its sealed contact address.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// The account.
    pub account: Account,
    /// The contact e-mail address, under the master key.
    pub contact_sealed: Vec<u8>,
}

/// A vault as stored.
#[derive(Clone, Debug)]
pub struct VaultRow {
    /// How often it was edited.
    pub revision: i64,
    /// Attributes and profiles, under the vault key.
    pub contents_sealed: Vec<u8>,
}

/// Makes an account. [`StoreError::Duplicate`] when the address has one.
pub async fn insert(
    tx: &mut Connection,
    row: &AccountRow,
    email_index: [u8; 32],
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(row.account.id.to_string())
        .bind(email_index.to_vec())
        .bind(row.contact_sealed.clone())
        .bind(row.account.language.as_str())
        .bind(row.account.created_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Makes an account of somebody who says that an address is theirs. Whether it
/// is another's, nobody can tell by what this does. `nobodys` is the index of no
/// address.
pub async fn insert_claiming(
    tx: &mut Connection,
    row: &AccountRow,
    nobodys: [u8; 32],
    claimed_index: [u8; 32],
) -> Result<(), StoreError> {
    sqlx::query(INSERT_CLAIMING)
        .bind(row.account.id.to_string())
        .bind(nobodys.to_vec())
        .bind(row.contact_sealed.clone())
        .bind(row.account.language.as_str())
        .bind(row.account.created_at.as_micros())
        .bind(claimed_index.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// One account.
pub async fn by_id(
    connection: &mut Connection,
    id: AccountId,
) -> Result<Option<AccountRow>, StoreError> {
    let row = sqlx::query(BY_ID)
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(account_from_row).transpose()
}

/// The account that a row holds.
pub(super) fn account(row: &AnyRow) -> Result<Account, StoreError> {
    Ok(Account {
        id: parsed(row, "id")?,
        language: parsed(row, "language")?,
        created_at: time(row, "created_at")?,
    })
}

fn account_from_row(row: &AnyRow) -> Result<AccountRow, StoreError> {
    Ok(AccountRow {
        account: account(row)?,
        contact_sealed: row.try_get("contact_sealed")?,
    })
}

/// Whether mail reaches an account.
#[derive(Clone, Debug)]
pub struct ContactRow {
    /// The account, and its sealed contact address.
    pub account: AccountRow,
    /// When whoever reads mail there last said so.
    pub verified_at: Option<Timestamp>,
    /// Since when a mail server says that nobody is there.
    pub unreachable_at: Option<Timestamp>,
}

impl ContactRow {
    /// Whether somebody once showed that they read mail there. Else the address is
    /// merely claimed.
    #[must_use]
    pub const fn is_confirmed(&self) -> bool {
        self.verified_at.is_some()
    }
}

/// Whether mail reaches an account.
pub async fn contact(
    connection: &mut Connection,
    id: AccountId,
) -> Result<Option<ContactRow>, StoreError> {
    let row = sqlx::query(CONTACT)
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(ContactRow {
            account: account_from_row(&row)?,
            verified_at: optional_time(&row, "email_verified_at")?,
            unreachable_at: optional_time(&row, "unreachable_at")?,
        })
    })
    .transpose()
}

/// Holds an account until the transaction ends: of those who do, one goes on at
/// a time.
pub async fn hold(tx: &mut Connection, id: AccountId) -> Result<(), StoreError> {
    run(tx, HOLD, id).await
}

/// Runs a statement that takes an account alone.
pub(super) async fn run(
    tx: &mut Connection,
    statement: &'static str,
    id: AccountId,
) -> Result<(), StoreError> {
    sqlx::query(statement)
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// How many `records` a statement counts of an account, and how many `bytes`.
pub(super) async fn weigh(
    connection: &mut Connection,
    statement: &'static str,
    id: AccountId,
) -> Result<(u32, u32), StoreError> {
    let row = sqlx::query(statement)
        .bind(id.to_string())
        .fetch_one(connection)
        .await?;
    Ok((count(&row, "records")?, count(&row, "bytes")?))
}

/// Whose the address is.
pub async fn by_index(
    connection: &mut Connection,
    email_index: [u8; 32],
) -> Result<Option<AccountId>, StoreError> {
    let row = sqlx::query(BY_INDEX)
        .bind(email_index.to_vec())
        .fetch_optional(connection)
        .await?;
    row.map(|row| parsed(&row, "id")).transpose()
}

/// Whose the address is, or who says so first.
pub async fn by_address(
    connection: &mut Connection,
    email_index: [u8; 32],
) -> Result<Option<AccountId>, StoreError> {
    let row = sqlx::query(BY_ADDRESS)
        .bind(email_index.to_vec())
        .fetch_optional(connection)
        .await?;
    row.map(|row| parsed(&row, "id")).transpose()
}

/// Gives an account the address that it confirmed. [`StoreError::Duplicate`]
/// when another has it.
pub async fn take_address(
    tx: &mut Connection,
    id: AccountId,
    email_index: [u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(TAKE_ADDRESS)
        .bind(email_index.to_vec())
        .bind(now.as_micros())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Has an account mailed elsewhere.
pub async fn set_contact(
    tx: &mut Connection,
    id: AccountId,
    contact_sealed: Vec<u8>,
) -> Result<(), StoreError> {
    sqlx::query(SET_CONTACT)
        .bind(contact_sealed)
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes that someone reads mail at the contact address.
pub async fn set_verified(
    tx: &mut Connection,
    id: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(SET_VERIFIED)
        .bind(now.as_micros())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes when a password was set by mail alone, after a wait; or that it was set in
/// another way.
pub async fn set_recovered(
    tx: &mut Connection,
    id: AccountId,
    at: Option<Timestamp>,
) -> Result<(), StoreError> {
    sqlx::query(SET_RECOVERED)
        .bind(at.map(Timestamp::as_micros))
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Notes that a password which was set by mail alone is its owner's.
pub async fn clear_recovered(tx: &mut Connection, id: AccountId) -> Result<(), StoreError> {
    run(tx, CLEAR_RECOVERED, id).await
}

/// Sets the language of an account's pages.
pub async fn set_language(
    tx: &mut Connection,
    id: AccountId,
    language: Language,
) -> Result<(), StoreError> {
    sqlx::query(SET_LANGUAGE)
        .bind(language.as_str())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Keeps the first contents of a vault.
pub async fn insert_vault(
    tx: &mut Connection,
    account_id: AccountId,
    contents_sealed: Vec<u8>,
) -> Result<(), StoreError> {
    sqlx::query(INSERT_VAULT)
        .bind(account_id.to_string())
        .bind(contents_sealed)
        .execute(tx)
        .await?;
    Ok(())
}

/// The contents of a vault.
pub async fn vault(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Option<VaultRow>, StoreError> {
    let row = sqlx::query(VAULT)
        .bind(account_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(VaultRow {
            revision: row.try_get("revision")?,
            contents_sealed: row.try_get("contents_sealed")?,
        })
    })
    .transpose()
}

/// Replaces the contents of a vault that is still at `revision`; says whether
/// it was.
#[must_use = "another device may have edited the vault"]
pub async fn update_vault(
    tx: &mut Connection,
    account_id: AccountId,
    revision: i64,
    contents_sealed: Vec<u8>,
) -> Result<bool, StoreError> {
    let done = sqlx::query(UPDATE_VAULT)
        .bind(contents_sealed)
        .bind(account_id.to_string())
        .bind(revision)
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Holds a vault until the transaction ends: whoever would edit it waits. Says whether
/// it is still at that revision.
#[must_use = "it may have been edited since it was read"]
pub async fn hold_vault(
    tx: &mut Connection,
    account_id: AccountId,
    revision: i64,
) -> Result<bool, StoreError> {
    Ok(hold_any_vault(tx, account_id).await? == Some(revision))
}

/// Holds a vault until the transaction ends, at whatever revision it is, and says at
/// which; `None` where there is none.
pub async fn hold_any_vault(
    tx: &mut Connection,
    account_id: AccountId,
) -> Result<Option<i64>, StoreError> {
    let held = sqlx::query(HOLD_VAULT)
        .bind(account_id.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(held.map(|row| row.try_get("revision")).transpose()?)
}

/// Puts other contents in the place of those that nobody can open.
pub async fn replace_vault(
    tx: &mut Connection,
    account_id: AccountId,
    contents_sealed: Vec<u8>,
) -> Result<(), StoreError> {
    sqlx::query(REPLACE_VAULT)
        .bind(contents_sealed)
        .bind(account_id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}
