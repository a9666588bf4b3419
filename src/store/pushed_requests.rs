//! Authorization requests that clients pushed, each sealed under the
//! `request_uri` that names it, of which there is only the hash here.

use sqlx::Row as _;

use super::codec::{parsed, time};
use super::{Connection, StoreError};
use crate::domain::authorization::REQUEST_LIFETIME;
use crate::domain::id::{ClientId, RequestId};
use crate::domain::time::Timestamp;

statements! {
    FORGET = "DELETE FROM pushed_requests WHERE expires_at < $1";
    INSERT = "INSERT INTO pushed_requests (hash, client_id, request_sealed, expires_at) \
              VALUES ($1, $2, $3, $4)";
    FIND = "SELECT client_id, request_sealed, expires_at, used_by FROM pushed_requests \
              WHERE hash = $1";
    USE_UP = "UPDATE pushed_requests SET used_by = $1 \
              WHERE hash = $2 AND (used_by IS NULL OR used_by = $1)";
}

/// A pushed request as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushedRow {
    /// Who pushed it.
    pub client_id: ClientId,
    /// The request under its `request_uri`.
    pub request_sealed: Vec<u8>,
    /// Until when it may be used.
    pub expires_at: Timestamp,
    /// Whether it was answered.
    pub is_used: bool,
}

/// Keeps a pushed request, and drops those whose authorization is over in any
/// case.
pub async fn insert(
    tx: &mut Connection,
    hash: [u8; 32],
    pushed: &PushedRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(FORGET)
        .bind(now.minus(REQUEST_LIFETIME).as_micros())
        .execute(&mut *tx)
        .await?;
    sqlx::query(INSERT)
        .bind(hash.to_vec())
        .bind(pushed.client_id.to_string())
        .bind(pushed.request_sealed.clone())
        .bind(pushed.expires_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// One pushed request.
pub async fn find(
    connection: &mut Connection,
    hash: [u8; 32],
) -> Result<Option<PushedRow>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(hash.to_vec())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        let used_by: Option<String> = row.try_get("used_by")?;
        Ok(PushedRow {
            client_id: parsed(&row, "client_id")?,
            request_sealed: row.try_get("request_sealed")?,
            expires_at: time(&row, "expires_at")?,
            is_used: used_by.is_some(),
        })
    })
    .transpose()
}

/// Uses up a pushed request for one authorization, which may do so again (a
/// double click); says whether no other did.
#[must_use = "another authorization may have used it up"]
pub async fn use_up(
    tx: &mut Connection,
    hash: [u8; 32],
    by: RequestId,
) -> Result<bool, StoreError> {
    let used = sqlx::query(USE_UP)
        .bind(by.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(used.rows_affected() == 1)
}
