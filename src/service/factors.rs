//! Second factors: authenticator apps and recovery codes, how they are set up
//! and how they are shown.
//!
//! Every attempt counts as failed before it is looked at
//! (`crate::service::guesses`): trying a million codes takes years, however many
//! requests are made side by side.

use std::time::Duration;

use enumset::EnumSet;
use zeroize::Zeroizing;

use crate::app::App;
use crate::crypto::password::Password;
use crate::crypto::recovery_code::{self, RecoveryCode};
use crate::crypto::seal::Sealed;
use crate::crypto::totp::TotpSecret;
use crate::crypto::vault::{self, KeyholderKind, VaultKey};
use crate::domain::account::{AuthenticationMethod, Factors};
use crate::domain::id::{AccountId, PasskeyId};
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::guesses::{Guess, TooSoon};
use crate::service::letters;
use crate::service::passkeys::PasskeyError;
use crate::service::sessions::SignedIn;
use crate::service::sign_in::verifies;
use crate::store::factors::TotpRow;
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{Connection, StoreError, accounts, factors, passkeys};

/// Why nobody showed who they are.
#[derive(Debug, thiserror::Error)]
pub enum FactorError {
    /// It is wrong, or was used before.
    #[error("the code or password is wrong")]
    Wrong,
    /// There were too many failures: try again after this time.
    #[error("too many failures: wait {} seconds", .0.as_secs())]
    Wait(Duration),
    /// What was begun is over: it took too long, or was done already.
    #[error("there is nothing to go on with")]
    Over,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for FactorError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<TooSoon> for FactorError {
    fn from(why: TooSoon) -> Self {
        match why {
            TooSoon::Wait(wait) => Self::Wait(wait),
            TooSoon::Store(error) => error.into(),
        }
    }
}

impl From<PasskeyError> for FactorError {
    fn from(error: PasskeyError) -> Self {
        match error {
            PasskeyError::Fault(fault) => Self::Fault(fault),
            _ => Self::Wrong,
        }
    }
}

/// With what an account can show who it is. One SELECT.
pub async fn set_up(app: &App, account_id: AccountId) -> Result<Factors, Fault> {
    let mut connection = app.store().read().await?;
    Ok(factors::of_account(&mut connection, account_id).await?)
}

/// What was shown, to be taken for good in one transaction with what follows.
#[derive(Clone, Debug)]
pub(super) enum Shown {
    Step(i64),
    Code([u8; 32]),
    /// It is not used up, and may have been replaced while it was hashed.
    Password(KeyholderRow),
    /// It may have been removed since.
    Passkey(PasskeyId),
}

impl Shown {
    const fn method(&self) -> AuthenticationMethod {
        match self {
            Self::Step(_) => AuthenticationMethod::Totp,
            Self::Code(_) => AuthenticationMethod::RecoveryCode,
            Self::Password(_) => AuthenticationMethod::Pwd,
            Self::Passkey(_) => AuthenticationMethod::Passkey,
        }
    }

    /// How somebody showed who they are who showed all of these.
    pub(super) fn methods(shown: &[Self]) -> EnumSet<AuthenticationMethod> {
        shown.iter().map(Self::method).collect()
    }

    /// Uses all of these up; says whether they still could be.
    pub(super) async fn take(
        shown: &[Self],
        tx: &mut Connection,
        app: &App,
        account_id: AccountId,
    ) -> Result<bool, StoreError> {
        for one in shown {
            if !one.take_one(tx, app, account_id).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn take_one(
        &self,
        tx: &mut Connection,
        app: &App,
        account_id: AccountId,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Step(step) => factors::take_step(tx, account_id, *step).await,
            Self::Password(row) => keyholders::hold(tx, row).await,
            Self::Passkey(id) => passkeys::hold(tx, account_id, *id).await,
            Self::Code(hash) => {
                if !factors::use_code(tx, account_id, *hash, app.now()).await? {
                    return Ok(false);
                }
                let left = factors::of_account(tx, account_id).await?.recovery_codes;
                let notice = letters::to(app, account_id, About::CodeUsed { left });
                notice.keep(tx).await?;
                Ok(true)
            }
        }
    }
}

/// Looks at a code of an app, or a recovery code. It has to be taken still.
pub(super) async fn read_code(
    app: &App,
    account_id: AccountId,
    typed: &str,
) -> Result<Shown, FactorError> {
    if let Some(code) = RecoveryCode::parse(typed) {
        return Ok(Shown::Code(code.hash(app.master(), account_id)));
    }
    let mut connection = app.store().read().await?;
    let row = factors::totp(&mut connection, account_id).await?;
    drop(connection);
    let row = row.ok_or(FactorError::Wrong)?;
    let sealed = Sealed::from_bytes(row.secret_wrapped);
    let secret = vault::open_totp(app.master(), account_id, &sealed).map_err(Fault::from)?;
    let step = secret.check(typed, app.now()).ok_or(FactorError::Wrong)?;
    Ok(Shown::Step(step.number()))
}

/// Opens the vault of an account with its password, which was counted as a guess. One
/// password hash.
pub(super) async fn open_with_password(
    app: &App,
    guess: &Guess,
    account_id: AccountId,
    password: Password,
) -> Result<(VaultKey, KeyholderRow), FactorError> {
    let mut connection = app.store().read().await?;
    let rows = keyholders::of_account(&mut connection, account_id).await?;
    drop(connection);
    let row = rows
        .into_iter()
        .find(|row| row.kind == KeyholderKind::Password)
        .ok_or(FactorError::Wrong)?;
    let recipe = row
        .params
        .parse()
        .map_err(|_| StoreError::Corrupt("params"))?;
    let derived = app.hasher().derive(password, recipe).await;
    let derived = guess.hashed(app, derived).await?;
    if !verifies(&row, &derived) {
        return Err(FactorError::Wrong);
    }
    let wrapped = Sealed::from_bytes(row.vault_key_wrapped.clone());
    let key = vault::open_with_password(&wrapped, account_id, &derived).map_err(Fault::from)?;
    Ok((key, row))
}

/// An authenticator app that is being set up: nothing of it is kept until a
/// code shows that it works.
pub struct NewTotp {
    secret: TotpSecret,
    account_id: AccountId,
}

impl NewTotp {
    /// A new one.
    #[must_use]
    pub fn generate(app: &App, signed_in: &SignedIn) -> Self {
        Self {
            secret: TotpSecret::generate(app.random()),
            account_id: signed_in.account.id,
        }
    }

    /// The one that a form of this account carries.
    #[must_use]
    pub fn carried(app: &App, signed_in: &SignedIn, sealed: Vec<u8>) -> Option<Self> {
        let account_id = signed_in.account.id;
        let sealed = Sealed::from_bytes(sealed);
        let secret = vault::open_totp(app.master(), account_id, &sealed).ok()?;
        Some(Self { secret, account_id })
    }

    /// For the form to carry, sealed: it shows nothing that the page does not.
    #[must_use]
    pub fn to_carry(&self, app: &App) -> Vec<u8> {
        vault::seal_totp(app.master(), self.account_id, &self.secret, app.random()).into_bytes()
    }

    /// What is typed over, and shown as a picture.
    #[must_use]
    pub const fn secret(&self) -> &TotpSecret {
        &self.secret
    }

    /// Keeps it, if the code is one of its own. Who has no recovery codes yet
    /// gets them with it.
    pub async fn confirm(
        self,
        app: &App,
        signed_in: &SignedIn,
        typed: &str,
    ) -> Result<Option<Vec<RecoveryCode>>, FactorError> {
        let (now, account_id) = (app.now(), self.account_id);
        let step = self.secret.check(typed, now).ok_or(FactorError::Wrong)?;
        let row = TotpRow {
            secret_wrapped: self.to_carry(app),
            created_at: now,
        };
        let codes = NewCodes::generate(app, account_id);
        let notice = letters::to(app, account_id, About::TotpAdded);
        let session = signed_in.session(app);
        let codes = app
            .store()
            .write(move |tx| {
                Box::pin(async move {
                    session.hold(tx).await?;
                    let codes = codes.keep_first(tx, account_id, now).await?;
                    factors::put_totp(tx, account_id, &row, step.number()).await?;
                    notice.keep(tx).await?;
                    Ok::<_, Fault>(codes)
                })
            })
            .await?;
        Ok(codes)
    }
}

/// Takes the authenticator app away; without any second factor left, the
/// recovery codes go with it.
pub async fn remove_totp(app: &App, signed_in: &SignedIn) -> Result<(), Fault> {
    let account_id = signed_in.account.id;
    let notice = letters::to(app, account_id, About::TotpRemoved);
    let (session, now) = (signed_in.session(app), app.now());
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // Nobody sets up a passkey meanwhile, which would need the codes.
                session.hold(tx).await?;
                factors::delete_totp(tx, account_id).await?;
                if passkeys::of_account(tx, account_id).await?.is_empty() {
                    factors::replace_codes(tx, account_id, &[], now).await?;
                }
                notice.keep(tx).await?;
                Ok::<_, Fault>(())
            })
        })
        .await?;
    Ok(())
}

/// Recovery codes that are about to be kept.
pub(super) struct NewCodes {
    pub(super) codes: Vec<RecoveryCode>,
    pub(super) hashes: Vec<[u8; 32]>,
}

impl NewCodes {
    /// Keeps them for somebody who has none, and gets something that can be
    /// lost. Of two who do so at once, one gets codes: those that count.
    pub(super) async fn keep_first(
        self,
        tx: &mut Connection,
        account_id: AccountId,
        now: Timestamp,
    ) -> Result<Option<Vec<RecoveryCode>>, StoreError> {
        accounts::hold(tx, account_id).await?;
        if factors::of_account(tx, account_id).await?.recovery_codes > 0 {
            return Ok(None);
        }
        factors::replace_codes(tx, account_id, &self.hashes, now).await?;
        Ok(Some(self.codes))
    }

    pub(super) fn generate(app: &App, account_id: AccountId) -> Self {
        let codes: Vec<RecoveryCode> = (0..recovery_code::COUNT)
            .map(|_| RecoveryCode::generate(app.random()))
            .collect();
        let hashes = codes
            .iter()
            .map(|code| code.hash(app.master(), account_id))
            .collect();
        Self { codes, hashes }
    }
}

/// Makes recovery codes anew: those before them are of no use any more.
pub async fn make_codes(app: &App, signed_in: &SignedIn) -> Result<Vec<RecoveryCode>, Fault> {
    let (account_id, now) = (signed_in.account.id, app.now());
    let NewCodes { codes, hashes } = NewCodes::generate(app, account_id);
    let notice = letters::to(app, account_id, About::CodesMade);
    let session = signed_in.session(app);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // Of two who make them at once, the last one's alone count.
                session.hold(tx).await?;
                factors::replace_codes(tx, account_id, &hashes, now).await?;
                notice.keep(tx).await?;
                Ok::<_, Fault>(())
            })
        })
        .await?;
    Ok(codes)
}

/// What a page shows of recovery codes, once.
#[must_use]
pub fn to_texts(codes: &[RecoveryCode]) -> Vec<Zeroizing<String>> {
    codes.iter().map(RecoveryCode::to_text).collect()
}
