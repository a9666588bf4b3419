//! Signing keys, sealed under the master key. Retired ones stay, since what
//! they signed stays.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{optional_time, time};
use super::{Connection, StoreError};
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO signing_keys \
              (kid, key_use, alg, public_jwk, private_wrapped, created_at, active_from) \
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    ALL = "SELECT kid, key_use, alg, public_jwk, private_wrapped, created_at, active_from, retired_at \
           FROM signing_keys ORDER BY active_from, kid";
    RETIRE = "UPDATE signing_keys SET retired_at = $1 WHERE kid = $2 AND retired_at IS NULL";
}

/// A signing key as stored.
#[derive(Clone, Debug)]
pub struct SigningKeyRow {
    /// RFC 7638 thumbprint.
    pub kid: String,
    /// What it signs: `id_token` or `receipt`.
    pub key_use: String,
    /// JWS algorithm.
    pub alg: String,
    /// What is published.
    pub public_jwk: String,
    /// The private key under the master key.
    pub private_wrapped: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when it signs; it is published before.
    pub active_from: Timestamp,
    /// When it stopped signing.
    pub retired_at: Option<Timestamp>,
}

/// Keeps a new key.
pub async fn insert(tx: &mut Connection, key: &SigningKeyRow) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(key.kid.clone())
        .bind(key.key_use.clone())
        .bind(key.alg.clone())
        .bind(key.public_jwk.clone())
        .bind(key.private_wrapped.clone())
        .bind(key.created_at.as_micros())
        .bind(key.active_from.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Every key, the oldest first.
pub async fn all(connection: &mut Connection) -> Result<Vec<SigningKeyRow>, StoreError> {
    let rows = sqlx::query(ALL).fetch_all(connection).await?;
    rows.iter().map(from_row).collect()
}

/// Stops a key from signing; it stays published.
pub async fn retire(tx: &mut Connection, kid: &str, at: Timestamp) -> Result<(), StoreError> {
    sqlx::query(RETIRE)
        .bind(at.as_micros())
        .bind(kid.to_owned())
        .execute(tx)
        .await?;
    Ok(())
}

fn from_row(row: &AnyRow) -> Result<SigningKeyRow, StoreError> {
    Ok(SigningKeyRow {
        kid: row.try_get("kid")?,
        key_use: row.try_get("key_use")?,
        alg: row.try_get("alg")?,
        public_jwk: row.try_get("public_jwk")?,
        private_wrapped: row.try_get("private_wrapped")?,
        created_at: time(row, "created_at")?,
        active_from: time(row, "active_from")?,
        retired_at: optional_time(row, "retired_at")?,
    })
}
