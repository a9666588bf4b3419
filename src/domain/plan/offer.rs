//! Offers: what people get in return, and the least that it takes.
//!
//! An offer never changes what is agreed. It says what a business gives to
//! whoever agrees to this much, so that a page can say at once whether it
//! stands (`product.md` section 5, "counter-offer").

use enumset::EnumSet;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::super::claim::Claim;
use super::super::language::LocalizedText;
use super::super::permission::Permission;
use super::super::retention::Retention;
use super::super::tier::Tier;
use super::super::time::Timestamp;
use super::fault::PlanFault;
use super::reader::{MAX_ITEMS, Path, Reader};
use super::{Plan, Purpose};

const MAX_OFFER: usize = 200;
const AT_LEAST_MEMBERS: &[&str] = &["claims", "permissions", "channels", "retention"];
const TIER_OFFER_MEMBERS: &[&str] = &["tier", "offer", "at_least"];

/// From when periods are compared: one of months and one of days have no
/// order of their own.
const ANY_DAY: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// A benefit that a business promises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What people get.
    pub text: LocalizedText,
    /// The least that it takes, besides the purpose or the tier itself.
    pub at_least: AtLeast,
}

/// The least that an offer takes. What is not said is not needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AtLeast {
    /// These claims.
    #[serde(default, skip_serializing_if = "EnumSet::is_empty")]
    pub claims: EnumSet<Claim>,
    /// This processing.
    #[serde(default, skip_serializing_if = "EnumSet::is_empty")]
    pub permissions: EnumSet<Permission>,
    /// These contact channels.
    #[serde(default, skip_serializing_if = "EnumSet::is_empty")]
    pub channels: EnumSet<Permission>,
    /// For this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
}

impl AtLeast {
    /// Processing and channels together: each is a switch.
    #[must_use]
    pub fn switches(&self) -> EnumSet<Permission> {
        self.permissions | self.channels
    }

    /// Whether the purpose or the tier is all that it takes.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Offer {
    /// The offer where less is asked: it cannot take what nobody asks for. Nor can
    /// it take more time; how long that is, is for the calendar of the day to say.
    #[must_use]
    pub fn within(&self, claims: EnumSet<Claim>, permissions: EnumSet<Permission>) -> Self {
        let least = self.at_least;
        Self {
            text: self.text.clone(),
            at_least: AtLeast {
                claims: least.claims & claims,
                permissions: least.permissions & permissions,
                channels: least.channels & permissions,
                retention: least.retention,
            },
        }
    }
}

/// An offer to whoever logs in with a profile, or a higher one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TierOffer {
    /// From which tier on.
    pub tier: Tier,
    /// What is offered.
    pub offer: Offer,
}

impl Plan {
    /// The plan with these offers for tiers, in place of those that it has.
    #[must_use]
    pub fn with_offers(self, offers: Vec<TierOffer>) -> Self {
        Self { offers, ..self }
    }

    /// What is offered for the choice of a profile, in the order of the plan.
    #[must_use]
    pub fn tier_offers(&self) -> &[TierOffer] {
        &self.offers
    }
}

/// What an offer may take: no more than is asked for.
struct Asked {
    claims: EnumSet<Claim>,
    permissions: EnumSet<Permission>,
    longest: Option<Retention>,
}

impl Asked {
    fn by(purposes: &[Purpose]) -> Self {
        Self {
            claims: purposes
                .iter()
                .fold(EnumSet::empty(), |all, purpose| all | purpose.all_claims()),
            permissions: purposes
                .iter()
                .fold(EnumSet::empty(), |all, purpose| all | purpose.permissions),
            longest: purposes
                .iter()
                .map(|purpose| purpose.retention)
                .max_by_key(|period| period.end(ANY_DAY)),
        }
    }
}

impl Reader {
    /// The offer of a purpose, once the purpose itself is read. `None` also when
    /// there was something wrong with it, which has been put down.
    pub(super) fn offer_of_purpose(
        &mut self,
        path: &Path,
        members: &Map<String, Value>,
        purpose: Option<&Purpose>,
    ) -> Option<Offer> {
        let offered = members.contains_key("offer");
        let text = offered.then(|| self.localized(path, members, "offer", MAX_OFFER));
        let at_least = self.at_least(path, members);
        if let Some(purpose) = purpose {
            let asked = Asked::by(std::slice::from_ref(purpose));
            self.check_least(&path.member("at_least"), at_least, &asked);
        }
        if text.is_none() && members.contains_key("at_least") {
            self.fault(&path.member("at_least"), PlanFault::NothingOffered);
        }
        let text = text.flatten()?;
        Some(Offer { text, at_least })
    }

    /// The offers of a plan for tiers.
    pub(super) fn tier_offers(
        &mut self,
        root: &Path,
        members: &Map<String, Value>,
        purposes: &[Purpose],
    ) -> Option<Vec<TierOffer>> {
        let path = root.member("offers");
        let Some(list) = members.get("offers") else {
            return Some(Vec::new());
        };
        let items = self.list(&path, list, MAX_ITEMS)?;
        let asked = Asked::by(purposes);
        let mut offers: Vec<TierOffer> = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let path = path.item(index);
            let Some(members) = self.object(&path, item, TIER_OFFER_MEMBERS) else {
                continue;
            };
            let tier = self.tier(&path, members);
            let text = self.localized(&path, members, "offer", MAX_OFFER);
            let at_least = self.at_least(&path, members);
            self.check_least(&path.member("at_least"), at_least, &asked);
            if let (Some(tier), Some(text)) = (tier, text) {
                if offers.iter().any(|offer| offer.tier == tier) {
                    self.fault(&path.member("tier"), PlanFault::NamedTwice);
                }
                let offer = Offer { text, at_least };
                offers.push(TierOffer { tier, offer });
            }
        }
        (offers.len() == items.len()).then_some(offers)
    }

    fn tier(&mut self, path: &Path, members: &Map<String, Value>) -> Option<Tier> {
        let value = self.required(path, members, "tier")?;
        let path = path.member("tier");
        let text = self.text(&path, value)?;
        let tier = Tier::ALL.into_iter().find(|tier| tier.as_str() == text);
        if tier.is_none() {
            self.fault(&path, PlanFault::UnknownTier);
        }
        tier
    }

    fn at_least(&mut self, path: &Path, members: &Map<String, Value>) -> AtLeast {
        let path = path.member("at_least");
        let Some(members) = members
            .get("at_least")
            .and_then(|value| self.object(&path, value, AT_LEAST_MEMBERS))
        else {
            return AtLeast::default();
        };
        let claims = members.get("claims").map_or(EnumSet::empty(), |list| {
            self.claims(&path.member("claims"), list)
        });
        let (permissions, channels) = self.switches(&path, members);
        let retention = members
            .contains_key("retention")
            .then(|| self.retention(&path, members))
            .flatten();
        AtLeast {
            claims,
            permissions,
            channels,
            retention,
        }
    }

    /// An offer that takes what is not asked for could never be had.
    fn check_least(&mut self, path: &Path, least: AtLeast, asked: &Asked) {
        for claim in least.claims - asked.claims {
            self.fault(&path.member("claims"), PlanFault::OfferTakesClaim(claim));
        }
        for permission in least.switches() - asked.permissions {
            let list = if permission.is_contact() {
                "channels"
            } else {
                "permissions"
            };
            let fault = PlanFault::OfferTakesPermission(permission);
            self.fault(&path.member(list), fault);
        }
        let longest = asked.longest.map(|longest| longest.end(ANY_DAY));
        if least
            .retention
            .is_some_and(|period| longest.is_none_or(|longest| period.end(ANY_DAY) > longest))
        {
            self.fault(&path.member("retention"), PlanFault::OfferTakesTime);
        }
    }
}
