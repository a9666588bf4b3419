//! A private PostgreSQL, started once per run, with a fresh database per test.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, OnceLock};

use sluis::config::DatabaseUrl;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection};

const MISSING: &str =
    "PostgreSQL is missing: run tests/run, which installs it, or: apt-get install postgresql";

/// An empty database for one test, dropped after it.
pub(crate) struct Database {
    name: String,
    url: DatabaseUrl,
}

impl Database {
    pub(crate) async fn fresh() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let server = Server::get();
        let mut admin = server.admin().await;
        admin
            .execute(AssertSqlSafe(format!("CREATE DATABASE {name}")))
            .await
            .expect("a fresh database");
        admin.close().await.expect("goodbye");
        let url = server.url(&name).parse().expect("a database URL");
        Self { name, url }
    }

    pub(crate) fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// Does something to it from beside it; `{}` stands for its name.
    pub(crate) async fn from_outside(&self, statement: &str) {
        let mut admin = Server::get().admin().await;
        let statement = statement.replace("{}", &self.name);
        admin
            .execute(AssertSqlSafe(statement))
            .await
            .expect("a superuser may");
        admin.close().await.expect("goodbye");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let _ = Server::get().drops.send(self.name.clone());
    }
}

struct Server {
    folder: PathBuf,
    drops: Sender<String>,
    /// Its open standard input is what keeps the server alive.
    _child: Mutex<Child>,
}

impl Server {
    fn get() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(Self::start)
    }

    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("sluis-pg-{}", std::process::id()));
        let mut child = Command::new("bash")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/postgres.sh"))
            .args([&binaries(), &folder])
            // Ctrl-C is for the tests; it hears of their end and cleans up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("bash");
        let mut told = BufReader::new(child.stdout.take().expect("a pipe"));
        let mut line = String::new();
        told.read_line(&mut line).expect("a line");
        if line != "ready\n" {
            let mut rest = String::new();
            let _ = told.read_to_string(&mut rest);
            panic!("PostgreSQL does not start:\n{line}{rest}");
        }
        let (drops, dropped) = channel();
        let server = Self {
            folder,
            drops,
            _child: Mutex::new(child),
        };
        let admin = server.url("postgres");
        std::thread::spawn(move || drop_databases(&admin, &dropped));
        server
    }

    fn url(&self, database: &str) -> String {
        url::Url::parse_with_params(
            &format!("postgres://sluis@localhost/{database}"),
            [("host", self.folder.to_str().expect("a path in UTF-8"))],
        )
        .expect("a URL")
        .into()
    }

    async fn admin(&self) -> PgConnection {
        PgConnection::connect(&self.url("postgres"))
            .await
            .expect("the server answers")
    }
}

/// Drops what tests have finished with, beside them: each takes some megabytes.
fn drop_databases(admin: &str, names: &Receiver<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let options: sqlx::postgres::PgConnectOptions = admin.parse().expect("a URL");
    let Ok(mut admin) = runtime.block_on(options.connect()) else {
        return;
    };
    for name in names {
        let drop = AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"));
        if let Err(error) = runtime.block_on(admin.execute(drop)) {
            eprintln!("{name} stays until the end of the run: {error}");
        }
    }
}

/// The programs of the newest version that Debian has installed.
pub(crate) fn binaries() -> PathBuf {
    let versions = Path::new("/usr/lib/postgresql").read_dir().expect(MISSING);
    versions
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let version: u32 = path.file_name()?.to_str()?.parse().ok()?;
            let bin = path.join("bin");
            bin.join("initdb").exists().then_some((version, bin))
        })
        .max()
        .map(|(_, bin)| bin)
        .expect(MISSING)
}

#[tokio::test]
async fn a_fresh_database_is_empty_and_durable() {
    let (one, other) = (Database::fresh().await, Database::fresh().await);
    let mut one_side = PgConnection::connect(one.url().expose())
        .await
        .expect("it answers");
    one_side
        .execute("CREATE TABLE marks (mark TEXT)")
        .await
        .expect("it is ours");
    let fsync: String = sqlx::query_scalar("SHOW fsync")
        .fetch_one(&mut one_side)
        .await
        .expect("a setting");
    assert_eq!(fsync, "on", "what is tested is what is deployed");
    let mut other_side = PgConnection::connect(other.url().expose())
        .await
        .expect("it answers");
    let tables: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'",
    )
    .fetch_one(&mut other_side)
    .await
    .expect("a count");
    assert_eq!(tables, 0);
}
