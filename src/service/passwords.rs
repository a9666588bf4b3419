//! Changing a password.

use crate::app::App;
use crate::crypto::password::{Password, Recipe};
use crate::crypto::vault;
use crate::domain::message::SecurityNews;
use crate::service::Fault;
use crate::service::factors::{FactorError, attempt, open_with_password};
use crate::service::notices::security::of_account;
use crate::service::sessions::SignedIn;
use crate::store::keyholders::{self, KeyholderRow};
use crate::store::{factors, half_sign_ins, outbox};

/// Puts a password in the place of the old one, which is asked for: the vault
/// key goes under the new one. Two password hashes, one transaction.
pub async fn change(
    app: &App,
    signed_in: &SignedIn,
    old: Password,
    new: Password,
) -> Result<(), FactorError> {
    let account_id = signed_in.account.id;
    attempt(app, account_id).await?;
    let (vault_key, row) = open_with_password(app, account_id, old).await?;
    let recipe = Recipe::generate(app.random());
    let derived = app.hasher().derive(new, recipe.clone()).await;
    let derived = derived.map_err(Fault::from)?;
    let before = row.verifier.clone().unwrap_or_default();
    let wrapped = vault::wrap_for_password(&vault_key, account_id, &derived, app.random());
    let row = KeyholderRow {
        params: recipe.to_string(),
        verifier: Some(derived.verifier().to_vec()),
        vault_key_wrapped: wrapped.into_bytes(),
        ..row
    };
    let notice = of_account(app, account_id, SecurityNews::PasswordChanged);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                if !keyholders::replace_password(tx, &row, before).await? {
                    return Err(FactorError::Wrong);
                }
                factors::clear_failures(tx, account_id).await?;
                // Nor does the old one get anybody the rest of the way.
                half_sign_ins::drop_all(tx, account_id).await?;
                outbox::insert(tx, &notice).await?;
                Ok(())
            })
        })
        .await
}
