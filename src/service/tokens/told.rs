//! What an ID token says of someone besides who they are: the claims that
//! were asked for there. It is a read like one at UserInfo, and on record.

use enumset::EnumSet;
use serde_json::{Map, Value};

use super::Issue;
use crate::crypto::seal::Sealed;
use crate::crypto::vault::{self, GrantKey};
use crate::domain::asked::Asked;
use crate::domain::claim::Claim;
use crate::domain::id::GrantId;
use crate::service::Fault;
use crate::service::clients::ceiling_of;
use crate::service::grants::{open_released, purposes_of, seal_read};
use crate::store::grants::GrantRow;
use crate::store::reads::{self, ReadRow, Seen};
use crate::store::{Connection, StoreError};

/// What an ID token says, and the record of it.
#[derive(Default)]
pub(in crate::service) struct Told {
    pub(super) members: Map<String, Value>,
    read: Option<(ReadRow, Seen)>,
}

impl Told {
    /// Puts it on record; says whether the grant is still as it was.
    pub(super) async fn keep(&self, tx: &mut Connection) -> Result<bool, StoreError> {
        match &self.read {
            Some((read, seen)) => reads::insert(tx, read, seen).await,
            None => Ok(true),
        }
    }
}

impl Issue<'_> {
    /// Gathers what was asked for in the ID token and may be released.
    pub(in crate::service) fn told(&self, row: &GrantRow) -> Result<Told, Fault> {
        let asked = open_asked(
            self.key,
            self.grant.id,
            self.binding.asked_sealed.as_deref(),
        )?;
        let plan = self.client.standing_plan();
        let ceiling = ceiling_of(self.app, self.client);
        let mut releasable = self.grant.releasable(plan, ceiling, self.now) & asked.in_id_token();
        if let Some(details) = self.details() {
            releasable &= details.releasable(self.grant, plan, ceiling, self.now);
        }
        let Some(sealed) = row
            .released_sealed
            .as_ref()
            .filter(|_| !releasable.is_empty())
        else {
            return Ok(Told::default());
        };
        let released = open_released(self.key, self.grant.id, sealed)?;
        let mut members = released.claims_json(releasable);
        asked.narrow_id_token(&mut members);
        let told = named_in(&members);
        let read = if told.is_empty() {
            None
        } else {
            let purposes = purposes_of(self.grant, plan, self.details(), told, self.now);
            let read = seal_read(
                self.app,
                self.key,
                self.grant.id,
                (told, purposes),
                self.now,
            )?;
            Some((read, row.seen()))
        };
        Ok(Told { members, read })
    }
}

/// Which claims the members of a response are.
pub(in crate::service) fn named_in(members: &Map<String, Value>) -> EnumSet<Claim> {
    Claim::all()
        .iter()
        .filter(|claim| members.contains_key(claim.claim_name()))
        .collect()
}

/// Opens what was asked for claim by claim, if anything was.
pub(in crate::service) fn open_asked(
    key: &GrantKey,
    grant: GrantId,
    sealed: Option<&[u8]>,
) -> Result<Asked, Fault> {
    let Some(sealed) = sealed else {
        return Ok(Asked::default());
    };
    let bytes = vault::open_asked(key, grant, &Sealed::from_bytes(sealed.to_vec()))?;
    serde_json::from_slice(&bytes)
        .map_err(|_| Fault::Inconsistent("what a token was asked for does not read"))
}
