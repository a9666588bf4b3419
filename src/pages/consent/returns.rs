//! What people get in return, and whether that stands for a choice.
//!
//! Of each profile it is worked out beforehand, so that the page says it at
//! once when another one is chosen or a purpose is switched on, also without
//! script. What else is changed on the page is counted again with a button.

use enumset::EnumSet;

use super::assembly::Assembly;
use super::ticks::Ticks;
use crate::domain::negotiation::{
    Choice, OfferFor, OfferStanding, Outcome, Promise, Shortfall, Terms, promises, stands,
};
use crate::domain::permission::Permission;
use crate::domain::plan::{Plan, Purpose};
use crate::domain::tier::TierChoice;
use crate::i18n::{Texts, t};

/// Something that is offered, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Return {
    /// What.
    pub offer: String,
    /// Why it does not stand; empty when it does.
    pub lacks: Vec<String>,
}

impl Return {
    fn new(promise: &Promise<'_>, standing: OfferStanding, texts: Texts) -> Self {
        Self {
            offer: promise.offer.text.get(texts.language()).to_owned(),
            lacks: match standing {
                OfferStanding::Stands => Vec::new(),
                OfferStanding::Falls(lacking) => lacking
                    .into_iter()
                    .map(|shortfall| in_words(shortfall, texts))
                    .collect(),
            },
        }
    }

    /// Whether it stands.
    #[must_use]
    pub fn stands(&self) -> bool {
        self.lacks.is_empty()
    }
}

fn in_words(shortfall: Shortfall, texts: Texts) -> String {
    match shortfall {
        Shortfall::Purpose => t!(texts, "return-lacks-purpose"),
        Shortfall::Tier(tier) => {
            let tier = texts.tier_word(TierChoice::Tier(tier));
            t!(texts, "return-lacks-tier", tier = tier)
        }
        Shortfall::Claim(claim) => t!(texts, "return-lacks-claim", claim = texts.claim(claim)),
        Shortfall::Permission(permission) => {
            let permission = texts.permission(permission);
            t!(texts, "return-lacks-permission", permission = permission)
        }
        Shortfall::Retention(period) => {
            let period = texts.retention(period);
            t!(texts, "return-lacks-time", period = period)
        }
    }
}

/// The offer of a purpose, as the page tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurposeOffer {
    /// What is offered.
    pub text: String,
    /// The least that it takes, in words; empty when the purpose is enough.
    pub takes: Vec<String>,
    /// The switches that it takes.
    pub switches: EnumSet<Permission>,
    /// How it stands with each profile on offer, were the switches on that it
    /// takes.
    pub with: Vec<(TierChoice, Return)>,
}

impl PurposeOffer {
    pub(super) fn new(purpose: &Purpose, texts: Texts) -> Option<Self> {
        let offer = purpose.offer.as_ref()?;
        let least = offer.at_least;
        let claims = least.claims.iter().map(|claim| texts.claim(claim));
        let switches = least.switches();
        let named = switches.iter().map(|it| texts.permission(it));
        let time = least.retention.map(|it| texts.retention(it));
        Some(Self {
            text: offer.text.get(texts.language()).to_owned(),
            takes: claims.chain(named).chain(time).collect(),
            switches,
            with: Vec::new(),
        })
    }
}

/// What stands for terms that a choice comes to, of the offers that are asked
/// about.
pub(in crate::pages) fn returns(
    plan: &Plan,
    terms: &Terms,
    texts: Texts,
    of: impl Fn(&OfferFor) -> bool,
) -> Vec<Return> {
    promises(plan)
        .filter(|promise| of(&promise.of))
        .map(|promise| {
            let standing = stands(&promise, terms);
            Return::new(&promise, standing, texts)
        })
        .collect()
}

impl Assembly<'_> {
    /// The offers for profiles that stand or fall with one.
    pub(super) fn tier_returns(&self, choice: &Choice) -> Vec<Return> {
        match self.outcome(choice) {
            Outcome::Agreed(terms) => returns(self.plan, &terms, self.texts, |of| {
                matches!(of, OfferFor::Tier(_))
            }),
            Outcome::Unmet(_) | Outcome::TooHigh => Vec::new(),
        }
    }

    /// How the offer of a purpose stands with each profile, were the switches on
    /// that it takes. What lacks for a login with that profile is not said here.
    pub(super) fn offer_with_tiers(
        &self,
        purpose: &Purpose,
        ticks: &Ticks,
    ) -> Vec<(TierChoice, Return)> {
        let with = self.tiers().filter_map(|tier| {
            let wanted = self.switched_on(purpose, tier, ticks);
            let mut choice = self.choice(tier, ticks);
            choice.purposes.retain(|id| *id == purpose.id);
            choice.permissions.clear();
            if !purpose.required {
                choice.purposes.insert(purpose.id.clone());
            }
            choice.permissions.insert(purpose.id.clone(), wanted);
            Some((tier, self.offer_for(purpose, &choice)?))
        });
        with.collect()
    }

    fn switched_on(
        &self,
        purpose: &Purpose,
        tier: TierChoice,
        ticks: &Ticks,
    ) -> EnumSet<Permission> {
        let least = purpose
            .offer
            .as_ref()
            .map(|offer| offer.at_least.switches());
        let ticked = self.choice(tier, ticks).permissions.remove(&purpose.id);
        let on = least.unwrap_or_default() | ticked.unwrap_or_default();
        if on.is_empty() && !purpose.required {
            purpose.permissions
        } else {
            on
        }
    }

    fn offer_for(&self, purpose: &Purpose, choice: &Choice) -> Option<Return> {
        let promise = promises(self.plan)
            .find(|promise| promise.of == OfferFor::Purpose(purpose.id.clone()))?;
        match self.outcome(choice) {
            Outcome::Agreed(terms) => {
                let standing = stands(&promise, &terms);
                Some(Return::new(&promise, standing, self.texts))
            }
            Outcome::Unmet(unmet) => {
                let unmet = unmet.iter().find(|unmet| unmet.purpose == purpose.id)?;
                let lacks = unmet.missing.iter();
                Some(Return {
                    offer: promise.offer.text.get(self.texts.language()).to_owned(),
                    lacks: lacks.map(|missing| self.texts.missing(missing)).collect(),
                })
            }
            Outcome::TooHigh => None,
        }
    }
}

/// The least that an offer takes, as one line.
pub(super) fn least_in_words(purpose: &Purpose, texts: Texts) -> String {
    let Some(offer) = PurposeOffer::new(purpose, texts) else {
        return String::new();
    };
    if offer.takes.is_empty() {
        offer.text
    } else {
        format!("{} ({})", offer.text, texts.list(&offer.takes))
    }
}
