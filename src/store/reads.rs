//! The reads of what grants release, as sealed records.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{parsed, time};
use super::grants::GrantRow;
use super::{Connection, StoreError};
use crate::domain::id::{AccountId, ClientId, GrantId, ReadId};
use crate::domain::time::Timestamp;

statements! {
    /// The account's grants lead to their reads by the key of those.
    OF_ACCOUNT = "SELECT r.id, r.grant_id, r.read_at, r.read_sealed FROM grants g \
              JOIN reads r ON r.grant_id = g.id \
              WHERE g.account_id = $1 AND (g.client_id = $2 OR $2 = '') \
              AND r.read_at >= $3 AND r.read_at < $4 AND r.id < $5 \
              ORDER BY r.id DESC LIMIT $6";
    /// Only on a grant that nobody moved since it was looked at, and whose key is still
    /// the one that the read is sealed under.
    INSERT = "INSERT INTO reads (grant_id, id, read_at, read_sealed) \
              SELECT g.id, $1, $2, $3 FROM grants g WHERE g.id = $4 AND g.chain_seq = $5 \
              AND g.grant_key_wrapped = $6";
    OF_GRANT = "SELECT id, grant_id, read_at, read_sealed FROM reads WHERE grant_id = $1 \
              ORDER BY id DESC LIMIT $2";
    /// One step in the index per grant, however often it was read: the newest
    /// id is that of the newest read.
    LAST = "SELECT g.id AS g_id, r.read_at AS last_at FROM grants g \
              JOIN reads r ON r.grant_id = g.id AND r.id = \
              (SELECT n.id FROM reads n WHERE n.grant_id = g.id ORDER BY n.id DESC LIMIT 1) \
              WHERE g.account_id = $1";
}

/// A read as stored.
#[derive(Clone, Debug)]
pub struct ReadRow {
    /// Which read.
    pub id: ReadId,
    /// On which grant.
    pub grant_id: GrantId,
    /// When.
    pub read_at: Timestamp,
    /// What, under the grant key.
    pub read_sealed: Vec<u8>,
}

/// What a grant was when it was looked at, as far as a read of it goes.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Where its chain had got to.
    seq: u32,
    /// Its key, under the vault key.
    key_wrapped: Option<Vec<u8>>,
}

impl GrantRow {
    /// What it is, for a read of it.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen {
            seq: self.chain.seq,
            key_wrapped: self.grant_key_wrapped.clone(),
        }
    }
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
    rows.iter().map(read).collect()
}

/// Records a read of a grant that is still as it was seen; says whether it is. So nothing is on record, or handed over, that was read before a
/// withdrawal and would be told after it.
#[must_use = "the grant may have changed meanwhile"]
pub async fn insert(tx: &mut Connection, read: &ReadRow, seen: &Seen) -> Result<bool, StoreError> {
    let done = sqlx::query(INSERT)
        .bind(read.id.to_string())
        .bind(read.read_at.as_micros())
        .bind(read.read_sealed.clone())
        .bind(read.grant_id.to_string())
        .bind(i64::from(seen.seq))
        .bind(seen.key_wrapped.clone())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The last `limit` reads on a grant, the newest first.
pub async fn of_grant(
    connection: &mut Connection,
    grant_id: GrantId,
    limit: u32,
) -> Result<Vec<ReadRow>, StoreError> {
    let rows = sqlx::query(OF_GRANT)
        .bind(grant_id.to_string())
        .bind(i64::from(limit))
        .fetch_all(connection)
        .await?;
    rows.iter().map(read).collect()
}

/// When each grant of an account was last read, for those that ever were.
pub async fn last(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Vec<(GrantId, Timestamp)>, StoreError> {
    let rows = sqlx::query(LAST)
        .bind(account_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| Ok((parsed(row, "g_id")?, time(row, "last_at")?)))
        .collect()
}

fn read(row: &AnyRow) -> Result<ReadRow, StoreError> {
    Ok(ReadRow {
        id: parsed(row, "id")?,
        grant_id: parsed(row, "grant_id")?,
        read_at: time(row, "read_at")?,
        read_sealed: row.try_get("read_sealed")?,
    })
}
