//! The clients that someone logged in to through each session, who are told when it
//! ends.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::parsed;
use super::{Connection, StoreError, sessions};
use crate::domain::id::{AccountId, ClientId, GrantId};
use crate::domain::subject::Subject;
use crate::domain::time::Timestamp;
use crate::domain::token::Sid;

statements! {
    LINK = "INSERT INTO session_clients \
              (account_id, session_hash, sid, client_id, grant_id, subject) \
              VALUES ($1, $2, $3, $4, $5, $6) \
              ON CONFLICT (account_id, session_hash, sid) \
              DO UPDATE SET grant_id = excluded.grant_id, subject = excluded.subject";
    CLIENTS = "SELECT client_id, grant_id, subject, sid FROM session_clients \
              WHERE account_id = $1 AND session_hash = $2";
    ALL_CLIENTS = "SELECT client_id, grant_id, subject, sid FROM session_clients \
              WHERE account_id = $1";
    UNLINK = "DELETE FROM session_clients WHERE account_id = $1 AND session_hash = $2 \
              RETURNING client_id, grant_id, subject, sid";
    UNLINK_GRANT = "DELETE FROM session_clients WHERE account_id = $1 AND grant_id = $2 \
              RETURNING client_id, grant_id, subject, sid";
    MOVE = "UPDATE session_clients SET session_hash = $1 \
              WHERE account_id = $2 AND session_hash = $3";
}

/// A client that someone logged in to through a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSession {
    /// Which.
    pub client_id: ClientId,
    /// Under which agreement.
    pub grant_id: GrantId,
    /// Who the account is to it.
    pub subject: Subject,
    /// What it knows the session as.
    pub sid: Sid,
}

fn client_session(row: &AnyRow) -> Result<ClientSession, StoreError> {
    Ok(ClientSession {
        client_id: parsed(row, "client_id")?,
        grant_id: parsed(row, "grant_id")?,
        subject: Subject::from_stored(row.try_get("subject")?),
        sid: parsed(row, "sid")?,
    })
}

/// Takes note that someone logs in to a client through a session that goes on
/// at least until the transaction ends; says whether it does.
#[must_use = "the session may have ended meanwhile"]
pub async fn link(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
    client: &ClientSession,
    now: Timestamp,
) -> Result<bool, StoreError> {
    if !sessions::hold(tx, account_id, hash, now).await? {
        return Ok(false);
    }
    sqlx::query(LINK)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .bind(client.sid.to_string())
        .bind(client.client_id.to_string())
        .bind(client.grant_id.to_string())
        .bind(client.subject.to_string())
        .execute(tx)
        .await?;
    Ok(true)
}

/// The clients that someone is logged in to through a session.
pub async fn of_session(
    connection: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
) -> Result<Vec<ClientSession>, StoreError> {
    let rows = sqlx::query(CLIENTS)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .fetch_all(connection)
        .await?;
    rows.iter().map(client_session).collect()
}

/// The clients that someone is logged in to through any session.
pub async fn of_account(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Vec<ClientSession>, StoreError> {
    let rows = sqlx::query(ALL_CLIENTS)
        .bind(account_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(client_session).collect()
}

/// Forgets who is logged in through a session, and returns what was known.
pub(super) async fn unlink(
    tx: &mut Connection,
    account_id: AccountId,
    hash: [u8; 32],
) -> Result<Vec<ClientSession>, StoreError> {
    let rows = sqlx::query(UNLINK)
        .bind(account_id.to_string())
        .bind(hash.to_vec())
        .fetch_all(tx)
        .await?;
    rows.iter().map(client_session).collect()
}

/// Lets whoever is logged in through a session be so through another.
pub(super) async fn move_to(
    tx: &mut Connection,
    account_id: AccountId,
    before: [u8; 32],
    after: [u8; 32],
) -> Result<(), StoreError> {
    sqlx::query(MOVE)
        .bind(after.to_vec())
        .bind(account_id.to_string())
        .bind(before.to_vec())
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets who is logged in under an agreement, and returns what was known.
pub async fn unlink_grant(
    tx: &mut Connection,
    account_id: AccountId,
    grant_id: GrantId,
) -> Result<Vec<ClientSession>, StoreError> {
    let rows = sqlx::query(UNLINK_GRANT)
        .bind(account_id.to_string())
        .bind(grant_id.to_string())
        .fetch_all(tx)
        .await?;
    rows.iter().map(client_session).collect()
}
