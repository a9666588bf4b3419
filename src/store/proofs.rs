//! Proofs of possession that were shown: none is taken twice, on whichever
//! node (RFC 9449 §11.1).

use super::{Connection, StoreError};
use crate::domain::time::Timestamp;

statements! {
    TAKE = "INSERT INTO dpop_proofs (hash, expires_at) VALUES ($1, $2) \
              ON CONFLICT (hash) DO NOTHING";
    FORGET = "DELETE FROM dpop_proofs WHERE expires_at <= $1";
}

/// Takes a proof; says whether nobody took it before. `expires_at` is when
/// nobody would accept it any more.
#[must_use = "it may have been taken before"]
pub async fn take(
    tx: &mut Connection,
    hash: [u8; 32],
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // One in sixteen clears up. Chance decides which, so that nothing has to be
    // kept or agreed about.
    if hash[0] < 16 {
        sqlx::query(FORGET)
            .bind(now.as_micros())
            .execute(&mut *tx)
            .await?;
    }
    let done = sqlx::query(TAKE)
        .bind(hash.to_vec())
        .bind(expires_at.as_micros())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
