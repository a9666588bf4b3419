//! Writes that share a commit, and do not share their failures.

use std::path::PathBuf;

use sqlx::Row as _;

use super::apart::Point;
use super::*;

/// A database of its own, that is gone when the test is over.
struct Database {
    path: PathBuf,
    file: DatabaseFile,
}

impl Database {
    async fn make(name: &str) -> Self {
        sqlx::any::install_default_drivers();
        let path = std::env::temp_dir().join(format!("sluis-{}-{name}.db", std::process::id()));
        let file = DatabaseFile::at(&format!("sqlite://{}", path.display()), true).unwrap();
        let database = Self { path, file };
        let create = "CREATE TABLE marks (mark TEXT NOT NULL PRIMARY KEY)";
        say(&mut database.connect().await, create).await.unwrap();
        database
    }

    async fn connect(&self) -> AnyConnection {
        open_sqlite_connection(&self.file).await.unwrap()
    }

    fn writer(&self) -> Writer {
        let readers = sqlx::any::AnyPoolOptions::new().connect_lazy(self.file.url());
        Writer::start(self.file.clone(), readers.unwrap())
    }

    async fn marks(&self) -> Vec<String> {
        let rows = sqlx::query("SELECT mark FROM marks ORDER BY mark")
            .fetch_all(&mut self.connect().await)
            .await
            .unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.path.display()));
        }
    }
}

async fn mark(tx: &mut Connection, mark: &str) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO marks (mark) VALUES ($1)")
        .bind(mark.to_owned())
        .execute(tx)
        .await?;
    Ok(())
}

/// Makes a mark and another; the other is refused if it is there already.
async fn mark_both(writer: &Writer, one: &'static str, other: &'static str) -> bool {
    let written: Result<(), StoreError> = writer
        .write(Extent::Several, move |tx| {
            Box::pin(async move {
                mark(tx, one).await?;
                mark(tx, other).await
            })
        })
        .await;
    written.is_ok()
}

async fn mark_one(writer: &Writer, one: &'static str) -> bool {
    let written: Result<(), StoreError> = writer
        .write(Extent::Statement, move |tx| {
            Box::pin(async move { mark(tx, one).await })
        })
        .await;
    written.is_ok()
}

/// All are handed in before the writer, which runs on this same thread, gets
/// to look: they are one group.
#[tokio::test]
async fn in_one_commit_each_write_is_kept_or_undone_by_itself() {
    let database = Database::make("apart").await;
    let writer = database.writer();
    let told = tokio::join!(
        mark_one(&writer, "a"),
        mark_both(&writer, "b", "c"),
        mark_both(&writer, "undone", "a"),
        mark_both(&writer, "undone too", "b"),
        mark_one(&writer, "c"),
        mark_both(&writer, "d", "e"),
        mark_one(&writer, "f"),
        mark_both(&writer, "undone as well", "f"),
        mark_both(&writer, "g", "h"),
    );
    let kept = (true, true, false, false, false, true, true, false, true);
    assert_eq!(told, kept);
    writer.stop().await;
    let marks = ["a", "b", "c", "d", "e", "f", "g", "h"];
    assert_eq!(database.marks().await, marks);
}

#[tokio::test]
async fn a_group_of_which_nothing_is_kept_leaves_the_writer_working() {
    let database = Database::make("nothing").await;
    let writer = database.writer();
    assert!(mark_one(&writer, "a").await);
    let told = tokio::join!(
        mark_both(&writer, "undone", "a"),
        mark_both(&writer, "undone", "a")
    );
    assert_eq!(told, (false, false));
    assert!(!mark_both(&writer, "undone", "a").await, "alone");
    assert!(mark_both(&writer, "b", "c").await);
    writer.stop().await;
    assert_eq!(database.marks().await, ["a", "b", "c"]);
}

#[test]
fn as_little_is_said_as_keeps_writes_apart() {
    let mut apart = Apart {
        alone: false,
        first: Extent::Several,
        point: Point::Unset,
    };
    assert_eq!(apart.begin(), "BEGIN IMMEDIATE; SAVEPOINT one");
    assert_eq!(apart.before(Extent::Several), None);
    assert_eq!(apart.after(Extent::Several, true), None);
    assert_eq!(apart.before(Extent::Statement), None);
    assert_eq!(apart.after(Extent::Statement, true), None);
    let again = Some("RELEASE one; SAVEPOINT one");
    assert_eq!(apart.before(Extent::Several), again);
    assert_eq!(apart.after(Extent::Several, false), Some("ROLLBACK TO one"));
    assert_eq!(apart.before(Extent::Several), None, "it is still there");
    let mut alone = Apart {
        alone: true,
        first: Extent::Several,
        point: Point::Unset,
    };
    assert_eq!(alone.begin(), "BEGIN IMMEDIATE");
    assert_eq!(alone.before(Extent::Several), None);
    assert_eq!(alone.after(Extent::Several, false), None);
}
