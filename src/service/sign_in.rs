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
use crate::store::keyholders::{self, Candidate, KeyholderRow};

/// How many who say that an address is theirs can sign in there before one of
/// them confirms it. A bound on what a stranger can make us read.
const MOST_CANDIDATES: u32 = 100;

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
/// Whoever has a second factor is halfway then, and the rest comes in
/// [`crate::service::second_step`].
///
/// One SELECT, one transaction, one password hash; and for whom it is right,
/// another transaction.
pub async fn sign_in(
    app: &App,
    place: &Place,
    email: &Email,
    password: Password,
) -> Result<Entered, SignInError> {
    let index = app.master().email_index(&email.folded());
    let mut connection = app.store().read().await?;
    let candidates =
        keyholders::of_address(&mut connection, *index.as_bytes(), MOST_CANDIDATES).await?;
    drop(connection);
    let first = candidates.first();
    let account_id = first.map_or_else(|| nobody(index), |first| first.keyholder.account_id);
    let guess = Guess::at_address(app, place, (index, email), account_id).await?;
    let recipe = match candidates.first() {
        Some(first) => recipe_of(&first.keyholder)?,
        None => Recipe::of_address(app.master(), index),
    };
    let derived = app.hasher().derive(password, recipe.clone()).await;
    let derived = derived.map_err(Fault::from)?;
    let Candidate {
        keyholder,
        has_address,
    } = whose(candidates, &recipe, &derived).ok_or(SignInError::Wrong)?;
    let account_id = keyholder.account_id;
    let wrapped = Sealed::from_bytes(keyholder.vault_key_wrapped.clone());
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
                if !keyholders::hold(tx, &keyholder).await? {
                    return Err(SignInError::Wrong);
                }
                guess.was_right_of(tx, account_id, has_address).await?;
                Ok(entering.keep(tx).await?)
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

/// Whose password it is. One hash tells it of all who hash theirs in the same way,
/// as all at an address do ([`Recipe::of_address`]); but who says that an address is
/// theirs which somebody else got by a change signs in no more there.
fn whose(candidates: Vec<Candidate>, recipe: &Recipe, derived: &Derived) -> Option<Candidate> {
    let recipe = recipe.to_string();
    candidates.into_iter().find(|candidate| {
        candidate.keyholder.params == recipe && verifies(&candidate.keyholder, derived)
    })
}

pub(super) fn verifies(row: &KeyholderRow, derived: &Derived) -> bool {
    row.verifier
        .as_deref()
        .is_some_and(|stored| derived.verifies(stored))
}
