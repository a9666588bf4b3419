//! A night on which very many agreements run out: how long others wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sluis::clock::Clock;
use sluis::domain::time::Timestamp;

use crate::http::{CALLERS, Caller, between};
use crate::instance::{Instance, pause};
use crate::measure::{as_f64, median, micros};
use crate::paths::Path;
use crate::sql::{Bare, Statement, Value};
use crate::{FEW, Outcome, password, report};

/// What people hold at these businesses is kept for three months.
const DAYS_AGO: u16 = 120;
/// Those who log in meanwhile: as many with a session, and one with a password.
const WITH_SESSION: usize = 3;
/// How long each of them waits after a login.
const BETWEEN: Duration = Duration::from_millis(10);
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long they are watched when nothing else is going on.
const QUIET: Duration = Duration::from_secs(20);
const PATIENCE: Duration = Duration::from_secs(3_600);

/// Measures and tells.
pub(crate) fn one_night(agreements: usize) -> Outcome<()> {
    let instance = Instance::with_past(agreements, DAYS_AGO, FEW)?;
    password::make_quick(&instance)?;
    println!("\nOne night, in which {agreements} agreements run out");
    let bare = Bare::open(&instance.database())?;
    let now = Clock::system().now();
    let server = instance.serve_with(&[("SLUIS_LOG", "info,sluis::store::writer=trace")])?;
    let callers = |path: Path, from| -> Outcome<Vec<Box<dyn Caller>>> {
        Ok(path
            .callers(&instance, &server)?
            .into_iter()
            .skip(from)
            .collect())
    };
    // No two of them walk the same way.
    let mut logins = callers(Path::Relogin, CALLERS - WITH_SESSION)?;
    logins.extend(callers(Path::Login, CALLERS - 1)?);
    #[expect(
        clippy::disallowed_methods,
        reason = "the length of a night is measured"
    )]
    let begun = Instant::now();
    let busy = waits(&mut logins, || {
        Ok(due(&bare, now)? == 0 || begun.elapsed() >= PATIENCE)
    })?;
    let took = begun.elapsed();
    if due(&bare, now)? > 0 {
        return Err("not every agreement has run out".into());
    }
    let longest = longest_transaction(&instance.log()?)?;
    let mut quiet_for = Duration::ZERO;
    let quiet = waits(&mut logins, || {
        quiet_for += LOOK_EVERY;
        Ok(quiet_for >= QUIET)
    })?;
    server.stop()?;
    report::note(&format!(
        "{:.0} s, {:.0} agreements a second, {} logins meanwhile",
        took.as_secs_f64(),
        as_f64(agreements) / took.as_secs_f64(),
        busy.len(),
    ));
    report::bound("longest login", millis(&busy, most), "ms", 500.0);
    report::note(&format!(
        "half of them up to {:.1} ms; in a quiet night {:.1} ms, the longest {:.1} ms",
        millis(&busy, median),
        millis(&quiet, median),
        millis(&quiet, most),
    ));
    report::bound("longest transaction", longest / 1e3, "ms", 100.0);
    Ok(())
}

/// How long each login took, until it is `over`.
fn waits(
    callers: &mut [Box<dyn Caller>],
    mut over: impl FnMut() -> Outcome<bool>,
) -> Outcome<Vec<Duration>> {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let running: Vec<_> = callers
            .iter_mut()
            .map(|caller| scope.spawn(|| log_in_until(&mut **caller, &stop)))
            .collect();
        let ended = loop {
            pause(LOOK_EVERY);
            match over() {
                Ok(false) => {}
                ended => break ended,
            }
        };
        stop.store(true, Ordering::Relaxed);
        let mut all = Vec::new();
        for caller in running {
            let waits = caller
                .join()
                .unwrap_or_else(|_| Err("a caller panicked".into()));
            all.extend(waits?);
        }
        ended.map(|_| all)
    })
}

fn log_in_until(caller: &mut dyn Caller, stop: &AtomicBool) -> Outcome<Vec<Duration>> {
    let mut waits = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        #[expect(
            clippy::disallowed_methods,
            reason = "the length of a wait is measured"
        )]
        let begun = Instant::now();
        caller.call()?;
        waits.push(begun.elapsed());
        pause(BETWEEN);
    }
    Ok(waits)
}

fn due(bare: &Bare, now: Timestamp) -> Outcome<i64> {
    bare.count(Statement::own(
        "SELECT COUNT(*) FROM grants g WHERE g.ended_at IS NULL AND g.expires_at <= $1",
        vec![Value::Int(now.as_micros())],
    ))
}

/// In microseconds: the writer tells how long each of its transactions took.
fn longest_transaction(log: &str) -> Outcome<f64> {
    let mut longest = None;
    for line in log.lines().filter(|line| line.contains("a transaction ")) {
        let rest = format!("{line} ");
        let took = between(&rest, "micros=", " ").ok_or("a transaction without its length")?;
        let took: u32 = took.parse()?;
        longest = longest.max(Some(took));
    }
    longest
        .map(f64::from)
        .ok_or_else(|| "no transaction".into())
}

fn millis(waits: &[Duration], of: impl Fn(Vec<f64>) -> f64) -> f64 {
    of(waits.iter().map(|wait| micros(*wait) / 1e3).collect())
}

fn most(values: Vec<f64>) -> f64 {
    values.into_iter().fold(f64::NAN, f64::max)
}
