//! Values of one field that no library checks but the calendar: free text,
//! dates of birth and languages.

use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

use super::form::{Checks, Problem};

/// Words in the person's own spelling.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(String);

/// A date of birth.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Birthdate(Date);

/// A language, perhaps with script and region (BCP 47).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Locale(String);

unprintable!(Text, Birthdate, Locale);

/// Checks one line of at most `max` characters.
pub(super) fn parse_line(text: &str, max: usize) -> Result<String, Problem> {
    check(space_once(text), max, |_| false)
}

/// Checks text of several lines, and ends them with `\n` alone.
fn parse_lines(text: &str, max: usize) -> Result<String, Problem> {
    // A form sends CRLF (HTML Living Standard, §4.10.21.7).
    let lines: Vec<String> = text.trim().lines().map(space_once).collect();
    check(lines.join("\n"), max, |c| c == '\n')
}

/// Trims text and makes each run of white space one space.
fn space_once(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check(text: String, max: usize, allowed: impl Fn(char) -> bool) -> Result<String, Problem> {
    if text.is_empty() {
        return Err(Problem::Empty);
    }
    if text.chars().count() > max {
        return Err(Problem::TooLong { max });
    }
    if text.chars().any(|c| is_control(c) && !allowed(c)) {
        return Err(Problem::ControlCharacters);
    }
    Ok(text)
}

/// Control characters, and those that turn the direction of what follows:
/// with them, a name could rewrite the page or the mail around it.
pub(in crate::domain) fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

impl Text {
    pub(super) fn parse_line(text: &str, max: usize) -> Result<Self, Problem> {
        parse_line(text, max).map(Self)
    }

    pub(super) fn parse_lines(text: &str, max: usize) -> Result<Self, Problem> {
        parse_lines(text, max).map(Self)
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Birthdate {
    /// Takes `1990-12-31`, and the day first with points, strokes or
    /// slashes, as it is written in Europe: `31-12-1990`.
    pub fn parse(text: &str, checks: &Checks) -> Result<Self, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Problem::Empty);
        }
        let date = read_date(text).ok_or(Problem::NotADate)?;
        if date > checks.today {
            Err(Problem::InTheFuture)
        } else if date.year() < 1900 {
            Err(Problem::TooLongAgo)
        } else {
            Ok(Self(date))
        }
    }

    /// The date itself.
    #[must_use]
    pub const fn date(&self) -> Date {
        self.0
    }

    /// ISO 8601, as OpenID Connect Core 1.0 §5.1 wants it: `1990-12-31`.
    #[must_use]
    pub fn iso(&self) -> String {
        self.0.to_string()
    }
}

fn read_date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', '.', '/']).map(str::trim).collect();
    let [first, month, last] = parts[..] else {
        return None;
    };
    let (year, day) = if first.len() == 4 {
        (first, last)
    } else {
        (last, first)
    };
    let in_range =
        year.len() == 4 && (1..=2).contains(&month.len()) && (1..=2).contains(&day.len());
    let digits = [year, month, day]
        .iter()
        .all(|part| part.bytes().all(|b| b.is_ascii_digit()));
    if !in_range || !digits {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

impl Locale {
    /// Takes a BCP 47 tag, in any case and also with underscores.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Problem::Empty);
        }
        let tag = LanguageIdentifier::from_str(text).map_err(|_| Problem::NotALanguage)?;
        if tag.language.is_empty() {
            return Err(Problem::NotALanguage);
        }
        Ok(Self(tag.to_string()))
    }

    /// The tag, such as `nl` or `en-GB`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
