//! `sluis client`: the sites and apps of businesses.

mod publish;
mod vouch;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::files::{read_json, read_text, refuse_all};
use super::opening::open;
use super::plan::advise;
use super::{Failure, print_json};
use crate::app::{App, Migrations};
use crate::config::{Config, Registration};
use crate::crypto::secret::Opaque;
use crate::domain::client::ClientMetadata;
use crate::domain::id::{BusinessId, ClientId};
use crate::domain::plan::{Plan, PlanVersion};
use crate::service::clients::{self, ClientInformation, NewClient, RegistrationError};
use crate::service::{plans, registration};

pub use self::publish::PlanArgs;
pub use self::vouch::VouchArgs;

/// What can be done with clients.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Register a client
    Add(AddArgs),
    /// Publish another edition of a client's data plan
    Plan(PlanArgs),
    /// Vouch for a client that registered itself, by saying whose it is
    Vouch(VouchArgs),
    /// Make an initial access token, with which a business's clients register themselves
    Token(TokenArgs),
}

/// The arguments of `sluis client add`.
#[derive(Debug, clap::Args)]
pub struct AddArgs {
    /// The client metadata of RFC 7591, with its business, as JSON
    pub file: PathBuf,

    /// The data plan, as JSON
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
}

/// The arguments of `sluis client token`.
#[derive(Debug, clap::Args)]
pub struct TokenArgs {
    /// The id of the business, as `sluis business add` printed it
    #[arg(long, value_name = "ID")]
    pub business: BusinessId,

    /// How many clients it registers
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub uses: u32,

    /// For how many hours it is good
    #[arg(long, value_name = "N", default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=8_784))]
    pub hours: u16,
}

/// Does what the arguments name.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    match command {
        Command::Add(args) => add(args, config).await,
        Command::Plan(args) => publish::run(args, config).await,
        Command::Vouch(args) => vouch::run(args, config).await,
        Command::Token(args) => token(&args, config).await,
    }
}

/// What is printed of an initial access token: it is nowhere else.
#[derive(Serialize)]
struct MadeToken<'a> {
    initial_access_token: &'a str,
    business: BusinessId,
    uses: u32,
    expires_at: String,
    registration_endpoint: String,
}

async fn token(args: &TokenArgs, config: &Config) -> Result<(), Failure> {
    if config.registration == Registration::Off {
        return Err(
            Failure::new("SLUIS_REGISTRATION is off: no client can register with a token")
                .remedy("set it to token, or register the client with `sluis client add`"),
        );
    }
    let app = open(config, Migrations::Apply).await?;
    let expires_at = app.now().plus(Duration::from_hours(args.hours.into()));
    let made = registration::make_token(&app, args.business, args.uses, expires_at).await;
    app.close().await;
    print_json(&MadeToken {
        initial_access_token: &made?.reveal(),
        business: args.business,
        uses: args.uses,
        expires_at: expires_at.to_string(),
        registration_endpoint: config.issuer.at("/register"),
    })
}

async fn add(args: AddArgs, config: &Config) -> Result<(), Failure> {
    let registration = NewRegistration::read(read_json(&args.file)?)
        .map_err(|problems| refuse_all(&args.file, "cannot be used:", problems))?;
    let plan = match &args.plan {
        Some(path) => Some(read_plan(path, &registration)?),
        None => None,
    };
    let app = open(config, Migrations::Apply).await?;
    let added = registration.register(&app, plan).await;
    let now = app.now();
    app.close().await;
    let NewClient {
        client,
        secret,
        plan_version,
    } = added?;
    let secret = secret.as_ref().map(Opaque::reveal);
    let secret = secret.as_ref().map(|secret| secret.as_str());
    print_json(&Response {
        information: ClientInformation::new(&client, secret, now),
        business: client.business_id,
        plan_version,
    })
}

/// The answer of RFC 7591 §3.2.1. The secret is in it, and nowhere else.
#[derive(Serialize)]
struct Response<'a> {
    #[serde(flatten)]
    information: ClientInformation<'a>,
    business: BusinessId,
    plan_version: PlanVersion,
}

fn read_plan(path: &Path, registration: &NewRegistration) -> Result<Plan, Failure> {
    let plan = Plan::parse(&read_text(path)?)
        .map_err(|problems| refuse_all(path, "is not a data plan yet:", problems))?;
    let unreachable: Vec<String> =
        plans::out_of_scope(&plan, registration.metadata.scope.as_deref())
            .into_iter()
            .map(|misfit| format!("{}: {}", misfit.path, misfit.problem))
            .collect();
    if unreachable.is_empty() {
        advise(&plan);
        Ok(plan)
    } else {
        Err(refuse_all(
            path,
            "and the client's `scope` do not fit together:",
            unreachable,
        ))
    }
}

/// What `sluis client add` reads: RFC 7591 metadata, whose client it is, and
/// optionally the identifier that it is to have.
#[derive(Debug)]
pub(super) struct NewRegistration {
    business: BusinessId,
    client_id: Option<ClientId>,
    metadata: ClientMetadata,
}

impl NewRegistration {
    /// Reads a registration, or says everything that is wrong with it.
    pub(super) fn read(document: Value) -> Result<Self, Vec<String>> {
        let Value::Object(mut members) = document else {
            return Err(vec!["client metadata are a JSON object".to_owned()]);
        };
        let mut problems = Vec::new();
        let business = match members.remove("business") {
            Some(id) => id.as_str().and_then(|id| id.parse().ok()).or_else(|| {
                problems.push("business: this is not the id of a business".to_owned());
                None
            }),
            None => {
                problems.push(
                    "business: this is missing; it is the id that `sluis business add` printed"
                        .to_owned(),
                );
                None
            }
        };
        let client_id = members.remove("client_id").and_then(|id| {
            let read = id.as_str().and_then(|id| id.parse().ok());
            if read.is_none() {
                problems.push(
                    "client_id: 1 to 128 letters, digits, and any of - . _ ~; leave it out to get one"
                        .to_owned(),
                );
            }
            read
        });
        let metadata = ClientMetadata::read(members);
        if let Err(faults) = &metadata {
            problems.extend(faults.iter().map(ToString::to_string));
        }
        match (business, metadata) {
            (Some(business), Ok(metadata)) if problems.is_empty() => match metadata.check(business)
            {
                Ok(_) => Ok(Self {
                    business,
                    client_id,
                    metadata,
                }),
                Err(error) => Err(vec![error.to_string()]),
            },
            _ => Err(problems),
        }
    }

    /// Registers it.
    pub(super) async fn register(
        self,
        app: &App,
        plan: Option<Plan>,
    ) -> Result<NewClient, RegistrationError> {
        clients::add_client(app, self.business, self.client_id, self.metadata, plan).await
    }
}

impl From<RegistrationError> for Failure {
    fn from(error: RegistrationError) -> Self {
        match error {
            RegistrationError::Fault(fault) => fault.into(),
            RegistrationError::Taken => {
                Self::new("there is a client with this `client_id` already")
                    .remedy("choose another `client_id`, or leave it out to get one")
            }
            error => Self::new(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(document: Value) -> String {
        NewRegistration::read(document)
            .err()
            .unwrap_or_default()
            .join("\n")
    }

    #[test]
    fn everything_wrong_with_a_registration_is_told_at_once() {
        let told = problems(json!({
            "business": "the shop on the corner",
            "client_id": "not a client id",
            "client_name": "Shop",
            "redirect_uris": "https://shop.example/callback",
            "token_endpoint_auth_method": "tls_client_auth",
            "response_types": ["code", "id_token"],
        }));
        for member in [
            "business:",
            "client_id:",
            "redirect_uris:",
            "token_endpoint_auth_method:",
            "response_types:",
        ] {
            assert!(told.contains(member), "{member} is not in\n{told}");
        }
    }

    #[test]
    fn a_client_with_keys_is_told_what_is_wrong_with_them() {
        let with = |more: Value| {
            let mut document = json!({
                "business": "01920000-0000-7000-8000-000000000001",
                "client_name": "Bank",
                "redirect_uris": ["https://bank.example/back"],
                "security_profile": "fapi2",
                "token_endpoint_auth_method": "private_key_jwt",
            });
            for (name, value) in more.as_object().expect("members") {
                document[name] = value.clone();
            }
            problems(document)
        };
        assert_eq!(with(json!({"jwks_uri": "https://bank.example/jwks"})), "");
        assert!(with(json!({})).contains("needs `jwks` or `jwks_uri`"));
        let private = json!({"keys": [{"kty": "EC", "crv": "P-256", "x": "", "y": "", "d": ""}]});
        assert!(with(json!({"jwks": private})).starts_with("jwks: it holds a private"));
        let plain = json!({"jwks_uri": "http://bank.example/jwks"});
        assert!(with(plain).starts_with("jwks_uri: an address to fetch from"));
        let secret = json!({
            "jwks_uri": "https://bank.example/jwks",
            "token_endpoint_auth_method": "client_secret_basic",
        });
        assert!(with(secret).contains("fapi2 needs"));
    }

    #[test]
    fn a_registration_needs_a_business_and_a_redirect_uri() {
        assert!(problems(json!({})).contains("business: this is missing"));
        assert!(problems(json!([])).contains("JSON object"));
        let business = "01920000-0000-7000-8000-000000000001";
        let told = problems(json!({ "business": business, "client_name": "Shop" }));
        assert!(told.contains("redirect_uris"), "{told}");
        let document = json!({ "business": business, "client_name": "Shop", "redirect_uris": [] });
        assert!(problems(document).contains("at least one"));
    }
}
