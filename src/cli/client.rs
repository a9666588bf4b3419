//! `sluis client`: the sites and apps of businesses.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::files::{read_json, read_text, refuse_all};
use super::opening::open;
use super::plan::advise;
use super::{Failure, print_json};
use crate::app::{App, Migrations};
use crate::config::Config;
use crate::crypto::secret::{ClientSecret, Opaque};
use crate::domain::client::ClientMetadata;
use crate::domain::id::{BusinessId, ClientId};
use crate::domain::plan::{Plan, PlanVersion};
use crate::domain::scope::Scope;
use crate::service::clients::{self, NewClient, RegistrationError};

/// What can be done with clients.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Register a client
    Add(AddArgs),
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

/// Does what the arguments name.
pub async fn run(command: Command, config: &Config) -> Result<(), Failure> {
    match command {
        Command::Add(args) => add(args, config).await,
    }
}

async fn add(args: AddArgs, config: &Config) -> Result<(), Failure> {
    let registration = Registration::read(read_json(&args.file)?)
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
    print_json(&Response {
        client_id: client.id,
        client_id_issued_at: now.as_seconds(),
        client_secret_expires_at: secret.as_ref().map(|_| 0),
        client_secret: secret.as_ref().map(reveal),
        response_types: ["code"],
        metadata: client.metadata,
        business: client.business_id,
        plan_version,
    })
}

fn reveal(secret: &Opaque<ClientSecret>) -> String {
    secret.reveal().to_string()
}

/// The answer of RFC 7591 §3.2.1. The secret is in it, and nowhere else.
#[derive(Serialize)]
struct Response {
    client_id: ClientId,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    client_id_issued_at: i64,
    /// 0: it does not expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<u8>,
    response_types: [&'static str; 1],
    #[serde(flatten)]
    metadata: ClientMetadata,
    business: BusinessId,
    plan_version: PlanVersion,
}

fn read_plan(path: &Path, registration: &Registration) -> Result<Plan, Failure> {
    let plan = Plan::parse(&read_text(path)?)
        .map_err(|problems| refuse_all(path, "is not a data plan yet:", problems))?;
    let unreachable = out_of_scope(&plan, registration.metadata.scope.as_deref());
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

/// The claims of a plan that the client could never ask for: a claim that a
/// standard scope names is released to that scope alone.
fn out_of_scope(plan: &Plan, registered: Option<&str>) -> Vec<String> {
    let Some(registered) = registered else {
        return Vec::new();
    };
    let scopes = Scope::parse_list(registered);
    let beyond = Scope::claims_of(Scope::all()) - Scope::claims_of(scopes);
    let mut problems = Vec::new();
    for (index, purpose) in plan.purposes().iter().enumerate() {
        for (member, claims) in [
            ("claims", purpose.claims),
            ("voluntary_claims", purpose.voluntary_claims),
        ] {
            for claim in claims & beyond {
                let naming = clients::scopes_naming(claim.into());
                problems.push(format!(
                    "$.purposes[{index}].{member}: {claim} comes with the scope `{}`, which the \
                     client does not register; add it to `scope`, or leave the claim out",
                    Scope::list(naming)
                ));
            }
        }
    }
    problems
}

/// What `sluis client add` reads: RFC 7591 metadata, whose client it is, and
/// optionally the identifier that it is to have.
#[derive(Debug)]
pub(super) struct Registration {
    business: BusinessId,
    client_id: Option<ClientId>,
    metadata: ClientMetadata,
}

impl Registration {
    /// Reads a registration, or says everything that is wrong with it.
    pub(super) fn read(document: Value) -> Result<Self, Vec<String>> {
        let Value::Object(mut members) = document else {
            return Err(vec!["client metadata are a JSON object".to_owned()]);
        };
        // OpenID Connect Registration 1.0 §2, and what libraries expect when
        // they are told nothing: RS256. FAPI 2.0 Security Profile §5.4.1 forbids it.
        if members.get("security_profile") != Some(&json!("fapi2")) {
            members
                .entry("id_token_signed_response_alg")
                .or_insert_with(|| json!("RS256"));
        }
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
        // RFC 7591 §2: what only the code flow is offered for.
        if let Some(types) = members.remove("response_types")
            && types != json!(["code"])
        {
            problems.push("response_types: must be [\"code\"]: there is no other flow".to_owned());
        }
        problems.extend(unreadable_members(&members));
        let metadata = serde_json::from_value::<ClientMetadata>(Value::Object(members));
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
            (_, Err(error)) if problems.is_empty() => Err(vec![error.to_string()]),
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

/// The members that cannot be read, each by itself: a reader of the whole
/// names neither the member nor more than the first.
fn unreadable_members(members: &Map<String, Value>) -> Vec<String> {
    members
        .iter()
        .filter_map(|(name, value)| {
            let mut alone = Map::new();
            alone.insert("client_name".to_owned(), json!("any"));
            alone.insert("redirect_uris".to_owned(), json!([]));
            alone.insert(name.clone(), value.clone());
            serde_json::from_value::<ClientMetadata>(Value::Object(alone))
                .err()
                .map(|error| format!("{name}: {error}"))
        })
        .collect()
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
    use super::*;

    fn problems(document: Value) -> String {
        Registration::read(document)
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
