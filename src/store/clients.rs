//! Businesses, their clients, and the data plans of those.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::codec::{count, json, optional_time, parsed, to_json};
use super::logos::{self, ClientLogo};
use super::{Connection, StoreError};
use crate::domain::business::{Business, Vetting};
use crate::domain::client::Client;
use crate::domain::id::{BusinessId, ClientId};
use crate::domain::plan::{Plan, PlanVersion};
use crate::domain::receipt::Hash;
use crate::domain::subject::Sector;
use crate::domain::time::Timestamp;

statements! {
    INSERT_BUSINESS = "INSERT INTO businesses (id, document, created_at, unvetted_since) \
              VALUES ($1, $2, $3, $4)";
    BUSINESS = "SELECT id, document, unvetted_since FROM businesses WHERE id = $1";
    INSERT = "INSERT INTO clients \
              (id, business_id, sector, secret_hash, secret_sealed, metadata, plan_version, \
              created_at) VALUES ($1, $2, $3, $4, $5, $6, 0, $7)";
    /// A client with all that a request of it needs: who is answerable for it,
    /// and its plan as it stands.
    FIND = "SELECT c.id, c.business_id, c.sector, c.secret_hash, c.secret_sealed, c.metadata, \
              c.plan_version, c.removed_at, b.document AS business, b.unvetted_since, p.document AS plan, p.hash AS plan_hash \
              FROM clients c JOIN businesses b ON b.id = c.business_id \
              LEFT JOIN plans p ON p.client_id = c.id AND p.version = c.plan_version \
              WHERE c.id = $1";
    INSERT_PLAN = "INSERT INTO plans (client_id, version, document, hash, created_at) \
              VALUES ($1, $2, $3, $4, $5)";
    SET_PLAN_VERSION = "UPDATE clients SET plan_version = $1 WHERE id = $2 AND plan_version = $3";
    PLAN = "SELECT document, hash FROM plans WHERE client_id = $1 AND version = $2";
}

/// A client with all that a request of it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredClient {
    /// The client.
    pub client: Client,
    /// Who is answerable for it.
    pub business: Business,
    /// Edition of its plan; zero when it declared none.
    pub plan_version: PlanVersion,
    /// The plan that it declared, and the hash of its document.
    pub plan: Option<(Plan, Hash)>,
    /// When it was removed, if it was: its agreements still name it.
    pub removed_at: Option<Timestamp>,
    /// The logos of it that were fetched.
    pub logos: Vec<ClientLogo>,
}

/// The vetting of the business in a row.
fn vetting(row: &AnyRow) -> Result<Vetting, StoreError> {
    Ok(match optional_time(row, "unvetted_since")? {
        None => Vetting::Vetted,
        Some(_) => Vetting::Unvetted,
    })
}

/// Registers a business.
pub async fn insert_business(
    tx: &mut Connection,
    business: &Business,
    now: Timestamp,
) -> Result<(), StoreError> {
    let unvetted_since = match business.vetting {
        Vetting::Vetted => None,
        Vetting::Unvetted => Some(now.as_micros()),
    };
    sqlx::query(INSERT_BUSINESS)
        .bind(business.id.to_string())
        .bind(to_json(&business.document)?)
        .bind(now.as_micros())
        .bind(unvetted_since)
        .execute(tx)
        .await?;
    Ok(())
}

/// One business.
pub async fn business(
    connection: &mut Connection,
    id: BusinessId,
) -> Result<Option<Business>, StoreError> {
    let row = sqlx::query(BUSINESS)
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        Ok(Business {
            id: parsed(&row, "id")?,
            document: json(&row, "document")?,
            vetting: vetting(&row)?,
        })
    })
    .transpose()
}

/// Registers a client. [`StoreError::Duplicate`] when the id is taken.
pub async fn insert(
    tx: &mut Connection,
    client: &Client,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(INSERT)
        .bind(client.id.to_string())
        .bind(client.business_id.to_string())
        .bind(client.sector.as_str().to_owned())
        .bind(client.secret_hash.map(|hash| hash.to_vec()))
        .bind(client.secret_sealed.clone())
        .bind(to_json(&client.metadata)?)
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(())
}

/// One client, with its business and its plan, also if it was removed.
pub async fn find(
    connection: &mut Connection,
    id: &ClientId,
) -> Result<Option<RegisteredClient>, StoreError> {
    let row = sqlx::query(FIND)
        .bind(id.to_string())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(mut client) = row.as_ref().map(registered).transpose()? else {
        return Ok(None);
    };
    if !client.client.metadata.logos().is_empty() {
        client.logos = logos::of_client(connection, id).await?;
    }
    Ok(Some(client))
}

/// A client without its logos, which are in rows of their own.
fn registered(row: &AnyRow) -> Result<RegisteredClient, StoreError> {
    let business_id: BusinessId = parsed(row, "business_id")?;
    let secret_hash: Option<Vec<u8>> = row.try_get("secret_hash")?;
    let plan: Option<String> = row.try_get("plan")?;
    let plan_hash: Option<String> = row.try_get("plan_hash")?;
    let plan_version = PlanVersion(count(row, "plan_version")?);
    if plan_version != PlanVersion(0) && plan.is_none() {
        // Taken for a client without a plan, it would be let to ask by scopes.
        return Err(StoreError::Corrupt("plan_version"));
    }
    Ok(RegisteredClient {
        client: Client {
            id: parsed(row, "id")?,
            business_id,
            secret_hash: secret_hash
                .map(|hash| {
                    hash.try_into()
                        .map_err(|_| StoreError::Corrupt("secret_hash"))
                })
                .transpose()?,
            secret_sealed: row.try_get("secret_sealed")?,
            sector: Sector::from_stored(row.try_get("sector")?),
            metadata: json(row, "metadata")?,
        },
        business: Business {
            id: business_id,
            document: json(row, "business")?,
            vetting: vetting(row)?,
        },
        removed_at: optional_time(row, "removed_at")?,
        logos: Vec::new(),
        plan_version,
        plan: plan
            .zip(plan_hash)
            .map(|(plan, hash)| read_plan(&plan, hash))
            .transpose()?,
    })
}

fn read_plan(document: &str, hash: String) -> Result<(Plan, Hash), StoreError> {
    let plan = Plan::parse(document).map_err(|_| StoreError::Corrupt("plan"))?;
    Ok((plan, Hash::from_stored(hash)))
}

/// Publishes an edition of a client's plan, unless another was published
/// meanwhile; says whether it was.
#[must_use = "another edition may have been published meanwhile"]
pub async fn publish_plan(
    tx: &mut Connection,
    client_id: &ClientId,
    before: PlanVersion,
    plan: &Plan,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let version = i64::from(before.0) + 1;
    let document = plan.to_json();
    let moved = sqlx::query(SET_PLAN_VERSION)
        .bind(version)
        .bind(client_id.to_string())
        .bind(i64::from(before.0))
        .execute(&mut *tx)
        .await?;
    if moved.rows_affected() == 0 {
        return Ok(false);
    }
    let hash = Hash::of(document.as_bytes());
    sqlx::query(INSERT_PLAN)
        .bind(client_id.to_string())
        .bind(version)
        .bind(document)
        .bind(hash.as_str().to_owned())
        .bind(now.as_micros())
        .execute(tx)
        .await?;
    Ok(true)
}

/// An edition of a client's plan, with the hash of its document.
pub async fn plan(
    connection: &mut Connection,
    client_id: &ClientId,
    version: PlanVersion,
) -> Result<Option<(Plan, Hash)>, StoreError> {
    let row = sqlx::query(PLAN)
        .bind(client_id.to_string())
        .bind(i64::from(version.0))
        .fetch_optional(connection)
        .await?;
    row.map(|row| {
        let document: &str = row.try_get("document")?;
        read_plan(document, row.try_get("hash")?)
    })
    .transpose()
}
