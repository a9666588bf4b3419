//! A server whose database goes away says so, loses nobody's words, and goes on
//! by itself when it is back.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use reqwest::Client;
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use super::{Place, Server, browser, free_port, get};
use crate::harness::{ADA, Actor, Folder};
use crate::html::Form;
use crate::postgres::Database;

/// More questions than there are connections: of those that broke, each fails
/// whoever gets it, and once.
const CONNECTIONS: usize = 20;

/// A server that runs, and somebody there with a form that they filled in.
struct Running {
    server: Server,
    base: String,
    ada: Actor,
    form: Form,
}

impl Running {
    async fn at(place: &Place, variables: &[(&str, &str)]) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let mut variables = variables.to_vec();
        variables.push(("SLUIS_LISTEN", &address));
        Self::of(place.start(&["serve"], &variables), &address).await
    }

    async fn of(server: Server, address: &str) -> Self {
        let base = format!("http://{address}");
        get(&format!("{base}/readyz"), 200).await;
        let mut ada = browser(&base, Client::builder());
        let page = ada.sign_up("/sign-up", "Ada", ADA).await;
        assert_eq!(page.location(), "/account?done=welcome");
        let form = ada.get("/account/profiles/nickname").await;
        let form = form.form("attribute").with("value", "Countess");
        Self {
            server,
            base,
            ada,
            form: form.press("save"),
        }
    }

    async fn on_postgresql(place: &Place, database: &Database) -> Self {
        let url = database.url().expose();
        Self::at(place, &[("SLUIS_DATABASE_URL", url)]).await
    }

    /// The browser of somebody else.
    fn probe(&self) -> Actor {
        browser(&self.base, Client::builder())
    }

    async fn is_ready(&self) -> bool {
        let page = self.probe().get("/readyz").await;
        match page.status.as_u16() {
            200 => page.html == "ready\n",
            503 => {
                assert_eq!(page.html, "not ready: the log says why\n");
                false
            }
            other => panic!("{other}: {}", page.html),
        }
    }

    /// Saves what was filled in.
    async fn saves(&mut self) -> bool {
        let page = self.ada.submit(self.form.clone()).await;
        if page.redirect().is_some() {
            assert_eq!(page.location(), "/account/profiles?done=saved");
            return true;
        }
        is_unavailable(&page);
        false
    }

    /// Neither read nor written.
    async fn is_away(&mut self) {
        for _ in 0..2 {
            assert!(!self.is_ready().await);
            is_unavailable(&self.ada.get("/sign-in").await);
            assert!(!self.saves().await);
        }
        // There is nothing that a restart would mend.
        get(&format!("{}/healthz", self.base), 200).await;
    }

    /// Without a restart, and with what was filled in before.
    async fn is_back(&mut self) {
        assert!(self.is_ready().await);
        assert!(self.saves().await);
        self.has_saved().await;
    }

    async fn has_saved(&mut self) {
        let page = self.ada.get("/account/profiles/nickname").await;
        assert_eq!(page.form("attribute").value("value"), Some("Countess"));
    }

    /// [`Self::is_back`], once the connections that broke are gone.
    async fn comes_back(&mut self) {
        let mut failed = 0;
        while !(self.is_ready().await && self.saves().await) {
            failed += 1;
            assert!(failed < CONNECTIONS, "it does not come back");
        }
        self.has_saved().await;
    }

    /// Stops it; what it told its operator.
    #[track_caller]
    fn said(self, words: &[&str]) {
        let told = self.server.stop("TERM").succeeds().err;
        for word in words {
            assert!(told.contains(word), "{word:?} is not in {told}");
        }
    }
}

#[track_caller]
fn is_unavailable(page: &crate::harness::Page) {
    assert_eq!(page.error().as_deref(), Some("unavailable"), "{page:?}");
    assert_eq!(page.status.as_u16(), 503);
    page.says("Nothing is lost. Try again in a few minutes.");
}

/// Moves a database file with what SQLite keeps beside it.
fn rename(place: &Path, from: &str, to: &str) {
    fs::rename(place.join(from), place.join(to)).expect("a move");
    for end in ["-wal", "-shm"] {
        let [from, to] = [from, to].map(|name| place.join(format!("{name}{end}")));
        let _ = fs::rename(from, to);
    }
}

#[tokio::test]
async fn a_file_that_is_moved_away_and_put_back() {
    let place = Place::new();
    let mut running = Running::at(&place, &[]).await;
    rename(&place.0, "sluis.db", "away.db");
    running.is_away().await;
    assert!(
        !place.path("sluis.db").exists(),
        "none is made in its place"
    );
    rename(&place.0, "away.db", "sluis.db");
    running.is_back().await;
    running.said(&["not ready", "is gone or was replaced: put it back"]);
}

#[tokio::test]
async fn a_file_that_another_process_locks_and_lets_go() {
    let place = Place::new();
    let mut running = Running::at(&place, &[]).await;
    let url = format!("sqlite://{}", place.path("sluis.db").display());
    let mut other = SqliteConnection::connect(&url).await.expect("a database");
    other.execute("BEGIN EXCLUSIVE").await.expect("the lock");
    let mut ada = running.ada.clone();
    let (ready, page) = tokio::join!(running.is_ready(), ada.submit(running.form.clone()));
    assert!(!ready);
    is_unavailable(&page);
    // Reads go on.
    assert_eq!(ada.get("/account").await.status.as_u16(), 200);
    other.execute("ROLLBACK").await.expect("no lock");
    running.is_back().await;
    running.said(&["not ready", "another process holds the database"]);
}

#[tokio::test]
async fn a_file_that_a_newer_release_migrates_and_a_database_too() {
    let (files, tables) = (Place::new(), Place::new());
    let database = Database::fresh().await;
    let url = format!("sqlite://{}", files.path("sluis.db").display());
    sqlx::any::install_default_drivers();
    for (url, mut running) in [
        (url.as_str(), Running::at(&files, &[]).await),
        (
            database.url().expose(),
            Running::on_postgresql(&tables, &database).await,
        ),
    ] {
        let mut newer = sqlx::AnyConnection::connect(url).await.expect("a database");
        let migration = "INSERT INTO _sqlx_migrations \
            SELECT 9999, 'from the future', installed_on, success, checksum, execution_time \
            FROM _sqlx_migrations ORDER BY version LIMIT 1";
        newer.execute(migration).await.expect("a migration");
        assert!(!running.is_ready().await);
        // What one release adds does not hurt the one before.
        assert!(running.saves().await);
        let back = "DELETE FROM _sqlx_migrations WHERE version = 9999";
        newer.execute(back).await.expect("a restored backup");
        assert!(running.is_ready().await);
        newer.close().await.expect("goodbye");
        running.said(&["written by a newer Sluis: start that version"]);
    }
}

/// A place that everybody can reach, with an instance and the program in it, of
/// the user that the server runs as: nothing is read-only to root.
struct Theirs {
    place: Place,
    user: u32,
}

const NOBODY: u32 = 65_534;

impl Theirs {
    fn migrated() -> Self {
        let folder = std::mem::ManuallyDrop::new(Folder::fresh());
        let place = Place(PathBuf::from(folder.path()));
        place.run(&["migrate"]).succeeds();
        fs::copy(env!("CARGO_BIN_EXE_sluis"), place.path("sluis")).expect("a copy");
        let own = fs::metadata("/proc/self").expect("/proc").uid();
        let theirs = Self {
            place,
            user: if own == 0 { NOBODY } else { own },
        };
        theirs.give("");
        theirs
    }

    fn give(&self, name: &str) {
        let given = Command::new("chown")
            .arg("-R")
            .arg(self.user.to_string())
            .arg(self.place.path(name))
            .status();
        assert!(given.expect("chown").success());
    }

    fn may(&self, name: &str, mode: u32) {
        fs::set_permissions(self.place.path(name), Permissions::from_mode(mode)).expect("a mode");
    }

    async fn running(&self) -> Running {
        let address = format!("127.0.0.1:{}", free_port());
        let program = self.place.path("sluis");
        let mut command = if self.user == NOBODY {
            let mut command = Command::new("setpriv");
            let user = ["--reuid=65534", "--regid=65534", "--clear-groups", "--"];
            command.args(user).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.arg("serve").current_dir(&self.place.0).env_clear();
        command
            .env("SLUIS_LOG", "warn")
            .env("SLUIS_LISTEN", &address);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let server = Server(Some(command.spawn().expect("setpriv of util-linux")));
        Running::of(server, &address).await
    }
}

#[tokio::test]
async fn a_backup_that_was_put_back_by_another_user_and_given_to_the_right_one() {
    let theirs = Theirs::migrated();
    let place = &theirs.place;
    fs::copy(place.path("sluis.db"), place.path("backup.db")).expect("a copy");
    theirs.give("backup.db");
    theirs.may("backup.db", 0o400);
    let running = theirs.running().await;
    rename(&place.0, "sluis.db", "away.db");
    fs::rename(place.path("backup.db"), place.path("sluis.db")).expect("a move");
    for _ in 0..2 {
        assert!(!running.is_ready().await);
        // It can be read, and nobody can sign up.
        let page = running
            .probe()
            .sign_up("/sign-up", "Bea", "bea@home.example")
            .await;
        is_unavailable(&page);
    }
    theirs.may("sluis.db", 0o600);
    assert!(running.is_ready().await);
    let page = running
        .probe()
        .sign_up("/sign-up", "Bea", "bea@home.example")
        .await;
    assert_eq!(page.location(), "/account?done=welcome");
    running.said(&["not ready", "the database can be read and not written"]);
}

const TERMINATE: &str =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'";

#[tokio::test]
async fn a_database_server_that_drops_every_connection() {
    let (place, database) = (Place::new(), Database::fresh().await);
    let mut running = Running::on_postgresql(&place, &database).await;
    database.from_outside(TERMINATE).await;
    running.comes_back().await;
    running.said(&["stopped"]);
}

#[tokio::test]
async fn a_database_server_that_lets_nobody_in_for_a_while() {
    let (place, database) = (Place::new(), Database::fresh().await);
    let mut running = Running::on_postgresql(&place, &database).await;
    database
        .from_outside("ALTER DATABASE {} ALLOW_CONNECTIONS false")
        .await;
    database.from_outside(TERMINATE).await;
    for _ in 0..CONNECTIONS {
        assert!(!running.is_ready().await);
    }
    running.is_away().await;
    database
        .from_outside("ALTER DATABASE {} ALLOW_CONNECTIONS true")
        .await;
    running.comes_back().await;
    running.said(&["not ready", "takes no connections for the moment"]);
}

#[tokio::test]
async fn a_database_server_that_takes_no_writes_for_a_while() {
    let (place, database) = (Place::new(), Database::fresh().await);
    let mut running = Running::on_postgresql(&place, &database).await;
    // As of a standby, to which an address leads after a fail-over.
    database
        .from_outside("ALTER DATABASE {} SET default_transaction_read_only = on")
        .await;
    database.from_outside(TERMINATE).await;
    for _ in 0..CONNECTIONS {
        assert!(!running.is_ready().await);
    }
    assert!(!running.saves().await);
    assert_eq!(running.ada.get("/account").await.status.as_u16(), 200);
    database
        .from_outside("ALTER DATABASE {} RESET default_transaction_read_only")
        .await;
    database.from_outside(TERMINATE).await;
    running.comes_back().await;
    running.said(&["not ready", "the database can be read and not written"]);
}
