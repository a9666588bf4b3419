//! The share of a purpose that is asked for or agreed.

use enumset::EnumSet;

use crate::domain::claim::Claim;
use crate::domain::negotiation::AgreedPurpose;
use crate::domain::permission::Permission;
use crate::domain::plan::Purpose;
use crate::domain::retention::Retention;
use crate::domain::time::Timestamp;

/// What of a purpose is asked for or agreed.
#[derive(Clone)]
pub(super) struct Share {
    pub(super) claims: EnumSet<Claim>,
    pub(super) permissions: EnumSet<Permission>,
    pub(super) retention: Retention,
}

impl Share {
    pub(super) fn of_plan(purpose: &Purpose) -> Self {
        Self {
            claims: purpose.all_claims(),
            permissions: purpose.permissions,
            retention: purpose.retention,
        }
    }

    pub(super) fn of_terms(agreed: &AgreedPurpose) -> Self {
        Self {
            claims: agreed.claims,
            permissions: agreed.permissions,
            retention: agreed.retention,
        }
    }

    pub(super) fn within(&self, other: &Self, now: Timestamp) -> Self {
        Self {
            claims: self.claims & other.claims,
            permissions: self.permissions & other.permissions,
            retention: self.retention.shorter(other.retention, now),
        }
    }

    pub(super) fn with(&self, other: &Self, now: Timestamp) -> Self {
        Self {
            claims: self.claims | other.claims,
            permissions: self.permissions | other.permissions,
            retention: if other.retention.end(now) > self.retention.end(now) {
                other.retention
            } else {
                self.retention
            },
        }
    }
}
