//! A connection that does not wait for ever.
//!
//! hyper times how long a request's head may take, but it starts that clock
//! when the previous answer is out, so that it cannot tell a client that dribbles
//! a head from a proxy that keeps a connection warm. Here the two are told apart:
//! a head has a short time from its first byte to its last, and a connection on
//! which nothing moves, in either direction, ends after a long one. The second
//! also ends those who never fetch their answer.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// How long a connection may make the server wait.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// From the first byte of a request's head to its last.
    pub(super) head: Duration,
    /// For anything at all to move.
    pub(super) idle: Duration,
}

/// Counts when a request goes to its handler and when it comes back; odd while
/// it is there. The service counts, the stream of the same connection looks.
#[derive(Clone, Debug, Default)]
pub(super) struct Turns(Arc<AtomicU32>);

impl Turns {
    pub(super) fn next(&self) {
        // Both sides run in the one task of the connection.
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaiting {
    /// Bytes are expected, sooner or later.
    Anything,
    /// The rest of a head is expected, soon.
    Head,
}

/// A byte stream whose pending reads and writes fail once patience runs out.
pub(super) struct Stream<S> {
    inner: S,
    patience: Patience,
    turns: Turns,
    seen: u32,
    awaiting: Awaiting,
    alarm: Pin<Box<Sleep>>,
    /// Whether the alarm counts: it is wound only when there is a wait.
    wound: bool,
}

impl<S> Stream<S> {
    pub(super) fn new(inner: S, patience: Patience, turns: Turns) -> Self {
        Self {
            inner,
            patience,
            seen: turns.get(),
            turns,
            // A new connection has no excuse to wait: who connects has a
            // request to send.
            awaiting: Awaiting::Head,
            alarm: Box::pin(tokio::time::sleep_until(after(patience.head))),
            wound: true,
        }
    }

    /// A head is complete once its request went to the handler.
    fn look_at_turns(&mut self) {
        let turn = self.turns.get();
        if turn != self.seen {
            self.seen = turn;
            self.awaiting = Awaiting::Anything;
            self.wound = false;
        }
    }

    fn bytes_came_in(&mut self) {
        self.look_at_turns();
        let with_handler = self.seen % 2 == 1;
        if with_handler {
            self.wound = false;
        } else if self.awaiting == Awaiting::Anything {
            self.awaiting = Awaiting::Head;
            self.wind(self.patience.head);
        }
    }

    fn bytes_went_out(&mut self) {
        self.wound = false;
        self.awaiting = Awaiting::Anything;
    }

    fn wind(&mut self, wait: Duration) {
        self.alarm.as_mut().reset(after(wait));
        self.wound = true;
    }

    /// Called when there is nothing to do but wait.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        self.look_at_turns();
        if !self.wound {
            self.wind(self.patience.idle);
        }
        ready!(self.alarm.as_mut().poll(cx));
        Poll::Ready(io::Error::from(io::ErrorKind::TimedOut))
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the length of a wait, which no clock of the domain governs"
)]
fn after(wait: Duration) -> Instant {
    Instant::now() + wait
}

impl<S: AsyncRead + Unpin> AsyncRead for Stream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        match Pin::new(&mut self.inner).poll_read(cx, buffer) {
            Poll::Ready(result) => {
                if buffer.filled().len() > before {
                    self.bytes_came_in();
                }
                Poll::Ready(result)
            }
            Poll::Pending => self.poll_patience(cx).map(Err),
        }
    }
}

impl<S: AsyncWrite + Unpin> Stream<S> {
    fn after_write<T>(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        match written {
            Poll::Ready(result) => {
                self.bytes_went_out();
                Poll::Ready(result)
            }
            Poll::Pending => self.poll_patience(cx).map(Err),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Stream<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.after_write(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.after_write(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
