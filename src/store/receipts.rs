//! Receipts, as signed.

use sqlx::Row as _;

use super::{Connection, StoreError};
use crate::domain::id::{AccountId, GrantId};
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO receipts (grant_id, seq, jws, created_at) VALUES ($1, $2, $3, $4)";
    OF_GRANT = "SELECT jws FROM receipts WHERE grant_id = $1 ORDER BY seq";
    /// LENGTH counts characters, which are bytes in a compact JWS.
    WEIGHT = "SELECT COUNT(DISTINCT g.id) AS grants, COUNT(*) AS receipts, \
              CAST(COALESCE(SUM(LENGTH(r.jws)), 0) AS BIGINT) AS bytes \
              FROM grants g JOIN receipts r ON r.grant_id = g.id WHERE g.account_id = $1";
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

/// How much there is of an account's receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// Of how many agreements. Each has one.
    pub grants: usize,
    /// How many.
    pub receipts: usize,
    /// Of how many bytes.
    pub bytes: usize,
}

/// How much there is of an account's receipts.
pub async fn weight(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Weight, StoreError> {
    let row = sqlx::query(WEIGHT)
        .bind(account_id.to_string())
        .fetch_one(connection)
        .await?;
    let count = |name| {
        let count: i64 = row.try_get(name)?;
        Ok::<_, StoreError>(usize::try_from(count).unwrap_or(usize::MAX))
    };
    Ok(Weight {
        grants: count("grants")?,
        receipts: count("receipts")?,
        bytes: count("bytes")?,
    })
}
