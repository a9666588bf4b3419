//! Editions of plans, and the agreements that are still to be held against the
//! newest one.
//!
//! They are looked at page by page, each from where the last one ended: a row
//! that cannot be read, or not be written, holds up none of the others.

use sqlx::Row as _;

use super::codec::{count, parsed};
use super::grants::{GrantRow, grant_columns};
use super::{Connection, StoreError};
use crate::domain::grant::Grant;
use crate::domain::id::ClientId;
use crate::domain::plan::PlanVersion;
use crate::domain::time::Timestamp;

statements! {
    /// How many editions a client has published since.
    RECENT = "SELECT COUNT(*) AS editions FROM plans WHERE client_id = $1 AND created_at > $2";
    ANY_BEHIND = "SELECT g.id FROM grants g \
              WHERE g.client_id = $1 AND g.ended_at IS NULL AND g.plan_held < $2 LIMIT 1";
    EDITION = "SELECT plan_version FROM clients WHERE id = $1";
    /// The index has those with something left to do, which are few.
    UNSETTLED = "SELECT c.id FROM clients c JOIN plans p \
              ON p.client_id = c.id AND p.version = c.plan_version \
              WHERE c.plan_settled < c.plan_version AND c.id > $1 \
              AND (p.created_at <= $2 OR p.created_at > $3) \
              ORDER BY c.id LIMIT $4";
    BEHIND = concat!("SELECT ", grant_columns!(), ", g.plan_held AS held FROM grants g \
              WHERE g.client_id = $1 AND g.ended_at IS NULL AND g.plan_held < $2 \
              AND g.plan_held >= $3 AND (g.plan_held > $3 OR g.id > $4) \
              ORDER BY g.plan_held, g.id LIMIT $5");
    /// Of any number of nodes, one finds it as it was.
    HOLD = "UPDATE grants SET plan_held = $1, plan_version = $2 \
              WHERE account_id = $3 AND id = $4 AND chain_seq = $5 AND plan_held < $1";
    REFUSE = "UPDATE grants SET plan_refused = $1 \
              WHERE account_id = $2 AND id = $3 AND ended_at IS NULL AND plan_refused < $1";
    SETTLE = "UPDATE clients SET plan_settled = $1 WHERE id = $2 AND plan_settled < $1";
}

/// Where a page of agreements ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    held: PlanVersion,
    id: String,
}

impl Step {
    /// Before everything.
    pub const START: Self = Self {
        held: PlanVersion(0),
        id: String::new(),
    };
}

/// Some of the agreements that are behind: what can be read, and what cannot.
#[derive(Debug)]
pub struct Behind {
    /// The agreements.
    pub rows: Vec<Result<GrantRow, StoreError>>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<Step>,
}

/// Which edition of its plan a client is at.
pub async fn current(
    connection: &mut Connection,
    client_id: &ClientId,
) -> Result<Option<PlanVersion>, StoreError> {
    let row = sqlx::query(EDITION)
        .bind(client_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok(PlanVersion(count(&row, "plan_version")?)))
        .transpose()
}

/// How many editions a client has published since `since`.
pub async fn published_since(
    connection: &mut Connection,
    client_id: &ClientId,
    since: Timestamp,
) -> Result<u32, StoreError> {
    let row = sqlx::query(RECENT)
        .bind(client_id.to_string())
        .bind(since.as_micros())
        .fetch_one(connection)
        .await?;
    count(&row, "editions")
}

/// Whether an agreement of a client was not held against this edition yet.
pub async fn is_any_behind(
    connection: &mut Connection,
    client_id: &ClientId,
    edition: PlanVersion,
) -> Result<bool, StoreError> {
    let row = sqlx::query(ANY_BEHIND)
        .bind(client_id.to_string())
        .bind(i64::from(edition.0))
        .fetch_optional(connection)
        .await?;
    Ok(row.is_some())
}

/// Clients after `after` whose agreements are still to be held against an
/// edition that was published before `until`, or after `beyond`, as a clock
/// had it that was ahead.
pub async fn unsettled(
    connection: &mut Connection,
    after: Option<&ClientId>,
    until: Timestamp,
    beyond: Timestamp,
    most: u32,
) -> Result<Vec<ClientId>, StoreError> {
    let rows = sqlx::query(UNSETTLED)
        .bind(after.map_or_else(String::new, ToString::to_string))
        .bind(until.as_micros())
        .bind(beyond.as_micros())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| parsed(row, "id")).collect()
}

/// Agreements of a client that were not held against this edition.
pub async fn behind(
    connection: &mut Connection,
    client_id: &ClientId,
    edition: PlanVersion,
    after: &Step,
    most: u32,
) -> Result<Behind, StoreError> {
    let rows = sqlx::query(BEHIND)
        .bind(client_id.to_string())
        .bind(i64::from(edition.0))
        .bind(i64::from(after.held.0))
        .bind(after.id.clone())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    let next = match rows.last() {
        Some(last) if rows.len() >= usize::try_from(most).unwrap_or(usize::MAX) => Some(Step {
            held: PlanVersion(count(last, "held")?),
            id: last.try_get("g_id")?,
        }),
        _ => None,
    };
    Ok(Behind {
        rows: rows.iter().map(GrantRow::from_row).collect(),
        next,
    })
}

/// Writes down that an agreement whose chain is at `seq` was held against an
/// edition, and which one it answers. Says whether it was as it was found.
#[must_use = "another node may have done it, or somebody may have moved the grant"]
pub async fn hold(
    tx: &mut Connection,
    grant: &Grant,
    seq: u32,
    edition: PlanVersion,
) -> Result<bool, StoreError> {
    let done = sqlx::query(HOLD)
        .bind(i64::from(edition.0))
        .bind(i64::from(grant.plan_version.0))
        .bind(grant.account_id.to_string())
        .bind(grant.id.to_string())
        .bind(i64::from(seq))
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Remembers that the owner of an agreement kept to it when an edition asked
/// for more.
pub async fn refuse(
    tx: &mut Connection,
    grant: &Grant,
    edition: PlanVersion,
) -> Result<(), StoreError> {
    sqlx::query(REFUSE)
        .bind(i64::from(edition.0))
        .bind(grant.account_id.to_string())
        .bind(grant.id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Writes down that no agreement of a client is behind an edition any more.
pub async fn settle(
    tx: &mut Connection,
    client_id: &ClientId,
    edition: PlanVersion,
) -> Result<(), StoreError> {
    sqlx::query(SETTLE)
        .bind(i64::from(edition.0))
        .bind(client_id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}
