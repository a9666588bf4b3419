//! Signing up with a passkey.
//!
//! One that gives this site a secret opens the vault, and there need be no
//! password. One that does not cannot: then nothing is made before there is a
//! password beside it, since an account whose vault nobody can open is lost with
//! the first session. Whoever signs up so gets recovery codes: a device can be lost.
//!
//! As with a password, the address is claimed and nothing more
//! ([`crate::service::accounts`]).

use super::new::NewPasskey;
use super::{Answer, Challenge, PasskeyError, keep, party};
use crate::app::App;
use crate::crypto::password::Password;
use crate::crypto::recovery_code::RecoveryCode;
use crate::crypto::secret::{Browser, Opaque, Session};
use crate::crypto::vault::VaultKey;
use crate::domain::account::{Authentication, AuthenticationMethod};
use crate::domain::id::AccountId;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::accounts::{self, NewAccount, Prepared, escrow_for, recipe_at};
use crate::service::browsers::Place;
use crate::service::factors::NewCodes;
use crate::store::passkeys::CeremonyKind;
use crate::store::{Connection, StoreError, factors};

/// The passkey that an account begins with, and its recovery codes.
pub(in crate::service) struct FirstPasskey {
    account_id: AccountId,
    passkey: NewPasskey,
    codes: Vec<[u8; 32]>,
    now: Timestamp,
}

impl FirstPasskey {
    pub(in crate::service) async fn keep(&self, tx: &mut Connection) -> Result<(), StoreError> {
        self.passkey.keep(tx).await?;
        factors::replace_codes(tx, self.account_id, &self.codes, self.now).await
    }
}

/// Asks for the passkey of somebody who is new. `name` is what the authenticator
/// shows it under.
pub async fn ask_to_sign_up(
    app: &App,
    browser: &Opaque<Browser>,
    name: &str,
) -> Result<Challenge, PasskeyError> {
    let account_id = AccountId::new(app.random().uuid(app.now()));
    let ceremony = party(app)?.start_registration(*account_id.as_uuid(), name, Vec::new());
    let ceremony = ceremony.map_err(|_| PasskeyError::Refused)?;
    keep(
        app,
        browser,
        CeremonyKind::SignUp,
        Some(account_id),
        ceremony,
    )
    .await
}

/// What came of signing up.
pub enum SignedUp {
    /// There is an account, and its owner is signed in.
    Done {
        /// In this session.
        session: Opaque<Session>,
        /// With these, which are shown once.
        codes: Vec<RecoveryCode>,
    },
    /// The passkey does not open a vault: it takes a password too. The answer waits,
    /// and is sent again with one.
    NeedsPassword,
}

/// Makes an account that begins with a passkey, and signs it in. One transaction
/// takes the challenge, and one makes the account.
pub async fn sign_up(
    app: &App,
    place: &Place,
    new: NewAccount,
    (answer, name): (Answer, &str),
    password: Option<Password>,
) -> Result<SignedUp, PasskeyError> {
    if answer.secret.is_none() && password.is_none() {
        return Ok(SignedUp::NeedsPassword);
    }
    let (account_id, state) = answer
        .take(app, &place.browser, CeremonyKind::SignUp)
        .await?;
    let account_id = account_id.ok_or(PasskeyError::Refused)?;
    let key = party(app)?
        .finish_registration(&answer.credential, &state)
        .map_err(|_| PasskeyError::Refused)?;
    let mut methods = AuthenticationMethod::Passkey.into();
    let derived = match password {
        None => None,
        Some(password) => {
            let index = app.master().email_index(&new.email.folded());
            let recipe = recipe_at(app, index).await?;
            let derived = app.hasher().derive(password, recipe.clone()).await;
            methods |= AuthenticationMethod::Pwd;
            Some((recipe, derived.map_err(Fault::from)?))
        }
    };
    let vault_key = VaultKey::generate(app.random());
    let made = (key, answer.secret.as_ref());
    let NewCodes { codes, hashes } = NewCodes::generate(app, account_id);
    let first = FirstPasskey {
        account_id,
        passkey: NewPasskey::of(app, account_id, &vault_key, made, name),
        codes: hashes,
        now: app.now(),
    };
    let derived = derived.as_ref().map(|(recipe, derived)| (recipe, derived));
    let escrow = escrow_for(app, &new).await?;
    let prepared = Prepared::with(app, account_id, new, &vault_key, derived, escrow.as_ref());
    let at = app.now();
    let authentication = Authentication { at, methods };
    let begin = accounts::begin(
        app,
        place,
        prepared,
        &vault_key,
        (authentication, Some(first)),
    );
    match begin.await {
        Ok(session) => Ok(SignedUp::Done { session, codes }),
        // Somebody has this credential already.
        Err(Fault::Store(StoreError::Duplicate)) => Err(PasskeyError::Refused),
        Err(fault) => Err(fault.into()),
    }
}
