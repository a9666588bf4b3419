//! Signing up and signing in.

mod guesses;

use std::time::Duration;

use crate::app::App;
use crate::crypto::master::EmailIndex;
use crate::crypto::password::{Derived, Password, Recipe};
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{Browser, KnownBrowser, Opaque, Session};
use crate::crypto::vault::{self, EscrowEpoch, KeyholderKind, VaultKey};
use crate::domain::account::{Account, Authentication};
use crate::domain::attribute::{
    Attribute, AttributeValue, Attributes, Email, Source, VaultContents,
};
use crate::domain::house_rules::HouseRules;
use crate::domain::id::{AccountId, KeyholderId};
use crate::domain::language::Language;
use crate::domain::message::About;
use crate::domain::profile::Profiles;
use crate::domain::time::Timestamp;
use crate::service::second_step::{Entered, Entering};
use crate::service::sessions::NewSession;
use crate::service::{Fault, letters};
use crate::store::accounts::{self, AccountRow};
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{Connection, StoreError, outbox};

/// How many failures in a row cost nothing but the hash.
pub(super) const FREE_FAILURES: u32 = 5;
/// The first delay; it doubles with each failure after that.
const FIRST_DELAY: Duration = Duration::from_secs(2);
/// The longest delay, so that guessing at an address cannot lock its owner
/// out for long.
const LONGEST_DELAY: Duration = Duration::from_mins(5);

/// A new consumer.
#[derive(Debug)]
pub struct NewAccount {
    /// The address to sign in with, and for notices.
    pub email: Email,
    /// What else they tell at once.
    pub attributes: Attributes,
    /// The language of their pages.
    pub language: Language,
    /// Whether the operator may help after a forgotten password.
    pub escrow: bool,
}

/// Why nobody was signed up.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// The address has an account already.
    #[error("this address has an account already")]
    Taken,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for SignUpError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate => Self::Taken,
            other => Self::Fault(other.into()),
        }
    }
}

/// Makes an account and signs it in. One password hash, one transaction.
///
/// Someone new goes on at once into whatever waits, with an address that is not
/// confirmed. That cannot be had together with an answer that is the same for an
/// address which is taken: whoever is signed in can tell. Providers that people
/// praise for their sign-up settle it this way too, and so does Sluis: nobody
/// reads mail in the middle of buying something, and at home there may be no mail
/// server. What it costs is bounded: the form is limited by network, costs
/// one hash either way, and the owner of a taken address is told by mail.
pub async fn sign_up(
    app: &App,
    new: NewAccount,
    password: Password,
) -> Result<Opaque<Session>, SignUpError> {
    let tried = letters::sign_up_tried(app, &new.email);
    let (prepared, vault_key) = prepare(app, new, password).await?;
    let session = NewSession::start(
        app,
        prepared.row.account.id,
        &vault_key,
        prepared.authentication(),
    );
    let cookie = session.cookie.clone();
    let confirm = letters::to(app, session.account_id, About::Confirm);
    let signed_up = app.store().write(move |tx| {
        Box::pin(async move {
            prepared.insert(tx).await?;
            session.keep(tx).await?;
            outbox::insert(tx, &confirm).await?;
            Ok::<_, SignUpError>(())
        })
    });
    let signed_up = signed_up.await;
    if matches!(signed_up, Err(SignUpError::Taken)) {
        app.store()
            .write(move |tx| Box::pin(async move { outbox::insert(tx, &tried).await }))
            .await?;
    }
    signed_up.map(|()| cookie)
}

/// Makes an account at the operator's command.
pub async fn add(app: &App, new: NewAccount, password: Password) -> Result<AccountId, SignUpError> {
    let (prepared, _) = prepare(app, new, password).await?;
    let id = prepared.row.account.id;
    app.store()
        .write(move |tx| {
            Box::pin(async move { prepared.insert(tx).await.map_err(SignUpError::from) })
        })
        .await?;
    Ok(id)
}

/// The rows of a new account, and its vault key. One password hash.
async fn prepare(
    app: &App,
    new: NewAccount,
    password: Password,
) -> Result<(Prepared, VaultKey), Fault> {
    let recipe = Recipe::generate(app.random());
    let derived = app.hasher().derive(password, recipe.clone()).await?;
    let vault_key = VaultKey::generate(app.random());
    let prepared = Prepared::new(app, new, &vault_key, &recipe, &derived);
    Ok((prepared, vault_key))
}

/// The rows of an account that is about to be made.
pub(crate) struct Prepared {
    row: AccountRow,
    email_index: EmailIndex,
    keyholders: Vec<KeyholderRow>,
    contents_sealed: Vec<u8>,
    /// Whether the operator vouches for the address.
    verified: bool,
}

impl Prepared {
    /// Seals everything. Also used to make many accounts for load tests,
    /// which share a password and so one derivation.
    pub(crate) fn new(
        app: &App,
        new: NewAccount,
        vault_key: &VaultKey,
        recipe: &Recipe,
        derived: &Derived,
    ) -> Self {
        let (now, random, master) = (app.now(), app.random(), app.master());
        let id = AccountId::new(random.uuid(now));
        let keyholder = |kind, params: String, verifier, wrapped: Sealed| KeyholderRow {
            account_id: id,
            id: KeyholderId::new(random.uuid(now)),
            kind,
            params,
            verifier,
            vault_key_wrapped: wrapped.into_bytes(),
            created_at: now,
        };
        let mut keyholders = vec![keyholder(
            KeyholderKind::Password,
            recipe.to_string(),
            Some(derived.verifier().to_vec()),
            vault::wrap_for_password(vault_key, id, derived, random),
        )];
        if new.escrow {
            let epoch = EscrowEpoch::FIRST;
            let wrapped = vault::wrap_for_escrow(vault_key, id, master, epoch, random);
            keyholders.push(keyholder(
                KeyholderKind::Escrow,
                epoch.number().to_string(),
                None,
                wrapped,
            ));
        }
        let email_index = master.email_index(&new.email.folded());
        let contact_sealed = vault::seal_contact_email(master, id, new.email.as_str(), random);
        let mut attributes = new.attributes;
        if attributes.get(crate::domain::claim::Claim::Email).is_none() {
            attributes.insert(Attribute::new(
                AttributeValue::from(new.email),
                Source::Consumer,
                now,
            ));
        }
        let email = attributes.get(crate::domain::claim::Claim::Email);
        let verified = email.is_some_and(|held| held.verified_at.is_some());
        let contents = VaultContents {
            attributes,
            profiles: Profiles::default(),
            // Nothing is answered for anyone who has not answered it.
            rules: HouseRules::default(),
        };
        let sealed = vault::seal_contents(vault_key, id, &contents.to_bytes(), random);
        Self {
            row: AccountRow {
                account: Account {
                    id,
                    language: new.language,
                    created_at: now,
                },
                contact_sealed: contact_sealed.into_bytes(),
            },
            email_index,
            keyholders,
            contents_sealed: sealed.into_bytes(),
            verified,
        }
    }

    /// Whose rows they are.
    pub(crate) fn account_id(&self) -> AccountId {
        self.row.account.id
    }

    /// When and how whoever signs up is signed in.
    pub(crate) fn authentication(&self) -> Authentication {
        Authentication::by_password(self.row.account.created_at)
    }

    /// Keeps the account, its keyholders and its vault.
    pub(crate) async fn insert(&self, tx: &mut Connection) -> Result<(), StoreError> {
        accounts::insert(tx, &self.row, *self.email_index.as_bytes()).await?;
        let account = &self.row.account;
        if self.verified {
            accounts::set_verified(tx, account.id, account.created_at).await?;
        }
        for keyholder in &self.keyholders {
            keyholders::insert(tx, keyholder).await?;
        }
        accounts::insert_vault(tx, self.row.account.id, self.contents_sealed.clone()).await
    }
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The address and the password do not belong together. Never says which
    /// of them is wrong.
    #[error("address or password is wrong")]
    Wrong,
    /// There were too many failures: try again after this time.
    #[error("too many failures: wait {} seconds", .0.as_secs())]
    Wait(Duration),
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Signs someone in. An unknown address costs the same statements, the same
/// hash and the same write as a wrong password.
///
/// Whoever has a second factor is halfway then, and the rest comes in
/// [`crate::service::second_step`].
///
/// Two SELECTs, or three in a browser that someone signed in in before; one
/// password hash, one transaction.
pub async fn sign_in(
    app: &App,
    browser: &Opaque<Browser>,
    known: Option<&Opaque<KnownBrowser>>,
    email: &Email,
    password: Password,
) -> Result<Entered, SignInError> {
    let index = *app.master().email_index(&email.folded()).as_bytes();
    let mut connection = app.store().read().await?;
    let keyholder = keyholders::of_email(&mut connection, index).await?;
    let account_id = keyholder.as_ref().map(|row| row.account_id);
    let counted_by = match known {
        Some(known) => guesses::counted_by(&mut connection, index, account_id, known).await?,
        None => index,
    };
    let failures = accounts::failures(&mut connection, counted_by).await?;
    drop(connection);
    if let Some(wait) = failures.and_then(|(count, last)| remaining_delay(count, last, app.now())) {
        return Err(SignInError::Wait(wait));
    }
    let recipe = match &keyholder {
        Some(row) => row
            .params
            .parse()
            .map_err(|_| StoreError::Corrupt("params"))?,
        None => Recipe::decoy(),
    };
    let derived = app
        .hasher()
        .derive(password, recipe)
        .await
        .map_err(Fault::from)?;
    let Some(row) = keyholder.filter(|row| verifies(row, &derived)) else {
        let before = failures.map(|(count, _)| count);
        guesses::record(app, counted_by, email, before).await?;
        return Err(SignInError::Wrong);
    };
    let wrapped = Sealed::from_bytes(row.vault_key_wrapped.clone());
    let vault_key = vault::open_with_password(&wrapped, row.account_id, &derived);
    let entering = Entering {
        app: app.clone(),
        browser: browser.clone(),
        account_id: row.account_id,
        vault_key: Some(vault_key.map_err(Fault::from)?),
        authentication: Authentication::by_password(app.now()),
    };
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // It may have been replaced while it was hashed.
                if !keyholders::hold(tx, &row).await? {
                    return Err(SignInError::Wrong);
                }
                accounts::clear_failures(tx, counted_by).await?;
                Ok(entering.keep(tx).await?)
            })
        })
        .await
}

pub(super) fn verifies(row: &KeyholderRow, derived: &Derived) -> bool {
    row.verifier
        .as_deref()
        .is_some_and(|stored| derived.verifies(stored))
}

/// How long an address must still wait; `None` when it need not.
pub(super) fn remaining_delay(failures: u32, last: Timestamp, now: Timestamp) -> Option<Duration> {
    let beyond = failures.checked_sub(FREE_FAILURES)?;
    // The clock has gone back since, by more than nodes differ.
    if last > now.plus(LONGEST_DELAY) {
        return None;
    }
    let delay = FIRST_DELAY.saturating_mul(1_u32.checked_shl(beyond.min(20)).unwrap_or(u32::MAX));
    delay
        .min(LONGEST_DELAY)
        .checked_sub(now.since(last))
        .filter(|left| !left.is_zero())
}

/// Where and in which language somebody is told things. It does not print.
pub struct Contact {
    /// The address that notices go to.
    pub email: String,
    /// The language of the account.
    pub language: Language,
}

/// Where and in which language an account is told things.
pub async fn contact(app: &App, account_id: AccountId) -> Result<Contact, Fault> {
    let mut connection = app.store().read().await?;
    let row = accounts::by_id(&mut connection, account_id)
        .await?
        .ok_or(Fault::Inconsistent("an account is not there"))?;
    let sealed = Sealed::from_bytes(row.contact_sealed);
    let address = vault::open_contact_email(app.master(), account_id, &sealed)?;
    Ok(Contact {
        email: String::clone(&address),
        language: row.account.language,
    })
}
