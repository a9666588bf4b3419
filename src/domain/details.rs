//! Rich authorization requests (RFC 9396), of the one type that Sluis knows:
//! a `profile_release` names what of its own plan a client asks for this time.
//!
//! It narrows: purposes are left out, claims and permissions taken away,
//! periods shortened, the tier limited. There is nothing that it could add,
//! and what is granted is told in the same form, narrowed once more by what
//! the consumer said.

use std::collections::BTreeSet;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::claim::Claim;
use super::grant::{Grant, GrantState};
use super::negotiation::{Ceiling, Terms};
use super::permission::Permission;
use super::plan::{MAX_PURPOSES, Plan, Purpose, PurposeId};
use super::retention::Retention;
use super::tier::{Tier, TierChoice};
use super::time::Timestamp;

mod fault;
mod share;
#[cfg(test)]
mod tests;

pub use fault::BadDetails;
use share::Share;

/// The type. Another edition has another name: what a type may hold is fixed,
/// so that a member that is unknown can be refused (RFC 9396 §5).
pub const PROFILE_RELEASE: &str = "https://schemas.sluis.example/rar/profile_release/v1";
/// The JSON Schema of the type.
pub const SCHEMA: &str = include_str!("../../docs/schemas/profile-release-v1.json");

/// One `profile_release`. What is not said is as the plan has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileRelease {
    #[serde(rename = "type")]
    kind: Kind,
    /// The highest tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<Tier>,
    /// All the claims, whichever the purposes name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<EnumSet<Claim>>,
    /// The purposes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purposes: Option<Vec<NamedPurpose>>,
    /// The longest that anything is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
}

/// A purpose of the client's plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedPurpose {
    /// Its id there.
    pub id: PurposeId,
    /// Of its claims, these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<EnumSet<Claim>>,
    /// Of its processing, this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<EnumSet<Permission>>,
    /// Of its contact channels, these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channels: Option<EnumSet<Permission>>,
    /// How long its data are kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Kind {
    #[serde(rename = "https://schemas.sluis.example/rar/profile_release/v1")]
    ProfileRelease,
}

impl ProfileRelease {
    /// All of a plan.
    #[must_use]
    pub const fn everything() -> Self {
        Self {
            kind: Kind::ProfileRelease,
            tier: None,
            claims: None,
            purposes: None,
            retention: None,
        }
    }

    /// Reads the parameter `authorization_details` (RFC 9396 §2). An empty list
    /// asks for nothing in particular.
    pub fn parse(text: &str) -> Result<Option<Self>, BadDetails> {
        let Ok(Value::Array(details)) = serde_json::from_str(text) else {
            return Err(BadDetails::NotDetails);
        };
        for detail in &details {
            match detail.get("type").and_then(Value::as_str) {
                None => return Err(BadDetails::NotDetails),
                Some(PROFILE_RELEASE) => {}
                Some(_) => return Err(BadDetails::UnknownType),
            }
        }
        if details.len() > 1 {
            return Err(BadDetails::Several);
        }
        // From the text and not the value: there, of two members one is gone.
        let read: Result<Vec<Self>, _> = serde_json::from_str(text);
        let release = read.map_err(|error| {
            if error.to_string().starts_with("unknown field") {
                BadDetails::UnknownMember
            } else {
                BadDetails::BadValue
            }
        })?;
        release.into_iter().next().map(Self::checked).transpose()
    }

    fn checked(self) -> Result<Self, BadDetails> {
        let purposes = self.purposes.as_deref().unwrap_or_default();
        let ids: BTreeSet<&PurposeId> = purposes.iter().map(|purpose| &purpose.id).collect();
        let mixed = purposes.iter().any(|purpose| {
            !purpose
                .permissions
                .unwrap_or_default()
                .is_subset(Permission::processing())
                || !purpose
                    .channels
                    .unwrap_or_default()
                    .is_subset(Permission::contact())
        });
        if mixed || ids.len() < purposes.len() || purposes.len() > MAX_PURPOSES {
            return Err(BadDetails::BadValue);
        }
        Ok(self)
    }

    /// The purposes that are named one by one.
    #[must_use]
    pub fn named(&self) -> BTreeSet<PurposeId> {
        let purposes = self.purposes.iter().flatten();
        purposes.map(|purpose| purpose.id.clone()).collect()
    }

    /// The highest tier that it leaves.
    #[must_use]
    pub fn highest(&self) -> TierChoice {
        TierChoice::Tier(self.tier.unwrap_or(Tier::High))
    }

    /// Says what exceeds a plan, if anything does.
    pub fn check_within(&self, plan: &Plan) -> Result<(), BadDetails> {
        for named in self.purposes.iter().flatten() {
            let purpose = plan.purpose(&named.id).ok_or(BadDetails::PurposeBeyond)?;
            if !named
                .claims
                .unwrap_or_default()
                .is_subset(purpose.all_claims())
            {
                return Err(BadDetails::ClaimBeyond);
            }
            if !named.all_permissions().is_subset(purpose.permissions) {
                return Err(BadDetails::PermissionBeyond);
            }
            if named
                .retention
                .is_some_and(|asked| is_longer(asked, purpose.retention))
            {
                return Err(BadDetails::RetentionBeyond);
            }
        }
        let left: Vec<&Purpose> = plan
            .purposes()
            .iter()
            .filter(|purpose| self.selects(&purpose.id))
            .collect();
        let claims = left
            .iter()
            .fold(EnumSet::empty(), |all, p| all | p.all_claims());
        if !self.claims.unwrap_or_default().is_subset(claims) {
            return Err(BadDetails::ClaimBeyond);
        }
        let shorter_somewhere = |asked| {
            left.iter()
                .any(|purpose| !is_longer(asked, purpose.retention))
        };
        if self
            .retention
            .is_some_and(|asked| !shorter_somewhere(asked))
        {
            return Err(BadDetails::RetentionBeyond);
        }
        let named = self
            .purposes
            .iter()
            .flatten()
            .filter_map(|purpose| purpose.claims);
        let named = named.fold(self.claims.unwrap_or_default(), |all, claims| all | claims);
        let beyond = |tier| named.iter().any(|claim| claim.default_tier() > tier);
        if self.tier.is_some_and(beyond) {
            return Err(BadDetails::ClaimBeyondTier);
        }
        Ok(())
    }

    /// The claims that it asks for under a plan.
    #[must_use]
    pub fn claims_of(&self, plan: &Plan) -> EnumSet<Claim> {
        self.narrow(plan, None, Timestamp::from_seconds(0))
            .used_claims()
    }

    /// What of it may be released at this moment.
    #[must_use]
    pub fn releasable(
        &self,
        grant: &Grant,
        plan: &Plan,
        ceiling: Ceiling,
        now: Timestamp,
    ) -> EnumSet<Claim> {
        self.granted(grant, plan, ceiling, now)
            .claims
            .unwrap_or_default()
    }

    /// What of the claims that a purpose releases it asks for under that purpose.
    #[must_use]
    pub fn claims_for(&self, id: &PurposeId, released: EnumSet<Claim>) -> EnumSet<Claim> {
        if !self.selects(id) {
            return EnumSet::empty();
        }
        let named = self.of(id).and_then(|named| named.claims);
        let asked = [self.claims, named].into_iter().flatten();
        asked.fold(released, |left, claims| left & claims)
    }

    fn selects(&self, id: &PurposeId) -> bool {
        self.purposes.is_none() || self.of(id).is_some()
    }

    fn of(&self, id: &PurposeId) -> Option<&NamedPurpose> {
        self.purposes
            .iter()
            .flatten()
            .find(|purpose| purpose.id == *id)
    }

    /// What is left of a purpose's claims, permissions and time; nothing of one
    /// that is not asked for.
    fn left_of(&self, id: &PurposeId, whole: &Share, now: Timestamp) -> Option<Share> {
        if !self.selects(id) {
            return None;
        }
        let mut left = whole.clone();
        let named = self.of(id);
        left.claims = self.claims_for(id, left.claims);
        if let Some(named) = named {
            let kept = |asked: Option<EnumSet<Permission>>, kind| asked.unwrap_or(kind);
            left.permissions &= kept(named.permissions, Permission::processing())
                | kept(named.channels, Permission::contact());
        }
        let periods = [self.retention, named.and_then(|named| named.retention)];
        for period in periods.into_iter().flatten() {
            left.retention = left.retention.shorter(period, now);
        }
        Some(left)
    }

    /// The plan that is negotiated on: of the client's own, what is asked for,
    /// and what was agreed before and is to stay.
    #[must_use]
    pub fn narrow(&self, plan: &Plan, keeping: Option<&Terms>, now: Timestamp) -> Plan {
        let narrowed = plan.purposes().iter().filter_map(|purpose| {
            let whole = Share::of_plan(purpose);
            let asked = self.left_of(&purpose.id, &whole, now);
            let kept = keeping
                .and_then(|terms| terms.purpose(&purpose.id))
                .map(|agreed| Share::of_terms(agreed).within(&whole, now));
            let share = match (asked, kept) {
                (Some(asked), Some(kept)) => asked.with(&kept, now),
                (Some(share), None) | (None, Some(share)) => share,
                (None, None) => return None,
            };
            Some(Purpose {
                claims: purpose.claims & share.claims,
                voluntary_claims: purpose.voluntary_claims & share.claims,
                permissions: share.permissions,
                retention: share.retention,
                offer: purpose
                    .offer
                    .as_ref()
                    .map(|offer| offer.within(share.claims, share.permissions)),
                ..purpose.clone()
            })
        });
        // What is offered for a whole profile is not offered for a part of the plan.
        Plan::new(narrowed.collect())
            .map_or_else(|| plan.clone(), |narrowed| narrowed.deleting_as(plan))
    }

    /// What of it is granted at this moment, under the plan as it stands: in
    /// the same form, so that it can be asked for again.
    #[must_use]
    pub fn granted(&self, grant: &Grant, plan: &Plan, ceiling: Ceiling, now: Timestamp) -> Self {
        let live = grant.state_at(now) == GrantState::Active;
        let agreed = grant
            .terms
            .purposes
            .iter()
            .filter(|purpose| live && purpose.is_live(now));
        let purposes: Vec<NamedPurpose> = agreed
            .filter_map(|agreed| {
                let whole = Share::of_plan(plan.purpose(&agreed.id)?);
                let share = Share::of_terms(agreed).within(&whole, now);
                let share = self.left_of(&agreed.id, &share, now)?;
                Some(NamedPurpose {
                    id: agreed.id.clone(),
                    claims: Some(share.claims & grant.releasable(plan, ceiling, now)),
                    permissions: Some(share.permissions & Permission::processing()),
                    channels: Some(share.permissions & Permission::contact()),
                    retention: Some(share.retention),
                })
            })
            .collect();
        let claims = purposes.iter().filter_map(|purpose| purpose.claims);
        Self {
            kind: Kind::ProfileRelease,
            tier: grant.terms.tier.min(self.highest()).tier(),
            claims: Some(claims.fold(EnumSet::empty(), |all, claims| all | claims)),
            purposes: Some(purposes),
            retention: None,
        }
    }

    /// Whether it asks for nothing that a granted copy does not have
    /// (RFC 9396 §6.1).
    pub fn check_granted(&self, granted: &Self) -> Result<(), BadDetails> {
        let beyond = |named: &NamedPurpose| {
            let Some(has) = granted.of(&named.id) else {
                return true;
            };
            let within = named
                .claims
                .unwrap_or_default()
                .is_subset(has.claims.unwrap_or_default())
                && named.all_permissions().is_subset(has.all_permissions());
            let longer = named.retention.zip(has.retention);
            !within || longer.is_some_and(|(asked, has)| is_longer(asked, has))
        };
        let claims = self.claims.unwrap_or_default();
        let too_much = self.purposes.iter().flatten().any(beyond)
            || !claims.is_subset(granted.claims.unwrap_or_default())
            || self
                .tier
                .is_some_and(|tier| granted.tier.is_none_or(|has| tier > has));
        if too_much {
            Err(BadDetails::BeyondGrant)
        } else {
            Ok(())
        }
    }
}

impl NamedPurpose {
    fn all_permissions(&self) -> EnumSet<Permission> {
        self.permissions.unwrap_or_default() | self.channels.unwrap_or_default()
    }
}

/// Whether a period is longer than another, on a calendar of months of 31
/// days: what comes of it is the shorter one on the calendar of the day.
fn is_longer(asked: Retention, than: Retention) -> bool {
    let epoch = Timestamp::from_seconds(0);
    asked.end(epoch) > than.end(epoch)
}
