//! Registrations that clients made themselves, and the tokens that let them:
//! of each token the hash alone.

use sqlx::Row as _;

use super::codec::{json, optional_time, parsed, time, to_json};
use super::grants::{GrantRow, grant_columns};
use super::{Connection, StoreError};
use crate::domain::business::BusinessDocument;
use crate::domain::client::Client;
use crate::domain::id::{BusinessId, ClientId};
use crate::domain::time::Timestamp;

statements! {
    INSERT_TOKEN = "INSERT INTO initial_access_tokens (hash, business_id, uses_left, expires_at) \
              VALUES ($1, $2, $3, $4)";
    FORGET_TOKENS = "DELETE FROM initial_access_tokens WHERE expires_at <= $1";
    TOKEN = "SELECT business_id FROM initial_access_tokens \
              WHERE hash = $1 AND uses_left > 0 AND expires_at > $2";
    /// Of any number of takers, as many get a row as there are uses.
    USE_TOKEN = "UPDATE initial_access_tokens SET uses_left = uses_left - 1 \
              WHERE hash = $1 AND uses_left > 0 AND expires_at > $2";
    FIND = "SELECT c.id, c.business_id, c.metadata, c.registration_hash, \
              c.registration_secret_sealed, c.registration_replaced_at, c.created_at, \
              c.removed_at \
              FROM clients c WHERE c.id = $1 AND c.registration_hash IS NOT NULL";
    KEEP = "UPDATE clients SET registration_hash = $1, registration_secret_sealed = $2 \
              WHERE id = $3";
    /// The hash is the guard: of two replacements under one token, one is kept.
    REPLACE = "UPDATE clients SET sector = $1, secret_hash = $2, secret_sealed = $3, \
              metadata = $4, registration_replaced_at = $7 \
              WHERE id = $5 AND registration_hash = $6 AND removed_at IS NULL";
    FETCH_LOGOS = "UPDATE clients SET logo_due_at = $1, logo_failures = 0 WHERE id = $2";
    /// What a business that nobody vouches for says of itself is what its
    /// client says.
    RENAME = "UPDATE businesses SET document = $1 WHERE id = $2 AND unvetted_since IS NOT NULL";
    REMOVE = "UPDATE clients SET removed_at = $1, logo_due_at = 0 \
              WHERE id = $2 AND registration_hash = $3 AND removed_at IS NULL";
    END_CODES = "DELETE FROM codes WHERE grant_id IN \
              (SELECT g.id FROM grants g WHERE g.client_id = $1 AND g.ended_at IS NULL)";
    END_REFRESH = "DELETE FROM refresh_tokens WHERE grant_id IN \
              (SELECT g.id FROM grants g WHERE g.client_id = $1 AND g.ended_at IS NULL)";
    END_ACCESS = "DELETE FROM access_tokens WHERE grant_id IN \
              (SELECT g.id FROM grants g WHERE g.client_id = $1 AND g.ended_at IS NULL)";
    LIVE_GRANTS = concat!("SELECT ", grant_columns!(), " FROM grants g \
              WHERE g.client_id = $1 AND g.ended_at IS NULL ORDER BY g.id LIMIT $2");
    FORGET = "UPDATE clients SET registration_hash = NULL, registration_secret_sealed = NULL, \
              secret_hash = NULL, secret_sealed = NULL \
              WHERE id = $1 AND removed_at IS NOT NULL";
}

/// What a client that registered itself manages its registration with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationKey {
    /// SHA-256 of its registration access token.
    pub hash: [u8; 32],
    /// Its secret under that token, if it has one.
    pub secret_sealed: Option<Vec<u8>>,
}

/// A registration as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationRow {
    /// Whose client it is.
    pub business_id: BusinessId,
    /// What it registered.
    pub metadata: crate::domain::client::ClientMetadata,
    /// What it is managed with.
    pub key: RegistrationKey,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last replaced, if it was.
    pub replaced_at: Option<Timestamp>,
    /// When its removal began, if it did.
    pub removed_at: Option<Timestamp>,
}

/// Keeps an initial access token, and drops those that have expired.
pub async fn insert_token(
    tx: &mut Connection,
    hash: [u8; 32],
    business_id: BusinessId,
    uses: u32,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(FORGET_TOKENS)
        .bind(now.as_micros())
        .execute(&mut *tx)
        .await?;
    sqlx::query(INSERT_TOKEN)
        .bind(hash.to_vec())
        .bind(business_id.to_string())
        .bind(i64::from(uses))
        .bind(expires_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Whose clients an initial access token registers, if it still does.
pub async fn business_of_token(
    connection: &mut Connection,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<Option<BusinessId>, StoreError> {
    let row = sqlx::query(TOKEN)
        .bind(hash.to_vec())
        .bind(now.as_micros())
        .fetch_optional(connection)
        .await?;
    row.map(|row| parsed(&row, "business_id")).transpose()
}

/// Takes one use of an initial access token; says whether there was one left.
#[must_use = "it may have been used up meanwhile"]
pub async fn use_token(
    tx: &mut Connection,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let used = sqlx::query(USE_TOKEN)
        .bind(hash.to_vec())
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(used.rows_affected() == 1)
}

/// The registration of a client that made it itself.
pub async fn find(
    connection: &mut Connection,
    id: &ClientId,
) -> Result<Option<RegistrationRow>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(RegistrationRow {
            business_id: parsed(&row, "business_id")?,
            metadata: json(&row, "metadata")?,
            key: RegistrationKey {
                hash: super::codec::hash(&row, "registration_hash")?,
                secret_sealed: row.try_get("registration_secret_sealed")?,
            },
            created_at: time(&row, "created_at")?,
            replaced_at: optional_time(&row, "registration_replaced_at")?,
            removed_at: optional_time(&row, "removed_at")?,
        })
    })
    .transpose()
}

/// Lets a client that has just been registered manage its registration.
pub async fn keep(
    tx: &mut Connection,
    id: &ClientId,
    key: &RegistrationKey,
) -> Result<(), StoreError> {
    sqlx::query(KEEP)
        .bind(key.hash.to_vec())
        .bind(key.secret_sealed.clone())
        .bind(id.to_string())
        .execute(tx)
        .await?;
    Ok(())
}

/// Replaces the registration of a client, which is managed with `after` from
/// then on; says whether it was still managed with the token of `before`. Its logos are
/// fetched when it names others: otherwise they are due when they were.
#[must_use = "it may have been replaced or removed meanwhile"]
pub async fn replace(
    tx: &mut Connection,
    client: &Client,
    says: &BusinessDocument,
    before: [u8; 32],
    after: &RegistrationKey,
    (other_logos, now): (bool, Timestamp),
) -> Result<bool, StoreError> {
    let replaced = sqlx::query(REPLACE)
        .bind(client.sector.as_str().to_owned())
        .bind(client.secret_hash.map(|hash| hash.to_vec()))
        .bind(client.secret_sealed.clone())
        .bind(to_json(&client.metadata)?)
        .bind(client.id.to_string())
        .bind(before.to_vec())
        .bind(now.as_micros())
        .execute(&mut *tx)
        .await?;
    if replaced.rows_affected() == 0 {
        return Ok(false);
    }
    keep(tx, &client.id, after).await?;
    if other_logos {
        sqlx::query(FETCH_LOGOS)
            .bind(now.as_micros())
            .bind(client.id.to_string())
            .execute(&mut *tx)
            .await?;
    }
    sqlx::query(RENAME)
        .bind(to_json(says)?)
        .bind(client.business_id.to_string())
        .execute(tx)
        .await?;
    Ok(true)
}

/// Begins the removal of a client: it counts for nothing from then on, and
/// its codes and tokens are dead. Says whether the token was its own and it had
/// not been removed before.
#[must_use = "it may have been removed meanwhile"]
pub async fn remove(
    tx: &mut Connection,
    id: &ClientId,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let removed = sqlx::query(REMOVE)
        .bind(now.as_micros())
        .bind(id.to_string())
        .bind(hash.to_vec())
        .execute(&mut *tx)
        .await?;
    if removed.rows_affected() == 0 {
        return Ok(false);
    }
    // In the order in which they are made, each until none is found: see
    // `tokens::end_family`.
    for statement in [END_CODES, END_REFRESH, END_ACCESS] {
        loop {
            let ended = sqlx::query(statement)
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
            if ended.rows_affected() == 0 {
                break;
            }
        }
    }
    Ok(true)
}

/// Some of the grants of a client that are not written down as over.
pub async fn live_grants(
    connection: &mut Connection,
    id: &ClientId,
    most: u32,
) -> Result<Vec<GrantRow>, StoreError> {
    let rows = sqlx::query(LIVE_GRANTS)
        .bind(id.to_string())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter().map(GrantRow::from_row).collect()
}

/// Ends the removal of a client: no token and no secret of it is left.
pub async fn forget(tx: &mut Connection, id: &ClientId) -> Result<(), StoreError> {
    sqlx::query(FORGET).bind(id.to_string()).execute(tx).await?;
    Ok(())
}
