//! Grants whose time comes: those that have run out, and those whose owners
//! are to be warned that they will.
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
    /// Of any number of nodes, one finds it as it was.
    SET_WARNING = "UPDATE grants SET warn_at = $1 WHERE account_id = $2 AND id = $3 \
              AND chain_seq = $4 AND warn_at = $5 AND ended_at IS NULL";
}

/// Where a page ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub(super) at: Timestamp,
    pub(super) id: String,
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
pub struct Page {
    /// The rows, the longest due first.
    pub rows: Vec<Result<DueRow, StoreError>>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Place>,
}

/// Grants whose time was up at `now`, and of which that is not written down.
pub async fn expired(
    connection: &mut Connection,
    now: Timestamp,
    after: &Place,
    most: u32,
) -> Result<Page, StoreError> {
    page(connection, EXPIRED, now, after, most).await
}

/// Grants whose owners are to be warned at `now`, and were not.
pub async fn to_warn(
    connection: &mut Connection,
    now: Timestamp,
    after: &Place,
    most: u32,
) -> Result<Page, StoreError> {
    page(connection, TO_WARN, now, after, most).await
}

async fn page(
    connection: &mut Connection,
    statement: &'static str,
    now: Timestamp,
    after: &Place,
    most: u32,
) -> Result<Page, StoreError> {
    let rows = sqlx::query(statement)
        .bind(now.as_micros())
        .bind(after.at.as_micros())
        .bind(after.id.clone())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    let next = match rows.last() {
        Some(last) if rows.len() >= usize::try_from(most).unwrap_or(usize::MAX) => Some(Place {
            at: time(last, "due_at")?,
            id: last.try_get("g_id")?,
        }),
        _ => None,
    };
    Ok(Page {
        rows: rows.iter().map(due_row).collect(),
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
    let done = sqlx::query(SET_WARNING)
        .bind(warn_at.map(Timestamp::as_micros))
        .bind(grant.account_id.to_string())
        .bind(grant.id.to_string())
        .bind(i64::from(seq))
        .bind(before.as_micros())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}
