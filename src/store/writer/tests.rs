//! Writes that share a commit, and do not share their failures.

use std::path::PathBuf;

use sqlx::Row as _;

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
        Writer::start(self.file.clone(), Readers::closed(self.file.clone()))
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
/// to look: they share a commit.
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
    let told = tokio::join!(mark_both(&writer, "undone", "a"), mark_one(&writer, "kept"));
    assert_eq!(
        told,
        (false, true),
        "the first is undone, the second is not"
    );
    assert!(!mark_both(&writer, "undone", "a").await, "alone");
    assert!(mark_both(&writer, "b", "c").await);
    writer.stop().await;
    assert_eq!(database.marks().await, ["a", "b", "c", "kept"]);
}

#[test]
fn as_little_is_said_as_keeps_writes_apart() {
    use Extent::{Several, Statement};
    let mut apart = Apart::default();
    assert_eq!(apart.before(Several), None, "nothing to keep it from");
    assert_eq!(apart.after(Several, true), None);
    assert_eq!(apart.before(Statement), None);
    assert_eq!(apart.after(Statement, false), None, "it did nothing");
    assert_eq!(apart.before(Several), Some("SAVEPOINT one"));
    assert_eq!(apart.after(Several, true), None);
    assert_eq!(apart.before(Several), Some("RELEASE one; SAVEPOINT one"));
    assert_eq!(apart.after(Several, false), Some("ROLLBACK TO one"));
    assert_eq!(apart.before(Several), None, "it is still there");
}

#[test]
fn what_is_refused_before_anything_is_kept_is_undone_with_the_transaction() {
    use Extent::{Several, Statement};
    for next in [Statement, Several] {
        let mut apart = Apart::default();
        assert_eq!(apart.before(Several), None);
        assert_eq!(apart.after(Several, false), None, "nobody may follow");
        assert_eq!(apart.before(next), Some("ROLLBACK; BEGIN IMMEDIATE"));
        assert_eq!(apart.after(next, true), None);
        assert_eq!(apart.before(Several), Some("SAVEPOINT one"));
    }
}
