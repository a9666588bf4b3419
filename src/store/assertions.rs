//! Assertions with which clients authenticated: each counts once.

use super::{Connection, StoreError};
use crate::domain::id::ClientId;
use crate::domain::time::Timestamp;

statements! {
    FORGET = "DELETE FROM client_assertions WHERE expires_at < $1";
    USE = "INSERT INTO client_assertions (client_id, jti_hash, expires_at) VALUES ($1, $2, $3) \
              ON CONFLICT (client_id, jti_hash) DO NOTHING";
}

/// Uses up an assertion of a client, and drops those that have expired. Says
/// whether it was new: of many at once on any nodes, one is.
#[must_use = "the assertion may have been used before"]
pub async fn use_up(
    tx: &mut Connection,
    client_id: &ClientId,
    jti_hash: [u8; 32],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    sqlx::query(FORGET)
        .bind(now.as_micros())
        .execute(&mut *tx)
        .await?;
    let used = sqlx::query(USE)
        .bind(client_id.to_string())
        .bind(jti_hash.to_vec())
        .bind(expires_at.as_micros())
        .execute(tx)
        .await?;
    Ok(used.rows_affected() == 1)
}
