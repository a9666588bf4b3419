//! Who has what: where each claim is with a business. That a business was told
//! to delete is never taken for a deletion ([`super::duty`]).

use std::collections::BTreeMap;

use super::claim::Claim;
use super::duty::Duty;
use super::grant::{Grant, GrantState};
use super::id::GrantId;
use super::time::Timestamp;

/// How a business stands with a claim; what weighs more comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holding {
    /// It says that it has deleted it.
    Deleted,
    /// It says that a law has it keep it, until this day.
    Kept(Timestamp),
    /// It must delete it, by this day, and has not said that it did.
    Deleting(Timestamp),
    /// It should have deleted it by this day, and has not said that it did.
    Overdue(Timestamp),
    /// It was granted, and the consumer has paused it.
    Paused,
    /// It may read it.
    Granted,
}

impl Holding {
    /// The word in style sheets and tests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deleted => "deleted",
            Self::Kept(_) => "kept",
            Self::Deleting(_) => "deleting",
            Self::Overdue(_) => "overdue",
            Self::Paused => "paused",
            Self::Granted => "granted",
        }
    }
}

/// Each claim that a business has or had, how it stands, and the agreement by
/// which it does. A claim that is not there it never had.
pub type Holdings = BTreeMap<Claim, (Holding, GrantId)>;

/// What one business has, by all the agreements that there were with it and
/// the duties that came of them.
#[must_use]
pub fn holdings<'a>(
    grants: impl IntoIterator<Item = &'a Grant>,
    duties: impl IntoIterator<Item = &'a Duty>,
    now: Timestamp,
) -> Holdings {
    let mut all = Holdings::new();
    let mut note = |claim, holding, grant| {
        all.entry(claim)
            .and_modify(|held| *held = (*held).max((holding, grant)))
            .or_insert((holding, grant));
    };
    for grant in grants {
        let claims = grant.terms.all_claims();
        let holding = match grant.state_at(now) {
            GrantState::Active => Holding::Granted,
            GrantState::Paused => Holding::Paused,
            // Until the end is written down, and a duty with it.
            GrantState::Expired if grant.state != GrantState::Expired => Holding::Deleting(now),
            _ => continue,
        };
        claims
            .iter()
            .for_each(|claim| note(claim, holding, grant.id));
    }
    // One that lapsed is about what was agreed to anew.
    for duty in duties.into_iter().filter(|duty| duty.lapsed_at.is_none()) {
        for claim in duty.claims {
            note(claim, standing(duty, claim), duty.grant_id);
        }
    }
    all
}

fn standing(duty: &Duty, claim: Claim) -> Holding {
    let Some(answer) = &duty.answer else {
        return if duty.overdue_at.is_some() {
            Holding::Overdue(duty.delete_by)
        } else {
            Holding::Deleting(duty.delete_by)
        };
    };
    let kept = answer
        .kept
        .iter()
        .filter(|kept| kept.claims.contains(claim));
    kept.map(|kept| kept.until.start())
        .max()
        .map_or(Holding::Deleted, Holding::Kept)
}

#[cfg(test)]
mod tests;
