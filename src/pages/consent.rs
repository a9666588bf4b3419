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
//! - `retention`: empty for the longest that profile and business allow, or
//!   an ISO 8601 period;
//! - `answer`: `allow` or `deny`, by the button pressed.

mod assembly;
mod exchange;
mod ticks;

use std::collections::BTreeSet;

use askama::Template;

use crate::domain::claim::Claim;
use crate::domain::negotiation::{self, Missing};
use crate::domain::permission::Permission;
use crate::domain::plan::{LegalBasis, Plan, Purpose, PurposeId, Recipient};
use crate::domain::profile::{Placement, Profiles};
use crate::domain::retention::Retention;
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::web::page::{Asker, Shell};

pub(super) use assembly::own_value;
pub use exchange::{show, submit};

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
    /// What was agreed before, beside what is asked now, when that is wider.
    pub widening: Option<Widening>,
    /// The four choices, in order.
    pub tiers: Vec<TierPanel>,
    /// Every claim that the plan names, in the order of the catalogue.
    pub claims: Vec<AskedClaim>,
    /// Every purpose, in the order of the plan; without purposes the business
    /// asks for nothing at all.
    pub purposes: Vec<AskedPurpose>,
    /// The shorter retentions on offer.
    pub retention: RetentionChoice,
}

impl ConsentPage {
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

/// What happens with a choice.
#[derive(Clone)]
pub struct TierPanel {
    /// Which.
    pub choice: TierChoice,
    /// Whether the consumer chose it: on this page before, or in the grant
    /// that is being changed. Never otherwise.
    pub chosen: bool,
    /// What would be released, with the consumer's own values.
    pub values: Vec<OwnValue>,
    /// What this choice cannot meet as it stands.
    pub unmet: Vec<Unmet>,
    /// How long the business may keep it at most; `None` where there is
    /// nothing to keep.
    pub retention: Option<Retention>,
    /// The lowest higher tier that meets every required purpose.
    pub next: Option<Tier>,
}

impl TierPanel {
    /// The values on one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let values: Vec<String> = self
            .values
            .iter()
            .map(|own| own.value.replace('\n', ", "))
            .collect();
        values.join(" · ")
    }
}

/// A claim and what the consumer's own value of it is.
#[derive(Clone)]
pub struct OwnValue {
    /// The claim.
    pub claim: Claim,
    /// Its value, as people write it; lines are parted by `\n`.
    pub value: String,
}

/// A purpose that cannot be met: a required one, or one that was switched on.
#[derive(Clone)]
pub struct Unmet {
    /// Which.
    pub id: PurposeId,
    /// Its title.
    pub title: String,
    /// Whether the login stops without it.
    pub required: bool,
    /// What is missing. Never empty.
    pub missing: Vec<Missing>,
}

impl Unmet {
    /// What a negotiation found, with the title of the purpose in the plan.
    #[must_use]
    pub fn new(unmet: &negotiation::Unmet, plan: &Plan, texts: Texts) -> Self {
        let title = plan
            .purpose(&unmet.purpose)
            .map_or_else(String::new, |purpose| {
                purpose.title.get(texts.language()).to_owned()
            });
        Self {
            id: unmet.purpose.clone(),
            title,
            required: unmet.required,
            missing: unmet.missing.clone(),
        }
    }

    /// The claims that it lacks.
    #[must_use]
    pub fn claims(&self) -> Vec<Claim> {
        self.missing.iter().filter_map(claim_of).collect()
    }
}

fn claim_of(missing: &Missing) -> Option<Claim> {
    match missing {
        Missing::NotInTier { claim, .. }
        | Missing::NotFilledIn { claim }
        | Missing::Withheld { claim } => Some(*claim),
        Missing::PermissionNotInTier { .. } | Missing::NoPermissionChosen => None,
    }
}

/// A claim that the plan names, and what the consumer may do with it.
#[derive(Clone)]
pub struct AskedClaim {
    /// Which.
    pub claim: Claim,
    /// The consumer's own value; `None` when the account has none.
    pub value: Option<String>,
    /// From which tier the consumer's profiles have it.
    pub placement: Placement,
    /// Titles of the purposes that it serves.
    pub purposes: Vec<String>,
    /// Whether a required purpose cannot do without it.
    pub needed: bool,
    /// Whether the consumer ticked it on this page before.
    pub ticked: bool,
}

/// A purpose, as the page tells it.
#[derive(Clone)]
pub struct AskedPurpose {
    /// Its id in the plan.
    pub id: PurposeId,
    /// A few words.
    pub title: String,
    /// Why.
    pub text: String,
    /// On what ground.
    pub basis: LegalBasis,
    /// Whether login fails without it.
    pub required: bool,
    /// What the consumer gets in return.
    pub offer: Option<String>,
    /// The claims that it needs.
    pub claims: Vec<Claim>,
    /// The claims that help and never block.
    pub voluntary: Vec<Claim>,
    /// Who else gets the data.
    pub recipients: Vec<Recipient>,
    /// Countries (ISO 3166-1 alpha-2) where the data are kept.
    pub storage: Vec<String>,
    /// How long the business wants to keep the data.
    pub retention: Retention,
    /// Its switches; none for a required purpose that asks no permission.
    pub switches: Vec<Switch>,
}

impl AskedPurpose {
    /// A purpose of a plan, in the language of the page. `on` holds the names
    /// of the switches that the consumer turned on.
    #[must_use]
    pub fn new(
        purpose: &Purpose,
        profiles: &Profiles,
        texts: Texts,
        on: &BTreeSet<String>,
    ) -> Self {
        let language = texts.language();
        Self {
            id: purpose.id.clone(),
            title: purpose.title.get(language).to_owned(),
            text: purpose.text.get(language).to_owned(),
            basis: purpose.basis,
            required: purpose.required,
            offer: purpose
                .offer
                .as_ref()
                .map(|offer| offer.get(language).to_owned()),
            claims: purpose.claims.iter().collect(),
            voluntary: purpose.voluntary_claims.iter().collect(),
            recipients: purpose.recipients.clone(),
            storage: purpose.storage.clone(),
            retention: purpose.retention,
            switches: Switch::of(purpose, profiles, on),
        }
    }

    /// Everyone else who gets the data, with their countries, in words.
    #[must_use]
    pub fn recipients(&self, texts: Texts) -> String {
        let words: Vec<String> = self
            .recipients
            .iter()
            .map(|recipient| format!("{} ({})", recipient.name, texts.country(&recipient.country)))
            .collect();
        texts.list(&words)
    }

    /// The countries where the data are kept, in words.
    #[must_use]
    pub fn storage(&self, texts: Texts) -> String {
        let words: Vec<String> = self
            .storage
            .iter()
            .map(|country| texts.country(country))
            .collect();
        texts.list(&words)
    }
}

/// A switch: it starts off, and only the consumer turns it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its id, and its name in the form.
    pub id: String,
    /// What it is for; `None` when it is for the purpose as a whole.
    pub permission: Option<Permission>,
    /// From which tier the consumer's profiles allow the permission.
    pub placement: Option<Placement>,
    /// Whether the consumer turned it on.
    pub on: bool,
}

impl Switch {
    /// The switches of a purpose. An optional one has a switch of its own;
    /// that same switch is its one permission's, if it has just one. Several
    /// permissions have a switch each, so that analysis and contact are never
    /// one.
    #[must_use]
    pub fn of(purpose: &Purpose, profiles: &Profiles, on: &BTreeSet<String>) -> Vec<Self> {
        let switch = |id: String, permission: Option<Permission>| Self {
            on: on.contains(&id),
            id,
            permission,
            placement: permission.map(|permission| profiles.permission_placement(permission)),
        };
        let own = |permission: Permission| {
            let kind = if permission.is_contact() {
                "channel"
            } else {
                "permission"
            };
            switch(
                format!("{kind}-{}-{permission}", purpose.id),
                Some(permission),
            )
        };
        let whole = format!("purpose-{}", purpose.id);
        let permissions: Vec<Permission> = purpose.permissions.iter().collect();
        match (purpose.required, permissions.as_slice()) {
            (false, [only]) => vec![switch(whole, Some(*only))],
            (false, several) => std::iter::once(switch(whole, None))
                .chain(several.iter().copied().map(own))
                .collect(),
            (true, several) => several.iter().copied().map(own).collect(),
        }
    }

    /// What stands beside it.
    #[must_use]
    pub fn label(&self, texts: Texts) -> String {
        match self.permission {
            Some(permission) => texts.permission(permission),
            None => t!(texts, "consent-switch-purpose"),
        }
    }
}

/// The select for how long.
#[derive(Clone)]
pub struct RetentionChoice {
    /// Shorter periods, longest first.
    pub shorter: Vec<Retention>,
    /// The one that the consumer chose on this page before.
    pub chosen: Option<Retention>,
}

impl RetentionChoice {
    /// Whether the consumer chose this one.
    #[must_use]
    pub fn is_chosen(&self, period: &Retention) -> bool {
        self.chosen == Some(*period)
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
    /// The permissions and channels.
    Permissions,
    /// How long.
    Retention,
    /// Who else gets it.
    Recipients,
}

impl Subject {
    /// In words.
    #[must_use]
    pub fn label(self, texts: Texts) -> String {
        match self {
            Self::Tier => t!(texts, "subject-tier"),
            Self::Claims => t!(texts, "subject-claims"),
            Self::Purposes => t!(texts, "subject-purposes"),
            Self::Permissions => t!(texts, "subject-permissions"),
            Self::Retention => t!(texts, "subject-retention"),
            Self::Recipients => t!(texts, "subject-recipients"),
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
