//! What can go wrong between the program and its database.

use sqlx::migrate::MigrateError;

/// What can go wrong between the program and its database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database has migrations that this program does not know.
    #[error(
        "the database was written by a newer Sluis: start that version, or restore a backup made before the upgrade"
    )]
    Newer,
    /// An applied migration differs from the one in this program.
    #[error(
        "migration {0} in the database differs from this program's: use the release that made the database"
    )]
    Altered(i64),
    /// The database is not migrated, and migrating was not asked for.
    #[error("the database lacks migrations: run `sluis migrate`, or start without --no-migrate")]
    NotMigrated,
    /// `keys/master.key` is not the one that this database was made with.
    #[error(
        "keys/master.key does not belong to this database: put back the master.key that the database was made with"
    )]
    WrongMasterKey,
    /// The database file is not there any more, or is another one.
    #[error("the database file {0} is gone or was replaced: put it back, or restart")]
    Gone(String),
    /// The database file cannot be opened.
    #[error("the database file {path} cannot be used: {why}")]
    File {
        /// Which file.
        path: String,
        /// Why not.
        why: String,
    },
    /// A row that must be new is there already.
    #[error("this exists already")]
    Duplicate,
    /// A row holds something that this program cannot read.
    #[error("a row of the database cannot be read: {0}")]
    Corrupt(&'static str),
    /// Others changed the same rows, again and again.
    #[error("the same rows were being changed elsewhere")]
    Contended,
    /// The store is closing.
    #[error("the database is being closed")]
    Closed,
    /// Anything else: unreachable, locked, read-only, full.
    #[error("the database does not answer: {0}")]
    Database(sqlx::Error),
}

impl StoreError {
    /// PostgreSQL has a code for it; SQLite has only words.
    pub(super) fn is_missing_table(&self) -> bool {
        let Self::Database(sqlx::Error::Database(refused)) = self else {
            return false;
        };
        refused.code().is_some_and(|code| code == "42P01")
            || refused.message().starts_with("no such table")
    }

    /// Whether it is the database as a whole that is away, and not one row of
    /// it that is wrong.
    #[must_use]
    pub const fn is_of_the_database(&self) -> bool {
        !matches!(self, Self::Duplicate | Self::Corrupt(_) | Self::Contended)
    }

    /// Whether the file was opened for reading only. SQLite has but words for it.
    pub(super) fn is_read_only(&self) -> bool {
        matches!(self, Self::Database(sqlx::Error::Database(refused))
            if refused.message().contains("readonly database"))
    }

    pub(super) fn from_migration(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(_) => Self::Newer,
            MigrateError::VersionMismatch(version) => Self::Altered(version),
            MigrateError::Execute(error) => Self::Database(error),
            other => Self::Database(sqlx::Error::Migrate(Box::new(other))),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        // SQLite does not name constraints: all that can be asked is whether
        // it was a uniqueness that was violated.
        match &error {
            sqlx::Error::Database(refused) if refused.is_unique_violation() => Self::Duplicate,
            _ => Self::Database(error),
        }
    }
}
