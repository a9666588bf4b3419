//! Codes, access tokens and refresh tokens: of each secret the hash alone,
//! and the grant key wrapped under the secret.
//!
//! A token names its grant, which leads every key here. A dead token is a row
//! that is gone.

mod ends;

use enumset::EnumSet;
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{json, optional, optional_time, parsed, time, to_json};
use super::grants::{GrantRow, grant_columns};
use super::{Connection, StoreError};
use crate::domain::account::Authentication;
use crate::domain::authorization::CodeBinding;
use crate::domain::details::ProfileRelease;
use crate::domain::id::{FamilyId, GrantId};
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::domain::token::TokenBinding;

pub(in crate::store) use ends::STATEMENTS as ENDING_STATEMENTS;
pub use ends::{end_access, end_all, end_family, end_renewals};

statements! {
    INSERT_CODE = "INSERT INTO codes \
              (grant_id, hash, family_id, binding, grant_key_wrapped, expires_at, asked_sealed) \
              VALUES ($1, $2, $3, $4, $5, $6, $7)";
    CODE = concat!("SELECT t.family_id, t.binding, t.grant_key_wrapped, t.expires_at, \
              t.redeemed_at, t.asked_sealed, ", grant_columns!(), " FROM codes t JOIN grants g ON g.id = t.grant_id \
              WHERE t.grant_id = $1 AND t.hash = $2");
    /// Claims a code: of any number of takers, one gets a row.
    REDEEM_CODE = "UPDATE codes SET redeemed_at = $1 \
              WHERE grant_id = $2 AND hash = $3 AND redeemed_at IS NULL";
    INSERT_ACCESS = "INSERT INTO access_tokens \
              (grant_id, hash, family_id, scope, grant_key_wrapped, expires_at, issued_at, jkt, \
              asked_sealed, details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    ACCESS = concat!("SELECT t.scope, t.grant_key_wrapped, t.expires_at, t.issued_at, t.jkt, \
              t.asked_sealed, t.details, ", grant_columns!(), " \
              FROM access_tokens t JOIN grants g ON g.id = t.grant_id \
              WHERE t.grant_id = $1 AND t.hash = $2");
    INSERT_REFRESH = "INSERT INTO refresh_tokens (grant_id, hash, family_id, scope, \
              authentication, grant_key_wrapped, issued_at, expires_at, jkt, asked_sealed, sid, \
              details) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    REFRESH = concat!("SELECT t.hash, t.family_id, t.scope, t.authentication, t.grant_key_wrapped, \
              t.issued_at, t.expires_at, t.rotated_at, t.jkt, t.asked_sealed, t.sid, \
              t.details, s.rotated_at AS successor_rotated_at, \
              s.hash AS successor_hash, ", grant_columns!(), " \
              FROM refresh_tokens t JOIN grants g ON g.id = t.grant_id \
              LEFT JOIN refresh_tokens s ON s.grant_id = t.grant_id AND s.hash = t.successor_hash \
              WHERE t.grant_id = $1 AND t.hash = $2");
    /// Rotates a refresh token: of any number of takers, one gets a row.
    ROTATE = "UPDATE refresh_tokens SET rotated_at = $1, successor_hash = $2 \
              WHERE grant_id = $3 AND hash = $4 AND rotated_at IS NULL";
    /// Holds a refresh token that has not been used until the transaction
    /// ends: whoever would use it or end its family waits.
    HOLD_UNUSED = "UPDATE refresh_tokens SET rotated_at = NULL \
              WHERE grant_id = $1 AND hash = $2 AND rotated_at IS NULL";
    DROP_CODES = "DELETE FROM codes WHERE grant_id = $1 AND expires_at <= $2";
    DROP_ACCESS = "DELETE FROM access_tokens WHERE grant_id = $1 AND expires_at <= $2";
    DROP_REFRESH = "DELETE FROM refresh_tokens WHERE grant_id = $1 AND expires_at <= $2";
}

/// A code as stored, and its grant.
#[derive(Clone, Debug)]
pub struct CodeRow {
    /// The grant that it stands for.
    pub grant: GrantRow,
    /// The tokens that will descend from it.
    pub family_id: FamilyId,
    /// What it is bound to.
    pub binding: CodeBinding,
    /// The grant key under the code.
    pub grant_key_wrapped: Vec<u8>,
    /// Until when it can be redeemed.
    pub expires_at: Timestamp,
    /// When it was.
    pub redeemed_at: Option<Timestamp>,
    /// What was asked for claim by claim, under the grant key.
    pub asked_sealed: Option<Vec<u8>>,
}

/// An access token as stored, and its grant.
#[derive(Clone, Debug)]
pub struct AccessTokenRow {
    /// The grant that it stands for.
    pub grant: GrantRow,
    /// What it may be used for.
    pub scopes: EnumSet<Scope>,
    /// The grant key under the token.
    pub grant_key_wrapped: Vec<u8>,
    /// Until when.
    pub expires_at: Timestamp,
    /// Since when; tokens from before this was kept do not say.
    pub issued_at: Option<Timestamp>,
    /// What it is bound to besides its grant.
    pub binding: TokenBinding,
}

/// A refresh token as stored, and its grant.
#[derive(Clone, Debug)]
pub struct RefreshTokenRow {
    /// The grant that it stands for.
    pub grant: GrantRow,
    /// The tokens that it belongs to.
    pub family_id: FamilyId,
    /// What it may be used for.
    pub scopes: EnumSet<Scope>,
    /// When and how the consumer signed in.
    pub authentication: Authentication,
    /// The grant key under the token.
    pub grant_key_wrapped: Vec<u8>,
    /// Until when.
    pub expires_at: Timestamp,
    /// When its successor was handed out.
    pub rotated_at: Option<Timestamp>,
    /// Whether that successor is there and has not been used.
    pub successor_unused: bool,
    /// Since when.
    pub issued_at: Timestamp,
    /// What it is bound to besides its grant.
    pub binding: TokenBinding,
}

/// Who a new token is for and how long it lives.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// The grant that it stands for.
    pub grant_id: GrantId,
    /// SHA-256 of its secret.
    pub hash: [u8; 32],
    /// The tokens that it belongs to.
    pub family_id: FamilyId,
    /// The grant key under it.
    pub grant_key_wrapped: Vec<u8>,
    /// Until when.
    pub expires_at: Timestamp,
    /// What it is bound to besides its grant.
    pub binding: TokenBinding,
}

/// Keeps a code, and drops the grant's expired ones.
///
/// A redeemed code stays until `expires_at` of the codes after it, so that a
/// replay is recognised: callers keep `expires_at` for the redemption apart
/// (see [`CodeRow::expires_at`]).
pub async fn insert_code(
    tx: &mut Connection,
    token: &NewToken,
    binding: &CodeBinding,
    forget_before: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(DROP_CODES)
        .bind(token.grant_id.to_string())
        .bind(forget_before.as_micros())
        .execute(&mut *tx)
        .await?;
    sqlx::query(INSERT_CODE)
        .bind(token.grant_id.to_string())
        .bind(token.hash.to_vec())
        .bind(token.family_id.to_string())
        .bind(to_json(binding)?)
        .bind(token.grant_key_wrapped.clone())
        .bind(token.expires_at.as_micros())
        .bind(token.binding.asked_sealed.clone())
        .execute(tx)
        .await?;
    Ok(())
}

/// One code, redeemed or not, expired or not.
pub async fn code(
    connection: &mut Connection,
    grant_id: GrantId,
    hash: [u8; 32],
) -> Result<Option<CodeRow>, StoreError> {
    let row = by_hash(connection, CODE, grant_id, hash).await?;
    row.map(|row| {
        Ok(CodeRow {
            grant: GrantRow::from_row(&row)?,
            family_id: parsed(&row, "family_id")?,
            binding: json(&row, "binding")?,
            grant_key_wrapped: row.try_get("grant_key_wrapped")?,
            expires_at: time(&row, "expires_at")?,
            redeemed_at: optional_time(&row, "redeemed_at")?,
            asked_sealed: row.try_get("asked_sealed")?,
        })
    })
    .transpose()
}

/// Claims a code; says whether it was still to be had.
#[must_use = "somebody else may have redeemed it"]
pub async fn redeem_code(
    tx: &mut Connection,
    grant_id: GrantId,
    hash: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(REDEEM_CODE)
        .bind(now.as_micros())
        .bind(grant_id.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Keeps an access token, and drops the grant's expired ones.
pub async fn insert_access(
    tx: &mut Connection,
    token: &NewToken,
    scopes: EnumSet<Scope>,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(DROP_ACCESS)
        .bind(token.grant_id.to_string())
        .bind(now.as_micros())
        .execute(&mut *tx)
        .await?;
    sqlx::query(INSERT_ACCESS)
        .bind(token.grant_id.to_string())
        .bind(token.hash.to_vec())
        .bind(token.family_id.to_string())
        .bind(Scope::list(scopes))
        .bind(token.grant_key_wrapped.clone())
        .bind(token.expires_at.as_micros())
        .bind(now.as_micros())
        .bind(token.binding.key.as_ref().map(ToString::to_string))
        .bind(token.binding.asked_sealed.clone())
        .bind(details_of(token)?)
        .execute(tx)
        .await?;
    Ok(())
}

/// One access token, expired or not.
pub async fn access(
    connection: &mut Connection,
    grant_id: GrantId,
    hash: [u8; 32],
) -> Result<Option<AccessTokenRow>, StoreError> {
    let row = by_hash(connection, ACCESS, grant_id, hash).await?;
    row.map(|row| {
        Ok(AccessTokenRow {
            grant: GrantRow::from_row(&row)?,
            scopes: scopes(&row)?,
            grant_key_wrapped: row.try_get("grant_key_wrapped")?,
            expires_at: time(&row, "expires_at")?,
            issued_at: optional_time(&row, "issued_at")?,
            binding: TokenBinding {
                key: optional(&row, "jkt")?,
                asked_sealed: row.try_get("asked_sealed")?,
                details: details(&row)?,
                sid: None,
            },
        })
    })
    .transpose()
}

/// Keeps a refresh token, and drops the grant's expired ones.
pub async fn insert_refresh(
    tx: &mut Connection,
    token: &NewToken,
    scopes: EnumSet<Scope>,
    authentication: Authentication,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(DROP_REFRESH)
        .bind(token.grant_id.to_string())
        .bind(now.as_micros())
        .execute(&mut *tx)
        .await?;
    sqlx::query(INSERT_REFRESH)
        .bind(token.grant_id.to_string())
        .bind(token.hash.to_vec())
        .bind(token.family_id.to_string())
        .bind(Scope::list(scopes))
        .bind(to_json(&authentication)?)
        .bind(token.grant_key_wrapped.clone())
        .bind(now.as_micros())
        .bind(token.expires_at.as_micros())
        .bind(token.binding.key.as_ref().map(ToString::to_string))
        .bind(token.binding.asked_sealed.clone())
        .bind(token.binding.sid.as_ref().map(ToString::to_string))
        .bind(details_of(token)?)
        .execute(tx)
        .await?;
    Ok(())
}

/// One refresh token, rotated or not, expired or not.
pub async fn refresh(
    connection: &mut Connection,
    grant_id: GrantId,
    hash: [u8; 32],
) -> Result<Option<RefreshTokenRow>, StoreError> {
    let row = by_hash(connection, REFRESH, grant_id, hash).await?;
    row.map(|row| {
        let successor: Option<Vec<u8>> = row.try_get("successor_hash")?;
        Ok(RefreshTokenRow {
            grant: GrantRow::from_row(&row)?,
            family_id: parsed(&row, "family_id")?,
            scopes: scopes(&row)?,
            authentication: json(&row, "authentication")?,
            grant_key_wrapped: row.try_get("grant_key_wrapped")?,
            expires_at: time(&row, "expires_at")?,
            rotated_at: optional_time(&row, "rotated_at")?,
            successor_unused: successor.is_some()
                && optional_time(&row, "successor_rotated_at")?.is_none(),
            issued_at: time(&row, "issued_at")?,
            binding: TokenBinding {
                key: optional(&row, "jkt")?,
                asked_sealed: row.try_get("asked_sealed")?,
                details: details(&row)?,
                sid: optional(&row, "sid")?,
            },
        })
    })
    .transpose()
}

/// Rotates a refresh token; says whether it was still to be had.
#[must_use = "somebody else may have rotated it"]
pub async fn rotate(
    tx: &mut Connection,
    grant_id: GrantId,
    hash: [u8; 32],
    successor: [u8; 32],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let done = sqlx::query(ROTATE)
        .bind(now.as_micros())
        .bind(successor.to_vec())
        .bind(grant_id.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Says whether a refresh token is there and has not been used, which stays
/// so until the transaction ends.
#[must_use = "it may have been used or have died"]
pub async fn hold_unused(
    tx: &mut Connection,
    grant_id: GrantId,
    hash: [u8; 32],
) -> Result<bool, StoreError> {
    let done = sqlx::query(HOLD_UNUSED)
        .bind(grant_id.to_string())
        .bind(hash.to_vec())
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

async fn by_hash(
    connection: &mut Connection,
    statement: &'static str,
    grant_id: GrantId,
    hash: [u8; 32],
) -> Result<Option<AnyRow>, StoreError> {
    Ok(sqlx::query(statement)
        .bind(grant_id.to_string())
        .bind(hash.to_vec())
        .fetch_optional(connection)
        .await?)
}

fn details_of(token: &NewToken) -> Result<Option<String>, StoreError> {
    token.binding.details.as_ref().map(to_json).transpose()
}

fn details(row: &AnyRow) -> Result<Option<ProfileRelease>, StoreError> {
    let text: Option<String> = row.try_get("details")?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| StoreError::Corrupt("details")))
        .transpose()
}

fn scopes(row: &AnyRow) -> Result<EnumSet<Scope>, StoreError> {
    let text: &str = row.try_get("scope")?;
    Ok(Scope::parse_list(text))
}
