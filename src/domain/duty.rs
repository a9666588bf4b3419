//! Deletion duties: what a business owes once a grant is over, or covers less:
//! delete by a date, and confirm (`product.md` section 6; GDPR art. 17 and 19).
//!
//! A duty names claims and holds no values. That a business was told of it is
//! one thing, that it says to have deleted another: [`Stage`] keeps them apart.

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::claim::Claim;
use super::grant::{EventKind, Grant};
use super::id::{AccountId, ClientId, DutyId, GrantId};
use super::plan::Plan;
use super::reach::Reach;
use super::subject::Subject;
use super::time::Timestamp;
use super::word::words;

mod answer;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Day, InvalidAnswer, Kept, MAX_KEPT, MAX_LAW};

/// Why something has to be deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The consumer took the agreement back.
    Withdrawn,
    /// The business gave it up.
    Ended,
    /// Its time has passed.
    Expired,
    /// It covers less than before.
    Narrowed,
}

impl Reason {
    const ALL: [Self; 4] = [Self::Withdrawn, Self::Ended, Self::Expired, Self::Narrowed];

    /// The word in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Ended => "ended",
            Self::Expired => "expired",
            Self::Narrowed => "narrowed",
        }
    }
}

/// How a duty stands with the business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutyState {
    /// There is time left.
    Open,
    /// The time is up, and nothing was confirmed.
    Overdue,
    /// The business said what it deleted, and what it keeps.
    Confirmed,
    /// The consumer agreed anew to all of it: nothing is left to delete.
    Lapsed,
}

impl DutyState {
    const ALL: [Self; 4] = [Self::Open, Self::Overdue, Self::Confirmed, Self::Lapsed];

    /// The word in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Overdue => "overdue",
            Self::Confirmed => "confirmed",
            Self::Lapsed => "lapsed",
        }
    }

    /// Whether the business still owes an answer.
    #[must_use]
    pub const fn is_owed(self) -> bool {
        matches!(self, Self::Open | Self::Overdue)
    }
}

words!(UnknownWord: Reason, DutyState);

/// The text is no word of a duty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a word of a deletion duty")]
pub struct UnknownWord;

/// Where a duty is, as the consumer sees it. None is shown as a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stage {
    /// Nothing was heard of the business, and there is no way to tell it: the
    /// consumer can.
    Unreachable,
    /// The message waits for the business.
    Asked,
    /// The business has the message. That is all that is known.
    Told,
    /// The business looked the duty up. That is all that is known.
    Seen,
    /// The time is up, and the business confirmed nothing.
    Overdue,
    /// The business says that everything is deleted.
    Confirmed,
    /// The business says what it keeps, and that the rest is deleted.
    Kept,
    /// The consumer agreed anew: nothing is left to delete.
    Lapsed,
}

impl Stage {
    /// The word in style sheets and tests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Asked => "asked",
            Self::Told => "told",
            Self::Seen => "seen",
            Self::Overdue => "overdue",
            Self::Confirmed => "confirmed",
            Self::Kept => "kept",
            Self::Lapsed => "lapsed",
        }
    }

    /// Whether the consumer has a letter to the business: its time is up, or
    /// nobody else can tell it.
    #[must_use]
    pub const fn has_letter(self) -> bool {
        matches!(self, Self::Overdue | Self::Unreachable)
    }

    /// Whether the business has answered.
    #[must_use]
    pub const fn is_answered(self) -> bool {
        matches!(self, Self::Confirmed | Self::Kept)
    }

    /// Whether nothing more is to come.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        self.is_answered() || matches!(self, Self::Lapsed)
    }
}

/// A deletion duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duty {
    /// Which.
    pub id: DutyId,
    /// Whose data.
    pub account_id: AccountId,
    /// Of which agreement.
    pub grant_id: GrantId,
    /// Who has to delete.
    pub client_id: ClientId,
    /// Who the account is to that client.
    pub subject: Subject,
    /// What has to be deleted. Nothing by name after an anonymous login: then
    /// it is what the business keeps under the subject.
    pub claims: EnumSet<Claim>,
    /// Why.
    pub reason: Reason,
    /// Since when.
    pub opened_at: Timestamp,
    /// By when.
    pub delete_by: Timestamp,
    /// When a message about it was first heard.
    pub told_at: Option<Timestamp>,
    /// When the business first looked at it.
    pub seen_at: Option<Timestamp>,
    /// When it was found that the time was up.
    pub overdue_at: Option<Timestamp>,
    /// When another agreement came to cover all of it.
    pub lapsed_at: Option<Timestamp>,
    /// When the consumer says that they wrote to the business.
    pub letter_at: Option<Timestamp>,
    /// What the business said.
    pub answer: Option<Answer>,
}

impl Duty {
    /// The duty that a move of a grant opens, if it opens any: at its end, one
    /// for all that it covered; in between, one for what it covers no longer.
    /// The time runs from `now`, so that a business always has all of it, also
    /// where an end was written down late.
    #[must_use]
    pub fn opened_by(
        event: EventKind,
        before: &Grant,
        after: &Grant,
        plan: &Plan,
        id: DutyId,
        now: Timestamp,
    ) -> Option<Self> {
        let held = before.terms.all_claims();
        let (reason, claims) = match event {
            EventKind::Withdrawn | EventKind::Erased => (Reason::Withdrawn, held),
            EventKind::Ended => (Reason::Ended, held),
            EventKind::Expired => (Reason::Expired, held),
            EventKind::Narrowed | EventKind::Widened => {
                let dropped = held - after.terms.all_claims();
                let ran_out = dropped.is_disjoint(before.terms.claims(now));
                let reason = if ran_out {
                    Reason::Expired
                } else {
                    Reason::Narrowed
                };
                (reason, Some(dropped).filter(|set| !set.is_empty())?)
            }
            EventKind::Given
            | EventKind::Renewed
            | EventKind::Paused
            | EventKind::Resumed
            | EventKind::Answered
            | EventKind::Overdue
            | EventKind::Requested
            | EventKind::Replied
            | EventKind::Unanswered
            | EventKind::Declined => return None,
        };
        Some(Self {
            id,
            account_id: after.account_id,
            grant_id: after.id,
            client_id: after.client_id.clone(),
            subject: after.subject.clone(),
            claims,
            reason,
            opened_at: now,
            delete_by: plan.delete_within().last_moment(now),
            told_at: None,
            seen_at: None,
            overdue_at: None,
            lapsed_at: None,
            letter_at: None,
            answer: None,
        })
    }

    /// The duty that is left when another agreement takes the place of this one
    /// and covers `covered`: what that lets the business have, it need not
    /// delete. `None` when nothing is left.
    #[must_use]
    pub fn besides(mut self, covered: EnumSet<Claim>) -> Option<Self> {
        self.claims -= covered;
        self.reason = Reason::Narrowed;
        (!self.claims.is_empty()).then_some(self)
    }

    /// It, once an agreement came about at `now` that covers `covered`: what the
    /// business may have again, it need not delete, and the account there goes
    /// on. Where nothing is left it has lapsed, and still says what it was about.
    /// `None` when it stays as it is.
    #[must_use]
    pub fn relieved_by(mut self, covered: EnumSet<Claim>, now: Timestamp) -> Option<Self> {
        if !self.state().is_owed() {
            return None;
        }
        let left = self.claims - covered;
        if left.is_empty() {
            self.lapsed_at = Some(now.max(self.opened_at));
            return Some(self);
        }
        let changes = left != self.claims || self.is_of_all();
        self.claims = left;
        self.reason = Reason::Narrowed;
        changes.then_some(self)
    }

    /// How it stands with the business.
    #[must_use]
    pub const fn state(&self) -> DutyState {
        match (&self.answer, self.lapsed_at, self.overdue_at) {
            (Some(_), _, _) => DutyState::Confirmed,
            (None, Some(_), _) => DutyState::Lapsed,
            (None, None, Some(_)) => DutyState::Overdue,
            (None, None, None) => DutyState::Open,
        }
    }

    /// Whether the business is known to know of it.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        self.told_at.is_some() || self.seen_at.is_some()
    }

    /// Whether the business knows of it, or can come to know by itself.
    #[must_use]
    pub fn reaches(&self, reach: Reach) -> bool {
        self.is_known() || reach.is_told_of_duty(self.reason)
    }

    /// Where it is, as the consumer sees it, with a business that can be reached
    /// so.
    #[must_use]
    pub fn stage(&self, reach: Reach) -> Stage {
        match &self.answer {
            Some(answer) if answer.kept.is_empty() => Stage::Confirmed,
            Some(_) => Stage::Kept,
            None if self.lapsed_at.is_some() => Stage::Lapsed,
            None if self.overdue_at.is_some() => Stage::Overdue,
            None if self.seen_at.is_some() => Stage::Seen,
            None if self.told_at.is_some() => Stage::Told,
            None if self.reaches(reach) => Stage::Asked,
            None => Stage::Unreachable,
        }
    }

    /// Whether the whole account at the business is to go, and not only some
    /// claims of an agreement that lives on.
    #[must_use]
    pub fn is_of_all(&self) -> bool {
        self.reason != Reason::Narrowed
    }

    /// It, with an answer that the business gave at `now`.
    #[must_use]
    pub fn answered(mut self, kept: Vec<Kept>, now: Timestamp) -> Self {
        self.answer = Some(Answer {
            // A node whose clock lags must not answer before it was asked.
            answered_at: now.max(self.opened_at),
            kept,
        });
        self
    }
}
