//! Signing in with an address and a password.

use std::time::Duration;

use uuid::Uuid;

use crate::app::App;
use crate::crypto::master::EmailIndex;
use crate::crypto::password::{Derived, Password, Recipe};
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::account::Authentication;
use crate::domain::attribute::Email;
use crate::domain::id::AccountId;
use crate::service::Fault;
use crate::service::accounts::recipe_of;
use crate::service::browsers::Place;
use crate::service::guesses::{Guess, TooSoon};
use crate::service::second_step::{Entered, Entering};
use crate::store::StoreError;
use crate::store::keyholders::{self, KeyholderRow};

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

impl From<TooSoon> for SignInError {
    fn from(why: TooSoon) -> Self {
        match why {
            TooSoon::Wait(wait) => Self::Wait(wait),
            TooSoon::Store(error) => error.into(),
        }
    }
}

/// Signs someone in. An unknown address costs the same statements, the same
/// hash and the same write as a wrong password.
///
/// All at an address hash their passwords in the same way ([`Recipe::of_address`]), so
/// that one hash tells whose it is; but who says that an address is theirs which
/// somebody else got by a change signs in no more there.
///
/// Whoever has a second factor is halfway then, and the rest comes in
/// [`crate::service::second_step`].
///
/// Two SELECTs, one transaction, one password hash; and for whom it is right,
/// another transaction.
pub async fn sign_in(
    app: &App,
    place: &Place,
    email: &Email,
    password: Password,
) -> Result<Entered, SignInError> {
    let index = app.master().email_index(&email.folded());
    let mut connection = app.store().read().await?;
    let first = keyholders::of_address(&mut connection, *index.as_bytes(), 1).await?;
    drop(connection);
    let (account_id, recipe) = match first.first() {
        Some(first) => (first.keyholder.account_id, recipe_of(&first.keyholder)?),
        None => (nobody(index), Recipe::of_address(app.master(), index)),
    };
    let guess = Guess::at_address(app, place, (index, email), account_id).await?;
    let derived = app.hasher().derive(password, recipe.clone()).await;
    let derived = derived.map_err(Fault::from)?;
    let mut connection = app.store().read().await?;
    let (params, verifier) = (recipe.to_string(), derived.verifier());
    let found = keyholders::matching(&mut connection, *index.as_bytes(), params, verifier).await?;
    drop(connection);
    let found = found
        .filter(|found| guess.is_at(found.keyholder.account_id))
        .ok_or(SignInError::Wrong)?;
    let account_id = found.keyholder.account_id;
    let wrapped = Sealed::from_bytes(found.keyholder.vault_key_wrapped.clone());
    let vault_key =
        vault::open_with_password(&wrapped, account_id, &derived).map_err(Fault::from)?;
    let entering = Entering {
        app: app.clone(),
        place: place.clone(),
        account_id,
        vault_key: Some(vault_key),
        authentication: Authentication::by_password(app.now()),
    };
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // It may have been replaced while it was hashed.
                if !keyholders::hold(tx, &found.keyholder).await? {
                    return Err(SignInError::Wrong);
                }
                let entered = entering.keep(tx).await?;
                let is_all = matches!(entered, Entered::Session(_));
                guess.was_password(tx, &found, is_all).await?;
                Ok(entered)
            })
        })
        .await
}

/// Stands for whoever has an address that nobody has: what is asked of them is
/// asked of this one.
fn nobody(index: EmailIndex) -> AccountId {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&index.as_bytes()[..16]);
    AccountId::new(Uuid::from_bytes(bytes))
}

pub(super) fn verifies(row: &KeyholderRow, derived: &Derived) -> bool {
    row.verifier
        .as_deref()
        .is_some_and(|stored| derived.verifies(stored))
}
