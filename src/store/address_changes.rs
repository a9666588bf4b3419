//! Changes of address that wait for somebody to follow the link to them. Of each
//! account, the newest that was asked for stands.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, time};
use super::{Connection, StoreError, accounts, mail_links};
use crate::domain::account::{Baseline, LONGEST_CHANGE, LinkPurpose};
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    /// In the place of the one before. Who asks for the same address once more, while
    /// that waits, asks for no other change.
    ASK = "INSERT INTO address_changes \
              (account_id, address_index, address_sealed, asked_at, second_factors, expires_at) \
              VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (account_id) DO UPDATE SET \
              asked_at = CASE WHEN address_changes.address_index = excluded.address_index \
              AND address_changes.expires_at > excluded.asked_at \
              THEN address_changes.asked_at ELSE excluded.asked_at END, \
              second_factors = CASE WHEN address_changes.address_index = excluded.address_index \
              AND address_changes.expires_at > excluded.asked_at \
              THEN address_changes.second_factors ELSE excluded.second_factors END, \
              address_index = excluded.address_index, \
              address_sealed = excluded.address_sealed, \
              expires_at = CASE WHEN address_changes.address_index = excluded.address_index \
              AND address_changes.expires_at > excluded.asked_at \
              AND address_changes.asked_at + $7 < excluded.expires_at \
              THEN address_changes.asked_at + $7 ELSE excluded.expires_at END";
    WAITING = "SELECT address_sealed, asked_at, expires_at FROM address_changes \
              WHERE account_id = $1 AND address_sealed IS NOT NULL AND expires_at > $2";
    HOLD = "UPDATE address_changes SET expires_at = expires_at WHERE account_id = $1 \
              AND asked_at = $2 AND address_sealed IS NOT NULL AND expires_at > $3";
    PUT_OFF = "UPDATE address_changes SET expires_at = $1 \
              WHERE account_id = $2 AND address_index = $3";
    FIND = "SELECT asked_at, second_factors FROM address_changes \
              WHERE account_id = $1 AND address_index = $2";
    IS_KNOWN = "SELECT asked_at FROM address_changes WHERE account_id = $1";
    TAKE = "UPDATE address_changes SET address_index = NULL, address_sealed = NULL \
              WHERE account_id = $1 AND address_index = $2 RETURNING asked_at, second_factors";
    END = "UPDATE address_changes SET address_index = NULL, address_sealed = NULL \
              WHERE account_id = $1 AND address_sealed IS NOT NULL";
    FORGET_PAST = "UPDATE address_changes SET address_index = NULL, address_sealed = NULL \
              WHERE address_sealed IS NOT NULL AND expires_at <= $1";

    KEEP_UNDO = "INSERT INTO address_undos (account_id, link_hash, asked_at, second_factors) \
              VALUES ($1, $2, $3, $4)";
    BASELINE = "SELECT asked_at, second_factors FROM address_undos \
              WHERE account_id = $1 AND link_hash = $2";
    /// None of which the link holds, whenever that was asked for.
    FORGET_UNDOS = "DELETE FROM address_undos WHERE account_id = $1 AND asked_at < $2 \
              AND NOT EXISTS (SELECT 1 FROM mail_links l WHERE l.account_id = $1 \
              AND l.hash = address_undos.link_hash AND l.spent_at IS NULL \
              AND l.expires_at > $3)";
}

/// A change that is asked for.
#[derive(Clone, Debug)]
pub struct NewChange {
    /// Whose.
    pub account_id: AccountId,
    /// Keyed hash of the address.
    pub address_index: [u8; 32],
    /// The address, under the master key.
    pub address_sealed: Vec<u8>,
    /// How the account stands.
    pub baseline: Baseline,
    /// When the link to it is of no more use.
    pub expires_at: Timestamp,
}

/// A change that waits.
#[derive(Clone, Debug)]
pub struct ChangeRow {
    /// The address, under the master key.
    pub address_sealed: Vec<u8>,
    /// Since when.
    pub asked_at: Timestamp,
    /// When the link to it is of no more use.
    pub expires_at: Timestamp,
}

/// Keeps a change in the place of the one before. One that waits still is no longer
/// waited for than [`LONGEST_CHANGE`] since it was first asked for.
pub async fn ask(tx: &mut Connection, new: &NewChange) -> Result<(), StoreError> {
    let longest = i64::try_from(LONGEST_CHANGE.as_micros()).unwrap_or(i64::MAX);
    sqlx::query(ASK)
        .bind(new.account_id.to_string())
        .bind(new.address_index.to_vec())
        .bind(new.address_sealed.clone())
        .bind(new.baseline.at.as_micros())
        .bind(i64::from(new.baseline.second_factors))
        .bind(new.expires_at.as_micros())
        .bind(longest)
        .execute(tx)
        .await?;
    Ok(())
}

/// The change of an account that waits, if one does.
pub async fn waiting(
    connection: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<Option<ChangeRow>, StoreError> {
    let row = sqlx::query(WAITING)
        .bind(account_id.to_string())
        .bind(now.as_micros())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(ChangeRow {
            address_sealed: row.try_get("address_sealed")?,
            asked_at: time(&row, "asked_at")?,
            expires_at: time(&row, "expires_at")?,
        })
    })
    .transpose()
}

/// Holds the change that was asked for then until the transaction ends; says
/// whether it is still what waits.
#[must_use = "another may have taken its place, or it may be over"]
pub async fn hold(
    tx: &mut Connection,
    account_id: AccountId,
    asked_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let held = sqlx::query(HOLD)
        .bind(account_id.to_string())
        .bind(asked_at.as_micros())
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(held.rows_affected() == 1)
}

/// Lets a change to an address wait until then, since that is how long the link holds
/// that is about to be mailed there.
pub async fn put_off(
    tx: &mut Connection,
    account_id: AccountId,
    address_index: [u8; 32],
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(PUT_OFF)
        .bind(expires_at.as_micros())
        .bind(account_id.to_string())
        .bind(address_index.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// What a link to another address finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Taken {
    /// It is what is asked for; and how the account stood when it was.
    Waited(Baseline),
    /// A version before kept nothing of it.
    Unknown,
    /// Another address is asked for by now, or none.
    Over,
}

/// What a link to that address would find that is about to be mailed.
pub async fn find(
    connection: &mut Connection,
    account_id: AccountId,
    address_index: [u8; 32],
) -> Result<Taken, StoreError> {
    let row = sqlx::query(FIND)
        .bind(account_id.to_string())
        .bind(address_index.to_vec())
        .fetch_optional(&mut *connection)
        .await?;
    found(connection, account_id, row).await
}

/// Ends what waits, since the link to that address is followed.
pub async fn take(
    tx: &mut Connection,
    account_id: AccountId,
    address_index: [u8; 32],
) -> Result<Taken, StoreError> {
    let row = sqlx::query(TAKE)
        .bind(account_id.to_string())
        .bind(address_index.to_vec())
        .fetch_optional(&mut *tx)
        .await?;
    found(tx, account_id, row).await
}

async fn found(
    connection: &mut Connection,
    account_id: AccountId,
    row: Option<AnyRow>,
) -> Result<Taken, StoreError> {
    Ok(match row {
        Some(row) => Taken::Waited(read_baseline(&row)?),
        None if is_known(connection, account_id).await? => Taken::Over,
        None => Taken::Unknown,
    })
}

fn read_baseline(row: &AnyRow) -> Result<Baseline, StoreError> {
    Ok(Baseline {
        at: time(row, "asked_at")?,
        second_factors: count(row, "second_factors")?,
    })
}

/// Keeps how an account stood before a change, for the link that undoes it, and
/// forgets that of changes which were asked for before `forget_before`, and of which no
/// such link holds at `now`.
pub async fn keep_undo(
    tx: &mut Connection,
    account_id: AccountId,
    link: [u8; 32],
    baseline: Baseline,
    (forget_before, now): (Timestamp, Timestamp),
) -> Result<(), StoreError> {
    sqlx::query(FORGET_UNDOS)
        .bind(account_id.to_string())
        .bind(forget_before.as_micros())
        .bind(now.as_micros())
        .execute(&mut *tx)
        .await?;
    sqlx::query(KEEP_UNDO)
        .bind(account_id.to_string())
        .bind(link.to_vec())
        .bind(baseline.at.as_micros())
        .bind(i64::from(baseline.second_factors))
        .execute(tx)
        .await?;
    Ok(())
}

/// How an account stood before the change that a link undoes; `None` when that was
/// not kept.
pub async fn baseline(
    connection: &mut Connection,
    account_id: AccountId,
    link: [u8; 32],
) -> Result<Option<Baseline>, StoreError> {
    let row = sqlx::query(BASELINE)
        .bind(account_id.to_string())
        .bind(link.to_vec())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read_baseline).transpose()
}

/// Versions before kept nothing of a change but its link, and may still run.
async fn is_known(tx: &mut Connection, account_id: AccountId) -> Result<bool, StoreError> {
    let row = sqlx::query(IS_KNOWN)
        .bind(account_id.to_string())
        .fetch_optional(tx)
        .await?;
    Ok(row.is_some())
}

/// Ends what waits for an account, and every link to it: from now on nobody changes
/// its address by one.
pub async fn end(
    tx: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    accounts::run(tx, END, account_id).await?;
    mail_links::spend_all(tx, account_id, LinkPurpose::Change, now).await
}

/// Forgets the addresses of those whose links are of no more use since then.
pub async fn forget_past(tx: &mut Connection, past: Timestamp) -> Result<(), StoreError> {
    sqlx::query(FORGET_PAST)
        .bind(past.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}
