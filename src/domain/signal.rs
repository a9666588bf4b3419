//! Signals: what a business hears, as it happens, of the people who have an
//! agreement with it. Each is told as one security event token (RFC 8417).
//!
//! A signal names the agreement, the subject as that client knows it, and the
//! claims that it is about. It never holds a value: whoever wants to know what
//! an address is by now asks UserInfo, and is told what the agreement releases.

use std::time::Duration;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::claim::Claim;
use super::grant::{EventKind, Grant};
use super::id::{GrantId, ReceiptId, StreamId, TransactionId};
use super::stream::{Note, Status};
use super::subject::Subject;
use super::time::Timestamp;
use super::token::Sid;

mod kind;
#[cfg(test)]
mod tests;

pub use kind::{EventType, UnknownEventType};

/// The published JSON Schema of our own events.
pub const SCHEMA: &str = include_str!("../../docs/schemas/consent-events-v1.json");

/// How long a business has to delete what it held (`product.md` section 6).
pub const DELETE_WITHIN: Duration = Duration::from_hours(24 * 30);

/// The lane of what a stream says of itself.
pub const STREAM_LANE: &str = "stream";

/// Whose doing it was (`initiating_entity` of CAEP 1.0 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Initiator {
    /// The consumer's own.
    User,
    /// The business's.
    Admin,
    /// What was agreed beforehand, such as a retention.
    Policy,
    /// Nobody's in particular.
    System,
}

impl Initiator {
    /// The word in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
            Self::Policy => "policy",
            Self::System => "system",
        }
    }
}

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
    },
    /// Claims that the agreement releases have other values now.
    ProfileChanged {
        /// Which.
        claims: EnumSet<Claim>,
    },
    /// A login has come to its end.
    SessionRevoked {
        /// Which; all of that person's when there is none.
        sid: Option<Sid>,
    },
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
        now: Timestamp,
    ) -> Option<Self> {
        let (held, claims) = (before.terms.all_claims(), after.terms.all_claims());
        let changed = |change| Self::ConsentChanged {
            receipt_id,
            change,
            claims,
            dropped: held - claims,
        };
        let delete_by = now.plus(DELETE_WITHIN);
        match event {
            EventKind::Given | EventKind::Ended => None,
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
            }),
            EventKind::Expired => Some(Self::RetentionExpired {
                receipt_id,
                claims: held,
                delete_by,
            }),
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
            Self::SessionRevoked { .. } => EventType::SessionRevoked,
        }
    }

    /// What a business may show to the person: in English and in Dutch.
    const fn reason_user(&self) -> [&'static str; 2] {
        match self {
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
            Self::SessionRevoked { .. } => ["You were signed out.", "Je bent uitgelogd."],
        }
    }

    /// The members that only this kind has.
    fn members(&self) -> Map<String, Value> {
        let members = match self {
            Self::ConsentWithdrawn {
                receipt_id,
                claims,
                delete_by,
            }
            | Self::RetentionExpired {
                receipt_id,
                claims,
                delete_by,
            } => json!({
                "receipt_id": receipt_id,
                "claims": names(*claims),
                "delete_by": delete_by.as_seconds(),
            }),
            Self::ConsentChanged {
                receipt_id,
                change,
                claims,
                dropped,
            } => json!({
                "receipt_id": receipt_id,
                "change": change,
                "claims": names(*claims),
                "dropped_claims": names(*dropped),
            }),
            Self::ProcessingRestricted {
                receipt_id,
                restricted,
            } => json!({"receipt_id": receipt_id, "restricted": restricted}),
            Self::ProfileChanged { claims } => json!({"claims": names(*claims)}),
            Self::SessionRevoked { .. } => json!({}),
        };
        match members {
            Value::Object(members) => members,
            _ => Map::new(),
        }
    }
}

/// Claims by the names that they have in responses.
fn names(claims: EnumSet<Claim>) -> Vec<&'static str> {
    claims.iter().map(Claim::claim_name).collect()
}

/// What happened, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Occurrence {
    /// The agreement that it is about.
    pub grant_id: GrantId,
    /// Who the account is to the client that is told.
    pub subject: Subject,
    /// Whose doing it was.
    pub by: Initiator,
    /// What happened.
    pub what: Happening,
}

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// Something happened to somebody.
    Of(Occurrence),
    /// The client asked to hear something (Shared Signals Framework 1.0 §8.1.4).
    Verification {
        /// What it wants to hear.
        state: Option<Note>,
    },
    /// Sluis changed the stream itself (§8.1.5).
    StreamUpdated {
        /// How it stands now.
        status: Status,
        /// Why.
        reason: Option<Note>,
    },
}

/// A signal, as it waits to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// By which stream.
    pub stream_id: StreamId,
    /// The act that it comes from. No other client is told the same one: it
    /// would show who is who.
    pub txn: TransactionId,
    /// What is told.
    pub news: News,
}

impl Signal {
    /// What it is about: signals about the same go in order.
    #[must_use]
    pub fn lane(&self) -> String {
        match &self.news {
            News::Of(occurrence) => occurrence.grant_id.to_string(),
            News::Verification { .. } | News::StreamUpdated { .. } => STREAM_LANE.to_owned(),
        }
    }

    /// Whether a stream that stands so still tells it.
    #[must_use]
    pub const fn is_told_when(&self, status: Status) -> bool {
        matches!(self.news, News::StreamUpdated { .. }) || !matches!(status, Status::Disabled)
    }

    /// Whom it is about: the `sub_id` claim (RFC 9493).
    ///
    /// One login of several is a complex subject (CAEP 1.0 §3.1): whoever was
    /// told the person alone would end all of them.
    #[must_use]
    pub fn sub_id(&self, issuer: &str) -> Value {
        let News::Of(occurrence) = &self.news else {
            return json!({"format": "opaque", "id": self.stream_id});
        };
        let person = json!({"format": "iss_sub", "iss": issuer, "sub": occurrence.subject});
        match &occurrence.what {
            Happening::SessionRevoked { sid: Some(sid) } => json!({
                "format": "complex",
                "user": person,
                "session": {"format": "opaque", "id": sid},
            }),
            _ => person,
        }
    }

    /// The `events` claim: one event, by its type.
    #[must_use]
    pub fn events(&self, at: Timestamp) -> Map<String, Value> {
        let (name, event) = match &self.news {
            News::Of(occurrence) => (
                occurrence.what.event_type().as_str(),
                event_of(occurrence, at),
            ),
            News::Verification { state } => (
                "https://schemas.openid.net/secevent/ssf/event-type/verification",
                state
                    .as_ref()
                    .map_or(json!({}), |state| json!({"state": state})),
            ),
            News::StreamUpdated { status, reason } => (
                "https://schemas.openid.net/secevent/ssf/event-type/stream-updated",
                match reason {
                    Some(reason) => json!({"status": status, "reason": reason}),
                    None => json!({"status": status}),
                },
            ),
        };
        Map::from_iter([(name.to_owned(), event)])
    }
}

fn event_of(occurrence: &Occurrence, at: Timestamp) -> Value {
    let [en, nl] = occurrence.what.reason_user();
    let mut event = occurrence.what.members();
    // CAEP's own events have CAEP's members alone.
    if occurrence.what.event_type() != EventType::SessionRevoked {
        event.insert("grant_id".to_owned(), json!(occurrence.grant_id));
    }
    event.insert("event_timestamp".to_owned(), json!(at.as_seconds()));
    event.insert(
        "initiating_entity".to_owned(),
        json!(occurrence.by.as_str()),
    );
    event.insert("reason_user".to_owned(), json!({"en": en, "nl": nl}));
    Value::Object(event)
}
