//! Logos of clients, and when to look for them.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, parsed, time};
use super::{Connection, StoreError};
use crate::domain::id::ClientId;
use crate::domain::logo::Picture;
use crate::domain::receipt::Hash;
use crate::domain::time::Timestamp;

statements! {
    OF_CLIENT = "SELECT l.uri, l.hash FROM client_logos l WHERE l.client_id = $1";
    PICTURE = "SELECT l.media_type, l.picture FROM client_logos l \
              WHERE l.client_id = $1 AND l.hash = $2 LIMIT 1";
    KEEP = "INSERT INTO client_logos (client_id, uri, hash, media_type, fetched_at, picture) \
              VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (client_id, uri) DO UPDATE SET \
              hash = excluded.hash, media_type = excluded.media_type, \
              fetched_at = excluded.fetched_at, picture = excluded.picture";
    FORGET = "DELETE FROM client_logos WHERE client_id = $1 AND uri = $2";
    FORGET_OLD = "DELETE FROM client_logos WHERE client_id = $1 AND uri = $2 AND fetched_at <= $3";
    DUE = "SELECT c.id, c.logo_due_at, c.logo_failures FROM clients c \
              WHERE c.logo_due_at <= $1 ORDER BY c.logo_due_at LIMIT $2";
    /// Of any number of nodes, one finds it as it was.
    CLAIM = "UPDATE clients SET logo_due_at = $1 WHERE id = $2 AND logo_due_at = $3";
    /// Nor does anybody settle what was changed since.
    SETTLE = "UPDATE clients SET logo_due_at = $1, logo_failures = $2 \
              WHERE id = $3 AND logo_due_at = $4";
}

/// A logo that was fetched, without its picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientLogo {
    /// Where it is from.
    pub uri: String,
    /// The hash of the picture.
    pub hash: Hash,
}

/// A client whose logos are to be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueClient {
    /// Which.
    pub id: ClientId,
    /// Since when.
    pub due_at: Timestamp,
    /// How often in a row they could not be.
    pub failures: u32,
}

/// What is known of a client's logos from then on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// When to fetch them next, if there are any.
    pub due_at: Option<Timestamp>,
    /// How often in a row they could not be.
    pub failures: u32,
}

/// The logos of a client that were fetched.
pub async fn of_client(
    connection: &mut Connection,
    id: &ClientId,
) -> Result<Vec<ClientLogo>, StoreError> {
    let rows = sqlx::query(OF_CLIENT)
        .bind(id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(ClientLogo {
                uri: row.try_get("uri")?,
                hash: Hash::from_stored(row.try_get("hash")?),
            })
        })
        .collect()
}

/// A picture of a client, by its hash.
pub async fn picture(
    connection: &mut Connection,
    id: &ClientId,
    hash: &Hash,
) -> Result<Option<Picture>, StoreError> {
    let row = sqlx::query(PICTURE)
        .bind(id.to_string())
        .bind(hash.as_str().to_owned())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(Picture {
            media_type: parsed(&row, "media_type")?,
            bytes: row.try_get("picture")?,
        })
    })
    .transpose()
}

/// Keeps a picture from this address, in the place of the one before.
pub async fn keep(
    tx: &mut Connection,
    id: &ClientId,
    uri: &str,
    picture: Picture,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(KEEP)
        .bind(id.to_string())
        .bind(uri.to_owned())
        .bind(picture.hash().as_str().to_owned())
        .bind(picture.media_type.as_str())
        .bind(now.as_micros())
        .bind(picture.bytes)
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets the picture from an address.
pub async fn forget(tx: &mut Connection, id: &ClientId, uri: &str) -> Result<(), StoreError> {
    sqlx::query(FORGET)
        .bind(id.to_string())
        .bind(uri.to_owned())
        .execute(tx)
        .await?;
    Ok(())
}

/// Forgets the picture from an address, if nothing came from there since `before`.
pub async fn forget_old(
    tx: &mut Connection,
    id: &ClientId,
    uri: &str,
    before: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(FORGET_OLD)
        .bind(id.to_string())
        .bind(uri.to_owned())
        .bind(before.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Some clients whose logos are to be fetched, the longest due first.
pub async fn due(
    connection: &mut Connection,
    now: Timestamp,
    most: u32,
) -> Result<Vec<DueClient>, StoreError> {
    let rows = sqlx::query(DUE)
        .bind(now.as_micros())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter().map(due_client).collect()
}

fn due_client(row: &AnyRow) -> Result<DueClient, StoreError> {
    Ok(DueClient {
        id: parsed(row, "id")?,
        due_at: time(row, "logo_due_at")?,
        failures: count(row, "logo_failures")?,
    })
}

/// Takes a client up until some time, after which another node may; says
/// whether nobody else had.
#[must_use = "another node may have taken it up"]
pub async fn claim(
    tx: &mut Connection,
    due: &DueClient,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let claimed = sqlx::query(CLAIM)
        .bind(until.as_micros())
        .bind(due.id.to_string())
        .bind(due.due_at.as_micros())
        .execute(tx)
        .await?;
    Ok(claimed.rows_affected() == 1)
}

/// Writes down what came of a client that was taken up until this time; says
/// whether it was not changed since.
#[must_use = "it may have been changed meanwhile"]
pub async fn settle(
    tx: &mut Connection,
    id: &ClientId,
    until: Timestamp,
    settlement: &Settlement,
) -> Result<bool, StoreError> {
    let settled = sqlx::query(SETTLE)
        .bind(settlement.due_at.map(Timestamp::as_micros))
        .bind(i64::from(settlement.failures))
        .bind(id.to_string())
        .bind(until.as_micros())
        .execute(tx)
        .await?;
    Ok(settled.rows_affected() == 1)
}
