//! The commands. One file per subcommand: its arguments, and what it does.
//!
//! Results go to standard output, as JSON where a program may read them;
//! progress and problems go to standard error. Exit status: 0 done, 1 refused
//! or failed, 2 wrong usage; and for a mail server, 75 where it should try again later.

use std::ffi::OsString;
use std::fmt;
use std::io::Write as _;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use serde::Serialize;
use tokio::runtime::Runtime;

use crate::config::{Config, ConfigError, Engine, Problem};

pub mod account;
pub mod business;
pub mod client;
pub mod demo;
pub mod doctor;
mod files;
pub mod keys;
mod logging;
pub mod mail;
pub mod migrate;
mod opening;
mod people;
pub mod plan;
mod published;
pub mod receipt;
pub mod seed;
pub mod serve;

/// An OpenID Connect provider that belongs to the consumer.
#[derive(Debug, Parser)]
#[command(name = "sluis", version, propagate_version = true)]
struct Arguments {
    /// The settings file [default: sluis.toml, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start the provider and a demonstration webshop with sample people
    Demo(demo::Args),
    /// Start the provider
    Serve(serve::Args),
    /// Apply the migrations and exit
    Migrate(migrate::Args),
    /// Manage accounts of consumers
    #[command(subcommand)]
    Account(account::Command),
    /// Manage businesses
    #[command(subcommand)]
    Business(business::Command),
    /// Manage the clients of businesses
    #[command(subcommand)]
    Client(client::Command),
    /// Work on a data plan
    #[command(subcommand)]
    Plan(plan::Command),
    /// Hear of mail that came back
    #[command(subcommand)]
    Mail(mail::Command),
    /// Manage the signing keys, and the key of the escrow
    #[command(subcommand)]
    Keys(keys::Command),
    /// Check receipts
    #[command(subcommand)]
    Receipt(receipt::Command),
    /// Fill a database for load tests
    Seed(seed::Args),
    /// Check this deployment and say what to mend
    Doctor(doctor::Args),
}

/// Runs the command that the arguments name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and the version are answers, not mistakes: clap knows which.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    match run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "{failure}");
            ExitCode::from(failure.status)
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Failure> {
    let file = arguments.config.as_deref();
    match arguments.command {
        // What works on files alone needs no settings, and must not stumble
        // over those of an instance that happens to live in the same folder.
        Command::Plan(command) => plan::run(command),
        Command::Receipt(command) => runtime(None)?.block_on(receipt::run(command, file)),
        // Settings that cannot be used are the first thing that it tells.
        Command::Doctor(args) => runtime(None)?.block_on(doctor::run(args, file)),
        Command::Demo(args) => with_settings(file, async |config| demo::run(args, config).await),
        Command::Serve(args) => with_settings(file, async |config| serve::run(args, config).await),
        Command::Migrate(args) => {
            with_settings(file, async |config| migrate::run(args, config).await)
        }
        Command::Account(command) => {
            with_settings(file, async |config| account::run(command, config).await)
        }
        Command::Business(command) => {
            with_settings(file, async |config| business::run(command, config).await)
        }
        Command::Client(command) => {
            with_settings(file, async |config| client::run(command, config).await)
        }
        Command::Mail(command) => {
            // What a mail server hands over it keeps until it is taken: a report that
            // is lost while the database is away is not sent again.
            with_settings(file, async |config| mail::run(command, config).await)
                .map_err(Failure::for_now)
        }
        Command::Keys(command) => {
            with_settings(file, async |config| keys::run(command, config).await)
        }
        Command::Seed(args) => with_settings(file, async |config| seed::run(args, config).await),
    }
}

fn with_settings(
    file: Option<&Path>,
    work: impl AsyncFnOnce(&Config) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let config = settings(file)?;
    runtime(Some(&config))?.block_on(work(&config))
}

/// What runs the work. On SQLite each connection has a thread of its own, and
/// a statement is handed over to it: workers on all cores would mostly wake each
/// other and stand in its way. On half of them, a request costs a fifth less
/// and more are answered.
fn runtime(config: Option<&Config>) -> Result<Runtime, Failure> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if config.is_none_or(|config| config.database_url.engine() == Engine::Sqlite) {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        builder.worker_threads(cores.div_ceil(2));
    }
    builder.enable_all().build().map_err(|error| {
        Failure::new(format!("no worker threads: {error}"))
            .remedy("raise the limits on threads and memory of this process")
    })
}

/// Reads the settings, and starts the log that they ask for.
fn settings(file: Option<&Path>) -> Result<Config, Failure> {
    let config = Config::load(file)?;
    logging::start(&config);
    Ok(config)
}

/// Why a command was refused or failed, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Failure {
    message: String,
    remedy: Option<String>,
    status: u8,
}

/// What a mail server takes for: try again later (`EX_TEMPFAIL` of sysexits.h).
const TRY_AGAIN: u8 = 75;

impl Failure {
    /// A failure with what went wrong.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            remedy: None,
            status: 1,
        }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same, where trying again may succeed, which its exit status says.
    #[must_use]
    fn for_now(mut self) -> Self {
        self.status = TRY_AGAIN;
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sluis: {}", self.message)?;
        if let Some(remedy) = &self.remedy {
            write!(f, "\n  what to do: {remedy}")?;
        }
        Ok(())
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let list = error.to_string().replace('\n', "\n  ");
        Self::new(format!("the settings cannot be used\n  {list}"))
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        ConfigError {
            problems: vec![problem],
        }
        .into()
    }
}

/// Says something to the operator: on standard error, so that standard output
/// is results only. When nobody listens, the work goes on.
fn tell(what: &str) {
    let _ = writeln!(std::io::stderr(), "sluis: {what}");
}

/// Writes a result to standard output as one JSON document.
///
/// # Errors
/// When nobody reads it any more, which a script must not take for success.
pub fn print_json(result: &impl Serialize) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, result)
        .map_err(std::io::Error::from)
        .and_then(|()| writeln!(out))
        .and_then(|()| out.flush())
        .map_err(|error| Failure::new(format!("the result cannot be written: {error}")))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn status(arguments: &str) -> i32 {
        match Arguments::try_parse_from(arguments.split_whitespace()) {
            Ok(_) => 0,
            Err(error) => error.exit_code(),
        }
    }

    #[test]
    fn the_commands_are_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_of_the_contract_is_understood() {
        for line in [
            "sluis demo",
            "sluis serve",
            "sluis --config x.toml serve --no-migrate",
            "sluis serve --config x.toml",
            "sluis migrate",
            "sluis account add --email a@example.org --password-stdin",
            "sluis account add --email a@example.org --password-stdin --attributes a.json --no-escrow --language nl",
            "sluis business add business.json",
            "sluis client add client.json",
            "sluis client add client.json --plan plan.json",
            "sluis client plan shop plan.json",
            "sluis client token --business 01980000-0000-7000-8000-000000000001",
            "sluis client vouch shop business.json",
            "sluis plan check plan.json",
            "sluis mail bounced",
            "sluis keys list",
            "sluis keys rotate",
            "sluis keys rotate --escrow",
            "sluis receipt verify chain.jws",
            "sluis receipt verify chain.jws --jwks http://localhost:8000/jwks",
            "sluis seed --accounts 10",
            "sluis seed --accounts 10 --grants 20 --tokens tokens.jsonl",
            "sluis doctor",
            "sluis --help",
            "sluis --version",
        ] {
            assert_eq!(status(line), 0, "{line}");
        }
    }

    #[test]
    fn wrong_usage_is_exit_status_two() {
        for line in [
            "sluis",
            "sluis dance",
            "sluis serve --now",
            "sluis account add --email a@example.org",
            "sluis account add --email a@example.org --password x",
            "sluis account add --email a@example.org --password-stdin --language fr",
            "sluis client add",
            "sluis mail",
            "sluis mail bounced message.eml",
            "sluis seed",
            "sluis seed --accounts -1",
        ] {
            assert_eq!(status(line), 2, "{line}");
        }
    }

    #[test]
    fn a_failure_says_what_to_do() {
        let failure = Failure::new("the database is locked").remedy("stop the other process");
        assert_eq!(
            failure.to_string(),
            "sluis: the database is locked\n  what to do: stop the other process"
        );
    }
}
