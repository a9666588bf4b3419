//! Accounts that go along to another provider.

use sqlx::Row as _;

use super::codec::{hash, json, optional_time, parsed, time, to_json};
use super::{Connection, StoreError, accounts};
use crate::domain::id::{AccountId, ClientId, TransferId};
use crate::domain::time::Timestamp;
use crate::domain::transfer::{Departing, DepartureBinding};

statements! {
    INSERT = "INSERT INTO departures (id, account_id, client_id, binding, code_hash, \
              vault_key_wrapped, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    FIND = "SELECT id, account_id, client_id, binding, code_hash, token_hash, vault_key_wrapped, \
              created_at, expires_at, redeemed_at, fetched_at FROM departures WHERE id = $1";
    /// Another code, in place of one that nobody redeemed.
    RENEW = "UPDATE departures SET code_hash = $1, vault_key_wrapped = $2, expires_at = $3 \
              WHERE id = $4 AND account_id = $5 AND redeemed_at IS NULL \
              AND vault_key_wrapped IS NOT NULL AND expires_at > $6";
    /// The code is good once, and until there is another in its place.
    REDEEM = "UPDATE departures SET redeemed_at = $1, token_hash = $2, vault_key_wrapped = $3, \
              expires_at = $4 WHERE id = $5 AND code_hash = $6 AND redeemed_at IS NULL \
              AND vault_key_wrapped IS NOT NULL";
    /// And so is the token: what opened the vault goes with it.
    FETCH = "UPDATE departures SET fetched_at = $1, vault_key_wrapped = NULL \
              WHERE id = $2 AND token_hash = $3 AND fetched_at IS NULL \
              AND vault_key_wrapped IS NOT NULL AND expires_at > $1";
    END = "UPDATE departures SET vault_key_wrapped = NULL WHERE id = $1";
    END_ALL = "UPDATE departures SET vault_key_wrapped = NULL \
              WHERE account_id = $1 AND vault_key_wrapped IS NOT NULL";
    END_STALE = "UPDATE departures SET vault_key_wrapped = NULL \
              WHERE vault_key_wrapped IS NOT NULL AND expires_at <= $1";
    OF_ACCOUNT = "SELECT client_id, binding, fetched_at FROM departures \
              WHERE account_id = $1 AND fetched_at IS NOT NULL ORDER BY fetched_at DESC LIMIT $2";
}

/// A departure as stored.
#[derive(Clone, Debug)]
pub struct DepartureRow {
    /// Whose account.
    pub account_id: AccountId,
    /// Who may redeem the code, and what it is bound to.
    pub departing: Departing,
    /// SHA-256 of the code.
    pub code_hash: [u8; 32],
    /// SHA-256 of the token, once there is one.
    pub token_hash: Option<[u8; 32]>,
    /// The vault key under whichever of them is good; gone once neither is.
    pub vault_key_wrapped: Option<Vec<u8>>,
    /// When whichever of them is good is of no more use.
    pub expires_at: Timestamp,
    /// When the code was redeemed.
    pub redeemed_at: Option<Timestamp>,
}

/// A departure that is about to be kept.
#[derive(Clone, Debug)]
pub struct NewDeparture {
    /// Which.
    pub id: TransferId,
    /// Whose account.
    pub account_id: AccountId,
    /// Who may redeem the code, and what it is bound to.
    pub departing: Departing,
    /// SHA-256 of the code.
    pub code_hash: [u8; 32],
    /// The vault key under the code.
    pub vault_key_wrapped: Vec<u8>,
    /// When.
    pub created_at: Timestamp,
    /// When the code is of no more use.
    pub expires_at: Timestamp,
}

/// Keeps a departure.
pub async fn insert(tx: &mut Connection, new: &NewDeparture) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(new.id.to_string())
        .bind(new.account_id.to_string())
        .bind(new.departing.client_id.to_string())
        .bind(to_json(&new.departing.binding)?)
        .bind(new.code_hash.to_vec())
        .bind(new.vault_key_wrapped.clone())
        .bind(new.created_at.as_micros())
        .bind(new.expires_at.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// Gives a departure the code of another that was to be kept in its place; says
/// whether the code before it was still good. From then on it is not.
#[must_use = "it may have been redeemed, or be another's"]
pub async fn renew(
    tx: &mut Connection,
    new: &NewDeparture,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(RENEW)
        .bind(new.code_hash.to_vec())
        .bind(new.vault_key_wrapped.clone())
        .bind(new.expires_at.as_micros())
        .bind(new.id.to_string())
        .bind(new.account_id.to_string())
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// One departure.
pub async fn find(
    connection: &mut Connection,
    id: TransferId,
) -> Result<Option<DepartureRow>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        let token: Option<Vec<u8>> = row.try_get("token_hash")?;
        let token_hash = match token {
            Some(_) => Some(hash(&row, "token_hash")?),
            None => None,
        };
        Ok(DepartureRow {
            account_id: parsed(&row, "account_id")?,
            departing: Departing {
                client_id: parsed(&row, "client_id")?,
                binding: json(&row, "binding")?,
            },
            code_hash: hash(&row, "code_hash")?,
            token_hash,
            vault_key_wrapped: row.try_get("vault_key_wrapped")?,
            expires_at: time(&row, "expires_at")?,
            redeemed_at: optional_time(&row, "redeemed_at")?,
        })
    })
    .transpose()
}

/// What comes of a code that is redeemed.
#[derive(Clone, Debug)]
pub struct Redeemed {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// The vault key under the token.
    pub vault_key_wrapped: Vec<u8>,
    /// When the token is of no more use.
    pub expires_at: Timestamp,
}

/// What became of a code that was shown.
#[must_use = "it may have been redeemed before"]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeUse {
    /// It was redeemed by this.
    Won,
    /// Somebody redeemed it before, or ended it.
    Before,
    /// Another took its place meanwhile.
    Replaced,
}

/// Redeems a code, by its hash.
pub async fn redeem(
    tx: &mut Connection,
    id: TransferId,
    code_hash: [u8; 32],
    redeemed: Redeemed,
    now: Timestamp,
) -> Result<CodeUse, StoreError> {
    let done = sqlx::query(REDEEM)
        .bind(now.as_micros())
        .bind(redeemed.token_hash.to_vec())
        .bind(redeemed.vault_key_wrapped)
        .bind(redeemed.expires_at.as_micros())
        .bind(id.to_string())
        .bind(code_hash.to_vec())
        .execute(&mut *tx)
        .await?;
    if done.rows_affected() == 1 {
        return Ok(CodeUse::Won);
    }
    let stands = find(tx, id).await?;
    Ok(match stands {
        Some(row) if row.code_hash == code_hash => CodeUse::Before,
        Some(_) | None => CodeUse::Replaced,
    })
}

/// Uses the token up; says whether it was good.
#[must_use = "it may have been used before"]
pub async fn fetch(
    tx: &mut Connection,
    id: TransferId,
    token_hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(FETCH)
        .bind(now.as_micros())
        .bind(id.to_string())
        .bind(token_hash.to_vec())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends what came of a code that was shown twice.
pub async fn end(tx: &mut Connection, id: TransferId) -> Result<(), StoreError> {
    sqlx::query(END).bind(id.to_string()).execute(tx).await?;
    Ok(())
}

/// Ends those of an account that are on their way: neither code nor token opens
/// anything any more.
pub async fn end_all(tx: &mut Connection, account_id: AccountId) -> Result<(), StoreError> {
    accounts::run(tx, END_ALL, account_id).await
}

/// Ends those of which neither code nor token was used in time.
pub async fn end_stale(tx: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
    sqlx::query(END_STALE)
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// To whom an account went along, and when; the newest first.
pub async fn of_account(
    connection: &mut Connection,
    account_id: AccountId,
    most: u32,
) -> Result<Vec<(ClientId, DepartureBinding, Timestamp)>, StoreError> {
    let rows = sqlx::query(OF_ACCOUNT)
        .bind(account_id.to_string())
        .bind(i64::from(most))
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok((
                parsed(row, "client_id")?,
                json(row, "binding")?,
                time(row, "fetched_at")?,
            ))
        })
        .collect()
}
