//! The outbox: what others are to be told, until they have heard it.
//!
//! A message is kept in the transaction of the act that it tells of, so that
//! neither is there without the other. A node takes up what is due with a
//! lease, which is nothing but a later `due_at`: what a node that is lost had
//! taken up is due again by itself. The number of attempts tells holders of a
//! lease apart. Delivered messages are gone.
//!
//! What is told by a stream that is held (`streams`) is never due: it waits in
//! its place until the stream goes on, or until it is fetched (`polls`).

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, optional_time, parsed, time, to_json};
use super::{Connection, StoreError};
use crate::domain::id::MessageId;
use crate::domain::message::{LONGEST_DELAY, Message, NewMessage, Receiver};
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO outbox (id, receiver, lane, seq, kind, body, created_at, due_at, \
              attempts, expires_at) \
              SELECT $1, $2, $3, COALESCE(MAX(o.seq), 0) + 1, $4, $5, $6, $7, 0, $8 \
              FROM outbox o WHERE o.receiver = $2 AND o.lane = $3";
    /// Walks from receiver to receiver, and not from message to message: how
    /// much waits for one that is dead does not matter to the others. Those
    /// that answer come first.
    DUE_RECEIVERS = "WITH RECURSIVE named (receiver) AS (\
              SELECT MIN(o.receiver) FROM outbox o WHERE o.given_up_at IS NULL \
              UNION ALL \
              SELECT (SELECT MIN(o.receiver) FROM outbox o \
              WHERE o.given_up_at IS NULL AND o.receiver > n.receiver) \
              FROM named n WHERE n.receiver IS NOT NULL) \
              SELECT n.receiver, COALESCE(r.failures, 0) AS failures FROM named n \
              LEFT JOIN outbox_resting r ON r.receiver = n.receiver \
              WHERE n.receiver IS NOT NULL AND (COALESCE(r.rests_until, 0) <= $1 OR r.rests_until > $2) \
              AND NOT EXISTS (SELECT 1 FROM streams h \
              WHERE h.receiver = n.receiver AND h.held_since IS NOT NULL) \
              AND EXISTS (SELECT 1 FROM outbox o WHERE o.receiver = n.receiver \
              AND o.given_up_at IS NULL AND o.due_at <= $1 AND NOT EXISTS (\
              SELECT 1 FROM outbox e WHERE e.receiver = o.receiver AND e.lane = o.lane \
              AND e.given_up_at IS NULL \
              AND (e.seq < o.seq OR (e.seq = o.seq AND e.id < o.id)))) \
              ORDER BY COALESCE(r.failures, 0), n.receiver LIMIT $3";
    /// What is due later than anything is ever put off.
    RECALL = "WITH RECURSIVE named (receiver) AS (\
              SELECT MIN(o.receiver) FROM outbox o WHERE o.given_up_at IS NULL \
              UNION ALL \
              SELECT (SELECT MIN(o.receiver) FROM outbox o \
              WHERE o.given_up_at IS NULL AND o.receiver > n.receiver) \
              FROM named n WHERE n.receiver IS NOT NULL) \
              UPDATE outbox SET due_at = $1 WHERE id IN (\
              SELECT m.id FROM named n JOIN outbox m ON m.receiver = n.receiver \
              WHERE m.given_up_at IS NULL AND m.due_at > $2 LIMIT $3)";
    /// Takes up what is due, of each lane the first. The guard stands outside
    /// as well: without that, PostgreSQL gives one message to several takers.
    CLAIM = "UPDATE outbox SET due_at = $1, attempts = attempts + 1 WHERE id IN (\
              SELECT m.id FROM outbox m WHERE m.receiver = $2 AND m.given_up_at IS NULL \
              AND m.due_at <= $3 AND m.expires_at > $3 AND NOT EXISTS (SELECT 1 FROM streams h \
              WHERE h.receiver = $2 AND h.held_since IS NOT NULL) AND NOT EXISTS (\
              SELECT 1 FROM outbox e WHERE e.receiver = m.receiver AND e.lane = m.lane \
              AND e.given_up_at IS NULL \
              AND (e.seq < m.seq OR (e.seq = m.seq AND e.id < m.id))) \
              ORDER BY m.due_at LIMIT $4) \
              AND given_up_at IS NULL AND due_at <= $3 \
              RETURNING id, receiver, kind, body, created_at, attempts";
    DELIVERED = "DELETE FROM outbox WHERE id = $1 AND attempts = $2 AND given_up_at IS NULL";
    PUT_OFF = "UPDATE outbox SET due_at = $1, fault = $2 \
              WHERE id = $3 AND attempts = $4 AND given_up_at IS NULL";
    GIVE_UP = "UPDATE outbox SET given_up_at = $1, fault = $2 \
              WHERE id = $3 AND attempts = $4 AND given_up_at IS NULL";
    /// Of what goes to an address of which it is not known whose it is, or any
    /// more, nothing is kept for the operator to see: it has a lane by itself.
    DROP = "DELETE FROM outbox WHERE id = $1 AND attempts = $2 \
              AND kind = 'letter' AND lane = id AND given_up_at IS NULL";
    DROP_EXPIRED = "DELETE FROM outbox WHERE id IN (\
              SELECT m.id FROM outbox m WHERE m.receiver = $2 AND m.given_up_at IS NULL \
              AND m.expires_at <= $1 AND m.due_at <= $1 AND m.kind = 'letter' \
              AND m.lane = m.id LIMIT $3) \
              AND given_up_at IS NULL AND due_at <= $1";
    /// What has waited too long, and nobody is just delivering.
    EXPIRE = "UPDATE outbox SET given_up_at = $1 WHERE id IN (\
              SELECT m.id FROM outbox m WHERE m.receiver = $2 AND m.given_up_at IS NULL \
              AND m.expires_at <= $1 AND m.due_at <= $1 LIMIT $3) \
              AND given_up_at IS NULL AND due_at <= $1";
    REST = "INSERT INTO outbox_resting (receiver, failures, rests_until) VALUES ($1, $2, $3) \
              ON CONFLICT (receiver) DO UPDATE SET failures = excluded.failures, \
              rests_until = excluded.rests_until";
    AWAKE = "DELETE FROM outbox_resting WHERE receiver = $1";
    FORGET = "DELETE FROM outbox WHERE id IN (SELECT m.id FROM outbox m \
              WHERE m.given_up_at <= $1 LIMIT $2)";
    WAITS = "SELECT id FROM outbox WHERE id = $1 AND given_up_at IS NULL";
    TALLIES = "SELECT o.receiver, \
              SUM(CASE WHEN o.given_up_at IS NULL THEN 1 ELSE 0 END) AS waiting, \
              SUM(CASE WHEN o.given_up_at IS NULL THEN 0 ELSE 1 END) AS given_up, \
              MIN(CASE WHEN o.given_up_at IS NULL THEN o.created_at END) AS oldest, \
              MAX(o.fault) AS fault FROM outbox o GROUP BY o.receiver ORDER BY o.receiver";
}

/// A receiver for whom something is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueReceiver {
    /// Who.
    pub receiver: Receiver,
    /// How often in a row it has failed.
    pub failures: u32,
}

/// A message that this node has taken up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The same over all attempts.
    pub id: MessageId,
    /// Who is told.
    pub receiver: Receiver,
    /// The word for its kind.
    pub kind: String,
    /// What is told; `None` when only a newer version knows this kind.
    pub message: Option<Message>,
    /// When what it tells of happened.
    pub created_at: Timestamp,
    /// How often it has been taken up, this time included.
    pub attempts: u32,
}

/// What waits for a receiver, for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Who.
    pub receiver: Receiver,
    /// How many messages wait.
    pub waiting: u32,
    /// Since when the oldest of them does.
    pub oldest: Option<Timestamp>,
    /// How many were given up.
    pub given_up: u32,
    /// What went wrong with one of them.
    pub fault: Option<String>,
}

/// Keeps a message, due at once.
pub async fn insert(tx: &mut Connection, new: &NewMessage) -> Result<(), StoreError> {
    let (message, now) = (&new.message, new.created_at);
    sqlx::query(INSERT)
        .bind(new.id.to_string())
        .bind(message.receiver().as_str().to_owned())
        .bind(new.lane())
        .bind(message.kind())
        .bind(to_json(message)?)
        .bind(now.as_micros())
        .bind(now.as_micros())
        .bind(now.plus(message.lasts()).as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Nothing is put off for longer, and nobody left alone for longer. Who is, was
/// by a clock that has gone back since.
fn farthest(now: Timestamp) -> i64 {
    now.plus(LONGEST_DELAY.saturating_mul(2)).as_micros()
}

/// Makes due what is put off beyond anything: its due time was set by a clock
/// that has gone back since. Says how many messages that were.
pub async fn recall(tx: &mut Connection, now: Timestamp, most: u32) -> Result<u64, StoreError> {
    let done = sqlx::query(RECALL)
        .bind(now.as_micros())
        .bind(farthest(now))
        .bind(i64::from(most))
        .execute(tx)
        .await?;
    Ok(done.rows_affected())
}

/// Receivers for whom something is due and who are neither left alone nor held.
pub async fn due_receivers(
    connection: &mut Connection,
    now: Timestamp,
    most: u32,
) -> Result<Vec<DueReceiver>, StoreError> {
    let rows = sqlx::query(DUE_RECEIVERS)
        .bind(now.as_micros())
        .bind(farthest(now))
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(DueReceiver {
                receiver: Receiver::from_stored(row.try_get("receiver")?),
                failures: count(row, "failures")?,
            })
        })
        .collect()
}

/// Takes up what is due for a receiver, unless it is held, until `lease`: then others may.
pub async fn claim(
    tx: &mut Connection,
    receiver: &Receiver,
    now: Timestamp,
    lease: Timestamp,
    most: u32,
) -> Result<Vec<Claimed>, StoreError> {
    let rows = sqlx::query(CLAIM)
        .bind(lease.as_micros())
        .bind(receiver.as_str().to_owned())
        .bind(now.as_micros())
        .bind(i64::from(most))
        .fetch_all(tx)
        .await?;
    rows.iter().map(claimed).collect()
}

fn claimed(row: &AnyRow) -> Result<Claimed, StoreError> {
    let body: &str = row.try_get("body")?;
    Ok(Claimed {
        id: parsed(row, "id")?,
        receiver: Receiver::from_stored(row.try_get("receiver")?),
        kind: row.try_get("kind")?,
        message: serde_json::from_str(body).ok(),
        created_at: time(row, "created_at")?,
        attempts: count(row, "attempts")?,
    })
}

/// Drops a message that was heard. One that another node has taken up
/// meanwhile is left to that.
pub async fn delivered(tx: &mut Connection, done: &Claimed) -> Result<(), StoreError> {
    sqlx::query(DELIVERED)
        .bind(done.id.to_string())
        .bind(i64::from(done.attempts))
        .execute(tx)
        .await?;
    Ok(())
}

/// Tries a message again later.
pub async fn put_off(
    tx: &mut Connection,
    failed: &Claimed,
    due_at: Timestamp,
    fault: &str,
) -> Result<(), StoreError> {
    sqlx::query(PUT_OFF)
        .bind(due_at.as_micros())
        .bind(fault.to_owned())
        .bind(failed.id.to_string())
        .bind(i64::from(failed.attempts))
        .execute(tx)
        .await?;
    Ok(())
}

/// Never tries a message again. It stays a while, for the operator to see, unless
/// it goes to an address that may be nobody's.
pub async fn give_up(
    tx: &mut Connection,
    refused: &Claimed,
    now: Timestamp,
    fault: &str,
) -> Result<(), StoreError> {
    let dropped = sqlx::query(DROP)
        .bind(refused.id.to_string())
        .bind(i64::from(refused.attempts))
        .execute(&mut *tx)
        .await?;
    if dropped.rows_affected() > 0 {
        return Ok(());
    }
    sqlx::query(GIVE_UP)
        .bind(now.as_micros())
        .bind(fault.to_owned())
        .bind(refused.id.to_string())
        .bind(i64::from(refused.attempts))
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives up messages to a receiver that nobody needs any more; says how many.
pub async fn expire(
    tx: &mut Connection,
    receiver: &Receiver,
    now: Timestamp,
    most: u32,
) -> Result<u64, StoreError> {
    let mut given_up = 0;
    for statement in [DROP_EXPIRED, EXPIRE] {
        let done = sqlx::query(statement)
            .bind(now.as_micros())
            .bind(receiver.as_str().to_owned())
            .bind(i64::from(most))
            .execute(&mut *tx)
            .await?;
        given_up += done.rows_affected();
    }
    Ok(given_up)
}

/// Leaves a receiver alone for a while, which has failed this often in a row.
pub async fn rest(
    tx: &mut Connection,
    receiver: &Receiver,
    failures: u32,
    until: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(REST)
        .bind(receiver.as_str().to_owned())
        .bind(i64::from(failures))
        .bind(until.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes note that a receiver answers again.
pub async fn awake(tx: &mut Connection, receiver: &Receiver) -> Result<(), StoreError> {
    sqlx::query(AWAKE)
        .bind(receiver.as_str().to_owned())
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets messages that were given up before then; says how many.
pub async fn forget(tx: &mut Connection, before: Timestamp, most: u32) -> Result<u64, StoreError> {
    let done = sqlx::query(FORGET)
        .bind(before.as_micros())
        .bind(i64::from(most))
        .execute(tx)
        .await?;
    Ok(done.rows_affected())
}

/// Whether a message is still to be told.
pub async fn waits(connection: &mut Connection, id: MessageId) -> Result<bool, StoreError> {
    let waits = sqlx::query(WAITS).bind(id.to_string());
    Ok(waits.fetch_optional(connection).await?.is_some())
}

/// What waits and what was given up, for each receiver.
pub async fn tallies(connection: &mut Connection) -> Result<Vec<Tally>, StoreError> {
    let rows = sqlx::query(TALLIES).fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            Ok(Tally {
                receiver: Receiver::from_stored(row.try_get("receiver")?),
                waiting: count(row, "waiting")?,
                oldest: optional_time(row, "oldest")?,
                given_up: count(row, "given_up")?,
                fault: row.try_get("fault")?,
            })
        })
        .collect()
}
