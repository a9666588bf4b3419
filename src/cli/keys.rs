//! `sluis keys`: the keys that sign, and the one that opens vaults for the
//! operator.

use serde::Serialize;
use serde_json::Value;

use super::opening::open;
use super::{Failure, print_json, tell};
use crate::app::{App, Migrations};
use crate::config::Config;
use crate::domain::time::Timestamp;
use crate::jobs::escrow;
use crate::service::{self, keys};
use crate::store::StoreError;
use crate::store::keys::SigningKeyRow;

/// What can be done with signing keys.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the signing keys
    List,
    /// Make new signing keys; the old ones stay published
    Rotate(Rotate),
}

/// The arguments of `sluis keys rotate`.
#[derive(Debug, clap::Args)]
pub struct Rotate {
    /// Make a new escrow key instead; the old one is destroyed an hour later
    #[arg(long)]
    pub escrow: bool,
}

/// Does what the arguments name.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let app = open(config, Migrations::Refuse).await?;
    if let Command::Rotate(Rotate { escrow: true }) = command {
        let rotated = rotate_escrow(&app).await;
        app.close().await;
        return print_json(&rotated?);
    }
    let listed = match command {
        Command::List => keys::list(&app).await.map_err(Failure::from),
        Command::Rotate(_) => match keys::rotate(&app).await {
            Ok(new) => keys::list(&app).await.map_err(Failure::from).inspect(|_| {
                let minutes = keys::ANNOUNCEMENT.as_secs() / 60;
                tell(&format!(
                    "{} new keys are published now and sign {minutes} minutes from now",
                    new.len()
                ));
            }),
            Err(error) => Err(error.into()),
        },
    };
    let now = app.now();
    app.close().await;
    let rows = listed?;
    let shown: Vec<Key<'_>> = rows
        .iter()
        .map(|row| Key::of(row, &rows, now))
        .collect::<Result<_, StoreError>>()?;
    print_json(&shown)
}

/// What became of the escrow.
#[derive(Serialize)]
struct Escrow {
    /// The epoch that began.
    epoch: u32,
    /// How many vaults its key opens.
    opens: u32,
    /// How many are still wrapped by the ones before it.
    left: u32,
}

async fn rotate_escrow(app: &App) -> Result<Escrow, Failure> {
    if !app.next_escrow().await? {
        return Err(Failure::new("another node makes a new escrow key just now"));
    }
    // What cannot be opened is told, and stays with the key that it needs.
    if let Err(fault) = escrow::run_once(app).await {
        tell(&fault.to_string());
    }
    let held = service::escrow::tally(app).await?;
    let hours = service::escrow::LINGERS.as_secs() / 3_600;
    tell(&format!(
        "while Sluis serves, it destroys the key before it {hours} hour from now"
    ));
    Ok(Escrow {
        epoch: app.escrow().await?.epoch().number(),
        opens: held.present,
        left: held.before,
    })
}

/// A key as it is shown: nothing of its private half.
#[derive(Serialize)]
struct Key<'a> {
    kid: &'a str,
    #[serde(rename = "use")]
    usage: &'a str,
    alg: &'a str,
    state: State,
    created_at: String,
    signs_from: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    retired_at: Option<String>,
    jwk: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// Published, and signs later.
    Announced,
    /// Signs.
    Signing,
    /// Signs no more, and stays published: what it signed stays.
    Published,
}

impl<'a> Key<'a> {
    fn of(
        row: &'a SigningKeyRow,
        all: &[SigningKeyRow],
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        // The rows are in the order in which they become active: of those for
        // the same, the last that is active signs.
        let signing = all
            .iter()
            .filter(|other| other.key_use == row.key_use && other.alg == row.alg)
            .rfind(|other| other.active_from <= now && other.retired_at.is_none());
        let state = if row.active_from > now && row.retired_at.is_none() {
            State::Announced
        } else if signing.is_some_and(|one| one.kid == row.kid) {
            State::Signing
        } else {
            State::Published
        };
        Ok(Self {
            kid: &row.kid,
            usage: &row.key_use,
            alg: &row.alg,
            state,
            created_at: row.created_at.to_string(),
            signs_from: row.active_from.to_string(),
            retired_at: row.retired_at.map(|at| at.to_string()),
            jwk: serde_json::from_str(&row.public_jwk)
                .map_err(|_| StoreError::Corrupt("public_jwk"))?,
        })
    }
}
