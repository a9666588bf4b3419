//! `sluis keys`: the keys that sign.

use serde::Serialize;
use serde_json::Value;

use super::opening::open;
use super::{Failure, print_json, tell};
use crate::app::Migrations;
use crate::config::Config;
use crate::domain::time::Timestamp;
use crate::service::keys;
use crate::store::StoreError;
use crate::store::keys::SigningKeyRow;

/// What can be done with signing keys.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the signing keys
    List,
    /// Make new signing keys; the old ones stay published
    Rotate,
}

/// Does what the arguments name.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    let app = open(config, Migrations::Refuse).await?;
    let listed = match command {
        Command::List => keys::list(&app).await.map_err(Failure::from),
        Command::Rotate => match keys::rotate(&app).await {
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
