//! Taking over what somebody chose of an import: one edit of their vault, in
//! which nothing else changes.

use std::collections::BTreeSet;

use super::{Waiting, seal_head, waiting};
use crate::app::App;
use crate::domain::attribute::VaultContents;
use crate::domain::claim::Claim;
use crate::domain::id::ImportId;
use crate::domain::import::{ArchiveHead, ImportHead, Item, Stand};
use crate::domain::permission::Permission;
use crate::domain::tier::Tier;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::profiles::{Along, Edit, EditError, edit_along};
use crate::service::sessions::{SignedIn, open_vault};
use crate::store::imports;

/// What somebody takes over.
#[derive(Clone, Debug)]
pub struct Taking {
    /// The revision of the vault that they saw it beside.
    pub revision: i64,
    /// Item by item.
    pub items: BTreeSet<Item>,
    /// Whether the records are kept as well.
    pub with_records: bool,
}

/// Why nothing was taken over.
#[derive(Debug, thiserror::Error)]
pub enum TakeError {
    /// It does not wait any more.
    #[error("there is no such import, or not any more")]
    Gone,
    /// The vault was edited since the page was shown, on another device or tab.
    #[error("the profile was edited elsewhere since this page was shown")]
    Stale,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Takes over what was chosen. The edit, and what is kept of the import, are
/// one transaction.
pub async fn take(
    app: &App,
    signed_in: &SignedIn,
    id: ImportId,
    taking: &Taking,
) -> Result<(), TakeError> {
    let open = open_vault(app, signed_in).await?;
    let found = waiting(app, signed_in, &open, id).await?;
    let waits = found.ok_or(TakeError::Gone)?;
    let edits = edits(&waits, &open.contents, &taking.items, app.now());
    let along = if taking.with_records && !waits.is_kept {
        let head = arrived(waits.head, app.now()).kept();
        Along::Keep(id, seal_head(app, &signed_in.owner(), id, &head))
    } else {
        Along::Remove(id)
    };
    let all = Edit::Several(edits);
    match edit_along(app, signed_in, taking.revision, &all, along).await {
        Ok(()) => Ok(()),
        Err(EditError::Stale) => Err(TakeError::Stale),
        Err(EditError::Fault(fault)) => Err(fault.into()),
    }
}

/// What came along just now says since when it is here.
fn arrived(mut head: ImportHead, now: Timestamp) -> ImportHead {
    for ArchiveHead { origin, .. } in &mut head.archives {
        origin
            .imported_at
            .get_or_insert(crate::domain::export::Moment(now));
    }
    head
}

/// The edits that take these items over. What stands as it does in the import
/// already is said to be so by its owner too, which changes nothing that shows.
fn edits(
    waits: &Waiting,
    own: &VaultContents,
    taken: &BTreeSet<Item>,
    now: Timestamp,
) -> Vec<Edit> {
    let theirs = &waits.contents;
    let mut edits = Vec::new();
    for (item, stand) in &waits.items {
        let chosen = *stand != Stand::Same && taken.contains(item);
        let same = *stand == Stand::Same;
        match *item {
            Item::Attribute(claim) if chosen => {
                edits.extend(theirs.attributes.get(claim).cloned().map(Edit::Hold));
            }
            Item::Placement(claim) if chosen || same && theirs.profiles.places_claim(claim) => {
                edits.push(place(claim, theirs));
            }
            Item::Permission(permission)
                if chosen || same && theirs.profiles.places_permission(permission) =>
            {
                edits.push(allow(permission, theirs));
            }
            Item::Retention if (chosen || same) && !own.profiles.limits_retention() => {
                let limits = theirs.profiles.stated_retention();
                edits.push(Edit::SetRetention(limits.collect()));
            }
            Item::Retention if chosen => {
                let limits = Tier::ALL.map(|tier| (tier, theirs.profiles.retention(tier, now)));
                edits.push(Edit::SetRetention(limits.into()));
            }
            Item::Rule(sector) if chosen => {
                let rule = theirs.rules.own(sector).cloned();
                edits.push(Edit::SetRule(sector, rule));
            }
            _ => {}
        }
    }
    edits.extend(closes(own, theirs, now).map(Edit::Close));
    edits
}

/// Until when taking anything over closes what is closed to minors: what was
/// closed to one there is closed here, whatever is taken over.
pub(super) fn closes(
    own: &VaultContents,
    theirs: &VaultContents,
    now: Timestamp,
) -> Option<Timestamp> {
    let until = theirs.minor_until(now);
    until.filter(|_| own.attributes.get(Claim::Birthdate).is_none())
}

fn place(claim: Claim, theirs: &VaultContents) -> Edit {
    Edit::PlaceClaims(vec![(claim, theirs.profiles.claim_placement(claim))])
}

fn allow(permission: Permission, theirs: &VaultContents) -> Edit {
    let placement = theirs.profiles.permission_placement(permission);
    Edit::PlacePermissions(vec![(permission, placement)])
}

/// Throws away an import that waits.
pub async fn discard(app: &App, signed_in: &SignedIn, id: ImportId) -> Result<(), Fault> {
    let (account_id, session) = (signed_in.account.id, signed_in.session(app));
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                let _ = imports::remove_waiting(tx, account_id, id).await?;
                Ok(())
            })
        })
        .await
}
