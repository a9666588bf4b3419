//! The page that asks, and what is shown when an agreement grows.

use uuid::Uuid;

use crate::domain::attribute::{Attributes, VaultContents};
use crate::domain::business::{BusinessDocument, BusinessSector};
use crate::domain::claim::Claim;
use crate::domain::grant::Grant;
use crate::domain::house_rules::{Asks, Rule};
use crate::domain::id::{AccountId, GrantId};
use crate::domain::language::Language;
use crate::domain::negotiation::{Ceiling, Outcome, negotiate};
use crate::domain::plan::{AtLeast, Offer, Plan, PlanVersion, Purpose, Recipient, TierOffer};
use crate::domain::receipt::Hash;
use crate::domain::subject::Subject as GrantedTo;
use crate::domain::tier::{Tier, TierChoice};
use crate::i18n::Texts;
use crate::pages::consent::{
    Assembly, ConsentPage, Difference, OwnValue, Problem, Subject, Ticks, Widening,
};
use crate::web::page::Asker;

use super::{NOW, Sample, days, paper, period, plan, said, shell, shop, value, vault};

/// An offer that takes some time.
pub(super) fn offer(nl: &str, en: &str) -> Offer {
    Offer {
        text: said(nl, en),
        at_least: AtLeast {
            retention: Some(period("P3M")),
            ..AtLeast::default()
        },
    }
}

/// What is offered for a whole profile.
pub(super) fn tier_offers() -> Vec<TierOffer> {
    vec![TierOffer {
        tier: Tier::High,
        offer: Offer {
            text: said("Gratis bezorgd", "Free delivery"),
            at_least: AtLeast {
                claims: Claim::PhoneNumber.into(),
                ..AtLeast::default()
            },
        },
    }]
}

pub(super) fn own(claims: impl IntoIterator<Item = Claim>, language: Language) -> Vec<OwnValue> {
    claims
        .into_iter()
        .filter_map(|claim| {
            let value = value(claim, language)?;
            Some(OwnValue { claim, value })
        })
        .collect()
}

/// What the business of the samples says of itself.
fn about() -> BusinessDocument {
    BusinessDocument {
        name: "Tulp & Zoon B.V.".to_owned(),
        address: "Kade 1, 3511 AB Utrecht".to_owned(),
        contact: "privacy@degroenewinkel.example".to_owned(),
        registration: Some("KvK 12345678".to_owned()),
        country: "NL".to_owned(),
        sector: None,
    }
}

const ACTION: &str = "/consent/0193a3f0-8f7a-7cc2-9f4e-6a0d2f3c1b11";

/// What the page of a business that is new is made from.
fn assembly<'a>(
    plan: &'a Plan,
    contents: &'a VaultContents,
    about: &'a BusinessDocument,
    language: Language,
    ceiling: Ceiling,
) -> Assembly<'a> {
    Assembly {
        action: ACTION.to_owned(),
        terms: "sha-256:hash-of-the-terms",
        about: Some(about),
        plan,
        offline: false,
        highest: TierChoice::Tier(Tier::High),
        ceiling,
        contents,
        current: None,
        before: None,
        keeps: false,
        replaces: None,
        rules: None,
        now: NOW,
        texts: Texts::new(language),
    }
}

/// The consent page for a plan and what is ticked, with what that lacks.
fn consent_of(
    plan: &Plan,
    ticks: &Ticks,
    attributes: &Attributes,
    language: Language,
    ceiling: Ceiling,
) -> ConsentPage {
    let contents = VaultContents {
        attributes: attributes.clone(),
        ..VaultContents::default()
    };
    let about = about();
    let assembly = assembly(plan, &contents, &about, language, ceiling);
    let lacking = ticks.tier.and_then(|tier| {
        let choice = ticks.choice(tier, plan, &contents.profiles);
        let held = contents.attributes.held();
        match negotiate(plan, &contents.profiles, held, ceiling, &choice, NOW) {
            Outcome::Agreed(_) => None,
            Outcome::Unmet(unmet) => Some(assembly.problems(&unmet, tier, ticks)),
            Outcome::TooHigh => Some(vec![Problem::TooHigh]),
        }
    });
    ConsentPage {
        problems: lacking.unwrap_or_default(),
        ..assembly.page(shell(language, None, ACTION), shop(), ticks)
    }
}

fn consent(language: Language, ticks: &Ticks) -> ConsentPage {
    consent_of(&plan(), ticks, &vault(language), language, Ceiling::NONE)
}

/// The page of a business that nobody vouches for.
fn unvetted(language: Language, ticks: &Ticks, most: Tier) -> ConsentPage {
    let ceiling = Ceiling::at(TierChoice::Tier(most));
    let page = consent_of(&plan(), ticks, &vault(language), language, ceiling);
    ConsentPage {
        asker: as_looked_at(ceiling),
        ..page
    }
}

/// The shop: without its logo where nobody vouches for it.
fn as_looked_at(ceiling: Ceiling) -> Asker {
    Asker {
        logo: shop().logo.filter(|_| ceiling == Ceiling::NONE),
        ..shop()
    }
}

/// The page of somebody to whom more than the low profile is closed.
fn closed(language: Language, ceiling: Ceiling) -> ConsentPage {
    let ticks = Ticks::default();
    consent_of(&plan(), &ticks, &vault(language), language, ceiling)
}

/// The page that a rule for shops fills in, as far as it answers the plan.
pub(super) fn filled_in(language: Language, rule: Rule, ceiling: Ceiling) -> Box<dyn Sample> {
    let (plan, about) = (plan(), about());
    let mut contents = VaultContents {
        attributes: vault(language),
        ..VaultContents::default()
    };
    contents.rules.set(BusinessSector::Shop, rule);
    let asks = Asks {
        plan: &plan,
        highest: TierChoice::Tier(Tier::High),
        ceiling,
        profiles: &contents.profiles,
        held: contents.attributes.held(),
        now: NOW,
    };
    let answers = contents.rules.answer(BusinessSector::Shop, &asks);
    let answers = answers.expect("there is a rule");
    let ticks = Ticks::of_rules(&answers, &plan, &contents.profiles);
    let assembly = Assembly {
        rules: Some(&answers),
        ..assembly(&plan, &contents, &about, language, ceiling)
    };
    let shell = shell(language, None, ACTION);
    if answers.in_full().is_some() {
        let hash = Hash::of(b"what is on the page");
        return Box::new(assembly.filled_in(shell, as_looked_at(ceiling), &answers, &hash, &ticks));
    }
    let problems = answers.tier().map_or_else(Vec::new, |tier| {
        assembly.problems(&answers.blocked, tier, &ticks)
    });
    Box::new(ConsentPage {
        problems,
        ..assembly.page(shell, as_looked_at(ceiling), &ticks)
    })
}

fn ticked(tier: Tier) -> Ticks {
    Ticks {
        tier: Some(TierChoice::Tier(tier)),
        ..Ticks::default()
    }
}

/// The page for a plan that has grown, of someone who agreed to the one before.
fn grown(language: Language) -> ConsentPage {
    let before = plan();
    let purposes = before
        .purposes()
        .iter()
        .map(|purpose| match purpose.id.as_str() {
            "deliver" => Purpose {
                text: said(
                    "We bezorgen je pakje, en vragen daarna of alles goed was.",
                    "We deliver your parcel, and ask afterwards whether all was well.",
                ),
                ..purpose.clone()
            },
            "newsletter" => Purpose {
                voluntary_claims: Claim::Birthdate.into(),
                recipients: vec![Recipient {
                    name: "Postduif Mail".to_owned(),
                    country: "BE".to_owned(),
                }],
                retention: period("P1Y"),
                ..purpose.clone()
            },
            _ => purpose.clone(),
        });
    let after = Plan::new(purposes.collect()).expect("ids that differ");
    let contents = VaultContents {
        attributes: vault(language),
        ..VaultContents::default()
    };
    let ticks = Ticks {
        switches: std::iter::once("purpose-newsletter".to_owned()).collect(),
        ..ticked(Tier::High)
    };
    let choice = ticks.choice(TierChoice::Tier(Tier::High), &before, &contents.profiles);
    let held = contents.attributes.held();
    let outcome = negotiate(
        &before,
        &contents.profiles,
        held,
        Ceiling::NONE,
        &choice,
        days(-40),
    );
    let grant = Grant::give(
        GrantId::new(Uuid::from_u128(1)),
        AccountId::new(Uuid::from_u128(2)),
        "winkel".parse().expect("an id"),
        GrantedTo::from_random([3; 16]),
        outcome.terms().expect("terms"),
        PlanVersion(1),
        days(-40),
    );
    let about = about();
    let assembly = Assembly {
        current: Some(&grant),
        before: Some(&before),
        keeps: true,
        ..assembly(&after, &contents, &about, language, Ceiling::NONE)
    };
    let ticks = Ticks::of_terms(&grant.terms, Some(&before), &after, &contents.profiles);
    assembly.page(shell(language, None, ACTION), shop(), &ticks)
}

/// What a wider agreement would change.
pub(super) fn differences(texts: Texts) -> Vec<Difference> {
    vec![
        Difference {
            purpose: None,
            subject: Subject::Tier,
            before: Some(texts.tier(Tier::Low)),
            after: Some(texts.tier(Tier::Medium)),
        },
        Difference {
            purpose: None,
            subject: Subject::Claims,
            before: Some(texts.claims([Claim::Name, Claim::Email])),
            after: Some(texts.claims([Claim::Name, Claim::Email, Claim::DeliveryAddress])),
        },
        Difference {
            purpose: None,
            subject: Subject::Recipients,
            before: None,
            after: Some("PostNL".to_owned()),
        },
    ]
}

pub(super) fn consents(language: Language) -> Vec<(&'static str, ConsentPage)> {
    let texts = Texts::new(language);
    let switches = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let much = Ticks {
        claims: Claim::Email.into(),
        switches: switches(&["purpose-advice", "purpose-newsletter"]),
        ..ticked(Tier::Low)
    };
    let high = Ticks {
        claims: Claim::PhoneNumber.into(),
        switches: switches(&["purpose-newsletter"]),
        retention: Some(period("P1M")),
        ..ticked(Tier::High)
    };
    let mut homeless = vault(language);
    homeless.remove(Claim::DeliveryAddress);
    let newspaper = Plan::new(Vec::new()).expect("no purposes");
    let nothing = Ticks::default();
    vec![
        ("consent", consent(language, &nothing)),
        ("consent-unmet", consent(language, &ticked(Tier::Low))),
        (
            "consent-lacking-much",
            consent_of(&plan(), &much, &homeless, language, Ceiling::NONE),
        ),
        ("consent-medium", consent(language, &ticked(Tier::Medium))),
        (
            "consent-high",
            ConsentPage {
                offline: true,
                ..consent(language, &high)
            },
        ),
        (
            "consent-nothing-chosen",
            ConsentPage {
                changed: true,
                problems: vec![Problem::NoTier, Problem::Retention],
                ..consent(language, &nothing)
            },
        ),
        (
            "consent-anonymous",
            ConsentPage {
                asker: paper(),
                about: None,
                ..consent_of(
                    &newspaper,
                    &nothing,
                    &vault(language),
                    language,
                    Ceiling::NONE,
                )
            },
        ),
        (
            "consent-unvetted",
            unvetted(language, &ticked(Tier::Low), Tier::Low),
        ),
        (
            "consent-unvetted-too-high",
            unvetted(language, &ticked(Tier::High), Tier::Medium),
        ),
        (
            "consent-minor",
            closed(language, Ceiling::NONE.for_minor(Some(days(400)))),
        ),
        (
            "consent-recovery",
            closed(language, Ceiling::NONE.for_recovery(true)),
        ),
        (
            "consent-replaces",
            ConsentPage {
                replaces: Some(days(-40)),
                ..consent(language, &nothing)
            },
        ),
        ("consent-grown", grown(language)),
        (
            "consent-widening",
            ConsentPage {
                widening: Some(Widening {
                    since: days(-40),
                    differences: differences(texts),
                }),
                ..consent(language, &nothing)
            },
        ),
    ]
}
