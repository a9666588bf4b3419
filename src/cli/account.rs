//! `sluis account`: consumers that the operator adds.

use std::path::PathBuf;

use super::Failure;
use crate::config::Config;
use crate::domain::language::Language;

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
#[expect(clippy::unused_async, reason = "every subcommand has the same shape")]
pub async fn run(command: Command, _config: &Config) -> Result<(), Failure> {
    match command {
        Command::Add(_) => Err(Failure::new("`sluis account add` is not built yet")),
    }
}
