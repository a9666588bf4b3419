//! Who read what: the records of reads, opened for their owner.
//!
//! What was read is sealed under the key of its grant, so that the store finds
//! reads by time and client, and everything else is looked for here. The work is
//! bounded: a search opens so many records, and says where it stopped.

use std::collections::BTreeMap;

use crate::app::App;
use crate::crypto::vault::GrantKey;
use crate::domain::claim::Claim;
use crate::domain::id::{GrantId, ReadId};
use crate::domain::plan::PurposeId;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::grants::{ReadRecord, grant_key, open_read};
use crate::service::sessions::SignedIn;
use crate::store::grants;
use crate::store::reads::{self, Window};

/// How many records one search opens: a few milliseconds.
const OPENED: u32 = 5_000;

/// Which reads are looked for.
#[derive(Clone, Debug, Default)]
pub struct Criteria {
    /// By whom and when.
    pub window: Window,
    /// Those that handed over this claim.
    pub claim: Option<Claim>,
    /// Those for this purpose.
    pub purpose: Option<PurposeId>,
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
    pub stopped_at: Option<ReadId>,
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
    let stopped_at = rows.last().filter(|_| more).map(|row| row.id);
    let mut keys: BTreeMap<GrantId, GrantKey> = BTreeMap::new();
    // Where the key was destroyed, nobody opens anything any more.
    for row in grants.iter().filter(|row| row.grant_key_wrapped.is_some()) {
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
        stopped_at,
    })
}
