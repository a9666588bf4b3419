//! Signals: what a business hears, as it happens, of the people who have an
//! agreement with it. Each is told as one security event token (RFC 8417).
//!
//! A signal names the agreement, the subject as that client knows it, and the
//! claims that it is about. It never holds a value: whoever wants to know what
//! an address is by now asks UserInfo, and is told what the agreement releases.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::id::{DutyId, GrantId, StreamId, TransactionId};
use super::stream::{Note, Status};
use super::subject::Subject;
use super::time::Timestamp;

mod credential;
mod happening;
mod kind;
#[cfg(test)]
mod tests;

pub use credential::{CredentialChange, CredentialType};
pub use happening::{Change, Due, Happening};
pub use kind::{EventType, UnknownEventType};

/// The published JSON Schema of our own events.
pub const SCHEMA: &str = include_str!("../../docs/schemas/consent-events-v1.json");

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

    /// The deletion duty that it tells of.
    #[must_use]
    pub fn duty_id(&self) -> Option<DutyId> {
        match &self.news {
            News::Of(occurrence) => occurrence.what.duty_id(),
            News::Verification { .. } | News::StreamUpdated { .. } => None,
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
    let [en, nl] = occurrence.what.reason_user(occurrence.by);
    let mut event = occurrence.what.members();
    match occurrence.what.event_type() {
        // RISC 1.0 §2 names no members of these events.
        EventType::RecoveryActivated | EventType::RecoveryInformationChanged => {
            return Value::Object(event);
        }
        // Events of CAEP and RISC have the members of those alone.
        EventType::SessionRevoked | EventType::CredentialChange | EventType::AccountPurged => {}
        _ => drop(event.insert("grant_id".to_owned(), json!(occurrence.grant_id))),
    }
    event.insert("event_timestamp".to_owned(), json!(at.as_seconds()));
    event.insert(
        "initiating_entity".to_owned(),
        json!(occurrence.by.as_str()),
    );
    event.insert("reason_user".to_owned(), json!({"en": en, "nl": nl}));
    Value::Object(event)
}
