//! The only SQL. One text for SQLite and PostgreSQL, through `sqlx::Any`.
//!
//! A file per aggregate holds its statements as constants and its functions,
//! each of which takes the connection that it runs on: one from
//! [`Store::read`], or the transaction of [`Store::write`]. Personal data
//! pass through sealed; nothing here can open them.
//!
//! Reads never wait for writes. Writes on SQLite go through one writer that
//! groups those that wait into one durable commit (`writer`); on PostgreSQL
//! each is a transaction of its own.
//!
//! What transactions on PostgreSQL hold until they end, they hold in one order, so
//! that no two wait for each other: the question that is answered, the account
//! ([`accounts::hold`]), its vault ([`accounts::hold_vault`], and each edit), its
//! agreements, its sessions ([`sessions::hold`]), and then what hangs on those.
//! Where two wait for each other all the same, one of them fails, and nobody tries again.

/// Declares SQL texts as constants, and all of them as `STATEMENTS`.
macro_rules! statements {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)+) => {
        $($(#[$doc])* const $name: &str = $text;)+
        pub(in crate::store) const STATEMENTS: &[&str] = &[$($name),+];
    };
}

pub mod accounts;
pub mod address_changes;
pub mod address_letters;
pub mod arrivals;
pub mod assertions;
pub mod authorizations;
pub mod claimants;
pub mod client_tokens;
pub mod clients;
mod codec;
pub mod departures;
pub mod devices;
pub mod due;
pub mod duties;
pub mod editions;
pub mod emptying;
pub mod erasures;
mod error;
pub mod escrow;
pub mod factors;
mod file;
pub mod grants;
pub mod guesses;
pub mod half_sign_ins;
pub mod imports;
pub mod instance;
pub mod keyholders;
pub mod keys;
pub mod known_browsers;
mod listing;
pub mod logos;
pub mod mail_links;
pub mod mailings;
pub mod outbox;
pub mod passkeys;
pub mod polls;
pub mod proofs;
pub mod pushed_requests;
pub mod reach;
mod readers;
pub mod reads;
pub mod receipts;
pub mod recoveries;
pub mod registrations;
mod remedy;
pub mod rights;
pub mod session_clients;
pub mod sessions;
mod snapshot;
pub mod streams;
pub mod tokens;
pub mod vetting;
mod writer;

use std::pin::Pin;
use std::time::Duration;

use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, Connection as _, Executor as _};

pub use error::StoreError;
use file::DatabaseFile;
pub use readers::Reader;
use readers::Readers;
pub use snapshot::Snapshot;
use writer::{Extent, Writer};

/// The connection that store functions run on.
pub type Connection = AnyConnection;

/// A boxed future of a write; see [`Store::write`].
pub type Written<'c, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>>;

static MIGRATOR: Migrator = sqlx::migrate!();

const POSTGRES_CONNECTIONS: u32 = 16;
/// After how long without use a connection to PostgreSQL is tried first.
const IDLE: Duration = Duration::from_secs(1);
/// How long anything waits for a connection before it is told that there is none.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open database.
#[derive(Clone, Debug)]
pub struct Store(Backend);

#[derive(Clone, Debug)]
enum Backend {
    /// One writer, of this file, and readers beside it.
    Sqlite {
        file: DatabaseFile,
        readers: Readers,
        writer: Writer,
    },
    /// Each read and each transaction takes a connection.
    Postgres(AnyPool),
}

impl Store {
    /// Connects, without looking at what is in there.
    ///
    /// `url` is `sqlite://…` or `postgres://…`. With `create`, an SQLite file
    /// that does not exist is made.
    pub async fn connect(url: &str, create: bool) -> Result<Self, StoreError> {
        install_default_drivers();
        if url.starts_with("sqlite:") {
            let file = DatabaseFile::at(url, create)?;
            file.align_companions();
            let readers = Readers::open(file.clone())
                .await
                .map_err(|error| StoreError::File {
                    path: file.path().display().to_string(),
                    why: error.to_string(),
                })?;
            file.remember();
            let writer = Writer::start(file.clone(), readers.clone());
            Ok(Self(Backend::Sqlite {
                file,
                readers,
                writer,
            }))
        } else {
            let pool = AnyPoolOptions::new()
                .max_connections(POSTGRES_CONNECTIONS)
                .min_connections(1)
                .acquire_timeout(PATIENCE)
                .test_before_acquire(false)
                // A server that was restarted is noticed here, and not by whoever asks first;
                // a connection that is in use all the time is not asked each time.
                .before_acquire(|connection, about| {
                    Box::pin(async move {
                        if about.idle_for >= IDLE {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
                .connect(url)
                .await?;
            Ok(Self(Backend::Postgres(pool)))
        }
    }

    /// What was sealed under the master key when the instance was made; `None`
    /// in a database that is no instance yet.
    pub async fn master_check(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let mut connection = self.read().await?;
        let check = match instance::master_check(&mut connection).await {
            // Before the first migration there is no such table.
            Err(error) if error.is_missing_table() => None,
            answer => answer?,
        };
        if let (Backend::Sqlite { file, .. }, Some(check)) = (&self.0, &check) {
            file.remember_instance(check);
        }
        Ok(check)
    }

    /// Applies the migrations that are missing. A database that has one that
    /// this program does not know is newer, and is left alone.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let mut connection = self.reader().await?;
        if matches!(self.0, Backend::Sqlite { .. }) {
            // Kept in the file, and so set where the file is made to be ours,
            // and not by whoever only looks at it.
            connection.execute("PRAGMA journal_mode=WAL").await?;
        }
        MIGRATOR
            .run(&mut *connection)
            .await
            .map_err(StoreError::from_migration)
    }

    /// Whether every migration has been applied, and none that is unknown.
    pub async fn is_migrated(&self) -> Result<bool, StoreError> {
        let mut connection = self.read().await?;
        instance::is_migrated(&mut connection, &MIGRATOR).await
    }

    /// A connection to read from. Each statement sees what was committed
    /// before it.
    pub async fn read(&self) -> Result<Reader, StoreError> {
        if let Backend::Sqlite { file, writer, .. } = &self.0
            && !file.is_same()
        {
            // A file that was moved or replaced is not read through an old handle: the
            // writer opens what is there now, if it is the same instance.
            writer
                .write(Extent::Statement, |_| {
                    Box::pin(async { Ok::<_, StoreError>(()) })
                })
                .await?;
        }
        self.reader().await
    }

    async fn reader(&self) -> Result<Reader, StoreError> {
        match &self.0 {
            Backend::Sqlite { readers, .. } => readers.acquire().await,
            Backend::Postgres(pool) => Ok(pool.acquire().await?.into()),
        }
    }

    /// A view of this moment, for what reads for a while. Each is a connection of
    /// its own: whoever takes one sees to it that there are few.
    pub async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        match &self.0 {
            Backend::Sqlite { file, .. } => {
                // A file that was moved or replaced is opened anew first.
                drop(self.read().await?);
                Snapshot::of_file(file).await
            }
            Backend::Postgres(pool) => Snapshot::of_pool(pool).await,
        }
    }

    /// Runs a write: all of it is durable when this returns `Ok`, and nothing
    /// of it happened when it returns `Err`. The write itself may refuse, with
    /// an error of its own.
    ///
    /// ```text
    /// store.write(|tx| Box::pin(async move { grants::insert(tx, …).await })).await?
    /// ```
    pub async fn write<T, E, F>(&self, write: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Written<'c, T, E> + Send + 'static,
    {
        self.write_to(Extent::Several, write).await
    }

    /// [`Store::write`], for a write of one statement, which undoes itself when
    /// it fails: nothing has to keep it apart from others. It refuses only what
    /// the statement refuses.
    pub async fn write_statement<T, E, F>(&self, write: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Written<'c, T, E> + Send + 'static,
    {
        self.write_to(Extent::Statement, write).await
    }

    async fn write_to<T, E, F>(&self, extent: Extent, write: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> Written<'c, T, E> + Send + 'static,
    {
        match &self.0 {
            Backend::Sqlite { writer, .. } => writer.write(extent, write).await,
            // A statement is a transaction by itself.
            Backend::Postgres(pool) if extent == Extent::Statement => {
                let mut connection = pool.acquire().await.map_err(StoreError::from)?;
                write(&mut connection).await
            }
            Backend::Postgres(pool) => {
                let mut transaction = pool.begin().await.map_err(StoreError::from)?;
                let answer = write(&mut transaction).await?;
                transaction.commit().await.map_err(StoreError::from)?;
                Ok(answer)
            }
        }
    }

    /// Finishes what was accepted and closes.
    pub async fn close(&self) {
        match &self.0 {
            Backend::Sqlite {
                readers, writer, ..
            } => {
                writer.stop().await;
                readers.stop().await;
            }
            Backend::Postgres(pool) => pool.close().await,
        }
    }
}

/// What every SQLite connection is set to. `synchronous=FULL`: an
/// acknowledged write survives power loss. `cache_size`: 128 KiB of pages. The
/// system keeps them all, once for every connection, and a copy that stays in the
/// cache of a core is cheaper to have than a larger one (`benches/README.md`).
const SQLITE_PRAGMAS: &str = "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; \
     PRAGMA busy_timeout=5000; PRAGMA cache_size=-128; \
     PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;";

async fn open_sqlite_connection(file: &DatabaseFile) -> Result<AnyConnection, StoreError> {
    let mut connection = AnyConnection::connect(file.url()).await?;
    connection.execute(SQLITE_PRAGMAS).await?;
    Ok(connection)
}

/// Every statement of the store, so that a test can prepare each on both
/// engines.
#[must_use]
pub fn statements() -> Vec<&'static str> {
    [
        accounts::STATEMENTS,
        address_changes::STATEMENTS,
        address_letters::STATEMENTS,
        arrivals::STATEMENTS,
        assertions::STATEMENTS,
        authorizations::STATEMENTS,
        claimants::STATEMENTS,
        client_tokens::STATEMENTS,
        clients::STATEMENTS,
        departures::STATEMENTS,
        devices::STATEMENTS,
        due::STATEMENTS,
        duties::STATEMENTS,
        editions::STATEMENTS,
        emptying::STATEMENTS,
        erasures::STATEMENTS,
        escrow::STATEMENTS,
        factors::STATEMENTS,
        grants::STATEMENTS,
        guesses::STATEMENTS,
        half_sign_ins::STATEMENTS,
        imports::STATEMENTS,
        instance::STATEMENTS,
        keyholders::STATEMENTS,
        keys::STATEMENTS,
        known_browsers::STATEMENTS,
        logos::STATEMENTS,
        mail_links::STATEMENTS,
        mailings::STATEMENTS,
        outbox::STATEMENTS,
        passkeys::STATEMENTS,
        polls::STATEMENTS,
        pushed_requests::STATEMENTS,
        proofs::STATEMENTS,
        reach::STATEMENTS,
        reads::STATEMENTS,
        receipts::STATEMENTS,
        recoveries::STATEMENTS,
        registrations::STATEMENTS,
        rights::STATEMENTS,
        session_clients::STATEMENTS,
        sessions::STATEMENTS,
        streams::STATEMENTS,
        tokens::STATEMENTS,
        tokens::ENDING_STATEMENTS,
        vetting::STATEMENTS,
    ]
    .concat()
}
