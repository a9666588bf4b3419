//! What is left of terms of which the consumer takes something back, and the same
//! terms for another time.

use enumset::EnumSet;

use super::{Terms, longest};
use crate::domain::permission::Permission;
use crate::domain::plan::{Plan, Purpose};
use crate::domain::profile::Profiles;
use crate::domain::retention::{CountsFrom, Retention};
use crate::domain::time::Timestamp;

impl Terms {
    /// The same terms without these permissions, nor what rested on them alone. A
    /// purpose that holds nothing then has nothing that could be kept.
    #[must_use]
    pub fn without(&self, permissions: EnumSet<Permission>, plan: &Plan) -> Self {
        let mut less = self.clone();
        for purpose in &mut less.purposes {
            purpose.permissions -= permissions;
            if purpose.claims.is_empty() && purpose.permissions.is_empty() {
                purpose.until = None;
            }
        }
        less.still_permitted(plan)
    }

    /// What is left of them without the optional purposes that asked leave for
    /// something, and have leave for none of it any more. Nobody could agree to those,
    /// and nothing is to be read for them.
    #[must_use]
    pub fn still_permitted(&self, plan: &Plan) -> Self {
        let mut left = self.clone();
        left.purposes.retain(|agreed| {
            let purpose = plan.purpose(&agreed.id);
            purpose.is_none_or(|purpose| purpose.stands_with(agreed.permissions))
        });
        left
    }

    /// The same terms for another time from `since` on, as long as plan and profile
    /// allow and `limit` says. Nothing else is negotiated, so that nobody has to give
    /// more to have it kept for less long.
    #[must_use]
    pub fn lasting(
        &self,
        plan: &Plan,
        profiles: &Profiles,
        limit: Option<Retention>,
        counts_from: CountsFrom,
        since: Timestamp,
    ) -> Self {
        let mut lasting = Self {
            since,
            retention_limit: limit,
            counts_from,
            ..self.clone()
        };
        let longest = longest(profiles, self.tier, limit, since);
        for agreed in &mut lasting.purposes {
            // The same limit is no other wish: what made it shorter still would.
            if let Some(purpose) = plan.purpose(&agreed.id)
                && limit != self.retention_limit
            {
                agreed.retention = longest.map_or(purpose.retention, |longest| {
                    purpose.retention.shorter(longest, since)
                });
            }
            agreed.until = agreed.until.map(|_| agreed.retention.end(since));
        }
        lasting
    }

    /// What of a plan was agreed to: whoever negotiates on that from `from` on gets
    /// none of the rest.
    #[must_use]
    pub fn part_of(&self, plan: &Plan, from: Timestamp) -> Plan {
        let part = plan.purposes().iter().filter_map(|purpose| {
            let agreed = self.purpose(&purpose.id)?;
            Some(Purpose {
                claims: purpose.claims & agreed.claims,
                voluntary_claims: purpose.voluntary_claims & agreed.claims,
                permissions: purpose.permissions & agreed.permissions,
                retention: purpose.retention.shorter(agreed.retention, from),
                ..purpose.clone()
            })
        });
        Plan::new(part.collect()).unwrap_or_else(|| plan.clone())
    }
}
