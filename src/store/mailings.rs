//! What mailboxes were mailed: the bound on what others can have somebody mailed,
//! whichever accounts they ask with. It has the keyed hash of an address and names no
//! account, so that it holds beyond the end of one, and goes with time.

use super::codec::count;
use super::{Connection, StoreError};
use crate::domain::account::LinkPurpose;
use crate::domain::time::Timestamp;

statements! {
    RECENT = "SELECT COUNT(*) AS recent FROM mailings WHERE address_index = $1 \
              AND purpose = $2 AND mailed_at > $3 AND hash <> $4";
    KEEP = "INSERT INTO mailings (address_index, purpose, hash, mailed_at) \
              VALUES ($1, $2, $3, $4) ON CONFLICT (address_index, purpose, hash) \
              DO UPDATE SET mailed_at = excluded.mailed_at";
    /// But for the rows of those whose turn it is: whoever mails has its row, and waits
    /// for another.
    FORGET = "DELETE FROM mailings WHERE mailed_at > 0 AND mailed_at <= $1";
    FORGET_TURNS = "DELETE FROM mailings WHERE mailed_at = 0 AND NOT EXISTS \
              (SELECT 1 FROM mailings m WHERE m.address_index = mailings.address_index \
              AND m.purpose = mailings.purpose AND m.mailed_at > 0)";
}

/// A mail to a mailbox.
#[derive(Clone, Copy, Debug)]
pub struct Mailing {
    /// The keyed hash of its address.
    pub address_index: [u8; 32],
    /// Of which kind.
    pub purpose: LinkPurpose,
    /// The same however often it is sent.
    pub hash: [u8; 32],
}

/// The hash of no mail, and when it went: of those who mail one mailbox at once, one goes
/// on at a time, whoever has this row.
const TURN: ([u8; 32], Timestamp) = ([0; 32], Timestamp::from_seconds(0));

/// How many others of its kind a mailbox was mailed since then. Nobody mails it
/// another until the transaction ends.
pub async fn recent(
    tx: &mut Connection,
    mailing: &Mailing,
    since: Timestamp,
) -> Result<u32, StoreError> {
    let (hash, at) = TURN;
    keep(tx, &Mailing { hash, ..*mailing }, at).await?;
    let row = sqlx::query(RECENT)
        .bind(mailing.address_index.to_vec())
        .bind(mailing.purpose.as_str())
        .bind(since.as_micros())
        .bind(mailing.hash.to_vec())
        .fetch_one(tx)
        .await?;
    count(&row, "recent")
}

/// Takes note of a mail. One that is sent again counts from then.
pub async fn keep(
    tx: &mut Connection,
    mailing: &Mailing,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(KEEP)
        .bind(mailing.address_index.to_vec())
        .bind(mailing.purpose.as_str())
        .bind(mailing.hash.to_vec())
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets what was mailed by then.
pub async fn forget(tx: &mut Connection, by: Timestamp) -> Result<(), StoreError> {
    sqlx::query(FORGET).bind(by.as_micros()).execute(tx).await?;
    Ok(())
}

/// Forgets whose turn it was at mailboxes of which nothing is left that counts. In a
/// transaction of its own: it waits for those whose turn it is.
pub async fn forget_turns(tx: &mut Connection) -> Result<(), StoreError> {
    sqlx::query(FORGET_TURNS).execute(tx).await?;
    Ok(())
}
