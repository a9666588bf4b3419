//! What can happen to a grant.

use serde::{Deserialize, Serialize};

use super::GrantState;

/// What happened to a grant: the kind of event that a receipt records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventKind {
    /// Given.
    Given,
    /// Given anew with more.
    Widened,
    /// Left with less, or for a shorter time.
    Narrowed,
    /// Given for as long again.
    Renewed,
    /// Restricted.
    Paused,
    /// No longer restricted.
    Resumed,
    /// Taken back by the consumer.
    Withdrawn,
    /// Given up by the business.
    Ended,
    /// Ran out.
    Expired,
    /// Went with the account.
    Erased,
    /// The business said what it deleted, and what it keeps.
    Answered,
    /// The business let the time to delete pass.
    Overdue,
    /// The consumer sent the business a request by right.
    Requested,
    /// The business replied to one.
    Replied,
    /// The business let the time to answer one pass.
    Unanswered,
    /// The consumer kept to what they had agreed to, where a newer edition of
    /// the plan asked for more.
    Declined,
}

impl EventKind {
    /// Whether nothing can follow it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Withdrawn | Self::Ended | Self::Expired | Self::Erased
        )
    }

    /// Whether it is recorded beside the grant, which stays as it is.
    #[must_use]
    pub const fn is_record(self) -> bool {
        matches!(
            self,
            Self::Answered
                | Self::Overdue
                | Self::Requested
                | Self::Replied
                | Self::Unanswered
                | Self::Declined
        )
    }

    /// Whether it can come after the end of a grant: what becomes of deletion
    /// duties and of requests by right is recorded still, and the account's
    /// erasure.
    #[must_use]
    pub const fn follows_end(self) -> bool {
        match self {
            Self::Erased => true,
            // Nobody is asked any more.
            Self::Declined => false,
            _ => self.is_record(),
        }
    }

    /// Whether it is an act by which the consumer agrees.
    #[must_use]
    pub const fn is_consent(self) -> bool {
        matches!(
            self,
            Self::Given | Self::Widened | Self::Narrowed | Self::Renewed
        )
    }

    /// The word in documents and phrases.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Widened => "widened",
            Self::Narrowed => "narrowed",
            Self::Renewed => "renewed",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Withdrawn => "withdrawn",
            Self::Ended => "ended",
            Self::Expired => "expired",
            Self::Erased => "erased",
            Self::Answered => "answered",
            Self::Overdue => "overdue",
            Self::Requested => "requested",
            Self::Replied => "replied",
            Self::Unanswered => "unanswered",
            Self::Declined => "declined",
        }
    }

    /// The consent status in W3C DPV terms, of a grant that is in this state
    /// after it. `ConsentWithdrawn` is the data subject's act; `ConsentRevoked`
    /// is someone else's.
    #[must_use]
    pub const fn dpv(self, after: GrantState) -> &'static str {
        match self {
            Self::Answered
            | Self::Overdue
            | Self::Requested
            | Self::Replied
            | Self::Unanswered
            | Self::Declined => match after {
                GrantState::Active | GrantState::Paused => "dpv:ConsentGiven",
                GrantState::Withdrawn | GrantState::Erased => "dpv:ConsentWithdrawn",
                GrantState::Ended => "dpv:ConsentRevoked",
                GrantState::Expired => "dpv:ConsentExpired",
            },
            // A restriction (GDPR art. 18) leaves the consent itself as it was.
            Self::Given | Self::Narrowed | Self::Paused | Self::Resumed => "dpv:ConsentGiven",
            Self::Widened | Self::Renewed => "dpv:RenewedConsentGiven",
            Self::Withdrawn | Self::Erased => "dpv:ConsentWithdrawn",
            Self::Ended => "dpv:ConsentRevoked",
            Self::Expired => "dpv:ConsentExpired",
        }
    }
}
