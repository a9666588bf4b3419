//! `sluis seed`: a database of the size that a load test needs.
//!
//! One batch of accounts is computed while the one before it is written, so
//! that processor and disk are both busy; no more than a few batches are ever
//! in memory.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use serde::Serialize;
use serde_json::json;

use super::client::NewRegistration;
use super::opening::open_at;
use super::people::{Crowd, with_email};
use super::{Failure, print_json, tell};
use crate::app::{App, Migrations};
use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::password::Password;
use crate::crypto::secret::Opaque;
use crate::domain::attribute::Email;
use crate::domain::business::BusinessDocument;
use crate::domain::id::{BusinessId, ClientId, GrantId};
use crate::domain::language::Language;
use crate::domain::negotiation::Choice;
use crate::domain::plan::Plan;
use crate::domain::tier::{Tier, TierChoice};
use crate::service::accounts::NewAccount;
use crate::service::clients;
use crate::service::samples::{self, Agreement, Sample, SharedPassword, Template};

/// How many accounts share a commit.
const BATCH: u64 = 1_000;
/// How many batches are computed ahead of the one that is written.
const AHEAD: usize = 2;
/// How many clients an account may have agreements with.
const MOST_CLIENTS: u64 = 32;

/// The arguments of `sluis seed`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many accounts to make
    #[arg(long, value_name = "N")]
    pub accounts: u64,

    /// How many grants to make [default: one per account]
    #[arg(long, value_name = "M")]
    pub grants: Option<u64>,

    /// Where to write live tokens, one JSON object a line
    #[arg(long, value_name = "FILE")]
    pub tokens: Option<PathBuf>,

    /// Make it as if that many days ago, in an instance that is new or as old:
    /// what is held for a shorter time has run out by now
    #[arg(long, value_name = "D", default_value_t = 0, conflicts_with = "tokens")]
    pub days_ago: u16,
}

/// Fills the database.
pub async fn run(args: Args, config: &Config) -> Result<(), Failure> {
    let size = Size::of(&args)?;
    let tokens = args.tokens.as_deref().map(TokenFile::create).transpose()?;
    let app = open_at(config, Migrations::Apply, clock(args.days_ago)).await?;
    let seeded = fill(&app, size, tokens).await;
    app.close().await;
    print_json(&seeded?)
}

/// The machine's clock, or one that stands still in the past.
fn clock(days_ago: u16) -> Clock {
    let system = Clock::system();
    if days_ago == 0 {
        return system;
    }
    let ago = Duration::from_hours(24 * u64::from(days_ago));
    Clock::manual(system.now().minus(ago))
}

/// How much to make.
#[derive(Clone, Copy, Debug)]
struct Size {
    accounts: u64,
    grants: u64,
}

impl Size {
    fn of(args: &Args) -> Result<Self, Failure> {
        let size = Self {
            accounts: args.accounts,
            grants: args.grants.unwrap_or(args.accounts),
        };
        if size.grants > size.accounts.saturating_mul(MOST_CLIENTS) {
            return Err(Failure::new(format!(
                "{} grants are more than {MOST_CLIENTS} for each of {} accounts",
                size.grants, size.accounts
            )));
        }
        Ok(size)
    }

    /// With how many clients the busiest account has an agreement.
    fn clients(self) -> u64 {
        self.grants.div_ceil(self.accounts.max(1))
    }

    /// How many grants an account gets: as even as can be, the first ones one
    /// more.
    fn grants_of(self, account: u64) -> usize {
        let accounts = self.accounts.max(1);
        let more = u64::from(account < self.grants % accounts);
        usize::try_from(self.grants / accounts + more).unwrap_or(0)
    }
}

/// What was made, and what it takes to use it.
#[derive(Serialize)]
struct Seeded {
    accounts: u64,
    grants: u64,
    /// `{number}` counts from 0.
    email: String,
    password: String,
    business: BusinessId,
    clients: Vec<Credentials>,
}

#[derive(Clone, Serialize)]
struct Credentials {
    client_id: ClientId,
    client_secret: String,
}

async fn fill(app: &App, size: Size, mut tokens: Option<TokenFile>) -> Result<Seeded, Failure> {
    let run = next_run(app).await?;
    let (business, credentials) = register(app, run, size.clients()).await?;
    let password = format!("{:032x}", u128::from_be_bytes(app.random().bytes()));
    let template = Arc::new(Template {
        password: shared(app, &password).await?,
        agreements: agreements(app, &credentials).await?,
        live: tokens.is_some(),
    });
    let crowd = Crowd::gather(app.now())
        .ok_or_else(|| Failure::new("the sample people do not pass the checks of attributes"))?;
    let crowd = Arc::new(crowd);
    let starts = (0..size.accounts).step_by(usize::try_from(BATCH).unwrap_or(1));
    let mut batches = stream::iter(starts.map(|first| {
        let (app, template, crowd) = (app.clone(), Arc::clone(&template), Arc::clone(&crowd));
        async move {
            let batch = first..size.accounts.min(first + BATCH);
            tokio::spawn(async move { prepare(&app, &template, &crowd, run, size, batch).await })
                .await
                .map_err(|_| Failure::new("a batch of accounts could not be computed"))?
        }
    }))
    .buffered(AHEAD);
    let (mut done, mut told) = (0, 0);
    while let Some(batch) = batches.next().await {
        let (emails, batch) = batch?;
        samples::keep(app, &batch).await?;
        // After the commit: a token in the file is one that works.
        if let Some(tokens) = &mut tokens {
            tokens.write(&emails, &batch, &credentials)?;
        }
        done += batch.len() as u64;
        if done * 20 / size.accounts > told {
            told = done * 20 / size.accounts;
            tell(&format!("{done} of {} accounts", size.accounts));
        }
    }
    drop(batches);
    if let Some(tokens) = tokens {
        tokens.finish()?;
    }
    Ok(Seeded {
        accounts: size.accounts,
        grants: size.grants,
        email: email_of(run, "{number}"),
        password,
        business,
        clients: credentials,
    })
}

async fn shared(app: &App, password: &str) -> Result<SharedPassword, Failure> {
    let password =
        Password::parse(password.to_owned()).map_err(|error| Failure::new(error.to_string()))?;
    Ok(SharedPassword::derive(app, password).await?)
}

fn email_of(run: u64, number: &str) -> String {
    format!("person-{number}.{run}@seed.example")
}

fn client_id(run: u64, number: u64) -> Result<ClientId, Failure> {
    format!("seed-{run}-{number}")
        .parse()
        .map_err(|_| Failure::new("a client identifier cannot be made"))
}

/// Each run has clients and addresses of its own: of those of an earlier one
/// nobody knows the secrets any more.
async fn next_run(app: &App) -> Result<u64, Failure> {
    let mut run = 1;
    while app.client(&client_id(run, 1)?).await?.is_some() {
        run += 1;
    }
    Ok(run)
}

/// Registers the business, if it is not there, and the clients of this run.
async fn register(
    app: &App,
    run: u64,
    clients: u64,
) -> Result<(BusinessId, Vec<Credentials>), Failure> {
    let business = match app.client(&client_id(1, 1)?).await? {
        Some(first) => first.business.id,
        None => {
            let document = BusinessDocument {
                name: "Proefbedrijf B.V.".to_owned(),
                address: "Sluisplein 1, 3433 AA Nieuwegein".to_owned(),
                contact: "privacy@seed.example".to_owned(),
                registration: None,
                country: "NL".to_owned(),
                sector: None,
            };
            clients::add_business(app, document).await?.id
        }
    };
    let mut credentials = Vec::new();
    // One client even without grants: it marks the run.
    for number in 1..=clients.max(1) {
        let id = client_id(run, number)?;
        let document = json!({
            "client_id": id,
            "business": business,
            "client_name": format!("Proefwinkel {number}"),
            // A host of its own: a sector of its own.
            "redirect_uris": [format!("https://{id}.example/callback")],
            "grant_types": ["authorization_code", "refresh_token"],
            // What a client that cares for speed registers.
            "id_token_signed_response_alg": "ES256",
        });
        let plan = Plan::parse(include_str!("seed/plan.json"))
            .map_err(|_| Failure::new("the sample plan cannot be read"))?;
        let registration = NewRegistration::read(document)
            .map_err(|problems| Failure::new(problems.join("; ")))?;
        let added = registration.register(app, Some(plan)).await?;
        let secret = added.secret.map(|secret| secret.reveal().to_string());
        credentials.push(Credentials {
            client_id: id,
            client_secret: secret.unwrap_or_default(),
        });
    }
    Ok((business, credentials))
}

async fn agreements(app: &App, credentials: &[Credentials]) -> Result<Vec<Agreement>, Failure> {
    let mut agreements = Vec::with_capacity(credentials.len());
    for one in credentials {
        let client = app
            .client(&one.client_id)
            .await?
            .ok_or_else(|| Failure::new("a client that was registered is not there"))?;
        let choice = Choice::of(TierChoice::Tier(Tier::Medium));
        agreements.push(Agreement::new(client, choice));
    }
    Ok(agreements)
}

type Prepared = (Vec<String>, Arc<Vec<Sample>>);

async fn prepare(
    app: &App,
    template: &Template,
    crowd: &Crowd,
    run: u64,
    size: Size,
    batch: std::ops::Range<u64>,
) -> Result<Prepared, Failure> {
    let mut emails = Vec::new();
    let mut prepared = Vec::new();
    for number in batch {
        let address = email_of(run, &number.to_string());
        let email = Email::parse(&address)
            .map_err(|problem| Failure::new(format!("{address}: {problem}")))?;
        let person = crowd.person(usize::try_from(number).unwrap_or(0));
        let new = NewAccount {
            attributes: with_email(person, email.clone(), app.now()),
            email,
            language: Language::Nl,
            escrow: true,
        };
        let sample = Sample::prepare(app, template, new, size.grants_of(number))
            .await
            .map_err(|error| Failure::new(error.to_string()))?;
        emails.push(address);
        prepared.push(sample);
    }
    Ok((emails, Arc::new(prepared)))
}

/// The file of live tokens.
struct TokenFile {
    path: PathBuf,
    file: BufWriter<File>,
}

/// One line of it.
#[derive(Serialize)]
struct Line<'a> {
    account_email: &'a str,
    grant_id: GrantId,
    client_id: &'a str,
    client_secret: &'a str,
    access_token: Option<&'a str>,
    refresh_token: Option<&'a str>,
    session_cookie: Option<&'a str>,
}

impl TokenFile {
    /// For its owner alone: whoever reads it can act for everybody in it.
    fn create(path: &Path) -> Result<Self, Failure> {
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)
            .map_err(|error| cannot_write(path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::with_capacity(1 << 20, file),
        })
    }

    fn write(
        &mut self,
        emails: &[String],
        samples: &[Sample],
        credentials: &[Credentials],
    ) -> Result<(), Failure> {
        for (email, sample) in emails.iter().zip(samples) {
            let session = sample.session().map(Opaque::reveal);
            for (grant, client) in sample.grants().iter().zip(credentials) {
                let access = grant.access_token().map(Opaque::reveal);
                let refresh = grant.refresh_token().map(Opaque::reveal);
                let line = Line {
                    account_email: email,
                    grant_id: grant.id(),
                    client_id: client.client_id.as_str(),
                    client_secret: &client.client_secret,
                    access_token: access.as_deref().map(String::as_str),
                    refresh_token: refresh.as_deref().map(String::as_str),
                    session_cookie: session.as_deref().map(String::as_str),
                };
                serde_json::to_writer(&mut self.file, &line)
                    .map_err(std::io::Error::from)
                    .and_then(|()| self.file.write_all(b"\n"))
                    .map_err(|error| cannot_write(&self.path, &error))?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(), Failure> {
        let written = self.file.flush();
        written.map_err(|error| cannot_write(&self.path, &error))
    }
}

fn cannot_write(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("{} cannot be written: {error}", path.display()))
        .remedy("name a file in a folder that you may write to, on a disk with room")
}
