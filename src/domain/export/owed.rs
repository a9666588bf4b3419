//! What businesses owe somebody, as the document has it: to delete, and to
//! answer.

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::Moment;
use crate::domain::claim::Claim;
use crate::domain::duty::{Duty, DutyState, Kept, Reason};
use crate::domain::id::{DutyId, GrantId, RightsRequestId};
use crate::domain::rights::{Outcome, RequestState, Right, RightsRequest, Taken};

/// A deletion duty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedDuty {
    /// Which.
    pub duty_id: DutyId,
    /// Of which agreement.
    pub grant_id: GrantId,
    /// What has to be deleted.
    pub claims: EnumSet<Claim>,
    /// Why.
    pub reason: Reason,
    /// How it stood.
    pub state: DutyState,
    /// What happened when.
    pub moments: DutyMoments,
    /// What the business keeps.
    pub kept: Vec<Kept>,
}

/// The life of a duty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyMoments {
    /// Since when.
    pub opened_at: Moment,
    /// By when.
    pub delete_by: Moment,
    /// When a message about it was first heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_at: Option<Moment>,
    /// When the business first looked at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen_at: Option<Moment>,
    /// When the time was found to be up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_at: Option<Moment>,
    /// When its owner wrote to the business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter_at: Option<Moment>,
    /// When another agreement came to cover all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lapsed_at: Option<Moment>,
    /// When the business answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Moment>,
}

impl From<&Duty> for ExportedDuty {
    fn from(duty: &Duty) -> Self {
        let answer = duty.answer.as_ref();
        Self {
            duty_id: duty.id,
            grant_id: duty.grant_id,
            claims: duty.claims,
            reason: duty.reason,
            state: duty.state(),
            moments: DutyMoments {
                opened_at: Moment(duty.opened_at),
                delete_by: Moment(duty.delete_by),
                told_at: duty.told_at.map(Moment),
                seen_at: duty.seen_at.map(Moment),
                overdue_at: duty.overdue_at.map(Moment),
                letter_at: duty.letter_at.map(Moment),
                lapsed_at: duty.lapsed_at.map(Moment),
                answered_at: answer.map(|answer| Moment(answer.answered_at)),
            },
            kept: answer.map_or_else(Vec::new, |answer| answer.kept.clone()),
        }
    }
}

/// What was asked of a business by right, and what it answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedRequest {
    /// Which.
    pub request_id: RightsRequestId,
    /// Its number under the agreement.
    pub number: u32,
    /// Under which agreement.
    pub grant_id: GrantId,
    /// Which right.
    pub right: Right,
    /// About which claims; all when there are none.
    pub claims: EnumSet<Claim>,
    /// How it stood.
    pub state: RequestState,
    /// When it was made.
    pub opened_at: Moment,
    /// By when it must be answered.
    pub due: Moment,
    /// When the business took more time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extended_at: Option<Moment>,
    /// When the time was found to be up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_at: Option<Moment>,
    /// When it was answered for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Moment>,
    /// What was answered, the oldest first.
    pub answers: Vec<ExportedAnswer>,
}

impl ExportedRequest {
    /// A request with what was answered.
    #[must_use]
    pub fn new(request: &RightsRequest, answers: Vec<ExportedAnswer>) -> Self {
        Self {
            request_id: request.id,
            number: request.number,
            grant_id: request.grant_id,
            right: request.right,
            claims: request.claims,
            state: request.state(),
            opened_at: Moment(request.opened_at),
            due: Moment(request.due),
            extended_at: request.extended_at.map(Moment),
            overdue_at: request.overdue_at.map(Moment),
            answered_at: request.answered_at.map(Moment),
            answers,
        }
    }
}

/// What a business answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedAnswer {
    /// What it is.
    pub outcome: Outcome,
    /// When it came.
    pub at: Moment,
    /// Until when it extends the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Moment>,
    /// What it says; absent when nothing opens it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl ExportedAnswer {
    /// An answer that says this.
    #[must_use]
    pub fn new(taken: Taken, text: Option<&str>) -> Self {
        Self {
            outcome: taken.outcome,
            at: Moment(taken.at),
            until: taken.until.map(Moment),
            text: text.map(str::to_owned),
        }
    }
}
