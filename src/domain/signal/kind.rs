//! What kinds of events there are, and what they are called.

use std::fmt;
use std::str::FromStr;

use enumset::{EnumSet, EnumSetType};

/// What kinds of events there are. Those under our own name are documented in
/// `docs/shared-signals.md`; others are of CAEP 1.0 and RISC 1.0.
#[derive(Debug, Hash, PartialOrd, Ord, EnumSetType)]
pub enum EventType {
    /// The consumer took the agreement back.
    ConsentWithdrawn,
    /// Its terms are others now.
    ConsentChanged,
    /// The consumer restricts processing, or lifts that.
    ProcessingRestricted,
    /// The agreement's time has passed.
    RetentionExpired,
    /// Claims that the agreement covers have other values now.
    ProfileChanged,
    /// Somebody uses a right of the data subject.
    DataSubjectRequest,
    /// Somebody objects to what is done with their data.
    ProcessingObjected,
    /// A login has come to its end (CAEP 1.0 §3.1).
    SessionRevoked,
    /// With what somebody signs in is another (CAEP 1.0 §3.2).
    CredentialChange,
    /// The account is gone for good (RISC 1.0 §2.2).
    AccountPurged,
    /// Somebody looks for a way back into their account (RISC 1.0 §2).
    RecoveryActivated,
    /// What a way back into their account would take is another (RISC 1.0 §2).
    RecoveryInformationChanged,
}

impl EventType {
    /// Every kind, in the order of documents.
    #[must_use]
    pub fn all() -> EnumSet<Self> {
        EnumSet::all()
    }

    /// The URI that names it in a token and in a stream's configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ConsentWithdrawn => {
                "https://schemas.sluis.example/secevent/consent/event-type/consent-withdrawn"
            }
            Self::ConsentChanged => {
                "https://schemas.sluis.example/secevent/consent/event-type/consent-changed"
            }
            Self::ProcessingRestricted => {
                "https://schemas.sluis.example/secevent/consent/event-type/processing-restricted"
            }
            Self::RetentionExpired => {
                "https://schemas.sluis.example/secevent/consent/event-type/retention-expired"
            }
            Self::ProfileChanged => {
                "https://schemas.sluis.example/secevent/consent/event-type/profile-changed"
            }
            Self::DataSubjectRequest => {
                "https://schemas.sluis.example/secevent/consent/event-type/data-subject-request"
            }
            Self::ProcessingObjected => {
                "https://schemas.sluis.example/secevent/consent/event-type/processing-objected"
            }
            Self::SessionRevoked => {
                "https://schemas.openid.net/secevent/caep/event-type/session-revoked"
            }
            Self::AccountPurged => {
                "https://schemas.openid.net/secevent/risc/event-type/account-purged"
            }
            Self::CredentialChange => {
                "https://schemas.openid.net/secevent/caep/event-type/credential-change"
            }
            Self::RecoveryActivated => {
                "https://schemas.openid.net/secevent/risc/event-type/recovery-activated"
            }
            Self::RecoveryInformationChanged => {
                "https://schemas.openid.net/secevent/risc/event-type/recovery-information-changed"
            }
        }
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EventType {
    type Err = UnknownEventType;

    fn from_str(text: &str) -> Result<Self, UnknownEventType> {
        Self::all()
            .iter()
            .find(|kind| kind.as_str() == text)
            .ok_or(UnknownEventType)
    }
}

/// The URI names no kind of event that Sluis tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no kind of event that there is here")]
pub struct UnknownEventType;
