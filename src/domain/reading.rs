//! How often data were read over time: the picture beside the table of reads.

use super::time::Timestamp;

/// Of more bars than this a picture is made of weeks.
const MOST_DAYS: i64 = 31;
/// The last year, with the weeks that it begins and ends in.
const MOST_WEEKS: i64 = 54;

const DAY: i64 = 86_400;

/// How much time a bar of the picture stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// One day, in UTC.
    Day,
    /// Monday to Sunday.
    Week,
}

impl Step {
    /// The number of the step that a moment is in.
    fn number(self, moment: Timestamp) -> i64 {
        let day = moment.as_seconds().div_euclid(DAY);
        match self {
            Self::Day => day,
            // 1 January 1970 was a Thursday.
            Self::Week => (day + 3).div_euclid(7),
        }
    }

    fn start(self, number: i64) -> Timestamp {
        let day = match self {
            Self::Day => number,
            Self::Week => number * 7 - 3,
        };
        Timestamp::from_seconds(day * DAY)
    }
}

/// Reads counted by the day or the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// What each bar stands for.
    pub step: Step,
    /// When each bar begins, and how many reads it has; also those with none, so
    /// that a silence shows.
    pub bars: Vec<(Timestamp, usize)>,
}

impl Tally {
    /// Counts moments up to `until`. Weeks that are more than a year before it
    /// are left out. `None` when nothing is left.
    #[must_use]
    pub fn of(moments: &[Timestamp], until: Timestamp) -> Option<Self> {
        let oldest = *moments.iter().min()?;
        let until = moments.iter().copied().max()?.max(until);
        let days = Step::Day.number(until) - Step::Day.number(oldest);
        let (step, most) = if days < MOST_DAYS {
            (Step::Day, MOST_DAYS)
        } else {
            (Step::Week, MOST_WEEKS)
        };
        let last = step.number(until);
        let first = step.number(oldest).max(last - most + 1);
        let bars = (first..=last).map(|number| {
            let reads = moments.iter().filter(|at| step.number(**at) == number);
            (step.start(number), reads.count())
        });
        let tally = Self {
            step,
            bars: bars.collect(),
        };
        (tally.highest() > 0).then_some(tally)
    }

    /// The most reads of any bar.
    #[must_use]
    pub fn highest(&self) -> usize {
        self.bars.iter().map(|(_, reads)| *reads).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_rfc3339(text).expect("a moment")
    }

    #[test]
    fn a_month_is_counted_by_the_day_and_more_by_the_week() {
        let now = at("2026-11-22T12:00:00Z");
        assert_eq!(Tally::of(&[], now), None);
        let reads = [at("2026-11-20T23:59:59Z"), at("2026-11-21T00:00:00Z"), now];
        let tally = Tally::of(&reads, now).expect("reads");
        assert_eq!(tally.step, Step::Day);
        let days: Vec<usize> = tally.bars.iter().map(|(_, reads)| *reads).collect();
        assert_eq!(days, [1, 1, 1]);
        assert_eq!(tally.bars[1].0, at("2026-11-21T00:00:00Z"));
        let tally = Tally::of(&[at("2026-10-01T00:00:00Z")], now).expect("reads");
        assert_eq!(tally.step, Step::Week);
        // A Monday.
        assert_eq!(tally.bars[0], (at("2026-09-28T00:00:00Z"), 1));
        assert_eq!(tally.bars.len(), 8);
    }

    proptest! {
        #[test]
        fn every_read_of_the_last_year_is_in_one_bar(
            ago in prop::collection::vec(0..365 * DAY, 1..40),
            now in 1_000_000_000..4_000_000_000_i64,
        ) {
            let reads: Vec<Timestamp> =
                ago.iter().map(|ago| Timestamp::from_seconds(now - ago)).collect();
            let tally = Tally::of(&reads, Timestamp::from_seconds(now)).expect("reads");
            let counted: usize = tally.bars.iter().map(|(_, reads)| reads).sum();
            prop_assert_eq!(counted, reads.len());
            prop_assert!(tally.bars.len() <= 54);
            prop_assert!(tally.bars.is_sorted());
        }
    }
}
