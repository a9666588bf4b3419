//! Who read what: the records of reads, opened for their owner.
//!
//! What was read is sealed under the key of its grant, so that the store finds
//! reads by time and client, and everything else is looked for here. The work is
//! bounded: a search opens so many records, and says where it stopped.

use std::collections::{BTreeMap, BTreeSet};

use crate::app::App;
use crate::crypto::vault::GrantKey;
use crate::domain::claim::Claim;
use crate::domain::id::{ClientId, GrantId, ReadId};
use crate::domain::language::LocalizedText;
use crate::domain::plan::{PlanVersion, PurposeId};
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::grants::{GrantView, ReadRecord, grant_key, open_read};
use crate::service::sessions::SignedIn;
use crate::store::grants::{self, GrantRow};
use crate::store::reads::{self, Window};
use crate::store::{Connection, clients};

/// How many records one search opens: a few milliseconds.
const OPENED: u32 = 5_000;
/// How many editions before the one that is agreed to are looked at for what an older
/// one called its purposes.
const EDITIONS: u32 = 100;

/// Which reads are looked for.
#[derive(Clone, Debug, Default)]
pub struct Criteria {
    /// By whom and when.
    pub window: Window,
    /// Those that handed over this claim.
    pub claim: Option<Claim>,
    /// Those for this purpose.
    pub purpose: Option<PurposeId>,
    /// Whose purpose that is, where others mean something else by its name.
    pub purpose_of: Option<ClientId>,
}

impl Criteria {
    fn meets(&self, record: &ReadRecord) -> bool {
        self.claim.is_none_or(|claim| record.claims.contains(claim))
            && self
                .purpose
                .as_ref()
                .is_none_or(|purpose| record.purposes.contains(purpose))
    }
}

/// A read of an account's data.
#[derive(Clone, Debug)]
pub struct Read {
    /// By which agreement.
    pub grant_id: GrantId,
    /// When.
    pub at: Timestamp,
    /// What, and for what.
    pub record: ReadRecord,
}

/// What a search found.
#[derive(Clone, Debug)]
pub struct Found {
    /// The newest first.
    pub reads: Vec<Read>,
    /// Where it stopped, if there is more to look through: ask on from there.
    pub stopped: Option<Stopped>,
}

/// The last read that a search looked at.
#[derive(Clone, Copy, Debug)]
pub struct Stopped {
    /// Which.
    pub id: ReadId,
    /// When that was. What was found are all since then.
    pub read_at: Timestamp,
}

/// Looks for reads on any grant of the account.
pub async fn search(app: &App, signed_in: &SignedIn, criteria: &Criteria) -> Result<Found, Fault> {
    let account_id = signed_in.account.id;
    let mut connection = app.store().read().await?;
    let grants = grants::of_account(&mut connection, account_id).await?;
    let mut rows =
        reads::of_account(&mut connection, account_id, &criteria.window, OPENED + 1).await?;
    drop(connection);
    let most = usize::try_from(OPENED).unwrap_or(usize::MAX);
    let more = rows.len() > most;
    rows.truncate(most);
    let stopped = rows.last().filter(|_| more).map(|row| Stopped {
        id: row.id,
        read_at: row.read_at,
    });
    let mut keys: BTreeMap<GrantId, GrantKey> = BTreeMap::new();
    // Where the key was destroyed, nobody opens anything any more.
    let is_open = |row: &&GrantRow| {
        let whose = criteria.purpose_of.as_ref();
        row.grant_key_wrapped.is_some() && whose.is_none_or(|id| *id == row.grant.client_id)
    };
    for row in grants.iter().filter(is_open) {
        keys.insert(row.grant.id, grant_key(signed_in, row)?);
    }
    let mut found = Vec::new();
    for row in rows {
        let Some(key) = keys.get(&row.grant_id) else {
            continue;
        };
        let (grant_id, at) = (row.grant_id, row.read_at);
        let record = open_read(key, row)?;
        if criteria.meets(&record) {
            found.push(Read {
                grant_id,
                at,
                record,
            });
        }
    }
    found.sort_by_key(|read| std::cmp::Reverse(read.at));
    Ok(Found {
        reads: found,
        stopped,
    })
}

/// What each business calls its purposes.
pub type Titles = BTreeMap<ClientId, BTreeMap<PurposeId, LocalizedText>>;

/// What the businesses of these agreements call their purposes: those agreed to now,
/// and those of older editions that there were reads for.
pub async fn titles(app: &App, views: &[GrantView], reads: &[Read]) -> Result<Titles, Fault> {
    let mut titles = Titles::new();
    for view in views {
        let of_client = titles.entry(view.grant.client_id.clone()).or_default();
        for purpose in view.plan.purposes() {
            of_client
                .entry(purpose.id.clone())
                .or_insert_with(|| purpose.title.clone());
        }
    }
    let mut connection = app.store().read().await?;
    for view in views {
        let of_grant = reads.iter().filter(|read| read.grant_id == view.grant.id);
        let used = of_grant.flat_map(|read| &read.record.purposes);
        let known = titles.entry(view.grant.client_id.clone()).or_default();
        let mut missing: BTreeSet<&PurposeId> = used.collect();
        missing.retain(|id| !known.contains_key(*id));
        find_older(&mut connection, view, missing, known).await?;
    }
    Ok(titles)
}

/// Looks back for purposes that the edition that is agreed to has no more.
async fn find_older(
    connection: &mut Connection,
    view: &GrantView,
    mut missing: BTreeSet<&PurposeId>,
    known: &mut BTreeMap<PurposeId, LocalizedText>,
) -> Result<(), Fault> {
    let PlanVersion(agreed) = view.grant.plan_version;
    let first = agreed.saturating_sub(EDITIONS).max(1);
    for version in (first..agreed).rev() {
        if missing.is_empty() {
            break;
        }
        let client_id = &view.grant.client_id;
        let found = clients::plan(connection, client_id, PlanVersion(version)).await?;
        let Some((plan, _)) = found else { continue };
        for purpose in plan.purposes() {
            if missing.remove(&purpose.id) {
                known.insert(purpose.id.clone(), purpose.title.clone());
            }
        }
    }
    Ok(())
}
