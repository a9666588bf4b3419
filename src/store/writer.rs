//! The one writer of an SQLite database.
//!
//! A durable commit costs an fsync, and SQLite does one commit at a time. So
//! the writes that come while others run or are committed join a transaction,
//! each in a savepoint of its own: they share the fsync, and one that refuses
//! undoes itself alone. Nobody is told "done" before the commit.
//!
//! Each statement is handed over to the thread of the connection and back,
//! which costs more than running it. So as few as can be keep writes apart: one
//! between two of them, none around a write of a single statement, none before
//! the first, and none to release what the commit releases.

mod apart;

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use sqlx::{AnyConnection, Connection as _};
use tokio::sync::{mpsc, oneshot};

use self::apart::Apart;
pub(super) use self::apart::Extent;
use super::file::DatabaseFile;
use super::readers::Readers;
use super::{Connection, StoreError, Written, open_sqlite_connection};

/// More than readers have: the pages that a group of writes changes stay in memory
/// until it is committed, instead of being written to the log twice.
const ROOM: &str = "PRAGMA cache_size=-512";
/// How many writes may wait before callers wait to hand theirs in.
const QUEUE: usize = 1_024;
/// How many writes share a commit at most, so that none waits long for others.
const GROUP: usize = 64;
/// A transaction that takes longer is worth an operator's attention.
const LONG: Duration = Duration::from_secs(1);

type Job = Box<
    dyn for<'c> FnOnce(&'c mut Connection) -> Pin<Box<dyn Future<Output = Ran> + Send + 'c>> + Send,
>;
type Tell = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// What came of running a write: whether to keep it, and how to tell its
/// caller once it is committed, or is not to be.
struct Ran {
    keep: bool,
    tell: Tell,
}

struct Queued {
    job: Job,
    extent: Extent,
    /// Tells the caller that the write was never run.
    fail: Arc<dyn Fn(StoreError) + Send + Sync>,
}

/// Hands writes to the writer.
#[derive(Clone, Debug)]
pub(super) struct Writer(mpsc::Sender<Message>);

enum Message {
    Write(Queued),
    Stop(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the writer for a database file. It opens its connection when
    /// the first write comes, and again after it was lost.
    pub(super) fn start(file: DatabaseFile, readers: Readers) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(
            Loop {
                file,
                readers,
                connection: None,
                receiver,
            }
            .run(),
        );
        Self(sender)
    }

    /// See [`super::Store::write`].
    pub(super) async fn write<T, E, F>(&self, extent: Extent, write: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Written<'c, T, E> + Send + 'static,
    {
        let (sender, answer) = oneshot::channel::<Result<T, E>>();
        let sender = Arc::new(std::sync::Mutex::new(Some(sender)));
        let take = {
            let sender = Arc::clone(&sender);
            move || sender.lock().ok().and_then(|mut sender| sender.take())
        };
        let fail: Arc<dyn Fn(StoreError) + Send + Sync> = {
            let take = take.clone();
            Arc::new(move |error| {
                if let Some(sender) = take() {
                    let _ = sender.send(Err(error.into()));
                }
            })
        };
        let job: Job = Box::new(move |connection| {
            Box::pin(async move {
                let result = write(connection).await;
                let keep = result.is_ok();
                let tell: Tell = Box::new(move |committed| {
                    if let Some(sender) = take() {
                        // A caller that went away has no use for the answer.
                        let _ = sender.send(match committed {
                            Err(error) => Err(error.into()),
                            Ok(()) => result,
                        });
                    }
                });
                Ran { keep, tell }
            })
        });
        self.0
            .send(Message::Write(Queued { job, extent, fail }))
            .await
            .map_err(|_| StoreError::Closed)?;
        answer
            .await
            .unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Waits until everything that was handed in is committed, and stops.
    pub(super) async fn stop(&self) {
        let (sender, stopped) = oneshot::channel();
        if self.0.send(Message::Stop(sender)).await.is_ok() {
            let _ = stopped.await;
        }
    }
}

struct Loop {
    file: DatabaseFile,
    readers: Readers,
    connection: Option<AnyConnection>,
    receiver: mpsc::Receiver<Message>,
}

impl Loop {
    async fn run(mut self) {
        while let Some(message) = self.receiver.recv().await {
            let stop = match message {
                Message::Write(first) => self.commit(first).await,
                Message::Stop(sender) => Some(sender),
            };
            if let Some(stopped) = stop {
                if let Some(connection) = self.connection.take() {
                    let _ = connection.close().await;
                }
                let _ = stopped.send(());
                return self.refuse_rest().await;
            }
        }
    }

    /// What was sent while the writer stopped: dropped with the channel, it could
    /// be left in there, and its caller would wait for ever.
    async fn refuse_rest(mut self) {
        self.receiver.close();
        while let Some(message) = self.receiver.recv().await {
            match message {
                Message::Write(queued) => (queued.fail)(StoreError::Closed),
                Message::Stop(sender) => drop(sender.send(())),
            }
        }
    }

    /// Runs a write and those that come meanwhile, and commits them. Gives whom
    /// to tell if the writer is to stop.
    async fn commit(&mut self, first: Queued) -> Option<oneshot::Sender<()>> {
        let mut stop = None;
        #[expect(
            clippy::disallowed_methods,
            reason = "how long others wait for a transaction is measured"
        )]
        let begun = Instant::now();
        if let Err(error) = self.begin().await {
            self.connection = None;
            tracing::error!(%error, "the database takes no writes");
            // Who waited as long has waited long enough.
            let mut next = Some(first);
            while let Some(queued) = next {
                (queued.fail)(told_again(&error));
                next = waiting(&mut self.receiver, &mut stop);
            }
            return stop;
        }
        let Some(connection) = self.connection.as_mut() else {
            return stop;
        };
        let mut apart = Apart::default();
        let mut tells = Vec::with_capacity(GROUP);
        let mut kept = 0_usize;
        let mut broken: Option<StoreError> = None;
        let mut next = Some(first);
        while let Some(queued) = next {
            let (keep, tell, error) = run_one(connection, queued, &mut apart).await;
            kept += usize::from(keep);
            tells.extend(tell);
            broken = error.map(StoreError::Database);
            next = if broken.is_some() || tells.len() >= GROUP {
                None
            } else {
                waiting(&mut self.receiver, &mut stop)
            };
        }
        let ended = match broken {
            Some(error) => Err(error),
            None if kept == 0 => say(connection, "ROLLBACK").await.map_err(StoreError::from),
            None => say(connection, "COMMIT").await.map_err(StoreError::from),
        };
        tell_operator(tells.len(), begun.elapsed());
        for tell in tells {
            tell(match &ended {
                // Who refused may have refused because of what is not kept now. Where
                // nothing was to be kept, nobody did.
                Err(error) if kept > 0 => Err(told_again(error)),
                _ => Ok(()),
            });
        }
        if let Err(error) = ended {
            tracing::error!(%error, "a group of writes could not be committed");
            // Closing the connection rolls back whatever it still holds.
            self.connection = None;
        }
        stop
    }

    async fn begin(&mut self) -> Result<(), StoreError> {
        match self.try_begin().await {
            Err(error) if error.is_read_only() => {
                // SQLite opens a file that it may not write for reading, and shares
                // that among all connections of the process: whether it may be
                // written by now shows once the last of them is gone.
                self.let_go().await?;
                self.file.align_companions();
                self.try_begin().await
            }
            answer => answer,
        }
    }

    /// Closes every connection to the file, and waits until that is done.
    async fn let_go(&mut self) -> Result<(), StoreError> {
        if let Some(connection) = self.connection.take() {
            let _ = connection.close().await;
        }
        self.readers.close_all().await.map_err(|_| self.file.gone())
    }

    /// `BEGIN IMMEDIATE`: a transaction that starts as a reader and becomes a
    /// writer fails under contention, however long it waits.
    async fn try_begin(&mut self) -> Result<(), StoreError> {
        if !self.file.is_same() {
            if !self.file.path().is_file() {
                return Err(self.file.gone());
            }
            // The last connection to a file deletes the log beside it by its name:
            // by then that must not be the log of the file that took its place.
            self.let_go().await?;
        }
        let fresh = self.connection.is_none();
        if fresh {
            let mut connection = open_sqlite_connection(&self.file).await?;
            say(&mut connection, ROOM).await?;
            self.file.check_instance(&mut connection).await?;
            self.file.remember();
            self.connection = Some(connection);
        }
        if let Some(connection) = self.connection.as_mut() {
            say(connection, "BEGIN IMMEDIATE").await?;
            if fresh {
                // Found out here, and not by the first write.
                say(connection, "PRAGMA user_version=0").await?;
            }
        }
        Ok(())
    }
}

/// How long a transaction took: those who read never wait for it, and those
/// who write do.
fn tell_operator(writes: usize, took: Duration) {
    let micros = took.as_micros();
    if took >= LONG {
        tracing::warn!(writes, micros, "a transaction took long");
    } else {
        tracing::trace!(writes, micros, "a transaction ended");
    }
}

/// The next write that waits already, unless the writer is to stop before it.
fn waiting(
    receiver: &mut mpsc::Receiver<Message>,
    stop: &mut Option<oneshot::Sender<()>>,
) -> Option<Queued> {
    if stop.is_some() {
        return None;
    }
    match receiver.try_recv().ok()? {
        Message::Write(queued) => Some(queued),
        Message::Stop(sender) => {
            *stop = Some(sender);
            None
        }
    }
}

/// The same error for everybody whom it concerns.
fn told_again(error: &StoreError) -> StoreError {
    match error {
        StoreError::Gone(path) => StoreError::Gone(path.clone()),
        StoreError::Database(error) => {
            StoreError::Database(sqlx::Error::Protocol(error.to_string()))
        }
        other => StoreError::Database(sqlx::Error::Protocol(other.to_string())),
    }
}

/// Says something about the transaction: as a query, since a connection
/// compiles the text of those but once.
async fn say(connection: &mut AnyConnection, what: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(what).execute(connection).await.map(|_| ())
}

/// Runs one write: whether to keep it, and how to tell its caller. An error is
/// one of the transaction itself, after which nothing in it can be kept.
async fn run_one(
    connection: &mut AnyConnection,
    queued: Queued,
    apart: &mut Apart,
) -> (bool, Option<Tell>, Option<sqlx::Error>) {
    let Queued { job, extent, fail } = queued;
    if let Some(before) = apart.before(extent)
        && let Err(error) = say(connection, before).await
    {
        fail(StoreError::Database(sqlx::Error::Protocol(
            error.to_string(),
        )));
        return (false, None, Some(error));
    }
    let ran = AssertUnwindSafe(job(connection)).catch_unwind().await;
    let (keep, tell) = if let Ok(Ran { keep, tell }) = ran {
        (keep, Some(tell))
    } else {
        fail(StoreError::Corrupt("a write panicked"));
        (false, None)
    };
    let error = match apart.after(extent, keep) {
        Some(after) => say(connection, after).await.err(),
        None => None,
    };
    (keep, tell, error)
}

#[cfg(test)]
mod tests;
