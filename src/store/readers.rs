//! The connections that an SQLite database is read through. They take turns.
//!
//! sqlx's own pool asks each connection that comes back whether it still
//! lives: a hand-over to its thread and back, which costs as much as the
//! statement that it was lent for. A connection to a file does not go away by
//! itself, and whether the file is still the one that was opened is asked of
//! the file (`file`).

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, Connection as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::file::DatabaseFile;
use super::{PATIENCE, StoreError, open_sqlite_connection};

/// How many there are. Readers share nothing but the page cache of the system,
/// and a few cores do not keep more than this busy.
const READERS: u32 = 4;

/// The readers of a database.
#[derive(Clone, Debug)]
pub(super) struct Readers {
    file: DatabaseFile,
    turns: Arc<Semaphore>,
    idle: Idle,
}

/// Those that nobody reads through; the one that was used last is the next.
#[derive(Clone, Debug, Default)]
struct Idle(Arc<Mutex<Vec<AnyConnection>>>);

impl Idle {
    fn connections(&self) -> MutexGuard<'_, Vec<AnyConnection>> {
        // Nothing that happens to the list leaves it half done.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Readers {
    /// Opens the first; the others follow when they are needed.
    pub(super) async fn open(file: DatabaseFile) -> Result<Self, StoreError> {
        let first = open_sqlite_connection(&file).await?;
        let readers = Self::closed(file);
        readers.idle.connections().push(first);
        Ok(readers)
    }

    /// Of which none is open yet.
    pub(super) fn closed(file: DatabaseFile) -> Self {
        Self {
            file,
            turns: Arc::new(Semaphore::new(READERS as usize)),
            idle: Idle::default(),
        }
    }

    /// Waits for a turn, though not for longer than one has patience.
    pub(super) async fn acquire(&self) -> Result<Reader, StoreError> {
        let turn = self.turns(1).await?;
        let idle = self.idle.connections().pop();
        let connection = match idle {
            Some(connection) => connection,
            None if self.file.is_same() => open_sqlite_connection(&self.file).await?,
            None => return Err(self.file.gone()),
        };
        Ok(Reader(Held::InTurn {
            connection: Some(connection),
            idle: self.idle.clone(),
            _turn: turn,
        }))
    }

    /// Waits until nobody reads, and closes all. They are opened again by
    /// whoever reads next.
    pub(super) async fn close_all(&self) -> Result<(), StoreError> {
        let _turns = self.turns(READERS).await?;
        let idle = std::mem::take(&mut *self.idle.connections());
        for connection in idle {
            let _ = connection.close().await;
        }
        Ok(())
    }

    /// [`Readers::close_all`], and nobody reads any more.
    pub(super) async fn stop(&self) {
        let _ = self.close_all().await;
        self.turns.close();
    }

    async fn turns(&self, count: u32) -> Result<OwnedSemaphorePermit, StoreError> {
        let turns = Arc::clone(&self.turns).acquire_many_owned(count);
        tokio::time::timeout(PATIENCE, turns)
            .await
            .map_err(|_| StoreError::Database(sqlx::Error::PoolTimedOut))?
            .map_err(|_| StoreError::Closed)
    }
}

/// A connection to read from, for as long as one holds it.
#[derive(Debug)]
pub struct Reader(Held);

#[derive(Debug)]
enum Held {
    OfPool(PoolConnection<Any>),
    InTurn {
        /// `None` only while it is dropped.
        connection: Option<AnyConnection>,
        idle: Idle,
        // Dropped last: by then the connection is back.
        _turn: OwnedSemaphorePermit,
    },
}

impl From<PoolConnection<Any>> for Reader {
    fn from(connection: PoolConnection<Any>) -> Self {
        Self(Held::OfPool(connection))
    }
}

impl Deref for Reader {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        match &self.0 {
            Held::OfPool(connection) => connection,
            Held::InTurn { connection, .. } => connection.as_ref().expect(UNTIL_DROPPED),
        }
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        match &mut self.0 {
            Held::OfPool(connection) => connection,
            Held::InTurn { connection, .. } => connection.as_mut().expect(UNTIL_DROPPED),
        }
    }
}

const UNTIL_DROPPED: &str = "a reader holds its connection until it is dropped";

impl Drop for Reader {
    fn drop(&mut self) {
        if let Held::InTurn {
            connection, idle, ..
        } = &mut self.0
        {
            idle.connections().extend(connection.take());
        }
    }
}
