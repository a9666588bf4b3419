//! Access tokens of clients that act for themselves: of each secret the hash
//! alone. There is nothing that they open.

use enumset::EnumSet;
use sqlx::Row as _;

use super::codec::{optional, parsed, time};
use super::{Connection, StoreError};
use crate::domain::id::ClientId;
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::domain::token::Thumbprint;

statements! {
    FORGET = "DELETE FROM client_tokens WHERE expires_at <= $1";
    INSERT = "INSERT INTO client_tokens (hash, client_id, scope, issued_at, expires_at, jkt) \
              VALUES ($1, $2, $3, $4, $5, $6)";
    FIND = "SELECT client_id, scope, issued_at, expires_at, jkt FROM client_tokens \
              WHERE hash = $1";
    END = "DELETE FROM client_tokens WHERE hash = $1 AND client_id = $2";
}

/// A token of a client that acts for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientTokenRow {
    /// Whose.
    pub client_id: ClientId,
    /// What it may be used for.
    pub scopes: EnumSet<Scope>,
    /// Since when.
    pub issued_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// The key that must be shown with it.
    pub key: Option<Thumbprint>,
}

/// Keeps a token, and now and then drops those that have expired.
pub async fn insert(
    tx: &mut Connection,
    hash: [u8; 32],
    token: &ClientTokenRow,
) -> Result<(), StoreError> {
    // One in sixteen clears up, as chance has it.
    if hash[0] < 16 {
        sqlx::query(FORGET)
            .bind(token.issued_at.as_micros())
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query(INSERT)
        .bind(hash.to_vec())
        .bind(token.client_id.to_string())
        .bind(Scope::list(token.scopes))
        .bind(token.issued_at.as_micros())
        .bind(token.expires_at.as_micros())
        .bind(token.key.as_ref().map(ToString::to_string))
        .execute(tx)
        .await?;
    Ok(())
}

/// One token, expired or not.
pub async fn find(
    connection: &mut Connection,
    hash: [u8; 32],
) -> Result<Option<ClientTokenRow>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(hash.to_vec())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(ClientTokenRow {
            client_id: parsed(&row, "client_id")?,
            scopes: Scope::parse_list(row.try_get("scope")?),
            issued_at: time(&row, "issued_at")?,
            expires_at: time(&row, "expires_at")?,
            key: optional(&row, "jkt")?,
        })
    })
    .transpose()
}

/// Ends a token of this client. Ending one that is dead is no error.
pub async fn end(
    tx: &mut Connection,
    hash: [u8; 32],
    client_id: &ClientId,
) -> Result<(), StoreError> {
    sqlx::query(END)
        .bind(hash.to_vec())
        .bind(client_id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}
