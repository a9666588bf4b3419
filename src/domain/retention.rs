//! Retention: how long released data may be kept, as the law and people say
//! it ("three months"), and as ISO 8601 writes it (`P3M`).

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::{Span, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::time::Timestamp;
use super::word::words;

/// A retention period: a whole number of months, or of days. At least a day,
/// at most ten years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Retention(Period);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Period {
    Months(u16),
    Days(u16),
}

impl Retention {
    /// The longest that there is: ten years.
    pub const MAX: Self = Self(Period::Months(120));

    /// A number of months; `None` outside 1 to 120.
    #[must_use]
    pub const fn months(months: u16) -> Option<Self> {
        if months >= 1 && months <= 120 {
            Some(Self(Period::Months(months)))
        } else {
            None
        }
    }

    /// A number of days; `None` outside 1 to 3,650.
    #[must_use]
    pub const fn days(days: u16) -> Option<Self> {
        if days >= 1 && days <= 3_650 {
            Some(Self(Period::Days(days)))
        } else {
            None
        }
    }

    /// Months and days of this period; one of them is zero.
    #[must_use]
    pub const fn parts(self) -> (u16, u16) {
        match self.0 {
            Period::Months(months) => (months, 0),
            Period::Days(days) => (0, days),
        }
    }

    /// When a period that starts at `from` ends, by the calendar in UTC. A
    /// month that lacks the day ends on its last day (31 January + 1 month =
    /// 28 or 29 February).
    #[must_use]
    pub fn end(self, from: Timestamp) -> Timestamp {
        let start: DateTime = TimeZone::UTC.to_datetime(from.to_jiff());
        let (months, days) = self.parts();
        let span = Span::new().months(i32::from(months)).days(i32::from(days));
        start
            .saturating_add(span)
            .to_zoned(TimeZone::UTC)
            .map_or(Timestamp::from_micros(i64::MAX), |end| {
                Timestamp::from_micros(end.timestamp().as_microsecond())
            })
    }

    /// Until when something is in time that must be done within a period that
    /// starts at `from`: the end of its last day, in UTC (Regulation (EEC,
    /// Euratom) No 1182/71, art. 3(2)).
    #[must_use]
    pub fn last_moment(self, from: Timestamp) -> Timestamp {
        self.end(from).end_of_day()
    }

    /// The shorter of two periods that start at `now`; the first when they
    /// end together. Which of `P1M` and `P30D` is shorter depends on the month.
    #[must_use]
    pub fn shorter(self, other: Self, now: Timestamp) -> Self {
        if other.end(now) < self.end(now) {
            other
        } else {
            self
        }
    }
}

impl fmt::Display for Retention {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Period::Months(months) => write!(f, "P{months}M"),
            Period::Days(days) => write!(f, "P{days}D"),
        }
    }
}

impl FromStr for Retention {
    type Err = InvalidRetention;

    /// Takes `PnD`, `PnW`, `PnM` and `PnY`.
    fn from_str(text: &str) -> Result<Self, InvalidRetention> {
        let body = text.strip_prefix('P').ok_or(InvalidRetention)?;
        let unit = body.chars().next_back().ok_or(InvalidRetention)?;
        let digits = &body[..body.len() - unit.len_utf8()];
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidRetention);
        }
        let count: u16 = digits.parse().map_err(|_| InvalidRetention)?;
        match unit {
            'D' => Self::days(count),
            'W' => count.checked_mul(7).and_then(Self::days),
            'M' => Self::months(count),
            'Y' => count.checked_mul(12).and_then(Self::months),
            _ => None,
        }
        .ok_or(InvalidRetention)
    }
}

impl From<Retention> for String {
    fn from(retention: Retention) -> Self {
        retention.to_string()
    }
}

impl TryFrom<String> for Retention {
    type Error = InvalidRetention;

    fn try_from(text: String) -> Result<Self, InvalidRetention> {
        text.parse()
    }
}

/// From when on a retention counts, as the consumer chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountsFrom {
    /// From when it was agreed.
    #[default]
    Consent,
    /// Anew from each login.
    LastLogin,
}

impl CountsFrom {
    /// Both, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::Consent, Self::LastLogin];

    /// Whether it is what holds where nothing is said.
    #[must_use]
    pub fn is_consent(&self) -> bool {
        *self == Self::Consent
    }

    /// The word in forms and documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::LastLogin => "last_login",
        }
    }
}

words!(InvalidRetention: CountsFrom);

/// The text is not a retention period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a period such as P14D, P3M or P1Y, of at most ten years")]
pub struct InvalidRetention;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::strategies;
    use super::*;

    fn at(text: &str) -> Timestamp {
        let moment: jiff::Timestamp = text.parse().expect("RFC 3339");
        Timestamp::from_micros(moment.as_microsecond())
    }

    fn end(period: &str, from: &str) -> String {
        let period: Retention = period.parse().expect("a period");
        period.end(at(from)).to_string()
    }

    #[test]
    fn a_month_ends_on_the_same_day_of_the_next() {
        assert_eq!(end("P1M", "2026-09-21T14:13:20Z"), "2026-10-21T14:13:20Z");
        assert_eq!(end("P6M", "2026-09-21T14:13:20Z"), "2027-03-21T14:13:20Z");
        assert_eq!(end("P1Y", "2026-09-21T14:13:20Z"), "2027-09-21T14:13:20Z");
    }

    #[test]
    fn a_month_that_lacks_the_day_ends_on_its_last() {
        assert_eq!(end("P1M", "2026-01-31T00:00:00Z"), "2026-02-28T00:00:00Z");
        assert_eq!(end("P1M", "2028-01-31T23:59:59Z"), "2028-02-29T23:59:59Z");
        assert_eq!(end("P3M", "2026-08-31T12:00:00Z"), "2026-11-30T12:00:00Z");
        assert_eq!(end("P12M", "2028-02-29T12:00:00Z"), "2029-02-28T12:00:00Z");
        assert_eq!(end("P48M", "2028-02-29T12:00:00Z"), "2032-02-29T12:00:00Z");
    }

    #[test]
    fn a_day_is_24_hours_also_when_clocks_change() {
        assert_eq!(end("P1D", "2026-03-29T00:30:00Z"), "2026-03-30T00:30:00Z");
        assert_eq!(end("P30D", "2026-01-31T00:00:00Z"), "2026-03-02T00:00:00Z");
    }

    #[test]
    fn which_of_a_month_and_thirty_days_is_shorter_depends_on_the_month() {
        let (month, days): (Retention, Retention) = (
            "P1M".parse().expect("one"),
            "P30D".parse().expect("the other"),
        );
        let shorter = |from| month.shorter(days, at(from));
        assert_eq!(shorter("2026-02-01T00:00:00Z"), month);
        assert_eq!(shorter("2026-03-01T00:00:00Z"), days);
        // In a month of thirty days they end together: the first stays.
        assert_eq!(shorter("2026-04-01T00:00:00Z"), month);
    }

    #[test]
    fn the_end_of_the_calendar_is_not_passed() {
        let last = Timestamp::from_micros(i64::MAX);
        assert!(Retention::MAX.end(last) >= Retention::days(1).expect("a day").end(last));
        let first = Timestamp::from_micros(i64::MIN);
        assert!(Retention::MAX.end(first) > first);
    }

    #[test]
    fn periods_are_read_as_iso_8601_writes_them() {
        let read = |text: &str| text.parse::<Retention>().map(|period| period.to_string());
        assert_eq!(read("P3M"), Ok("P3M".to_owned()));
        assert_eq!(read("P2W"), Ok("P14D".to_owned()));
        assert_eq!(read("P10Y"), Ok("P120M".to_owned()));
        for text in [
            "",
            "P",
            "3M",
            "PM",
            "P0D",
            "P0M",
            "P-1M",
            "P+1M",
            "P1.5M",
            "P1M2D",
            "PT1H",
            "p1m",
            "P1m",
            "P 1M",
            "P1M ",
            "P11Y",
            "P121M",
            "P3651D",
            "P522W",
            "P99999D",
            "P9999999999M",
            "P1é",
            "é",
        ] {
            assert_eq!(read(text), Err(InvalidRetention), "{text}");
        }
    }

    proptest! {
        #![proptest_config(strategies::config())]

        #[test]
        fn a_period_reads_as_it_was_written(period in strategies::retention()) {
            prop_assert_eq!(period.to_string().parse(), Ok(period));
        }

        #[test]
        fn the_shorter_of_two_ends_first(
            one in strategies::retention(),
            other in strategies::retention(),
            now in strategies::moment(),
        ) {
            let ends = [one.end(now), other.end(now)];
            prop_assert_eq!(one.shorter(other, now).end(now), ends[0].min(ends[1]));
            prop_assert!(ends[0] > now);
        }

        #[test]
        fn no_text_panics(text in ".{0,12}") {
            let _ = text.parse::<Retention>();
        }
    }
}
