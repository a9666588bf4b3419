//! What a receipt says of a deletion duty.

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::super::claim::Claim;
use super::super::duty::{Duty, Kept, Reason};
use super::super::id::DutyId;

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
    pub(super) fn of(duty: &Duty) -> Self {
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
