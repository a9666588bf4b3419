//! Letters of the outbox that tell, at the address before, that an account has
//! another: each brings the link that undoes the change.

use sqlx::any::AnyRow;

use super::codec::{json, parsed};
use super::{Connection, StoreError};
use crate::domain::id::{AccountId, MessageId};
use crate::domain::message::Message;
use crate::domain::time::Timestamp;

statements! {
    /// Those of an account, to whatever address.
    WAITING = "SELECT id, body FROM outbox WHERE receiver = 'mail' \
              AND (lane = $1 OR lane LIKE $1 || '/%') AND body LIKE '%\"address_left\"%' \
              AND given_up_at IS NULL AND expires_at > $2 LIMIT 100";
    /// Of changes that came after that of a link.
    DROP_LATER = "DELETE FROM outbox WHERE receiver = 'mail' \
              AND (lane = $1 OR lane LIKE $1 || '/%') AND body LIKE '%\"address_left\"%' \
              AND given_up_at IS NULL AND created_at >= \
              (SELECT l.created_at FROM mail_links l WHERE l.account_id = $1 AND l.hash = $2)";
}

/// Those of an account that wait.
pub async fn waiting(
    connection: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<Vec<(MessageId, Message)>, StoreError> {
    let rows = sqlx::query(WAITING)
        .bind(account_id.to_string())
        .bind(now.as_micros())
        .fetch_all(connection)
        .await?;
    let read = |row: &AnyRow| Ok((parsed(row, "id")?, json(row, "body")?));
    rows.iter().map(read).collect()
}

/// Drops those that wait and tell of a change which came after the one that a link
/// undoes.
pub async fn drop_later(
    tx: &mut Connection,
    account_id: AccountId,
    link: [u8; 32],
) -> Result<(), StoreError> {
    sqlx::query(DROP_LATER)
        .bind(account_id.to_string())
        .bind(link.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}
