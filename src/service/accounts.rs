//! Making an account.
//!
//! # Whose an address is
//! Whoever signs up says that an address is theirs, and nobody believes it yet:
//! what is kept is a claim. The address belongs to whoever confirms it first, with
//! the link that is mailed there ([`crate::service::addresses`]). Until then any
//! number of people may claim the same one, each signs in with their own
//! password, and of each it is told that the address is not verified.
//!
//! So someone new is in at once and goes on into whatever waits: nobody reads mail
//! in the middle of buying something, and at home there may be no mail server. And
//! so nobody learns whether an address has an account: signing up with one that is
//! taken does the same, at the same cost, and gives an account like any other, in
//! which to sign in again works the same too. Only the mail differs: instead of a
//! link, whoever has the address is told that they have an account already.
//!
//! What it costs: somebody who forgot that they have an account gets a second one,
//! and a mail that says so.

use crate::app::App;
use crate::crypto::escrow::EscrowKey;
use crate::crypto::master::EmailIndex;
use crate::crypto::password::{Derived, Password, Recipe};
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{Opaque, Session};
use crate::crypto::vault::{self, KeyholderKind, VaultKey};
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
use crate::service::browsers::Place;
use crate::service::passkeys::FirstPasskey;
use crate::service::sessions::NewSession;
use crate::service::{Fault, letters};
use crate::store::accounts::{self, AccountRow};
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{Connection, StoreError};

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

/// Why the operator added nobody.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    /// The address has an account already.
    #[error("this address has an account already")]
    Taken,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for AddError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate => Self::Taken,
            other => Self::Fault(other.into()),
        }
    }
}

/// Makes an account that claims its address, and signs it in. One SELECT, one
/// password hash, one transaction, whoever has the address.
pub async fn sign_up(
    app: &App,
    place: &Place,
    new: NewAccount,
    password: Password,
) -> Result<Opaque<Session>, Fault> {
    let index = app.master().email_index(&new.email.folded());
    let recipe = recipe_at(app, index).await?;
    let derived = app.hasher().derive(password, recipe.clone()).await?;
    let vault_key = VaultKey::generate(app.random());
    let escrow = escrow_for(app, &new).await?;
    let prepared = Prepared::new(app, new, &vault_key, (&recipe, &derived), escrow.as_ref());
    let authentication = prepared.authentication();
    begin(app, place, prepared, &vault_key, (authentication, None)).await
}

/// Keeps an account that claims its address, and signs it in.
pub(super) async fn begin(
    app: &App,
    place: &Place,
    prepared: Prepared,
    vault_key: &VaultKey,
    (authentication, passkey): (Authentication, Option<FirstPasskey>),
) -> Result<Opaque<Session>, Fault> {
    let account_id = prepared.account_id();
    let session = NewSession::start_at(app, place, account_id, vault_key, authentication);
    let session = session.of_new_account();
    let cookie = session.cookie.clone();
    let confirm = letters::to(app, account_id, About::Confirm);
    // What stands where the address would: of the account's own id, and of nobody's
    // address.
    let nobodys = *app.master().email_index(&account_id.to_string()).as_bytes();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                prepared.insert_claiming(tx, nobodys).await?;
                if let Some(passkey) = &passkey {
                    passkey.keep(tx).await?;
                }
                session.keep(tx).await?;
                confirm.keep(tx).await
            })
        })
        .await?;
    Ok(cookie)
}

/// The operator's key, for an account that allows it.
pub(super) async fn escrow_for(app: &App, new: &NewAccount) -> Result<Option<EscrowKey>, Fault> {
    if new.escrow {
        Ok(Some(app.escrow().await?))
    } else {
        Ok(None)
    }
}

/// How passwords at an address are hashed: all in the same way.
pub(super) async fn recipe_at(app: &App, index: EmailIndex) -> Result<Recipe, Fault> {
    let mut connection = app.store().read().await?;
    let candidates = keyholders::of_address(&mut connection, *index.as_bytes(), 1).await?;
    match candidates.first() {
        Some(candidate) => recipe_of(&candidate.keyholder),
        None => Ok(Recipe::of_address(app.master(), index)),
    }
}

/// How a password is hashed.
pub(super) fn recipe_of(row: &KeyholderRow) -> Result<Recipe, Fault> {
    let recipe = row.params.parse();
    Ok(recipe.map_err(|_| StoreError::Corrupt("params"))?)
}

/// What opens a vault with a password that was hashed so.
pub(super) fn by_password(
    app: &App,
    account_id: AccountId,
    vault_key: &VaultKey,
    (recipe, derived): (&Recipe, &Derived),
) -> KeyholderRow {
    let (now, random) = (app.now(), app.random());
    let wrapped = vault::wrap_for_password(vault_key, account_id, derived, random);
    KeyholderRow {
        account_id,
        id: KeyholderId::new(random.uuid(now)),
        kind: KeyholderKind::Password,
        params: recipe.to_string(),
        verifier: Some(derived.verifier().to_vec()),
        vault_key_wrapped: wrapped.into_bytes(),
        created_at: now,
    }
}

/// Makes an account at the operator's command, who vouches for the address.
pub async fn add(app: &App, new: NewAccount, password: Password) -> Result<AccountId, AddError> {
    let index = app.master().email_index(&new.email.folded());
    let recipe = Recipe::of_address(app.master(), index);
    let derived = app.hasher().derive(password, recipe.clone()).await;
    let derived = derived.map_err(Fault::from)?;
    let vault_key = VaultKey::generate(app.random());
    let escrow = escrow_for(app, &new).await?;
    let prepared = Prepared::new(app, new, &vault_key, (&recipe, &derived), escrow.as_ref());
    let id = prepared.account_id();
    app.store()
        .write(move |tx| Box::pin(async move { prepared.insert(tx).await.map_err(AddError::from) }))
        .await?;
    Ok(id)
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
        (recipe, derived): (&Recipe, &Derived),
        escrow: Option<&EscrowKey>,
    ) -> Self {
        let id = AccountId::new(app.random().uuid(app.now()));
        Self::with(app, id, new, vault_key, Some((recipe, derived)), escrow)
    }

    /// [`Prepared::new`], for an account whose id is given already, and which may
    /// do without a password.
    pub(super) fn with(
        app: &App,
        id: AccountId,
        new: NewAccount,
        vault_key: &VaultKey,
        password: Option<(&Recipe, &Derived)>,
        escrow: Option<&EscrowKey>,
    ) -> Self {
        let (now, random, master) = (app.now(), app.random(), app.master());
        let mut keyholders = Vec::new();
        keyholders.extend(password.map(|hashed| by_password(app, id, vault_key, hashed)));
        if let Some(escrow) = escrow {
            let wrapped = vault::wrap_for_escrow(vault_key, id, escrow, random);
            keyholders.push(KeyholderRow {
                account_id: id,
                id: KeyholderId::new(random.uuid(now)),
                kind: KeyholderKind::Escrow,
                params: escrow.epoch().number().to_string(),
                verifier: None,
                vault_key_wrapped: wrapped.into_bytes(),
                created_at: now,
            });
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
            closed_until: None,
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

    /// When and how whoever begins with a password is signed in.
    pub(crate) const fn authentication(&self) -> Authentication {
        Authentication::by_password(self.row.account.created_at)
    }

    /// Keeps the account, its keyholders and its vault. The address is its own from
    /// the start: [`StoreError::Duplicate`] when it is another's.
    pub(crate) async fn insert(&self, tx: &mut Connection) -> Result<(), StoreError> {
        accounts::insert(tx, &self.row, *self.email_index.as_bytes()).await?;
        let account = &self.row.account;
        if self.verified {
            accounts::set_verified(tx, account.id, account.created_at).await?;
        }
        self.insert_rest(tx).await
    }

    /// Keeps the account, its keyholders and its vault, and that it claims its
    /// address.
    async fn insert_claiming(
        &self,
        tx: &mut Connection,
        nobodys: [u8; 32],
    ) -> Result<(), StoreError> {
        let claimed = *self.email_index.as_bytes();
        accounts::insert_claiming(tx, &self.row, nobodys, claimed).await?;
        self.insert_rest(tx).await
    }

    async fn insert_rest(&self, tx: &mut Connection) -> Result<(), StoreError> {
        for keyholder in &self.keyholders {
            keyholders::insert(tx, keyholder).await?;
        }
        accounts::insert_vault(tx, self.row.account.id, self.contents_sealed.clone()).await
    }
}

/// Where and in which language somebody is told things. It does not print.
pub struct Contact {
    /// The address that notices go to.
    pub email: String,
    /// The language of the account.
    pub language: Language,
    /// When it was made.
    pub made_at: Timestamp,
}

/// Where and in which language an account is told things.
pub async fn contact(app: &App, account_id: AccountId) -> Result<Contact, Fault> {
    let contact = find_contact(app, account_id).await?;
    contact.ok_or(Fault::Inconsistent("an account is not there"))
}

/// [`contact`]; `None` when there is no such account any more.
pub(super) async fn find_contact(
    app: &App,
    account_id: AccountId,
) -> Result<Option<Contact>, Fault> {
    let mut connection = app.store().read().await?;
    let Some(row) = accounts::by_id(&mut connection, account_id).await? else {
        return Ok(None);
    };
    let sealed = Sealed::from_bytes(row.contact_sealed);
    let address = vault::open_contact_email(app.master(), account_id, &sealed)?;
    Ok(Some(Contact {
        email: String::clone(&address),
        language: row.account.language,
        made_at: row.account.created_at,
    }))
}

/// Whose an address is, or who said so first, as somebody typed it.
pub(super) async fn at_address(app: &App, typed: &str) -> Result<Option<AccountId>, Fault> {
    let Ok(email) = Email::parse(typed) else {
        return Ok(None);
    };
    let index = app.master().email_index(&email.folded());
    let mut connection = app.store().read().await?;
    Ok(accounts::by_address(&mut connection, *index.as_bytes()).await?)
}
