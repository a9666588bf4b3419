//! What Sluis costs, beside what its parts cost. See `benches/README.md`.
//!
//! `cargo bench` runs everything, `cargo bench -- userinfo start` what these
//! words occur in, and `cargo bench -- --accounts 1000000 scale` says how large
//! the large database is (with `expiry` how many agreements run out, and with
//! `outbox` how many events were delivered before).

mod crypto;
mod expiry;
mod floor;
mod http;
mod instance;
mod measure;
mod negotiation;
mod outbox;
mod password;
mod paths;
mod proof;
mod receiver;
mod report;
mod sql;

use std::process::ExitCode;
use std::time::Duration;

use crate::floor::Floor;
use crate::http::drive;
use crate::instance::{Instance, Server, pause};
use crate::measure::{compare, median, micros};
use crate::paths::Path;
use crate::sql::Bare;

/// What may go wrong in a benchmark is told and ends it.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The database that paths are compared with their parts on.
const ACCOUNTS: usize = 10_000;
/// The small database of the comparison of sizes.
const FEW: usize = 1_000;
/// The large one, unless `--accounts` says otherwise.
const MANY: usize = 100_000;
const STARTS: usize = 11;
const FRESH_STARTS: usize = 5;
/// How long a server is left alone before it counts as idle.
const QUIET: Duration = Duration::from_secs(12);

fn main() -> ExitCode {
    match Wanted::from_arguments().and_then(|wanted| run(&wanted)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// What to run.
struct Wanted {
    accounts: usize,
    words: Vec<String>,
}

impl Wanted {
    fn from_arguments() -> Outcome<Self> {
        let mut wanted = Self {
            accounts: MANY,
            words: Vec::new(),
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                // Cargo says so to every benchmark.
                "--bench" => {}
                "--accounts" => {
                    let number = arguments.next().ok_or("--accounts needs a number")?;
                    wanted.accounts = number.replace('_', "").parse()?;
                }
                word => wanted.words.push(word.to_lowercase()),
            }
        }
        Ok(wanted)
    }

    fn has(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.words.is_empty() || self.words.iter().any(|word| name.contains(word.as_str()))
    }

    fn any_of(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.has(name))
    }
}

fn run(wanted: &Wanted) -> Outcome<()> {
    if wanted.has("negotiation") {
        negotiation_takes()?;
    }
    let names = [
        "discovery",
        "jwks",
        "userinfo",
        "introspection",
        "refresh",
        "refresh with dpop",
        "par",
        "re-login",
        "password login",
    ];
    if wanted.any_of(&names) {
        beside_parts(wanted)?;
    }
    if wanted.any_of(&["start", "memory"]) {
        start_and_memory()?;
    }
    if wanted.has("outbox") {
        outbox::drains(wanted.accounts)?;
    }
    if wanted.has("expiry") {
        expiry::one_night(wanted.accounts)?;
    }
    if wanted.has("scale") {
        at_scale(wanted.accounts)?;
    }
    Ok(())
}

fn negotiation_takes() -> Outcome<()> {
    println!("\nNegotiation: 20 purposes, 30 claims named (of the 13 that there are)");
    let result = compare(negotiation::meter()?, Vec::new(), None)?;
    report::bound("negotiation", result.subject, "µs", 20.0);
    Ok(())
}

/// The paths beside the sum of their parts.
fn beside_parts(wanted: &Wanted) -> Outcome<()> {
    let instance = Instance::seeded(ACCOUNTS)?;
    password::make_quick(&instance)?;
    let bare = Bare::open(&instance.copy_database("floor.db")?)?;
    // Of the same tokens, which rotate in each once.
    let other = Bare::open(&instance.copy_database("other-floor.db")?)?;
    let floor = || Floor::new(&bare, &instance);
    let server = instance.serve()?;
    let path = |path: Path| path.meter(&instance, &server);
    report::heading(
        &format!(
            "CPU µs a call, {} callers, {ACCOUNTS} accounts",
            http::CALLERS
        ),
        ["Sluis", "its parts", "ratio"],
    );
    for document in [Path::Discovery, Path::Jwks] {
        if wanted.has(document.name()) {
            let result = compare(path(document)?, vec![path(Path::Empty)?], None)?;
            report::line(document.name(), &result, 1.2);
        }
    }
    // How often each part is in the whole: requests, openings and sealings,
    // signatures made, signatures checked.
    let whole = [
        (Path::UserInfo, floor()?, [1, 3, 0, 0], 1.6),
        (Path::Introspect, floor()?, [1, 0, 0, 0], 1.6),
        (Path::Refresh, floor()?, [1, 3, 1, 0], 1.6),
        (
            Path::RefreshWithProof,
            Floor::new(&other, &instance)?,
            [1, 3, 1, 1],
            1.6,
        ),
        (Path::Push, floor()?, [1, 1, 0, 0], 2.0),
        (Path::Relogin, floor()?, [2, 6, 1, 0], 2.0),
        (Path::Login, floor()?, [1, 4, 0, 0], 2.0),
    ];
    for (subject, floor, [requests, seals, signatures, checks], target) in whole {
        if !wanted.has(subject.name()) {
            continue;
        }
        let mut parts = vec![
            path(Path::Empty)?.times(requests),
            floor.meter(subject)?,
            crypto::aead("AEAD")?.times(seals),
        ];
        if signatures > 0 {
            parts.push(crypto::signature()?.times(signatures));
        }
        if checks > 0 {
            parts.push(crypto::verification()?.times(checks));
        }
        let hash = match subject {
            Path::Login => Some(password::meter(&bare, &instance.password)?),
            _ => None,
        };
        let result = compare(path(subject)?, parts, hash)?;
        report::line(subject.name(), &result, target);
    }
    drop((bare, other));
    server.stop()
}

/// How long a start takes, and how much memory an idle server keeps.
fn start_and_memory() -> Outcome<()> {
    let instance = Instance::seeded(FEW)?;
    println!("\nStart to the first answer, and memory when idle");
    let (mut wall, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let server = instance.serve()?;
        wall.push(micros(server.started_in) / 1e3);
        cpu.push(micros(server.process.cpu_time()?) / 1e3);
        server.stop()?;
    }
    report::bound("start", median(wall), "ms", 50.0);
    report::note(&format!("of that CPU {:.0} ms", median(cpu)));
    let mut wall = Vec::new();
    for number in 0..FRESH_STARTS {
        let fresh = Instance::empty(&format!("fresh-{number}"))?;
        let server = fresh.serve()?;
        wall.push(micros(server.started_in) / 1e3);
        server.stop()?;
    }
    report::note(&format!(
        "on a new instance, with its keys and database to make: {:.0} ms",
        median(wall)
    ));
    let server = instance.serve()?;
    keeps("memory when idle", &server)?;
    for path in [
        Path::Discovery,
        Path::Jwks,
        Path::UserInfo,
        Path::Refresh,
        Path::Relogin,
        Path::Account,
        Path::Login,
    ] {
        drive(&mut path.callers(&instance, &server)?, 320)?;
    }
    keeps("  after everything", &server)?;
    server.stop()
}

/// What a server keeps when nothing has happened for a while.
fn keeps(when: &str, server: &Server) -> Outcome<()> {
    pause(QUIET);
    let (all, own) = server.process.resident()?;
    report::bound(when, mib(all), "MiB", 20.0);
    report::note(&format!(
        "its own {:.1} MiB, pages of the program file {:.1} MiB",
        mib(own),
        mib(all - own)
    ));
    Ok(())
}

/// Every path on a large database beside a small one.
fn at_scale(accounts: usize) -> Outcome<()> {
    let (small, large) = (Instance::seeded(FEW)?, Instance::seeded(accounts)?);
    for instance in [&small, &large] {
        password::make_quick(instance)?;
    }
    let (few, many) = (small.serve()?, large.serve()?);
    report::heading(
        &format!("CPU µs a call, {accounts} accounts and grants beside {FEW}"),
        ["many", "few", "ratio"],
    );
    for path in [
        Path::UserInfo,
        Path::Introspect,
        Path::Refresh,
        Path::RefreshWithProof,
        Path::Push,
        Path::Relogin,
        Path::Login,
        Path::Account,
    ] {
        // What is compared is the work, and not the disk.
        small.warm()?;
        large.warm()?;
        if path == Path::Account {
            // The first page in five minutes notes that a session is in use. Of the few,
            // nearly every call would be a later one, and of the many, none.
            for (instance, server) in [(&small, &few), (&large, &many)] {
                let everybody = instance.people.len();
                drive(&mut path.callers(instance, server)?, everybody)?;
            }
        }
        let floor = vec![path.meter(&small, &few)?];
        let result = compare(path.meter(&large, &many)?, floor, None)?;
        report::line(path.name(), &result, 1.2);
    }
    few.stop()?;
    many.stop()
}

fn mib(kib: u64) -> f64 {
    Duration::from_micros(kib).as_secs_f64() * 1e6 / 1024.0
}
