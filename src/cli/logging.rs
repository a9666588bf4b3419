//! Where the log goes: standard error, so that standard output is results only.

use std::io::IsTerminal as _;

use super::tell;
use crate::config::{Config, LogFormat};

/// Starts logging for the life of this process.
pub(super) fn start(config: &Config) {
    let log = tracing_subscriber::fmt()
        .with_env_filter(config.log.build())
        .with_writer(std::io::stderr);
    let started = match config.log_format {
        LogFormat::Json => log.json().flatten_event(true).try_init(),
        LogFormat::Text if std::io::stderr().is_terminal() => log.try_init(),
        LogFormat::Text => log.with_ansi(false).try_init(),
    };
    // It fails only where a log was started before, which then goes on.
    drop(started);
}

/// Tells the operator of a server something, in the format of its log: whoever
/// reads JSON reads nothing else.
pub(super) fn announce(config: &Config, what: &str) {
    match config.log_format {
        LogFormat::Json => tracing::info!("{what}"),
        LogFormat::Text => tell(what),
    }
}

/// Tells something that the operator may not have meant: whoever reads warnings alone
/// reads it too.
pub(super) fn warn(config: &Config, what: &str) {
    match config.log_format {
        LogFormat::Json => tracing::warn!("{what}"),
        LogFormat::Text => tell(what),
    }
}
