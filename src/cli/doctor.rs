//! `sluis doctor`: what is wrong with this deployment, and how to mend it.
//!
//! It changes nothing, but for the time of the last check in the database,
//! which shows that the database takes writes.

mod escrow;

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use serde::Serialize;

use super::{Failure, logging, print_json, tell};
use crate::app::ALL_KEYS;
use crate::clock::Clock;
use crate::config::{Config, MailUrl, Problem, RateLimits};
use crate::crypto::master::MasterKey;
use crate::crypto::seal::Sealed;
use crate::domain::time::Timestamp;
use crate::mail::Mailer;
use crate::server::Tls;
use crate::store::keys::{self, SigningKeyRow};
use crate::store::outbox::{self, Tally};
use crate::store::{Store, StoreError, instance};

/// The arguments of `sluis doctor`.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// No clock is right that is before this: the day on which this was written.
const WRITTEN: Timestamp = Timestamp::from_seconds(1_795_219_200);
/// How far the clocks of several nodes may be apart.
const TOLERANCE: std::time::Duration = std::time::Duration::from_mins(5);
/// A message that has waited longer than this waits for a reason.
const LATE: std::time::Duration = std::time::Duration::from_mins(10);

/// Checks the deployment.
pub async fn run(_args: Args, file: Option<&Path>) -> Result<(), Failure> {
    let mut report = Report::default();
    match Config::load(file) {
        Ok(config) => {
            logging::start(&config);
            report.good("settings", "they can be used");
            examine(&mut report, &config).await;
        }
        Err(error) => {
            for problem in &error.problems {
                let refusal = &problem.refusal;
                report.add(
                    "settings",
                    State::Wrong,
                    &format!("{}: {}", problem.setting, refusal.what),
                    Some(&refusal.remedy),
                );
            }
        }
    }
    report.finish()
}

async fn examine(report: &mut Report, config: &Config) {
    check_issuer(report, config);
    check_tls(report, config);
    check_mail(report, config);
    let now = Clock::system().now();
    let master = check_keys_folder(report, &config.keys_dir);
    if let Some(store) = check_database(report, config, now).await {
        check_instance(report, &store, master.as_ref(), now).await;
        escrow::check(report, config, &store, now).await;
        store.close().await;
    }
}

fn check_issuer(report: &mut Report, config: &Config) {
    let issuer = &config.issuer;
    if issuer.is_https() {
        report.good("issuer", &format!("{issuer} is https"));
    } else {
        report.advise(
            "issuer",
            &format!("{issuer} is for this machine alone"),
            "for anybody else, set SLUIS_ISSUER to an https address, and either SLUIS_TLS_CERT and SLUIS_TLS_KEY or a proxy that speaks TLS in front",
        );
    }
    if !issuer.is_loopback() && config.trusted_proxies.is_empty() && config.tls.is_none() {
        report.advise(
            "proxies",
            "no proxy is trusted, so every visitor seems to come from the one in front",
            "name its network in SLUIS_TRUSTED_PROXIES; limits on sign-in are per address",
        );
    }
    if config.rate_limits == RateLimits::Off {
        report.advise(
            "rate limits",
            "passwords can be guessed as fast as they are hashed",
            "remove SLUIS_RATE_LIMITS=off; it is for tests",
        );
    }
}

/// Whether mail gets to anybody. Nobody is written to, to find out.
fn check_mail(report: &mut Report, config: &Config) {
    let sender = config.sender();
    match (&config.mail_url, Mailer::new(config)) {
        (_, Err(error)) => report.add("mail", State::Wrong, &error.to_string(), None),
        (MailUrl::Folder(folder), Ok(_)) if !config.issuer.is_loopback() => report.advise(
            "mail",
            &format!(
                "it is put into the folder {}, and sent to nobody",
                folder.display()
            ),
            "name a mail server in SLUIS_MAIL_URL, such as smtps://USER:PASSWORD@HOST",
        ),
        (MailUrl::Folder(folder), Ok(_)) => {
            report.good(
                "mail",
                &format!("it is put into the folder {}", folder.display()),
            );
        }
        (MailUrl::Smtp(server), Ok(_)) => {
            report.good(
                "mail",
                &format!(
                    "it goes to {}, port {}; what comes back goes to {}, and from there, by you, to \
                     `sluis mail bounced`",
                    server.host,
                    server.port,
                    sender.mailbox().email
                ),
            );
        }
        (MailUrl::Memory(_), Ok(_)) => report.good("mail", "it is kept, and goes nowhere"),
    }
}

/// Whether https can be served with the files that are named.
fn check_tls(report: &mut Report, config: &Config) {
    let Some(files) = config.tls.clone() else {
        return;
    };
    match Tls::load(files, Clock::system()) {
        Ok(_) => report.good("TLS", "the certificate is there, and its key fits"),
        Err(Problem { setting, refusal }) => report.add(
            "TLS",
            State::Wrong,
            &format!("{setting}: {}", refusal.what),
            Some(&refusal.remedy),
        ),
    }
}

fn check_keys_folder(report: &mut Report, folder: &Path) -> Option<MasterKey> {
    let mode = std::fs::metadata(folder).map(|found| found.permissions().mode() & 0o7777);
    if let Ok(mode) = mode
        && mode & 0o022 != 0
    {
        report.add(
            "keys folder",
            State::Wrong,
            &format!(
                "others than its owner can replace what is in {} (mode {mode:04o})",
                folder.display()
            ),
            Some(&format!("run `chmod 700 {}`", folder.display())),
        );
    }
    match MasterKey::load(folder) {
        Ok(key) => {
            report.good("master key", "it is there, and for its owner alone");
            Some(key)
        }
        Err(error) => {
            report.add("master key", State::Wrong, &error.to_string(), None);
            None
        }
    }
}

/// Connects, and sees whether this version knows the schema and can write.
async fn check_database(report: &mut Report, config: &Config, now: Timestamp) -> Option<Store> {
    let store = match Store::connect(config.database_url.expose(), false).await {
        Ok(store) => store,
        Err(error) => {
            report.trouble("database", &error);
            return None;
        }
    };
    match store.is_migrated().await {
        Ok(true) => report.good("database", "it answers, and has the schema of this version"),
        Ok(false) => report.trouble("database", &StoreError::NotMigrated),
        Err(error) => report.trouble("database", &error),
    }
    match instance::check_writable(&store, now).await {
        Ok(()) => report.good("database writes", "they are durable"),
        Err(error) => report.trouble("database writes", &error),
    }
    Some(store)
}

async fn check_instance(
    report: &mut Report,
    store: &Store,
    master: Option<&MasterKey>,
    now: Timestamp,
) {
    let check = store
        .master_check()
        .await
        .map(|check| check.map(Sealed::from_bytes));
    match (check, master) {
        (Ok(Some(check)), Some(master)) if master.fits(&check) => {
            report.good("master key and database", "they belong together");
        }
        (Ok(Some(_)), Some(_)) => {
            report.trouble("master key and database", &StoreError::WrongMasterKey);
        }
        (Ok(None), _) => report.add(
            "master key and database",
            State::Wrong,
            "the database is no instance yet",
            Some("run `sluis migrate`"),
        ),
        // Without a master key there is nothing to compare, and it was told.
        (Ok(Some(_)), None) => {}
        (Err(error), _) => report.trouble("master key and database", &error),
    }
    match signing_keys(store).await {
        Ok(rows) => {
            check_signing_keys(report, &rows, now);
            check_clock(report, &rows, now);
        }
        Err(error) => report.trouble("signing keys", &error),
    }
    match outbox_tallies(store).await {
        Ok(tallies) => check_outbox(report, &tallies, now),
        Err(error) => report.trouble("messages", &error),
    }
}

async fn outbox_tallies(store: &Store) -> Result<Vec<Tally>, StoreError> {
    let mut connection = store.read().await?;
    outbox::tallies(&mut connection).await
}

/// Who is not told what they should be. That is for them to mend, as a rule,
/// so it is advice.
fn check_outbox(report: &mut Report, tallies: &[Tally], now: Timestamp) {
    let before = report.checks.len();
    for tally in tallies {
        let Tally {
            receiver,
            waiting,
            given_up,
            ..
        } = tally;
        let late = tally
            .oldest
            .filter(|oldest| now.since(*oldest) > LATE)
            .map(|oldest| format!(", since {oldest}"));
        if late.is_none() && *given_up == 0 {
            continue;
        }
        let fault = tally.fault.as_deref().unwrap_or("nobody has tried yet");
        report.advise(
            "messages",
            &format!(
                "{receiver}: {waiting} wait{}, {given_up} were given up; {fault}",
                late.unwrap_or_default()
            ),
            "ask whoever runs it to mend it; if all of them wait, see that `sluis serve` runs and may reach others",
        );
    }
    if report.checks.len() == before {
        report.good("messages", "everybody is told what they should be");
    }
}

async fn signing_keys(store: &Store) -> Result<Vec<SigningKeyRow>, StoreError> {
    let mut connection = store.read().await?;
    keys::all(&mut connection).await
}

fn check_signing_keys(report: &mut Report, rows: &[SigningKeyRow], now: Timestamp) {
    let lacking: Vec<String> = ALL_KEYS
        .iter()
        .filter(|(usage, algorithm)| {
            !rows.iter().any(|row| {
                row.key_use == usage.as_str()
                    && row.alg == algorithm.as_str()
                    && row.active_from <= now
                    && row.retired_at.is_none()
            })
        })
        .map(|(usage, algorithm)| format!("{algorithm} for {usage}"))
        .collect();
    if lacking.is_empty() {
        report.good("signing keys", "there is one for each use and algorithm");
    } else {
        report.add(
            "signing keys",
            State::Wrong,
            &format!("none signs with {}", lacking.join(", ")),
            Some("run `sluis keys rotate`"),
        );
    }
}

/// Receipts, expiry and sign-in go by this clock: one that went back would
/// bring to life what had ended.
fn check_clock(report: &mut Report, rows: &[SigningKeyRow], now: Timestamp) {
    let newest = rows.iter().map(|row| row.created_at).max();
    if now < WRITTEN || newest.is_some_and(|newest| now.plus(TOLERANCE) < newest) {
        report.add(
            "clock",
            State::Wrong,
            &format!("this machine thinks that it is {now}, which was before things that happened"),
            Some("set the clock, and keep it right with NTP"),
        );
    } else {
        report.good("clock", &format!("{now} is plausible"));
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    Good,
    Advice,
    Wrong,
}

/// What was found.
#[derive(Debug, Default, Serialize)]
struct Report {
    healthy: bool,
    checks: Vec<Check>,
}

#[derive(Debug, Serialize)]
struct Check {
    check: &'static str,
    state: State,
    finding: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
}

impl Report {
    fn add(&mut self, check: &'static str, state: State, finding: &str, remedy: Option<&str>) {
        self.checks.push(Check {
            check,
            state,
            finding: finding.to_owned(),
            remedy: remedy.map(str::to_owned),
        });
    }

    fn good(&mut self, check: &'static str, finding: &str) {
        self.add(check, State::Good, finding, None);
    }

    fn advise(&mut self, check: &'static str, finding: &str, remedy: &str) {
        self.add(check, State::Advice, finding, Some(remedy));
    }

    fn trouble(&mut self, check: &'static str, error: &StoreError) {
        self.add(check, State::Wrong, &error.to_string(), error.remedy());
    }

    fn finish(mut self) -> Result<(), Failure> {
        for found in self.checks.iter().filter(|one| one.state != State::Good) {
            let word = if found.state == State::Wrong {
                "wrong"
            } else {
                "advice"
            };
            tell(&format!("{word}: {}: {}", found.check, found.finding));
            if let Some(remedy) = &found.remedy {
                tell(&format!("  what to do: {remedy}"));
            }
        }
        let wrong = |one: &&Check| one.state == State::Wrong;
        let count = self.checks.iter().filter(wrong).count();
        self.healthy = count == 0;
        print_json(&self)?;
        if self.healthy {
            Ok(())
        } else {
            Err(Failure::new(format!(
                "{count} of {} checks found something wrong",
                self.checks.len()
            )))
        }
    }
}
