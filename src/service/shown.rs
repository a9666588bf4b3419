//! What somebody shows of who they are: looked at, and then taken for good in one
//! transaction with what follows from it.
//!
//! Every attempt counts as failed before it is looked at
//! (`crate::service::guesses`): trying a million codes takes years, however many
//! requests are made side by side.

use enumset::EnumSet;

use crate::app::App;
use crate::crypto::password::Password;
use crate::crypto::recovery_code::RecoveryCode;
use crate::crypto::seal::Sealed;
use crate::crypto::vault::{self, KeyholderKind, VaultKey};
use crate::domain::account::AuthenticationMethod;
use crate::domain::id::{AccountId, PasskeyId};
use crate::domain::message::About;
use crate::service::accounts::recipe_of;
use crate::service::browsers::Place;
use crate::service::factors::FactorError;
use crate::service::guesses::Guess;
use crate::service::passkeys::Proven;
use crate::service::{Fault, letters};
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{Connection, StoreError, factors, passkeys};

/// What was shown of an account, which has to be taken still.
#[must_use]
pub(super) struct Shown {
    account_id: AccountId,
    factors: Vec<Factor>,
    /// As what it was counted before it was looked at, if it can be guessed.
    guess: Option<Guess>,
}

enum Factor {
    Step(i64),
    Code([u8; 32]),
    /// It is not used up, and may have been replaced while it was hashed.
    Password(KeyholderRow),
    /// It may have been removed since.
    Passkey(PasskeyId),
}

impl Shown {
    /// Nothing, where nothing is asked.
    pub(super) const fn nothing(account_id: AccountId) -> Self {
        Self {
            account_id,
            factors: Vec::new(),
            guess: None,
        }
    }

    /// A passkey, which has to be of this account.
    pub(super) fn passkey(account_id: AccountId, proven: &Proven) -> Result<Self, FactorError> {
        if proven.account_id() != account_id {
            return Err(FactorError::Wrong);
        }
        Ok(Self {
            account_id,
            factors: vec![Factor::Passkey(proven.id())],
            guess: None,
        })
    }

    /// A code of an app, or a recovery code.
    pub(super) async fn code(
        app: &App,
        place: &Place,
        account_id: AccountId,
        typed: &str,
    ) -> Result<Self, FactorError> {
        let guess = Guess::at_second_step(app, place, account_id).await?;
        Ok(Self {
            account_id,
            factors: vec![read_code(app, account_id, typed).await?],
            guess: Some(guess),
        })
    }

    /// The password, with the vault key that it opens. One password hash.
    pub(super) async fn password(
        app: &App,
        place: &Place,
        account_id: AccountId,
        password: Password,
    ) -> Result<(VaultKey, Self), FactorError> {
        let guess = Guess::at_second_step(app, place, account_id).await?;
        let (key, row) = open_with_password(app, &guess, account_id, password).await?;
        let shown = Self {
            account_id,
            factors: vec![Factor::Password(row)],
            guess: Some(guess),
        };
        Ok((key, shown))
    }

    /// The same and a code, which is part of the same guess.
    pub(super) async fn and_code(mut self, app: &App, typed: &str) -> Result<Self, FactorError> {
        let code = read_code(app, self.account_id, typed).await?;
        self.factors.push(code);
        Ok(self)
    }

    pub(super) const fn is_nothing(&self) -> bool {
        self.factors.is_empty()
    }

    /// How somebody showed who they are.
    pub(super) fn methods(&self) -> EnumSet<AuthenticationMethod> {
        self.factors.iter().map(Factor::method).collect()
    }

    /// Uses all of it up; says whether it still could be. Then it was right, and is no
    /// guess any more.
    pub(super) async fn take(&self, tx: &mut Connection, app: &App) -> Result<bool, StoreError> {
        for factor in &self.factors {
            if !factor.take(tx, app, self.account_id).await? {
                return Ok(false);
            }
        }
        if let Some(guess) = &self.guess {
            guess.was_right(tx).await?;
        }
        Ok(true)
    }
}

impl Factor {
    const fn method(&self) -> AuthenticationMethod {
        match self {
            Self::Step(_) => AuthenticationMethod::Totp,
            Self::Code(_) => AuthenticationMethod::RecoveryCode,
            Self::Password(_) => AuthenticationMethod::Pwd,
            Self::Passkey(_) => AuthenticationMethod::Passkey,
        }
    }

    async fn take(
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
async fn read_code(app: &App, account_id: AccountId, typed: &str) -> Result<Factor, FactorError> {
    if let Some(code) = RecoveryCode::parse(typed) {
        return Ok(Factor::Code(code.hash(app.master(), account_id)));
    }
    let mut connection = app.store().read().await?;
    let row = factors::totp(&mut connection, account_id).await?;
    drop(connection);
    let row = row.ok_or(FactorError::Wrong)?;
    let sealed = Sealed::from_bytes(row.secret_wrapped);
    let secret = vault::open_totp(app.master(), account_id, &sealed).map_err(Fault::from)?;
    let step = secret.check(typed, app.now()).ok_or(FactorError::Wrong)?;
    Ok(Factor::Step(step.number()))
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
    let derived = app.hasher().derive(password, recipe_of(&row)?).await;
    let derived = guess.hashed(app, derived).await?;
    let verifier = row.verifier.as_deref();
    if !verifier.is_some_and(|stored| derived.verifies(stored)) {
        return Err(FactorError::Wrong);
    }
    let wrapped = Sealed::from_bytes(row.vault_key_wrapped.clone());
    let key = vault::open_with_password(&wrapped, account_id, &derived).map_err(Fault::from)?;
    Ok((key, row))
}
