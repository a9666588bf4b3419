//! Changing a password, setting one beside a passkey, and doing without.

use crate::app::App;
use crate::crypto::password::Password;
use crate::crypto::vault::KeyholderKind;
use crate::domain::message::About;
use crate::domain::signal::Initiator;
use crate::service::accounts::{by_password, contact, recipe_at, recipe_of};
use crate::service::browsers::Place;
use crate::service::factors::FactorError;
use crate::service::guesses::Guess;
use crate::service::logouts::Farewell;
use crate::service::recovery::call_off;
use crate::service::sessions::SignedIn;
use crate::service::shown::open_with_password;
use crate::service::{Fault, letters};
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
    let (account_id, now) = (signed_in.account.id, app.now());
    let this = signed_in.session_hash();
    let guess = Guess::at_second_step(app, place, account_id).await?;
    let (vault_key, row) = open_with_password(app, &guess, account_id, old).await?;
    let recipe = recipe_of(&row)?.renewed();
    let derived = app.hasher().derive(new, recipe.clone()).await;
    let derived = guess.hashed(app, derived).await?;
    let before = row.verifier.clone().unwrap_or_default();
    let row = KeyholderRow {
        id: row.id,
        ..by_password(app, account_id, &vault_key, (&recipe, &derived))
    };
    let known = place.known.hash_for(account_id.as_uuid());
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

/// Sets a password beside what opens the vault already, for somebody who showed that a
/// moment ago. Says whether it did: not where there is one, which has to be shown to put
/// another in its place. What waits as a way back in is over. One password hash, one
/// transaction.
pub async fn set_first(app: &App, signed_in: &SignedIn, new: Password) -> Result<bool, Fault> {
    let (account_id, now) = (signed_in.account.id, app.now());
    let index = app
        .master()
        .email_index(&contact(app, account_id).await?.email);
    let recipe = recipe_at(app, index).await?;
    let derived = app.hasher().derive(new, recipe.clone()).await?;
    let key = &signed_in.vault_key;
    let row = by_password(app, account_id, key, (&recipe, &derived));
    let notice = letters::to(app, account_id, About::PasswordSet);
    let stopped = letters::to(app, account_id, About::RecoveryStopped);
    let session = signed_in.session(app);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                if factors::of_account(tx, account_id).await?.password {
                    return Ok(false);
                }
                keyholders::insert(tx, &row).await?;
                if call_off(tx, account_id, now).await? {
                    stopped.keep(tx).await?;
                }
                notice.keep(tx).await?;
                Ok(true)
            })
        })
        .await
}

/// Takes the password away, which is asked for, with what it began; says whether it did:
/// never where no passkey is left that opens the vault. What comes after a password
/// stays, and is asked after one that is set again by mail. One password hash; one
/// transaction that counts the guess, and one.
///
/// Whoever took a session would else do without, and set one of their own
/// ([`set_first`], which can ask for none).
pub async fn remove(
    app: &App,
    place: &Place,
    signed_in: &SignedIn,
    old: Password,
) -> Result<bool, FactorError> {
    let account_id = signed_in.account.id;
    let guess = Guess::at_second_step(app, place, account_id).await?;
    let (_, row) = open_with_password(app, &guess, account_id, old).await?;
    let notice = letters::to(app, account_id, About::PasswordRemoved);
    let session = signed_in.session(app);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // No passkey goes at the same time.
                session.hold(tx).await?;
                // It may have been replaced while it was hashed.
                if !keyholders::hold(tx, &row).await? {
                    return Err(FactorError::Wrong);
                }
                let set_up = factors::of_account(tx, account_id).await?;
                let goes = set_up.can_spare_password();
                if goes {
                    keyholders::delete_all(tx, account_id, KeyholderKind::Password, None).await?;
                    half_sign_ins::drop_all(tx, account_id).await?;
                    notice.keep(tx).await?;
                }
                // There are codes to guess at still ([`change`]).
                guess.was_none(tx).await?;
                Ok(goes)
            })
        })
        .await
}
