//! Opening an instance: what does not fit is refused, and nothing is touched.

use std::collections::BTreeMap;
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use sluis::app::{ALL_KEYS, App, Migrations, OpenError};
use sluis::clock::Clock;
use sluis::config::Config;
use sluis::crypto::jwt::Typ;
use sluis::crypto::master::MasterKeyError;
use sluis::crypto::signing::Algorithm;
use sluis::domain::time::Timestamp;
use sluis::random::Random;
use sluis::store::StoreError;

use crate::harness::{Engine, Folder};
use crate::ordinary_user;
use crate::postgres::Database;

/// Where an instance lives.
struct Place {
    folder: Folder,
    database: Option<Database>,
}

impl Place {
    async fn on(engine: Engine) -> Self {
        let database = match engine {
            Engine::Sqlite => None,
            Engine::Postgres => Some(Database::fresh().await),
        };
        Self {
            folder: Folder::fresh(),
            database,
        }
    }

    fn keys(&self) -> PathBuf {
        self.folder.path().join("keys")
    }

    fn key(&self) -> PathBuf {
        self.keys().join("master.key")
    }

    fn config(&self) -> Config {
        let file = || format!("sqlite://{}/sluis.db", self.folder.path().display()).parse();
        let database_url = match &self.database {
            Some(database) => database.url().clone(),
            None => file().expect("a database URL"),
        };
        Config {
            database_url,
            keys_dir: self.keys(),
            ..Config::default()
        }
    }

    async fn open(&self, migrations: Migrations) -> Result<App, OpenError> {
        let clock = Clock::manual(Timestamp::from_seconds(1_790_000_000));
        App::open(self.config(), migrations, clock, Random::system()).await
    }

    /// An instance that was made, used and closed.
    async fn founded(engine: Engine) -> Self {
        let place = Self::on(engine).await;
        let app = place.open(Migrations::Apply).await.expect("an instance");
        app.close().await;
        place
    }

    /// Everything below the folder: its mode and its content.
    fn picture(&self) -> BTreeMap<PathBuf, (u32, Option<Vec<u8>>)> {
        fn walk(path: &Path, seen: &mut BTreeMap<PathBuf, (u32, Option<Vec<u8>>)>) {
            let mode = fs::metadata(path).expect("it is there").mode();
            let content = path.is_file().then(|| fs::read(path).unwrap_or_default());
            seen.insert(path.to_owned(), (mode, content));
            for entry in fs::read_dir(path).into_iter().flatten() {
                walk(&entry.expect("an entry").path(), seen);
            }
        }
        let mut seen = BTreeMap::new();
        walk(self.folder.path(), &mut seen);
        seen
    }

    /// Every row of the tables that opening could touch.
    async fn rows(&self) -> Vec<String> {
        let url = self.config().database_url;
        sqlx::any::install_default_drivers();
        let mut connection = <sqlx::AnyConnection as sqlx::Connection>::connect(url.expose())
            .await
            .expect("a connection");
        let mut rows = Vec::new();
        for text in [
            "SELECT kid || public_jwk FROM signing_keys ORDER BY kid",
            "SELECT id || CAST(created_at AS TEXT) FROM instance",
            "SELECT description FROM _sqlx_migrations ORDER BY version",
        ] {
            let more: Vec<String> = sqlx::query_scalar(text)
                .fetch_all(&mut connection)
                .await
                .expect("rows");
            rows.extend(more);
        }
        sqlx::Connection::close(connection).await.expect("goodbye");
        rows
    }

    /// Tries to open what should be refused; gives back why it was, once it is
    /// sure that nothing was touched.
    async fn refused(&self) -> OpenError {
        let (picture, rows) = (self.picture(), self.rows().await);
        for migrations in [Migrations::Refuse, Migrations::Apply] {
            let refused = self.open(migrations).await;
            assert!(refused.is_err());
        }
        let refused = self
            .open(Migrations::Apply)
            .await
            .expect_err("it was refused before");
        // What was refused lets go of the file on a thread of its own; whoever is
        // the last takes its journal away.
        let mut now = BTreeMap::new();
        for _ in 0..200 {
            assert_eq!(self.rows().await, rows);
            now = self.picture();
            if now.len() == picture.len() {
                break;
            }
        }
        assert_eq!(
            now.keys().collect::<Vec<_>>(),
            picture.keys().collect::<Vec<_>>()
        );
        assert!(now == picture, "a file was touched");
        refused
    }
}

#[tokio::test]
async fn an_instance_opens_again_with_the_same_keys() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let place = Place::founded(engine).await;
        let rows = place.rows().await;
        let key = fs::read(place.key()).expect("a key");
        for migrations in [Migrations::Refuse, Migrations::Apply] {
            let app = place.open(migrations).await.expect("it fits");
            let keys = app.keys().await.expect("keys");
            keys.sign(Typ::Receipt, Algorithm::Es256, &1)
                .expect("a signature");
            app.close().await;
        }
        assert_eq!(place.rows().await, rows);
        assert_eq!(fs::read(place.key()).expect("a key"), key);
        assert_eq!(
            fs::metadata(place.key()).expect("a key").mode() & 0o777,
            0o600
        );
    }
}

#[tokio::test]
async fn a_key_that_is_missing_is_not_made_anew_for_a_database_that_has_one() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let place = Place::founded(engine).await;
        fs::rename(place.key(), place.folder.path().join("elsewhere")).expect("a move");
        let refused = place.refused().await;
        assert!(matches!(
            refused,
            OpenError::MasterKey(MasterKeyError::Missing { .. })
        ));
        assert!(!place.key().exists());
        fs::remove_dir_all(place.keys()).expect("a folder");
        let refused = place.refused().await;
        assert!(matches!(
            refused,
            OpenError::MasterKey(MasterKeyError::Missing { .. })
        ));
        assert!(!place.keys().exists());
    }
}

#[tokio::test]
async fn a_key_of_another_instance_is_refused() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let (place, other) = (
            Place::founded(engine).await,
            Place::founded(Engine::Sqlite).await,
        );
        fs::copy(other.key(), place.key()).expect("a copy");
        let refused = place.refused().await;
        assert!(
            matches!(refused, OpenError::Store(StoreError::WrongMasterKey)),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn a_key_that_others_can_read_is_refused() {
    let place = Place::founded(Engine::Sqlite).await;
    for mode in [0o640, 0o604, 0o620, 0o601, 0o666] {
        fs::set_permissions(place.key(), Permissions::from_mode(mode)).expect("a mode");
        let refused = place.refused().await;
        let exposed = matches!(
            refused,
            OpenError::MasterKey(MasterKeyError::Exposed { .. })
        );
        assert!(exposed, "{mode:o}: {refused}");
    }
    fs::set_permissions(place.key(), Permissions::from_mode(0o400)).expect("a mode");
    place
        .open(Migrations::Apply)
        .await
        .expect("it may be read-only")
        .close()
        .await;
}

#[tokio::test]
async fn a_key_that_is_none_is_refused() {
    let place = Place::founded(Engine::Sqlite).await;
    let whole = fs::read(place.key()).expect("a key");
    let mut broken = whole.clone();
    broken[5] = b'x';
    for content in [
        &[][..],
        &whole[1..],
        &whole[..whole.len() - 2],
        &broken,
        &[whole.clone(), whole.clone()].concat(),
    ] {
        fs::write(place.key(), content).expect("a file");
        let refused = place.refused().await;
        let malformed = matches!(
            refused,
            OpenError::MasterKey(MasterKeyError::Malformed { .. })
        );
        assert!(malformed, "{refused}");
    }
}

#[tokio::test]
async fn a_keys_folder_that_is_none_is_refused() {
    let place = Place::founded(Engine::Sqlite).await;
    fs::rename(place.keys(), place.folder.path().join("elsewhere")).expect("a move");
    fs::write(place.keys(), "not a folder").expect("a file");
    let refused = place.refused().await;
    assert!(
        matches!(
            refused,
            OpenError::MasterKey(MasterKeyError::Unreadable { .. })
        ),
        "{refused}"
    );
}

/// Nothing is unreadable to root: this runs as somebody else.
#[tokio::test]
async fn a_keys_folder_that_cannot_be_read_is_refused() {
    if ordinary_user::ran("open::a_keys_folder_that_cannot_be_read_is_refused") {
        return;
    }
    let place = Place::founded(Engine::Sqlite).await;
    for (path, mode) in [
        (place.key(), 0o000),
        (place.keys(), 0o000),
        (place.keys(), 0o600),
    ] {
        let before = fs::metadata(&path).expect("it is there").permissions();
        fs::set_permissions(&path, Permissions::from_mode(mode)).expect("a mode");
        let refused = place.open(Migrations::Apply).await;
        fs::set_permissions(&path, before).expect("a mode");
        let refused = refused.expect_err("it cannot be read");
        let unreadable = matches!(
            refused,
            OpenError::MasterKey(MasterKeyError::Unreadable { .. })
        );
        assert!(unreadable, "{}: {refused}", path.display());
    }
    place
        .open(Migrations::Refuse)
        .await
        .expect("nothing was touched")
        .close()
        .await;
}

#[tokio::test]
async fn without_leave_to_migrate_nothing_is_made() {
    let place = Place::on(Engine::Sqlite).await;
    let before = place.picture();
    let refused = place
        .open(Migrations::Refuse)
        .await
        .expect_err("there is nothing");
    assert!(
        matches!(refused, OpenError::Store(StoreError::File { .. })),
        "{refused}"
    );
    assert!(place.picture() == before, "a file was made");

    let place = Place::on(Engine::Postgres).await;
    let before = place.picture();
    let refused = place
        .open(Migrations::Refuse)
        .await
        .expect_err("there is nothing");
    assert!(
        matches!(refused, OpenError::Store(StoreError::NotMigrated)),
        "{refused}"
    );
    assert!(place.picture() == before, "a key was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_that_start_at_once_found_one_instance() {
    let place = Place::on(Engine::Postgres).await;
    let (one, other) = tokio::join!(place.open(Migrations::Apply), place.open(Migrations::Apply));
    let (one, other) = (one.expect("a node"), other.expect("another"));
    let keys = [
        one.keys().await.expect("keys"),
        other.keys().await.expect("keys"),
    ];
    let signed = keys[0]
        .sign(Typ::Receipt, Algorithm::Es256, &1)
        .expect("a signature");
    keys[1]
        .public_keys()
        .verify(&signed, Typ::Receipt)
        .expect("they are the same keys");
    assert_eq!(
        place
            .rows()
            .await
            .iter()
            .filter(|row| row.contains("kty"))
            .count(),
        ALL_KEYS.len()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_made_a_key_of_its_own_is_not_let_in() {
    let place = Place::on(Engine::Postgres).await;
    let elsewhere = Folder::fresh();
    let other = async {
        let config = Config {
            keys_dir: elsewhere.path().join("keys"),
            ..place.config()
        };
        let clock = Clock::manual(Timestamp::from_seconds(1_790_000_000));
        App::open(config, Migrations::Apply, clock, Random::system()).await
    };
    let (one, other) = tokio::join!(place.open(Migrations::Apply), other);
    let wrong = |opened: &Result<App, OpenError>| {
        matches!(opened, Err(OpenError::Store(StoreError::WrongMasterKey)))
    };
    assert!(one.is_ok() != other.is_ok(), "one founds it");
    assert!(
        wrong(&one) || wrong(&other),
        "and the other is told why it cannot"
    );
    assert_eq!(
        place
            .rows()
            .await
            .iter()
            .filter(|row| row.contains("kty"))
            .count(),
        ALL_KEYS.len()
    );
}
