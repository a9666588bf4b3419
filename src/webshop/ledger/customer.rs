//! People who agreed, and what they ordered.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::webshop::person::Person;

/// Changes that a customer can look back on.
const MOST_CHANGES: usize = 10;
/// Algemene wet inzake rijksbelastingen, art. 52(4).
const YEARS_OF_INVOICES: i16 = 7;

/// What the agreement is, as the token endpoint told.
#[derive(Clone, Default)]
pub(in crate::webshop) struct Terms {
    pub(in crate::webshop) grant_id: Option<String>,
    /// The edition of our plan that it answers.
    pub(in crate::webshop) plan_version: Option<u64>,
    /// Whether that is the one that stands.
    pub(in crate::webshop) plan_current: Option<bool>,
}

/// Somebody who agreed.
#[derive(Clone)]
pub(in crate::webshop) struct Customer {
    pub(in crate::webshop) subject: String,
    pub(in crate::webshop) terms: Terms,
    pub(in crate::webshop) person: Person,
    pub(in crate::webshop) read_at: Timestamp,
    /// We were told that there are other values, and have not read them.
    pub(in crate::webshop) stale: Option<Stale>,
    /// What we were told and have read.
    changes: VecDeque<Change>,
    pub(in crate::webshop) restricted: bool,
    pub(in crate::webshop) objected: bool,
}

/// What is to be read anew.
#[derive(Clone)]
pub(in crate::webshop) struct Stale {
    /// These have other values by now.
    pub(in crate::webshop) claims: Vec<String>,
    /// The terms are others, and so the receipt.
    pub(in crate::webshop) terms: bool,
    pub(in crate::webshop) told_at: Timestamp,
}

/// Something that an event told, and what we made of it.
#[derive(Clone)]
pub(in crate::webshop) struct Change {
    pub(in crate::webshop) claims: Vec<String>,
    pub(in crate::webshop) told_at: Timestamp,
    pub(in crate::webshop) read_at: Timestamp,
}

impl Customer {
    pub(super) fn new(subject: String, terms: Terms, now: Timestamp) -> Self {
        Self {
            subject,
            terms,
            person: Person::default(),
            read_at: now,
            stale: None,
            changes: VecDeque::new(),
            restricted: false,
            objected: false,
        }
    }

    pub(super) fn learn(&mut self, person: Person, now: Timestamp) {
        self.person = person;
        self.read_at = now;
        // Who may read is not restricted any more.
        self.restricted = false;
        if let Some(stale) = self.stale.take() {
            if self.changes.len() >= MOST_CHANGES {
                self.changes.pop_back();
            }
            self.changes.push_front(Change {
                claims: stale.claims,
                told_at: stale.told_at,
                read_at: now,
            });
        }
    }

    pub(super) fn mark(&mut self, news: Stale) {
        let mut stale = news;
        if let Some(earlier) = self.stale.take() {
            stale.terms |= earlier.terms;
            stale.claims.extend(earlier.claims);
            stale.claims.sort();
            stale.claims.dedup();
            stale.claims.truncate(100);
        }
        self.stale = Some(stale);
    }

    pub(super) fn drop_claims(&mut self, claims: &[String]) {
        for claim in claims {
            self.person.remove(claim);
        }
    }

    /// What changed because an event said so, the newest first. Terms may
    /// change without any value doing so.
    pub(in crate::webshop) fn told_changes(&self) -> impl Iterator<Item = &Change> {
        self.changes
            .iter()
            .filter(|change| !change.claims.is_empty())
    }

    /// Whether this is the agreement that is meant. Who does not say means
    /// whichever there is.
    pub(in crate::webshop) fn is_under(&self, grant_id: Option<&str>) -> bool {
        match (&self.terms.grant_id, grant_id) {
            (Some(own), Some(meant)) => own == meant,
            _ => true,
        }
    }
}

/// The invoice of an order that was placed.
#[derive(Clone)]
pub(in crate::webshop) struct Invoice {
    pub(in crate::webshop) number: u64,
    /// Whose it is; a guest is nobody whom we know again.
    pub(in crate::webshop) subject: Option<String>,
    pub(in crate::webshop) name: String,
    pub(in crate::webshop) address: String,
    pub(in crate::webshop) cents: u32,
    pub(in crate::webshop) placed: Timestamp,
}

impl Invoice {
    /// The last day of the seventh year after that of the order.
    pub(in crate::webshop) fn keep_until(&self) -> Date {
        let year = self.placed.to_zoned(TimeZone::UTC).year();
        let last = year.saturating_add(YEARS_OF_INVOICES).min(Date::MAX.year());
        Date::new(last, 12, 31).unwrap_or(Date::MAX)
    }
}
