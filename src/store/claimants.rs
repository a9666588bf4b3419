//! Accounts that say that an address is theirs, which nobody has.

use super::codec::{count, parsed, time};
use super::{Connection, StoreError};
use crate::domain::account::LinkPurpose;
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;

statements! {
    /// All in turn, and the newest first: however many others say so, each is mailed
    /// after so many times.
    IN_TURN = "SELECT a.id, a.created_at FROM accounts a WHERE a.claimed_index = $1 \
              ORDER BY COALESCE((SELECT MAX(l.created_at) FROM mail_links l \
              WHERE l.account_id = a.id AND l.purpose = $2), 0), \
              a.created_at DESC, a.id DESC LIMIT $3";
    /// Nobody, for who does not merely say so.
    BEFORE = "SELECT COUNT(*) AS others FROM accounts me \
              JOIN accounts a ON a.claimed_index = me.claimed_index \
              WHERE me.id = $1 AND a.created_at > $2 AND (a.created_at > me.created_at \
              OR (a.created_at = me.created_at AND a.id > me.id)) \
              AND NOT EXISTS (SELECT 1 FROM mail_links l \
              WHERE l.account_id = a.id AND l.purpose = $3)";
}

/// Some of those who say that an address is theirs, and since when: those first who
/// were mailed a link for this purpose never, or longest ago.
pub async fn in_turn(
    connection: &mut Connection,
    claimed_index: [u8; 32],
    purpose: LinkPurpose,
    most: u32,
) -> Result<Vec<(AccountId, Timestamp)>, StoreError> {
    let rows = sqlx::query(IN_TURN)
        .bind(claimed_index.to_vec())
        .bind(purpose.as_str())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Ok((parsed(row, "id")?, time(row, "created_at")?)))
        .collect()
}

/// How many come before an account of those who say that its address is theirs, where
/// the newest begins: those that were made since then, and after it, and were never mailed
/// a link for this purpose.
pub async fn before(
    connection: &mut Connection,
    account_id: AccountId,
    since: Timestamp,
    purpose: LinkPurpose,
) -> Result<u32, StoreError> {
    let row = sqlx::query(BEFORE)
        .bind(account_id.to_string())
        .bind(since.as_micros())
        .bind(purpose.as_str())
        .fetch_one(connection)
        .await?;
    count(&row, "others")
}
