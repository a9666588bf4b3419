//! A view of the database that does not move: for what reads for a while, and
//! has to be of one moment.

use sqlx::{AnyConnection, AnyPool, Executor as _};

use super::file::DatabaseFile;
use super::{Connection, StoreError, open_sqlite_connection};

/// A connection of its own that sees what was committed when it was first read
/// from, and nothing later. It is closed when it is dropped, so that nobody
/// gets one that is in the middle of something.
#[derive(Debug)]
pub struct Snapshot(AnyConnection);

impl Snapshot {
    pub(super) async fn of_file(file: &DatabaseFile) -> Result<Self, StoreError> {
        let mut connection = open_sqlite_connection(file).await?;
        connection.execute("BEGIN").await?;
        Ok(Self(connection))
    }

    pub(super) async fn of_pool(pool: &AnyPool) -> Result<Self, StoreError> {
        let mut connection = pool.acquire().await?.detach();
        connection
            .execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        Ok(Self(connection))
    }

    /// What to read from.
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.0
    }
}
