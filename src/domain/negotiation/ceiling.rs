//! How far a client may be let in at most, whatever the consumer chooses: one
//! that nobody vouches for could be anybody, a minor does not decide alone on
//! everything, and while somebody asks for a way back into an account it is not
//! known who decides.

use enumset::EnumSet;

use super::Terms;
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::plan::Plan;
use crate::domain::profile::Profiles;
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;

/// The most that a minor may choose: the high tier is for profiling.
const OF_MINORS: TierChoice = TierChoice::Tier(Tier::Medium);
/// The most that is new while a way back in waits.
const DURING_RECOVERY: TierChoice = TierChoice::Tier(Tier::Medium);

/// The most that a client may be granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// For the client's sake.
    most: Option<TierChoice>,
    /// Until when the consumer is a minor.
    minor_until: Option<Timestamp>,
    /// Whether a way back into the account waits.
    recovery: bool,
}

/// Why something is above a ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Nobody vouches for the client.
    Unvetted,
    /// The consumer is under 16 until this day.
    Minor(Timestamp),
    /// Somebody asks for a way back into the account.
    Recovery,
}

impl Ceiling {
    /// No more than the consumer chooses.
    pub const NONE: Self = Self {
        most: None,
        minor_until: None,
        recovery: false,
    };

    /// No more than the profile of this tier.
    #[must_use]
    pub const fn at(most: TierChoice) -> Self {
        Self {
            most: Some(most),
            minor_until: None,
            recovery: false,
        }
    }

    /// The same, for a consumer who is a minor until then, if they are one.
    #[must_use]
    pub const fn for_minor(self, minor_until: Option<Timestamp>) -> Self {
        Self {
            minor_until,
            ..self
        }
    }

    /// The same, for an account that somebody asks a way back into, if so: who
    /// found an open browser must not use the wait. What was agreed stays.
    #[must_use]
    pub const fn for_recovery(self, recovery: bool) -> Self {
        Self { recovery, ..self }
    }

    /// The highest tier that the client may be granted by anybody, if there is
    /// one.
    #[must_use]
    pub const fn tier(self) -> Option<TierChoice> {
        self.most
    }

    /// The highest tier that this consumer may choose here.
    #[must_use]
    pub fn highest(self) -> TierChoice {
        let most = self.most.unwrap_or(TierChoice::Tier(Tier::High));
        let most = self.minor_until.map_or(most, |_| most.min(OF_MINORS));
        if self.recovery {
            most.min(DURING_RECOVERY)
        } else {
            most
        }
    }

    /// Until when the consumer is a minor.
    #[must_use]
    pub const fn minor_until(self) -> Option<Timestamp> {
        self.minor_until
    }

    /// Whether a tier may be chosen.
    #[must_use]
    pub fn allows(self, tier: TierChoice) -> bool {
        tier <= self.highest()
    }

    /// Why a tier may not be chosen; `None` if it may.
    #[must_use]
    pub fn closes(self, tier: TierChoice) -> Option<Closed> {
        (!self.allows(tier)).then(|| self.why(|most| tier > most))
    }

    /// Why a claim may not be released; `None` if it may.
    #[must_use]
    pub fn closes_claim(self, claim: Claim, profiles: &Profiles) -> Option<Closed> {
        let open = |most| profiles.claims(most).contains(claim);
        (!self.claims(profiles).contains(claim)).then(|| self.why(|most| !open(most)))
    }

    /// Why a permission may not be given; `None` if it may.
    #[must_use]
    pub fn closes_permission(self, permission: Permission, profiles: &Profiles) -> Option<Closed> {
        let open = |most| profiles.permissions(most).contains(permission);
        (!self.permissions(profiles).contains(permission)).then(|| self.why(|most| !open(most)))
    }

    /// Who is at fault: the client, if it would be so for anybody.
    fn why(self, closed_by: impl Fn(TierChoice) -> bool) -> Closed {
        match (self.most, self.minor_until) {
            (Some(most), _) if closed_by(most) => Closed::Unvetted,
            (_, Some(until)) => Closed::Minor(until),
            (_, None) if self.recovery => Closed::Recovery,
            (_, None) => Closed::Unvetted,
        }
    }

    /// The tier whose profile bounds what is released, if one does.
    fn bound(self) -> Option<TierChoice> {
        let bounds = self.most.is_some() || self.minor_until.is_some() || self.recovery;
        bounds.then(|| self.highest())
    }

    /// The claims that may be released, by their places in the consumer's profiles.
    #[must_use]
    pub fn claims(self, profiles: &Profiles) -> EnumSet<Claim> {
        self.bound()
            .map_or(EnumSet::all(), |most| profiles.claims(most))
    }

    /// The permissions that may be given. A minor is not contacted, wherever the
    /// channels are placed.
    pub(in crate::domain) fn permissions(self, profiles: &Profiles) -> EnumSet<Permission> {
        let permissions = self
            .bound()
            .map_or(EnumSet::all(), |most| profiles.permissions(most));
        match self.minor_until {
            Some(_) => permissions & Permission::processing(),
            None => permissions,
        }
    }

    /// Whether terms that were agreed before are below it still. At the ceiling
    /// itself, an item that was added to the tier is above it.
    #[must_use]
    pub fn covers(self, terms: &Terms) -> bool {
        let below = self.bound() != Some(terms.tier);
        let contacts = || {
            let mut purposes = terms.purposes.iter();
            purposes.any(|purpose| purpose.permissions.iter().any(Permission::is_contact))
        };
        self.allows(terms.tier)
            && (below || terms.added.is_empty())
            && (self.minor_until.is_none() || !contacts())
    }
}

impl Terms {
    /// What is left of them under a ceiling that came after them. What rested on
    /// permissions of which none is left goes, unless it is required.
    #[must_use]
    pub fn below(&self, ceiling: Ceiling, profiles: &Profiles, plan: &Plan) -> Self {
        let (claims, permissions) = (ceiling.claims(profiles), ceiling.permissions(profiles));
        let mut below = self.clone();
        below.tier = self.tier.min(ceiling.highest());
        below.added &= claims;
        for purpose in &mut below.purposes {
            purpose.claims &= claims;
            purpose.permissions &= permissions;
            if purpose.claims.is_empty() && purpose.permissions.is_empty() {
                purpose.until = None;
            }
        }
        below.still_permitted(plan)
    }
}
