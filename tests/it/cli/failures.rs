//! What must not be opened is refused with the way out, and left as it is.

use std::os::unix::fs::PermissionsExt as _;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection as _, Executor as _};

use super::{Place, free_port};

async fn connect(place: &Place) -> SqliteConnection {
    let url = format!("sqlite://{}", place.path("sluis.db").display());
    SqliteConnection::connect(&url).await.expect("a database")
}

/// Everything that opens an instance, and writes to one that it may open.
const OPENERS: [&[&str]; 4] = [
    &["serve"],
    &["serve", "--no-migrate"],
    &["migrate"],
    &["keys", "rotate"],
];

#[test]
fn a_foreign_master_key_opens_nothing_and_changes_nothing() {
    let place = Place::migrated();
    let other = Place::migrated();
    place.write("keys/master.key", other.read("keys/master.key"));
    let before = place.read("sluis.db");
    for opener in OPENERS {
        place
            .run(opener)
            .is_refused(&["master.key does not belong to this database"]);
    }
    assert_eq!(place.read("sluis.db"), before);
}

#[test]
fn a_master_key_that_is_gone_is_not_made_anew() {
    let place = Place::migrated();
    std::fs::remove_file(place.path("keys/master.key")).expect("it was there");
    for opener in OPENERS {
        place
            .run(opener)
            .is_refused(&["master.key is not there", "restore it from your backup"]);
    }
    assert!(!place.path("keys/master.key").exists());
}

#[test]
fn a_master_key_that_others_can_read_or_that_is_none_is_refused() {
    let place = Place::migrated();
    let path = place.path("keys/master.key");
    let open = |mode| {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("ours");
    };
    open(0o644);
    for opener in OPENERS {
        place.run(opener).is_refused(&["chmod 600"]);
    }
    open(0o600);
    place.write("keys/master.key", "not a key");
    for opener in OPENERS {
        place.run(opener).is_refused(&["is not a master key"]);
    }
    assert_eq!(place.read("keys/master.key"), b"not a key");
}

#[test]
fn a_keys_folder_that_cannot_be_read_is_refused() {
    let place = Place::migrated();
    std::fs::remove_dir_all(place.path("keys")).expect("it was there");
    place.write("keys", "a file where a folder should be");
    for opener in OPENERS {
        place.run(opener).is_refused(&["master.key cannot be read"]);
    }
}

#[tokio::test]
async fn a_newer_database_is_left_alone() {
    let place = Place::migrated();
    let mut connection = connect(&place).await;
    connection
        .execute(
            "INSERT INTO _sqlx_migrations \
             (version, description, installed_on, success, checksum, execution_time) \
             VALUES (9999, 'from the future', '2030-01-01', 1, x'00', 0)",
        )
        .await
        .expect("a migration");
    connection.close().await.expect("closed");
    for opener in OPENERS {
        place
            .run(opener)
            .is_refused(&["written by a newer Sluis", "start that version"]);
    }
}

#[tokio::test]
async fn an_older_database_is_served_only_when_it_may_be_migrated() {
    let place = Place::new();
    place
        .run(&["serve", "--no-migrate"])
        .is_refused(&["does not exist", "sluis migrate"]);
    place.write("sluis.db", "");
    place
        .run(&["serve", "--no-migrate"])
        .is_refused(&["lacks migrations", "sluis migrate"]);
    assert_eq!(place.read("sluis.db").len(), 0);
}

#[tokio::test]
async fn a_locked_database_is_refused_after_a_while() {
    let place = Place::migrated();
    let mut connection = connect(&place).await;
    connection.execute("BEGIN IMMEDIATE").await.expect("a lock");
    place
        .run(&["serve"])
        .is_refused(&["database is locked", "another process holds the database"]);
}

#[test]
fn what_is_no_database_is_refused_and_left_as_it_is() {
    let place = Place::new();
    let novel = "It was a dark and stormy night. ".repeat(200);
    place.write("sluis.db", &novel);
    for opener in OPENERS {
        place
            .run(opener)
            .is_refused(&["not a database", "what to do"]);
    }
    assert_eq!(place.read("sluis.db"), novel.as_bytes());
    place
        .run_with(
            &["migrate"],
            &[("SLUIS_DATABASE_URL", "sqlite://no/such/folder/sluis.db")],
        )
        .is_refused(&["no/such/folder/sluis.db", "what to do"]);
}

#[test]
fn a_database_server_that_is_not_there_is_told() {
    let place = Place::new();
    let url = format!("postgres://sluis:geheim@127.0.0.1:{}/sluis", free_port());
    let refused = place
        .run_with(&["migrate"], &[("SLUIS_DATABASE_URL", &url)])
        .is_refused(&["what to do", "SLUIS_DATABASE_URL"]);
    assert!(!refused.err.contains("geheim"), "{refused:?}");
    assert!(!place.path("keys").exists());
}

#[test]
fn a_port_that_is_taken_is_told_before_anything_is_opened() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    place
        .run_with(&["serve"], &[("SLUIS_LISTEN", &address)])
        .is_refused(&[&address, "SLUIS_LISTEN"]);
    assert!(!place.path("sluis.db").exists());
}

#[test]
fn settings_that_cannot_be_used_are_all_told() {
    let place = Place::new();
    place.write(
        "other.toml",
        "issuer = 'http://id.example.org'\nlog_format = 'here'",
    );
    for command in ["serve", "migrate", "demo"] {
        place
            .run(&["--config", "other.toml", command])
            .is_refused(&["issuer in other.toml", "log_format in other.toml"]);
    }
    assert!(!place.path("sluis.db").exists());
}
