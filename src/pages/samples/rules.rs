//! House rules: the list, the rule, and what it fills in.

use crate::domain::attribute::VaultContents;
use crate::domain::business::BusinessSector;
use crate::domain::house_rules::{Asks, HouseRules, Keeping, Rule, Standing, example_plan};
use crate::domain::language::Language;
use crate::domain::negotiation::Ceiling;
use crate::domain::permission::Permission;
use crate::domain::profile::Profiles;
use crate::domain::tier::{Tier, TierChoice};
use crate::i18n::{Texts, t};
use crate::pages::overview::Done;
use crate::pages::rules::{RulePage, RulesOutcome, RulesPage, Tried};
use crate::web::page::Section;

use super::questions::filled_in;
use super::{NOW, Sample, days, period, shell, vault};

/// A rule that answers everything.
fn full(tier: Tier) -> Rule {
    let mut rule = Rule {
        tier: Some(TierChoice::Tier(tier)),
        retention: Some(Keeping::AtMost(period("P3M"))),
        refuses_the_rest: true,
        ..Rule::default()
    };
    for permission in Permission::all() {
        rule.permissions.insert(permission, Standing::No);
    }
    for permission in [Permission::ContactEmail, Permission::Personalisation] {
        rule.permissions.insert(permission, Standing::Yes);
    }
    rule
}

/// A rule that leaves something to ask.
fn part(tier: Tier) -> Rule {
    let mut rule = full(tier);
    rule.retention = Some(Keeping::Longest);
    rule.permissions.remove(&Permission::Analytics);
    rule.permissions.remove(&Permission::ContactPhone);
    rule.refuses_the_rest = false;
    rule
}

fn list(language: Language, rules: &HouseRules, done: Option<Done>) -> RulesPage {
    let shell = shell(language, Some(Section::Rules), "/account/rules");
    RulesPage::new(shell, rules, &Profiles::default(), done)
}

fn page(language: Language, sector: BusinessSector, rule: Rule, tried: bool) -> RulePage {
    let texts = Texts::new(language);
    let here = format!("/account/rules/{sector}");
    let contents = VaultContents {
        attributes: vault(language),
        ..VaultContents::default()
    };
    let plan = example_plan(sector);
    let asks = Asks {
        plan: &plan,
        highest: TierChoice::Tier(Tier::High),
        ceiling: Ceiling::NONE,
        profiles: &contents.profiles,
        held: contents.attributes.held(),
        now: NOW,
    };
    let mut rules = HouseRules::default();
    rules.set(sector, rule.clone());
    let answers = rules.answer(sector, &asks).expect("there is a rule");
    RulePage {
        shell: shell(language, Some(Section::Rules), &here),
        revision: 3,
        done: None,
        minor_until: tried.then(|| days(400)),
        sector,
        exists: tried,
        permissions: Permission::all()
            .iter()
            .map(|permission| {
                let placement = contents.profiles.permission_placement(permission);
                (permission, placement)
            })
            .collect(),
        known: vec![("winkel".to_owned(), "De Groene Winkel".to_owned())],
        at: "example".to_owned(),
        tried: tried.then(|| Tried {
            business: t!(texts, "tried-example", sector = texts.sector(sector)),
            outcome: RulesOutcome::new(&answers, &plan, &contents, texts),
        }),
        rule,
    }
}

pub(super) fn rules(language: Language) -> Vec<(&'static str, Box<dyn Sample>)> {
    let mut some = HouseRules::default();
    some.set(BusinessSector::Shop, full(Tier::High));
    some.set(BusinessSector::Media, Rule::default());
    some.set(BusinessSector::Other, part(Tier::Low));
    let at = |rule, ceiling| filled_in(language, rule, ceiling);
    let low = Ceiling::at(TierChoice::Tier(Tier::Low));
    vec![
        (
            "rules-none",
            Box::new(list(language, &HouseRules::default(), None)),
        ),
        ("rules", Box::new(list(language, &some, Some(Done::Saved)))),
        (
            "rule-new",
            Box::new(page(
                language,
                BusinessSector::Travel,
                Rule::default(),
                false,
            )),
        ),
        (
            "rule-tried",
            Box::new(page(language, BusinessSector::Shop, part(Tier::High), true)),
        ),
        (
            "rule-tried-blocked",
            Box::new(page(language, BusinessSector::Other, full(Tier::Low), true)),
        ),
        (
            "rule-blocked",
            Box::new(page(
                language,
                BusinessSector::Energy,
                full(Tier::Low),
                true,
            )),
        ),
        ("consent-rules", at(full(Tier::High), Ceiling::NONE)),
        (
            "consent-rules-medium",
            at(full(Tier::Medium), Ceiling::NONE),
        ),
        ("consent-rules-part", at(part(Tier::High), Ceiling::NONE)),
        ("consent-rules-blocked", at(full(Tier::Low), Ceiling::NONE)),
        ("consent-rules-unvetted", at(full(Tier::Medium), low)),
    ]
}
