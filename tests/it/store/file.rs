//! What can happen to the file of an SQLite database, and how the store gets
//! over it.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use sluis::store::{Store, StoreError, guesses, instance};
use sqlx::{Connection as _, Executor as _, SqliteConnection};

use super::bench::{NOW, keep};
use crate::harness::Folder;
use crate::ordinary_user;

struct Place {
    folder: Folder,
    file: PathBuf,
}

impl Place {
    fn fresh() -> Self {
        let folder = Folder::fresh();
        let file = folder.path().join("sluis.db");
        Self { folder, file }
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.file.display())
    }

    /// An instance of its own.
    async fn founded(&self, check: u8) -> Store {
        let store = Store::connect(&self.url(), true).await.expect("a database");
        store.migrate().await.expect("migrations");
        let made = keep!(store, |tx| instance::insert(tx, &[check; 50], NOW));
        assert!(made.expect("a write"));
        // The last connection that closes leaves all there is in the one file.
        store.close().await;
        self.opened().await
    }

    async fn opened(&self) -> Store {
        let store = Store::connect(&self.url(), false)
            .await
            .expect("a database");
        store
            .master_check()
            .await
            .expect("a read")
            .expect("an instance");
        store
    }

    fn beside(&self, end: &str) -> PathBuf {
        self.folder.path().join(format!("sluis.db{end}"))
    }

    /// Takes the database away, with what SQLite keeps beside it.
    fn take_away(&self) {
        fs::rename(&self.file, self.beside(".away")).expect("a move");
        for end in ["-wal", "-shm"] {
            let _ = fs::rename(self.beside(end), self.beside(&format!(".away{end}")));
        }
    }

    fn put_back(&self) {
        fs::rename(self.beside(".away"), &self.file).expect("a move");
        for end in ["-wal", "-shm"] {
            let _ = fs::rename(self.beside(&format!(".away{end}")), self.beside(end));
        }
    }
}

async fn mark(store: &Store, number: u8) -> Result<(), StoreError> {
    keep!(store, |tx| guesses::record_failure(tx, [number; 32], NOW))
}

async fn is_marked(store: &Store, number: u8) -> Result<bool, StoreError> {
    let mut connection = store.read().await?;
    let found = guesses::failures(&mut connection, [number; 32]).await?;
    Ok(found.is_some())
}

fn copy(from: &Path, to: &Path) {
    fs::copy(from, to).expect("a copy");
}

#[tokio::test]
async fn a_new_file_is_for_its_owner_alone() {
    let place = Place::fresh();
    let store = place.founded(1).await;
    mark(&store, 1).await.expect("a write");
    for end in ["", "-wal", "-shm"] {
        let mode = fs::metadata(place.beside(end)).expect("it is there").mode();
        assert_eq!(mode & 0o777, 0o600, "sluis.db{end}");
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_made_on_request_alone() {
    let place = Place::fresh();
    let refused = Store::connect(&place.url(), false).await;
    assert!(matches!(refused, Err(StoreError::File { .. })));
    assert!(!place.file.exists());
}

#[tokio::test]
async fn a_path_may_hold_any_letter() {
    let mut place = Place::fresh();
    for name in [
        "a b",
        "100%25",
        "50%",
        "what?",
        "#1",
        "café",
        "A\\B",
        "x&mode=ro",
        "Ünï.db",
    ] {
        place.file = place.folder.path().join(name);
        let store = Store::connect(&place.url(), true).await;
        if name.contains('?') {
            // Of a URL, a question mark ends the path.
            drop(store);
            continue;
        }
        let store = store.expect(name);
        store.migrate().await.expect(name);
        mark(&store, 1).await.expect(name);
        store.close().await;
        assert!(fs::metadata(&place.file).expect(name).len() > 0, "{name}");
    }
}

#[tokio::test]
async fn a_folder_or_a_text_is_no_database() {
    let place = Place::fresh();
    fs::write(
        &place.file,
        "Dear diary, this is no database at all.\n".repeat(99),
    )
    .expect("a file");
    let before = fs::read(&place.file).expect("a file");
    let store = Store::connect(&place.url(), true).await;
    assert!(matches!(store, Err(StoreError::File { .. })), "{store:?}");
    assert_eq!(fs::read(&place.file).expect("a file"), before);
    let folder = format!("sqlite://{}", place.folder.path().display());
    assert!(Store::connect(&folder, true).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_is_read_and_later_written() {
    let place = Place::fresh();
    let store = place.founded(1).await;
    mark(&store, 1).await.expect("a write");
    let mut other = SqliteConnection::connect(&place.url())
        .await
        .expect("a connection");
    other.execute("BEGIN IMMEDIATE").await.expect("the lock");
    let refused = mark(&store, 2).await;
    assert!(
        matches!(refused, Err(StoreError::Database(_))),
        "{refused:?}"
    );
    assert!(
        refused.is_err_and(|error| error.remedy().is_some()),
        "it says what to do"
    );
    assert!(is_marked(&store, 1).await.expect("reads go on"));
    other.execute("ROLLBACK").await.expect("no lock");
    mark(&store, 3).await.expect("it recovers");
    assert!(is_marked(&store, 3).await.expect("a read"));
    assert!(!is_marked(&store, 2).await.expect("a read"));
    assert!(is_marked(&store, 3).await.expect("a read"));
}

#[tokio::test]
async fn a_file_that_was_moved_away_takes_no_writes_until_it_is_back() {
    let place = Place::fresh();
    let store = place.founded(1).await;
    mark(&store, 1).await.expect("a write");
    place.take_away();
    for _ in 0..2 {
        assert!(matches!(mark(&store, 2).await, Err(StoreError::Gone(_))));
        assert!(is_marked(&store, 1).await.is_err(), "nor is it read");
        assert!(!place.file.exists(), "no other is made in its place");
    }
    place.put_back();
    mark(&store, 3).await.expect("it recovers");
    let seen = place.opened().await;
    let marks = [1, 2, 3].map(|number| is_marked(&seen, number));
    let [first, second, third] = marks;
    assert_eq!(
        (first.await.ok(), second.await.ok(), third.await.ok()),
        (Some(true), Some(false), Some(true))
    );
}

#[tokio::test]
async fn a_backup_in_its_place_is_taken_for_it() {
    let place = Place::fresh();
    let store = place.founded(1).await;
    mark(&store, 1).await.expect("a write");
    store.close().await;
    copy(&place.file, &place.beside(".backup"));
    let store = place.opened().await;
    mark(&store, 2).await.expect("a write");
    place.take_away();
    copy(&place.beside(".backup"), &place.file);
    mark(&store, 3).await.expect("it recovers");
    for (number, there) in [(1, true), (2, false), (3, true)] {
        assert_eq!(
            is_marked(&store, number).await.expect("a read"),
            there,
            "mark {number}"
        );
    }
}

#[tokio::test]
async fn another_instance_in_its_place_is_left_alone() {
    let (place, other) = (Place::fresh(), Place::fresh());
    let store = place.founded(1).await;
    mark(&store, 1).await.expect("a write");
    // What is beside the file when it is moved may still be in use.
    store.close().await;
    let store = place.opened().await;
    other.founded(2).await.close().await;
    place.take_away();
    copy(&other.file, &place.file);
    let before = fs::read(&place.file).expect("a file");
    let refused = mark(&store, 2).await;
    assert!(matches!(refused, Err(StoreError::Gone(_))), "{refused:?}");
    assert!(is_marked(&store, 1).await.is_err(), "nor is it read");
    assert_eq!(fs::read(&place.file).expect("a file"), before);
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(place.beside(end));
    }
    place.put_back();
    mark(&store, 3).await.expect("it recovers");
    assert!(is_marked(&store, 1).await.expect("a read"));
}

/// Nothing is read-only to root: this runs as somebody else.
#[tokio::test(flavor = "multi_thread")]
async fn a_read_only_database_is_noticed_and_read() {
    if ordinary_user::ran("store::file::a_read_only_database_is_noticed_and_read") {
        return;
    }
    let place = Place::fresh();
    let store = place.founded(1).await;
    mark(&store, 1).await.expect("a write");
    store.close().await;
    let modes = |file: u32, folder: u32| {
        fs::set_permissions(&place.file, fs::Permissions::from_mode(file)).expect("a mode");
        let folder_mode = fs::Permissions::from_mode(folder);
        fs::set_permissions(place.folder.path(), folder_mode).expect("a mode");
    };
    modes(0o400, 0o700);
    let store = Store::connect(&place.url(), false).await;
    if let Ok(store) = &store {
        let refused = mark(store, 2).await;
        assert!(
            matches!(refused, Err(StoreError::Database(_))),
            "{refused:?}"
        );
        assert!(
            refused.is_err_and(|error| error.remedy().is_some()),
            "it says what to do"
        );
        assert!(is_marked(store, 1).await.expect("it can be read"));
        modes(0o600, 0o700);
        mark(store, 3).await.expect("it recovers");
    } else {
        panic!("{store:?}");
    }
    drop(store);
    modes(0o600, 0o500);
    let refused = Store::connect(&place.url(), false).await;
    modes(0o600, 0o700);
    if let Err(error) = refused {
        assert!(error.remedy().is_some(), "it says what to do: {error}");
    }
    let store = place.opened().await;
    assert!(is_marked(&store, 1).await.expect("a read"));
    assert!(!is_marked(&store, 2).await.expect("a read"));
    assert!(is_marked(&store, 3).await.expect("a read"));
}
