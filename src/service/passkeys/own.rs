//! The passkeys that somebody has, as their owner sees them.

use super::PasskeyError;
use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::id::PasskeyId;
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::service::sessions::SignedIn;
use crate::service::{Fault, letters};
use crate::store::keyholders;
use crate::store::{factors, half_sign_ins, passkeys};

/// A passkey, for the page of its owner.
#[derive(Clone)]
pub struct OwnPasskey {
    /// Which.
    pub id: PasskeyId,
    /// What the authenticator calls it.
    pub credential_id: Vec<u8>,
    /// What its owner calls it.
    pub name: String,
    /// Whether it opens the vault.
    pub opens: bool,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
    /// When its counter was last seen to go back.
    pub doubted_at: Option<Timestamp>,
}

/// The passkeys of somebody who is signed in, the oldest first.
pub async fn own(app: &App, signed_in: &SignedIn) -> Result<Vec<OwnPasskey>, Fault> {
    let account_id = signed_in.account.id;
    let mut connection = app.store().read().await?;
    let rows = passkeys::of_account(&mut connection, account_id).await?;
    drop(connection);
    rows.into_iter()
        .map(|row| {
            let sealed = Sealed::from_bytes(row.name_sealed);
            let name = vault::open_passkey_name(&signed_in.vault_key, account_id, row.id, &sealed)?;
            Ok(OwnPasskey {
                id: row.id,
                credential_id: row.key.credential_id,
                name: String::clone(&name),
                opens: row.keyholder_id.is_some(),
                created_at: row.created_at,
                last_used_at: row.last_used_at,
                doubted_at: row.doubted_at,
            })
        })
        .collect()
}

/// Takes a passkey away, and with it the way into the vault that it was. Never
/// the last one. One that is gone already is no error.
pub async fn remove(app: &App, signed_in: &SignedIn, id: PasskeyId) -> Result<(), PasskeyError> {
    let account_id = signed_in.account.id;
    let notice = letters::to(app, account_id, About::PasskeyRemoved);
    let (session, now) = (signed_in.session(app), app.now());
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // Of two that are removed at once, the second sees that the first is gone.
                session.hold(tx).await?;
                let rows = passkeys::of_account(tx, account_id).await?;
                let Some(row) = rows.iter().find(|row| row.id == id) else {
                    return Ok(());
                };
                let set_up = factors::of_account(tx, account_id).await?;
                if row.keyholder_id.is_some() && !set_up.can_spare_opening_passkey() {
                    return Err(PasskeyError::LastWay);
                }
                passkeys::delete(tx, account_id, id).await?;
                // Nor does it get anybody the rest of the way who has shown it.
                half_sign_ins::drop_all(tx, account_id).await?;
                if let Some(keyholder_id) = row.keyholder_id {
                    keyholders::delete(tx, account_id, keyholder_id).await?;
                }
                if rows.len() == 1 && !set_up.totp {
                    factors::replace_codes(tx, account_id, &[], now).await?;
                }
                notice.keep(tx).await?;
                Ok(())
            })
        })
        .await
}

/// Calls a passkey otherwise. One that is gone is no error.
pub async fn rename(
    app: &App,
    signed_in: &SignedIn,
    id: PasskeyId,
    name: &str,
) -> Result<(), Fault> {
    let (account_id, session) = (signed_in.account.id, signed_in.session(app));
    let sealed = vault::seal_passkey_name(&signed_in.vault_key, account_id, id, name, app.random());
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                // Under the key of a vault that was emptied since, nobody could read it.
                session.hold(tx).await?;
                Ok(passkeys::rename(tx, account_id, id, sealed.into_bytes()).await?)
            })
        })
        .await
}
