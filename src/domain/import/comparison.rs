//! What an import would change, item by item: nothing is overwritten unless its
//! owner says so of that very item.

use std::fmt;
use std::str::FromStr;

use crate::domain::attribute::VaultContents;
use crate::domain::business::BusinessSector;
use crate::domain::claim::Claim;
use crate::domain::permission::Permission;
use crate::domain::tier::Tier;
use crate::domain::time::Timestamp;

/// Something that can be taken over by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Item {
    /// A value.
    Attribute(Claim),
    /// From which tier a claim appears.
    Placement(Claim),
    /// From which tier a permission may be asked.
    Permission(Permission),
    /// How long the tiers allow: all three, since a higher one never allows
    /// less.
    Retention,
    /// The house rule for a kind of business.
    Rule(BusinessSector),
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(claim) => write!(f, "attribute-{claim}"),
            Self::Placement(claim) => write!(f, "placement-{claim}"),
            Self::Permission(permission) => write!(f, "permission-{permission}"),
            Self::Retention => f.write_str("retention"),
            Self::Rule(sector) => write!(f, "rule-{sector}"),
        }
    }
}

impl FromStr for Item {
    type Err = UnknownItem;

    fn from_str(text: &str) -> Result<Self, UnknownItem> {
        let all = |kind: fn(Claim) -> Self| Claim::all().iter().map(kind);
        all(Self::Attribute)
            .chain(all(Self::Placement))
            .chain(Permission::all().iter().map(Self::Permission))
            .chain([Self::Retention])
            .chain(BusinessSector::ALL.map(Self::Rule))
            .find(|item| item.to_string() == text)
            .ok_or(UnknownItem)
    }
}

/// The text names nothing that can be taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this names nothing that can be taken over")]
pub struct UnknownItem;

/// How an item stands beside what the account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// The account has nothing there, or what every new account has.
    New,
    /// The account has something else there.
    Differs,
    /// The account has just that.
    Same,
}

/// Each item of an import beside what the account has.
#[must_use]
pub fn compare(own: &VaultContents, other: &VaultContents, now: Timestamp) -> Vec<(Item, Stand)> {
    let mut items = Vec::new();
    for (claim, stated) in other.attributes.iter() {
        let stand = match own.attributes.get(claim) {
            None => Stand::New,
            Some(held) if held.value == stated.value => Stand::Same,
            Some(_) => Stand::Differs,
        };
        items.push((Item::Attribute(claim), stand));
    }
    let beside = |is_same: bool, is_own: bool| match (is_same, is_own) {
        (true, _) => Stand::Same,
        (false, true) => Stand::Differs,
        (false, false) => Stand::New,
    };
    let (mine, theirs) = (&own.profiles, &other.profiles);
    for claim in Claim::all() {
        let same = mine.claim_placement(claim) == theirs.claim_placement(claim);
        let stand = beside(same, mine.places_claim(claim));
        items.push((Item::Placement(claim), stand));
    }
    for permission in Permission::all() {
        let same = mine.permission_placement(permission) == theirs.permission_placement(permission);
        let stand = beside(same, mine.places_permission(permission));
        items.push((Item::Permission(permission), stand));
    }
    let same = Tier::ALL
        .into_iter()
        .all(|tier| mine.retention(tier, now) == theirs.retention(tier, now));
    items.push((Item::Retention, beside(same, mine.limits_retention())));
    for (sector, rule) in other.rules.iter() {
        let held = own.rules.own(sector);
        let stand = beside(held == Some(rule), held.is_some());
        items.push((Item::Rule(sector), stand));
    }
    items
}
