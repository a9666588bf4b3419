//! Changes of address that can be undone: while one can, the account is not
//! erased.
//!
//! Whoever took somebody's session could change the address, confirm that in their
//! own mailbox and erase the account: its owner would hear of it from nobody. The
//! oldest mailbox has the last word ([`crate::service::address_changes`]), here too.

use crate::app::App;
use crate::crypto::seal::Sealed;
use crate::crypto::vault;
use crate::domain::account::LinkPurpose;
use crate::domain::id::{AccountId, MessageId};
use crate::domain::message::{About, Letter, Message};
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::letters;
use crate::store::{Connection, StoreError, address_letters, mail_links};

/// The addresses that could have an account back.
pub(super) struct Undoable {
    /// Until when at least.
    pub(super) until: Timestamp,
    /// Which.
    pub(super) addresses: Vec<String>,
}

/// Which addresses could have an account back, if any could.
pub(super) async fn of_account(
    app: &App,
    account_id: AccountId,
) -> Result<Option<Undoable>, Fault> {
    let now = app.now();
    let mut connection = app.store().read().await?;
    let Some(until) = until(&mut connection, account_id, now).await? else {
        return Ok(None);
    };
    let links = mail_links::holding(&mut connection, account_id, LinkPurpose::Undo, now).await?;
    let letters = letters_on_their_way(&mut connection, account_id, now).await?;
    drop(connection);
    let mut addresses = Vec::new();
    for (hash, sealed) in links {
        let sealed = Sealed::from_bytes(sealed);
        let address = vault::open_link_address(app.master(), account_id, &hash, &sealed)?;
        addresses.push(address.to_string());
    }
    for (id, sealed) in letters {
        addresses.push(letters::address_of(app, id, &sealed)?);
    }
    addresses.sort();
    addresses.dedup();
    Ok(Some(Undoable { until, addresses }))
}

/// Those addresses alone.
pub(in crate::service) async fn addresses(
    app: &App,
    account_id: AccountId,
) -> Result<Vec<String>, Fault> {
    let undoable = of_account(app, account_id).await?;
    Ok(undoable.map_or_else(Vec::new, |undoable| undoable.addresses))
}

/// Until when at least a change of an account's address can be undone, if one can:
/// by a link that was mailed, or by one that will be as soon as mail goes.
pub(in crate::service) async fn until(
    connection: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<Option<Timestamp>, StoreError> {
    let undo = LinkPurpose::Undo;
    let mailed = mail_links::hold_until(connection, account_id, undo, now).await?;
    let letters = letters_on_their_way(connection, account_id, now).await?;
    let to_be_mailed = (!letters.is_empty()).then(|| now.plus(undo.lasts()));
    Ok(mailed.max(to_be_mailed))
}

/// Letters with a link to undo a change, and the address that each goes to, sealed.
async fn letters_on_their_way(
    connection: &mut Connection,
    account_id: AccountId,
    now: Timestamp,
) -> Result<Vec<(MessageId, String)>, StoreError> {
    let messages = address_letters::waiting(connection, account_id, now).await?;
    let undoing = messages
        .into_iter()
        .filter_map(|(id, message)| match message {
            Message::Letter(Letter {
                about:
                    About::AddressLeft {
                        address_sealed,
                        undo: true,
                    },
                ..
            }) => Some((id, address_sealed)),
            _ => None,
        });
    Ok(undoing.collect())
}
