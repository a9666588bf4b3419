//! Care for streams whose receivers do not take their events.

use std::time::Duration;

use super::{DROPPED_AT_A_TIME, drop_waiting, write};
use crate::app::App;
use crate::domain::id::StreamId;
use crate::domain::signal::News;
use crate::domain::stream::{Note, Status, Stream};
use crate::store::{StoreError, outbox, polls, streams};

/// A sign of life is written down no more often than this.
const SIGN_OF_LIFE: Duration = Duration::from_mins(5);

/// Writes down that the receiver of a stream lives, if it was not for a while.
pub(super) async fn note_life(app: &App, stream: &Stream) -> Result<(), StoreError> {
    let (id, now) = (stream.id, app.now());
    if now.since(stream.active_at) < SIGN_OF_LIFE {
        return Ok(());
    }
    app.store()
        .write_statement(move |tx| Box::pin(async move { streams::touch(tx, id, now).await }))
        .await
}

/// How long a stream may stand still.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How many messages may wait for a receiver that gives no sign of life.
    pub most_waiting: u32,
    /// For how long it gives none by then.
    pub quiet: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            most_waiting: 100_000,
            quiet: Duration::from_hours(1),
        }
    }
}

/// Gives up what a receiver left lying for too long, and disables the stream
/// of one that does not come for it: it is told so, and what waited is
/// dropped. Without this a receiver that never comes would fill the disk.
pub async fn look_after(app: &App, stream: &Stream, patience: Patience) -> Result<(), StoreError> {
    let (now, receiver) = (app.now(), stream.receiver());
    let mut connection = app.store().read().await?;
    let expired = polls::has_expired(&mut connection, &receiver, now).await?;
    let quiet = now.since(stream.active_at);
    let crowded = quiet >= patience.quiet
        && polls::more(&mut connection, &receiver, now, patience.most_waiting).await?;
    drop(connection);
    if expired && stream.is_held() {
        let of = receiver.clone();
        app.store()
            .write_statement(move |tx| {
                Box::pin(async move { outbox::expire(tx, &of, now, DROPPED_AT_A_TIME).await })
            })
            .await?;
    }
    let abandoned = stream
        .inactivity_timeout()
        .is_some_and(|most| quiet >= most);
    if stream.status == Status::Disabled || !(crowded || abandoned) {
        return Ok(());
    }
    let reason = if abandoned {
        "nothing was fetched for the inactivity timeout"
    } else {
        "too many events wait for a receiver that does not take them"
    };
    let reason = Note::try_from(reason.to_owned()).ok();
    let mut stream = stream.clone();
    stream.status = Status::Disabled;
    stream.reason.clone_from(&reason);
    let says = News::StreamUpdated {
        status: Status::Disabled,
        reason,
    };
    // Whoever changed it meanwhile lives.
    if write(app, &mut stream, Some(says)).await? {
        tracing::warn!(stream = %stream.id, client = %stream.client_id, "a stream of events was disabled: its receiver does not take them");
        drop_waiting(app, &stream).await?;
    }
    Ok(())
}

/// Some streams, in an order that never changes, those after one first.
pub async fn some(
    app: &App,
    after: Option<StreamId>,
    most: u32,
) -> Result<Vec<Stream>, StoreError> {
    let mut connection = app.store().read().await?;
    streams::page(&mut connection, after, most).await
}
