//! Where the log goes: standard error, so that standard output is results only.

use std::io::IsTerminal as _;

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
