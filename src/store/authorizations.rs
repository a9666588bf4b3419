//! Authorization requests that wait for an answer, sealed for the browser that
//! made them.

use sqlx::Row as _;

use super::codec::{hash, parsed, time, to_json};
use super::{Connection, StoreError};
use crate::domain::authorization::{Answer, REQUEST_LIFETIME};
use crate::domain::id::RequestId;
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO authorization_requests (id, browser_hash, request_sealed, created_at) \
              VALUES ($1, $2, $3, $4)";
    FIND = "SELECT id, browser_hash, request_sealed, answer, created_at \
              FROM authorization_requests WHERE id = $1";
    ANSWER = "UPDATE authorization_requests SET answer = $1, answered_at = $2 \
              WHERE id = $3 AND answered_at IS NULL";
    FORGET = "DELETE FROM authorization_requests WHERE created_at < $1";
}

/// A request as stored.
#[derive(Clone, Debug)]
pub struct StoredRequest {
    /// Which.
    pub id: RequestId,
    /// SHA-256 of the cookie of the browser that it was made in.
    pub browser_hash: [u8; 32],
    /// The request under that cookie.
    pub request_sealed: Vec<u8>,
    /// When it was made.
    pub created_at: Timestamp,
    /// How it was answered, if it was.
    pub answer: Option<Answer>,
}

/// Keeps a request, and drops those that it is too late to answer.
pub async fn insert(tx: &mut Connection, stored: &StoredRequest) -> Result<(), StoreError> {
    let stale = stored.created_at.minus(REQUEST_LIFETIME);
    sqlx::query(FORGET)
        .bind(stale.as_micros())
        .execute(&mut *tx)
        .await?;
    sqlx::query(INSERT)
        .bind(stored.id.to_string())
        .bind(stored.browser_hash.to_vec())
        .bind(stored.request_sealed.clone())
        .bind(stored.created_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// One request.
pub async fn find(
    connection: &mut Connection,
    id: RequestId,
) -> Result<Option<StoredRequest>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        let answer: Option<String> = row.try_get("answer")?;
        Ok(StoredRequest {
            id: parsed(&row, "id")?,
            browser_hash: hash(&row, "browser_hash")?,
            request_sealed: row.try_get("request_sealed")?,
            created_at: time(&row, "created_at")?,
            answer: answer
                .map(|answer| {
                    serde_json::from_str(&answer).map_err(|_| StoreError::Corrupt("answer"))
                })
                .transpose()?,
        })
    })
    .transpose()
}

/// Answers a request that has no answer yet; says whether it had none.
#[must_use = "somebody else may have answered it"]
pub async fn answer(
    tx: &mut Connection,
    id: RequestId,
    answer: &Answer,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(ANSWER)
        .bind(to_json(answer)?)
        .bind(now.as_micros())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
