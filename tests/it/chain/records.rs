//! What is recorded beside the life of a grant.

use sluis::domain::claim::Claim;
use sluis::domain::duty::{Answer, Duty, Reason};
use sluis::domain::grant::{EventKind, Grant};
use sluis::domain::id::{DutyId, RightsRequestId};
use sluis::domain::plan::PlanVersion;
use sluis::domain::receipt::{DeclinedEdition, Hash, Record};
use sluis::domain::rights::{Outcome, Right, RightsRequest, Taken};
use sluis::domain::time::Timestamp;
use uuid::Uuid;

/// Everything that is recorded beside a grant.
pub(super) const ALL: [EventKind; 6] = [
    EventKind::Answered,
    EventKind::Overdue,
    EventKind::Requested,
    EventKind::Replied,
    EventKind::Unanswered,
    EventKind::Declined,
];

/// What a receipt tells of what it records.
pub(super) fn of(kind: EventKind, grant: &Grant, now: Timestamp) -> Option<Record> {
    let taken = Taken {
        outcome: Outcome::Extended,
        at: now,
        until: Some(now),
    };
    Some(match kind {
        EventKind::Answered | EventKind::Overdue => {
            let answer = (kind == EventKind::Answered).then(|| Answer {
                answered_at: now,
                kept: Vec::new(),
            });
            Record::Duty(Box::new(Duty {
                answer,
                ..duty(grant, now)
            }))
        }
        EventKind::Requested => Record::Requested(Box::new(request(grant, now))),
        EventKind::Replied => Record::Replied(Box::new(request(grant, now)), taken),
        EventKind::Unanswered => Record::Unanswered(Box::new(request(grant, now))),
        EventKind::Declined => Record::Declined(DeclinedEdition {
            plan_version: PlanVersion(4),
            plan_hash: Hash::of(b"another plan"),
        }),
        _ => return None,
    })
}

/// A duty that nobody has answered.
pub(crate) fn duty(grant: &Grant, now: Timestamp) -> Duty {
    Duty {
        id: DutyId::new(Uuid::from_u128(5)),
        account_id: grant.account_id,
        grant_id: grant.id,
        client_id: grant.client_id.clone(),
        subject: grant.subject.clone(),
        claims: grant.terms.all_claims(),
        reason: Reason::Narrowed,
        opened_at: now,
        delete_by: now,
        told_at: None,
        seen_at: None,
        overdue_at: None,
        lapsed_at: None,
        letter_at: None,
        answer: None,
    }
}

pub(crate) fn request(grant: &Grant, now: Timestamp) -> RightsRequest {
    RightsRequest {
        id: RightsRequestId::new(Uuid::from_u128(6)),
        number: 1,
        account_id: grant.account_id,
        grant_id: grant.id,
        client_id: grant.client_id.clone(),
        subject: grant.subject.clone(),
        right: Right::Rectification,
        claims: Claim::Email.into(),
        opened_at: now,
        due: RightsRequest::due_of(now),
        extended_at: None,
        overdue_at: None,
        answered_at: None,
    }
}
