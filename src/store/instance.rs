//! The instance itself: which master key it was made with, and whether its
//! schema is the one that this program knows.

use std::collections::BTreeSet;

use sqlx::Row as _;
use sqlx::migrate::Migrator;

use super::{Connection, Store, StoreError};
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO instance (id, created_at, checked_at, master_check) \
              VALUES ('sluis', $1, $1, $2) ON CONFLICT (id) DO NOTHING";
    MASTER_CHECK = "SELECT master_check FROM instance WHERE id = 'sluis'";
    TOUCH = "UPDATE instance SET checked_at = $1 WHERE id = 'sluis'";
    APPLIED = "SELECT version FROM _sqlx_migrations";
}

/// What was sealed under the master key when the instance was made; `None`
/// before that.
pub async fn master_check(connection: &mut Connection) -> Result<Option<Vec<u8>>, StoreError> {
    let row = sqlx::query(MASTER_CHECK).fetch_optional(connection).await?;
    row.map(|row| row.try_get(0))
        .transpose()
        .map_err(StoreError::from)
}

/// Makes the instance, unless another node has just done so; says whether it
/// was this one.
#[must_use = "another node may have made the instance"]
pub async fn insert(
    tx: &mut Connection,
    master_check: &[u8],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(INSERT)
        .bind(now.as_micros())
        .bind(master_check.to_vec())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Whether the database takes a durable write: what `/readyz` asks.
pub async fn check_writable(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    store
        .write(move |tx| {
            Box::pin(async move {
                sqlx::query(TOUCH).bind(now.as_micros()).execute(tx).await?;
                Ok(())
            })
        })
        .await
}

/// Whether exactly the migrations of this program have been applied.
pub(super) async fn is_migrated(
    connection: &mut Connection,
    migrator: &Migrator,
) -> Result<bool, StoreError> {
    let rows = match sqlx::query(APPLIED)
        .fetch_all(connection)
        .await
        .map_err(StoreError::from)
    {
        Err(error) if error.is_missing_table() => return Ok(false),
        answer => answer?,
    };
    let applied = rows
        .iter()
        .map(|row| row.try_get(0))
        .collect::<Result<BTreeSet<i64>, _>>()?;
    let known: BTreeSet<i64> = migrator.iter().map(|migration| migration.version).collect();
    if applied.difference(&known).next().is_some() {
        return Err(StoreError::Newer);
    }
    Ok(applied == known)
}
