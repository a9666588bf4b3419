//! Messages that a receiver fetches, or that wait for one that is held: the
//! same rows of the outbox, in the same order, that nobody pushes.

use sqlx::Row as _;

use super::codec::{parsed, time};
use super::{Connection, StoreError};
use crate::domain::id::MessageId;
use crate::domain::message::{Message, Receiver};
use crate::domain::signal::STREAM_LANE;
use crate::domain::time::Timestamp;

statements! {
    /// Of each lane the first: what follows is there once that is acknowledged.
    WAITING = "SELECT m.id, m.body, m.created_at FROM outbox m WHERE m.receiver = $1 \
              AND m.given_up_at IS NULL AND m.expires_at > $2 AND NOT EXISTS (\
              SELECT 1 FROM outbox e WHERE e.receiver = m.receiver AND e.lane = m.lane \
              AND e.given_up_at IS NULL AND e.expires_at > $2 \
              AND (e.seq < m.seq OR (e.seq = m.seq AND e.id < m.id))) \
              ORDER BY m.due_at, m.id LIMIT $3";
    MORE = "SELECT m.id FROM outbox m WHERE m.receiver = $1 AND m.given_up_at IS NULL \
              AND m.expires_at > $2 LIMIT 1 OFFSET $3";
    ACKNOWLEDGE = "DELETE FROM outbox WHERE id = $1 AND receiver = $2 AND given_up_at IS NULL \
              RETURNING body";
    REFUSE = "UPDATE outbox SET given_up_at = $1, fault = $2 \
              WHERE id = $3 AND receiver = $4 AND given_up_at IS NULL";
    EXPIRED = "SELECT m.expires_at FROM outbox m WHERE m.receiver = $1 \
              AND m.given_up_at IS NULL ORDER BY m.due_at LIMIT 1";
    DROP = "DELETE FROM outbox WHERE id IN (SELECT m.id FROM outbox m WHERE m.receiver = $1 \
              AND m.given_up_at IS NULL AND m.created_at <= $2 AND m.lane <> $3 LIMIT $4)";
}

/// A message that waits to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The same however often it is fetched.
    pub id: MessageId,
    /// What is told; `None` when only a newer version knows this kind.
    pub message: Option<Message>,
    /// When what it tells of happened.
    pub created_at: Timestamp,
}

/// What waits for a receiver: the oldest, of each lane the first.
pub async fn waiting(
    connection: &mut Connection,
    receiver: &Receiver,
    now: Timestamp,
    most: u32,
) -> Result<Vec<Waiting>, StoreError> {
    let rows = sqlx::query(WAITING)
        .bind(receiver.as_str().to_owned())
        .bind(now.as_micros())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let body: &str = row.try_get("body")?;
            Ok(Waiting {
                id: parsed(row, "id")?,
                message: serde_json::from_str(body).ok(),
                created_at: time(row, "created_at")?,
            })
        })
        .collect()
}

/// Whether more than `than` messages wait for a receiver, of all lanes.
pub async fn more(
    connection: &mut Connection,
    receiver: &Receiver,
    now: Timestamp,
    than: u32,
) -> Result<bool, StoreError> {
    let row = sqlx::query(MORE)
        .bind(receiver.as_str().to_owned())
        .bind(now.as_micros())
        .bind(i64::from(than))
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// Drops a message that its receiver has, and says what it was. One of somebody
/// else stays.
pub async fn acknowledge(
    tx: &mut Connection,
    receiver: &Receiver,
    id: MessageId,
) -> Result<Option<Message>, StoreError> {
    let row = sqlx::query(ACKNOWLEDGE)
        .bind(id.to_string())
        .bind(receiver.as_str().to_owned())
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let body: &str = row.try_get("body")?;
    Ok(serde_json::from_str(body).ok())
}

/// Gives up a message that its receiver will not have.
pub async fn refuse(
    tx: &mut Connection,
    receiver: &Receiver,
    id: MessageId,
    now: Timestamp,
    fault: &str,
) -> Result<(), StoreError> {
    sqlx::query(REFUSE)
        .bind(now.as_micros())
        .bind(fault.to_owned())
        .bind(id.to_string())
        .bind(receiver.as_str().to_owned())
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether the oldest message to a receiver is of no use any more.
pub async fn has_expired(
    connection: &mut Connection,
    receiver: &Receiver,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = sqlx::query(EXPIRED)
        .bind(receiver.as_str().to_owned())
        .fetch_optional(connection)
        .await?;
    match row {
        None => Ok(false),
        Some(row) => Ok(time(&row, "expires_at")? <= now),
    }
}

/// Drops some of what waited for a receiver by then, but for what its stream
/// says of itself; says how many.
pub async fn drop_some(
    tx: &mut Connection,
    receiver: &Receiver,
    until: Timestamp,
    most: u32,
) -> Result<u64, StoreError> {
    let done = sqlx::query(DROP)
        .bind(receiver.as_str().to_owned())
        .bind(until.as_micros())
        .bind(STREAM_LANE)
        .bind(i64::from(most))
        .execute(tx)
        .await?;
    Ok(done.rows_affected())
}
