//! Accounts with live agreements that nobody signed up for: to load-test an
//! instance at the size of a country. Every row is made by the function that
//! makes it when a person does the same; only the browser is left out.

use std::sync::Arc;

use enumset::EnumSet;

use crate::app::App;
use crate::crypto::password::{Derived, Password, Recipe};
use crate::crypto::secret::{AccessToken, Opaque, RefreshToken, Session};
use crate::crypto::vault::VaultKey;
use crate::domain::account::Authentication;
use crate::domain::attribute::{Attribute, AttributeValue, Attributes, Source};
use crate::domain::claim::Claim;
use crate::domain::grant::Grant;
use crate::domain::id::{ClientId, FamilyId, GrantId};
use crate::domain::language::Language;
use crate::domain::negotiation::{Ceiling, Choice, Outcome, Terms, Unmet, negotiate};
use crate::domain::plan::Plan;
use crate::domain::profile::Profiles;
use crate::domain::receipt::{Hash, Method};
use crate::domain::scope::Scope;
use crate::domain::subject::{Sector, Subject};
use crate::domain::time::Timestamp;
use crate::domain::token::TokenBinding;
use crate::service::Fault;
use crate::service::accounts::{NewAccount, Prepared};
use crate::service::clients::plan_of;
use crate::service::grants::{Scene, Written};
use crate::service::sessions::NewSession;
use crate::service::tokens::Issue;
use crate::store::clients::RegisteredClient;
use crate::store::tokens::NewToken;
use crate::store::{Connection, StoreError, grants, tokens};

/// A password that many accounts have, hashed once.
#[derive(Debug)]
pub struct SharedPassword {
    recipe: Recipe,
    derived: Derived,
}

impl SharedPassword {
    /// Hashes it.
    pub async fn derive(app: &App, password: Password) -> Result<Self, Fault> {
        let recipe = Recipe::generate(app.random());
        let derived = app.hasher().derive(password, recipe.clone()).await?;
        Ok(Self { recipe, derived })
    }
}

/// What accounts agree with one client.
#[derive(Debug)]
pub struct Agreement {
    client: Arc<RegisteredClient>,
    choice: Choice,
    plan: Plan,
    plan_hash: Hash,
    scopes: EnumSet<Scope>,
}

impl Agreement {
    /// Everything that the client may ask for, answered with `choice`.
    #[must_use]
    pub fn new(client: Arc<RegisteredClient>, choice: Choice) -> Self {
        let metadata = &client.client.metadata;
        let mut scopes = metadata.scopes() - Scope::of_clients();
        if !metadata.may_refresh() {
            scopes.remove(Scope::OfflineAccess);
        }
        let (plan, plan_hash) = plan_of(&client, scopes, EnumSet::empty());
        Self {
            client,
            choice,
            plan,
            plan_hash,
            scopes,
        }
    }

    fn terms(&self, attributes: &Attributes, now: Timestamp) -> Result<Terms, SampleError> {
        let held = attributes.held();
        match negotiate(
            &self.plan,
            &Profiles::default(),
            held,
            Ceiling::NONE.for_minor(attributes.minor_until(now)),
            &self.choice,
            now,
        ) {
            Outcome::Agreed(mut terms) => {
                terms.offline = self.scopes.contains(Scope::OfflineAccess);
                Ok(terms)
            }
            Outcome::Unmet(unmet) => Err(SampleError::Unmet(unmet)),
            Outcome::TooHigh => Err(SampleError::Unmet(Vec::new())),
        }
    }
}

/// Why a sample cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    /// The choice does not meet what the plan requires.
    #[error("the choice does not meet what the plan requires: {0:?}")]
    Unmet(Vec<Unmet>),
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// An account with its agreements, about to be kept.
pub struct Sample {
    account: Prepared,
    session: Option<NewSession>,
    subjects: Vec<(Sector, Subject)>,
    grants: Vec<SampleGrant>,
}

/// One agreement of a [`Sample`].
pub struct SampleGrant {
    written: Written,
    live: Option<LiveTokens>,
    authentication: Authentication,
    scopes: EnumSet<Scope>,
}

struct LiveTokens {
    access: (Opaque<AccessToken>, NewToken),
    refresh: Option<(Opaque<RefreshToken>, NewToken)>,
}

/// What samples have in common.
#[derive(Debug)]
pub struct Template {
    /// The password of all of them.
    pub password: SharedPassword,
    /// What they may agree: a sample takes the first of these.
    pub agreements: Vec<Agreement>,
    /// Whether they are signed in, and their businesses have tokens.
    pub live: bool,
}

impl Sample {
    /// Makes everything that is computed: keys, seals, signatures. `grants`
    /// says how many of the template's agreements the account has.
    pub async fn prepare(
        app: &App,
        template: &Template,
        mut new: NewAccount,
        grants: usize,
    ) -> Result<Self, SampleError> {
        let now = app.now();
        if new.attributes.get(Claim::Email).is_none() {
            let value = AttributeValue::from(new.email.clone());
            new.attributes
                .insert(Attribute::new(value, Source::Operator, now));
        }
        let vault_key = VaultKey::generate(app.random());
        let (attributes, language) = (new.attributes.clone(), new.language);
        let password = &template.password;
        let escrow = if new.escrow {
            Some(app.escrow().await.map_err(Fault::from)?)
        } else {
            None
        };
        let password = (&password.recipe, &password.derived);
        let account = Prepared::new(app, new, &vault_key, password, escrow.as_ref());
        let session = template.live.then(|| {
            NewSession::start(
                app,
                account.account_id(),
                &vault_key,
                account.authentication(),
            )
        });
        let mut sample = Self {
            account,
            session,
            subjects: Vec::new(),
            grants: Vec::with_capacity(grants),
        };
        for agreement in template.agreements.iter().take(grants) {
            let act = Act {
                app,
                agreement,
                attributes: &attributes,
                vault_key: &vault_key,
                language,
                live: template.live,
                now,
            };
            let given = act.give(&mut sample).await?;
            sample.grants.push(given);
        }
        Ok(sample)
    }

    /// Who the account is to a sector.
    fn subject(&mut self, app: &App, sector: &Sector) -> Subject {
        if let Some((_, subject)) = self.subjects.iter().find(|(known, _)| known == sector) {
            return subject.clone();
        }
        let fresh = Subject::from_random(app.random().bytes());
        self.subjects.push((sector.clone(), fresh.clone()));
        fresh
    }

    /// The cookie of the session, if there is one.
    #[must_use]
    pub fn session(&self) -> Option<&Opaque<Session>> {
        self.session.as_ref().map(|session| &session.cookie)
    }

    /// The agreements.
    #[must_use]
    pub fn grants(&self) -> &[SampleGrant] {
        &self.grants
    }

    async fn keep(&self, tx: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
        self.account.insert(tx).await?;
        if let Some(session) = &self.session {
            session.keep(tx).await?;
        }
        let id = self.account.account_id();
        for (sector, subject) in &self.subjects {
            grants::subject(tx, id, sector, subject.clone(), now).await?;
        }
        for grant in &self.grants {
            grant.keep(tx, now).await?;
        }
        Ok(())
    }
}

/// An agreement about to be given.
struct Act<'a> {
    app: &'a App,
    agreement: &'a Agreement,
    attributes: &'a Attributes,
    vault_key: &'a VaultKey,
    language: Language,
    live: bool,
    now: Timestamp,
}

impl Act<'_> {
    async fn give(&self, sample: &mut Sample) -> Result<SampleGrant, SampleError> {
        let Self {
            app,
            agreement,
            now,
            ..
        } = *self;
        let client = &agreement.client;
        let grant = Grant::give(
            GrantId::new(app.random().uuid(now)),
            sample.account.account_id(),
            client.client.id.clone(),
            sample.subject(app, &client.client.sector),
            agreement.terms(self.attributes, now)?,
            client.plan_version,
            now,
        );
        let scene = Scene {
            app,
            client,
            plan: &agreement.plan,
            plan_hash: &agreement.plan_hash,
            language: self.language,
            authentication: None,
            method: Method::Command,
            screen_hash: None,
            now,
        };
        let (written, key) = scene
            .give(self.vault_key, grant, (self.attributes, None))
            .await?;
        let authentication = sample.account.authentication();
        let live = if self.live {
            let issue = Issue {
                app,
                client,
                grant: &written.row.grant,
                key: &key,
                family_id: FamilyId::new(app.random().uuid(now)),
                scopes: agreement.scopes,
                authentication,
                binding: TokenBinding::default(),
                narrowed: None,
                refresh_key: None,
                now,
            };
            let offline = agreement.scopes.contains(Scope::OfflineAccess);
            Some(LiveTokens {
                access: issue.access(),
                refresh: offline.then(|| issue.first_refresh()),
            })
        } else {
            None
        };
        Ok(SampleGrant {
            written,
            live,
            authentication,
            scopes: agreement.scopes,
        })
    }
}

impl SampleGrant {
    /// Which.
    #[must_use]
    pub fn id(&self) -> GrantId {
        self.written.row.grant.id
    }

    /// With whom.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        &self.written.row.grant.client_id
    }

    /// What opens UserInfo, if tokens were made.
    #[must_use]
    pub fn access_token(&self) -> Option<&Opaque<AccessToken>> {
        self.live.as_ref().map(|live| &live.access.0)
    }

    /// What gets more of those, if tokens were made and the client may refresh.
    #[must_use]
    pub fn refresh_token(&self) -> Option<&Opaque<RefreshToken>> {
        let live = self.live.as_ref()?;
        live.refresh.as_ref().map(|(token, _)| token)
    }

    async fn keep(&self, tx: &mut Connection, now: Timestamp) -> Result<(), StoreError> {
        if !self.written.keep(tx).await? {
            return Err(StoreError::Duplicate);
        }
        let Some(live) = &self.live else {
            return Ok(());
        };
        tokens::insert_access(tx, &live.access.1, self.scopes, now).await?;
        if let Some((_, refresh)) = &live.refresh {
            tokens::insert_refresh(tx, refresh, self.scopes, self.authentication, now).await?;
        }
        Ok(())
    }
}

/// Keeps samples, all or none of them: one durable commit.
pub async fn keep(app: &App, samples: &Arc<Vec<Sample>>) -> Result<(), StoreError> {
    let (samples, now) = (Arc::clone(samples), app.now());
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                for sample in samples.iter() {
                    sample.keep(tx, now).await?;
                }
                Ok(())
            })
        })
        .await
}
