//! Poll: a client fetches its events, and says which it has (RFC 8936). What
//! it does not acknowledge it is given again.

use super::push::token;
use super::{StreamError, note_life, one};
use crate::app::App;
use crate::domain::id::{MessageId, StreamId};
use crate::domain::message::Message;
use crate::domain::stream::{Delivery, Status, Stream};
use crate::service::Fault;
use crate::store::clients::RegisteredClient;
use crate::store::{StoreError, duties, polls};

/// What a client says of the events that it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Those that it has.
    pub acknowledged: Vec<MessageId>,
    /// Those that it will not have.
    pub refused: Vec<(MessageId, SetError)>,
}

/// Why a client will not have an event: a word that may be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetError(String);

impl SetError {
    /// The word, if it is one; something like it otherwise.
    #[must_use]
    pub fn from_word(word: Option<&str>) -> Self {
        let is_word = |word: &&str| {
            (1..=64).contains(&word.len())
                && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        Self(word.filter(is_word).unwrap_or("unknown").to_owned())
    }
}

/// Events that a client fetched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// Each by its `jti`, the oldest first.
    pub sets: Vec<(MessageId, String)>,
    /// Whether there are more.
    pub more: bool,
}

/// Takes down what a client says, and gives it at most so many events: those
/// that it did not acknowledge. Of each agreement it is given one at a time, so
/// that it can mistake no order.
///
/// Three SELECTs, and one transaction when it says anything.
pub async fn poll(
    app: &App,
    client: &RegisteredClient,
    id: StreamId,
    report: Report,
    most: u32,
) -> Result<Fetched, StreamError> {
    let stream = one(app, client, id).await?;
    if stream.delivery != Delivery::Poll {
        return Err(StreamError::Unknown);
    }
    note_life(app, &stream).await?;
    take_down(app, &stream, report).await?;
    if stream.status == Status::Paused {
        return Ok(Fetched::default());
    }
    let (now, receiver) = (app.now(), stream.receiver());
    let mut connection = app.store().read().await?;
    let waiting = if most == 0 {
        Vec::new()
    } else {
        polls::waiting(&mut connection, &receiver, now, most).await?
    };
    let returned = u32::try_from(waiting.len()).unwrap_or(u32::MAX);
    let more = polls::more(&mut connection, &receiver, now, returned).await?;
    drop(connection);
    let keys = app.keys().await.map_err(Fault::from)?;
    let mut sets = Vec::with_capacity(waiting.len());
    for one in waiting {
        // What only a newer version knows waits for that.
        let Some(Message::Signal(signal)) = &one.message else {
            continue;
        };
        if signal.is_told_when(stream.status) {
            let jwt = token(app, &keys, &client.client, one.id, one.created_at, signal)?;
            sets.push((one.id, jwt));
        }
    }
    Ok(Fetched { sets, more })
}

async fn take_down(app: &App, stream: &Stream, report: Report) -> Result<(), StoreError> {
    if report == Report::default() {
        return Ok(());
    }
    for (id, SetError(word)) in &report.refused {
        tracing::warn!(%id, stream = %stream.id, err = %word, "a receiver refused an event");
    }
    let (receiver, now) = (stream.receiver(), app.now());
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                let mut told = Vec::new();
                for id in report.acknowledged {
                    let heard = polls::acknowledge(tx, &receiver, id).await?;
                    told.extend(heard.as_ref().and_then(Message::duty_id));
                }
                duties::told(tx, told, now).await?;
                for (id, SetError(word)) in report.refused {
                    let fault = format!("refused: {word}");
                    polls::refuse(tx, &receiver, id, now, &fault).await?;
                }
                Ok(())
            })
        })
        .await
}
