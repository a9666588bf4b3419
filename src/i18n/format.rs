//! Dates, periods and counts in words. Moments are told in UTC and say so:
//! the day on which something ends must be the same for both parties.

use std::borrow::Borrow;

use super::{Texts, t};
use crate::domain::language::Language;
use crate::domain::retention::Retention;
use crate::domain::time::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

impl Texts {
    /// A day: `21 november 2026`, `21 November 2026`.
    #[must_use]
    pub fn date(self, moment: impl Borrow<Timestamp>) -> String {
        let date = civil(*moment.borrow());
        let month = self.month(date.month());
        format!("{} {month} {}", date.day(), date.year())
    }

    /// A minute: `21 november 2026, 14:13 UTC`.
    #[must_use]
    pub fn date_time(self, moment: impl Borrow<Timestamp>) -> String {
        let moment = *moment.borrow();
        let date = civil(moment);
        let (day, hour, minute) = (self.date(moment), date.hour(), date.minute());
        format!("{day}, {hour:02}:{minute:02} UTC")
    }

    /// A day as a machine reads it, for `<time datetime>`.
    #[must_use]
    pub fn iso(self, moment: impl Borrow<Timestamp>) -> String {
        moment.borrow().to_string()
    }

    /// A period: `3 maanden`, `14 dagen`, `1 jaar`.
    #[must_use]
    pub fn retention(self, retention: impl Borrow<Retention>) -> String {
        match retention.borrow().parts() {
            (0, days) if days % 7 == 0 && days < 60 => {
                let weeks: u16 = days / 7;
                t!(self, "period-weeks", count = weeks)
            }
            (0, days) => t!(self, "period-days", count = days),
            (months, _) if months % 12 == 0 => {
                let years: u16 = months / 12;
                t!(self, "period-years", count = years)
            }
            (months, _) => t!(self, "period-months", count = months),
        }
    }

    /// Some words as a list: `a, b en c`.
    #[must_use]
    pub fn list(self, words: &[String]) -> String {
        match words {
            [] => String::new(),
            [only] => only.clone(),
            [first @ .., last] => {
                let first = first.join(", ");
                t!(self, "list-and", first = first, last = last.as_str())
            }
        }
    }

    /// Some words as alternatives: `a, b of c`.
    #[must_use]
    pub fn list_or(self, words: &[String]) -> String {
        match words {
            [first @ .., last] if !first.is_empty() => {
                let first = first.join(", ");
                t!(self, "list-or", first = first, last = last.as_str())
            }
            _ => words.join(""),
        }
    }

    fn month(self, month: i8) -> &'static str {
        const NL: [&str; 12] = [
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ];
        const EN: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let names = match self.language {
            Language::Nl => NL,
            Language::En => EN,
        };
        usize::try_from(month - 1)
            .ok()
            .and_then(|index| names.get(index))
            .copied()
            .unwrap_or_default()
    }
}

fn civil(moment: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(moment.to_jiff())
}

#[cfg(test)]
mod tests {
    use super::*;

    const NL: Texts = Texts::new(Language::Nl);
    const EN: Texts = Texts::new(Language::En);

    #[test]
    fn a_moment_is_told_in_utc_and_says_so() {
        let moment = Timestamp::from_seconds(1_795_270_380);
        assert_eq!(NL.date(moment), "21 november 2026");
        assert_eq!(EN.date_time(moment), "21 November 2026, 14:13 UTC");
    }

    #[test]
    fn periods_are_said_as_people_say_them() {
        let say = |texts: Texts, text: &str| {
            text.parse()
                .map(|period: Retention| texts.retention(period))
        };
        assert_eq!(say(NL, "P1M").as_deref(), Ok("1 maand"));
        assert_eq!(say(NL, "P3M").as_deref(), Ok("3 maanden"));
        assert_eq!(say(NL, "P7Y").as_deref(), Ok("7 jaar"));
        assert_eq!(say(NL, "P14D").as_deref(), Ok("2 weken"));
        assert_eq!(say(EN, "P1D").as_deref(), Ok("1 day"));
        assert_eq!(say(EN, "P90D").as_deref(), Ok("90 days"));
        assert_eq!(say(EN, "P1Y").as_deref(), Ok("1 year"));
    }

    #[test]
    fn a_list_ends_in_and() {
        let words = ["a", "b", "c"].map(String::from);
        assert_eq!(NL.list(&words), "a, b en c");
        assert_eq!(EN.list(&words[..2]), "a and b");
        assert_eq!(EN.list(&words[..1]), "a");
        assert_eq!(EN.list(&[]), "");
    }
}
