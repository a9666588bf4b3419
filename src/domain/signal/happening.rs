//! What happens to agreements and logins, as a business hears of it.

use enumset::EnumSet;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::super::claim::Claim;
use super::super::duty::Duty;
use super::super::grant::{EventKind, Grant};
use super::super::id::{DutyId, ReceiptId, RightsRequestId};
use super::super::rights::Right;
use super::super::time::Timestamp;
use super::super::token::Sid;
use super::credential::{CredentialChange, CredentialType};
use super::{EventType, Initiator};

/// In which direction terms changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Less, or for a shorter time.
    Narrowed,
    /// More, by a new act of the consumer.
    Widened,
    /// The same for as long again, by a new act of the consumer.
    Renewed,
}

/// A deletion duty, as a signal names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Which.
    pub duty_id: DutyId,
    /// By when.
    pub delete_by: Timestamp,
}

/// What happened to somebody's agreement or login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// The consumer took the agreement back.
    ConsentWithdrawn {
        /// What was written down of it.
        receipt_id: ReceiptId,
        /// What the business may have kept.
        claims: EnumSet<Claim>,
        /// By when it is to be gone.
        delete_by: Timestamp,
        /// The duty to delete it; none when another agreement covers it all.
        #[serde(default)]
        duty_id: Option<DutyId>,
    },
    /// The terms are others now.
    ConsentChanged {
        /// What was written down of it.
        receipt_id: ReceiptId,
        /// In which direction.
        change: Change,
        /// What they cover now.
        claims: EnumSet<Claim>,
        /// What they covered before and do no longer.
        dropped: EnumSet<Claim>,
        /// The duty to delete that.
        #[serde(default)]
        duty: Option<Due>,
    },
    /// The consumer restricts processing, or lifts that.
    ProcessingRestricted {
        /// What was written down of it.
        receipt_id: ReceiptId,
        /// Whether it is restricted from now on.
        restricted: bool,
    },
    /// The agreement's time has passed.
    RetentionExpired {
        /// What was written down of it.
        receipt_id: ReceiptId,
        /// What the business may have kept.
        claims: EnumSet<Claim>,
        /// By when it is to be gone.
        delete_by: Timestamp,
        /// The duty to delete it; none when another agreement covers it all.
        #[serde(default)]
        duty_id: Option<DutyId>,
    },
    /// Claims that the agreement releases have other values now.
    ProfileChanged {
        /// Which.
        claims: EnumSet<Claim>,
    },
    /// Somebody uses a right.
    DataSubjectRequest {
        /// Which request.
        request_id: RightsRequestId,
        /// Which right.
        right: Right,
        /// About what; all when there is nothing.
        claims: EnumSet<Claim>,
        /// By when it must be answered.
        due: Timestamp,
    },
    /// Somebody objects to what is done with their data.
    ProcessingObjected {
        /// By which request.
        request_id: RightsRequestId,
        /// About what; all when there is nothing.
        claims: EnumSet<Claim>,
        /// By when it must be answered.
        due: Timestamp,
    },
    /// A login has come to its end.
    SessionRevoked {
        /// Which; all of that person's when there is none.
        sid: Option<Sid>,
    },
    /// The account is gone for good.
    AccountPurged,
    /// With what somebody signs in is another.
    CredentialChange {
        /// What kind of thing it is.
        credential: CredentialType,
        /// What happened to it.
        change: CredentialChange,
    },
    /// Somebody looks for a way back into their account.
    RecoveryActivated,
    /// What a way back into it would take is another.
    RecoveryInformationChanged,
}

impl Happening {
    /// What a business hears of a move of a grant. Nothing of what it did
    /// itself, or was told in the answer to its own request.
    #[must_use]
    pub fn of_move(
        event: EventKind,
        before: &Grant,
        after: &Grant,
        receipt_id: ReceiptId,
        duty: Option<&Duty>,
        now: Timestamp,
    ) -> Option<Self> {
        let (held, claims) = (before.terms.all_claims(), after.terms.all_claims());
        let changed = |change| Self::ConsentChanged {
            receipt_id,
            change,
            claims,
            dropped: held - claims,
            duty: duty.map(|duty| Due {
                duty_id: duty.id,
                delete_by: duty.delete_by,
            }),
        };
        let delete_by = duty.map_or(now, |duty| duty.delete_by);
        let duty_id = duty.map(|duty| duty.id);
        match event {
            EventKind::Given
            | EventKind::Ended
            | EventKind::Answered
            | EventKind::Overdue
            | EventKind::Requested
            | EventKind::Replied
            | EventKind::Unanswered
            | EventKind::Declined => None,
            EventKind::Widened => Some(changed(Change::Widened)),
            EventKind::Narrowed => Some(changed(Change::Narrowed)),
            EventKind::Renewed => Some(changed(Change::Renewed)),
            EventKind::Paused | EventKind::Resumed => Some(Self::ProcessingRestricted {
                receipt_id,
                restricted: event == EventKind::Paused,
            }),
            // Whoever leaves takes back what they agreed to.
            EventKind::Withdrawn | EventKind::Erased => Some(Self::ConsentWithdrawn {
                receipt_id,
                claims: held,
                delete_by,
                duty_id,
            }),
            EventKind::Expired => Some(Self::RetentionExpired {
                receipt_id,
                claims: held,
                delete_by,
                duty_id,
            }),
        }
    }

    /// The deletion duty that it tells of.
    #[must_use]
    pub fn duty_id(&self) -> Option<DutyId> {
        match self {
            Self::ConsentWithdrawn { duty_id, .. } | Self::RetentionExpired { duty_id, .. } => {
                *duty_id
            }
            Self::ConsentChanged { duty, .. } => duty.map(|duty| duty.duty_id),
            _ => None,
        }
    }

    /// Leaves out the duty that it told of: there is none after all.
    pub fn forget_duty(&mut self) {
        match self {
            Self::ConsentWithdrawn { duty_id, .. } | Self::RetentionExpired { duty_id, .. } => {
                *duty_id = None;
            }
            Self::ConsentChanged { duty, .. } => *duty = None,
            _ => {}
        }
    }

    /// Its kind.
    #[must_use]
    pub const fn event_type(&self) -> EventType {
        match self {
            Self::ConsentWithdrawn { .. } => EventType::ConsentWithdrawn,
            Self::ConsentChanged { .. } => EventType::ConsentChanged,
            Self::ProcessingRestricted { .. } => EventType::ProcessingRestricted,
            Self::RetentionExpired { .. } => EventType::RetentionExpired,
            Self::ProfileChanged { .. } => EventType::ProfileChanged,
            Self::DataSubjectRequest { .. } => EventType::DataSubjectRequest,
            Self::ProcessingObjected { .. } => EventType::ProcessingObjected,
            Self::SessionRevoked { .. } => EventType::SessionRevoked,
            Self::AccountPurged => EventType::AccountPurged,
            Self::CredentialChange { .. } => EventType::CredentialChange,
            Self::RecoveryActivated => EventType::RecoveryActivated,
            Self::RecoveryInformationChanged => EventType::RecoveryInformationChanged,
        }
    }

    /// What a business may show to the person: in English and in Dutch.
    pub(super) const fn reason_user(&self, by: Initiator) -> [&'static str; 2] {
        match self {
            Self::ConsentChanged { .. } if matches!(by, Initiator::Admin) => [
                "We ask for less than was agreed.",
                "We vragen minder dan was afgesproken.",
            ],
            Self::ConsentWithdrawn { .. } => [
                "You withdrew your agreement.",
                "Je hebt je afspraak ingetrokken.",
            ],
            Self::ConsentChanged { .. } => [
                "You changed your agreement.",
                "Je hebt je afspraak gewijzigd.",
            ],
            Self::ProcessingRestricted {
                restricted: true, ..
            } => [
                "You paused your agreement.",
                "Je hebt je afspraak gepauzeerd.",
            ],
            Self::ProcessingRestricted { .. } => {
                ["You resumed your agreement.", "Je hebt je afspraak hervat."]
            }
            Self::RetentionExpired { .. } => [
                "The time that was agreed has passed.",
                "De afgesproken tijd is voorbij.",
            ],
            Self::ProfileChanged { .. } => [
                "You changed your details.",
                "Je hebt je gegevens gewijzigd.",
            ],
            Self::DataSubjectRequest { .. } => [
                "You asked something about your data.",
                "Je hebt iets gevraagd over je gegevens.",
            ],
            Self::ProcessingObjected { .. } => [
                "You object to how your data are used.",
                "Je maakt bezwaar tegen het gebruik van je gegevens.",
            ],
            Self::SessionRevoked { .. } => ["You were signed out.", "Je bent uitgelogd."],
            Self::AccountPurged => ["You erased your account.", "Je hebt je account gewist."],
            Self::CredentialChange { .. } => [
                "You changed how you sign in.",
                "Je hebt gewijzigd hoe je inlogt.",
            ],
            Self::RecoveryActivated => [
                "Someone is looking for a way back into your account.",
                "Iemand zoekt een weg terug in je account.",
            ],
            Self::RecoveryInformationChanged => [
                "You changed how you would get back into your account.",
                "Je hebt gewijzigd hoe je weer in je account komt.",
            ],
        }
    }

    /// The members that only this kind has.
    pub(super) fn members(&self) -> Map<String, Value> {
        let members = match self {
            Self::ConsentWithdrawn {
                receipt_id,
                claims,
                delete_by,
                duty_id,
            }
            | Self::RetentionExpired {
                receipt_id,
                claims,
                delete_by,
                duty_id,
            } => with_duty(
                json!({
                    "receipt_id": receipt_id,
                    "claims": names(*claims),
                    "delete_by": delete_by.as_seconds(),
                }),
                *duty_id,
            ),
            Self::ConsentChanged {
                receipt_id,
                change,
                claims,
                dropped,
                duty,
            } => {
                let mut members = json!({
                    "receipt_id": receipt_id,
                    "change": change,
                    "claims": names(*claims),
                    "dropped_claims": names(*dropped),
                });
                if let Some(due) = duty {
                    members["delete_by"] = json!(due.delete_by.as_seconds());
                }
                with_duty(members, duty.map(|due| due.duty_id))
            }
            Self::ProcessingRestricted {
                receipt_id,
                restricted,
            } => json!({"receipt_id": receipt_id, "restricted": restricted}),
            Self::ProfileChanged { claims } => json!({"claims": names(*claims)}),
            Self::DataSubjectRequest {
                request_id,
                right,
                claims,
                due,
            } => json!({
                "request_id": request_id,
                "right": right,
                "claims": names(*claims),
                "due": due.as_seconds(),
            }),
            Self::ProcessingObjected {
                request_id,
                claims,
                due,
            } => json!({
                "request_id": request_id,
                "claims": names(*claims),
                "due": due.as_seconds(),
            }),
            Self::CredentialChange { credential, change } => {
                json!({"credential_type": credential, "change_type": change})
            }
            Self::SessionRevoked { .. }
            | Self::RecoveryActivated
            | Self::RecoveryInformationChanged
            | Self::AccountPurged => json!({}),
        };
        match members {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

fn with_duty(mut members: Value, duty_id: Option<DutyId>) -> Value {
    if let Some(id) = duty_id {
        members["duty_id"] = json!(id);
    }
    members
}

/// Claims by the names that they have in responses.
pub(super) fn names(claims: EnumSet<Claim>) -> Vec<&'static str> {
    claims.iter().map(Claim::claim_name).collect()
}
