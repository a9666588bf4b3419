//! Accounts that say that an address is theirs, which nobody has.

use super::codec::{parsed, time};
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
