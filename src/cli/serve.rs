//! `sluis serve`: the provider.

use super::Failure;
use super::logging::{announce, warn};
use super::opening::open;
use crate::app::Migrations;
use crate::clock::Clock;
use crate::config::Config;
use crate::server::{self, Tls};
use crate::store::instance;
use tokio::net::TcpListener;

/// The arguments of `sluis serve`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Refuse to start on a database that lacks a migration
    #[arg(long)]
    pub no_migrate: bool,
}

/// Starts the provider and serves until it is asked to stop.
pub async fn run(args: Args, config: &Config) -> Result<(), Failure> {
    for setting in &config.without_effect {
        warn(config, &setting.to_string());
    }
    let tls = config
        .tls
        .clone()
        .map(|files| Tls::load(files, Clock::system()))
        .transpose()?;
    // Before anything is opened: whoever finds the port taken by another
    // instance must not have migrated its database on the way.
    let listener = listen(config).await?;
    let migrations = if args.no_migrate {
        Migrations::Refuse
    } else {
        Migrations::Apply
    };
    let app = open(config, migrations).await?;
    // Nobody would notice before somebody who forgot their password needs it.
    app.escrow().await?;
    // Signing in writes: on a database that takes no writes, nothing works.
    instance::check_writable(app.store(), app.now()).await?;
    let address = listener.local_addr().unwrap_or(config.listen);
    let scheme = if tls.is_some() { "https" } else { "http" };
    announce(
        config,
        &format!("{} listens on {scheme}://{address}", app.issuer()),
    );
    server::provide(&app, listener, tls, server::shutdown_signal()).await;
    app.close().await;
    announce(config, "stopped");
    Ok(())
}

async fn listen(config: &Config) -> Result<TcpListener, Failure> {
    TcpListener::bind(config.listen).await.map_err(|error| {
        Failure::new(format!("cannot listen on {}: {error}", config.listen)).remedy(
            "stop what has this address and port, or set SLUIS_LISTEN to one that is free and \
             that this user may use",
        )
    })
}
