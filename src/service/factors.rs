//! Second factors: authenticator apps and recovery codes, and how they are set up.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::app::App;
use crate::crypto::recovery_code::{self, RecoveryCode};
use crate::crypto::seal::Sealed;
use crate::crypto::totp::TotpSecret;
use crate::crypto::vault;
use crate::domain::account::Factors;
use crate::domain::id::AccountId;
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::guesses::TooSoon;
use crate::service::letters;
use crate::service::passkeys::PasskeyError;
use crate::service::sessions::SignedIn;
use crate::store::factors::TotpRow;
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
