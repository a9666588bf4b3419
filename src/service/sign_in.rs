//! Signing in with an address and a password.

use std::time::Duration;

use crate::app::App;
use crate::crypto::password::{Password, Recipe};
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::account::Authentication;
use crate::domain::attribute::Email;
use crate::service::Fault;
use crate::service::accounts::recipe_of;
use crate::service::browsers::Place;
use crate::service::guesses::{Guess, TooSoon};
use crate::service::second_step::{Entered, Entering};
use crate::store::StoreError;
use crate::store::keyholders;

/// How many accounts at an address are looked at that have the password.
const MOST_MATCHING: u32 = 50;

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
/// Three SELECTs, one transaction, one password hash; and for whom it is right,
/// another transaction. One more where it is wrong in a browser that somebody at the
/// address knows.
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
    let recipe = match first.first() {
        Some(first) => recipe_of(&first.keyholder)?,
        None => Recipe::of_address(app.master(), index),
    };
    let guess = Guess::at_address(app, place, (index, email)).await?;
    let derived = app.hasher().derive(password, recipe.clone()).await;
    let derived = guess.hashed(app, derived).await?;
    let mut connection = app.store().read().await?;
    let (at, hashed) = (*index.as_bytes(), (recipe.to_string(), derived.verifier()));
    let found = keyholders::matching(&mut connection, at, hashed, MOST_MATCHING).await?;
    drop(connection);
    let known = found
        .iter()
        .find(|one| guess.is_at(one.keyholder.account_id));
    let (found, guess, elsewhere) = match known {
        Some(known) => (known.clone(), guess, None),
        None => {
            let others = guess.at_others(app, index).await?;
            let other = others.zip(found.first().cloned());
            let (others, found) = other.ok_or(SignInError::Wrong)?;
            (found, others, Some(guess))
        }
    };
    let account_id = found.keyholder.account_id;
    let wrapped = Sealed::from_bytes(found.keyholder.vault_key_wrapped.clone());
    let vault_key =
        vault::open_with_password(&wrapped, account_id, &derived).map_err(Fault::from)?;
    let entered_at = app.now();
    let entering = Entering {
        app: app.clone(),
        place: place.clone(),
        account_id,
        vault_key: Some(vault_key),
        authentication: Authentication::by_password(entered_at),
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
                let at = (index, entered_at);
                // The browser before the address, as where a password is set anew: who
                // holds one and waits for the other waits for ever.
                if let Some(elsewhere) = &elsewhere {
                    elsewhere.was_none(tx).await?;
                }
                guess.was_password(tx, &found, is_all, at).await?;
                Ok(entered)
            })
        })
        .await
}
