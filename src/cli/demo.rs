//! `sluis demo`: everything at once, to be shown.

mod scratch;
mod sites;

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use self::scratch::Scratch;
use self::sites::{Running, register};
use super::people::attributes;
use super::{Failure, opening, print_json, tell};
use crate::app::{App, Migrations};
use crate::config::{Config, DatabaseUrl, MailUrl};
use crate::crypto::password::Password;
use crate::domain::attribute::{Checks, Content};
use crate::domain::claim::Claim;
use crate::domain::language::Language;
use crate::server;
use crate::service::accounts::{self, NewAccount};
use crate::webshop::Site;

/// Where the provider looks for a port, unless told otherwise.
const FIRST_PORT: u16 = 8000;
/// How many ports are tried.
const PORTS_TRIED: u16 = 100;
/// How long requests in hand may take when it stops.
const PATIENCE: Duration = Duration::from_secs(5);
/// Where the sites are that the provider tells.
const LOOPBACK: &str = "127.0.0.0/8, ::1";
/// The password of everybody in the demonstration.
const PASSWORD: &str = "laat maar stromen";

/// The arguments of `sluis demo`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The provider's port; the sites take the next ones [default: the first
    /// that is free from 8000]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
}

/// Starts the provider and the sites in a scratch folder, and serves until it
/// is asked to stop.
pub async fn run(args: Args, config: &Config) -> Result<(), Failure> {
    let scratch = Scratch::create()?;
    let first = args.port.unwrap_or(FIRST_PORT);
    let provider = listen(first, "the provider").await?;
    let issuer = format!("http://localhost:{}", port_of(&provider)?);
    let mut listeners = Vec::new();
    let mut last = port_of(&provider)?;
    for site in Site::ALL {
        let listener = listen(last.saturating_add(1), site.name()).await?;
        last = port_of(&listener)?;
        listeners.push((site, listener));
    }
    tell("making a master key and a database in a scratch folder");
    let app = opening::open(&settings(config, &scratch, &issuer)?, Migrations::Apply).await?;
    let people = add_people(&app).await?;
    let mut running = Vec::new();
    for (site, listener) in listeners {
        tell(&format!("registering {}", site.name()));
        let port = port_of(&listener)?;
        running.push(register(&app, site, listener, port).await?);
    }
    let mail = scratch.mail().display().to_string();
    print_json(&Shown::of(&issuer, &mail, &running, &people))?;
    tell(
        "open the shop in a browser and press \"Log in with Sluis\"; \
         Ctrl-C stops, and takes everything with it",
    );
    let served = serve(&app, provider, running).await;
    app.close().await;
    drop(scratch);
    served
}

/// The settings of the demonstration: its own folder and addresses, and for
/// the rest (log, rate limits) what the operator set.
fn settings(config: &Config, scratch: &Scratch, issuer: &str) -> Result<Config, Failure> {
    let database = format!("sqlite://{}", scratch.path().join("sluis.db").display());
    Ok(Config {
        issuer: issuer
            .parse()
            .map_err(|refusal| Failure::new(format!("{issuer}: {refusal}")))?,
        database_url: database
            .parse::<DatabaseUrl>()
            .map_err(|refusal| Failure::new(format!("{database}: {refusal}")))?,
        keys_dir: scratch.path().join("keys"),
        // The sample people have no mailboxes.
        mail_url: MailUrl::Folder(scratch.mail()),
        // The sites are told of what happens, and they are on this machine.
        outbound_allow: LOOPBACK
            .parse()
            .map_err(|refusal| Failure::new(format!("{LOOPBACK}: {refusal}")))?,
        ..config.clone()
    })
}

/// The first free port from `first` on. Another one than asked is told, since
/// people type the one they read somewhere.
async fn listen(first: u16, what: &str) -> Result<TcpListener, Failure> {
    let last = first.saturating_add(PORTS_TRIED);
    for port in first..=last {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        match TcpListener::bind(address).await {
            Ok(listener) => {
                if port != first {
                    tell(&format!("port {first} is taken: {what} is on {port}"));
                }
                return Ok(listener);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {}
            Err(error) => {
                return Err(Failure::new(format!("cannot listen on {address}: {error}"))
                    .remedy("name a port that this user may use with --port"));
            }
        }
    }
    Err(
        Failure::new(format!("no port from {first} to {last} is free"))
            .remedy("name a free one with --port"),
    )
}

fn port_of(listener: &TcpListener) -> Result<u16, Failure> {
    listener
        .local_addr()
        .map(|address| address.port())
        .map_err(|error| Failure::new(format!("a listener has no address: {error}")))
}

/// Somebody to sign in as.
#[derive(Serialize)]
struct Person {
    name: String,
    email: String,
    password: &'static str,
    /// What the account holds.
    about: &'static str,
}

/// The sample people, as files of `sluis account add`.
const PEOPLE: [(&str, &str); 2] = [
    (
        include_str!("demo/sanne.json"),
        "holds every attribute: compare what each tier releases",
    ),
    (
        include_str!("demo/bram.json"),
        "holds a name and an address for mail: see what a site does without the rest",
    ),
];

async fn add_people(app: &App) -> Result<Vec<Person>, Failure> {
    let broken = || Failure::new("a sample person cannot be read");
    let checks = Checks::at(app.now());
    let mut people = Vec::new();
    for (document, about) in PEOPLE {
        let document: Value = serde_json::from_str(document).map_err(|_| broken())?;
        let held = attributes(&document, &checks, app.now()).ok_or_else(broken)?;
        let email = match held.get(Claim::Email).map(|held| held.value.content()) {
            Some(Content::Email(email)) => email.clone(),
            _ => return Err(broken()),
        };
        let name = document["name"].as_str().unwrap_or_default().to_owned();
        tell(&format!("signing up {name}"));
        people.push(Person {
            name,
            email: email.as_str().to_owned(),
            password: PASSWORD,
            about,
        });
        let new = NewAccount {
            email,
            attributes: held,
            language: Language::Nl,
            escrow: true,
        };
        let password = Password::parse(PASSWORD.to_owned()).map_err(|_| broken())?;
        accounts::add(app, new, password)
            .await
            .map_err(|error| Failure::new(error.to_string()))?;
    }
    Ok(people)
}

/// What is printed: where to go, and as whom.
#[derive(Serialize)]
struct Shown<'a> {
    provider: &'a str,
    account: String,
    jwks: String,
    /// The folder that gets the mail.
    mail: &'a str,
    sites: Vec<ShownSite<'a>>,
    people: &'a [Person],
}

#[derive(Serialize)]
struct ShownSite<'a> {
    site: &'static str,
    name: &'static str,
    url: &'a str,
    /// The site as its owner sees it.
    #[serde(skip_serializing_if = "Option::is_none")]
    keeper: Option<String>,
}

impl<'a> Shown<'a> {
    fn of(issuer: &'a str, mail: &'a str, running: &'a [Running], people: &'a [Person]) -> Self {
        Self {
            provider: issuer,
            account: format!("{issuer}/account"),
            jwks: format!("{issuer}/jwks"),
            mail,
            sites: running
                .iter()
                .map(|one| ShownSite {
                    site: one.kind(),
                    name: one.site.name(),
                    url: &one.url,
                    keeper: one.site.keeper_page(&one.url),
                })
                .collect(),
            people,
        }
    }
}

/// Serves all of them until the process is asked to stop, or one of them
/// cannot go on.
async fn serve(app: &App, provider: TcpListener, sites: Vec<Running>) -> Result<(), Failure> {
    let (stop, stopping) = watch::channel(false);
    let stopped = move || {
        let mut stopping = stopping.clone();
        async move {
            // It fails when nobody is left to stop anything: then it is over too.
            let _ = stopping.wait_for(|stop| *stop).await;
        }
    };
    let mut servers = JoinSet::new();
    let (app, until) = (app.clone(), stopped());
    servers.spawn(async move {
        server::provide(&app, provider, None, until).await;
        Ok(())
    });
    for site in sites {
        servers.spawn(site.serve(stopped()));
    }
    let mut outcome = tokio::select! {
        () = server::shutdown_signal() => Ok(()),
        Some(ended) = servers.join_next() => ended.unwrap_or_else(|_| Err(Failure::new("a site broke down"))),
    };
    tell("stopping");
    let _ = stop.send(true);
    let rest = async {
        while let Some(ended) = servers.join_next().await {
            if let (Ok(Err(error)), Ok(())) = (ended, &outcome) {
                outcome = Err(error);
            }
        }
    };
    // A browser that keeps a connection open must not keep the demonstration.
    let _ = tokio::time::timeout(PATIENCE, rest).await;
    outcome
}
