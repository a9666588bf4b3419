//! Streams of events (OpenID Shared Signals Framework 1.0 §8.1): how a client
//! hears what happens, and of what.

use std::fmt;
use std::time::Duration;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::client::FetchUri;
use super::id::{ClientId, StreamId};
use super::message::Receiver;
use super::signal::EventType;
use super::time::Timestamp;
use super::word::words;

/// How many kinds of events a client may ask for, known here or not.
pub const MOST_REQUESTED: usize = 64;
/// How long lies at least between two verifications that a client asks for.
pub const MIN_VERIFICATION_INTERVAL: Duration = Duration::from_mins(1);
/// A stream from which nothing was fetched for so long is disabled.
pub const INACTIVITY_TIMEOUT: Duration = Duration::from_hours(24 * 7);

/// Whether a stream tells (§8.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It tells.
    Enabled,
    /// It tells nothing, and keeps what there is to tell.
    Paused,
    /// It tells nothing, and keeps nothing.
    Disabled,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Enabled, Self::Paused, Self::Disabled];

    /// The word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Paused => "paused",
            Self::Disabled => "disabled",
        }
    }
}

words!(UnknownStatus: Status);

/// The text names no status of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("status must be enabled, paused or disabled")]
pub struct UnknownStatus;

/// A short text of a client, which it gets back as it was: at most 1,024
/// characters, none of which steers a terminal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(String);

impl Note {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Note {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.chars().count() <= 1_024 && !text.chars().any(char::is_control) {
            Ok(Self(text))
        } else {
            Err("a text has at most 1,024 characters, and no control characters")
        }
    }
}

impl From<Note> for String {
    fn from(note: Note) -> Self {
        note.0
    }
}

/// A kind of event that a client asks for. It may be one that there is not
/// here: then it is not delivered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EventUri(String);

impl EventUri {
    /// The URI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EventUri {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let fits = (1..=512).contains(&text.len());
        if fits && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text))
        } else {
            Err("a kind of event is named by a URI of at most 512 characters")
        }
    }
}

impl From<EventUri> for String {
    fn from(uri: EventUri) -> Self {
        uri.0
    }
}

/// What a client wants to find in the `Authorization` header of what is pushed
/// to it. A secret of theirs: it does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizationHeader(Zeroizing<String>);

impl AuthorizationHeader {
    /// The value of the header.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AuthorizationHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorizationHeader(…)")
    }
}

impl TryFrom<String> for AuthorizationHeader {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = Zeroizing::new(text);
        let fits = (1..=2_048).contains(&text.len());
        // RFC 9110 §5.5: what a header may hold, and neither begins nor ends with a space.
        let clean = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if fits && clean && text.trim() == text.as_str() {
            Ok(Self(text))
        } else {
            Err("authorization_header must be a header value of at most 2,048 characters")
        }
    }
}

/// How events reach the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// They are posted to it (RFC 8935).
    Push {
        /// Where.
        endpoint: FetchUri,
        /// The sealed [`AuthorizationHeader`], if it wants one.
        authorization_sealed: Option<Vec<u8>>,
    },
    /// It fetches them (RFC 8936).
    Poll,
}

impl Delivery {
    /// The methods that there are.
    pub const METHODS: [&'static str; 2] = [Self::PUSH, Self::POLL];
    /// The name of the one.
    pub const PUSH: &'static str = "urn:ietf:rfc:8935";
    /// The name of the other.
    pub const POLL: &'static str = "urn:ietf:rfc:8936";

    /// The name of the method.
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Push { .. } => Self::PUSH,
            Self::Poll => Self::POLL,
        }
    }
}

/// A stream. A client has one at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Which.
    pub id: StreamId,
    /// Whose.
    pub client_id: ClientId,
    /// Whether it tells.
    pub status: Status,
    /// Why it stands as it does, if whoever changed it said so.
    pub reason: Option<Note>,
    /// How events reach the client.
    pub delivery: Delivery,
    /// What the client asks for; all that there is when it does not say.
    pub requested: Option<Vec<EventUri>>,
    /// What the client calls it.
    pub description: Option<Note>,
    /// Counts changes, so that none overwrites another unseen.
    pub revision: u32,
    /// Since when it is there.
    pub created_at: Timestamp,
    /// When its receiver last gave a sign of life, about.
    pub active_at: Timestamp,
}

impl Stream {
    /// What is delivered: what is asked for, as far as there is such a thing.
    #[must_use]
    pub fn delivered(&self) -> EnumSet<EventType> {
        delivered(self.requested.as_deref())
    }

    /// Its name in the outbox.
    #[must_use]
    pub fn receiver(&self) -> Receiver {
        receiver(self.id)
    }

    /// Whether what there is to tell waits: until the stream goes on, or until
    /// it is fetched.
    #[must_use]
    pub const fn is_held(&self) -> bool {
        matches!(self.status, Status::Paused) || matches!(self.delivery, Delivery::Poll)
    }

    /// How long nothing may be fetched; of what is pushed there is no such
    /// limit.
    #[must_use]
    pub const fn inactivity_timeout(&self) -> Option<Duration> {
        match self.delivery {
            Delivery::Poll => Some(INACTIVITY_TIMEOUT),
            Delivery::Push { .. } => None,
        }
    }
}

/// What a request for these kinds of events gets.
#[must_use]
pub fn delivered(requested: Option<&[EventUri]>) -> EnumSet<EventType> {
    match requested {
        None => EventType::all(),
        Some(uris) => uris
            .iter()
            .filter_map(|uri| uri.as_str().parse::<EventType>().ok())
            .collect(),
    }
}

/// The name of a stream in the outbox.
#[must_use]
pub fn receiver(id: StreamId) -> Receiver {
    Receiver::from_stored(format!("signal/{id}"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::strategies::config;
    use super::*;

    fn uris(texts: &[&str]) -> Vec<EventUri> {
        let uri = |text: &&str| EventUri::try_from((*text).to_owned()).expect("a URI");
        texts.iter().map(uri).collect()
    }

    #[test]
    fn what_is_delivered_is_what_is_asked_for_and_there() {
        let withdrawn = EventType::ConsentWithdrawn;
        assert_eq!(delivered(None), EventType::all());
        assert_eq!(delivered(Some(&[])), EnumSet::empty());
        let asked = uris(&["urn:example:else", withdrawn.as_str(), withdrawn.as_str()]);
        assert_eq!(delivered(Some(&asked)), EnumSet::only(withdrawn));
    }

    #[test]
    fn a_header_cannot_smuggle_another_and_does_not_print() {
        let header = |text: &str| AuthorizationHeader::try_from(text.to_owned());
        let good = header("Bearer s3cret").expect("a header");
        assert_eq!(good.reveal(), "Bearer s3cret");
        assert_eq!(format!("{good:?}"), "AuthorizationHeader(…)");
        for bad in ["", " x", "x ", "x\r\nHost: y", "x\ny", "é", "\u{7f}"] {
            assert!(header(bad).is_err(), "{bad:?}");
        }
        assert!(header(&"x".repeat(2_049)).is_err());
    }

    proptest! {
        #![proptest_config(config())]

        #[test]
        fn no_request_widens_what_there_is(texts in prop::collection::vec("[!-~]{1,40}", 0..20)) {
            let asked: Vec<EventUri> = texts
                .into_iter()
                .map(|text| EventUri::try_from(text).expect("a URI"))
                .collect();
            let got = delivered(Some(&asked));
            prop_assert!(got.iter().all(|kind| asked.iter().any(|uri| uri.as_str() == kind.as_str())));
        }

        #[test]
        fn a_note_comes_back_as_it_was(text in "\\PC{0,64}") {
            let note = Note::try_from(text.clone());
            if let Ok(note) = note {
                let json = serde_json::to_string(&note).expect("JSON");
                let read: Note = serde_json::from_str(&json).expect("a note");
                prop_assert_eq!(read.as_str(), &text);
            } else {
                prop_assert!(text.chars().any(char::is_control));
            }
        }
    }
}
