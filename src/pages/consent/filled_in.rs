//! The consent page that the consumer's own house rules filled in, all of it:
//! one screen, which shows what would be released and for how long, and one
//! button. Nothing is released before that button is pressed.

use askama::Template;

use super::assembly::{Assembly, plan_hash};
use super::returns::returns;
use super::ticks::Ticks;
use super::{AskedPurpose, Return};
use crate::domain::business::BusinessDocument;
use crate::domain::house_rules::Answers;
use crate::domain::receipt::Hash;
use crate::domain::tier::{Tier, TierChoice};
use crate::i18n::t;
use crate::pages::rules::RulesOutcome;
use crate::web::page::{Asker, Shell};

/// The page. Its form carries the fields of [`super::ConsentPage`].
#[derive(Clone, Template)]
#[template(path = "consent_rules.html")]
pub struct FilledInPage {
    /// Around it.
    pub shell: Shell,
    /// Where the form goes: `/consent/{id}`.
    pub action: String,
    /// Hash of what this page shows; comes back as `terms`.
    pub terms: String,
    /// Hash of the plan that it asks about; comes back as `plan`.
    pub plan: String,
    /// What the rules say, as the form says it.
    pub fields: Vec<(String, String)>,
    /// Who asks.
    pub asker: Asker,
    /// What the business says of itself.
    pub about: Option<BusinessDocument>,
    /// The most that may be chosen, when nobody vouches for the business.
    pub most: Option<TierChoice>,
    /// Whether the business wants to read while the consumer is away.
    pub offline: bool,
    /// What would be released.
    pub outcome: RulesOutcome,
    /// What the consumer gets in return.
    pub returns: Vec<Return>,
    /// The purposes that would be agreed, as the plan tells them.
    pub purposes: Vec<AskedPurpose>,
}

impl FilledInPage {
    /// What the page asks.
    #[must_use]
    pub fn title(&self) -> String {
        t!(
            self.shell,
            "consent-rules-title",
            business = self.asker.name()
        )
    }
}

impl Assembly<'_> {
    /// The page for an answer in full, with what that has ticked.
    pub(in crate::pages) fn filled_in(
        &self,
        shell: Shell,
        asker: Asker,
        rules: &Answers,
        terms: &Hash,
        ticks: &Ticks,
    ) -> FilledInPage {
        let agreed = rules.terms();
        let is_on = |purpose: &AskedPurpose| {
            agreed.is_some_and(|terms| terms.purpose(&purpose.id).is_some())
        };
        FilledInPage {
            shell,
            action: self.action.clone(),
            terms: terms.as_str().to_owned(),
            plan: plan_hash(self.plan),
            fields: ticks.fields(),
            asker,
            about: self.about.cloned(),
            most: self.ceiling.tier(),
            offline: self.offline,
            outcome: RulesOutcome::new(rules, self.plan, self.contents, self.texts),
            returns: agreed.map_or_else(Vec::new, |terms| {
                returns(self.plan, terms, self.texts, |_| true)
            }),
            purposes: self.purposes(ticks).into_iter().filter(is_on).collect(),
        }
    }

    /// What the rules have filled in of the form.
    pub(super) fn rules_outcome(&self) -> Option<RulesOutcome> {
        let rules = self.rules?;
        Some(RulesOutcome::new(
            rules,
            self.plan,
            self.contents,
            self.texts,
        ))
    }

    /// Every purpose of the plan, with what is ticked, and what of that is as
    /// the house rules have it.
    pub(super) fn purposes(&self, ticks: &Ticks) -> Vec<AskedPurpose> {
        let profiles = &self.contents.profiles;
        let asked = self.plan.purposes().iter();
        let mut purposes: Vec<AskedPurpose> = asked
            .map(|purpose| {
                let mut asked = AskedPurpose::new(purpose, profiles, self.texts, &ticks.switches);
                if let Some(offer) = &mut asked.offer {
                    offer.with = self.offer_with_tiers(purpose, ticks);
                }
                asked
            })
            .collect();
        let grown = self.grown();
        if !grown.is_empty() {
            for purpose in &mut purposes {
                purpose.differs = grown.iter().any(|it| it.after.id == purpose.id);
            }
            purposes.sort_by_key(|purpose| !purpose.differs);
        }
        for purpose in &mut purposes {
            for switch in &mut purpose.switches {
                let (id, permission) = (&purpose.id, switch.permission);
                switch.by_rules = self.rules.is_some_and(|rules| {
                    rules.settle(id, permission) && rules.turn_on(id, permission) == switch.on
                });
            }
        }
        purposes
    }
}
