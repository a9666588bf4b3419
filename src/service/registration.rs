//! Clients that register themselves (RFC 7591, OpenID Connect Dynamic Client
//! Registration 1.0), and manage their registration (RFC 7592).

use std::time::Duration;

use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;

use crate::app::App;
use crate::config::Registration as Policy;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{ClientSecret, InitialAccessToken, Opaque, RegistrationToken};
use crate::crypto::vault;
use crate::domain::business::{Business, BusinessDocument, Vetting};
use crate::domain::client::{Client, ClientMetadata, MetadataFault};
use crate::domain::id::{BusinessId, ClientId};
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::clients::{RegistrationError, fresh_id, make_client};
use crate::store::registrations::{RegistrationKey, RegistrationRow};
use crate::store::{StoreError, clients, registrations};

/// How long the answer to a replacement is given again.
const ANSWER_GRACE: Duration = Duration::from_mins(2);

/// A registration as the client that made it is told.
#[derive(Debug)]
pub struct Registered {
    /// The client.
    pub client: Client,
    /// Its secret, if it has one.
    pub secret: Option<Opaque<ClientSecret>>,
    /// When it was registered.
    pub issued_at: Timestamp,
    /// With what it manages its registration.
    pub token: Opaque<RegistrationToken>,
}

/// Why a client was not registered, or its registration was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// This provider registers no clients this way.
    #[error("this provider registers no clients by itself: ask its operator")]
    Off,
    /// An initial access token is needed.
    #[error("an initial access token is needed: ask the operator for one")]
    NoToken,
    /// The token is unknown, has expired or is used up.
    #[error("the token is unknown, has expired or is used up")]
    Token,
    /// The metadata cannot be registered.
    #[error("the client metadata cannot be registered")]
    Metadata(Vec<MetadataFault>),
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<RegistrationError> for Refused {
    fn from(error: RegistrationError) -> Self {
        match error {
            RegistrationError::Client(error) => Self::Metadata(vec![error.into()]),
            RegistrationError::Token | RegistrationError::UnknownBusiness(_) => Self::Token,
            RegistrationError::Fault(fault) => Self::Fault(fault),
            RegistrationError::Taken | RegistrationError::Contended => {
                Self::Fault(Fault::Contended)
            }
            RegistrationError::Business(_) => {
                Self::Fault(Fault::Inconsistent("a business is judged with its client"))
            }
        }
    }
}

/// Lets a business have so many clients register themselves, for a while.
pub async fn make_token(
    app: &App,
    business_id: BusinessId,
    uses: u32,
    expires_at: Timestamp,
) -> Result<Opaque<InitialAccessToken>, RegistrationError> {
    let token = Opaque::<InitialAccessToken>::generate_unowned(app.random());
    let (hash, now) = (token.hash(), app.now());
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if clients::business(tx, business_id).await?.is_none() {
                    return Err(RegistrationError::UnknownBusiness(business_id));
                }
                registrations::insert_token(tx, hash, business_id, uses, expires_at, now)
                    .await
                    .map_err(RegistrationError::from)
            })
        })
        .await?;
    Ok(token)
}

/// Who answers for a client that is being registered.
enum Answerable {
    /// The business that was given this initial access token.
    Business(BusinessId, [u8; 32]),
    /// Nobody.
    Nobody,
}

/// Registers a client that comes by itself, with an initial access token if it
/// has one, or needs one. One use of that is taken in the transaction that keeps the client.
pub async fn register(
    app: &App,
    presented: Option<&str>,
    members: Map<String, Value>,
) -> Result<Registered, Refused> {
    let now = app.now();
    let answerable = match (app.config().registration, presented) {
        (Policy::Off, _) => return Err(Refused::Off),
        (Policy::Token | Policy::Open, None) => Answerable::Nobody,
        (_, Some(presented)) => {
            let hash = Opaque::<InitialAccessToken>::parse(presented)
                .ok_or(Refused::Token)?
                .hash();
            let mut connection = app.store().read().await?;
            let business = registrations::business_of_token(&mut connection, hash, now).await?;
            Answerable::Business(business.ok_or(Refused::Token)?, hash)
        }
    };
    let metadata = if app.config().registration == Policy::Token && presented.is_none() {
        // Nobody needs leave to ask people for what is theirs to take along
        // (GDPR art. 20(2)). For all else there is a token.
        ClientMetadata::read(members)
            .ok()
            .and_then(ClientMetadata::for_transfers_alone)
            .ok_or(Refused::NoToken)?
    } else {
        ClientMetadata::read(members).map_err(Refused::Metadata)?
    };
    let newcomer = match answerable {
        Answerable::Business(..) => None,
        Answerable::Nobody => Some(Business {
            id: BusinessId::new(app.random().uuid(now)),
            document: BusinessDocument::of_client(&metadata),
            vetting: Vetting::Unvetted,
        }),
    };
    let (business_id, token_hash) = match (&answerable, &newcomer) {
        (Answerable::Business(id, hash), _) => (*id, Some(*hash)),
        (Answerable::Nobody, Some(newcomer)) => (newcomer.id, None),
        (Answerable::Nobody, None) => return Err(Fault::Inconsistent("nobody is there").into()),
    };
    let id = fresh_id(app, now)?;
    let (client, secret) = make_client(app, business_id, id, metadata, None).await?;
    let token = Opaque::<RegistrationToken>::generate_unowned(app.random());
    let key = key_of(app, &client.id, &token, secret.as_ref());
    let row = client.clone();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if let Some(hash) = token_hash
                    && !registrations::use_token(tx, hash, now).await?
                {
                    return Err(RegistrationError::Token);
                }
                if let Some(newcomer) = &newcomer {
                    super::vetting::forget_unused(tx, now).await?;
                    clients::insert_business(tx, newcomer, now).await?;
                }
                clients::insert(tx, &row, now).await?;
                registrations::keep(tx, &row.id, &key).await?;
                Ok(())
            })
        })
        .await?;
    Ok(Registered {
        client,
        secret,
        issued_at: now,
        token,
    })
}

/// What is kept of a registration access token.
fn key_of(
    app: &App,
    id: &ClientId,
    token: &Opaque<RegistrationToken>,
    secret: Option<&Opaque<ClientSecret>>,
) -> RegistrationKey {
    let seal = |secret| vault::seal_registered_secret(token, id, secret, app.random());
    RegistrationKey {
        hash: token.hash(),
        secret_sealed: secret.map(|secret| seal(secret).into_bytes()),
    }
}

/// Finds the registration that a token manages. An unknown client and a wrong
/// token are told the same (RFC 7592 §2: 401, never 404).
pub(in crate::service) async fn authenticate(
    app: &App,
    id: &ClientId,
    presented: &str,
) -> Result<(RegistrationRow, Opaque<RegistrationToken>), Refused> {
    let token = Opaque::<RegistrationToken>::parse(presented).ok_or(Refused::Token)?;
    let mut connection = app.store().read().await?;
    let row = registrations::find(&mut connection, id)
        .await?
        .filter(|row| bool::from(token.hash().ct_eq(&row.key.hash)))
        .ok_or(Refused::Token)?;
    Ok((row, token))
}

/// [`authenticate`], for a client that is not being removed.
async fn authenticate_live(
    app: &App,
    id: &ClientId,
    presented: &str,
) -> Result<(RegistrationRow, Opaque<RegistrationToken>), Refused> {
    let (row, token) = authenticate(app, id, presented).await?;
    match row.removed_at {
        None => Ok((row, token)),
        Some(_) => Err(Refused::Token),
    }
}

fn secret_of(
    id: &ClientId,
    row: &RegistrationRow,
    token: &Opaque<RegistrationToken>,
) -> Result<Option<Opaque<ClientSecret>>, Fault> {
    let open = |sealed: &Vec<u8>| {
        vault::open_registered_secret(token, id, &Sealed::from_bytes(sealed.clone()))
    };
    Ok(row.key.secret_sealed.as_ref().map(open).transpose()?)
}

/// What a client registered.
pub async fn look(app: &App, id: &ClientId, presented: &str) -> Result<Registered, Refused> {
    let (row, token) = authenticate_live(app, id, presented).await?;
    let secret = secret_of(id, &row, &token)?;
    told(app, id, row, token, secret).await
}

async fn told(
    app: &App,
    id: &ClientId,
    row: RegistrationRow,
    token: Opaque<RegistrationToken>,
    secret: Option<Opaque<ClientSecret>>,
) -> Result<Registered, Refused> {
    let client = app.client(id).await?.ok_or(Refused::Token)?;
    Ok(Registered {
        client: Client {
            metadata: row.metadata,
            ..client.client.clone()
        },
        secret,
        issued_at: row.created_at,
        token,
    })
}

/// Replaces what a client registered, whole: what is left out is gone
/// (RFC 7592 §2.2). From then on another token manages it. For a while, whoever
/// says the same again with the token of before is told the same again: the
/// answer, and with it the only token that counts, may have got lost.
pub async fn replace(
    app: &App,
    id: &ClientId,
    presented: &str,
    mut members: Map<String, Value>,
) -> Result<Registered, Refused> {
    let now = app.now();
    let found = authenticate_live(app, id, presented).await;
    let (row, token, again) = match found {
        Ok((row, token)) => (row, token, false),
        Err(Refused::Token) => {
            let (row, token) = replaced_just_now(app, id, presented, now).await?;
            (row, token, true)
        }
        Err(other) => return Err(other),
    };
    let secret = secret_of(id, &row, &token)?;
    let fault = |member, why| Refused::Metadata(vec![MetadataFault::of(member, why)]);
    if members.remove("client_id") != Some(id.as_str().into()) {
        return Err(fault("client_id", "must be that of the client"));
    }
    if let Some(named) = members.remove("client_secret")
        && !again
    {
        let named = named.as_str().and_then(Opaque::<ClientSecret>::parse);
        let same = named
            .zip(secret.as_ref())
            .is_some_and(|(named, own)| named.hash().ct_eq(&own.hash()).into());
        if !same {
            return Err(fault(
                "client_secret",
                "must be that of the client: nobody chooses one",
            ));
        }
    }
    let metadata = ClientMetadata::read(members).map_err(Refused::Metadata)?;
    let metadata = stay_for_transfers(app, &row, metadata)?;
    if again {
        // Who asks for the same once more, and for nothing else.
        if row.metadata != metadata {
            return Err(Refused::Token);
        }
        return told(app, id, row, token, secret).await;
    }
    let says = BusinessDocument::of_client(&metadata);
    let at = (row.metadata.logos() != metadata.logos(), now);
    let (client, secret) = make_client(app, row.business_id, id.clone(), metadata, secret).await?;
    let next = token.successor(&app.master().registration());
    let (before, after) = (row.key.hash, key_of(app, id, &next, secret.as_ref()));
    let kept = client.clone();
    let replaced = app
        .store()
        .write(move |tx| {
            Box::pin(
                async move { registrations::replace(tx, &kept, &says, before, &after, at).await },
            )
        })
        .await?;
    if !replaced {
        return Err(Refused::Token);
    }
    app.forget_client(id);
    Ok(Registered {
        client,
        secret,
        issued_at: row.created_at,
        token: next,
    })
}

/// Who came without leave, because they wanted no more than transfers, wants no
/// more afterwards.
fn stay_for_transfers(
    app: &App,
    row: &RegistrationRow,
    metadata: ClientMetadata,
) -> Result<ClientMetadata, Refused> {
    if app.config().registration == Policy::Open || !row.metadata.is_for_transfers() {
        return Ok(metadata);
    }
    metadata.for_transfers_alone().ok_or_else(|| {
        let why = "a client for transfers alone stays one: register another, with a token";
        Refused::Metadata(vec![MetadataFault::of("authorization_details_types", why)])
    })
}

/// Finds the registration that this token managed until a moment ago, and the
/// token that manages it now.
async fn replaced_just_now(
    app: &App,
    id: &ClientId,
    presented: &str,
    now: Timestamp,
) -> Result<(RegistrationRow, Opaque<RegistrationToken>), Refused> {
    let before = Opaque::<RegistrationToken>::parse(presented).ok_or(Refused::Token)?;
    let token = before.successor(&app.master().registration());
    let (row, token) = authenticate_live(app, id, &token.reveal()).await?;
    match row.replaced_at {
        Some(at) if now.since(at) <= ANSWER_GRACE => Ok((row, token)),
        _ => Err(Refused::Token),
    }
}
