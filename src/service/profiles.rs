//! The consumer's attributes, profiles and house rules. An edit seals anew, in
//! the same transaction, the values that live grants release, and tells the
//! businesses whose grants release what was changed. A birthdate of a minor
//! narrows them in the same transaction too, and its owner is told so by mail.

use std::collections::BTreeSet;

use crate::app::App;
use crate::crypto::vault;
use crate::domain::attribute::{Attribute, AttributeValue, Source, VaultContents, changed};
use crate::domain::business::BusinessSector;
use crate::domain::claim::Claim;
use crate::domain::grant::Grant;
use crate::domain::house_rules::Rule;
use crate::domain::id::{AccountId, GrantId, ImportId};
use crate::domain::message::About;
use crate::domain::permission::Permission;
use crate::domain::profile::Placement;
use crate::domain::retention::Retention;
use crate::domain::tier::Tier;
use crate::domain::time::Timestamp;
use crate::service::Fault;
use crate::service::grants::{Resealed, narrow_for_minor, reseal_all};
use crate::service::sessions::{SignedIn, open_vault};
use crate::service::{letters, signals};
use crate::store::{Connection, StoreError, accounts, grants, imports};

/// How often an edit is tried again when a grant moved at the same time.
const TRIES: usize = 3;

/// One edit of a vault.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Fill in or change an attribute.
    Set(AttributeValue),
    /// Take over an attribute as it was stated elsewhere.
    Hold(Attribute),
    /// Keep closed until then what is closed to a minor.
    Close(Timestamp),
    /// Say that an attribute is still right.
    Confirm(Claim),
    /// It was found out that the value is theirs.
    Verify(Claim),
    /// Take an attribute away.
    Remove(Claim),
    /// Move claims to other tiers.
    PlaceClaims(Vec<(Claim, Placement)>),
    /// Move permissions to other tiers.
    PlacePermissions(Vec<(Permission, Placement)>),
    /// Set the longest retention that tiers allow.
    SetRetention(Vec<(Tier, Retention)>),
    /// Make a house rule for a kind of business, or take it away.
    SetRule(BusinessSector, Option<Rule>),
    /// All of these, in this order: one edit, one revision.
    Several(Vec<Edit>),
}

impl Edit {
    /// What the vault holds after it. Nothing is kept: see [`edit`].
    pub fn apply_to(&self, contents: &mut VaultContents, now: Timestamp) {
        let VaultContents {
            attributes,
            profiles,
            rules,
            closed_until,
        } = contents;
        match self {
            Edit::Hold(stated) => {
                attributes.insert(stated.clone());
            }
            Edit::Close(until) => *closed_until = Some(*until).max(*closed_until),
            Edit::Set(value) => {
                attributes.state(value.clone(), Source::Consumer, now);
            }
            Edit::Confirm(claim) => {
                if let Some(value) = attributes
                    .get(*claim)
                    .map(|attribute| attribute.value.clone())
                {
                    attributes.state(value, Source::Consumer, now);
                }
            }
            Edit::Verify(claim) => {
                if let Some(held) = attributes.remove(*claim) {
                    attributes.insert(held.verified(now));
                }
            }
            Edit::Remove(claim) => {
                attributes.remove(*claim);
            }
            Edit::PlaceClaims(moves) => {
                for (claim, placement) in moves {
                    profiles.place_claim(*claim, *placement);
                }
            }
            Edit::PlacePermissions(moves) => {
                for (permission, placement) in moves {
                    profiles.place_permission(*permission, *placement);
                }
            }
            Edit::SetRetention(limits) => {
                for (tier, retention) in limits {
                    profiles.set_retention(*tier, *retention);
                }
            }
            Edit::SetRule(sector, Some(rule)) => rules.set(*sector, rule.clone()),
            Edit::SetRule(sector, None) => rules.remove(*sector),
            Edit::Several(edits) => {
                for edit in edits {
                    edit.apply_to(contents, now);
                }
            }
        }
    }
}

/// Why a vault was not edited.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// It was edited since the page was shown, on another device or tab.
    #[error("the profile was edited elsewhere since this page was shown")]
    Stale,
    /// Something inside.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<StoreError> for EditError {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// What is kept in the transaction of an edit, besides the edit.
#[derive(Clone, Debug)]
pub(super) enum Along {
    /// Nothing.
    Nothing,
    /// An import is taken over: this is what is left to say of it.
    Keep(ImportId, Vec<u8>),
    /// An import is done with.
    Remove(ImportId),
}

impl Along {
    async fn keep(
        self,
        tx: &mut Connection,
        account_id: AccountId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        match self {
            Self::Nothing => Ok(true),
            Self::Keep(id, head) => imports::keep(tx, account_id, id, head, now).await,
            Self::Remove(id) => imports::remove_waiting(tx, account_id, id).await,
        }
    }
}

enum Lost {
    /// The vault was edited meanwhile.
    Vault,
    /// A grant was moved meanwhile.
    Grant,
    Fault(Fault),
}

impl From<Fault> for Lost {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<StoreError> for Lost {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Edits the vault that was at `revision` when its page was shown.
pub async fn edit(
    app: &App,
    signed_in: &SignedIn,
    revision: i64,
    edit: &Edit,
) -> Result<(), EditError> {
    edit_along(app, signed_in, revision, edit, Along::Nothing).await
}

/// [`edit`], together with something else.
pub(super) async fn edit_along(
    app: &App,
    signed_in: &SignedIn,
    revision: i64,
    edit: &Edit,
    along: Along,
) -> Result<(), EditError> {
    for _ in 0..TRIES {
        let open = open_vault(app, signed_in).await?;
        if open.revision != revision {
            return Err(EditError::Stale);
        }
        let before = open.contents;
        let mut contents = before.clone();
        edit.apply_to(&mut contents, app.now());
        contents.remember_minor(&before, app.now());
        let kept = keep(app, signed_in, revision, (&before, &contents), &along).await;
        match kept {
            Ok(()) => return Ok(()),
            Err(Lost::Vault) => return Err(EditError::Stale),
            Err(Lost::Grant) => {}
            Err(Lost::Fault(fault)) => return Err(fault.into()),
        }
    }
    Err(Fault::Contended.into())
}

/// What somebody is told by mail of an edit of their birthdate: that it closed
/// something, or that it opened what another had closed.
fn told_of_age(before: &VaultContents, after: &VaultContents, now: Timestamp) -> Option<About> {
    match (before.minor_until(now), after.minor_until(now)) {
        (None, Some(_)) => Some(About::MinorClosed),
        (Some(_), None) => Some(About::MinorOpened),
        _ => None,
    }
}

async fn keep(
    app: &App,
    signed_in: &SignedIn,
    revision: i64,
    (before, contents): (&VaultContents, &VaultContents),
    along: &Along,
) -> Result<(), Lost> {
    let account_id = signed_in.account.id;
    let mut connection = app.store().read().await?;
    let live = grants::live_ids(&mut connection, account_id).await?;
    drop(connection);
    let narrowed = narrow_for_minor(app, signed_in, contents).await?;
    let mut resealed = reseal_all(app, signed_in, &contents.attributes).await?;
    // Those are sealed anew with what is left of them.
    let ids: BTreeSet<GrantId> = narrowed.iter().map(|one| one.row.grant.id).collect();
    resealed.retain(|one| !ids.contains(&one.grant.id));
    let changed = changed(&before.attributes, &contents.attributes);
    // Who is left with less hears of the rest as well.
    let less = narrowed.iter().map(|one| &one.row.grant);
    let grants: Vec<&Grant> = resealed.iter().map(|one| &one.grant).chain(less).collect();
    let told = signals::of_edit(app, changed, &grants).await?;
    let bytes = contents.to_bytes();
    let sealed =
        vault::seal_contents(&signed_in.vault_key, account_id, &bytes, app.random()).into_bytes();
    let now = app.now();
    let mail = told_of_age(before, contents, now).map(|news| letters::to(app, account_id, news));
    let along = along.clone();
    let session = signed_in.session(app);
    app.store()
        .write(move |tx| {
            Box::pin(async move {
                session.hold(tx).await?;
                if !accounts::update_vault(tx, account_id, revision, sealed).await? {
                    return Err(Lost::Vault);
                }
                // Of what was agreed to since, nothing is narrowed or sealed anew here.
                if grants::live_ids(tx, account_id).await? != live {
                    return Err(Lost::Grant);
                }
                if !along.keep(tx, account_id, now).await? {
                    return Err(Lost::Vault);
                }
                for Resealed { grant, seq, values } in resealed {
                    if !grants::reseal(tx, account_id, grant.id, seq, values).await? {
                        return Err(Lost::Grant);
                    }
                }
                for narrowed in &narrowed {
                    if !narrowed.keep(tx).await? {
                        return Err(Lost::Grant);
                    }
                }
                for told in &told {
                    told.keep(tx).await?;
                }
                if let Some(mail) = &mail {
                    mail.keep(tx).await?;
                }
                Ok(())
            })
        })
        .await
}
