//! Devices that wait for someone to sign in elsewhere: of their codes the
//! hashes alone.

use std::time::Duration;

use sqlx::any::AnyRow;

use super::codec::{count, hash, json, optional, optional_time, parsed, time, to_json};
use super::{Connection, StoreError};
use crate::domain::authorization::AuthorizationRequest;
use crate::domain::id::{ClientId, GrantId};
use crate::domain::time::Timestamp;

/// How long a device is told that its code has expired, before it is told
/// that there is no such code.
const REMEMBERED: Duration = Duration::from_hours(1);

/// The columns, in every SELECT.
macro_rules! columns {
    () => {
        "hash, client_id, request, expires_at, interval_seconds, polled_at, answered_at, grant_id"
    };
}

statements! {
    FORGET = "DELETE FROM device_codes WHERE expires_at < $1";
    INSERT = "INSERT INTO device_codes \
              (hash, user_code_index, client_id, request, expires_at, interval_seconds) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    BY_HASH = concat!("SELECT ", columns!(), " FROM device_codes WHERE hash = $1");
    BY_USER_CODE = concat!("SELECT ", columns!(), " FROM device_codes \
              WHERE user_code_index = $1");
    POLL = "UPDATE device_codes SET polled_at = $1, interval_seconds = $2 \
              WHERE hash = $3 AND answered_at IS NULL";
    /// Of any number of answers that come in time, one counts.
    ANSWER = "UPDATE device_codes SET answered_at = $1, grant_id = $2 \
              WHERE hash = $3 AND answered_at IS NULL AND expires_at > $1";
}

/// A device that waits, as stored.
#[derive(Clone, Debug)]
pub struct DeviceRow {
    /// SHA-256 of its code.
    pub hash: [u8; 32],
    /// Whose it is.
    pub client_id: ClientId,
    /// What it asks for.
    pub request: AuthorizationRequest,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
    /// How long it has to wait between two questions.
    pub interval: Duration,
    /// When it asked last.
    pub polled_at: Option<Timestamp>,
    /// When somebody answered.
    pub answered_at: Option<Timestamp>,
    /// What came of that; nothing, when the answer was no.
    pub grant_id: Option<GrantId>,
}

/// Keeps a device that waits, and drops those that waited in vain.
/// [`StoreError::Duplicate`] when another shows the same code to people.
pub async fn insert(
    tx: &mut Connection,
    device: &DeviceRow,
    user_code_index: [u8; 32],
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(FORGET)
        .bind(now.minus(REMEMBERED).as_micros())
        .execute(&mut *tx)
        .await?;
    sqlx::query(INSERT)
        .bind(device.hash.to_vec())
        .bind(user_code_index.to_vec())
        .bind(device.client_id.to_string())
        .bind(to_json(&device.request)?)
        .bind(device.expires_at.as_micros())
        .bind(i64::try_from(device.interval.as_secs()).unwrap_or(i64::MAX))
        .execute(tx)
        .await?;
    Ok(())
}

/// The device of this code.
pub async fn by_hash(
    connection: &mut Connection,
    hash: [u8; 32],
) -> Result<Option<DeviceRow>, StoreError> {
    find(connection, BY_HASH, hash).await
}

/// The device that shows this code to people.
pub async fn by_user_code(
    connection: &mut Connection,
    index: [u8; 32],
) -> Result<Option<DeviceRow>, StoreError> {
    find(connection, BY_USER_CODE, index).await
}

async fn find(
    connection: &mut Connection,
    statement: &'static str,
    key: [u8; 32],
) -> Result<Option<DeviceRow>, StoreError> {
    let row = sqlx::query(statement)
        .bind(key.to_vec())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &AnyRow) -> Result<DeviceRow, StoreError> {
    Ok(DeviceRow {
        hash: hash(row, "hash")?,
        client_id: parsed(row, "client_id")?,
        request: json(row, "request")?,
        expires_at: time(row, "expires_at")?,
        interval: Duration::from_secs(count(row, "interval_seconds")?.into()),
        polled_at: optional_time(row, "polled_at")?,
        answered_at: optional_time(row, "answered_at")?,
        grant_id: optional(row, "grant_id")?,
    })
}

/// Writes down that a device asked, and how long it has to wait now.
pub async fn poll(
    tx: &mut Connection,
    hash: [u8; 32],
    interval: Duration,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(POLL)
        .bind(now.as_micros())
        .bind(i64::try_from(interval.as_secs()).unwrap_or(i64::MAX))
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// Answers a device that nobody answered yet, if it is not too late; says
/// whether it was so.
#[must_use = "somebody else may have answered, or it may be too late"]
pub async fn answer(
    tx: &mut Connection,
    hash: [u8; 32],
    grant_id: Option<GrantId>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(ANSWER)
        .bind(now.as_micros())
        .bind(grant_id.map(|id| id.to_string()))
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
