//! Changing a password.

use crate::app::App;
use crate::crypto::password::Password;
use crate::crypto::vault;
use crate::domain::message::About;
use crate::domain::signal::Initiator;
use crate::service::accounts::recipe_of;
use crate::service::browsers::Place;
use crate::service::factors::FactorError;
use crate::service::guesses::Guess;
use crate::service::letters;
use crate::service::logouts::Farewell;
use crate::service::recovery::call_off;
use crate::service::sessions::SignedIn;
use crate::service::shown::open_with_password;
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{factors, half_sign_ins, known_browsers};

/// Puts a password in the place of the old one, which is asked for: the vault
/// key goes under the new one. What the old one began is over, a way back in
/// that waits as well; with `end_others`, so is every other session, and no
/// other browser is known any more. Two password hashes; one
/// transaction that counts the guess, and one.
pub async fn change(
    app: &App,
    place: &Place,
    signed_in: &SignedIn,
    old: Password,
    new: Password,
    end_others: bool,
) -> Result<(), FactorError> {
    let (account_id, this) = (signed_in.account.id, signed_in.session_hash());
    let guess = Guess::at_second_step(app, place, account_id).await?;
    let (vault_key, row) = open_with_password(app, &guess, account_id, old).await?;
    let recipe = recipe_of(&row)?.renewed();
    let derived = app.hasher().derive(new, recipe.clone()).await;
    let derived = guess.hashed(app, derived).await?;
    let before = row.verifier.clone().unwrap_or_default();
    let wrapped = vault::wrap_for_password(&vault_key, account_id, &derived, app.random());
    let row = KeyholderRow {
        params: recipe.to_string(),
        verifier: Some(derived.verifier().to_vec()),
        vault_key_wrapped: wrapped.into_bytes(),
        ..row
    };
    let (now, known) = (app.now(), place.known.hash_for(account_id.as_uuid()));
    let notice = letters::to(app, account_id, About::PasswordChanged);
    let stopped = letters::to(app, account_id, About::RecoveryStopped);
    let farewell = if end_others {
        Some(Farewell::of_account(app, account_id, Initiator::User).await?)
    } else {
        None
    };
    let session = signed_in.session(app);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                if !keyholders::replace_password(tx, &row, before).await? {
                    return Err(FactorError::Wrong);
                }
                // The old one gets nobody the rest of the way.
                half_sign_ins::drop_all(tx, account_id).await?;
                // The password is not all that is guessed at: whoever has it could
                // try codes for ever, if changing it made those before forgotten.
                if !factors::of_account(tx, account_id).await?.has_second() {
                    guess.was_right(tx).await?;
                }
                if call_off(tx, account_id, now).await? {
                    stopped.keep(tx).await?;
                }
                if let Some(farewell) = &farewell {
                    farewell.end_all(tx, account_id, Some(this)).await?;
                    known_browsers::forget_others(tx, account_id, known).await?;
                }
                notice.keep(tx).await?;
                Ok(())
            })
        })
        .await
}
