//! Changes of address that wait for somebody to follow the link to them. Of each
//! account, the newest that was asked for stands.

use sqlx::Row as _;

use super::codec::time;
use super::{Connection, StoreError, mail_links};
use crate::domain::account::LinkPurpose;
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    /// In the place of the one before. Who asks for the same address once more, while
    /// that waits, asks for no other change.
    ASK = "INSERT INTO address_changes \
              (account_id, address_index, address_sealed, asked_at, expires_at) \
              VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id) DO UPDATE SET \
              asked_at = CASE WHEN address_changes.address_index = excluded.address_index \
              AND address_changes.expires_at > excluded.asked_at \
              THEN address_changes.asked_at ELSE excluded.asked_at END, \
              address_index = excluded.address_index, \
              address_sealed = excluded.address_sealed, expires_at = excluded.expires_at";
    WAITING = "SELECT address_sealed, asked_at, expires_at FROM address_changes \
              WHERE account_id = $1 AND address_sealed IS NOT NULL AND expires_at > $2";
    HOLD = "UPDATE address_changes SET expires_at = expires_at WHERE account_id = $1 \
              AND asked_at = $2 AND address_sealed IS NOT NULL AND expires_at > $3";
    PUT_OFF = "UPDATE address_changes SET expires_at = $1 \
              WHERE account_id = $2 AND address_index = $3";
    IS_KNOWN = "SELECT asked_at FROM address_changes WHERE account_id = $1";
    TAKE = "UPDATE address_changes SET address_index = NULL, address_sealed = NULL \
              WHERE account_id = $1 AND address_index = $2";
    END = "UPDATE address_changes SET address_index = NULL, address_sealed = NULL \
              WHERE account_id = $1 AND address_sealed IS NOT NULL";
    FORGET_PAST = "UPDATE address_changes SET address_index = NULL, address_sealed = NULL \
              WHERE address_sealed IS NOT NULL AND expires_at <= $1";
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
    /// When.
    pub asked_at: Timestamp,
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

/// Keeps a change in the place of the one before.
pub async fn ask(tx: &mut Connection, new: &NewChange) -> Result<(), StoreError> {
    sqlx::query(ASK)
        .bind(new.account_id.to_string())
        .bind(new.address_index.to_vec())
        .bind(new.address_sealed.clone())
        .bind(new.asked_at.as_micros())
        .bind(new.expires_at.as_micros())
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

/// Lets the time of a change to an address count from now, since a link is about to
/// be mailed there; says whether that still is what is asked for.
#[must_use = "nobody may want the link any more"]
pub async fn put_off(
    tx: &mut Connection,
    account_id: AccountId,
    address_index: [u8; 32],
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(PUT_OFF)
        .bind(expires_at.as_micros())
        .bind(account_id.to_string())
        .bind(address_index.to_vec())
        .execute(&mut *tx)
        .await?;
    Ok(done.rows_affected() == 1 || !is_known(tx, account_id).await?)
}

/// Ends what waits, since the link to that address is followed; says whether it did
/// wait.
#[must_use = "another may have taken its place, or it may be over"]
pub async fn take(
    tx: &mut Connection,
    account_id: AccountId,
    address_index: [u8; 32],
) -> Result<bool, StoreError> {
    let done = sqlx::query(TAKE)
        .bind(account_id.to_string())
        .bind(address_index.to_vec())
        .execute(&mut *tx)
        .await?;
    Ok(done.rows_affected() == 1 || !is_known(tx, account_id).await?)
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
    sqlx::query(END)
        .bind(account_id.to_string())
        .execute(&mut *tx)
        .await?;
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
