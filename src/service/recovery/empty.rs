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

use super::second::{Second, Seconded};
use super::{Besides, NewPassword, RecoverError, expect, operator_helps, ready_at, wait};
use crate::app::App;
use crate::crypto::password::Password;
use crate::crypto::vault::{self, GrantKey, KeyholderKind, VaultKey};
use crate::domain::account::{LinkPurpose, RecoveryWay};
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
use crate::service::erasure::undoable_addresses;
use crate::service::signals::{self, Told};
use crate::service::{Fault, accounts as people, letters};
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{accounts, emptying, grants, mail_links, passkeys, tokens};

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
    let at_least = if keyholders.iter().any(KeyholderRow::is_confirmed_kit) {
        now.plus(WAIT_WITH_KIT)
    } else {
        now
    };
    let before = undoable_addresses(app, account_id).await?;
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
                wait::tell_before(tx, &app_, account_id, (way, ready_at), &before).await?;
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
    let way = RecoveryWay::Empty;
    let second = Seconded::look_at(app, place, (account_id, way), second).await?;
    let key = VaultKey::generate(app.random());
    let (whose, besides) = ((account_id, hash), Besides::Wait(way));
    let password = NewPassword::of(app, place, whose, besides, (&key, password)).await?;
    let empty = EmptyVault::new(app, account_id, &key).await?;
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                accounts::hold(tx, account_id).await?;
                // Before the agreements are looked at: whoever agrees to something holds
                // the vault, and is waited for, or finds another.
                accounts::replace_vault(tx, account_id, empty.contents_sealed).await?;
                second.take(tx).await?;
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
