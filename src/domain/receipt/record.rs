//! What is recorded beside the life of an agreement: what became of deletion
//! duties and of requests by right, and an edition of the plan that was
//! declined. The agreement stays as it is.

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::super::claim::Claim;
use super::super::duty::{Duty, Kept, Reason};
use super::super::grant::EventKind;
use super::super::id::{DutyId, RightsRequestId};
use super::super::plan::PlanVersion;
use super::super::rights::{Outcome, Right, RightsRequest, Taken};
use super::Hash;

/// Something to record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// A business answered a deletion duty, or its time passed.
    Duty(Box<Duty>),
    /// The consumer sent a request by right.
    Requested(Box<RightsRequest>),
    /// The business replied to one.
    Replied(Box<RightsRequest>, Taken),
    /// The time to answer one passed.
    Unanswered(Box<RightsRequest>),
    /// The consumer was asked for what a newer edition of the plan asks, and
    /// kept to what they had agreed to.
    Declined(DeclinedEdition),
}

impl Record {
    /// The event that it is.
    #[must_use]
    pub const fn event(&self) -> EventKind {
        match self {
            Self::Duty(duty) if duty.answer.is_some() => EventKind::Answered,
            Self::Duty(_) => EventKind::Overdue,
            Self::Requested(_) => EventKind::Requested,
            Self::Replied(..) => EventKind::Replied,
            Self::Unanswered(_) => EventKind::Unanswered,
            Self::Declined(_) => EventKind::Declined,
        }
    }

    pub(super) fn duty(&self) -> Option<DutyRecord> {
        match self {
            Self::Duty(duty) => Some(DutyRecord::of(duty)),
            _ => None,
        }
    }

    pub(super) fn request(&self) -> Option<RequestRecord> {
        match self {
            Self::Requested(request) | Self::Unanswered(request) => {
                Some(RequestRecord::of(request, None))
            }
            Self::Replied(request, taken) => Some(RequestRecord::of(request, Some(taken))),
            Self::Duty(_) | Self::Declined(_) => None,
        }
    }

    pub(super) fn declined(&self) -> Option<DeclinedEdition> {
        match self {
            Self::Declined(edition) => Some(edition.clone()),
            _ => None,
        }
    }
}

/// A deletion duty, in the receipt of its answer, or of its having got none in
/// time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyRecord {
    /// Which.
    pub duty_id: DutyId,
    /// What has to be deleted.
    pub claims: EnumSet<Claim>,
    /// Why.
    pub reason: Reason,
    /// By when, RFC 3339.
    pub delete_by: String,
    /// When the business answered, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<String>,
    /// What it keeps, and on which ground, if it said so.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<Kept>,
}

impl DutyRecord {
    /// As the duty stands.
    fn of(duty: &Duty) -> Self {
        let answer = duty.answer.as_ref();
        Self {
            duty_id: duty.id,
            claims: duty.claims,
            reason: duty.reason,
            delete_by: duty.delete_by.to_string(),
            answered_at: answer.map(|answer| answer.answered_at.to_string()),
            kept: answer.map_or_else(Vec::new, |answer| answer.kept.clone()),
        }
    }
}

/// A request by right, in the receipts of its being sent, of what came back,
/// and of its having got no answer in time. What the business wrote is personal
/// data, and in none of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestRecord {
    /// Which.
    pub request_id: RightsRequestId,
    /// Its number under this agreement.
    pub number: u32,
    /// Which right.
    pub right: Right,
    /// Which claims it is about; all of them, where it names none.
    #[serde(default, skip_serializing_if = "EnumSet::is_empty")]
    pub claims: EnumSet<Claim>,
    /// By when it has to be answered, RFC 3339.
    pub due: String,
    /// What the business replied, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

impl RequestRecord {
    fn of(request: &RightsRequest, taken: Option<&Taken>) -> Self {
        // A reply that asks for more time moves the day.
        let due = taken.and_then(|taken| taken.until).unwrap_or(request.due);
        Self {
            request_id: request.id,
            number: request.number,
            right: request.right,
            claims: request.claims,
            due: due.to_string(),
            outcome: taken.map(|taken| taken.outcome),
        }
    }
}

/// An edition of the plan that was shown and not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclinedEdition {
    /// Which.
    pub plan_version: PlanVersion,
    /// Hash of that plan.
    pub plan_hash: Hash,
}
