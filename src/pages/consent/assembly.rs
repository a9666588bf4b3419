//! Makes the consent page out of what a request, a vault and the negotiation
//! say.

use enumset::EnumSet;

use super::ticks::Ticks;
use super::{AskedClaim, ConsentPage, OwnValue, Problem, RetentionChoice, TierPanel, Unmet};
use crate::domain::attribute::{Attributes, VaultContents};
use crate::domain::business::BusinessDocument;
use crate::domain::claim::Claim;
use crate::domain::grant::Grant;
use crate::domain::house_rules::{Answers, Question};
use crate::domain::negotiation::{self, Ceiling, Choice, Outcome, negotiate};
use crate::domain::plan::{Plan, Purpose};
use crate::domain::receipt::Hash;
use crate::domain::retention::Retention;
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::i18n::Texts;
use crate::pages::profiles::periods;
use crate::web::page::{Asker, Shell};

/// What a page is made from.
pub(in crate::pages) struct Assembly<'a> {
    /// Where the form goes.
    pub(in crate::pages) action: String,
    /// Names what is on the page.
    pub(in crate::pages) terms: &'a str,
    /// What the business says of itself.
    pub(in crate::pages) about: Option<&'a BusinessDocument>,
    /// What is asked.
    pub(in crate::pages) plan: &'a Plan,
    /// Whether the business wants to read while the consumer is away.
    pub(in crate::pages) offline: bool,
    /// The highest tier that is asked for.
    pub(in crate::pages) highest: TierChoice,
    /// The most that the business may be granted.
    pub(in crate::pages) ceiling: Ceiling,
    /// What the consumer has, and where it is placed.
    pub(in crate::pages) contents: &'a VaultContents,
    /// The agreement that there is already.
    pub(in crate::pages) current: Option<&'a Grant>,
    /// The plan that it answers, when there is another edition since.
    pub(in crate::pages) before: Option<&'a Plan>,
    /// Whether a no keeps to it, and still logs in.
    pub(in crate::pages) keeps: bool,
    /// Since when there is one that a new one takes the place of.
    pub(in crate::pages) replaces: Option<Timestamp>,
    /// What the consumer's house rules say, if they say anything here.
    pub(in crate::pages) rules: Option<&'a Answers>,
    pub(in crate::pages) now: Timestamp,
    pub(in crate::pages) texts: Texts,
}

impl Assembly<'_> {
    /// The page, with what is ticked.
    pub(in crate::pages) fn page(&self, shell: Shell, asker: Asker, ticks: &Ticks) -> ConsentPage {
        let plan = self.plan;
        ConsentPage {
            shell,
            action: self.action.clone(),
            terms: self.terms.to_owned(),
            plan: plan_hash(plan),
            changed: false,
            problems: Vec::new(),
            asker,
            about: self.about.cloned(),
            most: self.ceiling.tier(),
            offline: self.offline,
            replaces: self.replaces,
            widening: self.current.and_then(|grant| self.widening(grant, ticks)),
            keeps: self.keeps,
            tiers: self.tiers().map(|tier| self.panel(tier, ticks)).collect(),
            claims: plan
                .used_claims()
                .iter()
                .map(|claim| self.claim(claim, ticks))
                .collect(),
            purposes: self.purposes(ticks),
            retention: RetentionChoice {
                shorter: self.offered(),
                chosen: ticks.retention,
                counts_from: ticks.counts_from,
                by_rules: self.rules.is_some_and(|rules| {
                    !rules.open.contains(&Question::Retention) && rules.limit == ticks.retention
                }),
            },
            rules: self.rules_outcome(),
        }
    }

    /// The tiers on offer.
    pub(super) fn tiers(&self) -> impl Iterator<Item = TierChoice> {
        let highest = self.highest;
        TierChoice::ALL
            .into_iter()
            .filter(move |tier| *tier <= highest)
    }

    /// What is wrong with a choice, and the ways out.
    pub(in crate::pages) fn problems(
        &self,
        unmet: &[negotiation::Unmet],
        tier: TierChoice,
        ticks: &Ticks,
    ) -> Vec<Problem> {
        unmet
            .iter()
            .map(|unmet| Problem::Unmet {
                next: self.next_tier(tier, ticks, |other| other.purpose == unmet.purpose),
                unmet: Unmet::new(unmet, self.plan, self.texts),
            })
            .collect()
    }

    /// The periods that are shorter than what the highest tier and the plan
    /// allow, longest first, and the one that was agreed before or that the
    /// house rules name.
    pub(super) fn offered(&self) -> Vec<Retention> {
        let agreed = self.current.and_then(|grant| grant.terms.retention_limit);
        let agreed = agreed.or_else(|| self.rules.and_then(|rules| rules.limit));
        let highest = match self.ceiling.highest() {
            TierChoice::Tier(most) => most,
            TierChoice::Anonymous => Tier::High,
        };
        let limit = self.contents.profiles.retention(highest, self.now);
        let longest = self
            .plan
            .purposes()
            .iter()
            .map(|purpose| purpose.retention.shorter(limit, self.now).end(self.now))
            .max();
        let mut offered: Vec<Retention> = periods()
            .into_iter()
            .filter(|period| longest.is_some_and(|end| period.end(self.now) < end))
            .collect();
        offered.extend(agreed.filter(|agreed| !offered.contains(agreed)));
        offered.sort_by_key(|period| std::cmp::Reverse(period.end(self.now)));
        offered
    }

    pub(super) fn outcome(&self, choice: &Choice) -> Outcome {
        let contents = self.contents;
        let held = contents.attributes.held();
        negotiate(
            self.plan,
            &contents.profiles,
            held,
            self.ceiling,
            choice,
            self.now,
        )
    }

    pub(super) fn choice(&self, tier: TierChoice, ticks: &Ticks) -> Choice {
        ticks.choice(tier, self.plan, &self.contents.profiles)
    }

    fn panel(&self, tier: TierChoice, ticks: &Ticks) -> TierPanel {
        let choice = self.choice(tier, ticks);
        let unmet = match self.outcome(&choice) {
            Outcome::Agreed(_) => Vec::new(),
            Outcome::Unmet(unmet) => unmet,
            Outcome::TooHigh => return TierPanel::too_high(tier, self.ceiling.closes(tier)),
        };
        let reached = self.reached(&choice);
        TierPanel {
            choice: tier,
            chosen: ticks.tier == Some(tier),
            by_rules: ticks.tier == Some(tier) && self.rules.and_then(Answers::tier) == Some(tier),
            too_high: None,
            values: own_values(&self.contents.attributes, reached, self.texts),
            values_if_on: own_values(
                &self.contents.attributes,
                self.in_reach(&choice) - reached,
                self.texts,
            ),
            retention: self.keeps_for(&choice, reached),
            returns: self.tier_returns(&choice),
            next: (!unmet.is_empty())
                .then(|| self.next_tier(tier, ticks, |unmet| unmet.required))
                .flatten(),
            unmet: unmet
                .iter()
                .map(|unmet| Unmet::new(unmet, self.plan, self.texts))
                .collect(),
        }
    }

    /// The purposes that a choice asks for.
    fn wanted<'a>(&'a self, choice: &'a Choice) -> impl Iterator<Item = &'a Purpose> {
        self.plan
            .purposes()
            .iter()
            .filter(|purpose| purpose.required || choice.wants(purpose))
    }

    /// What would be released: of terms that can be agreed, their claims; of
    /// others, what they would have so far.
    fn reached(&self, choice: &Choice) -> EnumSet<Claim> {
        if let Outcome::Agreed(terms) = self.outcome(choice) {
            return terms.all_claims();
        }
        let wanted = self
            .wanted(choice)
            .fold(EnumSet::empty(), |all, purpose| all | purpose.all_claims());
        wanted & self.in_reach(choice)
    }

    /// What would be released, were every purpose wanted.
    fn in_reach(&self, choice: &Choice) -> EnumSet<Claim> {
        let contents = self.contents;
        let in_reach = (contents.profiles.claims(choice.tier) | choice.added) - choice.withheld;
        let allowed = self.ceiling.claims(&contents.profiles);
        in_reach & allowed & contents.attributes.held() & self.plan.used_claims()
    }

    /// How long the business may keep at most what it would get.
    fn keeps_for(&self, choice: &Choice, reached: EnumSet<Claim>) -> Option<Retention> {
        let tier = choice.tier.tier()?;
        let limit = self.contents.profiles.retention(tier, self.now);
        let limit = choice
            .retention
            .map_or(limit, |chosen| limit.shorter(chosen, self.now));
        self.wanted(choice)
            .filter(|purpose| !(purpose.all_claims() & reached).is_empty())
            .map(|purpose| purpose.retention.shorter(limit, self.now))
            .max_by_key(|retention| retention.end(self.now))
    }

    /// The lowest tier above this one in which nothing of this kind is unmet.
    fn next_tier(
        &self,
        tier: TierChoice,
        ticks: &Ticks,
        blocks: impl Fn(&negotiation::Unmet) -> bool,
    ) -> Option<Tier> {
        self.tiers()
            .filter(|higher| *higher > tier)
            .find(|higher| match self.outcome(&self.choice(*higher, ticks)) {
                Outcome::Agreed(_) => true,
                Outcome::Unmet(unmet) => !unmet.iter().any(&blocks),
                Outcome::TooHigh => false,
            })
            .and_then(TierChoice::tier)
    }

    fn claim(&self, claim: Claim, ticks: &Ticks) -> AskedClaim {
        let contents = self.contents;
        let wanting = || {
            self.plan
                .purposes()
                .iter()
                .filter(move |purpose| purpose.all_claims().contains(claim))
        };
        let titles = || {
            let titles =
                wanting().map(|purpose| format!("“{}”", purpose.title.get(self.texts.language())));
            titles.collect::<Vec<_>>()
        };
        AskedClaim {
            claim,
            value: own_value(&contents.attributes, claim, self.texts),
            placement: contents.profiles.claim_placement(claim),
            only_with: if wanting().any(|purpose| purpose.required) {
                Vec::new()
            } else {
                titles()
            },
            purposes: titles(),
            needed: wanting().any(|purpose| purpose.required && purpose.claims.contains(claim)),
            too_high: self.ceiling.closes_claim(claim, &contents.profiles),
            ticked: ticks.claims.contains(claim),
        }
    }
}

/// Names a plan: a form carries it back.
pub(super) fn plan_hash(plan: &Plan) -> String {
    Hash::of(plan.to_json().as_bytes()).as_str().to_owned()
}

/// The consumer's own value of a claim, as people write it.
pub(in crate::pages) fn own_value(
    attributes: &Attributes,
    claim: Claim,
    texts: Texts,
) -> Option<String> {
    attributes
        .get(claim)
        .map(|attribute| attribute.value.display_lines(texts.language()).join("\n"))
}

/// The consumer's own values of some claims.
pub(in crate::pages) fn own_values(
    attributes: &Attributes,
    claims: EnumSet<Claim>,
    texts: Texts,
) -> Vec<OwnValue> {
    claims
        .iter()
        .filter_map(|claim| {
            own_value(attributes, claim, texts).map(|value| OwnValue { claim, value })
        })
        .collect()
}
