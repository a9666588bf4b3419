//! Receipts, as signed.

use sqlx::Row as _;

use super::{Connection, StoreError};
use crate::domain::id::GrantId;
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO receipts (grant_id, seq, jws, created_at) VALUES ($1, $2, $3, $4)";
    OF_GRANT = "SELECT jws FROM receipts WHERE grant_id = $1 ORDER BY seq";
    NEWEST = "SELECT jws FROM receipts WHERE grant_id = $1 ORDER BY seq DESC LIMIT 1";
}

/// Keeps a receipt.
pub async fn insert(
    tx: &mut Connection,
    grant_id: GrantId,
    seq: u32,
    jws: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(grant_id.to_string())
        .bind(i64::from(seq))
        .bind(jws.to_owned())
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// The receipts of a grant, in the order of its chain.
pub async fn of_grant(
    connection: &mut Connection,
    grant_id: GrantId,
) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(OF_GRANT)
        .bind(grant_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| row.try_get(0).map_err(StoreError::from))
        .collect()
}

/// The newest receipt of a grant.
pub async fn newest(
    connection: &mut Connection,
    grant_id: GrantId,
) -> Result<Option<String>, StoreError> {
    let row = sqlx::query(NEWEST)
        .bind(grant_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| row.try_get(0))
        .transpose()
        .map_err(StoreError::from)
}
