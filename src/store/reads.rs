//! The reads of an account, across its grants, as sealed records.

use sqlx::Row as _;

use super::codec::{parsed, time};
use super::grants::ReadRow;
use super::{Connection, StoreError};
use crate::domain::id::{AccountId, ClientId, ReadId};
use crate::domain::time::Timestamp;

statements! {
    /// The account's grants lead to their reads by the key of those.
    OF_ACCOUNT = "SELECT r.id, r.grant_id, r.read_at, r.read_sealed FROM grants g \
              JOIN reads r ON r.grant_id = g.id \
              WHERE g.account_id = $1 AND (g.client_id = $2 OR $2 = '') \
              AND r.read_at >= $3 AND r.read_at < $4 AND r.id < $5 \
              ORDER BY r.id DESC LIMIT $6";
}

/// Which reads are looked at: what the store can tell without opening them.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Those of one client alone.
    pub client: Option<ClientId>,
    /// None before this.
    pub from: Option<Timestamp>,
    /// None at this or after it.
    pub until: Option<Timestamp>,
    /// Only older ones than this.
    pub before: Option<ReadId>,
}

/// Greater than any identifier.
const AFTER_ALL: &str = "g";

/// The last `limit` reads in a window, the newest first.
pub async fn of_account(
    connection: &mut Connection,
    account_id: AccountId,
    window: &Window,
    limit: u32,
) -> Result<Vec<ReadRow>, StoreError> {
    let client = window.client.as_ref().map_or("", ClientId::as_str);
    let before = window.before.map(|id| id.to_string());
    let rows = sqlx::query(OF_ACCOUNT)
        .bind(account_id.to_string())
        .bind(client.to_owned())
        .bind(window.from.map_or(i64::MIN, Timestamp::as_micros))
        .bind(window.until.map_or(i64::MAX, Timestamp::as_micros))
        .bind(before.unwrap_or_else(|| AFTER_ALL.to_owned()))
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(ReadRow {
                id: parsed(row, "id")?,
                grant_id: parsed(row, "grant_id")?,
                read_at: time(row, "read_at")?,
                read_sealed: row.try_get("read_sealed")?,
            })
        })
        .collect()
}
