//! Whether mail reaches an account: its address is confirmed by a link that was
//! mailed there, and `email_verified` says so from then on, and not before.
//!
//! A link may be followed in another browser than the one that is signed in,
//! where the vault cannot be opened. So it is noted beside the account that
//! someone reads mail there; what businesses are told follows as soon as the
//! vault is open: at once, or at the next sign-in.

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::secret::{MailLink, Opaque};
use crate::crypto::vault;
use crate::domain::account::LinkPurpose;
use crate::domain::attribute::Content;
use crate::domain::claim::Claim;
use crate::domain::id::AccountId;
use crate::domain::message::About;
use crate::service::profiles::{self, Edit, EditError};
use crate::service::sessions::{SignedIn, open_vault};
use crate::service::{Fault, accounts as people, letters};
use crate::store::{StoreError, accounts, mail_links, outbox};

/// Whether mail reaches somebody, as their pages say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It was confirmed.
    Confirmed,
    /// Nobody has confirmed it yet.
    Unconfirmed,
    /// A mail server said that nobody is there.
    Unreachable,
}

/// Whether mail reaches an account. One SELECT.
pub async fn reach(app: &App, account_id: AccountId) -> Result<Reach, Fault> {
    let mut connection = app.store().read().await?;
    let row = accounts::contact(&mut connection, account_id)
        .await?
        .ok_or(Fault::Inconsistent("an account is not there"))?;
    Ok(match (row.unreachable_at, row.verified_at) {
        (Some(_), _) => Reach::Unreachable,
        (None, Some(_)) => Reach::Confirmed,
        (None, None) => Reach::Unconfirmed,
    })
}

/// Mails the link once more, if that was not done too often.
pub async fn send_again(app: &App, signed_in: &SignedIn) -> Result<(), Fault> {
    let letter = letters::to(app, signed_in.account.id, About::Confirm);
    app.store()
        .write(move |tx| Box::pin(async move { outbox::insert(tx, &letter).await }))
        .await?;
    Ok(())
}

/// Whether a link can be used to confirm an address. Using it is another step:
/// programs that look for dangers in mail follow links.
pub async fn can_confirm(app: &App, token: &str) -> Result<bool, Fault> {
    let found = super::recovery::look_at(app, token).await?;
    Ok(found.is_some_and(|(_, purpose)| purpose == LinkPurpose::Confirm))
}

/// Uses a link up, and notes that someone reads mail there; says whose account
/// it is about, and `None` when the link does not hold, or was mailed to an
/// address that the account no longer has.
pub async fn confirm(app: &App, token: &str) -> Result<Option<AccountId>, Fault> {
    let Some(link) = Opaque::<MailLink>::parse(token) else {
        return Ok(None);
    };
    let (account_id, hash, now) = (AccountId::new(link.owner()), link.hash(), app.now());
    let mut connection = app.store().read().await?;
    let found = mail_links::find(&mut connection, account_id, hash, now).await?;
    drop(connection);
    let Some(row) = found.filter(|row| row.purpose == LinkPurpose::Confirm) else {
        return Ok(None);
    };
    let sealed = Sealed::from_bytes(row.address_sealed);
    let mailed_to = vault::open_link_address(app.master(), account_id, &hash, &sealed)?;
    if people::contact(app, account_id).await?.email != *mailed_to {
        return Ok(None);
    }
    let spent = app
        .store()
        .write(move |tx| {
            Box::pin(async move {
                let spent =
                    mail_links::spend(tx, account_id, hash, LinkPurpose::Confirm, now).await?;
                if spent {
                    accounts::set_verified(tx, account_id, now).await?;
                }
                Ok::<_, StoreError>(spent)
            })
        })
        .await?;
    Ok(spent.then_some(account_id))
}

/// Lets the vault say what is known of the address, and tells the businesses
/// that were given it. One SELECT when there is nothing to confirm.
pub async fn settle(app: &App, signed_in: &SignedIn) -> Result<(), Fault> {
    if reach(app, signed_in.account.id).await? != Reach::Confirmed {
        return Ok(());
    }
    let open = open_vault(app, signed_in).await?;
    let Some(held) = open.contents.attributes.get(Claim::Email) else {
        return Ok(());
    };
    let contact = people::contact(app, signed_in.account.id).await?;
    let is_contact = matches!(held.value.content(),
        Content::Email(email) if email.folded() == contact.email.to_lowercase());
    if held.verified_at.is_some() || !is_contact {
        return Ok(());
    }
    let edit = Edit::Verify(Claim::Email);
    match profiles::edit(app, signed_in, open.revision, &edit).await {
        // Whoever edits at this moment signs in again some day.
        Ok(()) | Err(EditError::Stale) => Ok(()),
        Err(EditError::Fault(fault)) => Err(fault),
    }
}
