//! Registering businesses, their clients and their data plans.

use std::borrow::Cow;
use std::sync::LazyLock;

use enumset::EnumSet;
use serde::Serialize;

use crate::app::App;
use crate::crypto::secret::{ClientSecret, Opaque};
use crate::crypto::signing::KeyUse;
use crate::crypto::vault;
use crate::domain::attribute::VaultContents;
use crate::domain::business::{Business, BusinessDocument, InvalidBusiness, Vetting};
use crate::domain::claim::Claim;
use crate::domain::client::{AuthMethod, Client, ClientMetadata, GrantType, InvalidClient};
use crate::domain::details::ProfileRelease;
use crate::domain::grant::Grant;
use crate::domain::id::{BusinessId, ClientId};
use crate::domain::language::Language;
use crate::domain::negotiation::{Ceiling, Terms};
use crate::domain::plan::{Plan, PlanVersion};
use crate::domain::receipt::Hash;
use crate::domain::scope::Scope;
use crate::domain::tier::{Tier, TierChoice};
use crate::domain::time::Timestamp;
use crate::service::sessions::SignedIn;
use crate::service::{Fault, sectors};
use crate::store::StoreError;
use crate::store::clients::{self, RegisteredClient};

impl RegisteredClient {
    /// The plan under which data may be released at this moment: the declared
    /// one, or what the standard scopes name.
    #[must_use]
    pub fn standing_plan(&self) -> &Plan {
        static UNDECLARED: LazyLock<Plan> = LazyLock::new(|| Plan::from_scopes(Scope::all()));
        self.plan.as_ref().map_or(&UNDECLARED, |(plan, _)| plan)
    }

    /// The plan that a request for `scopes` is negotiated on: the one that the
    /// client declared, or what those scopes name.
    #[must_use]
    pub fn plan_for(&self, scopes: EnumSet<Scope>) -> Cow<'_, Plan> {
        match &self.plan {
            Some((plan, _)) => Cow::Borrowed(plan),
            None => Cow::Owned(self.undeclared_plan(scopes, EnumSet::empty())),
        }
    }

    /// The plan of a client that declared none, from what it asks for. One that
    /// nobody vouches for cannot make anything the price of a login.
    #[must_use]
    pub fn undeclared_plan(&self, scopes: EnumSet<Scope>, asked: EnumSet<Claim>) -> Plan {
        let plan = Plan::from_request(scopes, asked);
        match self.business.vetting {
            Vetting::Vetted => plan,
            Vetting::Unvetted => plan.requiring_nothing(),
        }
    }

    /// The picture that stands beside its name, for readers of a language.
    #[must_use]
    pub fn logo(&self, language: Language) -> Option<&Hash> {
        // RFC 7591 §5: whoever registers by itself may come with the logo of
        // another. A name in letters can be read with care; a familiar picture is
        // trusted before anything is read, and nobody has looked at this one.
        if self.business.vetting == Vetting::Unvetted || self.removed_at.is_some() {
            return None;
        }
        let uri = self.client.metadata.logo_in(language)?;
        let fetched = self.logos.iter().find(|logo| logo.uri == uri.as_str());
        fetched.map(|logo| &logo.hash)
    }

    /// Which of the claims that a request names one by one its plan has to
    /// take up: those of a client that declared none, as far as its scopes do
    /// not name them already.
    #[must_use]
    pub fn asked_beyond(&self, scopes: EnumSet<Scope>, asked: EnumSet<Claim>) -> EnumSet<Claim> {
        match &self.plan {
            Some(_) => EnumSet::empty(),
            None => (asked & Scope::claims_of(Scope::all())) - Scope::claims_of(scopes),
        }
    }
}

/// [`RegisteredClient::plan_for`] with claims that were asked for one by one,
/// to keep, and its hash.
#[must_use]
pub fn plan_of(
    client: &RegisteredClient,
    scopes: EnumSet<Scope>,
    asked: EnumSet<Claim>,
) -> (Plan, Hash) {
    client.plan.clone().unwrap_or_else(|| {
        let plan = client.undeclared_plan(scopes, asked);
        let hash = Hash::of(plan.to_json().as_bytes());
        (plan, hash)
    })
}

/// The scopes that name any of some claims.
#[must_use]
pub fn scopes_naming(claims: EnumSet<Claim>) -> EnumSet<Scope> {
    Scope::all()
        .iter()
        .filter(|scope| !(scope.claims() & claims).is_empty())
        .collect()
}

/// Why something was not registered.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationError {
    /// The business's document is wrong.
    #[error(transparent)]
    Business(#[from] InvalidBusiness),
    /// The client's metadata are wrong.
    #[error(transparent)]
    Client(#[from] InvalidClient),
    /// There is no such business.
    #[error("there is no business {0}: register it first with `sluis business add`")]
    UnknownBusiness(BusinessId),
    /// The identifier is taken.
    #[error("this identifier is taken")]
    Taken,
    /// The initial access token is unknown, has expired or is used up.
    #[error("the initial access token is unknown, has expired or is used up")]
    Token,
    /// The plan was published elsewhere at the same time.
    #[error("another edition of the plan was published at the same time")]
    Contended,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for RegistrationError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate => Self::Taken,
            other => Self::Fault(other.into()),
        }
    }
}

/// Registers a business.
pub async fn add_business(
    app: &App,
    document: BusinessDocument,
) -> Result<Business, RegistrationError> {
    document.check()?;
    let now = app.now();
    let business = Business {
        id: BusinessId::new(app.random().uuid(now)),
        document,
        vetting: Vetting::Vetted,
    };
    let row = business.clone();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                clients::insert_business(tx, &row, now)
                    .await
                    .map_err(RegistrationError::from)
            })
        })
        .await?;
    Ok(business)
}

/// A client that has just been registered, with its secret: the only time
/// that anybody sees it.
#[derive(Debug)]
pub struct NewClient {
    /// The client.
    pub client: Client,
    /// Its secret, if it authenticates with one.
    pub secret: Option<Opaque<ClientSecret>>,
    /// Edition of its plan; zero without one.
    pub plan_version: PlanVersion,
}

/// What RFC 7591 §3.2.1 has told of a client that has just been registered,
/// and RFC 7592 §3 whenever it looks.
#[derive(Serialize)]
pub struct ClientInformation<'a> {
    client_id: &'a ClientId,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    client_id_issued_at: i64,
    /// 0: it does not expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<u8>,
    response_types: &'static [&'static str],
    #[serde(flatten)]
    metadata: &'a ClientMetadata,
}

impl<'a> ClientInformation<'a> {
    /// Of a client, with its secret if it has one.
    #[must_use]
    pub fn new(client: &'a Client, secret: Option<&'a str>, issued_at: Timestamp) -> Self {
        Self {
            client_id: &client.id,
            client_secret: secret,
            client_id_issued_at: issued_at.as_seconds(),
            client_secret_expires_at: secret.map(|_| 0),
            // RFC 7591 §2.1: as the grant types have it.
            response_types: if client.metadata.uses(GrantType::AuthorizationCode) {
                &["code"]
            } else {
                &[]
            },
            metadata: &client.metadata,
        }
    }
}

/// Registers a client, with its data plan if it declares one.
pub async fn add_client(
    app: &App,
    business_id: BusinessId,
    id: Option<ClientId>,
    metadata: ClientMetadata,
    plan: Option<Plan>,
) -> Result<NewClient, RegistrationError> {
    let now = app.now();
    let id = match id {
        Some(id) => id,
        None => fresh_id(app, now)?,
    };
    let (client, secret) = make_client(app, business_id, id, metadata, None).await?;
    let row = client.clone();
    let plan_version = PlanVersion(u32::from(plan.is_some()));
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if clients::business(tx, business_id).await?.is_none() {
                    return Err(RegistrationError::UnknownBusiness(business_id));
                }
                clients::insert(tx, &row, now).await?;
                if let Some(plan) = &plan
                    && !clients::publish_plan(tx, &row.id, PlanVersion(0), plan, now).await?
                {
                    return Err(RegistrationError::Contended);
                }
                Ok(())
            })
        })
        .await?;
    Ok(NewClient {
        client,
        secret,
        plan_version,
    })
}

/// An identifier that no client has.
pub(in crate::service) fn fresh_id(app: &App, now: Timestamp) -> Result<ClientId, Fault> {
    let id = app.random().uuid(now).to_string();
    id.parse()
        .map_err(|_| Fault::Inconsistent("a UUID is no client identifier"))
}

/// A client with these metadata, if they can be registered, to keep; and its
/// secret: the one that it has, if it has one and needs one.
pub(in crate::service) async fn make_client(
    app: &App,
    business_id: BusinessId,
    id: ClientId,
    metadata: ClientMetadata,
    secret: Option<Opaque<ClientSecret>>,
) -> Result<(Client, Option<Opaque<ClientSecret>>), RegistrationError> {
    let sector = metadata.check(business_id)?;
    // An instance from before an algorithm has no key for it until its keys are rotated.
    let keys = app.keys().await.map_err(Fault::from)?;
    let signs = |wanted| keys.algorithms(KeyUse::IdToken).any(|ours| ours == wanted);
    if let Some(lacking) = metadata.our_algorithms().find(|alg| !signs((*alg).into())) {
        return Err(InvalidClient::NoSigningKey(lacking).into());
    }
    sectors::verify(app, &metadata).await?;
    let method = metadata.token_endpoint_auth_method;
    let signs = method == AuthMethod::ClientSecretJwt;
    let secret = (!matches!(method, AuthMethod::None | AuthMethod::PrivateKeyJwt))
        .then(|| secret.unwrap_or_else(|| Opaque::<ClientSecret>::generate_unowned(app.random())));
    let client = Client {
        business_id,
        secret_hash: secret.as_ref().filter(|_| !signs).map(Opaque::hash),
        secret_sealed: secret.as_ref().filter(|_| signs).map(|secret| {
            vault::seal_client_secret(app.master(), &id, secret, app.random()).into_bytes()
        }),
        id,
        sector,
        metadata,
    };
    Ok((client, secret))
}

/// The most that a client may be granted: whatever the consumer chooses if
/// somebody vouches for its business.
#[must_use]
pub fn ceiling_of(app: &App, client: &RegisteredClient) -> Ceiling {
    match client.business.vetting {
        Vetting::Vetted => Ceiling::NONE,
        Vetting::Unvetted => Ceiling::at(app.config().unvetted_tier),
    }
}

/// What a grant releases to its client at this moment, if nothing narrower is asked.
#[must_use]
pub fn releasable_by_grant(
    app: &App,
    client: &RegisteredClient,
    grant: &Grant,
    now: Timestamp,
) -> EnumSet<Claim> {
    grant.releasable(client.standing_plan(), ceiling_of(app, client), now)
}

/// What of authorization details is granted to a client at this moment.
#[must_use]
pub fn granted_to(
    app: &App,
    client: &RegisteredClient,
    details: &ProfileRelease,
    grant: &Grant,
    now: Timestamp,
) -> ProfileRelease {
    details.granted(grant, client.standing_plan(), ceiling_of(app, client), now)
}

/// The most that a client may be granted by somebody who is signed in, with whom
/// these terms are in force, if any. Who has agreed to the high profile may go on so
/// while somebody asks for a way back in.
#[must_use]
pub fn ceiling_for(
    app: &App,
    client: &RegisteredClient,
    signed_in: &SignedIn,
    contents: &VaultContents,
    current: Option<&Terms>,
) -> Ceiling {
    let is_high = current.is_some_and(|terms| terms.tier == TierChoice::Tier(Tier::High));
    ceiling_of(app, client)
        .for_minor(contents.minor_until(app.now()))
        .for_recovery(signed_in.recovery_waits_until.is_some() && !is_high)
}
