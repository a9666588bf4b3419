//! What came along from other providers, sealed.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{optional_time, parsed, time};
use super::{Connection, StoreError};
use crate::domain::id::{AccountId, ImportId};
use crate::domain::time::Timestamp;

statements! {
    INSERT = "INSERT INTO imports (account_id, id, created_at, head_sealed, summary_sealed) \
              VALUES ($1, $2, $3, $4, $5)";
    INSERT_PIECE = "INSERT INTO import_pieces (account_id, import_id, seq, piece_sealed) \
              VALUES ($1, $2, $3, $4)";
    FIND = "SELECT id, created_at, kept_at, head_sealed FROM imports \
              WHERE account_id = $1 AND id = $2";
    KEPT = "SELECT id, kept_at, summary_sealed FROM imports \
              WHERE account_id = $1 AND kept_at IS NOT NULL ORDER BY kept_at, id";
    PIECES = "SELECT seq, piece_sealed FROM import_pieces \
              WHERE account_id = $1 AND import_id = $2 AND seq > $3 ORDER BY seq LIMIT $4";
    /// Once alone.
    KEEP = "UPDATE imports SET kept_at = $1, head_sealed = $2 \
              WHERE account_id = $3 AND id = $4 AND kept_at IS NULL";
    WAITING = "SELECT id FROM imports WHERE account_id = $1 AND kept_at IS NULL";
    LEFT_BEHIND = "SELECT account_id, id FROM imports \
              WHERE kept_at IS NULL AND created_at < $1 ORDER BY created_at LIMIT $2";
    /// Whoever takes it over meanwhile waits, or came first. Nothing is changed.
    HOLD_WAITING = "UPDATE imports SET created_at = created_at \
              WHERE account_id = $1 AND id = $2 AND kept_at IS NULL";
    REMOVE_PIECES = "DELETE FROM import_pieces WHERE account_id = $1 AND import_id = $2";
    REMOVE = "DELETE FROM imports WHERE account_id = $1 AND id = $2";
}

/// An import as stored.
#[derive(Clone, Debug)]
pub struct ImportRow {
    /// Which.
    pub id: ImportId,
    /// When it came.
    pub created_at: Timestamp,
    /// When its owner took it over, if they did.
    pub kept_at: Option<Timestamp>,
    /// What it says of itself, under the vault key.
    pub head_sealed: Vec<u8>,
}

/// An import that was taken over, as lists need it.
#[derive(Clone, Debug)]
pub struct KeptRow {
    /// Which.
    pub id: ImportId,
    /// When its owner took it over.
    pub kept_at: Timestamp,
    /// The least that is to be said of it, under the vault key; those of an
    /// older edition have none.
    pub summary_sealed: Option<Vec<u8>>,
}

/// Some of its records as stored.
#[derive(Clone, Debug)]
pub struct PieceRow {
    /// Which piece, from 1.
    pub seq: i64,
    /// The records, under the vault key.
    pub piece_sealed: Vec<u8>,
}

fn import_row(row: &AnyRow) -> Result<ImportRow, StoreError> {
    Ok(ImportRow {
        id: parsed(row, "id")?,
        created_at: time(row, "created_at")?,
        kept_at: optional_time(row, "kept_at")?,
        head_sealed: row.try_get("head_sealed")?,
    })
}

/// Keeps what was handed in, to be looked at. It takes the place of what waited
/// before it.
pub async fn insert(
    tx: &mut Connection,
    account_id: AccountId,
    (row, summary_sealed): (&ImportRow, Vec<u8>),
    pieces: &[PieceRow],
) -> Result<(), StoreError> {
    let waiting = sqlx::query(WAITING)
        .bind(account_id.to_string())
        .fetch_all(&mut *tx)
        .await?;
    for other in &waiting {
        let _ = remove_waiting(tx, account_id, parsed(other, "id")?).await?;
    }
    sqlx::query(INSERT)
        .bind(account_id.to_string())
        .bind(row.id.to_string())
        .bind(row.created_at.as_micros())
        .bind(row.head_sealed.clone())
        .bind(summary_sealed)
        .execute(&mut *tx)
        .await?;
    for piece in pieces {
        sqlx::query(INSERT_PIECE)
            .bind(account_id.to_string())
            .bind(row.id.to_string())
            .bind(piece.seq)
            .bind(piece.piece_sealed.clone())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// One import of an account.
pub async fn find(
    connection: &mut Connection,
    account_id: AccountId,
    id: ImportId,
) -> Result<Option<ImportRow>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(import_row).transpose()
}

/// Those that an account took over, the oldest first.
pub async fn kept(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Vec<KeptRow>, StoreError> {
    let rows = sqlx::query(KEPT)
        .bind(account_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(KeptRow {
                id: parsed(row, "id")?,
                kept_at: time(row, "kept_at")?,
                summary_sealed: row.try_get("summary_sealed")?,
            })
        })
        .collect()
}

/// Some pieces of an import that come after one, in order.
pub async fn pieces(
    connection: &mut Connection,
    account_id: AccountId,
    id: ImportId,
    after: i64,
    most: u32,
) -> Result<Vec<PieceRow>, StoreError> {
    let rows = sqlx::query(PIECES)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .bind(after)
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(PieceRow {
                seq: row.try_get("seq")?,
                piece_sealed: row.try_get("piece_sealed")?,
            })
        })
        .collect()
}

/// Takes an import over; says whether it waited for that.
#[must_use = "it may have been taken over before"]
pub async fn keep(
    tx: &mut Connection,
    account_id: AccountId,
    id: ImportId,
    head_sealed: Vec<u8>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(KEEP)
        .bind(now.as_micros())
        .bind(head_sealed)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Some imports that nobody took over since they came before this.
pub async fn left_behind(
    connection: &mut Connection,
    before: Timestamp,
    most: u32,
) -> Result<Vec<(AccountId, ImportId)>, StoreError> {
    let rows = sqlx::query(LEFT_BEHIND)
        .bind(before.as_micros())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Ok((parsed(row, "account_id")?, parsed(row, "id")?)))
        .collect()
}

/// Throws an import away that nobody took over; says whether there was one.
/// What was taken over in the last moment stays.
#[must_use = "it may have been taken over"]
pub async fn remove_waiting(
    tx: &mut Connection,
    account_id: AccountId,
    id: ImportId,
) -> Result<bool, StoreError> {
    let held = sqlx::query(HOLD_WAITING)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
    if held.rows_affected() == 0 {
        return Ok(false);
    }
    remove(tx, account_id, id).await
}

/// Throws an import away; says whether it was there.
pub async fn remove(
    tx: &mut Connection,
    account_id: AccountId,
    id: ImportId,
) -> Result<bool, StoreError> {
    sqlx::query(REMOVE_PIECES)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .execute(&mut *tx)
        .await?;
    let done = sqlx::query(REMOVE)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
