//! A document that is written piece by piece, as fast as somebody reads it.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use serde::Serialize;
use tokio::sync::mpsc;

use crate::service::Fault;
use crate::service::pace::{Pace, TooSlow};

/// How long a reader may keep the word waiting that a document broke off.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long all of it may take, however patiently it is read.
const WHOLE: Duration = Duration::from_mins(10);
/// How much is gathered before it is handed on.
const PIECE: usize = 64 * 1024;

/// The reader has gone, or something inside went wrong: the document ends in
/// the middle, and does not pass for a whole one.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the document could not be written to its end")]
pub struct BrokenOff;

/// Where the pieces of a document arrive.
#[derive(Debug)]
pub struct Pieces(mpsc::Receiver<Result<Vec<u8>, BrokenOff>>);

impl Stream for Pieces {
    type Item = Result<Vec<u8>, BrokenOff>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

/// Why no more is written.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    /// Nobody reads it, or not as fast as any line is.
    #[error("nobody reads the document any more")]
    Gone,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<TooSlow> for Stop {
    fn from(_: TooSlow) -> Self {
        Self::Gone
    }
}

impl From<crate::store::StoreError> for Stop {
    fn from(error: crate::store::StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Writes a document while there is time for it.
pub(super) async fn in_time(document: impl Future<Output = Result<(), Stop>>) -> Result<(), Stop> {
    within(WHOLE, document).await
}

async fn within(
    time: Duration,
    document: impl Future<Output = Result<(), Stop>>,
) -> Result<(), Stop> {
    let written = tokio::time::timeout(time, document).await;
    written.unwrap_or(Err(Stop::Gone))
}

/// Writes a JSON object, member by member, and its lists item by item.
pub(super) struct Writer {
    to: mpsc::Sender<Result<Vec<u8>, BrokenOff>>,
    buffer: Vec<u8>,
    /// How many bytes were handed on.
    handed_on: usize,
    /// How fast that goes: meanwhile it holds a view of the database.
    pace: Pace,
    /// Whether what is open has something in it already.
    filled: Vec<bool>,
}

impl Writer {
    pub(super) fn new() -> (Self, Pieces) {
        Self::at(Pace::begin())
    }

    fn at(pace: Pace) -> (Self, Pieces) {
        let (to, from) = mpsc::channel(2);
        let writer = Self {
            to,
            buffer: Vec::with_capacity(PIECE),
            handed_on: 0,
            pace,
            filled: Vec::new(),
        };
        (writer, Pieces(from))
    }

    /// How many bytes the document has so far.
    pub(super) const fn written(&self) -> usize {
        self.handed_on + self.buffer.len()
    }

    fn part(&mut self) {
        if let Some(filled) = self.filled.last_mut() {
            if *filled {
                self.buffer.push(b',');
            }
            *filled = true;
            self.buffer.push(b'\n');
        }
    }

    fn open(&mut self, bracket: u8) {
        self.buffer.push(bracket);
        self.filled.push(false);
    }

    /// Begins an object, as the document or as an item of a list.
    pub(super) fn object(&mut self) {
        self.part();
        self.open(b'{');
    }

    /// A member of the open object.
    pub(super) fn member<T: Serialize>(&mut self, name: &str, value: &T) -> Result<(), Stop> {
        self.part();
        self.name(name)?;
        self.value(value)
    }

    /// Begins a list, as a member of the open object.
    pub(super) fn list(&mut self, name: &str) -> Result<(), Stop> {
        self.part();
        self.name(name)?;
        self.open(b'[');
        Ok(())
    }

    /// An item of the open list.
    pub(super) async fn item<T: Serialize>(&mut self, item: &T) -> Result<(), Stop> {
        self.part();
        self.value(item)?;
        self.hand_on(PIECE).await
    }

    /// Ends what is open.
    pub(super) fn end(&mut self, bracket: u8) {
        self.filled.pop();
        self.buffer.push(b'\n');
        self.buffer.push(bracket);
    }

    fn name(&mut self, name: &str) -> Result<(), Stop> {
        self.value(&name)?;
        self.buffer.extend_from_slice(b": ");
        Ok(())
    }

    fn value<T: Serialize>(&mut self, value: &T) -> Result<(), Stop> {
        serde_json::to_writer(&mut self.buffer, value)
            .map_err(|_| Fault::Inconsistent("a part of an export cannot be written").into())
    }

    async fn hand_on(&mut self, from: usize) -> Result<(), Stop> {
        if self.buffer.len() < from {
            return Ok(());
        }
        let bytes = self.buffer.len();
        self.handed_on += bytes;
        let piece = std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE));
        let sent = self.pace.wait(self.to.send(Ok(piece))).await?;
        self.pace.moved(bytes);
        sent.map_err(|_| Stop::Gone)
    }

    /// Hands on the end of the document, or says that it broke off.
    pub(super) async fn finish(mut self, written: Result<(), Stop>) {
        let written = match written {
            Ok(()) => self.hand_on(1).await,
            stopped => stopped,
        };
        if let Err(stop) = written {
            if let Stop::Fault(fault) = &stop {
                tracing::error!(error = %fault, "an export broke off");
            }
            let _ = tokio::time::timeout(PATIENCE, self.to.send(Err(BrokenOff))).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn a_document_that_takes_too_long_breaks_off() {
        let (mut writer, mut pieces) = Writer::new();
        let endless = tokio::spawn(async move {
            let document = async {
                loop {
                    writer.item(&"x".repeat(PIECE)).await?;
                }
            };
            let written = within(Duration::from_millis(50), document).await;
            writer.finish(written).await;
        });
        let mut last = None;
        while let Some(piece) = pieces.next().await {
            last = Some(piece);
        }
        assert!(matches!(last, Some(Err(BrokenOff))));
        endless.await.expect("it came to an end");
    }

    #[tokio::test]
    async fn a_document_that_is_read_too_slowly_breaks_off() {
        // A piece gives it a thousandth of a second.
        let least = 1000 * 64 * 1024;
        let (mut writer, mut pieces) = Writer::at(Pace::of(Duration::from_millis(50), least));
        let reader = tokio::spawn(async move {
            // The first is fetched, and no other.
            let first = pieces.next().await;
            (first, pieces)
        });
        let written = async {
            loop {
                writer.item(&"x".repeat(PIECE)).await?;
            }
        };
        let stopped: Result<(), Stop> = within(Duration::from_mins(1), written).await;
        assert!(matches!(stopped, Err(Stop::Gone)));
        assert!(matches!(reader.await, Ok((Some(Ok(_)), _))));
    }
}
