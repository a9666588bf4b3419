//! The epochs of the escrow, and the keyholders that are wrapped by their keys.
//! The keys themselves are files, and never in here.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, optional_time, parsed, time};
use super::{Connection, StoreError};
use crate::crypto::escrow::EscrowEpoch;
use crate::domain::id::{AccountId, KeyholderId};
use crate::domain::time::Timestamp;

statements! {
    ALL = "SELECT epoch, key_check, made_at, retired_at, spent_at \
              FROM escrow_epochs ORDER BY epoch";
    RETIRE = "UPDATE escrow_epochs SET retired_at = $1 WHERE epoch = $2 AND retired_at IS NULL";
    INSERT = "INSERT INTO escrow_epochs (epoch, key_check, made_at) VALUES ($1, $2, $3)";
    /// Guarded anew: whoever began before it was retired may have wrapped since.
    SPEND = "UPDATE escrow_epochs SET spent_at = $1 \
              WHERE epoch = $2 AND spent_at IS NULL AND retired_at <= $3 AND NOT EXISTS \
              (SELECT 1 FROM keyholders WHERE kind = 'escrow' AND params = $4)";
    WRAPPED = "SELECT account_id, id, vault_key_wrapped FROM keyholders \
              WHERE kind = 'escrow' AND params = $1 AND account_id > $2 \
              ORDER BY account_id LIMIT $3";
    REWRAP = "UPDATE keyholders SET params = $1, vault_key_wrapped = $2 \
              WHERE account_id = $3 AND id = $4 AND kind = 'escrow' AND params = $5";
    LEFT = "SELECT count(*) AS held FROM keyholders WHERE kind = 'escrow' AND params = $1";
}

/// An epoch as stored.
#[derive(Clone, Debug)]
pub struct EpochRow {
    /// Which.
    pub epoch: EscrowEpoch,
    /// What its key sealed; none of the one that comes of the master key.
    pub key_check: Option<Vec<u8>>,
    /// When its key was made.
    pub made_at: Timestamp,
    /// Since when another is used in its place.
    pub retired_at: Option<Timestamp>,
    /// Since when nothing is wrapped by it.
    pub spent_at: Option<Timestamp>,
}

/// Every epoch, the oldest first.
pub async fn all(connection: &mut Connection) -> Result<Vec<EpochRow>, StoreError> {
    let rows = sqlx::query(ALL).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            Ok(EpochRow {
                epoch: EscrowEpoch::new(count(row, "epoch")?),
                key_check: row.try_get("key_check")?,
                made_at: time(row, "made_at")?,
                retired_at: optional_time(row, "retired_at")?,
                spent_at: optional_time(row, "spent_at")?,
            })
        })
        .collect()
}

/// Begins an epoch in the place of another; says whether that was still the
/// present one. Of any number of nodes that try, one does.
#[must_use = "another node may have begun one"]
pub async fn succeed(
    tx: &mut Connection,
    before: EscrowEpoch,
    (epoch, key_check): (EscrowEpoch, Vec<u8>),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let retired = sqlx::query(RETIRE)
        .bind(now.as_micros())
        .bind(i64::from(before.number()))
        .execute(&mut *tx)
        .await?;
    if retired.rows_affected() != 1 {
        return Ok(false);
    }
    sqlx::query(INSERT)
        .bind(i64::from(epoch.number()))
        .bind(key_check)
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(true)
}

/// Notes that nothing is wrapped any more by the key of an epoch that was
/// retired by then; says whether that is so, and news.
#[must_use = "something may still be wrapped by it"]
pub async fn spend(
    tx: &mut Connection,
    epoch: EscrowEpoch,
    retired_by: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(SPEND)
        .bind(now.as_micros())
        .bind(i64::from(epoch.number()))
        .bind(retired_by.as_micros())
        .bind(epoch.number().to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// A vault key that is wrapped by the key of an epoch.
#[derive(Clone, Debug)]
pub struct WrappedRow {
    /// Whose vault.
    pub account_id: AccountId,
    /// Which keyholder.
    pub id: KeyholderId,
    /// The vault key.
    pub vault_key_wrapped: Vec<u8>,
}

/// Some of those that are wrapped by the key of an epoch, in the order of their
/// accounts.
pub async fn wrapped(
    connection: &mut Connection,
    epoch: EscrowEpoch,
    after: Option<AccountId>,
    most: u32,
) -> Result<Vec<WrappedRow>, StoreError> {
    let rows = sqlx::query(WRAPPED)
        .bind(epoch.number().to_string())
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<WrappedRow, StoreError> {
    Ok(WrappedRow {
        account_id: parsed(row, "account_id")?,
        id: parsed(row, "id")?,
        vault_key_wrapped: row.try_get("vault_key_wrapped")?,
    })
}

/// Puts a vault key that is wrapped by another epoch's key in the place of the
/// one before; says whether that was still there.
#[must_use = "another node may have done so, or its owner dropped it"]
pub async fn rewrap(
    tx: &mut Connection,
    row: &WrappedRow,
    (from, to): (EscrowEpoch, EscrowEpoch),
) -> Result<bool, StoreError> {
    let done = sqlx::query(REWRAP)
        .bind(to.number().to_string())
        .bind(row.vault_key_wrapped.clone())
        .bind(row.account_id.to_string())
        .bind(row.id.to_string())
        .bind(from.number().to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// How many vaults the key of an epoch opens.
pub async fn held(connection: &mut Connection, epoch: EscrowEpoch) -> Result<u32, StoreError> {
    let row = sqlx::query(LEFT)
        .bind(epoch.number().to_string())
        .fetch_one(connection)
        .await?;
    count(&row, "held")
}
