//! CPU time, and how it is compared.
//!
//! Wall time on a machine that does other things as well says little. What is
//! counted is the CPU time that the kernel charged to a process and all of its
//! threads, user and system; what is compared is taken in turns, floor, subject,
//! floor, subject, so that a slow minute of the machine slows both.

use std::fs;
use std::time::Duration;

use crate::Outcome;

/// The kernel counts CPU time in ticks of this length (`USER_HZ` is 100 on
/// every Linux that Rust runs on).
const TICK: Duration = Duration::from_millis(10);
/// How much CPU time a round takes, at least: forty ticks, so that one more or
/// less is 2.5 %.
const ROUND: Duration = Duration::from_millis(400);
const WARM_UP: Duration = Duration::from_millis(150);
const ROUNDS: usize = 7;

/// A process whose CPU time is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process(Option<u32>);

impl Process {
    /// This one.
    pub(crate) const OWN: Self = Self(None);

    /// Another one.
    pub(crate) fn with_id(id: u32) -> Self {
        Self(Some(id))
    }

    fn file(self, name: &str) -> Outcome<String> {
        let id = self.0.map_or("self".to_owned(), |id| id.to_string());
        Ok(fs::read_to_string(format!("/proc/{id}/{name}"))?)
    }

    /// What the kernel has charged to all of its threads, also those that are
    /// gone.
    pub(crate) fn cpu_time(self) -> Outcome<Duration> {
        let stat = self.file("stat")?;
        // The name of the program is in brackets and may hold anything; fields
        // are counted behind it (proc_pid_stat(5): 14 is utime, 15 is stime).
        let (_, fields) = stat.rsplit_once(')').ok_or("no program name in stat")?;
        let mut ticks = 0;
        for field in fields.split_whitespace().skip(11).take(2) {
            ticks += field.parse::<u32>()?;
        }
        Ok(TICK * ticks)
    }

    /// What it keeps in memory, in KiB: all of it, and what of that is its own
    /// rather than pages of its program file.
    pub(crate) fn resident(self) -> Outcome<(u64, u64)> {
        let status = self.file("status")?;
        let field = |name: &str| -> Outcome<u64> {
            let line = status
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .ok_or("a field is missing in status")?;
            Ok(line.trim().trim_end_matches(" kB").parse()?)
        };
        Ok((field("VmRSS:")?, field("RssAnon:")?))
    }

    /// The CPU time that it spends while `work` runs.
    pub(crate) fn spends(self, work: impl FnOnce() -> Outcome<()>) -> Outcome<Duration> {
        let before = self.cpu_time()?;
        work()?;
        Ok(self.cpu_time()?.saturating_sub(before))
    }
}

type Work<'a> = Box<dyn FnMut(usize) -> Outcome<Duration> + 'a>;

/// Something whose cost is measured again and again: `work` does it that many
/// times and says what CPU time that took.
pub(crate) struct Meter<'a> {
    pub(crate) name: &'static str,
    /// How often it is in the whole.
    times: f64,
    calls: usize,
    work: Work<'a>,
}

impl<'a> Meter<'a> {
    /// Warms up, and finds out how many calls fill a round.
    pub(crate) fn new(
        name: &'static str,
        work: impl FnMut(usize) -> Outcome<Duration> + 'a,
    ) -> Outcome<Self> {
        let mut work: Work<'a> = Box::new(work);
        let mut calls = 64;
        loop {
            let spent = work(calls)?;
            if spent >= WARM_UP {
                let round = ROUND.as_secs_f64() / spent.as_secs_f64();
                calls = whole(as_f64(calls) * round);
                break;
            }
            calls *= 2;
        }
        Ok(Self {
            name,
            times: 1.0,
            calls,
            work,
        })
    }

    pub(crate) fn times(self, times: u32) -> Self {
        Self {
            times: f64::from(times),
            ..self
        }
    }

    /// Microseconds for all the times that it is in the whole.
    fn take(&mut self) -> Outcome<f64> {
        let spent = (self.work)(self.calls)?;
        Ok(self.times * micros(spent) / as_f64(self.calls))
    }
}

/// A subject beside its floor.
#[derive(Debug)]
pub(crate) struct Comparison {
    /// Microseconds.
    pub(crate) subject: f64,
    /// Microseconds, of each part.
    pub(crate) parts: Vec<(&'static str, f64)>,
    /// The median of the ratios of the rounds.
    pub(crate) ratio: f64,
}

/// Measures a subject and the parts of its floor, in turns. `less` is taken
/// off the subject before it is compared.
pub(crate) fn compare(
    mut subject: Meter<'_>,
    mut parts: Vec<Meter<'_>>,
    mut less: Option<Meter<'_>>,
) -> Outcome<Comparison> {
    let mut ratios = Vec::new();
    let mut subjects = Vec::new();
    let mut costs = vec![Vec::new(); parts.len()];
    for _ in 0..ROUNDS {
        let mut floor = 0.0;
        for (part, costs) in parts.iter_mut().zip(&mut costs) {
            let cost = part.take()?;
            costs.push(cost);
            floor += cost;
        }
        let off = less.as_mut().map_or(Ok(0.0), Meter::take)?;
        let cost = subject.take()? - off;
        subjects.push(cost);
        ratios.push(cost / floor);
    }
    Ok(Comparison {
        subject: median(subjects),
        parts: parts
            .iter()
            .zip(costs)
            .map(|(part, costs)| (part.name, median(costs)))
            .collect(),
        ratio: median(ratios),
    })
}

/// The middle one; not a number if there is none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

pub(crate) fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of calls are far below 2^52"
)]
pub(crate) fn as_f64(count: usize) -> f64 {
    count as f64
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of calls: positive, and far below 2^52"
)]
fn whole(count: f64) -> usize {
    count.ceil().max(1.0) as usize
}
