//! What a business says of a deletion duty: that all is deleted, or what it
//! keeps, on which ground and until when (GDPR art. 17(3)).

use std::fmt;
use std::str::FromStr;

use enumset::EnumSet;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::super::attribute::is_control;
use super::super::claim::Claim;
use super::super::plan::LegalBasis;
use super::super::time::Timestamp;

/// The most parts that an answer may have.
pub const MAX_KEPT: usize = 16;
/// The most characters in which a law is named.
pub const MAX_LAW: usize = 200;
/// Longer than any law makes anybody keep anything.
const MAX_YEARS: i16 = 100;

/// A day of the calendar, `2033-12-31`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl Day {
    /// The day on which a moment is, in UTC.
    #[must_use]
    pub fn of(moment: Timestamp) -> Self {
        Self(TimeZone::UTC.to_datetime(moment.to_jiff()).date())
    }

    /// When it begins, in UTC.
    #[must_use]
    pub fn start(self) -> Timestamp {
        let start = self.0.to_zoned(TimeZone::UTC);
        start.map_or(Timestamp::from_micros(i64::MAX), |start| {
            Timestamp::from_micros(start.timestamp().as_microsecond())
        })
    }

    /// Its last second, in UTC.
    #[must_use]
    pub fn end(self) -> Timestamp {
        self.start().end_of_day()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Day {
    type Err = InvalidAnswer;

    /// Takes `YYYY-MM-DD` alone: a day has one spelling.
    fn from_str(text: &str) -> Result<Self, InvalidAnswer> {
        let date: Date = text.parse().map_err(|_| InvalidAnswer::NotADay)?;
        if date.to_string() == text {
            Ok(Self(date))
        } else {
            Err(InvalidAnswer::NotADay)
        }
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.to_string()
    }
}

impl TryFrom<String> for Day {
    type Error = InvalidAnswer;

    fn try_from(text: String) -> Result<Self, InvalidAnswer> {
        text.parse()
    }
}

/// Something that a business keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Which claims.
    pub claims: EnumSet<Claim>,
    /// On which ground of GDPR art. 6(1).
    pub basis: LegalBasis,
    /// By which law or for which claim, in the business's words.
    pub law: String,
    /// Until which day.
    pub until: Day,
}

/// What a business said of a duty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// When.
    pub answered_at: Timestamp,
    /// What it keeps; nothing when all is deleted.
    pub kept: Vec<Kept>,
}

/// Why an answer is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAnswer {
    /// Nobody reads so many.
    #[error("kept: at most {MAX_KEPT} parts")]
    Many,
    /// There is nothing that it is about.
    #[error("kept: each part names at least one claim")]
    NoClaims,
    /// It is about something else.
    #[error("kept: {0} is not part of this duty")]
    Foreign(Claim),
    /// The consent is over.
    #[error(
        "kept: consent is no ground to keep anything, since it is over; name the ground that there is"
    )]
    Consent,
    /// Nobody could look it up.
    #[error("kept: law must name the law or the claim, in 1 to {MAX_LAW} visible characters")]
    Law,
    /// It is not a day, or not written as one.
    #[error("this is not a day such as 2033-12-31")]
    NotADay,
    /// What is over is no time to keep anything for.
    #[error("kept: until must be a day to come, within {MAX_YEARS} years")]
    Until,
}

impl Kept {
    /// Checks what a business wants to keep of some claims.
    pub fn check(
        kept: Vec<Self>,
        claims: EnumSet<Claim>,
        now: Timestamp,
    ) -> Result<Vec<Self>, InvalidAnswer> {
        if kept.len() > MAX_KEPT {
            return Err(InvalidAnswer::Many);
        }
        let kept = Self::in_order(kept);
        for part in &kept {
            part.check_one(claims, now)?;
        }
        Ok(kept)
    }

    /// Puts what is kept in an order of its own, so that the same answer is
    /// always the same.
    #[must_use]
    pub fn in_order(mut kept: Vec<Self>) -> Vec<Self> {
        for part in &mut kept {
            part.law = part.law.trim().to_owned();
        }
        kept.sort_by_cached_key(|part| {
            let claims: Vec<&str> = part.claims.iter().map(Claim::key).collect();
            (part.until, claims, part.basis.as_str(), part.law.clone())
        });
        kept.dedup();
        kept
    }

    fn check_one(&self, claims: EnumSet<Claim>, now: Timestamp) -> Result<(), InvalidAnswer> {
        if self.claims.is_empty() {
            return Err(InvalidAnswer::NoClaims);
        }
        if let Some(foreign) = (self.claims - claims).iter().next() {
            return Err(InvalidAnswer::Foreign(foreign));
        }
        if self.basis == LegalBasis::Consent {
            return Err(InvalidAnswer::Consent);
        }
        let law = &self.law;
        if law.is_empty() || law.chars().count() > MAX_LAW || law.chars().any(is_control) {
            return Err(InvalidAnswer::Law);
        }
        let today = Day::of(now);
        let years = i32::from(self.until.0.year()) - i32::from(today.0.year());
        if self.until <= today || years > i32::from(MAX_YEARS) {
            return Err(InvalidAnswer::Until);
        }
        Ok(())
    }
}
