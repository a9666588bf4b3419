//! Terms: what came of a negotiation, and what may be released under it.

use std::collections::BTreeSet;
use std::time::Duration;

use enumset::EnumSet;
use serde::{Deserialize, Serialize};

use super::super::claim::Claim;
use super::super::permission::Permission;
use super::super::plan::{Ask, Grown, Plan, PurposeId, TierOffer};
use super::super::retention::{CountsFrom, Retention};
use super::super::tier::TierChoice;
use super::super::time::Timestamp;
use super::Choice;

/// How long before the end its owner is warned, at most.
const WARNING: Duration = Duration::from_hours(7 * 24);

/// How far two ends of one period may be apart: of `P1M` and `P30D`, the month
/// says which is the shorter.
const SAME_END: Duration = Duration::from_hours(4 * 24);

/// What two parties agreed: the content of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The profile that was chosen.
    pub tier: TierChoice,
    /// The purposes that were agreed, in the order of the plan.
    pub purposes: Vec<AgreedPurpose>,
    /// When retention began to run.
    pub since: Timestamp,
    /// What the consumer limited the retention to.
    pub retention_limit: Option<Retention>,
    /// From when on retention counts.
    #[serde(default, skip_serializing_if = "CountsFrom::is_consent")]
    pub counts_from: CountsFrom,
    /// Claims of the tier that were kept back.
    #[serde(default)]
    pub withheld: EnumSet<Claim>,
    /// Claims outside the tier that were added for this business.
    #[serde(default)]
    pub added: EnumSet<Claim>,
    /// Whether the business may read while the consumer is away
    /// (`offline_access`).
    #[serde(default)]
    pub offline: bool,
    /// Claims that a client without a plan asked for one by one, whether or
    /// not they were given: they are asked for once.
    #[serde(default, skip_serializing_if = "EnumSet::is_empty")]
    pub asked: EnumSet<Claim>,
    /// Purposes that a request named one by one, whether or not they were
    /// given: they are asked for once.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub named: BTreeSet<PurposeId>,
}

/// One purpose as agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedPurpose {
    /// Its id in the plan.
    pub id: PurposeId,
    /// What is released under it.
    pub claims: EnumSet<Claim>,
    /// What may be done, and through which channels.
    pub permissions: EnumSet<Permission>,
    /// How long.
    pub retention: Retention,
    /// When the retention ends. `None` when nothing is held that could be kept.
    pub until: Option<Timestamp>,
}

impl AgreedPurpose {
    /// Whether it is in force at `now`.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

impl Terms {
    /// Everything that is released under these terms at `now`: the claims of
    /// purposes whose retention has not ended.
    #[must_use]
    pub fn claims(&self, now: Timestamp) -> EnumSet<Claim> {
        self.purposes
            .iter()
            .filter(|purpose| purpose.is_live(now))
            .fold(EnumSet::empty(), |all, purpose| all | purpose.claims)
    }

    /// What of [`Terms::claims`] the plan still names, purpose by purpose and
    /// for as long as it still wants it: a plan that became narrower or shorter
    /// narrows its grants at once, and a wider one adds nothing.
    #[must_use]
    pub fn claims_within(&self, plan: &Plan, now: Timestamp) -> EnumSet<Claim> {
        self.releasing_within(plan, now)
            .fold(EnumSet::empty(), |all, (_, claims)| all | claims)
    }

    /// What each purpose releases of that.
    pub fn releasing_within<'a>(
        &'a self,
        plan: &'a Plan,
        now: Timestamp,
    ) -> impl Iterator<Item = (&'a PurposeId, EnumSet<Claim>)> {
        self.purposes
            .iter()
            .filter(move |agreed| agreed.is_live(now))
            .filter_map(|agreed| Some((agreed, plan.purpose(&agreed.id)?)))
            .filter(move |(_, purpose)| now < purpose.retention.end(self.since))
            .map(|(agreed, purpose)| (&agreed.id, agreed.claims & purpose.all_claims()))
    }

    /// What is left of them under a plan that asks for less. It is what
    /// [`Terms::claims_within`] releases under that plan, written down.
    #[must_use]
    pub fn narrowed_to(&self, plan: &Plan) -> Self {
        let narrowed = self.purposes.iter().filter_map(|agreed| {
            let purpose = plan.purpose(&agreed.id)?;
            let claims = agreed.claims & purpose.all_claims();
            let permissions = agreed.permissions & purpose.permissions;
            let retention = agreed.retention.shorter(purpose.retention, self.since);
            let holds_something = !claims.is_empty() || !permissions.is_empty();
            let end = retention.end(self.since);
            Some(AgreedPurpose {
                id: agreed.id.clone(),
                claims,
                permissions,
                retention,
                until: agreed
                    .until
                    .filter(|_| holds_something)
                    .map(|until| until.min(end)),
            })
        });
        Self {
            purposes: narrowed.collect(),
            // A plan that asks for them again later must ask anew.
            added: self.added & plan.used_claims(),
            named: self
                .named
                .iter()
                .filter(|id| plan.purpose(id).is_some())
                .cloned()
                .collect(),
            ..self.clone()
        }
    }

    /// What an edition of a plan asks of whoever agreed to these terms under an
    /// older one. What they refused is not asked again because there is more of
    /// it now.
    #[must_use]
    pub fn asked_anew<'a>(&self, older: &'a Plan, newer: &'a Plan) -> Vec<Grown<'a>> {
        let grown = newer.beyond(older).into_iter();
        grown
            .filter_map(|mut grown| {
                match self.purpose(&grown.after.id) {
                    None => grown.asks &= Ask::Purpose | Ask::Required,
                    Some(agreed) => {
                        grown.asks.remove(Ask::Required);
                        if grown.needed().is_subset(agreed.claims) {
                            grown.asks.remove(Ask::Needed);
                        }
                        // Something else made it shorter, and still would.
                        let wanted = grown.before.map(|before| before.retention.end(self.since));
                        if wanted.is_some_and(|end| agreed.retention.end(self.since) < end) {
                            grown.asks.remove(Ask::Retention);
                        }
                    }
                }
                Some(grown).filter(|grown| !grown.asks.is_empty())
            })
            .collect()
    }

    /// Whether another edition of a plan has to be put to whoever agreed to these
    /// terms under an older one: it asks beyond that, or gives something else in
    /// return for their profile.
    #[must_use]
    pub fn is_asked_anew(&self, older: &Plan, newer: &Plan) -> bool {
        !self.asked_anew(older, newer).is_empty() || self.offered(older) != self.offered(newer)
    }

    /// What a plan offers for the profile that was chosen.
    #[must_use]
    pub fn offered<'a>(&self, plan: &'a Plan) -> Vec<&'a TierOffer> {
        let offers = plan.tier_offers().iter();
        offers
            .filter(|offered| TierChoice::Tier(offered.tier) <= self.tier)
            .collect()
    }

    /// Everything that was agreed, whether or not its retention has ended.
    #[must_use]
    pub fn all_claims(&self) -> EnumSet<Claim> {
        self.purposes
            .iter()
            .fold(EnumSet::empty(), |all, purpose| all | purpose.claims)
    }

    /// Everything that was permitted, for whatever purpose.
    #[must_use]
    pub fn permissions(&self) -> EnumSet<Permission> {
        self.purposes
            .iter()
            .fold(EnumSet::empty(), |all, purpose| all | purpose.permissions)
    }

    /// When the last purpose that holds anything ends; `None` when nothing is
    /// held.
    #[must_use]
    pub fn expires_at(&self) -> Option<Timestamp> {
        self.purposes
            .iter()
            .filter_map(|purpose| purpose.until)
            .max()
    }

    /// When the consumer is warned that all of it ends: a week before, or when
    /// three quarters of a shorter time are over.
    #[must_use]
    pub fn warn_at(&self) -> Option<Timestamp> {
        let end = self.expires_at()?;
        Some(end.minus(WARNING.min(end.since(self.since) / 4)))
    }

    /// When the next purpose runs out, while another goes on; `None` when all
    /// end at once.
    #[must_use]
    pub fn lapses_at(&self) -> Option<Timestamp> {
        let ends = self.purposes.iter().filter_map(|purpose| purpose.until);
        ends.min().filter(|first| Some(*first) < self.expires_at())
    }

    /// What is left of them at `now`: without the purposes that have run out. It
    /// is what [`Terms::claims`] releases, written down.
    #[must_use]
    pub fn left_at(&self, now: Timestamp) -> Self {
        let mut left = self.clone();
        left.purposes.retain(|purpose| purpose.is_live(now));
        left
    }

    /// The same terms, for as long again from `now` on.
    #[must_use]
    pub fn renewed(&self, now: Timestamp) -> Self {
        let mut renewed = self.clone();
        renewed.since = now;
        for purpose in &mut renewed.purposes {
            purpose.until = purpose.until.map(|_| purpose.retention.end(now));
        }
        renewed
    }

    /// What a login at `now` makes of them: where retention counts from the last
    /// one, it begins anew, but for purposes that have run out since. `None` when
    /// nothing moves; a clock that lags takes no time away.
    #[must_use]
    pub fn at_login(&self, now: Timestamp) -> Option<Self> {
        let moves = self.counts_from == CountsFrom::LastLogin && now > self.since;
        moves
            .then(|| self.left_at(now).renewed(now))
            .filter(|moved| moved.expires_at() > self.expires_at())
    }

    /// Whether these are terms that were agreed before, for as long again: the
    /// same purposes, claims and permissions, of the same tier.
    #[must_use]
    pub fn renew(&self, before: &Self) -> bool {
        let same_end = |one: Option<Timestamp>, other: Option<Timestamp>| match (one, other) {
            (Some(one), Some(other)) => one.since(other).max(other.since(one)) < SAME_END,
            (one, other) => one == other,
        };
        let again = before.renewed(self.since);
        self.purposes.len() == again.purposes.len()
            && self.purposes.iter().zip(&again.purposes).all(|(new, old)| {
                (&new.id, new.claims, new.permissions) == (&old.id, old.claims, old.permissions)
                    && same_end(new.until, old.until)
            })
            && Self {
                purposes: Vec::new(),
                ..self.clone()
            } == Self {
                purposes: Vec::new(),
                ..again
            }
    }

    /// Whether a plan asks for all of it, if it were agreed at `now`: for each
    /// purpose, no less, and for no shorter time.
    #[must_use]
    pub fn are_asked_by(&self, plan: &Plan, now: Timestamp) -> bool {
        self.purposes.iter().all(|agreed| {
            plan.purpose(&agreed.id).is_some_and(|purpose| {
                agreed.claims.is_subset(purpose.all_claims())
                    && agreed.permissions.is_subset(purpose.permissions)
                    && agreed.retention.end(now) <= purpose.retention.end(now)
            })
        })
    }

    /// One agreed purpose by its id.
    #[must_use]
    pub fn purpose(&self, id: &PurposeId) -> Option<&AgreedPurpose> {
        self.purposes.iter().find(|purpose| purpose.id == *id)
    }

    /// Whether these terms give anything that `other` does not: a claim, a
    /// purpose, a permission, time (also by counting it anew from each login), or
    /// reading while away. What widens needs an act of the consumer; what does
    /// not, may happen at once.
    #[must_use]
    pub fn is_wider_than(&self, other: &Self) -> bool {
        (self.offline && !other.offline)
            || self.counts_anew_unlike(other)
            || self.purposes.iter().any(|purpose| {
                other.purpose(&purpose.id).is_none_or(|old| {
                    !purpose.claims.is_subset(old.claims)
                        || !purpose.permissions.is_subset(old.permissions)
                        || ends_later(purpose.until, old.until)
                })
            })
    }

    /// Whether logins give it time that they did not give `other`.
    fn counts_anew_unlike(&self, other: &Self) -> bool {
        let anew = |terms: &Self| terms.counts_from == CountsFrom::LastLogin;
        anew(self) && !anew(other) && self.expires_at().is_some()
    }

    /// The choice that led here, to start from when terms are changed or a
    /// plan has moved on.
    #[must_use]
    pub fn choice(&self) -> Choice {
        Choice {
            tier: self.tier,
            purposes: self
                .purposes
                .iter()
                .map(|purpose| purpose.id.clone())
                .collect(),
            permissions: self
                .purposes
                .iter()
                .map(|purpose| (purpose.id.clone(), purpose.permissions))
                .collect(),
            withheld: self.withheld,
            added: self.added,
            retention: self.retention_limit,
            counts_from: self.counts_from,
        }
    }
}

fn ends_later(new: Option<Timestamp>, old: Option<Timestamp>) -> bool {
    match (new, old) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(new), Some(old)) => new > old,
    }
}
