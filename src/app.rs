//! What every service needs: the store, the keys, the clock, the settings.
//! Made once at start and handed to everything; there is no global.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use crate::clock::Clock;
use crate::config::Config;
use crate::crypto::client_jwt::ClientKeys;
use crate::crypto::escrow::{EscrowFolder, EscrowKeyError};
use crate::crypto::master::{MasterKey, MasterKeyError};
use crate::crypto::password::Hasher;
use crate::crypto::seal::Sealed;
use crate::crypto::signing::{Algorithm, KeySet, KeyUse, SigningKey};
use crate::domain::client::{Client, JwksSource};
use crate::domain::id::ClientId;
use crate::domain::time::Timestamp;
use crate::mail::{CannotMail, Mailer};
use crate::outbound::{FetchError, Outbound};
use crate::random::Random;
use crate::store::clients::{self, RegisteredClient};
use crate::store::keys::{self, SigningKeyRow};
use crate::store::{Store, StoreError, instance};

mod escrow;
mod fetched_keys;
mod signing;

use fetched_keys::FetchedKeys;
use signing::load_keys;

/// How old a cached client or plan may be. What decides whether data may be
/// released is never cached.
const CLIENT_CACHE_AGE: Duration = Duration::from_secs(2);
const CLIENT_CACHE_SIZE: usize = 1_024;
/// How often a node looks for keys that another has rotated in.
const KEY_CACHE_AGE: Duration = Duration::from_mins(1);

/// The running application. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    store: Store,
    master: MasterKey,
    escrow: EscrowFolder,
    hasher: Hasher,
    clock: Clock,
    random: Random,
    keys: RwLock<LoadedKeys>,
    clients: Mutex<HashMap<ClientId, (Timestamp, Arc<RegisteredClient>)>>,
    outbound: Outbound,
    mailer: Mailer,
    fetched_keys: FetchedKeys,
}

#[derive(Debug)]
struct LoadedKeys {
    set: Arc<KeySet>,
    at: Timestamp,
}

/// What to do with a database that is behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrations {
    /// Apply what is missing, and make the database if there is none.
    Apply,
    /// Refuse to start.
    Refuse,
}

impl App {
    /// Opens an instance: its master key, its database, its signing keys.
    ///
    /// Nothing is touched before the master key is known to fit. On a new
    /// database, the master key and the signing keys are made.
    pub async fn open(
        config: Config,
        migrations: Migrations,
        clock: Clock,
        random: Random,
    ) -> Result<Self, OpenError> {
        let (allow, authorities) = (config.outbound_allow.clone(), config.outbound_ca.clone());
        let outbound = Outbound::new(allow, authorities);
        let mailer = Mailer::new(&config)?;
        let existing = match MasterKey::load(&config.keys_dir) {
            Err(error) if !matches!(error, MasterKeyError::Missing { .. }) => {
                return Err(error.into());
            }
            found => found,
        };
        let create = migrations == Migrations::Apply;
        let store = Store::connect(config.database_url.expose(), create).await?;
        if migrations == Migrations::Refuse && !store.is_migrated().await? {
            return Err(StoreError::NotMigrated.into());
        }
        let check = store.master_check().await?;
        let master = match (existing, &check) {
            (Ok(master), Some(check)) if !master.fits(&Sealed::from_bytes(check.clone())) => {
                return Err(StoreError::WrongMasterKey.into());
            }
            (Ok(master), _) => master,
            (Err(missing), Some(_)) => return Err(missing.into()),
            (Err(_), None) => MasterKey::load_or_create(&config.keys_dir, &random)?,
        };
        if migrations == Migrations::Apply {
            store.migrate().await?;
        }
        let escrow = EscrowFolder::below(&config.keys_dir);
        if check.is_none() && found_instance(&store, &master, &clock, &random).await? {
            escrow::begin_next(&store, &escrow, &random, clock.now(), None).await?;
        }
        let set = load_keys(&store, &master, clock.now()).await?;
        let keys = RwLock::new(LoadedKeys {
            set: Arc::new(set),
            at: clock.now(),
        });
        Ok(Self(Arc::new(Inner {
            config,
            store,
            master,
            escrow,
            hasher: Hasher::new(),
            clock,
            random,
            keys,
            clients: Mutex::default(),
            outbound,
            mailer,
            fetched_keys: FetchedKeys::default(),
        })))
    }

    /// The settings.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The issuer, byte for byte.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.0.config.issuer.as_str()
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// The key of this instance.
    #[must_use]
    pub fn master(&self) -> &MasterKey {
        &self.0.master
    }

    /// Where the escrow keys lie.
    #[must_use]
    pub fn escrow_folder(&self) -> &EscrowFolder {
        &self.0.escrow
    }

    /// Hashes passwords, a bounded number at a time.
    #[must_use]
    pub fn hasher(&self) -> &Hasher {
        &self.0.hasher
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The source of chance.
    #[must_use]
    pub fn random(&self) -> &Random {
        &self.0.random
    }

    /// The signing keys, at most a minute old; keys are announced for far
    /// longer than that before they sign.
    pub async fn keys(&self) -> Result<Arc<KeySet>, OpenError> {
        let now = self.now();
        {
            let loaded = self.0.keys.read().unwrap_or_else(PoisonError::into_inner);
            if now.is_within(KEY_CACHE_AGE, loaded.at) {
                return Ok(Arc::clone(&loaded.set));
            }
        }
        let set = Arc::new(load_keys(&self.0.store, &self.0.master, now).await?);
        let mut loaded = self.0.keys.write().unwrap_or_else(PoisonError::into_inner);
        *loaded = LoadedKeys {
            set: Arc::clone(&set),
            at: now,
        };
        Ok(set)
    }

    /// A client with its business and plan, at most two seconds old. One that
    /// was removed is not there.
    pub async fn client(&self, id: &ClientId) -> Result<Option<Arc<RegisteredClient>>, StoreError> {
        let found = self.any_client(id).await?;
        Ok(found.filter(|client| client.removed_at.is_none()))
    }

    /// A client, also one that was removed: its agreements still name it.
    pub async fn any_client(
        &self,
        id: &ClientId,
    ) -> Result<Option<Arc<RegisteredClient>>, StoreError> {
        let now = self.now();
        {
            let cache = self
                .0
                .clients
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if let Some((at, client)) = cache.get(id)
                && now.is_within(CLIENT_CACHE_AGE, *at)
            {
                return Ok(Some(Arc::clone(client)));
            }
        }
        let mut connection = self.0.store.read().await?;
        let Some(client) = clients::find(&mut connection, id).await?.map(Arc::new) else {
            return Ok(None);
        };
        let mut cache = self
            .0
            .clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= CLIENT_CACHE_SIZE {
            cache.retain(|_, (at, _)| now.is_within(CLIENT_CACHE_AGE, *at));
        }
        if cache.len() < CLIENT_CACHE_SIZE {
            cache.insert(id.clone(), (now, Arc::clone(&client)));
        }
        Ok(Some(client))
    }

    /// Looks a client up anew the next time: it has just been changed here.
    pub fn forget_client(&self, id: &ClientId) {
        let clients = &self.0.clients;
        let mut cache = clients.lock().unwrap_or_else(PoisonError::into_inner);
        cache.remove(id);
    }

    /// What others are asked with.
    #[must_use]
    pub fn outbound(&self) -> &Outbound {
        &self.0.outbound
    }

    /// What mail is sent with.
    #[must_use]
    pub fn mailer(&self) -> &Mailer {
        &self.0.mailer
    }

    /// The public keys of a client. With `newer_than`, those that it publishes
    /// now, if it may be asked again already: for a signature that the others
    /// do not explain.
    pub async fn client_keys(
        &self,
        client: &Client,
        newer_than: Option<&Arc<ClientKeys>>,
    ) -> Result<Arc<ClientKeys>, FetchError> {
        match client.metadata.jwks_source() {
            JwksSource::Nowhere => Ok(Arc::default()),
            JwksSource::Registered(jwks) => Ok(Arc::new(ClientKeys::from_jwks(jwks.document()))),
            JwksSource::At(uri) => {
                let (keys, now) = (&self.0.fetched_keys, self.now());
                keys.get(&self.0.outbound, &client.id, uri, newer_than, now)
                    .await
            }
        }
    }

    /// Finishes what was accepted and closes the database.
    pub async fn close(&self) {
        self.0.store.close().await;
    }
}

/// Makes the instance in an empty database: the check of its master key, and
/// a signing key for each algorithm, in one transaction. Says whether it was
/// this node that did.
async fn found_instance(
    store: &Store,
    master: &MasterKey,
    clock: &Clock,
    random: &Random,
) -> Result<bool, OpenError> {
    let now = clock.now();
    let check = master.check_value(random).into_bytes();
    let mut rows = Vec::new();
    for (usage, algorithm) in ALL_KEYS {
        rows.push(new_key(master, usage, algorithm, now, now, random)?);
    }
    let founded = store
        .write(move |tx| {
            Box::pin(async move {
                // Another node may have been first: then its keys stand.
                let founded = instance::insert(tx, &check, now).await?;
                if founded {
                    for row in &rows {
                        keys::insert(tx, row).await?;
                    }
                }
                Ok::<_, StoreError>(founded)
            })
        })
        .await?;
    match store.master_check().await? {
        Some(check) if master.fits(&Sealed::from_bytes(check.clone())) => Ok(founded),
        // And if that node made a master key of its own, this one has the wrong one.
        _ => Err(StoreError::WrongMasterKey.into()),
    }
}

/// What an instance signs, and with what. RS256 has to be there for clients
/// that ask (OpenID Connect Core 1.0 §15.1).
pub const ALL_KEYS: [(KeyUse, Algorithm); 5] = [
    (KeyUse::IdToken, Algorithm::Es256),
    (KeyUse::IdToken, Algorithm::EdDsa),
    (KeyUse::IdToken, Algorithm::Rs256),
    (KeyUse::IdToken, Algorithm::Ps256),
    (KeyUse::Receipt, Algorithm::Es256),
];

/// Makes a signing key that signs from `active_from`.
pub fn new_key(
    master: &MasterKey,
    usage: KeyUse,
    algorithm: Algorithm,
    now: Timestamp,
    active_from: Timestamp,
    random: &Random,
) -> Result<SigningKeyRow, OpenError> {
    let key = SigningKey::generate(usage, algorithm).map_err(|_| OpenError::Keys)?;
    let private = key.to_sealed(master, random).map_err(|_| OpenError::Keys)?;
    Ok(SigningKeyRow {
        kid: key.id().to_string(),
        key_use: usage.to_string(),
        alg: algorithm.to_string(),
        public_jwk: key.public_jwk().to_string(),
        private_wrapped: private.into_bytes(),
        created_at: now,
        active_from,
        retired_at: None,
    })
}

/// Why an instance cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The database cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The master key cannot be used.
    #[error(transparent)]
    MasterKey(#[from] MasterKeyError),
    /// The escrow key cannot be used.
    #[error(transparent)]
    Escrow(#[from] EscrowKeyError),
    /// Mail cannot be sent.
    #[error(transparent)]
    Mail(#[from] CannotMail),
    /// A signing key cannot be made or read.
    #[error("a signing key cannot be made or read")]
    Keys,
}
