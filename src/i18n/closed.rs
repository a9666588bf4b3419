//! Why something cannot be chosen, in words.

use std::borrow::Borrow;

use super::{Texts, t};
use crate::domain::claim::Claim;
use crate::domain::negotiation::Closed;
use crate::domain::permission::Permission;

impl Texts {
    /// Why a tier cannot be chosen.
    #[must_use]
    pub fn tier_closed(self, closed: impl Borrow<Closed>) -> String {
        match closed.borrow() {
            Closed::Unvetted => t!(self, "tier-too-high"),
            Closed::Minor(until) => t!(self, "tier-minor", date = self.date(until)),
            Closed::Recovery => t!(self, "tier-recovery"),
        }
    }

    /// Why a claim cannot go along, beside its name.
    #[must_use]
    pub fn item_closed(self, closed: impl Borrow<Closed>) -> String {
        match closed.borrow() {
            Closed::Unvetted => t!(self, "item-too-high"),
            Closed::Minor(until) => t!(self, "item-minor", date = self.date(until)),
            Closed::Recovery => t!(self, "item-recovery"),
        }
    }

    pub(super) fn claim_closed(self, claim: Claim, closed: Closed) -> String {
        let claim = self.claim(claim);
        match closed {
            Closed::Unvetted => t!(self, "missing-above-ceiling", claim = claim),
            Closed::Minor(until) => {
                t!(
                    self,
                    "missing-minor",
                    claim = claim,
                    date = self.date(until)
                )
            }
            Closed::Recovery => t!(self, "missing-recovery", claim = claim),
        }
    }

    pub(super) fn permission_closed(self, permission: Permission, closed: Closed) -> String {
        let permission = self.permission(permission);
        match closed {
            Closed::Unvetted => t!(
                self,
                "missing-permission-above-ceiling",
                permission = permission
            ),
            Closed::Minor(until) => t!(
                self,
                "missing-permission-minor",
                permission = permission,
                date = self.date(until)
            ),
            Closed::Recovery => t!(self, "missing-permission-recovery", permission = permission),
        }
    }
}
