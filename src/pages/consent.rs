//! `/consent/{id}`: the heart. Who asks, what for, and what the consumer lets
//! through: nothing, or the profile of a tier, item by item if they like.
//!
//! # The form
//! Posted to [`ConsentPage::action`]; fields by name:
//! - `csrf`, `terms` (the hash of what was on the screen), `plan` (that of the
//!   plan alone);
//! - `tier`: `anonymous`, `low`, `medium`, `high`;
//! - `claim-{claim}` = `on`: withhold a claim that the tier would release, or
//!   add one, for this business only, that it lacks;
//! - the switches, each with its id as its name, = `on`;
//! - `counts_from`: `consent`, or `last_login` to have it count anew from each;
//! - `retention`: empty for the longest that profile and business allow, or
//!   an ISO 8601 period;
//! - `answer`: `allow` or `deny`, by the button pressed; or `show`, which shows
//!   the page for what is chosen so far, and answers nothing.
//!
//! # House rules
//! At a business with which there is no agreement, the consumer's house rules
//! fill the form in. When they answer all of it, the page is [`FilledInPage`],
//! which carries the same fields; `?rules=change` shows the form itself.

mod assembly;
mod exchange;
mod filled_in;
mod panel;
mod purpose;
mod returns;
mod ticks;
mod widening;

use std::borrow::Borrow;

use askama::Template;

use crate::domain::business::BusinessDocument;
use crate::domain::negotiation::Missing;
use crate::domain::retention::{CountsFrom, Retention};
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::pages::rules::RulesOutcome;
use crate::web::page::{Asker, Shell};

#[cfg(test)]
pub(super) use assembly::Assembly;
pub(super) use assembly::{own_value, own_values};
pub use exchange::{show, submit};
pub use filled_in::FilledInPage;
pub use panel::{AskedClaim, OwnValue, TierPanel, Unmet};
pub use purpose::{AskedPurpose, Switch};
pub(super) use returns::returns;
pub use returns::{PurposeOffer, Return};
#[cfg(test)]
pub(super) use ticks::Ticks;

/// The page that asks.
#[derive(Clone, Template)]
#[template(path = "consent.html")]
pub struct ConsentPage {
    /// Around it.
    pub shell: Shell,
    /// Where the form goes: `/consent/{id}`.
    pub action: String,
    /// Hash of what this page shows; comes back as `terms`.
    pub terms: String,
    /// Hash of the plan that it asks about; comes back as `plan`.
    pub plan: String,
    /// Whether the page was asked anew because the question had changed since
    /// the consumer looked (the posted `terms` did not fit).
    pub changed: bool,
    /// What is wrong with the answer that was given.
    pub problems: Vec<Problem>,
    /// Who asks.
    pub asker: Asker,
    /// What the business says of itself.
    pub about: Option<BusinessDocument>,
    /// The most that may be chosen, when nobody vouches for the business.
    pub most: Option<TierChoice>,
    /// Whether the business wants to read while the consumer is away.
    pub offline: bool,
    /// Since when there is an agreement that ends with a yes, for the business
    /// asks for another (Grant Management's `create`).
    pub replaces: Option<Timestamp>,
    /// What was agreed before, beside what is asked now, when that is wider.
    pub widening: Option<Widening>,
    /// Whether a no keeps to what was agreed before, and still logs in.
    pub keeps: bool,
    /// The four choices, in order.
    pub tiers: Vec<TierPanel>,
    /// Every claim that the plan names, in the order of the catalogue.
    pub claims: Vec<AskedClaim>,
    /// Every purpose, in the order of the plan, those first that differ from what
    /// was agreed; without purposes the business
    /// asks for nothing at all.
    pub purposes: Vec<AskedPurpose>,
    /// The shorter retentions on offer.
    pub retention: RetentionChoice,
    /// What the consumer's house rules have filled in.
    pub rules: Option<RulesOutcome>,
}

impl ConsentPage {
    /// What the page asks.
    #[must_use]
    pub fn title(&self) -> String {
        if self.widening.is_some() {
            t!(
                self.shell,
                "consent-title-more",
                business = self.asker.name()
            )
        } else {
            t!(self.shell, "consent-title", business = self.asker.name())
        }
    }

    /// The purposes that are as they were agreed, where others are not.
    #[must_use]
    pub fn unchanged(&self) -> Vec<&AskedPurpose> {
        self.purposes.iter().filter(|it| !it.differs).collect()
    }

    /// Whether there is anything wrong that the parts of the form which are as
    /// they were agreed may have to mend.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.keeps || self.changed || !self.problems.is_empty() || self.lacks_something()
    }

    /// Whether the chosen profile lacks something.
    fn lacks_something(&self) -> bool {
        let chosen = self.tiers.iter().find(|tier| tier.chosen);
        chosen.is_none_or(|tier| !tier.unmet.is_empty())
    }

    /// Where the consumer fills in a claim; that page comes back here.
    #[must_use]
    pub fn fill(&self, claim: impl std::fmt::Display) -> String {
        format!("/account/profiles/{claim}?return={}", self.action)
    }
}

/// What is wrong with an answer.
#[derive(Clone)]
pub enum Problem {
    /// No tier was chosen.
    NoTier,
    /// The tier is not available to a business that nobody vouches for.
    TooHigh,
    /// A purpose lacks something.
    Unmet {
        /// Which, and what.
        unmet: Unmet,
        /// The lowest tier with which it would work, if that is another one.
        next: Option<Tier>,
    },
    /// The retention is not one of those on offer.
    Retention,
}

/// The select for how long.
#[derive(Clone)]
pub struct RetentionChoice {
    /// Shorter periods, longest first.
    pub shorter: Vec<Retention>,
    /// The one that the consumer chose on this page before.
    pub chosen: Option<Retention>,
    /// From when on it counts: from the agreement, unless the consumer chose
    /// otherwise.
    pub counts_from: CountsFrom,
    /// Whether it is as the consumer's house rules have it.
    pub by_rules: bool,
}

impl RetentionChoice {
    /// Whether the consumer chose this one.
    #[must_use]
    pub fn is_chosen(&self, period: &Retention) -> bool {
        self.chosen == Some(*period)
    }

    /// Whether the consumer chose this start. Where nobody chose, the first
    /// stands, and is not marked.
    #[must_use]
    pub fn is_from(&self, from: impl Borrow<CountsFrom>) -> bool {
        let from = *from.borrow();
        !from.is_consent() && self.counts_from == from
    }

    /// From when on it may count.
    #[must_use]
    pub fn starts(&self) -> [CountsFrom; 2] {
        CountsFrom::ALL
    }
}

/// What was agreed before, and what is asked now.
#[derive(Clone)]
pub struct Widening {
    /// Since when the grant is as it is.
    pub since: Timestamp,
    /// What differs.
    pub differences: Vec<Difference>,
}

/// One line of the comparison.
#[derive(Clone)]
pub struct Difference {
    /// The title of the purpose, where it is about one.
    pub purpose: Option<String>,
    /// What it is about.
    pub subject: Subject,
    /// In words, as agreed; `None` if there was none of it.
    pub before: Option<String>,
    /// In words, as asked; `None` if there would be none of it.
    pub after: Option<String>,
}

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The tier.
    Tier,
    /// The claims.
    Claims,
    /// The purposes.
    Purposes,
    /// A purpose that is new.
    NewPurpose,
    /// A purpose that could be refused, and cannot any more.
    NowRequired,
    /// The words in which a purpose is told.
    Words,
    /// The legal basis.
    Basis,
    /// The permissions and channels.
    Permissions,
    /// How long.
    Retention,
    /// Who else gets it.
    Recipients,
    /// In which countries it is kept.
    Storage,
    /// How soon it is gone once the agreement is over.
    Deletion,
    /// What people get in return.
    Offer,
}

impl Subject {
    /// In words.
    #[must_use]
    pub fn label(self, texts: Texts) -> String {
        match self {
            Self::Tier => t!(texts, "subject-tier"),
            Self::Claims => t!(texts, "subject-claims"),
            Self::Purposes => t!(texts, "subject-purposes"),
            Self::NewPurpose => t!(texts, "subject-new-purpose"),
            Self::NowRequired => t!(texts, "subject-now-required"),
            Self::Words => t!(texts, "subject-words"),
            Self::Basis => t!(texts, "subject-basis"),
            Self::Permissions => t!(texts, "subject-permissions"),
            Self::Retention => t!(texts, "subject-retention"),
            Self::Recipients => t!(texts, "subject-recipients"),
            Self::Storage => t!(texts, "subject-storage"),
            Self::Deletion => t!(texts, "subject-deletion"),
            Self::Offer => t!(texts, "subject-offer"),
        }
    }
}

/// The page for a question that has been answered: from another tab, or by a
/// second press of the button.
#[derive(Clone, Template)]
#[template(path = "answered.html")]
pub struct AnsweredPage {
    /// Around it.
    pub shell: Shell,
    /// Who asked.
    pub asker: Asker,
    /// The grant's page, when the answer was yes.
    pub manage: Option<String>,
}
