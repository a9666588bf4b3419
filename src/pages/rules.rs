//! `/account/rules`: house rules, the consumer's standing answers to
//! businesses that they have no agreement with.

mod outcome;
mod rule;

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::Response;

use super::overview::Done;
use crate::domain::business::BusinessSector;
use crate::domain::house_rules::{HouseRules, Keeping, Rule, Standing};
use crate::domain::permission::Permission;
use crate::domain::profile::{Placement, Profiles};
use crate::domain::tier::TierChoice;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::web::page::{Section, Shell, respond};
use crate::web::visitor::Consumer;

pub use outcome::{PurposeOff, PurposeOn, RulesOutcome};
pub use rule::{RulePage, Tried, show as show_rule, submit as submit_rule};

/// The list of rules.
#[derive(Clone, Template)]
#[template(path = "rules.html")]
pub struct RulesPage {
    /// Around it.
    pub shell: Shell,
    /// What to say about what was just done.
    pub done: Option<Done>,
    /// Until when the consumer is a minor.
    pub minor_until: Option<Timestamp>,
    /// The rules that there are.
    pub rules: Vec<RuleCard>,
    /// The kinds of business that have none of their own.
    pub without: Vec<BusinessSector>,
}

/// A rule at a glance.
#[derive(Clone)]
pub struct RuleCard {
    /// For which kind of business.
    pub sector: BusinessSector,
    /// With which profile, if it says so.
    pub tier: Option<TierChoice>,
    /// For how long, if it says so.
    pub retention: Option<Keeping>,
    /// What it allows.
    pub yes: Vec<Permission>,
    /// What it refuses.
    pub no: Vec<Permission>,
    /// Whether it refuses what it does not name.
    pub refuses_the_rest: bool,
    /// What it allows, and the profile that it names does not have.
    pub beyond: Vec<(Permission, Placement)>,
    /// Whether it says nothing at all.
    pub is_empty: bool,
    unnamed: Vec<Permission>,
}

impl RuleCard {
    fn new(sector: BusinessSector, rule: &Rule, profiles: &Profiles) -> Self {
        let (yes, no) = (rule.answered(Standing::Yes), rule.answered(Standing::No));
        Self {
            sector,
            tier: rule.tier,
            retention: rule.retention,
            yes: yes.iter().collect(),
            no: no.iter().collect(),
            refuses_the_rest: rule.refuses_the_rest,
            beyond: rule
                .beyond_its_tier(profiles)
                .iter()
                .map(|permission| (permission, profiles.permission_placement(permission)))
                .collect(),
            is_empty: *rule == Rule::default(),
            unnamed: (Permission::all() - yes - no).iter().collect(),
        }
    }

    /// What it leaves to ask, in words.
    #[must_use]
    pub fn asks(&self, texts: Texts) -> Vec<String> {
        let mut words = Vec::new();
        words.extend(self.tier.is_none().then(|| t!(texts, "rule-asks-tier")));
        let keeps = self.tier != Some(TierChoice::Anonymous);
        let lasting = self.retention.is_none() && keeps;
        words.extend(lasting.then(|| t!(texts, "rule-asks-retention")));
        words.extend(self.unnamed.iter().map(|unnamed| texts.permission(unnamed)));
        words.extend((!self.refuses_the_rest).then(|| t!(texts, "rule-rest")));
        words
    }

    /// What it allows, in words.
    #[must_use]
    pub fn allows(&self, texts: Texts) -> Vec<String> {
        self.yes.iter().map(|yes| texts.permission(yes)).collect()
    }

    /// What it refuses, in words.
    #[must_use]
    pub fn refuses(&self, texts: Texts) -> Vec<String> {
        let mut words: Vec<String> = self.no.iter().map(|no| texts.permission(no)).collect();
        words.extend(self.refuses_the_rest.then(|| t!(texts, "rule-rest")));
        words
    }
}

/// A rule in a few lines, for where it stands beside another.
pub(super) fn summary(
    sector: BusinessSector,
    rule: &Rule,
    profiles: &Profiles,
    texts: Texts,
) -> String {
    let card = RuleCard::new(sector, rule, profiles);
    let mut lines = Vec::new();
    lines.extend(card.tier.map(|tier| texts.tier_choice(tier)));
    lines.extend(card.retention.map(|keeping| match keeping.limit() {
        Some(limit) => t!(texts, "at-most", period = texts.retention(limit)),
        None => t!(texts, "retention-longest"),
    }));
    let (yes, no) = (card.allows(texts), card.refuses(texts));
    lines.extend((!yes.is_empty()).then(|| t!(texts, "preview-rule-yes", what = texts.list(&yes))));
    lines.extend((!no.is_empty()).then(|| t!(texts, "preview-rule-no", what = texts.list(&no))));
    if lines.is_empty() {
        lines.push(t!(texts, "preview-rule-asks"));
    }
    lines.join("\n")
}

impl RulesPage {
    /// Shows the rules of an account.
    #[must_use]
    pub fn new(shell: Shell, rules: &HouseRules, profiles: &Profiles, done: Option<Done>) -> Self {
        Self {
            shell,
            done,
            minor_until: None,
            rules: rules
                .iter()
                .map(|(sector, rule)| RuleCard::new(sector, rule, profiles))
                .collect(),
            without: BusinessSector::ALL
                .into_iter()
                .filter(|sector| rules.own(*sector).is_none())
                .collect(),
        }
    }
}

/// `GET /account/rules`
pub async fn show(consumer: Consumer, RawQuery(query): RawQuery) -> Response {
    let done = Done::of_query(query.as_deref()).filter(|done| *done == Done::Saved);
    let contents = &consumer.vault.contents;
    let shell = consumer.shell(Some(Section::Rules));
    let page = RulesPage {
        minor_until: consumer.minor_until(),
        ..RulesPage::new(shell, &contents.rules, &contents.profiles, done)
    };
    respond(StatusCode::OK, &page)
}
