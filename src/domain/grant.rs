//! Grants: the live agreement between one account and one client, its states
//! and the moves between them (`product.md` section 6).

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::claim::Claim;
use super::id::{AccountId, ClientId, GrantId};
use super::negotiation::{Ceiling, Terms};
use super::plan::{Plan, PlanVersion};
use super::scope::Scope;
use super::subject::Subject;
use super::time::Timestamp;
use super::word::words;

mod event;

pub use event::EventKind;

/// Where a grant is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GrantState {
    /// In force.
    Active,
    /// Restricted by the consumer (GDPR art. 18): kept, and not read.
    Paused,
    /// Taken back by the consumer.
    Withdrawn,
    /// Given up by the business.
    Ended,
    /// Its retention ran out.
    Expired,
    /// The account is gone.
    Erased,
}

impl GrantState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Active,
        Self::Paused,
        Self::Withdrawn,
        Self::Ended,
        Self::Expired,
        Self::Erased,
    ];

    /// The word in the database and in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Withdrawn => "withdrawn",
            Self::Ended => "ended",
            Self::Expired => "expired",
            Self::Erased => "erased",
        }
    }

    /// Whether the grant has come to its end, from which there is no return.
    #[must_use]
    pub const fn is_over(self) -> bool {
        !matches!(self, Self::Active | Self::Paused)
    }
}

words!(UnknownState: GrantState);

/// The text names no state of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a state of a grant")]
pub struct UnknownState;

/// A grant as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Which grant.
    pub id: GrantId,
    /// Whose data.
    pub account_id: AccountId,
    /// To which client.
    pub client_id: ClientId,
    /// Who the account is to this client.
    pub subject: Subject,
    /// Where it is in its life.
    pub state: GrantState,
    /// What was agreed.
    pub terms: Terms,
    /// The edition of the plan that the terms answer.
    pub plan_version: PlanVersion,
    /// The newest edition that its owner was asked about and did not take, for
    /// they kept to what was agreed; zero when there is none.
    pub refused: PlanVersion,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Grant {
    /// A grant that has just been given.
    #[must_use]
    pub fn give(
        id: GrantId,
        account_id: AccountId,
        client_id: ClientId,
        subject: Subject,
        terms: Terms,
        plan_version: PlanVersion,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            account_id,
            client_id,
            subject,
            state: GrantState::Active,
            terms,
            plan_version,
            refused: PlanVersion(0),
            created_at: now,
            updated_at: now,
        }
    }

    /// When it ends by itself; `None` when nothing is held that could expire.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.terms.expires_at()
    }

    /// When its owner is to be warned that it ends.
    #[must_use]
    pub fn warn_at(&self) -> Option<Timestamp> {
        self.terms.warn_at()
    }

    /// Where it is at `now`: a grant whose time has passed is expired, also
    /// before anybody has written that down.
    #[must_use]
    pub fn state_at(&self, now: Timestamp) -> GrantState {
        let ran_out = self.expires_at().is_some_and(|end| end <= now);
        if ran_out && !self.state.is_over() {
            GrantState::Expired
        } else {
            self.state
        }
    }

    /// The grant with the end that a login at `now` gives it, where retention
    /// counts from the last one; `None` when nothing moves.
    #[must_use]
    pub fn at_login(&self, now: Timestamp) -> Option<Self> {
        let terms = self.terms.at_login(now)?;
        Some(Self {
            terms,
            ..self.clone()
        })
    }

    /// What may be released at `now`, under the plan as it stands. The one
    /// function that UserInfo, tokens, pages and exports ask
    /// (`product.md` section 5, rules 2 and 4). Of terms that are above the
    /// client's ceiling as it stands, nothing.
    #[must_use]
    pub fn releasable(&self, plan: &Plan, ceiling: Ceiling, now: Timestamp) -> EnumSet<Claim> {
        if self.state_at(now) == GrantState::Active && ceiling.covers(&self.terms) {
            self.terms.claims_within(plan, now)
        } else {
            EnumSet::empty()
        }
    }

    /// What may be released to a token of these scopes: a claim that a
    /// standard scope names needs that scope or has to be asked for by itself,
    /// the others come with any.
    #[must_use]
    pub fn releasable_to(
        &self,
        plan: &Plan,
        ceiling: Ceiling,
        scopes: EnumSet<Scope>,
        asked: EnumSet<Claim>,
        now: Timestamp,
    ) -> EnumSet<Claim> {
        let out_of_scope = Scope::claims_of(Scope::all()) - Scope::claims_of(scopes) - asked;
        self.releasable(plan, ceiling, now) - out_of_scope
    }

    /// Makes a move, or says why it cannot be made.
    pub fn make(&self, mv: Move, now: Timestamp) -> Result<Transition, InvalidMove> {
        use GrantState::{Active, Ended, Erased, Expired, Paused, Withdrawn};
        let state = self.state_at(now);
        let mut next = self.clone();
        // A node whose clock lags must not make the grant older.
        next.updated_at = now.max(self.updated_at);
        let event = match (state, mv) {
            // The account going takes everything with it, whatever came before.
            (Erased, _) => return Err(InvalidMove { state }),
            (_, Move::Erase) => {
                next.state = Erased;
                EventKind::Erased
            }
            // Once time has run out, that is what is left to be written down.
            (Expired, Move::Expire) if self.state != Expired => {
                next.state = Expired;
                EventKind::Expired
            }
            (Active, Move::Change(terms, plan_version)) => {
                let event = if terms.is_wider_than(&self.terms) {
                    EventKind::Widened
                } else {
                    EventKind::Narrowed
                };
                next.terms = terms;
                next.plan_version = plan_version;
                event
            }
            (Active | Paused, Move::Narrow(terms, plan_version)) => {
                next.terms = terms;
                next.plan_version = plan_version;
                EventKind::Narrowed
            }
            (Active, Move::Renew(terms)) => {
                next.terms = terms;
                EventKind::Renewed
            }
            (Active, Move::Pause) => {
                next.state = Paused;
                EventKind::Paused
            }
            (Paused, Move::Resume) => {
                next.state = Active;
                EventKind::Resumed
            }
            (Active | Paused, Move::Withdraw) => {
                next.state = Withdrawn;
                EventKind::Withdrawn
            }
            (Active | Paused, Move::End) => {
                next.state = Ended;
                EventKind::Ended
            }
            (state, _) => return Err(InvalidMove { state }),
        };
        Ok(Transition { grant: next, event })
    }
}

/// What can be done to a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// Other terms, by an act of the consumer.
    Change(Terms, PlanVersion),
    /// What is left of the terms, for the business asks for less. The edition is
    /// the one that they answer.
    Narrow(Terms, PlanVersion),
    /// The same terms, for as long again, by an act of the consumer.
    Renew(Terms),
    /// Restrict.
    Pause,
    /// Lift the restriction.
    Resume,
    /// The consumer takes it back.
    Withdraw,
    /// The business gives it up.
    End,
    /// Its time has passed.
    Expire,
    /// The account goes.
    Erase,
}

impl Grant {
    /// What is recorded beside it: the grant stays as it is.
    pub fn record(&self, event: EventKind) -> Transition {
        Transition {
            grant: self.clone(),
            event,
        }
    }
}

/// A move that was made: the grant after it, and what happened.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The grant as it is from now on.
    pub grant: Grant,
    /// What happened.
    pub event: EventKind,
}

/// The move cannot be made from this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a grant that is {} cannot do that", state.as_str())]
pub struct InvalidMove {
    /// Where the grant is.
    pub state: GrantState,
}

#[cfg(test)]
mod tests;
