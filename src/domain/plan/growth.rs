//! What one edition of a plan asks beyond another, purpose by purpose.

use enumset::{EnumSet, EnumSetType};

use super::super::claim::Claim;
use super::super::permission::Permission;
use super::super::time::Timestamp;
use super::{Plan, Purpose};

/// From when periods are compared: one of months and one of days have no
/// order of their own.
const ANY_DAY: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// One way in which a purpose asks for more, or for something else.
#[derive(Debug, Hash, EnumSetType)]
pub enum Ask {
    /// The purpose is new.
    Purpose,
    /// It could be refused, and cannot any more.
    Required,
    /// It is told in other words, or goes by another code.
    Words,
    /// It rests on another legal basis.
    Basis,
    /// It wants claims that it did not.
    Claims,
    /// It cannot do without claims that were voluntary.
    Needed,
    /// It asks leave for more.
    Permissions,
    /// It keeps the data longer.
    Retention,
    /// Others get the data too.
    Recipients,
    /// The data are kept in other countries too.
    Storage,
    /// Once it is over, the data are gone later.
    Deletion,
    /// It gives something else in return.
    Offer,
}

impl Ask {
    /// What agreements lose when it goes the other way.
    fn of_extent() -> EnumSet<Self> {
        Self::Purpose
            | Self::Claims
            | Self::Permissions
            | Self::Retention
            | Self::Recipients
            | Self::Storage
            | Self::Deletion
    }
}

/// A purpose that asks beyond what it asked before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grown<'a> {
    /// As it was; `None` when it is new.
    pub before: Option<&'a Purpose>,
    /// As it is.
    pub after: &'a Purpose,
    /// In which ways. Never empty.
    pub asks: EnumSet<Ask>,
}

impl Grown<'_> {
    /// The claims that it wants and did not.
    #[must_use]
    pub fn claims(&self) -> EnumSet<Claim> {
        self.after.all_claims() - self.before.map_or(EnumSet::empty(), Purpose::all_claims)
    }

    /// The claims that it needs and only wished for.
    #[must_use]
    pub fn needed(&self) -> EnumSet<Claim> {
        let wished = self
            .before
            .map(|before| before.voluntary_claims - before.claims);
        self.after.claims & wished.unwrap_or_default()
    }

    /// The permissions that it asks for and did not.
    #[must_use]
    pub fn permissions(&self) -> EnumSet<Permission> {
        let before = self.before.map(|before| before.permissions);
        self.after.permissions - before.unwrap_or_default()
    }
}

impl Plan {
    /// The purposes that ask beyond what an older edition asked, in the order
    /// of this one.
    #[must_use]
    pub fn beyond<'a>(&'a self, older: &'a Self) -> Vec<Grown<'a>> {
        let deletes_later = self.delete_within().end(ANY_DAY) > older.delete_within().end(ANY_DAY);
        let grown = self.purposes.iter().map(|after| {
            let before = older.purpose(&after.id);
            let mut asks = before.map_or(Ask::Purpose.into(), |before| asks(before, after));
            if before.is_some() && deletes_later {
                asks.insert(Ask::Deletion);
            }
            Grown {
                before,
                after,
                asks,
            }
        });
        grown.filter(|grown| !grown.asks.is_empty()).collect()
    }

    /// Whether it asks for more than an older edition, or for something else.
    #[must_use]
    pub fn is_wider_than(&self, older: &Self) -> bool {
        !self.beyond(older).is_empty() || self.offers != older.offers
    }

    /// Whether it asks for less than an older edition somewhere. An edition can
    /// be narrower and wider at once.
    #[must_use]
    pub fn is_narrower_than(&self, older: &Self) -> bool {
        older
            .beyond(self)
            .iter()
            .any(|grown| !grown.asks.is_disjoint(Ask::of_extent()))
    }

    /// What is in this plan and in another: its purposes that the other has too,
    /// with no more than they have there.
    #[must_use]
    pub fn within(&self, other: &Self) -> Self {
        let purposes = self.purposes.iter().filter_map(|purpose| {
            let limit = other.purpose(&purpose.id)?;
            Some(Purpose {
                required: purpose.required && limit.required,
                claims: purpose.claims & limit.all_claims(),
                voluntary_claims: purpose.voluntary_claims & limit.all_claims(),
                permissions: purpose.permissions & limit.permissions,
                retention: purpose.retention.shorter(limit.retention, ANY_DAY),
                ..purpose.clone()
            })
        });
        let deletion = self.delete_within().shorter(other.delete_within(), ANY_DAY);
        Self {
            requested: None,
            purposes: purposes.collect(),
            delete_within: Some(deletion),
            offers: Vec::new(),
        }
    }
}

fn asks(before: &Purpose, after: &Purpose) -> EnumSet<Ask> {
    let mut asks = EnumSet::empty();
    let mut note = |when: bool, ask: Ask| {
        if when {
            asks.insert(ask);
        }
    };
    let words = |purpose: &Purpose| {
        let Purpose {
            title, text, code, ..
        } = purpose;
        (title.clone(), text.clone(), code.clone())
    };
    note(after.required && !before.required, Ask::Required);
    note(words(after) != words(before), Ask::Words);
    note(after.basis != before.basis, Ask::Basis);
    note(
        !after.all_claims().is_subset(before.all_claims()),
        Ask::Claims,
    );
    note(
        !(after.claims - before.claims).is_disjoint(before.voluntary_claims),
        Ask::Needed,
    );
    note(
        !after.permissions.is_subset(before.permissions),
        Ask::Permissions,
    );
    note(
        after.retention.end(ANY_DAY) > before.retention.end(ANY_DAY),
        Ask::Retention,
    );
    note(
        after
            .recipients
            .iter()
            .any(|recipient| !before.recipients.contains(recipient)),
        Ask::Recipients,
    );
    note(
        after
            .storage
            .iter()
            .any(|country| !before.storage.contains(country)),
        Ask::Storage,
    );
    note(after.offer != before.offer, Ask::Offer);
    asks
}
