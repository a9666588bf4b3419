//! New passkeys.

use super::{Answer, Challenge, MOST, PasskeyError, keep, known, party};
use crate::app::App;
use crate::crypto::passkey::{PrfOutput, StoredPasskey};
use crate::crypto::recovery_code::RecoveryCode;
use crate::crypto::secret::{Browser, Opaque};
use crate::crypto::vault::{self, KeyholderKind, VaultKey};
use crate::domain::id::{AccountId, KeyholderId, PasskeyId};
use crate::domain::message::About;
use crate::service::factors::NewCodes;
use crate::service::letters;
use crate::service::sessions::SignedIn;
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::passkeys::{self, CeremonyKind, PasskeyRow};
use crate::store::{Connection, StoreError};

/// Asks for a new passkey.
pub async fn ask_for_new(
    app: &App,
    browser: &Opaque<Browser>,
    signed_in: &SignedIn,
) -> Result<Challenge, PasskeyError> {
    let account_id = signed_in.account.id;
    let known = known(app, account_id).await?;
    if known.len() >= MOST {
        return Err(PasskeyError::TooMany);
    }
    let contact = crate::service::accounts::contact(app, account_id).await?;
    let ceremony = party(app)?.start_registration(*account_id.as_uuid(), &contact.email, known);
    let ceremony = ceremony.map_err(|_| PasskeyError::Refused)?;
    keep(
        app,
        browser,
        CeremonyKind::Register,
        Some(account_id),
        ceremony,
    )
    .await
}

/// What a new passkey became.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// A keyholder: it signs in by itself.
    Opening,
    /// A second factor: the password still opens the vault.
    Proving,
}

/// A passkey that is about to be kept.
pub(super) struct NewPasskey {
    keyholder: Option<KeyholderRow>,
    row: PasskeyRow,
}

impl NewPasskey {
    /// With the secret that it gave this site, it is a keyholder of the vault.
    pub(super) fn of(
        app: &App,
        account_id: AccountId,
        vault_key: &VaultKey,
        (key, secret): (StoredPasskey, Option<&PrfOutput>),
        name: &str,
    ) -> Self {
        let (now, random) = (app.now(), app.random());
        let id = PasskeyId::new(random.uuid(now));
        let keyholder = secret.map(|secret| {
            let id = KeyholderId::new(random.uuid(now));
            let wrapped = vault::wrap_for_passkey(vault_key, account_id, id, secret, random);
            KeyholderRow {
                account_id,
                id,
                kind: KeyholderKind::Passkey,
                params: String::new(),
                verifier: None,
                vault_key_wrapped: wrapped.into_bytes(),
                created_at: now,
            }
        });
        let name = vault::seal_passkey_name(vault_key, account_id, id, name, random);
        let row = PasskeyRow {
            account_id,
            id,
            key,
            name_sealed: name.into_bytes(),
            keyholder_id: keyholder.as_ref().map(|row| row.id),
            created_at: now,
            last_used_at: None,
            doubted_at: None,
        };
        Self { keyholder, row }
    }

    const fn became(&self) -> Became {
        match &self.keyholder {
            Some(_) => Became::Opening,
            None => Became::Proving,
        }
    }

    pub(super) async fn keep(&self, tx: &mut Connection) -> Result<(), StoreError> {
        if let Some(keyholder) = &self.keyholder {
            keyholders::insert(tx, keyholder).await?;
        }
        passkeys::insert(tx, &self.row).await
    }
}

/// Keeps a new passkey under the name that its owner gave it. Who has no
/// recovery codes yet gets them with it: a device can be lost.
pub async fn register(
    app: &App,
    browser: &Opaque<Browser>,
    signed_in: &SignedIn,
    answer: Answer,
    name: &str,
) -> Result<(Became, Option<Vec<RecoveryCode>>), PasskeyError> {
    let account_id = signed_in.account.id;
    let (meant, state) = answer.take(app, browser, CeremonyKind::Register).await?;
    if meant != Some(account_id) {
        return Err(PasskeyError::Refused);
    }
    let key = party(app)?
        .finish_registration(&answer.credential, &state)
        .map_err(|_| PasskeyError::Refused)?;
    let made = (key, answer.secret.as_ref());
    let passkey = NewPasskey::of(app, account_id, &signed_in.vault_key, made, name);
    let became = passkey.became();
    let codes = NewCodes::generate(app, account_id);
    let notice = letters::to(app, account_id, About::PasskeyAdded);
    let (session, now) = (signed_in.session(app), app.now());
    let codes = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                let codes = codes.keep_first(tx, account_id, now).await?;
                // The account is held: of many that are made at once, as many are
                // kept as there is room for.
                if passkeys::of_account(tx, account_id).await?.len() >= MOST {
                    return Err(PasskeyError::TooMany);
                }
                passkey.keep(tx).await?;
                notice.keep(tx).await?;
                Ok::<_, PasskeyError>(codes)
            })
        })
        .await?;
    Ok((became, codes))
}
