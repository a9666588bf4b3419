//! Retention: how long released data may be kept, as the law and people say
//! it ("three months"), and as ISO 8601 writes it (`P3M`).

use std::fmt;
use std::str::FromStr;

use jiff::civil::DateTime;
use jiff::{Span, tz::TimeZone};
use serde::{Deserialize, Serialize};

use super::time::Timestamp;

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

/// The text is not a retention period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a period such as P14D, P3M or P1Y, of at most ten years")]
pub struct InvalidRetention;
