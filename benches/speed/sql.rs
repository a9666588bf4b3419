//! The statements of a path, bare: bound and run through sqlx on the same file
//! format, with the same pragmas and as many callers, and nothing around them.
//!
//! Writes are committed as cheaply as is honest: one connection, and all
//! callers that wait share the next durable commit.

use std::path::Path;
use std::sync::Arc;

use sqlx::any::{AnyArguments, AnyRow, install_default_drivers};
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, Connection as _, Executor as _, Row as _};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::Outcome;
use crate::http::CALLERS;

/// As the store sets the connections that it reads through.
const PRAGMAS: &str = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; \
     PRAGMA foreign_keys=ON; PRAGMA busy_timeout=5000; PRAGMA cache_size=-128; \
     PRAGMA temp_store=MEMORY; PRAGMA secure_delete=ON;";
/// As it sets the one that it writes through.
const ROOM: &str = "PRAGMA cache_size=-512";
const READERS: usize = 4;

/// What is bound to a statement.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Int(i64),
    Blob(Vec<u8>),
    /// What only tokens of another kind have: a bound key, claims asked for
    /// one by one, a session.
    Nothing,
}

/// A statement of the store, with its values.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    sql: &'static str,
    values: Vec<Value>,
}

impl Statement {
    /// The one statement of the store that contains `words`: the floor runs
    /// what the path runs, or does not run at all.
    pub(crate) fn containing(words: &str, values: Vec<Value>) -> Outcome<Self> {
        let mut found = sluis::store::statements()
            .into_iter()
            .filter(|sql| sql.contains(words));
        match (found.next(), found.next()) {
            // SQLite takes what is not bound for NULL, and says nothing.
            (Some(sql), None) if parameters(sql) != values.len() => Err(format!(
                "{} values for the {} parameters of `{sql}`",
                values.len(),
                parameters(sql)
            )
            .into()),
            (Some(sql), None) => Ok(Self { sql, values }),
            (None, _) => Err(format!("no statement of the store contains `{words}`").into()),
            _ => Err(format!("two statements of the store contain `{words}`").into()),
        }
    }

    /// One that only the benchmark needs, to set something up.
    pub(crate) fn own(sql: &'static str, values: Vec<Value>) -> Self {
        Self { sql, values }
    }

    fn query(self) -> Query<'static, Any, AnyArguments> {
        let query = sqlx::query(self.sql);
        self.values
            .into_iter()
            .fold(query, |query, value| match value {
                Value::Text(text) => query.bind(text),
                Value::Int(number) => query.bind(number),
                Value::Blob(bytes) => query.bind(bytes),
                Value::Nothing => query.bind(None::<Vec<u8>>),
            })
    }
}

/// How many parameters a statement has.
fn parameters(sql: &str) -> usize {
    (1..100)
        .take_while(|number| sql.contains(&format!("${number}")))
        .count()
}

/// A step on the way of one call.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A SELECT.
    Read(Statement),
    /// A transaction.
    Write(Vec<Statement>),
}

struct Write {
    statements: Vec<Statement>,
    done: oneshot::Sender<()>,
}

/// The connections that are read through. A pool would ask each that comes back
/// whether it lives, which costs as much as a statement: no floor.
type Readers = Arc<[Mutex<AnyConnection>]>;

/// A database without anything around it.
#[derive(Debug)]
pub(crate) struct Bare {
    runtime: Runtime,
    readers: Readers,
    writer: mpsc::Sender<Write>,
}

impl Bare {
    pub(crate) fn open(database: &Path) -> Outcome<Self> {
        install_default_drivers();
        let url = format!("sqlite://{}?mode=rw", database.display());
        // As many workers as the server has: more would make the floor dearer.
        let cores = std::thread::available_parallelism()?.get();
        let runtime = Builder::new_multi_thread()
            .worker_threads(cores.div_ceil(2))
            .enable_all()
            .build()?;
        let (writer, waiting) = mpsc::channel(CALLERS);
        let readers = runtime.block_on(async {
            let mut connection = AnyConnection::connect(&url).await?;
            connection.execute(PRAGMAS).await?;
            connection.execute(ROOM).await?;
            tokio::spawn(commit_in_groups(connection, waiting));
            let mut readers = Vec::with_capacity(READERS);
            for _ in 0..READERS {
                let mut connection = AnyConnection::connect(&url).await?;
                connection.execute(PRAGMAS).await?;
                readers.push(Mutex::new(connection));
            }
            Ok::<_, sqlx::Error>(Readers::from(readers))
        })?;
        Ok(Self {
            runtime,
            readers,
            writer,
        })
    }

    /// Makes the calls, as many at a time as there are callers.
    pub(crate) fn run(&self, calls: Vec<Vec<Step>>) -> Outcome<()> {
        let mut shares: Vec<Vec<Vec<Step>>> = (0..CALLERS).map(|_| Vec::new()).collect();
        for (index, call) in calls.into_iter().enumerate() {
            shares[index % CALLERS].push(call);
        }
        self.runtime.block_on(async {
            let running: Vec<_> = shares
                .into_iter()
                .enumerate()
                .map(|(caller, share)| {
                    let (readers, writer) = (Arc::clone(&self.readers), self.writer.clone());
                    tokio::spawn(async move {
                        for step in share.into_iter().flatten() {
                            take(&readers[caller % READERS], &writer, step).await?;
                        }
                        Outcome::Ok(())
                    })
                })
                .collect();
            for caller in running {
                caller.await??;
            }
            Ok(())
        })
    }

    /// What a statement counts.
    pub(crate) fn count(&self, statement: Statement) -> Outcome<i64> {
        Ok(self.one(statement.query())?.try_get(0)?)
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The one row of a query.
    pub(crate) fn one(&self, query: Query<'_, Any, AnyArguments>) -> Outcome<AnyRow> {
        Ok(self.runtime.block_on(async {
            let mut reader = self.readers[0].lock().await;
            query.fetch_one(&mut *reader).await
        })?)
    }
}

async fn take(
    reader: &Mutex<AnyConnection>,
    writer: &mpsc::Sender<Write>,
    step: Step,
) -> Outcome<()> {
    match step {
        Step::Read(statement) => {
            let mut reader = reader.lock().await;
            statement.query().fetch_optional(&mut *reader).await?;
        }
        Step::Write(statements) => {
            let (done, told) = oneshot::channel();
            writer.send(Write { statements, done }).await?;
            told.await?;
        }
    }
    Ok(())
}

/// Whoever waits while others are committed is in the next commit. Ends, and
/// fails its callers, when a statement fails.
async fn commit_in_groups(
    mut connection: AnyConnection,
    mut waiting: mpsc::Receiver<Write>,
) -> sqlx::Result<()> {
    while let Some(first) = waiting.recv().await {
        let mut done = Vec::with_capacity(CALLERS);
        sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut connection)
            .await?;
        let mut next = Some(first);
        while let Some(write) = next {
            for statement in write.statements {
                let clears_up = statement.sql.starts_with("DELETE");
                let done = statement.query().execute(&mut connection).await?;
                // What writes nothing is no floor.
                if done.rows_affected() == 0 && !clears_up {
                    return Err(sqlx::Error::RowNotFound);
                }
            }
            done.push(write.done);
            next = waiting.try_recv().ok();
        }
        sqlx::query("COMMIT").execute(&mut connection).await?;
        for done in done {
            // A caller that is gone has failed by itself.
            let _ = done.send(());
        }
    }
    Ok(())
}
