//! What somebody had before their eyes when they pressed a button, so that a
//! form that has gone stale is noticed.
//!
//! Not the end of the chain of receipts: a business that answers a deletion
//! duty adds to that too, and changes nothing that the page shows as agreed.
//! Nor when anything ends: that moves with the clock while a page is read.

use std::fmt::Write as _;

use crate::domain::grant::Grant;
use crate::domain::negotiation::Terms;
use crate::domain::receipt::Hash;

/// Names an agreement as it stands: its state, the edition of the plan, and
/// what its terms let the business do.
#[must_use]
pub fn of_grant(grant: &Grant) -> Hash {
    let said = format!(
        "{} {}\n{}",
        grant.state.as_str(),
        grant.plan_version.0,
        said(&grant.terms)
    );
    Hash::of(said.as_bytes())
}

/// Names what terms let a business do.
#[must_use]
pub fn of_terms(terms: &Terms) -> Hash {
    Hash::of(said(terms).as_bytes())
}

fn said(terms: &Terms) -> String {
    let mut said = format!(
        "{} {:?} {} {}",
        terms.tier, terms.retention_limit, terms.counts_from, terms.offline
    );
    for purpose in &terms.purposes {
        let (claims, permissions) = (purpose.claims.as_repr(), purpose.permissions.as_repr());
        let _ = write!(
            said,
            "\n{} {claims} {permissions} {}",
            purpose.id, purpose.retention
        );
    }
    said
}
