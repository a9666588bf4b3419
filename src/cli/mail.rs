//! `sluis mail`: what a mail server hands back.

use std::io::{IsTerminal as _, Read as _};

use serde::Serialize;

use super::opening::open;
use super::{Failure, print_json};
use crate::app::Migrations;
use crate::config::Config;
use crate::domain::bounce::LARGEST;
use crate::domain::id::MessageId;
use crate::service::bounces::{self, BounceError, Heard, Outcome};

/// What can be done with mail.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Take note of a mail that came back: reads one report on its delivery from
    /// standard input
    Bounced,
}

/// Does what the arguments name.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    match command {
        Command::Bounced => bounced(config).await,
    }
}

async fn bounced(config: &Config) -> Result<(), Failure> {
    let message = read_message()?;
    let app = open(config, Migrations::Refuse).await?;
    let heard = bounces::take(&app, &message).await;
    app.close().await;
    match heard {
        Ok(heard) => print_json(&Told::of(&heard)),
        Err(BounceError::Fault(fault)) => Err(fault.into()),
        // Any other mail: whoever handed it on has nothing to mend and nothing to
        // send back.
        Err(refused) => print_json(&Refused {
            outcome: "refused",
            says: format!("The message {refused}: nothing is noted of it."),
        }),
    }
}

/// The message, and a byte more than is read of one.
fn read_message() -> Result<Vec<u8>, Failure> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return Err(Failure::new("the message is read from standard input")
            .remedy("pipe it in: sluis mail bounced < message"));
    }
    let mut message = Vec::new();
    input
        .lock()
        .take(LARGEST as u64 + 1)
        .read_to_end(&mut message)
        .map_err(|error| Failure::new(format!("the message cannot be read: {error}")))?;
    Ok(message)
}

/// What is printed of a message that is none to take note of.
#[derive(Serialize)]
struct Refused {
    outcome: &'static str,
    says: String,
}

/// What is printed. It names nobody.
#[derive(Serialize)]
struct Told {
    /// As the file in a mail folder is called.
    message_id: MessageId,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    outcome: &'static str,
    accounts: u64,
    says: &'static str,
}

impl Told {
    fn of(heard: &Heard) -> Self {
        let (outcome, accounts, says) = match heard.outcome {
            Outcome::Noted(accounts) => (
                "noted",
                accounts,
                "Nobody is there. Whoever has that address, or says so, is told when they sign in.",
            ),
            Outcome::NobodysAddress => (
                "nobodys_address",
                0,
                "No account has that address, or somebody has shown since that they read mail there.",
            ),
            Outcome::NotToBlame => (
                "not_to_blame",
                0,
                "It does not say that nobody is there, so nothing is noted of the address.",
            ),
        };
        Self {
            message_id: heard.message,
            status: heard.status.map(|status| status.to_string()),
            outcome,
            accounts,
            says,
        }
    }
}
