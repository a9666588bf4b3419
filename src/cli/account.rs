//! `sluis account`: consumers that the operator adds.

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use serde_json::json;
use zeroize::Zeroizing;

use super::files::{read_json, refuse, refuse_all};
use super::opening::open;
use super::{Failure, print_json};
use crate::app::Migrations;
use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::password::Password;
use crate::domain::attribute::{
    Attribute, AttributeValue, Attributes, Checks, Content, Email, Source, read_document,
};
use crate::domain::claim::Claim;
use crate::domain::language::Language;
use crate::domain::time::Timestamp;
use crate::service::accounts::{self, AddError, NewAccount};

/// The longest line that is read as a password, and its line end.
const MAX_LINE: u64 = 1024 + 2;

/// What can be done with accounts.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Create a consumer with a verified e-mail address
    Add(AddArgs),
}

/// The arguments of `sluis account add`.
#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// The address to sign in with
    #[arg(long)]
    pub email: String,

    /// Read the password from standard input (never from the command line,
    /// where every user of the machine can see it)
    #[arg(long, required = true)]
    pub password_stdin: bool,

    /// Attributes by claim name, as JSON
    #[arg(long, value_name = "FILE")]
    pub attributes: Option<PathBuf>,

    /// Nobody but the consumer can open the data: not the operator either,
    /// after a forgotten password
    #[arg(long)]
    pub no_escrow: bool,

    /// The language of pages and messages: nl or en
    #[arg(long, default_value_t = Language::En)]
    pub language: Language,
}

/// Does what the arguments name.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    match command {
        Command::Add(args) => add(args, config).await,
    }
}

async fn add(args: AddArgs, config: &Config) -> Result<(), Failure> {
    let email = Email::parse(&args.email)
        .map_err(|problem| Failure::new(format!("--email {:?}: {problem}", args.email)))?;
    let now = Clock::system().now();
    let attributes = match &args.attributes {
        Some(path) => read_attributes(path, &email, now)?,
        None => Attributes::new(),
    };
    let new = NewAccount {
        attributes: with_verified(attributes, &email, now),
        email,
        language: args.language,
        escrow: !args.no_escrow,
    };
    let password = read_password()?;
    let app = open(config, Migrations::Apply).await?;
    let added = accounts::add(&app, new, password).await;
    app.close().await;
    let id = added.map_err(|error| match error {
        AddError::Taken => Failure::new("this e-mail address has an account already"),
        AddError::Fault(fault) => fault.into(),
    })?;
    print_json(&json!({ "account_id": id, "escrow": !args.no_escrow }))
}

/// Reads attributes by claim name, as a UserInfo response has them. What the
/// file calls verified, the operator vouches for.
fn read_attributes(path: &Path, email: &Email, now: Timestamp) -> Result<Attributes, Failure> {
    let values = read_document(&read_json(path)?, &Checks::at(now))
        .map_err(|problems| refuse_all(path, "cannot be used:", problems))?;
    let mut attributes = Attributes::new();
    for held in values {
        if let Content::Email(other) = held.value.content()
            && other.folded() != email.folded()
        {
            return Err(refuse(path, "has another `email` than --email names")
                .remedy("leave `email` out of the file, or make the two the same"));
        }
        let attribute = Attribute::new(held.value, Source::Operator, now);
        attributes.insert(if held.verified {
            attribute.verified(now)
        } else {
            attribute
        });
    }
    Ok(attributes)
}

/// The address with which the operator adds someone counts as verified.
fn with_verified(mut attributes: Attributes, email: &Email, now: Timestamp) -> Attributes {
    let value = attributes
        .remove(Claim::Email)
        .map_or_else(|| AttributeValue::from(email.clone()), |held| held.value);
    attributes.insert(Attribute::new(value, Source::Operator, now).verified(now));
    attributes
}

/// The first line of standard input.
fn read_password() -> Result<Password, Failure> {
    let input = std::io::stdin();
    if input.is_terminal() {
        return Err(
            Failure::new("the password would be on the screen while it is typed")
                .remedy("pipe it in, such as with `read -rs P; printf '%s\\n' \"$P\" | sluis …`"),
        );
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(1024 + 3));
    input
        .lock()
        .take(MAX_LINE + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::new(format!("the password cannot be read: {error}")))?;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or(&bytes);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = std::str::from_utf8(line)
        .map_err(|_| Failure::new("the password is not text in UTF-8"))?
        .to_owned();
    Password::parse(text).map_err(|error| Failure::new(error.to_string()))
}
