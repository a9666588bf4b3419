//! Who is a minor to a provider of consents: GDPR art. 8(1) sets 16 years, and
//! the Netherlands keep to that (UAVG art. 5(1)).

use std::time::Duration;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::attribute::{Attributes, Content, VaultContents};
use super::claim::Claim;
use super::time::Timestamp;

/// From this birthday on, one decides alone.
const OF_AGE: i16 = 16;

/// The day on which somebody is 16. Who was born on 29 February has no birthday
/// in a common year: then it is the day after the 28th, as the Dutch count.
#[must_use]
pub fn sixteenth_birthday(born: Date) -> Option<Date> {
    let year = born.year().checked_add(OF_AGE)?;
    Date::new(year, born.month(), born.day())
        .or_else(|_| Date::new(year, 3, 1))
        .ok()
}

/// When the sixteenth birthday of somebody who was born on this day begins. Days
/// are those of UTC, like all that an account shows.
fn sixteen_at(born: Date) -> Option<Timestamp> {
    let start = sixteenth_birthday(born)?.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp::from_micros(start.timestamp().as_microsecond()))
}

/// When somebody who was born on this day is no minor any more; `None` when they
/// are not one at `now`.
#[must_use]
pub fn minor_until(born: Date, now: Timestamp) -> Option<Timestamp> {
    sixteen_at(born).filter(|sixteen_at| now < *sixteen_at)
}

/// Whether somebody who lives at `now` can be a minor until then, or was.
#[must_use]
pub fn is_minors(until: Timestamp, now: Timestamp) -> bool {
    const CHILDHOOD: Duration = Duration::from_hours(24 * 366 * 16);
    until <= now.plus(CHILDHOOD)
}

/// For how long it is said that what was closed to a minor is open.
const SAID_FOR: Duration = Duration::from_hours(24 * 60);

impl Attributes {
    /// When the owner of the birthdate that they tell is 16, or was; `None` when
    /// they tell none.
    fn sixteen_at(&self) -> Option<Timestamp> {
        let Content::Birthdate(born) = self.get(Claim::Birthdate)?.value.content() else {
            return None;
        };
        sixteen_at(born.date())
    }

    /// Until when they make their owner a minor.
    #[must_use]
    pub fn minor_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.sixteen_at().filter(|sixteen_at| now < *sixteen_at)
    }
}

impl VaultContents {
    /// Until when their owner is a minor: by the birthdate that they tell, or by
    /// the one that they took away. `None` of somebody of age, or who never told
    /// one.
    ///
    /// Taking a birthdate away opens nothing: it is no statement that one is of
    /// age. Stating another one is, and counts, although nobody checks it: whoever
    /// mistyped a year would else be shut out for years, and a child who means to
    /// lie could have done so from the start. It is told by mail, to whoever reads
    /// that, and gives no agreement back what it lost.
    #[must_use]
    pub fn minor_until(&self, now: Timestamp) -> Option<Timestamp> {
        let sixteen_at = self.attributes.sixteen_at().or(self.closed_until);
        sixteen_at.filter(|sixteen_at| now < *sixteen_at)
    }

    /// Since when their owner is 16, for as long as that is news: what was closed
    /// to them has opened by itself.
    #[must_use]
    pub fn of_age_since(&self, now: Timestamp) -> Option<Timestamp> {
        let sixteen_at = self.attributes.sixteen_at().or(self.closed_until);
        sixteen_at.filter(|sixteen_at| now.is_within(SAID_FOR, *sixteen_at))
    }

    /// Keeps closed what was closed before an edit that took the birthdate away.
    /// Of somebody of age nothing is remembered.
    pub fn remember_minor(&mut self, before: &Self, now: Timestamp) {
        self.closed_until = match self.attributes.get(Claim::Birthdate) {
            Some(_) => None,
            None => self.closed_until.or_else(|| before.minor_until(now)),
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::from_rfc3339(text).expect("a moment")
    }

    #[test]
    fn it_ends_on_the_day_and_not_a_moment_later() {
        let born = date("2010-11-22");
        let birthday = at("2026-11-22T00:00:00Z");
        assert_eq!(
            minor_until(born, at("2026-11-21T23:59:59Z")),
            Some(birthday)
        );
        assert_eq!(minor_until(born, birthday), None);
    }

    #[test]
    fn who_was_born_on_a_leap_day_is_sixteen_on_one_or_the_day_after_where_there_is_none() {
        assert_eq!(
            sixteenth_birthday(date("2012-02-29")),
            Some(date("2028-02-29"))
        );
        // 2100 is a common year.
        assert_eq!(
            sixteenth_birthday(date("2084-02-29")),
            Some(date("2100-03-01"))
        );
    }

    proptest! {
        #[test]
        fn nobody_is_of_age_before_sixteen_years_or_a_day_after_them(
            year in 1900..2200_i16, day in 1..=366_i16, off in -3..=3_i64,
        ) {
            let first = Date::new(year, 1, 1).expect("a date");
            let born = first.checked_add(jiff::Span::new().days(day - 1)).expect("a date");
            let birthday = sixteenth_birthday(born).expect("a date");
            // Calendars add years by shortening; a birthday is never earlier.
            let shortened = born.checked_add(jiff::Span::new().years(16)).expect("a date");
            prop_assert!(birthday >= shortened);
            prop_assert!(birthday <= shortened.tomorrow().expect("a date"));
            let start = birthday.to_zoned(TimeZone::UTC).expect("a moment");
            let now = Timestamp::from_seconds(start.timestamp().as_second() + off * 86_400 - 1);
            prop_assert_eq!(minor_until(born, now).is_some(), off <= 0);
        }
    }
}
