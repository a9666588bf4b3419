//! A forgotten password where the operator holds no key: the account goes on with an
//! empty vault.
//!
//! It waits and is told like the way with the operator's key, for longer where a
//! kit may still be found; and it leaves second factors as they are, one of which is
//! asked: nobody destroys with mail alone what that would not open. What only the
//! old vault key opened is gone: so nothing is left lying that nobody can ever read. Agreements stand, under new keys:
//! what a business holds in its hands opens nothing, since its owner could
//! neither see nor change what would be released. At the next login there it
//! gets what the vault holds by then.

use std::time::Duration;

use enumset::EnumSet;

use super::{Besides, NewPassword, RecoverError, expect, operator_helps, ready_at, wait};
use crate::app::App;
use crate::crypto::password::Password;
use crate::crypto::vault::{self, GrantKey, KeyholderKind, VaultKey};
use crate::domain::account::{Factors, LinkPurpose, RecoveryWay};
use crate::domain::attribute::{
    Attribute, AttributeValue, Attributes, Email, Source, VaultContents, released,
};
use crate::domain::claim::Claim;
use crate::domain::grant::Grant;
use crate::domain::house_rules::HouseRules;
use crate::domain::id::{AccountId, GrantId, PasskeyId};
use crate::domain::message::About;
use crate::domain::profile::Profiles;
use crate::domain::time::Timestamp;
use crate::i18n::{Texts, t};
use crate::service::browsers::Place;
use crate::service::factors::{FactorError, Shown, read_code};
use crate::service::guesses::Guess;
use crate::service::passkeys::Proven;
use crate::service::signals::{self, Told};
use crate::service::{Fault, accounts as people, letters};
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{
    Connection, StoreError, accounts, emptying, factors, grants, mail_links, passkeys, tokens,
};

/// How long it waits where there is a kit, which nothing is lost with: its owner has
/// time to look for the paper, and to read that somebody asks.
const WAIT_WITH_KIT: Duration = Duration::from_hours(7 * 24);

/// Asks for an empty vault, and tells every channel. Returns when it can be had.
/// Where the operator holds a key, nothing need be lost, and it is refused.
pub async fn begin_to_empty(app: &App, token: &str) -> Result<Timestamp, RecoverError> {
    let (account_id, hash) = expect(app, token, LinkPurpose::Recover).await?;
    let now = app.now();
    let mut connection = app.store().read().await?;
    let keyholders = keyholders::of_account(&mut connection, account_id).await?;
    drop(connection);
    if operator_helps(app, &keyholders).await? {
        return Err(RecoverError::Link);
    }
    let at_least = if keyholders.iter().any(KeyholderRow::is_kit) {
        now.plus(WAIT_WITH_KIT)
    } else {
        now
    };
    let app_ = app.clone();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                accounts::hold(tx, account_id).await?;
                if !mail_links::spend(tx, account_id, hash, LinkPurpose::Recover, now).await? {
                    return Err(RecoverError::Link);
                }
                let ready_at = ready_at(tx, account_id, now).await?.max(at_least);
                let way = RecoveryWay::Empty;
                wait::start(tx, account_id, way, now, ready_at).await?;
                let about = About::EmptyingStarted { ready_at };
                letters::to(&app_, account_id, about).keep(tx).await?;
                Ok(ready_at)
            })
        })
        .await
}

/// A new vault, in the place of one that nobody can open.
struct EmptyVault {
    contents_sealed: Vec<u8>,
    grants: Vec<(GrantId, Vec<u8>, Vec<u8>)>,
    passkeys: Vec<(PasskeyId, Vec<u8>)>,
    /// What businesses hear of what they could read before.
    told: Vec<Told>,
}

impl EmptyVault {
    async fn new(app: &App, account_id: AccountId, key: &VaultKey) -> Result<Self, Fault> {
        let (random, contact) = (app.random(), people::contact(app, account_id).await?);
        let email = Email::parse(&contact.email)
            .map_err(|_| Fault::Inconsistent("an account has no address for notices"))?;
        // All that is known of somebody whose vault is shut.
        let mut attributes = Attributes::default();
        let value = AttributeValue::from(email);
        attributes.insert(Attribute::new(value, Source::Consumer, app.now()));
        let mut connection = app.store().read().await?;
        let rows = grants::of_account(&mut connection, account_id).await?;
        let known = passkeys::of_account(&mut connection, account_id).await?;
        drop(connection);
        let anew = rows.iter().map(|row| {
            let (id, grant_key) = (row.grant.id, GrantKey::generate(random));
            let values = released(&attributes, row.grant.terms.all_claims()).to_bytes();
            let wrapped = vault::wrap_grant_key(key, id, &grant_key, random);
            let sealed = vault::seal_released(&grant_key, id, &values, random);
            (id, wrapped.into_bytes(), sealed.into_bytes())
        });
        let live = rows.iter().map(|row| &row.grant);
        let live: Vec<&Grant> = live.filter(|grant| !grant.state.is_over()).collect();
        let told = signals::of_edit(app, EnumSet::all() - Claim::Email, &live).await?;
        let name = t!(Texts::new(contact.language), "passkey-name-default");
        let named = known.iter().map(|row| {
            let sealed = vault::seal_passkey_name(key, account_id, row.id, &name, random);
            (row.id, sealed.into_bytes())
        });
        let (grants, passkeys) = (anew.collect(), named.collect());
        let contents = VaultContents {
            attributes,
            profiles: Profiles::default(),
            rules: HouseRules::default(),
            closed_until: None,
        };
        let sealed = vault::seal_contents(key, account_id, &contents.to_bytes(), random);
        Ok(Self {
            contents_sealed: sealed.into_bytes(),
            grants,
            passkeys,
            told,
        })
    }
}

/// What somebody shows besides a link.
pub enum Second {
    /// Nothing.
    Nothing,
    /// A code of an app, or off the list, as it was typed.
    Code(String),
    /// A passkey.
    Passkey(Proven),
}

impl Second {
    /// Looks at it. It has to be taken still.
    async fn look_at(
        self,
        app: &App,
        place: &Place,
        account_id: AccountId,
    ) -> Result<(Shown, Option<Guess>), RecoverError> {
        match self {
            Self::Code(typed) => {
                let guess = Guess::at_second_step(app, place, account_id).await;
                let guess = guess.map_err(FactorError::from)?;
                Ok((read_code(app, account_id, &typed).await?, Some(guess)))
            }
            Self::Passkey(proven) if proven.account_id() == account_id => {
                Ok((Shown::Passkey(proven.id()), None))
            }
            Self::Passkey(_) | Self::Nothing => Err(RecoverError::Second),
        }
    }
}

/// Of which factors one is asked before a vault is emptied; `None` where there is no
/// more than a password, or where nobody knows whose they are, since the address was
/// never confirmed.
pub(super) async fn asks_second(
    connection: &mut Connection,
    account_id: AccountId,
) -> Result<Option<Factors>, StoreError> {
    let contact = accounts::contact(connection, account_id).await?;
    let factors = factors::of_account(connection, account_id).await?;
    let is_confirmed = contact.is_some_and(|contact| contact.verified_at.is_some());
    Ok((is_confirmed && factors.has_second()).then_some(factors))
}

/// Sets a new password on an empty vault, once the wait is over. One password
/// hash, one transaction, and one before it that counts a code.
pub async fn with_nothing(
    app: &App,
    place: &Place,
    token: &str,
    password: Password,
    second: Second,
) -> Result<(), RecoverError> {
    let (account_id, hash) = expect(app, token, LinkPurpose::Ready).await?;
    let mut connection = app.store().read().await?;
    let asked = asks_second(&mut connection, account_id).await?;
    drop(connection);
    let (shown, guess) = match asked {
        Some(_) => {
            let (shown, guess) = second.look_at(app, place, account_id).await?;
            (vec![shown], guess)
        }
        None => (Vec::new(), None),
    };
    let key = VaultKey::generate(app.random());
    let (whose, besides) = ((account_id, hash), Besides::Wait(RecoveryWay::Empty));
    let password = NewPassword::of(app, place, whose, besides, (&key, password)).await?;
    let empty = EmptyVault::new(app, account_id, &key).await?;
    let app_ = app.clone();
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                accounts::hold(tx, account_id).await?;
                // Before the agreements are looked at: whoever agrees to something holds
                // the vault, and is waited for, or finds another.
                accounts::replace_vault(tx, account_id, empty.contents_sealed).await?;
                // It may have been set up while the password was hashed.
                if shown.is_empty() && asks_second(tx, account_id).await?.is_some()
                    || !Shown::take(&shown, tx, &app_, account_id).await?
                {
                    return Err(RecoverError::Second);
                }
                if let Some(guess) = &guess {
                    guess.was_right(tx).await?;
                }
                // Whoever agreed to something meanwhile did so with the old key.
                let grants = grants::of_account(tx, account_id).await?;
                if grants.len() != empty.grants.len() {
                    return Err(Fault::Contended.into());
                }
                for (id, wrapped, released) in empty.grants {
                    emptying::rekey(tx, account_id, id, wrapped, released).await?;
                    tokens::end_all(tx, id).await?;
                }
                for told in &empty.told {
                    told.keep(tx).await?;
                }
                password.keep(tx).await?;
                for kind in [
                    KeyholderKind::Passkey,
                    KeyholderKind::Kit,
                    KeyholderKind::Escrow,
                ] {
                    keyholders::delete_all(tx, account_id, kind, None).await?;
                }
                emptying::forget_records(tx, account_id).await?;
                for (id, name) in empty.passkeys {
                    emptying::close_passkey(tx, account_id, id, name).await?;
                }
                Ok(())
            })
        })
        .await
}
