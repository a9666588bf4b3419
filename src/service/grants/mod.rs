//! Grants as their owner sees them, and the reads on them.
//!
//! `moves` writes a grant with its receipts, dead tokens and released values
//! in one transaction; `acts` is what the consumer does on a grant's page, `terms` what comes
//! of what they want there,
//! `business` what a business does by its API, `life` what time does,
//! `editions` what a new edition of a plan does, `minors` what a birthdate does,
//! `erasure` what the end of the account does, or that it was called off. `values` seals
//! what is released, and `fingerprint` names what a page showed.

mod acts;
mod business;
mod editions;
mod erasure;
pub mod fingerprint;
mod life;
mod minors;
mod moves;
mod terms;
mod values;

use std::sync::Arc;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::vault::{self, GrantKey};
use crate::domain::attribute::Released;
use crate::domain::claim::Claim;
use crate::domain::details::ProfileRelease;
use crate::domain::grant::Grant;
use crate::domain::id::{GrantId, ReadId};
use crate::domain::plan::{Plan, PlanVersion, PurposeId};
use crate::domain::receipt::Hash;
use crate::domain::scope::Scope;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::clients::{plan_of, releasable_by_grant, scopes_naming};
use crate::service::sessions::SignedIn;
use crate::store::clients::{self, RegisteredClient};
use crate::store::grants::{self, GrantRow};
use crate::store::reads;
pub use acts::{MoveError, Request, Wanted, act};
pub(in crate::service) use acts::{made_by_owner, record_of_owner};
pub use business::{BusinessView, end, of_client, standing};
pub(in crate::service) use business::{end_row, record};
pub use editions::{hold_against_plan, unsettled};
pub(in crate::service) use erasure::{erased, resumed};
pub use life::{Look, expire_due, lapse_due, warn_due};
pub(in crate::service) use life::{settle, write_overdue};
pub(in crate::service) use minors::narrow_for_minor;
pub(in crate::service) use moves::{Scene, Written};
pub use terms::renewed_until;
pub(in crate::service) use values::{Resealed, Values, reseal_all};

/// How many reads a page shows.
const READS_SHOWN: u32 = 200;

/// A grant as its owner sees it.
#[derive(Debug)]
pub struct GrantView {
    /// The agreement.
    pub grant: Grant,
    /// With whom.
    pub client: Arc<RegisteredClient>,
    /// The plan that it answers.
    pub plan: Plan,
    /// What the business may read at this moment, with the values.
    pub released: Released,
    /// When it was last read.
    pub last_read: Option<Timestamp>,
}

/// A read as its owner sees it.
#[derive(Clone, Debug)]
pub struct ReadView {
    /// When.
    pub at: Timestamp,
    /// What.
    pub record: ReadRecord,
}

/// What was read, and for which purposes: sealed in the row of the read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReadRecord {
    /// The claims that were handed over.
    pub claims: EnumSet<Claim>,
    /// The purposes under which they are released.
    pub purposes: Vec<PurposeId>,
}

/// Every grant of the account, the newest first.
pub async fn all(app: &App, signed_in: &SignedIn) -> Result<Vec<GrantView>, Fault> {
    let account_id = signed_in.account.id;
    let mut connection = app.store().read().await?;
    let rows = grants::of_account(&mut connection, account_id).await?;
    let last_reads = reads::last(&mut connection, account_id).await?;
    drop(connection);
    let mut views = Vec::with_capacity(rows.len());
    for row in rows {
        let last = last_reads
            .iter()
            .find(|(id, _)| *id == row.grant.id)
            .map(|(_, at)| *at);
        views.push(view(app, signed_in, row, last).await?);
    }
    Ok(views)
}

/// One grant of the account; `None` when it has no such grant.
pub async fn one(app: &App, signed_in: &SignedIn, id: GrantId) -> Result<Option<GrantView>, Fault> {
    let account_id = signed_in.account.id;
    let mut connection = app.store().read().await?;
    let row = grants::find(&mut connection, account_id, id).await?;
    let last_reads = reads::last(&mut connection, account_id).await?;
    drop(connection);
    let Some(row) = row else { return Ok(None) };
    let last = last_reads
        .iter()
        .find(|(grant_id, _)| *grant_id == id)
        .map(|(_, at)| *at);
    view(app, signed_in, row, last).await.map(Some)
}

async fn view(
    app: &App,
    signed_in: &SignedIn,
    row: GrantRow,
    last_read: Option<Timestamp>,
) -> Result<GrantView, Fault> {
    let client = agreed_client(app, &row.grant).await?;
    let plan = agreed_plan(app, &client, &row.grant).await?.0;
    let releasable = releasable_by_grant(app, &client, &row.grant, app.now());
    let released = match (&row.released_sealed, releasable.is_empty()) {
        (Some(sealed), false) => {
            let key = grant_key(signed_in, &row)?;
            open_released(&key, row.grant.id, sealed)?.narrowed_to(releasable)
        }
        _ => Released::default(),
    };
    Ok(GrantView {
        grant: row.grant,
        client,
        plan,
        released,
        last_read,
    })
}

/// Whom a grant is with, also when that client was removed.
pub(in crate::service) async fn agreed_client(
    app: &App,
    grant: &Grant,
) -> Result<Arc<RegisteredClient>, Fault> {
    let client = app.any_client(&grant.client_id).await?;
    client.ok_or(Fault::Inconsistent(
        "a grant names a client that is not there",
    ))
}

/// The plan that a grant answers, as it was then, and its hash.
pub(in crate::service) async fn agreed_plan(
    app: &App,
    client: &RegisteredClient,
    grant: &Grant,
) -> Result<(Plan, Hash), Fault> {
    // Without a declared plan it is what the scopes of that login name. Of
    // each, something is required, so they show in the terms.
    if grant.plan_version == PlanVersion(0) {
        let asked = grant.terms.asked;
        let scopes = scopes_naming(grant.terms.all_claims() - asked);
        let plan = client.undeclared_plan(scopes, asked);
        let hash = Hash::of(plan.to_json().as_bytes());
        return Ok((plan, hash));
    }
    if grant.plan_version == client.plan_version {
        return Ok(plan_of(client, Scope::all(), EnumSet::empty()));
    }
    let mut connection = app.store().read().await?;
    clients::plan(&mut connection, &client.client.id, grant.plan_version)
        .await?
        .ok_or(Fault::Inconsistent(
            "a grant names a plan that is not there",
        ))
}

pub(in crate::service) fn grant_key(
    signed_in: &SignedIn,
    row: &GrantRow,
) -> Result<GrantKey, Fault> {
    let wrapped = row
        .grant_key_wrapped
        .clone()
        .ok_or(Fault::Inconsistent("a grant has no key"))?;
    Ok(vault::open_grant_key(
        &signed_in.vault_key,
        row.grant.id,
        &Sealed::from_bytes(wrapped),
    )?)
}

/// Opens the values that a grant releases.
pub(in crate::service) fn open_released(
    key: &GrantKey,
    id: GrantId,
    sealed: &[u8],
) -> Result<Released, Fault> {
    let bytes = vault::open_released(key, id, &Sealed::from_bytes(sealed.to_vec()))?;
    Ok(Released::from_bytes(&bytes)?)
}

/// The last reads on a grant, the newest first; `None` when the account has
/// no such grant.
pub async fn reads(
    app: &App,
    signed_in: &SignedIn,
    id: GrantId,
) -> Result<Option<Vec<ReadView>>, Fault> {
    let mut connection = app.store().read().await?;
    let Some(row) = grants::find(&mut connection, signed_in.account.id, id).await? else {
        return Ok(None);
    };
    let rows = reads::of_grant(&mut connection, id, READS_SHOWN).await?;
    drop(connection);
    let key = grant_key(signed_in, &row)?;
    rows.into_iter()
        .map(|read| {
            Ok(ReadView {
                at: read.read_at,
                record: open_read(&key, read)?,
            })
        })
        .collect::<Result<_, Fault>>()
        .map(Some)
}

/// For which purposes claims are handed over: those that release any of them now, of
/// the ones that the token is for.
pub(in crate::service) fn purposes_of(
    grant: &Grant,
    plan: &Plan,
    details: Option<&ProfileRelease>,
    claims: EnumSet<Claim>,
    now: Timestamp,
) -> Vec<PurposeId> {
    let releasing = grant.terms.releasing_within(plan, now);
    let for_token = releasing.filter(|(id, releases)| {
        let asked = details.map_or(*releases, |details| details.claims_for(id, *releases));
        !(asked & claims).is_empty()
    });
    for_token.map(|(id, _)| id.clone()).collect()
}

/// Opens what is in the row of a read.
pub(in crate::service) fn open_read(
    key: &GrantKey,
    row: reads::ReadRow,
) -> Result<ReadRecord, Fault> {
    let sealed = Sealed::from_bytes(row.read_sealed);
    let bytes = vault::open_read(key, row.grant_id, row.id, &sealed)?;
    serde_json::from_slice(&bytes)
        .map_err(|_| Fault::Inconsistent("the record of a read does not read"))
}

/// Makes the row of a read: what is in it only the consumer and whoever holds
/// the token can tell.
pub(in crate::service) fn seal_read(
    app: &App,
    key: &GrantKey,
    grant_id: GrantId,
    (claims, purposes): (EnumSet<Claim>, Vec<PurposeId>),
    now: Timestamp,
) -> Result<reads::ReadRow, Fault> {
    let bytes = serde_json::to_vec(&ReadRecord { claims, purposes })
        .map_err(|_| Fault::Inconsistent("a read cannot be written"))?;
    let id = ReadId::new(app.random().uuid(now));
    let sealed = vault::seal_read(key, grant_id, id, &bytes, app.random());
    Ok(reads::ReadRow {
        id,
        grant_id,
        read_at: now,
        read_sealed: sealed.into_bytes(),
    })
}
