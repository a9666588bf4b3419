//! What a rule says to a plan: what it turns on, and what it leaves to ask.

use std::collections::{BTreeMap, BTreeSet};

use enumset::EnumSet;

use super::super::business::BusinessSector;
use super::super::claim::Claim;
use super::super::negotiation::{Ceiling, Choice, Outcome, Terms, Unmet, negotiate};
use super::super::permission::Permission;
use super::super::plan::{Plan, Purpose, PurposeId};
use super::super::profile::Profiles;
use super::super::retention::Retention;
use super::super::tier::TierChoice;
use super::super::time::Timestamp;
use super::{Keeping, Rule, Standing};

/// What a business asks, and of whom.
#[derive(Clone, Copy, Debug)]
pub struct Asks<'a> {
    /// Its plan.
    pub plan: &'a Plan,
    /// The highest tier that it asks for.
    pub highest: TierChoice,
    /// The most that it may be granted.
    pub ceiling: Ceiling,
    /// The consumer's profiles.
    pub profiles: &'a Profiles,
    /// The claims for which the account has a value.
    pub held: EnumSet<Claim>,
    /// When retention would start to run.
    pub now: Timestamp,
}

impl Asks<'_> {
    pub(super) fn outcome(&self, choice: &Choice) -> Outcome {
        negotiate(
            self.plan,
            self.profiles,
            self.held,
            self.ceiling,
            choice,
            self.now,
        )
    }
}

/// A question of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// With which profile.
    Tier,
    /// For how long.
    Retention,
    /// Whether an optional purpose that asks no permission may be.
    Purpose(PurposeId),
    /// Whether a permission of a purpose is given.
    Permission(PurposeId, Permission),
}

impl Question {
    /// The purpose that it is about, if it is about one.
    #[must_use]
    pub const fn purpose(&self) -> Option<&PurposeId> {
        match self {
            Self::Tier | Self::Retention => None,
            Self::Purpose(id) | Self::Permission(id, _) => Some(id),
        }
    }
}

/// What the rules say to a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answers {
    /// For which kind of business the rule was made.
    pub rule: BusinessSector,
    /// What they answer, with everything else off; `None` when they do not
    /// say with which profile.
    pub choice: Option<Choice>,
    /// The purposes that they turn on.
    pub purposes: BTreeSet<PurposeId>,
    /// The permissions that they turn on.
    pub permissions: BTreeMap<PurposeId, EnumSet<Permission>>,
    /// The limit that they put on retention, if they put one.
    pub limit: Option<Retention>,
    /// The permissions that they refuse, wherever they are asked.
    pub refused: EnumSet<Permission>,
    /// What is left to ask: profile and retention, then in the order of the plan.
    pub open: Vec<Question>,
    /// Purposes that they would have on, that can be refused, and that lack
    /// something: they are off.
    pub forgone: Vec<Unmet>,
    /// Purposes that login does not do without and that lack something.
    pub blocked: Vec<Unmet>,
    terms: Option<Terms>,
}

impl Answers {
    /// The choice that the rules make, when they answer every question and
    /// what they say can be agreed.
    #[must_use]
    pub fn in_full(&self) -> Option<&Choice> {
        self.choice
            .as_ref()
            .filter(|_| self.terms.is_some() && self.open.is_empty())
    }

    /// The profile that they name.
    #[must_use]
    pub fn tier(&self) -> Option<TierChoice> {
        self.choice.as_ref().map(|choice| choice.tier)
    }

    /// Whether they turn a purpose on, or a permission of it.
    #[must_use]
    pub fn turn_on(&self, id: &PurposeId, permission: Option<Permission>) -> bool {
        match permission {
            None => self.purposes.contains(id),
            Some(permission) => self
                .permissions
                .get(id)
                .is_some_and(|given| given.contains(permission)),
        }
    }

    /// Whether they settle, be it with a no, a purpose or a permission of it.
    /// What hangs on something that they leave to ask is not settled.
    #[must_use]
    pub fn settle(&self, id: &PurposeId, permission: Option<Permission>) -> bool {
        self.turn_on(id, permission)
            || permission.is_some_and(|permission| self.refused.contains(permission))
            || !self.leave_open(id)
    }

    /// What would be agreed if all that is left open stayed off.
    #[must_use]
    pub const fn terms(&self) -> Option<&Terms> {
        self.terms.as_ref()
    }

    /// Whether a purpose has a switch that they leave to the consumer.
    #[must_use]
    pub fn leave_open(&self, id: &PurposeId) -> bool {
        self.open
            .iter()
            .any(|question| question.purpose() == Some(id))
    }
}

impl Rule {
    pub(super) fn answer(&self, kind: BusinessSector, asks: &Asks<'_>) -> Answers {
        // Where a business asks for less than the rule would give, it gets
        // that. Above the ceiling the rule has nothing to say: the profile
        // that it names is not to be had.
        let tier = self
            .tier
            .map(|tier| tier.min(asks.highest))
            .filter(|tier| asks.ceiling.allows(*tier));
        let mut answers = Answers {
            rule: kind,
            choice: None,
            purposes: BTreeSet::new(),
            permissions: BTreeMap::new(),
            limit: self.retention.and_then(Keeping::limit),
            refused: self.answered(Standing::No),
            open: Vec::new(),
            forgone: Vec::new(),
            blocked: Vec::new(),
            terms: None,
        };
        for purpose in asks.plan.purposes() {
            self.turn(purpose, &mut answers);
        }
        if let Some(tier) = tier {
            answers.choose(tier, asks);
        }
        let terms = answers.terms.as_ref();
        let keeps = terms.is_none_or(|terms| terms.expires_at().is_some());
        if self.retention.is_none() && keeps {
            answers.open.insert(0, Question::Retention);
        }
        if tier.is_none() {
            answers.open.insert(0, Question::Tier);
        }
        answers
    }

    /// Turns on what it names with a yes in a purpose, and notes what it does
    /// not name.
    fn turn(&self, purpose: &Purpose, answers: &mut Answers) {
        let (yes, no) = (self.answered(Standing::Yes), self.answered(Standing::No));
        let id = &purpose.id;
        let asked = purpose.permissions;
        if asked.is_empty() {
            if !purpose.required && !self.refuses_the_rest {
                answers.open.push(Question::Purpose(id.clone()));
            }
            return;
        }
        let unnamed = asked - yes - no;
        let open = |of: EnumSet<Permission>| {
            of.iter()
                .map(|permission| Question::Permission(id.clone(), permission))
        };
        if purpose.required {
            answers.open.extend(open(unnamed));
            if !(asked & yes).is_empty() {
                answers.permissions.insert(id.clone(), asked & yes);
            }
            return;
        }
        // What an optional purpose does with data it cannot do by halves: one
        // no, and it is off.
        let processing = asked & Permission::processing();
        if !(processing & no).is_empty() {
            return;
        }
        answers.open.extend(open(unnamed));
        // Channels are each by themselves.
        let given = asked & yes;
        if (processing & unnamed).is_empty() && !given.is_empty() {
            answers.purposes.insert(id.clone());
            answers.permissions.insert(id.clone(), given);
        }
    }
}

impl Answers {
    /// Makes the choice with a tier, without what can be refused and lacks
    /// something there.
    fn choose(&mut self, tier: TierChoice, asks: &Asks<'_>) {
        let reachable = asks.profiles.permissions(tier) & asks.ceiling.permissions(asks.profiles);
        for purpose in asks.plan.purposes() {
            let Some(given) = self.permissions.get_mut(&purpose.id) else {
                continue;
            };
            if purpose.required {
                // Its permissions are no condition of it.
                *given &= reachable;
            } else if !(*given & reachable).is_empty() {
                // A channel that the profile does not have is no reason to do
                // without another.
                *given &= reachable | Permission::processing();
            }
        }
        let mut choice = Choice {
            purposes: self.purposes.clone(),
            permissions: self.permissions.clone(),
            retention: self.limit,
            ..Choice::of(tier)
        };
        if let Outcome::Unmet(unmet) = asks.outcome(&choice) {
            for unmet in unmet {
                if unmet.required {
                    continue;
                }
                choice.purposes.remove(&unmet.purpose);
                choice.permissions.remove(&unmet.purpose);
                self.forgone.push(unmet);
            }
        }
        match asks.outcome(&choice) {
            Outcome::Agreed(terms) => self.terms = Some(terms),
            Outcome::Unmet(unmet) => self.blocked = unmet,
            Outcome::TooHigh => return,
        }
        self.purposes.clone_from(&choice.purposes);
        self.permissions.clone_from(&choice.permissions);
        self.choice = Some(choice);
    }
}
