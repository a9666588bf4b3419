//! What has a time that comes: grants that have run out, all or a purpose of
//! them, or whose owners are to be warned that they will; and, each with its statement elsewhere, duties and
//! requests that nobody answered.
//!
//! They are looked at page by page, in the order of their time, each page from
//! where the last one ended: a row that cannot be read, or not be written, holds
//! up none of the others.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::time;
use super::grants::{GrantRow, grant_columns};
use super::{Connection, StoreError};
use crate::domain::grant::Grant;
use crate::domain::id::GrantId;
use crate::domain::time::Timestamp;

statements! {
    EXPIRED = concat!("SELECT ", grant_columns!(), ", g.expires_at AS due_at FROM grants g \
              WHERE g.ended_at IS NULL AND g.expires_at <= $1 \
              AND g.expires_at >= $2 AND (g.expires_at > $2 OR g.id > $3) \
              ORDER BY g.expires_at, g.id LIMIT $4");
    TO_WARN = concat!("SELECT ", grant_columns!(), ", g.warn_at AS due_at FROM grants g \
              WHERE g.ended_at IS NULL AND g.warn_at <= $1 \
              AND g.warn_at >= $2 AND (g.warn_at > $2 OR g.id > $3) \
              ORDER BY g.warn_at, g.id LIMIT $4");
    LAPSED = concat!("SELECT ", grant_columns!(), ", g.lapses_at AS due_at FROM grants g \
              WHERE g.ended_at IS NULL AND g.lapses_at <= $1 \
              AND g.lapses_at >= $2 AND (g.lapses_at > $2 OR g.id > $3) \
              ORDER BY g.lapses_at, g.id LIMIT $4");
    SET_LAPSE = "UPDATE grants SET lapses_at = $1 WHERE account_id = $2 AND id = $3 \
              AND chain_seq = $4 AND lapses_at = $5 AND ended_at IS NULL";
    /// Of any number of nodes, one finds it as it was.
    SET_WARNING = "UPDATE grants SET warn_at = $1 WHERE account_id = $2 AND id = $3 \
              AND chain_seq = $4 AND warn_at = $5 AND ended_at IS NULL";
}

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    at: Timestamp,
    id: String,
}

impl Place {
    /// Before everything.
    pub const START: Self = Self {
        at: Timestamp::from_micros(i64::MIN),
        id: String::new(),
    };
}

/// A grant whose time has come.
#[derive(Debug)]
pub struct DueRow {
    /// When it came.
    pub due_at: Timestamp,
    /// The grant.
    pub row: GrantRow,
}

impl DueRow {
    /// Which grant.
    #[must_use]
    pub const fn grant_id(&self) -> GrantId {
        self.row.grant.id
    }
}

/// Some of what is due: what can be read, and what cannot.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows, the longest due first.
    pub rows: Vec<Result<T, StoreError>>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Place>,
}

/// Grants whose time was up at `now`, and of which that is not written down.
pub async fn expired(
    connection: &mut Connection,
    now: Timestamp,
    after: &Place,
    most: u32,
) -> Result<Page<DueRow>, StoreError> {
    page(connection, EXPIRED, COLUMNS, now, after, most, due_row).await
}

/// Grants whose owners are to be warned at `now`, and were not.
pub async fn to_warn(
    connection: &mut Connection,
    now: Timestamp,
    after: &Place,
    most: u32,
) -> Result<Page<DueRow>, StoreError> {
    page(connection, TO_WARN, COLUMNS, now, after, most, due_row).await
}

/// Grants of which a purpose had run out at `now`, and not all of it, and of
/// which that is not written down.
pub async fn lapsed(
    connection: &mut Connection,
    now: Timestamp,
    after: &Place,
    most: u32,
) -> Result<Page<DueRow>, StoreError> {
    page(connection, LAPSED, COLUMNS, now, after, most, due_row).await
}

/// The columns by which a page is ordered.
pub(super) struct OrderedBy {
    /// The time that came.
    pub(super) at: &'static str,
    /// Which of those with the same time.
    pub(super) id: &'static str,
}

const COLUMNS: OrderedBy = OrderedBy {
    at: "due_at",
    id: "g_id",
};

/// A page of what `statement` finds: rows whose time was up at `$1`, in the
/// order of time and id, from the time `$2` and the id `$3` on, `$4` at most.
pub(super) async fn page<T>(
    connection: &mut Connection,
    statement: &'static str,
    by: OrderedBy,
    now: Timestamp,
    after: &Place,
    most: u32,
    read: fn(&AnyRow) -> Result<T, StoreError>,
) -> Result<Page<T>, StoreError> {
    let rows = sqlx::query(statement)
        .bind(now.as_micros())
        .bind(after.at.as_micros())
        .bind(after.id.clone())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    let next = match rows.last() {
        Some(last) if rows.len() >= usize::try_from(most).unwrap_or(usize::MAX) => Some(Place {
            at: time(last, by.at)?,
            id: last.try_get(by.id)?,
        }),
        _ => None,
    };
    Ok(Page {
        rows: rows.iter().map(read).collect(),
        next,
    })
}

fn due_row(row: &AnyRow) -> Result<DueRow, StoreError> {
    Ok(DueRow {
        due_at: time(row, "due_at")?,
        row: GrantRow::from_row(row)?,
    })
}

/// Sets when the owner of a grant is to be warned (or that they were) that is as
/// it was found: with its chain at `seq`, and `before` as the time of the
/// warning. Says whether it was.
#[must_use = "another node may have warned them"]
pub async fn set_warning(
    tx: &mut Connection,
    grant: &Grant,
    seq: u32,
    before: Timestamp,
    warn_at: Option<Timestamp>,
) -> Result<bool, StoreError> {
    set(tx, SET_WARNING, grant, seq, before, warn_at).await
}

/// Sets when the next purpose of a grant runs out that is as it was found: with
/// its chain at `seq`, and `before` as that time.
pub async fn set_lapse(
    tx: &mut Connection,
    grant: &Grant,
    seq: u32,
    before: Timestamp,
) -> Result<(), StoreError> {
    let lapses_at = grant.terms.lapses_at();
    // Whoever was quicker has set it as well.
    set(tx, SET_LAPSE, grant, seq, before, lapses_at).await?;
    Ok(())
}

async fn set(
    tx: &mut Connection,
    statement: &'static str,
    grant: &Grant,
    seq: u32,
    before: Timestamp,
    at: Option<Timestamp>,
) -> Result<bool, StoreError> {
    let done = sqlx::query(statement)
        .bind(at.map(Timestamp::as_micros))
        .bind(grant.account_id.to_string())
        .bind(grant.id.to_string())
        .bind(i64::from(seq))
        .bind(before.as_micros())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
