//! Grants, and who an account is to a sector.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, json, parsed, time, to_json};
use super::{Connection, StoreError};
use crate::domain::grant::Grant;
use crate::domain::id::{AccountId, ClientId, GrantId};
use crate::domain::plan::PlanVersion;
use crate::domain::receipt::{ChainEnd, Hash};
use crate::domain::subject::{Sector, Subject};
use crate::domain::time::Timestamp;

/// The columns of a grant, for statements that join it. A macro, since
/// `concat!` takes nothing else.
macro_rules! grant_columns {
    () => {
        "g.id AS g_id, g.account_id AS g_account_id, g.client_id AS g_client_id, \
         g.subject AS g_subject, g.state AS g_state, g.terms AS g_terms, \
         g.plan_version AS g_plan_version, g.plan_refused AS g_plan_refused, \
         g.created_at AS g_created_at, \
         g.updated_at AS g_updated_at, g.grant_key_wrapped AS g_grant_key_wrapped, \
         g.released_sealed AS g_released_sealed, g.chain_seq AS g_chain_seq, \
         g.chain_hash AS g_chain_hash, g.chain_at AS g_chain_at"
    };
}
pub(super) use grant_columns;

statements! {
    INSERT = "INSERT INTO grants (id, account_id, client_id, subject, state, terms, plan_version, \
              created_at, updated_at, expires_at, ended_at, grant_key_wrapped, released_sealed, \
              chain_seq, chain_hash, warn_at, plan_held, chain_at, \
              lapses_at) \
              VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $7, \
              $17, $18)";
    LIVE = concat!("SELECT ", grant_columns!(), " FROM grants g \
              WHERE g.account_id = $1 AND g.client_id = $2 AND g.ended_at IS NULL");
    FIND = concat!("SELECT ", grant_columns!(), " FROM grants g \
              WHERE g.account_id = $1 AND g.id = $2");
    OF_CLIENT = concat!("SELECT ", grant_columns!(), " FROM grants g \
              WHERE g.id = $1 AND g.client_id = $2");
    OF_ACCOUNT = concat!("SELECT ", grant_columns!(), " FROM grants g \
              WHERE g.account_id = $1 ORDER BY g.created_at DESC, g.id DESC");
    /// The chain's end is the guard: whoever writes on an older one loses. A login
    /// (`EXTEND`) and a new edition (`editions::hold`) leave the chain as it is: what they
    /// write is looked at as well, so that nobody puts back what was before them. Once
    /// warned of an end, nobody is warned of it again.
    ///
    /// An edit of the vault seals the values anew and leaves the chain as it is: whoever
    /// does not change them must not put those back that it read before.
    UPDATE = "UPDATE grants SET state = $1, terms = $2, plan_version = $3, updated_at = $4, \
              expires_at = $5, ended_at = $6, \
              released_sealed = CASE WHEN $16 = 1 THEN $7 ELSE released_sealed END, \
              chain_seq = $8, chain_hash = $9, chain_at = $14, lapses_at = $15, \
              warn_at = CASE WHEN expires_at = $5 THEN warn_at ELSE $13 END \
              WHERE account_id = $10 AND id = $11 AND chain_seq = $12 \
              AND expires_at IS NOT DISTINCT FROM $17 AND plan_version = $18";
    /// A later end of a grant that nobody moved since it was looked at.
    EXTEND = "UPDATE grants SET terms = $1, expires_at = $2, warn_at = $3, lapses_at = $7 \
              WHERE account_id = $4 AND id = $5 AND chain_seq = $6 AND ended_at IS NULL";
    RESEAL = "UPDATE grants SET released_sealed = $1 \
              WHERE account_id = $2 AND id = $3 AND ended_at IS NULL AND chain_seq = $4";
    SUBJECT = "SELECT subject FROM subjects WHERE account_id = $1 AND sector = $2";
    INSERT_SUBJECT = "INSERT INTO subjects (account_id, sector, subject, created_at) \
              VALUES ($1, $2, $3, $4) ON CONFLICT (account_id, sector) DO NOTHING";
    LIVE_IDS = "SELECT id FROM grants WHERE account_id = $1 AND ended_at IS NULL ORDER BY id";
}

/// A grant as stored.
#[derive(Clone, Debug)]
pub struct GrantRow {
    /// The grant.
    pub grant: Grant,
    /// The grant key under the vault key.
    pub grant_key_wrapped: Option<Vec<u8>>,
    /// The released values under the grant key; gone once the grant is over.
    pub released_sealed: Option<Vec<u8>>,
    /// Where its chain of receipts has got to.
    pub chain: ChainEnd,
}

impl GrantRow {
    /// Reads the columns of `grant_columns!`.
    pub(super) fn from_row(row: &AnyRow) -> Result<Self, StoreError> {
        let subject: String = row.try_get("g_subject")?;
        let chain_hash: String = row.try_get("g_chain_hash")?;
        Ok(Self {
            grant: Grant {
                id: parsed(row, "g_id")?,
                account_id: parsed(row, "g_account_id")?,
                client_id: parsed(row, "g_client_id")?,
                subject: Subject::from_stored(subject),
                state: parsed(row, "g_state")?,
                terms: json(row, "g_terms")?,
                plan_version: PlanVersion(count(row, "g_plan_version")?),
                refused: PlanVersion(count(row, "g_plan_refused")?),
                created_at: time(row, "g_created_at")?,
                updated_at: time(row, "g_updated_at")?,
            },
            grant_key_wrapped: row.try_get("g_grant_key_wrapped")?,
            released_sealed: row.try_get("g_released_sealed")?,
            chain: ChainEnd {
                seq: count(row, "g_chain_seq")?,
                hash: Hash::from_stored(chain_hash),
                at: time(row, "g_chain_at")?,
            },
        })
    }

    /// What it is, for a write on it.
    #[must_use]
    pub fn found(&self) -> Found {
        Found {
            seq: self.chain.seq,
            expires_at: self.grant.expires_at(),
            plan_version: self.grant.plan_version,
        }
    }

    fn ended_at(&self) -> Option<Timestamp> {
        self.grant.state.is_over().then_some(self.grant.updated_at)
    }
}

/// What a grant was when it was looked at, as far as a write on it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where its chain had got to.
    seq: u32,
    /// When it would have ended.
    expires_at: Option<Timestamp>,
    /// Which edition of the plan it answered.
    plan_version: PlanVersion,
}

/// Keeps a new grant. [`StoreError::Duplicate`] when the account has a live
/// one with the client.
pub async fn insert(tx: &mut Connection, row: &GrantRow) -> Result<(), StoreError> {
    let grant = &row.grant;
    sqlx::query(INSERT)
        .bind(grant.id.to_string())
        .bind(grant.account_id.to_string())
        .bind(grant.client_id.to_string())
        .bind(grant.subject.to_string())
        .bind(grant.state.as_str())
        .bind(to_json(&grant.terms)?)
        .bind(i64::from(grant.plan_version.0))
        .bind(grant.created_at.as_micros())
        .bind(grant.updated_at.as_micros())
        .bind(grant.expires_at().map(Timestamp::as_micros))
        .bind(row.ended_at().map(Timestamp::as_micros))
        .bind(row.grant_key_wrapped.clone())
        .bind(row.released_sealed.clone())
        .bind(i64::from(row.chain.seq))
        .bind(row.chain.hash.as_str().to_owned())
        .bind(grant.warn_at().map(Timestamp::as_micros))
        .bind(row.chain.at.as_micros())
        .bind(grant.terms.lapses_at().map(Timestamp::as_micros))
        .execute(tx)
        .await?;
    Ok(())
}

/// The grant between an account and a client that is not written down as
/// over (its time may have passed: ask [`Grant::state_at`]).
pub async fn live(
    connection: &mut Connection,
    account_id: AccountId,
    client_id: &ClientId,
) -> Result<Option<GrantRow>, StoreError> {
    let row = sqlx::query(LIVE)
        .bind(account_id.to_string())
        .bind(client_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(GrantRow::from_row).transpose()
}

/// One grant of an account.
pub async fn find(
    connection: &mut Connection,
    account_id: AccountId,
    id: GrantId,
) -> Result<Option<GrantRow>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(GrantRow::from_row).transpose()
}

/// One grant of a client.
pub async fn of_client(
    connection: &mut Connection,
    client_id: &ClientId,
    id: GrantId,
) -> Result<Option<GrantRow>, StoreError> {
    let row = sqlx::query(OF_CLIENT)
        .bind(id.to_string())
        .bind(client_id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(GrantRow::from_row).transpose()
}

/// Every grant of an account, the newest first.
pub async fn of_account(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Vec<GrantRow>, StoreError> {
    let rows = sqlx::query(OF_ACCOUNT)
        .bind(account_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(GrantRow::from_row).collect()
}

/// Which grants of an account are not over, in the order of their ids.
pub async fn live_ids(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Vec<GrantId>, StoreError> {
    let rows = sqlx::query(LIVE_IDS)
        .bind(account_id.to_string())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| parsed(row, "id")).collect()
}

/// Writes a grant that is still as it was found, and the values that it releases if
/// these change with it (`reseals`); says whether it was.
#[must_use = "the grant may have changed meanwhile"]
pub async fn update(
    tx: &mut Connection,
    row: &GrantRow,
    found: &Found,
    reseals: bool,
) -> Result<bool, StoreError> {
    let grant = &row.grant;
    let done = sqlx::query(UPDATE)
        .bind(grant.state.as_str())
        .bind(to_json(&grant.terms)?)
        .bind(i64::from(grant.plan_version.0))
        .bind(grant.updated_at.as_micros())
        .bind(grant.expires_at().map(Timestamp::as_micros))
        .bind(row.ended_at().map(Timestamp::as_micros))
        .bind(row.released_sealed.clone())
        .bind(i64::from(row.chain.seq))
        .bind(row.chain.hash.as_str().to_owned())
        .bind(grant.account_id.to_string())
        .bind(grant.id.to_string())
        .bind(i64::from(found.seq))
        .bind(grant.warn_at().map(Timestamp::as_micros))
        .bind(row.chain.at.as_micros())
        .bind(grant.terms.lapses_at().map(Timestamp::as_micros))
        .bind(i64::from(reseals))
        .bind(found.expires_at.map(Timestamp::as_micros))
        .bind(i64::from(found.plan_version.0))
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Writes the later end that a login gives to a grant whose chain is still at
/// `seq`. One that somebody moved meanwhile stays as they left it.
pub async fn extend(tx: &mut Connection, grant: &Grant, seq: u32) -> Result<(), StoreError> {
    sqlx::query(EXTEND)
        .bind(to_json(&grant.terms)?)
        .bind(grant.expires_at().map(Timestamp::as_micros))
        .bind(grant.warn_at().map(Timestamp::as_micros))
        .bind(grant.account_id.to_string())
        .bind(grant.id.to_string())
        .bind(i64::from(seq))
        .bind(grant.terms.lapses_at().map(Timestamp::as_micros))
        .execute(tx)
        .await?;
    Ok(())
}

/// Replaces the released values of a grant whose chain is still at `seq`,
/// after an edit; says whether it was.
#[must_use = "the grant may have changed meanwhile"]
pub async fn reseal(
    tx: &mut Connection,
    account_id: AccountId,
    id: GrantId,
    seq: u32,
    released_sealed: Vec<u8>,
) -> Result<bool, StoreError> {
    let done = sqlx::query(RESEAL)
        .bind(released_sealed)
        .bind(account_id.to_string())
        .bind(id.to_string())
        .bind(i64::from(seq))
        .execute(tx)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Who an account is to a sector; `fresh` if it was nobody yet.
pub async fn subject(
    tx: &mut Connection,
    account_id: AccountId,
    sector: &Sector,
    fresh: Subject,
    now: Timestamp,
) -> Result<Subject, StoreError> {
    sqlx::query(INSERT_SUBJECT)
        .bind(account_id.to_string())
        .bind(sector.as_str().to_owned())
        .bind(fresh.to_string())
        .bind(now.as_micros())
        .execute(&mut *tx)
        .await?;
    let row = sqlx::query(SUBJECT)
        .bind(account_id.to_string())
        .bind(sector.as_str().to_owned())
        .fetch_one(tx)
        .await?;
    Ok(Subject::from_stored(row.try_get(0)?))
}

/// Who an account is to a sector, if it ever was anybody there.
pub async fn known_subject(
    connection: &mut Connection,
    account_id: AccountId,
    sector: &Sector,
) -> Result<Option<Subject>, StoreError> {
    let row = sqlx::query(SUBJECT)
        .bind(account_id.to_string())
        .bind(sector.as_str().to_owned())
        .fetch_optional(connection)
        .await?;
    row.map(|row| Ok(Subject::from_stored(row.try_get(0)?)))
        .transpose()
}
