//! Streams of events: how each client that wants to hears what happens.

use enumset::EnumSet;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, parsed, time, to_json};
use super::{Connection, StoreError};
use crate::domain::client::FetchUri;
use crate::domain::id::{ClientId, StreamId};
use crate::domain::signal::EventType;
use crate::domain::stream::{Delivery, EventUri, Note, Status, Stream, delivered};
use crate::domain::subject::Subject;
use crate::domain::time::Timestamp;

/// The columns of a stream.
macro_rules! stream_columns {
    () => {
        "s.id, s.client_id, s.status, s.reason, s.events_requested, s.description, \
         s.push_endpoint, s.authorization_sealed, s.revision, s.created_at, s.active_at"
    };
}

statements! {
    INSERT = "INSERT INTO streams (id, client_id, receiver, status, reason, events_requested, \
              description, push_endpoint, authorization_sealed, held_since, revision, created_at, \
              active_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
    FIND = concat!("SELECT ", stream_columns!(), " FROM streams s WHERE s.id = $1");
    OF_CLIENT = concat!("SELECT ", stream_columns!(), " FROM streams s WHERE s.client_id = $1");
    PAGE = concat!("SELECT ", stream_columns!(), " FROM streams s WHERE s.id > $1 \
              ORDER BY s.id LIMIT $2");
    UPDATE = "UPDATE streams SET status = $1, reason = $2, events_requested = $3, \
              description = $4, push_endpoint = $5, authorization_sealed = $6, held_since = $7, \
              revision = $8, active_at = $9 WHERE id = $10 AND revision = $11";
    LISTENING = "SELECT s.id, s.status, s.events_requested, \
              (SELECT COUNT(*) FROM stream_removed_subjects r \
              WHERE r.stream_id = s.id AND r.subject = $2) AS removed \
              FROM streams s WHERE s.client_id = $1";
    VERIFY = "UPDATE streams SET verified_at = $1 WHERE id = $2 \
              AND (COALESCE(verified_at, 0) <= $3 OR verified_at > $1)";
    TOUCH = "UPDATE streams SET active_at = $1 WHERE id = $2 AND active_at < $1";
    ADD_REMOVED = "INSERT INTO stream_removed_subjects (stream_id, subject) VALUES ($1, $2) \
              ON CONFLICT (stream_id, subject) DO NOTHING";
    DROP_REMOVED = "DELETE FROM stream_removed_subjects WHERE stream_id = $1 AND subject = $2";
    HAS_GRANT = "SELECT COUNT(*) AS grants FROM subjects u \
              JOIN grants g ON g.account_id = u.account_id AND g.client_id = $2 \
              WHERE u.subject = $1 AND g.subject = $1 AND g.ended_at IS NULL";
    FORGET_REMOVED = "DELETE FROM stream_removed_subjects WHERE stream_id IN \
              (SELECT s.id FROM streams s WHERE s.client_id = $1)";
    DELETE = "DELETE FROM streams WHERE client_id = $1";
}

/// What decides whether somebody's stream tells of something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// The stream.
    pub id: StreamId,
    /// Whether it tells at all.
    status: Status,
    requested: Option<Vec<EventUri>>,
    /// Whether the client does not want to hear of this subject.
    removed: bool,
}

impl Listening {
    /// Whether an event of this kind is told.
    #[must_use]
    pub fn hears(&self, kind: EventType) -> bool {
        self.heard().contains(kind)
    }

    /// The kinds of events that are told.
    #[must_use]
    pub fn heard(&self) -> EnumSet<EventType> {
        if self.status == Status::Disabled || self.removed {
            return EnumSet::empty();
        }
        delivered(self.requested.as_deref())
    }
}

fn requested(row: &AnyRow) -> Result<Option<Vec<EventUri>>, StoreError> {
    let text: Option<String> = row.try_get("events_requested")?;
    text.map(|text| {
        serde_json::from_str(&text).map_err(|_| StoreError::Corrupt("events_requested"))
    })
    .transpose()
}

fn note(row: &AnyRow, column: &'static str) -> Result<Option<Note>, StoreError> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| Note::try_from(text).map_err(|_| StoreError::Corrupt(column)))
        .transpose()
}

fn from_row(row: &AnyRow) -> Result<Stream, StoreError> {
    let endpoint: Option<String> = row.try_get("push_endpoint")?;
    let delivery = match endpoint {
        None => Delivery::Poll,
        Some(text) => Delivery::Push {
            endpoint: FetchUri::try_from(text).map_err(|_| StoreError::Corrupt("push_endpoint"))?,
            authorization_sealed: row.try_get("authorization_sealed")?,
        },
    };
    Ok(Stream {
        id: parsed(row, "id")?,
        client_id: parsed(row, "client_id")?,
        status: parsed(row, "status")?,
        reason: note(row, "reason")?,
        delivery,
        requested: requested(row)?,
        description: note(row, "description")?,
        revision: count(row, "revision")?,
        created_at: time(row, "created_at")?,
        active_at: time(row, "active_at")?,
    })
}

/// A stream as columns that may change.
struct Columns {
    reason: Option<String>,
    requested: Option<String>,
    description: Option<String>,
    endpoint: Option<String>,
    authorization: Option<Vec<u8>>,
    held_since: Option<i64>,
}

impl Columns {
    fn of(stream: &Stream, now: Timestamp) -> Result<Self, StoreError> {
        let (endpoint, authorization) = match &stream.delivery {
            Delivery::Poll => (None, None),
            Delivery::Push {
                endpoint,
                authorization_sealed,
            } => (
                Some(endpoint.as_str().to_owned()),
                authorization_sealed.clone(),
            ),
        };
        Ok(Self {
            reason: stream.reason.clone().map(String::from),
            requested: stream.requested.as_ref().map(to_json).transpose()?,
            description: stream.description.clone().map(String::from),
            endpoint,
            authorization,
            held_since: stream.is_held().then(|| now.as_micros()),
        })
    }
}

/// Keeps a new stream. [`StoreError::Duplicate`] when the client has one.
pub async fn insert(tx: &mut Connection, stream: &Stream) -> Result<(), StoreError> {
    let columns = Columns::of(stream, stream.created_at)?;
    sqlx::query(INSERT)
        .bind(stream.id.to_string())
        .bind(stream.client_id.to_string())
        .bind(stream.receiver().as_str().to_owned())
        .bind(stream.status.as_str())
        .bind(columns.reason)
        .bind(columns.requested)
        .bind(columns.description)
        .bind(columns.endpoint)
        .bind(columns.authorization)
        .bind(columns.held_since)
        .bind(i64::from(stream.revision))
        .bind(stream.created_at.as_micros())
        .bind(stream.active_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// One stream.
pub async fn find(connection: &mut Connection, id: StreamId) -> Result<Option<Stream>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// The stream of a client, if it has one.
pub async fn of_client(
    connection: &mut Connection,
    client_id: &ClientId,
) -> Result<Option<Stream>, StoreError> {
    let row = sqlx::query(OF_CLIENT)
        .bind(client_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(from_row).transpose()
}

/// Some streams, those after one first.
pub async fn page(
    connection: &mut Connection,
    after: Option<StreamId>,
    most: u32,
) -> Result<Vec<Stream>, StoreError> {
    let rows = sqlx::query(PAGE)
        .bind(after.map(|id| id.to_string()).unwrap_or_default())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter().map(from_row).collect()
}

/// Writes a stream that was at this revision; says whether it still was. It
/// takes effect on the outbox at once.
#[must_use = "the stream may have been changed meanwhile"]
pub async fn update(
    tx: &mut Connection,
    stream: &Stream,
    before: u32,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let columns = Columns::of(stream, now)?;
    let done = sqlx::query(UPDATE)
        .bind(stream.status.as_str())
        .bind(columns.reason)
        .bind(columns.requested)
        .bind(columns.description)
        .bind(columns.endpoint)
        .bind(columns.authorization)
        .bind(columns.held_since)
        .bind(i64::from(stream.revision))
        .bind(stream.active_at.as_micros())
        .bind(stream.id.to_string())
        .bind(i64::from(before))
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// What the stream of a client makes of news about a subject, if it has one.
pub async fn listening(
    connection: &mut Connection,
    client_id: &ClientId,
    subject: &Subject,
) -> Result<Option<Listening>, StoreError> {
    let row = sqlx::query(LISTENING)
        .bind(client_id.to_string())
        .bind(subject.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(Listening {
            id: parsed(&row, "id")?,
            status: parsed(&row, "status")?,
            requested: requested(&row)?,
            removed: count(&row, "removed")? > 0,
        })
    })
    .transpose()
}

/// Takes note that a verification is asked for; says whether the last one was
/// before `before`.
#[must_use = "it may be too soon"]
pub async fn verify(
    tx: &mut Connection,
    id: StreamId,
    now: Timestamp,
    before: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(VERIFY)
        .bind(now.as_micros())
        .bind(id.to_string())
        .bind(before.as_micros())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Takes note of a sign of life of the receiver.
pub async fn touch(tx: &mut Connection, id: StreamId, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(TOUCH)
        .bind(now.as_micros())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// No longer tells a stream of a subject.
pub async fn remove_subject(
    tx: &mut Connection,
    id: StreamId,
    subject: &Subject,
) -> Result<(), StoreError> {
    sqlx::query(ADD_REMOVED)
        .bind(id.to_string())
        .bind(subject.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Tells a stream of a subject again.
pub async fn add_subject(
    tx: &mut Connection,
    id: StreamId,
    subject: &Subject,
) -> Result<(), StoreError> {
    sqlx::query(DROP_REMOVED)
        .bind(id.to_string())
        .bind(subject.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether somebody who is this to the client has an agreement with it.
pub async fn has_grant(
    connection: &mut Connection,
    client_id: &ClientId,
    subject: &Subject,
) -> Result<bool, StoreError> {
    let row = sqlx::query(HAS_GRANT)
        .bind(subject.to_string())
        .bind(client_id.to_string())
        .fetch_one(connection)
        .await?;
    Ok(count(&row, "grants")? > 0)
}

/// Ends the stream of a client; says whether it had one. What still waits is
/// told to nobody.
pub async fn delete_of_client(
    tx: &mut Connection,
    client_id: &ClientId,
) -> Result<bool, StoreError> {
    sqlx::query(FORGET_REMOVED)
        .bind(client_id.to_string())
        .execute(&mut *tx)
        .await?;
    let done = sqlx::query(DELETE)
        .bind(client_id.to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
