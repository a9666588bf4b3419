//! How a business can be reached by itself about what it owes: what is said to
//! people of who was told rests on this, and on what was heard.

use enumset::EnumSet;

use super::client::ClientMetadata;
use super::duty::Reason;
use super::scope::Scope;
use super::signal::EventType;

/// The ways to a business. None of them for one that has gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// What its stream of events tells it of the person.
    hears: EnumSet<EventType>,
    /// Whether it takes commands.
    commanded: bool,
    /// What it can look up by itself.
    looks_up: EnumSet<Scope>,
}

impl Reach {
    /// The ways to a client whose stream tells it `hears`.
    #[must_use]
    pub fn of(metadata: &ClientMetadata, hears: EnumSet<EventType>) -> Self {
        Self {
            hears,
            commanded: metadata.command_endpoint.is_some(),
            looks_up: metadata.own_scopes(),
        }
    }

    /// All ways there are.
    #[cfg(test)]
    pub(super) fn anywhere() -> Self {
        Self {
            hears: EventType::all(),
            commanded: true,
            looks_up: Scope::of_clients(),
        }
    }

    /// Whether it can learn that it has to delete something, for this reason.
    #[must_use]
    pub fn is_told_of_duty(self, reason: Reason) -> bool {
        let (event, of_all) = match reason {
            Reason::Withdrawn => (Some(EventType::ConsentWithdrawn), true),
            Reason::Expired => (Some(EventType::RetentionExpired), true),
            Reason::Narrowed => (Some(EventType::ConsentChanged), false),
            // It is told nothing of what it did itself.
            Reason::Ended => (None, true),
        };
        event.is_some_and(|event| self.hears.contains(event))
            || (of_all && self.commanded)
            || self.looks_up.contains(Scope::DeletionDuties)
    }

    /// Whether it can learn that somebody uses a right.
    #[must_use]
    pub fn is_told_of_requests(self) -> bool {
        self.hears.contains(EventType::DataSubjectRequest)
            || self.looks_up.contains(Scope::DataSubjectRequests)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_one_way_is_enough_and_without_one_nobody_is_told() {
        let nowhere = Reach::default();
        let commanded = Reach {
            commanded: true,
            ..nowhere
        };
        let looks_up = Reach {
            looks_up: Scope::DeletionDuties.into(),
            ..nowhere
        };
        let hears = Reach {
            hears: EventType::ConsentWithdrawn.into(),
            ..nowhere
        };
        let reasons = [
            Reason::Withdrawn,
            Reason::Ended,
            Reason::Expired,
            Reason::Narrowed,
        ];
        let told = |reach: Reach| reasons.map(|reason| reach.is_told_of_duty(reason));
        assert_eq!(told(nowhere), [false; 4]);
        assert_eq!(told(commanded), [true, true, true, false]);
        assert_eq!(told(looks_up), [true; 4]);
        assert_eq!(told(hears), [true, false, false, false]);
        for reach in [nowhere, commanded, looks_up, hears] {
            assert!(!reach.is_told_of_requests());
        }
        let asked = Reach {
            looks_up: Scope::DataSubjectRequests.into(),
            ..nowhere
        };
        assert!(asked.is_told_of_requests());
    }
}
