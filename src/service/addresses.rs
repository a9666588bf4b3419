//! Whether mail reaches an account: its address is confirmed by a link that was
//! mailed there, and `email_verified` says so from then on, and not before. From
//! then on the address is that of the account: nobody else signs in with it, and
//! nobody else is mailed there.
//!
//! A link is followed by who is signed in to its account. Anybody may say that an
//! address is theirs, and whoever is mailed there of a stranger's account would give
//! it away with a click.
//!
//! That mail is read there is noted beside the account, since it may be known before
//! the vault is open (a new password by a mailed link says so too); what businesses
//! are told follows as soon as it is: at once, or at the next sign-in.

use crate::app::App;
use crate::domain::account::LinkPurpose;
use crate::domain::attribute::Content;
use crate::domain::claim::Claim;
use crate::domain::id::AccountId;
use crate::domain::message::About;
use crate::domain::time::Timestamp;
use crate::service::links::{self, Found};
use crate::service::profiles::{self, Edit, EditError};
use crate::service::sessions::{SignedIn, open_vault};
use crate::service::{Fault, accounts as people, letters};
use crate::store::{StoreError, accounts, mail_links};

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

impl Reach {
    /// Of when somebody last read mail at an address, and since when a mail server
    /// says that nobody is there.
    pub(super) fn of(verified_at: Option<Timestamp>, unreachable_at: Option<Timestamp>) -> Self {
        match (unreachable_at, verified_at) {
            (Some(_), _) => Self::Unreachable,
            (None, Some(_)) => Self::Confirmed,
            (None, None) => Self::Unconfirmed,
        }
    }
}

/// Whether mail reaches an account. One SELECT.
async fn reach(app: &App, account_id: AccountId) -> Result<Reach, Fault> {
    let mut connection = app.store().read().await?;
    let row = accounts::contact(&mut connection, account_id)
        .await?
        .ok_or(Fault::Inconsistent("an account is not there"))?;
    Ok(Reach::of(row.verified_at, row.unreachable_at))
}

/// Whether somebody once showed that they read mail at the address of an account.
pub(super) async fn is_confirmed(app: &App, account_id: AccountId) -> Result<bool, Fault> {
    let mut connection = app.store().read().await?;
    let row = accounts::contact(&mut connection, account_id).await?;
    Ok(row.is_some_and(|row| row.is_confirmed()))
}

/// Mails the link once more, if that was not done too often.
pub async fn send_again(app: &App, signed_in: &SignedIn) -> Result<(), Fault> {
    let letter = letters::to(app, signed_in.account.id, About::Confirm);
    app.store()
        .write(move |tx| Box::pin(async move { letter.keep(tx).await }))
        .await?;
    Ok(())
}

/// The account of a link that did what it is for, if the account has the address still
/// that the link was mailed to: who clicks twice, or looks at the page again, reads
/// that it is done.
pub(super) async fn of_used_link(
    app: &App,
    token: &str,
    purpose: LinkPurpose,
) -> Result<Option<AccountId>, Fault> {
    let Found::Used(link, _) = links::find(app, token).await? else {
        return Ok(None);
    };
    if link.purpose != purpose {
        return Ok(None);
    }
    let (account_id, address) = (link.account_id, link.address(app)?);
    let contact = people::find_contact(app, account_id).await?;
    let has = contact.is_some_and(|contact| contact.email == *address);
    Ok((has && is_confirmed(app, account_id).await?).then_some(account_id))
}

/// What a link to confirm an address is to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmable {
    /// It holds for their account.
    Theirs,
    /// It holds for another, which was made then.
    Anothers(Timestamp),
    /// It did so for theirs.
    Done,
    /// It does not hold.
    Void,
}

/// Whether a link can be used to confirm an address, by somebody who is signed in.
/// Using it is another step: programs that look for dangers in mail follow links.
pub async fn can_confirm(
    app: &App,
    signed_in: &SignedIn,
    token: &str,
) -> Result<Confirmable, Fault> {
    let Some(link) = links::holding(app, token, LinkPurpose::Confirm).await? else {
        return Ok(if did_confirm(app, signed_in, token).await? {
            Confirmable::Done
        } else {
            Confirmable::Void
        });
    };
    if link.account_id == signed_in.account.id {
        return Ok(Confirmable::Theirs);
    }
    let mut connection = app.store().read().await?;
    let row = accounts::by_id(&mut connection, link.account_id).await?;
    Ok(row.map_or(Confirmable::Void, |row| {
        Confirmable::Anothers(row.account.created_at)
    }))
}

/// Whether a link confirmed the address that the account of whoever is signed in has.
async fn did_confirm(app: &App, signed_in: &SignedIn, token: &str) -> Result<bool, Fault> {
    let of = of_used_link(app, token, LinkPurpose::Confirm).await?;
    Ok(of == Some(signed_in.account.id))
}

/// What came of confirming an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Confirmation {
    /// It is that of this account now.
    Done,
    /// The link does not hold, or was mailed to an address that the account no
    /// longer has.
    Void,
    /// Another account has it, which whoever reads mail there may know.
    Taken,
}

/// Uses a link up: whoever is signed in to its account reads mail there, and so the
/// address is that of the account, unless another was first. Whoever reads mail
/// there and is not signed in to it may have been mailed of a stranger's account.
/// Done before is done.
pub async fn confirm(app: &App, signed_in: &SignedIn, token: &str) -> Result<Confirmation, Fault> {
    match try_to_confirm(app, signed_in, token).await? {
        Confirmation::Void if did_confirm(app, signed_in, token).await? => Ok(Confirmation::Done),
        confirmation => Ok(confirmation),
    }
}

async fn try_to_confirm(
    app: &App,
    signed_in: &SignedIn,
    token: &str,
) -> Result<Confirmation, Fault> {
    let link = links::holding(app, token, LinkPurpose::Confirm).await?;
    let Some(link) = link.filter(|link| link.account_id == signed_in.account.id) else {
        return Ok(Confirmation::Void);
    };
    let (account_id, hash, now) = (link.account_id, link.hash, app.now());
    let address = link.address(app)?;
    if people::contact(app, account_id).await?.email != *address {
        return Ok(Confirmation::Void);
    }
    let index = *app.master().email_index(&address).as_bytes();
    let session = signed_in.session(app);
    let spent = app.store().write(move |tx| {
        Box::pin(async move {
            session.hold(tx).await?;
            let spent = mail_links::spend(tx, account_id, hash, LinkPurpose::Confirm, now).await?;
            if spent {
                accounts::take_address(tx, account_id, index, now).await?;
            }
            Ok(spent)
        })
    });
    match spent.await {
        Ok(true) => Ok(Confirmation::Done),
        Ok(false) => Ok(Confirmation::Void),
        Err(Fault::Store(StoreError::Duplicate)) => Ok(Confirmation::Taken),
        Err(fault) => Err(fault),
    }
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
