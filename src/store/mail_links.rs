//! Links that were mailed: of each the database has the hash alone, and each
//! works once. Whoever writes one holds its account first ([`accounts::hold`]):
//! else those who mail and those who follow would wait for each other.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, hash, optional_time, parsed, time};
use super::{Connection, StoreError, accounts};
use crate::domain::account::LinkPurpose;
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    RECENT = "SELECT COUNT(*) AS recent FROM mail_links \
              WHERE account_id = $1 AND purpose = $2 AND created_at > $3 AND hash <> $4";
    FORGET = "DELETE FROM mail_links WHERE account_id = $1 AND expires_at < $2";
    /// Of most links for one purpose, the newest alone holds.
    SUPERSEDE = "UPDATE mail_links SET spent_at = $1 WHERE account_id = $2 AND purpose = $3 \
              AND hash <> $4 AND spent_at IS NULL";
    /// A mail that is sent again has the same link, and does not revive it.
    INSERT = "INSERT INTO mail_links \
              (account_id, hash, purpose, address_sealed, created_at, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id, hash) DO NOTHING";
    /// Its time counts from when it was mailed last.
    RENEW = "UPDATE mail_links SET expires_at = $1 \
              WHERE account_id = $2 AND hash = $3 AND spent_at IS NULL";
    FIND = "SELECT purpose, address_sealed FROM mail_links \
              WHERE account_id = $1 AND hash = $2 AND spent_at IS NULL AND expires_at > $3";
    /// For a while after its time, too: its page may be looked at again.
    USED = "SELECT purpose, address_sealed, used_at FROM mail_links \
              WHERE account_id = $1 AND hash = $2 AND used_at IS NOT NULL AND expires_at > $3";
    SPEND = "UPDATE mail_links SET spent_at = $1, used_at = $1 WHERE account_id = $2 AND hash = $3 \
              AND purpose = $4 AND spent_at IS NULL AND expires_at > $1";
    /// Those that were mailed since, and that one itself aside.
    SPEND_LATER = "UPDATE mail_links SET spent_at = $1 WHERE account_id = $2 AND purpose = $3 \
              AND spent_at IS NULL AND created_at >= \
              (SELECT l.created_at FROM mail_links l WHERE l.account_id = $2 AND l.hash = $4)";
    HOLD_UNTIL = "SELECT MAX(expires_at) AS until FROM mail_links \
              WHERE account_id = $1 AND purpose = $2 AND spent_at IS NULL AND expires_at > $3";
    HOLDING = "SELECT hash, address_sealed FROM mail_links \
              WHERE account_id = $1 AND purpose = $2 AND spent_at IS NULL AND expires_at > $3";
    SPEND_ALL = "UPDATE mail_links SET spent_at = $1 WHERE account_id = $2 AND purpose = $3 \
              AND spent_at IS NULL";
}

/// A link that is about to be mailed.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// Whose account it is about.
    pub account_id: AccountId,
    /// Of its secret.
    pub hash: [u8; 32],
    /// What it is for.
    pub purpose: LinkPurpose,
    /// The address that it is mailed to, under the master key.
    pub address_sealed: Vec<u8>,
    /// Since when.
    pub created_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
}

/// A link that was mailed.
#[derive(Clone, Debug)]
pub struct LinkRow {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// The address that it was mailed to, under the master key.
    pub address_sealed: Vec<u8>,
}

/// How many other links an account was mailed for a purpose since then. Nobody
/// keeps another until the transaction ends.
pub async fn recent(
    tx: &mut Connection,
    account_id: AccountId,
    purpose: LinkPurpose,
    since: Timestamp,
    but: [u8; 32],
) -> Result<u32, StoreError> {
    accounts::hold(tx, account_id).await?;
    let row = sqlx::query(RECENT)
        .bind(account_id.to_string())
        .bind(purpose.as_str())
        .bind(since.as_micros())
        .bind(but.to_vec())
        .fetch_one(tx)
        .await?;
    count(&row, "recent")
}

/// Keeps a link in the place of those that were mailed for the same purpose,
/// and forgets those that expired before `forget_before`. One that is mailed
/// again holds from now on, if nothing took its place; says whether it holds.
#[must_use = "a newer link may have taken its place"]
pub async fn keep(
    tx: &mut Connection,
    link: &NewLink,
    forget_before: Timestamp,
) -> Result<bool, StoreError> {
    let account_id = link.account_id.to_string();
    sqlx::query(FORGET)
        .bind(account_id.clone())
        .bind(forget_before.as_micros())
        .execute(&mut *tx)
        .await?;
    let made = sqlx::query(INSERT)
        .bind(account_id.clone())
        .bind(link.hash.to_vec())
        .bind(link.purpose.as_str())
        .bind(link.address_sealed.clone())
        .bind(link.created_at.as_micros())
        .bind(link.expires_at.as_micros())
        .execute(&mut *tx)
        .await?;
    if made.rows_affected() == 0 {
        let renewed = sqlx::query(RENEW)
            .bind(link.expires_at.as_micros())
            .bind(account_id)
            .bind(link.hash.to_vec())
            .execute(tx)
            .await?;
        return Ok(renewed.rows_affected() == 1);
    }
    if link.purpose.supersedes() {
        sqlx::query(SUPERSEDE)
            .bind(link.created_at.as_micros())
            .bind(account_id)
            .bind(link.purpose.as_str())
            .bind(link.hash.to_vec())
            .execute(tx)
            .await?;
    }
    Ok(true)
}

/// A link, while it holds. It is not used up by looking.
pub async fn find(
    connection: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<LinkRow>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .bind(now.as_micros())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(link_from_row).transpose()
}

fn link_from_row(row: &AnyRow) -> Result<LinkRow, StoreError> {
    Ok(LinkRow {
        purpose: parsed(row, "purpose")?,
        address_sealed: row.try_get("address_sealed")?,
    })
}

/// A link that did what it is for, and when, if it held until then at least.
pub async fn used(
    connection: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    until: Timestamp,
) -> Result<Option<(LinkRow, Timestamp)>, StoreError> {
    let row = sqlx::query(USED)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .bind(until.as_micros())
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok((link_from_row(&row)?, time(&row, "used_at")?)))
        .transpose()
}

/// Uses a link up; of any number of takers, one does.
#[must_use = "the link may have been used up meanwhile"]
pub async fn spend(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(SPEND)
        .bind(now.as_micros())
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .bind(purpose.as_str())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Uses up the links for a purpose that were mailed since one of them was.
pub async fn spend_later(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(SPEND_LATER)
        .bind(now.as_micros())
        .bind(account_id.to_string())
        .bind(purpose.as_str())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// Until when a link of an account for a purpose holds, if one does.
pub async fn hold_until(
    connection: &mut Connection,
    account_id: AccountId,
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let row = sqlx::query(HOLD_UNTIL)
        .bind(account_id.to_string())
        .bind(purpose.as_str())
        .bind(now.as_micros())
        .fetch_one(connection)
        .await?;
    optional_time(&row, "until")
}

/// The links of an account for a purpose that hold: the hash of each, and the
/// address that it was mailed to, under the master key.
pub async fn holding(
    connection: &mut Connection,
    account_id: AccountId,
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<Vec<([u8; 32], Vec<u8>)>, StoreError> {
    let rows = sqlx::query(HOLDING)
        .bind(account_id.to_string())
        .bind(purpose.as_str())
        .bind(now.as_micros())
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Ok((hash(row, "hash")?, row.try_get("address_sealed")?)))
        .collect()
}

/// Uses up every link of an account for a purpose.
pub async fn spend_all(
    tx: &mut Connection,
    account_id: AccountId,
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(SPEND_ALL)
        .bind(now.as_micros())
        .bind(account_id.to_string())
        .bind(purpose.as_str())
        .execute(tx)
        .await?;
    Ok(())
}
