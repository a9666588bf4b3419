//! Reads of the last year over time, as bars. The table beside it holds what was
//! found, a page at a time.

use crate::domain::reading::{Step, Tally};
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};

/// The size of the picture, in its own units.
const WIDTH: usize = 640;
const HEIGHT: usize = 120;
/// The least of a bar that stands for anything.
const LEAST: usize = 4;

/// Bars, and what they say in words.
#[derive(Clone)]
pub struct Picture {
    /// What it is.
    pub title: String,
    /// What it shows, for whoever does not see it.
    pub description: String,
    /// Those that stand for something.
    pub bars: Vec<Bar>,
    /// Where it begins.
    pub from: Timestamp,
    /// Where it ends.
    pub until: Timestamp,
}

/// One bar.
#[derive(Clone)]
pub struct Bar {
    /// From the left.
    pub x: usize,
    /// From the top.
    pub y: usize,
    /// How wide.
    pub width: usize,
    /// How high.
    pub height: usize,
    /// What it stands for.
    pub label: String,
}

impl Picture {
    /// The picture of a tally.
    #[must_use]
    pub fn of(tally: &Tally, texts: Texts) -> Self {
        let (count, highest) = (tally.bars.len().max(1), tally.highest().max(1));
        let slot = WIDTH / count;
        // A single day is no wall.
        let width = (slot * 4 / 5).clamp(1, 48);
        let bars = tally.bars.iter().enumerate();
        let bars = bars
            .filter(|(_, (_, reads))| *reads > 0)
            .map(|(place, (start, reads))| {
                let reads: usize = *reads;
                let height = (HEIGHT * reads / highest).max(LEAST);
                Bar {
                    x: place * WIDTH / count + (slot - width.min(slot)) / 2,
                    y: HEIGHT - height,
                    width,
                    height,
                    label: t!(
                        texts,
                        "history-bar",
                        date = texts.date(*start),
                        count = reads
                    ),
                }
            })
            .collect();
        let moments = || tally.bars.iter().map(|(start, _)| *start);
        let zero = Timestamp::from_seconds(0);
        let (from, until) = (moments().next(), moments().next_back());
        let (from, until) = (from.unwrap_or(zero), until.unwrap_or(zero));
        let busiest = tally.bars.iter().max_by_key(|(_, reads)| *reads);
        Self {
            title: match tally.step {
                Step::Day => t!(texts, "history-picture-day"),
                Step::Week => t!(texts, "history-picture-week"),
            },
            description: t!(
                texts,
                "history-picture-says",
                from = texts.date(from),
                until = texts.date(until),
                count = tally.bars.iter().map(|(_, reads)| *reads).sum::<usize>(),
                most = highest,
                busiest = texts.date(busiest.map_or(from, |(start, _)| *start))
            ),
            bars,
            from,
            until,
        }
    }
}
